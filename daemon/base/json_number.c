/* Numbers of JSON text: see json_number.h; the rules about values stand in base/json.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *     number   = [ "-" ] int [ "." 1*digit ] [ ( "e" | "E" ) [ "+" | "-" ] 1*digit ]
 *     int      = "0" | ( "1"-"9" *digit )
 *
 * Any thread.  strtod sees significant digits and an exponent only, never a decimal point, so the
 * locale does not matter. */
#include "json_number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPONENT_CAP = 100000, SAFE_DIGITS = 15 };

/* value = 0.digits × 10^exponent, with neither leading nor trailing zeros in digits. */
struct decimal {
    char digits[JSON_NUMBER_MAX_BYTES + 1];
    int count;
    int exponent;
    bool plain; /* written without fraction and exponent */
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *scan_digits(const char *text, size_t len, size_t *at) {
    if (*at >= len || !is_digit(text[*at])) return "expected a digit";
    while (*at < len && is_digit(text[*at]))
        (*at)++;
    return NULL;
}

/* The grammar alone. */
static const char *scan(const char *text, size_t len, size_t *at) {
    const char *wrong = NULL;
    if (text[*at] == '-') (*at)++;
    if (*at < len && text[*at] == '0') {
        (*at)++;
        if (*at < len && is_digit(text[*at])) return "expected no digit behind a leading zero";
    } else if ((wrong = scan_digits(text, len, at))) {
        return wrong;
    }
    if (*at < len && text[*at] == '.') {
        (*at)++;
        if ((wrong = scan_digits(text, len, at))) return wrong;
    }
    if (*at < len && (text[*at] == 'e' || text[*at] == 'E')) {
        (*at)++;
        if (*at < len && (text[*at] == '+' || text[*at] == '-')) (*at)++;
        return scan_digits(text, len, at);
    }
    return NULL;
}

static int read_exponent(const char *text, size_t len) {
    size_t at = text[0] == '+' || text[0] == '-';
    int value = 0;
    for (; at < len; at++)
        value = value < EXPONENT_CAP ? value * 10 + (text[at] - '0') : EXPONENT_CAP;
    return text[0] == '-' ? -value : value;
}

static void read_decimal(struct decimal *out, const char *text, size_t len) {
    bool fraction = false;
    *out = (struct decimal){.plain = true};
    for (size_t i = text[0] == '-'; i < len; i++) {
        char c = text[i];
        if (c == '.') {
            fraction = true;
            out->plain = false;
        } else if (!is_digit(c)) {
            out->exponent += read_exponent(text + i + 1, len - i - 1);
            out->plain = false;
            break;
        } else {
            bool leading = out->count == 0 && c == '0';
            if (!leading) out->digits[out->count++] = c;
            if (!fraction && !leading) out->exponent++;
            if (fraction && leading) out->exponent--;
        }
    }
    while (out->count > 0 && out->digits[out->count - 1] == '0')
        out->count--;
    out->digits[out->count] = '\0';
}

/* Whether the double nearest to a whole number of many digits gives all of them back. */
static bool gives_back(const struct decimal *decimal) {
    char text[JSON_NUMBER_MAX_BYTES + 16];
    char again[JSON_NUMBER_MAX_BYTES + 16];
    snprintf(text, sizeof text, "%se%d", decimal->digits, decimal->exponent - decimal->count);
    /* d.ddde±xx: the digits without the point must be ours. */
    snprintf(again, sizeof again, "%.*e", decimal->count - 1, strtod(text, NULL));
    return again[0] == decimal->digits[0] && (size_t)decimal->count <= strlen(again) &&
           memcmp(again + 2, decimal->digits + 1, (size_t)decimal->count - 1) == 0;
}

static const char *check_value(const struct decimal *decimal) {
    static const char limit[] = "9007199254740992"; /* 2^53 */
    if (decimal->count == 0) return NULL;
    if (decimal->plain) {
        int whole = (int)sizeof limit - 1;
        if (decimal->exponent < whole) return NULL;
        if (decimal->exponent > whole || strcmp(decimal->digits, limit) > 0)
            return "expected an integer within ±9007199254740992 (2^53)";
        return NULL;
    }
    if (decimal->exponent > 308 || decimal->exponent < -306) {
        char text[JSON_NUMBER_MAX_BYTES + 16];
        snprintf(text, sizeof text, "%se%d", decimal->digits, decimal->exponent - decimal->count);
        double value = strtod(text, NULL);
        if (!isfinite(value)) return "expected a number below 1.8e308";
        if (value == 0.0) return "expected a number that is zero or above 4.9e-324";
    }
    bool whole = decimal->exponent >= decimal->count;
    if (whole && decimal->count > SAFE_DIGITS && !gives_back(decimal))
        return "expected a whole number that a double holds exactly";
    return NULL;
}

const char *json_number_check(const char *text, size_t len, size_t *at) {
    size_t start = *at;
    const char *wrong = scan(text, len, at);
    if (wrong) return wrong;
    size_t digits = *at - start;
    if (digits < SAFE_DIGITS && !memchr(text + start, 'e', digits) && !memchr(text + start, 'E', digits)) return NULL;
    if (digits > JSON_NUMBER_MAX_BYTES) {
        *at = start;
        return "expected a number of at most 63 bytes";
    }
    struct decimal decimal;
    read_decimal(&decimal, text + start, digits);
    wrong = check_value(&decimal);
    if (wrong) *at = start;
    return wrong;
}
