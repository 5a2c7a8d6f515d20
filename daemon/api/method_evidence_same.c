/* The method `source_same`: source identity by hand.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {}                              what has been said
 *   {"source": A, "as": B}          every citation of A counts for B, now and in whatever comes later
 *   {"source": URL, "apart": true}  this address, spelled exactly so, is a source of its own
 *   {"source": A, "remove": true}   neither any more */
#include "evidence_call.h"

#include "base/hash.h"
#include "store/same.h"

#include <string.h>

bool method_source_same(struct api_worker *worker, struct call *call);

struct statement {
    const char *source, *as, *note;
    bool apart, remove;
    const char *key, *other;
};

/* ---- reading ---- */

static enum status list(struct evidence *ev, const void *arg) {
    struct same *same = NULL;
    size_t count = 0;
    (void)arg;
    enum status st = store_same_list(reader_store(ev->reader), ev->arena, &same, &count, ev->err);
    jw_object(ev->jw);
    jw_key(ev->jw, "same");
    jw_array(ev->jw);
    for (size_t i = 0; i < count; i++) {
        bool apart = strncmp(same[i].key, "url:", 4) == 0;
        jw_object(ev->jw);
        jw_kstring(ev->jw, "source", apart ? same[i].key + 4 : same[i].key);
        jw_kstring(ev->jw, "as", same[i].other);
        jw_kbool(ev->jw, "apart", apart);
        jw_kstring(ev->jw, "note", same[i].note);
        jw_object_end(ev->jw);
    }
    jw_array_end(ev->jw);
    jw_object_end(ev->jw);
    return st;
}

/* Which of the two was said of a source: its spelling, or its key. */
static enum status find_said(struct evidence *ev, const void *arg) {
    struct statement *statement = *(struct statement *const *)arg;
    struct same *same = NULL;
    size_t count = 0;
    enum status st = store_same_list(reader_store(ev->reader), ev->arena, &same, &count, ev->err);
    for (size_t i = 0; i < count; i++)
        if (strncmp(same[i].key, "url:", 4) == 0 && strcmp(same[i].key + 4, statement->source) == 0)
            statement->key = same[i].key;
    return st;
}

/* ---- writing ---- */

static enum status name_sources(struct api_worker *worker, struct call *call, struct statement *statement) {
    const struct rules *rules = index_rules(call->api->ix);
    struct source_key key, as;
    char hex[33];
    source_key_from_url(call->arena, rules, statement->source, &key);
    if (!key.key)
        return err_param(&call->err, ST_INVALID_VALUE, "source", "parameter 'source': expected a source's key or URL");
    statement->key = key.key;
    if (statement->remove) {
        evidence_call(worker, call, find_said, &statement);
    } else if (statement->apart) {
        hash128_hex(hex, statement->source, strlen(statement->source));
        statement->key = arena_printf(call->arena, "url:%s", statement->source);
        statement->other = arena_printf(call->arena, "ref:%s", hex);
    } else {
        source_key_from_url(call->arena, rules, statement->as, &as);
        if (!as.key)
            return err_param(&call->err, ST_INVALID_VALUE, "as", "parameter 'as': expected a source's key or URL");
        statement->other = as.key;
    }
    return call->err.status;
}

static void answer(struct call *call, struct batch *batch) {
    const struct write *write = &batch->writes[0];
    if (!write_done(call, write)) return;
    jw_object(&call->jw);
    jw_kstring(&call->jw, "source", write->id);
    jw_kstring(&call->jw, "as", write->other);
    jw_kint(&call->jw, "seq", (int64_t)write->outcome.seq);
    jw_kint(&call->jw, "revision", (int64_t)write->outcome.revision);
    jw_object_end(&call->jw);
}

static enum status read_params(struct call *call, struct statement *statement) {
    static const char *const names[] = {"source", "as", "apart", "remove", "note", "wait", NULL};
    enum status st = params_known(call, names);
    if (st == ST_OK) st = param_string(call, "source", false, &statement->source);
    if (st == ST_OK) st = param_string(call, "as", false, &statement->as);
    if (st == ST_OK) st = param_string(call, "note", false, &statement->note);
    if (st == ST_OK) st = param_bool(call, "apart", &statement->apart);
    if (st == ST_OK) st = param_bool(call, "remove", &statement->remove);
    if (st == ST_OK && statement->source && (statement->as != NULL) + statement->apart + statement->remove != 1)
        st = err_param(&call->err, ST_MISSING_FIELD, "as",
                       "method 'source_same' needs one of the parameters 'as', 'apart' and 'remove' beside 'source'");
    return st;
}

bool method_source_same(struct api_worker *worker, struct call *call) {
    struct statement *statement = arena_alloc(call->arena, sizeof *statement);
    if (read_params(call, statement) != ST_OK) return true;
    if (!statement->source) return evidence_call(worker, call, list, NULL);
    if (name_sources(worker, call, statement) != ST_OK) return true;
    struct batch *batch = write_new_batch(call, 1);
    batch->writes[0] = (struct write){.op = WRITE_SAME,
                                      .kind = STORE_SOURCE,
                                      .id = statement->key,
                                      .other = statement->other,
                                      .note = statement->note,
                                      .if_revision = STORE_ANY_REVISION};
    return write_submit(call, batch, answer);
}
