/* More of a hit's text: several passages, and whole fields with the matches marked.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything is written by snippet_write, the one place that escapes. */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

const char *language_of(const struct card *card, char out[16]) {
    memset(out, 0, 16);
    if (card->language.len < 16) memcpy(out, card->language.at, card->language.len);
    return out;
}

struct fragment {
    const struct card_section *section;
    struct match_list matches;
    struct snippet snippet;
    double worth;
};

static int more_worth_first(const void *a, const void *b) {
    const struct fragment *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    if (x->section->number != y->section->number) return x->section->number < y->section->number ? -1 : 1;
    return (x->snippet.start > y->snippet.start) - (x->snippet.start < y->snippet.start);
}

/* The passages of one section, best first: each is chosen from the matches that no passage before has. */
static size_t find_fragments(struct answer *answer, const struct card *card, const struct card_section *section,
                             const struct match_list *matches, size_t max, struct fragment *out) {
    char language[16];
    const struct abbreviations *abbreviations = rules_abbreviations(index_rules(answer->run->searcher->ix));
    struct match_list left = {.items = arena_alloc(answer->run->arena, (matches->count + 1) * sizeof *left.items),
                              .words = matches->words};
    size_t found = 0;
    if (matches->count > 0) memcpy(left.items, matches->items, matches->count * sizeof *left.items);
    left.count = matches->count;
    while (left.count > 0 && found < max) {
        struct fragment *fragment = &out[found];
        size_t kept = 0, inside = 0;
        *fragment = (struct fragment){.section = section, .matches = *matches};
        snippet_choose(abbreviations, language_of(card, language), section->text, &left, &fragment->snippet);
        for (size_t i = 0; i < left.count; i++) {
            const struct match *match = &left.items[i];
            if (match->start >= fragment->snippet.start && match->end <= fragment->snippet.end) {
                fragment->worth += match->weight;
                inside++;
            } else {
                left.items[kept++] = *match;
            }
        }
        left.count = kept;
        if (inside == 0) break;
        found++;
    }
    return found;
}

void write_fragments(struct answer *answer, struct kind_result *kind, const struct card *card) {
    struct jw *jw = &answer->jw;
    struct arena *arena = answer->run->arena;
    size_t wanted = answer->run->request->fragments, count = 0;
    char language[16];
    struct fragment *all = arena_alloc(arena, (card->section_count * wanted + 1) * sizeof *all);
    for (size_t i = 0; i < card->section_count; i++) {
        struct match_list matches;
        const struct card_section *section = &card->sections[i];
        matcher_find(&kind->matcher, answer->run->searcher->terms, arena, language_of(card, language), section->text.at,
                     section->text.len, &matches);
        count += find_fragments(answer, card, section, &matches, wanted, all + count);
    }
    if (count > 1) qsort(all, count, sizeof *all, more_worth_first);
    jw_key(jw, "fragments");
    jw_array(jw);
    for (size_t i = 0; i < count && i < wanted; i++) {
        jw_object(jw);
        jw_kint(jw, "section", all[i].section->number);
        jw_key(jw, "snippet");
        snippet_write(jw, all[i].section->text, &all[i].matches, &all[i].snippet, answer->run->request->html);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

/* A whole text, its matches marked. */
static void write_marked(struct answer *answer, struct kind_result *kind, const struct card *card,
                         struct card_text text) {
    char language[16];
    struct match_list matches;
    struct snippet whole = {.start = 0, .end = (uint32_t)text.len};
    matcher_find(&kind->matcher, answer->run->searcher->terms, answer->run->arena, language_of(card, language), text.at,
                 text.len, &matches);
    snippet_write(&answer->jw, text, &matches, &whole, answer->run->request->html);
}

static void write_marked_section(struct answer *answer, struct kind_result *kind, const struct card *card,
                                 const struct card_section *section) {
    struct jw *jw = &answer->jw;
    jw_object(jw);
    jw_kint(jw, "section", section->number);
    jw_key(jw, "heading");
    write_marked(answer, kind, card, section->heading);
    jw_key(jw, "text");
    write_marked(answer, kind, card, section->text);
    jw_object_end(jw);
}

static void write_field(struct answer *answer, struct kind_result *kind, const struct card *card,
                        const struct card_section *shown, const char *name) {
    struct jw *jw = &answer->jw;
    jw_key(jw, name);
    if (strcmp(name, "title") == 0) {
        write_marked(answer, kind, card, card->title);
    } else if (strcmp(name, "section") == 0) {
        if (shown)
            write_marked_section(answer, kind, card, shown);
        else
            jw_null(jw);
    } else {
        jw_array(jw);
        for (size_t i = 0; i < card->section_count; i++)
            write_marked_section(answer, kind, card, &card->sections[i]);
        jw_array_end(jw);
    }
}

static bool stands_before(const struct search_request *request, size_t number) {
    for (size_t i = 0; i < number; i++)
        if (strcmp(request->highlight[i], request->highlight[number]) == 0) return true;
    return false;
}

void write_highlight(struct answer *answer, struct kind_result *kind, const struct card *card,
                     const struct card_section *shown) {
    const struct search_request *request = answer->run->request;
    jw_key(&answer->jw, "highlight");
    jw_object(&answer->jw);
    for (size_t i = 0; i < request->highlight_count; i++)
        if (!stands_before(request, i)) write_field(answer, kind, card, shown, request->highlight[i]);
    jw_object_end(&answer->jw);
}
