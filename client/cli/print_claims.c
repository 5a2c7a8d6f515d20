/* Quotations and claims held against the archive, for people: quote, check, trace.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include "pick.h"

#include <string.h>

static enum style verdict_style(const char *verdict) {
    static const struct {
        const char *verdict;
        enum style style;
    } styles[] = {{"exact", STYLE_GOOD},   {"normalized", STYLE_GOOD}, {"checked", STYLE_GOOD},
                  {"altered", STYLE_WARN}, {"absent", STYLE_BAD},      {"none", STYLE_DIM}};
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
        if (strcmp(verdict, styles[i].verdict) == 0) return styles[i].style;
    return STYLE_NONE;
}

static void print_match(struct screen *screen, const cJSON *match) {
    const char *article = pick_text(match, "article");
    screen_say(screen, STYLE_TITLE, "%s", *article ? article : pick_text(match, "source"));
    screen_put(screen, STYLE_NONE, "  ");
    print_section(screen, pick(match, "section"));
    screen_line_end(screen);
    struct wrap wrap;
    screen_indent(screen, 2);
    wrap_begin(&wrap, screen, 2, 2);
    wrap_put(&wrap, STYLE_DIM, pick_text(match, "selector.prefix"));
    wrap_put(&wrap, STYLE_MATCH, pick_text(match, "selector.exact"));
    wrap_put(&wrap, STYLE_DIM, pick_text(match, "selector.suffix"));
    wrap_end(&wrap);
    if (*pick_text(match, "fragment")) screen_paragraph(screen, STYLE_LINK, 2, pick_text(match, "fragment"));
    screen_line_end(screen);
}

static const char *or_nothing(const char *text) {
    return *text ? text : "(nothing)";
}

static void print_differences(struct screen *screen, const cJSON *result) {
    const cJSON *difference;
    cJSON_ArrayForEach (difference, pick(result, "differences")) {
        screen_put(screen, STYLE_DIM, "  given ");
        screen_put(screen, STYLE_BAD, or_nothing(pick_text(difference, "given")));
        screen_put(screen, STYLE_DIM, ", found ");
        screen_put(screen, STYLE_GOOD, or_nothing(pick_text(difference, "found")));
        screen_line_end(screen);
    }
}

/* Of a whole article: each quotation with its verdict. */
static void print_quotations(struct screen *screen, const cJSON *result) {
    const cJSON *quotation;
    cJSON_ArrayForEach (quotation, pick(result, "quotations")) {
        const char *verdict = pick_text(quotation, "verdict"), *source = pick_text(quotation, "source");
        screen_put(screen, verdict_style(verdict), verdict);
        screen_put(screen, STYLE_NONE, "  ");
        print_section(screen, pick(quotation, "section"));
        if (*source) screen_say(screen, STYLE_LINK, "  %s", source);
        screen_line_end(screen);
        screen_paragraph(screen, STYLE_TITLE, 2, pick_text(quotation, "quote"));
        print_differences(screen, quotation);
        screen_line_end(screen);
    }
    print_counted(screen, STYLE_DIM, pick_number(result, "total"), "quotation", "quotations");
    screen_line_end(screen);
}

void print_quote(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *match;
    const char *verdict = pick_text(result, "verdict");
    if (pick(result, "quotations")) {
        print_quotations(screen, result);
        return;
    }
    screen_put(screen, verdict_style(verdict), verdict);
    screen_line_end(screen);
    print_differences(screen, result);
    cJSON_ArrayForEach (match, pick(result, "matches")) {
        if (match == pick(result, "matches")->child) screen_line_end(screen);
        print_match(screen, match);
    }
    print_warnings(screen, result);
}

void print_check(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *answer;
    const char *verdict = pick_text(result, "verdict");
    int rank = 0;
    bool none = strcmp(verdict, "none") == 0;
    screen_put(screen, verdict_style(verdict),
               none ? "No article of the archive checks this claim." : "Checked before:");
    screen_line_end(screen);
    cJSON_ArrayForEach (answer, pick(result, "answers")) {
        screen_say(screen, STYLE_DIM, "%3d. ", ++rank);
        struct wrap wrap;
        wrap_begin(&wrap, screen, 5, 5);
        wrap_put(&wrap, STYLE_TITLE, pick_text(answer, "title"));
        wrap_end(&wrap);
        print_byline(screen, 5, answer);
        const char *question = pick_text(answer, "question");
        if (*question) screen_paragraph(screen, STYLE_NONE, 5, question);
        const char *url = pick_text(answer, "url");
        screen_paragraph(screen, *url ? STYLE_LINK : STYLE_DIM, 5, *url ? url : pick_text(answer, "id"));
    }
    print_warnings(screen, result);
}

static void print_support(struct screen *screen, const cJSON *sentence) {
    const cJSON *support = pick(sentence, "support"), *word;
    const char *source = pick_text(sentence, "source");
    screen_indent(screen, 2);
    if (cJSON_IsNumber(support))
        screen_say(screen, support->valuedouble < 0.5 ? STYLE_BAD : STYLE_GOOD, "%.2f", support->valuedouble);
    else
        screen_put(screen, STYLE_DIM, "unknown");
    if (pick(sentence, "n")) screen_say(screen, STYLE_DIM, "  [%.0f]", pick_number(sentence, "n"));
    screen_say(screen, STYLE_LINK, "  %s", source);
    screen_line_end(screen);
    if (*pick_text(sentence, "passage")) screen_paragraph(screen, STYLE_NONE, 4, pick_text(sentence, "passage"));
    if (pick_size(sentence, "missing") == 0) return;
    struct wrap wrap;
    screen_indent(screen, 4);
    wrap_begin(&wrap, screen, 4, 4);
    wrap_put(&wrap, STYLE_DIM, "missing:");
    cJSON_ArrayForEach (word, pick(sentence, "missing")) {
        wrap_put(&wrap, STYLE_NONE, " ");
        wrap_put(&wrap, STYLE_WARN, pick_text(word, ""));
    }
    wrap_end(&wrap);
}

void print_trace(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *sentence;
    const char *last = NULL;
    cJSON_ArrayForEach (sentence, pick(result, "sentences")) {
        const char *text = pick_text(sentence, "sentence");
        if (!last || strcmp(last, text) != 0) {
            if (last) screen_line_end(screen);
            print_section(screen, pick(sentence, "section"));
            screen_line_end(screen);
            screen_paragraph(screen, STYLE_TITLE, 0, text);
        }
        last = text;
        print_support(screen, sentence);
    }
    print_warnings(screen, result);
}
