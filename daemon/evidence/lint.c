/* The checks of lint, a function a code.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   dangling                  error    a marker whose number has no source
 *   orphan                    warning  a source that no marker cites
 *   gap                       warning  a number below the highest that has neither marker nor source
 *   order                     info     a number that first appears behind a higher one
 *   duplicate_source          warning  two numbers, one source
 *   bad_range                 error    a range that falls or is too wide, a link beyond the text
 *   source_newer_than_article warning  a source published after the article's last date
 *   missing_url               warning  a source without URL or other identifier
 *   needs_resolution          info     a shortener or perma.cc: the page behind it can't be known offline
 *   self_citation             warning  the article's own page as a source; info: another page of its own site
 *
 * Pure functions on an article that has been read. */
#include "lint.h"

#include "base/when.h"

#include <stdlib.h>
#include <string.h>

struct linter {
    struct arena *arena;
    const struct article *article;
    const struct profile_source *sources;
    const struct source_key *own;
    struct finding *findings;
    size_t count, cap;
    uint32_t highest;     /* number that is used */
    bool *cited, *listed; /* by number */
    int64_t *section;     /* by number: of its first mention */
};

const char *lint_severity_name(enum lint_severity severity) {
    static const char *const names[] = {[LINT_INFO] = "info", [LINT_WARNING] = "warning", [LINT_ERROR] = "error"};
    return names[severity];
}

static void report(struct linter *linter, const char *code, enum lint_severity severity, int64_t section, int64_t n,
                   const char *message) {
    linter->findings =
        arena_grow(linter->arena, linter->findings, linter->count, &linter->cap, sizeof *linter->findings);
    linter->findings[linter->count++] =
        (struct finding){.code = code, .severity = severity, .section = section, .n = n, .message = message};
}

static void dangling(struct linter *linter) {
    for (uint32_t n = 1; n <= linter->highest; n++)
        if (linter->cited[n] && !linter->listed[n])
            report(linter, "dangling", LINT_ERROR, linter->section[n], n,
                   arena_printf(linter->arena, "[%u] is cited, but the article has no source %u", n, n));
}

static const char *name_of(const struct linter *linter, size_t i) {
    const struct source_entry *entry = &linter->article->sources[i];
    const char *name = entry->url ? entry->url : entry->title;
    return name ? name : "a source without address and title";
}

static void orphan(struct linter *linter) {
    for (size_t i = 0; i < linter->article->source_count; i++) {
        uint32_t n = linter->article->sources[i].n;
        if (!linter->cited[n])
            report(linter, "orphan", LINT_WARNING, -1, n,
                   arena_printf(linter->arena, "source %u is listed, but never cited: %s", n, name_of(linter, i)));
    }
}

static void gap(struct linter *linter) {
    for (uint32_t n = 1; n < linter->highest; n++) {
        if (linter->cited[n] || linter->listed[n]) continue;
        uint32_t last = n;
        while (!linter->cited[last + 1] && !linter->listed[last + 1])
            last++;
        report(linter, "gap", LINT_WARNING, -1, n,
               last > n ? arena_printf(linter->arena, "numbers %u to %u are skipped: neither cited nor listed", n, last)
                        : arena_printf(linter->arena, "number %u is skipped: neither cited nor listed", n));
        n = last;
    }
}

static void order(struct linter *linter) {
    bool *seen = arena_alloc(linter->arena, (size_t)linter->highest + 1);
    uint32_t highest = 0;
    for (size_t i = 0; i < linter->article->mention_count; i++) {
        const struct mention *mention = &linter->article->mentions[i];
        if (seen[mention->n]) continue;
        seen[mention->n] = true;
        if (mention->n < highest)
            report(linter, "order", LINT_INFO, mention->section, mention->n,
                   arena_printf(linter->arena, "[%u] first appears behind [%u]", mention->n, highest));
        else
            highest = mention->n;
    }
}

struct keyed {
    const char *key;
    size_t entry;
};

struct again { /* an entry that repeats another one */
    size_t entry, first;
};

static int compare_keyed(const void *left, const void *right) {
    const struct keyed *a = left, *b = right;
    int by_key = strcmp(a->key, b->key);
    return by_key ? by_key : (a->entry > b->entry) - (a->entry < b->entry);
}

static int compare_again(const void *left, const void *right) {
    const struct again *a = left, *b = right;
    return (a->entry > b->entry) - (a->entry < b->entry);
}

/* One finding for each entry whose source a lower number has already. */
static void duplicate_source(struct linter *linter) {
    const struct source_entry *entries = linter->article->sources;
    size_t total = linter->article->source_count, count = 0, found = 0;
    struct keyed *keys = arena_alloc(linter->arena, (total + 1) * sizeof *keys);
    struct again *again = arena_alloc(linter->arena, (total + 1) * sizeof *again);
    for (size_t i = 0; i < total; i++)
        if (linter->sources[i].key) keys[count++] = (struct keyed){linter->sources[i].key, i};
    if (count > 1) qsort(keys, count, sizeof *keys, compare_keyed);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (strcmp(keys[i].key, keys[first].key) != 0)
            first = i;
        else if (entries[keys[i].entry].n != entries[keys[first].entry].n)
            again[found++] = (struct again){keys[i].entry, keys[first].entry};
    }
    if (found > 1) qsort(again, found, sizeof *again, compare_again);
    for (size_t i = 0; i < found; i++)
        report(linter, "duplicate_source", LINT_WARNING, -1, entries[again[i].entry].n,
               arena_printf(linter->arena, "source %u is source %u again: %s", entries[again[i].entry].n,
                            entries[again[i].first].n, linter->sources[again[i].entry].key));
}

static void bad_range(struct linter *linter) {
    uint32_t last_start = UINT32_MAX, last_section = UINT32_MAX;
    for (size_t i = 0; i < linter->article->mention_count; i++) {
        const struct mention *mention = &linter->article->mentions[i];
        if (!mention->bad_range || (mention->start == last_start && mention->section == last_section)) continue;
        last_start = mention->start;
        last_section = mention->section;
        report(linter, "bad_range", LINT_ERROR, mention->section, mention->n,
               "the range of numbers falls or spans more than 100, or the link reaches beyond the text");
    }
}

static void source_newer_than_article(struct linter *linter) {
    const struct article *article = linter->article;
    int64_t published = 0, updated = 0, source = 0;
    const char *last = NULL;
    if (article->published && when_parse_end(&published, article->published, NULL) == ST_OK) last = article->published;
    if (article->updated && when_parse_end(&updated, article->updated, NULL) == ST_OK && (!last || updated > published))
        last = article->updated;
    if (!last || when_parse_end(&published, last, NULL) != ST_OK) return;
    /* A bare date is a day in some time zone: the source may be up to a day later. */
    if (strlen(last) <= 10) published += 24 * 3600;
    for (size_t i = 0; i < article->source_count; i++) {
        const char *date = linter->sources[i].published;
        if (!date || when_parse(&source, date, NULL) != ST_OK || source <= published) continue;
        uint32_t n = article->sources[i].n;
        report(linter, "source_newer_than_article", LINT_WARNING, -1, n,
               arena_printf(linter->arena, "source %u is of %s, the article of %s", n, date, last));
    }
}

static void missing_url(struct linter *linter) {
    for (size_t i = 0; i < linter->article->source_count; i++) {
        const struct source_entry *entry = &linter->article->sources[i];
        const char *key = entry->key.key;
        if (key && strncmp(key, "ref:", 4) != 0) continue;
        report(linter, "missing_url", LINT_WARNING, -1, entry->n,
               arena_printf(linter->arena, "source %u has no address: %s", entry->n, name_of(linter, i)));
    }
}

static void needs_resolution(struct linter *linter) {
    for (size_t i = 0; i < linter->article->source_count; i++) {
        const struct source_entry *entry = &linter->article->sources[i];
        if (!entry->key.needs_resolution) continue;
        report(linter, "needs_resolution", LINT_INFO, -1, entry->n,
               arena_printf(linter->arena, "source %u is a short address; the page behind it is unknown: %s", entry->n,
                            name_of(linter, i)));
    }
}

static void self_citation(struct linter *linter) {
    const struct source_key *own = linter->own;
    for (size_t i = 0; i < linter->article->source_count; i++) {
        const char *key = linter->sources[i].key, *domain = linter->sources[i].domain;
        uint32_t n = linter->article->sources[i].n;
        if (own->key && key && strcmp(own->key, key) == 0)
            report(linter, "self_citation", LINT_WARNING, -1, n,
                   arena_printf(linter->arena, "source %u is the article's own page", n));
        else if (own->domain && domain && strcmp(own->domain, domain) == 0)
            report(linter, "self_citation", LINT_INFO, -1, n,
                   arena_printf(linter->arena, "source %u is a page of the article's own site, %s", n, domain));
    }
}

static void use_numbers(struct linter *linter) {
    const struct article *article = linter->article;
    for (size_t i = 0; i < article->mention_count; i++)
        if (article->mentions[i].n > linter->highest) linter->highest = article->mentions[i].n;
    for (size_t i = 0; i < article->source_count; i++)
        if (article->sources[i].n > linter->highest) linter->highest = article->sources[i].n;
    linter->cited = arena_alloc(linter->arena, (size_t)linter->highest + 2);
    linter->listed = arena_alloc(linter->arena, (size_t)linter->highest + 2);
    linter->section = arena_alloc(linter->arena, ((size_t)linter->highest + 2) * sizeof *linter->section);
    for (size_t i = article->mention_count; i-- > 0;) {
        linter->cited[article->mentions[i].n] = true;
        linter->section[article->mentions[i].n] = article->mentions[i].section;
    }
    for (size_t i = 0; i < article->source_count; i++)
        linter->listed[article->sources[i].n] = true;
}

size_t lint_article(struct arena *arena, const struct article *article, const struct profile_source *sources,
                    const struct source_key *own, struct finding **out) {
    static void (*const checks[])(struct linter *) = {
        dangling,    orphan,           gap,           order, duplicate_source, bad_range, source_newer_than_article,
        missing_url, needs_resolution, self_citation,
    };
    struct linter linter = {.arena = arena, .article = article, .sources = sources, .own = own};
    use_numbers(&linter);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](&linter);
    *out = linter.findings;
    return linter.count;
}
