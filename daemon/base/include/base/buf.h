/* A growable byte buffer: append many times, ask once.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Past `max` bytes an append is refused and `overflow` stays set; nothing is cut in silence: whoever
 * hands the bytes on asks buf_ok first.  `overflow` is also set when memory for a limited buffer is
 * refused; one without a limit stops the process then, as mem_alloc does.  data is always NUL-terminated (the NUL is not counted). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max; /* 0: no limit */
    bool overflow;
};

void buf_init(struct buf *buf, size_t max);
void buf_free(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */
bool buf_ok(const struct buf *buf);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_str(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);
char *buf_take(struct buf *buf, size_t *len); /* the caller frees with mem_free; buf is empty after */
/* Numbers in LEB128, for formats that are stored (little, unsigned). */
void buf_varint(struct buf *buf, uint64_t value);
void buf_lstr(struct buf *buf, const char *bytes, size_t len); /* varint length, then the bytes */

/* Reads back what buf_varint and buf_lstr wrote; sticky: after a fault `bad` is set and zeros come. */
struct cur {
    const char *at;
    const char *end;
    bool bad;
};
uint64_t cur_varint(struct cur *cur);
const char *cur_lstr(struct cur *cur, size_t *len); /* borrowed from the buffer */

#endif
