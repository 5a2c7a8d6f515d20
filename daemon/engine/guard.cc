/* Which status each exception is: one table for Xapian's classes, one for errno texts.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Xapian keeps errno to itself and gives only its text (and, when an error follows from another, only
 * inside the message), so full disks and the like are recognised by the text that strerror gives. */
#include "guard.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <xapian.h>

namespace {

struct class_status {
    const char *type;
    enum status status;
};

/* Classes that are not here (network, assertion, internal, unavailable features) are our own fault.
 * RangeError is what a number in a table says that doesn't fit its type. */
const class_status CLASSES[] = {
    {"DatabaseLockError", ST_LOCKED},
    {"DatabaseNotFoundError", ST_NOT_FOUND},
    {"DatabaseVersionError", ST_NEWER_FORMAT},
    {"DatabaseCorruptError", ST_CORRUPT},
    {"DatabaseModifiedError", ST_MODIFIED},
    {"DatabaseOpeningError", ST_IO},
    {"DatabaseCreateError", ST_IO},
    {"DatabaseClosedError", ST_IO},
    {"DatabaseError", ST_IO},
    {"DocNotFoundError", ST_NOT_FOUND},
    {"InvalidArgumentError", ST_INVALID_VALUE},
    {"UnimplementedError", ST_INVALID_VALUE},
    {"RangeError", ST_CORRUPT},
    {"SerialisationError", ST_CORRUPT},
    {"WildcardError", ST_TOO_COMPLEX},
};

struct errno_status {
    int number;
    enum status status;
};

const errno_status ERRNOS[] = {
    {ENOSPC, ST_DISK_FULL}, {EDQUOT, ST_DISK_FULL}, {EFBIG, ST_DISK_FULL}, {EROFS, ST_READ_ONLY},
    {EACCES, ST_READ_ONLY}, {EPERM, ST_READ_ONLY},  {EMFILE, ST_NO_FILES}, {ENFILE, ST_NO_FILES},
    {ENOMEM, ST_NO_MEMORY}, {EIO, ST_IO},
};

enum status class_of(const Xapian::Error &error) {
    for (const class_status &row : CLASSES)
        if (std::strcmp(row.type, error.get_type()) == 0) return row.status;
    return ST_INTERNAL;
}

/* The status of the errno text that `text` contains, or `otherwise`. */
enum status errno_in(const char *text, enum status otherwise) {
    for (const errno_status &row : ERRNOS) {
        char buffer[128];
        const char *name = strerror_r(row.number, buffer, sizeof buffer);
        if (strcasestr(text, name)) return row.status;
    }
    return otherwise;
}

/* `open index in /var/lib/x: ` and what follows from the format. */
__attribute__((format(printf, 5, 6))) enum status say(struct err *err, enum status status, const char *act,
                                                      const char *dir, const char *format, ...) {
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    std::vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(err, status, "%s%s%s: %s", act, dir ? " in " : "", dir ? dir : "", text);
}

enum status xapian_status(struct err *err, const char *act, const char *dir, const Xapian::Error &error) {
    const char *system = error.get_error_string();
    enum status status = class_of(error);
    /* A lock that can't be taken need not be held by anybody. */
    if (status == ST_IO || status == ST_LOCKED) {
        status = errno_in(error.get_msg().c_str(), status);
        if (system) status = errno_in(system, status);
    }
    return say(err, status, act, dir, "%s%s%s (%s)", error.get_msg().c_str(), system ? ": " : "", system ? system : "",
               error.get_type());
}

} // namespace

void guard_refuse(enum status status, const char *format, ...) {
    struct fault fault;
    va_list args;
    va_start(args, format);
    std::vsnprintf(fault.text, sizeof fault.text, format, args);
    va_end(args);
    fault.status = status;
    throw fault;
}

static enum status rethrow(struct err *err, const char *act, const char *dir) {
    try {
        throw;
    } catch (const fault &fault) {
        return say(err, fault.status, act, dir, "%s", fault.text);
    } catch (const Xapian::Error &error) {
        return xapian_status(err, act, dir, error);
    } catch (const std::bad_alloc &) {
        return say(err, ST_NO_MEMORY, act, dir, "not enough memory");
    } catch (const std::length_error &error) {
        /* Xapian believes the lengths that it reads; a damaged one ends here. */
        return say(err, ST_CORRUPT, act, dir, "a stored length is impossible (%s)", error.what());
    } catch (const std::exception &error) {
        return say(err, ST_INTERNAL, act, dir, "unexpected exception: %s", error.what());
    } catch (...) {
        return say(err, ST_INTERNAL, act, dir, "unexpected exception");
    }
}

enum status guard_status(struct err *err, const char *act, const char *dir) noexcept {
    try {
        return rethrow(err, act, dir);
    } catch (...) {
        /* Making the text itself ran out of memory. */
        return say(err, ST_NO_MEMORY, act, dir, "not enough memory");
    }
}

void guard_terminate() noexcept {
    try {
        if (std::current_exception()) throw;
    } catch (const std::bad_alloc &) {
        mem_refused(0);
    } catch (...) {
    }
    std::abort();
}
