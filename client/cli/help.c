/* What --help says: see help.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "help.h"

#include <string.h>

enum { NAME_WIDTH = 26, LINE_WIDTH = 80 };

/* Own text, wrapped; help is plain in every place. */
static void put_wrapped(FILE *out, int column, int indent, const char *text) {
    while (*text) {
        size_t len = strcspn(text, " ");
        if (column + (int)len + 1 > LINE_WIDTH && column > indent) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, len, out);
        column += (int)len;
        text += len + strspn(text + len, " ");
    }
    fputc('\n', out);
}

void help_usage(FILE *out, const struct command *command) {
    fputs(command->name, out);
    if (command->flags && command->flags->name) fputs(" [flags]", out);
    for (size_t i = 0; i < WORDS_MAX && command->words[i].name; i++) {
        const struct word *word = command->words + i;
        bool many = word->type == WORD_MANY || (word->type == WORD_LOCAL && strstr(word->name, "…"));
        fprintf(out, word->optional ? " [%s%s]" : " %s%s", word->name, many && word->type == WORD_MANY ? "…" : "");
    }
}

static void put_flag(FILE *out, const struct flag *flag) {
    char left[64];
    if (flag->letter)
        snprintf(left, sizeof left, "-%c, ", flag->letter);
    else
        snprintf(left, sizeof left, "    ");
    size_t len = strlen(left);
    snprintf(left + len, sizeof left - len, "--%s%s%s", flag->name, flag->value ? " " : "",
             flag->value ? flag->value : "");
    int column = fprintf(out, "  %-*s", NAME_WIDTH, left);
    if (strlen(left) >= NAME_WIDTH) {
        fprintf(out, "\n%*s", NAME_WIDTH + 2, "");
        column = NAME_WIDTH + 2;
    }
    put_wrapped(out, column, NAME_WIDTH + 2, flag->help);
}

static void put_flags(FILE *out, const char *heading, const struct flag *flags) {
    if (!flags || !flags->name) return;
    fprintf(out, "\n%s\n", heading);
    for (; flags->name; flags++)
        put_flag(out, flags);
}

static void put_examples(FILE *out, const char *examples) {
    fputs("\nExamples\n", out);
    while (*examples) {
        size_t len = strcspn(examples, "\n");
        fprintf(out, "  %.*s\n", (int)len, examples);
        examples += len + (examples[len] == '\n');
    }
}

void help_command(FILE *out, const struct command *command) {
    fputs("footnote ", out);
    help_usage(out, command);
    fputs("\n\n", out);
    put_wrapped(out, 0, 0, command->text);
    put_examples(out, command->examples);
    put_flags(out, "Flags", command->flags);
    put_flags(out, "Flags of every command", global_flags);
}

void help_all(FILE *out) {
    fputs("footnote [--socket PATH | --connect HOST:PORT] COMMAND …\n\n"
          "Searches an archive of articles and of the sources that they cite.\n",
          out);
    put_examples(out, "footnote import articles/\nfootnote search 'who was killed in the 2011 ambush'\n"
                      "footnote show ID\nfootnote help search");
    const char *group = "";
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *command = commands_at(i);
        if (strcmp(group, command->group) != 0) fprintf(out, "\n%s\n", command->group);
        group = command->group;
        int column = fprintf(out, "  %-18s", command->name);
        put_wrapped(out, column, column, command->summary);
    }
    put_flags(out, "Flags of every command", global_flags);
    fputs("\nExit codes\n", out);
    for (size_t i = 0; exit_codes[i]; i += 2)
        fprintf(out, "  %-4s %s\n", exit_codes[i], exit_codes[i + 1]);
}
