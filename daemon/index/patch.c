/* One write inside the writer's transaction; a merge patch is read, merged and checked here, so that it meets the
 * record as it stands.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "index_internal.h"

#include "base/json.h"
#include "store/edges.h"
#include "store/same.h"
#include "store/wordlist.h"

#include <string.h>

static bool is_own_fault(enum status status) {
    switch (status) {
    case ST_CONFLICT:
    case ST_NOT_FOUND:
    case ST_INVALID_RECORD:
    case ST_TOO_LARGE:
    case ST_EXISTS: return true;
    default: return false;
    }
}

static enum status put_json(struct index *ix, struct arena *arena, struct write *write, const cJSON *json,
                            struct err *err) {
    struct article *article = NULL;
    struct source *source = NULL;
    struct buf text;
    struct jw jw;
    buf_init(&text, ix->max_record_bytes);
    jw_init(&jw, &text);
    jw_value(&jw, json);
    enum status st = ST_OK;
    if (!buf_ok(&text))
        st = err_set(err, ST_TOO_LARGE, "record '%s' would be above %zu bytes", write->id, ix->max_record_bytes);
    if (st == ST_OK) st = store_pack(arena, text.data, text.len, &write->packed, err);
    if (st == ST_OK && write->kind == STORE_ARTICLE)
        st = article_read(arena, ix->rules, json, &article, err);
    else if (st == ST_OK)
        st = source_read(arena, ix->rules, json, &source, err);
    if (st == ST_OK && write->kind == STORE_ARTICLE)
        st = store_put_article(ix->store, article, &write->packed, STORE_ANY_REVISION, &write->outcome, err);
    else if (st == ST_OK)
        st = store_put_source(ix->store, source, &write->packed, STORE_ANY_REVISION, &write->outcome, err);
    buf_free(&text);
    return st;
}

/* A record keeps its id, whether or not it was given in the record; where it still follows from the rest, the record
 * is left as it is. */
static void keep_id(cJSON *json, const struct write *write) {
    static const char *const origins[] = {"id", "url", "archived_url", "title", "outlet", "published"};
    const char *id = json_get_string(json, "id");
    bool follows = write->kind == STORE_SOURCE && !id;
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
        if (json_get(write->patch, origins[i])) follows = false;
    if (follows || (id && strcmp(id, write->id) == 0)) return;
    cJSON_DeleteItemFromObjectCaseSensitive(json, "id");
    cJSON_AddStringToObject(json, "id", write->id);
}

static enum status patch_record(struct index *ix, struct arena *arena, struct write *write, struct err *err) {
    struct record record;
    enum status st = store_get(ix->store, arena, write->kind, write->id, 0, &record, err);
    if (st == ST_OK && write->if_revision != STORE_ANY_REVISION && record.revision != (uint64_t)write->if_revision)
        st = err_param(err, ST_CONFLICT, "if_revision", "record '%s' is at revision %llu, not %lld", write->id,
                       (unsigned long long)record.revision, (long long)write->if_revision);
    if (st != ST_OK) return st;
    cJSON *json = NULL;
    st = store_record_tree(&json, &record, err);
    if (st != ST_OK) return st;
    json = json_merge_patch(json, write->patch);
    keep_id(json, write);
    st = put_json(ix, arena, write, json, err);
    cJSON_Delete(json);
    return st;
}

/* ---- what is the same ---- */

static enum status recite(struct index *ix, uint32_t docid, struct err *err) {
    struct arena *arena = arena_new();
    struct record record;
    struct article *article = NULL;
    enum status st = store_get_docid(ix->store, arena, STORE_ARTICLE, docid, &record, err);
    cJSON *json = NULL;
    if (st == ST_OK) st = store_record_tree(&json, &record, err);
    if (st == ST_OK) st = article_read(arena, ix->rules, json, &article, err);
    if (st == ST_OK) st = store_recite(ix->store, docid, article, err);
    cJSON_Delete(json);
    arena_free(arena);
    return st;
}

/* The articles that cite what the key was and what it will be read their citations again. */
static enum status write_same(struct index *ix, struct arena *arena, struct write *write, struct err *err) {
    const char *before = NULL, *spelled = strncmp(write->id, "url:", 4) == 0 ? write->id + 4 : NULL;
    struct source_key key = {.key = write->id};
    struct citing *citing = NULL;
    size_t count = 0;
    uint32_t docid = 0;
    if (spelled) source_key_from_url(arena, ix->rules, spelled, &key);
    enum status st = store_same_find(ix->store, arena, spelled, key.key, &before, err);
    bool said = false;
    if (st == ST_OK && write->other) st = store_same_said(ix->store, write->id, write->other, write->note, &said, err);
    if (st == ST_OK && said) {
        write->outcome = (struct store_outcome){.effect = STORE_UNCHANGED};
        return ST_OK;
    }
    if (st == ST_OK) st = edges_source(ix->store, before ? before : key.key, &docid, err);
    if (st == ST_OK && docid) st = edges_articles(ix->store, arena, docid, &citing, &count, err);
    if (st == ST_OK && write->other)
        st = store_same_set(ix->store, arena, write->id, write->other, write->note, err);
    else if (st == ST_OK)
        st = store_same_remove(ix->store, arena, write->id, err);
    if (st != ST_OK) return st;
    uint64_t seq = count > 0 ? store_step_seq(ix->store) : 0; /* a step of the log changes something */
    for (size_t i = 0; i < count && st == ST_OK; i++)
        st = recite(ix, citing[i].article, err);
    write->outcome = (struct store_outcome){.effect = STORE_UPDATED, .seq = seq, .revision = seq, .docid = docid};
    return st;
}

static enum status write_wordlist(struct index *ix, struct arena *arena, struct write *write, struct err *err) {
    bool changed = false;
    enum status st = store_wordlist_set(ix->store, arena, write->id, write->other, write->if_revision, &changed, err);
    write->outcome = (struct store_outcome){.effect = changed ? STORE_UPDATED : STORE_UNCHANGED};
    return st;
}

static enum status put_record(struct index *ix, struct write *write, struct err *err) {
    bool knows = false;
    enum status st = ST_OK;
    if (write->old) st = store_knows(ix->store, write->kind, write->id, &write->packed, write->since, &knows, err);
    if (knows) write->outcome = (struct store_outcome){.effect = STORE_UNCHANGED};
    if (st != ST_OK || knows) return st;
    return write->kind == STORE_ARTICLE
               ? store_put_article(ix->store, write->article, &write->packed, write->if_revision, &write->outcome, err)
               : store_put_source(ix->store, write->source, &write->packed, write->if_revision, &write->outcome, err);
}

static enum status delete_record(struct index *ix, struct write *write, struct err *err) {
    enum status st =
        store_delete(ix->store, write->kind, write->id, write->if_revision, write->purge, &write->outcome, err);
    if (st != ST_NOT_FOUND || !write->old) return st;
    write->outcome = (struct store_outcome){.effect = STORE_UNCHANGED};
    return ST_OK;
}

enum status write_apply(struct index *ix, struct arena *arena, struct write *write, struct err *err) {
    struct err fault = ERR_NONE;
    enum status st = ST_OK;
    switch (write->op) {
    case WRITE_PUT: st = put_record(ix, write, &fault); break;
    case WRITE_PATCH: st = patch_record(ix, arena, write, &fault); break;
    case WRITE_SAME: st = write_same(ix, arena, write, &fault); break;
    case WRITE_WORDLIST: st = write_wordlist(ix, arena, write, &fault); break;
    case WRITE_DELETE: st = delete_record(ix, write, &fault); break;
    }
    write->err = st == ST_OK ? ERR_NONE : fault;
    if (st == ST_OK || is_own_fault(st)) return ST_OK;
    *err = fault;
    return st;
}
