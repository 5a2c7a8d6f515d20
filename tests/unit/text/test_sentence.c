/* The sentence splitter by examples, by property, and on the seed article where it is at hand.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * In the tables `|` stands where a sentence must end; the text is the expectation with a blank for each
 * (a row may give another separator). */
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "text/sentence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

struct row {
    const char *language, *expected, *between; /* between: NULL is a blank */
};

static const struct row acronyms[] = {
    {"en", "He lives in the U.S.|The next day he left.", NULL},
    {"en", "Cities in the U.S. grow.|U.S. cities grow.", NULL},
    {"en", "A hybrid threat inside U.S. cities.|U.S. President Biden and the U.S. Senate met.", NULL},
    {"en", "They left the U.S. [1]|Zapata stayed.", NULL},
    {"en", "In the U.S.|“Next” came.", NULL},
    {"en", "U.S.-based killings in U.S. courts, U.S.|It ended in the U.S.", NULL},
    {"en", "At 5 a.m. Monday it began.|It ended at 6 p.m.|The rest slept.", NULL},
    {"en", "He works for the D.E.A. in Texas.", NULL},
    {"es", "Vive en EE. UU.|Pero no aquí.|En EE. UU. Biden ganó.", NULL},
};

static const struct row abbreviations_rows[] = {
    {"en", "Dr. Smith saw No. 5 and Vol. II, pp. 3-5.|He said no.|I agree.", NULL},
    {"en", "J. Smith met J. K. Rowling.|John P. Kennedy did too, on p. 7.", NULL},
    {"en", "We need plan B.|The end.", NULL},
    {"en", "Apples, pears, etc. and so on.|Apples, etc.|The end.", NULL},
    {"en", "E.g. this, i.e. That, cf. Smith et al. [3] and St. Louis.", NULL},
    {"en", "Mr. and Mrs. Jones of Acme Inc. said so.|They own Acme Inc.|He left.", NULL},
    {"en", "On Jan. 5 and Sept. 11 Gov. Brown, Sen. Lee and Lt. Gov. Ray met.", NULL},
    {"de", "Das gilt z. B. Für alle, d. h. immer.|Am 3. Oktober kam Friedrich II. Wilhelm.", NULL},
    {"de", "Das gilt z.\u00a0B. Ärzten, usw.|Der Rest ging.|Es war 2011.|Danach kam 2012.", NULL},
    {"fr", "M. Dupont vint, p. ex. Mardi.|Rome, 44 av. J.-C. César.", NULL},
    {"pt", "O Sr. Silva e a Dra. Lima saíram.|Ele voltou.", NULL},
    {"nl", "Dhr. Jansen kwam, d.w.z. Piet.|Hij ging.", NULL},
    {"ru", "В 2011 г. Москва росла.|И т. д. и т. п.", NULL},
};

static const struct row markers[] = {
    {"en", "Bounties on agents [1] [2].|The next.", NULL},
    {"en", "Bounties on agents. [1] [2]|The next.[3]|More.[4][5]|End [1, 2]!", NULL},
    {"en", "A range [1-3].|Another [1–3].|A note [^1].|Behind. [^1]|Last.", NULL},
    {"en", "He said “so.” [1]|Then.|“Quote” [2].|Done.", NULL},
    {"en", "Not a marker. [sic] is one word.|No. [see 1] is none.", NULL},
    {"en", "No blank.[1]|The next.", ""},
};

static const struct row quotes[] = {
    {"en", "He said.|“Next one.”|‘Third.’|\"Fourth.\"|Fifth.", NULL},
    {"en", "“Why?” he asked.|\"Why not?\" she said.|“Really?”|Nobody knew.", NULL},
    {"en", "It ended (see there).|(It began elsewhere.)|Done [here].", NULL},
    {"en", "Really?!|Yes!!!|Wait...|What?|Well… so it is.|Hm…|No.", NULL},
    {"fr", "Il dit « Bonjour ! » puis partit.|« Quoi ? »|Il rit.|« Oui. »|Fin.", NULL},
    {"es", "¿Qué pasa?|¡Nada!|Él dijo: «Sí».|¿No?", NULL},
    {"de", "Er sagte: „Ja.“|Sie ging.|„Nein!“ rief er.|»Doch.«|Ende.", NULL},
};

static const struct row others[] = {
    {"en", "It cost 3.5 million, or $2.50.|See www.example.org/a.b?c=1.|It was 2011.|Then 5 came.", NULL},
    {"en", "iPhone sales fell.|iPhone is one.|Yahoo! is here.|eBay too.", NULL},
    {"en", "1. New DHS warning.|2. Another one.|IV. A third.", "\n"},
    {"en", "no stop here|another paragraph|third", "\n\n"},
    {"en", "no stop here|another paragraph", "\r\n \t\r\n"},
    {"en", "A list:|- one|- two|3) three|• four", "\n"},
    {"en", "wrapped at the\nend of a line.|Next\nline.", NULL},
    {"ko", "그는 왔다.|그리고 갔다!|정말?|네.|것 뿐.|다음.", NULL},
    {"zh", "我们去北京。|他走了！|“真的？”|他说：“你好。”", ""},
    {"ja", "「こんにちは。」と言った。|行く。", ""},
    {"hi", "वह आया।|वह गया।", NULL},
    {"ar", "هل جاء؟|نعم.", NULL},
    {NULL, "One sentence.|Two of them.", NULL},
    {"xx", "One sentence.|Two of them.", NULL},
};

static void make_text(struct buf *out, const struct row *row) {
    buf_clear(out);
    for (const char *c = row->expected; *c; c++)
        if (*c == '|')
            buf_str(out, row->between ? row->between : " ");
        else
            buf_char(out, *c);
}

static void check(const struct abbreviations *abbreviations, const struct row *rows, size_t count) {
    struct buf text, got;
    buf_init(&text, 0);
    buf_init(&got, 0);
    for (size_t i = 0; i < count; i++) {
        struct span *spans;
        make_text(&text, &rows[i]);
        buf_clear(&got);
        size_t found = sentences_find(abbreviations, text.data, text.len, rows[i].language, &spans);
        for (size_t k = 0; k < found; k++) {
            if (k) buf_char(&got, '|');
            buf_add(&got, text.data + spans[k].start, spans[k].end - spans[k].start);
        }
        if (strcmp(got.data, rows[i].expected) != 0) fail_msg("got\n  %s, not\n  %s", got.data, rows[i].expected);
        mem_free(spans);
    }
    buf_free(&text);
    buf_free(&got);
}

#define CHECK(rows) check(*state, rows, sizeof rows / sizeof *rows)

static void test_acronyms(void **state) {
    CHECK(acronyms);
}

static void test_abbreviations(void **state) {
    CHECK(abbreviations_rows);
}

static void test_markers(void **state) {
    CHECK(markers);
}

static void test_quotes(void **state) {
    CHECK(quotes);
}

static void test_others(void **state) {
    CHECK(others);
}

static void test_nothing(void **state) {
    static const char *const texts[] = {"", " ", "\n\n \t", "\u00a0\u3000"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct span *spans = (void *)1;
        assert_int_equal(sentences_find(*state, texts[i], strlen(texts[i]), "en", &spans), 0);
        mem_free(spans);
    }
}

/* Spans ascend, touch no white space at their ends, and leave nothing but white space between them. */
static void check_cover(const char *text, size_t len, const struct span *spans, size_t count) {
    static const char blanks[] = " \t\n\r\v\f";
    size_t at = 0;
    for (size_t i = 0; i <= count; i++) {
        size_t next = i < count ? spans[i].start : len;
        assert_true(next >= at);
        for (; at < next; at++)
            assert_true(strchr(blanks, text[at]) && text[at]);
        if (i == count) return;
        assert_true(spans[i].end > spans[i].start && spans[i].end <= len);
        assert_false(text[spans[i].start] && strchr(blanks, text[spans[i].start]));
        assert_false(text[spans[i].end - 1] && strchr(blanks, text[spans[i].end - 1]));
        at = spans[i].end;
    }
}

static void test_every_byte_is_in_one(void **state) {
    static const char *const pieces[] = {"a",    "B",    "The ", ".",    "!",    "?",    "…",    "。",       " ",
                                         "\n",   "\n\n", "[1]",  "[",    "]",    "“",    "”",    "»",        "(",
                                         ")",    "1",    "-",    "U.S.", "z.",   "\xff", "\xe2", "\xe3\x80", "한",
                                         "。」", "\t",   "- ",   "Dr. ", "No. ", "é",    "\r\n", "'",        "\x01"};
    const char *given = getenv("FOOTNOTE_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    print_message("seed %u (FOOTNOTE_SEED repeats it)\n", seed);
    srand(seed);
    for (int round = 0; round < 20000; round++) {
        char text[400];
        size_t len = 0;
        for (int i = rand() % 40; i > 0; i--) {
            const char *piece = pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        struct span *spans;
        size_t count = sentences_find(*state, text, len, round % 2 ? "en" : "de", &spans);
        check_cover(text, len, spans, count);
        mem_free(spans);
    }
}

/* The lines 5, 7, … 17 of the seed article are the blocks of its body. */
static void test_seed(void **state) {
    static const size_t expected[] = {2, 4, 3, 3, 3, 3, 4};
    const char *data = getenv("FOOTNOTE_DATA");
    char path[1024], *text;
    struct err err;
    size_t len, line = 1;
    snprintf(path, sizeof path, "%s/seed/factually-cartel-violence.txt",
             data ? data : FOOTNOTE_SOURCE_DIR "/../shared/data");
    if (file_read(&text, &len, path, 1 << 20, &err) != ST_OK) {
        print_message("skipped: %s\n", err.text);
        skip();
    }
    char *rest = text;
    for (char *from; (from = strsep(&rest, "\n")); line++) {
        if (line < 5 || line > 17 || line % 2 == 0) continue;
        struct span *spans;
        assert_int_equal(sentences_find(*state, from, strlen(from), "en", &spans), expected[(line - 5) / 2]);
        mem_free(spans);
    }
    assert_true(line > 17);
    mem_free(text);
}

static void test_built_in_minimum(void **state) {
    static const struct row rows[] = {
        {"en", "Dr. Smith saw No. 5 in the U.S.|He left.", NULL},
        {"de", "Am 3. Oktober z. B. Berlin.|Er ging.", NULL},
    };
    struct abbreviations *abbreviations;
    struct err err;
    (void)state;
    assert_int_equal(abbreviations_open(&abbreviations, NULL, &err), ST_OK);
    check(abbreviations, rows, 2);
    abbreviations_close(abbreviations);
    abbreviations_close(NULL);
}

static void test_bad_files(void **state) {
    static const struct {
        const char *text, *message;
        size_t len;
        long line;
    } rows[] = {
        {"# fine\nen Dr.\nen\n", "expected a language or *, a blank, an entry", 0, 3},
        {"en Dr\n", "expected an abbreviation that ends in a full stop", 0, 1},
        {"en  Dr.\n", "expected an abbreviation that ends in a full stop", 0, 1},
        {"en Dr. !\n", "expected an abbreviation that ends in a full stop", 0, 1},
        {"englishlanguage Dr.\n", "expected a language or *, a blank, an entry", 0, 1},
        {"en D\xff.\n", "not UTF-8", 0, 1},
        {"en Dr.\nen A\0b.\n", "a NUL byte", 14, 2},
        {"en aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.", "longer than 64 bytes", 0, 1},
    };
    char path[] = "/tmp/footnote-abbreviations-XXXXXX";
    struct abbreviations *abbreviations;
    struct err err;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, rows[i].text, len, 0), (ssize_t)len);
        assert_int_equal(abbreviations_open(&abbreviations, path, &err), ST_INVALID_FORMAT);
        assert_int_equal(err.line, rows[i].line);
        assert_non_null(strstr(err.text, rows[i].message));
        assert_non_null(strstr(err.text, path));
    }
    close(fd);
    unlink(path);
    assert_int_equal(abbreviations_open(&abbreviations, path, &err), ST_NOT_FOUND);
}

static int open_abbreviations(void **state) {
    struct abbreviations *abbreviations;
    struct err err;
    if (abbreviations_open(&abbreviations, FOOTNOTE_SOURCE_DIR "/index-schema/abbreviations.txt", &err) != ST_OK) {
        print_message("%s\n", err.text);
        return -1;
    }
    *state = abbreviations;
    return 0;
}

static int close_abbreviations(void **state) {
    abbreviations_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acronyms),
        cmocka_unit_test(test_abbreviations),
        cmocka_unit_test(test_markers),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_every_byte_is_in_one),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_built_in_minimum),
        cmocka_unit_test(test_bad_files),
    };
    return cmocka_run_group_tests(tests, open_abbreviations, close_abbreviations);
}
