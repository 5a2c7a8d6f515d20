/* The tree as a query again.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "search/query.h"

#include <string.h>

static void print_list(const struct node *node, const char *separator, struct buf *out) {
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0) buf_str(out, separator);
        query_print(node->children[i], out);
    }
}

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

static void print_sequence(const struct node *node, struct buf *out) {
    static const char *const signs[] = {[OCCUR_SHOULD] = "", [OCCUR_MUST] = "+", [OCCUR_MUST_NOT] = "-"};
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0) buf_char(out, ' ');
        buf_str(out, signs[node->children[i]->occur]);
        query_print(node->children[i], out);
    }
}

static void print_window(const struct node *node, const char *name, struct buf *out) {
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0) buf_printf(out, " %s/%u ", name, node->number);
        query_print(node->children[i], out);
    }
}

static void print_inner(const struct node *node, struct buf *out) {
    switch (node->type) {
    case NODE_SEQUENCE:
    case NODE_SECTION: print_sequence(node, out); break;
    case NODE_OR: print_list(node, " OR ", out); break;
    case NODE_AND: print_list(node, " AND ", out); break;
    case NODE_AND_NOT: print_list(node, " AND NOT ", out); break;
    case NODE_NOT:
        buf_str(out, "NOT ");
        print_list(node, "", out);
        break;
    case NODE_NEAR: print_window(node, "NEAR", out); break;
    case NODE_ADJ: print_window(node, "ADJ", out); break;
    default: break;
    }
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
    default:
        buf_str(out, node->type == NODE_SECTION ? "in:section(" : "(");
        print_inner(node, out);
        buf_char(out, ')');
        break;
    }
}
