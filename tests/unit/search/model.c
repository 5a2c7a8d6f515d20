/* The slow model: see model.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model.h"

#include "base/file.h"
#include "base/utf8.h"
#include "base/when.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS_MAX = 64, POINTS_MAX = 300 };

/* ---- opening ---- */

void model_open(struct model *model, struct archive *archive, const struct schema *schema) {
    struct err err = ERR_NONE;
    char *text = NULL, *rest = NULL;
    size_t len = 0;
    *model = (struct model){.schema = schema, .arena = arena_new()};
    if (terms_open(&model->terms, &err) != ST_OK) fail_msg("%s", err.text);
    assert_int_equal(file_read(&text, &len, FOOTNOTE_SOURCE_DIR "/index-schema/stopwords/en.txt", 1 << 20, &err),
                     ST_OK);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        line[strcspn(line, "# \t\r")] = '\0';
        if (!*line) continue;
        model->stop = arena_grow(archive->arena, model->stop, model->stop_count, &model->stop_cap, sizeof *model->stop);
        model->stop[model->stop_count++] = arena_strdup(archive->arena, line);
    }
    mem_free(text);
}

void model_close(struct model *model) {
    terms_close(model->terms);
    arena_free(model->arena);
}

/* ---- words ---- */

struct tokens {
    struct model *model;
    struct spoken items[TOKENS_MAX];
    size_t count;
};

static bool take_token(void *arg, const struct token *token) {
    struct tokens *tokens = arg;
    size_t len = 0;
    if (tokens->count == TOKENS_MAX) return false;
    const char *stem = terms_stem(tokens->model->terms, "en", token->term, token->len, token->flags, &len);
    struct arena *arena = tokens->model->arena;
    tokens->items[tokens->count++] = (struct spoken){.term = arena_strndup(arena, token->term, token->len),
                                                     .stem = arena_strndup(arena, stem, len),
                                                     .flags = token->flags};
    return true;
}

static void read_tokens(struct model *model, const char *text, struct tokens *out) {
    out->model = model;
    out->count = 0;
    analyser_run(terms_analyser(model->terms), text, strlen(text), "en", take_token, out);
}

static bool is_stop(const struct model *model, const struct spoken *word) {
    if (word->flags & TOKEN_ACRONYM) return false;
    for (size_t i = 0; i < model->stop_count; i++)
        if (strcmp(model->stop[i], word->term) == 0) return true;
    return false;
}

static size_t points_of(const char *text, uint32_t *out) {
    size_t count = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at && count < POINTS_MAX; count++) {
        int more = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
        uint32_t point = more ? *at & (0x3f >> more) : *at;
        for (at++; more > 0; more--, at++)
            point = point << 6 | (*at & 0x3f);
        out[count] = point;
    }
    return count;
}

unsigned model_distance(const char *a, const char *b) {
    uint32_t x[POINTS_MAX], y[POINTS_MAX];
    size_t m = points_of(a, x), n = points_of(b, y);
    unsigned *cells = calloc((m + 1) * (n + 1), sizeof *cells);
#define AT(i, j) cells[(i) * (n + 1) + (j)]
    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                AT(i, j) = (unsigned)(i + j);
                continue;
            }
            unsigned best = AT(i - 1, j - 1) + (x[i - 1] != y[j - 1]);
            if (AT(i - 1, j) + 1 < best) best = AT(i - 1, j) + 1;
            if (AT(i, j - 1) + 1 < best) best = AT(i, j - 1) + 1;
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && AT(i - 2, j - 2) + 1 < best)
                best = AT(i - 2, j - 2) + 1;
            AT(i, j) = best;
        }
    unsigned distance = AT(m, n);
#undef AT
    free(cells);
    return distance;
}

/* ---- how one word is looked for ---- */

struct wanted {
    enum node_type how; /* WORD: by its stem; PHRASE: as it stands; PREFIX; FUZZY */
    const struct spoken *word;
    uint32_t distance;
};

static bool is_it(const struct wanted *wanted, const struct spoken *said) {
    switch (wanted->how) {
    case NODE_PHRASE: return strcmp(wanted->word->term, said->term) == 0;
    case NODE_PREFIX: return strncmp(wanted->word->term, said->term, strlen(wanted->word->term)) == 0;
    case NODE_FUZZY:
        if (wanted->word->flags & TOKEN_NUMBER) return strcmp(wanted->word->term, said->term) == 0;
        for (const char *c = said->term; *c; c++)
            if (isdigit((unsigned char)*c)) return false;
        return model_distance(wanted->word->term, said->term) <= wanted->distance;
    default: return strcmp(wanted->word->stem, said->stem) == 0;
    }
}

/* Which chunks a field is about; NULL: all of them. */
static bool in_field(const struct chunk *chunk, const struct field *field) {
    if (!field || strcmp(field->name, "text") == 0) return true;
    return chunk->type == (strcmp(field->name, "title") == 0 ? CHUNK_TITLE : CHUNK_HEADING);
}

static bool has_word(const struct made *made, const struct field *field, const struct wanted *wanted) {
    for (size_t c = 0; c < made->chunk_count; c++) {
        const struct chunk *chunk = &made->chunks[c];
        for (size_t i = 0; i < chunk->count && in_field(chunk, field); i++)
            if (is_it(wanted, &chunk->words[i])) return true;
    }
    return false;
}

/* ---- words in a row, or near each other ---- */

struct row {
    struct wanted words[TOKENS_MAX];
    size_t count;
    size_t window; /* positions from the first to the last, both counted */
    bool ordered;
};

/* Puts word number `at` and those behind it at positions from `low` to `high`, none taken twice. */
static bool place(const struct chunk *chunk, const struct row *row, size_t at, size_t low, size_t high, bool *taken) {
    if (at == row->count) return true;
    for (size_t i = low; i < chunk->count && i <= high; i++) {
        if (taken[i] || !is_it(&row->words[at], &chunk->words[i])) continue;
        taken[i] = true;
        bool fits = place(chunk, row, at + 1, row->ordered ? i + 1 : low, high, taken);
        taken[i] = false;
        if (fits) return true;
    }
    return false;
}

static bool has_row(const struct chunk *chunk, const struct row *row) {
    bool *taken = calloc(chunk->count + 1, sizeof *taken);
    bool found = row->count == 0;
    for (size_t low = 0; low < chunk->count && !found; low++)
        found = place(chunk, row, 0, low, low + row->window - 1, taken);
    free(taken);
    return found && row->count > 0;
}

static bool any_row(const struct made *made, const struct field *field, const struct row *row, int section) {
    for (size_t c = 0; c < made->chunk_count; c++) {
        const struct chunk *chunk = &made->chunks[c];
        if (section >= 0 && (chunk->type == CHUNK_TITLE || chunk->section != section)) continue;
        if (in_field(chunk, field) && has_row(chunk, row)) return true;
    }
    return false;
}

static bool is_leaf(const struct node *node) {
    return node->type == NODE_WORD || node->type == NODE_PHRASE || node->type == NODE_PREFIX ||
           node->type == NODE_FUZZY;
}

/* The tokens of a leaf behind what the row has. */
static void add_leaf(struct model *model, const struct node *leaf, struct row *row) {
    struct tokens *tokens = arena_alloc(model->arena, sizeof *tokens);
    read_tokens(model, leaf->text, tokens);
    for (size_t i = 0; i < tokens->count && row->count < TOKENS_MAX; i++) {
        enum node_type how = leaf->type == NODE_PREFIX && i + 1 < tokens->count ? NODE_WORD : leaf->type;
        row->words[row->count++] = (struct wanted){.how = how, .word = &tokens->items[i], .distance = leaf->number};
    }
}

static bool matches_leaf(struct model *model, const struct node *leaf, const struct field *field,
                         const struct made *made) {
    struct row row = {0};
    add_leaf(model, leaf, &row);
    if (row.count == 0) return false;
    if (leaf->type == NODE_PHRASE) {
        row.window = row.count;
        row.ordered = true;
        return any_row(made, field, &row, -1);
    }
    for (size_t i = 0; i < row.count; i++)
        if (!has_word(made, field, &row.words[i])) return false;
    return true;
}

static bool matches_window(struct model *model, const struct node *node, const struct field *field,
                           const struct made *made) {
    struct row row = {.ordered = node->type == NODE_ADJ};
    for (size_t i = 0; i < node->count; i++)
        add_leaf(model, node->children[i], &row);
    row.window = node->number * (row.count - 1) + 1;
    if (row.count < 2) return row.count == 1 && has_word(made, field, &row.words[0]);
    return any_row(made, field, &row, -1);
}

/* ---- values ---- */

static bool name_has(struct model *model, const struct node *leaf, char *const *values, size_t count) {
    struct tokens *words = arena_alloc(model->arena, sizeof *words), *said = arena_alloc(model->arena, sizeof *said);
    size_t len = 0;
    if (leaf->type == NODE_ALL) return count > 0;
    char *folded =
        arena_strdup(model->arena, analyser_fold(terms_analyser(model->terms), leaf->text, strlen(leaf->text), &len));
    struct row row = {0};
    add_leaf(model, leaf, &row);
    bool each[TOKENS_MAX] = {false};
    for (size_t v = 0; v < count; v++) {
        const char *value = analyser_fold(terms_analyser(model->terms), values[v], strlen(values[v]), &len);
        if (leaf->type == NODE_PREFIX ? strncmp(value, folded, strlen(folded)) == 0 : strcmp(value, folded) == 0)
            return true;
        read_tokens(model, values[v], said);
        if (leaf->type == NODE_PREFIX)
            for (size_t i = 0; i < said->count; i++) /* words of a name are terms like values */
                if (strncmp(said->items[i].term, folded, strlen(folded)) == 0) return true;
        struct chunk chunk = {.words = said->items, .count = said->count};
        row.window = row.count;
        row.ordered = true;
        if (leaf->type == NODE_PHRASE && has_row(&chunk, &row)) return true;
        for (size_t w = 0; w < row.count; w++)
            for (size_t i = 0; i < said->count; i++)
                each[w] = each[w] || is_it(&row.words[w], &said->items[i]);
    }
    bool all = row.count > 0 && leaf->type != NODE_PHRASE && leaf->type != NODE_PREFIX;
    for (size_t w = 0; w < row.count; w++)
        all = all && each[w];
    return all;
}

static bool in_range(const struct field *field, const struct node *node, const struct made *made) {
    bool is_date = field->type == FIELD_DATE;
    int64_t seconds = 0, bound = 0;
    double value = (double)made->cited;
    if (is_date && !made->published) return false;
    if (is_date && when_parse(&seconds, made->published, NULL) == ST_OK) value = (double)seconds;
    if (node->type == NODE_ALL) return true;
    if (node->low) {
        double low = is_date ? 0 : strtod(node->low, NULL);
        if (is_date && (node->low_open ? when_parse_end : when_parse)(&bound, node->low, NULL) == ST_OK)
            low = (double)bound;
        if (node->low_open ? value <= low : value < low) return false;
    }
    if (node->high) {
        double high = is_date ? 0 : strtod(node->high, NULL);
        if (is_date && (node->high_open ? when_parse : when_parse_end)(&bound, node->high, NULL) == ST_OK)
            high = (double)bound;
        if (node->high_open ? value >= high : value > high) return false;
    }
    return true;
}

static bool matches_value(struct model *model, const struct node *leaf, const struct field *field,
                          const struct made *made) {
    if (field->type == FIELD_DATE || field->type == FIELD_NUMBER) return in_range(field, leaf, made);
    if (strcmp(field->name, "tag") == 0) return name_has(model, leaf, made->tags, made->tag_count);
    if (strcmp(field->name, "author") == 0) return name_has(model, leaf, made->authors, made->author_count);
    if (strcmp(field->name, "outlet") == 0)
        return name_has(model, leaf, (char *const *)&made->outlet, made->outlet ? 1 : 0);
    if (strcmp(field->name, "lang") == 0) return leaf->type == NODE_ALL || strcasecmp(leaf->text, "en") == 0;
    for (size_t i = 0; i < made->domain_count; i++) /* domain */
        if (leaf->type == NODE_ALL || strcasecmp(leaf->text, made->domains[i]) == 0) return true;
    return false;
}

/* ---- the tree ---- */

static bool matches(struct model *model, const struct query *query, const struct node *node, const struct field *field,
                    const struct made *made);

static bool is_value(const struct field *field) {
    return field && field->type != FIELD_TEXT;
}

static bool is_kind(const struct node *node) {
    return node->field && strcmp(node->field, "kind") == 0;
}

static bool all_in_fields(const struct node *node) {
    if (node->field) return true;
    for (size_t i = 0; i < node->count; i++)
        if (!all_in_fields(node->children[i])) return false;
    return node->count > 0;
}

static bool is_required(const struct query *query, const struct node *node) {
    if (node->occur != OCCUR_SHOULD) return node->occur == OCCUR_MUST;
    return node->type == NODE_AND || node->type == NODE_AND_NOT || node->type == NODE_SECTION || all_in_fields(node) ||
           (node->type == NODE_PHRASE && !query->pasted);
}

static const struct field *field_of(const struct model *model, const struct node *node, const struct field *field) {
    return node->field ? schema_field(model->schema, STORE_ARTICLE, node->field, strlen(node->field)) : field;
}

struct tally { /* of a sequence's wanted items */
    bool any, any_stop;
    size_t wanted, words, stopped;
};

static void count_words(struct model *model, const char *text, const struct made *made, struct tally *tally) {
    struct tokens *tokens = arena_alloc(model->arena, sizeof *tokens);
    read_tokens(model, text, tokens);
    for (size_t i = 0; i < tokens->count; i++) {
        struct wanted wanted = {.how = NODE_WORD, .word = &tokens->items[i]};
        bool has = has_word(made, NULL, &wanted);
        if (is_stop(model, &tokens->items[i])) {
            tally->stopped++;
            tally->any_stop = tally->any_stop || has;
        } else {
            tally->words++;
            tally->any = tally->any || has;
        }
    }
}

/* Clauses on one value field are alternatives: whether any of those on the field of item `at` holds. */
static bool clause_holds(struct model *model, const struct query *query, const struct node *node, size_t at,
                         const struct made *made) {
    const struct field *own = field_of(model, node->children[at], NULL);
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item = node->children[i];
        if (!item->field || item->occur != OCCUR_SHOULD) continue;
        if (field_of(model, item, NULL) != own || is_kind(item) != is_kind(node->children[at])) continue;
        if (matches(model, query, item, NULL, made)) return true;
    }
    return false;
}

static bool matches_sequence(struct model *model, const struct query *query, const struct node *node,
                             const struct field *field, const struct made *made) {
    struct tally tally = {0};
    size_t required = 0, clauses = 0, forbidden = 0;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item = node->children[i];
        if (item->occur == OCCUR_MUST_NOT) {
            forbidden++;
            if (matches(model, query, item, field, made)) return false;
        } else if (is_required(query, item)) {
            bool clause =
                item->occur == OCCUR_SHOULD && item->field && (is_value(field_of(model, item, NULL)) || is_kind(item));
            clauses += clause;
            required += !clause;
            if (clause ? !clause_holds(model, query, node, i, made) : !matches(model, query, item, field, made))
                return false;
        } else if (item->type == NODE_WORD && !field) {
            count_words(model, item->text, made, &tally);
        } else {
            if (item->type == NODE_PHRASE && !field) count_words(model, item->text, made, &tally);
            tally.wanted++;
            tally.any = tally.any || matches(model, query, item, field, made);
        }
    }
    if (required > 0) return true;
    if (tally.words + tally.wanted > 0) return tally.any;
    if (tally.stopped > 0) return tally.any_stop;
    return clauses + forbidden > 0;
}

static bool matches_section(struct model *model, const struct node *node, const struct made *made) {
    for (size_t c = 0; c < made->chunk_count; c++) {
        if (made->chunks[c].type != CHUNK_HEADING) continue;
        bool all = true;
        for (size_t i = 0; i < node->count && all; i++) {
            struct row row = {.ordered = true};
            add_leaf(model, node->children[i], &row);
            row.window = row.count;
            if (row.count == 0) continue;
            bool has = any_row(made, NULL, &row, made->chunks[c].section);
            all = has != (node->children[i]->occur == OCCUR_MUST_NOT);
        }
        if (all) return true;
    }
    return false;
}

static bool matches(struct model *model, const struct query *query, const struct node *node, const struct field *field,
                    const struct made *made) {
    if (is_kind(node)) return strncmp(node->text, "article", 7) == 0;
    field = field_of(model, node, field);
    if (node->field && !field) return false; /* a field of sources */
    bool any = false, all = true;
    switch (node->type) {
    case NODE_SEQUENCE: return matches_sequence(model, query, node, field, made);
    case NODE_OR:
    case NODE_AND:
        for (size_t i = 0; i < node->count; i++) {
            bool has = matches(model, query, node->children[i], field, made);
            any = any || has;
            all = all && has;
        }
        return node->type == NODE_OR ? any : all;
    case NODE_AND_NOT:
        for (size_t i = 1; i < node->count; i++)
            any = any || matches(model, query, node->children[i], field, made);
        return !any && matches(model, query, node->children[0], field, made);
    case NODE_NOT: return !matches(model, query, node->children[0], field, made);
    case NODE_NEAR:
    case NODE_ADJ: return matches_window(model, node, field, made);
    case NODE_SECTION: return matches_section(model, node, made);
    default: break;
    }
    if (is_value(field)) return matches_value(model, node, field, made);
    return node->type == NODE_ALL || matches_leaf(model, node, field, made);
}

bool model_matches(struct model *model, const struct query *query, const struct made *made) {
    return matches(model, query, query->root, NULL, made);
}

/* ---- what it knows ---- */

static bool knows_field(const char *name) {
    static const char *const names[] = {"title", "section",   "text",  "tag",  "author", "outlet",
                                        "lang",  "published", "cited", "kind", "domain"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static bool knows_leaf(const struct model *model, const struct node *leaf, const struct field *field) {
    struct tokens tokens;
    if (!leaf->text) return true;
    if (strpbrk(leaf->text, "#@/") || strncasecmp(leaf->text, "www.", 4) == 0) return false;
    if (field && field->type == FIELD_KEYWORD && leaf->type != NODE_WORD) return false;
    if (field && field->type == FIELD_NAME && leaf->type == NODE_FUZZY) return false;
    /* A row's forms are looked for by the beginning that a stem shares with them. */
    read_tokens((struct model *)model, leaf->text, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        size_t len = strlen(tokens.items[i].stem);
        if (strncmp(tokens.items[i].term, tokens.items[i].stem, len > 2 ? len - 1 : len) != 0) return false;
    }
    return tokens.count < TOKENS_MAX / 4;
}

static bool knows(const struct model *model, const struct node *node, const struct field *field) {
    bool row = node->type == NODE_NEAR || node->type == NODE_ADJ || node->type == NODE_SECTION;
    size_t places = 0;
    if (node->field && !knows_field(node->field)) return false;
    if (node->field) field = schema_field(model->schema, STORE_ARTICLE, node->field, strlen(node->field));
    if (!knows_leaf(model, node, field)) return false;
    if (row && field && is_value(field)) return false;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *child = node->children[i];
        if (row && (!is_leaf(child) || child->field)) return false;
        places += child->occur != OCCUR_MUST_NOT && child->text &&
                  child->text[strcspn(child->text, "abcdefghijklmnopqrstuvwxyz0123456789")];
        if (!knows(model, child, field)) return false;
    }
    return node->type != NODE_SECTION || places > 0;
}

bool model_knows(const struct model *model, const struct query *query) {
    return knows(model, query->root, NULL);
}
