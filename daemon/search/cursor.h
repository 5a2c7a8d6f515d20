/* Cursors: going on where a page ended, while the index changes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first page is an ordinary search.  Its cursor names the documents that were shown.  The second page runs the
 * search once more, whole, and keeps the order of what it found without those: the snapshot.  Later pages read on in
 * it.  So a document that is there all the time comes once, whatever is written meanwhile; one that is deleted is
 * passed over, one that is new is not shown.
 *
 *   cursor = base64url( 1 fingerprint "s" { docid · 2 + kind } check )     behind a first page
 *          | base64url( 1 fingerprint "p" snapshot place check )           behind a later one
 *
 * Numbers are varints, `check` is four bytes of a hash of what stands before it; the fingerprint is a hash of what the search is.  A snapshot lives SNAPSHOT_IDLE_S after its
 * last use, in the memory of the daemon; when all take more than SNAPSHOT_BYTES_MAX, the one longest unused goes. */
#ifndef SEARCH_CURSOR_H
#define SEARCH_CURSOR_H

#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SNAPSHOT_IDLE_S = 600, SNAPSHOT_HITS_MAX = 2000000, SNAPSHOT_BYTES_MAX = 128 << 20 };

struct cursor {
    bool first;      /* behind a first page: `shown` */
    uint64_t *shown; /* docid * 2 + (kind is source) */
    size_t shown_count;
    uint64_t snapshot; /* its number */
    uint64_t place;
};
/* INVALID_VALUE when it is none, or another search's. */
enum status cursor_read(struct arena *arena, const char *text, uint64_t fingerprint, struct cursor *out,
                        struct err *err);
/* In the arena. */
const char *cursor_write(struct arena *arena, const struct cursor *cursor, uint64_t fingerprint);

struct snapshot_hit {
    uint32_t docid, collapsed;
    double score;
    bool is_source;
};
struct snapshot_totals {
    uint64_t lower, estimate, upper;
    bool cut; /* there was more than SNAPSHOT_HITS_MAX */
};

struct snapshots; /* any thread */
struct snapshots *snapshots_new(void);
void snapshots_free(struct snapshots *snapshots);
/* Copies the hits.  Gives the number. */
uint64_t snapshots_add(struct snapshots *snapshots, const struct snapshot_hit *hits, size_t count,
                       const struct snapshot_totals *totals);
/* Copies up to `max` hits from `place` on into the arena.  NOT_FOUND when it is gone. */
enum status snapshots_get(struct snapshots *snapshots, struct arena *arena, uint64_t number, uint64_t place, size_t max,
                          struct snapshot_hit **out, size_t *count, struct snapshot_totals *totals, struct err *err);

#endif
