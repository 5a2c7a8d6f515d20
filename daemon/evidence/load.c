/* Loading: from the store's bytes to parsed articles and sources.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * On the worker of the call.  A record that was stored can be read back; where it can't, the store is damaged. */
#include "load.h"

#include "base/when.h"

#include <string.h>

enum status load_record(struct evidence *ev, struct arena *arena, const struct record *record, struct loaded *out) {
    cJSON *json = NULL;
    *out = (struct loaded){.record = *record};
    enum status st = store_record_tree(&json, record, ev->err);
    if (st != ST_OK) return st;
    json_defer(arena, json);
    struct err fault = ERR_NONE;
    if (article_read(arena, index_rules(ev->ix), json, &out->article, &fault) != ST_OK)
        return err_set(ev->err, ST_CORRUPT, "record '%s' can't be read back: %s", record->id, fault.text);
    return ST_OK;
}

enum status load_article(struct evidence *ev, struct arena *arena, const char *id, struct loaded *out) {
    struct record record;
    enum status st = store_get(reader_store(ev->reader), arena, STORE_ARTICLE, id, 0, &record, ev->err);
    return st == ST_OK ? load_record(ev, arena, &record, out) : st;
}

enum status load_article_docid(struct evidence *ev, struct arena *arena, uint32_t docid, struct loaded *out) {
    struct record record;
    enum status st = store_get_docid(reader_store(ev->reader), arena, STORE_ARTICLE, docid, &record, ev->err);
    return st == ST_OK ? load_record(ev, arena, &record, out) : st;
}

enum status load_source(struct evidence *ev, struct arena *arena, uint32_t docid, struct source **out) {
    struct record record;
    cJSON *json = NULL;
    enum status st = store_get_docid(reader_store(ev->reader), arena, STORE_SOURCE, docid, &record, ev->err);
    if (st == ST_OK) st = store_record_tree(&json, &record, ev->err);
    if (st != ST_OK) return st;
    json_defer(arena, json);
    struct err fault = ERR_NONE;
    if (source_read(arena, index_rules(ev->ix), json, out, &fault) != ST_OK)
        return err_set(ev->err, ST_CORRUPT, "source '%s' can't be read back: %s", record.id, fault.text);
    return ST_OK;
}

/* ---- the sources of an article ---- */

/* The record fills what the entry leaves open; its status and its text come before the entry's. */
static enum status complete(struct evidence *ev, struct arena *arena, uint32_t docid, bool texts,
                            struct profile_source *out) {
    struct source_line line;
    struct source *source = NULL;
    enum status st = store_source_line(reader_store(ev->reader), arena, docid, &line, ev->err);
    if (st != ST_OK) return st;
    out->key = line.id;
    if (line.domain) out->domain = line.domain;
    if (!out->outlet) out->outlet = line.outlet;
    if (!out->published) out->published = line.published;
    out->status = line.status;
    if (!texts) return ST_OK;
    st = load_source(ev, arena, docid, &source);
    if (st == ST_OK && source->text && *source->text) out->text = source->text;
    return st;
}

enum status load_docids(struct evidence *ev, struct arena *arena, struct loaded *loaded) {
    const struct article *article = loaded->article;
    struct citation *citations = NULL;
    size_t count = 0;
    enum status st =
        store_citations(reader_store(ev->reader), arena, loaded->record.docid, &citations, &count, ev->err);
    loaded->docids = arena_alloc(arena, (article->source_count + 1) * sizeof *loaded->docids);
    for (size_t i = 0; i < article->source_count && st == ST_OK; i++) {
        size_t at = 0;
        while (at < count && citations[at].n < article->sources[i].n)
            at++;
        if (at < count && citations[at].n == article->sources[i].n) loaded->docids[i] = citations[at].source;
    }
    return st;
}

enum status load_sources(struct evidence *ev, struct arena *arena, struct loaded *loaded, bool texts) {
    const struct article *article = loaded->article;
    enum status st = load_docids(ev, arena, loaded);
    loaded->sources = profile_sources(arena, index_rules(ev->ix), article);
    for (size_t i = 0; i < article->source_count && st == ST_OK; i++) {
        if (!loaded->docids[i]) continue;
        st = complete(ev, arena, loaded->docids[i], texts, &loaded->sources[i]);
        uint32_t own = 0;
        if (st == ST_OK) st = load_address(ev, loaded->sources[i].key, &own);
        if (own) loaded->sources[i].own = true;
    }
    return st;
}

/* ---- addresses ---- */

static bool take_first(void *arg, uint32_t docid, uint32_t wdf) {
    (void)wdf;
    *(uint32_t *)arg = docid;
    return false;
}

enum status load_address(struct evidence *ev, const char *key, uint32_t *docid) {
    const struct field *field = schema_field(reader_schema(ev->reader), STORE_ARTICLE, "page", 4);
    *docid = 0;
    if (!field || !key) return ST_OK;
    struct buf term;
    buf_init(&term, 0);
    terms_exact(&term, field->prefix, key, strlen(key));
    enum status st =
        engine_postings(reader_engine(ev->reader, STORE_ARTICLE), term.data, term.len, 0, take_first, docid, ev->err);
    buf_free(&term);
    return st;
}

enum status load_in_time(struct evidence *ev) {
    if (ev->deadline_us == 0 || when_mono_us() < ev->deadline_us) return ST_OK;
    return err_set(ev->err, ST_TIMEOUT, "the request took longer than request_timeout");
}
