/* Fuzz: query text (search/query.h).  Any bytes but NUL, which JSON does not let through, are a query; one that is
 * understood is, printed, the same query.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "base/utf8.h"
#include "search/query.h"

#include <ctype.h>
#include <string.h>

/* What the rest of the search relies on. */
static void check_tree(const struct node *node, size_t size) {
    bool leaf =
        node->type == NODE_WORD || node->type == NODE_PHRASE || node->type == NODE_PREFIX || node->type == NODE_FUZZY;
    ENSURE(node->start <= node->end && node->end <= size);
    ENSURE(!leaf || (node->text && node->text[0] && node->count == 0));
    ENSURE(node->type != NODE_FUZZY || node->number == 1 || node->number == 2);
    for (size_t i = 0; i < node->count; i++)
        check_tree(node->children[i], size);
}

/* Nothing was doubtful in it.  What was pasted prints as what its author would have typed. */
static bool is_understood(const struct query *query) {
    return query->warning_count == 0 && !query->pasted;
}

static void print_twice(struct arena *arena, const struct query *query) {
    struct query again;
    struct buf once, twice;
    buf_init(&once, 0);
    buf_init(&twice, 0);
    query_print(query->root, &once);
    query_parse(arena, fuzz_schema(), once.data ? once.data : "", once.len, &again);
    query_print(again.root, &twice);
    if (!again.pasted) ENSURE(once.len == twice.len && (once.len == 0 || !memcmp(once.data, twice.data, once.len)));
    buf_free(&once);
    buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    if (memchr(text, '\0', size)) return 0;
    struct arena *arena = arena_new();
    struct query query;
    query_parse(arena, fuzz_schema(), text, size, &query);
    check_tree(query.root, size);
    ENSURE(query.words <= 1024);
    for (size_t i = 0; i < query.warning_count; i++)
        ENSURE(query.warnings[i].position <= (long)size && query.warnings[i].message[0]);
    if (utf8_valid(text, size) == size && is_understood(&query)) print_twice(arena, &query);
    arena_free(arena);
    return 0;
}
