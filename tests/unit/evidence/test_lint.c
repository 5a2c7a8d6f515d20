/* Lint: each code once, and nothing where nothing is wrong.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "lint.h"

/* The findings as "code n" lines. */
static const char *lint(const char *json) {
    struct article *article = world_article(json);
    struct source_key own = {0};
    struct finding *findings = NULL;
    struct buf out;
    if (article->url) source_key_from_url(world.arena, world.rules, article->url, &own);
    size_t count =
        lint_article(world.arena, article, profile_sources(world.arena, world.rules, article), &own, &findings);
    buf_init(&out, 0);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s %s %lld", i ? ", " : "", findings[i].code, lint_severity_name(findings[i].severity),
                   (long long)findings[i].n);
    const char *text = arena_strdup(world.arena, out.data ? out.data : "");
    buf_free(&out);
    return text;
}

static const struct {
    const char *article, *findings;
} cases[] = {
    {"{'title': 'T', 'text': 'One [1]. Two [2].', 'sources': [{'n': 1, 'url': 'https://a.example/1'},"
     " {'n': 2, 'url': 'https://b.example/2'}]}",
     ""},
    {"{'title': 'T', 'text': 'No citation at all.'}", ""},
    {"{'title': 'T', 'text': 'One [1]. Two [2]. Three [1].'}", "dangling error 1, dangling error 2"},
    {"{'title': 'T', 'text': 'One [1].', 'sources': [{'n': 1, 'url': 'https://a.example/1'},"
     " {'n': 2, 'url': 'https://b.example/2'}]}",
     "orphan warning 2"},
    {"{'title': 'T', 'text': 'One [1]. Two [4].', 'sources': [{'n': 1, 'url': 'https://a.example/1'},"
     " {'n': 4, 'url': 'https://b.example/2'}]}",
     "gap warning 2"},
    {"{'title': 'T', 'text': 'One [2]. Two [1].', 'sources': [{'n': 1, 'url': 'https://a.example/1'},"
     " {'n': 2, 'url': 'https://b.example/2'}]}",
     "order info 1"},
    {"{'title': 'T', 'text': 'One [1]. Two [2].', 'sources': [{'n': 1, 'url': 'https://a.example/1'},"
     " {'n': 2, 'url': 'http://www.a.example/1/?utm_source=x'}]}",
     "duplicate_source warning 2"},
    {"{'title': 'T', 'text': 'One [2-1].', 'sources': [{'n': 1, 'url': 'https://a.example/1'},"
     " {'n': 2, 'url': 'https://b.example/2'}]}",
     "order info 1, bad_range error 2"},
    {"{'title': 'T', 'published': '2020-01-01', 'text': 'One [1].', 'sources': [{'n': 1, 'url': 'https://a.example/1',"
     " 'published': '2021-06-01'}]}",
     "source_newer_than_article warning 1"},
    {"{'title': 'T', 'published': '2020-01-01', 'updated': '2022-01-01', 'text': 'One [1].', 'sources': [{'n': 1,"
     " 'url': 'https://a.example/1', 'published': '2021-06-01'}]}",
     ""},
    {"{'title': 'T', 'text': 'One [1].', 'sources': [{'n': 1, 'title': 'A letter to the editor'}]}",
     "missing_url warning 1"},
    {"{'title': 'T', 'text': 'One [1].', 'sources': [{'n': 1, 'url': 'https://bit.ly/3abcdef'}]}",
     "needs_resolution info 1"},
    {"{'title': 'T', 'url': 'https://checks.example/5', 'text': 'One [1]. Two [2].', 'sources': ["
     "{'n': 1, 'url': 'https://checks.example/5'}, {'n': 2, 'url': 'https://www.checks.example/6'}]}",
     "self_citation warning 1, self_citation info 2"},
};

static void golden(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = lint(cases[i].article);
        if (strcmp(found, cases[i].findings) != 0)
            fail_msg("%s\n  expected: %s\n  found:    %s", cases[i].article, cases[i].findings, found);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden)};
    return cmocka_run_group_tests(tests, world_open, world_close);
}
