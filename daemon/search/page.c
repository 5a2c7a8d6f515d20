/* The page of an answer: hits of several kinds in one order, and pages behind a cursor.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Scores of articles and sources come from databases with statistics of their own.  Each is taken as the share of
 * what the query's words are worth there at most (norm), and shown on the articles' scale. */
#include "run.h"

#include "base/hash.h"

#include <string.h>

/* ---- merging ---- */

static double scale_of(const struct run *run, const struct kind_result *kind) {
    if (run->kind_count < 2 || kind->norm <= 0 || run->kinds[0].norm <= 0) return 1;
    return run->kinds[0].norm / kind->norm;
}

static int compare_values(struct engine_bytes a, struct engine_bytes b, bool descending) {
    if (a.len == 0 || b.len == 0) return (a.len == 0) - (b.len == 0);
    size_t len = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.at, b.at, len);
    if (order == 0) order = (a.len > b.len) - (a.len < b.len);
    return descending ? -order : order;
}

/* Below 0: a comes first. */
static int compare_hits(const struct run *run, const struct page_hit *a, const struct page_hit *b) {
    for (size_t i = 0; i < run->request->sort_count; i++) {
        struct engine_bytes none = {0};
        int order = compare_values(a->hit.values ? a->hit.values[i] : none, b->hit.values ? b->hit.values[i] : none,
                                   run->request->sorts[i].descending);
        if (order != 0) return order;
    }
    return (a->score < b->score) - (a->score > b->score);
}

/* The next hit of all kinds; without kind at the end. */
static struct page_hit next_hit(struct run *run, size_t at[2]) {
    struct page_hit best = {0};
    for (size_t k = 0; k < run->kind_count; k++) {
        struct kind_result *kind = &run->kinds[k];
        if (at[k] >= kind->result->count) continue;
        struct page_hit next = {.kind = kind, .hit = kind->result->hits[at[k]]};
        next.score = next.hit.score * scale_of(run, kind);
        if (!best.kind || compare_hits(run, &next, &best) < 0) best = next;
    }
    if (best.kind) at[best.kind - run->kinds]++;
    return best;
}

/* Values that had a hit already, when hits of two kinds are collapsed: each kind's are unique by themselves. */
struct seen {
    uint64_t *hashes; /* 0: free */
    size_t *places;   /* on the page; SIZE_MAX: not on it */
    size_t size;      /* a power of two */
};

static void seen_open(struct seen *seen, struct run *run, size_t total) {
    for (seen->size = 64; seen->size < 2 * total;)
        seen->size *= 2;
    seen->hashes = arena_alloc(run->arena, seen->size * sizeof *seen->hashes);
    seen->places = arena_alloc(run->arena, seen->size * sizeof *seen->places);
}

/* The entry of a hit's value; NULL when it has none. */
static size_t *seen_find(struct seen *seen, const struct run *run, const struct page_hit *hit, bool *known) {
    struct engine_bytes value = hit->hit.values[run->request->sort_count];
    *known = false;
    if (value.len == 0) return NULL;
    uint64_t hash = hash64(value.at, value.len) | 1;
    size_t at = hash >> 8 & (seen->size - 1);
    while (seen->hashes[at] && seen->hashes[at] != hash)
        at = (at + 1) & (seen->size - 1);
    *known = seen->hashes[at] != 0;
    seen->hashes[at] = hash;
    return &seen->places[at];
}

/* Whether a hit is the first of its value; if not, it is counted behind that one. */
static bool is_first(struct seen *seen, struct run *run, const struct page_hit *hit, size_t place) {
    bool known = false;
    size_t *entry = seen_find(seen, run, hit, &known);
    if (entry && known && *entry != SIZE_MAX) run->page[*entry].hit.collapsed += 1 + hit->hit.collapsed;
    if (entry && !known) *entry = place;
    return !known;
}

static void add_totals(struct run *run, size_t repeated) {
    for (size_t k = 0; k < run->kind_count; k++) {
        run->totals.lower += run->kinds[k].result->total_lower;
        run->totals.estimate += run->kinds[k].result->total_estimate;
        run->totals.upper += run->kinds[k].result->total_upper;
    }
    run->totals.lower -= repeated < run->totals.lower ? repeated : run->totals.lower;
    run->totals.estimate -= repeated < run->totals.estimate ? repeated : run->totals.estimate;
    run->totals.upper -= repeated < run->totals.upper ? repeated : run->totals.upper;
}

void page_merge(struct run *run) {
    size_t at[2] = {0}, total = 0, repeated = 0, skip = run->skip, limit = run->request->limit;
    struct seen seen = {0};
    for (size_t k = 0; k < run->kind_count; k++)
        total += run->kinds[k].result->count;
    run->page = arena_alloc(run->arena, ((total < limit ? total : limit) + 1) * sizeof *run->page);
    if (run->kind_count > 1 && run->request->collapse) seen_open(&seen, run, total);
    while (seen.size > 0 || run->page_count < limit) {
        struct page_hit hit = next_hit(run, at);
        if (!hit.kind) break;
        bool shown = skip == 0 && run->page_count < limit;
        if (seen.size > 0 && !is_first(&seen, run, &hit, shown ? run->page_count : SIZE_MAX))
            repeated++;
        else if (shown)
            run->page[run->page_count++] = hit;
        else if (skip > 0)
            skip--;
    }
    add_totals(run, repeated);
}

/* ---- cursors ---- */

static void add_text(struct buf *out, const char *text) {
    buf_lstr(out, text ? text : "", text ? strlen(text) : 0);
}

/* What makes a search what it is; not how much of it is shown, and how. */
static uint64_t fingerprint(const struct search_request *request) {
    struct buf all;
    buf_init(&all, 0);
    add_text(&all, request->query);
    add_text(&all, request->filter);
    add_text(&all, request->collapse);
    buf_printf(&all, "%d%d%d%d%d%d ", request->articles, request->sources, request->ranking, request->prefix,
               request->via_sources, request->synonyms);
    for (size_t i = 0; i < request->sort_count; i++) {
        add_text(&all, request->sorts[i].field);
        buf_char(&all, request->sorts[i].descending ? 'd' : 'a');
    }
    for (size_t i = 0; i < request->boost_count; i++) {
        const struct boost_request *boost = &request->boosts[i];
        add_text(&all, boost->field);
        buf_printf(&all, "%d %g %g", boost->decay, boost->pivot, boost->weight);
    }
    uint64_t hash = hash64(all.data, all.len);
    buf_free(&all);
    return hash;
}

void page_set_cursor(struct run *run) {
    const struct search_request *request = run->request;
    struct cursor cursor = {.first = true};
    bool more = run->page_count == request->limit && request->limit > 0 && request->offset == 0 &&
                (run->totals.upper > run->page_count || run->totals.lower < run->totals.upper);
    if (!more || request->ids_only) return;
    cursor.shown = arena_alloc(run->arena, run->page_count * sizeof *cursor.shown);
    for (size_t i = 0; i < run->page_count; i++)
        cursor.shown[cursor.shown_count++] =
            (uint64_t)run->page[i].hit.docid * 2 + (run->page[i].kind->kind == STORE_SOURCE);
    run->next_cursor = cursor_write(run->arena, &cursor, fingerprint(request));
}

static bool was_shown(const struct cursor *cursor, const struct page_hit *hit) {
    uint64_t number = (uint64_t)hit->hit.docid * 2 + (hit->kind->kind == STORE_SOURCE);
    for (size_t i = 0; i < cursor->shown_count; i++)
        if (cursor->shown[i] == number) return true;
    return false;
}

/* Runs the search whole and keeps its order, without what was shown. */
static enum status take_snapshot(struct run *run, struct cursor *cursor, struct err *err) {
    struct search_request request = *run->request;
    request.cursor = NULL;
    request.limit = UINT32_MAX;
    request.offset = 0;
    request.facet_count = 0;
    request.ids_only = true;
    request.exact_total = true;
    request.explain = false;
    struct run whole = {.searcher = run->searcher, .arena = run->arena, .request = &request, .began_us = run->began_us};
    struct snapshot_totals totals = {0};
    enum status st = run_search(&whole, err);
    if (st != ST_OK) return st;
    struct snapshot_hit *hits = arena_alloc(run->arena, (whole.page_count + 1) * sizeof *hits);
    size_t count = 0;
    for (size_t i = 0; i < whole.page_count && !totals.cut; i++) {
        const struct page_hit *hit = &whole.page[i];
        if (was_shown(cursor, hit)) continue;
        totals.cut = count == SNAPSHOT_HITS_MAX;
        if (!totals.cut)
            hits[count++] = (struct snapshot_hit){.docid = hit->hit.docid,
                                                  .collapsed = hit->hit.collapsed,
                                                  .score = hit->score,
                                                  .is_source = hit->kind->kind == STORE_SOURCE};
    }
    run->timed_out = whole.timed_out;
    totals.lower = whole.totals.lower;
    totals.estimate = whole.totals.estimate;
    totals.upper = whole.totals.upper;
    *cursor = (struct cursor){.snapshot = snapshots_add(run->searcher->shared->snapshots, hits, count, &totals)};
    return ST_OK;
}

static struct kind_result *kind_of(struct run *run, bool is_source) {
    enum store_kind kind = is_source ? STORE_SOURCE : STORE_ARTICLE;
    return run->kinds[0].kind == kind ? &run->kinds[0] : &run->kinds[run->kind_count - 1];
}

/* Fetches a hit; what has been deleted since is left out. */
static enum status add_hit(struct run *run, const struct snapshot_hit *from, struct err *err) {
    struct kind_result *kind = kind_of(run, from->is_source);
    struct err fault = ERR_NONE;
    char *data = NULL;
    size_t len = 0;
    enum status st = engine_data(reader_engine(run->searcher->reader, kind->kind), from->docid, &data, &len, &fault);
    if (st == ST_NOT_FOUND) return ST_OK;
    if (st != ST_OK) {
        *err = fault;
        return st;
    }
    arena_defer(run->arena, mem_free, data);
    run->page[run->page_count++] = (struct page_hit){
        .kind = kind,
        .hit = {.docid = from->docid, .score = from->score, .collapsed = from->collapsed, .data = {data, len}},
        .score = from->score};
    return ST_OK;
}

enum status page_from_cursor(struct run *run, struct err *err) {
    struct cursor cursor;
    struct snapshot_hit *hits = NULL;
    size_t count = 0;
    uint64_t print = fingerprint(run->request);
    enum status st = cursor_read(run->arena, run->request->cursor, print, &cursor, err);
    if (st == ST_OK) st = run_compile(run, err);
    if (st == ST_OK && cursor.first) st = take_snapshot(run, &cursor, err);
    if (st != ST_OK) return st;
    run->page = arena_alloc(run->arena, ((size_t)run->request->limit + 1) * sizeof *run->page);
    while (st == ST_OK && run->page_count < run->request->limit) {
        st = snapshots_get(run->searcher->shared->snapshots, run->arena, cursor.snapshot, cursor.place,
                           run->request->limit - run->page_count, &hits, &count, &run->totals, err);
        if (st != ST_OK || count == 0) break;
        for (size_t i = 0; i < count && st == ST_OK; i++)
            st = add_hit(run, &hits[i], err);
        cursor.place += count;
    }
    if (st != ST_OK) return st;
    st = snapshots_get(run->searcher->shared->snapshots, run->arena, cursor.snapshot, cursor.place, 1, &hits, &count,
                       &run->totals, err);
    if (st == ST_OK && count > 0) run->next_cursor = cursor_write(run->arena, &cursor, print);
    if (st == ST_OK && count == 0 && run->totals.cut)
        query_warn(run->arena, &run->query, "cursor_limit", 0, "a cursor goes through %d hits at most; there are more",
                   SNAPSHOT_HITS_MAX);
    return st;
}
