/* The fields in front of a Markdown text; the grammar stands in front_matter.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Blocks are read by recursion, as deep as DEPTH_MAX.  Pure: any thread. */
#include "front_matter.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8 };

struct yaml_line {
    const char *text; /* behind the indent; no white space at its end */
    size_t len, indent;
};

struct yaml {
    struct arena *arena;
    struct yaml_line *lines; /* from the one behind the first --- to the closing one */
    size_t count, at;
    int depth;
    struct err *err;
};

static enum status wrong(struct yaml *yaml, const char *place, const char *expected) {
    const struct yaml_line *line = &yaml->lines[yaml->at < yaml->count ? yaml->at : yaml->count - 1];
    err_set(yaml->err, ST_INVALID_FORMAT, "front matter: %s", expected);
    yaml->err->line = (long)(line - yaml->lines) + 2;
    yaml->err->column = (long)(place - line->text) + (long)line->indent + 1;
    return ST_INVALID_FORMAT;
}

static bool is_comment(const struct yaml_line *line) {
    return line->len == 0 || *line->text == '#';
}

/* The next line that says something; NULL at the end. */
static const struct yaml_line *next_line(struct yaml *yaml) {
    while (yaml->at < yaml->count && is_comment(&yaml->lines[yaml->at]))
        yaml->at++;
    return yaml->at < yaml->count ? &yaml->lines[yaml->at] : NULL;
}

static bool is_item(const struct yaml_line *line) {
    return *line->text == '-' && (line->len == 1 || line->text[1] == ' ');
}

static size_t skip_blanks(const char *text, size_t len, size_t at) {
    while (at < len && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at;
}

static char unescaped(char c) {
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
    }
}

/* `\u00e9` behind the backslash, as YAML and JSON have it; false: not four digits, or no character. */
static bool put_code(const char *digits, const char *end, char *out, size_t *len) {
    char hex[5] = "", *stop;
    if (end - digits < 4) return false;
    memcpy(hex, digits, 4);
    unsigned long code = strtoul(hex, &stop, 16);
    if (stop != hex + 4 || strspn(hex, "+- ") || code == 0 || (code >= 0xD800 && code < 0xE000)) return false;
    *len += utf8_put(out + *len, (uint32_t)code);
    return true;
}

/* What stands behind a backslash at text[*at]; moves to its last byte. */
static bool put_escape(const char *text, size_t len, size_t *at, char *word, size_t *n) {
    if (++*at < len && text[*at] == 'u') {
        if (!put_code(text + *at + 1, text + len, word, n)) return false;
        *at += 4;
        return true;
    }
    if (*at < len) word[(*n)++] = unescaped(text[*at]);
    return *at < len;
}

/* A quoted string at *at; moves behind it. */
static enum status read_quoted(struct yaml *yaml, const char *text, size_t len, size_t *at, cJSON **out) {
    char quote = text[*at], *word = arena_alloc(yaml->arena, len + 4);
    size_t n = 0;
    for (size_t i = *at + 1; i < len; i++) {
        bool doubled = quote == '\'' && text[i] == quote && i + 1 < len && text[i + 1] == quote;
        if (text[i] == quote && !doubled) {
            *at = i + 1;
            *out = cJSON_CreateString(word);
            return ST_OK;
        }
        if (quote == '"' && text[i] == '\\') {
            size_t escape = i;
            if (!put_escape(text, len, &i, word, &n))
                return wrong(yaml, text + escape, "expected a character, or u and four hexadecimal digits, behind \\");
            continue;
        }
        i += doubled;
        word[n++] = text[i];
    }
    return wrong(yaml, text + *at, "expected a closing quote in the same line");
}

/* A plain scalar: up to ` #`, or in a list to , or ]. */
static enum status read_plain(struct yaml *yaml, const char *text, size_t len, size_t *at, bool in_list, cJSON **out) {
    size_t end = *at, start = *at;
    if (strchr("&*!%@`{}|>?,]", text[start])) return wrong(yaml, text + start, "expected quotes around such a value");
    while (end < len && !(in_list && strchr(",]", text[end])) &&
           !(text[end] == '#' && end > start && text[end - 1] == ' '))
        end++;
    *at = end;
    while (end > start && (text[end - 1] == ' ' || text[end - 1] == '\t'))
        end--;
    const char *word = arena_strndup(yaml->arena, text + start, end - start);
    bool null = strcmp(word, "~") == 0 || strcmp(word, "null") == 0;
    *out = null ? cJSON_CreateNull() : cJSON_CreateString(word);
    return ST_OK;
}

static enum status read_scalar(struct yaml *yaml, const char *text, size_t len, size_t *at, bool in_list, cJSON **out) {
    return text[*at] == '"' || text[*at] == '\'' ? read_quoted(yaml, text, len, at, out)
                                                 : read_plain(yaml, text, len, at, in_list, out);
}

/* `[a, "b"]` at *at; moves behind it. */
static enum status read_flow(struct yaml *yaml, const char *text, size_t len, size_t *at, cJSON **out) {
    size_t i = skip_blanks(text, len, *at + 1);
    *out = cJSON_CreateArray();
    while (i < len && text[i] != ']') {
        cJSON *item = NULL;
        enum status status = read_scalar(yaml, text, len, &i, true, &item);
        if (status) return status;
        cJSON_AddItemToArray(*out, item);
        i = skip_blanks(text, len, i);
        if (i < len && text[i] == ',')
            i = skip_blanks(text, len, i + 1);
        else if (i < len && text[i] != ']')
            return wrong(yaml, text + i, "expected ',' or ']' in a list");
    }
    if (i >= len) return wrong(yaml, text + len, "expected ']' in the same line");
    *at = i + 1;
    return ST_OK;
}

/* The lines below that are indented deeper, as they are (|) or joined (>). */
static enum status read_lines(struct yaml *yaml, char style, size_t indent, cJSON **out) {
    struct buf words;
    size_t inner = 0, breaks = 0;
    buf_init(&words, 0);
    for (; yaml->at < yaml->count; yaml->at++) {
        const struct yaml_line *line = &yaml->lines[yaml->at];
        if (line->len == 0) {
            breaks++;
            continue;
        }
        if (line->indent <= indent) break;
        if (!inner) inner = line->indent;
        /* Joined lines are parted by a blank; each blank line between them is a line break. */
        if (words.len && style == '>' && breaks == 0)
            buf_char(&words, ' ');
        else if (words.len && style == '|')
            buf_char(&words, '\n');
        for (; words.len && breaks > 0; breaks--)
            buf_char(&words, '\n');
        breaks = 0;
        for (size_t i = inner; i < line->indent; i++)
            buf_char(&words, ' ');
        buf_add(&words, line->text, line->len);
    }
    *out = cJSON_CreateString(words.data ? words.data : "");
    buf_free(&words);
    return ST_OK;
}

static enum status read_block(struct yaml *yaml, size_t indent, cJSON **out);

/* What stands behind `key:` or `-`, which begin at `indent`; moves to the next line. */
static enum status read_value(struct yaml *yaml, size_t indent, bool is_list_item, const char *text, size_t len,
                              cJSON **out) {
    size_t at = skip_blanks(text, len, 0);
    bool lines = at < len && strchr("|>", text[at]) && strspn(text + at + 1, "+-") >= len - at - 1;
    if (at == len || text[at] == '#' || lines) {
        char style = lines ? text[at] : '\0';
        yaml->at++;
        if (style) return read_lines(yaml, style, indent, out);
        const struct yaml_line *line = next_line(yaml);
        bool block = line && (line->indent > indent || (!is_list_item && line->indent == indent && is_item(line)));
        *out = block ? NULL : cJSON_CreateNull();
        return block ? read_block(yaml, line->indent, out) : ST_OK;
    }
    enum status status =
        text[at] == '[' ? read_flow(yaml, text, len, &at, out) : read_scalar(yaml, text, len, &at, false, out);
    if (status) return status;
    at = skip_blanks(text, len, at);
    if (at < len && text[at] != '#') return wrong(yaml, text + at, "expected nothing behind the value");
    yaml->at++;
    return ST_OK;
}

/* Bytes of the key that a line begins with; 0 if none. */
static size_t key_len(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ':' && (i + 1 == len || text[i + 1] == ' ')) return i;
        if (strchr(" \"'[]{},#", text[i])) return 0;
    }
    return 0;
}

/* `1` of a source's number. */
static cJSON *number_of(cJSON *value) {
    const char *text = cJSON_GetStringValue(value);
    if (!text || !*text || strlen(text) > 9 || text[strspn(text, "0123456789")]) return value;
    cJSON *number = cJSON_CreateNumber(atof(text));
    cJSON_Delete(value);
    return number;
}

static enum status read_map(struct yaml *yaml, size_t indent, cJSON *map) {
    const struct yaml_line *line;
    while ((line = next_line(yaml)) && line->indent == indent) {
        size_t len = key_len(line->text, line->len);
        if (!len) return wrong(yaml, line->text, "expected `key: value`");
        const char *key = arena_strndup(yaml->arena, line->text, len);
        if (json_get(map, key)) return wrong(yaml, line->text, "expected each key once");
        cJSON *value = NULL;
        enum status status = read_value(yaml, indent, false, line->text + len + 1, line->len - len - 1, &value);
        if (value) cJSON_AddItemToObject(map, key, strcmp(key, "n") == 0 ? number_of(value) : value);
        if (status) return status;
    }
    if (line && line->indent > indent) return wrong(yaml, line->text, "expected a line indented like those above");
    return ST_OK;
}

static enum status read_list(struct yaml *yaml, size_t indent, cJSON *list) {
    struct yaml_line *line;
    while ((line = (struct yaml_line *)next_line(yaml)) && line->indent == indent && is_item(line)) {
        size_t at = skip_blanks(line->text, line->len, 1);
        cJSON *value = NULL;
        enum status status;
        if (key_len(line->text + at, line->len - at)) {
            /* A map begins in the item's own line: the dash counts as indent. */
            line->text += at;
            line->len -= at;
            line->indent += at;
            status = read_block(yaml, line->indent, &value);
        } else {
            status = read_value(yaml, indent, true, line->text + 1, line->len - 1, &value);
        }
        if (value) cJSON_AddItemToArray(list, value);
        if (status) return status;
    }
    if (line && line->indent > indent) return wrong(yaml, line->text, "expected a line indented like those above");
    return ST_OK;
}

static enum status read_block(struct yaml *yaml, size_t indent, cJSON **out) {
    const struct yaml_line *line = next_line(yaml);
    bool list = is_item(line);
    if (yaml->depth == DEPTH_MAX) return wrong(yaml, line->text, "expected less nesting");
    *out = list ? cJSON_CreateArray() : cJSON_CreateObject();
    yaml->depth++;
    enum status status = list ? read_list(yaml, indent, *out) : read_map(yaml, indent, *out);
    yaml->depth--;
    return status;
}

static bool is_fence(const char *line, size_t len, const char *fence) {
    while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        len--;
    return len == 3 && memcmp(line, fence, 3) == 0;
}

/* Splits off the lines of a front matter; bytes up to behind it, 0 when there is none. */
static size_t split(struct yaml *yaml, const char *text, size_t len) {
    size_t capacity = 0;
    const char *line = text, *end = text + len, *stop;
    for (size_t i = 0; line < end; i++, line = stop + 1) {
        stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        size_t line_len = (size_t)(stop - line);
        if (i == 0 && !is_fence(line, line_len, "---")) return 0;
        if (i == 0) continue;
        if (is_fence(line, line_len, "---") || is_fence(line, line_len, "..."))
            return (size_t)(stop - text) + (stop < end);
        size_t indent = strspn(line, " ");
        if (indent > line_len) indent = line_len;
        struct yaml_line found = {.text = line + indent, .len = line_len - indent, .indent = indent};
        while (found.len && (found.text[found.len - 1] == ' ' || found.text[found.len - 1] == '\t'))
            found.len--;
        yaml->lines = arena_grow(yaml->arena, yaml->lines, yaml->count, &capacity, sizeof found);
        yaml->lines[yaml->count++] = found;
    }
    return 0;
}

enum status front_matter_read(struct arena *arena, const char *text, size_t len, cJSON *record, size_t *used,
                              struct err *err) {
    struct yaml yaml = {.arena = arena, .err = err};
    *used = split(&yaml, text, len);
    const struct yaml_line *line = *used ? next_line(&yaml) : NULL;
    if (!line) return ST_OK;
    enum status status = read_map(&yaml, line->indent, record);
    if (!status && yaml.at < yaml.count) return wrong(&yaml, yaml.lines[yaml.at].text, "expected `key: value`");
    return status;
}
