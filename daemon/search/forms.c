/* The forms of a word that an index has: the terms with its stem.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Stems have no positions, so where places matter the forms are looked for.  A stem shares all but its last letter
 * with its words, in the languages that change no beginnings. */
#include "compile.h"

#include <string.h>

enum { FORMS_MAX = 64, FORMS_SCAN_MAX = 20000 };

struct forms {
    struct compiler *compiler;
    const struct stems *stems;
    size_t prefix_len, scanned;
    bool cut;
    struct found_terms *found;
};

static bool has_stem(struct forms *forms, const char *word, size_t len) {
    struct compiler *compiler = forms->compiler;
    for (size_t l = 0; l < compiler->language_count; l++) {
        size_t stem_len = 0;
        const char *stem = terms_stem(compiler->terms, compiler->languages[l], word, len, 0, &stem_len);
        for (size_t i = 0; i < forms->stems->count; i++)
            if (forms->stems->items[i].len == stem_len && memcmp(forms->stems->items[i].word, stem, stem_len) == 0)
                return true;
    }
    return false;
}

static bool is_known(const struct found_terms *found, const char *term, size_t len) {
    for (size_t i = 0; i < found->count; i++)
        if (found->items[i].len == len && memcmp(found->items[i].term, term, len) == 0) return true;
    return false;
}

static bool take_form(void *arg, const char *term, size_t len, uint32_t documents) {
    struct forms *forms = arg;
    forms->cut = ++forms->scanned > FORMS_SCAN_MAX || forms->found->count >= FORMS_MAX;
    if (forms->cut) return false;
    if (has_stem(forms, term + forms->prefix_len, len - forms->prefix_len) && !is_known(forms->found, term, len))
        found_add(forms->compiler, forms->found, term, len, documents, 0);
    return true;
}

static size_t beginning_of(const struct match_word *stem) {
    size_t keep = stem->len > 2 ? stem->len - 1 : stem->len;
    while (keep > 1 && keep < stem->len && ((unsigned char)stem->word[keep] & 0xc0) == 0x80)
        keep--;
    return keep;
}

static void add_itself(struct compiler *compiler, const char *field_prefix, const struct match_word *word,
                       struct found_terms *out) {
    struct buf term;
    buf_init(&term, 0);
    terms_exact(&term, field_prefix, word->word, word->len);
    if (!is_known(out, term.data, term.len)) found_add(compiler, out, term.data, term.len, 0, 0);
    buf_free(&term);
}

void find_forms(struct compiler *compiler, const struct field *field, const struct match_word *word, long position,
                struct found_terms *out) {
    struct stems stems;
    struct buf prefix;
    const char *field_prefix = field ? field->prefix : "";
    stems_of(compiler, word, &stems);
    struct forms forms = {.compiler = compiler, .stems = &stems, .prefix_len = strlen(field_prefix), .found = out};
    add_itself(compiler, field_prefix, word, out);
    buf_init(&prefix, 0);
    for (size_t i = 0; i < stems.count && !(word->flags & (TOKEN_NUMBER | TOKEN_DICTIONARY)); i++) {
        terms_exact(&prefix, field_prefix, stems.items[i].word, beginning_of(&stems.items[i]));
        compile_failed(compiler, engine_terms(compiler->db, prefix.data, prefix.len, take_form, &forms, compiler->err));
    }
    buf_free(&prefix);
    note_expansion(compiler, field, word->word, word->len, position, out);
    if (forms.cut)
        query_warn(compiler->arena, compiler->query, "expansion_limit", position,
                   "'%.*s' has more forms than are looked for where places matter; %zu are", (int)word->len, word->word,
                   out->count);
}
