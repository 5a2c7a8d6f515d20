/* Source identity: runs the rules over a text until nothing changes, and makes the key.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A key is fed to the rules again, because one rule may uncover what an earlier one looks for (a decoded escape, a
 * stripped www).  So key(key(x)) = key(x) whatever the rules are; rules that never settle end after PASSES_MAX.
 *
 * Of a text longer than 64 KiB no URL is made; it is an opaque key like any other text, without http(s)://.  A key above 200 bytes is
 * its beginning, `#` and the 64-bit hash of the whole in hex; such a key given as a URL is recognised by its length
 * and end, and stays as it is.
 *
 * Pure: no network, no state; any thread.  Scratch memory is the caller's arena. */
#include "base/buf.h"
#include "base/ensure.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/utf8.h"
#include "text/analyse.h"
#include "url.h"

#include <ctype.h>
#include <stdio.h>

enum { PASSES_MAX = 64, HASH_LEN = 17, CUT_MIN = SOURCE_KEY_MAX - 5 };

static void fire(struct url_work *work, const char *name) {
    for (size_t i = 0; i < work->fired_count; i++) {
        if (work->fired[i] == name) return;
    }
    if (work->fired_count < URL_FIRED_MAX) work->fired[work->fired_count++] = name;
}

static bool in_scope(const struct url *url, int scope) {
    return (url->scopes[scope / 64] >> (scope % 64)) & 1;
}

static bool applies(const struct url_work *work, const struct url_rule *rule) {
    if (rule->hosts >= 0 && !in_scope(&work->url, rule->hosts)) return false;
    return rule->except < 0 || !in_scope(&work->url, rule->except);
}

/* Until the text is a page in canonical parts (false) or an opaque key (true). */
static bool run(struct url_work *work) {
    const struct url_rules *rules = work->rules;
    for (size_t i = 0; i < rules->count; i++) {
        const struct url_rule *rule = &rules->rules[i];
        if (!applies(work, rule)) continue;
        enum url_flow flow = rule->type->apply(work, rule);
        if (flow == URL_SAME) continue;
        fire(work, rule->name);
        if (flow == URL_OPAQUE) return true;
        if (flow == URL_AGAIN) i = (size_t)-1; /* the loop's ++ makes it 0 */
    }
    return false;
}

static char *put(char *to, const char *text, size_t len) {
    if (len > 0) memcpy(to, text, len);
    return to + len;
}

static const char *build(struct url_work *work) {
    const struct url *url = &work->url;
    size_t size = url->host_len + 8 + url->path.len + url->fragment.len + 3;
    for (size_t i = 0; i < url->param_count; i++)
        size += url->params[i].len + 1;
    char *key = arena_alloc(work->arena, size + 1), *at = key;
    at = put(at, url->host, url->host_len);
    if (url->port) at += sprintf(at, ":%u", (unsigned)url->port);
    at = put(at, url->path.at, url->path.len);
    for (size_t i = 0; i < url->param_count; i++) {
        *at++ = i ? '&' : '?';
        at = put(at, url->params[i].text, url->params[i].len);
    }
    if (url->fragment.len) {
        *at++ = '#';
        at = put(at, url->fragment.at, url->fragment.len);
    }
    *at = '\0';
    return key;
}

static void set_domain(struct url_work *work) {
    const struct url *url = &work->url;
    const char *name = url->name_at < url->host_len ? url->host + url->name_at : url->host;
    work->out->domain = arena_strdup(work->arena, name);
}

static void start(struct url_work *work, const char *text, size_t len) {
    work->text = text;
    work->len = len;
    work->restarts = 0;
}

/* One run of the rules: the key, not yet cut. */
static const char *pass(struct url_work *work) {
    work->key = NULL;
    if (run(work)) {
        ENSURE(work->key);
        work->out->url = work->out->domain = NULL;
        return work->key;
    }
    if (!work->out->url) work->out->url = work->text;
    set_domain(work);
    return build(work);
}

static const char *settle(struct url_work *work) {
    const char *key = pass(work);
    for (int i = 1; i < PASSES_MAX && work->fired_count; i++) {
        /* With a scheme, so that a page stays one even if its host alone would not look like a host. */
        const char *text = work->key ? key : arena_printf(work->arena, "http://%s", key);
        start(work, text, strlen(text));
        const char *next = pass(work);
        if (strcmp(next, key) == 0) break;
        key = next;
    }
    return key;
}

static bool is_cut(const char *text, size_t len) {
    if (len < CUT_MIN || len > SOURCE_KEY_MAX || text[len - HASH_LEN] != '#') return false;
    if (url_starts(text, "http://") || url_starts(text, "https://")) return false;
    for (size_t i = len - HASH_LEN + 1; i < len; i++) {
        if (!isdigit((unsigned char)text[i]) && (text[i] < 'a' || text[i] > 'f')) return false;
    }
    return true;
}

static const char *cut(struct arena *arena, const char *key) {
    size_t len = strlen(key);
    if (len <= SOURCE_KEY_MAX) return key;
    size_t kept = utf8_floor(key, len, SOURCE_KEY_MAX - HASH_LEN);
    if (key[kept - 1] == '%') kept -= 1;
    if (key[kept - 2] == '%') kept -= 2;
    return arena_printf(arena, "%.*s#%016llx", (int)kept, key, (unsigned long long)hash64(key, len));
}

static void list_fired(const struct url_work *work) {
    const char **fired = arena_alloc(work->arena, work->fired_count * sizeof *fired);
    memcpy(fired, work->fired, work->fired_count * sizeof *fired);
    work->out->fired = fired;
    work->out->fired_count = work->fired_count;
}

void source_key_from_url(struct arena *arena, const struct rules *rules, const char *given, struct source_key *out) {
    *out = (struct source_key){0};
    struct url_work work = {.arena = arena, .rules = rules->url, .out = out};
    size_t len = strlen(given);
    start(&work, arena_strndup(arena, given, len), len);
    const char *key = settle(&work);
    if (is_cut(given, len)) {
        out->key = arena_strndup(arena, given, len);
    } else {
        if (*key) out->key = cut(arena, key);
        if (work.fired_count) list_fired(&work);
    }
}

/* Every part is folded, so that case, accents and spacing make no second source of one work. */
static size_t add_folded(struct buf *buf, struct analyser *analyser, const char *text) {
    size_t len = text ? strlen(text) : 0;
    if (len) text = analyser_fold(analyser, text, len, &len);
    while (len && text[0] == ' ')
        text++, len--;
    while (len && text[len - 1] == ' ')
        len--;
    if (len) buf_add(buf, text, len);
    buf_char(buf, '\n');
    return len;
}

void source_key_from_reference(struct arena *arena, const char *title, const char *outlet, const char *published,
                               struct source_key *out) {
    *out = (struct source_key){0};
    struct analyser *analyser = NULL; /* made for the call: sources without a URL are few */
    struct err err = ERR_NONE;
    if (analyser_open(&analyser, &err) != ST_OK) {
        log_error("reference_key", "%s", err.text);
        return;
    }
    struct buf buf;
    buf_init(&buf, 0);
    size_t letters = add_folded(&buf, analyser, title);
    letters += add_folded(&buf, analyser, outlet);
    letters += add_folded(&buf, analyser, published);
    if (letters) {
        char hex[33];
        hash128_hex(hex, buf.data, buf.len);
        out->key = arena_printf(arena, "ref:%s", hex);
    }
    buf_free(&buf);
    analyser_close(analyser);
}
