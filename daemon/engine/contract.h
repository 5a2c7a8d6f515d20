/* The headers of C that this room uses, as C++ must see them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The house's headers are plain C: they don't say extern "C", and a function may bear the name of a
 * struct, which gcc calls shadowing in C++.  Included by guard.h, and so by every file of the room. */
#ifndef ENGINE_CONTRACT_H
#define ENGINE_CONTRACT_H

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <sys/types.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine.h"
}
#pragma GCC diagnostic pop

/* ERR_NONE, whose C initialiser gcc warns of in C++. */
inline struct err no_error() {
    struct err err {};
    err.position = -1;
    return err;
}

#endif
