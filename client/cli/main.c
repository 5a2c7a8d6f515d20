/* footnote: the command of people and scripts that talk to footnoted.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Parses the line by the tables, runs the command's row and gives its exit code.  Data goes to stdout,
 * everything else to stderr. */
#include "args.h"
#include "help.h"
#include "memory.h"
#include "run.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static bool choose_endpoint(struct context *context, char **problem) {
    const char *path = args_text(&context->args, "socket"), *address = args_text(&context->args, "connect");
    if (path && address)
        *problem = text_format("--socket and --connect exclude each other");
    else if (path && !*path)
        *problem = text_format("--socket: the path is empty");
    else if (address && (strchr(address, '/') || !strchr(address, ':') || !address[strcspn(address, ":") + 1]))
        *problem = text_format("--connect: expected HOST:PORT, got '%s'", address);
    if (*problem) return false;
    /* A path without a slash could be taken for an address. */
    if (path) context->endpoint = text_format("%s%s", strchr(path, '/') ? "" : "./", path);
    if (address) context->endpoint = memory_text(address);
    return true;
}

static bool choose_output(struct context *context, char **problem) {
    static const struct {
        const char *name;
        enum output output;
    } forms[] = {{"json", OUTPUT_JSON}, {"jsonl", OUTPUT_JSONL}, {"plain", OUTPUT_PLAIN}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!args_has(&context->args, forms[i].name)) continue;
        if (context->output != OUTPUT_HUMAN) *problem = text_format("--json, --jsonl and --plain exclude each other");
        context->output = forms[i].output;
    }
    return !*problem;
}

static bool choose(struct context *context, char **problem) {
    const char *timeout = args_text(&context->args, "timeout");
    context->quiet = args_has(&context->args, "quiet");
    context->timeout_ms = -1;
    if (timeout && !args_time(&context->timeout_ms, timeout))
        *problem = text_format("--timeout: expected a time like 2, 1.5s or 500ms, got '%s'", timeout);
    return !*problem && choose_endpoint(context, problem) && choose_output(context, problem);
}

static int run(struct context *context) {
    const struct args *args = &context->args;
    char *problem = NULL;
    if (args_has(args, "version")) {
        printf("footnote %s\n", footnote_version());
        return 0;
    }
    if (args_has(args, "help")) {
        if (context->command)
            help_command(stdout, context->command);
        else
            help_all(stdout);
        return 0;
    }
    if (!context->command) {
        help_all(stderr);
        return EXIT_USAGE;
    }
    if (!choose(context, &problem)) return run_usage(context, problem);
    return context->command->run ? context->command->run(context) : run_call(context);
}

int main(int argc, char **argv) {
    struct context context = {.output = OUTPUT_HUMAN};
    char *problem;
    /* Widths of characters only: the archive is UTF-8 wherever it is read. */
    setlocale(LC_CTYPE, "C.UTF-8");
    bool good = args_parse(&context.args, argc, argv, &problem);
    context.command = context.args.command;
    bool no_color = args_has(&context.args, "no-color");
    screen_open(&context.out, stdout, no_color);
    screen_open(&context.err, stderr, no_color);
    int exit_code = good ? run(&context) : run_usage(&context, problem);
    if ((fflush(stdout) != 0 || ferror(stdout)) && exit_code == 0) {
        run_complain(&context, "standard output: %s", strerror(errno));
        exit_code = 1;
    }
    footnote_close(context.client);
    free(context.endpoint);
    args_free(&context.args);
    return exit_code;
}
