/* The edges between articles and sources, and the sources that live by them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When an article is written its edges are replaced: the sources of the old and of the new edges get their counts
 * and an entry in the change log.  A source that is first met is made from the article's entry; one that is known
 * gets what it lacks; one that nobody cites any more and nobody put goes, its last body kept as a revision. */
#include "store_internal.h"

#include "base/when.h"
#include "store/edges.h"
#include "store/same.h"

#include <string.h>

struct touched { /* a source with what changes in its counts */
    uint32_t docid;
    int cited; /* -1, 0, +1 */
    int64_t mentions;
};

struct touch_list {
    struct arena *arena;
    struct touched *items;
    size_t count, cap;
};

static struct touched *touch(struct touch_list *list, uint32_t docid) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].docid == docid) return &list->items[i];
    list->items = arena_grow(list->arena, list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count] = (struct touched){.docid = docid};
    return &list->items[list->count++];
}

/* ---- the old edges ---- */

static enum status old_sources(struct store *store, uint32_t article, struct touch_list *list, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_CITED_SOURCES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, article);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading the citations", err);
    while (st == ST_OK && row) {
        struct touched *touched = touch(list, (uint32_t)sqlite3_column_int64(statement, 0));
        touched->cited--;
        touched->mentions -= sqlite3_column_int64(statement, 1);
        st = store_step(store, statement, &row, "reading the citations", err);
    }
    sqlite3_reset(statement);
    return st;
}

static enum status delete_edges(struct store *store, uint32_t article, const struct touch_list *list, struct err *err) {
    if (list->count == 0) return ST_OK;
    for (size_t i = 0; i < list->count; i++) {
        sqlite3_stmt *statement = store_statement(store, SQL_DELETE_MENTIONS, err);
        if (!statement) return err->status;
        sqlite3_bind_int64(statement, 1, list->items[i].docid);
        sqlite3_bind_int64(statement, 2, article);
        if (store_run(store, statement, "deleting mentions", err) != ST_OK) return err->status;
    }
    sqlite3_stmt *statement = store_statement(store, SQL_DELETE_CITES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, article);
    return store_run(store, statement, "deleting citations", err);
}

/* ---- sources from entries ---- */

static void view_source(const cJSON *record, struct source *out) {
    *out = (struct source){.id = json_get_string(record, "id"),
                           .url = json_get_string(record, "url"),
                           .title = json_get_string(record, "title"),
                           .outlet = json_get_string(record, "outlet"),
                           .domain = json_get_string(record, "domain"),
                           .published = json_get_string(record, "published"),
                           .status = json_get_string(record, "status"),
                           .record = record};
}

static enum status write_record(struct store *store, const cJSON *record, bool put, uint32_t *docid, struct err *err) {
    struct source source;
    view_source(record, &source);
    struct arena *arena = arena_new();
    struct buf json;
    struct jw jw;
    buf_init(&json, 0);
    jw_init(&jw, &json);
    jw_value(&jw, record);
    struct packed packed;
    enum status st = store_pack(arena, json.data, json.len, &packed, err);
    if (st == ST_OK) st = store_write_source(store, &source, &packed, put, docid, err);
    buf_free(&json);
    arena_free(arena);
    return st;
}

static bool entry_tells_more(const struct source_entry *entry) {
    return entry->title || entry->outlet || entry->published || entry->archived_url || entry->key.archived_url ||
           entry->text;
}

static enum status keep_source(struct store *store, const struct record *record, struct err *err) {
    struct arena *arena = arena_new();
    struct packed packed;
    enum status st = store_pack(arena, record->json, record->len, &packed, err);
    if (st == ST_OK) st = store_keep_revision(store, STORE_SOURCE, record->id, record->revision, &packed, err);
    arena_free(arena);
    return st;
}

static enum status fill_source(struct store *store, uint32_t docid, const struct source_entry *entry, struct err *err) {
    struct arena *arena = arena_new();
    struct record record;
    cJSON *json = NULL;
    enum status st = store_get_docid(store, arena, STORE_SOURCE, docid, &record, err);
    if (st == ST_OK) {
        json = cJSON_ParseWithLength(record.json, record.len);
        if (!json) st = err_set(err, ST_CORRUPT, "source '%s': its stored record is not JSON", record.id);
    }
    if (st == ST_OK && source_record_fill(json, entry)) {
        st = keep_source(store, &record, err);
        if (st == ST_OK) st = write_record(store, json, record.put, &docid, err);
    }
    cJSON_Delete(json);
    arena_free(arena);
    return st;
}

/* An entry that a person has said to be another source: a copy under the other's key.  The address is the other's too,
 * and stays away where the key is none. */
static enum status follow_same(struct store *store, struct arena *arena, const struct source_entry **entry,
                               struct err *err) {
    const char *other = NULL;
    enum status st = store_same_find(store, arena, (*entry)->url, (*entry)->key.key, &other, err);
    if (st != ST_OK || !other) return st;
    struct source_entry *copy = arena_alloc(arena, sizeof *copy);
    bool page = strcspn(other, "./") < strcspn(other, ":/");
    *copy = **entry;
    copy->key = (struct source_key){.key = other, .url = page ? arena_printf(arena, "https://%s", other) : NULL};
    copy->url = copy->key.url;
    if (!page && !copy->title) copy->title = (*entry)->url;
    *entry = copy;
    return ST_OK;
}

static enum status source_of_entry(struct store *store, const struct source_entry *entry, uint32_t *docid,
                                   struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_FIND_SOURCE, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, entry->key.key, -1, SQLITE_STATIC);
    bool row = false;
    enum status st = store_step(store, statement, &row, "finding a source", err);
    *docid = row ? (uint32_t)sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    if (st != ST_OK) return st;
    if (*docid) return entry_tells_more(entry) ? fill_source(store, *docid, entry, err) : ST_OK;
    cJSON *record = source_record_from_entry(entry);
    st = write_record(store, record, false, docid, err);
    cJSON_Delete(record);
    return st;
}

/* ---- the new edges ---- */

struct facts { /* of the article, kept with each of its citations */
    bool dated;
    int64_t day, outlet; /* days since 1970; 0: none */
};

static enum status insert_cite(struct store *store, uint32_t article, uint32_t n, uint32_t source,
                               const struct facts *facts, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_INSERT_CITE, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, article);
    sqlite3_bind_int64(statement, 2, n);
    sqlite3_bind_int64(statement, 3, source);
    if (facts->dated) sqlite3_bind_int64(statement, 4, facts->day);
    if (facts->outlet) sqlite3_bind_int64(statement, 5, facts->outlet);
    return store_run(store, statement, "writing a citation", err);
}

/* The number of an outlet's name, made when it is new. */
static enum status outlet_number(struct store *store, const char *name, int64_t *out, struct err *err) {
    bool row = false;
    *out = 0;
    if (!name || !*name) return ST_OK;
    sqlite3_stmt *statement = store_statement(store, SQL_FIND_OUTLET, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    enum status st = store_step(store, statement, &row, "finding an outlet", err);
    if (row) *out = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    if (st != ST_OK || row) return st;
    statement = store_statement(store, SQL_INSERT_OUTLET, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    st = store_run(store, statement, "writing an outlet", err);
    *out = sqlite3_last_insert_rowid(store->db);
    return st;
}

static enum status find_facts(struct store *store, const struct article *article, struct facts *out, struct err *err) {
    int64_t seconds = 0;
    *out = (struct facts){0};
    out->dated = article->published && when_parse(&seconds, article->published, NULL) == ST_OK;
    out->day = edges_day(seconds);
    return outlet_number(store, article->outlet, &out->outlet, err);
}

static enum status new_sources(struct store *store, uint32_t article, const struct article *record, uint32_t *docids,
                               struct touch_list *list, size_t old_count, struct err *err) {
    bool *seen = arena_alloc(list->arena, record->source_count + old_count + 1);
    struct facts facts;
    enum status found = find_facts(store, record, &facts, err);
    if (found != ST_OK) return found;
    for (size_t i = 0; i < record->source_count; i++) {
        const struct source_entry *entry = &record->sources[i];
        if (!entry->key.key) continue;
        enum status st = follow_same(store, list->arena, &entry, err);
        if (st == ST_OK) st = source_of_entry(store, entry, &docids[i], err);
        if (st == ST_OK) st = insert_cite(store, article, entry->n, docids[i], &facts, err);
        if (st != ST_OK) return st;
        struct touched *touched = touch(list, docids[i]);
        size_t at = (size_t)(touched - list->items);
        if (!seen[at]) touched->cited++;
        seen[at] = true;
    }
    return ST_OK;
}

static enum status insert_mentions(struct store *store, uint32_t article, const struct article *record,
                                   const uint32_t *docids, struct touch_list *list, struct err *err) {
    for (size_t i = 0; i < record->mention_count; i++) {
        const struct mention *mention = &record->mentions[i];
        if (mention->source < 0 || docids[mention->source] == 0) continue;
        sqlite3_stmt *statement = store_statement(store, SQL_INSERT_MENTION, err);
        if (!statement) return err->status;
        sqlite3_bind_int64(statement, 1, docids[mention->source]);
        sqlite3_bind_int64(statement, 2, article);
        sqlite3_bind_int64(statement, 3, mention->section);
        sqlite3_bind_int64(statement, 4, mention->start);
        sqlite3_bind_int64(statement, 5, mention->n);
        sqlite3_bind_int64(statement, 6, mention->end);
        sqlite3_bind_int64(statement, 7, mention->sentence);
        if (store_run(store, statement, "writing a mention", err) != ST_OK) return err->status;
        touch(list, docids[mention->source])->mentions += sqlite3_changes(store->db);
    }
    return ST_OK;
}

/* ---- counts ---- */

static enum status drop_source(struct store *store, struct arena *arena, uint32_t docid, struct err *err) {
    struct record record;
    enum status st = store_get_docid(store, arena, STORE_SOURCE, docid, &record, err);
    if (st == ST_OK) st = keep_source(store, &record, err);
    sqlite3_stmt *statement = st == ST_OK ? store_statement(store, SQL_DELETE_SOURCE, err) : NULL;
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, docid);
    store->sources--;
    return store_run(store, statement, "deleting a source", err);
}

static enum status apply_counts(struct store *store, const struct touch_list *list, struct err *err) {
    for (size_t i = 0; i < list->count; i++) {
        const struct touched *touched = &list->items[i];
        if (touched->cited == 0 && touched->mentions == 0) continue;
        sqlite3_stmt *statement = store_statement(store, SQL_COUNT_SOURCE, err);
        if (!statement) return err->status;
        sqlite3_bind_int64(statement, 1, touched->docid);
        sqlite3_bind_int(statement, 2, touched->cited);
        sqlite3_bind_int64(statement, 3, touched->mentions);
        bool row = false;
        enum status st = store_step(store, statement, &row, "counting citations", err);
        bool orphan = row && sqlite3_column_int64(statement, 0) <= 0 && !sqlite3_column_int(statement, 1);
        sqlite3_reset(statement);
        if (st == ST_OK && orphan) st = drop_source(store, list->arena, touched->docid, err);
        if (st == ST_OK) st = store_log_change(store, STORE_SOURCE, touched->docid, err);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

enum status store_cite(struct store *store, uint32_t docid, const struct article *article, struct err *err) {
    struct arena *arena = arena_new();
    struct touch_list list = {.arena = arena};
    enum status st = old_sources(store, docid, &list, err);
    if (st == ST_OK) st = delete_edges(store, docid, &list, err);
    if (st == ST_OK && article) {
        uint32_t *docids = arena_alloc(arena, (article->source_count + 1) * sizeof *docids);
        st = new_sources(store, docid, article, docids, &list, list.count, err);
        if (st == ST_OK) st = insert_mentions(store, docid, article, docids, &list, err);
    }
    if (st == ST_OK) st = apply_counts(store, &list, err);
    arena_free(arena);
    return st;
}
