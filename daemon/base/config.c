/* Configuration: one table for the file, the environment and the flags.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Used at the start and on SIGHUP by the main thread.  A configuration that is refused in one key has
 * kept the keys before it: callers read into a fresh struct config.  File grammar, a line each:
 *
 *     line    = [ key "=" value ] [ "#" anything ]
 *     value   = bare text, trimmed; "#" behind white space ends it
 *             | '"' text with \" and \\ '"'
 *     size    = digits [ "B" | "KiB" | "MiB" | "GiB" ]       a bare number is bytes
 *     ms      = digits [ "ms" | "s" | "min" ]                a bare number is milliseconds */
#include "base/config.h"

#include "base/ensure.h"
#include "base/file.h"
#include "base/mem.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 1024 * 1024, HELP_COLUMN = 30, HELP_WIDTH = 100 };

enum type { STRING, SIZE, COUNT, MS };

struct key {
    const char *name;
    enum type type;
    size_t offset;
    const char *text; /* default of a STRING */
    int64_t number;   /* default of the others */
    int64_t min;
    int64_t max;
    const char *help;
};

static const struct key keys[] = {
#define CONFIG_STRING(key, default_value, flag_help)                                                                   \
    {#key, STRING, offsetof(struct config, key), default_value, 0, 0, 0, flag_help},
#define CONFIG_NUMBER(type, key, default_value, min, max, flag_help)                                                   \
    {#key, type, offsetof(struct config, key), NULL, default_value, min, max, flag_help},
#define CONFIG_SIZE(key, default_value, min, max, flag_help)                                                           \
    CONFIG_NUMBER(SIZE, key, default_value, min, max, flag_help)
#define CONFIG_COUNT(key, default_value, min, max, flag_help)                                                          \
    CONFIG_NUMBER(COUNT, key, default_value, min, max, flag_help)
#define CONFIG_MS(key, default_value, min, max, flag_help) CONFIG_NUMBER(MS, key, default_value, min, max, flag_help)
#include "base/config.def"
#undef CONFIG_STRING
#undef CONFIG_SIZE
#undef CONFIG_COUNT
#undef CONFIG_MS
#undef CONFIG_NUMBER
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

/* Largest first, so that printing finds the unit that divides. */
static const struct unit {
    enum type type;
    const char *name;
    int64_t factor;
} units[] = {
    {SIZE, "GiB", 1 << 30}, {SIZE, "MiB", 1 << 20}, {SIZE, "KiB", 1 << 10}, {SIZE, "B", 1},
    {MS, "min", 60000},     {MS, "s", 1000},        {MS, "ms", 1},
};

enum { UNIT_COUNT = sizeof units / sizeof *units };

static const char *const value_names[] = {[STRING] = "TEXT", [SIZE] = "SIZE", [COUNT] = "N", [MS] = "TIME"};
static const char *const forms[] = {
    [STRING] = "text", [SIZE] = "a size like 1MiB", [COUNT] = "a number", [MS] = "a duration like 500ms, 30s or 10min"};

static char **string_at(const struct config *config, const struct key *key) {
    return (char **)((char *)config + key->offset);
}

static int64_t *number_at(const struct config *config, const struct key *key) {
    return (int64_t *)((char *)config + key->offset);
}

void config_init(struct config *config) {
    for (const struct key *key = keys; key < keys + KEY_COUNT; key++) {
        if (key->type == STRING)
            *string_at(config, key) = mem_strdup(key->text);
        else
            *number_at(config, key) = key->number;
    }
}

void config_free(struct config *config) {
    if (!config) return;
    for (const struct key *key = keys; key < keys + KEY_COUNT; key++) {
        if (key->type != STRING) continue;
        mem_free(*string_at(config, key));
        *string_at(config, key) = NULL;
    }
}

static void print_number(char *out, size_t size, enum type type, int64_t value) {
    for (const struct unit *unit = units; unit < units + UNIT_COUNT; unit++) {
        if (unit->type != type || value == 0 || value % unit->factor != 0) continue;
        snprintf(out, size, "%lld%s", (long long)(value / unit->factor),
                 unit->factor == 1 && type == SIZE ? "" : unit->name);
        return;
    }
    snprintf(out, size, "%lld", (long long)value);
}

static bool parse_number(int64_t *out, enum type type, const char *text) {
    int64_t factor = 0;
    int64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *at - '0', &value)) return false;
    }
    if (at == text) return false;
    if (*at == '\0') factor = 1;
    for (const struct unit *unit = units; unit < units + UNIT_COUNT; unit++) {
        if (unit->type == type && strcmp(unit->name, at) == 0) factor = unit->factor;
    }
    return factor > 0 && !__builtin_mul_overflow(value, factor, out);
}

static enum status set_number(struct config *config, const struct key *key, const char *value, struct err *err) {
    int64_t number;
    if (parse_number(&number, key->type, value) && number >= key->min && number <= key->max) {
        *number_at(config, key) = number;
        return ST_OK;
    }
    char min[32];
    char max[32];
    print_number(min, sizeof min, key->type, key->min);
    print_number(max, sizeof max, key->type, key->max);
    return err_param(err, ST_INVALID_CONFIG, key->name,
                     "configuration key '%s': expected %s from %s to %s, got \"%.80s\"", key->name, forms[key->type],
                     min, max, value);
}

static enum status set_string(struct config *config, const struct key *key, const char *value, struct err *err) {
    for (const char *c = value; *c; c++) {
        if ((unsigned char)*c < 0x20)
            return err_param(err, ST_INVALID_CONFIG, key->name,
                             "configuration key '%s': expected no control character, got byte 0x%02x", key->name, *c);
    }
    mem_free(*string_at(config, key));
    *string_at(config, key) = mem_strdup(value);
    return ST_OK;
}

static bool same_name(const char *name, const char *given) {
    for (; *name && *given; name++, given++) {
        if (*name != (*given == '-' ? '_' : *given)) return false;
    }
    return *name == *given;
}

static const struct key *find_key(const char *name) {
    for (const struct key *key = keys; key < keys + KEY_COUNT; key++) {
        if (same_name(key->name, name)) return key;
    }
    return NULL;
}

enum status config_set(struct config *config, const char *key, const char *value, struct err *err) {
    const struct key *found = find_key(key);
    if (!found) return err_param(err, ST_INVALID_CONFIG, key, "unknown configuration key '%.60s'", key);
    return found->type == STRING ? set_string(config, found, value, err) : set_number(config, found, value, err);
}

enum status config_read_env(struct config *config, struct err *err) {
    for (const struct key *key = keys; key < keys + KEY_COUNT; key++) {
        char name[64];
        int len = snprintf(name, sizeof name, "FOOTNOTED_%s", key->name);
        ENSURE(len > 0 && (size_t)len < sizeof name);
        for (char *c = name; *c; c++)
            *c = (char)toupper((unsigned char)*c);
        const char *value = getenv(name);
        struct err inner = ERR_NONE;
        if (value && config_set(config, key->name, value, &inner) != ST_OK)
            return err_param(err, ST_INVALID_CONFIG, key->name, "environment %s: %s", name, inner.text);
    }
    return ST_OK;
}

static char *trim(char *text) {
    while (*text == ' ' || *text == '\t')
        text++;
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* Takes the quotes off in place; false when the closing one is missing or something follows it. */
static bool unquote(char *text) {
    char *to = text;
    const char *from = text + 1;
    for (; *from && *from != '"'; from++) {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\')) from++;
        *to++ = *from;
    }
    if (*from != '"') return false;
    from++;
    while (*from == ' ' || *from == '\t' || *from == '\r')
        from++;
    *to = '\0';
    return *from == '\0' || *from == '#';
}

/* Cuts a comment off a bare value. */
static void cut_comment(char *text) {
    for (char *c = text; *c; c++) {
        if (*c == '#' && (c == text || c[-1] == ' ' || c[-1] == '\t')) {
            *c = '\0';
            return;
        }
    }
}

/* One line of a file; seen[k] is the line that gave key k, 0 for none. */
static enum status read_line(struct config *config, char *line, int number, int *seen, struct err *err) {
    line = trim(line);
    if (*line == '\0' || *line == '#') return ST_OK;
    char *equals = strchr(line, '=');
    if (!equals) return err_set(err, ST_INVALID_CONFIG, "expected `key = value`, got \"%.80s\"", line);
    *equals = '\0';
    char *name = trim(line);
    char *value = trim(equals + 1);
    if (*value == '"') {
        if (!unquote(value))
            return err_param(err, ST_INVALID_CONFIG, name, "configuration key '%.60s': expected a closing quote", name);
    } else {
        cut_comment(value);
        value = trim(value);
    }
    enum status status = config_set(config, name, value, err);
    if (status) return status;
    int *earlier = &seen[find_key(name) - keys];
    if (*earlier)
        return err_param(err, ST_INVALID_CONFIG, name, "configuration key '%s' stands in line %d already", name,
                         *earlier);
    *earlier = number;
    return ST_OK;
}

enum status config_read_file(struct config *config, const char *path, struct err *err) {
    char *text;
    size_t len;
    int seen[KEY_COUNT] = {0};
    struct err inner = ERR_NONE;
    enum status status = file_read(&text, &len, path, FILE_MAX_BYTES, err);
    if (status) return status;
    if (strlen(text) != len) {
        mem_free(text);
        return err_set(err, ST_INVALID_CONFIG, "%s: expected text, got a NUL byte", path);
    }
    char *rest = text;
    char *line;
    int number = 1;
    for (; !status && (line = strsep(&rest, "\n")); number++)
        status = read_line(config, line, number, seen, &inner);
    if (status) {
        err_param(err, status, inner.param, "%s:%d: %s", path, number - 1, inner.text);
        if (err) err->line = number - 1;
    }
    mem_free(text);
    return status;
}

static void print_string(struct buf *out, const char *text) {
    size_t len = strlen(text);
    bool bare = len > 0 && !strpbrk(text, "#\"") && text[0] != ' ' && text[0] != '\t' && text[len - 1] != ' ';
    if (bare) {
        buf_str(out, text);
        return;
    }
    buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') buf_char(out, '\\');
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

void config_print(const struct config *config, struct buf *out) {
    for (const struct key *key = keys; key < keys + KEY_COUNT; key++) {
        char number[32];
        buf_printf(out, "# %s\n%s = ", key->help, key->name);
        if (key->type == STRING) {
            print_string(out, *string_at(config, key));
        } else {
            print_number(number, sizeof number, key->type, *number_at(config, key));
            buf_str(out, number);
        }
        buf_char(out, '\n');
    }
}

/* Words in lines of HELP_WIDTH, beginning at HELP_COLUMN, where the cursor is already. */
static void print_wrapped(struct buf *out, const char *text) {
    size_t column = HELP_COLUMN;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > HELP_COLUMN && column + 1 + word > HELP_WIDTH) {
            buf_printf(out, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            buf_char(out, ' ');
            column++;
        }
        buf_add(out, text, word);
        column += word;
        text += word;
        while (*text == ' ')
            text++;
    }
    buf_char(out, '\n');
}

void config_help(struct buf *out) {
    for (const struct key *key = keys; key < keys + KEY_COUNT; key++) {
        char flag[64];
        char number[32];
        char help[400];
        int len = snprintf(flag, sizeof flag, "  --%s %s", key->name, value_names[key->type]);
        ENSURE(len > 0 && (size_t)len < sizeof flag);
        for (char *c = flag; *c; c++)
            *c = *c == '_' ? '-' : *c;
        if (key->type == STRING) {
            snprintf(help, sizeof help, key->text[0] ? "%s [%s]" : "%s", key->help, key->text);
        } else {
            print_number(number, sizeof number, key->type, key->number);
            snprintf(help, sizeof help, "%s [%s]", key->help, number);
        }
        buf_printf(out, "%-*s", HELP_COLUMN, flag);
        if (len >= HELP_COLUMN) buf_printf(out, "\n%*s", HELP_COLUMN, "");
        print_wrapped(out, help);
    }
}
