/* Citation lint: what is wrong with an article's citations.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_LINT_H
#define EVIDENCE_LINT_H

#include "archive/profile.h"

enum lint_severity { LINT_INFO, LINT_WARNING, LINT_ERROR };

struct finding {
    const char *code; /* static */
    enum lint_severity severity;
    int64_t section;     /* -1: of the article as a whole */
    int64_t n;           /* -1: of no number */
    const char *message; /* in the arena */
};

/* Findings in the order of the codes in lint.c, within one in the order of the article.  Pure function. */
size_t lint_article(struct arena *arena, const struct article *article, const struct profile_source *sources,
                    const struct source_key *own, struct finding **out);
const char *lint_severity_name(enum lint_severity severity);

#endif
