/* Words that must stand near each other: NEAR, ADJ and in:section(…).
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A NEAR or ADJ becomes a row: its operands in order, each a set of terms.  in:section(…) becomes a list of places,
 * all of which one section must have; a place is one row or another.  Operands are words (by their forms), phrases
 * (as they stand), beginnings, fuzzy words, and ORs of these; something else in them is applied to the whole record,
 * and a warning says so. */
#include "compile.h"

#include <string.h>

struct rows {
    struct engine_row *items;
    size_t count, cap;
};

struct place_list {
    struct engine_place *items;
    size_t count, cap;
    bool any_wanted;
};

struct words {
    struct engine_alternatives *items;
    size_t count, cap;
};

static struct engine_alternatives alternatives(struct compiler *compiler, const struct found_terms *found) {
    const char **terms = arena_alloc(compiler->arena, (found->count + 1) * sizeof *terms);
    size_t *lens = arena_alloc(compiler->arena, (found->count + 1) * sizeof *lens);
    for (size_t i = 0; i < found->count; i++) {
        terms[i] = found->items[i].term;
        lens[i] = found->items[i].len;
    }
    return (struct engine_alternatives){.terms = terms, .lens = lens, .count = found->count};
}

static void add_found(struct compiler *compiler, struct words *words, const struct found_terms *found) {
    words->items = arena_grow(compiler->arena, words->items, words->count, &words->cap, sizeof *words->items);
    words->items[words->count++] = alternatives(compiler, found);
}

static void add_exact(struct compiler *compiler, const struct field *field, const struct match_word *word,
                      struct found_terms *out) {
    struct buf term;
    buf_init(&term, 0);
    terms_exact(&term, field ? field->prefix : "", word->word, word->len);
    found_add(compiler, out, term.data, term.len, 0, 0);
    buf_free(&term);
}

static bool is_place_leaf(const struct node *node) {
    return node->type == NODE_WORD || node->type == NODE_PHRASE || node->type == NODE_PREFIX ||
           node->type == NODE_FUZZY;
}

/* The words of a leaf, in a row. */
static void leaf_words(struct compiler *compiler, const struct node *node, const struct field *field,
                       struct words *out) {
    struct match_word *words = NULL;
    size_t count = words_of(compiler, node->text, &words);
    for (size_t i = 0; i < count; i++) {
        struct found_terms found = {0};
        bool last = i + 1 == count;
        if (node->type == NODE_PHRASE)
            add_exact(compiler, field, &words[i], &found);
        else if (node->type == NODE_PREFIX && last)
            find_beginning(compiler, field, &words[i], node, &found);
        else if (node->type == NODE_FUZZY)
            find_alike(compiler, field, &words[i], node, &found);
        else
            find_forms(compiler, field, &words[i], node->start, &found);
        add_found(compiler, out, &found);
        if (field && !field->body) continue;
        enum match_type type = node->type == NODE_PHRASE           ? MATCH_EXACT
                               : node->type == NODE_PREFIX && last ? MATCH_PREFIX
                                                                   : MATCH_STEM;
        look_for(compiler, type, &words[i], 1, 0);
    }
}

/* ---- NEAR, ADJ ---- */

/* The field of an operand's own, else the one around it. */
static const struct field *field_of(const struct compiler *compiler, const struct node *node,
                                    const struct field *field) {
    return node->field ? schema_field(compiler->schema, compiler->kind, node->field, strlen(node->field)) : field;
}

static bool has_positions(const struct field *field) {
    return !field || !field->prefix[0] || field->type == FIELD_TEXT || field->type == FIELD_NAME;
}

/* An OR of single words: all their terms.  False when it is something else. */
static bool or_words(struct compiler *compiler, const struct node *node, const struct field *field,
                     struct found_terms *out) {
    for (size_t i = 0; i < node->count; i++) {
        const struct node *child = node->children[i];
        struct words words = {0};
        if (child->occur != OCCUR_SHOULD || child->field) return false;
        if (child->type == NODE_OR || child->type == NODE_SEQUENCE) {
            if (!or_words(compiler, child, field, out)) return false;
            continue;
        }
        if (!is_place_leaf(child)) return false;
        leaf_words(compiler, child, field, &words);
        if (words.count != 1) return false;
        for (size_t t = 0; t < words.items[0].count; t++)
            found_add(compiler, out, words.items[0].terms[t], words.items[0].lens[t], 0, 0);
    }
    return true;
}

/* False when an operand can't stand in a row. */
static bool window_words(struct compiler *compiler, const struct node *node, const struct field *field,
                         struct words *out) {
    const struct field *common = node->count ? field_of(compiler, node->children[0], field) : field;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *child = node->children[i];
        struct found_terms found = {0};
        if (field_of(compiler, child, field) != common || !has_positions(common)) return false;
        if (child->field && !common) return false; /* a field of the other kind */
        if (is_place_leaf(child)) {
            leaf_words(compiler, child, common, out);
        } else if (child->type == NODE_OR || child->type == NODE_SEQUENCE) {
            if (!or_words(compiler, child, common, &found)) return false;
            if (found.count > 0) add_found(compiler, out, &found);
        } else {
            return false;
        }
    }
    return true;
}

/* `a NEAR/5 b`: at most five words from one to the other, so a window of six positions. */
static uint32_t window_of(const struct node *node, size_t words) {
    return node->number * ((uint32_t)words - 1) + 1;
}

static struct engine_query *any_term(struct compiler *compiler, const struct engine_alternatives *word) {
    struct query_list list = {0};
    for (size_t i = 0; i < word->count; i++)
        query_list_add(compiler, &list, engine_query_term(word->terms[i], word->lens[i], 1));
    return list.count ? query_list_join(&list, ENGINE_OR) : engine_query_none();
}

static void note_window(struct compiler *compiler, const struct node *node, const struct engine_query *query) {
    struct buf printed;
    if (!compiler->parts) return;
    buf_init(&printed, 0);
    query_print(node, &printed);
    parts_note(compiler->parts, node->type == NODE_NEAR ? "near" : "adj", NULL, printed.data, printed.len, 0, query);
    buf_free(&printed);
}

struct engine_query *window_query(struct compiler *compiler, const struct node *node, const struct field *field) {
    struct words words = {0};
    struct query_list list = {0};
    if (!window_words(compiler, node, field, &words)) {
        query_warn(compiler->arena, compiler->query, "query_syntax", node->start,
                   "%s stands between words, phrases and ORs of words of one field; here it is taken for AND",
                   node->type == NODE_NEAR ? "NEAR" : "ADJ");
        struct node both = *node;
        both.type = NODE_AND;
        return compile_node(compiler, &both, field);
    }
    for (size_t i = 0; i < words.count; i++) {
        if (words.items[i].count == 0) {
            engine_query_free(query_list_join(&list, ENGINE_AND));
            return engine_query_none();
        }
        query_list_add(compiler, &list, any_term(compiler, &words.items[i]));
    }
    if (list.count < 2) {
        struct engine_query *query = query_list_join(&list, ENGINE_AND);
        note_window(compiler, node, query);
        return query;
    }
    struct engine_query *query = engine_query_op(node->type == NODE_NEAR ? ENGINE_NEAR : ENGINE_PHRASE, list.items,
                                                 list.count, window_of(node, list.count));
    note_window(compiler, node, query);
    return query;
}

/* ---- in:section(…) ---- */

static void add_row(struct compiler *compiler, struct rows *rows, const struct words *words, uint32_t window,
                    bool ordered) {
    if (words->count == 0) return;
    rows->items = arena_grow(compiler->arena, rows->items, rows->count, &rows->cap, sizeof *rows->items);
    rows->items[rows->count++] =
        (struct engine_row){.words = words->items, .count = words->count, .window = window, .ordered = ordered};
}

static void add_place(struct compiler *compiler, struct place_list *places, const struct rows *rows, bool forbidden) {
    if (rows->count == 0) return;
    places->items = arena_grow(compiler->arena, places->items, places->count, &places->cap, sizeof *places->items);
    places->items[places->count++] =
        (struct engine_place){.rows = rows->items, .count = rows->count, .forbidden = forbidden};
    places->any_wanted = places->any_wanted || !forbidden;
}

/* The rows of which one must be there.  False when the node is something else. */
static bool rows_of(struct compiler *compiler, const struct node *node, struct rows *out) {
    struct words words = {0};
    if (node->field) return false;
    if (is_place_leaf(node)) {
        leaf_words(compiler, node, NULL, &words);
        add_row(compiler, out, &words, (uint32_t)words.count, true);
        return true;
    }
    if (node->type == NODE_NEAR || node->type == NODE_ADJ) {
        if (!window_words(compiler, node, NULL, &words)) return false;
        if (words.count > 0) add_row(compiler, out, &words, window_of(node, words.count), node->type == NODE_ADJ);
        return true;
    }
    if (node->type != NODE_OR && node->type != NODE_SEQUENCE) return false;
    for (size_t i = 0; i < node->count; i++)
        if (node->children[i]->occur == OCCUR_MUST_NOT || !rows_of(compiler, node->children[i], out)) return false;
    return true;
}

static void take_whole(struct compiler *compiler, const struct node *node, bool forbidden, struct query_list *whole,
                       struct query_list *forbidden_whole) {
    query_warn(compiler->arena, compiler->query, "query_syntax", node->start,
               "in:section holds words, phrases and ORs of these; this part is applied to the whole record");
    query_list_add(compiler, forbidden ? forbidden_whole : whole, compile_node(compiler, node, NULL));
}

struct section_parts {
    struct place_list places;
    struct query_list whole, forbidden; /* what looks at the whole record */
};

static void add_places(struct compiler *compiler, const struct node *node, bool forbidden, struct section_parts *out) {
    struct rows rows = {0};
    bool all_of = node->type == NODE_SEQUENCE || node->type == NODE_SECTION || node->type == NODE_AND ||
                  node->type == NODE_AND_NOT;
    forbidden = forbidden != (node->type == NODE_NOT);
    if (node->type == NODE_NOT) {
        add_places(compiler, node->children[0], forbidden, out);
    } else if (all_of && !forbidden && !node->field) {
        for (size_t i = 0; i < node->count; i++) {
            bool not_this = node->children[i]->occur == OCCUR_MUST_NOT || (node->type == NODE_AND_NOT && i > 0);
            add_places(compiler, node->children[i], not_this, out);
        }
    } else if (rows_of(compiler, node, &rows)) {
        add_place(compiler, &out->places, &rows, forbidden);
    } else {
        take_whole(compiler, node, forbidden, &out->whole, &out->forbidden);
    }
}

struct engine_query *section_query(struct compiler *compiler, const struct node *node, const struct field *field,
                                   struct engine_query *take_scored) {
    struct section_parts section = {0};
    struct query_list all = {0};
    struct matcher *matcher = compiler->matcher;
    (void)field; /* places are of the general text */
    compiler->matcher = NULL;
    size_t mark = parts_mark(compiler->parts);
    add_places(compiler, node, false, &section);
    parts_drop(compiler->parts, mark);
    compiler->matcher = matcher;
    if (section.places.any_wanted) {
        query_list_add(
            compiler, &all,
            engine_query_segment(TERMS_SECTION, strlen(TERMS_SECTION), section.places.items, section.places.count));
    } else if (node->count > 0) {
        query_warn(compiler->arena, compiler->query, "query_syntax", node->start,
                   "in:section needs a word that must be there; it is applied to the whole record");
        if (section.whole.count == 0) {
            engine_query_free(query_list_join(&section.forbidden, ENGINE_OR));
            return take_scored;
        }
    }
    for (size_t i = 0; i < section.whole.count; i++)
        query_list_add(compiler, &all, section.whole.items[i]);
    if (all.count == 0) {
        engine_query_free(take_scored);
        return engine_query_none();
    }
    struct engine_query *must = engine_query_scale(query_list_join(&all, ENGINE_AND), 0);
    if (section.forbidden.count > 0) {
        struct engine_query *both[] = {must, query_list_join(&section.forbidden, ENGINE_OR)};
        must = engine_query_op(ENGINE_AND_NOT, both, 2, 0);
    }
    struct engine_query *both[] = {must, take_scored};
    return engine_query_op(ENGINE_AND_MAYBE, both, 2, 0);
}
