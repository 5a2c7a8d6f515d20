/* One entry of a bibliography: title, outlet, date, URLs.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The entry is copied; what is understood (URLs, dates, their labels) is replaced by CUT, and what is left between
 * the cuts is split into title and outlet.  Splitting is a guess by punctuation: what fits no shape stays in the
 * title, and the caller keeps the entry as it stood.  Pure functions: any thread. */
#include "reference.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    CUT = '\x1f',
    DATE_WORDS_MAX = 5,
    PIECES_MAX = 4,
    DATE_BYTES_MAX = 40,
    OUTLET_BYTES_MAX = 80,
    OUTLET_WORDS_MAX = 6,
    LABEL_REACH = 48
};

struct entry {
    struct arena *arena;
    const struct boilerplate *boilerplate;
    char *text; /* with cuts */
    size_t len;
    bool dated; /* a date was cut out */
    struct reference *out;
};

static void cut(struct entry *entry, size_t start, size_t end) {
    memset(entry->text + start, CUT, end - start);
}

static bool is_gap(char c) {
    return c == ' ' || c == CUT || c == ':' || c == '(' || c == ',' || c == '<' || c == '.';
}

static bool begins_word(const char *text, size_t at) {
    return at == 0 || text[at - 1] == ' ' || text[at - 1] == CUT || text[at - 1] == '(' || text[at - 1] == '[';
}

/* Where a phrase of the list that stands directly before `at` begins; `at` itself if none does. */
static size_t phrase_before(const struct entry *entry, enum phrase_list list, size_t at) {
    size_t reach = at > LABEL_REACH ? at - LABEL_REACH : 0, found = at;
    for (size_t start = at; start-- > reach;) {
        if (entry->text[start] == CUT) break;
        if (!begins_word(entry->text, start)) continue;
        size_t end = start + boilerplate_prefix(entry->boilerplate, list, entry->text + start, entry->len - start);
        if (end == start) continue;
        while (end < at && is_gap(entry->text[end]))
            end++;
        if (end == at) found = start;
    }
    return found;
}

/* `[Title](URL)`: the brackets go, the title stays. */
static void open_markdown_link(struct entry *entry, size_t url_start, size_t *url_end) {
    if (url_start < 2 || entry->text[url_start - 1] != '(' || entry->text[url_start - 2] != ']') return;
    size_t open = url_start - 2;
    while (open > 0 && entry->text[open - 1] != '[')
        open--;
    if (open == 0) return;
    cut(entry, open - 1, open);
    cut(entry, url_start - 2, url_start);
    if (*url_end < entry->len && entry->text[*url_end] == ')') cut(entry, *url_end, *url_end + 1);
}

static bool is_archive_host(const struct entry *entry, const char *url, size_t len) {
    const char *slashes = memmem(url, len, "://", 3);
    size_t start = slashes ? (size_t)(slashes - url) + 3 : 0;
    if (len - start > 4 && strncasecmp(url + start, "www.", 4) == 0) start += 4;
    return boilerplate_prefix(entry->boilerplate, PHRASES_ARCHIVE_HOST, url + start, len - start) > 0;
}

/* The first URL is the entry's, unless it is labelled as an archive's copy; a second one can only be that copy. */
static void take_urls(struct entry *entry) {
    struct span url;
    for (size_t from = 0; url_find(entry->text, entry->len, from, &url); from = url.end) {
        char *text = arena_strndup(entry->arena, entry->text + url.start, url.end - url.start);
        size_t archived = phrase_before(entry, PHRASES_ARCHIVED, url.start);
        bool copy = archived < url.start || (entry->out->url && is_archive_host(entry, text, url.end - url.start));
        const char **place = copy ? &entry->out->archived_url : &entry->out->url;
        if (*place) continue; /* a further one stays in the text */
        *place = text;
        size_t end = url.end, start = copy ? archived : phrase_before(entry, PHRASES_LINK, url.start);
        open_markdown_link(entry, url.start, &end);
        cut(entry, start, url.end);
    }
}

/* Four figures are a year only where nothing else stands beside them. */
static bool is_lone(const struct entry *entry, size_t start, size_t end) {
    while (start > 0 && entry->text[start - 1] == ' ')
        start--;
    while (end < entry->len && entry->text[end] == ' ')
        end++;
    char before = start > 0 ? entry->text[start - 1] : CUT, after = end < entry->len ? entry->text[end] : CUT;
    return strchr("(,.;|\x1f", before) && strchr("),.;|\x1f", after);
}

static bool read_date(const struct entry *entry, size_t start, size_t end, int words, char out[32]) {
    char text[DATE_BYTES_MAX];
    size_t len = end - start;
    if (len < 4 || len >= sizeof text) return false;
    memcpy(text, entry->text + start, len);
    text[len] = '\0';
    if (!strpbrk(text, "0123456789")) return false;
    if (when_parse_loose(out, text, boilerplate_date_order(entry->boilerplate), NULL) != ST_OK) return false;
    bool year = strlen(out) == 4;
    return !year || (words == 1 && is_lone(entry, start, end));
}

/* The end of the word at `at`, as far as a date can reach. */
static size_t word_end(const struct entry *entry, size_t at) {
    size_t limit = entry->len - at < DATE_BYTES_MAX ? entry->len : at + DATE_BYTES_MAX;
    while (at < limit && entry->text[at] != ' ' && entry->text[at] != CUT)
        at++;
    return at;
}

/* Tries the words from `start` on, most first; returns the date's end, or 0. */
static size_t date_at(const struct entry *entry, size_t start, char out[32]) {
    size_t ends[DATE_WORDS_MAX];
    int words = 0;
    for (size_t at = start; words < DATE_WORDS_MAX && at < entry->len && entry->text[at] != CUT;) {
        ends[words++] = word_end(entry, at);
        at = ends[words - 1];
        while (at < entry->len && entry->text[at] == ' ')
            at++;
    }
    for (; words > 0; words--) {
        size_t end = ends[words - 1];
        while (end > start && strchr(",.;:)]", entry->text[end - 1]))
            end--;
        if (read_date(entry, start, end, words, out)) return end;
    }
    return 0;
}

/* Words in front that add nothing (`on 9 October`) may belong to a label: the date begins as late as it can. */
static size_t latest_start(const struct entry *entry, size_t start, size_t end, const char *date) {
    char other[32];
    for (size_t at = start; (at = word_end(entry, at)) < end;) {
        while (at < end && entry->text[at] == ' ')
            at++;
        if (read_date(entry, at, end, 2, other) && strcmp(other, date) == 0) start = at;
    }
    return start;
}

/* Dates of visits and copies are cut with their labels; of the others the last is the entry's, and cut. */
static void take_dates(struct entry *entry) {
    char date[32];
    size_t last_start = 0, last_end = 0;
    for (size_t at = 0; at < entry->len;) {
        size_t end =
            begins_word(entry->text, at) && isalnum((unsigned char)entry->text[at]) ? date_at(entry, at, date) : 0;
        if (end == 0) {
            at++;
            continue;
        }
        at = latest_start(entry, at, end, date);
        size_t visit = phrase_before(entry, PHRASES_ACCESSED, at), copy = phrase_before(entry, PHRASES_ARCHIVED, at);
        size_t label = visit < copy ? visit : copy;
        if (label < at) {
            cut(entry, label, end);
        } else {
            entry->out->published = arena_strdup(entry->arena, date);
            last_start = at;
            last_end = end;
        }
        at = end;
    }
    if (last_end == 0) return;
    cut(entry, last_start, last_end);
    entry->dated = true;
}

/* Without the punctuation that joined it to what was cut. */
static struct span tidy(const char *text, struct span span) {
    static const char *const joints[] = {"\u2013", "\u2014", "\u00B7", "\u2022"};
    for (bool again = true; again && span.start < span.end;) {
        again = false;
        span = span_trim(text, span);
        if (span.start < span.end && strchr(",.;:|-)]>\x1f", text[span.start])) span.start++, again = true;
        if (span.start < span.end && strchr(",;:|-([<\x1f", text[span.end - 1])) span.end--, again = true;
        for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
            size_t len = strlen(joints[i]);
            if (span.end - span.start < len) continue;
            if (memcmp(text + span.start, joints[i], len) == 0) span.start += (uint32_t)len, again = true;
            if (span.end - span.start >= len && memcmp(text + span.end - len, joints[i], len) == 0)
                span.end -= (uint32_t)len, again = true;
        }
    }
    return span;
}

static bool empty(struct span span) {
    return span.start >= span.end;
}

/* An outlet's name is short and begins with a capital, a figure or a letter that has no case. */
static bool may_be_outlet(const char *text, struct span span) {
    if (empty(span) || span.end - span.start > OUTLET_BYTES_MAX || islower((unsigned char)text[span.start]))
        return false;
    int words = 1;
    for (uint32_t i = span.start; i < span.end; i++)
        words += text[i] == ' ';
    return words <= OUTLET_WORDS_MAX;
}

static void set(struct entry *entry, const char **field, struct span span) {
    if (!empty(span)) *field = arena_strndup(entry->arena, entry->text + span.start, span.end - span.start);
}

/* Title and outlet on either side of the joint at [at, at + len); false if the right side can't be an outlet. */
static bool split_at(struct entry *entry, struct span span, size_t at, size_t len) {
    struct span title = tidy(entry->text, (struct span){span.start, (uint32_t)at});
    struct span outlet = tidy(entry->text, (struct span){(uint32_t)(at + len), span.end});
    if (!empty(outlet) && entry->text[outlet.end - 1] == '.') outlet.end--;
    if (empty(title) || !may_be_outlet(entry->text, outlet)) return false;
    set(entry, &entry->out->title, title);
    set(entry, &entry->out->outlet, outlet);
    return true;
}

/* The last place of `joint` in the span; false if it has none. */
static bool last_joint(const char *text, struct span span, const char *joint, size_t *at) {
    size_t len = strlen(joint);
    for (size_t i = span.end; i-- > span.start;)
        if (i + len <= span.end && memcmp(text + i, joint, len) == 0) {
            *at = i;
            return true;
        }
    return false;
}

static bool split_quoted(struct entry *entry, struct span span) {
    static const char *const quotes[][2] = {
        {"\"", "\""}, {"\u201C", "\u201D"}, {"\u201E", "\u201C"}, {"\u00AB", "\u00BB"}};
    const char *text = entry->text;
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        size_t open_len = strlen(quotes[i][0]), close_len = strlen(quotes[i][1]);
        const char *open = memmem(text + span.start, span.end - span.start, quotes[i][0], open_len);
        if (!open) continue;
        size_t inside = (size_t)(open - text) + open_len, close;
        if (!last_joint(text, (struct span){(uint32_t)inside, span.end}, quotes[i][1], &close)) continue;
        struct span before = tidy(text, (struct span){span.start, (uint32_t)(inside - open_len)});
        struct span after = tidy(text, (struct span){(uint32_t)(close + close_len), span.end});
        if (!empty(after) && text[after.end - 1] == '.') after.end--;
        if (empty(before) == empty(after) && !empty(before)) continue;
        set(entry, &entry->out->title, tidy(text, (struct span){(uint32_t)inside, (uint32_t)close}));
        set(entry, &entry->out->outlet, empty(before) ? after : before);
        return true;
    }
    return false;
}

static bool split_joined(struct entry *entry, struct span span) {
    static const char *const strong[] = {" \u2013 ", " \u2014 ", " | ", " - ", " \u00B7 "};
    size_t best = 0, best_len = 0;
    for (size_t i = 0, at; i < sizeof strong / sizeof *strong; i++)
        if (last_joint(entry->text, span, strong[i], &at) && at >= best) {
            best = at;
            best_len = strlen(strong[i]);
        }
    if (best_len > 0) return split_at(entry, span, best, best_len);
    size_t at;
    if (last_joint(entry->text, span, "(", &at) && split_at(entry, span, at, 1)) {
        char *outlet = (char *)entry->out->outlet;
        char *close = strchr(outlet, ')');
        if (close) *close = '\0';
        return true;
    }
    bool bibliographic = entry->dated || entry->out->url;
    if (bibliographic && last_joint(entry->text, span, ". ", &at) && split_at(entry, span, at, 2)) return true;
    return entry->dated && last_joint(entry->text, span, ", ", &at) && split_at(entry, span, at, 2);
}

/* `Smith, J.`: a person's name in front of a date, as in author-date styles. */
static bool ends_in_initial(const char *text, struct span span) {
    return span.end - span.start > 3 && text[span.end - 1] == '.' && isupper((unsigned char)text[span.end - 2]) &&
           text[span.end - 3] == ' ';
}

static size_t find_pieces(const struct entry *entry, struct span pieces[PIECES_MAX]) {
    size_t count = 0;
    for (uint32_t at = 0; at < entry->len && count < PIECES_MAX;) {
        uint32_t end = at;
        while (end < entry->len && entry->text[end] != CUT)
            end++;
        struct span piece = tidy(entry->text, (struct span){at, end});
        if (!empty(piece)) pieces[count++] = piece;
        at = end + 1;
    }
    return count;
}

/* What is left between the cuts: a quoted title wins; one piece is split; of two the second is the outlet, unless
 * the first is an author. */
static void take_names(struct entry *entry) {
    struct span pieces[PIECES_MAX];
    size_t count = find_pieces(entry, pieces);
    for (size_t i = 0; i < count; i++)
        if (split_quoted(entry, pieces[i])) return;
    if (count == 0) return;
    bool author = count > 1 && ends_in_initial(entry->text, pieces[0]);
    struct span title = pieces[author ? 1 : 0];
    if (split_joined(entry, title)) return;
    if (author && entry->text[title.end - 1] == '.') title.end--;
    set(entry, &entry->out->title, title);
    if (count < 2 || author) return;
    if (entry->text[pieces[1].end - 1] == '.') pieces[1].end--;
    if (may_be_outlet(entry->text, pieces[1])) set(entry, &entry->out->outlet, pieces[1]);
}

void reference_read(struct arena *arena, const struct boilerplate *boilerplate, const char *text, size_t len,
                    struct reference *out) {
    struct entry entry = {.arena = arena, .boilerplate = boilerplate, .len = len, .out = out};
    *out = (struct reference){0};
    entry.text = arena_strndup(arena, text, len);
    for (size_t i = 0; i < len; i++)
        if (entry.text[i] == '\n' || entry.text[i] == '\r' || entry.text[i] == '\t') entry.text[i] = ' ';
    take_urls(&entry);
    take_dates(&entry);
    take_names(&entry);
}
