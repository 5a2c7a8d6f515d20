/* Hashes: xxHash's only door.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash64(const void *bytes, size_t len);                /* XXH3, 64 bits, seed 0: may be stored */
void hash128_hex(char out[33], const void *bytes, size_t len); /* XXH3, 128 bits, lower-case hex */

#endif
