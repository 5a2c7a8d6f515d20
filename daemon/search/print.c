/* The tree as a query again.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "search/query.h"

#include <stdio.h>
#include <string.h>

static void print_range(const struct node *node, struct buf *out) {
    if (node->low && node->high && strcmp(node->low, node->high) == 0)
        buf_str(out, node->low);
    else if (node->high_open)
        buf_printf(out, "<%s", node->high);
    else if (node->low_open)
        buf_printf(out, ">%s", node->low);
    else
        buf_printf(out, "%s..%s", node->low ? node->low : "", node->high ? node->high : "");
}

/* How tightly a node binds, as in the grammar; what stands in a tighter place needs parentheses. */
enum binding { BINDS_OR, BINDS_AND, BINDS_NOT, BINDS_NEAR, BINDS_ALONE };

static enum binding binding_of(const struct node *node) {
    switch (node->type) {
    case NODE_OR: return BINDS_OR;
    case NODE_AND:
    case NODE_AND_NOT: return BINDS_AND;
    case NODE_NOT: return BINDS_NOT;
    case NODE_NEAR:
    case NODE_ADJ: return BINDS_NEAR;
    default: return BINDS_ALONE;
    }
}

static void print_node(const struct node *node, enum binding place, struct buf *out);

/* The first child may be of the same binding: operators go from the left to the right. */
static void print_chain(const struct node *node, const char *separator, enum binding rest, struct buf *out) {
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0) buf_str(out, separator);
        print_node(node->children[i], i > 0 ? rest : binding_of(node), out);
    }
}

static void print_operator(const struct node *node, struct buf *out) {
    char window[32];
    switch (node->type) {
    case NODE_OR: print_chain(node, " OR ", BINDS_AND, out); break;
    case NODE_AND: print_chain(node, " AND ", BINDS_NOT, out); break;
    case NODE_AND_NOT: print_chain(node, " AND NOT ", BINDS_NEAR, out); break;
    case NODE_NOT:
        buf_str(out, "NOT ");
        print_node(node->children[0], BINDS_NEAR, out);
        break;
    default:
        snprintf(window, sizeof window, " %s/%u ", node->type == NODE_NEAR ? "NEAR" : "ADJ", node->number);
        print_chain(node, window, BINDS_ALONE, out);
        break;
    }
}

static void print_group(const struct node *node, struct buf *out) {
    static const char *const signs[] = {[OCCUR_SHOULD] = "", [OCCUR_MUST] = "+", [OCCUR_MUST_NOT] = "-"};
    buf_str(out, node->type == NODE_SECTION ? "in:section(" : "(");
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0) buf_char(out, ' ');
        buf_str(out, signs[node->children[i]->occur]);
        print_node(node->children[i], BINDS_OR, out);
    }
    buf_char(out, ')');
}

static void print_node(const struct node *node, enum binding place, struct buf *out) {
    bool inside = binding_of(node) < place;
    if (inside) buf_char(out, '(');
    query_print(node, out);
    if (inside) buf_char(out, ')');
}

void query_print(const struct node *node, struct buf *out) {
    if (node->field) buf_printf(out, "%s:", node->field);
    switch (node->type) {
    case NODE_WORD: buf_str(out, node->text); break;
    case NODE_PHRASE: buf_printf(out, "\"%s\"", node->text); break;
    case NODE_PREFIX: buf_printf(out, "%s*", node->text); break;
    case NODE_FUZZY: buf_printf(out, node->number == 2 ? "%s~2" : "%s~", node->text); break;
    case NODE_RANGE: print_range(node, out); break;
    case NODE_ALL: buf_char(out, '*'); break;
    case NODE_SEQUENCE:
    case NODE_SECTION: print_group(node, out); break;
    default: print_operator(node, out); break;
    }
}
