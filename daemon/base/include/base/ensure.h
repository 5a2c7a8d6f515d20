/* Assertions for our own bugs: on in every build, never for input, disk or memory.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ENSURE_H
#define BASE_ENSURE_H

/* Logs the place and the condition, then aborts. */
_Noreturn void ensure_failed(const char *condition, const char *file, int line);

#define ENSURE(condition) ((condition) ? (void)0 : ensure_failed(#condition, __FILE__, __LINE__))

#endif
