/* An import as a text that a test can compare; see transcript.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static struct rules *rules;

static void close_rules(void) {
    rules_close(rules);
}

struct rules *test_rules(void) {
    struct err err = ERR_NONE;
    if (rules) return rules;
    if (rules_open(&rules, FOOTNOTE_SOURCE_DIR "/index-schema", &err)) fail_msg("%s", err.text);
    atexit(close_rules);
    return rules;
}

struct import_options test_options(void) {
    return (struct import_options){
        .date_order = WHEN_MDY, .max_record_bytes = 1024 * 1024, .max_depth = 50, .max_ratio = 1000};
}

static bool write_item(void *arg, struct import_item *item) {
    struct buf *out = arg;
    if (item->take_record) {
        char *text = cJSON_PrintUnformatted(item->take_record);
        buf_printf(out, "%llu %s\n", (unsigned long long)item->line, text);
        cJSON_free(text);
        cJSON_Delete(item->take_record);
        return true;
    }
    buf_printf(out, "%ld:%ld %s %s", item->err.line, item->err.column, status_info(item->err.status)->code,
               item->err.text);
    if (item->err.position >= 0) {
        assert_true((size_t)item->err.position <= item->raw_len);
        size_t left = item->raw_len - (size_t)item->err.position;
        buf_printf(out, " <%.*s>", (int)(left < 10 ? left : 10), item->raw + item->err.position);
    }
    buf_char(out, '\n');
    return true;
}

char *transcript(const struct import_options *options, const char *bytes, size_t len, size_t chunk) {
    struct buf out;
    struct importer *importer;
    struct err err = ERR_NONE;
    buf_init(&out, 0);
    buf_str(&out, "");
    if (importer_open(&importer, test_rules(), options, &err)) {
        buf_printf(&out, "! %s %s\n", status_info(err.status)->code, err.text);
        return buf_take(&out, NULL);
    }
    enum status status = ST_OK;
    for (size_t at = 0; at < len && !status;) {
        size_t some = chunk && chunk < len - at ? chunk : len - at;
        /* A piece in memory of its own, so that a sanitizer sees a step outside. */
        char *piece = malloc(some);
        memcpy(piece, bytes + at, some);
        status = importer_feed(importer, piece, some, write_item, &out, &err);
        free(piece);
        at += some;
    }
    if (!status) status = importer_end(importer, write_item, &out, &err);
    if (status) buf_printf(&out, "! %s %s\n", status_info(status)->code, err.text);
    assert_int_equal(status, status ? err.status : ST_OK);
    importer_close(importer);
    if (!out.data) buf_add(&out, "", 0);
    return buf_take(&out, NULL);
}

void transcript_check(const struct transcript_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct import_options options = test_options();
        options.name = cases[i].name;
        for (size_t chunk = 0; chunk < 10; chunk++) {
            char *found = transcript(&options, cases[i].text, strlen(cases[i].text), chunk);
            if (strcmp(found, cases[i].expected) != 0)
                print_message("case %zu, pieces of %zu:\n%s", i, chunk, cases[i].text);
            assert_string_equal(found, cases[i].expected);
            mem_free(found);
        }
    }
}

static bool keep_record(void *arg, struct import_item *item) {
    cJSON **record = arg;
    if (!item->take_record) fail_msg("line %ld: %s", item->err.line, item->err.text);
    if (*record) fail_msg("expected one record, got a second one in line %llu", (unsigned long long)item->line);
    *record = item->take_record;
    return true;
}

cJSON *import_one(const struct import_options *options, const char *text) {
    struct importer *importer;
    struct err err = ERR_NONE;
    cJSON *record = NULL;
    if (importer_open(&importer, test_rules(), options, &err)) fail_msg("%s", err.text);
    if (importer_feed(importer, text, strlen(text), keep_record, &record, &err)) fail_msg("%s", err.text);
    if (importer_end(importer, keep_record, &record, &err)) fail_msg("%s", err.text);
    assert_int_equal(importer_read(importer), 1);
    importer_close(importer);
    assert_non_null(record);
    return record;
}

void assert_json(const cJSON *actual, const char *expected) {
    struct err err = ERR_NONE;
    cJSON *tree;
    if (json_parse(&tree, expected, strlen(expected), NULL, &err)) fail_msg("%s", err.text);
    if (!cJSON_Compare(actual, tree, true)) {
        char *found = cJSON_Print(actual);
        print_message("expected %s\ngot %s\n", expected, found);
        cJSON_free(found);
        fail();
    }
    cJSON_Delete(tree);
}
