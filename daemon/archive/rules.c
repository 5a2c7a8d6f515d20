/* The rules that are data, opened together.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One file of index-schema/ a part; the parts are read in the table's order and the first fault ends the reading.
 * Read-only afterwards: any thread. */
#include "rules_internal.h"

#include "boilerplate.h"

#include "base/mem.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

static enum status file_in(char path[PATH_BYTES], const char *dir, const char *name, struct err *err) {
    int len = snprintf(path, PATH_BYTES, "%s/%s", dir, name);
    if (len < 0 || len >= PATH_BYTES)
        return err_set(err, ST_TOO_LARGE, "rules: the folder's path is longer than %d bytes", PATH_BYTES);
    return ST_OK;
}

enum status rules_open(struct rules **out, const char *dir, struct err *err) {
    char path[PATH_BYTES];
    struct rules *rules = mem_alloc(sizeof *rules);
    enum status status = file_in(path, dir, "boilerplate.json", err);
    if (status == ST_OK) status = boilerplate_open(&rules->boilerplate, path, err);
    if (status == ST_OK) status = file_in(path, dir, "url-rules.json", err);
    if (status == ST_OK) status = url_rules_open(&rules->url, path, err);
    if (status == ST_OK) status = file_in(path, dir, "outlets.json", err);
    if (status == ST_OK) status = outlets_open(&rules->outlets, path, err);
    if (status == ST_OK) status = file_in(path, dir, "abbreviations.txt", err);
    if (status == ST_OK) status = abbreviations_open(&rules->abbreviations, path, err);
    *out = status == ST_OK ? rules : NULL;
    if (status != ST_OK) rules_close(rules);
    return status;
}

void rules_close(struct rules *rules) {
    if (!rules) return;
    boilerplate_close(rules->boilerplate);
    url_rules_close(rules->url);
    outlets_close(rules->outlets);
    abbreviations_close(rules->abbreviations);
    mem_free(rules);
}

const struct abbreviations *rules_abbreviations(const struct rules *rules) {
    return rules->abbreviations;
}

bool rules_html_class(const struct rules *rules, const char *word, size_t len) {
    return boilerplate_is(rules->boilerplate, PHRASES_HTML_CLASS, word, len);
}
