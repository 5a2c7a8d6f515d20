/* A strict reader of JSON texts that copies and allocates nothing.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * It finds where a value ends and which members an object has, so that a result can be handed on byte for byte
 * as the daemon wrote it: numbers beyond 2^53 and the order of members survive.  RFC 8259; nesting up to
 * SCAN_DEPTH.  UTF-8 is not checked: the daemon does that. */
#ifndef LIB_SCAN_H
#define LIB_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum { SCAN_DEPTH = 1000 };

struct scan {
    const char *at, *end; /* the text that is left */
};

struct span {
    const char *start;
    size_t len;
};

/* Goes behind one value and gives its extent, without the space around it.  false: not JSON; scan->at is where. */
bool scan_value(struct span *out, struct scan *scan);
/* The whole text is one value. */
bool scan_text(struct span *out, const char *text, size_t len, const char **fault);
/* Steps through the members of an object: start with scan_enter behind its brace. */
bool scan_enter(struct scan *scan, struct span object);
bool scan_member(struct span *key, struct span *value, struct scan *scan); /* false: no more */
bool span_equals(struct span span, const char *text);

#endif
