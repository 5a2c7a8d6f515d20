/* The table of commands, joined from its groups, and the flags of all commands.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

#include "distance.h"
#include "rows.h"

#include <string.h>

const struct flag global_flags[] = {
    {"socket", "PATH", "the daemon's Unix socket", .param = NOT_SENT, .type = FLAG_TEXT},
    {"connect", "HOST:PORT", "the daemon's TCP address", .param = NOT_SENT, .type = FLAG_TEXT},
    {"timeout", "TIME", "give up after TIME: seconds, or with a unit as in 500ms, 2m; 0: never", .param = NOT_SENT,
     .type = FLAG_TEXT},
    {"json", NULL, "print the answer as one JSON value", .param = NOT_SENT},
    {"jsonl", NULL, "print one JSON value a line for each element of the answer", .param = NOT_SENT},
    {"plain", NULL, "print tab-separated columns without a heading", .param = NOT_SENT},
    {"exit-status", NULL, "exit with 1 when nothing was found", .param = NOT_SENT},
    {"no-color", NULL, "print without colour", .param = NOT_SENT},
    {"quiet", NULL, "no progress and no summary on standard error", .letter = 'q', .param = NOT_SENT},
    {"help", NULL, "show how the command is used", .letter = 'h', .param = NOT_SENT},
    {"version", NULL, "show the version", .letter = 'V', .param = NOT_SENT},
    FLAGS_END,
};

const char *const exit_codes[] = {
    "0",   "Done, also when nothing was found.",
    "1",   "Failed; with --exit-status also: nothing was found.",
    "2",   "The command line is wrong.",
    "3",   "Partly done: some records or queries were refused.",
    "4",   "The daemon can't be reached.",
    "5",   "Refused: a key is missing, the method is not allowed, or too many requests.",
    "6",   "Timed out.",
    "130", "Interrupted.",
    NULL,
};

static const struct {
    const struct command *rows;
    const size_t *count;
} groups[] = {
    {rows_search, &rows_search_count},
    {rows_records, &rows_records_count},
    {rows_evidence, &rows_evidence_count},
    {rows_service, &rows_service_count},
};

enum { GROUPS = sizeof groups / sizeof *groups };

size_t commands_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < GROUPS; i++)
        count += *groups[i].count;
    return count;
}

const struct command *commands_at(size_t i) {
    for (size_t g = 0; g < GROUPS; g++) {
        if (i < *groups[g].count) return groups[g].rows + i;
        i -= *groups[g].count;
    }
    return NULL;
}

const struct command *commands_find(const char *name) {
    for (size_t i = 0; i < commands_count(); i++)
        if (strcmp(commands_at(i)->name, name) == 0) return commands_at(i);
    return NULL;
}

const char *commands_nearest(const char *name) {
    struct nearest nearest;
    nearest_begin(&nearest, name);
    for (size_t i = 0; i < commands_count(); i++)
        nearest_offer(&nearest, commands_at(i)->name);
    nearest_offer(&nearest, "help");
    return nearest.best;
}
