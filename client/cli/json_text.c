/* JSON texts, kept as they came: see json_text.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_text.h"

#include "glyph.h"

#include <stdbool.h>
#include <string.h>

static const char *skip_space(const char *at) {
    return at + strspn(at, " \t\r\n");
}

/* Behind the closing quote. */
static const char *skip_string(const char *at) {
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1]) at++;
    return *at ? at + 1 : at;
}

static const char *skip_value(const char *at) {
    int depth = 0;
    do {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        if (*at == '{' || *at == '[') depth++;
        if (*at == '}' || *at == ']') depth--;
        bool scalar = depth == 0 && *at != '}' && *at != ']';
        at += scalar ? strcspn(at, ",]} \t\r\n") : 1;
    } while (*at && depth > 0);
    return at;
}

static struct json_span span(const char *start) {
    return (struct json_span){start, (size_t)(skip_value(start) - start)};
}

struct json_span json_text_member(const char *object, const char *name) {
    const char *at = skip_space(object);
    if (*at != '{') return (struct json_span){NULL, 0};
    size_t name_len = strlen(name);
    at = skip_space(at + 1);
    while (*at == '"') {
        const char *key = at + 1;
        at = skip_string(at);
        bool found = (size_t)(at - key) == name_len + 1 && memcmp(key, name, name_len) == 0;
        at = skip_space(at);
        if (*at != ':') break;
        at = skip_space(at + 1);
        if (found) return span(at);
        at = skip_space(skip_value(at));
        if (*at == ',') at = skip_space(at + 1);
    }
    return (struct json_span){NULL, 0};
}

struct json_span json_text_element(const char **at) {
    const char *start = skip_space(*at);
    if (*start == '[' || *start == ',')
        start = skip_space(start + 1);
    else if (*start != ']')
        start = "";
    if (!*start || *start == ']') return (struct json_span){NULL, 0};
    struct json_span element = span(start);
    /* Behind the element, so that the next call finds the comma. */
    *at = skip_space(start + element.len);
    return element;
}

static void line(FILE *file, int depth) {
    fprintf(file, "\n%*s", depth * 2, "");
}

static void put_char(FILE *file, const char **at) {
    const char *start = *at;
    uint32_t c = glyph_decode(at);
    if (glyph_harmful(c))
        fprintf(file, "\\u%04x", (unsigned)c);
    else
        fwrite(start, 1, (size_t)(*at - start), file);
}

static const char *put_string(FILE *file, const char *at) {
    const char *end = skip_string(at);
    while (at < end)
        put_char(file, &at);
    return end;
}

void json_text_indented(FILE *file, const char *text) {
    int depth = 0;
    for (const char *at = skip_space(text); *at; at = skip_space(at)) {
        const char *next = skip_space(at + 1);
        bool opens = *at == '{' || *at == '[';
        if (*at == '"') {
            at = put_string(file, at);
            continue;
        }
        if (opens && (*next == '}' || *next == ']')) {
            fprintf(file, "%c%c", *at, *next);
            at = next + 1;
            continue;
        }
        if (*at == '}' || *at == ']') line(file, --depth);
        fputc(*at, file);
        if (opens) line(file, ++depth);
        if (*at == ',') line(file, depth);
        if (*at == ':') fputc(' ', file);
        at++;
    }
    fputc('\n', file);
}
