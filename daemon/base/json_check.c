/* The strict check that every JSON text passes before cJSON reads it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One pass, no recursion: open arrays and objects lie on a stack of frames inside struct check.  Any
 * thread; allocates only for objects with more than JSON_KEYS_INLINE keys.  It never changes or copies
 * the text.  Grammar: RFC 8259; what is refused beyond it stands in base/json.h.
 *
 * Strings are most of every text: eight bytes at a time are looked at until one of them is special,
 * then the table `classes` decides byte by byte. */
#include "base/json.h"

#include "base/utf8.h"
#include "json_keys.h"
#include "json_number.h"
#include "utf8_step.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_DEFAULT = 100, DEPTH_MAX = 1000 };

/* What a byte is inside a string. */
enum class { PLAIN, QUOTE, BACKSLASH, CONTROL, MULTI };

static const unsigned char classes[256] = {
    [0 ... 0x1F] = CONTROL,
    ['"'] = QUOTE,
    ['\\'] = BACKSLASH,
    [0x80 ... 0xFF] = MULTI,
};

struct frame {
    uint32_t first_key; /* of an object, in check.keys */
    bool object;
};

struct check {
    const char *text;
    size_t len;
    size_t at;
    struct err *err;
    struct json_keys keys;
    int depth;
    int depth_max;
    size_t values_left;
    struct frame frames[DEPTH_MAX];
};

/* Counts lines up to position: only a text at fault pays for it. */
static void set_place(struct err *err, const char *text, size_t position) {
    if (!err) return;
    err->position = (long)position;
    err->line = 1;
    const char *line = text;
    for (const char *c; (c = memchr(line, '\n', (size_t)(text + position - line))); line = c + 1)
        err->line++;
    err->column = (long)(text + position - line) + 1;
}

__attribute__((format(printf, 4, 5))) static enum status fail_at(struct check *check, enum status status,
                                                                 size_t position, const char *format, ...) {
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(check->err, status, "JSON: %s at byte %zu", text, position);
    set_place(check->err, check->text, position);
    return status;
}

/* PARSE at the current byte, which the text shows. */
static enum status expected(struct check *check, const char *what) {
    if (check->at >= check->len) return fail_at(check, ST_PARSE, check->len, "%s, got the end of the text", what);
    unsigned char c = (unsigned char)check->text[check->at];
    if (c > 0x20 && c < 0x7F) return fail_at(check, ST_PARSE, check->at, "%s, got '%c'", what, c);
    return fail_at(check, ST_PARSE, check->at, "%s, got byte 0x%02x", what, c);
}

static void skip_space(struct check *check) {
    while (check->at < check->len) {
        char c = check->text[check->at];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') break;
        check->at++;
    }
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits at the current byte; moves behind them. */
static enum status read_hex4(struct check *check, unsigned *out) {
    *out = 0;
    for (int i = 0; i < 4; i++, check->at++) {
        int digit = check->at < check->len ? hex_digit(check->text[check->at]) : -1;
        if (digit < 0) return expected(check, "expected four hexadecimal digits behind \\u");
        *out = *out << 4 | (unsigned)digit;
    }
    return ST_OK;
}

/* \uXXXX with check->at on the first digit; a high surrogate takes its low one along. */
static enum status check_unicode_escape(struct check *check) {
    size_t start = check->at - 2;
    unsigned code;
    enum status status = read_hex4(check, &code);
    if (status) return status;
    if (code == 0) return fail_at(check, ST_PARSE, start, "expected no \\u0000");
    if (code >= 0xDC00 && code < 0xE000) return fail_at(check, ST_PARSE, start, "expected no lone surrogate");
    if (code < 0xD800 || code >= 0xE000) return ST_OK;
    if (check->len - check->at < 2 || memcmp(check->text + check->at, "\\u", 2) != 0)
        return fail_at(check, ST_PARSE, start, "expected no lone surrogate");
    check->at += 2;
    if ((status = read_hex4(check, &code))) return status;
    if (code < 0xDC00 || code >= 0xE000) return fail_at(check, ST_PARSE, start, "expected no lone surrogate");
    return ST_OK;
}

static enum status check_escape(struct check *check) {
    check->at++;
    if (check->at < check->len && strchr("\"\\/bfnrtu", check->text[check->at]) && check->text[check->at]) {
        check->at++;
        return check->text[check->at - 1] == 'u' ? check_unicode_escape(check) : ST_OK;
    }
    return expected(check, "expected one of \"\\/bfnrtu behind a backslash");
}

/* With check->at on the opening quote; ends behind the closing one. */
static enum status check_string(struct check *check) {
    const char *text = check->text;
    enum status status;
    check->at++;
    while (check->at < check->len) {
        while (check->len - check->at >= 8 && utf8_plain8(text + check->at))
            check->at += 8;
        while (check->at < check->len && classes[(unsigned char)text[check->at]] == PLAIN)
            check->at++;
        if (check->at >= check->len) break;
        switch (classes[(unsigned char)text[check->at]]) {
        case QUOTE: check->at++; return ST_OK;
        case BACKSLASH:
            if ((status = check_escape(check))) return status;
            break;
        case CONTROL: return expected(check, "expected control characters to be escaped in a string");
        default:
            while (check->at < check->len && (text[check->at] & 0x80)) {
                size_t step = utf8_step((const unsigned char *)text + check->at, check->len - check->at);
                if (!step) return expected(check, "expected valid UTF-8");
                check->at += step;
            }
        }
    }
    return expected(check, "expected a closing quote");
}

static enum status check_word(struct check *check, const char *word) {
    for (; *word; word++, check->at++) {
        if (check->at >= check->len || check->text[check->at] != *word)
            return expected(check, "expected true, false or null");
    }
    return ST_OK;
}

static bool is_of_number(char c) {
    return c && strchr("+-.0123456789Ee", c);
}

static enum status check_number(struct check *check) {
    size_t start = check->at;
    const char *wrong = json_number_check(check->text, check->len, &check->at);
    if (!wrong) return ST_OK;
    if (check->at > start) return expected(check, wrong);
    size_t len = 0;
    while (len < 63 && start + len < check->len && is_of_number(check->text[start + len]))
        len++;
    return fail_at(check, ST_PARSE, start, "%s, got %.*s", wrong, (int)len, check->text + start);
}

/* A string, number or word at the current byte. */
static enum status check_scalar(struct check *check) {
    char c = check->at < check->len ? check->text[check->at] : '\0';
    switch (c) {
    case '"': return check_string(check);
    case 't': return check_word(check, "true");
    case 'f': return check_word(check, "false");
    case 'n': return check_word(check, "null");
    default:
        if (c == '-' || (c >= '0' && c <= '9')) return check_number(check);
        return expected(check, "expected a value");
    }
}

/* Key and colon, with check->at where the key should stand; ends where the value should begin. */
static enum status check_key(struct check *check) {
    size_t start = check->at;
    if (start >= check->len || check->text[start] != '"') return expected(check, "expected a key in double quotes");
    enum status status = check_string(check);
    if (status) return status;
    if (!json_keys_add(&check->keys, start, check->at - start))
        return fail_at(check, ST_NO_MEMORY, start, "not enough memory for the keys of an object");
    skip_space(check);
    if (check->at >= check->len || check->text[check->at] != ':') return expected(check, "expected ':' behind a key");
    check->at++;
    skip_space(check);
    return ST_OK;
}

/* The bracket at the current byte.  *empty: it is closed at once, so that a whole value has ended. */
static enum status open_frame(struct check *check, bool *empty) {
    bool object = check->text[check->at] == '{';
    if (check->depth == check->depth_max)
        return fail_at(check, ST_TOO_LARGE, check->at, "nesting is deeper than %d levels", check->depth_max);
    check->frames[check->depth++] = (struct frame){.first_key = (uint32_t)check->keys.count, .object = object};
    check->at++;
    skip_space(check);
    *empty = check->at < check->len && check->text[check->at] == (object ? '}' : ']');
    if (*empty) return ST_OK;
    return object ? check_key(check) : ST_OK;
}

static enum status close_frame(struct check *check) {
    struct frame *frame = &check->frames[--check->depth];
    check->at++;
    if (!frame->object) return ST_OK;
    size_t repeated = json_keys_end_object(&check->keys, frame->first_key);
    if (repeated == SIZE_MAX) return ST_OK;
    const char *key = check->text + repeated + 1;
    size_t len = strcspn(key, "\"");
    return fail_at(check, ST_PARSE, repeated, "duplicate key '%.*s'", (int)utf8_floor(key, len, 100), key);
}

/* Behind a value: closes what ends here.  *more: a further value must follow. */
static enum status after_value(struct check *check, bool *more) {
    enum status status;
    *more = false;
    while (check->depth > 0) {
        bool object = check->frames[check->depth - 1].object;
        skip_space(check);
        char c = check->at < check->len ? check->text[check->at] : '\0';
        if (c == ',') {
            *more = true;
            check->at++;
            skip_space(check);
            return object ? check_key(check) : ST_OK;
        }
        if (c != (object ? '}' : ']'))
            return expected(check, object ? "expected ',' or '}' in an object" : "expected ',' or ']' in an array");
        if ((status = close_frame(check))) return status;
    }
    return ST_OK;
}

static enum status check_text(struct check *check) {
    enum status status;
    bool more = true;
    skip_space(check);
    while (more) {
        char c = check->at < check->len ? check->text[check->at] : '\0';
        bool empty = true;
        if (check->values_left-- == 0)
            return fail_at(check, ST_TOO_LARGE, check->at, "more values than the limit allows");
        status = c == '{' || c == '[' ? open_frame(check, &empty) : check_scalar(check);
        if (status) return status;
        if (empty && (status = after_value(check, &more))) return status;
    }
    skip_space(check);
    return check->at == check->len ? ST_OK : expected(check, "expected nothing behind the value");
}

enum status json_check(const char *text, size_t len, const struct json_limits *limits, struct err *err) {
    struct check check; /* the frames are large: not cleared */
    size_t bytes_max = limits && limits->bytes ? limits->bytes : UINT32_MAX;
    int depth_max = limits && limits->depth ? limits->depth : DEPTH_DEFAULT;
    if (len > bytes_max || len > UINT32_MAX)
        return err_set(err, ST_TOO_LARGE, "JSON: %zu bytes are above the limit of %zu", len, bytes_max);
    check.text = text;
    check.len = len;
    check.at = 0;
    check.err = err;
    check.depth = 0;
    check.depth_max = depth_max < DEPTH_MAX ? depth_max : DEPTH_MAX;
    check.values_left = limits && limits->values ? limits->values : SIZE_MAX;
    json_keys_init(&check.keys, text);
    enum status status = check_text(&check);
    json_keys_free(&check.keys);
    return status;
}
