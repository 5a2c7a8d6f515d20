/* A strict reader of JSON texts: see scan.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   value  = object | array | string | number | true | false | null
 *   number = -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
 *   string = " (any byte from 0x20 but " and \ | \ ["\/bfnrt] | \u hex hex hex hex)* "
 *
 * Nesting is kept as one bit a level, not on the call stack: no answer can exhaust the stack of a caller. */
#include "scan.h"

#include <string.h>

static void skip_space(struct scan *scan) {
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
        scan->at++;
}

static bool next_is(const struct scan *scan, char c) {
    return scan->at < scan->end && *scan->at == c;
}

static bool take(struct scan *scan, char c) {
    if (!next_is(scan, c)) return false;
    scan->at++;
    return true;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool skip_escape(struct scan *scan) {
    if (scan->at >= scan->end) return false;
    char c = *scan->at;
    if (c == 'u') {
        scan->at++;
        for (int i = 0; i < 4; i++) {
            if (scan->at >= scan->end || !is_hex(*scan->at)) return false;
            scan->at++;
        }
        return true;
    }
    if (!c || !strchr("\"\\/bfnrt", c)) return false;
    scan->at++;
    return true;
}

static bool skip_string(struct scan *scan) {
    if (!take(scan, '"')) return false;
    while (scan->at < scan->end) {
        unsigned char c = (unsigned char)*scan->at;
        if (c < 0x20) return false;
        scan->at++;
        if (c == '"') return true;
        if (c == '\\' && !skip_escape(scan)) return false;
    }
    return false;
}

static bool skip_digits(struct scan *scan) {
    const char *start = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > start;
}

static bool skip_number(struct scan *scan) {
    take(scan, '-');
    if (!take(scan, '0') && !skip_digits(scan)) return false;
    if (take(scan, '.') && !skip_digits(scan)) return false;
    if (take(scan, 'e') || take(scan, 'E')) {
        if (!take(scan, '+')) take(scan, '-');
        return skip_digits(scan);
    }
    return true;
}

static bool skip_word(struct scan *scan, const char *word) {
    size_t len = strlen(word);
    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0) return false;
    scan->at += len;
    return true;
}

static bool skip_scalar(struct scan *scan) {
    if (scan->at >= scan->end) return false;
    switch (*scan->at) {
    case '"': return skip_string(scan);
    case 't': return skip_word(scan, "true");
    case 'f': return skip_word(scan, "false");
    case 'n': return skip_word(scan, "null");
    default: return skip_number(scan);
    }
}

static bool skip_key(struct scan *scan) {
    skip_space(scan);
    if (!skip_string(scan)) return false;
    skip_space(scan);
    return take(scan, ':');
}

/* The open containers: bit set for an object. */
struct nesting {
    unsigned char bits[SCAN_DEPTH / 8 + 1];
    int depth;
};

static bool in_object(const struct nesting *nesting) {
    int level = nesting->depth - 1;
    return nesting->bits[level / 8] >> (level % 8) & 1;
}

static bool enter(struct nesting *nesting, bool object) {
    if (nesting->depth == SCAN_DEPTH) return false;
    int level = nesting->depth++;
    unsigned char bit = (unsigned char)(1 << (level % 8));
    nesting->bits[level / 8] =
        (unsigned char)(object ? nesting->bits[level / 8] | bit : nesting->bits[level / 8] & ~bit);
    return true;
}

/* At the start of a value.  *whole: it was a scalar or an empty container; otherwise its first value comes. */
static bool begin_value(bool *whole, struct scan *scan, struct nesting *nesting) {
    skip_space(scan);
    *whole = true;
    bool object = next_is(scan, '{');
    if (!object && !next_is(scan, '[')) return skip_scalar(scan);
    scan->at++;
    skip_space(scan);
    if (take(scan, object ? '}' : ']')) return true;
    *whole = false;
    return enter(nesting, object) && (!object || skip_key(scan));
}

/* Behind a value inside a container: closes what ends here.  true: another value comes, or all is closed. */
static bool end_value(struct scan *scan, struct nesting *nesting) {
    while (nesting->depth > 0) {
        skip_space(scan);
        bool object = in_object(nesting);
        if (take(scan, ',')) return !object || skip_key(scan);
        if (!take(scan, object ? '}' : ']')) return false;
        nesting->depth--;
    }
    return true;
}

bool scan_value(struct span *out, struct scan *scan) {
    struct nesting nesting = {.depth = 0};
    skip_space(scan);
    out->start = scan->at;
    do {
        bool whole;
        if (!begin_value(&whole, scan, &nesting)) return false;
        if (whole && !end_value(scan, &nesting)) return false;
    } while (nesting.depth > 0);
    out->len = (size_t)(scan->at - out->start);
    return true;
}

bool scan_text(struct span *out, const char *text, size_t len, const char **fault) {
    struct scan scan = {text, text + len};
    bool valid = scan_value(out, &scan);
    if (valid) skip_space(&scan);
    *fault = scan.at;
    return valid && scan.at == scan.end;
}

bool scan_enter(struct scan *scan, struct span object) {
    *scan = (struct scan){object.start, object.start + object.len};
    return take(scan, '{');
}

bool scan_member(struct span *key, struct span *value, struct scan *scan) {
    skip_space(scan);
    if (take(scan, ',')) skip_space(scan);
    const char *start = scan->at;
    if (!skip_string(scan)) return false;
    *key = (struct span){start + 1, (size_t)(scan->at - start) - 2};
    skip_space(scan);
    return take(scan, ':') && scan_value(value, scan);
}

bool span_equals(struct span span, const char *text) {
    return span.len == strlen(text) && memcmp(span.start, text, span.len) == 0;
}
