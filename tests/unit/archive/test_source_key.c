/* Source identity: the vectors, what stands beside the key, and properties over mutations of the vectors.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The vectors' format stands at the head of source-key-vectors.tsv. */
#include "support.h"

#include "archive/source_key.h"
#include "base/utf8.h"
#include "url.h"

enum { VECTORS_MIN = 220, MUTATIONS = 30000, COLUMNS = 6 };
#define VECTORS FOOTNOTE_SOURCE_DIR "/tests/unit/archive/source-key-vectors.tsv"

struct vector {
    const char *rule;
    bool positive;
    const char *given;
    const char *key;
    const char *domain; /* NULL: not said; "-": none */
    const char *archived_at;
};

static struct vector vectors[2048];
static size_t vector_count;

static void unescape(char *text) {
    char *to = text;
    for (const char *at = text; *at; to++) {
        bool escape = at[0] == '\\' && at[1] == 'x' && url_hex(at[2]) >= 0 && url_hex(at[3]) >= 0;
        *to = escape ? (char)(url_hex(at[2]) * 16 + url_hex(at[3])) : *at;
        at += escape ? 4 : 1;
    }
    *to = '\0';
}

static void add_vector(char *line) {
    char *columns[COLUMNS] = {0};
    for (size_t i = 0; i < COLUMNS && line; i++)
        columns[i] = strsep(&line, "\t");
    if (!columns[3] || vector_count == sizeof vectors / sizeof *vectors) fail_msg("%s: bad vector %s", VECTORS, line);
    unescape(columns[2]);
    vectors[vector_count++] = (struct vector){.rule = columns[0],
                                              .positive = columns[1][0] == '+',
                                              .given = columns[2],
                                              .key = columns[3],
                                              .domain = columns[4],
                                              .archived_at = columns[5]};
}

static int read_vectors(void **state) {
    if (world_open(state) != 0) return -1;
    char *text = NULL;
    size_t len = 0;
    struct err err = ERR_NONE;
    if (file_read(&text, &len, VECTORS, 1 << 20, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        return -1;
    }
    arena_defer(world.arena, mem_free, text);
    for (char *line; (line = strsep(&text, "\n"));) {
        if (*line && *line != '#') add_vector(line);
    }
    return 0;
}

static struct source_key key_of(struct arena *arena, const char *given) {
    struct source_key key;
    source_key_from_url(arena, world.rules, given, &key);
    return key;
}

static const char *text_of(const struct source_key *key) {
    return key->key ? key->key : "";
}

static const struct url_rule *find_rule(const char *name) {
    const struct url_rules *rules = world.rules->url;
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->rules[i].name, name) == 0) return &rules->rules[i];
    }
    return NULL;
}

static bool has_fired(const struct source_key *key, const char *name) {
    for (size_t i = 0; i < key->fired_count; i++) {
        if (strcmp(key->fired[i], name) == 0) return true;
    }
    return false;
}

static void test_vectors(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < vector_count; i++) {
        const struct vector *v = &vectors[i];
        struct source_key key = key_of(world.arena, v->given);
        expect_same(&failed, v->given, text_of(&key), v->key);
        if (v->domain) expect_same(&failed, v->given, key.domain ? key.domain : "-", v->domain);
        if (v->archived_at) expect_same(&failed, v->given, key.archived_at ? key.archived_at : "-", v->archived_at);
        const struct url_rule *rule = find_rule(v->rule);
        if (!rule) fail_msg("no rule '%s' in url-rules.json", v->rule);
        bool fires = rule->type == &URL_RESOLVE ? key.needs_resolution : has_fired(&key, v->rule);
        char what[128];
        snprintf(what, sizeof what, "%s %s", v->rule, v->positive ? "fires" : "does not fire");
        if (fires != v->positive) expect_same(&failed, v->given, "otherwise", what);
    }
    assert_int_equal(failed, 0);
    assert_true(vector_count >= VECTORS_MIN);
}

static void test_every_rule_has_both_signs(void **state) {
    (void)state;
    const struct url_rules *rules = world.rules->url;
    int failed = 0;
    for (size_t r = 0; r < rules->count; r++) {
        int signs = 0;
        for (size_t i = 0; i < vector_count; i++) {
            if (strcmp(vectors[i].rule, rules->rules[r].name) == 0) signs |= vectors[i].positive ? 1 : 2;
        }
        if (signs != 3) expect_same(&failed, rules->rules[r].name, "lacks a vector", "has one of each sign");
    }
    assert_int_equal(failed, 0);
}

static void test_beside_the_key(void **state) {
    (void)state;
    struct source_key key =
        key_of(world.arena, " https://l.facebook.com/l.php?u=https%3A%2F%2Fweb.archive.org%2Fweb%2F20200102030405%2F"
                            "https%3A%2F%2FWWW.Press.example%2FA%2F%3Futm_source%3Dx ");
    assert_string_equal(key.key, "press.example/A");
    assert_string_equal(key.url, "https://WWW.Press.example/A/?utm_source=x");
    assert_string_equal(key.archived_url, "https://web.archive.org/web/20200102030405/https://WWW.Press.example/A/?"
                                          "utm_source=x");
    assert_string_equal(key.archived_at, "2020-01-02T03:04:05Z");
    static const char *const fired[] = {"trim",        "facebook-link",  "wayback", "host",
                                        "host-prefix", "trailing-slash", "tracking"};
    assert_int_equal(key.fired_count, sizeof fired / sizeof *fired);
    for (size_t i = 0; i < key.fired_count; i++)
        assert_string_equal(key.fired[i], fired[i]);

    key = key_of(world.arena, "press.example/a?b=1");
    assert_string_equal(key.url, "press.example/a?b=1");
    assert_null(key.archived_url);
    assert_null(key.archived_at);
    assert_int_equal(key.fired_count, 0);
    assert_false(key.needs_resolution);

    key = key_of(world.arena, "doi:10.1000/182");
    assert_null(key.url);
    assert_null(key.domain);

    key = key_of(world.arena, " \t\n");
    assert_null(key.key);
}

/* A URL of `len` bytes that ends with `last`. */
static char *long_url(size_t len, const char *last) {
    char *url = arena_alloc(world.arena, len + 1);
    memset(url, 'a', len);
    memcpy(url, "https://press.example/", 22);
    memcpy(url + len - strlen(last), last, strlen(last));
    return url;
}

static void test_long_keys(void **state) {
    (void)state;
    struct source_key exact = key_of(world.arena, long_url(SOURCE_KEY_MAX + 8, "1"));
    assert_int_equal(strlen(exact.key), SOURCE_KEY_MAX);
    assert_null(strchr(exact.key, '#'));

    struct source_key a = key_of(world.arena, long_url(900, "1")), b = key_of(world.arena, long_url(900, "2"));
    assert_int_equal(strlen(a.key), SOURCE_KEY_MAX);
    assert_memory_equal(a.key, b.key, SOURCE_KEY_MAX - 16);
    assert_string_not_equal(a.key, b.key);
    assert_string_equal(a.domain, "press.example");
    struct source_key again = key_of(world.arena, a.key);
    assert_string_equal(again.key, a.key);
    assert_string_equal(again.domain, "press.example");

    /* never cut inside an escape */
    for (size_t len = 160; len < 240; len++) {
        struct source_key key = key_of(world.arena, long_url(len, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"));
        size_t cut = strlen(key.key) - 17;
        if (strlen(key.key) < 195 || key.key[cut] != '#') continue;
        assert_true(key.key[cut - 1] != '%' && key.key[cut - 2] != '%');
        assert_string_equal(key_of(world.arena, key.key).key, key.key);
    }

    struct source_key huge = key_of(world.arena, long_url(1 << 20, "1"));
    assert_true(strlen(huge.key) <= SOURCE_KEY_MAX);
    assert_null(huge.domain);
    assert_true(has_fired(&huge, "opaque"));
    assert_string_equal(key_of(world.arena, huge.key).key, huge.key);
}

static void test_deep_wrappers(void **state) {
    (void)state;
    char *nested = arena_alloc(world.arena, 64000 + 1), *at = nested;
    while (at - nested < 63000)
        at = stpcpy(at, "https://web.archive.org/web/20200102030405/");
    strcpy(at, "https://press.example/a");
    struct source_key key = key_of(world.arena, nested);
    assert_string_equal(key.key, "press.example/a");

    /* encoded again and again, as redirect upon redirect does */
    const char *text = "https://press.example/a";
    for (int i = 0; i < 4; i++) {
        char *wrapped = arena_alloc(world.arena, strlen(text) * 3 + 64),
             *to = stpcpy(wrapped, "https://www.google.com/url?q=");
        for (; *text; text++)
            to += sprintf(to, strchr(":/?=%", *text) ? "%%%02X" : "%c", (unsigned char)*text);
        text = wrapped;
    }
    assert_string_equal(key_of(world.arena, text).key, "press.example/a");
}

/* Changes a text at random places: bytes that mean something to URLs, parts of other vectors, cuts. */
static void mutate(char *text, size_t size, uint32_t *seed) {
    static const char *const PIECES[] = {"%",
                                         "%2F",
                                         "%25",
                                         "/",
                                         "//",
                                         "?",
                                         "&",
                                         "=",
                                         "#",
                                         "/..",
                                         "/amp",
                                         "/index.html",
                                         "www.",
                                         "m.",
                                         ".",
                                         ":",
                                         "@",
                                         ":443",
                                         "+",
                                         " ",
                                         "\xc3\xa9",
                                         "\xff",
                                         "utm_source=1",
                                         "&amp;",
                                         "https://",
                                         "http%3A%2F%2F",
                                         "web.archive.org/web/2020/",
                                         "#!/",
                                         "%2e",
                                         "[",
                                         "]",
                                         "\\",
                                         "\t",
                                         "'",
                                         "\"",
                                         ">",
                                         ";",
                                         "%00",
                                         "xn--",
                                         "amp",
                                         "doi:10.1000/"};
    for (uint32_t n = 1 + draw(seed, 4); n > 0; n--) {
        size_t len = strlen(text), at = draw(seed, (uint32_t)len + 1);
        const char *piece = PIECES[draw(seed, sizeof PIECES / sizeof *PIECES)];
        uint32_t kind = draw(seed, 4);
        if (kind == 0 && at < len) {
            memmove(text + at, text + at + 1, len - at);
        } else if (kind == 1 && at < len) {
            text[at] = (char)(1 + draw(seed, 255));
        } else if (len + strlen(piece) < size) {
            memmove(text + at + strlen(piece), text + at, len - at + 1);
            memcpy(text + at, piece, strlen(piece));
        }
    }
}

static bool is_safe(const char *key) {
    size_t len = strlen(key);
    if (len > SOURCE_KEY_MAX || utf8_valid(key, len) != len) return false;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)key[i] < ' ') return false;
    }
    return true;
}

static void check_idempotent(struct arena *arena, const char *given, int *failed) {
    struct source_key once = key_of(arena, given);
    if (!once.key) return;
    struct source_key twice = key_of(arena, once.key);
    expect_same(failed, given, text_of(&twice), once.key);
    if (!is_safe(once.key)) expect_same(failed, given, once.key, "at most 200 bytes of UTF-8 without controls");
}

static void test_idempotent(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < vector_count; i++)
        check_idempotent(world.arena, vectors[i].given, &failed);
    uint32_t seed = 5;
    for (int n = 0; n < MUTATIONS && failed < 5; n++) {
        char text[1024];
        struct arena *arena = arena_new();
        snprintf(text, sizeof text, "%s", vectors[draw(&seed, (uint32_t)vector_count)].given);
        mutate(text, sizeof text, &seed);
        check_idempotent(arena, text, &failed);
        arena_free(arena);
    }
    assert_int_equal(failed, 0);
}

/* Names differ from each other, so that any order is as good as another. */
static void test_order_of_the_query(void **state) {
    (void)state;
    static const char *const HOSTS[] = {"press.example", "www.nytimes.com", "www.facebook.com", "www.youtube.com"};
    static const char *const PARAMS[] = {"id=3",          "a=%20x",  "b",      "c=",      "utm_source=q",
                                         "v=aBcDeFgHiJk", "amp=1",   "t=2",    "amp;d=5", "e=caf%C3%A9",
                                         "fbid=7",        "set=a.1", "smid=9", "z[]=1"};
    enum { COUNT = sizeof PARAMS / sizeof *PARAMS };
    uint32_t seed = 6;
    for (int n = 0; n < 3000; n++) {
        struct arena *arena = arena_new();
        const char *host = HOSTS[draw(&seed, 4)], *first = NULL;
        const char *params[COUNT];
        memcpy(params, PARAMS, sizeof params);
        for (int order = 0; order < 4; order++) {
            char url[512];
            size_t at = (size_t)snprintf(url, sizeof url, "https://%s/a?", host);
            for (int i = COUNT - 1; i > 0; i--) {
                uint32_t j = draw(&seed, (uint32_t)i + 1);
                const char *swap = params[i];
                params[i] = params[j];
                params[j] = swap;
            }
            for (int i = 0; i < COUNT; i++)
                at += (size_t)sprintf(url + at, "%s%s", i ? "&" : "", params[i]);
            struct source_key key = key_of(arena, url);
            if (first) assert_string_equal(key.key, first);
            first = key.key;
        }
        arena_free(arena);
    }
}

static bool crosses(const struct source_key *key) {
    for (size_t i = 0; i < key->fired_count; i++) {
        const struct url_rule_type *type = find_rule(key->fired[i])->type;
        if (type == &URL_UNWRAP || type == &URL_REPLACE_PREFIX || type->stage == URL_STAGE_PARSE) return true;
    }
    return false;
}

/* Only unwrapping leads to another host: whatever stands behind a host, the key keeps its domain. */
static void test_never_crosses_hosts(void **state) {
    (void)state;
    static const char *const HOSTS[] = {"press.example",   "www.press.co.uk",    "m.facebook.com",
                                        "edition.cnn.com", "en.m.wikipedia.org", "www.gov.uk",
                                        "amp.nytimes.com", "someone.github.io"};
    static const char *const DOMAINS[] = {"press.example", "press.co.uk", "facebook.com", "cnn.com",
                                          "wikipedia.org", "www.gov.uk",  "nytimes.com",  "someone.github.io"};
    uint32_t seed = 7;
    for (int n = 0; n < MUTATIONS; n++) {
        char tail[700], url[1024];
        uint32_t host = draw(&seed, sizeof HOSTS / sizeof *HOSTS);
        const char *given = vectors[draw(&seed, (uint32_t)vector_count)].given;
        const char *path = strchr(given, '/');
        snprintf(tail, sizeof tail, "%s", path ? path + 1 : given);
        mutate(tail, sizeof tail, &seed);
        snprintf(url, sizeof url, "https://%s/%s", HOSTS[host], tail);
        struct arena *arena = arena_new();
        struct source_key key = key_of(arena, url);
        if (!crosses(&key)) {
            if (!key.domain || strcmp(key.domain, DOMAINS[host]) != 0) fail_msg("%s -> %s", url, text_of(&key));
        }
        arena_free(arena);
    }
}

static void test_reference(void **state) {
    (void)state;
    struct source_key a, b;
    source_key_from_reference(world.arena, "A Título  of it", "Press", "2020-01-02", &a);
    source_key_from_reference(world.arena, " a titulo of IT ", "press", "2020-01-02", &b);
    assert_int_equal(strlen(a.key), 36);
    assert_memory_equal(a.key, "ref:", 4);
    assert_string_equal(a.key, b.key);
    assert_null(a.domain);
    source_key_from_reference(world.arena, "A Título  of it", "Press", "2020-01-03", &b);
    assert_string_not_equal(a.key, b.key);
    /* the parts do not run into each other */
    source_key_from_reference(world.arena, "ab", "c", NULL, &a);
    source_key_from_reference(world.arena, "a", "bc", NULL, &b);
    assert_string_not_equal(a.key, b.key);
    source_key_from_reference(world.arena, NULL, " ", "", &a);
    assert_null(a.key);
    source_key_from_reference(world.arena, NULL, NULL, "2020", &a);
    b = key_of(world.arena, a.key);
    assert_string_equal(b.key, a.key);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_every_rule_has_both_signs),
        cmocka_unit_test(test_beside_the_key),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_deep_wrappers),
        cmocka_unit_test(test_idempotent),
        cmocka_unit_test(test_order_of_the_query),
        cmocka_unit_test(test_never_crosses_hosts),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, read_vectors, world_close);
}
