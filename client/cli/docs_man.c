/* Manual pages in mdoc, out of the table of commands.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * NAME, SYNOPSIS, DESCRIPTION, flags, EXIT STATUS, EXAMPLES and SEE ALSO come from the rows; what a page says
 * beyond them stands in client/man/parts/NAME.mdoc and follows the flags. */
#include "docs.h"

#include "glyph.h"

#include <ctype.h>
#include <string.h>

#define DATE "November 25, 2026"

/* Text inside a line of roff. */
static void put(FILE *out, const char *text, size_t len) {
    const char *end = text + len;
    while (text < end) {
        uint32_t c = glyph_decode(&text);
        if (c == '\\')
            fputs("\\e", out);
        else if (c == '-')
            fputs("\\-", out);
        else if (c < 0x80)
            fputc((int)c, out);
        else
            fprintf(out, "\\[u%04X]", (unsigned)c);
    }
}

static void put_text(FILE *out, const char *text) {
    put(out, text, strlen(text));
}

/* Running text: a sentence a line, as mdoc wants it. */
static void put_prose(FILE *out, const char *text) {
    while (*text) {
        size_t len = 0;
        while (text[len] &&
               !(strchr(".?!", text[len]) && text[len + 1] == ' ' && isupper((unsigned char)text[len + 2])))
            len++;
        if (text[len]) len++;
        if (*text == '.' || *text == '\'') fputs("\\&", out);
        for (size_t i = 0; i < len;) {
            /* A hyphen between letters is one; others are signs of the command line. */
            size_t run = strcspn(text + i, "-");
            if (run > len - i) run = len - i;
            put(out, text + i, run);
            i += run;
            if (i >= len) break;
            bool hyphen = i > 0 && isalpha((unsigned char)text[i - 1]) && isalpha((unsigned char)text[i + 1]);
            fputs(hyphen ? "-" : "\\-", out);
            i++;
        }
        fputc('\n', out);
        text += len + strspn(text + len, " ");
    }
}

static void put_words(FILE *out, const struct command *command) {
    for (size_t i = 0; i < WORDS_MAX && command->words[i].name; i++) {
        const struct word *word = command->words + i;
        bool many = word->type == WORD_MANY || (word->type == WORD_LOCAL && strcmp(word->name, "PATH") == 0);
        fprintf(out, ".%sAr %s%s\n", word->optional ? "Op " : "", word->name, many ? " ..." : "");
    }
}

/* The value of a flag; what would be a macro or a delimiter in mdoc is kept from being one. */
static void put_value(FILE *out, const char *value) {
    fputs(" Ar ", out);
    if (strpbrk(value, "[|]")) fputs("\\&", out);
    put_text(out, value);
}

static void put_synopsis(FILE *out, const struct command *command) {
    fprintf(out, ".Sh SYNOPSIS\n.Nm footnote %s\n", command->name);
    for (const struct flag *flag = command->flags; flag && flag->name; flag++) {
        fprintf(out, ".Op Fl \\-%s", flag->name);
        if (flag->value) put_value(out, flag->value);
        fputc('\n', out);
    }
    put_words(out, command);
}

static void put_flags(FILE *out, const struct flag *flags) {
    fputs(".Bl -tag -width Ds\n", out);
    for (; flags->name; flags++) {
        fputs(".It ", out);
        if (flags->letter) fprintf(out, "Fl %c , ", flags->letter);
        fprintf(out, "Fl \\-%s", flags->name);
        if (flags->value) put_value(out, flags->value);
        fputc('\n', out);
        fputc(toupper((unsigned char)flags->help[0]), out);
        /* One line, so that no line can begin with a dot. */
        put_text(out, flags->help + 1);
        fputs(".\n", out);
    }
    fputs(".El\n", out);
}

static void put_part(FILE *out, const char *parts, const char *name) {
    char path[4096], line[4096];
    snprintf(path, sizeof path, "%s/%s.mdoc", parts, name);
    FILE *part = fopen(path, "re");
    if (!part) return;
    bool opening = true;
    while (fgets(line, sizeof line, part)) {
        /* The comment at its head says what the file is. */
        if (strncmp(line, ".\\\"", 3) != 0) opening = false;
        if (!opening) fputs(line, out);
    }
    fclose(part);
}

static void put_exit(FILE *out) {
    fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds -compact\n", out);
    for (size_t i = 0; exit_codes[i]; i += 2) {
        fprintf(out, ".It %s\n", exit_codes[i]);
        put_prose(out, exit_codes[i + 1]);
    }
    fputs(".El\n", out);
}

static void put_examples(FILE *out, const char *examples) {
    fputs(".Sh EXAMPLES\n.Bd -literal\n", out);
    while (*examples) {
        size_t len = strcspn(examples, "\n");
        put(out, examples, len);
        fputc('\n', out);
        examples += len + (examples[len] == '\n');
    }
    fputs(".Ed\n", out);
}

static void put_head(FILE *out, const char *name, const char *summary) {
    fputs(".\\\" Written by footnote_docs out of the table of commands; edit client/cli/rows_*.c instead.\n"
          ".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n",
          out);
    fputs(".Dd " DATE "\n.Dt ", out);
    for (const char *c = name; *c; c++)
        fputc(toupper((unsigned char)*c), out);
    fprintf(out, " 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", name);
    put_text(out, summary);
    fputc('\n', out);
}

static void put_columns(FILE *out, const struct command *command) {
    if (!command->columns || strcmp(command->columns, ".") == 0) return;
    fputs(".Pp\nThe columns of\n.Fl \\-plain\nare\n.Bd -literal -offset indent\n", out);
    for (const char *at = command->columns; *at;) {
        size_t len = strcspn(at, " ");
        put(out, at, len);
        at += len + strspn(at + len, " ");
        fputs(*at ? "  " : "\n", out);
    }
    fputs(".Ed\n", out);
}

void docs_man_command(FILE *out, const struct command *command, const char *parts) {
    char name[64];
    snprintf(name, sizeof name, "footnote-%s", command->name);
    put_head(out, name, command->summary);
    put_synopsis(out, command);
    fputs(".Sh DESCRIPTION\n", out);
    put_prose(out, command->text);
    if (command->flags && command->flags->name) {
        fputs(".Pp\nThe flags are, beside those of every command in\n.Xr footnote 1 :\n", out);
        put_flags(out, command->flags);
    }
    put_columns(out, command);
    put_part(out, parts, name);
    put_exit(out);
    put_examples(out, command->examples);
    fputs(".Sh SEE ALSO\n.Xr footnote 1 ,\n.Xr footnote-query 7 ,\n.Xr footnoted 8\n", out);
}

void docs_man_program(FILE *out, const char *parts) {
    put_head(out, "footnote", "search an archive of articles and the sources that they cite");
    fputs(".Sh SYNOPSIS\n.Nm footnote\n.Op Fl \\-socket Ar PATH | Fl \\-connect Ar HOST:PORT\n.Ar command\n"
          ".Op Ar flags\n.Op Ar words\n.Nm footnote\n.Cm help\n.Op Ar command\n.Sh DESCRIPTION\n",
          out);
    put_part(out, parts, "footnote");
    const char *group = "";
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *command = commands_at(i);
        if (strcmp(group, command->group) != 0) {
            if (*group) fputs(".El\n", out);
            fprintf(out, ".Ss %s\n.Bl -tag -width related-sources\n", command->group);
        }
        group = command->group;
        fprintf(out, ".It Xr footnote-%s 1\n", command->name);
        fputc(toupper((unsigned char)command->summary[0]), out);
        put_text(out, command->summary + 1);
        fputs(".\n", out);
    }
    fputs(".El\n.Ss Flags of every command\n", out);
    put_flags(out, global_flags);
    put_part(out, parts, "footnote-environment");
    put_exit(out);
    put_examples(out, "footnote import articles/\nfootnote search who was killed in the 2011 ambush\n"
                      "footnote show great-wall-from-space");
    fputs(".Sh SEE ALSO\n.Xr footnote-search 1 ,\n.Xr footnote.conf 5 ,\n.Xr footnote-protocol 7 ,\n"
          ".Xr footnote-query 7 ,\n.Xr footnoted 8\n",
          out);
}
