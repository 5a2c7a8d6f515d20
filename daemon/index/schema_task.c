/* The task `schema`: another schema for the index that is there.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Weights, ranking, aliases, and what may be a facet or sorted by, are matters of the search: the same databases are
 * served under the new schema from the next request on.  What decides which terms and values a record has needs
 * another index: that is refused, and says what differs and which command builds it.
 *
 * It is a task, and so never runs beside a reindex, which would bring back the schema that it began with. */
#include "generation.h"
#include "tasks.h"

#include <inttypes.h>
#include <string.h>

enum { NAMED_MAX = 300 }; /* bytes of the message that name fields */

struct naming {
    struct buf text;
    size_t more;
};

static void name_change(void *arg, enum store_kind kind, const char *field, const char *change) {
    struct naming *naming = arg;
    if (naming->text.len > NAMED_MAX) {
        naming->more++;
        return;
    }
    buf_printf(&naming->text, "%s%s.%s %s", naming->text.len ? ", " : "",
               kind == STORE_ARTICLE ? "articles" : "sources", field, change);
}

static enum status refuse(const struct schema *before, const struct schema *after, struct err *err) {
    struct naming naming = {.more = 0};
    buf_init(&naming.text, 0);
    if (strcmp(before->language, after->language) != 0) buf_str(&naming.text, "language changed");
    schema_compare(before, after, name_change, &naming);
    if (naming.text.len == 0) buf_str(&naming.text, "the order of the fields");
    if (naming.more) buf_printf(&naming.text, " and %zu more", naming.more);
    err_param(err, ST_NEEDS_REINDEX, "schema",
              "the schema alters what is indexed (%.*s); build an index by it: footnote reindex --schema FILE",
              (int)naming.text.len, naming.text.data);
    buf_free(&naming.text);
    return ST_NEEDS_REINDEX;
}

static enum status serve(struct index *ix, const struct generation *served, struct generation *to, struct err *err) {
    struct err ignored = ERR_NONE;
    enum status st = generation_write_schema(to, to->schema, ix->configured, err);
    if (st == ST_OK) st = applier_switch(ix, to, err);
    if (st != ST_OK) generation_write_schema(served, served->schema, ix->configured, &ignored);
    return st;
}

enum status schema_run(struct index *ix, struct task *task, struct err *err) {
    const struct generation *served = atomic_load(&ix->served);
    const char *text = json_get_string(task->params, "schema");
    struct schema *schema = NULL;
    enum status st = schema_parse(&schema, text ? text : "", text ? strlen(text) : 0, "schema", err);
    if (st != ST_OK) return st;
    if (strcmp(served->schema->fingerprint, schema->fingerprint) != 0) {
        st = refuse(served->schema, schema, err);
        schema_close(schema);
        return st;
    }
    struct generation *to = generation_new(ix->data, served->number);
    to->schema = schema;
    st = serve(ix, served, to, err);
    if (st != ST_OK)
        generation_free(to);
    else
        buf_printf(&task->result, "{\"generation\":%" PRIu64 "}", served->number);
    return st;
}
