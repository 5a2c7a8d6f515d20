/* Writing and reading cards.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "index/card.h"

enum { CARD_VERSION = 1 };

static void put_text(struct buf *out, struct card_text text) {
    buf_lstr(out, text.at, text.len);
}

void card_write(const struct card *card, struct buf *out) {
    buf_varint(out, CARD_VERSION);
    buf_varint(out, card->kind);
    buf_varint(out, card->docid);
    put_text(out, card->id);
    put_text(out, card->title);
    put_text(out, card->url);
    put_text(out, card->published);
    put_text(out, card->outlet);
    put_text(out, card->verdict);
    put_text(out, card->language);
    put_text(out, card->status);
    buf_varint(out, card->section_count);
    for (size_t i = 0; i < card->section_count; i++) {
        const struct card_section *section = &card->sections[i];
        buf_varint(out, section->number);
        put_text(out, section->heading);
        put_text(out, section->text);
        buf_varint(out, section->first_position);
        buf_varint(out, section->citation_count);
        for (size_t c = 0; c < section->citation_count; c++) {
            buf_varint(out, section->citations[c].n);
            buf_varint(out, section->citations[c].source);
        }
    }
}

static struct card_text get_text(struct cur *cur) {
    struct card_text text;
    text.at = cur_lstr(cur, &text.len);
    return text;
}

/* A count that the rest of the bytes can't hold is damage, not a reason to allocate. */
static size_t get_count(struct cur *cur) {
    uint64_t count = cur_varint(cur);
    if (count > (uint64_t)(cur->end - cur->at)) {
        cur->bad = true;
        return 0;
    }
    return (size_t)count;
}

static void get_section(struct arena *arena, struct cur *cur, struct card_section *section) {
    section->number = (uint32_t)cur_varint(cur);
    section->heading = get_text(cur);
    section->text = get_text(cur);
    section->first_position = (uint32_t)cur_varint(cur);
    section->citation_count = get_count(cur);
    section->citations = arena_alloc(arena, (section->citation_count + 1) * sizeof *section->citations);
    for (size_t i = 0; i < section->citation_count; i++) {
        section->citations[i].n = (uint32_t)cur_varint(cur);
        section->citations[i].source = (uint32_t)cur_varint(cur);
    }
}

enum status card_read(struct arena *arena, const char *bytes, size_t len, struct card *out, struct err *err) {
    struct cur cur = {.at = bytes, .end = bytes + len};
    *out = (struct card){0};
    if (cur_varint(&cur) != CARD_VERSION) cur.bad = true;
    out->kind = (enum store_kind)cur_varint(&cur);
    out->docid = (uint32_t)cur_varint(&cur);
    out->id = get_text(&cur);
    out->title = get_text(&cur);
    out->url = get_text(&cur);
    out->published = get_text(&cur);
    out->outlet = get_text(&cur);
    out->verdict = get_text(&cur);
    out->language = get_text(&cur);
    out->status = get_text(&cur);
    out->section_count = get_count(&cur);
    out->sections = arena_alloc(arena, (out->section_count + 1) * sizeof *out->sections);
    for (size_t i = 0; i < out->section_count && !cur.bad; i++)
        get_section(arena, &cur, &out->sections[i]);
    if (cur.bad) return err_set(err, ST_CORRUPT, "a document of the index has damaged data");
    return ST_OK;
}
