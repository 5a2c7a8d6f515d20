/* The evidence profile: counts, single and missing support, independence.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

static struct profile profile_of(const struct article *article) {
    struct profile profile;
    profile_make(world.arena, article, profile_sources(world.arena, world.rules, article), &profile);
    return profile;
}

static void counts_sentences_and_sources(void **state) {
    (void)state;
    struct article *article = world_article(
        "{'title': 'T', 'summary': 'One [1]. Two.', 'sections': [{'heading': 'A', 'text': 'Three [1]. Four [1] [1].'},"
        " {'heading': 'B', 'text': 'Five. Six.'}, {'heading': 'C', 'text': 'Seven [1] [2]. Eight [3].'}],"
        " 'sources': [{'n': 1, 'url': 'https://a.example/1', 'published': '2020-05-01'},"
        " {'n': 2, 'url': 'https://b.example/2', 'published': '2019'}, {'n': 3, 'url': 'http://www.a.example/1'}]}");
    struct profile profile = profile_of(article);
    assert_int_equal(profile.all.sentences, 8);
    assert_int_equal(profile.all.cited_sentences, 5);
    assert_int_equal(profile.all.mentions, 7);
    assert_int_equal(profile.all.sources, 2); /* 1 and 3 are one page */
    assert_int_equal(profile.all.domains, 2);
    assert_int_equal(profile.all.independent, 2);
    assert_string_equal(profile.all.oldest, "2019");
    assert_string_equal(profile.all.newest, "2020-05-01");
    assert_int_equal(profile.single_count, 2);
    assert_int_equal(profile.single[0], 0);
    assert_int_equal(profile.single[1], 1);
    assert_int_equal(profile.uncited_count, 1);
    assert_int_equal(profile.uncited[0], 2);
    assert_int_equal(profile.sections[3].sources, 2);
    assert_int_equal(profile.sections[3].cited_sentences, 2);
    assert_true(profile_coverage(&profile.all) == 0.625);
}

static void unknown_numbers_are_sources(void **state) {
    (void)state;
    struct profile profile = profile_of(world_article("{'title': 'T', 'text': 'One [1] [2]. Two [2].'}"));
    assert_int_equal(profile.all.sources, 2);
    assert_int_equal(profile.all.unknown, 2);
    assert_int_equal(profile.all.independent, 0);
}

static void one_outlet_counts_once(void **state) {
    (void)state;
    struct profile profile = profile_of(
        world_article("{'title': 'T', 'text': 'One [1] [2] [3].', 'sources': ["
                      "{'n': 1, 'url': 'https://news.alpha.example/1'}, {'n': 2, 'url': 'https://www.alpha.example/2'},"
                      "{'n': 3, 'url': 'https://beta.example/3', 'outlet': 'Beta'},"
                      "{'n': 4, 'url': 'https://gamma.example/4', 'outlet': 'BETA'}]}"));
    assert_int_equal(profile.all.sources, 4);
    assert_int_equal(profile.all.independent, 2);
    assert_int_equal(profile.group[0], profile.group[1]);
    assert_int_equal(profile.group[2], profile.group[3]);
}

#define WIRE                                                                                                           \
    "The harbour of the old town was closed on Tuesday after a crane fell into the water and blocked the way for all " \
    "ships, the authority said. Nobody was hurt. Divers will look at the wreck on Thursday, and the ferry goes from "  \
    "the northern pier until further notice."

static void one_wire_text_counts_once(void **state) {
    (void)state;
    struct profile profile = profile_of(world_article(
        "{'title': 'T', 'text': 'One [1] [2] [3].', 'sources': ["
        "{'n': 1, 'url': 'https://alpha.example/1', 'text': '" WIRE "'},"
        "{'n': 2, 'url': 'https://beta.example/2', 'text': 'From our desk. " WIRE " More at eight.'},"
        "{'n': 3, 'url': 'https://gamma.example/3', 'text': 'A crane fell into the harbour; our reporter "
        "watched from the roof of the customs house how the ferry turned round and the gulls flew up.'}]}"));
    assert_int_equal(profile.all.independent, 2);
    assert_int_equal(profile.group[0], profile.group[1]);
    assert_true(profile.same_text[0] && profile.same_text[1] && !profile.same_text[2]);
}

static void own_archive_does_not_count(void **state) {
    (void)state;
    struct profile profile = profile_of(
        world_article("{'title': 'T', 'url': 'https://checks.example/5', 'text': 'One [1] [2].', 'sources': ["
                      "{'n': 1, 'url': 'https://checks.example/1'}, {'n': 2, 'url': 'https://checks.example/2'}]}"));
    assert_int_equal(profile.all.independent, 0);
    assert_int_equal(profile.all.own, 2);
    assert_int_equal(profile.group[0], -1);
}

static void status_is_counted(void **state) {
    (void)state;
    struct profile profile;
    struct article *article = world_article("{'title': 'T', 'text': 'One [1] [2].', 'sources': [{'n': 1, 'url': "
                                            "'https://a.example/1'}, {'n': 2, 'url': 'https://b.example/2'}]}");
    struct profile_source *sources = profile_sources(world.arena, world.rules, article);
    sources[0].status = "retracted";
    sources[1].status = "usurped";
    profile_make(world.arena, article, sources, &profile);
    assert_int_equal(profile.all.retracted, 1);
    assert_int_equal(profile.all.dead, 1);
}

static void overlap_of_texts(void **state) {
    (void)state;
    assert_true(profile_overlap(world.arena, WIRE, WIRE) == 1);
    assert_true(profile_overlap(world.arena, WIRE, "Nobody was hurt.") == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_sentences_and_sources),
        cmocka_unit_test(unknown_numbers_are_sources),
        cmocka_unit_test(one_outlet_counts_once),
        cmocka_unit_test(one_wire_text_counts_once),
        cmocka_unit_test(own_archive_does_not_count),
        cmocka_unit_test(status_is_counted),
        cmocka_unit_test(overlap_of_texts),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
