/* Parsing the command line by the tables: see args.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "args.h"

#include "distance.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    struct args *args;
    char **argv;
    int argc, at;
    char **problem;
};

static const struct flag *find_in(const struct flag *flags, const char *name, size_t len, char letter) {
    for (const struct flag *flag = flags; flag && flag->name; flag++)
        if (name ? strlen(flag->name) == len && memcmp(flag->name, name, len) == 0 : flag->letter == letter)
            return flag;
    return NULL;
}

static const struct flag *find_flag(const struct args *args, const char *name, size_t len, char letter) {
    const struct flag *flag = args->command ? find_in(args->command->flags, name, len, letter) : NULL;
    return flag ? flag : find_in(global_flags, name, len, letter);
}

static bool refuse_flag(struct parser *parser, const char *arg) {
    const struct command *command = parser->args->command;
    struct nearest nearest;
    const char *name = arg + strspn(arg, "-");
    nearest_begin(&nearest, name);
    for (const struct flag *flag = command ? command->flags : NULL; flag && flag->name; flag++)
        nearest_offer(&nearest, flag->name);
    for (const struct flag *flag = global_flags; flag->name; flag++)
        nearest_offer(&nearest, flag->name);
    bool may_be_word = command && command->words[0].type == WORD_JOINED && arg[1] != '-';
    *parser->problem =
        text_format("unknown flag '%s'%s%s%s", arg, nearest.best && !may_be_word ? "; did you mean --" : "",
                    nearest.best && !may_be_word ? nearest.best : "",
                    may_be_word ? "; put -- before words that begin with a dash" : "");
    return false;
}

static bool add_flag(struct parser *parser, const struct flag *flag, const char *value) {
    struct args *args = parser->args;
    if (flag->value && !value && parser->at + 1 < parser->argc) value = parser->argv[++parser->at];
    if (flag->value && !value) *parser->problem = text_format("--%s needs a value: %s", flag->name, flag->value);
    if (!flag->value && value) *parser->problem = text_format("--%s takes no value", flag->name);
    if (*parser->problem) return false;
    args->given[args->given_count++] = (struct given){flag, value};
    return true;
}

static bool parse_long(struct parser *parser, const char *arg) {
    const char *name = arg + 2, *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct flag *flag = find_flag(parser->args, name, len, 0);
    return flag ? add_flag(parser, flag, equals ? equals + 1 : NULL) : refuse_flag(parser, arg);
}

static bool parse_letters(struct parser *parser, const char *arg) {
    for (const char *letter = arg + 1; *letter; letter++) {
        const struct flag *flag = find_flag(parser->args, NULL, 0, *letter);
        if (!flag) return refuse_flag(parser, arg);
        if (flag->value) return add_flag(parser, flag, letter[1] ? letter + 1 : NULL);
        if (!add_flag(parser, flag, NULL)) return false;
    }
    return true;
}

static bool parse_word(struct parser *parser, const char *word) {
    struct args *args = parser->args;
    if (args->command) {
        args->words[args->word_count++] = word;
        return true;
    }
    /* "help" is no row of the table: it says what the rows hold. */
    if (strcmp(word, "help") == 0) {
        const char *topic = parser->at + 1 < parser->argc ? parser->argv[parser->at + 1] : NULL;
        args->given[args->given_count++] = (struct given){find_in(global_flags, "help", strlen("help"), 0), NULL};
        if (!topic) return true;
        word = topic;
        parser->at++;
    }
    args->command = commands_find(word);
    if (args->command) return true;
    const char *nearest = commands_nearest(word);
    *parser->problem = text_format("unknown command '%s'%s%s%s", word, nearest ? "; did you mean '" : "",
                                   nearest ? nearest : "", nearest ? "'?" : "; footnote help lists them");
    return false;
}

bool args_parse(struct args *args, int argc, char **argv, char **problem) {
    /* Every letter of a cluster may be a flag of its own. */
    size_t most = 1;
    for (int i = 0; i < argc; i++)
        most += strlen(argv[i]) + 1;
    *args = (struct args){.given = memory_zero(most, sizeof *args->given),
                          .words = memory_zero((size_t)argc + 1, sizeof *args->words)};
    *problem = NULL;
    struct parser parser = {args, argv, argc, 1, problem};
    bool only_words = false, good = true;
    for (; good && parser.at < argc; parser.at++) {
        const char *arg = argv[parser.at];
        if (!only_words && strcmp(arg, "--") == 0)
            only_words = true;
        else if (only_words || arg[0] != '-' || !arg[1])
            good = parse_word(&parser, arg);
        else
            good = arg[1] == '-' ? parse_long(&parser, arg) : parse_letters(&parser, arg);
    }
    return good;
}

void args_free(struct args *args) {
    free(args->given);
    free(args->words);
    *args = (struct args){.given = NULL};
}

const char *args_text(const struct args *args, const char *name) {
    for (size_t i = args->given_count; i-- > 0;)
        if (strcmp(args->given[i].flag->name, name) == 0) return args->given[i].text;
    return NULL;
}

bool args_has(const struct args *args, const char *name) {
    for (size_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].flag->name, name) == 0) return true;
    return false;
}
