/* The analyser: from text to tokens.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Walks over the text; a word's first character decides who takes it: ASCII goes to fast.c, which gives back
 * what it cannot do; all else to word.c; runs of scripts without blanks to dictionary.c.  An analyser belongs
 * to one thread; the tables it reads (chars.c) to all.
 *
 * Decided here and in word.c, where the contract leaves room:
 *   COVID-19 -> covid, 19      AT&T -> at, t       2011-02-15 -> 2011, 02, 15     C++ -> c
 *   a@b.org  -> a, b, org      foo_bar -> foo_bar  _foo_ -> foo                   10:30 -> 10, 30
 *   50,000 -> 50000            50.000 -> 50.000    1,5 -> 1.5    0,123 -> 0.123   50,000.75 -> 50000.75
 *   1.5m -> 1.5m               3.5% -> 3.5         ½ -> ½        ٥٠ -> 50         m² -> m   CO₂ -> co2
 *   Noem’s -> noem's           U.S.’s -> us, s     U.S. U.S u.s. US -> us, an acronym      u.s -> u, s
 *   col·lecció -> colleccio    צה"ל -> צהל          soft hyphen, joiners, tatweel go         emoji, symbols separate
 * A word of capitals is an acronym when a lower-case letter stands within 200 bytes; `NASA's` is one too.
 * Folding goes by script, so nothing depends on the language today: Turkish ı and İ are i, German ä is a.
 * Terms have no limit of length and nothing is cut: what stores them hashes the long ones. */
#include "analyse_private.h"

#include "base/mem.h"
#include "chars.h"

#include <string.h>

enum { NEAR_BYTES = 200 };

enum status analyser_open(struct analyser **out, struct err *err) {
    enum status status = chars_open(err);
    if (status != ST_OK) return status;
    fast_open();
    *out = mem_alloc(sizeof **out);
    term_grow(&(*out)->term, 256);
    return ST_OK;
}

void analyser_close(struct analyser *analyser) {
    if (!analyser) return;
    if (analyser->words) ubrk_close(analyser->words);
    mem_free(analyser->term.data);
    mem_free(analyser->folded.data);
    mem_free(analyser->units);
    mem_free(analyser->places);
    mem_free(analyser);
}

void run_emit(struct run *run, size_t start, size_t end, const char *term, size_t len, uint32_t flags) {
    struct token token = {.term = term,
                          .len = (uint32_t)len,
                          .start = (uint32_t)start,
                          .end = (uint32_t)end,
                          .position = ++run->position,
                          .flags = flags};
    if (!run->fn(run->arg, &token)) run->stopped = true;
}

/* Is a lower-case letter within NEAR_BYTES?  Asked in order of place, so each byte is looked at once a run. */
static bool lower_near(struct run *run, size_t start, size_t end) {
    size_t from = start > NEAR_BYTES ? start - NEAR_BYTES : 0;
    size_t to = run->len - end > NEAR_BYTES ? end + NEAR_BYTES : run->len;
    if (run->lower_known && run->lower_at >= from) return true;
    size_t at = run->lower_end > from ? run->lower_end : from;
    while (at > 0 && at < run->len && (run->text[at] & 0xc0) == 0x80)
        at--;
    while (at < to) {
        size_t here = at;
        uint32_t c = chars_next(run->text, run->len, &at);
        run->lower_end = at;
        if (!(chars_of(c) & CHAR_LOWER)) continue;
        run->lower_at = here;
        run->lower_known = true;
        return true;
    }
    return false;
}

uint32_t run_flags(struct run *run, size_t start, size_t end, const struct letters *letters, bool possessive) {
    uint32_t flags = (letters->digit ? TOKEN_NUMBER : 0) | (letters->first_upper ? TOKEN_CAPITAL : 0);
    bool capitals = letters->upper >= 2 && letters->other == 0 && letters->lower == (possessive ? 1 : 0);
    if (capitals && lower_near(run, start, end)) flags |= TOKEN_ACRONYM;
    return flags;
}

static size_t step(struct run *run, size_t at) {
    size_t next = at;
    uint32_t c = chars_next(run->text, run->len, &next);
    switch (chars_of(c) & CHAR_CLASS_MASK) {
    case CHAR_LETTER:
    case CHAR_DIGIT: return general_word(run, at);
    case CHAR_DICTIONARY: return dictionary_words(run, at);
    default: return next;
    }
}

size_t analyser_run(struct analyser *analyser, const char *text, size_t len, const char *language, token_fn fn,
                    void *arg) {
    struct run run = {.analyser = analyser, .text = text, .len = len, .fn = fn, .arg = arg};
    (void)language; /* see above */
    size_t at = 0;
    while (at < len && !run.stopped)
        if (analyser->general_only || !fast_word(&run, &at)) at = step(&run, at);
    return run.position;
}
