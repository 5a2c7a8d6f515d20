/* Dates as people write them, for importers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text is cut into words, numbers and clocks; everything else separates.  A date is a year of four
 * digits, a month by name or number, a day.  Names of months in English, French, German and Spanish
 * stand in `months`; `fillers` are the words that mean nothing (days of the week, "of", "th").  An
 * unknown word, a number too many or an impossible day is an error: nothing is guessed.
 *
 *     8 October 2025 · October 8th, 2025 · Oct. 8, 2025 · Wed, 08 Oct 2025 14:30:00 +0200 · October 2025
 *     8. Oktober 2025 · 1er octobre 2025 · 8 de octubre de 2025 · 2025/10/08 · 20251008
 *     31-10-2020, 10/31/2020 by order; by WHEN_ISO only where no other reading is possible
 *
 * A clock with a zone gives an RFC 3339 time; a clock without one names no instant, so only the date
 * is given.  Any thread. */
#include "base/when.h"

#include "base/utf8.h"
#include "when_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MAX = 3, WORD_MAX = 24 };

/* Per month every name and abbreviation, folded: lower case, without diacritics. */
static const char *const months[12] = {
    " january jan januar janner janvier janv enero ene ",
    " february feb febr februar fevrier fevr fev febrero ",
    " march mar marz maerz mrz mars marzo ",
    " april apr avril avr abril abr ",
    " may mai mayo ",
    " june jun juni juin junio ",
    " july jul juli juillet juil julio ",
    " august aug aout agosto ago ",
    " september sept sep septembre septiembre setiembre set ",
    " october oct oktober okt octobre octubre ",
    " november nov novembre noviembre ",
    " december dec dezember dez decembre diciembre dic ",
};

static const char fillers[] =
    " st nd rd th er o of the on at de del le den der am um el a las "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miercoles jueves viernes sabado domingo ";

static const char zones_utc[] = " z gmt utc ut ";

/* Abbreviations that several zones share: they are passed over and the clock with them. */
static const char zones_vague[] = " et est edt ct cst cdt mt mst mdt pt pst pdt cet cest mez mesz bst ist ";

struct loose {
    const char *text;
    size_t len;
    size_t at;
    int numbers[NUMBERS_MAX];
    int digits[NUMBERS_MAX];  /* how many digits a number was written with */
    char behind[NUMBERS_MAX]; /* the byte behind a number */
    int count;
    int month_name;   /* 1–12; 0: none */
    int month_before; /* how many numbers stand before the name */
    struct when_parts parts;
    bool has_clock;
    bool pm;
    bool am;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The letter of À–ÿ without its diacritic; 0 for what is no letter. */
static char fold_latin1(uint32_t code_point) {
    static const char base[] = "aaaaaaaceeeeiiiidnooooo\0ouuuuyps"
                               "aaaaaaaceeeeiiiidnooooo\0ouuuuypy";
    return code_point >= 0xC0 && code_point <= 0xFF ? base[code_point - 0xC0] : '\0';
}

/* A folded letter at *at, moving behind it; 0 and no move when there is none. */
static char take_letter(struct loose *loose) {
    size_t next = loose->at;
    if (next >= loose->len) return '\0';
    uint32_t c = utf8_next(loose->text, loose->len, &next);
    char folded = '\0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') folded = (char)(c | 0x20);
    if (c >= 0x80) folded = fold_latin1(c);
    if (c == 0xBA || c == 0xB0) folded = 'o'; /* 1º */
    if (folded) loose->at = next;
    return folded;
}

static bool is_listed(const char *list, const char *spaced_word) {
    return strstr(list, spaced_word) != NULL;
}

static bool take_word(struct loose *loose) {
    char word[WORD_MAX + 3] = " ";
    size_t len = 1;
    for (char c; (c = take_letter(loose));) {
        if (len > WORD_MAX) return false;
        word[len++] = c;
    }
    /* "p.m." is one word, and a lone "T" before a clock separates. */
    if (len == 2 && (word[1] == 'a' || word[1] == 'p') && strncasecmp(loose->text + loose->at, ".m.", 3) == 0) {
        word[len++] = 'm';
        loose->at += 3;
    }
    word[len] = ' ';
    word[len + 1] = '\0';
    for (int i = 0; i < 12; i++) {
        if (!is_listed(months[i], word)) continue;
        if (loose->month_name && loose->month_name != i + 1) return false;
        loose->month_name = i + 1;
        loose->month_before = loose->count;
        return true;
    }
    if (loose->has_clock && is_listed(zones_utc, word)) {
        loose->parts.has_zone = true;
        return true;
    }
    if (loose->has_clock && is_listed(zones_vague, word)) return true;
    if (loose->has_clock && (strcmp(word, " am ") == 0 || strcmp(word, " pm ") == 0)) {
        *(word[1] == 'a' ? &loose->am : &loose->pm) = true;
        return true;
    }
    return is_listed(fillers, word);
}

static bool take_digits(struct loose *loose, int *value, int *digits) {
    *value = 0;
    *digits = 0;
    while (loose->at < loose->len && is_digit(loose->text[loose->at])) {
        if (++*digits > 8) return false;
        *value = *value * 10 + (loose->text[loose->at++] - '0');
    }
    return *digits > 0;
}

/* HH:MM[:SS], the hour being read already. */
static bool take_clock(struct loose *loose, int hour) {
    int digits;
    loose->at++;
    if (loose->has_clock || hour > 23 || !take_digits(loose, &loose->parts.minute, &digits) || digits != 2)
        return false;
    if (loose->at < loose->len && loose->text[loose->at] == ':') {
        loose->at++;
        if (!take_digits(loose, &loose->parts.second, &digits) || digits != 2) return false;
    }
    loose->parts.hour = hour;
    loose->has_clock = true;
    return loose->parts.minute < 60 && loose->parts.second <= 60;
}

/* +0200 or -05:00 behind a clock. */
static bool take_offset(struct loose *loose) {
    int sign = loose->text[loose->at++] == '-' ? -1 : 1;
    int value;
    int minutes = 0;
    int digits;
    if (!take_digits(loose, &value, &digits)) return false;
    if (digits == 4) {
        minutes = value % 100;
        value /= 100;
    } else if (digits != 2) {
        return false;
    } else if (loose->at < loose->len && loose->text[loose->at] == ':') {
        loose->at++;
        if (!take_digits(loose, &minutes, &digits) || digits != 2) return false;
    }
    loose->parts.has_zone = true;
    loose->parts.offset_minutes = sign * (value * 60 + minutes);
    return value < 24 && minutes < 60;
}

static bool take_number(struct loose *loose) {
    int value;
    int digits;
    if (!take_digits(loose, &value, &digits)) return false;
    char next = loose->at < loose->len ? loose->text[loose->at] : '\0';
    if (next == ':') return take_clock(loose, value);
    if (digits == 8 && loose->count == 0) { /* YYYYMMDD */
        loose->numbers[0] = value / 10000;
        loose->numbers[1] = value / 100 % 100;
        loose->numbers[2] = value % 100;
        loose->digits[0] = 4;
        loose->digits[1] = loose->digits[2] = 2;
        loose->count = 3;
        return true;
    }
    if (loose->count == NUMBERS_MAX || digits > 4) return false;
    loose->numbers[loose->count] = value;
    loose->digits[loose->count] = digits;
    loose->behind[loose->count++] = next;
    return true;
}

static bool take_all(struct loose *loose) {
    while (loose->at < loose->len) {
        char c = loose->text[loose->at];
        bool fine = true;
        if (is_digit(c)) {
            fine = take_number(loose);
        } else if (loose->has_clock && (c == '+' || c == '-') && !loose->parts.has_zone) {
            fine = take_offset(loose);
        } else if (c && strchr(" \t\r\n,./-()|", c)) {
            loose->at++;
        } else if ((c & 0x80) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
            size_t before = loose->at;
            fine = take_word(loose) && loose->at > before;
        } else {
            return false;
        }
        if (!fine) return false;
    }
    return true;
}

static bool set_date(struct loose *loose, int year, int month, int day) {
    loose->parts.year = loose->numbers[year];
    loose->parts.month = month < 0 ? loose->month_name : loose->numbers[month];
    loose->parts.day = day < 0 ? 0 : loose->numbers[day];
    return loose->digits[year] == 4 && (month < 0 || loose->digits[month] <= 2) && (day < 0 || loose->digits[day] <= 2);
}

/* Which number is what, when the month is one of them. */
static bool assign_numbers(struct loose *loose, enum when_order order) {
    if (loose->count == 2 && loose->digits[0] == 4) return set_date(loose, 0, 1, -1);
    if (loose->count == 2) return set_date(loose, 1, 0, -1);
    if (loose->count != 3) return false;
    if (loose->digits[0] == 4) return set_date(loose, 0, 1, 2);
    /* 31.10.2020 is day first wherever dots are written, unless the caller says otherwise. */
    if (order == WHEN_ISO && loose->behind[0] == '.') order = WHEN_DMY;
    if (order == WHEN_ISO && loose->numbers[0] > 12) order = WHEN_DMY;
    if (order == WHEN_ISO && (loose->numbers[1] > 12 || loose->numbers[0] == loose->numbers[1])) order = WHEN_MDY;
    if (order == WHEN_ISO) return false;
    return order == WHEN_DMY ? set_date(loose, 2, 1, 0) : set_date(loose, 2, 0, 1);
}

static bool assign(struct loose *loose, enum when_order order) {
    if (!loose->month_name) return assign_numbers(loose, order);
    if (loose->count == 1) return set_date(loose, 0, -1, -1);
    if (loose->count != 2) return false;
    return loose->digits[0] == 4 ? set_date(loose, 0, -1, 1) : set_date(loose, 1, -1, 0);
}

static bool is_possible(struct loose *loose) {
    struct when_parts *p = &loose->parts;
    if (p->year < 1 || p->month < 1 || p->month > 12) return false;
    if (p->day < 0 || p->day > when_month_days(p->year, p->month)) return false;
    if (!loose->am && !loose->pm) return true;
    if (p->hour < 1 || p->hour > 12) return false;
    p->hour = p->hour % 12 + (loose->pm ? 12 : 0);
    return true;
}

static void print(char out[32], const struct loose *loose) {
    const struct when_parts *p = &loose->parts;
    int offset = abs(p->offset_minutes);
    int len = snprintf(out, 32, p->day ? "%04d-%02d-%02d" : "%04d-%02d", p->year, p->month, p->day);
    if (!loose->has_clock || !p->has_zone || !p->day) return;
    len += snprintf(out + len, 32 - (size_t)len, "T%02d:%02d:%02d", p->hour, p->minute, p->second);
    if (offset == 0)
        snprintf(out + len, 32 - (size_t)len, "Z");
    else
        snprintf(out + len, 32 - (size_t)len, "%c%02d:%02d", p->offset_minutes < 0 ? '-' : '+', offset / 60,
                 offset % 60);
}

/* What when_parse takes stays as it is, unless a long fraction makes it longer than out. */
static bool keep_exact(char out[32], const char *text, size_t len) {
    char copy[64];
    struct when_parts parts;
    int64_t seconds;
    if (len >= sizeof copy) return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (!when_parts_parse(&parts, copy) || when_parse(&seconds, copy, NULL) != ST_OK) return false;
    if (len < 32)
        memcpy(out, copy, len + 1);
    else
        when_format(out, seconds);
    return true;
}

enum status when_parse_loose(char out[32], const char *text, enum when_order order, struct err *err) {
    static const char space[] = " \t\r\n";
    const char *start = text + strspn(text, space);
    size_t len = strlen(start);
    while (len > 0 && strchr(space, start[len - 1]))
        len--;
    if (keep_exact(out, start, len)) return ST_OK;
    struct loose loose = {.text = start, .len = len};
    if (take_all(&loose) && assign(&loose, order) && is_possible(&loose)) {
        print(out, &loose);
        return ST_OK;
    }
    return err_set(err, ST_INVALID_VALUE, "expected a date like 2025-10-08 or 8 October 2025, got \"%.80s\"", text);
}
