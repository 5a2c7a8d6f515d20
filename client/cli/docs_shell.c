/* Completion for bash and zsh, out of the table of commands.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Flags, their choices, files where files are taken, and the commands.  The daemon is not asked: completion
 * must not wait. */
#include "docs.h"

#include <string.h>

static bool takes_file(const struct flag *flag) {
    return flag->type == FLAG_PATH || flag->type == FLAG_FILE || strcmp(flag->name, "errors-to") == 0 ||
           strcmp(flag->name, "output") == 0 || strcmp(flag->name, "socket") == 0;
}

static bool takes_files(const struct command *command) {
    for (size_t i = 0; i < WORDS_MAX && command->words[i].name; i++) {
        const char *name = command->words[i].name;
        if (strcmp(name, "PATH") == 0 || strcmp(name, "FILE") == 0 || strcmp(name, "DIR") == 0) return true;
    }
    return false;
}

static void put_choices(FILE *out, const char *choices) {
    for (; *choices; choices++)
        fputc(*choices == '|' ? ' ' : *choices, out);
}

static void put_head(FILE *out, const char *first, const char *shell) {
    fprintf(out,
            "%s# Completion of footnote in %s.  Written by footnote_docs out of the table of commands;\n"
            "# edit client/cli/rows_*.c instead.\n"
            "# SPDX-License-Identifier: GPL-2.0-or-later\n\n",
            first, shell);
}

/* What may follow a flag: its choices, files, or nothing that is known. */
static void put_bash_values(FILE *out, const char *command, const struct flag *flags) {
    for (const struct flag *flag = flags; flag && flag->name; flag++) {
        if (!flag->value) continue;
        if (*command)
            fprintf(out, "        '%s --%s')", command, flag->name);
        else
            fprintf(out, "        *' --%s')", flag->name);
        if (flag->choices) {
            fputs(" mapfile -t COMPREPLY < <(compgen -W '", out);
            put_choices(out, flag->choices);
            fputs("' -- \"$cur\") ;;\n", out);
        } else if (takes_file(flag)) {
            fputs(" compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n", out);
        } else {
            fputs(" ;;\n", out);
        }
    }
}

static void put_bash_flags(FILE *out, const struct flag *flags) {
    for (const struct flag *flag = flags; flag && flag->name; flag++)
        fprintf(out, " --%s", flag->name);
}

void docs_bash(FILE *out) {
    put_head(out, "", "bash");
    fputs("_footnote() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        --socket | --connect | --timeout) ((i++)) ;;\n"
          "        -* | help) ;;\n"
          "        *) command=${COMP_WORDS[i]}; break ;;\n"
          "        esac\n"
          "    done\n"
          "    COMPREPLY=()\n"
          "    if [[ $prev == --* ]]; then\n"
          "        case \"$command $prev\" in\n",
          out);
    for (size_t i = 0; i < commands_count(); i++)
        put_bash_values(out, commands_at(i)->name, commands_at(i)->flags);
    put_bash_values(out, "", global_flags);
    fputs("        *) prev='' ;;\n"
          "        esac\n"
          "        [[ $prev ]] && return\n"
          "    fi\n"
          "    local flags='",
          out);
    for (const struct flag *flag = global_flags; flag->name; flag++)
        fprintf(out, "%s--%s", flag == global_flags ? "" : " ", flag->name);
    fputs("' words='' files=''\n"
          "    case $command in\n"
          "    '') words='help",
          out);
    for (size_t i = 0; i < commands_count(); i++)
        fprintf(out, " %s", commands_at(i)->name);
    fputs("' ;;\n", out);
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *command = commands_at(i);
        bool flags = command->flags && command->flags->name;
        if (!flags && !takes_files(command)) continue;
        fprintf(out, "    %s) ", command->name);
        if (flags) {
            fputs("flags+='", out);
            put_bash_flags(out, command->flags);
            fputs("' ", out);
        }
        fprintf(out, "%s;;\n", takes_files(command) ? "files=1 " : "");
    }
    fputs("    esac\n"
          "    if [[ $cur == -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$cur\")\n"
          "    elif [[ $files ]]; then\n"
          "        compopt -o filenames\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
          "    fi\n"
          "}\n"
          "complete -F _footnote footnote\n",
          out);
}

/* Inside single quotes of zsh, and inside the brackets of _arguments. */
static void put_zsh_text(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else if (strchr("[]:", *text))
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

static void put_zsh_flag(FILE *out, const char *indent, const struct flag *flag) {
    fprintf(out, "%s'", indent);
    if (flag->type == FLAG_MANY) fputc('*', out);
    fprintf(out, "--%s%s[", flag->name, flag->value ? "=" : "");
    put_zsh_text(out, flag->help);
    fputc(']', out);
    if (flag->value) {
        fputc(':', out);
        put_zsh_text(out, flag->value);
        fputc(':', out);
    }
    if (flag->choices) {
        fputc('(', out);
        put_choices(out, flag->choices);
        fputc(')', out);
    } else if (flag->value && takes_file(flag)) {
        fputs("_files", out);
    }
    fputs("'\n", out);
}

static void put_zsh_flags(FILE *out, const char *indent, const struct flag *flags) {
    for (const struct flag *flag = flags; flag && flag->name; flag++)
        put_zsh_flag(out, indent, flag);
}

void docs_zsh(FILE *out) {
    put_head(out, "#compdef footnote\n", "zsh");
    fputs("_footnote() {\n"
          "    local curcontext=$curcontext state line\n"
          "    typeset -A opt_args\n"
          "    local -a everywhere commands own\n"
          "    everywhere=(\n",
          out);
    put_zsh_flags(out, "        ", global_flags);
    fputs("    )\n    commands=(\n        'help:show how a command is used'\n", out);
    for (size_t i = 0; i < commands_count(); i++) {
        fprintf(out, "        '%s:", commands_at(i)->name);
        put_zsh_text(out, commands_at(i)->summary);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    _arguments -C $everywhere '1:command:->command' '*::word:->words' && return\n"
          "    case $state in\n"
          "    command) _describe -t commands command commands && return ;;\n"
          "    words)\n"
          "        own=()\n"
          "        case $words[1] in\n"
          "        help) _describe -t commands command commands && return ;;\n",
          out);
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *command = commands_at(i);
        if (!takes_files(command) && !(command->flags && command->flags->name)) continue;
        fprintf(out, "        %s)\n            own=(\n", command->name);
        put_zsh_flags(out, "                ", command->flags);
        if (takes_files(command)) fputs("                '*:file:_files'\n", out);
        fputs("            ) ;;\n", out);
    }
    fputs("        esac\n"
          "        _arguments $everywhere $own && return ;;\n"
          "    esac\n"
          "    return 1\n"
          "}\n\n"
          "_footnote \"$@\"\n",
          out);
}
