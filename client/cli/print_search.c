/* Answers of search and its relatives, for people.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *    1. Title
 *       2025-10-08 · Outlet · Verdict
 *       §2 Heading
 *       the snippet, its matches in colour
 *       [3] Title of a cited source — Outlet  https://…
 *
 *   6667 articles, 1.4 ms */
#include "print.h"

#include "args.h"
#include "pick.h"

#include <string.h>

enum { INDENT = 5 };

/* Segments, or a string of HTML. */
static void print_passage(struct screen *screen, const cJSON *passage) {
    const cJSON *segment;
    bool is_html = cJSON_IsString(passage) && *passage->valuestring;
    if (!is_html && (!cJSON_IsArray(passage) || cJSON_GetArraySize(passage) == 0)) return;
    screen_indent(screen, INDENT);
    struct wrap wrap;
    wrap_begin(&wrap, screen, INDENT, INDENT);
    if (is_html) wrap_put(&wrap, STYLE_NONE, passage->valuestring);
    cJSON_ArrayForEach (segment, passage)
        wrap_put(&wrap, pick_true(segment, "match") ? STYLE_MATCH : STYLE_NONE, pick_text(segment, "text"));
    wrap_end(&wrap);
}

/* More passages, and what is shown whole. */
static void print_passages(struct screen *screen, const cJSON *hit) {
    const cJSON *fragment, *section;
    print_passage(screen, pick(hit, "snippet"));
    cJSON_ArrayForEach (fragment, pick(hit, "fragments")) {
        screen_indent(screen, INDENT);
        screen_say(screen, STYLE_DIM, "§%.0f", pick_number(fragment, "section"));
        screen_line_end(screen);
        print_passage(screen, pick(fragment, "snippet"));
    }
    print_passage(screen, pick(hit, "highlight.title"));
    print_passage(screen, pick(hit, "highlight.section.heading"));
    print_passage(screen, pick(hit, "highlight.section.text"));
    cJSON_ArrayForEach (section, pick(hit, "highlight.text")) {
        print_passage(screen, pick(section, "heading"));
        print_passage(screen, pick(section, "text"));
    }
}

static void print_title(struct screen *screen, double rank, const cJSON *hit) {
    const char *title = pick_text(hit, "title"), *url = pick_text(hit, "url");
    screen_say(screen, STYLE_DIM, "%3.0f. ", rank);
    struct wrap wrap;
    wrap_begin(&wrap, screen, INDENT, INDENT);
    wrap_put(&wrap, STYLE_TITLE, *title ? title : *url ? url : pick_text(hit, "id"));
    if (strcmp(pick_text(hit, "kind"), "source") == 0) wrap_put(&wrap, STYLE_DIM, " (source)");
    wrap_end(&wrap);
}

/* What the score is made of, with --explain. */
static void print_parts(struct screen *screen, const cJSON *hit) {
    const cJSON *part;
    cJSON_ArrayForEach (part, pick(hit, "explain.parts")) {
        const char *field = pick_text(part, "field");
        screen_indent(screen, INDENT);
        screen_say(screen, STYLE_DIM, "%8.4f  %s %s%s%s", pick_number(part, "score"), pick_text(part, "how"),
                   pick_text(part, "word"), *field ? " in " : "", field);
        screen_line_end(screen);
    }
}

static void print_hit(struct screen *screen, double rank, const cJSON *hit) {
    const cJSON *source;
    print_title(screen, rank, hit);
    print_byline(screen, INDENT, hit);
    const cJSON *section = pick(hit, "section");
    if (section && cJSON_IsNumber(pick(section, "number"))) {
        screen_indent(screen, INDENT);
        print_section(screen, section);
        screen_line_end(screen);
    }
    print_passages(screen, hit);
    print_parts(screen, hit);
    cJSON_ArrayForEach (source, pick(hit, "cites"))
        print_source(screen, INDENT, source);
    print_warnings(screen, hit);
    const char *url = pick_text(hit, "url");
    if (pick_size(hit, "cites") == 0 && *url && *pick_text(hit, "title"))
        screen_paragraph(screen, STYLE_LINK, INDENT, url);
    if (pick_number(hit, "collapsed") > 0) {
        screen_indent(screen, INDENT);
        screen_say(screen, STYLE_DIM, "and %.0f more like it", pick_number(hit, "collapsed"));
        screen_line_end(screen);
    }
    screen_line_end(screen);
}

static void print_facets(struct screen *screen, const cJSON *result) {
    const cJSON *facet, *value;
    cJSON_ArrayForEach (facet, pick(result, "facets")) {
        screen_put(screen, STYLE_TITLE, facet->string ? facet->string : "facet");
        screen_line_end(screen);
        const cJSON *values = cJSON_IsArray(facet) ? facet : pick(facet, "values");
        cJSON_ArrayForEach (value, values) {
            char buffer[40], count[40];
            screen_cell(screen, STYLE_NONE, -10, show_count(count, pick_number(value, "count")));
            screen_say(screen, STYLE_NONE, "  %s", pick_scalar(buffer, value, "value"));
            screen_line_end(screen);
        }
        screen_line_end(screen);
    }
}

static void print_statistics(struct screen *screen, const cJSON *result) {
    static const char *const names[] = {"count", "min", "max", "mean"};
    const cJSON *facet;
    cJSON_ArrayForEach (facet, pick(result, "facet_stats")) {
        screen_put(screen, STYLE_TITLE, facet->string ? facet->string : "facet");
        screen_line_end(screen);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            char buffer[40];
            if (!pick(facet, names[i])) continue;
            screen_cell(screen, STYLE_NONE, -10, names[i]);
            screen_say(screen, STYLE_NONE, "  %s", pick_scalar(buffer, facet, names[i]));
            screen_line_end(screen);
        }
        screen_line_end(screen);
    }
}

static void print_total(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const char *in = args_text(&context->args, "in"), *relation = pick_text(result, "total.relation");
    double total = pick_number(result, "total.value");
    char buffer[40];
    const char *noun = in && strcmp(in, "sources") == 0 ? "source"
                       : in && strcmp(in, "all") == 0   ? "record"
                                                        : "article";
    if (pick(result, "total.value")) {
        bool more = strcmp(relation, "gte") == 0, about = strcmp(relation, "estimate") == 0;
        screen_say(screen, STYLE_DIM, "%s%.0f %s%s, ",
                   more    ? "more than "
                   : about ? "about "
                           : "",
                   total, noun, total == 1 && !more ? "" : "s");
    }
    if (pick_true(result, "partial")) screen_put(screen, STYLE_WARN, "partial: the time was over, ");
    screen_put(screen, STYLE_DIM, show_ms(buffer, pick_number(result, "took_ms")));
    screen_line_end(screen);
}

void print_search(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    double rank = pick_number(result, "offset");
    const cJSON *hit, *corrected = pick(result, "corrected");
    if (corrected) {
        const char *text = cJSON_IsString(corrected) ? corrected->valuestring : pick_text(corrected, "query");
        screen_put(screen, STYLE_WARN, "Did you mean ");
        screen_put(screen, STYLE_TITLE, text);
        screen_put(screen, STYLE_WARN, "?");
        screen_line_end(screen);
    }
    cJSON_ArrayForEach (hit, pick(result, "hits"))
        print_hit(screen, ++rank, hit);
    print_facets(screen, result);
    print_statistics(screen, result);
    print_warnings(screen, result);
    const cJSON *explain = pick(result, "explain");
    if (explain) print_any(context, explain);
    print_total(context, result);
    const char *cursor = pick_text(result, "next_cursor");
    if (*cursor && args_has(&context->args, "cursor")) {
        screen_say(screen, STYLE_DIM, "next: --cursor %s", cursor);
        screen_line_end(screen);
    }
}

/* The sources that a hit shares with what was asked about: keys or records. */
static void print_shared(struct screen *screen, const cJSON *hit) {
    const cJSON *shared;
    cJSON_ArrayForEach (shared, pick(hit, "shared")) {
        if (cJSON_IsObject(shared))
            print_source(screen, INDENT, shared);
        else
            screen_paragraph(screen, STYLE_LINK, INDENT, pick_text(shared, ""));
    }
}

void print_hits(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    double rank = 0;
    const cJSON *hit;
    cJSON_ArrayForEach (hit, pick(result, "hits")) {
        print_title(screen, ++rank, hit);
        print_byline(screen, INDENT, hit);
        print_passages(screen, hit);
        print_shared(screen, hit);
        screen_indent(screen, INDENT);
        screen_say(screen, STYLE_DIM, "%s  score %.3f", pick_text(hit, "id"), pick_number(hit, "score"));
        screen_line_end(screen);
        screen_line_end(screen);
    }
    print_warnings(screen, result);
    if (rank == 0) screen_paragraph(screen, STYLE_DIM, 0, "nothing alike");
}

void print_suggest(struct context *context, const cJSON *result) {
    const cJSON *suggestion;
    cJSON_ArrayForEach (suggestion, pick(result, "suggestions")) {
        char count[40];
        screen_cell(&context->out, STYLE_NONE, -9, show_count(count, pick_number(suggestion, "count")));
        screen_put(&context->out, STYLE_NONE, "  ");
        screen_cell(&context->out, STYLE_DIM, 8, pick_text(suggestion, "type"));
        screen_say(&context->out, STYLE_NONE, "  %s", pick_text(suggestion, "text"));
        screen_line_end(&context->out);
    }
}

/* One word's line of proposals. */
static void print_alike(struct screen *screen, const cJSON *word) {
    const cJSON *alike;
    bool first = true;
    screen_put(screen, STYLE_NONE, pick_text(word, "word"));
    screen_say(screen, STYLE_DIM, " (%.0f)", pick_number(word, "count"));
    cJSON_ArrayForEach (alike, pick(word, "suggestions")) {
        screen_put(screen, STYLE_NONE, first ? ": " : ", ");
        screen_put(screen, STYLE_NONE, pick_text(alike, "text"));
        screen_say(screen, STYLE_DIM, " (%.0f)", pick_number(alike, "count"));
        first = false;
    }
    screen_line_end(screen);
}

void print_spell(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const char *corrected = pick_text(result, "corrected");
    const cJSON *word;
    screen_put(screen, *corrected ? STYLE_TITLE : STYLE_DIM, *corrected ? corrected : "nothing to correct");
    screen_line_end(screen);
    cJSON_ArrayForEach (word, pick(result, "words"))
        print_alike(screen, word);
}
