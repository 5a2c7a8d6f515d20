/* footnoted: options, configuration, start.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/config.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "index/tasks.h"
#include "server.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "footnoted - keeps an archive of articles and the sources they cite, and answers queries\n"
    "\n"
    "  footnoted [--config FILE] [--KEY VALUE]…\n"
    "\n"
    "Examples:\n"
    "  footnoted --data ~/archive --socket ~/archive.sock\n"
    "  footnoted --data /var/lib/footnote --listen 127.0.0.1:7700 --http 127.0.0.1:7780\n"
    "\n"
    "Other options:\n"
    "  --config FILE      read this configuration first (default: /etc/footnote/footnote.conf, if it is there)\n"
    "  --schema-dir DIR   folder of schema.json and the rules\n"
    "  --print-config     print the configuration as it takes effect, and end\n"
    "  --check-index DIR  check one database of an index and end; the daemon starts itself so\n"
    "  --help, --version\n"
    "\n"
    "Keys; each is also a line of the file and, in capitals behind FOOTNOTED_, of the environment:\n";

struct options {
    const char *config_file, *schema_dir;
    bool print_config, help, version;
};

static int fail(const struct err *err) {
    fprintf(stderr, "footnoted: %s\n", err->text);
    return status_info(err->status)->exit;
}

/* The flags that are no keys; the others are left for set_keys. */
static void read_options(struct options *options, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--config") == 0) options->config_file = next;
        if (strcmp(argv[i], "--schema-dir") == 0) options->schema_dir = next;
        if (strcmp(argv[i], "--print-config") == 0) options->print_config = true;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) options->help = true;
        if (strcmp(argv[i], "--version") == 0) options->version = true;
    }
}

static bool is_switch(const char *flag) {
    return strcmp(flag, "--print-config") == 0;
}

static bool is_option(const char *flag) {
    return strcmp(flag, "--config") == 0 || strcmp(flag, "--schema-dir") == 0;
}

/* `--key value` and `--key=value`. */
static enum status set_keys(struct config *config, int argc, char **argv, struct err *err) {
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i])) continue;
        if (strncmp(argv[i], "--", 2) != 0)
            return err_set(err, ST_INVALID_CONFIG, "unexpected argument '%s'; footnoted --help lists the options",
                           argv[i]);
        char *equals = strchr(argv[i], '=');
        if (!equals && i + 1 == argc) return err_set(err, ST_INVALID_CONFIG, "option '%s' needs a value", argv[i]);
        if (is_option(argv[i])) {
            i++;
            continue;
        }
        char *key = equals ? mem_strndup(argv[i] + 2, (size_t)(equals - argv[i] - 2)) : mem_strdup(argv[i] + 2);
        enum status st = config_set(config, key, equals ? equals + 1 : argv[++i], err);
        mem_free(key);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

static enum status configure(struct config *config, const struct options *options, int argc, char **argv,
                             struct err *err) {
    static const char usual[] = "/etc/footnote/footnote.conf";
    const char *file = options->config_file;
    enum log_level level = LOG_LEVEL_INFO;
    enum status st = ST_OK;
    config_init(config);
    if (!file && access(usual, R_OK) == 0) file = usual;
    if (file) st = config_read_file(config, file, err);
    if (st == ST_OK) st = config_read_env(config, err);
    if (st == ST_OK) st = set_keys(config, argc, argv, err);
    if (st == ST_OK) st = log_level_from_name(&level, config->log_level, err);
    if (st == ST_OK) log_set_level(level);
    return st;
}

/* Where the schema and the rules are: told, installed, or beside the sources that this was built from. */
static const char *find_schema_dir(const struct options *options) {
    const char *told = options->schema_dir ? options->schema_dir : getenv("FOOTNOTED_SCHEMA_DIR");
    if (told) return told;
    return access(FOOTNOTE_SCHEMA_DIR "/schema.json", R_OK) == 0 ? FOOTNOTE_SCHEMA_DIR : FOOTNOTE_SOURCE_SCHEMA_DIR;
}

static int print_help(void) {
    struct buf keys;
    buf_init(&keys, 0);
    config_help(&keys);
    printf("%s%s", usage, keys.data);
    buf_free(&keys);
    return 0;
}

static int print_config(const struct config *config) {
    struct buf text;
    buf_init(&text, 0);
    config_print(config, &text);
    fputs(text.data, stdout);
    buf_free(&text);
    return 0;
}

int main(int argc, char **argv) {
    struct options options = {0};
    struct config config;
    struct err err = ERR_NONE;
    int code = 0;
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of the write (disk_full), not the end */
    read_options(&options, argc, argv);
    if (options.help) return print_help();
    if (options.version) {
        printf("footnoted %s (engine %s)\n", FOOTNOTE_VERSION, engine_version());
        return 0;
    }
    engine_setup();
    json_setup();
    if (argc == 3 && strcmp(argv[1], "--check-index") == 0) return index_check_main(argv[2]);
    enum status st = configure(&config, &options, argc, argv, &err);
    if (st == ST_OK && options.print_config)
        code = print_config(&config);
    else if (st == ST_OK)
        st = server_run(&config, find_schema_dir(&options), &err);
    config_free(&config);
    return st == ST_OK ? code : fail(&err);
}
