/* Base64: RFC 4648's vectors, everything of a short length, what is none.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"

#include <string.h>

static const struct {
    const char *text, *coded;
} vectors[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"},
               {"\xff\xfe\xfd", "//79"},
               {"\xfb\xef\xbe", "++++"}};

static const char *const wrong[] = {"Z",     "Zg",   "Zg=",  "Zg===",    "=",    "====", "Z===",     "Zm9v\n",
                                    "Zm 9v", "Zm-v", "Zm_v", "Zg==Zm9v", "=Zm9", "Zm=v", "Zm9vZg=a", "é0é0"};

static void known(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char *out = NULL;
        size_t len = 0;
        assert_true(base64_decode(arena, vectors[i].coded, strlen(vectors[i].coded), &out, &len));
        assert_int_equal(len, strlen(vectors[i].text));
        assert_memory_equal(out, vectors[i].text, len);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *out = NULL;
        size_t len = 0;
        if (base64_decode(arena, wrong[i], strlen(wrong[i]), &out, &len)) fail_msg("taken: %s", wrong[i]);
    }
    arena_free(arena);
}

static size_t encode(char *out, const unsigned char *bytes, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16 | (i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (i + 2 < len ? bytes[i + 2] : 0);
        for (size_t j = 0; j < 4; j++)
            out[at++] = i + j > len ? '=' : digits[group >> (18 - 6 * j) & 63];
    }
    return at;
}

static void round_trips(void **state) {
    (void)state;
    uint32_t number = 1;
    for (size_t len = 0; len < 200; len++) {
        struct arena *arena = arena_new();
        unsigned char bytes[200];
        char coded[300], *out = NULL;
        size_t out_len = 0;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (unsigned char)((number = number * 1664525 + 1013904223) >> 24);
        assert_true(base64_decode(arena, coded, encode(coded, bytes, len), &out, &out_len));
        assert_int_equal(out_len, len);
        assert_memory_equal(out, bytes, len);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known), cmocka_unit_test(round_trips)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
