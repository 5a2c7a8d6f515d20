/* How far long work has come: see progress.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   [==========          ]  1,204 records  12.3 MB of 40.1 MB  4.1 MB/s  7 s left */
#include "progress.h"

#include "glyph.h"
#include "memory.h"
#include "pick.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BAR_WIDTH = 24, BAR_EVERY_MS = 100, LINE_EVERY_MS = 5000 };

int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

double progress_seconds(const struct progress *progress) {
    return (double)(now_ms() - progress->start_ms) / 1000;
}

void progress_begin(struct progress *progress, struct screen *screen, enum progress_unit unit, bool quiet) {
    *progress = (struct progress){.screen = screen, .unit = unit, .quiet = quiet, .start_ms = now_ms()};
    progress->shown_ms = progress->start_ms;
}

void progress_clear(struct progress *progress) {
    if (progress->drawn) fputs("\r\033[K", progress->screen->file);
    progress->drawn = false;
}

void progress_stage(struct progress *progress, const char *stage) {
    char name[sizeof progress->stage];
    snprintf(name, sizeof name, "%s", stage);
    if (strcmp(name, progress->stage) == 0) return;
    memcpy(progress->stage, name, sizeof name);
    progress->start_ms = now_ms();
}

static const char *amount(const struct progress *progress, char buffer[40], double value) {
    return progress->unit == PROGRESS_BYTES ? show_bytes(buffer, value) : show_count(buffer, value);
}

static char *describe(const struct progress *progress) {
    struct text text = {.bytes = NULL};
    char buffer[40];
    double seconds = progress_seconds(progress), rate = seconds > 0 ? progress->done / seconds : 0;
    if (progress->stage[0]) text_add(&text, "%s  ", progress->stage);
    if (progress->stage[0] && progress->total <= 0) return text.bytes; /* it doesn't know how much there is */
    if (progress->unit == PROGRESS_BYTES) text_add(&text, "%s records  ", show_count(buffer, progress->records));
    text_add(&text, "%s", amount(progress, buffer, progress->done));
    if (progress->total > 0) text_add(&text, " of %s", amount(progress, buffer, progress->total));
    text_add(&text, "  %s/s", amount(progress, buffer, rate));
    if (progress->total > 0 && rate > 0 && progress->total >= progress->done)
        text_add(&text, "  %s left", show_seconds(buffer, (progress->total - progress->done) / rate));
    return text.bytes;
}

static void draw_bar(struct progress *progress, const char *text) {
    FILE *file = progress->screen->file;
    fputs("\r\033[K", file);
    int room = progress->screen->width - 1;
    if (progress->total > 0 && room > BAR_WIDTH + 5 + glyph_width(text)) {
        double part = progress->done / progress->total;
        int filled = (int)((part < 1 ? part : 1) * BAR_WIDTH);
        fputc('[', file);
        for (int i = 0; i < BAR_WIDTH; i++)
            fputc(i < filled ? '=' : ' ', file);
        fputs("]  ", file);
        room -= BAR_WIDTH + 4;
    }
    /* A line that wraps could not be wiped again. */
    fprintf(file, "%.*s", room, text);
    fflush(file);
    progress->drawn = true;
}

void progress_update(struct progress *progress, double done, double total, double records) {
    progress->done = done;
    progress->total = total;
    progress->records = records;
    bool bar = progress->screen->terminal;
    int64_t now = now_ms();
    if (progress->quiet || now - progress->shown_ms < (bar ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    progress->shown_ms = now;
    char *text = describe(progress);
    if (bar)
        draw_bar(progress, text);
    else
        fprintf(progress->screen->file, "%s\n", text);
    free(text);
}
