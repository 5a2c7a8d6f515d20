/* Words of pasted text that are no words: addresses, hash tags, names of accounts.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_CLEAN_H
#define SEARCH_CLEAN_H

#include "base/mem.h"

#include <stdbool.h>

/* A web address: it is looked for among the cited sources, not as words. */
bool is_address(const char *word);
/* The word without an address that is glued to its end (`guests.pic.twitter.com/abc`); the word itself if there is
 * none. */
const char *without_address(struct arena *arena, const char *word);
/* The parts of `#DefundTheBBC` or `@realDonaldTrump`, `defund the BBC`, beside the word as it stands; NULL when it is
 * no tag or has one part. */
const char *tag_parts(struct arena *arena, const char *word);

#endif
