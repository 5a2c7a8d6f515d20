/* Records that the engine could not take.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * index/<n>/refused, replaced with each change of the list:
 *
 *   {"kind": 1, "docid": 7, "id": "…", "code": "…", "message": "…"}
 *
 * Such records are rare, so the list is one. */
#include "refused.h"

#include "base/file.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 64 << 20 };

struct entry {
    uint64_t generation;
    enum store_kind kind;
    uint32_t docid;
    char *id;
    enum status status;
    char *message;
    struct entry *next;
};

struct refused {
    pthread_mutex_t lock;
    char *data;
    struct entry *first;
    _Atomic size_t count; /* so that the usual case, none, costs no lock */
};

struct refused *refused_new(const char *data) {
    struct refused *refused = mem_alloc(sizeof *refused);
    pthread_mutex_init(&refused->lock, NULL);
    refused->data = mem_strdup(data);
    return refused;
}

static void entry_free(struct entry *entry) {
    mem_free(entry->id);
    mem_free(entry->message);
    mem_free(entry);
}

void refused_free(struct refused *refused) {
    if (!refused) return;
    while (refused->first) {
        struct entry *entry = refused->first;
        refused->first = entry->next;
        entry_free(entry);
    }
    pthread_mutex_destroy(&refused->lock);
    mem_free(refused->data);
    mem_free(refused);
}

static void write_entry(struct jw *jw, const struct entry *entry, bool stored) {
    jw_object(jw);
    if (stored) {
        jw_kint(jw, "kind", entry->kind);
        jw_kint(jw, "docid", entry->docid);
    } else {
        jw_kstring(jw, "kind", store_kind_name(entry->kind));
    }
    jw_kstring(jw, "id", entry->id);
    jw_kstring(jw, "code", status_info(entry->status)->code);
    jw_kstring(jw, "message", entry->message);
    jw_object_end(jw);
}

static void file_path(char path[4096], const struct refused *refused, uint64_t generation) {
    snprintf(path, 4096, "%s/index/%" PRIu64 "/refused", refused->data, generation);
}

/* The lock is held. */
static void save(struct refused *refused, uint64_t generation) {
    char path[4096];
    struct buf text;
    struct err err = ERR_NONE;
    buf_init(&text, 0);
    for (const struct entry *entry = refused->first; entry; entry = entry->next) {
        struct jw jw;
        if (entry->generation != generation) continue;
        jw_init(&jw, &text);
        write_entry(&jw, entry, true);
        buf_char(&text, '\n');
    }
    file_path(path, refused, generation);
    if (file_replace(path, text.data ? text.data : "", text.len, &err) != ST_OK)
        log_warning("refused", "reason=\"%s\" action=\"the list is not kept until it changes again\"", err.text);
    buf_free(&text);
}

static struct entry **find(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid) {
    struct entry **link = &refused->first;
    while (*link && ((*link)->generation != generation || (*link)->kind != kind || (*link)->docid != docid))
        link = &(*link)->next;
    return link;
}

/* The lock is held. */
static void put(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid, const char *id,
                enum status status, const char *message) {
    struct entry **link = find(refused, generation, kind, docid);
    struct entry *entry = *link;
    if (!entry) {
        entry = *link = mem_alloc(sizeof *entry);
        *entry = (struct entry){.generation = generation, .kind = kind, .docid = docid};
        atomic_fetch_add(&refused->count, 1);
    }
    mem_free(entry->id);
    mem_free(entry->message);
    entry->id = id ? mem_strdup(id) : NULL;
    entry->status = status;
    entry->message = mem_strdup(message);
}

void refused_add(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid, const char *id,
                 const struct err *why) {
    char quoted[700];
    log_error("refused", "kind=%d docid=%" PRIu32 " reason=%s", kind, docid,
              log_quote(quoted, sizeof quoted, why->text));
    pthread_mutex_lock(&refused->lock);
    put(refused, generation, kind, docid, id, why->status, why->text);
    save(refused, generation);
    pthread_mutex_unlock(&refused->lock);
}

void refused_remove(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid) {
    if (atomic_load(&refused->count) == 0) return;
    pthread_mutex_lock(&refused->lock);
    struct entry **link = find(refused, generation, kind, docid);
    struct entry *entry = *link;
    if (entry) {
        *link = entry->next;
        entry_free(entry);
        atomic_fetch_sub(&refused->count, 1);
        save(refused, generation);
    }
    pthread_mutex_unlock(&refused->lock);
}

static void load_line(struct refused *refused, uint64_t generation, const char *line, size_t len) {
    cJSON *item = NULL;
    if (json_parse(&item, line, len, NULL, NULL) != ST_OK) return;
    const cJSON *kind = json_get(item, "kind"), *docid = json_get(item, "docid");
    const char *code = json_get_string(item, "code"), *message = json_get_string(item, "message");
    if (cJSON_IsNumber(kind) && cJSON_IsNumber(docid) && code && message)
        put(refused, generation, kind->valueint == STORE_SOURCE ? STORE_SOURCE : STORE_ARTICLE,
            (uint32_t)docid->valuedouble, json_get_string(item, "id"), status_from_code(code), message);
    cJSON_Delete(item);
}

void refused_load(struct refused *refused, uint64_t generation) {
    char path[4096], *text = NULL;
    size_t len = 0;
    file_path(path, refused, generation);
    if (file_read(&text, &len, path, FILE_MAX, NULL) != ST_OK) return;
    pthread_mutex_lock(&refused->lock);
    for (const char *line = text; line < text + len;) {
        const char *end = memchr(line, '\n', (size_t)(text + len - line));
        if (!end) end = text + len;
        load_line(refused, generation, line, (size_t)(end - line));
        line = end + 1;
    }
    pthread_mutex_unlock(&refused->lock);
    mem_free(text);
}

bool refused_has(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid) {
    pthread_mutex_lock(&refused->lock);
    bool has = *find(refused, generation, kind, docid) != NULL;
    pthread_mutex_unlock(&refused->lock);
    return has;
}

void refused_copy(struct refused *refused, uint64_t from, uint64_t to) {
    bool any = false;
    pthread_mutex_lock(&refused->lock);
    for (const struct entry *entry = refused->first; entry; entry = entry->next) {
        if (entry->generation != from) continue;
        put(refused, to, entry->kind, entry->docid, entry->id, entry->status, entry->message);
        any = true;
    }
    if (any) save(refused, to);
    pthread_mutex_unlock(&refused->lock);
}

size_t refused_count(struct refused *refused, uint64_t generation, enum store_kind kind) {
    size_t count = 0;
    pthread_mutex_lock(&refused->lock);
    for (const struct entry *entry = refused->first; entry; entry = entry->next)
        count += entry->generation == generation && entry->kind == kind;
    pthread_mutex_unlock(&refused->lock);
    return count;
}

void refused_write(struct refused *refused, uint64_t generation, struct jw *jw) {
    jw_array(jw);
    pthread_mutex_lock(&refused->lock);
    for (const struct entry *entry = refused->first; entry; entry = entry->next)
        if (entry->generation == generation) write_entry(jw, entry, false);
    pthread_mutex_unlock(&refused->lock);
    jw_array_end(jw);
}
