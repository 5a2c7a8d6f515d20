/* The answer of `lint`: findings of the articles asked for, all counted, some written.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * On a worker of the bulk lane: `all` reads the whole archive, an arena for each article. */
#include "lint.h"
#include "load.h"
#include "search/select.h"

#include <string.h>

enum { SCAN_RECORDS = 64, SCAN_BYTES = 4 << 20 };

struct lint_run {
    struct evidence *ev;
    const struct lint_request *request;
    uint64_t total, articles, passed, written;
    uint64_t by_severity[3];
};

static void write_finding(struct lint_run *run, const char *id, const struct finding *finding) {
    struct jw *jw = run->ev->jw;
    jw_object(jw);
    jw_kstring(jw, "article", id);
    jw_kstring(jw, "code", finding->code);
    jw_kstring(jw, "severity", lint_severity_name(finding->severity));
    jw_key(jw, "section");
    if (finding->section >= 0)
        jw_int(jw, finding->section);
    else
        jw_null(jw);
    jw_key(jw, "n");
    if (finding->n >= 0)
        jw_int(jw, finding->n);
    else
        jw_null(jw);
    jw_kstring(jw, "message", finding->message);
    jw_object_end(jw);
}

static enum status lint_loaded(struct lint_run *run, struct arena *arena, struct loaded *loaded) {
    struct finding *findings = NULL;
    struct source_key own = {0};
    enum status st = load_sources(run->ev, arena, loaded, false);
    if (st != ST_OK) return st;
    if (loaded->article->url) source_key_from_url(arena, index_rules(run->ev->ix), loaded->article->url, &own);
    size_t count = lint_article(arena, loaded->article, loaded->sources, &own, &findings);
    run->articles++;
    for (size_t i = 0; i < count; i++) {
        if ((int)findings[i].severity < run->request->severity) continue;
        run->total++;
        run->by_severity[findings[i].severity]++;
        if (run->passed++ < run->request->offset || run->written >= run->request->limit) continue;
        run->written++;
        write_finding(run, loaded->record.id, &findings[i]);
    }
    return ST_OK;
}

static enum status lint_ids(struct lint_run *run) {
    enum status st = ST_OK;
    for (size_t i = 0; i < run->request->id_count && st == ST_OK; i++) {
        struct arena *arena = arena_new();
        struct loaded loaded;
        st = load_article(run->ev, arena, run->request->ids[i], &loaded);
        if (st == ST_OK) st = lint_loaded(run, arena, &loaded);
        arena_free(arena);
    }
    return st;
}

static enum status lint_query(struct lint_run *run) {
    struct selection selection;
    struct select_request request = {.filter = run->request->query, .deadline_us = run->ev->deadline_us};
    enum status st = search_select(run->ev->searcher, run->ev->arena, &request, &selection, run->ev->err);
    for (size_t i = 0; i < selection.count && st == ST_OK; i++) {
        struct arena *arena = arena_new();
        struct loaded loaded;
        st = load_article_docid(run->ev, arena, selection.items[i].docid, &loaded);
        if (st == ST_OK)
            st = lint_loaded(run, arena, &loaded);
        else if (st == ST_NOT_FOUND) /* deleted since the index was brought up to date */
            st = ST_OK;
        arena_free(arena);
    }
    return st;
}

static enum status lint_all(struct lint_run *run) {
    uint32_t after = 0;
    size_t count = 1;
    enum status st = ST_OK;
    while (count > 0 && st == ST_OK) {
        struct arena *arena = arena_new();
        struct record *records = NULL;
        st = store_scan(reader_store(run->ev->reader), arena, STORE_ARTICLE, after, SCAN_RECORDS, SCAN_BYTES, &records,
                        &count, run->ev->err);
        for (size_t i = 0; i < count && st == ST_OK; i++) {
            struct arena *own = arena_new();
            struct loaded loaded;
            after = records[i].docid;
            st = load_record(run->ev, own, &records[i], &loaded);
            if (st == ST_OK) st = lint_loaded(run, own, &loaded);
            arena_free(own);
        }
        arena_free(arena);
    }
    return st;
}

enum status evidence_lint(struct evidence *ev, const struct lint_request *request) {
    struct lint_run run = {.ev = ev, .request = request};
    jw_object(ev->jw);
    jw_key(ev->jw, "findings");
    jw_array(ev->jw);
    enum status st = request->all ? lint_all(&run) : request->query ? lint_query(&run) : lint_ids(&run);
    jw_array_end(ev->jw);
    jw_kint(ev->jw, "total", (int64_t)run.total);
    jw_kint(ev->jw, "articles", (int64_t)run.articles);
    jw_key(ev->jw, "by_severity");
    jw_object(ev->jw);
    for (int severity = LINT_ERROR; severity >= LINT_INFO; severity--)
        jw_kint(ev->jw, lint_severity_name((enum lint_severity)severity), (int64_t)run.by_severity[severity]);
    jw_object_end(ev->jw);
    jw_object_end(ev->jw);
    return st;
}
