/* Times: RFC 3339 in and out, and the clocks.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum when_order { WHEN_ISO, WHEN_DMY, WHEN_MDY };

/* Parses `2025-10-08`, `2025-10`, `2025`, or a full RFC 3339 time with `T` or a space and `Z` or an
 * offset (none: UTC), to seconds since 1970 (proleptic Gregorian, years 0001–9999).
 * INVALID_VALUE with the text in the message. */
enum status when_parse(int64_t *out, const char *text, struct err *err);
/* The last second that `text` names: 2025 -> 2025-12-31T23:59:59Z.  Same statuses. */
enum status when_parse_end(int64_t *out, const char *text, struct err *err);
/* Dates as people write them, for importers: `31-10-2020` or `10/31/2020` by `order`, `8 October 2025`,
 * `October 8, 2025`, `Oct. 8, 2025`, their like in French, German and Spanish, and all that when_parse
 * takes; the shapes stand in when_loose.c.  Writes to out[32] what the text names and no more:
 * `YYYY-MM-DD`, `YYYY-MM` when there is no day, an RFC 3339 time when there are a clock and a zone;
 * what when_parse takes stays unchanged.  INVALID_VALUE. */
enum status when_parse_loose(char out[32], const char *text, enum when_order order, struct err *err);
/* `2025-10-08T00:00:00Z`. */
void when_format(char out[32], int64_t seconds);
int when_year(int64_t seconds);
int64_t when_now_ms(void);  /* wall clock, ms since 1970 */
int64_t when_mono_us(void); /* monotonic clock, for durations and deadlines */

#endif
