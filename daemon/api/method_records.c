/* The methods `get`, `show`, `put`, `patch` and `delete`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "import/clean.h"

#include <string.h>

bool method_get(struct api_worker *worker, struct call *call);
bool method_show(struct api_worker *worker, struct call *call);
bool method_put(struct api_worker *worker, struct call *call);
bool method_patch(struct api_worker *worker, struct call *call);
bool method_delete(struct api_worker *worker, struct call *call);

/* ---- get and show ---- */

/* Without `kind`: an article of that id, else a source. */
static enum status find_record(struct call *call, struct reader *reader, struct record *out) {
    const char *id = NULL, *kind_given = NULL;
    enum store_kind kind = STORE_ARTICLE;
    int64_t revision = 0;
    enum status st = param_string(call, "id", true, &id);
    if (st == ST_OK) st = param_string(call, "kind", false, &kind_given);
    if (st == ST_OK) st = param_kind(call, &kind);
    if (st == ST_OK) st = param_number(call, "revision", 0, 9007199254740992.0, &revision);
    if (st != ST_OK) return st;
    st = store_get(reader_store(reader), call->arena, kind, id, (uint64_t)revision, out, &call->err);
    if (st != ST_NOT_FOUND || kind_given) return st;
    struct err err = ERR_NONE;
    if (store_get(reader_store(reader), call->arena, STORE_SOURCE, id, (uint64_t)revision, out, &err) != ST_OK)
        return st;
    call->err = ERR_NONE;
    return ST_OK;
}

bool method_get(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"id", "kind", "revision", NULL};
    struct reader *reader = searcher_reader(worker->searcher);
    struct record record;
    if (params_known(call, names) != ST_OK || find_record(call, reader, &record) != ST_OK) return true;
    if (record_write(call, reader, &record) == ST_OK) jw_object_end(&call->jw);
    return true;
}

static void write_section(struct jw *jw, const struct section *section) {
    jw_object(jw);
    jw_kint(jw, "number", section->number);
    jw_kstring(jw, "heading", section->heading);
    jw_key(jw, "text");
    jw_stringn(jw, section->text, section->len);
    jw_object_end(jw);
}

/* What a reader sees of an article: its structure found, its sources resolved. */
static void write_article(struct jw *jw, const struct article *article) {
    jw_kstring(jw, "title", article->title);
    jw_kstring(jw, "url", article->url);
    jw_kstring(jw, "published", article->published);
    jw_kstring(jw, "outlet", article->outlet);
    jw_kstring(jw, "verdict", article->verdict);
    jw_key(jw, "authors");
    jw_array(jw);
    for (size_t i = 0; i < article->author_count; i++)
        jw_string(jw, article->authors[i]);
    jw_array_end(jw);
    jw_key(jw, "sections");
    jw_array(jw);
    for (size_t i = 0; i < article->section_count; i++)
        write_section(jw, &article->sections[i]);
    jw_array_end(jw);
    jw_key(jw, "sources");
    jw_array(jw);
    for (size_t i = 0; i < article->source_count; i++) {
        const struct source_entry *entry = &article->sources[i];
        jw_object(jw);
        jw_kint(jw, "n", entry->n);
        jw_kstring(jw, "source", entry->key.key);
        jw_kstring(jw, "title", entry->title);
        jw_kstring(jw, "outlet", entry->outlet);
        jw_kstring(jw, "published", entry->published);
        jw_kstring(jw, "url", entry->url);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

bool method_show(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"id", "kind", "revision", NULL};
    struct reader *reader = searcher_reader(worker->searcher);
    struct record record;
    struct article *article = NULL;
    if (params_known(call, names) != ST_OK || find_record(call, reader, &record) != ST_OK) return true;
    if (record.kind == STORE_SOURCE) {
        if (record_write(call, reader, &record) == ST_OK) jw_object_end(&call->jw);
        return true;
    }
    cJSON *json = NULL;
    if (store_record_tree(&json, &record, &call->err) != ST_OK) return true;
    if (article_read(call->arena, index_rules(call->api->ix), json, &article, &call->err) == ST_OK) {
        jw_object(&call->jw);
        jw_kstring(&call->jw, "id", record.id);
        write_article(&call->jw, article);
        jw_kint(&call->jw, "revision", (int64_t)record.revision);
        jw_object_end(&call->jw);
    }
    cJSON_Delete(json);
    return true;
}

/* ---- put and patch ---- */

static void write_changes(struct jw *jw, const cJSON *changes) {
    jw_key(jw, "changes");
    jw_array(jw);
    for (const cJSON *change = changes->child; change; change = change->next)
        change_write(jw, change, 0);
    jw_array_end(jw);
}

static void answer_one(struct call *call, struct batch *batch) {
    const struct write *write = &batch->writes[0];
    if (!write_done(call, write)) return;
    jw_object(&call->jw);
    write_outcome(&call->jw, write->id, &write->outcome);
    if (call->state) write_changes(&call->jw, call->state);
    jw_object_end(&call->jw);
}

/* The record to write: with the parameter `dirty` a copy, whose changes become the call's state. */
static enum status clean(struct call *call, const cJSON **record) {
    struct clean_rules rules = {.date_order = WHEN_ISO};
    const char *dirty = NULL;
    if (param_string(call, "dirty", false, &dirty) != ST_OK) return call->err.status;
    if (clean_policy_named(&rules.policy, dirty, &call->err) != ST_OK || !dirty) return call->err.status;
    cJSON *copy = cJSON_Duplicate(*record, true), *changes = cJSON_CreateArray();
    json_defer(call->arena, copy);
    json_defer(call->arena, changes);
    clean_record(copy, &rules, changes);
    call->state = changes;
    *record = copy;
    return ST_OK;
}

bool method_put(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"record", "kind", "wait", "if_revision", "dirty", NULL};
    enum store_kind kind = STORE_ARTICLE;
    int64_t if_revision = STORE_ANY_REVISION;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_kind(call, &kind) != ST_OK) return true;
    if (param_number(call, "if_revision", 0, 9007199254740992.0, &if_revision) != ST_OK) return true;
    const cJSON *record = json_get(call->params, "record");
    if (!cJSON_IsObject(record)) {
        err_param(&call->err, record ? ST_INVALID_VALUE : ST_MISSING_FIELD, "record",
                  record ? "parameter 'record': expected an object" : "method 'put' needs the parameter 'record'");
        return true;
    }
    if (clean(call, &record) != ST_OK) return true;
    struct batch *batch = write_new_batch(call, 1);
    if (write_prepare(call->api, call->arena, record, kind, &batch->writes[0], &call->err) != ST_OK) return true;
    batch->writes[0].if_revision = if_revision;
    return write_submit(call, batch, answer_one);
}

bool method_patch(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"id", "record", "kind", "wait", "if_revision", NULL};
    enum store_kind kind = STORE_ARTICLE;
    int64_t if_revision = STORE_ANY_REVISION;
    const char *id = NULL;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_kind(call, &kind) != ST_OK) return true;
    if (param_string(call, "id", true, &id) != ST_OK) return true;
    if (param_number(call, "if_revision", 1, 9007199254740992.0, &if_revision) != ST_OK) return true;
    const cJSON *patch = json_get(call->params, "record");
    if (!cJSON_IsObject(patch)) {
        err_param(&call->err, patch ? ST_INVALID_VALUE : ST_MISSING_FIELD, "record",
                  "parameter 'record': expected an object, a JSON Merge Patch");
        return true;
    }
    const cJSON *own = json_get(patch, "id");
    if (own && (!cJSON_IsString(own) || strcmp(own->valuestring, id) != 0)) {
        err_param(&call->err, ST_INVALID_VALUE, "record", "parameter 'record': a patch can't change the id '%.200s'",
                  id);
        return true;
    }
    struct batch *batch = write_new_batch(call, 1);
    batch->writes[0] =
        (struct write){.op = WRITE_PATCH, .kind = kind, .id = id, .patch = patch, .if_revision = if_revision};
    return write_submit(call, batch, answer_one);
}

/* ---- delete ---- */

static void answer_delete(struct call *call, struct batch *batch) {
    struct jw *jw = &call->jw;
    int64_t deleted = 0;
    uint64_t seq = 0;
    if (batch->count == 1 && !write_done(call, &batch->writes[0])) return;
    jw_object(jw);
    jw_key(jw, "results");
    jw_array(jw);
    for (size_t i = 0; i < batch->count; i++) {
        const struct write *write = &batch->writes[i];
        jw_object(jw);
        if (write->err.status == ST_OK) {
            write_outcome(jw, write->id, &write->outcome);
            deleted++;
            seq = write->outcome.seq;
        } else {
            jw_kstring(jw, "id", write->id);
            jw_key(jw, "error");
            error_write(jw, &write->err);
        }
        jw_object_end(jw);
    }
    jw_array_end(jw);
    jw_kint(jw, "deleted", deleted);
    jw_kint(jw, "seq", (int64_t)seq);
    jw_kint(jw, "revision", (int64_t)seq);
    jw_object_end(jw);
}

/* What belongs to the other way of deleting is refused: a `dry_run` that is not heard would be a real one. */
static enum status delete_mixed(struct call *call, bool by_query) {
    static const char *const foreign[2][4] = {{"dry_run"}, {"id", "ids", "if_revision"}};
    for (const char *const *name = foreign[by_query]; *name; name++)
        if (json_get(call->params, *name))
            return err_param(&call->err, ST_INVALID_VALUE, *name, "method 'delete' takes '%s' only %s 'query'", *name,
                             by_query ? "without" : "with");
    return ST_OK;
}

bool method_delete(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"id", "ids", "query", "dry_run", "kind", "wait", "if_revision", "purge", NULL};
    enum store_kind kind = STORE_ARTICLE;
    bool purge = false;
    const char **ids = NULL, *query = NULL;
    size_t count = 0;
    int64_t if_revision = STORE_ANY_REVISION;
    if (params_known(call, names) != ST_OK || param_kind(call, &kind) != ST_OK) return true;
    if (param_string(call, "query", false, &query) != ST_OK) return true;
    if (delete_mixed(call, query != NULL) != ST_OK) return true;
    if (param_bool(call, "purge", &purge) != ST_OK) return true;
    if (query) return delete_by_query(worker, call, kind, query, purge);
    if (param_number(call, "if_revision", 1, 9007199254740992.0, &if_revision) != ST_OK) return true;
    const char *name = json_get(call->params, "ids") ? "ids" : "id";
    if (param_strings(call, name, &ids, &count) != ST_OK) return true;
    if (count == 0) {
        err_param(&call->err, ST_MISSING_FIELD, "ids",
                  "method 'delete' needs the parameter 'ids' with at least one id");
        return true;
    }
    struct batch *batch = write_new_batch(call, count);
    for (size_t i = 0; i < count; i++)
        batch->writes[i] =
            (struct write){.op = WRITE_DELETE, .kind = kind, .id = ids[i], .if_revision = if_revision, .purge = purge};
    return write_submit(call, batch, answer_delete);
}
