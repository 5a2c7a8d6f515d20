/* The stages below the formats: gzip, byte order marks, limits, pieces of any size, stopping.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

struct bytes {
    char *data;
    size_t len;
};

/* A gzip member. */
static struct bytes gzip(const char *text, size_t len) {
    z_stream zlib = {0};
    assert_int_equal(deflateInit2(&zlib, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    struct bytes out = {.len = deflateBound(&zlib, len)};
    out.data = mem_alloc(out.len);
    zlib.next_in = (Bytef *)(uintptr_t)text;
    zlib.avail_in = (uInt)len;
    zlib.next_out = (Bytef *)out.data;
    zlib.avail_out = (uInt)out.len;
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    out.len = zlib.total_out;
    deflateEnd(&zlib);
    return out;
}

static struct bytes join(struct bytes a, const char *tail, size_t len) {
    struct bytes out = {mem_alloc(a.len + len), a.len + len};
    memcpy(out.data, a.data, a.len);
    memcpy(out.data + a.len, tail, len);
    return out;
}

static void check(struct import_options options, struct bytes bytes, const char *expected) {
    for (size_t chunk = 0; chunk < 5; chunk++) {
        char *found = transcript(&options, bytes.data, bytes.len, chunk);
        assert_string_equal(found, expected);
        mem_free(found);
    }
}

static void test_gzip(void **state) {
    (void)state;
    struct import_options options = test_options();
    const char *a = "{\"title\":\"A\"}\n{\"tit", *b = "le\":\"B\"}\n",
               *both = "1 {\"title\":\"A\"}\n2 {\"title\":\"B\"}\n";
    struct bytes first = gzip(a, strlen(a)), second = gzip(b, strlen(b)), empty = gzip("", 0);
    struct bytes members = join(first, second.data, second.len);
    struct bytes padded = join(members, "\0\0\0", 3), tailed = join(members, "x", 1);
    struct bytes after_padding = join(padded, "\x1F", 1), half_magic = join(members, "\x1F", 1);
    options.name = "a.jsonl.gz";
    check(options, members, both);
    check(options, padded, both);
    check(options, empty, "");
    options.name = "unpacked.jsonl"; /* the bytes decide, not the name */
    check(options, members, both);
    options.name = NULL;
    check(options, members, both);
    options.name = "a.jsonl";
    char expected[256];
    snprintf(expected, sizeof expected,
             "%s! invalid_format gzip: bytes behind the compressed data at byte %zu of the file\n", both, tailed.len);
    check(options, tailed, expected);
    snprintf(expected, sizeof expected,
             "%s! invalid_format gzip: bytes behind the compressed data at byte %zu of the file\n", both,
             after_padding.len);
    check(options, after_padding, expected);
    snprintf(expected, sizeof expected,
             "%s! invalid_format gzip: the compressed data ends too early at byte %zu of the file\n", both,
             half_magic.len);
    check(options, half_magic, expected);
    members.len -= 9; /* of the trailer */
    snprintf(expected, sizeof expected,
             "! invalid_format gzip: the compressed data ends too early at byte %zu of the file\n", members.len);
    char *found = transcript(&options, members.data, members.len, 0);
    assert_non_null(strstr(found, expected));
    mem_free(found);
    struct bytes *all[] = {&first, &second, &empty, &members, &padded, &tailed, &after_padding, &half_magic};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(all[i]->data);
}

/* Every single byte of a member, changed: an error or the same records, never anything else. */
static void test_gzip_damage(void **state) {
    (void)state;
    struct import_options options = test_options();
    const char *text = "{\"title\":\"A plain line that packs to something\"}\n";
    struct bytes packed = gzip(text, strlen(text));
    options.name = "a.jsonl";
    for (size_t i = 2; i < packed.len; i++) {
        packed.data[i] ^= 0x41;
        char *found = transcript(&options, packed.data, packed.len, 0);
        bool same = strcmp(found, "1 {\"title\":\"A plain line that packs to something\"}\n") == 0;
        assert_true(same || strstr(found, "! invalid_format gzip: "));
        if (i >= 10) assert_false(same); /* behind the header everything is checked */
        mem_free(found);
        packed.data[i] ^= 0x41;
    }
    mem_free(packed.data);
}

static void test_ratio(void **state) {
    (void)state;
    struct import_options options = test_options();
    size_t len = 8 * 1024 * 1024;
    char *zeros = mem_alloc(len);
    memset(zeros, '\n', len);
    struct bytes bomb = gzip(zeros, len);
    options.name = "bomb.jsonl.gz";
    options.max_ratio = 100;
    char *found = transcript(&options, bomb.data, bomb.len, 0);
    assert_non_null(strstr(found, "! too_large gzip: "));
    assert_non_null(strstr(found, " bytes unpack to more than 100 times as many"));
    mem_free(found);
    options.max_ratio = 1100;
    check(options, bomb, "");
    mem_free(bomb.data);
    mem_free(zeros);
}

static void test_marks(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *expected;
    } cases[] = {
        {"\xEF\xBB\xBF{\"title\":\"A\"}", 16, "1 {\"title\":\"A\"}\n"},
        {"\xEF\xBB", 2, "1:1 parse JSON: expected a value, got byte 0xef <\xEF\xBB>\n"},
        {"\xFF\xFE{\0\"\0t\0i\0t\0l\0e\0\"\0:\0\"\0\xE9\0=\xD8\0\xDE\"\0}\0\n\0", 34, "1 {\"title\":\"é😀\"}\n"},
        {"\xFE\xFF\0{\0\"\0t\0\"\0:\0\"\0\xE9\xD8=\xDE\0\0\"\0}", 24, "1 {\"t\":\"é😀\"}\n"},
        /* Half a pair, and half a unit. */
        {"\xFE\xFF\0{\0\"\0t\0\"\0:\0\"\xD8=\0\"\0}", 20,
         "1:7 parse JSON: expected valid UTF-8, got byte 0xed <\xED\xA0\xBD\"}>\n"},
        {"\xFE\xFF\0{\0\"\0t\0\"\0:\0\"\0", 15, "1:7 parse JSON: expected valid UTF-8, got byte 0xff <\xFF>\n"},
        {"\xFE\xFF", 2, ""},
        {"\xFE", 1, "1:1 parse JSON: expected a value, got byte 0xfe <\xFE>\n"},
    };
    struct import_options options = test_options();
    options.name = "a.jsonl";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(options, (struct bytes){(char *)(uintptr_t)cases[i].bytes, cases[i].len}, cases[i].expected);
}

static void test_record_limit(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"a.jsonl", "{\"t\":\"123456789012\"}\n{\"t\":\"1234567890123\"}\n{}\n",
         "1 {\"t\":\"123456789012\"}\n2:1 too_large record: expected at most 20 bytes\n3 {}\n"},
        {"a.jsonl", "{\"t\":\"1234567890123\"}", "1:1 too_large record: expected at most 20 bytes\n"},
        {"a.json", "[{\"t\":\"123456789012\"},{\"t\":\"1234567890123\"},\n{}]",
         "1 {\"t\":\"123456789012\"}\n1:23 too_large record: expected at most 20 bytes\n2 {}\n"},
        {"a.txt", "Is it longer than twenty bytes?\n\fShort\n\nit is",
         "1:1 too_large record: expected at most 20 bytes\n"
         "2 {\"title\":\"Short\",\"sections\":[{\"text\":\"it is\"}],\"file\":\"a.txt\"}\n"},
    };
    struct import_options options = test_options();
    options.max_record_bytes = 20;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        options.name = cases[i].name;
        check(options, (struct bytes){(char *)(uintptr_t)cases[i].text, strlen(cases[i].text)}, cases[i].expected);
    }
}

static void test_depth(void **state) {
    (void)state;
    struct import_options options = test_options();
    options.name = "a.jsonl";
    options.max_depth = 3;
    const char *text = "{\"a\":[[1]]}\n{\"a\":[[[1]]]}\n";
    check(options, (struct bytes){(char *)(uintptr_t)text, strlen(text)},
          "1 {\"a\":[[1]]}\n2:8 too_large JSON: nesting is deeper than 3 levels <[1]]]}>\n");
}

/* Files of every kind, in pieces of every size. */
static void test_pieces(void **state) {
    (void)state;
    static const char *const names[] = {"a.jsonl", "a.json", "a.txt", "a.md", NULL};
    static const char text[] =
        "---\ntitle: \"Größe\"\n---\n# Not [1] the title\r\n\r\nText [a](https://a.example/) *b*.\n\n"
        "{\"title\":\"x\",\"a\":[1,{\"b\":\"\\\"]}\"}]}\n[{\"a\":1},{\"b\":2},]\n\f1. One\n\nText\r\r\n"
        "{\"articles\":[{\"title\":\"z\"}],\"sources\":[{}]}\nSources\n[1] T – O, https://b.example/";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct import_options options = test_options();
        options.name = names[i];
        char *whole = transcript(&options, text, sizeof text - 1, 0);
        for (size_t chunk = 1; chunk < sizeof text; chunk++) {
            char *found = transcript(&options, text, sizeof text - 1, chunk);
            assert_string_equal(found, whole);
            mem_free(found);
        }
        mem_free(whole);
    }
}

/* A long file crosses every buffer there is; every 40th line is wrong. */
static void test_long(void **state) {
    (void)state;
    struct buf text, expected;
    buf_init(&text, 0);
    buf_init(&expected, 0);
    for (int i = 1; i <= 20000; i++) {
        bool wrong = i % 40 == 0;
        buf_printf(&text, "{\"title\":\"%05d %.*s\"%s}\n", i, i % 60,
                   "------------------------------------------------------------", wrong ? "," : "");
        if (wrong)
            buf_printf(&expected, "%d:%d parse JSON: expected a key in double quotes, got '}' <}>\n", i, 19 + i % 60);
        else
            buf_printf(&expected, "%d {\"title\":\"%05d %.*s\"}\n", i, i, i % 60,
                       "------------------------------------------------------------");
    }
    struct bytes packed = gzip(text.data, text.len);
    struct import_options options = test_options();
    static const size_t chunks[] = {0, 1, 100, 4096, 65536};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        char *found = transcript(&options, packed.data, packed.len, chunks[i]);
        assert_string_equal(found, expected.data);
        mem_free(found);
        found = transcript(&options, text.data, text.len, chunks[i]);
        assert_string_equal(found, expected.data);
        mem_free(found);
    }
    mem_free(packed.data);
    buf_free(&text);
    buf_free(&expected);
}

struct stop {
    int records;
};

static bool stop_at_second(void *arg, struct import_item *item) {
    struct stop *stop = arg;
    cJSON_Delete(item->take_record);
    return ++stop->records < 2;
}

static void test_stop(void **state) {
    (void)state;
    struct import_options options = test_options();
    struct importer *importer;
    struct stop stop = {0};
    struct err err = ERR_NONE;
    const char *text = "{\"title\":\"A\"}\n{\"title\":\"B\"}\n{\"title\":\"C\"}\n";
    options.format = "jsonl";
    assert_int_equal(importer_open(&importer, test_rules(), &options, &err), ST_OK);
    assert_int_equal(importer_feed(importer, text, strlen(text), stop_at_second, &stop, &err), ST_CANCELED);
    assert_int_equal(stop.records, 2);
    assert_int_equal(importer_read(importer), 2);
    assert_int_equal(importer_feed(importer, text, strlen(text), stop_at_second, &stop, &err), ST_INVALID_REQUEST);
    assert_int_equal(stop.records, 2);
    importer_close(importer);
    importer_close(NULL);
}

/* The raw bytes of an error are the record's, for --errors-to. */
static bool keep_raw(void *arg, struct import_item *item) {
    struct buf *raw = arg;
    if (!item->take_record) {
        buf_add(raw, item->raw, item->raw_len);
        buf_char(raw, '\n');
    }
    cJSON_Delete(item->take_record);
    return true;
}

static void test_raw(void **state) {
    (void)state;
    struct import_options options = test_options();
    const char *text = "{\"title\":\"A\"}\r\n{bad 1}\r\n{\"title\":\"B\"}\n{\"published\":\"soon\"}";
    options.name = "a.jsonl";
    for (size_t chunk = 1; chunk < strlen(text); chunk++) {
        struct importer *importer;
        struct err err = ERR_NONE;
        struct buf raw;
        buf_init(&raw, 0);
        assert_int_equal(importer_open(&importer, test_rules(), &options, &err), ST_OK);
        for (size_t at = 0; at < strlen(text); at += chunk) {
            size_t len = strlen(text) - at < chunk ? strlen(text) - at : chunk;
            assert_int_equal(importer_feed(importer, text + at, len, keep_raw, &raw, &err), ST_OK);
        }
        assert_int_equal(importer_end(importer, keep_raw, &raw, &err), ST_OK);
        assert_int_equal(importer_read(importer), 4);
        assert_string_equal(raw.data, "{bad 1}\n{\"published\":\"soon\"}\n");
        importer_close(importer);
        buf_free(&raw);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gzip),   cmocka_unit_test(test_gzip_damage),  cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_marks),  cmocka_unit_test(test_record_limit), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_pieces), cmocka_unit_test(test_long),         cmocka_unit_test(test_stop),
        cmocka_unit_test(test_raw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
