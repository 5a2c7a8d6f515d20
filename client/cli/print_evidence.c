/* What stands behind an article or on a source, for people: evidence, lint, cited-by, impact.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include "pick.h"

#include <string.h>

static void print_counts(struct screen *screen, const char *label, const cJSON *counts, const char *key) {
    if (cJSON_GetArraySize(counts) == 0) return;
    const cJSON *count;
    struct wrap wrap;
    wrap_begin(&wrap, screen, 0, 2);
    wrap_put(&wrap, STYLE_DIM, label);
    cJSON_ArrayForEach (count, counts) {
        char name[40], number[40];
        const char *shown = cJSON_IsObject(count) ? pick_scalar(name, count, key) : count->string ? count->string : "";
        if (!*shown) shown = pick_scalar(name, count, "value");
        if (!*shown) shown = "unknown";
        wrap_put(&wrap, STYLE_NONE, " ");
        wrap_put(&wrap, STYLE_NONE, shown);
        wrap_put(&wrap, STYLE_DIM, "×");
        wrap_put(&wrap, STYLE_NONE,
                 show_count(number, cJSON_IsObject(count) ? pick_number(count, "count") : count->valuedouble));
    }
    wrap_end(&wrap);
}

static void print_source_name(struct screen *screen, const cJSON *result) {
    const cJSON *source = pick(result, "source");
    if (cJSON_IsObject(source))
        print_source(screen, 0, source);
    else
        screen_paragraph(screen, STYLE_TITLE, 0, pick_text(result, "source"));
}

static void print_mention(struct screen *screen, const cJSON *mention) {
    const char *title = pick_text(mention, "title"), *published = pick_text(mention, "published");
    struct wrap wrap;
    wrap_begin(&wrap, screen, 0, 2);
    wrap_put(&wrap, STYLE_TITLE, *title ? title : pick_text(mention, "article"));
    if (*published) {
        wrap_put(&wrap, STYLE_DIM, " · ");
        wrap_put(&wrap, STYLE_NONE, published);
    }
    wrap_end(&wrap);
    screen_indent(screen, 2);
    if (print_section(screen, pick(mention, "section"))) screen_put(screen, STYLE_DIM, "  ");
    screen_put(screen, STYLE_DIM, pick_text(mention, "article"));
    screen_line_end(screen);
    if (cJSON_IsString(pick(mention, "sentence")))
        screen_paragraph(screen, STYLE_NONE, 2, pick_text(mention, "sentence"));
    screen_line_end(screen);
}

void print_cited_by(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *mention, *articles = pick(result, "articles");
    print_source_name(screen, result);
    screen_line_end(screen);
    cJSON_ArrayForEach (mention, pick(result, "mentions"))
        print_mention(screen, mention);
    print_counts(screen, "By year:", pick(result, "by_year"), "year");
    print_counts(screen, "By outlet:", pick(result, "by_outlet"), "outlet");
    print_warnings(screen, result);
    print_counted(screen, STYLE_DIM, pick_number(result, "total"), "mention", "mentions");
    if (articles) {
        screen_put(screen, STYLE_DIM, " in ");
        print_counted(screen, STYLE_DIM, cJSON_IsArray(articles) ? cJSON_GetArraySize(articles) : articles->valuedouble,
                      "article", "articles");
    }
    screen_line_end(screen);
}

/* "2, 5" or the member that says how many. */
static void print_numbers(struct screen *screen, const char *label, const cJSON *numbers) {
    const cJSON *number;
    if (cJSON_GetArraySize(numbers) == 0) return;
    screen_put(screen, STYLE_WARN, label);
    cJSON_ArrayForEach (number, numbers)
        screen_say(screen, STYLE_NONE, " §%.0f%s", number->valuedouble, number->next ? "," : "");
    screen_line_end(screen);
}

static void print_profile_sections(struct screen *screen, const cJSON *result) {
    const cJSON *section;
    if (pick_size(result, "sections") == 0) return;
    screen_line_end(screen);
    screen_put(screen, STYLE_DIM, "sentences  cited  coverage  sources  section");
    screen_line_end(screen);
    cJSON_ArrayForEach (section, pick(result, "sections")) {
        screen_say(screen, STYLE_NONE, "%9.0f  %5.0f  %8.3f  %7.0f  ", pick_number(section, "sentences"),
                   pick_number(section, "cited_sentences"), pick_number(section, "coverage"),
                   pick_number(section, "sources"));
        print_section(screen, pick(section, "section") ? pick(section, "section") : section);
        screen_line_end(screen);
    }
}

void print_evidence(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    screen_say(screen, STYLE_TITLE, "%.0f of %.0f sentences cited, coverage %.3f",
               pick_number(result, "cited_sentences"), pick_number(result, "sentences"),
               pick_number(result, "coverage"));
    screen_line_end(screen);
    print_counted(screen, STYLE_NONE, pick_number(result, "mentions"), "mention in ", "mentions in ");
    print_counted(screen, STYLE_NONE, pick_number(result, "clusters"), "cluster; ", "clusters; ");
    print_counted(screen, STYLE_NONE, pick_number(result, "sources"), "source on ", "sources on ");
    print_counted(screen, STYLE_NONE, pick_number(result, "domains"), "domain, ", "domains, ");
    screen_say(screen, STYLE_NONE, "%.0f independent", pick_number(result, "independent_sources"));
    screen_line_end(screen);
    print_numbers(screen, "On a single source:", pick(result, "single_source_sections"));
    print_numbers(screen, "Without a source:", pick(result, "uncited_sections"));
    print_profile_sections(screen, result);
    print_warnings(screen, result);
}

void print_lint(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *finding;
    cJSON_ArrayForEach (finding, pick(result, "findings")) {
        const char *severity = pick_text(finding, "severity");
        screen_say(screen, STYLE_NONE, "%s: ", pick_text(finding, "article"));
        if (print_section(screen, pick(finding, "section"))) screen_put(screen, STYLE_NONE, " ");
        if (pick(finding, "n")) screen_say(screen, STYLE_NONE, "[%.0f] ", pick_number(finding, "n"));
        screen_put(screen, strcmp(severity, "error") == 0 ? STYLE_BAD : STYLE_WARN, severity);
        screen_say(screen, STYLE_NONE, ": %s: %s", pick_text(finding, "code"), pick_text(finding, "message"));
        screen_line_end(screen);
    }
    double total = pick(result, "total") ? pick_number(result, "total") : pick_size(result, "findings");
    print_counted(screen, STYLE_DIM, total, "finding", "findings");
    screen_line_end(screen);
}

void print_impact(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *section, *articles = pick(result, "articles"), *sentences = pick(result, "sentences");
    print_source_name(screen, result);
    const char *status = pick_text(result, "status");
    if (*status) screen_paragraph(screen, strcmp(status, "live") ? STYLE_BAD : STYLE_GOOD, 0, status);
    screen_line_end(screen);
    cJSON_ArrayForEach (section, pick(result, "sections")) {
        screen_say(screen, STYLE_NONE, "%s  ", pick_text(section, "article"));
        print_section(screen, pick(section, "section"));
        if (pick_true(section, "sole_support")) screen_put(screen, STYLE_BAD, "  sole support");
        screen_line_end(screen);
    }
    print_counted(screen, STYLE_DIM,
                  cJSON_IsArray(articles) ? cJSON_GetArraySize(articles) : pick_number(result, "articles"), "article, ",
                  "articles, ");
    print_counted(screen, STYLE_DIM, pick_size(result, "sections"), "section, ", "sections, ");
    print_counted(screen, STYLE_DIM,
                  cJSON_IsArray(sentences) ? cJSON_GetArraySize(sentences) : pick_number(result, "sentences"),
                  "sentence", "sentences");
    screen_line_end(screen);
}
