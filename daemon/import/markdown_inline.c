/* Markdown's inline marks: what is taken off, and the links that are found.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One pass over a paragraph.  A mark that may go later (a run of * _ ~ whose partner has not come) is written and
 * blotted out with NUL, which no text contains; at the paragraph's end the NULs are squeezed out.  Brackets are
 * paired beforehand, so that nothing is searched twice.  What has no partner is text.  Pure: any thread. */
#include "markdown.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

enum { URL_MAX = 2048, LABEL_MAX = 100, PARENTHESES_MAX = 32, TICKS_MAX = 16, OPEN_LINKS_MAX = 8, MARKS = 3 };

struct pair {
    size_t open, close;
};

struct mark_run { /* of * _ or ~, written at out->data + at */
    size_t at, len;
};

struct open_link { /* a link whose text is being written */
    size_t close;  /* the ] of its text */
    size_t behind; /* where the text goes on */
    size_t start;  /* in out */
    const char *url;
    const char *note; /* [text][1]: its number, as text; NULL: a link */
    bool image;
};

struct paragraph {
    struct md_inline *in;
    const char *text;
    size_t len, at;
    struct buf *out;
    size_t base; /* of this paragraph in out */
    struct pair *pairs;
    size_t pair_count, pair_next;
    struct mark_run *runs[MARKS];
    size_t run_count[MARKS], run_capacity[MARKS];
    size_t no_ticks[TICKS_MAX + 1]; /* from here on no run of so many; 0: not known */
    struct open_link links[OPEN_LINKS_MAX];
    size_t link_count;
};

static const char mark_chars[MARKS + 1] = "*_~";

/* What take_char looks at; everything else is text. */
static const bool special[256] = {
    ['\\'] = true, ['['] = true, ['!'] = true, ['`'] = true, ['*'] = true, ['_'] = true, ['~'] = true, ['<'] = true};

void md_inline_init(struct md_inline *in, const struct md_doc *doc, enum md_links mode) {
    *in = (struct md_inline){.doc = doc, .mode = mode};
    labels_init(&in->sources, doc->arena, false);
}

static bool is_space_at(const struct paragraph *p, size_t at) {
    return at >= p->len || strchr(" \t\n", p->text[at]);
}

/* A letter or digit; bytes of other scripts count as letters. */
static bool is_word_at(const struct paragraph *p, size_t at) {
    return at < p->len && (isalnum((unsigned char)p->text[at]) || (p->text[at] & 0x80));
}

static bool is_digit_at(const struct paragraph *p, size_t at) {
    return at < p->len && p->text[at] >= '0' && p->text[at] <= '9';
}

static size_t run_at(const struct paragraph *p, size_t at) {
    size_t n = 1;
    while (at + n < p->len && p->text[at + n] == p->text[at])
        n++;
    return n;
}

/* The run of as many ticks that closes a code span; p->len if there is none. */
static size_t closing_ticks(struct paragraph *p, size_t from, size_t ticks) {
    if (ticks > TICKS_MAX || (p->no_ticks[ticks] && from >= p->no_ticks[ticks])) return p->len;
    for (size_t at = from; at < p->len;) {
        const char *tick = memchr(p->text + at, '`', p->len - at);
        if (!tick) break;
        at = (size_t)(tick - p->text);
        size_t run = run_at(p, at);
        if (run == ticks) return at;
        at += run;
    }
    p->no_ticks[ticks] = from;
    return p->len;
}

/* Pairs the brackets of the paragraph, in the order of their opening. */
static void pair_brackets(struct paragraph *p) {
    struct arena *arena = p->in->doc->arena;
    size_t *open = NULL, open_count = 0, open_capacity = 0, capacity = 0;
    for (size_t at = 0; at < p->len; at++) {
        char c = p->text[at];
        if (c == '\\')
            at++;
        else if (c == '`') {
            size_t run = run_at(p, at), close = closing_ticks(p, at + run, run);
            at = (close < p->len ? close + run : at + run) - 1;
        } else if (c == '[') {
            open = arena_grow(arena, open, open_count, &open_capacity, sizeof *open);
            open[open_count++] = p->pair_count;
            p->pairs = arena_grow(arena, p->pairs, p->pair_count, &capacity, sizeof *p->pairs);
            p->pairs[p->pair_count++] = (struct pair){at, p->len};
        } else if (c == ']' && open_count) {
            p->pairs[open[--open_count]].close = at;
        }
    }
}

/* The ] of the [ at `at`; p->len if it has none. */
static size_t closing_bracket(struct paragraph *p, size_t at) {
    while (p->pair_next < p->pair_count && p->pairs[p->pair_next].open < at)
        p->pair_next++;
    bool found = p->pair_next < p->pair_count && p->pairs[p->pair_next].open == at;
    return found ? p->pairs[p->pair_next].close : p->len;
}

static size_t skip_space(const struct paragraph *p, size_t at) {
    while (at < p->len && is_space_at(p, at))
        at++;
    return at;
}

/* The end of a URL in brackets that begins at `at`. */
static size_t url_end(const struct paragraph *p, size_t at) {
    size_t end = p->len - at < URL_MAX ? p->len : at + URL_MAX;
    bool angle = at < p->len && p->text[at] == '<';
    for (int depth = 0; at < end; at++) {
        char c = p->text[at];
        if (angle && c == '>') return at + 1;
        if (angle && c != '\n') continue;
        if (strchr(" \t\n", c) || (c == ')' && depth == 0)) return at;
        depth += (c == '(') - (c == ')');
        if (depth > PARENTHESES_MAX) return at;
        if (c == '\\' && at + 1 < end) at++;
    }
    return at;
}

/* `(url "title")` at `at`: the URL, and where it ends; NULL if there is none. */
static const char *inline_url(struct paragraph *p, size_t at, size_t *behind) {
    if (at >= p->len || p->text[at] != '(') return NULL;
    size_t start = skip_space(p, at + 1), end = url_end(p, start), next = skip_space(p, end);
    if (next < p->len && next > end && strchr("\"'(", p->text[next])) {
        char close = p->text[next] == '(' ? ')' : p->text[next];
        size_t reach = p->len - next < URL_MAX ? p->len - next : URL_MAX;
        const char *quote = memchr(p->text + next + 1, close, reach - 1);
        if (!quote) return NULL;
        next = skip_space(p, (size_t)(quote - p->text) + 1);
    }
    if (next >= p->len || p->text[next] != ')' || end == start) return NULL;
    *behind = next + 1;
    bool angle = p->text[start] == '<' && p->text[end - 1] == '>';
    return arena_strndup(p->in->doc->arena, p->text + start + angle, end - start - 2 * (size_t)angle);
}

static const char *defined_url(const struct paragraph *p, size_t start, size_t len) {
    const struct md_doc *doc = p->in->doc;
    const uint32_t *index = len <= LABEL_MAX ? labels_find(&doc->url_labels, p->text + start, len) : NULL;
    return index ? doc->urls[*index] : NULL;
}

static uint32_t note_number(const struct paragraph *p, size_t start, size_t len) {
    const struct md_doc *doc = p->in->doc;
    const uint32_t *index = len <= LABEL_MAX ? labels_find(&doc->note_labels, p->text + start, len) : NULL;
    return index ? doc->notes[*index].n : 0;
}

/* What follows a bracketed text: (url), [label], [] or nothing, which says that the text is a label itself. */
static bool find_link(struct paragraph *p, size_t open, struct open_link *link) {
    size_t text = open + 1, len = link->close - text, next = link->close + 1;
    link->behind = next;
    link->note = NULL;
    if ((link->url = inline_url(p, next, &link->behind))) return true;
    if (next < p->len && p->text[next] == '[') {
        const char *end = memchr(p->text + next, ']', p->len - next < URL_MAX ? p->len - next : URL_MAX);
        size_t label = next + 1, label_len = end ? (size_t)(end - p->text) - label : 0;
        if (end) link->behind = label + label_len + 1;
        if (end && label_len == 0) return (link->url = defined_url(p, text, len)) != NULL;
        if (end && (link->url = defined_url(p, label, label_len))) return true;
        uint32_t n = end && p->text[label] != '^' && !note_number(p, text, len) ? note_number(p, label, label_len) : 0;
        if (n) return (link->note = arena_printf(p->in->doc->arena, " [%u]", n)) != NULL;
        link->behind = next;
    }
    return (link->url = defined_url(p, text, len)) != NULL;
}

static bool is_web(const char *url) {
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0 || strncmp(url, "doi:", 4) == 0;
}

/* The number of a URL's marker. */
static uint32_t source_number(struct md_inline *in, const char *url) {
    size_t len = strlen(url);
    const uint32_t *known = labels_find(&in->sources, url, len);
    if (known) return *known;
    labels_add(&in->sources, url, len, ++in->source_count);
    return in->source_count;
}

static size_t squeeze(char *text, size_t len) {
    size_t kept = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i]) text[kept++] = text[i];
    return kept;
}

/* The text of a link has been written: tells the link. */
static void tell_link(struct paragraph *p, size_t start, const char *url, bool image) {
    struct md_inline *in = p->in;
    struct arena *arena = in->doc->arena;
    struct md_link link = {.url = url, .image = image};
    char *text = arena_strndup(arena, p->out->data + start, p->out->len - start);
    text[squeeze(text, p->out->len - start)] = '\0';
    link.text = text;
    if (in->mode == MD_MARK && !image && is_web(url)) link.n = source_number(in, url);
    in->links = arena_grow(arena, in->links, in->link_count, &in->link_capacity, sizeof link);
    in->links[in->link_count++] = link;
    if (link.n) buf_printf(p->out, " [%u]", link.n);
}

static void end_link(struct paragraph *p) {
    struct open_link *link = &p->links[--p->link_count];
    p->at = link->behind;
    if (link->note)
        buf_str(p->out, link->note);
    else if (p->in->mode == MD_KEEP)
        buf_printf(p->out, "](%s)", link->url);
    else
        tell_link(p, link->start, link->url, link->image);
}

/* At [ or ![ : a note's marker, a link, or just a bracket. */
static void take_bracket(struct paragraph *p) {
    bool image = p->text[p->at] == '!';
    size_t open = p->at + image;
    struct open_link link = {.close = closing_bracket(p, open), .image = image};
    bool note = !image && link.close < p->len && p->text[open + 1] == '^';
    uint32_t n = note ? note_number(p, open + 2, link.close - open - 2) : 0;
    if (n) {
        buf_printf(p->out, "[^%u]", n);
        p->at = link.close + 1;
        return;
    }
    if (!note && link.close < p->len && p->link_count < OPEN_LINKS_MAX && find_link(p, open, &link)) {
        if (p->in->mode == MD_KEEP && !link.note) buf_char(p->out, '[');
        link.start = p->out->len;
        p->links[p->link_count++] = link;
        p->at = open + 1;
        return;
    }
    buf_add(p->out, p->text + p->at, open + 1 - p->at);
    p->at = open + 1;
}

/* `<https://…>`: the URL is the text. */
static bool take_autolink(struct paragraph *p) {
    size_t start = p->at + 1, end = start;
    if (!is_web(p->text + start)) return false;
    while (end < p->len && end - start < URL_MAX && !strchr(" \t\n<>", p->text[end]))
        end++;
    if (end == p->len || p->text[end] != '>') return false;
    const char *url = arena_strndup(p->in->doc->arena, p->text + start, end - start);
    p->at = end + 1;
    if (p->in->mode == MD_KEEP) {
        buf_printf(p->out, "<%s>", url);
        return true;
    }
    size_t at = p->out->len;
    buf_str(p->out, url);
    tell_link(p, at, url, false);
    return true;
}

static void take_code(struct paragraph *p) {
    size_t run = run_at(p, p->at), start = p->at + run, close = closing_ticks(p, start, run);
    if (close == p->len) {
        buf_add(p->out, p->text + p->at, run);
        p->at = start;
        return;
    }
    p->at = close + run;
    if (close - start > 2 && p->text[start] == ' ' && p->text[close - 1] == ' ') start++, close--;
    buf_add(p->out, p->text + start, close - start);
}

/* A run of * _ or ~: closes what it can, then may open. */
static void take_marks(struct paragraph *p, int which) {
    size_t len = run_at(p, p->at), at = p->at, written = p->out->len, end = at + len;
    bool before = at > 0 && !is_space_at(p, at - 1), after = !is_space_at(p, end);
    bool word_before = at > 0 && is_word_at(p, at - 1), word_after = is_word_at(p, end);
    bool literal = (at > 0 && is_digit_at(p, at - 1) && is_digit_at(p, end)) || (which == 2 && len != 2) ||
                   (which == 1 && word_before && word_after);
    bool closes = !literal && before && (which != 1 || !word_after);
    bool opens = !literal && after && (which != 1 || !word_before);
    buf_add(p->out, p->text + at, len);
    p->at = end;
    while (closes && len && p->run_count[which]) {
        struct mark_run *open = &p->runs[which][p->run_count[which] - 1];
        size_t both = open->len < len ? open->len : len;
        memset(p->out->data + open->at + open->len - both, '\0', both);
        memset(p->out->data + written, '\0', both);
        written += both;
        len -= both;
        open->len -= both;
        if (!open->len) p->run_count[which]--;
    }
    if (!opens || !len) return;
    p->runs[which] =
        arena_grow(p->in->doc->arena, p->runs[which], p->run_count[which], &p->run_capacity[which], sizeof **p->runs);
    p->runs[which][p->run_count[which]++] = (struct mark_run){written, len};
}

static void take_char(struct paragraph *p) {
    char c = p->text[p->at];
    const char *mark = strchr(mark_chars, c);
    if (c == '\\' && p->at + 1 < p->len && ispunct((unsigned char)p->text[p->at + 1])) {
        buf_char(p->out, p->text[p->at + 1]);
        p->at += 2;
    } else if (c == '\\' && p->at + 1 < p->len && p->text[p->at + 1] == '\n') {
        p->at++;
    } else if (c == '[' || (c == '!' && p->at + 1 < p->len && p->text[p->at + 1] == '[')) {
        take_bracket(p);
    } else if (c == '`') {
        take_code(p);
    } else if (mark) {
        take_marks(p, (int)(mark - mark_chars));
    } else if (c != '<' || !take_autolink(p)) {
        buf_char(p->out, c);
        p->at++;
    }
}

/* Copies what is plain text up to `end`; false if nothing is. */
static bool take_plain(struct paragraph *p, size_t end) {
    size_t at = p->at;
    while (at < end && !special[(unsigned char)p->text[at]])
        at++;
    if (at == p->at) return false;
    buf_add(p->out, p->text + p->at, at - p->at);
    p->at = at;
    return true;
}

void md_inline_render(struct md_inline *in, const char *text, size_t len, struct buf *out) {
    struct paragraph p = {.in = in, .text = text, .len = len, .out = out, .base = out->len};
    buf_add(out, "", 0);
    pair_brackets(&p);
    while (p.at < len) {
        size_t close = p.link_count ? p.links[p.link_count - 1].close : len;
        if (p.at == close)
            end_link(&p);
        else if (p.at > close)
            p.link_count--; /* something inside reached beyond it: no link after all */
        else if (!take_plain(&p, close))
            take_char(&p);
    }
    out->len = p.base + squeeze(out->data + p.base, out->len - p.base);
    if (out->data) out->data[out->len] = '\0';
}
