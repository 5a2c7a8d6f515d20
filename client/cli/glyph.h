/* One character of untrusted text, made harmless for a terminal.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Control characters (C0, DEL, C1) and the marks that turn the writing direction are dropped, bytes that are
 * not UTF-8 become U+FFFD; tabs and line ends become spaces.  So no text can move the cursor or hide itself. */
#ifndef CLI_GLYPH_H
#define CLI_GLYPH_H

#include <stdbool.h>
#include <stdint.h>

struct glyph {
    char bytes[5]; /* UTF-8, NUL-terminated */
    int width;     /* columns on a terminal: 0, 1 or 2 */
    bool space;    /* a line may break here and the character vanish; not so U+00A0 */
};

/* The next one of *at.  false: the text is at its end. */
bool glyph_next(struct glyph *out, const char **at);
int glyph_width(const char *text); /* of a whole text */

/* One character out of UTF-8, unchecked for harm: U+FFFD for a wrong byte.  Moves *at. */
uint32_t glyph_decode(const char **at);
bool glyph_harmful(uint32_t c);

#endif
