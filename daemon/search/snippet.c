/* The best passage of a text, and its highlights.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A window slides over the matches; its worth is the rarity of the distinct query words in it, and a little for
 * their repetitions.  Untrusted text: in HTML the five special characters are escaped, always. */
#include "section.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

struct window {
    size_t first, last; /* matches */
    int64_t worth;
};

/* Bytes of the budget: texts outside ASCII take more of them for as many characters. */
static uint32_t budget_bytes(struct card_text text) {
    size_t sample = text.len < 2000 ? text.len : utf8_floor(text.at, text.len, 2000);
    size_t characters = utf8_count(text.at, sample);
    return characters ? (uint32_t)(SNIPPET_CHARACTERS * sample / characters) : SNIPPET_CHARACTERS;
}

/* Matches of the window by group, and its worth, in whole numbers so that equal windows are equal. */
struct inside {
    uint32_t *counts;
    int64_t worth;
};

enum { WORTH_AGAIN = 1, WORTH_FIRST = 10 }; /* of a word's rarity: what a repetition adds, what the word adds */

static int64_t whole_weight(const struct match *match) {
    return (int64_t)(match->weight * 1000000);
}

static void window_add(struct inside *inside, const struct match *match) {
    bool again = inside->counts[match->group]++ > 0;
    inside->worth += whole_weight(match) * (again ? WORTH_AGAIN : WORTH_FIRST);
}

static void window_drop(struct inside *inside, const struct match *match) {
    bool more = --inside->counts[match->group] > 0;
    inside->worth -= whole_weight(match) * (more ? WORTH_AGAIN : WORTH_FIRST);
}

static struct window best_window(const struct match_list *matches, uint32_t budget) {
    struct window best = {0};
    uint32_t groups = 0;
    for (size_t i = 0; i < matches->count; i++)
        if (matches->items[i].group >= groups) groups = matches->items[i].group + 1;
    struct inside inside = {.counts = mem_alloc(groups * sizeof *inside.counts)};
    size_t next = 0; /* behind the window */
    for (size_t first = 0; first < matches->count; first++) {
        if (next == first) window_add(&inside, &matches->items[next++]);
        while (next < matches->count && matches->items[next].end - matches->items[first].start <= budget)
            window_add(&inside, &matches->items[next++]);
        if (inside.worth > best.worth) best = (struct window){.first = first, .last = next - 1, .worth = inside.worth};
        if (next == matches->count) break;
        window_drop(&inside, &matches->items[first]);
    }
    mem_free(inside.counts);
    return best;
}

/* The beginning of the sentence that holds `at`. */
static uint32_t sentence_start(const struct abbreviations *abbreviations, const char *language, struct card_text text,
                               uint32_t at) {
    /* Sentences are looked for from a place shortly before: a long text is not split for one snippet. */
    size_t from = at > 2000 ? utf8_floor(text.at, text.len, at - 2000) : 0;
    size_t to = text.len - at > 400 ? utf8_floor(text.at, text.len, at + 400) : text.len;
    struct span *spans = NULL;
    size_t count = sentences_find(abbreviations, text.at + from, to - from, language, &spans);
    uint32_t start = at;
    for (size_t i = 0; i < count && spans[i].start + from <= at; i++)
        start = spans[i].start + (uint32_t)from;
    mem_free(spans);
    return start;
}

static bool is_space(struct card_text text, uint32_t at) {
    return isspace((unsigned char)text.at[at]);
}

static uint32_t word_start_before(struct card_text text, uint32_t at, uint32_t lowest) {
    uint32_t start = (uint32_t)utf8_floor(text.at, text.len, at);
    for (uint32_t back = start; back > lowest && start - back < 40; back--)
        if (is_space(text, back - 1)) return back;
    return start;
}

static uint32_t word_end_before(struct card_text text, uint32_t at, uint32_t lowest) {
    if (at >= text.len) return (uint32_t)text.len;
    uint32_t end = (uint32_t)utf8_floor(text.at, text.len, at);
    for (uint32_t back = end; back > lowest && end - back < 40; back--)
        if (is_space(text, back)) return back;
    return end > lowest ? end : lowest;
}

void snippet_choose(const struct abbreviations *abbreviations, const char *language, struct card_text text,
                    const struct match_list *matches, struct snippet *out) {
    uint32_t budget = budget_bytes(text), first = 0, last = 0;
    *out = (struct snippet){0};
    if (matches->count > 0) {
        struct window window = best_window(matches, budget);
        first = matches->items[window.first].start;
        last = matches->items[window.last].end;
        uint32_t slack = last - first < budget ? budget - (last - first) : 0;
        uint32_t sentence = sentence_start(abbreviations, language, text, first);
        if (first - sentence <= slack)
            out->start = sentence;
        else
            out->start = word_start_before(text, first - slack / 3, first > slack ? first - slack : 0);
    }
    while (out->start < text.len && is_space(text, out->start))
        out->start++;
    out->end = word_end_before(text, out->start + budget, last > out->start ? last : out->start);
    while (out->end > out->start && is_space(text, out->end - 1))
        out->end--;
}

/* ---- writing ---- */

static void escape(struct buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        switch (text[i]) {
        case '&': buf_str(out, "&amp;"); break;
        case '<': buf_str(out, "&lt;"); break;
        case '>': buf_str(out, "&gt;"); break;
        case '"': buf_str(out, "&quot;"); break;
        case '\'': buf_str(out, "&#39;"); break;
        default: buf_char(out, text[i]);
        }
    }
}

struct pieces { /* where segments go */
    struct jw *jw;
    struct buf html;
    bool is_html;
};

static void piece(struct pieces *pieces, const char *text, size_t len, bool match, bool before, bool after) {
    struct buf with_dots;
    if (len == 0 && !before && !after) return;
    buf_init(&with_dots, 0);
    buf_str(&with_dots, before ? "…" : "");
    buf_add(&with_dots, text, len);
    buf_str(&with_dots, after ? "…" : "");
    if (pieces->is_html) {
        buf_str(&pieces->html, match ? "<mark>" : "");
        escape(&pieces->html, with_dots.data, with_dots.len);
        buf_str(&pieces->html, match ? "</mark>" : "");
    } else {
        jw_object(pieces->jw);
        jw_key(pieces->jw, "text");
        jw_stringn(pieces->jw, with_dots.data, with_dots.len);
        if (match) jw_kbool(pieces->jw, "match", true);
        jw_object_end(pieces->jw);
    }
    buf_free(&with_dots);
}

static void write_pieces(struct pieces *pieces, struct card_text text, const struct match_list *matches,
                         const struct snippet *snippet) {
    uint32_t at = snippet->start;
    bool dots = snippet->start > 0;
    for (size_t i = 0; i < matches->count; i++) {
        const struct match *match = &matches->items[i];
        if (match->start < at || match->end > snippet->end) continue;
        piece(pieces, text.at + at, match->start - at, false, dots, false);
        piece(pieces, text.at + match->start, match->end - match->start, true, false, false);
        dots = false;
        at = match->end;
    }
    piece(pieces, text.at + at, snippet->end - at, false, dots, snippet->end < text.len);
}

void snippet_write(struct jw *jw, struct card_text text, const struct match_list *matches,
                   const struct snippet *snippet, bool html) {
    struct pieces pieces = {.jw = jw, .is_html = html};
    buf_init(&pieces.html, 0);
    if (!html) jw_array(jw);
    write_pieces(&pieces, text, matches, snippet);
    if (!html)
        jw_array_end(jw);
    else
        jw_stringn(jw, pieces.html.data, pieces.html.len);
    buf_free(&pieces.html);
}
