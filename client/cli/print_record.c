/* One record, for people: to be read (show) and as it is kept (get).
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include "memory.h"
#include "pick.h"

#include <stdlib.h>
#include <string.h>

/* Every line of the text is a paragraph. */
static void print_text(struct screen *screen, int indent, const char *text) {
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *paragraph = text_format("%.*s", (int)len, text);
        if (len == strspn(paragraph, " \t\r"))
            screen_line_end(screen);
        else
            screen_paragraph(screen, STYLE_NONE, indent, paragraph);
        free(paragraph);
        text += len + (text[len] == '\n');
    }
}

static void print_heading(struct screen *screen, const char *heading) {
    screen_line_end(screen);
    screen_paragraph(screen, STYLE_TITLE, 0, heading);
    screen_line_end(screen);
}

static void print_claims(struct screen *screen, const cJSON *record) {
    const cJSON *claim;
    cJSON_ArrayForEach (claim, pick(record, "claims")) {
        struct wrap wrap;
        wrap_begin(&wrap, screen, 0, 2);
        wrap_put(&wrap, STYLE_DIM, "Claim: ");
        wrap_put(&wrap, STYLE_NONE, pick_text(claim, "text"));
        const char *who = pick_text(claim, "claimant"), *date = pick_text(claim, "date");
        if (*who) wrap_put(&wrap, STYLE_NONE, " — ");
        wrap_put(&wrap, STYLE_NONE, who);
        if (*date) wrap_put(&wrap, STYLE_NONE, ", ");
        wrap_put(&wrap, STYLE_NONE, date);
        wrap_end(&wrap);
    }
}

/* Section 0 is the summary; records as they are kept have no numbers: there the place is the number. */
static void print_sections(struct screen *screen, const cJSON *record) {
    const cJSON *section;
    int place = 0;
    cJSON_ArrayForEach (section, pick(record, "sections")) {
        const cJSON *given = pick(section, "number");
        int number = cJSON_IsNumber(given) ? given->valueint : ++place;
        const char *title = pick_text(section, "heading");
        char *heading = number ? text_format("%d. %s", number, title) : memory_text(title);
        if (*heading)
            print_heading(screen, heading);
        else
            screen_line_end(screen);
        print_text(screen, 0, pick_text(section, "text"));
        free(heading);
    }
}

static void print_sources(struct screen *screen, const cJSON *record) {
    const cJSON *source;
    if (pick_size(record, "sources") == 0) return;
    print_heading(screen, "Sources");
    cJSON_ArrayForEach (source, pick(record, "sources"))
        print_source(screen, 0, source);
}

static void print_authors(struct screen *screen, const cJSON *record) {
    const cJSON *author;
    if (pick_size(record, "authors") == 0) return;
    struct wrap wrap;
    wrap_begin(&wrap, screen, 0, 0);
    cJSON_ArrayForEach (author, pick(record, "authors")) {
        wrap_put(&wrap, STYLE_NONE, pick_text(author, ""));
        if (author->next) wrap_put(&wrap, STYLE_NONE, ", ");
    }
    wrap_end(&wrap);
}

void print_show(struct context *context, const cJSON *record) {
    struct screen *screen = &context->out;
    const char *title = pick_text(record, "title"), *url = pick_text(record, "url");
    screen_paragraph(screen, STYLE_TITLE, 0, *title ? title : pick_text(record, "id"));
    print_byline(screen, 0, record);
    print_authors(screen, record);
    if (*url) screen_paragraph(screen, STYLE_LINK, 0, url);
    const char *status = pick_text(record, "status");
    if (*status) screen_paragraph(screen, strcmp(status, "live") ? STYLE_BAD : STYLE_GOOD, 0, status);
    print_claims(screen, record);
    const char *summary = pick_text(record, "summary"), *text = pick_text(record, "text");
    if (*summary) {
        screen_line_end(screen);
        print_text(screen, 0, summary);
    }
    if (*text) {
        screen_line_end(screen);
        print_text(screen, 0, text);
    }
    print_sections(screen, record);
    print_sources(screen, record);
}

static size_t count_words(const char *text) {
    size_t words = 0;
    while (*(text += strspn(text, " \t\r\n"))) {
        words++;
        text += strcspn(text, " \t\r\n");
    }
    return words;
}

static void print_outline(struct screen *screen, const cJSON *record) {
    const cJSON *section;
    int number = 0;
    const char *summary = pick_text(record, "summary");
    if (*summary) {
        screen_say(screen, STYLE_NONE, "  Summary, %zu words", count_words(summary));
        screen_line_end(screen);
    }
    cJSON_ArrayForEach (section, pick(record, "sections")) {
        screen_say(screen, STYLE_NONE, "  §%d %s, %zu words", ++number, pick_text(section, "heading"),
                   count_words(pick_text(section, "text")));
        screen_line_end(screen);
    }
}

/* How often each source is mentioned: 1×4 2×6 3×3. */
static void print_mentions(struct screen *screen, const cJSON *record) {
    const cJSON *mention, *other;
    int total = pick_size(record, "mentions");
    if (total == 0) return;
    struct wrap wrap;
    char text[64];
    wrap_begin(&wrap, screen, 0, 2);
    wrap_put(&wrap, STYLE_DIM, "mentions: ");
    snprintf(text, sizeof text, "%d", total);
    wrap_put(&wrap, STYLE_NONE, text);
    const cJSON *clusters = pick(record, "clusters");
    if (clusters) {
        snprintf(text, sizeof text, " in %.0f clusters",
                 cJSON_IsArray(clusters) ? cJSON_GetArraySize(clusters) : clusters->valuedouble);
        wrap_put(&wrap, STYLE_NONE, text);
    }
    wrap_put(&wrap, STYLE_NONE, ":");
    cJSON_ArrayForEach (mention, pick(record, "mentions")) {
        double n = pick_number(mention, "n");
        bool first = true;
        int count = 0;
        cJSON_ArrayForEach (other, pick(record, "mentions")) {
            if (pick_number(other, "n") != n) continue;
            if (count == 0) first = other == mention;
            count++;
        }
        if (!first) continue;
        snprintf(text, sizeof text, " [%.0f]×%d", n, count);
        wrap_put(&wrap, STYLE_NONE, text);
    }
    wrap_end(&wrap);
}

void print_get(struct context *context, const cJSON *record) {
    static const char *const apart[] = {"summary", "sections", "mentions", "clusters", "sources"};
    cJSON *rest = cJSON_Duplicate(record, true);
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        cJSON_DeleteItemFromObjectCaseSensitive(rest, apart[i]);
    print_any(context, rest);
    cJSON_Delete(rest);
    print_outline(&context->out, record);
    print_mentions(&context->out, record);
    const cJSON *source;
    cJSON_ArrayForEach (source, pick(record, "sources"))
        print_source(&context->out, 2, source);
}

void print_write(struct context *context, const cJSON *result) {
    char revision[40];
    if (!pick(result, "id")) {
        print_any(context, result);
        return;
    }
    screen_say(&context->out, STYLE_NONE, "%s", pick_text(result, "id"));
    screen_say(&context->out, STYLE_DIM, "  revision %s", pick_scalar(revision, result, "revision"));
    screen_line_end(&context->out);
    const cJSON *change;
    cJSON_ArrayForEach (change, pick(result, "changes")) {
        screen_say(&context->out, STYLE_NONE, "  %s: %s, was %s", pick_text(change, "field"),
                   pick_text(change, "action"), pick_text(change, "was"));
        screen_line_end(&context->out);
    }
}
