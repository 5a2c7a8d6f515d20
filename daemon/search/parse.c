/* The parser of the query language: recursive descent over the lexer, never failing.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The grammar stands in search/query.h. */
#include "search/query.h"

#include "base/when.h"
#include "lexer.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 1024, DEPTH_MAX = 64, WARNINGS_MAX = 16 };

struct parser {
    struct arena *arena;
    const struct schema *schema;
    struct query *query;
    struct lexer lexer;
    struct lexeme now;
    int depth;
    bool full; /* the limit of words was told */
};

void query_warn(struct arena *arena, struct query *query, const char *code, long position, const char *format, ...) {
    char message[300];
    va_list args;
    if (query->warning_count >= WARNINGS_MAX) return;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (query->warning_count + 1 == WARNINGS_MAX) {
        code = "more_warnings";
        snprintf(message, sizeof message, "there is more to say about the query; these are the first %d warnings",
                 WARNINGS_MAX - 1);
    }
    query->warnings =
        arena_grow(arena, query->warnings, query->warning_count, &query->warning_cap, sizeof *query->warnings);
    query->warnings[query->warning_count++] =
        (struct query_warning){.code = code, .message = arena_strdup(arena, message), .position = position};
}

#define WARN(parser, code, position, ...)                                                                              \
    query_warn((parser)->arena, (parser)->query, (code), (long)(position), __VA_ARGS__)

static void advance(struct parser *parser) {
    lexer_next(&parser->lexer, &parser->now);
}

static struct node *node_new(struct parser *parser, enum node_type type, uint32_t start) {
    struct node *node = arena_alloc(parser->arena, sizeof *node);
    node->type = type;
    node->start = node->end = start;
    return node;
}

static void node_add(struct parser *parser, struct node *parent, struct node *child) {
    if (!child) return;
    parent->children =
        arena_grow(parser->arena, parent->children, parent->count, &parent->cap, sizeof *parent->children);
    parent->children[parent->count++] = child;
    if (child->start < parent->start) parent->start = child->start;
    if (child->end > parent->end) parent->end = child->end;
}

/* A word, phrase, … of the text; NULL beyond the limit. */
static struct node *leaf(struct parser *parser, enum node_type type, const struct lexeme *lexeme, const char *text,
                         size_t len) {
    if (parser->query->words >= WORDS_MAX) {
        if (!parser->full)
            WARN(parser, "query_limit", lexeme->start, "the query has more than %d words; what follows is not searched",
                 WORDS_MAX);
        parser->full = true;
        return NULL;
    }
    parser->query->words++;
    struct node *node = node_new(parser, type, lexeme->start);
    node->end = lexeme->end;
    node->text = arena_strndup(parser->arena, text, len);
    return node;
}

static struct node *parse_sequence(struct parser *parser);

/* ---- values ---- */

static const struct field *field_named(const struct parser *parser, const char *name, size_t len) {
    const struct field *field = schema_field(parser->schema, STORE_ARTICLE, name, len);
    return field ? field : schema_field(parser->schema, STORE_SOURCE, name, len);
}

static const char *find_dots(const char *text, size_t len) {
    for (size_t i = 0; i + 1 < len; i++)
        if (text[i] == '.' && text[i + 1] == '.') return text + i;
    return NULL;
}

static bool bound_is_good(const struct field *field, const char *text) {
    int64_t seconds = 0;
    double number = 0;
    char junk = 0;
    if (field->type == FIELD_DATE) return when_parse(&seconds, text, NULL) == ST_OK;
    return sscanf(text, "%lf%c", &number, &junk) == 1;
}

static void set_range(struct parser *parser, struct node *node, const char *text, size_t len) {
    const char *dots = find_dots(text, len);
    if (dots) {
        size_t low = (size_t)(dots - text), high = len - low - 2;
        if (low > 0) node->low = arena_strndup(parser->arena, text, low);
        if (high > 0) node->high = arena_strndup(parser->arena, dots + 2, high);
    } else if (len > 0 && (*text == '<' || *text == '>')) {
        bool equal = len > 1 && text[1] == '=';
        const char *bound = arena_strndup(parser->arena, text + 1 + equal, len - 1 - equal);
        if (*text == '<') {
            node->high = bound;
            node->high_open = !equal;
        } else {
            node->low = bound;
            node->low_open = !equal;
        }
    } else {
        node->low = node->high = arena_strndup(parser->arena, text, len);
    }
}

/* NULL when the value is not one of the field's type. */
static struct node *range(struct parser *parser, const struct field *field, const struct lexeme *lexeme) {
    struct node *node = node_new(parser, NODE_RANGE, lexeme->start);
    node->end = lexeme->end;
    set_range(parser, node, lexeme->text, lexeme->len);
    bool good = (!node->low || bound_is_good(field, node->low)) && (!node->high || bound_is_good(field, node->high));
    return good ? node : NULL;
}

static bool has_digit(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (isdigit((unsigned char)text[i])) return true;
    return false;
}

static bool has_letter(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (isalnum((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80) return true;
    return false;
}

/* word, word*, word~, word~2.  Numbers and addresses are never matched fuzzily. */
static struct node *word(struct parser *parser, const struct lexeme *lexeme) {
    const char *text = lexeme->text;
    size_t len = lexeme->len;
    if (len == 1 && *text == '*') {
        struct node *node = node_new(parser, NODE_ALL, lexeme->start);
        node->end = lexeme->end;
        return node;
    }
    if (parser->lexer.pasted) return leaf(parser, NODE_WORD, lexeme, text, len);
    if (len > 1 && text[len - 1] == '*' && has_letter(text, len - 1))
        return leaf(parser, NODE_PREFIX, lexeme, text, len - 1);
    size_t mark = len > 1 && text[len - 1] == '~' ? 1 : 0;
    if (len > 2 && text[len - 2] == '~' && (text[len - 1] == '1' || text[len - 1] == '2')) mark = 2;
    if (mark == 0 || !has_letter(text, len - mark)) return leaf(parser, NODE_WORD, lexeme, text, len);
    if (has_digit(text, len - mark) || memchr(text, '/', len)) {
        WARN(parser, "not_fuzzy", lexeme->start, "'%.*s' has a digit or is an address and is matched as it stands",
             (int)len, text);
        return leaf(parser, NODE_WORD, lexeme, text, len - mark);
    }
    struct node *node = leaf(parser, NODE_FUZZY, lexeme, text, len - mark);
    if (node) node->number = mark == 2 && text[len - 1] == '2' ? 2 : 1;
    return node;
}

/* A group that holds nothing but a group is that one. */
static struct node *without_shell(struct node *node) {
    struct node *only = node->count == 1 ? node->children[0] : NULL;
    if (!only || only->type != NODE_SEQUENCE || only->field || only->occur != OCCUR_SHOULD) return node;
    only->end = node->end;
    return only;
}

static struct node *group(struct parser *parser) {
    uint32_t start = parser->now.start;
    advance(parser);
    struct node *node = NULL;
    if (parser->depth >= DEPTH_MAX) {
        WARN(parser, "query_limit", start, "parentheses deeper than %d are ignored", DEPTH_MAX);
        return NULL;
    }
    parser->depth++;
    node = parse_sequence(parser);
    parser->depth--;
    if (parser->now.type == LEX_CLOSE) {
        node->end = parser->now.end;
        advance(parser);
    } else {
        WARN(parser, "query_syntax", start, "the parenthesis is not closed");
    }
    node = without_shell(node);
    node->start = start;
    return node;
}

static struct node *phrase(struct parser *parser) {
    struct lexeme lexeme = parser->now;
    advance(parser);
    if (lexeme.unclosed) WARN(parser, "query_syntax", lexeme.start, "the quotation is not closed");
    if (!has_letter(lexeme.text, lexeme.len)) {
        WARN(parser, "query_syntax", lexeme.start, "the quotation has no word");
        return NULL;
    }
    return leaf(parser, NODE_PHRASE, &lexeme, lexeme.text, lexeme.len);
}

/* in:section( … ) */
static struct node *section(struct parser *parser, uint32_t start) {
    advance(parser); /* the word `section` */
    struct node *inner = group(parser);
    if (!inner) return NULL;
    inner->type = NODE_SECTION;
    inner->start = start;
    return inner;
}

static bool section_follows(const struct parser *parser) {
    const struct lexer *lexer = &parser->lexer;
    return parser->now.type == LEX_WORD && parser->now.len == 7 && memcmp(parser->now.text, "section", 7) == 0 &&
           lexer->at < lexer->len && lexer->text[lexer->at] == '(';
}

/* name:value with a name that the schema does not have: both are words. */
static struct node *unknown_field(struct parser *parser, const struct lexeme *name) {
    WARN(parser, "unknown_field", name->start, "there is no field '%.*s'; it is searched as a word", (int)name->len,
         name->text);
    struct node *node = node_new(parser, NODE_SEQUENCE, name->start);
    node_add(parser, node, leaf(parser, NODE_WORD, name, name->text, name->len));
    if (parser->now.type == LEX_WORD) {
        node_add(parser, node, word(parser, &parser->now));
        advance(parser);
    }
    return node;
}

static struct node *field_value(struct parser *parser, const struct field *field) {
    struct lexeme lexeme = parser->now;
    bool ordered = field->type == FIELD_DATE || field->type == FIELD_NUMBER;
    struct node *node = NULL;
    if (lexeme.type == LEX_OPEN) {
        node = group(parser);
    } else if (lexeme.type == LEX_PHRASE && !ordered) {
        node = phrase(parser);
    } else if (lexeme.type == LEX_WORD || lexeme.type == LEX_PHRASE) {
        advance(parser);
        node = ordered ? range(parser, field, &lexeme) : word(parser, &lexeme);
        if (ordered && !node) {
            WARN(parser, "query_syntax", lexeme.start, "field '%s' takes a %s or a range like %s, not '%.*s'",
                 field->name, field->type == FIELD_DATE ? "date" : "number",
                 field->type == FIELD_DATE ? "2020..2024" : "3..10", (int)lexeme.len, lexeme.text);
            return lexeme.len ? leaf(parser, NODE_WORD, &lexeme, lexeme.text, lexeme.len) : NULL;
        }
    }
    if (node) node->field = field->name;
    return node;
}

static struct node *field(struct parser *parser) {
    struct lexeme name = parser->now;
    advance(parser);
    if (name.len == 2 && memcmp(name.text, "in", 2) == 0 && section_follows(parser)) return section(parser, name.start);
    bool kind = name.len == 4 && memcmp(name.text, "kind", 4) == 0;
    const struct field *found = field_named(parser, name.text, name.len);
    struct node *node = NULL;
    if (found)
        node = field_value(parser, found);
    else if (kind && parser->now.type == LEX_WORD) {
        node = leaf(parser, NODE_WORD, &parser->now, parser->now.text, parser->now.len);
        if (node) node->field = "kind";
        advance(parser);
    } else {
        return unknown_field(parser, &name);
    }
    if (node) node->start = name.start;
    return node;
}

/* ---- operators ---- */

static struct node *primary(struct parser *parser) {
    struct lexeme lexeme = parser->now;
    switch (lexeme.type) {
    case LEX_OPEN: return group(parser);
    case LEX_PHRASE: return phrase(parser);
    case LEX_FIELD: return field(parser);
    case LEX_WORD: advance(parser); return word(parser, &lexeme);
    default: break;
    }
    /* An operator where a word should stand is a word. */
    WARN(parser, "query_syntax", lexeme.start, "'%.*s' has nothing to work on and is searched as a word",
         (int)lexeme.len, lexeme.text);
    advance(parser);
    return leaf(parser, NODE_WORD, &lexeme, lexeme.text, lexeme.len);
}

static bool starts_primary(const struct parser *parser) {
    enum lexeme_type type = parser->now.type;
    return type == LEX_OPEN || type == LEX_PHRASE || type == LEX_FIELD || type == LEX_WORD;
}

static struct node *binary(struct parser *parser, enum node_type type, struct node *left, struct node *right) {
    if (!left) return right;
    if (!right) return left;
    struct node *node = node_new(parser, type, left->start);
    node_add(parser, node, left);
    node_add(parser, node, right);
    return node;
}

/* The operator is the last thing of the query or stands before something that is no operand. */
static struct node *dangling(struct parser *parser, struct node *left, const struct lexeme *op) {
    WARN(parser, "query_syntax", op->start, "'%.*s' has nothing behind it and is searched as a word", (int)op->len,
         op->text);
    return binary(parser, NODE_SEQUENCE, left, leaf(parser, NODE_WORD, op, op->text, op->len));
}

static struct node *parse_near(struct parser *parser) {
    struct node *left = primary(parser);
    while (parser->now.type == LEX_NEAR || parser->now.type == LEX_ADJ) {
        struct lexeme op = parser->now;
        advance(parser);
        if (!starts_primary(parser)) return dangling(parser, left, &op);
        struct node *right = primary(parser);
        enum node_type type = op.type == LEX_NEAR ? NODE_NEAR : NODE_ADJ;
        if (op.clamped)
            WARN(parser, "query_limit", op.start, "'%.*s' is beyond 1 to %d words and is taken for %s/%u",
                 (int)(op.len < 40 ? op.len : 40), op.text, NEAR_WINDOW_MAX, type == NODE_NEAR ? "NEAR" : "ADJ",
                 op.number);
        if (left && right && left->type == type && left->number == op.number) {
            node_add(parser, left, right);
        } else {
            bool both = left && right;
            left = binary(parser, type, left, right);
            if (both) left->number = op.number;
        }
    }
    return left;
}

static struct node *parse_not(struct parser *parser) {
    if (parser->now.type != LEX_NOT) return parse_near(parser);
    struct lexeme op = parser->now;
    advance(parser);
    if (!starts_primary(parser)) return dangling(parser, NULL, &op);
    struct node *child = parse_near(parser);
    struct node *node = node_new(parser, NODE_NOT, op.start);
    node_add(parser, node, child);
    return node->count ? node : NULL;
}

static struct node *add_and(struct parser *parser, struct node *left, struct node *right) {
    bool negative = right && right->type == NODE_NOT;
    enum node_type type = negative ? NODE_AND_NOT : NODE_AND;
    if (negative) right = right->children[0];
    if (left && right && left->type == type && left->count >= 2) {
        node_add(parser, left, right);
        return left;
    }
    if (!left && negative) {
        struct node *node = node_new(parser, NODE_NOT, right->start);
        node_add(parser, node, right);
        return node;
    }
    return binary(parser, type, left, right);
}

static struct node *parse_and(struct parser *parser) {
    struct node *left = parse_not(parser);
    while (parser->now.type == LEX_AND || parser->now.type == LEX_NOT) {
        struct lexeme op = parser->now;
        if (op.type == LEX_AND) advance(parser);
        if (!starts_primary(parser) && parser->now.type != LEX_NOT) return dangling(parser, left, &op);
        left = add_and(parser, left, parse_not(parser));
    }
    return left;
}

static struct node *parse_or(struct parser *parser) {
    struct node *left = parse_and(parser);
    while (parser->now.type == LEX_OR) {
        struct lexeme op = parser->now;
        advance(parser);
        if (!starts_primary(parser) && parser->now.type != LEX_NOT) return dangling(parser, left, &op);
        struct node *right = parse_and(parser);
        if (left && right && left->type == NODE_OR)
            node_add(parser, left, right);
        else
            left = binary(parser, NODE_OR, left, right);
    }
    return left;
}

static enum occur take_sign(struct parser *parser) {
    enum occur occur = OCCUR_SHOULD;
    if (parser->now.type == LEX_PLUS) occur = OCCUR_MUST;
    if (parser->now.type == LEX_MINUS) occur = OCCUR_MUST_NOT;
    if (occur != OCCUR_SHOULD) advance(parser);
    return occur;
}

static struct node *parse_sequence(struct parser *parser) {
    struct node *sequence = node_new(parser, NODE_SEQUENCE, parser->now.start);
    while (parser->now.type != LEX_END) {
        if (parser->now.type == LEX_CLOSE) {
            if (parser->depth > 0) break;
            WARN(parser, "query_syntax", parser->now.start, "there is no parenthesis to close here");
            advance(parser);
            continue;
        }
        enum occur occur = take_sign(parser);
        struct node *item = parse_or(parser);
        if (!item) continue;
        if (item->type == NODE_NOT && occur == OCCUR_SHOULD) {
            item = item->children[0];
            occur = OCCUR_MUST_NOT;
        }
        item->occur = occur;
        node_add(parser, sequence, item);
    }
    return sequence;
}

static bool is_capital_operator(const char *word, size_t len) {
    static const char *const operators[] = {"AND", "OR", "NOT", "NEAR", "ADJ"};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strlen(operators[i]) == len && memcmp(operators[i], word, len) == 0) return true;
    return (*word == '+' || *word == '-') && len > 1;
}

/* Whether the text is a pasted one, not a query that somebody wrote as such. */
static bool is_pasted(struct parser *parser, const char *text, size_t len) {
    size_t words = 0;
    long operator_at = -1;
    bool small = false, grouped = false;
    int depth = 0;
    for (size_t at = 0; at < len;) {
        size_t start = at;
        while (at < len && !isspace((unsigned char)text[at])) {
            small = small || islower((unsigned char)text[at]) || (unsigned char)text[at] >= 0x80;
            depth += text[at] == '(' ? 1 : text[at] == ')' && depth > 0 ? -1 : 0;
            at++;
        }
        bool is_operator = at > start && is_capital_operator(text + start, at - start);
        if (is_operator && operator_at < 0) operator_at = (long)start;
        grouped = grouped || (is_operator && depth > 0);
        words += at > start;
        while (at < len && isspace((unsigned char)text[at]))
            at++;
    }
    bool pasted = (words > QUERY_SHORT && !grouped) || (words > CAPITALS_SHORT && !small);
    if (pasted && operator_at >= 0)
        WARN(parser, "pasted_text", operator_at,
             "a query of %zu words without a group in parentheses is taken for a pasted text: operators and signs are "
             "words",
             words);
    return pasted;
}

void query_parse(struct arena *arena, const struct schema *schema, const char *text, size_t len, struct query *out) {
    *out = (struct query){0};
    struct parser parser = {.arena = arena, .schema = schema, .query = out, .lexer = {.text = text, .len = len}};
    out->pasted = parser.lexer.pasted = is_pasted(&parser, text, len);
    advance(&parser);
    out->root = without_shell(parse_sequence(&parser));
}
