/* The exception guard: everything that C may call runs inside guard_run, and nothing is thrown past it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * guard_run is the one place where C++ exceptions end; guard_status is the one place that says which
 * status an exception is.  Code of this room refuses by guard_refuse, which throws a `fault` and needs
 * no memory.  Any thread; no state. */
#ifndef ENGINE_GUARD_H
#define ENGINE_GUARD_H

#include "contract.h"

/* A refusal of our own, thrown inside the room. */
struct fault {
    enum status status;
    char text[256];
};

[[noreturn]] __attribute__((format(printf, 2, 3))) void guard_refuse(enum status status, const char *format, ...);

/* To be called while an exception is handled: names it in err, after what was done (`act`) and in which
 * folder (`dir`, or NULL), and returns its status. */
enum status guard_status(struct err *err, const char *act, const char *dir) noexcept;

/* std::terminate's handler.  Xapian lets an exception run into a destructor or a noexcept function of its own when
 * memory is refused while it undoes a commit; that is the stop that mem.h describes.  Anything else is a bug. */
[[noreturn]] void guard_terminate() noexcept;

template <typename Body>
enum status guard_run(struct err *err, const char *act, const char *dir, Body &&body) noexcept {
    try {
        body();
        return ST_OK;
    } catch (...) {
        return guard_status(err, act, dir);
    }
}

#endif
