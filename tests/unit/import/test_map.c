/* --map: its grammar, and what each rule does to a record.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <string.h>

struct map_case {
    const char *map, *record, *expected;
};

static const struct map_case cases[] = {
    {"date=published", "{\"date\":\"2021-07-28\",\"x\":1}", "{\"published\":\"2021-07-28\",\"x\":1}"},
    {" date = published , ", "{\"date\":\"2021-07-28\"}", "{\"published\":\"2021-07-28\"}"},
    {"", "{\"title\":\"A\"}", "{\"title\":\"A\"}"},
    {"absent=title", "{\"x\":1}", "{\"x\":1}"},
    {"x=", "{\"x\":{\"y\":1},\"z\":2}", "{\"z\":2}"},
    {"a.b=", "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":2}}"},
    /* An exchange, and a copy. */
    {"title=headline,headline=title", "{\"title\":\"A\",\"headline\":\"B\"}", "{\"title\":\"B\",\"headline\":\"A\"}"},
    {"title=title,title=claims.text", "{\"title\":\"A\"}", "{\"title\":\"A\",\"claims\":[{\"text\":\"A\"}]}"},
    {"published=,date=published", "{\"date\":\"2021\",\"published\":\"2020\"}", "{\"published\":\"2021\"}"},
    /* Lists of strings. */
    {"author=authors", "{\"author\":\"A\"}", "{\"authors\":[\"A\"]}"},
    {"author=authors", "{\"author\":[\"A\",\"B\"],\"authors\":\"C\"}", "{\"authors\":[\"C\",\"A\",\"B\"]}"},
    {"a=tags,b=tags", "{\"a\":\"x\",\"b\":[\"y\"],\"tags\":[\"z\"]}", "{\"tags\":[\"z\",\"x\",\"y\"]}"},
    {"a=tags", "{\"a\":\"\"}", "{\"tags\":[]}"},
    {"people.name=authors", "{\"people\":[{\"name\":\"A\"},{\"name\":\"B\",\"age\":3}]}",
     "{\"authors\":[\"A\",\"B\"],\"people\":[{},{\"age\":3}]}"},
    /* Lists of objects. */
    {"claim=claims.text,claimant=claims.claimant,when=claims.date",
     "{\"claim\":\"It rains\",\"claimant\":\"A\",\"when\":\"1/2/2020\"}",
     "{\"claims\":[{\"text\":\"It rains\",\"claimant\":\"A\",\"date\":\"2020-01-02\"}]}"},
    {"claim=claims.text", "{\"claim\":[\"A\",\"B\"]}", "{\"claims\":[{\"text\":\"A\"},{\"text\":\"B\"}]}"},
    {"links=sources", "{\"links\":[\"https://a.example/\",{\"url\":\"https://b.example/\"}]}",
     "{\"sources\":[{\"url\":\"https://a.example/\",\"n\":1},{\"url\":\"https://b.example/\",\"n\":2}]}"},
    {"link=sources", "{\"link\":\"https://a.example/\"}", "{\"sources\":[{\"url\":\"https://a.example/\",\"n\":1}]}"},
    {"names=sources.title", "{\"names\":[\"A\",\"B\"],\"sources\":[\"https://a.example/\"]}",
     "{\"sources\":[{\"url\":\"https://a.example/\",\"title\":\"A\",\"n\":1},{\"title\":\"B\",\"n\":2}]}"},
    {"sources.cached=sources.archived_url",
     "{\"sources\":[{\"url\":\"u\"},{\"url\":\"v\",\"cached\":\"w\"},{\"cached\":\"x\"}]}",
     "{\"sources\":[{\"url\":\"u\",\"n\":1},{\"url\":\"v\",\"archived_url\":\"w\",\"n\":2},"
     "{\"archived_url\":\"x\",\"n\":3}]}"},
    {"evidence.link=sources.url,evidence.name=sources.title",
     "{\"evidence\":[{\"link\":\"u\",\"name\":\"U\"},{\"name\":\"V\"},{\"link\":\"w\"}]}",
     "{\"evidence\":[{},{},{}],\"sources\":[{\"url\":\"u\",\"title\":\"U\",\"n\":1},{\"title\":\"V\",\"n\":2},"
     "{\"url\":\"w\",\"n\":3}]}"},
    {"sources.x=", "{\"sources\":[{\"url\":\"u\",\"x\":1}]}", "{\"sources\":[{\"url\":\"u\",\"n\":1}]}"},
    /* Objects. */
    {"rating.name=verdict,by.org.name=outlet",
     "{\"rating\":{\"name\":\"False\"},\"by\":{\"org\":{\"name\":\"O\",\"id\":1}}}",
     "{\"verdict\":\"False\",\"outlet\":\"O\",\"by\":{\"org\":{\"id\":1}}}"},
    {"x=meta.y", "{\"x\":1,\"meta\":{\"z\":2}}", "{\"meta\":{\"z\":2,\"y\":1}}"},
    {"x=meta.y", "{\"x\":1}", "{\"meta\":{\"y\":1}}"},
    /* An empty value of ours gives way, an empty one of theirs is none. */
    {"name=title", "{\"name\":\"A\",\"title\":\"\"}", "{\"title\":\"A\"}"},
    {"name=title", "{\"name\":null,\"title\":\"B\"}", "{\"title\":\"B\"}"},
};

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_options options = test_options();
        options.name = "a.jsonl";
        options.map = cases[i].map;
        cJSON *record = import_one(&options, cases[i].record);
        assert_json(record, cases[i].expected);
        cJSON_Delete(record);
    }
}

static const struct map_case faults[] = {
    {"name=title", "{\"name\":\"A\",\"title\":\"B\"}",
     "1:1 invalid_record title: expected no value beside 'name', which the map puts there\n"},
    {"a=title,b=title", "{\"a\":\"A\",\"b\":\"B\"}",
     "1:1 invalid_record title: expected no value beside 'b', which the map puts there\n"},
    {"people.name=outlet", "{\"people\":[{\"name\":\"A\"}],\"outlet\":\"O\"}",
     "1:1 invalid_record outlet: expected no value beside 'people.name', which the map puts there\n"},
    {"a=sources.url", "{\"a\":\"A\",\"sources\":[{\"url\":\"u\"}]}",
     "1:1 invalid_record sources.url: expected no value beside 'a', which the map puts there\n"},
    {"a=claims.text", "{\"a\":\"A\",\"claims\":[7]}",
     "1:1 invalid_record claims[0]: expected an object to put 'a' into\n"},
    {"a=meta.b", "{\"a\":\"A\",\"meta\":\"m\"}",
     "1:1 invalid_record meta.b: expected no value beside 'a', which the map puts there\n"},
};

static void test_faults(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct import_options options = test_options();
        options.name = "a.jsonl";
        options.map = faults[i].map;
        char *found = transcript(&options, faults[i].record, strlen(faults[i].record), 0);
        assert_string_equal(found, faults[i].expected);
        mem_free(found);
    }
}

static void test_grammar(void **state) {
    (void)state;
    static const struct {
        const char *map;
        long position;
        const char *text;
    } wrong[] = {
        {"date", 4, "map: expected '=' at character 5 of \"date\""},
        {"a=b,date,c=d", 8, "map: expected '=' at character 9 of \"a=b,date,c=d\""},
        {"=published", 0, "map: expected a field's name at character 1 of \"=published\""},
        {"a=b,,c=d", 4, "map: expected a field's name at character 5 of \"a=b,,c=d\""},
        {"a=b=c", 3, "map: expected ',' or the end at character 4 of \"a=b=c\""},
        {"a..b=c", 2, "map: expected a field's name at character 3 of \"a..b=c\""},
        {".b=c", 0, "map: expected a field's name at character 1 of \".b=c\""},
        {"a.=c", 2, "map: expected a field's name at character 3 of \"a.=c\""},
        {"a=b.c.d", 6, "map: expected at most two names at character 7 of \"a=b.c.d\""},
        {"a.b.c.d.e.f.g.h.i=b", 16, "map: expected fewer names at character 17 of \"a.b.c.d.e.f.g.h.i=b\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct import_options options = test_options();
        struct importer *importer;
        struct err err = ERR_NONE;
        options.map = wrong[i].map;
        assert_int_equal(importer_open(&importer, test_rules(), &options, &err), ST_INVALID_VALUE);
        assert_null(importer);
        assert_string_equal(err.text, wrong[i].text);
        assert_string_equal(err.param, "map");
        assert_int_equal(err.position, wrong[i].position);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_grammar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
