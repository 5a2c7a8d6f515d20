/* What every test of this folder includes: cmocka with the headers that it needs before it.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof *(table))

#endif
