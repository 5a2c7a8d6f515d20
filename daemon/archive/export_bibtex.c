/* A source as an entry of BibTeX.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   @misc{water.example-2024-0a1b2c3d4e5f,
 *     title = {{Log of the dam}},
 *     organization = {Water Board},
 *     year = {2024},
 *     month = mar,
 *     howpublished = {\url{https://water.example/log}},
 *     url = {https://water.example/log},
 *     note = {…}
 *   }
 *
 * BibTeX counts braces even behind a backslash, so none of a text is written as one.  Pure function: any thread. */
#include "archive/export.h"
#include "base/hash.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const struct form {
    const char *type, *outlet; /* of the entry, and the field that has the outlet */
} forms[] = {[WORK_PAGE] = {"misc", "organization"},        [WORK_JOURNAL] = {"article", "journal"},
             [WORK_NEWSPAPER] = {"article", "journal"},     [WORK_BOOK] = {"book", "publisher"},
             [WORK_REPORT] = {"techreport", "institution"}, [WORK_DATASET] = {"misc", "organization"},
             [WORK_DOCUMENT] = {"misc", "organization"}};

/* What means something to TeX in a text. */
static const struct {
    char c;
    const char *written;
} signs[] = {{'\\', "\\textbackslash{}"},
             {'{', "\\textbraceleft{}"},
             {'}', "\\textbraceright{}"},
             {'~', "\\textasciitilde{}"},
             {'^', "\\textasciicircum{}"},
             {'&', "\\&"},
             {'%', "\\%"},
             {'$', "\\$"},
             {'#', "\\#"},
             {'_', "\\_"},
             {'"', "{\"}"}};

static void add_text(struct buf *out, const char *text) {
    for (; *text; text++) {
        const char *written = NULL;
        for (size_t i = 0; i < sizeof signs / sizeof *signs && !written; i++)
            if (signs[i].c == *text) written = signs[i].written;
        if (written)
            buf_str(out, written);
        else
            buf_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
    }
}

/* An address, which TeX takes as it stands: what it could not is in hexadecimal. */
static void add_address(struct buf *out, const char *url, bool in_command) {
    for (; *url; url++) {
        unsigned char c = (unsigned char)*url;
        if (c <= ' ' || c == 0x7F || strchr("{}\\\"<>^`|", c))
            buf_printf(out, "%s%02X", in_command ? "\\%" : "%", c);
        else if (in_command && strchr("%#", c))
            buf_printf(out, "\\%c", c);
        else
            buf_char(out, (char)c);
    }
}

static void add_field(struct buf *out, const char *name, const char *open, const char *text, const char *close) {
    if (!text || !*text) return;
    buf_printf(out, ",\n  %s = %s", name, open);
    add_text(out, text);
    buf_str(out, close);
}

/* The host, the year, and the hash that tells the rest. */
static void add_key(struct buf *out, const struct work *work, int year) {
    const char *key = work->key ? work->key : "";
    for (const char *c = key; *c && !strchr("/:?#", *c); c++)
        if (isalnum((unsigned char)*c) || *c == '.' || *c == '-') buf_char(out, *c);
    if (year) buf_printf(out, "-%d", year);
    buf_printf(out, "-%012" PRIx64, hash64(key, strlen(key)) >> 16);
}

static void add_date(struct buf *out, const int parts[3], int count) {
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    if (count > 0) buf_printf(out, ",\n  year = {%d}", parts[0]);
    if (count > 1 && parts[1] >= 1 && parts[1] <= 12) buf_printf(out, ",\n  month = %s", months[parts[1] - 1]);
    if (count > 2) buf_printf(out, ",\n  day = {%d}", parts[2]);
}

static void add_addresses(struct buf *out, const struct work *work, bool published) {
    struct buf buffer;
    buf_init(&buffer, 0);
    const char *url = work_address(work, &buffer);
    if (url && published) {
        buf_str(out, ",\n  howpublished = {\\url{");
        add_address(out, url, true);
        buf_str(out, "}}");
    }
    if (url) {
        buf_str(out, ",\n  url = {");
        add_address(out, url, false);
        buf_char(out, '}');
    }
    buf_free(&buffer);
}

static void add_note(struct buf *out, const struct work *work) {
    const char *joint = "";
    if (!work->archived_url && !work->status) return;
    buf_str(out, ",\n  note = {");
    if (work->archived_url) {
        buf_str(out, "Archived: \\url{");
        add_address(out, work->archived_url, true);
        buf_char(out, '}');
        joint = "; ";
    }
    if (work->status) buf_printf(out, "%sStatus: %s", joint, work->status);
    if (work->status && work->status_since) buf_printf(out, " since %s", work->status_since);
    buf_char(out, '}');
}

void export_bibtex(struct buf *out, const struct work *work) {
    const struct form *form = &forms[work_type(work)];
    int parts[3], count = work_date(work->published, parts);
    buf_printf(out, "@%s{", form->type);
    add_key(out, work, count ? parts[0] : 0);
    add_field(out, "title", "{{", work->title, "}}");
    add_field(out, form->outlet, "{", work->outlet, "}");
    add_date(out, parts, count);
    add_field(out, "doi", "{", work_opaque(work, "doi:"), "}");
    add_field(out, "isbn", "{", work_opaque(work, "isbn:"), "}");
    add_addresses(out, work, strcmp(form->type, "misc") == 0);
    add_note(out, work);
    buf_str(out, "\n}\n");
}
