/* The server: where the rooms meet.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FOOTNOTE_SERVER_H
#define FOOTNOTE_SERVER_H

#include "base/config.h"
#include "base/err.h"

/* Opens the archive and the sockets, serves until a signal, stops: everything accepted is durable then. */
enum status server_run(const struct config *config, const char *schema_dir, struct err *err);

#endif
