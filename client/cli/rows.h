/* The groups of the command table.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "command.h"

extern const struct command rows_search[], rows_records[], rows_evidence[], rows_service[];
extern const size_t rows_search_count, rows_records_count, rows_evidence_count, rows_service_count;

#endif
