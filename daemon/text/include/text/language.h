/* Languages: tags and an advisory guess.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include <stddef.h>

/* The language part of a BCP 47 tag or a name, lower case ("en-US" -> "en", "German" -> "de"), to out[9].
 * Empty for what is not a tag. */
void language_base(char out[9], const char *tag);
/* A guess for texts of some 200 bytes or more, by script and frequent words; NULL when unsure.  Static. */
const char *language_guess(const char *text, size_t len);

#endif
