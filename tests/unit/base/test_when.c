/* Times: RFC 3339, ends of periods, dates as people write them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void times_are_parsed(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        {"1970-01-01", 0},
        {"1970", 0},
        {"1970-02", 31 * 86400},
        {"2000-02-29", 951782400},
        {"2000-03-01", 951868800},
        {"2025-10-08", 1759881600},
        {"2025-10-08T14:30:00Z", 1759933800},
        {"2025-10-08t14:30:00z", 1759933800},
        {"2025-10-08 14:30:00", 1759933800},
        {"2025-10-08T14:30", 1759933800},
        {"2025-10-08T14:30:00.999999999Z", 1759933800},
        {"2025-10-08T16:30:00+02:00", 1759933800},
        {"2025-10-08T16:30:00+0200", 1759933800},
        {"2025-10-08T09:00:00-05:30", 1759933800},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"1969-12-31T23:59:59Z", -1},
        {"1900-03-01", -2203891200},
        {"0001-01-01", -62135596800},
        {"9999-12-31T23:59:59Z", 253402300799},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t seconds = 0;
        struct err err = ERR_NONE;
        if (when_parse(&seconds, rows[i].text, &err) != ST_OK) fail_msg("%s: %s", rows[i].text, err.text);
        if (seconds != rows[i].seconds) fail_msg("%s: %lld", rows[i].text, (long long)seconds);
    }
}

static void what_is_no_time_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "yesterday",
        "25",
        "202",
        "20251",
        "0000",
        "2025-",
        "2025-1",
        "2025-13",
        "2025-00",
        "2025-02-29",
        "1900-02-29",
        "2025-04-31",
        "2025-10-00",
        "2025-10-08T",
        "2025-10-08T24:00",
        "2025-10-08T14:60",
        "2025-10-08T14",
        "2025-10-08T14:30:61",
        "2025-10-08T14:30:00.",
        "2025-10-08T14:30:00ZZ",
        "2025-10-08T14:30:00+2",
        "2025-10-08T14:30:00+24:00",
        "2025-10-08T14:30:00 Z",
        " 2025-10-08",
        "2025-10-08 ",
        "2025/10/08",
        "-2025",
        "+2025-10-08",
        "2025-10-08X14:30",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "\xC2\xB2 25",
    };
    for (size_t i = 0; i < ROWS(texts); i++) {
        int64_t seconds = 77;
        struct err err = ERR_NONE;
        if (when_parse(&seconds, texts[i], &err) != ST_INVALID_VALUE) fail_msg("'%s' passed", texts[i]);
        assert_int_equal(seconds, 77);
        assert_non_null(strstr(err.text, texts[i]));
        assert_int_equal(when_parse_end(&seconds, texts[i], &err), ST_INVALID_VALUE);
    }
}

static void ends_are_the_last_second(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *end;
    } rows[] = {
        {"2025", "2025-12-31T23:59:59Z"},
        {"2024-02", "2024-02-29T23:59:59Z"},
        {"2023-02", "2023-02-28T23:59:59Z"},
        {"2025-10-08", "2025-10-08T23:59:59Z"},
        {"2025-10-08T14:30", "2025-10-08T14:30:59Z"},
        {"2025-10-08T14:30:05Z", "2025-10-08T14:30:05Z"},
        {"2025-10-08T14:30+02:00", "2025-10-08T12:30:59Z"},
        {"9999", "9999-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t seconds;
        char out[32];
        assert_int_equal(when_parse_end(&seconds, rows[i].text, NULL), ST_OK);
        when_format(out, seconds);
        assert_string_equal(out, rows[i].end);
    }
}

/* Every day of 10,000 years: the calendar here against counting day by day. */
static void days_agree_with_counting(void **state) {
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = -62135596800;
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            int days = lengths[month - 1] + (month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)));
            for (int day = 1; day <= days; day += month == 2 ? 1 : days - 1, expected += 0) {
                char text[32];
                char out[32];
                int64_t seconds;
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                int64_t wanted = expected + (int64_t)(day - 1) * 86400;
                if (when_parse(&seconds, text, NULL) != ST_OK || seconds != wanted) fail_msg("%s", text);
                when_format(out, seconds + 86399);
                if (strncmp(out, text, 10) != 0 || strcmp(out + 10, "T23:59:59Z") != 0) fail_msg("%s: %s", text, out);
                if (when_year(seconds) != year) fail_msg("%s", text);
            }
            expected += (int64_t)days * 86400;
        }
    }
    assert_true(expected == 253402300800);
}

static void the_time_zone_of_the_process_does_not_matter(void **state) {
    (void)state;
    int64_t seconds;
    setenv("TZ", "America/New_York", 1);
    tzset();
    assert_int_equal(when_parse(&seconds, "2025-07-01T00:00:00", NULL), ST_OK);
    assert_int_equal(seconds, 1751328000);
    unsetenv("TZ");
    tzset();
}

static void loose_dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum when_order order;
        const char *date; /* NULL: refused */
    } rows[] = {
        /* as when_parse takes them */
        {"2025-10-08", WHEN_ISO, "2025-10-08"},
        {" 2025-10-08\n", WHEN_ISO, "2025-10-08"},
        {"2025-10", WHEN_ISO, "2025-10"},
        {"2025", WHEN_ISO, "2025"},
        {"2025-10-08T14:30:00+02:00", WHEN_ISO, "2025-10-08T14:30:00+02:00"},
        {"2025-10-08T14:30:00.123456789+02:00", WHEN_ISO, "2025-10-08T12:30:00Z"},
        /* English */
        {"8 October 2025", WHEN_ISO, "2025-10-08"},
        {"October 8, 2025", WHEN_ISO, "2025-10-08"},
        {"Oct. 8, 2025", WHEN_ISO, "2025-10-08"},
        {"Oct 8 2025", WHEN_ISO, "2025-10-08"},
        {"OCTOBER 8TH, 2025", WHEN_ISO, "2025-10-08"},
        {"the 1st of May, 2024", WHEN_ISO, "2024-05-01"},
        {"Sept. 22, 2016", WHEN_ISO, "2016-09-22"},
        {"Thursday, September 22nd, 2016", WHEN_ISO, "2016-09-22"},
        {"2025 October 8", WHEN_ISO, "2025-10-08"},
        {"8-Oct-2025", WHEN_ISO, "2025-10-08"},
        {"October 2025", WHEN_ISO, "2025-10"},
        {"February 29, 2024", WHEN_ISO, "2024-02-29"},
        /* with clocks */
        {"Wed, 08 Oct 2025 14:30:00 GMT", WHEN_ISO, "2025-10-08T14:30:00Z"},
        {"Wed, 08 Oct 2025 14:30:00 -0500", WHEN_ISO, "2025-10-08T14:30:00-05:00"},
        {"Wed Oct  8 14:30:00 2025", WHEN_ISO, "2025-10-08"},
        {"October 8, 2025 at 3:45 p.m.", WHEN_ISO, "2025-10-08"},
        {"October 8, 2025 3:45 PM EDT", WHEN_ISO, "2025-10-08"},
        {"October 8, 2025 12:05 AM UTC", WHEN_ISO, "2025-10-08T00:05:00Z"},
        {"October 8, 2025 12:05 PM UTC", WHEN_ISO, "2025-10-08T12:05:00Z"},
        {"2025-10-08 14:30:00 +0000", WHEN_ISO, "2025-10-08T14:30:00Z"},
        {"2025-10-08 14:30:00 UTC", WHEN_ISO, "2025-10-08T14:30:00Z"},
        /* French, German, Spanish */
        {"8 octobre 2025", WHEN_ISO, "2025-10-08"},
        {"le 1er ao\xC3\xBBt 2024", WHEN_ISO, "2024-08-01"},
        {"mardi 3 F\xC3\x89VRIER 2015", WHEN_ISO, "2015-02-03"},
        {"25 d\xC3\xA9"
         "c. 2020",
         WHEN_ISO, "2020-12-25"},
        {"8. M\xC3\xA4rz 2025", WHEN_ISO, "2025-03-08"},
        {"Mittwoch, den 8. Oktober 2025", WHEN_ISO, "2025-10-08"},
        {"8 de octubre de 2025", WHEN_ISO, "2025-10-08"},
        {"mi\xC3\xA9rcoles, 1\xC2\xBA de enero de 2020", WHEN_ISO, "2020-01-01"},
        /* numbers */
        {"2025/10/08", WHEN_ISO, "2025-10-08"},
        {"2025.10.8", WHEN_ISO, "2025-10-08"},
        {"2025-1-5", WHEN_MDY, "2025-01-05"},
        {"20251008", WHEN_ISO, "2025-10-08"},
        {"31-10-2020", WHEN_DMY, "2020-10-31"},
        {"10/31/2020", WHEN_MDY, "2020-10-31"},
        {"1/2/2020", WHEN_DMY, "2020-02-01"},
        {"1/2/2020", WHEN_MDY, "2020-01-02"},
        {"31.10.2020", WHEN_ISO, "2020-10-31"},
        {"1.2.2020", WHEN_ISO, "2020-02-01"},
        {"31/10/2020", WHEN_ISO, "2020-10-31"},
        {"10/31/2020", WHEN_ISO, "2020-10-31"},
        {"5/5/2020", WHEN_ISO, "2020-05-05"},
        {"10/2020", WHEN_ISO, "2020-10"},
        /* refused: nothing is guessed */
        {"1/2/2020", WHEN_ISO, NULL},
        {"10/31/2020", WHEN_DMY, NULL},
        {"31/10/2020", WHEN_MDY, NULL},
        {"10/31/20", WHEN_MDY, NULL},
        {"Oct 8, '25", WHEN_ISO, NULL},
        {"8 October", WHEN_ISO, NULL},
        {"October", WHEN_ISO, NULL},
        {"8 October November 2025", WHEN_ISO, NULL},
        {"8 Smarch 2025", WHEN_ISO, NULL},
        {"February 30, 2024", WHEN_ISO, NULL},
        {"February 29, 2023", WHEN_ISO, NULL},
        {"October 8, 2025, 9", WHEN_ISO, NULL},
        {"October 8, 2025 25:00", WHEN_ISO, NULL},
        {"October 8, 2025 13:00 PM", WHEN_ISO, NULL},
        {"20251308", WHEN_ISO, NULL},
        {"three days ago", WHEN_ISO, NULL},
        {"1700000000", WHEN_ISO, NULL},
        {"", WHEN_ISO, NULL},
        {"   ", WHEN_ISO, NULL},
        {"\xFF\xFE", WHEN_ISO, NULL},
        {"8 \xE5\x8D\x81\xE6\x9C\x88 2025", WHEN_ISO, NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char out[32] = "untouched";
        struct err err = ERR_NONE;
        enum status status = when_parse_loose(out, rows[i].text, rows[i].order, &err);
        if (rows[i].date) {
            if (status != ST_OK || strcmp(out, rows[i].date) != 0)
                fail_msg("'%s': %s instead of %s", rows[i].text, status ? err.text : out, rows[i].date);
            int64_t seconds;
            assert_int_equal(when_parse(&seconds, out, NULL), ST_OK);
        } else if (status != ST_INVALID_VALUE) {
            fail_msg("'%s' passed as %s", rows[i].text, out);
        }
    }
}

static void formats_stay_within_the_years(void **state) {
    (void)state;
    char out[32];
    when_format(out, INT64_MAX);
    assert_string_equal(out, "9999-12-31T23:59:59Z");
    when_format(out, INT64_MIN);
    assert_string_equal(out, "0001-01-01T00:00:00Z");
}

static void clocks_run_forward(void **state) {
    (void)state;
    int64_t first = when_mono_us();
    int64_t now_ms = when_now_ms();
    assert_true(when_mono_us() >= first);
    assert_true(now_ms / 1000 - (int64_t)time(NULL) <= 1 && (int64_t)time(NULL) - now_ms / 1000 <= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_parsed),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(ends_are_the_last_second),
        cmocka_unit_test(days_agree_with_counting),
        cmocka_unit_test(the_time_zone_of_the_process_does_not_matter),
        cmocka_unit_test(loose_dates),
        cmocka_unit_test(formats_stay_within_the_years),
        cmocka_unit_test(clocks_run_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
