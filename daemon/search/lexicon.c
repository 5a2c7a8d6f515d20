/* The lexicon: a sorted list of words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Words are compared along the sorted list with one table of distances, a row a code point: what a word shares with
 * the one before is not computed again, and where a beginning is already too far away, all words that begin so are
 * passed over by a search for the next other one. */
#include "lexicon.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <string.h>

struct entry {
    uint32_t at, documents; /* at: in the bytes; the word ends where the next begins */
};

struct lexicon {
    struct entry *entries; /* one more than count */
    size_t count, entry_cap;
    char *bytes;
    size_t len, byte_cap;
};

/* ---- distances ---- */

bool fuzzy_set(struct fuzzy *fuzzy, const char *word, size_t len, uint32_t limit) {
    *fuzzy = (struct fuzzy){.limit = limit};
    for (size_t at = 0; at < len;) {
        if (fuzzy->count == FUZZY_WORD_MAX) return false;
        fuzzy->points[fuzzy->count++] = utf8_next(word, len, &at);
    }
    return true;
}

enum { ROW = FUZZY_WORD_MAX + 1, ROWS = FUZZY_WORD_MAX + 3 };

struct table { /* rows[i][j]: the distance of i points of the other word and j of the fuzzy one */
    uint32_t rows[ROWS + 1][ROW];
    uint32_t points[ROWS];
};

static void first_row(const struct fuzzy *fuzzy, struct table *table) {
    for (size_t j = 0; j <= fuzzy->count; j++)
        table->rows[0][j] = (uint32_t)j;
}

/* Fills row i from those before; the smallest number in it. */
static uint32_t fill_row(const struct fuzzy *fuzzy, struct table *table, size_t i) {
    const uint32_t *a = table->points, *b = fuzzy->points;
    uint32_t *row = table->rows[i], *last = table->rows[i - 1];
    uint32_t least = row[0] = (uint32_t)i;
    for (size_t j = 1; j <= fuzzy->count; j++) {
        uint32_t cost = last[j - 1] + (a[i - 1] != b[j - 1]);
        if (last[j] + 1 < cost) cost = last[j] + 1;
        if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && table->rows[i - 2][j - 2] + 1 < cost)
            cost = table->rows[i - 2][j - 2] + 1;
        row[j] = cost;
        if (cost < least) least = cost;
    }
    return least;
}

bool fuzzy_fits(const struct fuzzy *fuzzy, const char *word, size_t len, uint32_t *distance) {
    struct table table;
    size_t count = 0;
    if (len > 4 * (fuzzy->count + fuzzy->limit) || len + fuzzy->limit < fuzzy->count) return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)(word[i] - '0') <= 9) return false;
    first_row(fuzzy, &table);
    for (size_t at = 0; at < len;) {
        if (count == ROWS) return false;
        table.points[count++] = utf8_next(word, len, &at);
        if (fill_row(fuzzy, &table, count) > fuzzy->limit) return false;
    }
    *distance = table.rows[count][fuzzy->count];
    return *distance <= fuzzy->limit;
}

/* ---- making ---- */

struct making {
    struct lexicon *lexicon;
    bool (*stop)(void *arg);
    void *stop_arg;
    bool stopped, full;
};

static bool take_word(void *arg, const char *word, size_t len, uint32_t documents) {
    struct making *making = arg;
    struct lexicon *lexicon = making->lexicon;
    if (lexicon->count % 4096 == 0 && making->stop && making->stop(making->stop_arg)) making->stopped = true;
    making->full = lexicon->len + len > UINT32_MAX;
    if (making->stopped || making->full) return false;
    if (lexicon->count + 1 >= lexicon->entry_cap) {
        lexicon->entry_cap = lexicon->entry_cap ? lexicon->entry_cap * 2 : 4096;
        lexicon->entries = mem_realloc(lexicon->entries, lexicon->entry_cap * sizeof *lexicon->entries);
    }
    if (lexicon->len + len > lexicon->byte_cap) {
        lexicon->byte_cap = lexicon->byte_cap ? lexicon->byte_cap * 2 : 65536;
        lexicon->bytes = mem_realloc(lexicon->bytes, lexicon->byte_cap);
    }
    memcpy(lexicon->bytes + lexicon->len, word, len);
    lexicon->entries[lexicon->count++] = (struct entry){.at = (uint32_t)lexicon->len, .documents = documents};
    lexicon->len += len;
    return true;
}

/* Words begin with a digit, a small letter or a byte outside ASCII; what begins otherwise has a prefix. */
enum status lexicon_make(struct lexicon **out, struct engine_db *db, bool (*stop)(void *arg), void *stop_arg,
                         struct err *err) {
    struct making making = {.lexicon = mem_alloc(sizeof *making.lexicon), .stop = stop, .stop_arg = stop_arg};
    struct lexicon *lexicon = making.lexicon;
    enum status st = ST_OK;
    for (int byte = '0'; byte <= 0xf4 && st == ST_OK; byte++) {
        char first = (char)byte;
        if (byte == '9' + 1) byte = 'a';
        if (byte == 'z' + 1) byte = 0xc2;
        first = (char)byte;
        st = engine_terms(db, &first, 1, take_word, &making, err);
    }
    if (st == ST_OK && making.stopped) st = err_set(err, ST_CANCELED, "the list of words is not needed any more");
    if (st == ST_OK && making.full) st = err_set(err, ST_TOO_LARGE, "the words of the index take more than 4 GiB");
    if (st == ST_OK && lexicon->count > 0) lexicon->entries[lexicon->count].at = (uint32_t)lexicon->len;
    if (st != ST_OK) {
        lexicon_free(lexicon);
        lexicon = NULL;
    }
    *out = lexicon;
    return st;
}

void lexicon_free(struct lexicon *lexicon) {
    if (!lexicon) return;
    mem_free(lexicon->entries);
    mem_free(lexicon->bytes);
    mem_free(lexicon);
}

size_t lexicon_count(const struct lexicon *lexicon) {
    return lexicon->count;
}

/* ---- looking up ---- */

static const char *word_at(const struct lexicon *lexicon, size_t number, size_t *len) {
    *len = lexicon->entries[number + 1].at - lexicon->entries[number].at;
    return lexicon->bytes + lexicon->entries[number].at;
}

/* The first word from `low` on that is not before `word`; with `behind`, that does not even begin so. */
static size_t find(const struct lexicon *lexicon, size_t low, const char *word, size_t len, bool behind) {
    size_t high = lexicon->count, step = 1;
    /* It is often near: double the stride first. */
    for (size_t at = low; at < lexicon->count; at += step, step *= 2) {
        size_t have_len = 0;
        const char *have = word_at(lexicon, at, &have_len);
        int order = memcmp(have, word, have_len < len ? have_len : len);
        if (order == 0 && have_len < len) order = -1;
        if (order < 0 || (behind && order == 0)) {
            low = at + 1;
        } else {
            high = at;
            break;
        }
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2, have_len = 0;
        const char *have = word_at(lexicon, middle, &have_len);
        int order = memcmp(have, word, have_len < len ? have_len : len);
        if (order == 0 && have_len < len) order = -1;
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t lexicon_documents(const struct lexicon *lexicon, const char *word, size_t len) {
    size_t at = find(lexicon, 0, word, len, false), have_len = 0;
    if (at == lexicon->count) return 0;
    const char *have = word_at(lexicon, at, &have_len);
    return have_len == len && memcmp(have, word, len) == 0 ? lexicon->entries[at].documents : 0;
}

void lexicon_beginning(const struct lexicon *lexicon, const char *prefix, size_t len, lexicon_fn fn, void *arg) {
    for (size_t at = find(lexicon, 0, prefix, len, false); at < lexicon->count; at++) {
        size_t have_len = 0;
        const char *have = word_at(lexicon, at, &have_len);
        if (have_len < len || memcmp(have, prefix, len) != 0) return;
        if (!fn(arg, have, have_len, lexicon->entries[at].documents)) return;
    }
}

struct walk {
    struct table table;
    size_t ends[ROWS + 1]; /* bytes of the word up to each point */
    size_t depth;          /* rows that are valid for the word before */
    const char *word;      /* the word before */
    size_t len;
};

/* Computes the rows of a word.  Gives 0, or how many bytes of its beginning are already too far away. */
static size_t follow(struct walk *walk, const struct fuzzy *fuzzy, const char *word, size_t len) {
    size_t shared = 0, limit = len < walk->len ? len : walk->len;
    while (shared < limit && walk->word[shared] == word[shared])
        shared++;
    while (walk->depth > 0 && walk->ends[walk->depth] > shared)
        walk->depth--;
    walk->word = word;
    walk->len = len;
    for (size_t at = walk->ends[walk->depth]; at < len;) {
        size_t row = walk->depth + 1;
        if (row > ROWS) return at;
        walk->table.points[row - 1] = utf8_next(word, len, &at);
        walk->ends[row] = at;
        if (fill_row(fuzzy, &walk->table, row) > fuzzy->limit) return at;
        walk->depth = row;
    }
    return 0;
}

void lexicon_alike(const struct lexicon *lexicon, const struct fuzzy *fuzzy, lexicon_fn fn, void *arg) {
    struct walk *walk = mem_alloc(sizeof *walk);
    first_row(fuzzy, &walk->table);
    walk->word = "";
    for (size_t at = find(lexicon, 0, "a", 1, false); at < lexicon->count;) {
        size_t len = 0;
        const char *word = word_at(lexicon, at, &len);
        size_t hopeless = follow(walk, fuzzy, word, len);
        if (hopeless > 0) {
            at = find(lexicon, at + 1, word, hopeless, true);
            continue;
        }
        if (walk->table.rows[walk->depth][fuzzy->count] <= fuzzy->limit &&
            !fn(arg, word, len, lexicon->entries[at].documents))
            break;
        at++;
    }
    mem_free(walk);
}
