/* The tables of characters: ICU's properties, tailored for search.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Built under pthread_once, read-only after.  Folding of one character:
 *   Latin, Greek   compatibility decomposition, marks off, case folded (é -> e, ﬁ -> fi, ς -> σ)
 *   special        letters that Unicode does not decompose (ø -> o, æ -> ae) and Cyrillic ё -> е; й stays
 *   digits         decimal digits of every script are ASCII digits; below the line too (CO₂); fractions (½) stay
 *   others         NFKC_Casefold: case, width (Ａ -> a, ｶ -> カ), Arabic presentation forms
 *   marks          general combining marks, harakat and niqqud go; vowel signs of Thai and Indic scripts stay */
#include "chars.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

uint8_t chars_class[0x10000];
uint16_t chars_fold[0x10000];

enum { MANY_MAX = 20, MANY_ROWS = 2048 };
static struct many {
    uint16_t code_point;
    uint16_t len;
    uint16_t fold[MANY_MAX];
} many[MANY_ROWS];
static size_t many_count;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static UErrorCode build_status = U_ZERO_ERROR;
static const UNormalizer2 *nfkd, *nfkc_fold;

static const struct {
    uint16_t code_point;
    uint8_t class;
} tailored[] = {
    {'_', CHAR_UNDERSCORE},      {0xff3f, CHAR_UNDERSCORE}, {'.', CHAR_STOP},
    {0xff0e, CHAR_STOP},         {0x066b, CHAR_STOP},       {',', CHAR_COMMA},
    {0xff0c, CHAR_COMMA},        {0x066c, CHAR_COMMA},      {'\'', CHAR_APOSTROPHE},
    {0x2019, CHAR_APOSTROPHE},   {0x02bc, CHAR_APOSTROPHE}, {0xff07, CHAR_APOSTROPHE},
    {0x2018, CHAR_APOSTROPHE},   {0x02bb, CHAR_APOSTROPHE}, {0x00b4, CHAR_APOSTROPHE},
    {0x05f3, CHAR_APOSTROPHE},   {'"', CHAR_HEBREW_QUOTE},  {0x05f4, CHAR_HEBREW_QUOTE},
    {0x201d, CHAR_HEBREW_QUOTE}, {0x00b7, CHAR_MIDDLE_DOT}, {0x0640, CHAR_FORMAT},
    {0x200b, CHAR_SPACE},
};

/* Letters that have no decomposition but a plain spelling that people type. */
static const struct {
    uint16_t code_point;
    const char *fold;
} special[] = {
    {0x00c6, "ae"}, {0x00e6, "ae"}, {0x01e2, "ae"}, {0x01e3, "ae"}, {0x01fc, "ae"}, {0x01fd, "ae"}, {0x0152, "oe"},
    {0x0153, "oe"}, {0x00d8, "o"},  {0x00f8, "o"},  {0x01fe, "o"},  {0x01ff, "o"},  {0x0141, "l"},  {0x0142, "l"},
    {0x013f, "l"},  {0x0140, "l"},  {0x0110, "d"},  {0x0111, "d"},  {0x00d0, "d"},  {0x00f0, "d"},  {0x00de, "th"},
    {0x00fe, "th"}, {0x0126, "h"},  {0x0127, "h"},  {0x0131, "i"},  {0x0138, "k"},  {0x014a, "n"},  {0x014b, "n"},
    {0x0149, "n"},  {0x0166, "t"},  {0x0167, "t"},  {0x0192, "f"},  {0x0180, "b"},  {0x01e5, "g"},  {0x01e4, "g"},
    {0x017f, "s"},  {0x1e9b, "s"},
};

static bool is_dictionary_script(UScriptCode script) {
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
           script == USCRIPT_THAI || script == USCRIPT_LAO || script == USCRIPT_KHMER || script == USCRIPT_MYANMAR ||
           script == USCRIPT_KATAKANA_OR_HIRAGANA;
}

static bool is_general_mark(UChar32 c) {
    return (c >= 0x0300 && c <= 0x036f) || (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfe20 && c <= 0xfe2f);
}

/* Marks that search does without. */
static bool is_dropped_mark(UChar32 c) {
    return is_general_mark(c) || (c >= 0x0591 && c <= 0x05c7) || (c >= 0x0610 && c <= 0x061a) ||
           (c >= 0x064b && c <= 0x065f) || c == 0x0670 || (c >= 0x06d6 && c <= 0x06ed) || (c >= 0x08d3 && c <= 0x08ff);
}

static uint8_t class_by_category(UChar32 c) {
    UErrorCode status = U_ZERO_ERROR;
    uint32_t mask = U_GET_GC_MASK(c);
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return CHAR_FORMAT;
    if (mask & U_GC_ND_MASK) return CHAR_DIGIT;
    int decomposition = u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE);
    if ((mask & U_GC_NO_MASK) && (decomposition == U_DT_FRACTION || decomposition == U_DT_SUB)) return CHAR_DIGIT;
    if (mask & U_GC_M_MASK) {
        bool dictionary = !(mask & U_GC_ME_MASK) && is_dictionary_script(uscript_getScript(c, &status));
        return dictionary ? CHAR_DICTIONARY : CHAR_MARK;
    }
    int word_break = u_getIntPropertyValue(c, UCHAR_WORD_BREAK);
    bool letter = (mask & (U_GC_L_MASK | U_GC_NL_MASK)) || word_break == U_WB_ALETTER;
    bool kana = word_break == U_WB_KATAKANA || word_break == U_WB_EXTEND; /* ー; half-width voicing marks are Lm */
    if (letter) return kana || is_dictionary_script(uscript_getScript(c, &status)) ? CHAR_DICTIONARY : CHAR_LETTER;
    return u_isUWhiteSpace(c) ? CHAR_SPACE : CHAR_SEPARATOR;
}

static uint8_t class_of(UChar32 c) {
    uint8_t class = class_by_category(c);
    if (class == CHAR_LETTER) {
        UErrorCode status = U_ZERO_ERROR;
        UScriptCode script = uscript_getScript(c, &status);
        if (script == USCRIPT_LATIN || script == USCRIPT_GREEK) class |= CHAR_PLAIN;
        if (u_isUUppercase(c) || u_istitle(c)) class |= CHAR_UPPER;
        if (u_isULowercase(c)) class |= CHAR_LOWER;
    }
    bool half_width = c >= 0xff65 && c <= 0xffdc; /* kana and jamo: compose once they are folded */
    bool composes = half_width || u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) != UNORM_YES;
    if ((composes && !(class & CHAR_PLAIN)) || c > 0xffff) class |= CHAR_SLOW;
    return class;
}

static int32_t normalise(const UNormalizer2 *form, UChar *out, int32_t cap, const UChar *in, int32_t len) {
    int32_t n = unorm2_normalize(form, in, len, out, cap, &build_status);
    return U_SUCCESS(build_status) ? n : 0;
}

static int32_t drop_marks(UChar *s, int32_t len) {
    int32_t kept = 0;
    for (int32_t i = 0; i < len; i++)
        if (!is_dropped_mark(s[i]) && s[i] != 0x0640) s[kept++] = s[i];
    return kept;
}

static void set_fold(uint32_t c, const UChar *fold, int32_t len) {
    if (len <= 1) {
        chars_fold[c] = len ? fold[0] : 0;
        return;
    }
    if (len > MANY_MAX || many_count == MANY_ROWS) {
        build_status = U_BUFFER_OVERFLOW_ERROR;
        return;
    }
    chars_fold[c] = CHAR_FOLD_MANY;
    struct many *row = &many[many_count++];
    row->code_point = (uint16_t)c;
    row->len = (uint16_t)len;
    memcpy(row->fold, fold, (size_t)len * sizeof *fold);
}

/* The plain spelling of c, or NULL. */
static const char *special_fold(uint32_t c) {
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (special[i].code_point == c) return special[i].fold;
    return NULL;
}

static void fold_letter(uint32_t c) {
    UChar one = (UChar)c, a[64], b[64], fold[128];
    int32_t n = 0, len = 0;
    if (special_fold(c)) {
        a[n++] = one;
    } else if (chars_class[c] & CHAR_PLAIN) {
        n = drop_marks(a, normalise(nfkd, a, 64, &one, 1));
        n = normalise(nfkc_fold, b, 64, a, n);
        n = drop_marks(a, normalise(nfkd, a, 64, b, n));
    } else {
        n = drop_marks(a, normalise(nfkc_fold, a, 64, &one, 1));
    }
    for (int32_t i = 0; i < n; i++) { /* Ƒ -> ƒ -> f */
        const char *plain = special_fold(a[i]);
        if (plain)
            for (; *plain; plain++)
                fold[len++] = (UChar)*plain;
        else if (a[i] != ' ') /* the stand-alone forms of marks: ͺ, ﹸ */
            fold[len++] = a[i];
    }
    set_fold(c, fold, len);
}

static void fold_of(uint32_t c) {
    uint8_t class = chars_class[c] & CHAR_CLASS_MASK;
    bool own = (c >= 0x3130 && c <= 0x318f)     /* compatibility jamo (ㅋㅋ) are words by themselves */
               || (c >= 0x3400 && c <= 0x9fff)  /* ideographs */
               || (c >= 0xac00 && c <= 0xd7a3); /* Hangul syllables */
    chars_fold[c] = (uint16_t)c;
    if (own || (c >= 0xd800 && c <= 0xdfff) || c == 0xfffd) return;
    if (is_dropped_mark((UChar32)c) || class == CHAR_FORMAT)
        chars_fold[c] = 0;
    else if (class == CHAR_DIGIT && u_charDigitValue((UChar32)c) >= 0)
        chars_fold[c] = (uint16_t)('0' + u_charDigitValue((UChar32)c));
    else if (c >= 0x2080 && c <= 0x2089) /* CO₂ */
        chars_fold[c] = (uint16_t)(c - 0x2080 + '0');
    else if (class == CHAR_APOSTROPHE)
        chars_fold[c] = '\'';
    else if (class == CHAR_SPACE)
        chars_fold[c] = ' ';
    else if (c >= 0xff01 && c <= 0xff5e && class != CHAR_LETTER)
        chars_fold[c] = (uint16_t)(c - 0xff01 + '!');
    else if (c == 0x0401 || c == 0x0451) /* Ё, ё */
        chars_fold[c] = 0x0435;
    else if (class == CHAR_LETTER || class == CHAR_DICTIONARY)
        fold_letter(c);
}

static void build(void) {
    nfkd = unorm2_getNFKDInstance(&build_status);
    nfkc_fold = unorm2_getNFKCCasefoldInstance(&build_status);
    if (U_FAILURE(build_status)) return;
    for (uint32_t c = 0; c < 0x10000; c++)
        chars_class[c] = class_of((UChar32)c);
    for (size_t i = 0; i < sizeof tailored / sizeof *tailored; i++)
        chars_class[tailored[i].code_point] = tailored[i].class;
    for (uint32_t c = 0; c < 0x10000; c++) {
        fold_of(c);
        unsigned class = chars_class[c] & CHAR_CLASS_MASK;
        if (class == CHAR_LETTER && chars_fold[c] == 0) chars_class[c] = CHAR_FORMAT; /* would begin an empty word */
    }
}

enum status chars_open(struct err *err) {
    pthread_once(&once, build);
    if (U_SUCCESS(build_status)) return ST_OK;
    return err_set(err, ST_INTERNAL, "ICU: tables of characters: %s", u_errorName(build_status));
}

static int by_code_point(const void *key, const void *row) {
    return (int)*(const uint32_t *)key - (int)((const struct many *)row)->code_point;
}

const uint16_t *chars_fold_many(uint32_t code_point, size_t *len) {
    const struct many *row = bsearch(&code_point, many, many_count, sizeof *many, by_code_point);
    *len = row ? row->len : 0;
    return row ? row->fold : NULL;
}

uint8_t chars_class_beyond(uint32_t code_point) {
    return class_of((UChar32)code_point);
}
