/* Articles and sources as footnote understands them: a parsed view of a record's JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The record itself stays as it was given; this is what indexing, citations and evidence work on.  All of it
 * lives in the arena (strings are borrowed from the cJSON tree or the arena).  Pure functions, any thread.
 *
 * Citations: a marker in a section's text, or a source entry with `start` and `end` (characters in `text`, an
 * in-text link), is a mention.  It belongs to the sentence that contains it or that it directly follows. */
#ifndef ARCHIVE_ARTICLE_H
#define ARCHIVE_ARTICLE_H

#include "archive/citation.h"
#include "archive/rules.h"
#include "archive/source_key.h"
#include "base/err.h"
#include "base/json.h"
#include "text/sentence.h"

enum { RECORD_ID_MAX = 200 };

struct source_entry { /* one of an article's `sources` */
    uint32_t n;       /* its number; the place in the list, from 1, when the record has none */
    const char *url, *title, *outlet, *published, *archived_url, *text; /* as given; NULL if absent */
    struct source_key key; /* key.key is NULL when the entry names nothing */
};

struct mention {
    uint32_t section, sentence; /* the section's number; the sentence in it, from 1 (0: none, an empty section) */
    uint32_t n;
    uint32_t start, end; /* bytes in the section's text as given */
    uint32_t cluster;    /* from 1, over the article */
    int32_t source;      /* index in article.sources; -1: dangling */
    bool bad_range;      /* of a marker (citation.h); or a link that reaches beyond the text */
};

struct section {
    uint32_t number;     /* 0: the summary */
    const char *heading; /* "" if none */
    const char *text;    /* as given */
    size_t len;
    struct clean_text clean; /* without markers */
    struct span *sentences;  /* in the text as given */
    size_t sentence_count;
    size_t mention_first, mention_count; /* its range of article.mentions */
};

struct claim {
    const char *text, *claimant, *date; /* text is "" if absent, the others NULL */
};

struct article {
    const char *id;                                                              /* given or derived; never NULL */
    const char *url, *title, *published, *updated, *language, *outlet, *verdict; /* NULL if absent; dates are valid */
    const char **authors, **tags;
    size_t author_count, tag_count;
    struct claim *claims;
    size_t claim_count;
    struct section *sections; /* in order; the summary, number 0, first if there is one */
    size_t section_count;
    struct source_entry *sources;
    size_t source_count;
    struct mention *mentions;
    size_t mention_count;
    uint32_t clusters;
    uint32_t sentences, cited_sentences;
    const cJSON *record; /* the record itself, for further fields of the schema */
};

/* Reads an article.  It needs a title, some text or a URL; null and "" are as good as absent.  `text` stands in place
 * of `sections`; a `summary` beside it stays section 0.  What the text itself tells (title, dates, a bibliography)
 * counts where the record does not say it.  All faults of the record are told at once, each with its path, in err->text:
 * `published: expected a date like 2025-10-08, got "yesterday"; sources[2].n: …`.  INVALID_RECORD, TOO_LARGE. */
enum status article_read(struct arena *arena, const struct rules *rules, const cJSON *record, struct article **out,
                         struct err *err);

/* A source's id is the key of its URL; another id beside a `url` is a fault.  INVALID_RECORD as above.
 * A source record: id, url, title, outlet, domain, published, kind, text, archived_url, status, status_since, note. */
struct source {
    const char *id; /* the key */
    const char *url, *title, *outlet, *domain, *published, *kind, *text, *archived_url, *status, *status_since, *note;
    const cJSON *record;
};
enum status source_read(struct arena *arena, const struct rules *rules, const cJSON *record, struct source **out,
                        struct err *err);
/* The source record that an article's entry gives, for a source not seen before; the caller deletes it. */
cJSON *source_record_from_entry(const struct source_entry *entry);
/* Adds to `record` what it lacks and the entry has; never replaces.  True when something was added. */
bool source_record_fill(cJSON *record, const struct source_entry *entry);

/* The article's text as a reader sees it, for --plain and tests: title, summary, headings, sections, sources. */
void article_print(const struct article *article, struct buf *out);

#endif
