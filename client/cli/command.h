/* What a command is: one row of a table, from which parsing, help, man pages and completion come.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A further command is a row in one of the rows_*.c files and, where its answer deserves it, a printer.  Most
 * commands have no code of their own: run_call turns words and flags into parameters, calls the method and
 * prints the result.  The client runs on one thread. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "screen.h"

#include <footnote/client.h>

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>

struct context;

enum flag_type {
    FLAG_SWITCH, /* true */
    FLAG_TEXT,   /* a string */
    FLAG_COUNT,  /* a whole number from 0 */
    FLAG_MANY,   /* may be repeated: a string, or an array of strings */
    FLAG_FIXED,  /* a switch that sends `fixed` */
    FLAG_FILE,   /* the text of a file of this machine, - for standard input */
    FLAG_PATH,   /* a path on the daemon's machine, made absolute here */
};

#define NOT_SENT ""
#define FLAGS_END                                                                                                      \
    { .name = NULL }

struct flag {
    const char *name;  /* without dashes; NULL ends a list */
    const char *value; /* stands for the value in help; NULL: a switch */
    const char *help;  /* one phrase, small first letter, no full stop */
    enum flag_type type;
    char letter;         /* 0: none */
    const char *param;   /* NULL: the name with _ for -; NOT_SENT: the client acts on it */
    const char *fixed;   /* FLAG_FIXED: the JSON text that is sent */
    const char *choices; /* apart by |, for help and completion; the daemon is the judge */
};

enum word_type {
    WORD_ONE,
    WORD_COUNT,  /* a whole number from 0 */
    WORD_JOINED, /* all that follow, joined by spaces */
    WORD_MANY,   /* all that follow, as an array of strings */
    WORD_PATH,   /* a path on the daemon's machine, made absolute here */
    WORD_LOCAL,  /* the command reads it itself; takes all that follow */
};

struct word {
    const char *name; /* as help shows it, in capitals; NULL ends a list */
    const char *param;
    enum word_type type;
    bool optional;
};

enum { WORDS_MAX = 3 };

struct command {
    const char *name;
    const char *method;  /* NULL: several or none */
    const char *group;   /* heading in the list of commands */
    const char *summary; /* one phrase, small first letter, no full stop */
    struct word words[WORDS_MAX];
    const struct flag *flags; /* ends with a NULL name; NULL: none of its own */
    const char *list;         /* the member that --jsonl and --plain walk through */
    const char *columns;      /* of --plain: dotted paths into an element, apart by spaces; a dot is the element */
    const char *absent;       /* the verdict that --exit-status takes for nothing */
    bool patient;             /* may take long: no time limit unless one is given */
    int (*run)(struct context *context);                   /* NULL: run_call */
    void (*print)(struct context *context, const cJSON *); /* NULL: print_any */
    const char *text;                                      /* a paragraph for help and man page */
    const char *examples;                                  /* lines: a command, or # and what it does */
};

/* All rows, in the order of help. */
size_t commands_count(void);
const struct command *commands_at(size_t i);
const struct command *commands_find(const char *name); /* NULL: none */
const char *commands_nearest(const char *name);        /* NULL: nothing alike */

/* The flags that every command takes. */
extern const struct flag global_flags[];
extern const char *const exit_codes[]; /* "0", "what it means", …, NULL */

enum output { OUTPUT_HUMAN, OUTPUT_JSON, OUTPUT_JSONL, OUTPUT_PLAIN };

struct given {
    const struct flag *flag;
    const char *text; /* NULL for a switch */
};

/* Words and flags of one command line; the texts are borrowed from argv. */
struct args {
    const struct command *command;
    struct given *given;
    const char **words;
    size_t given_count, word_count;
};

struct context {
    const struct command *command;
    struct args args;
    enum output output;
    struct screen out, err; /* stdout and stderr */
    char *endpoint;         /* NULL: the default place */
    int timeout_ms;         /* 0: no limit */
    bool quiet;
    struct footnote_client *client;
};

enum { EXIT_USAGE = 2, EXIT_PARTLY = 3, EXIT_INTERRUPTED = 130 };

#endif
