/* Records as the protocol shows them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include <string.h>

/* Names that footnote adds; a record's own member of such a name gives way to it. */
static bool is_added(const char *name) {
    static const char *const names[] = {"id",       "revision", "seq",       "revisions",
                                        "mentions", "clusters", "sentences", "cited_sentences"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static void write_mentions(struct jw *jw, const struct article *article) {
    jw_key(jw, "mentions");
    jw_array(jw);
    for (size_t i = 0; i < article->mention_count; i++) {
        const struct mention *mention = &article->mentions[i];
        jw_object(jw);
        jw_kint(jw, "n", mention->n);
        jw_kint(jw, "section", mention->section);
        jw_kint(jw, "sentence", mention->sentence);
        jw_kint(jw, "start", mention->start);
        jw_kint(jw, "end", mention->end);
        jw_kint(jw, "cluster", mention->cluster);
        jw_kstring(jw, "source", mention->source < 0 ? NULL : article->sources[mention->source].key.key);
        jw_object_end(jw);
    }
    jw_array_end(jw);
    jw_kint(jw, "clusters", article->clusters);
    jw_kint(jw, "sentences", article->sentences);
    jw_kint(jw, "cited_sentences", article->cited_sentences);
}

static enum status write_revisions(struct call *call, struct reader *reader, const struct record *record) {
    uint64_t *revisions = NULL;
    size_t count = 0;
    enum status st =
        store_revisions(reader_store(reader), call->arena, record->kind, record->id, &revisions, &count, &call->err);
    jw_key(&call->jw, "revisions");
    jw_array(&call->jw);
    for (size_t i = 0; i < count; i++)
        jw_int(&call->jw, (int64_t)revisions[i]);
    jw_array_end(&call->jw);
    return st;
}

enum status record_write(struct call *call, struct reader *reader, const struct record *record) {
    struct jw *jw = &call->jw;
    struct article *article = NULL;
    cJSON *json = NULL;
    enum status st = store_record_tree(&json, record, &call->err);
    if (st != ST_OK) return st;
    if (record->kind == STORE_ARTICLE)
        st = article_read(call->arena, index_rules(call->api->ix), json, &article, &call->err);
    jw_object(jw);
    jw_kstring(jw, "id", record->id);
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, json) {
        if (is_added(member->string)) continue;
        jw_key(jw, member->string);
        jw_value(jw, member);
    }
    jw_kint(jw, "revision", (int64_t)record->revision);
    jw_kint(jw, "seq", (int64_t)record->revision);
    if (st == ST_OK) st = write_revisions(call, reader, record);
    if (st == ST_OK && article) write_mentions(jw, article);
    if (record->kind == STORE_SOURCE && record->current) {
        jw_kint(jw, "cited", (int64_t)record->cited);
        jw_kint(jw, "mentions", (int64_t)record->mentions);
    }
    cJSON_Delete(json);
    return st;
}
