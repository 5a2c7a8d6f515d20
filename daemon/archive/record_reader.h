/* Reading a record's members with all faults gathered; private to the room.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A member that is absent, null or an empty string is NULL.  One of the wrong type is a fault and NULL. */
#ifndef ARCHIVE_RECORD_READER_H
#define ARCHIVE_RECORD_READER_H

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

/* Faults in the order in which they were found: `path: text; path: text`. */
struct faults {
    struct buf text;
    char first[64]; /* the path of the first */
    size_t count, told;
    enum status status; /* of the gravest: TOO_LARGE before INVALID_RECORD */
};

/* An object in the record: the record itself (list NULL) or an element of a list. */
struct place {
    const cJSON *object;
    const char *list;
    size_t index;
};

void faults_init(struct faults *faults);
__attribute__((format(printf, 4, 5))) void fault_at(struct faults *faults, const struct place *place, const char *name,
                                                    const char *format, ...);
/* OK when there were none; else sets err.  Frees the faults. */
enum status faults_end(struct faults *faults, struct err *err);
/* `got "yesterday"`, `got a number`: for messages; in the arena. */
const char *value_shown(struct arena *arena, const cJSON *value);

struct record_reader {
    struct arena *arena;
    struct faults faults;
};

/* The member; NULL if absent or null. */
const cJSON *read_member(const struct place *place, const char *name);
const char *read_string(struct record_reader *reader, const struct place *place, const char *name);
/* A string that when_parse takes. */
const char *read_date(struct record_reader *reader, const struct place *place, const char *name);
/* A list of strings, or one string. */
size_t read_strings(struct record_reader *reader, const struct place *place, const char *name, const char ***out);
/* An integer from min to max; false if absent or faulty. */
bool read_integer(struct record_reader *reader, const struct place *place, const char *name, int64_t min, int64_t max,
                  int64_t *out);
/* A list of objects: NULL if absent or faulty.  Elements of another type are faults; they are skipped with
 * next_object. */
const cJSON *read_objects(struct record_reader *reader, const struct place *place, const char *name);
/* A record's id as the caller chose it. */
const char *read_id(struct record_reader *reader, const struct place *place, size_t max);

#endif
