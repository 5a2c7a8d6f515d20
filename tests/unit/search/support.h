/* What the search tests share: the schema, a random generator with a seed.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_SEARCH_SUPPORT_H
#define TEST_SEARCH_SUPPORT_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "search/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct schema *schema;

static uint64_t random_state;

static inline uint64_t random_next(void) { /* xorshift64* */
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545F4914F6CDD1DULL;
}

static inline unsigned random_below(unsigned limit) {
    return (unsigned)((random_next() >> 33) % limit);
}

/* The seed is $FOOTNOTE_SEED, else fixed; it is printed, so that a failure can be repeated. */
static inline int search_setup(void **state) {
    struct err err = ERR_NONE;
    const char *given = getenv("FOOTNOTE_SEED");
    (void)state;
    random_state = given ? strtoull(given, NULL, 10) : 20251008;
    printf("FOOTNOTE_SEED=%llu\n", (unsigned long long)random_state);
    if (schema_open(&schema, FOOTNOTE_SOURCE_DIR "/index-schema/schema.json", &err) == ST_OK) return 0;
    fprintf(stderr, "%s\n", err.text);
    return -1;
}

static inline int search_teardown(void **state) {
    (void)state;
    schema_close(schema);
    return 0;
}

#endif
