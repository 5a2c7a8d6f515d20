/* Rules for queries and fragments.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   query_form  {}                                   splits at &, drops empty parameters, reads &amp; as &
 *   query_drop  {"names": […], "prefixes": […], "values": […], "beside": […]}
 *               parameters by name, ASCII case ignored; "values": only with one of these; "beside": only when one of
 *               these stands in the query too
 *   query_sort  {}                                   by name, stable
 *   fragment    {"drop": […], "keep": […], "containing": "/"}
 *               drops the fragment unless it begins with a string of "keep" or contains "containing"; one that
 *               begins with a string of "drop" always goes, and so does a text fragment (:~:…) at its end
 * A query with a broken escape in a parameter that is kept is left in its order, that parameter in its
 * spelling: what the page makes of it can't be known.  Any thread; memory is the arena's. */
#include "url.h"

#include <ctype.h>
#include <stdlib.h>

enum { NAME_MAX_LEN = 64 };

static size_t count_params(struct slice query) {
    size_t count = 1;
    for (size_t i = 0; i < query.len; i++)
        count += query.at[i] == '&';
    return count;
}

static enum url_flow apply_form(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    struct url *url = &work->url;
    if (!url->query.len) return URL_SAME;
    url->params = arena_alloc(work->arena, count_params(url->query) * sizeof *url->params);
    bool changed = false;
    for (size_t at = 0; at <= url->query.len;) {
        const char *text = url->query.at + at;
        const char *end = memchr(text, '&', url->query.len - at);
        size_t len = end ? (size_t)(end - text) : url->query.len - at;
        at += len + 1;
        bool entity = len >= 4 && strncasecmp(text, "amp;", 4) == 0;
        if (entity) text += 4, len -= 4;
        changed |= entity || len == 0;
        if (len == 0) continue;
        const char *equals = memchr(text, '=', len);
        url->params[url->param_count++] = (struct url_param){
            .text = text, .len = (uint32_t)len, .name_len = (uint32_t)(equals ? (size_t)(equals - text) : len)};
        url->query_malformed |= url_malformed((struct slice){text, len});
    }
    return changed ? URL_CHANGED : URL_SAME;
}

struct drop {
    struct name_set names;
    struct string_list prefixes;
    struct string_list values;
    struct string_list beside;
};

static void close_drop(void *memory) {
    struct drop *parameters = memory;
    name_set_free(&parameters->names);
    string_list_free(&parameters->prefixes);
    string_list_free(&parameters->values);
    string_list_free(&parameters->beside);
}

static enum status compile_drop(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                struct err *err) {
    struct drop *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    struct string_list names = {0};
    enum status status = string_list_read(&names, file, json, "names", true, err);
    for (size_t i = 0; i < names.count && status == ST_OK; i++) {
        if (!name_set_add(&parameters->names, names.items[i].at, names.items[i].len, 0)) {
            status = rules_file_fault(file, json, err, "field 'names': '%s' stands there twice", names.items[i].at);
        }
    }
    string_list_free(&names);
    if (status == ST_OK) status = string_list_read(&parameters->prefixes, file, json, "prefixes", true, err);
    if (status == ST_OK) status = string_list_read(&parameters->values, file, json, "values", true, err);
    if (status == ST_OK) status = string_list_read(&parameters->beside, file, json, "beside", true, err);
    return status;
}

static bool in_list(const struct string_list *list, const char *text, size_t len) {
    for (size_t i = 0; i < list->count; i++) {
        struct slice item = list->items[i];
        if (item.len == len && strncasecmp(item.at, text, len) == 0) return true;
    }
    return false;
}

static bool is_dropped(const struct drop *drop, const struct url_param *param) {
    char name[NAME_MAX_LEN];
    bool named = false;
    if (param->name_len < sizeof name) {
        for (size_t i = 0; i < param->name_len; i++)
            name[i] = (char)tolower((unsigned char)param->text[i]);
        named = name_set_find(&drop->names, name, param->name_len) != NULL;
    }
    if (!named && !string_list_prefix(&drop->prefixes, (struct slice){param->text, param->name_len})) return false;
    if (!drop->values.count) return true;
    if (param->len <= param->name_len + 1) return true; /* no value can't be another one */
    const char *value = param->text + param->name_len + 1;
    return in_list(&drop->values, value, param->len - param->name_len - 1);
}

static bool stands_beside(const struct drop *drop, const struct url *url) {
    if (!drop->beside.count) return true;
    for (size_t i = 0; i < url->param_count; i++) {
        if (in_list(&drop->beside, url->params[i].text, url->params[i].name_len)) return true;
    }
    return false;
}

static enum url_flow apply_drop(struct url_work *work, const struct url_rule *rule) {
    const struct drop *drop = rule->parameters;
    struct url *url = &work->url;
    if (!url->param_count || !stands_beside(drop, url)) return URL_SAME;
    size_t kept = 0;
    bool malformed = false;
    for (size_t i = 0; i < url->param_count; i++) {
        if (is_dropped(drop, &url->params[i])) continue;
        if (url->query_malformed) malformed |= url_malformed((struct slice){url->params[i].text, url->params[i].len});
        url->params[kept++] = url->params[i];
    }
    url->query_malformed = malformed;
    bool changed = kept < url->param_count;
    url->param_count = kept;
    return changed ? URL_CHANGED : URL_SAME;
}

static int by_name(const struct url_param *a, const struct url_param *b) {
    size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
    int order = memcmp(a->text, b->text, len);
    return order ? order : (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

/* Insertion for the few parameters of a page, a merge for the thousands of an attack; both stable. */
static void sort(struct url_param *params, size_t count, struct url_param *spare) {
    if (count <= 16) {
        for (size_t i = 1; i < count; i++) {
            struct url_param param = params[i];
            size_t j = i;
            for (; j > 0 && by_name(&params[j - 1], &param) > 0; j--)
                params[j] = params[j - 1];
            params[j] = param;
        }
        return;
    }
    size_t half = count / 2;
    sort(params, half, spare);
    sort(params + half, count - half, spare);
    memcpy(spare, params, half * sizeof *params);
    size_t left = 0, right = half, out = 0;
    while (left < half) {
        bool take_right = right < count && by_name(&params[right], &spare[left]) < 0;
        params[out++] = take_right ? params[right++] : spare[left++];
    }
}

static enum url_flow apply_sort(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    struct url *url = &work->url;
    if (url->param_count < 2 || url->query_malformed) return URL_SAME;
    bool sorted = true;
    for (size_t i = 1; i < url->param_count && sorted; i++)
        sorted = by_name(&url->params[i - 1], &url->params[i]) <= 0;
    if (sorted) return URL_SAME;
    sort(url->params, url->param_count, arena_alloc(work->arena, url->param_count * sizeof *url->params));
    return URL_CHANGED;
}

struct fragment {
    struct string_list drop;
    struct string_list keep;
    struct string_list containing;
};

static void close_fragment(void *memory) {
    struct fragment *parameters = memory;
    string_list_free(&parameters->drop);
    string_list_free(&parameters->keep);
    string_list_free(&parameters->containing);
}

static enum status compile_fragment(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                    struct err *err) {
    struct fragment *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    enum status status = string_list_read(&parameters->drop, file, json, "drop", true, err);
    if (status == ST_OK) status = string_list_read(&parameters->keep, file, json, "keep", true, err);
    if (status == ST_OK) status = string_list_read(&parameters->containing, file, json, "containing", false, err);
    return status;
}

static bool keeps(const struct fragment *parameters, struct slice fragment) {
    /* "/" or "!" alone is the page itself */
    bool says_nothing = true;
    for (size_t i = 0; i < fragment.len && says_nothing; i++)
        says_nothing = strchr("!/", fragment.at[i]) != NULL;
    if (says_nothing || string_list_prefix(&parameters->drop, fragment)) return false;
    if (string_list_prefix(&parameters->keep, fragment)) return true;
    for (size_t i = 0; i < parameters->containing.count; i++) {
        struct slice item = parameters->containing.items[i];
        if (memmem(fragment.at, fragment.len, item.at, item.len)) return true;
    }
    return false;
}

static enum url_flow apply_fragment(struct url_work *work, const struct url_rule *rule) {
    struct slice *fragment = &work->url.fragment;
    if (!fragment->len) return URL_SAME;
    size_t before = fragment->len;
    const char *directive = memmem(fragment->at, fragment->len, ":~:", 3);
    if (directive) fragment->len = (size_t)(directive - fragment->at);
    if (!keeps(rule->parameters, *fragment)) fragment->len = 0;
    return fragment->len < before ? URL_CHANGED : URL_SAME;
}

const struct url_rule_type URL_QUERY_FORM = {
    .name = "query_form", .stage = URL_STAGE_PAGE, .fields = "", .apply = apply_form};
const struct url_rule_type URL_QUERY_DROP = {.name = "query_drop",
                                             .stage = URL_STAGE_PAGE,
                                             .fields = "names prefixes values beside",
                                             .compile = compile_drop,
                                             .apply = apply_drop,
                                             .close = close_drop};
const struct url_rule_type URL_QUERY_SORT = {
    .name = "query_sort", .stage = URL_STAGE_PAGE, .fields = "", .apply = apply_sort};
const struct url_rule_type URL_FRAGMENT = {.name = "fragment",
                                           .stage = URL_STAGE_PAGE,
                                           .fields = "drop keep containing",
                                           .compile = compile_fragment,
                                           .apply = apply_fragment,
                                           .close = close_fragment};
