/* The query language: text to tree and back.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   query    = { item }
 *   item     = [ "+" | "-" ] or              + must occur, - must not
 *   or       = and { "OR" and }
 *   and      = not { [ "AND" ] [ "NOT" ] not }   only where AND or NOT is written
 *   not      = [ "NOT" ] near
 *   near     = primary { ( "NEAR" | "ADJ" ) [ "/" number ] primary }      number: 1 to 1000 words apart, default 10
 *   primary  = "(" query ")" | [ field ":" ] value | "in:section(" query ")" | "*"
 *   value    = "(" query ")" | phrase | range | word [ "*" | "~" | "~2" ]
 *   phrase   = '"' text '"'                   unstemmed; the closing quote may be missing at the end
 *   range    = [ low ] ".." [ high ] | ( "<" | "<=" | ">" | ">=" ) value     in date and number fields
 *
 * Operators are written in capitals.  Binding, tightest first: NEAR ADJ, NOT, AND, OR, juxtaposition.  Items side
 * by side are wanted, not required, except: a clause with a field, an AND, and a phrase; these are required, as if +
 * stood before them.  Fields are those of the schema.
 *
 * A query of more than QUERY_SHORT words without a parenthesis that has an operator inside, or one of more than CAPITALS_SHORT words without any
 * small letter, is taken for a pasted text: its AND, OR, NOT, NEAR, ADJ, + and - are words, and its quotation marks
 * are the author's, so that phrases are wanted, not required.  A warning says so where it matters.
 *
 * Nothing is an error: what can't be parsed is searched as words, and a warning tells where (byte offset) and why.
 * Limits: 1,024 words, depth 64; what is beyond them gives a warning too. */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include "base/buf.h"
#include "base/mem.h"
#include "index/schema.h"

#include <stdbool.h>

enum { QUERY_SHORT = 12, CAPITALS_SHORT = 5 };

enum node_type {
    NODE_SEQUENCE, /* children with their occur */
    NODE_OR,
    NODE_AND,
    NODE_AND_NOT, /* the first without the others */
    NODE_NOT,
    NODE_NEAR, /* window */
    NODE_ADJ,
    NODE_SECTION, /* all children inside one section */
    NODE_WORD,
    NODE_PHRASE,
    NODE_PREFIX,
    NODE_FUZZY, /* distance */
    NODE_RANGE, /* low, high: text, NULL for open */
    NODE_ALL
};

enum occur { OCCUR_SHOULD, OCCUR_MUST, OCCUR_MUST_NOT };

struct node {
    enum node_type type;
    enum occur occur;
    uint32_t start, end;      /* bytes in the query */
    const char *field;        /* a name of the schema (of either kind), for all that is below; or NULL */
    const char *text;         /* WORD, PHRASE, PREFIX, FUZZY: as typed, without marks */
    const char *low, *high;   /* RANGE */
    bool low_open, high_open; /* RANGE: the bound itself is outside */
    uint32_t number;          /* NEAR, ADJ: window; FUZZY: distance */
    struct node **children;
    size_t count, cap;
};

struct query_warning {
    const char *code;    /* static: query_syntax, unknown_field, query_limit, expansion_limit, … */
    const char *message; /* in the arena */
    long position;
};

struct query {
    struct node *root; /* a SEQUENCE */
    struct query_warning *warnings;
    size_t warning_count, warning_cap;
    size_t words;
    bool pasted; /* taken for a pasted text */
};

/* Everything in the arena.  Field names are looked up in both kinds of the schema. */
void query_parse(struct arena *arena, const struct schema *schema, const char *text, size_t len, struct query *out);
__attribute__((format(printf, 5, 6))) void query_warn(struct arena *arena, struct query *query, const char *code,
                                                      long position, const char *format, ...);
/* Writes the tree so that it parses to the same tree again. */
void query_print(const struct node *node, struct buf *out);

#endif
