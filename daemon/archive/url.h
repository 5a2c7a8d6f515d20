/* The machine behind url-rules.json: a URL in parts, and rules that change it.  Private to source identity.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A rule has a name, a type and parameters.  Types have a stage; rules stand in the file in the order in which they
 * are applied, and stages never go back:
 *   TEXT   the text as given: trim, replace_prefix, doi, isbn
 *   PARSE  text -> parts, or an opaque key when it is no web address: parse (once)
 *   HOST   lower case, A-labels, port, registrable domain: host (once)
 *   UNWRAP the URL as given: unwrap, resolve
 *   PAGE   the rest
 * From UNWRAP on a rule may be limited to hosts ("hosts") or not hold for some ("except").  A rule that finds the
 * URL to be a wrapper replaces the text and starts again from the first rule.
 *
 * Rules are compiled once and then read-only.  A url_work lives on one thread for one call; all its memory is the
 * caller's arena. */
#ifndef ARCHIVE_URL_H
#define ARCHIVE_URL_H

#include "archive/source_key.h"
#include "base/mem.h"
#include "name_set.h"
#include "rules_file.h"
#include "rules_internal.h"

#include <libpsl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { URL_TEXT_MAX = 65536, URL_HOST_MAX = 253, URL_SCOPES_MAX = 256, URL_FIRED_MAX = 32 };

struct slice {
    const char *at;
    size_t len;
};

struct url_param {
    const char *text; /* name=value */
    uint32_t len;
    uint32_t name_len; /* up to the first '=' */
};

struct url {
    struct slice authority; /* as given */
    char host[URL_HOST_MAX + 1];
    size_t host_len;
    size_t name_at;    /* where the registrable domain begins in host; host_len when there is none */
    bool is_address;   /* IPv4 or IPv6 */
    uint32_t port;     /* 0: none or a default one */
    struct slice path; /* begins with '/'; before the PAGE stage query and fragment follow it up to a NUL */
    struct slice query;
    struct slice fragment;
    struct url_param *params; /* set by query_form */
    size_t param_count;
    bool query_malformed;
    uint64_t scopes[URL_SCOPES_MAX / 64]; /* the host patterns that fit */
};

struct url_rule;
struct url_work {
    struct arena *arena;
    const struct url_rules *rules;
    const char *text; /* NUL-terminated, in the arena or the caller's */
    size_t len;
    struct url url;
    const char *key; /* set by a rule that ends with an opaque key */
    int restarts;    /* that did not make the text shorter */
    struct source_key *out;
    const char *fired[URL_FIRED_MAX];
    size_t fired_count;
};

enum url_flow {
    URL_SAME,    /* nothing changed */
    URL_CHANGED, /* the parts changed: the rule has fired */
    URL_AGAIN,   /* the text was replaced: from the first rule */
    URL_OPAQUE,  /* work->key is the key */
};

/* How a type reads its parameters from JSON, applies them and frees them.  `fields` are the parameters it knows,
 * beside name, type, note, hosts and except. */
enum url_stage { URL_STAGE_TEXT, URL_STAGE_PARSE, URL_STAGE_HOST, URL_STAGE_UNWRAP, URL_STAGE_PAGE };
struct url_rule_type {
    const char *name;
    enum url_stage stage;
    const char *fields;
    enum status (*compile)(struct url_rule *rule, const struct rules_file *file, const cJSON *json, struct err *err);
    enum url_flow (*apply)(struct url_work *work, const struct url_rule *rule);
    void (*close)(void *parameters);
};

struct url_rule {
    const struct url_rule_type *type;
    char *name;
    void *parameters; /* of the type's own kind */
    int hosts;        /* scope, or -1: every host */
    int except;       /* scope, or -1: none */
};

struct url_rules {
    struct url_rule *rules;
    size_t count;
    psl_ctx_t *psl;
    struct name_set patterns; /* host pattern -> index into pattern_scopes */
    uint64_t (*pattern_scopes)[URL_SCOPES_MAX / 64];
    int scope_count;
};

/* A list of strings from a rule's JSON: a fault unless every element is a string that is not empty. */
struct string_list {
    struct slice *items; /* each owned */
    size_t count;
};
enum status string_list_read(struct string_list *out, const struct rules_file *file, const cJSON *rule,
                             const char *field, bool lower, struct err *err);
void string_list_free(struct string_list *list);
/* Does `text` begin, or end, with a string of the list?  ASCII case is ignored; the list is in lower case.  Returns
 * the string or NULL. */
const struct slice *string_list_prefix(const struct string_list *list, struct slice text);
const struct slice *string_list_suffix(const struct string_list *list, struct slice text);

/* url_text.c: bytes of URLs. */
int url_hex(char c); /* -1 when it is no digit */
/* Normalises escapes: encodes what a URL can't hold, decodes unreserved bytes and those in `decode` (may be NULL),
 * upper-cases the rest; a stray % becomes %25.  `plus`: a space, also as %20, becomes +. */
struct slice url_normalise(struct arena *arena, struct slice text, const bool *decode, bool plus);
/* Encodes what a URL can't hold and leaves every % as it is. */
struct slice url_escape(struct arena *arena, struct slice text);
bool url_malformed(struct slice text);                    /* a % without two hex digits */
char *url_decode(struct arena *arena, struct slice text); /* every escape but %00, once */
bool url_starts(const char *text, const char *prefix);    /* ASCII case is ignored */
/* The text as an opaque key: white space runs are one space, invalid UTF-8 is escaped. */
char *url_opaque_text(struct arena *arena, const char *text, size_t len);

/* url_parse.c */
bool url_is_web(const struct url_work *work, const char *text); /* would it be parsed as a web address? */
/* url_host.c: sets host_len and name_at; false when no host can be made of it. */
bool url_host_set(const struct url_rules *rules, struct arena *arena, struct url *url, struct slice host);
bool url_known_suffix(const struct url_rules *rules, const char *host);
void url_host_scopes(const struct url_rules *rules, struct url *url);

/* url_rules.c */
extern const struct url_rule_type URL_TRIM, URL_REPLACE_PREFIX, URL_DOI, URL_ISBN, URL_PARSE, URL_HOST, URL_HOST_PREFIX,
    URL_HOST_LABEL, URL_UNWRAP, URL_RESOLVE, URL_PERCENT, URL_SLASHES, URL_DOTS, URL_PATH_SUFFIX, URL_PATH_PREFIX,
    URL_PATH_CUT, URL_TRAILING_SLASH, URL_QUERY_FORM, URL_QUERY_DROP, URL_QUERY_SORT, URL_FRAGMENT;

#endif
