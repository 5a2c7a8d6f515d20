/* Stemmers: Snowball's algorithms as Xapian carries them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A stemmer keeps working memory and so belongs to one thread at a time. */
#include "guard.h"

#include <cstring>
#include <memory>
#include <string>
#include <xapian.h>

struct engine_stemmer {
    Xapian::Stem stem;
    std::string word;
};

enum status engine_stemmer_open(struct engine_stemmer **out, const char *language, struct err *err) {
    *out = nullptr;
    return guard_run(err, "open stemmer", nullptr, [&] {
        /* To Xapian these two name a stemmer that changes nothing. */
        if (!*language || !std::strcmp(language, "none")) guard_refuse(ST_NOT_FOUND, "'%s' is no language", language);
        try {
            *out = new engine_stemmer{Xapian::Stem(language), {}};
        } catch (const Xapian::InvalidArgumentError &) {
            guard_refuse(ST_NOT_FOUND, "there is none for language '%s'", language);
        }
    });
}

void engine_stemmer_close(struct engine_stemmer *stemmer) {
    delete stemmer;
}

size_t engine_stem(struct engine_stemmer *stemmer, const char *word, size_t len, char *out, size_t size) {
    size_t written = 0;
    /* Where neither the stem nor the word fits nothing is written; half a word is another word. */
    if (len <= size) {
        std::memcpy(out, word, len);
        written = len;
    }
    guard_run(nullptr, "stem", nullptr, [&] {
        stemmer->word.assign(word, len);
        std::string stem = stemmer->stem(stemmer->word);
        if (stem.size() > size) return;
        std::memcpy(out, stem.data(), stem.size());
        written = stem.size();
    });
    return written;
}
