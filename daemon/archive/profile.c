/* The evidence profile: counting identities, and joining those that are not independent.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every entry and every unknown number gets an identity (a small number), every identity a domain and a group; sets
 * over a section are then stamps in arrays, so that an article of any shape costs one pass over its mentions. */
#include "archive/profile.h"

#include "base/when.h"
#include "shingles.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Above it two texts are one wire story with a frame of its own each. */
static const double SAME_TEXT = 0.6;

enum { TEXTS_MAX = 300 };

struct identity {
    int32_t entry; /* the first entry of it; -1: an unknown number */
    int32_t domain, group;
};

struct counter {
    struct arena *arena;
    const struct article *article;
    const struct profile_source *sources;
    struct profile *out;
    struct identity *identities;
    size_t identity_count;
    int32_t *of_entry, *of_number; /* identities; -1: none */
    uint32_t number_max;
    int32_t domains;
    uint32_t *stamp_identity, *stamp_domain, *stamp_group; /* the last scope that counted it */
};

struct profile_source *profile_sources(struct arena *arena, const struct rules *rules, const struct article *article) {
    struct profile_source *sources = arena_alloc(arena, (article->source_count + 1) * sizeof *sources);
    struct source_key own = {0};
    if (article->url) source_key_from_url(arena, rules, article->url, &own);
    for (size_t i = 0; i < article->source_count; i++) {
        const struct source_entry *entry = &article->sources[i];
        const char *listed = entry->key.domain ? outlet_name(rules, entry->key.key) : NULL;
        sources[i] = (struct profile_source){.key = entry->key.key,
                                             .domain = entry->key.domain,
                                             .outlet = listed ? listed : entry->outlet,
                                             .published = entry->published,
                                             .text = entry->text};
        sources[i].own = own.domain && entry->key.domain && strcmp(own.domain, entry->key.domain) == 0;
    }
    return sources;
}

double profile_coverage(const struct figures *figures) {
    return figures->sentences ? (double)figures->cited_sentences / (double)figures->sentences : 0;
}

double profile_overlap(struct arena *arena, const char *a, const char *b) {
    size_t longest = strlen(a) > strlen(b) ? strlen(a) : strlen(b), every = shingles_every(longest);
    struct shingles of_a, of_b;
    shingles_make(arena, a, every, &of_a);
    shingles_make(arena, b, every, &of_b);
    return shingles_overlap(&of_a, &of_b);
}

/* ---- groups: a union-find over the entries ---- */

static int32_t root_of(int32_t *parent, int32_t i) {
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static void join(int32_t *parent, size_t a, size_t b) {
    int32_t x = root_of(parent, (int32_t)a), y = root_of(parent, (int32_t)b);
    if (x < y)
        parent[y] = x;
    else
        parent[x] = y;
}

static bool equal(const char *a, const char *b) {
    return a && b && *a && strcasecmp(a, b) == 0;
}

struct named { /* an entry under one of its names */
    const char *name;
    int32_t entry;
};

static int compare_names(const void *left, const void *right) {
    const struct named *a = left, *b = right;
    int order = strcasecmp(a->name, b->name);
    return order ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static void join_named(struct named *names, size_t count, int32_t *parent) {
    if (count > 1) qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (equal(names[i - 1].name, names[i].name)) join(parent, (size_t)names[i - 1].entry, (size_t)names[i].entry);
}

static void join_by_name(const struct counter *counter, int32_t *parent) {
    size_t count = counter->article->source_count;
    struct named *names = arena_alloc(counter->arena, (count + 1) * sizeof *names);
    const size_t fields[] = {offsetof(struct profile_source, key), offsetof(struct profile_source, domain),
                             offsetof(struct profile_source, outlet)};
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        size_t have = 0;
        for (size_t i = 0; i < count; i++) {
            const char *name = *(const char *const *)((const char *)&counter->sources[i] + fields[f]);
            if (name && *name) names[have++] = (struct named){name, (int32_t)i};
        }
        join_named(names, have, parent);
    }
}

static void join_by_text(const struct counter *counter, int32_t *parent) {
    size_t count = counter->article->source_count, longest = 0, texts = 0;
    size_t *with_text = arena_alloc(counter->arena, (count + 1) * sizeof *with_text);
    for (size_t i = 0; i < count && texts < TEXTS_MAX; i++) {
        if (!counter->sources[i].text) continue;
        size_t len = strlen(counter->sources[i].text);
        longest = len > longest ? len : longest;
        with_text[texts++] = i;
    }
    if (texts < 2) return;
    struct shingles *sets = arena_alloc(counter->arena, texts * sizeof *sets);
    for (size_t i = 0; i < texts; i++)
        shingles_make(counter->arena, counter->sources[with_text[i]].text, shingles_every(longest), &sets[i]);
    for (size_t i = 0; i < texts; i++)
        for (size_t j = 0; j < i; j++) {
            size_t a = with_text[i], b = with_text[j];
            if (equal(counter->sources[a].key, counter->sources[b].key)) continue;
            if (shingles_overlap(&sets[i], &sets[j]) < SAME_TEXT) continue;
            counter->out->same_text[a] = counter->out->same_text[b] = true;
            join(parent, a, b);
        }
}

static void find_groups(struct counter *counter) {
    size_t count = counter->article->source_count;
    struct profile *out = counter->out;
    int32_t *parent = arena_alloc(counter->arena, (count + 1) * sizeof *parent);
    out->group = arena_alloc(counter->arena, (count + 1) * sizeof *out->group);
    out->same_text = arena_alloc(counter->arena, count + 1);
    for (size_t i = 0; i < count; i++)
        parent[i] = (int32_t)i;
    join_by_name(counter, parent);
    join_by_text(counter, parent);
    bool *own = arena_alloc(counter->arena, count + 1);
    for (size_t i = 0; i < count; i++)
        if (counter->sources[i].own) own[root_of(parent, (int32_t)i)] = true;
    for (size_t i = 0; i < count; i++) {
        int32_t root = root_of(parent, (int32_t)i);
        if (own[root])
            out->group[i] = -1;
        else
            out->group[i] = root == (int32_t)i ? out->groups++ : out->group[root];
    }
}

/* ---- identities ---- */

static int compare_text(const void *left, const void *right) {
    const struct named *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

/* Numbers equal names 0, 1, 2 … in out[entry]; what has no name keeps -1.  Returns how many there are. */
static int32_t number_names(struct named *names, size_t count, int32_t *out) {
    int32_t next = 0;
    if (count > 1) qsort(names, count, sizeof *names, compare_text);
    for (size_t i = 0; i < count; i++) {
        bool same = i > 0 && strcmp(names[i - 1].name, names[i].name) == 0;
        out[names[i].entry] = same ? next - 1 : next++;
    }
    return next;
}

static void identify_entries(struct counter *counter) {
    size_t count = counter->article->source_count, keys = 0, domains = 0;
    struct named *by_key = arena_alloc(counter->arena, (count + 1) * sizeof *by_key);
    struct named *by_domain = arena_alloc(counter->arena, (count + 1) * sizeof *by_domain);
    int32_t *domain = arena_alloc(counter->arena, (count + 1) * sizeof *domain);
    for (size_t i = 0; i < count; i++) {
        counter->of_entry[i] = domain[i] = -1;
        if (counter->sources[i].key) by_key[keys++] = (struct named){counter->sources[i].key, (int32_t)i};
        if (counter->sources[i].domain) by_domain[domains++] = (struct named){counter->sources[i].domain, (int32_t)i};
    }
    int32_t named = number_names(by_key, keys, counter->of_entry);
    counter->domains = number_names(by_domain, domains, domain);
    for (int32_t i = 0; i < named; i++)
        counter->identities[i].entry = -1;
    for (size_t i = 0; i < count; i++) {
        if (counter->of_entry[i] < 0) counter->of_entry[i] = named++;
        struct identity *identity = &counter->identities[counter->of_entry[i]];
        if (counter->sources[i].key && identity->entry >= 0) continue;
        *identity = (struct identity){.entry = (int32_t)i, .domain = domain[i], .group = counter->out->group[i]};
    }
    counter->identity_count = (size_t)named;
}

static void identify_unknown(struct counter *counter) {
    const struct article *article = counter->article;
    for (size_t i = 0; i < article->mention_count; i++) {
        const struct mention *mention = &article->mentions[i];
        if (mention->source >= 0 || counter->of_number[mention->n] >= 0) continue;
        counter->of_number[mention->n] = (int32_t)counter->identity_count;
        counter->identities[counter->identity_count++] = (struct identity){.entry = -1, .domain = -1, .group = -1};
    }
}

static void identify(struct counter *counter) {
    const struct article *article = counter->article;
    for (size_t i = 0; i < article->mention_count; i++)
        if (article->mentions[i].n > counter->number_max) counter->number_max = article->mentions[i].n;
    size_t most = article->source_count + (size_t)counter->number_max + 1;
    counter->identities = arena_alloc(counter->arena, most * sizeof *counter->identities);
    counter->of_entry = arena_alloc(counter->arena, (article->source_count + 1) * sizeof *counter->of_entry);
    counter->of_number = arena_alloc(counter->arena, ((size_t)counter->number_max + 1) * sizeof *counter->of_number);
    for (uint32_t n = 0; n <= counter->number_max; n++)
        counter->of_number[n] = -1;
    identify_entries(counter);
    identify_unknown(counter);
    counter->stamp_identity = arena_alloc(counter->arena, (most + 1) * sizeof *counter->stamp_identity);
    counter->stamp_domain = arena_alloc(counter->arena, (most + 1) * sizeof *counter->stamp_domain);
    counter->stamp_group = arena_alloc(counter->arena, (most + 1) * sizeof *counter->stamp_group);
}

/* ---- counting ---- */

static bool is_one_of(const char *status, const char *const *names) {
    for (size_t i = 0; status && names[i]; i++)
        if (strcmp(status, names[i]) == 0) return true;
    return false;
}

static void take_date(struct figures *figures, const char *date) {
    int64_t seconds = 0, other = 0;
    if (!date || when_parse(&seconds, date, NULL) != ST_OK) return;
    if (!figures->oldest || (when_parse(&other, figures->oldest, NULL) == ST_OK && seconds < other))
        figures->oldest = date;
    if (!figures->newest || (when_parse(&other, figures->newest, NULL) == ST_OK && seconds > other))
        figures->newest = date;
}

static bool first_time(uint32_t *stamps, int32_t at, uint32_t scope) {
    if (at < 0 || stamps[at] == scope) return false;
    stamps[at] = scope;
    return true;
}

static void count_identity(struct counter *counter, struct figures *figures, int32_t at, uint32_t scope) {
    static const char *const dead[] = {"dead", "usurped", "unfit", "deviated", NULL};
    static const char *const retracted[] = {"retracted", NULL};
    const struct identity *identity = &counter->identities[at];
    if (!first_time(counter->stamp_identity, at, scope)) return;
    figures->sources++;
    if (identity->entry < 0) {
        figures->unknown++;
        return;
    }
    const struct profile_source *source = &counter->sources[identity->entry];
    figures->domains += first_time(counter->stamp_domain, identity->domain, scope);
    figures->independent += first_time(counter->stamp_group, identity->group, scope);
    figures->own += identity->group < 0;
    figures->dead += is_one_of(source->status, dead);
    figures->retracted += is_one_of(source->status, retracted);
    take_date(figures, source->published);
}

static int32_t identity_of(const struct counter *counter, const struct mention *mention) {
    return mention->source >= 0 ? counter->of_entry[mention->source] : counter->of_number[mention->n];
}

static void count_section(struct counter *counter, size_t index) {
    const struct section *section = &counter->article->sections[index];
    struct figures *figures = &counter->out->sections[index];
    uint32_t sentence = 0, cluster = 0, scope = (uint32_t)index + 1;
    figures->sentences = (uint32_t)section->sentence_count;
    figures->mentions = (uint32_t)section->mention_count;
    for (size_t i = 0; i < section->mention_count; i++) {
        const struct mention *mention = &counter->article->mentions[section->mention_first + i];
        figures->cited_sentences += mention->sentence != 0 && mention->sentence != sentence;
        figures->clusters += mention->cluster != cluster;
        sentence = mention->sentence;
        cluster = mention->cluster;
        count_identity(counter, figures, identity_of(counter, mention), scope);
    }
    if (figures->sources == 1) counter->out->single[counter->out->single_count++] = section->number;
    if (figures->mentions == 0 && figures->sentences > 0)
        counter->out->uncited[counter->out->uncited_count++] = section->number;
}

static void count_article(struct counter *counter) {
    const struct article *article = counter->article;
    struct figures *all = &counter->out->all;
    all->sentences = article->sentences;
    all->cited_sentences = article->cited_sentences;
    all->mentions = (uint32_t)article->mention_count;
    all->clusters = article->clusters;
    for (size_t i = 0; i < counter->identity_count; i++)
        count_identity(counter, all, (int32_t)i, UINT32_MAX);
}

void profile_make(struct arena *arena, const struct article *article, const struct profile_source *sources,
                  struct profile *out) {
    struct counter counter = {.arena = arena, .article = article, .sources = sources, .out = out};
    *out = (struct profile){0};
    out->sections = arena_alloc(arena, (article->section_count + 1) * sizeof *out->sections);
    out->single = arena_alloc(arena, (article->section_count + 1) * sizeof *out->single);
    out->uncited = arena_alloc(arena, (article->section_count + 1) * sizeof *out->uncited);
    find_groups(&counter);
    identify(&counter);
    for (size_t i = 0; i < article->section_count; i++)
        count_section(&counter, i);
    count_article(&counter);
}
