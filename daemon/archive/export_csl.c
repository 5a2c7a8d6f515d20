/* A source as an item of CSL-JSON, the language of reference managers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {"id": key, "type": …, "title": …, "container-title": outlet, "issued": {"date-parts": [[2024, 3, 2]]}, "URL": …,
 *    "DOI": …, "ISBN": …, "archive_location": archived copy, "custom": {"n": …, "status": …, "status_since": …}}
 *
 * Pure function: any thread. */
#include "archive/export.h"

static const char *const types[] = {[WORK_PAGE] = "webpage",     [WORK_JOURNAL] = "article-journal",
                                    [WORK_BOOK] = "book",        [WORK_NEWSPAPER] = "article-newspaper",
                                    [WORK_REPORT] = "report",    [WORK_DATASET] = "dataset",
                                    [WORK_DOCUMENT] = "document"};

static void write_date(struct jw *jw, const char *published) {
    int parts[3], count = work_date(published, parts);
    if (count == 0) return;
    jw_key(jw, "issued");
    jw_object(jw);
    jw_key(jw, "date-parts");
    jw_array(jw);
    jw_array(jw);
    for (int i = 0; i < count; i++)
        jw_int(jw, parts[i]);
    jw_array_end(jw);
    jw_array_end(jw);
    jw_object_end(jw);
}

/* What footnote knows and CSL has no word for. */
static void write_custom(struct jw *jw, const struct work *work) {
    if (!work->n && !work->status) return;
    jw_key(jw, "custom");
    jw_object(jw);
    if (work->n) jw_kint(jw, "n", work->n);
    jw_ksome(jw, "status", work->status);
    jw_ksome(jw, "status_since", work->status_since);
    jw_object_end(jw);
}

void export_csl(struct jw *jw, const struct work *work) {
    enum work_type type = work_type(work);
    struct buf buffer;
    buf_init(&buffer, 0);
    jw_object(jw);
    jw_kstring(jw, "id", work->key ? work->key : "");
    jw_kstring(jw, "type", types[type]);
    jw_ksome(jw, "title", work->title);
    jw_ksome(jw, type == WORK_BOOK || type == WORK_REPORT ? "publisher" : "container-title", work->outlet);
    write_date(jw, work->published);
    jw_ksome(jw, "URL", work_address(work, &buffer));
    jw_ksome(jw, "DOI", work_opaque(work, "doi:"));
    jw_ksome(jw, "ISBN", work_opaque(work, "isbn:"));
    jw_ksome(jw, "archive_location", work->archived_url);
    write_custom(jw, work);
    jw_object_end(jw);
    buf_free(&buffer);
}
