/* JSON's only door: writing answers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One owner at a time, like the buffer below.  The writer puts commas and colons; a value where a key
 * belongs, an end that fits nothing or more than 64 levels are bugs and abort.  Strings are copied in
 * runs: only quote, backslash, control characters and invalid UTF-8 stop a run.  Numbers are written
 * with a point, so the process must leave LC_NUMERIC at "C". */
#include "base/json.h"

#include "base/ensure.h"
#include "utf8_step.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_MAX = 64, TREE_DEPTH_MAX = 1000 };

/* The letter of a short escape, 'u' for \u00XX, 0 for none. */
static const char escapes[256] = {
    [0 ... 7] = 'u', ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',      [11] = 'u',
    ['\f'] = 'f',    ['\r'] = 'r', ['"'] = '"',  [14 ... 31] = 'u', ['\\'] = '\\',
};

void jw_init(struct jw *jw, struct buf *buf) {
    *jw = (struct jw){.buf = buf};
}

/* Puts what stands before a value: nothing, or a comma inside an array. */
static void begin_value(struct jw *jw) {
    if (jw->after_key) {
        jw->after_key = false;
        return;
    }
    if (jw->depth == 0) return;
    uint64_t bit = UINT64_C(1) << (jw->depth - 1);
    if (jw->first & bit)
        jw->first &= ~bit;
    else
        buf_char(jw->buf, ',');
}

static void open_level(struct jw *jw, char bracket) {
    begin_value(jw);
    ENSURE(jw->depth < LEVELS_MAX);
    jw->first |= UINT64_C(1) << jw->depth++;
    buf_char(jw->buf, bracket);
}

static void close_level(struct jw *jw, char bracket) {
    ENSURE(jw->depth > 0 && !jw->after_key);
    jw->depth--;
    jw->first &= ~(UINT64_C(1) << jw->depth);
    buf_char(jw->buf, bracket);
}

void jw_object(struct jw *jw) {
    open_level(jw, '{');
}
void jw_object_end(struct jw *jw) {
    close_level(jw, '}');
}
void jw_array(struct jw *jw) {
    open_level(jw, '[');
}
void jw_array_end(struct jw *jw) {
    close_level(jw, ']');
}

static void put_escape(struct buf *buf, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    char out[6] = {'\\', escapes[c], '0', '0', hex[c >> 4], hex[c & 15]};
    buf_add(buf, out, escapes[c] == 'u' ? 6 : 2);
}

static void put_string(struct buf *buf, const char *text, size_t len) {
    size_t run = 0; /* where the run that is not copied yet begins */
    size_t at = 0;
    buf_char(buf, '"');
    while (at < len) {
        if (len - at >= 8 && utf8_plain8(text + at)) {
            at += 8;
            continue;
        }
        unsigned char c = (unsigned char)text[at];
        size_t step = utf8_step((const unsigned char *)text + at, len - at);
        if (step && !escapes[c]) {
            at += step;
            continue;
        }
        buf_add(buf, text + run, at - run);
        if (step)
            put_escape(buf, c);
        else
            buf_add(buf, "\xEF\xBF\xBD", 3);
        run = ++at;
    }
    buf_add(buf, text + run, len - run);
    buf_char(buf, '"');
}

void jw_key(struct jw *jw, const char *key) {
    ENSURE(jw->depth > 0 && !jw->after_key);
    begin_value(jw);
    put_string(jw->buf, key, strlen(key));
    buf_char(jw->buf, ':');
    jw->after_key = true;
}

void jw_stringn(struct jw *jw, const char *text, size_t len) {
    begin_value(jw);
    put_string(jw->buf, text, len);
}

void jw_string(struct jw *jw, const char *text) {
    if (text)
        jw_stringn(jw, text, strlen(text));
    else
        jw_null(jw);
}

void jw_int(struct jw *jw, int64_t value) {
    begin_value(jw);
    char text[24];
    buf_add(jw->buf, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)value));
}

/* JSON has no NaN and no infinity: null stands for them. */
static void put_number(struct buf *buf, double value) {
    char text[32];
    int len = 0;
    if (!isfinite(value)) {
        buf_str(buf, "null");
        return;
    }
    if (fabs(value) < 9007199254740992.0 && value == floor(value) && !(value == 0.0 && signbit(value))) {
        len = snprintf(text, sizeof text, "%lld", (long long)value);
    } else {
        /* %g drops trailing zeros, so 15 digits give short numbers too; near zero doubles hold fewer. */
        for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
            len = snprintf(text, sizeof text, "%.*g", digits, value);
            if (strtod(text, NULL) == value) break;
        }
        /* Readers take a plain integer beyond 2^53 for one that lost digits; json_check refuses it. */
        if (!strpbrk(text, ".e")) len += snprintf(text + len, sizeof text - (size_t)len, ".0");
    }
    buf_add(buf, text, (size_t)len);
}

void jw_number(struct jw *jw, double value) {
    begin_value(jw);
    put_number(jw->buf, value);
}

void jw_fixed(struct jw *jw, double value, int decimals) {
    begin_value(jw);
    if (isfinite(value))
        buf_printf(jw->buf, "%.*f", decimals, value);
    else
        buf_str(jw->buf, "null");
}

void jw_bool(struct jw *jw, bool value) {
    begin_value(jw);
    buf_str(jw->buf, value ? "true" : "false");
}

void jw_null(struct jw *jw) {
    begin_value(jw);
    buf_str(jw->buf, "null");
}

void jw_raw(struct jw *jw, const char *json, size_t len) {
    begin_value(jw);
    buf_add(jw->buf, json, len);
}

/* One node of a tree without its children; `named`: it is a member of an object. */
static void put_node(struct buf *buf, const cJSON *node, bool named) {
    if (named) {
        put_string(buf, node->string, strlen(node->string));
        buf_char(buf, ':');
    }
    switch (node->type & 0xFF) {
    case cJSON_False: buf_str(buf, "false"); break;
    case cJSON_True: buf_str(buf, "true"); break;
    case cJSON_Number: put_number(buf, node->valuedouble); break;
    case cJSON_String: put_string(buf, node->valuestring, strlen(node->valuestring)); break;
    case cJSON_Raw: buf_str(buf, node->valuestring); break;
    case cJSON_Array: buf_char(buf, '['); break;
    case cJSON_Object: buf_char(buf, '{'); break;
    default: buf_str(buf, "null");
    }
}

/* Walks the tree with a stack of its own: a record may be nested deeper than an answer. */
void jw_value(struct jw *jw, const cJSON *value) {
    const cJSON *parents[TREE_DEPTH_MAX];
    int depth = 0;
    begin_value(jw);
    if (!value) {
        buf_str(jw->buf, "null");
        return;
    }
    cJSON root = *value; /* without its siblings */
    root.next = NULL;
    const cJSON *node = &root;
    for (;;) {
        put_node(jw->buf, node, depth > 0 && cJSON_IsObject(parents[depth - 1]));
        bool nested = cJSON_IsArray(node) || cJSON_IsObject(node);
        if (nested && node->child) {
            ENSURE(depth < TREE_DEPTH_MAX);
            parents[depth++] = node;
            node = node->child;
            continue;
        }
        if (nested) buf_char(jw->buf, cJSON_IsArray(node) ? ']' : '}');
        while (!node->next && depth > 0) {
            node = parents[--depth];
            buf_char(jw->buf, cJSON_IsArray(node) ? ']' : '}');
        }
        if (!node->next) return;
        buf_char(jw->buf, ',');
        node = node->next;
    }
}

void jw_kstring(struct jw *jw, const char *key, const char *text) {
    jw_key(jw, key);
    jw_string(jw, text);
}

void jw_ksome(struct jw *jw, const char *key, const char *text) {
    if (text && *text) jw_kstring(jw, key, text);
}

void jw_kint(struct jw *jw, const char *key, int64_t value) {
    jw_key(jw, key);
    jw_int(jw, value);
}

void jw_kbool(struct jw *jw, const char *key, bool value) {
    jw_key(jw, key);
    jw_bool(jw, value);
}
