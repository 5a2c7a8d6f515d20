/* Choosing the section of a hit that answers the query.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   score(section) = Σ over query words  rarity · tf / (tf + 0.5 + 0.5 · words / AVERAGE_WORDS)
 *
 * where tf counts the word in the text, and the heading's as one more. */
#include "section.h"

#include <string.h>

enum { AVERAGE_WORDS = 120 };

static void count_groups(const struct match_list *list, double *tf, double *weight, double worth) {
    for (size_t i = 0; i < list->count; i++) {
        const struct match *match = &list->items[i];
        tf[match->group] += worth;
        if (match->weight > weight[match->group]) weight[match->group] = match->weight;
    }
}

static double score(struct arena *arena, uint32_t groups, const struct match_list *text,
                    const struct match_list *heading) {
    double *tf = arena_alloc(arena, (groups + 1) * sizeof *tf);
    double *weight = arena_alloc(arena, (groups + 1) * sizeof *weight);
    double sum = 0, norm = 0.5 + 0.5 * text->words / AVERAGE_WORDS;
    count_groups(text, tf, weight, 1);
    count_groups(heading, tf, weight, 1);
    for (uint32_t i = 0; i < groups; i++)
        if (tf[i] > 0) sum += weight[i] * tf[i] / (tf[i] + norm);
    return sum;
}

void section_choose(struct matcher *matcher, struct terms *terms, struct arena *arena, const struct card *card,
                    struct section_choice *out) {
    char language[16] = "";
    *out = (struct section_choice){0};
    if (card->language.len < sizeof language) memcpy(language, card->language.at, card->language.len);
    for (size_t i = 0; i < card->section_count; i++) {
        const struct card_section *section = &card->sections[i];
        struct match_list text, heading;
        matcher_find(matcher, terms, arena, language, section->text.at, section->text.len, &text);
        matcher_find(matcher, terms, arena, language, section->heading.at, section->heading.len, &heading);
        if (text.count + heading.count == 0) continue;
        double value = score(arena, matcher->groups, &text, &heading);
        if (out->section && value <= out->score) continue;
        *out = (struct section_choice){.section = section, .matches = text, .score = value};
    }
}
