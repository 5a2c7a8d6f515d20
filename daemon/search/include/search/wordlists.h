/* Word lists: stop words and synonyms, the files' or the archive's own.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   synonyms        rules, as search/synonyms.h has them; the file is synonyms.txt
 *   stopwords/LANG  folded words of a language; the file is stopwords/LANG.txt
 *
 * A list that was changed in the archive stands for the whole file.  A search takes what its view of the store has, so a
 * change is in force for every search that begins after it was answered. */
#ifndef SEARCH_WORDLISTS_H
#define SEARCH_WORDLISTS_H

#include "search/search.h"

enum { WORDLIST_ENTRIES_MAX = 10000, WORDLIST_BYTES_MAX = 1 << 20 };

extern const char wordlist_synonyms[]; /* the name */
/* That of a language's stop words, in the arena; NULL: it is no tag of a language. */
const char *wordlist_stop_name(struct arena *arena, const char *language);

struct wordlist_state {
    const char *const *entries; /* rules or words, in the arena; in the list's order */
    size_t count;
    uint64_t version;   /* 0: never changed */
    bool is_of_archive; /* not the file's */
};
/* The list in force.  The reader must be begun. */
enum status wordlist_read(struct searcher *searcher, struct arena *arena, const char *name, struct wordlist_state *out,
                          struct err *err);
/* An entry as a list keeps it: a word folded, a rule without superfluous spaces; in the arena.  INVALID_VALUE. */
enum status wordlist_entry(struct searcher *searcher, struct arena *arena, const char *name, const char *entry,
                           const char **out, struct err *err);

/* Whether a name is one of a list, and a text one that it can have.  INVALID_VALUE, TOO_LARGE. */
enum status wordlist_check(const char *name, const char *text, struct err *err);

#endif
