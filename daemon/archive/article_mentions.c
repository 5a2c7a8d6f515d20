/* An article's sentences and mentions.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Section by section: marks and links are merged in the text's order and given their sentence, their source and
 * their cluster.  A link stands alone in its cluster; one that only wraps a marker of its own number is that
 * marker.  A link outside every section's text (in a heading, in the title) stands at the start of the section
 * that follows; one that reaches beyond the text ends with it and is marked bad_range.  Pure functions: any thread. */
#include "article_internal.h"

#include "base/utf8.h"
#include "text/language.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STRIDE = 64, GUESS_BYTES = 1024 };

struct placed {       /* a link in a section's text */
    uint32_t section; /* index */
    uint32_t start, end, source;
    bool bad_range;
};

struct finder {
    struct article_reader *reader;
    struct arena *arena;
    struct article *article;
    struct placed *links;
    size_t link_count, link_next;
    int32_t *source_of; /* by number; -1: none */
    uint32_t source_of_max;
    size_t mention_capacity;
    const char *language; /* for sentences */
};

/* Byte offsets of every STRIDE-th character. */
static uint32_t *stride_offsets(struct arena *arena, const char *text, size_t len, size_t chars) {
    uint32_t *offsets = arena_alloc(arena, (chars / STRIDE + 1) * sizeof *offsets);
    size_t at = 0;
    for (size_t i = 0; i < chars; i++) {
        if (i % STRIDE == 0) offsets[i / STRIDE] = (uint32_t)at;
        utf8_next(text, len, &at);
    }
    return offsets;
}

static uint32_t byte_at(const struct article_reader *reader, const uint32_t *offsets, uint32_t character) {
    if (character >= reader->text_chars) return (uint32_t)reader->text_len;
    uint32_t base = offsets[character / STRIDE];
    return base + (uint32_t)utf8_offset(reader->text + base, reader->text_len - base, character % STRIDE);
}

/* The section that holds byte `at` of the text, else the next one, else the last. */
static uint32_t section_at(const struct finder *finder, const uint32_t *order, size_t count, uint32_t at) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct section *section = &finder->article->sections[order[middle]];
        if (finder->reader->starts[order[middle]] + section->len < at)
            low = middle + 1;
        else
            high = middle;
    }
    return order[low < count ? low : count - 1];
}

static int placed_compare(const void *left, const void *right) {
    const struct placed *a = left, *b = right;
    if (a->section != b->section) return a->section < b->section ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return a->source < b->source ? -1 : a->source > b->source;
}

/* The sections that were cut from the text, by their place in it. */
static size_t text_order(const struct finder *finder, uint32_t *order) {
    const uint32_t *starts = finder->reader->starts;
    size_t count = 0;
    for (uint32_t i = 0; i < finder->article->section_count; i++)
        if (starts[i] != UINT32_MAX) order[count++] = i;
    if (count > 1 && starts[order[0]] > starts[order[1]]) { /* a summary below a lead: the only exchange there is */
        uint32_t first = order[0];
        order[0] = order[1];
        order[1] = first;
    }
    return count;
}

static void place_links(struct finder *finder) {
    struct article_reader *reader = finder->reader;
    if (reader->link_count == 0) return;
    uint32_t *order = arena_alloc(finder->arena, (finder->article->section_count + 1) * sizeof *order);
    size_t count = text_order(finder, order);
    if (count == 0) return;
    uint32_t *offsets = stride_offsets(finder->arena, reader->text, reader->text_len, reader->text_chars);
    finder->links = arena_alloc(finder->arena, reader->link_count * sizeof *finder->links);
    for (size_t i = 0; i < reader->link_count; i++) {
        const struct link *link = &reader->links[i];
        uint32_t start = byte_at(reader, offsets, link->start), end = byte_at(reader, offsets, link->end);
        uint32_t section = section_at(finder, order, count, start), from = reader->starts[section];
        uint32_t len = (uint32_t)finder->article->sections[section].len;
        start = start < from ? 0 : start - from < len ? start - from : len;
        end = end < from ? 0 : end - from < len ? end - from : len;
        finder->links[finder->link_count++] =
            (struct placed){section, start, end, link->source, link->end > reader->text_chars};
    }
    qsort(finder->links, finder->link_count, sizeof *finder->links, placed_compare);
}

static void index_sources(struct finder *finder) {
    const struct article *article = finder->article;
    for (size_t i = 0; i < article->source_count; i++)
        if (article->sources[i].n > finder->source_of_max) finder->source_of_max = article->sources[i].n;
    finder->source_of = arena_alloc(finder->arena, ((size_t)finder->source_of_max + 1) * sizeof *finder->source_of);
    for (uint32_t n = 0; n <= finder->source_of_max; n++)
        finder->source_of[n] = -1;
    for (size_t i = article->source_count; i-- > 0;)
        finder->source_of[article->sources[i].n] = (int32_t)i;
}

static struct mention *add_mention(struct finder *finder, struct mention mention) {
    struct article *article = finder->article;
    article->mentions =
        arena_grow(finder->arena, article->mentions, article->mention_count, &finder->mention_capacity, sizeof mention);
    article->mentions[article->mention_count] = mention;
    return &article->mentions[article->mention_count++];
}

static void add_mark(struct finder *finder, const struct section *section, const struct mark *mark, uint32_t cluster) {
    add_mention(finder, (struct mention){.section = section->number,
                                         .n = mark->n,
                                         .start = mark->start,
                                         .end = mark->end,
                                         .cluster = cluster,
                                         .source = mark->n <= finder->source_of_max ? finder->source_of[mark->n] : -1,
                                         .bad_range = mark->bad_range});
}

static void add_link(struct finder *finder, const struct section *section, const struct placed *link) {
    add_mention(finder, (struct mention){.section = section->number,
                                         .n = finder->article->sources[link->source].n,
                                         .start = link->start,
                                         .end = link->end,
                                         .cluster = ++finder->article->clusters,
                                         .source = (int32_t)link->source,
                                         .bad_range = link->bad_range});
}

/* Is the link only the anchor of the next marker, of its own number? */
static bool wraps_mark(const struct finder *finder, const struct placed *link, const struct mark *marks, size_t count,
                       size_t next) {
    uint32_t n = finder->article->sources[link->source].n;
    for (size_t i = next; i < count && marks[i].start == marks[next].start; i++)
        if (marks[i].n == n && marks[i].start <= link->start && link->start < link->end && link->end <= marks[i].end)
            return true;
    return false;
}

/* Marks and links of one section in order; clusters counted over the article. */
static void merge(struct finder *finder, size_t index, const struct mark *marks, size_t count) {
    struct section *section = &finder->article->sections[index];
    uint32_t local = 0, cluster = 0;
    size_t next = 0;
    section->mention_first = finder->article->mention_count;
    for (;;) {
        bool link_left = finder->link_next < finder->link_count && finder->links[finder->link_next].section == index;
        if (next == count && !link_left) break;
        const struct placed *link = link_left ? &finder->links[finder->link_next] : NULL;
        if (link &&
            (next == count || link->start < marks[next].start || wraps_mark(finder, link, marks, count, next))) {
            finder->link_next++;
            if (!wraps_mark(finder, link, marks, count, next)) add_link(finder, section, link);
            continue;
        }
        if (marks[next].cluster != local) {
            local = marks[next].cluster;
            cluster = ++finder->article->clusters;
        }
        add_mark(finder, section, &marks[next++], cluster);
    }
    section->mention_count = finder->article->mention_count - section->mention_first;
}

/* Nothing but markers, white space and punctuation? */
static bool only_marks(const struct section *section, struct span sentence) {
    uint32_t start = given_to_clean(&section->clean, sentence.start),
             end = given_to_clean(&section->clean, sentence.end);
    if (end - start >= sentence.end - sentence.start) return false;
    for (uint32_t i = start; i < end; i++) {
        unsigned char c = (unsigned char)section->clean.text[i];
        if (!isspace(c) && !ispunct(c)) return false;
    }
    return true;
}

/* A marker on a line of its own belongs to the sentence before it. */
static void find_sentences(struct finder *finder, struct section *section) {
    struct span *found = NULL;
    size_t count = sentences_find(rules_abbreviations(finder->reader->rules), section->text, section->len,
                                  finder->language, &found);
    section->sentences = arena_alloc(finder->arena, count * sizeof *found + 1);
    for (size_t i = 0; i < count; i++) {
        if (section->sentence_count > 0 && section->clean.cut_count > 0 && only_marks(section, found[i]))
            section->sentences[section->sentence_count - 1].end = found[i].end;
        else
            section->sentences[section->sentence_count++] = found[i];
    }
    mem_free(found);
    finder->article->sentences += (uint32_t)section->sentence_count;
}

static void assign_sentences(struct finder *finder, struct section *section) {
    uint32_t sentence = 0, last_cited = 0;
    for (size_t i = 0; i < section->mention_count && section->sentence_count > 0; i++) {
        struct mention *mention = &finder->article->mentions[section->mention_first + i];
        while (sentence + 1 < section->sentence_count && section->sentences[sentence + 1].start <= mention->start)
            sentence++;
        mention->sentence = sentence + 1;
        if (mention->sentence != last_cited) finder->article->cited_sentences++;
        last_cited = mention->sentence;
    }
}

static bool too_many(struct finder *finder, const struct section *section, size_t count) {
    if (finder->article->mention_count + count <= CITATION_MARKS_MAX) return false;
    struct faults *faults = &finder->reader->base.faults;
    faults->status = ST_TOO_LARGE;
    fault_at(faults, &finder->reader->root, finder->reader->text ? "text" : "sections",
             "expected at most %d citation marks, section %u goes beyond", CITATION_MARKS_MAX, section->number);
    return true;
}

/* The record's, else a guess by the longest section: one for all, as short sections tell little. */
static const char *language_of(const struct article *article) {
    const struct section *longest = NULL;
    if (article->language) return article->language;
    for (size_t i = 0; i < article->section_count; i++)
        if (!longest || article->sections[i].len > longest->len) longest = &article->sections[i];
    const char *guess =
        longest ? language_guess(longest->text, longest->len < GUESS_BYTES ? longest->len : GUESS_BYTES) : NULL;
    return guess ? guess : "en";
}

void article_find_mentions(struct article_reader *reader) {
    struct finder finder = {.reader = reader, .arena = reader->base.arena, .article = reader->article};
    finder.language = language_of(finder.article);
    index_sources(&finder);
    place_links(&finder);
    for (size_t i = 0; i < finder.article->section_count; i++) {
        struct section *section = &finder.article->sections[i];
        struct mark *marks;
        size_t count = citation_marks(finder.arena, section->text, section->len, &marks);
        if (too_many(&finder, section, count)) return;
        citation_clean(finder.arena, section->text, section->len, marks, count, &section->clean);
        find_sentences(&finder, section);
        merge(&finder, i, marks, count);
        assign_sentences(&finder, section);
    }
}
