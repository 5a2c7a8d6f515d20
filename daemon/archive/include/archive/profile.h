/* The evidence profile of an article: how much of it is cited, and on how many independent sources it rests.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sources are counted by identity: two entries with one key are one; a number without an entry is one unknown source.
 * Independent are those that are left when these count once: one outlet (registrable domain, or outlet's name), one
 * wire text (texts that share most of their runs of five words).  Sources of the article's own outlet count not at
 * all, nor do unknown ones.  Pure functions, any thread. */
#ifndef ARCHIVE_PROFILE_H
#define ARCHIVE_PROFILE_H

#include "archive/article.h"

struct profile_source { /* what is known of an article's entry; by the index in article.sources */
    const char *key, *domain, *outlet, *published, *status, *text; /* NULL if unknown */
    bool own;                                                      /* of the article's own archive */
};

struct figures { /* of an article or of one section */
    uint32_t sentences, cited_sentences, mentions, clusters;
    uint32_t sources; /* an article: listed or cited; a section: cited in it */
    uint32_t domains; /* registrable domains of them */
    uint32_t independent;
    uint32_t unknown;            /* numbers without an entry, among sources */
    uint32_t own;                /* of the article's own archive, among sources */
    uint32_t dead, retracted;    /* by status, among sources */
    const char *oldest, *newest; /* dates of the sources, as given; NULL if none has one */
};

struct profile {
    struct figures all;
    struct figures *sections;   /* as article.sections */
    uint32_t *single, *uncited; /* numbers of the sections that cite one source, or none */
    size_t single_count, uncited_count;
    int32_t *group; /* of each entry: entries with one number are not independent; -1: own archive */
    int32_t groups;
    bool *same_text; /* whether the entry shares its text with another one */
};

/* What the article itself says of its sources: a start for callers that know more. */
struct profile_source *profile_sources(struct arena *arena, const struct rules *rules, const struct article *article);
/* `sources` as many as article.source_count. */
void profile_make(struct arena *arena, const struct article *article, const struct profile_source *sources,
                  struct profile *out);
/* cited / sentences, 0 without sentences. */
double profile_coverage(const struct figures *figures);

/* The share of the smaller text's runs of five words that the other has too, 0 to 1; 0 for very short texts. */
double profile_overlap(struct arena *arena, const char *a, const char *b);

#endif
