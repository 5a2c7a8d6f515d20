/* Times: RFC 3339 in and out, and the clocks.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *     time   = YYYY [ "-" MM [ "-" DD [ ("T" | "t" | " ") clock [ zone ] ] ] ]
 *     clock  = HH ":" MM [ ":" SS [ "." 1*digit ] ]
 *     zone   = "Z" | "z" | ("+" | "-") HH [ ":" ] MM
 *
 * Any thread; neither TZ nor the locale matters, since days are counted here.  Fractions of a second
 * are read and dropped: the archive's unit is the second. */
#include "base/when.h"

#include "when_parts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY_SECONDS = 86400 };

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int when_month_days(int year, int month) {
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01; a year runs from March here, so that the leap day is its last. */
static int64_t days_from_date(int year, int month, int day) {
    int64_t y = month > 2 ? year : year - 1;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    /* 306 days lie between March 1 of year 0 and the end of that year; 719468 days before 1970. */
    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int *year, int *month, int *day) {
    int64_t n = days + 719468; /* from 0000-03-01 */
    int64_t y = n * 400 / 146097;
    /* The quotient can be one year too high at the end of February. */
    while (y * 365 + y / 4 - y / 100 + y / 400 > n)
        y--;
    while ((y + 1) * 365 + (y + 1) / 4 - (y + 1) / 100 + (y + 1) / 400 <= n)
        y++;
    int64_t day_of_year = n - (y * 365 + y / 4 - y / 100 + y / 400);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(*month > 2 ? y : y + 1);
}

/* Exactly `digits` digits in low..high at *at; moves behind them. */
static bool take_number(const char **at, int digits, int low, int high, int *out) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    if (value < low || value > high) return false;
    *at += digits;
    *out = value;
    return true;
}

static bool take_zone(const char **at, struct when_parts *parts) {
    int hours;
    int minutes;
    char sign = **at;
    if (sign == '\0') return true;
    parts->has_zone = true;
    (*at)++;
    if (sign == 'Z' || sign == 'z') return true;
    if (sign != '+' && sign != '-') return false;
    if (!take_number(at, 2, 0, 23, &hours)) return false;
    if (**at == ':') (*at)++;
    if (!take_number(at, 2, 0, 59, &minutes)) return false;
    parts->offset_minutes = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    return true;
}

static bool take_clock(const char **at, struct when_parts *parts) {
    if (!take_number(at, 2, 0, 23, &parts->hour) || *(*at)++ != ':') return false;
    if (!take_number(at, 2, 0, 59, &parts->minute)) return false;
    parts->precision = WHEN_MINUTE;
    if (**at != ':') return true;
    (*at)++;
    if (!take_number(at, 2, 0, 60, &parts->second)) return false;
    parts->precision = WHEN_SECOND;
    if (**at != '.') return true;
    size_t digits = strspn(++*at, "0123456789");
    *at += digits;
    return digits > 0;
}

bool when_parts_parse(struct when_parts *out, const char *text) {
    const char *at = text;
    *out = (struct when_parts){.month = 1, .day = 1, .precision = WHEN_YEAR};
    if (!take_number(&at, 4, 1, 9999, &out->year)) return false;
    if (*at == '\0') return true;
    if (*at++ != '-' || !take_number(&at, 2, 1, 12, &out->month)) return false;
    out->precision = WHEN_MONTH;
    if (*at == '\0') return true;
    if (*at++ != '-' || !take_number(&at, 2, 1, when_month_days(out->year, out->month), &out->day)) return false;
    out->precision = WHEN_DAY;
    if (*at == '\0') return true;
    if (*at != 'T' && *at != 't' && *at != ' ') return false;
    at++;
    return take_clock(&at, out) && take_zone(&at, out) && *at == '\0';
}

static int64_t parts_seconds(const struct when_parts *parts) {
    return days_from_date(parts->year, parts->month, parts->day) * DAY_SECONDS + parts->hour * 3600 +
           (parts->minute - parts->offset_minutes) * 60 + parts->second;
}

static enum status refuse(struct err *err, const char *text) {
    return err_set(err, ST_INVALID_VALUE,
                   "expected a date like 2025-10-08 or a time like 2025-10-08T14:30:00Z, got \"%.80s\"", text);
}

/* An offset can move a time out of the years that can be written. */
static bool in_range(int64_t seconds) {
    return seconds >= days_from_date(1, 1, 1) * DAY_SECONDS && seconds < days_from_date(10000, 1, 1) * DAY_SECONDS;
}

enum status when_parse(int64_t *out, const char *text, struct err *err) {
    struct when_parts parts;
    if (!when_parts_parse(&parts, text) || !in_range(parts_seconds(&parts))) return refuse(err, text);
    *out = parts_seconds(&parts);
    return ST_OK;
}

enum status when_parse_end(int64_t *out, const char *text, struct err *err) {
    struct when_parts parts;
    if (!when_parts_parse(&parts, text)) return refuse(err, text);
    if (parts.precision < WHEN_MONTH) parts.month = 12;
    if (parts.precision < WHEN_DAY) {
        parts.day = when_month_days(parts.year, parts.month);
        parts.hour = 23;
    } else if (parts.precision == WHEN_DAY) {
        parts.hour = 23;
    }
    if (parts.precision <= WHEN_DAY) parts.minute = 59;
    if (parts.precision < WHEN_SECOND) parts.second = 59;
    if (!in_range(parts_seconds(&parts))) return refuse(err, text);
    *out = parts_seconds(&parts);
    return ST_OK;
}

/* Days and the second within the day, also before 1970. */
static int64_t split_days(int64_t seconds, int *second_of_day) {
    int64_t days = seconds / DAY_SECONDS;
    int64_t rest = seconds % DAY_SECONDS;
    if (rest < 0) {
        rest += DAY_SECONDS;
        days--;
    }
    *second_of_day = (int)rest;
    return days;
}

static int64_t clamp_seconds(int64_t seconds) {
    const int64_t first = days_from_date(1, 1, 1) * DAY_SECONDS;
    const int64_t last = days_from_date(10000, 1, 1) * DAY_SECONDS - 1;
    return seconds < first ? first : seconds > last ? last : seconds;
}

void when_format(char out[32], int64_t seconds) {
    int rest, year, month, day;
    date_from_days(split_days(clamp_seconds(seconds), &rest), &year, &month, &day);
    snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, rest / 3600, rest / 60 % 60, rest % 60);
}

int when_year(int64_t seconds) {
    int rest, year, month, day;
    date_from_days(split_days(clamp_seconds(seconds), &rest), &year, &month, &day);
    return year;
}

int64_t when_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t when_mono_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
