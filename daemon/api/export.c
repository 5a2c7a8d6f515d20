/* The method `export`: everything in the archive, as lines that `import` takes; other formats are export_formats.c's.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {"cursor": C}  ->  {"records": [record, …], "next_cursor": C or null}
 *
 * A record is a JSON object as it was given, with `id` and a member
 *
 *   "$footnote": {"kind": "article"|"source", "old"?: true, "deleted"?: true, "id"?: "derived"}
 *
 * which tells import to take it as it stands; an old state is not taken again where it is known, and a derived id is not
 * kept in the record.  What a person has said of sources and words comes first of all, so that
 * it holds for what follows:
 *
 *   "$footnote": {"kind": "same"}, "id": key, "as": key, "note"       see source_same
 *   "$footnote": {"kind": "wordlist"}, "id": name, "text"             see search/wordlists.h
 *
 * Old revisions come before the present one, oldest first; of a deleted record its revisions, then an object with its
 * id and "deleted".  Sources that were put come first, then articles, then what was deleted.  With `id` it is one
 * article's history.  A cursor is "PHASE:DOCID" or "2:KIND:ID". */
#include "export.h"

#include "store/same.h"
#include "store/wordlist.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool method_export(struct api_worker *worker, struct call *call);

enum { PAGE_BYTES = 1 << 20, PAGE_RECORDS = 1000, PAGE_DELETED = 100 };

enum phase { PHASE_SOURCES, PHASE_ARTICLES, PHASE_DELETED, PHASE_END };

struct place {
    enum phase phase;
    uint32_t after;
    enum store_kind kind; /* of the last deleted one */
    const char *id;
};

static enum status read_cursor(struct call *call, struct place *place) {
    const char *cursor = NULL;
    *place = (struct place){.kind = STORE_ARTICLE, .id = ""};
    if (param_string(call, "cursor", false, &cursor) != ST_OK || !cursor) return call->err.status;
    char *end = NULL;
    bool whole = false;
    unsigned long phase = strtoul(cursor, &end, 10);
    if (*end == ':' && phase < PHASE_DELETED) {
        place->after = (uint32_t)strtoul(end + 1, &end, 10);
        whole = *end == '\0';
    } else if (*end == ':' && phase == PHASE_DELETED) {
        place->kind = strtoul(end + 1, &end, 10) == STORE_SOURCE ? STORE_SOURCE : STORE_ARTICLE;
        place->id = *end == ':' ? end + 1 : "";
        whole = *end == ':';
    }
    place->phase = (enum phase)phase;
    if (whole) return ST_OK;
    return err_param(&call->err, ST_INVALID_VALUE, "cursor", "parameter 'cursor': expected what an export gave");
}

struct line {
    const char *kind, *id;
    bool old, deleted, derived;
};

/* A line's object, up to its id. */
static void begin_line(struct jw *jw, const struct line *line) {
    jw_object(jw);
    jw_key(jw, "$footnote");
    jw_object(jw);
    jw_kstring(jw, "kind", line->kind);
    if (line->old) jw_kbool(jw, "old", true);
    if (line->deleted) jw_kbool(jw, "deleted", true);
    if (line->derived) jw_kstring(jw, "id", "derived");
    jw_object_end(jw);
    jw_kstring(jw, "id", line->id);
}

static enum status write_same(struct call *call, struct store *store) {
    struct same *list = NULL;
    size_t count = 0;
    enum status st = store_same_list(store, call->arena, &list, &count, &call->err);
    for (size_t i = 0; i < count; i++) {
        begin_line(&call->jw, &(struct line){.kind = "same", .id = list[i].key});
        jw_kstring(&call->jw, "as", list[i].other);
        if (list[i].note) jw_kstring(&call->jw, "note", list[i].note);
        jw_object_end(&call->jw);
    }
    return st;
}

static enum status write_wordlists(struct call *call, struct store *store) {
    struct wordlist *lists = NULL;
    size_t count = 0;
    enum status st = store_wordlists(store, call->arena, &lists, &count, &call->err);
    for (size_t i = 0; i < count; i++) {
        if (!lists[i].text) continue;
        begin_line(&call->jw, &(struct line){.kind = "wordlist", .id = lists[i].name});
        jw_kstring(&call->jw, "text", lists[i].text);
        jw_object_end(&call->jw);
    }
    return st;
}

static enum status write_state(struct call *call, const struct record *record) {
    cJSON *json = NULL;
    const cJSON *member = NULL;
    if (store_record_tree(&json, record, &call->err) != ST_OK) return call->err.status;
    begin_line(&call->jw, &(struct line){.kind = store_kind_name(record->kind),
                                         .id = record->id,
                                         .old = !record->current,
                                         .derived = !json_get(json, "id")});
    cJSON_ArrayForEach (member, json) {
        if (strcmp(member->string, "id") == 0 || strcmp(member->string, "$footnote") == 0) continue;
        jw_key(&call->jw, member->string);
        jw_value(&call->jw, member);
    }
    jw_object_end(&call->jw);
    cJSON_Delete(json);
    return ST_OK;
}

/* All revisions, oldest first. */
static enum status write_history(struct call *call, struct store *store, enum store_kind kind, const char *id) {
    uint64_t *revisions = NULL;
    size_t count = 0;
    enum status st = store_revisions(store, call->arena, kind, id, &revisions, &count, &call->err);
    for (size_t i = count; i-- > 0 && st == ST_OK;) {
        struct arena *arena = arena_new();
        struct record record;
        st = store_get(store, arena, kind, id, revisions[i], &record, &call->err);
        if (st == ST_OK) st = write_state(call, &record);
        arena_free(arena);
    }
    return st;
}

static enum status write_present(struct call *call, struct store *store, struct place *place) {
    enum store_kind kind = place->phase == PHASE_SOURCES ? STORE_SOURCE : STORE_ARTICLE;
    struct record *records = NULL;
    size_t count = 0;
    enum status st =
        store_scan(store, call->arena, kind, place->after, PAGE_RECORDS, PAGE_BYTES, &records, &count, &call->err);
    for (size_t i = 0; i < count && st == ST_OK && call->result.len < PAGE_BYTES; i++) {
        if (kind == STORE_ARTICLE || records[i].put) st = write_history(call, store, kind, records[i].id);
        place->after = records[i].docid;
    }
    if (st == ST_OK && count == 0) {
        place->phase++;
        place->after = 0;
    }
    return st;
}

static enum status write_deleted(struct call *call, struct store *store, struct place *place) {
    struct lost *lost = NULL;
    size_t count = 0;
    enum status st = store_deleted(store, call->arena, place->kind, place->id, PAGE_DELETED, &lost, &count, &call->err);
    for (size_t i = 0; i < count && st == ST_OK && call->result.len < PAGE_BYTES; i++) {
        st = write_history(call, store, lost[i].kind, lost[i].id);
        begin_line(&call->jw, &(struct line){.kind = store_kind_name(lost[i].kind), .id = lost[i].id, .deleted = true});
        jw_object_end(&call->jw);
        place->kind = lost[i].kind;
        place->id = lost[i].id;
    }
    if (st == ST_OK && count == 0) place->phase = PHASE_END;
    return st;
}

static void write_cursor(struct call *call, const struct place *place) {
    jw_key(&call->jw, "next_cursor");
    if (place->phase == PHASE_END)
        jw_null(&call->jw);
    else if (place->phase == PHASE_DELETED)
        jw_string(&call->jw, arena_printf(call->arena, "%d:%d:%s", place->phase, place->kind, place->id));
    else
        jw_string(&call->jw, arena_printf(call->arena, "%d:%" PRIu32, place->phase, place->after));
}

static enum status write_records(struct call *call, struct store *store, const char *id, struct place *place) {
    if (id) {
        place->phase = PHASE_END;
        struct record record;
        enum status st = store_get(store, call->arena, STORE_ARTICLE, id, 0, &record, &call->err);
        return st == ST_OK ? write_history(call, store, STORE_ARTICLE, id) : st;
    }
    if (place->phase == PHASE_SOURCES && place->after == 0) {
        enum status st = write_same(call, store);
        if (st == ST_OK) st = write_wordlists(call, store);
        if (st != ST_OK) return st;
    }
    return place->phase == PHASE_DELETED ? write_deleted(call, store, place) : write_present(call, store, place);
}

static void export_lines(struct api_worker *worker, struct call *call) {
    struct store *store = reader_store(searcher_reader(worker->searcher));
    struct place place;
    const char *id = NULL;
    if (read_cursor(call, &place) != ST_OK || param_string(call, "id", false, &id) != ST_OK) return;
    if (store_begin(store, &call->err) != ST_OK) return;
    jw_object(&call->jw);
    jw_key(&call->jw, "records");
    jw_array(&call->jw);
    enum status st = write_records(call, store, id, &place);
    store_rollback(store);
    jw_array_end(&call->jw);
    if (st == ST_OK) write_cursor(call, &place);
    jw_object_end(&call->jw);
}

bool method_export(struct api_worker *worker, struct call *call) {
    static const char *const known[] = {"cursor", "format", "id", NULL};
    enum export_format format;
    if (params_known(call, known) != ST_OK || export_format(call, &format) != ST_OK) return true;
    if (format == EXPORT_JSONL)
        export_lines(worker, call);
    else
        export_formatted(worker, call, format);
    return true;
}
