/* Checking an engine's database, which when damaged may crash whoever reads it: in a child process.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_CHECK_H
#define INDEX_CHECK_H

#include "base/err.h"

/* CORRUPT: what the child said, or how it died.  INTERNAL: it could not be started. */
enum status check_dir(const char *dir, struct err *err);

#endif
