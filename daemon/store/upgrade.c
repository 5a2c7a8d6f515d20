/* What the upgrade steps need beyond SQL: members of stored records.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   record_member(body, hash, id, name)   a string member of the record's JSON; NULL if absent or empty, or if the body
 *                                         is damaged: reading the record tells
 *   record_day(date)                      days since 1970; NULL if it is no date
 *
 * They exist on the writer's handle while a store is created or upgraded. */
#include "store_internal.h"

#include "base/when.h"
#include "store/edges.h"

static void record_member(sqlite3_context *context, int count, sqlite3_value **values) {
    struct arena *arena = arena_new();
    struct err err = ERR_NONE;
    const char *json = NULL;
    size_t len = 0;
    (void)count;
    enum status st = store_unpack(arena, sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0]),
                                  (uint64_t)sqlite3_value_int64(values[1]), (const char *)sqlite3_value_text(values[2]),
                                  &json, &len, &err);
    cJSON *record = st == ST_OK ? cJSON_ParseWithLength(json, len) : NULL;
    const char *member = record ? json_get_string(record, (const char *)sqlite3_value_text(values[3])) : NULL;
    if (st != ST_OK && st != ST_CORRUPT)
        sqlite3_result_error(context, err.text, -1);
    else if (member && *member)
        sqlite3_result_text(context, member, -1, SQLITE_TRANSIENT);
    else
        sqlite3_result_null(context);
    cJSON_Delete(record);
    arena_free(arena);
}

static void record_day(sqlite3_context *context, int count, sqlite3_value **values) {
    int64_t seconds = 0;
    (void)count;
    const char *date = (const char *)sqlite3_value_text(values[0]);
    if (date && when_parse(&seconds, date, NULL) == ST_OK)
        sqlite3_result_int64(context, edges_day(seconds));
    else
        sqlite3_result_null(context);
}

enum status store_upgrade_functions(struct store *store, struct err *err) {
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    if (sqlite3_create_function(store->db, "record_member", 4, flags, NULL, record_member, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(store->db, "record_day", 1, flags, NULL, record_day, NULL, NULL) != SQLITE_OK)
        return store_fail(store, err, "preparing an upgrade");
    return ST_OK;
}
