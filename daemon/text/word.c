/* The analyser's general path: words of any script that writes blanks, numbers, acronyms.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Unicode's word boundaries by the classes of chars.c.  A word is scanned twice when it has characters that
 * may compose (jamo, й as two code points): then its letters are taken raw, normalised and folded as a whole,
 * so that a word gives the same term in every normal form. */
#include "analyse_private.h"

#include "chars.h"

struct scan {
    struct run *run;
    size_t start, end; /* end: behind the last character that belongs to the word */
    struct letters letters;
    uint8_t before; /* class and flags of the last letter or digit */
    uint32_t before_char;
    size_t number_from; /* where in the term the number began */
    bool in_number, commas;
    bool raw, slow, mark_before;
    bool possessive; /* the last two were an apostrophe and s */
};

static unsigned class_of(uint8_t flags) {
    return flags & CHAR_CLASS_MASK;
}

/* The next character that is visible: its flags; 0 at the end. */
static uint8_t peek(const struct run *run, size_t at, uint32_t *c) {
    *c = 0;
    while (at < run->len) {
        *c = chars_next(run->text, run->len, &at);
        uint8_t flags = chars_of(*c);
        if (class_of(flags) != CHAR_FORMAT) return flags;
    }
    return 0;
}

static bool is_word(uint8_t flags) {
    return class_of(flags) == CHAR_LETTER || class_of(flags) == CHAR_DIGIT;
}

static bool is_full_width(uint32_t c) {
    return c >= 0xff00 && c <= 0xff5e;
}

static void add(struct scan *scan, uint32_t c) {
    struct term *term = &scan->run->analyser->term;
    if (scan->raw)
        term_add_raw(term, c);
    else
        term_add_fold(term, c);
}

static void end_number(struct scan *scan) {
    if (scan->in_number && scan->commas) number_normalise(&scan->run->analyser->term, scan->number_from);
    scan->in_number = scan->commas = false;
}

static void take_letter(struct scan *scan, uint32_t c, uint8_t flags) {
    end_number(scan);
    scan->slow |= (flags & CHAR_SLOW) != 0;
    if (flags & CHAR_UPPER)
        scan->letters.upper++;
    else if (flags & CHAR_LOWER)
        scan->letters.lower++;
    else
        scan->letters.other++;
    scan->before = flags;
    scan->before_char = c;
    add(scan, c);
}

static void take_digit(struct scan *scan, uint32_t c, uint8_t flags) {
    struct term *term = &scan->run->analyser->term;
    if (!scan->in_number) scan->number_from = term->len;
    scan->in_number = true;
    scan->letters.digit = true;
    scan->before = flags;
    scan->before_char = c;
    term_add_fold(term, c);
}

static void take_mark(struct scan *scan, uint32_t c, uint8_t flags) {
    bool dropped = c < 0x10000 && chars_fold[c] == 0;
    if (!(dropped && (scan->before & CHAR_PLAIN))) {
        scan->slow |= (flags & CHAR_SLOW) || (scan->mark_before && !dropped);
        scan->mark_before = true;
        add(scan, c);
    }
}

/* Does the sign c at `at` join what is before it to what is behind it?  Adds what stands for it. */
static bool take_joint(struct scan *scan, uint32_t c, unsigned class, size_t *at) {
    struct term *term = &scan->run->analyser->term;
    uint32_t after_char;
    uint8_t after = peek(scan->run, *at, &after_char);
    bool letters = class_of(scan->before) == CHAR_LETTER && class_of(after) == CHAR_LETTER;
    bool digits = class_of(scan->before) == CHAR_DIGIT && class_of(after) == CHAR_DIGIT;
    switch (class) {
    case CHAR_APOSTROPHE:
        if (!letters) return false;
        term_add_char(term, '\'');
        return true;
    case CHAR_STOP:
    case CHAR_COMMA:
        if (!digits || (is_full_width(c) && !is_full_width(scan->before_char))) return false;
        term_add_char(term, class == CHAR_STOP ? '.' : ',');
        scan->commas |= class == CHAR_COMMA;
        return true;
    case CHAR_HEBREW_QUOTE:
        return letters && scan->before_char >= 0x05d0 && scan->before_char <= 0x05ea && after_char >= 0x05d0 &&
               after_char <= 0x05ea;
    case CHAR_MIDDLE_DOT: return letters && (scan->before_char | 0x20) == 'l' && (after_char | 0x20) == 'l';
    default: return false;
    }
}

/* Underscores in a row join when a letter or digit follows. */
static bool take_underscores(struct scan *scan, size_t *at) {
    const struct run *run = scan->run;
    size_t i = *at, count = 1;
    for (;;) {
        size_t next = i;
        if (next >= run->len) return false;
        uint8_t flags = chars_of(chars_next(run->text, run->len, &next));
        if (is_word(flags)) break;
        if (class_of(flags) != CHAR_UNDERSCORE && class_of(flags) != CHAR_FORMAT) return false;
        count += class_of(flags) == CHAR_UNDERSCORE;
        i = next;
    }
    end_number(scan);
    while (count-- > 0)
        term_add_char(&scan->run->analyser->term, '_');
    *at = i;
    return true;
}

static void scan_word(struct scan *scan) {
    struct run *run = scan->run;
    size_t at = scan->start;
    bool quote = false;
    run->analyser->term.len = 0;
    while (at < run->len) {
        size_t next = at;
        uint32_t c = chars_next(run->text, run->len, &next);
        uint8_t flags = chars_of(c);
        switch (class_of(flags)) {
        case CHAR_LETTER:
            take_letter(scan, c, flags);
            scan->possessive = quote && c == 's';
            quote = scan->mark_before = false;
            scan->end = next;
            break;
        case CHAR_DIGIT:
            take_digit(scan, c, flags);
            scan->possessive = quote = scan->mark_before = false;
            scan->end = next;
            break;
        case CHAR_MARK:
            take_mark(scan, c, flags);
            scan->end = next;
            break;
        case CHAR_FORMAT: break;
        case CHAR_UNDERSCORE:
            if (!take_underscores(scan, &next)) goto out;
            scan->possessive = quote = false;
            break;
        case CHAR_SEPARATOR:
        case CHAR_SPACE:
        case CHAR_DICTIONARY: goto out;
        default:
            if (!take_joint(scan, c, class_of(flags), &next)) goto out;
            scan->possessive = false;
            quote = class_of(flags) == CHAR_APOSTROPHE;
        }
        at = next;
    }
out:
    end_number(scan);
}

size_t general_word(struct run *run, size_t at) {
    size_t behind = acronym_word(run, at);
    if (behind) return behind;
    size_t second = at;
    uint8_t first = chars_of(chars_next(run->text, run->len, &second));
    struct scan scan = {.run = run, .start = at};
    scan_word(&scan);
    struct term *term = &run->analyser->term;
    if (scan.slow) {
        scan = (struct scan){.run = run, .start = at, .raw = true};
        scan_word(&scan);
        term_fold_slow(run->analyser, term);
    }
    scan.letters.first_upper = first & CHAR_UPPER;
    if (term->len == 0) return scan.end;
    uint32_t flags = run_flags(run, scan.start, scan.end, &scan.letters, scan.possessive);
    run_emit(run, scan.start, scan.end, term->data, term->len, flags);
    return scan.end;
}

/* A letter with case that no letter, digit or mark follows; *at moves behind it. */
static bool single_letter(const struct run *run, size_t *at, uint32_t *c, bool *upper) {
    if (*at >= run->len) return false;
    size_t next = *at;
    *c = chars_next(run->text, run->len, &next);
    uint8_t flags = chars_of(*c);
    if (class_of(flags) != CHAR_LETTER || !(flags & (CHAR_UPPER | CHAR_LOWER)) || (flags & CHAR_SLOW)) return false;
    *upper = flags & CHAR_UPPER;
    *at = next;
    if (next == run->len) return true;
    uint8_t after = chars_of(chars_next(run->text, run->len, &next));
    return !is_word(after) && class_of(after) != CHAR_MARK && class_of(after) != CHAR_FORMAT &&
           class_of(after) != CHAR_UNDERSCORE;
}

size_t acronym_word(struct run *run, size_t start) {
    struct term *term = &run->analyser->term;
    size_t at = start, end = start, count = 0;
    bool capitals = true, first_upper = false, upper;
    uint32_t c;
    term->len = 0;
    while (single_letter(run, &at, &c, &upper)) {
        bool stop = at < run->len && run->text[at] == '.';
        capitals = capitals && upper;
        /* Without the last stop only capitals are an acronym: U.S, but not u.s or x.y. */
        if (!stop && (!capitals || count == 0)) break;
        if (count == 0) first_upper = upper;
        term_add_fold(term, c);
        count++;
        at += stop;
        end = at;
        if (!stop) break;
    }
    if (count < 2) return 0;
    run_emit(run, start, end, term->data, term->len, TOKEN_ACRONYM | (first_upper ? TOKEN_CAPITAL : 0));
    return end;
}

/* 50,000 and 1,234,567.5 lose their commas; in 1,5 and 0,123 and 1,2,3 a comma is a full stop. */
void number_normalise(struct term *term, size_t from) {
    char *digits = term->data + from;
    size_t len = term->len - from, group = 0, groups = 0, i = 0;
    bool grouped = digits[0] != '0';
    for (; i <= len && !(i < len && digits[i] == '.'); i++) {
        if (i < len && digits[i] != ',') {
            group++;
            continue;
        }
        grouped = grouped && (groups++ ? group == 3 : group >= 1 && group <= 3);
        group = 0;
    }
    size_t kept = 0;
    for (size_t j = 0; j < len; j++) {
        if (digits[j] != ',')
            digits[kept++] = digits[j];
        else if (!grouped || j > i)
            digits[kept++] = '.';
    }
    term->len = from + kept;
}
