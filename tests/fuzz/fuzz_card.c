/* Fuzz: cards as they come out of the index (index/card.h).  One that can be read is written to one that reads equal.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "index/card.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct card card, again;
    struct err err = ERR_NONE;
    struct buf once, twice;
    buf_init(&once, 0);
    buf_init(&twice, 0);
    if (card_read(arena, (const char *)data, size, &card, &err) == ST_OK) {
        card_write(&card, &once);
        ENSURE(card_read(arena, once.data, once.len, &again, &err) == ST_OK);
        card_write(&again, &twice);
        ENSURE(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    } else {
        ENSURE(err.status == ST_CORRUPT);
    }
    buf_free(&once);
    buf_free(&twice);
    arena_free(arena);
    return 0;
}
