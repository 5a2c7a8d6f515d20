/* Outlet names: index-schema/outlets.json.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {"version": 1, "outlets": {"apnews.com": "Associated Press", "news.example.org": "…"}}
 *
 * A domain is a registrable domain or a longer host, lower case, A-labels.  The longest entry that ends a host at
 * a dot names it.  Read once, then read-only: any thread. */
#include "archive/source_key.h"
#include "base/json.h"
#include "base/mem.h"
#include "name_set.h"
#include "rules_file.h"
#include "rules_internal.h"

#include <string.h>

struct outlets {
    struct name_set domains; /* number: index into names */
    char **names;            /* owned */
    size_t count;
};

static bool is_domain(const char *text) {
    size_t len = strlen(text);
    size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    return len > 0 && len <= 253 && good == len && strchr(text, '.') && text[0] != '.' && text[len - 1] != '.';
}

static enum status read_outlets(struct outlets *outlets, const struct rules_file *file, struct err *err) {
    enum status status = rules_file_keys(file, file->tree, "version about outlets", err);
    if (status != ST_OK) return status;
    const cJSON *version = json_get(file->tree, "version");
    if (!cJSON_IsNumber(version) || version->valuedouble != 1) {
        return rules_file_fault(file, version, err, "field 'version': expected 1");
    }
    const cJSON *list = json_get(file->tree, "outlets");
    if (!cJSON_IsObject(list)) return rules_file_fault(file, list, err, "field 'outlets': expected an object");
    outlets->names = mem_alloc((size_t)cJSON_GetArraySize(list) * sizeof *outlets->names + 1);
    for (const cJSON *entry = list->child; entry; entry = entry->next) {
        if (!is_domain(entry->string)) {
            return rules_file_fault(file, entry, err, "'%s': expected a domain in lower case", entry->string);
        }
        if (!cJSON_IsString(entry) || !entry->valuestring[0]) {
            return rules_file_fault(file, entry, err, "'%s': expected an outlet's name", entry->string);
        }
        name_set_add(&outlets->domains, entry->string, strlen(entry->string), (uint32_t)outlets->count);
        outlets->names[outlets->count++] = mem_strdup(entry->valuestring);
    }
    return ST_OK;
}

enum status outlets_open(struct outlets **out, const char *path, struct err *err) {
    *out = NULL;
    struct rules_file file;
    enum status status = rules_file_open(&file, path, err);
    if (status != ST_OK) return status;
    struct outlets *outlets = mem_alloc(sizeof *outlets);
    status = read_outlets(outlets, &file, err);
    rules_file_close(&file);
    if (status == ST_OK) {
        *out = outlets;
    } else {
        outlets_close(outlets);
    }
    return status;
}

void outlets_close(struct outlets *outlets) {
    if (!outlets) return;
    for (size_t i = 0; i < outlets->count; i++)
        mem_free(outlets->names[i]);
    mem_free(outlets->names);
    name_set_free(&outlets->domains);
    mem_free(outlets);
}

const char *outlet_name(const struct rules *rules, const char *domain) {
    const struct outlets *outlets = rules->outlets;
    size_t len = strcspn(domain, "/:?#");
    for (size_t at = 0; at < len; at += strcspn(domain + at, ".") + 1) {
        const struct name_set_slot *slot = name_set_find(&outlets->domains, domain + at, len - at);
        if (slot) return outlets->names[slot->number];
    }
    return NULL;
}
