/* Wrappers: archives, AMP caches, redirects and embeds that carry the page's URL inside; and those that don't.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   unwrap   {"path": pattern, "query": [name], "not": [word], "to": template, "until": "…", "host_label": true,
 *             "cache": true, "archive": true}
 *   resolve  {"path": pattern}    the target can't be known offline: needs_resolution
 *
 *   pattern   = 1*( literal / "{time}" / "{word}" / "{word:N}" / "{digits}" / "{url}" / "{http}" / "{doi}" )
 *   {time}      4 to 14 digits, "." and "-" between them, then "*" or up to three of [a-z_]; or "*"
 *   {word}      one or more bytes other than "/"; {word:N}: N of [A-Za-z0-9_-]
 *               not one that begins with a word of "not"
 *   {url}       the rest of the text, query and fragment included: a web address, with or without a scheme
 *   {http}      the same with a scheme;  {doi}: the rest of the path, 10.…/…
 * Without {url}, {http} or {doi} a pattern fits the whole path, a closing "/" more or less; no "path": any path.
 * The page is {url}, or the first of the parameters "query" that is a web address ("?" is the query itself), or "to"
 * with {word} or {doi} in it, or, with "host_label", the first label of the host with "-" for "." and "--" for "-".
 * "until": the page ends where this stands, and it must stand there.  "cache": "cache:" and an id come first and
 * search words follow.  An escaped address is decoded.  "archive": the wrapper is remembered, with its time.
 *
 * Any thread; memory is the arena's. */
#include "base/ensure.h"
#include "url.h"

#include <ctype.h>
#include <stdlib.h>

enum { PARTS_MAX = 12, RESTARTS_MAX = 8 };
enum part_kind { PART_TEXT, PART_TIME, PART_WORD, PART_DIGITS, PART_URL, PART_HTTP, PART_DOI };

struct part {
    enum part_kind kind;
    char *text;
    size_t len; /* of text; of the word if it is fixed */
};

struct unwrap {
    struct part parts[PARTS_MAX];
    size_t part_count;
    struct string_list query;
    struct string_list reserved;
    char *to;
    char *until;
    bool cache;
    bool archive;
    bool host_label;
};

struct match {
    struct slice time;
    struct slice word;
    const char *rest; /* NUL-terminated */
};

static const struct {
    const char *name;
    enum part_kind kind;
} PARTS[] = {{"{time}", PART_TIME}, {"{word}", PART_WORD}, {"{digits}", PART_DIGITS},
             {"{url}", PART_URL},   {"{http}", PART_HTTP}, {"{doi}", PART_DOI}};

/* Reads one part; returns how many bytes of the pattern it took, 0 when it is none. */
static size_t read_part(struct part *part, const char *at) {
    if (*at != '{') {
        size_t len = strcspn(at, "{");
        *part = (struct part){PART_TEXT, mem_strndup(at, len), len};
        return len;
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        if (strncmp(at, PARTS[i].name, strlen(PARTS[i].name)) != 0) continue;
        *part = (struct part){.kind = PARTS[i].kind};
        return strlen(PARTS[i].name);
    }
    int len = 0, end = 0;
    if (sscanf(at, "{word:%2d}%n", &len, &end) != 1 || !end || len < 1) return 0;
    *part = (struct part){.kind = PART_WORD, .len = (size_t)len};
    return (size_t)end;
}

static enum status compile_pattern(struct unwrap *unwrap, const struct rules_file *file, const cJSON *json,
                                   struct err *err) {
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(json, "path");
    if (!path) return ST_OK;
    if (!cJSON_IsString(path) || path->valuestring[0] != '/') {
        return rules_file_fault(file, path, err, "field 'path': expected a pattern that begins with '/'");
    }
    for (const char *at = path->valuestring; *at;) {
        if (unwrap->part_count == PARTS_MAX) {
            return rules_file_fault(file, path, err, "field 'path': more than %d parts", PARTS_MAX);
        }
        size_t taken = read_part(&unwrap->parts[unwrap->part_count], at);
        if (!taken) return rules_file_fault(file, path, err, "field 'path': unknown part at '%s'", at);
        bool rest = unwrap->parts[unwrap->part_count].kind >= PART_URL;
        unwrap->part_count++;
        at += taken;
        if (rest && *at) return rules_file_fault(file, path, err, "field 'path': nothing can follow before '%s'", at);
    }
    return ST_OK;
}

static enum status read_string(char **out, const struct rules_file *file, const cJSON *json, const char *field,
                               struct err *err) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, field);
    if (!value) return ST_OK;
    if (!cJSON_IsString(value)) return rules_file_fault(file, value, err, "field '%s': expected a string", field);
    *out = mem_strdup(value->valuestring);
    return ST_OK;
}

static enum status read_bool(bool *out, const struct rules_file *file, const cJSON *json, const char *field,
                             struct err *err) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, field);
    if (!value) return ST_OK;
    if (!cJSON_IsBool(value)) return rules_file_fault(file, value, err, "field '%s': expected true or false", field);
    *out = cJSON_IsTrue(value);
    return ST_OK;
}

static bool takes_rest(const struct unwrap *unwrap) {
    return unwrap->part_count && unwrap->parts[unwrap->part_count - 1].kind >= PART_URL;
}

static enum status compile_unwrap(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                  struct err *err) {
    struct unwrap *unwrap = rule->parameters = mem_alloc(sizeof *unwrap);
    enum status status = compile_pattern(unwrap, file, json, err);
    if (status == ST_OK) status = string_list_read(&unwrap->query, file, json, "query", true, err);
    if (status == ST_OK) status = string_list_read(&unwrap->reserved, file, json, "not", true, err);
    if (status == ST_OK) status = read_string(&unwrap->to, file, json, "to", err);
    if (status == ST_OK) status = read_string(&unwrap->until, file, json, "until", err);
    if (status == ST_OK) status = read_bool(&unwrap->cache, file, json, "cache", err);
    if (status == ST_OK) status = read_bool(&unwrap->archive, file, json, "archive", err);
    if (status == ST_OK) status = read_bool(&unwrap->host_label, file, json, "host_label", err);
    if (status != ST_OK) return status;
    if (!takes_rest(unwrap) && !unwrap->query.count && !unwrap->to && !unwrap->host_label) {
        return rules_file_fault(file, json, err, "rule '%s': nothing says where the page's URL stands", rule->name);
    }
    return ST_OK;
}

static enum status compile_resolve(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                   struct err *err) {
    struct unwrap *unwrap = rule->parameters = mem_alloc(sizeof *unwrap);
    return compile_pattern(unwrap, file, json, err);
}

static void close_unwrap(void *memory) {
    struct unwrap *unwrap = memory;
    for (size_t i = 0; i < unwrap->part_count; i++)
        mem_free(unwrap->parts[i].text);
    string_list_free(&unwrap->query);
    string_list_free(&unwrap->reserved);
    mem_free(unwrap->to);
    mem_free(unwrap->until);
}

static size_t time_len(const char *text, size_t len) {
    size_t at = 0, digits = 0;
    while (at < len && (isdigit((unsigned char)text[at]) || (digits && strchr(".-", text[at])))) {
        digits += isdigit((unsigned char)text[at++]) != 0;
    }
    if (at < len && text[at] == '*') return digits <= 14 ? at + 1 : 0;
    if (digits < 4 || digits > 14) return 0;
    for (int flags = 0; flags < 3 && at < len && (islower((unsigned char)text[at]) || text[at] == '_'); flags++)
        at++;
    return at;
}

static size_t word_len(const struct part *part, const char *text, size_t len) {
    size_t at = 0;
    if (!part->len) {
        while (at < len && text[at] != '/')
            at++;
        return at;
    }
    while (at < len && at < part->len && (isalnum((unsigned char)text[at]) || strchr("-_", text[at])))
        at++;
    return at == part->len ? at : 0;
}

static size_t part_len(const struct part *part, const char *text, size_t len) {
    if (part->kind == PART_TIME) return time_len(text, len);
    if (part->kind == PART_WORD) return word_len(part, text, len);
    if (part->kind == PART_TEXT)
        return len >= part->len && strncasecmp(text, part->text, part->len) == 0 ? part->len : 0;
    size_t digits = 0;
    while (digits < len && isdigit((unsigned char)text[digits]))
        digits++;
    return digits;
}

static bool match_path(struct match *match, const struct unwrap *unwrap, const struct url *url) {
    size_t at = 0;
    for (size_t i = 0; i < unwrap->part_count; i++) {
        const struct part *part = &unwrap->parts[i];
        if (part->kind >= PART_URL) {
            match->rest = url->path.at + at;
            return *match->rest != '\0';
        }
        struct slice text = {url->path.at + at, url->path.len - at};
        size_t len = part_len(part, text.at, text.len);
        if (!len) return false;
        if (part->kind == PART_WORD && string_list_prefix(&unwrap->reserved, text)) return false;
        if (part->kind == PART_TIME) match->time = (struct slice){url->path.at + at, len};
        if (part->kind == PART_WORD) match->word = (struct slice){url->path.at + at, len};
        at += len;
    }
    if (!unwrap->part_count || at == url->path.len) return true;
    return at + 1 == url->path.len && url->path.at[at] == '/';
}

/* Decodes "https%3A%2F%2F…" as often as it was encoded. */
static const char *decoded_address(struct arena *arena, const char *text) {
    for (int i = 0; i < RESTARTS_MAX && (url_starts(text, "http%") || url_starts(text, "https%")); i++) {
        const char *decoded = url_decode(arena, (struct slice){text, strlen(text)});
        if (strcmp(decoded, text) == 0) break;
        text = decoded;
    }
    return text;
}

static const char *without_cache(struct arena *arena, const char *text) {
    if (!url_starts(text, "cache:")) return NULL;
    text += 6;
    size_t id = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    if (id == 12 && text[id] == ':') text += id + 1;
    return arena_strndup(arena, text, strcspn(text, " +"));
}

/* What stands in the wrapper, made ready; NULL when it is no web address. */
static const char *page(const struct url_work *work, const struct unwrap *unwrap, const char *text) {
    if (unwrap->cache) text = without_cache(work->arena, text);
    if (text && unwrap->until) {
        const char *end = strstr(text, unwrap->until);
        text = end ? arena_strndup(work->arena, text, (size_t)(end - text)) : NULL;
    }
    if (!text) return NULL;
    text = decoded_address(work->arena, text);
    return url_is_web(work, text) ? text : NULL;
}

static const char *page_in_query(const struct url_work *work, const struct unwrap *unwrap) {
    struct slice query = work->url.query;
    for (size_t i = 0; i < unwrap->query.count; i++) {
        struct slice name = unwrap->query.items[i];
        if (strcmp(name.at, "?") == 0) {
            const char *found = page(work, unwrap, url_decode(work->arena, query));
            if (found) return found;
        }
        for (size_t at = 0; at < query.len;) {
            const char *param = query.at + at;
            const char *end = memchr(param, '&', query.len - at);
            size_t len = end ? (size_t)(end - param) : query.len - at;
            at += len + 1;
            if (len > 4 && strncasecmp(param, "amp;", 4) == 0) param += 4, len -= 4;
            if (len <= name.len || param[name.len] != '=' || strncasecmp(param, name.at, name.len) != 0) continue;
            struct slice value = {param + name.len + 1, len - name.len - 1};
            const char *found = page(work, unwrap, url_decode(work->arena, value));
            if (found) return found;
        }
    }
    return NULL;
}

/* "to" with {word} or {doi} in its place. */
static const char *page_by_template(const struct url_work *work, const struct unwrap *unwrap,
                                    const struct match *match) {
    const char *place = strchr(unwrap->to, '{');
    if (!place) return unwrap->to;
    const char *behind = strchr(place, '}') + 1;
    struct slice value = match->word;
    if (match->rest) { /* {doi}: up to the end of the path, without escapes */
        value.at = url_decode(work->arena, (struct slice){match->rest, strcspn(match->rest, "?#")});
        value.len = strlen(value.at);
        if (!url_starts(value.at, "10.")) return NULL;
    }
    return arena_printf(work->arena, "%.*s%.*s%s", (int)(place - unwrap->to), unwrap->to, (int)value.len, value.at,
                        behind);
}

/* www-example-org.translate.goog/path -> www.example.org/path */
static const char *page_by_label(const struct url_work *work) {
    const struct url *url = &work->url;
    size_t label = strcspn(url->host, ".");
    char host[64];
    size_t len = 0;
    for (size_t i = 0; i < label && len < sizeof host - 1; i++) {
        bool twice = url->host[i] == '-' && i + 1 < label && url->host[i + 1] == '-';
        host[len++] = url->host[i] == '-' && !twice ? '.' : url->host[i];
        i += twice;
    }
    const char *rest = url->path.at;
    if (url->path.len == 1 && !rest[1]) rest = "/";
    return arena_printf(work->arena, "https://%.*s%s", (int)len, host, rest);
}

static const char *find_page(const struct url_work *work, const struct unwrap *unwrap, const struct match *match) {
    if (unwrap->query.count) return page_in_query(work, unwrap);
    if (unwrap->to) return page_by_template(work, unwrap, match);
    if (unwrap->host_label) return page_by_label(work);
    ENSURE(unwrap->part_count && match->rest); /* read so by the rule's compilation */
    const char *text = decoded_address(work->arena, match->rest);
    bool http = unwrap->parts[unwrap->part_count - 1].kind == PART_HTTP;
    if (http && !url_starts(text, "http:") && !url_starts(text, "https:")) return NULL;
    return page(work, unwrap, text);
}

/* RFC 3339 of an archive's time: a moment for 14 digits, a day for 8 or more. */
static const char *archive_time(struct arena *arena, struct slice time) {
    char d[16] = "";
    size_t count = 0;
    for (size_t i = 0; i < time.len && count < 14; i++) {
        if (isdigit((unsigned char)time.at[i])) d[count++] = time.at[i];
    }
    if (count < 8 || strncmp(d + 4, "00", 2) <= 0 || strncmp(d + 4, "12", 2) > 0 || strncmp(d + 6, "00", 2) <= 0 ||
        strncmp(d + 6, "31", 2) > 0) {
        return NULL;
    }
    bool moment = count == 14 && strncmp(d + 8, "23", 2) <= 0 && d[10] <= '5' && d[12] <= '5';
    if (!moment) return arena_printf(arena, "%.4s-%.2s-%.2s", d, d + 4, d + 6);
    return arena_printf(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 8, d + 10, d + 12);
}

static enum url_flow apply_unwrap(struct url_work *work, const struct url_rule *rule) {
    const struct unwrap *unwrap = rule->parameters;
    struct match match = {0};
    if (!match_path(&match, unwrap, &work->url)) return URL_SAME;
    const char *text = find_page(work, unwrap, &match);
    if (!text) return URL_SAME;
    /* A page that is as long as its wrapper may lead back to it. */
    size_t len = strlen(text);
    if (len >= work->len && ++work->restarts > RESTARTS_MAX) return URL_SAME;
    if (unwrap->archive && !work->out->archived_url) {
        work->out->archived_url = work->text;
        work->out->archived_at = archive_time(work->arena, match.time);
    }
    work->text = text;
    work->len = len;
    work->out->url = text;
    return URL_AGAIN;
}

static enum url_flow apply_resolve(struct url_work *work, const struct url_rule *rule) {
    struct match match = {0};
    const struct unwrap *unwrap = rule->parameters;
    bool root = work->url.path.len == 1;
    if (unwrap->part_count ? match_path(&match, unwrap, &work->url) : !root) work->out->needs_resolution = true;
    return URL_SAME;
}

const struct url_rule_type URL_UNWRAP = {.name = "unwrap",
                                         .stage = URL_STAGE_UNWRAP,
                                         .fields = "path query not to until cache archive host_label",
                                         .compile = compile_unwrap,
                                         .apply = apply_unwrap,
                                         .close = close_unwrap};
const struct url_rule_type URL_RESOLVE = {.name = "resolve",
                                          .stage = URL_STAGE_UNWRAP,
                                          .fields = "path",
                                          .compile = compile_resolve,
                                          .apply = apply_resolve,
                                          .close = close_unwrap};
