/* Rules for texts that are no web address but name a work: DOI and ISBN; and what is done to a text first.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   trim            {"around": "<>\""}                  white space and these characters at both ends
 *   replace_prefix  {"prefixes": […], "to": "…"}        ASCII case is ignored; repeated
 *   doi             {"prefixes": ["doi:"]}              [prefix] "10." 4*9digit "/" 1*visible -> doi:…, lower case
 *   isbn            {"prefixes": ["isbn:"]}             prefix, 10 or 13 digits with a right check digit, hyphens
 *                                                       and spaces between them -> isbn: and the 13 digits
 * Pure; any thread. */
#include "url.h"

#include "base/utf8.h"

#include <ctype.h>

struct trim {
    char *around; /* UTF-8 */
};

static enum status compile_trim(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                struct err *err) {
    struct trim *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    const cJSON *around = cJSON_GetObjectItemCaseSensitive(json, "around");
    if (!cJSON_IsString(around)) {
        return rules_file_fault(file, around ? around : json, err, "field 'around': expected a string");
    }
    parameters->around = mem_strdup(around->valuestring);
    return ST_OK;
}

static void close_trim(void *parameters) {
    mem_free(((struct trim *)parameters)->around);
}

/* Bytes of the character that begins at text if it goes, else 0. */
static size_t trimmed(const struct trim *trim, const char *text, size_t len) {
    size_t at = 0;
    if (isalnum((unsigned char)text[0])) return 0;
    uint32_t c = utf8_next(text, len, &at);
    if (c <= ' ' || c == 0x7f || c == 0xa0 || c == 0x200b || c == 0xfeff) return at;
    if (c == 0xfffd) return 0;
    for (const char *found = trim->around; (found = strchr(found, text[0])) != NULL; found++) {
        if (strncmp(found, text, at) == 0) return at;
    }
    return 0;
}

static size_t trimmed_at_end(const struct trim *trim, const char *text, size_t len) {
    size_t start = utf8_floor(text, len, len - 1);
    size_t bytes = trimmed(trim, text + start, len - start);
    return bytes == len - start ? bytes : 0;
}

static enum url_flow apply_trim(struct url_work *work, const struct url_rule *rule) {
    const char *text = work->text;
    size_t len = work->len, bytes;
    while (len && (bytes = trimmed(rule->parameters, text, len)))
        text += bytes, len -= bytes;
    while (len && (bytes = trimmed_at_end(rule->parameters, text, len)))
        len -= bytes;
    if (len == work->len) return URL_SAME;
    work->text = arena_strndup(work->arena, text, len);
    work->len = len;
    return URL_CHANGED;
}

struct prefixes {
    struct string_list list;
    char *to;
};

static enum status compile_prefixes(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                    struct err *err) {
    struct prefixes *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    const cJSON *to = cJSON_GetObjectItemCaseSensitive(json, "to");
    if (to && !cJSON_IsString(to)) return rules_file_fault(file, to, err, "field 'to': expected a string");
    parameters->to = mem_strdup(to ? to->valuestring : "");
    return string_list_read(&parameters->list, file, json, "prefixes", true, err);
}

static void close_prefixes(void *memory) {
    struct prefixes *parameters = memory;
    string_list_free(&parameters->list);
    mem_free(parameters->to);
}

/* Length of the prefix that the text begins with, or 0. */
static size_t find_prefix(const struct prefixes *parameters, struct slice text) {
    const struct slice *prefix = string_list_prefix(&parameters->list, text);
    return prefix ? prefix->len : 0;
}

static enum url_flow apply_replace_prefix(struct url_work *work, const struct url_rule *rule) {
    const struct prefixes *parameters = rule->parameters;
    size_t prefix, cut = 0;
    while ((prefix = find_prefix(parameters, (struct slice){work->text + cut, work->len - cut})))
        cut += prefix;
    unsigned char next = (unsigned char)work->text[cut];
    if (!cut || !(isalnum(next) || next == '[' || next >= 0x80)) return URL_SAME;
    work->text = arena_printf(work->arena, "%s%s", parameters->to, work->text + cut);
    work->len = strlen(work->text);
    return URL_CHANGED;
}

static bool is_doi(const char *text) {
    if (strncmp(text, "10.", 3) != 0) return false;
    size_t digits = strspn(text + 3, "0123456789");
    if (digits < 4 || digits > 9) return false;
    const char *at = text + 3 + digits;
    at += strspn(at, ".0123456789"); /* registrants may have parts: 10.1000.10/… */
    if (*at != '/' || !at[1]) return false;
    for (; *at; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f) return false;
    }
    return true;
}

static enum url_flow apply_doi(struct url_work *work, const struct url_rule *rule) {
    const char *name = work->text + find_prefix(rule->parameters, (struct slice){work->text, work->len});
    name += strspn(name, " \t");
    if (!is_doi(name)) return URL_SAME;
    char *key = url_opaque_text(work->arena, name, strlen(name));
    for (char *at = key; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    work->key = arena_printf(work->arena, "doi:%s", key);
    return URL_OPAQUE;
}

/* The digits of an ISBN, X included; false when there is anything else but hyphens and spaces. */
static bool isbn_digits(char digits[14], const char *text) {
    size_t count = 0;
    for (; *text; text++) {
        if (*text == '-' || *text == ' ') continue;
        bool ten = (*text == 'x' || *text == 'X') && count == 9 && !text[1];
        if (count == 13 || (!ten && !isdigit((unsigned char)*text))) return false;
        digits[count++] = (char)toupper((unsigned char)*text);
    }
    digits[count] = '\0';
    return count == 10 || count == 13;
}

static char check13(const char *digits) {
    int sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (digits[i] - '0') * (i % 2 ? 3 : 1);
    return (char)('0' + (10 - sum % 10) % 10);
}

static bool check10(const char *digits) {
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += (digits[i] == 'X' ? 10 : digits[i] - '0') * (10 - i);
    return sum % 11 == 0;
}

static enum url_flow apply_isbn(struct url_work *work, const struct url_rule *rule) {
    size_t prefix = find_prefix(rule->parameters, (struct slice){work->text, work->len});
    char digits[14];
    if (!prefix || !isbn_digits(digits, work->text + prefix)) return URL_SAME;
    char isbn[14] = "978";
    if (digits[10]) {
        if (strchr(digits, 'X') || check13(digits) != digits[12]) return URL_SAME;
        memcpy(isbn, digits, sizeof isbn);
    } else {
        if (!check10(digits)) return URL_SAME;
        memcpy(isbn + 3, digits, 9);
        isbn[12] = check13(isbn);
        isbn[13] = '\0';
    }
    work->key = arena_printf(work->arena, "isbn:%s", isbn);
    return URL_OPAQUE;
}

const struct url_rule_type URL_TRIM = {.name = "trim",
                                       .stage = URL_STAGE_TEXT,
                                       .fields = "around",
                                       .compile = compile_trim,
                                       .apply = apply_trim,
                                       .close = close_trim};
const struct url_rule_type URL_REPLACE_PREFIX = {.name = "replace_prefix",
                                                 .stage = URL_STAGE_TEXT,
                                                 .fields = "prefixes to",
                                                 .compile = compile_prefixes,
                                                 .apply = apply_replace_prefix,
                                                 .close = close_prefixes};
const struct url_rule_type URL_DOI = {.name = "doi",
                                      .stage = URL_STAGE_TEXT,
                                      .fields = "prefixes",
                                      .compile = compile_prefixes,
                                      .apply = apply_doi,
                                      .close = close_prefixes};
const struct url_rule_type URL_ISBN = {.name = "isbn",
                                       .stage = URL_STAGE_TEXT,
                                       .fields = "prefixes",
                                       .compile = compile_prefixes,
                                       .apply = apply_isbn,
                                       .close = close_prefixes};
