/* Readers: a worker's handles on the generation that is served and on the store.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "index_internal.h"

#include <stdlib.h>
#include <string.h>

enum { LANGUAGES_MAX = 12 };

struct languages {
    const char *names[LANGUAGES_MAX];
    char text[LANGUAGES_MAX][9];
    uint32_t documents[LANGUAGES_MAX];
    size_t count;
};

struct reader {
    struct index *ix;
    struct store *store;
    struct engine_db *dbs[3];
    const struct generation *generation; /* that dbs are of */
    uint64_t revision;
    struct languages languages[3];
    int place;
};

static void close_dbs(struct reader *reader) {
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        engine_close(reader->dbs[kind]);
        reader->dbs[kind] = NULL;
    }
}

enum status reader_open(struct reader **out, struct index *ix, struct err *err) {
    struct reader *reader = mem_alloc(sizeof *reader);
    reader->ix = ix;
    reader->place = gate_join(&ix->gate);
    enum status st = ST_OK;
    if (reader->place < 0) st = err_set(err, ST_BUSY, "there are %d readers already", GATE_READERS_MAX);
    if (st == ST_OK) st = store_open(&reader->store, ix->data, STORE_READ, err);
    if (st != ST_OK) {
        reader_close(reader);
        reader = NULL;
    }
    *out = reader;
    return st;
}

void reader_close(struct reader *reader) {
    if (!reader) return;
    close_dbs(reader);
    store_close(reader->store);
    if (reader->place >= 0) gate_part(&reader->ix->gate, reader->place);
    mem_free(reader);
}

/* Keeps the list sorted by frequency; only the most frequent fit. */
static bool add_language(void *arg, const char *term, size_t len, uint32_t documents) {
    struct languages *languages = arg;
    if (len < 2 || len > 9 || documents == 0) return true;
    size_t at = languages->count;
    while (at > 0 && languages->documents[at - 1] < documents)
        at--;
    if (at == LANGUAGES_MAX) return true;
    if (languages->count < LANGUAGES_MAX) languages->count++;
    for (size_t i = languages->count - 1; i > at; i--) {
        languages->documents[i] = languages->documents[i - 1];
        memcpy(languages->text[i], languages->text[i - 1], sizeof languages->text[i]);
    }
    languages->documents[at] = documents;
    memset(languages->text[at], 0, sizeof languages->text[at]);
    memcpy(languages->text[at], term + 1, len - 1);
    return true;
}

static enum status refresh(struct reader *reader, struct err *err) {
    enum status st = ST_OK;
    reader->revision = UINT64_MAX;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        uint64_t applied = 0;
        struct languages *languages = &reader->languages[kind];
        memset(languages, 0, sizeof *languages);
        st = applied_get(reader->dbs[kind], &applied, err);
        if (st == ST_OK) st = engine_terms(reader->dbs[kind], "L", 1, add_language, languages, err);
        for (size_t i = 0; i < languages->count; i++)
            languages->names[i] = languages->text[i];
        if (applied < reader->revision) reader->revision = applied;
    }
    return st;
}

static enum status move_to_newest(struct reader *reader, struct err *err) {
    const struct generation *generation = atomic_load(&reader->ix->served);
    enum status st = ST_OK;
    bool any = false;
    if (reader->generation != generation) close_dbs(reader);
    reader->generation = generation;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        bool changed = !reader->dbs[kind];
        if (!reader->dbs[kind])
            st = engine_open(&reader->dbs[kind], generation->dirs[kind], ENGINE_READ, err);
        else
            st = engine_reopen(reader->dbs[kind], &changed, err);
        any = any || changed;
    }
    if (st == ST_OK && any) st = refresh(reader, err);
    if (st != ST_OK) close_dbs(reader);
    return st;
}

enum status reader_begin(struct reader *reader, struct err *err) {
    gate_enter(&reader->ix->gate, reader->place);
    enum status st = move_to_newest(reader, err);
    if (st != ST_OK) gate_leave(&reader->ix->gate, reader->place);
    return st;
}

void reader_end(struct reader *reader) {
    gate_leave(&reader->ix->gate, reader->place);
}

struct engine_db *reader_engine(struct reader *reader, enum store_kind kind) {
    return reader->dbs[kind];
}

struct store *reader_store(struct reader *reader) {
    return reader->store;
}

uint64_t reader_revision(const struct reader *reader) {
    return reader->revision;
}

uint64_t reader_generation(const struct reader *reader) {
    return reader->generation->number;
}

const struct schema *reader_schema(const struct reader *reader) {
    return reader->generation->schema;
}

const char *const *reader_languages(struct reader *reader, enum store_kind kind, size_t *count) {
    *count = reader->languages[kind].count;
    return reader->languages[kind].names;
}
