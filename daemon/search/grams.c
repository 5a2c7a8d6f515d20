/* 4-grams of words, and their frequency in the archive.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The index has no grams.  Their document frequency is estimated from its words:
 *
 *   df(g) = N · (1 − Π over words w with g (1 − df(w) / N))
 *
 * in one walk over the list of words (some 10 ms for 100,000 of them); the table is kept until the archive has
 * changed much. */
#include "grams.h"

#include "base/buf.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

struct gram_slot {
    uint32_t gram; /* 0: free */
    float occurrences;
    float absent; /* Σ log(1 − df/N): logarithm of the share of documents without it */
};

struct gram_table {
    struct gram_slot *slots;
    size_t size, used;
    uint64_t documents;
    double total; /* Σ over words of documents · grams */
};

size_t grams_of(const char *word, size_t len, uint32_t *out) {
    unsigned char padded[GRAMS_MAX + 4] = {'_'};
    size_t count = 0;
    if (len > GRAMS_MAX - 2) len = GRAMS_MAX - 2;
    memcpy(padded + 1, word, len);
    padded[len + 1] = '_';
    size_t last = len + 2 > 4 ? len + 2 - 4 : 0;
    for (size_t i = 0; i <= last; i++)
        out[count++] = (uint32_t)padded[i] | (uint32_t)padded[i + 1] << 8 | (uint32_t)padded[i + 2] << 16 |
                       (uint32_t)padded[i + 3] << 24;
    return count;
}

static struct gram_slot *find(const struct gram_table *table, uint32_t gram) {
    size_t at = (gram * 2654435761u) & (table->size - 1);
    while (table->slots[at].gram != 0 && table->slots[at].gram != gram)
        at = (at + 1) & (table->size - 1);
    return &table->slots[at];
}

static void grow(struct gram_table *table) {
    struct gram_slot *old = table->slots;
    size_t old_size = table->size;
    table->size = old_size ? old_size * 2 : 1 << 14;
    table->slots = mem_alloc(table->size * sizeof *table->slots);
    for (size_t i = 0; i < old_size; i++)
        if (old[i].gram != 0) *find(table, old[i].gram) = old[i];
    mem_free(old);
}

struct word_walk {
    struct buf words; /* varint length, then the word */
    size_t count;
};

static bool take_word(void *arg, const char *term, size_t len, uint32_t documents) {
    struct word_walk *walk = arg;
    (void)documents;
    buf_lstr(&walk->words, term, len);
    walk->count++;
    return true;
}

static void add_word(struct gram_table *table, const char *word, size_t len, uint32_t documents, uint64_t occurrences) {
    uint32_t grams[GRAMS_MAX];
    size_t count = grams_of(word, len, grams);
    double share = (double)documents / (double)table->documents;
    float absent = (float)log1p(-(share < 0.999999 ? share : 0.999999));
    table->total += (double)occurrences * (double)count;
    for (size_t i = 0; i < count; i++) {
        if (table->used * 2 >= table->size) grow(table);
        struct gram_slot *slot = find(table, grams[i]);
        if (slot->gram == 0) {
            slot->gram = grams[i];
            table->used++;
        }
        slot->absent += absent;
        slot->occurrences += (float)occurrences;
    }
}

static enum status add_words(struct gram_table *table, struct engine_db *db, const struct word_walk *walk,
                             struct err *err) {
    struct cur cur = {.at = walk->words.data, .end = walk->words.data + walk->words.len};
    enum status st = ST_OK;
    for (size_t i = 0; i < walk->count && st == ST_OK; i++) {
        size_t len = 0;
        uint32_t documents = 0;
        uint64_t occurrences = 0;
        const char *word = cur_lstr(&cur, &len);
        st = engine_term_stats(db, word, len, &documents, &occurrences, err);
        if (st == ST_OK) add_word(table, word, len, documents, occurrences);
    }
    return st;
}

enum status gram_table_make(struct gram_table **out, struct engine_db *db, uint64_t documents, struct err *err) {
    struct gram_table *table = mem_alloc(sizeof *table);
    struct word_walk walk = {0};
    enum status st = ST_OK;
    buf_init(&walk.words, 0);
    table->documents = documents ? documents : 1;
    grow(table);
    /* Words without a prefix begin with a digit, a small letter or a letter outside ASCII. */
    for (int byte = '0'; byte <= 0xf4 && st == ST_OK; byte = byte == '9' ? 'a' : byte == 'z' ? 0xc2 : byte + 1) {
        char first = (char)byte;
        st = engine_terms(db, &first, 1, take_word, &walk, err);
    }
    if (st == ST_OK) st = add_words(table, db, &walk, err);
    buf_free(&walk.words);
    if (st != ST_OK) {
        gram_table_free(table);
        table = NULL;
    }
    *out = table;
    return st;
}

void gram_table_free(struct gram_table *table) {
    if (!table) return;
    mem_free(table->slots);
    mem_free(table);
}

uint64_t gram_table_documents(const struct gram_table *table) {
    return table->documents;
}

double gram_documents(const struct gram_table *table, uint32_t gram) {
    const struct gram_slot *slot = find(table, gram);
    return slot->gram == 0 ? 0 : (double)table->documents * -expm1((double)slot->absent);
}

double gram_average_length(const struct gram_table *table) {
    return table->total / (double)table->documents + 1;
}

double gram_burst(const struct gram_table *table, uint32_t gram) {
    const struct gram_slot *slot = find(table, gram);
    return slot->gram == 0 ? 1 : sqrt(((double)slot->occurrences + 1) / gram_documents(table, gram));
}
