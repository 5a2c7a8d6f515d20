/* From the words and flags of a command line to the parameters of a method.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Only shapes are checked here (a number is a number, nothing is missing); what a value means is the daemon's
 * business, so that there is one judge. */
#include "args.h"
#include "input.h"
#include "memory.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool args_count(double *out, const char *text) {
    if (!*text || strspn(text, "0123456789") != strlen(text)) return false;
    *out = strtod(text, NULL);
    return *out <= 9007199254740992.0;
}

bool args_time(int *out_ms, const char *text) {
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60000}, {"min", 60000}, {"h", 3600000}};
    char *end;
    if (!*text || !strchr("0123456789.", *text)) return false;
    double value = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) != 0) continue;
        double ms = value * units[i].ms;
        if (!(ms >= 0 && ms <= INT_MAX)) return false;
        *out_ms = (int)ceil(ms);
        return true;
    }
    return false;
}

char *args_path(const char *path) {
    if (path[0] == '/') return memory_text(path);
    char *here = getcwd(NULL, 0);
    if (!here) return memory_text(path);
    char *full = text_format("%s/%s", here, path);
    free(here);
    return full;
}

static char *param_name(const struct flag *flag) {
    char *name = memory_text(flag->param ? flag->param : flag->name);
    for (char *c = name; *c; c++)
        if (*c == '-') *c = '_';
    return name;
}

/* The first of a repeated flag is a string; a second makes an array of them. */
static void add_many(cJSON *params, const char *name, const char *text) {
    cJSON *old = cJSON_GetObjectItemCaseSensitive(params, name);
    if (!old) {
        cJSON_AddStringToObject(params, name, text);
        return;
    }
    if (!cJSON_IsArray(old)) {
        cJSON *array = cJSON_CreateArray();
        cJSON_AddItemToArray(array, cJSON_DetachItemViaPointer(params, old));
        cJSON_AddItemToObject(params, name, array);
        old = array;
    }
    cJSON_AddItemToArray(old, cJSON_CreateString(text));
}

static void set_text(cJSON *params, const char *name, const char *text) {
    cJSON_DeleteItemFromObjectCaseSensitive(params, name);
    cJSON_AddStringToObject(params, name, text);
}

static bool add_flag(cJSON *params, const struct given *given, char **problem) {
    char *name = param_name(given->flag), *path;
    double count;
    bool good = true;
    switch (given->flag->type) {
    case FLAG_MANY: add_many(params, name, given->text); break;
    case FLAG_TEXT: set_text(params, name, given->text); break;
    case FLAG_FILE:
        path = input_is_terminal(given->text, problem) ? NULL : input_read(given->text, problem);
        good = path != NULL;
        if (good) set_text(params, name, path);
        free(path);
        break;
    case FLAG_PATH:
        path = args_path(given->text);
        set_text(params, name, path);
        free(path);
        break;
    case FLAG_COUNT:
        good = args_count(&count, given->text);
        cJSON_DeleteItemFromObjectCaseSensitive(params, name);
        if (good)
            cJSON_AddNumberToObject(params, name, count);
        else
            *problem = text_format("--%s: expected a whole number, got '%s'", given->flag->name, given->text);
        break;
    case FLAG_SWITCH:
    case FLAG_FIXED:
        cJSON_DeleteItemFromObjectCaseSensitive(params, name);
        cJSON_AddRawToObject(params, name, given->flag->fixed ? given->flag->fixed : "true");
        break;
    }
    free(name);
    return good;
}

static void add_joined(cJSON *params, const struct word *word, const char *const *texts, size_t count) {
    struct text joined = {.bytes = NULL};
    for (size_t i = 0; i < count; i++)
        text_add(&joined, "%s%s", i ? " " : "", texts[i]);
    cJSON_AddStringToObject(params, word->param, joined.bytes);
    free(joined.bytes);
}

/* How many of the given texts it took. */
static size_t add_word(cJSON *params, const struct word *word, const char *const *texts, size_t count, char **problem) {
    char *path;
    double number;
    switch (word->type) {
    case WORD_COUNT:
        if (args_count(&number, texts[0]))
            cJSON_AddNumberToObject(params, word->param, number);
        else
            *problem = text_format("%s: expected a whole number, got '%s'", word->name, texts[0]);
        return 1;
    case WORD_ONE: cJSON_AddStringToObject(params, word->param, texts[0]); return 1;
    case WORD_PATH:
        path = args_path(texts[0]);
        cJSON_AddStringToObject(params, word->param, path);
        free(path);
        return 1;
    case WORD_JOINED: add_joined(params, word, texts, count); return count;
    case WORD_MANY:
        cJSON_AddItemToObject(params, word->param, cJSON_CreateStringArray(texts, (int)count));
        return count;
    case WORD_LOCAL: return count;
    }
    return count;
}

static bool add_words(cJSON *params, const struct args *args, char **problem) {
    size_t at = 0;
    for (size_t i = 0; i < WORDS_MAX && args->command->words[i].name; i++) {
        const struct word *word = args->command->words + i;
        if (at < args->word_count)
            at += add_word(params, word, args->words + at, args->word_count - at, problem);
        else if (!word->optional)
            *problem = text_format("%s is missing", word->name);
        if (*problem) return false;
    }
    if (at < args->word_count) *problem = text_format("one word too many: '%s'", args->words[at]);
    return !*problem;
}

cJSON *args_params(const struct args *args, char **problem) {
    cJSON *params = cJSON_CreateObject();
    *problem = NULL;
    bool good = add_words(params, args, problem);
    for (size_t i = 0; good && i < args->given_count; i++) {
        const struct flag *flag = args->given[i].flag;
        if (!flag->param || *flag->param) good = add_flag(params, args->given + i, problem);
    }
    if (good) return params;
    cJSON_Delete(params);
    return NULL;
}
