/* JSON's only door: reading.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread; a tree belongs to its caller.  cJSON never sees a text that json_check has not passed,
 * so a refusal of cJSON can only mean that memory was refused. */
#include "base/json.h"

#include "base/mem.h"

enum status json_parse(cJSON **out, const char *text, size_t len, const struct json_limits *limits, struct err *err) {
    *out = NULL;
    enum status status = json_check(text, len, limits, err);
    if (status) return status;
    *out = cJSON_ParseWithLengthOpts(text, len, NULL, 0);
    if (!*out) return err_set(err, ST_NO_MEMORY, "JSON: not enough memory for a text of %zu bytes", len);
    return ST_OK;
}

const cJSON *json_get(const cJSON *object, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *json_get_string(const cJSON *object, const char *name) {
    return cJSON_GetStringValue(json_get(object, name));
}

static void delete_tree(void *tree) {
    cJSON_Delete(tree);
}

void json_defer(struct arena *arena, cJSON *take_tree) {
    arena_defer(arena, delete_tree, take_tree);
}

static void *allocate(size_t size) {
    return mem_realloc(NULL, size);
}

void json_setup(void) {
    cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = mem_free};
    cJSON_InitHooks(&hooks);
}
