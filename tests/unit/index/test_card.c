/* Cards: written and read again; every damage is noticed or harmless.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/card.h"

#include <stdlib.h>
#include <string.h>

static struct card_text text_of(const char *text) {
    return (struct card_text){.at = text, .len = strlen(text)};
}

static bool same_text(struct card_text a, struct card_text b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* A card with everything. */
static void full_card(struct buf *out) {
    struct card_citation citations[] = {{.n = 1, .source = 7}, {.n = 300, .source = 0}};
    struct card_section sections[] = {
        {.number = 0, .heading = text_of(""), .text = text_of("Summary"), .first_position = 1},
        {.number = 3,
         .heading = text_of("Überschrift"),
         .text = text_of("Text with a NUL: no."),
         .first_position = 4000000,
         .citations = citations,
         .citation_count = 2}};
    struct card card = {.kind = STORE_ARTICLE,
                        .docid = 4000000000u,
                        .id = text_of("id"),
                        .title = text_of("Title"),
                        .url = text_of("https://example.org"),
                        .published = text_of("2025-10-08"),
                        .outlet = text_of("The Gauge"),
                        .verdict = text_of("False"),
                        .language = text_of("en"),
                        .status = text_of(""),
                        .sections = sections,
                        .section_count = 2};
    card_write(&card, out);
}

static void round_trip(void **state) {
    (void)state;
    struct buf bytes;
    struct card card;
    struct err err = ERR_NONE;
    struct arena *arena = arena_new();
    buf_init(&bytes, 0);
    full_card(&bytes);
    assert_int_equal(card_read(arena, bytes.data, bytes.len, &card, &err), ST_OK);
    assert_int_equal(card.kind, STORE_ARTICLE);
    assert_int_equal(card.docid, 4000000000u);
    assert_true(same_text(card.title, text_of("Title")));
    assert_true(same_text(card.verdict, text_of("False")));
    assert_true(same_text(card.status, text_of("")));
    assert_int_equal(card.section_count, 2);
    assert_int_equal(card.sections[1].number, 3);
    assert_true(same_text(card.sections[1].heading, text_of("Überschrift")));
    assert_int_equal(card.sections[1].first_position, 4000000);
    assert_int_equal(card.sections[1].citation_count, 2);
    assert_int_equal(card.sections[1].citations[1].n, 300);
    assert_int_equal(card.sections[1].citations[1].source, 0);
    arena_free(arena);
    buf_free(&bytes);
}

static void empty_card(void **state) {
    (void)state;
    struct buf bytes;
    struct card card = {.kind = STORE_SOURCE, .docid = 1}, read;
    struct err err = ERR_NONE;
    struct arena *arena = arena_new();
    buf_init(&bytes, 0);
    card_write(&card, &bytes);
    assert_int_equal(card_read(arena, bytes.data, bytes.len, &read, &err), ST_OK);
    assert_int_equal(read.kind, STORE_SOURCE);
    assert_int_equal(read.section_count, 0);
    assert_int_equal(read.title.len, 0);
    arena_free(arena);
    buf_free(&bytes);
}

/* Cut off anywhere it is CORRUPT; with any byte changed it is that or a card inside its bytes. */
static void damage(void **state) {
    (void)state;
    struct buf bytes;
    buf_init(&bytes, 0);
    full_card(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        struct card card;
        struct err err = ERR_NONE;
        struct arena *arena = arena_new();
        char *copy = malloc(len ? len : 1); /* a sanitizer sees what is read beyond */
        memcpy(copy, bytes.data, len);
        assert_int_equal(card_read(arena, copy, len, &card, &err), ST_CORRUPT);
        free(copy);
        arena_free(arena);
    }
    for (size_t at = 0; at < bytes.len; at++) {
        for (int value = 0; value < 256; value += 15) {
            struct card card;
            struct err err = ERR_NONE;
            struct arena *arena = arena_new();
            char *copy = malloc(bytes.len);
            memcpy(copy, bytes.data, bytes.len);
            copy[at] = (char)value;
            if (card_read(arena, copy, bytes.len, &card, &err) == ST_OK)
                for (size_t i = 0; i < card.section_count; i++)
                    assert_true(card.sections[i].text.at + card.sections[i].text.len <= copy + bytes.len);
            free(copy);
            arena_free(arena);
        }
    }
    buf_free(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(empty_card),
        cmocka_unit_test(damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
