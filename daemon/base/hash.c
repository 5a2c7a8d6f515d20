/* Hashes: xxHash's only door.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure functions, any thread.  The values are stored on disk, so algorithm and seed never change.
 * They are not cryptographic: nothing that an attacker may forge depends on them. */
#include "base/hash.h"

#include <xxhash.h>

uint64_t hash64(const void *bytes, size_t len) {
    return XXH3_64bits(bytes, len);
}

void hash128_hex(char out[33], const void *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, len));
    for (size_t i = 0; i < sizeof canonical.digest; i++) {
        out[2 * i] = digits[canonical.digest[i] >> 4];
        out[2 * i + 1] = digits[canonical.digest[i] & 15];
    }
    out[32] = '\0';
}
