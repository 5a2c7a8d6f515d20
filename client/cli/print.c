/* Parts that several printers share: see print.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include "pick.h"

#include <string.h>

/* A date is enough where a time is given. */
static const char *date_of(char buffer[11], const char *when) {
    if (strlen(when) < 11 || when[10] != 'T') return when;
    memcpy(buffer, when, 10);
    buffer[10] = '\0';
    return buffer;
}

bool print_byline(struct screen *screen, int indent, const cJSON *record) {
    char date[11];
    const char *parts[] = {date_of(date, pick_text(record, "published")), pick_text(record, "outlet"),
                           pick_text(record, "verdict")};
    struct wrap wrap;
    bool any = false;
    for (size_t i = 0; i < 3; i++) {
        if (!*parts[i]) continue;
        if (!any) {
            screen_indent(screen, indent);
            wrap_begin(&wrap, screen, indent, indent);
        } else {
            wrap_put(&wrap, STYLE_DIM, " · ");
        }
        wrap_put(&wrap, i == 2 ? STYLE_WARN : STYLE_NONE, parts[i]);
        any = true;
    }
    if (any) wrap_end(&wrap);
    return any;
}

static void put_source(struct wrap *wrap, const cJSON *source) {
    const char *title = pick_text(source, "title"), *outlet = pick_text(source, "outlet");
    const char *url = pick_text(source, "url"), *status = pick_text(source, "status");
    char date[11];
    const char *published = date_of(date, pick_text(source, "published"));
    if (!*url) url = pick_text(source, "source");
    if (!*title && !*outlet && !*url) { /* a mark in the text to which the article's list has nothing */
        wrap_put(wrap, STYLE_WARN, "no source is listed under this number");
        return;
    }
    wrap_put(wrap, STYLE_NONE, title);
    if (*title && *outlet) wrap_put(wrap, STYLE_NONE, " — ");
    wrap_put(wrap, STYLE_NONE, outlet);
    if (*published) {
        if (*title || *outlet) wrap_put(wrap, STYLE_NONE, ", ");
        wrap_put(wrap, STYLE_NONE, published);
    }
    if (*status && strcmp(status, "live") != 0) {
        wrap_put(wrap, STYLE_NONE, " (");
        wrap_put(wrap, STYLE_BAD, status);
        wrap_put(wrap, STYLE_NONE, ")");
    }
    wrap_put(wrap, STYLE_NONE, " ");
    wrap_put(wrap, STYLE_LINK, url);
}

void print_source(struct screen *screen, int indent, const cJSON *source) {
    char number[40], mark[48];
    pick_scalar(number, source, "n");
    int len = *number ? snprintf(mark, sizeof mark, "[%s] ", number) : snprintf(mark, sizeof mark, "- ");
    screen_indent(screen, indent);
    screen_put(screen, STYLE_DIM, mark);
    struct wrap wrap;
    wrap_begin(&wrap, screen, indent + len, indent + len);
    put_source(&wrap, source);
    wrap_end(&wrap);
}

bool print_section(struct screen *screen, const cJSON *section) {
    const cJSON *number = cJSON_IsObject(section) ? pick(section, "number") : section;
    const char *heading = cJSON_IsObject(section) ? pick_text(section, "heading") : "";
    if (!cJSON_IsNumber(number)) return false;
    if (number->valuedouble == 0)
        screen_put(screen, STYLE_DIM, "Summary");
    else
        screen_say(screen, STYLE_DIM, "§%.0f", number->valuedouble);
    if (*heading && number->valuedouble != 0) screen_say(screen, STYLE_DIM, " %s", heading);
    return true;
}

void print_warnings(struct screen *screen, const cJSON *result) {
    const cJSON *warning;
    cJSON_ArrayForEach (warning, pick(result, "warnings")) {
        struct wrap wrap;
        wrap_begin(&wrap, screen, 0, 2);
        wrap_put(&wrap, STYLE_WARN, "Warning: ");
        wrap_put(&wrap, STYLE_NONE, cJSON_IsObject(warning) ? pick_text(warning, "message") : pick_text(warning, ""));
        wrap_end(&wrap);
    }
}

void print_counted(struct screen *screen, enum style style, double count, const char *singular, const char *plural) {
    char buffer[40];
    screen_say(screen, style, "%s %s", show_count(buffer, count), count == 1 ? singular : plural);
}
