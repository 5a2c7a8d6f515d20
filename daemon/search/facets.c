/* Facets of an answer: counts of values, statistics of numbers, of both kinds of record together.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The engine counts every value of every hit; they are exact unless a time limit ended the search, and the answer
 * says which (facets_exact). */
#include "answer.h"

#include "base/when.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b) {
    const struct engine_count *x = a, *y = b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->value, y->value, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static int more_first(const void *a, const void *b) {
    const struct engine_count *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return by_value(a, b);
}

/* The counts of all kinds together: equal values are added up. */
static size_t merge_counts(struct run *run, size_t facet, struct engine_count **out) {
    size_t total = 0, count = 0, kept = 0;
    for (size_t k = 0; k < run->kind_count; k++)
        total += run->kinds[k].result->facets[facet].count;
    struct engine_count *all = arena_alloc(run->arena, (total + 1) * sizeof *all);
    for (size_t k = 0; k < run->kind_count; k++) {
        const struct engine_facet_result *result = &run->kinds[k].result->facets[facet];
        if (result->count > 0) memcpy(all + count, result->counts, result->count * sizeof *all);
        count += result->count;
    }
    if (count > 1) qsort(all, count, sizeof *all, by_value);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && by_value(&all[kept - 1], &all[i]) == 0)
            all[kept - 1].count += all[i].count;
        else
            all[kept++] = all[i];
    }
    if (kept > 1 && !run->request->facets[facet].by_value) qsort(all, kept, sizeof *all, more_first);
    *out = all;
    return kept;
}

static const struct field *facet_field(const struct run *run, const char *name) {
    const struct schema *schema = reader_schema(run->searcher->reader);
    const struct field *field = schema_field(schema, run->kinds[0].kind, name, strlen(name));
    return field || run->kind_count < 2 ? field : schema_field(schema, run->kinds[1].kind, name, strlen(name));
}

static bool is_number_facet(const struct run *run, const char *name) {
    const struct field *field = facet_field(run, name);
    return field && (field->type == FIELD_DATE || field->type == FIELD_NUMBER);
}

static void write_counts(struct answer *answer, const struct facet_request *facet, size_t number) {
    struct jw *jw = &answer->jw;
    struct engine_count *counts = NULL;
    size_t count = merge_counts(answer->run, number, &counts);
    jw_key(jw, facet->field);
    jw_array(jw);
    for (size_t i = 0; i < count && i < facet->limit; i++) {
        jw_object(jw);
        jw_key(jw, "value");
        jw_stringn(jw, counts[i].value, counts[i].len);
        jw_kint(jw, "count", (int64_t)counts[i].count);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

/* Dates as such, to the second. */
static void write_figure(struct jw *jw, const char *key, bool date, double value) {
    char text[32];
    if (date) when_format(text, (int64_t)llround(value));
    jw_key(jw, key);
    if (date)
        jw_string(jw, text);
    else
        jw_number(jw, value);
}

static void write_statistics(struct answer *answer, const char *field, size_t number) {
    struct jw *jw = &answer->jw;
    double sum = 0, min = INFINITY, max = -INFINITY;
    uint64_t count = 0;
    for (size_t k = 0; k < answer->run->kind_count; k++) {
        const struct engine_facet_result *result = &answer->run->kinds[k].result->facets[number];
        if (result->numbers == 0) continue;
        count += result->numbers;
        sum += result->sum;
        min = fmin(min, result->min);
        max = fmax(max, result->max);
    }
    jw_key(jw, field);
    jw_object(jw);
    jw_kint(jw, "count", (int64_t)count);
    if (count > 0) {
        bool date = facet_field(answer->run, field)->type == FIELD_DATE;
        write_figure(jw, "min", date, min);
        write_figure(jw, "max", date, max);
        write_figure(jw, "mean", date, sum / (double)count);
    }
    jw_object_end(jw);
}

void write_facets(struct answer *answer) {
    const struct search_request *request = answer->run->request;
    bool statistics = false;
    if (request->facet_count > 0 && !request->cursor) jw_kbool(&answer->jw, "facets_exact", !answer->run->timed_out);
    jw_key(&answer->jw, "facets");
    jw_object(&answer->jw);
    for (size_t i = 0; i < request->facet_count; i++) {
        if (is_number_facet(answer->run, request->facets[i].field))
            statistics = true;
        else
            write_counts(answer, &request->facets[i], i);
    }
    jw_object_end(&answer->jw);
    if (!statistics) return;
    jw_key(&answer->jw, "facet_stats");
    jw_object(&answer->jw);
    for (size_t i = 0; i < request->facet_count; i++)
        if (is_number_facet(answer->run, request->facets[i].field))
            write_statistics(answer, request->facets[i].field, i);
    jw_object_end(&answer->jw);
}
