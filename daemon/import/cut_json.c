/* Cuts JSON into records without reading it: values one behind the other, the elements of an array, of a bundle, or of
 * a feed.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   file   = { value | "[" [ value { "," value } ] "]" | bundle }
 *   bundle = "{" "articles" ":" "[" … "]" { "," key ":" ( "[" … "]" | value ) } "}"
 *
 *   feed   = "{" { key ":" value "," } "dataFeedElement" ":" "[" … "]" { "," key ":" value } "}"     JSON-LD only
 *
 * "articles" must be the first key, so that no list is ever held whole; of a bundle's other members only
 * "sources", a list, has records, and the rest describes the file and is passed over.  Only strings and brackets
 * are understood here; json_parse judges each record.  A fault stays inside its record where that is possible: a
 * bracket that closes an outer one closes what is open inside it, and what lacks a comma in front is read
 * nevertheless.  One thread at a time. */
#include "cut.h"

#include <string.h>

enum state {
    TOP,      /* outside everything */
    PROBE,    /* behind a first {: is it a bundle? */
    DOCUMENT, /* in an object that may turn out to be a feed */
    VALUE,    /* in a record */
    SCALAR,   /* in one that is no object, array or string, which is wrong, but not here */
    ELEMENT,  /* in a list, before a record or ] */
    COMMA,    /* in a list, behind a record */
    MEMBER,   /* in a bundle, behind a member */
    KEY,      /* before its next key */
    IN_KEY,
    COLON,
    MEMBER_VALUE, /* before a member's value */
    PASS_VALUE,   /* in a member's value that is passed over */
    PASS_SCALAR,
    BROKEN, /* behind a fault that leaves no way to tell records */
};

static const char bundle_key[] = "\"articles\"";
static const char feed_key[] = "dataFeedElement";
enum document { DOCUMENT_KEY, DOCUMENT_IN_KEY, DOCUMENT_COLON, DOCUMENT_VALUE, DOCUMENT_REST }; /* of a member */
enum { PROBE_COLON = sizeof bundle_key - 1, PROBE_BRACKET };

static const char missing_comma[] = "expected ',' between two records";
static const char missing_record[] = "expected a record behind ','";
static const char second_comma[] = "expected a record, got ','";
static const char stray_bracket[] = "expected a record, got a closing bracket";
static const char wrong_member[] = "expected ',' or '}' behind a list of records; the rest of the file is not read";
static const char wrong_key[] = "expected a key in double quotes; the rest of the file is not read";
static const char wrong_colon[] = "expected ':' behind a key; the rest of the file is not read";
static const char wrong_list[] = "expected a list of records behind this key; the rest of the file is not read";
static const char missing_bracket[] = "expected ']' behind the last record, got the end of the file";
static const char missing_brace[] = "expected '}' behind the lists of records, got the end of the file";

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static size_t count_space(const char *bytes, size_t len) {
    size_t n = 0;
    while (n < len && is_space(bytes[n]))
        n++;
    return n;
}

static size_t count_scalar(const char *bytes, size_t len) {
    size_t n = 0;
    while (n < len && !is_space(bytes[n]) && (!bytes[n] || !strchr(",[]{}", bytes[n])))
        n++;
    return n;
}

static size_t fault(struct cutting *cut, enum cut_event *event, const char *text, size_t moved) {
    *event = CUT_FAULT;
    cut->fault = text;
    return moved;
}

static size_t broken(struct cutting *cut, enum cut_event *event, const char *text) {
    cut->json.state = BROKEN;
    return fault(cut, event, text, 0);
}

static void open_bracket(struct cut_json *json, char bracket) {
    if (json->depth < CUT_DEPTH_MAX) json->open[json->depth] = bracket;
    json->depth++;
}

/* False: no such bracket is open in the value, so that it has ended before this one. */
static bool close_bracket(struct cut_json *json, char bracket) {
    for (int depth = json->depth; depth-- > 0;) {
        if (depth < CUT_DEPTH_MAX && json->open[depth] != bracket) continue;
        json->depth = depth;
        return true;
    }
    return false;
}

/* At the first byte of a value. */
static void begin_value(struct cut_json *json, enum state state) {
    json->state = state;
    json->depth = 0;
    json->string = json->escape = false;
}

/* Moves inside a string to the byte that is special there, or to the end. */
static size_t scan_string(struct cut_json *json, const char *bytes, size_t len, size_t at) {
    while (at < len && bytes[at] != '"' && bytes[at] != '\\')
        at++;
    if (at == len) return at;
    json->escape = bytes[at] == '\\';
    json->string = json->escape;
    return at + 1;
}

/* Moves inside a value until it ends. */
static size_t scan_value(struct cut_json *json, const char *bytes, size_t len, bool *ended) {
    size_t at = 0;
    *ended = false;
    while (at < len && !*ended) {
        char c = bytes[at];
        if (json->escape) {
            json->escape = false;
            at++;
            continue;
        }
        if (json->string) {
            at = scan_string(json, bytes, len, at);
        } else if ((c == '}' || c == ']') && !close_bracket(json, c == '}' ? '{' : '[')) {
            *ended = true;
            break;
        } else {
            if (c == '{' || c == '[') open_bracket(json, c);
            json->string = c == '"';
            at++;
        }
        *ended = json->depth == 0 && !json->string;
    }
    return at;
}

static size_t scan_record(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    bool ended;
    size_t moved;
    if (json->state == SCALAR) {
        moved = count_scalar(bytes, len);
        ended = moved < len;
    } else {
        moved = scan_value(json, bytes, len, &ended);
    }
    *event = ended ? CUT_END : CUT_PART;
    if (ended) json->state = json->list ? COMMA : TOP;
    return moved;
}

/* Behind the { of a first object: whether its first key begins a bundle. */
static size_t scan_probe(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    size_t at = 0;
    *event = CUT_PART;
    for (; at < len; at++) {
        char c = bytes[at];
        bool between = json->probe == 0 || json->probe >= PROBE_COLON;
        if (between && is_space(c)) continue;
        if (json->probe == PROBE_BRACKET && c == '[') {
            json->bundle = json->list = true;
            json->state = ELEMENT;
            *event = CUT_BETWEEN;
            return at + 1;
        }
        if (json->probe == PROBE_BRACKET || c != (json->probe == PROBE_COLON ? ':' : bundle_key[json->probe])) {
            json->state = VALUE;
            json->string = !between;
            return at;
        }
        json->probe++;
    }
    return at;
}

static bool key_is(const struct cut_json *json, const char *name) {
    return json->key_len == strlen(name) && memcmp(json->key, name, json->key_len) == 0;
}

/* One byte inside a string of a document. */
static void take_string_byte(struct cut_json *json, char c) {
    bool key = json->probe == DOCUMENT_IN_KEY;
    json->escape = c == '\\';
    json->string = c != '"';
    if (key && !json->string) json->probe = DOCUMENT_COLON;
    if (key && json->string && json->key_len < CUT_KEY_MAX) json->key[json->key_len++] = c;
}

/* One byte of a document outside strings. */
static void take_byte(struct cut_json *json, char c) {
    bool top = json->depth == 1;
    if (c == '"') {
        json->string = true;
        if (json->probe == DOCUMENT_KEY) json->key_len = 0;
        json->probe = json->probe == DOCUMENT_KEY ? DOCUMENT_IN_KEY : DOCUMENT_REST;
    } else if (top && c == ',') {
        json->probe = DOCUMENT_KEY;
    } else if (top && c == ':' && json->probe == DOCUMENT_COLON) {
        json->probe = DOCUMENT_VALUE;
    } else if (c == '{' || c == '[') {
        open_bracket(json, c);
        json->probe = DOCUMENT_REST;
    }
}

/* Inside an object: a record, unless a member of it turns out to be a feed's list. */
static size_t scan_document(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    bool ended = false;
    size_t at = 0;
    for (; at < len && !ended; at++) {
        char c = bytes[at];
        if (json->escape) {
            json->escape = false;
        } else if (json->string) {
            take_string_byte(json, c);
        } else if (c == '}' || c == ']') {
            if (!close_bracket(json, c == '}' ? '{' : '[')) break;
            ended = json->depth == 0;
        } else if (c == '[' && json->probe == DOCUMENT_VALUE && key_is(json, feed_key)) {
            json->bundle = json->list = true;
            json->state = ELEMENT;
            *event = CUT_BETWEEN;
            return at + 1;
        } else {
            take_byte(json, c);
        }
    }
    ended = ended || at < len;
    *event = ended ? CUT_END : CUT_PART;
    if (ended) json->state = TOP;
    return at;
}

/* Outside a record, where one may begin. */
static size_t scan_start(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    bool after_comma = json->after_comma;
    size_t space = count_space(bytes, len);
    if (space) return space;
    json->after_comma = false;
    switch (*bytes) {
    case ',': return fault(cut, event, second_comma, 1);
    case ']':
        if (!json->list) return fault(cut, event, stray_bracket, 1);
        json->list = json->is_source = false;
        json->state = json->bundle ? MEMBER : TOP;
        return after_comma ? fault(cut, event, missing_record, 1) : 1;
    case '}': return fault(cut, event, stray_bracket, 1);
    case '[':
        if (json->list) break;
        json->list = true;
        json->state = ELEMENT;
        return 1;
    case '{':
        if (json->list) break;
        begin_value(json, cut->cutter == &cut_jsonld ? DOCUMENT : PROBE);
        open_bracket(json, '{');
        json->probe = 0; /* DOCUMENT_KEY */
        *event = CUT_PART;
        return 1;
    }
    begin_value(json, strchr("{[\"", *bytes) && *bytes ? VALUE : SCALAR);
    return scan_record(cut, bytes, len, event);
}

static size_t scan_comma(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    size_t space = count_space(bytes, len);
    if (space) return space;
    if (*bytes == '}') return fault(cut, event, stray_bracket, 1);
    json->state = ELEMENT;
    json->after_comma = *bytes == ',';
    if (*bytes == ',') return 1;
    return *bytes == ']' ? scan_start(cut, bytes, len, event) : fault(cut, event, missing_comma, 0);
}

static size_t scan_key(struct cut_json *json, const char *bytes, size_t len) {
    bool ended = false;
    size_t moved = scan_value(json, bytes, len, &ended);
    size_t kept = moved - (ended && moved ? 1 : 0);
    for (size_t i = 0; i < kept && json->key_len < CUT_KEY_MAX; i++)
        json->key[json->key_len++] = bytes[i];
    if (ended) json->state = COLON;
    return moved;
}

/* Does the key have a list of records? */
static bool is_list_key(const struct cutting *cut) {
    if (cut->cutter == &cut_jsonld) return key_is(&cut->json, feed_key);
    return key_is(&cut->json, "articles") || key_is(&cut->json, "sources");
}

/* At the first byte of a member's value. */
static size_t begin_member(struct cutting *cut, char first, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    if (is_list_key(cut)) {
        if (first != '[') return broken(cut, event, wrong_list);
        json->is_source = key_is(json, "sources");
        json->list = true;
        json->state = ELEMENT;
        return 1;
    }
    begin_value(json, strchr("{[\"", first) && first ? PASS_VALUE : PASS_SCALAR);
    return 0;
}

/* Inside a bundle, outside its lists. */
static size_t scan_bundle(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_json *json = &cut->json;
    bool ended = false;
    size_t moved;
    if (json->state == IN_KEY) return scan_key(json, bytes, len);
    if (json->state == PASS_VALUE || json->state == PASS_SCALAR) {
        moved = json->state == PASS_VALUE ? scan_value(json, bytes, len, &ended) : count_scalar(bytes, len);
        if (ended || (json->state == PASS_SCALAR && moved < len)) json->state = MEMBER;
        return moved;
    }
    if ((moved = count_space(bytes, len))) return moved;
    switch (json->state) {
    case MEMBER:
        if (*bytes != ',' && *bytes != '}') return broken(cut, event, wrong_member);
        json->state = *bytes == ',' ? KEY : TOP;
        json->bundle = *bytes == ',';
        return 1;
    case KEY:
        if (*bytes != '"') return broken(cut, event, wrong_key);
        begin_value(json, IN_KEY);
        json->string = true;
        json->key_len = 0;
        return 1;
    case COLON:
        if (*bytes != ':') return broken(cut, event, wrong_colon);
        json->state = MEMBER_VALUE;
        return 1;
    default: return begin_member(cut, *bytes, event);
    }
}

static size_t scan(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    *event = CUT_BETWEEN;
    switch (cut->json.state) {
    case TOP:
    case ELEMENT: return scan_start(cut, bytes, len, event);
    case PROBE: return scan_probe(cut, bytes, len, event);
    case DOCUMENT: return scan_document(cut, bytes, len, event);
    case VALUE:
    case SCALAR: return scan_record(cut, bytes, len, event);
    case COMMA: return scan_comma(cut, bytes, len, event);
    case BROKEN: return len;
    default: return scan_bundle(cut, bytes, len, event);
    }
}

static const char *missing(const struct cutting *cut) {
    if (cut->json.state == TOP || cut->json.state == BROKEN) return NULL;
    return cut->json.list ? missing_bracket : missing_brace;
}

const struct cutter cut_json = {.scan = scan, .missing = missing};
const struct cutter cut_jsonld = {.scan = scan, .missing = missing};
