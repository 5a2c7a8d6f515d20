/* The query language: a table of queries and their trees, printing and parsing round and round, any bytes at all.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/file.h"

/* A query, its tree as query_print shows it without the outermost parentheses, and the warnings' codes. */
static const struct {
    const char *query, *tree, *warnings;
} rows[] = {
    {"", "", ""},
    {"   ", "", ""},
    {"cartel bounty", "cartel bounty", ""},
    {"\"life sentences\"", "\"life sentences\"", ""},
    {"+zapata -chicago", "+zapata -chicago", ""},
    {"a AND b OR c", "a AND b OR c", ""},
    {"a OR b AND NOT c", "a OR b AND NOT c", ""},
    {"a NOT b", "a AND NOT b", ""},
    {"NOT a", "-a", ""},
    {"(a b) -(c d)", "(a b) -(c d)", ""},
    {"title:bounty", "title:bounty", ""},
    {"outlet:\"AP\" author:smith", "outlet:\"AP\" author:smith", ""},
    {"title:(a b)", "title:(a b)", ""},
    {"title:a OR title:b", "title:a OR title:b", ""},
    {"published:2020..2024", "published:2020..2024", ""},
    {"published:..2024", "published:..2024", ""},
    {"published:>=2020-01-01", "published:2020-01-01..", ""},
    {"published:<2020", "published:<2020", ""},
    {"published:nonsense", "nonsense", "query_syntax "},
    {"published:\"\"", "", "query_syntax "},
    {"cites:apnews.com/article/x", "cites:apnews.com/article/x", ""},
    {"cited:3..", "cited:3..", ""},
    {"in:section(zapata avila)", "in:section(zapata avila)", ""},
    {"a NEAR/5 b", "a NEAR/5 b", ""},
    {"a NEAR b", "a NEAR/10 b", ""},
    {"a ADJ/3 b", "a ADJ/3 b", ""},
    {"cartel*", "cartel*", ""},
    {"zapatta~", "zapatta~", ""},
    {"zapatta~2", "zapatta~2", ""},
    {"a AND (b OR c)", "a AND (b OR c)", ""},
    {"((a b)) c", "(a b) c", ""},
    {"NOT (a OR b) AND c", "NOT (a OR b) AND c", ""},
    {"2020s~", "2020s", "not_fuzzy "},
    {"*", "*", ""},
    {"http://example.org/x", "http://example.org/x", ""},
    {"U.S. policy", "U.S. policy", ""},
    {"C++ AT&T don't", "C++ AT&T don't", ""},
    {"+title:a*", "+title:a*", ""},
    /* What can't be parsed is searched as words, and told. */
    {"nofield:word", "nofield word", "unknown_field "},
    {"\"unclosed", "\"unclosed\"", "query_syntax "},
    {")", "", "query_syntax "},
    {"AND", "AND", "query_syntax "},
    {"a OR", "a OR", "query_syntax "},
    {"NEAR/5 a", "NEAR/5 a", "query_syntax "},
    {"a NEAR/0 b", "a NEAR/1 b", "query_limit "},
    {"a ADJ/999999999999999999999 b", "a ADJ/1000 b", "query_limit "},
    {"a NEAR/1000 b", "a NEAR/1000 b", ""},
    {"a \"--\"", "a", "query_syntax "},
    /* A pasted text. */
    {"ONE TWO THREE FOUR FIVE AND SIX", "ONE TWO THREE FOUR FIVE AND SIX", "pasted_text "},
};

static void parse(struct arena *arena, const char *text, size_t len, struct query *out) {
    query_parse(arena, schema, text, len, out);
    assert_non_null(out->root);
    assert_int_equal(out->root->type, NODE_SEQUENCE);
}

/* The root's parentheses are left away. */
static char *print(struct arena *arena, const struct node *root) {
    struct buf out;
    buf_init(&out, 0);
    query_print(root, &out);
    assert_true(out.len >= 2 && out.data[0] == '(' && out.data[out.len - 1] == ')');
    char *text = arena_strndup(arena, out.data + 1, out.len - 2);
    buf_free(&out);
    return text;
}

static void table(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct query query;
        char warnings[200] = "";
        parse(arena, rows[i].query, strlen(rows[i].query), &query);
        for (size_t w = 0; w < query.warning_count; w++) {
            strcat(strcat(warnings, query.warnings[w].code), " ");
            assert_true(query.warnings[w].position >= 0);
            assert_true((size_t)query.warnings[w].position <= strlen(rows[i].query));
        }
        assert_string_equal(print(arena, query.root), rows[i].tree);
        if (strcmp(warnings, rows[i].warnings) != 0) fail_msg("%s: warnings %s", rows[i].query, warnings);
        arena_free(arena);
    }
}

static char *read_source(struct arena *arena, const char *name) {
    char path[4096], *text = NULL;
    size_t len = 0;
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s", FOOTNOTE_SOURCE_DIR, name);
    if (file_read(&text, &len, path, 1 << 20, &err) != ST_OK) fail_msg("%s", err.text);
    char *copy = arena_strndup(arena, text, len);
    mem_free(text);
    return copy;
}

/* The grammar's lines in a text, each without what stands in front of it. */
static const char *grammar_of(struct arena *arena, const char *name) {
    struct buf out;
    char *rest = NULL, *text = read_source(arena, name);
    bool inside = false;
    buf_init(&out, 0);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        line += strspn(line, " *");
        inside = inside || strncmp(line, "query    =", 10) == 0;
        if (inside) buf_printf(&out, "%s\n", line);
        if (strncmp(line, "range    =", 10) == 0) break;
    }
    const char *grammar = arena_strndup(arena, out.data ? out.data : "", out.len);
    buf_free(&out);
    return grammar;
}

/* The manual page has the grammar of the parser's header, and its examples are queries without a fault. */
static void manual_page(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    char *rest = NULL, *page = read_source(arena, "client/man/footnote-query.7");
    int examples = 0;
    bool inside = false;
    const char *grammar = grammar_of(arena, "client/man/footnote-query.7");
    assert_true(strlen(grammar) > 500);
    assert_string_equal(grammar, grammar_of(arena, "daemon/search/include/search/query.h"));
    for (char *line = strtok_r(page, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        struct query query;
        char *end = strstr(line, "  ");
        if (strcmp(line, ".\\\" examples") == 0) inside = true;
        if (strncmp(line, ".Ed", 3) == 0) inside = false;
        if (!inside || *line == '.') continue;
        if (end) *end = '\0';
        parse(arena, line, strlen(line), &query);
        if (query.warning_count > 0) fail_msg("%s: %s", line, query.warnings[0].message);
        assert_true(query.root->count > 0);
        examples++;
    }
    assert_true(examples > 25);
    arena_free(arena);
}

/* Where nodes stand in the query. */
static void positions(void **state) {
    (void)state;
    static const char text[] = "+zapata \"life sentences\" title:bounty";
    struct arena *arena = arena_new();
    struct query query;
    parse(arena, text, strlen(text), &query);
    assert_int_equal(query.root->count, 3);
    assert_int_equal(query.root->children[0]->occur, OCCUR_MUST);
    assert_int_equal(query.root->children[1]->type, NODE_PHRASE);
    assert_int_equal(query.root->children[1]->occur, OCCUR_SHOULD);
    assert_int_equal(query.root->children[1]->start, 8);
    assert_int_equal(query.root->children[1]->end, 24);
    assert_string_equal(query.root->children[1]->text, "life sentences");
    assert_string_equal(query.root->children[2]->field, "title");
    assert_int_equal(query.root->children[2]->occur, OCCUR_SHOULD);
    assert_int_equal(query.words, 3);
    arena_free(arena);
}

/* ---- properties ---- */

/* Tokens; one that ends in a colon or a parenthesis goes with the next. */
static const char *const pieces[] = {"zapata",    "life",     "a",           "élysée",      "漢字",
                                     "2020s",     "U.S.",     "AND",         "OR",          "NOT",
                                     "NEAR",      "NEAR/3",   "ADJ",         "ADJ/2",       "(",
                                     ")",         "\"life\"", "\"a b\"",     "+life",       "-zapata",
                                     "+(",        "-(",       "*",           "cartel*",     "zapatta~",
                                     "zapatta~2", "title:",   "title:(",     "outlet:",     "published:2020..2024",
                                     "cited:>3",  "cited:3",  "in:section(", "kind:source", "http://example.org/a?b=c",
                                     "[1]",       "AT&T",     "it's"};

static size_t random_query(char *out, unsigned most) {
    size_t len = 0;
    for (unsigned i = random_below(most) + 1; i > 0; i--) {
        const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
        bool joined = strchr(":(", piece[strlen(piece) - 1]) != NULL;
        len += (size_t)sprintf(out + len, "%s%s", piece, joined ? "" : " ");
    }
    return len;
}

/* A tree keeps the rules that the rest of the search relies on. */
static void check_tree(const struct node *node, size_t len, int depth) {
    assert_true(depth < 200);
    assert_true(node->start <= node->end && node->end <= len);
    switch (node->type) {
    case NODE_WORD:
    case NODE_PHRASE:
    case NODE_PREFIX:
    case NODE_FUZZY:
        assert_non_null(node->text);
        assert_true(node->text[0] != '\0');
        assert_int_equal(node->count, 0);
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_AND_NOT:
    case NODE_NEAR:
    case NODE_ADJ: assert_true(node->count >= 2); break;
    default: break;
    }
    if (node->type == NODE_NEAR || node->type == NODE_ADJ) assert_true(node->number >= 1);
    if (node->type == NODE_FUZZY) assert_true(node->number == 1 || node->number == 2);
    for (size_t i = 0; i < node->count; i++)
        check_tree(node->children[i], len, depth + 1);
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_tree(const struct node *a, const struct node *b) {
    bool same = a->type == b->type && a->occur == b->occur && a->number == b->number && a->count == b->count &&
                a->low_open == b->low_open && a->high_open == b->high_open && same_text(a->field, b->field) &&
                same_text(a->text, b->text) && same_text(a->low, b->low) && same_text(a->high, b->high);
    for (size_t i = 0; same && i < a->count; i++)
        same = same_tree(a->children[i], b->children[i]);
    return same;
}

/* A query that is understood is, printed and parsed again, the same tree. */
static void round_trips(void **state) {
    (void)state;
    int understood = 0;
    for (int round = 0; round < 40000; round++) {
        struct arena *arena = arena_new();
        struct query query, again;
        char text[1024];
        size_t len = random_query(text, 8);
        parse(arena, text, len, &query);
        check_tree(query.root, len, 0);
        const char *once = print(arena, query.root);
        parse(arena, once, strlen(once), &again);
        if (query.warning_count == 0 && !query.pasted && !again.pasted) {
            understood++;
            if (!same_tree(query.root, again.root)) fail_msg("%s\n  is %s", text, once);
        }
        arena_free(arena);
    }
    assert_true(understood > 5000);
}

/* Marks and beginnings in any order. */
static size_t random_marks(char *out) {
    static const char *const marks[] = {
        "(",          ")",      "\"",     "+",           "-",        "*",     "~",   "~2",  ":",      "<", ">", "..",
        "published:", "cited:", "title:", "in:section(", "nofield:", "kind:", "AND", "NOT", "NEAR/0", "a", " "};
    size_t len = 0;
    for (unsigned i = random_below(12); i > 0; i--)
        len += (size_t)sprintf(out + len, "%s%s", marks[random_below(sizeof marks / sizeof *marks)],
                               random_below(3) ? " " : "");
    return len;
}

/* Any bytes are a query. */
static void any_bytes(void **state) {
    (void)state;
    for (int round = 0; round < 60000; round++) {
        struct arena *arena = arena_new();
        struct query query;
        char text[512];
        size_t len = round % 3 ? random_marks(text) : random_below(200);
        for (size_t i = 0; i < len && round % 3 == 0; i++)
            text[i] = random_below(2) ? (char)(random_below(255) + 1) : "()\"+-*~: \tANDOR/.<>"[random_below(19)];
        char *bytes = malloc(len ? len : 1); /* a sanitizer sees what is read beyond */
        memcpy(bytes, text, len);
        query_parse(arena, schema, bytes, len, &query);
        check_tree(query.root, len, 0);
        free(bytes);
        arena_free(arena);
    }
}

/* What is above the limits is told, not an error and not endless. */
static void limits(void **state) {
    (void)state;
    static const char *const units[] = {"(", "a ", "a AND ", "-(", "title:(", "\"", "a NEAR/2 ", "NOT ", "a* ", "("};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        struct arena *arena = arena_new();
        struct query query;
        struct buf text;
        buf_init(&text, 0);
        while (text.len < 60000)
            buf_str(&text, units[u]);
        parse(arena, text.data, text.len, &query);
        check_tree(query.root, text.len, 0);
        assert_true(query.words <= 1024);
        if (strcmp(units[u], "\"") != 0) assert_true(query.warning_count > 0);
        buf_free(&text);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),       cmocka_unit_test(manual_page), cmocka_unit_test(positions),
        cmocka_unit_test(round_trips), cmocka_unit_test(any_bytes),   cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, search_setup, search_teardown);
}
