/* JSON-LD: nodes and values; see jsonld.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tree is no deeper than the import's limit, so that walking it may recurse.  Pure: any thread. */
#include "jsonld.h"

#include <string.h>
#include <strings.h>

/* Members whose values are nodes of their own rather than parts of the node. */
static const char *const containers[] = {"@graph", "dataFeedElement", "item", "itemListElement", "mainEntity"};

void jsonld_init(struct jsonld *ld, struct arena *arena) {
    *ld = (struct jsonld){.arena = arena};
    labels_init(&ld->ids, arena, false);
}

static void add_names(struct jsonld *ld, const cJSON *value) {
    const char *id = cJSON_IsObject(value) ? json_get_string(value, "@id") : NULL;
    if (id && value->child->next && !labels_find(&ld->ids, id, strlen(id))) {
        ld->named = arena_grow(ld->arena, ld->named, ld->named_count, &ld->named_capacity, sizeof *ld->named);
        labels_add(&ld->ids, id, strlen(id), (uint32_t)ld->named_count);
        ld->named[ld->named_count++] = value;
    }
    for (const cJSON *child = value->child; child; child = child->next)
        add_names(ld, child);
}

static void add_nodes(struct jsonld *ld, const cJSON *value) {
    if (cJSON_IsArray(value)) {
        for (const cJSON *child = value->child; child; child = child->next)
            add_nodes(ld, child);
        return;
    }
    if (!cJSON_IsObject(value)) return;
    if (json_get(value, "@type")) {
        ld->nodes = arena_grow(ld->arena, ld->nodes, ld->count, &ld->capacity, sizeof *ld->nodes);
        ld->nodes[ld->count++] = value;
    }
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        const cJSON *inner = json_get(value, containers[i]);
        if (inner) add_nodes(ld, inner);
    }
}

void jsonld_add(struct jsonld *ld, const cJSON *root) {
    add_names(ld, root);
    add_nodes(ld, root);
}

static bool type_is(const cJSON *given, const char *type) {
    if (!cJSON_IsString(given)) return false;
    const char *name = given->valuestring;
    for (const char *c = name; *c; c++)
        if (*c == '/' || *c == ':' || *c == '#') name = c + 1;
    return strcasecmp(name, type) == 0;
}

bool jsonld_is(const cJSON *node, const char *type) {
    const cJSON *given = cJSON_IsObject(node) ? json_get(node, "@type") : NULL;
    if (!given || !cJSON_IsArray(given)) return given && type_is(given, type);
    for (const cJSON *one = given->child; one; one = one->next)
        if (type_is(one, type)) return true;
    return false;
}

bool jsonld_is_any(const cJSON *node, const char *const *types) {
    for (; *types; types++)
        if (jsonld_is(node, *types)) return true;
    return false;
}

/* {"@id": …} alone stands for the node of that name. */
static const cJSON *resolve(const struct jsonld *ld, const cJSON *value) {
    const char *id =
        cJSON_IsObject(value) && value->child && !value->child->next ? json_get_string(value, "@id") : NULL;
    const uint32_t *index = id ? labels_find(&ld->ids, id, strlen(id)) : NULL;
    return index ? ld->named[*index] : value;
}

const cJSON *jsonld_next(const struct jsonld *ld, const cJSON *node, const char *name, const cJSON **at) {
    const cJSON *value = cJSON_IsObject(node) ? json_get(node, name) : NULL;
    bool list = value && cJSON_IsArray(value);
    if (*at)
        *at = list ? (*at)->next : NULL;
    else
        *at = list ? value->child : value;
    return *at ? resolve(ld, *at) : NULL;
}

const cJSON *jsonld_first(const struct jsonld *ld, const cJSON *node, const char *name) {
    const cJSON *at = NULL;
    return jsonld_next(ld, node, name, &at);
}

/* The first of a list that says anything. */
static const char *first_of(struct arena *arena, const cJSON *list,
                            const char *(*read)(struct arena *arena, const cJSON *value)) {
    for (const cJSON *one = list->child; one; one = one->next) {
        const char *text = cJSON_IsArray(one) ? NULL : read(arena, one);
        if (text) return text;
    }
    return NULL;
}

const char *jsonld_text(struct arena *arena, const cJSON *value) {
    if (!value) return NULL;
    if (cJSON_IsArray(value)) return first_of(arena, value, jsonld_text);
    if (cJSON_IsObject(value)) return json_get_string(value, "@value");
    if (cJSON_IsNumber(value)) return arena_printf(arena, "%.15g", value->valuedouble);
    if (!cJSON_IsString(value) || !value->valuestring[strspn(value->valuestring, " \t\r\n")]) return NULL;
    return value->valuestring;
}

const char *jsonld_name(struct arena *arena, const cJSON *value) {
    static const char *const members[] = {"name", "headline", "alternateName"};
    if (!cJSON_IsObject(value))
        return value && cJSON_IsArray(value) ? first_of(arena, value, jsonld_name) : jsonld_text(arena, value);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = jsonld_text(arena, json_get(value, members[i]));
        if (text) return text;
    }
    return jsonld_text(arena, value);
}

bool jsonld_is_web(const char *text) {
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0 ||
           strncasecmp(text, "doi:", 4) == 0;
}

const char *jsonld_url(struct arena *arena, const cJSON *value) {
    static const char *const members[] = {"url", "contentUrl", "@id", "sameAs"};
    if (!value) return NULL;
    if (cJSON_IsArray(value)) return first_of(arena, value, jsonld_url);
    if (cJSON_IsString(value)) return jsonld_is_web(value->valuestring) ? value->valuestring : NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = cJSON_IsObject(value) ? jsonld_text(arena, json_get(value, members[i])) : NULL;
        if (text && jsonld_is_web(text)) return text;
    }
    return NULL;
}
