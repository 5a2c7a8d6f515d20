/* Finding the sources that a caller means.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * On the worker of the call.  A key wins over everything; then a page in another spelling; a bare host that is no
 * source itself, or has no path, stands for every source below it. */
#include "sources.h"

#include "base/ensure.h"

#include <ctype.h>
#include <string.h>

static enum status not_found(struct evidence *ev, const char *given) {
    return err_param(ev->err, ST_NOT_FOUND, "source", "the archive has no source '%.200s'", given);
}

static enum status single(struct evidence *ev, uint32_t docid, struct source_set *out) {
    struct source_line line;
    enum status st = store_source_line(reader_store(ev->reader), ev->arena, docid, &line, ev->err);
    if (st != ST_OK) return st;
    out->name = line.id;
    out->docids = arena_alloc(ev->arena, sizeof *out->docids);
    out->docids[0] = docid;
    out->count = 1;
    return ST_OK;
}

/* Sources of a host: those of its registrable domain whose key begins with the host. */
static enum status of_host(struct evidence *ev, const char *host, const char *domain, struct source_set *out) {
    struct store *store = reader_store(ev->reader);
    enum status st = edges_domain(store, ev->arena, domain, &out->docids, &out->count, ev->err);
    out->name = host;
    out->domain = true;
    if (st != ST_OK || strcmp(host, domain) == 0) return st;
    size_t kept = 0, len = strlen(host);
    for (size_t i = 0; i < out->count && st == ST_OK; i++) {
        struct source_line line;
        st = store_source_line(store, ev->arena, out->docids[i], &line, ev->err);
        bool below = st == ST_OK && strncmp(line.id, host, len) == 0 && (line.id[len] == '/' || !line.id[len]);
        if (below) out->docids[kept++] = out->docids[i];
    }
    out->count = kept;
    return st;
}

enum status sources_find(struct evidence *ev, const char *given, struct source_set *out) {
    struct store *store = reader_store(ev->reader);
    struct source_key key;
    uint32_t docid = 0;
    *out = (struct source_set){0};
    enum status st = edges_source(store, given, &docid, ev->err);
    if (st == ST_OK && docid) return single(ev, docid, out);
    if (st == ST_OK) source_key_from_url(ev->arena, index_rules(ev->ix), given, &key);
    if (st == ST_OK && !key.key) return not_found(ev, given);
    const char *slash = st == ST_OK ? strchr(key.key, '/') : NULL;
    bool bare = st == ST_OK && key.domain && (!slash || !slash[1]);
    bool spelled_out = strstr(given, "://") != NULL;
    if (st == ST_OK && (!bare || spelled_out)) st = edges_source(store, key.key, &docid, ev->err);
    if (st != ST_OK) return st;
    if (docid) return single(ev, docid, out);
    if (!bare) return not_found(ev, given);
    const char *host = slash ? arena_strndup(ev->arena, key.key, (size_t)(slash - key.key)) : key.key;
    st = of_host(ev, host, key.domain, out);
    return st == ST_OK && out->count == 0 ? not_found(ev, given) : st;
}

enum status sources_find_one(struct evidence *ev, const char *given, uint32_t *docid, const char **key) {
    struct source_set set;
    struct source_key host;
    enum status st = sources_find(ev, given, &set);
    if (st != ST_OK) return st;
    if (set.domain && set.count != 1) { /* the front page of the host, if that is a source */
        source_key_from_url(ev->arena, index_rules(ev->ix), given, &host);
        st = edges_source(reader_store(ev->reader), host.key, docid, ev->err);
        if (st != ST_OK) return st;
        if (!*docid)
            return err_param(ev->err, ST_INVALID_VALUE, "source",
                             "'%.200s' is a domain with %zu sources; name one of them", given, set.count);
        *key = host.key;
        return ST_OK;
    }
    struct source_line line;
    ENSURE(set.count > 0 && set.docids);
    st = store_source_line(reader_store(ev->reader), ev->arena, set.docids[0], &line, ev->err);
    *docid = set.docids[0];
    *key = st == ST_OK ? line.id : NULL;
    return st;
}

enum status sources_write(struct evidence *ev, uint32_t docid) {
    struct source_line line;
    struct jw *jw = ev->jw;
    enum status st = store_source_line(reader_store(ev->reader), ev->arena, docid, &line, ev->err);
    if (st != ST_OK) return st;
    jw_object(jw);
    jw_kstring(jw, "id", line.id);
    jw_kstring(jw, "title", line.title);
    jw_kstring(jw, "url", line.url);
    jw_kstring(jw, "outlet", line.outlet);
    jw_kstring(jw, "domain", line.domain);
    jw_kstring(jw, "published", line.published);
    jw_kstring(jw, "status", line.status ? line.status : "live");
    jw_kint(jw, "cited", (int64_t)line.cited);
    jw_kint(jw, "mentions", (int64_t)line.mentions);
    jw_object_end(jw);
    return ST_OK;
}

void sources_write_article(struct jw *jw, const char *id, const struct article *article) {
    jw_kstring(jw, "article", id);
    jw_kstring(jw, "title", article->title);
    jw_kstring(jw, "url", article->url);
    jw_kstring(jw, "published", article->published);
    jw_kstring(jw, "outlet", article->outlet);
}

const struct section *sources_section(const struct article *article, uint32_t number) {
    for (size_t i = 0; i < article->section_count; i++)
        if (article->sections[i].number == number) return &article->sections[i];
    return NULL;
}

const char *sources_sentence(struct arena *arena, const struct section *section, uint32_t sentence) {
    if (!section || sentence == 0 || sentence > section->sentence_count) return NULL;
    struct span span = section->sentences[sentence - 1];
    uint32_t start = given_to_clean(&section->clean, span.start), end = given_to_clean(&section->clean, span.end);
    char *out = arena_alloc(arena, end - start + 1);
    size_t len = 0;
    for (uint32_t i = start; i < end; i++) {
        char c = section->clean.text[i];
        bool space = isspace((unsigned char)c) != 0;
        if (space && (len == 0 || out[len - 1] == ' ')) continue;
        out[len++] = space ? ' ' : c;
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
    return out;
}
