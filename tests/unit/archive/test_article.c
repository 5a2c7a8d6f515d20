/* Articles: what is read from a record, every fault with its words, mentions, and random texts.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/utf8.h"

static const char *taken(struct buf *out) {
    const char *copy = arena_strndup(world.arena, out->data ? out->data : "", out->len);
    buf_free(out);
    return copy;
}

/* Mentions as `n@section.sentence:start-end/cluster>source`, the source's index or `-`;
 * `!` in place of `>` for a bad range. */
static const char *mentions_of(const struct article *article) {
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < article->mention_count; i++) {
        const struct mention *mention = &article->mentions[i];
        buf_printf(&out, "%s%u@%u.%u:%u-%u/%u>", i ? " " : "", mention->n, mention->section, mention->sentence,
                   mention->start, mention->end, mention->cluster);
        if (mention->bad_range) out.data[out.len - 1] = '!';
        mention->source < 0 ? buf_char(&out, '-') : buf_printf(&out, "%d", mention->source);
    }
    return taken(&out);
}

static const char *sections_of(const struct article *article) {
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < article->section_count; i++)
        buf_printf(&out, "%s%u:%s:%s", i ? "|" : "", article->sections[i].number, article->sections[i].heading,
                   article->sections[i].text);
    return taken(&out);
}

static void reads_every_field(void **state) {
    const struct article *article = article_of(json_of(
        "{\"id\":\"a\",\"url\":\"https://harbour.example/levee\",\"title\":\"Was the levee cut?\",\"summary\":\"No "
        "[1].\","
        "\"sections\":[{\"heading\":\"The levee\",\"text\":\"It held.\"},{\"text\":\"End [2].\"}],"
        "\"published\":\"2025-10-08\",\"updated\":\"2025-10-09T10:00:00Z\",\"language\":\"en\",\"outlet\":\"Harbour "
        "Post\","
        "\"authors\":[\"A. Clerk\",\"B. Clerk\"],\"tags\":\"levee\",\"verdict\":\"False\",\"mood\":7,"
        "\"claims\":[{\"text\":\"It was cut\",\"claimant\":\"A crowd\",\"date\":\"2025-10\"}],"
        "\"sources\":[{\"n\":2,\"url\":\"https://city.example/a\",\"title\":\"Record\",\"outlet\":\"City\","
        "\"published\":\"2025\",\"archived_url\":\"https://archive.ph/AbCd1\",\"text\":\"The gauge stood.\"}]}"));
    (void)state;
    assert_string_equal(article->id, "a");
    assert_string_equal(article->url, "https://harbour.example/levee");
    assert_string_equal(article->title, "Was the levee cut?");
    assert_string_equal(sections_of(article), "0::No [1].|1:The levee:It held.|2::End [2].");
    assert_string_equal(article->published, "2025-10-08");
    assert_string_equal(article->updated, "2025-10-09T10:00:00Z");
    assert_string_equal(article->language, "en");
    assert_string_equal(article->outlet, "Harbour Post");
    assert_int_equal(article->author_count, 2);
    assert_string_equal(article->authors[1], "B. Clerk");
    assert_int_equal(article->tag_count, 1);
    assert_string_equal(article->tags[0], "levee");
    assert_string_equal(article->verdict, "False");
    assert_int_equal(article->claim_count, 1);
    assert_string_equal(article->claims[0].text, "It was cut");
    assert_string_equal(article->claims[0].claimant, "A crowd");
    assert_string_equal(article->claims[0].date, "2025-10");
    assert_int_equal(article->source_count, 1);
    assert_int_equal(article->sources[0].n, 2);
    assert_string_equal(article->sources[0].key.key, "city.example/a");
    assert_string_equal(article->sources[0].text, "The gauge stood.");
    assert_string_equal(mentions_of(article), "1@0.1:3-6/1>- 2@2.1:4-7/2>0");
    assert_int_equal(article->clusters, 2);
    assert_int_equal(article->sentences, 3);
    assert_int_equal(article->cited_sentences, 2);
    assert_int_equal(json_get(article->record, "mood")->valueint, 7);
}

/* What may be left out, and what is as good as left out. */
static void accepts_sparse_records(void **state) {
    static const char *const records[] = {
        "{\"title\":\"T\"}",
        "{\"text\":\"Body.\"}",
        "{\"summary\":\"S.\"}",
        "{\"sections\":[{\"text\":\"Body.\"}]}",
        "{\"title\":\"T\",\"text\":null,\"sections\":[],\"sources\":null,\"authors\":[],\"tags\":\"\",\"published\":"
        "\"\"}",
        "{\"title\":\"T\",\"sections\":[{}],\"claims\":[{}],\"sources\":[{}]}",
        "{\"url\":\"https://a.example/\"}",
        "{\"title\":\"T\",\"id\":\"한글 id/1\"}",
        "{\"title\":\"T\",\"sources\":[{\"n\":1,\"url\":\"https://a.example/\"},{\"n\":1,\"url\":\"https://b.example/"
        "\"}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        assert_non_null(article_of(json_of(records[i]))->id);
}

static void tells_faults(void **state) {
    static const struct {
        const char *record, *param, *text;
    } rows[] = {
        {"[]", "", "record: expected an object, got an array"},
        {"{}", "title", "title: expected a title, some text or a URL, got none"},
        {"{\"title\":\" \",\"text\":\"\\n\"}", "title", "title: expected a title, some text or a URL, got none"},
        {"{\"title\":7}", "title", "title: expected a string, got 7"},
        {"{\"title\":\"T\",\"id\":\"\"}", "id", "id: expected 1 to 200 bytes, got 0"},
        {"{\"title\":\"T\",\"id\":12}", "id", "id: expected a string, got 12"},
        {"{\"title\":\"T\",\"id\":\"a\\nb\"}", "id", "id: control characters are not allowed, got \"a b\""},
        {"{\"title\":\"T\",\"published\":\"yesterday\"}", "published",
         "published: expected a date like 2025-10-08, got \"yesterday\""},
        {"{\"title\":\"T\",\"updated\":\"2025-13-01\"}", "updated",
         "updated: expected a date like 2025-10-08, got \"2025-13-01\""},
        {"{\"title\":\"T\",\"published\":2025}", "published", "published: expected a date like 2025-10-08, got 2025"},
        {"{\"title\":\"T\",\"summary\":[]}", "summary", "summary: expected a string, got an array"},
        {"{\"title\":\"T\",\"sections\":\"x\"}", "sections", "sections: expected a list of objects, got \"x\""},
        {"{\"title\":\"T\",\"sections\":[{\"text\":\"a\"},\"x\"]}", "sections[1]",
         "sections[1]: expected an object, got \"x\""},
        {"{\"title\":\"T\",\"sections\":[{\"text\":true}]}", "sections[0].text",
         "sections[0].text: expected a string, got true"},
        {"{\"text\":\"a\",\"sections\":[]}", "text", "text: stands in place of sections, got both"},
        {"{\"title\":\"T\",\"authors\":{}}", "authors", "authors: expected a list of strings, got an object"},
        {"{\"title\":\"T\",\"tags\":[\"a\",null]}", "tags[1]", "tags[1]: expected a string, got null"},
        {"{\"title\":\"T\",\"claims\":[{\"date\":\"soon\"}]}", "claims[0].date",
         "claims[0].date: expected a date like 2025-10-08, got \"soon\""},
        {"{\"title\":\"T\",\"sources\":[{\"n\":0}]}", "sources[0].n",
         "sources[0].n: expected an integer from 1 to 9999, got 0"},
        {"{\"title\":\"T\",\"sources\":[{\"n\":10000}]}", "sources[0].n",
         "sources[0].n: expected an integer from 1 to 9999, got 10000"},
        {"{\"title\":\"T\",\"sources\":[{\"n\":1.5}]}", "sources[0].n",
         "sources[0].n: expected an integer from 1 to 9999, got 1.5"},
        {"{\"title\":\"T\",\"sources\":[{\"n\":\"1\"}]}", "sources[0].n",
         "sources[0].n: expected an integer from 1 to 9999, got \"1\""},
        {"{\"title\":\"T\",\"sources\":[\"https://a.example/\"]}", "sources[0]",
         "sources[0]: expected an object, got \"https://a.example/\""},
        {"{\"title\":\"T\",\"sources\":[{\"start\":0,\"end\":1}]}", "sources[0].start",
         "sources[0].start: counts characters in `text`, which the record lacks"},
        {"{\"text\":\"abc\",\"sources\":[{\"start\":0}]}", "sources[0].end",
         "sources[0].end: expected beside `start`, got nothing"},
        {"{\"text\":\"abc\",\"sources\":[{\"start\":2,\"end\":1}]}", "sources[0].end",
         "sources[0].end: expected an integer from 2 to 2147483647, got 1"},
        {"{\"title\":7,\"published\":\"yesterday\",\"sources\":[{},{},{\"n\":-1,\"url\":3}]}", "title",
         "title: expected a string, got 7; published: expected a date like 2025-10-08, got \"yesterday\"; "
         "sources[2].n: expected an integer from 1 to 9999, got -1; sources[2].url: expected a string, got 3"},
        {"{\"title\":\"T\",\"verdict\":\"a\\u0007\",\"outlet\":[\"an outlet\"],\"url\":false}", "url",
         "url: expected a string, got false; outlet: expected a string, got an array"},
        {"{\"title\":\"T\",\"published\":\"a very long text in place of a date, with é and more\"}", "published",
         "published: expected a date like 2025-10-08, got \"a very long text in place of a date, wit…\""},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct article *article;
        struct err err = ERR_NONE;
        assert_int_equal(article_read(world.arena, world.rules, json_of(rows[i].record), &article, &err),
                         ST_INVALID_RECORD);
        assert_null(article);
        expect_same(&failed, rows[i].record, err.text, rows[i].text);
        expect_same(&failed, rows[i].record, err.param, rows[i].param);
    }
    assert_int_equal(failed, 0);
}

/* A tree need not come from a text that was checked. */
static void refuses_bad_bytes_in_ids(void **state) {
    struct article *article;
    struct err err = ERR_NONE;
    cJSON *record = json_of("{\"title\":\"T\"}");
    (void)state;
    cJSON_AddStringToObject(record, "id", "ab\xFF");
    assert_int_equal(article_read(world.arena, world.rules, record, &article, &err), ST_INVALID_RECORD);
    assert_string_equal(err.text, "id: invalid UTF-8 at byte 2");
}

/* What does not fit in the error's line is counted. */
static void counts_further_faults(void **state) {
    struct buf record;
    struct article *article;
    struct err err = ERR_NONE;
    (void)state;
    buf_init(&record, 0);
    buf_str(&record, "{\"title\":\"T\",\"sources\":[1");
    for (int i = 1; i < 100; i++)
        buf_printf(&record, ",%d", i);
    buf_str(&record, "]}");
    assert_int_equal(article_read(world.arena, world.rules, json_of(record.data), &article, &err), ST_INVALID_RECORD);
    assert_non_null(strstr(err.text, "sources[11]: expected an object, got 11;"));
    assert_string_equal(strrchr(err.text, ';'), "; and 88 more");
    buf_free(&record);
}

static void refuses_too_many_marks(void **state) {
    struct buf text;
    struct article *article;
    struct err err = ERR_NONE;
    (void)state;
    buf_init(&text, 0);
    for (int i = 0; i < 2100; i++)
        buf_str(&text, "[1-100]");
    assert_int_equal(article_read(world.arena, world.rules, text_record(text.data), &article, &err), ST_TOO_LARGE);
    assert_string_equal(err.text, "text: expected at most 200000 citation marks, section 1 goes beyond");
    buf_free(&text);
}

static void derives_ids(void **state) {
    const char *by_url =
        article_of(json_of("{\"title\":\"T\",\"url\":\"http://www.harbour.example/a/?utm_source=x\"}"))->id;
    const char *by_content = article_of(json_of("{\"title\": \"T\", \"n\": 1}"))->id;
    (void)state;
    assert_string_equal(by_url, "harbour.example/a");
    assert_int_equal(strlen(by_content), 33);
    assert_int_equal(by_content[0], 'c');
    assert_string_equal(article_of(json_of("{ \"title\":\"T\",\"n\":1 }"))->id, by_content);
    assert_string_not_equal(article_of(json_of("{\"title\":\"T\",\"n\":2}"))->id, by_content);
}

/* Texts in place of sections; mentions and sections as they come out. */
static void finds_mentions(void **state) {
    static const struct {
        const char *record, *sections, *mentions;
    } rows[] = {
        {"{\"text\":\"T\\nSummary\\nNo [1].\\n1. One\\nIt held. It did [2], [3].\"}",
         "0:Summary:No [1].|1:One:It held. It did [2], [3].", "1@0.1:3-6/1>- 2@1.2:16-19/2>- 3@1.2:21-24/2>-"},
        /* behind the stop, and on a line of its own */
        {"{\"text\":\"T\\nIt held. [1] It did.[2][3]\\n\\n[4]\"}", "1::It held. [1] It did.[2][3]\n\n[4]",
         "1@1.1:9-12/1>- 2@1.2:20-23/2>- 3@1.2:23-26/2>- 4@1.2:28-31/3>-"},
        /* the first of two sources with one number wins; without a number the place counts */
        {"{\"summary\":\"a [1] b [2] c [3]\",\"sources\":[{\"n\":3},{},{\"n\":2},{\"n\":3}]}", "0::a [1] b [2] c [3]",
         "1@0.1:2-5/1>- 2@0.1:8-11/2>1 3@0.1:14-17/3>0"},
        /* a bibliography in the text gives sources; the record's own come first */
        {"{\"text\":\"T\\nIt held [1][2].\\nSources\\n[1] https://a.example/\\n[2] https://b.example/\","
         "\"sources\":[{\"n\":2,\"url\":\"https://c.example/\"}]}",
         "1::It held [1][2].", "1@1.1:8-11/1>1 2@1.1:11-14/1>0"},
        /* in-text links: characters in text, in a section, in a heading, in the title */
        {"{\"text\":\"Tïtle\\nIt hëld fast.\\n1. "
         "One\\nMore.\",\"sources\":[{\"start\":9,\"end\":13},{\"start\":23,\"end\":26},"
         "{\"start\":0,\"end\":5}]}",
         "0::It hëld fast.|1:One:More.", "3@0.1:0-0/1>2 1@0.1:3-8/2>0 2@1.1:0-0/3>1"},
        /* a link that only wraps its marker is one mention with it; another number's is its own */
        {"{\"text\":\"T\\nIt held [1].\",\"sources\":[{\"start\":10,\"end\":13}]}", "1::It held [1].",
         "1@1.1:8-11/1>0"},
        {"{\"text\":\"T\\nIt held [1].\",\"sources\":[{\"start\":11,\"end\":12}]}", "1::It held [1].",
         "1@1.1:8-11/1>0"},
        {"{\"text\":\"T\\nIt held [2].\",\"sources\":[{\"start\":10,\"end\":13}]}", "1::It held [2].",
         "2@1.1:8-11/1>- 1@1.1:8-11/2>0"},
        /* a link inside a cluster leaves the cluster whole */
        {"{\"text\":\"T\\nIt held [2] [3].\",\"sources\":[{\"start\":11,\"end\":12}]}", "1::It held [2] [3].",
         "2@1.1:8-11/1>- 1@1.1:9-10/2>0 3@1.1:12-15/1>-"},
        /* a link beyond the text */
        {"{\"text\":\"T\\nIt held.\",\"sources\":[{\"start\":5,\"end\":99},{\"start\":50,\"end\":60}]}", "1::It held.",
         "1@1.1:3-8/1!0 2@1.1:8-8/2!1"},
        /* a summary beside a text */
        {"{\"title\":\"T\",\"summary\":\"S [1].\",\"text\":\"Lead [2].\\n1. One\\nBody [3].\"}",
         "0::S [1].|1::Lead [2].|2:One:Body [3].", "1@0.1:2-5/1>- 2@1.1:5-8/2>- 3@2.1:5-8/3>-"},
        /* boilerplate in a section is blank, so that offsets stay */
        {"{\"text\":\"T\\nOne.\\nCopy link\\nTwo [1].\"}", "1::One.\n         \nTwo [1].", "1@1.2:19-22/1>-"},
        {"{\"text\":\"T\\nBad [5-2].\"}", "1::Bad [5-2].", "5@1.1:4-9/1!- 2@1.1:4-9/1!-"},
        {"{\"title\":\"T\",\"sections\":[{\"heading\":\"H [9]\"},{\"text\":\"x\"}]}", "1:H [9]:|2::x", ""},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct article *article = article_of(json_of(rows[i].record));
        expect_same(&failed, rows[i].record, sections_of(article), rows[i].sections);
        expect_same(&failed, rows[i].record, mentions_of(article), rows[i].mentions);
    }
    assert_int_equal(failed, 0);
}

static void takes_dates_and_title_from_text(void **state) {
    const struct article *article =
        article_of(json_of("{\"text\":\"Fact check: Was it cut?\\nChecked on October 8, 2025\\nNo. It held.\"}"));
    (void)state;
    assert_string_equal(article->title, "Was it cut?");
    assert_string_equal(article->published, "2025-10-08");
    article =
        article_of(json_of("{\"title\":\"Mine\",\"published\":\"2024\",\"text\":\"Was it cut?\\nChecked on October 8, "
                           "2025\\nNo.\"}"));
    assert_string_equal(article->title, "Mine");
    assert_string_equal(article->published, "2024");
    assert_string_equal(sections_of(article), "1::Was it cut?\nChecked on October 8, 2025\nNo.");
}

static void reads_bibliographies_as_sources(void **state) {
    const struct article *article = article_of(json_of(
        "{\"text\":\"T\\nIt held [1][2][3].\\nSources\\n[1] Levee – Post, 2025-10-08, https://a.example/x/\\n"
        "[2] A book nobody has\\n[3] Gone. Archived: https://web.archive.org/web/20200101/http://b.example/y\"}"));
    (void)state;
    assert_int_equal(article->source_count, 3);
    assert_string_equal(article->sources[0].title, "Levee");
    assert_string_equal(article->sources[0].outlet, "Post");
    assert_string_equal(article->sources[0].key.key, "a.example/x");
    assert_string_equal(article->sources[1].title, "A book nobody has");
    assert_memory_equal(article->sources[1].key.key, "ref:", 4);
    assert_null(article->sources[2].url);
    assert_string_equal(article->sources[2].key.key, "b.example/y");
    assert_int_equal(article->mention_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(article->mentions[i].source, i);
}

static void reads_the_seed(void **state) {
    static const struct {
        uint32_t sentences, cited;
        const char *numbers;
    } blocks[] = {{2, 1, "123"}, {4, 1, "12"}, {3, 1, "2"}, {3, 2, "124"}, {3, 1, "35"}, {3, 2, "1246"}, {4, 1, "32"}};
    static const size_t per_number[7] = {0, 4, 6, 3, 2, 1, 1};
    size_t len, counts[7] = {0};
    char *text = data_file("seed/factually-cartel-violence.txt", &len);
    (void)state;
    if (!text) skip();
    const struct article *article = article_of(text_record(text));
    mem_free(text);
    assert_int_equal(article->mention_count, 17);
    assert_int_equal(article->clusters, 9);
    assert_int_equal(article->sentences, 22);
    assert_int_equal(article->cited_sentences, 9);
    assert_int_equal(article->section_count, 7);
    for (size_t i = 0; i < 7; i++) {
        const struct section *section = &article->sections[i];
        uint32_t cited = 0, last = 0;
        bool seen[7] = {false};
        assert_int_equal(section->sentence_count, blocks[i].sentences);
        for (size_t j = 0; j < section->mention_count; j++) {
            const struct mention *mention = &article->mentions[section->mention_first + j];
            counts[mention->n]++;
            seen[mention->n] = true;
            cited += mention->sentence != last;
            last = mention->sentence;
            assert_int_equal(mention->source, -1);
        }
        assert_int_equal(cited, blocks[i].cited);
        for (int n = 1; n < 7; n++)
            assert_int_equal(seen[n], strchr(blocks[i].numbers, '0' + n) != NULL);
    }
    assert_memory_equal(counts, per_number, sizeof counts);
}

static void prints(void **state) {
    struct buf out;
    (void)state;
    buf_init(&out, 0);
    article_print(
        article_of(json_of("{\"title\":\"T\",\"summary\":\"S.\",\"sections\":[{\"heading\":\"One\",\"text\":\"B "
                           "[1].\"}],\"sources\":[{\"title\":\"Levee\",\"outlet\":\"Post\",\"published\":\"2025\","
                           "\"url\":\"https://a.example/\"},{\"url\":\"https://b.example/\"}]}")),
        &out);
    assert_string_equal(out.data, "T\n\nS.\n\n1. One\nB [1].\n\n[1] Levee – Post, 2025, https://a.example/\n"
                                  "[2] https://b.example/\n");
    buf_free(&out);
}

static cJSON *random_value(uint32_t *seed, int depth) {
    static const char *const names[] = {"id",      "url",  "title", "text",   "summary",   "sections", "sources", "n",
                                        "heading", "tags", "start", "claims", "published", "end",      "authors"};
    static const char *const texts[] = {"", "a", "2025-10-08", "Title\nBody [1].\nSources\n[1] https://a.example/",
                                        "[1-3]"};
    uint32_t kind = depth == 0 ? 6 : draw(seed, depth > 3 ? 4 : 7);
    cJSON *value;
    if (kind == 0) return cJSON_CreateNull();
    if (kind == 1) return cJSON_CreateBool(1);
    if (kind == 2) return cJSON_CreateNumber((double)draw(seed, 40) - 3);
    if (kind <= 4) return cJSON_CreateString(texts[draw(seed, sizeof texts / sizeof *texts)]);
    value = kind == 5 ? cJSON_CreateArray() : cJSON_CreateObject();
    for (uint32_t i = draw(seed, depth == 0 ? 7 : 4); i > 0; i--) {
        const char *name = names[draw(seed, sizeof names / sizeof *names)];
        if (kind == 5)
            cJSON_AddItemToArray(value, random_value(seed, depth + 1));
        else if (!cJSON_GetObjectItemCaseSensitive(value, name))
            cJSON_AddItemToObject(value, name, random_value(seed, depth + 1));
    }
    return value;
}

/* Whatever stands in a record, it is an article or has a fault that says where. */
static void survives_any_types(void **state) {
    size_t good = 0, bad = 0;
    (void)state;
    for (uint32_t round = 1; round <= 20000; round++) {
        uint32_t seed = round;
        struct arena *arena = arena_new();
        struct article *article = NULL;
        struct source *source = NULL;
        struct err err = ERR_NONE;
        cJSON *record = random_value(&seed, 0);
        enum status status = article_read(arena, world.rules, record, &article, &err);
        if ((status == ST_OK) != (article != NULL) || (status != ST_OK && (!*err.param || !strchr(err.text, ':'))))
            fail_msg("seed %u: %s", round, err.text);
        if (status == ST_OK && !article->id) fail_msg("seed %u: no id", round);
        *(status == ST_OK ? &good : &bad) += 1;
        err = ERR_NONE;
        status = source_read(arena, world.rules, record, &source, &err);
        if ((status == ST_OK) != (source && source->id)) fail_msg("seed %u: %s", round, err.text);
        cJSON_Delete(record);
        arena_free(arena);
    }
    print_message("%zu good, %zu bad\n", good, bad);
    assert_true(good > 500 && bad > 500);
}

static void check_section(uint32_t seed, const struct article *article, size_t index, uint32_t *cluster) {
    const struct section *section = &article->sections[index];
    uint32_t before = 0;
    for (size_t i = 0; i < section->mention_count; i++) {
        const struct mention *mention = &article->mentions[section->mention_first + i];
        const struct span *sentence = &section->sentences[mention->sentence - 1];
        bool inside = mention->sentence > 0 && mention->sentence <= section->sentence_count &&
                      mention->start >= sentence->start && mention->end <= sentence->end;
        bool link = mention->source >= 0 &&
                    json_get(cJSON_GetArrayItem(json_get(article->record, "sources"), mention->source), "start");
        if (mention->section != section->number || mention->start < before || mention->end > section->len)
            fail_msg("seed %u: mention %zu of section %u is out of place", seed, i, section->number);
        if (!inside && !link)
            fail_msg("seed %u: mention %zu of section %u is in no sentence", seed, i, section->number);
        if (mention->cluster > *cluster + 1) fail_msg("seed %u: cluster %u is left out", seed, *cluster + 1);
        if (mention->cluster > *cluster) *cluster = mention->cluster;
        before = mention->start;
    }
    for (size_t i = 1; i < section->sentence_count; i++)
        if (section->sentences[i].start < section->sentences[i - 1].end) fail_msg("seed %u: sentences overlap", seed);
}

/* Random texts with random links: every marker is one mention in its sentence, every link one, none is lost. */
static void keeps_every_mention(void **state) {
    static const char *const pieces[] = {"It held [1]. ",
                                         "Dr. Clerk saw [2] [3]. ",
                                         "\n",
                                         "\n\n",
                                         "1. One\n",
                                         "2. Two\n",
                                         "[4]",
                                         "Summary\n",
                                         "Title\n",
                                         "# Head\n",
                                         "Copy link\n",
                                         "제방은 무너졌다[1]. ",
                                         "é",
                                         " ",
                                         "Sources\n[1] https://a.example/\n",
                                         "[2-4]",
                                         "U.S. cities. "};
    (void)state;
    for (uint32_t round = 1; round <= 5000; round++) {
        struct arena *arena = arena_new();
        struct buf text;
        struct err err = ERR_NONE;
        struct article *article = NULL;
        uint32_t seed = round, cluster = 0, links = draw(&seed, 4);
        buf_init(&text, 0);
        buf_str(&text, "x");
        for (uint32_t i = draw(&seed, 25); i > 0; i--)
            buf_str(&text, pieces[draw(&seed, sizeof pieces / sizeof *pieces)]);
        cJSON *record = cJSON_CreateObject(), *sources = cJSON_AddArrayToObject(record, "sources");
        cJSON_AddStringToObject(record, "text", text.data);
        for (uint32_t i = 0; i < links; i++) {
            cJSON *source = cJSON_CreateObject();
            uint32_t chars = (uint32_t)utf8_count(text.data, text.len), start = draw(&seed, chars);
            cJSON_AddNumberToObject(source, "n", 100 + i);
            cJSON_AddNumberToObject(source, "start", start);
            cJSON_AddNumberToObject(source, "end", start + draw(&seed, chars - start + 1));
            cJSON_AddItemToArray(sources, source);
        }
        if (article_read(arena, world.rules, record, &article, &err) != ST_OK) fail_msg("seed %u: %s", round, err.text);
        size_t marks = 0;
        for (size_t i = 0; i < article->section_count; i++) {
            struct mark *found;
            marks += citation_marks(arena, article->sections[i].text, article->sections[i].len, &found);
            check_section(round, article, i, &cluster);
        }
        size_t expected = marks + (article->section_count ? links : 0);
        if (article->mention_count != expected || article->clusters != cluster)
            fail_msg("seed %u: %zu mentions of %zu, %u clusters of %u", round, article->mention_count, expected,
                     article->clusters, cluster);
        cJSON_Delete(record);
        buf_free(&text);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(accepts_sparse_records),
        cmocka_unit_test(tells_faults),
        cmocka_unit_test(refuses_bad_bytes_in_ids),
        cmocka_unit_test(counts_further_faults),
        cmocka_unit_test(refuses_too_many_marks),
        cmocka_unit_test(derives_ids),
        cmocka_unit_test(finds_mentions),
        cmocka_unit_test(takes_dates_and_title_from_text),
        cmocka_unit_test(reads_bibliographies_as_sources),
        cmocka_unit_test(reads_the_seed),
        cmocka_unit_test(prints),
        cmocka_unit_test(survives_any_types),
        cmocka_unit_test(keeps_every_mention),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
