/* An import of one file: the stages put together, and what the sink is given.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Order of the stages: stage.h.  The format may need the text's first bytes; until it is known they are kept.
 * err of an item: line and column in the file, position in `raw` (so that a caller can show what stands there),
 * each 0 or -1 when the fault has no place of its own.  One thread at a time. */
#include "import/import.h"

#include "base/mem.h"
#include "cut.h"
#include "decode.h"
#include "format.h"
#include "map.h"
#include "shape.h"
#include "unpack.h"

#include <string.h>

struct importer {
    struct import_options options; /* its strings are ours */
    const struct rules *rules;
    struct map *map;
    struct map *aliases;         /* of the format */
    const struct format *format; /* NULL until it is known */
    struct unpack *unpack;
    struct decode decode;
    struct buf head; /* the text's first bytes while the format is not known */
    struct cutting cut;
    struct file_memory memory;
    uint64_t read;
    bool ended;       /* by a fault, by the sink, or by importer_end */
    import_sink sink; /* of the call that runs */
    void *arg;
};

static char *copy(const char *text) {
    return text ? mem_strdup(text) : NULL;
}

/* Without its folders; NULL for standard input. */
static const char *base_name(const char *name) {
    if (!name || strcmp(name, "-") == 0) return NULL;
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static enum status choose_format(struct importer *importer, struct err *err) {
    const char *format = importer->options.format;
    if (!format || !*format || strcmp(format, "auto") == 0) {
        if (importer->options.name) importer->format = format_of_file(importer->options.name);
        return ST_OK;
    }
    importer->format = format_named(format);
    if (importer->format) return ST_OK;
    struct buf names;
    buf_init(&names, 0);
    format_names(&names);
    err_param(err, ST_INVALID_VALUE, "format", "format: expected one of %s, got \"%s\"", names.data, format);
    buf_free(&names);
    return ST_INVALID_VALUE;
}

static enum status begin_format(struct importer *importer, struct err *err) {
    cut_init(&importer->cut, importer->format->cutter, importer->options.max_record_bytes);
    return importer->format->aliases ? map_open(&importer->aliases, importer->format->aliases, err) : ST_OK;
}

enum status importer_open(struct importer **out, const struct rules *rules, const struct import_options *options,
                          struct err *err) {
    struct importer *importer = mem_alloc(sizeof *importer);
    *out = NULL;
    importer->rules = rules;
    importer->options = *options;
    importer->options.format = copy(options->format);
    importer->options.name = copy(options->name);
    importer->options.map = NULL;
    importer->options.id_prefix = copy(options->id_prefix);
    importer->options.list_separator = copy(options->list_separator);
    if (!options->max_record_bytes || options->max_record_bytes > UINT32_MAX)
        importer->options.max_record_bytes = UINT32_MAX;
    buf_init(&importer->head, 0);
    enum status status = choose_format(importer, err);
    if (!status && options->map) status = map_open(&importer->map, options->map, err);
    if (!status && importer->format) status = begin_format(importer, err);
    if (status) {
        importer_close(importer);
        return status;
    }
    importer->unpack = unpack_new(options->max_ratio);
    importer->memory.arena = arena_new();
    labels_init(&importer->memory.reviews, importer->memory.arena, false);
    *out = importer;
    return ST_OK;
}

void importer_close(struct importer *importer) {
    if (!importer) return;
    unpack_free(importer->unpack);
    if (importer->format) cut_free(&importer->cut);
    buf_free(&importer->head);
    map_close(importer->map);
    map_close(importer->aliases);
    arena_free(importer->memory.arena);
    mem_free((char *)importer->options.format);
    mem_free((char *)importer->options.name);
    mem_free((char *)importer->options.id_prefix);
    mem_free((char *)importer->options.list_separator);
    mem_free(importer);
}

uint64_t importer_read(const struct importer *importer) {
    return importer->read;
}

/* The place of an error in the file, from the one it has in its piece. */
static void place_error(struct err *err, const struct piece *piece) {
    bool first_line = err->line <= 1;
    long column = err->line ? err->column : 1;
    err->line = (long)piece->place.line + (first_line ? 0 : err->line - 1);
    err->column = first_line ? (long)piece->place.column + column - 1 : column;
}

static enum status hand_out(struct importer *importer, const struct piece *piece, cJSON *record, const cJSON *changes,
                            const struct err *fault, struct err *err) {
    struct import_item item = {.take_record = record,
                               .changes = record && changes && changes->child ? changes : NULL,
                               .err = record ? ERR_NONE : *fault,
                               .line = piece->place.line,
                               .raw = piece->bytes,
                               .raw_len = piece->len};
    if (!record) place_error(&item.err, piece);
    importer->read++;
    if (importer->sink(importer->arg, &item)) return ST_OK;
    return err_set(err, ST_CANCELED, "import: stopped at record %llu", (unsigned long long)importer->read);
}

static const char *list_separator(const struct importer *importer) {
    const char *given = importer->options.list_separator;
    return given && *given ? given : "|";
}

/* A list of what was changed, the caller's; NULL: the policy is to change nothing. */
static cJSON *clean(const struct importer *importer, cJSON *record) {
    const struct import_options *options = &importer->options;
    if (options->dirty == CLEAN_REJECT) return NULL;
    cJSON *changes = cJSON_CreateArray();
    clean_record(record, &(struct clean_rules){options->dirty, options->date_order, true}, changes);
    return changes;
}

static enum status shape(const struct importer *importer, cJSON *record, struct err *err) {
    const struct shape_rules rules = {.id_prefix = importer->options.id_prefix,
                                      .date_order = importer->options.date_order,
                                      .list_separator =
                                          importer->format->cutter == &cut_csv ? list_separator(importer) : NULL};
    return shape_record(record, &rules, err);
}

/* Maps and shapes one record, and hands it out. */
static enum status finish_record(struct importer *importer, const struct piece *piece, cJSON *record, struct err *err) {
    struct err fault = ERR_NONE;
    /* What footnote exported is taken as it stands. */
    if (cJSON_IsObject(json_get(record, "$footnote"))) return hand_out(importer, piece, record, NULL, &fault, err);
    enum status status = map_apply(importer->map, record, &fault);
    map_apply_aliases(importer->aliases, record);
    if (!status && piece->is_source && !json_get(record, "kind")) cJSON_AddStringToObject(record, "kind", "source");
    cJSON *changes = status ? NULL : clean(importer, record);
    if (!status) status = shape(importer, record, &fault);
    if (status) {
        cJSON_Delete(record);
        record = NULL;
    }
    status = hand_out(importer, piece, record, changes, &fault, err);
    cJSON_Delete(changes);
    return status;
}

static enum status finish_records(struct importer *importer, const struct piece *piece, cJSON *take_records,
                                  struct err *err) {
    enum status status = ST_OK;
    while (take_records->child && !status)
        status = finish_record(importer, piece, cJSON_DetachItemViaPointer(take_records, take_records->child), err);
    cJSON_Delete(take_records);
    return status;
}

static enum status read_piece(struct importer *importer, const struct piece *piece, struct err *err) {
    struct err fault = ERR_NONE;
    cJSON *record = NULL;
    struct reading reading = {.rules = importer->rules,
                              .options = &importer->options,
                              .arena = arena_new(),
                              .memory = &importer->memory,
                              .file = base_name(importer->options.name)};
    enum status status = importer->format->read(&reading, piece, &record, &fault);
    if (status)
        status = hand_out(importer, piece, NULL, NULL, &fault, err);
    else if (cJSON_IsArray(record))
        status = finish_records(importer, piece, record, err);
    else if (record)
        status = finish_record(importer, piece, record, err);
    arena_free(reading.arena);
    return status;
}

static enum status take_piece(void *arg, const struct piece *piece, struct err *err) {
    struct importer *importer = arg;
    struct err fault;
    if (piece->fault) {
        err_set(&fault, ST_INVALID_FORMAT, "%s", piece->fault);
        return hand_out(importer, piece, NULL, NULL, &fault, err);
    }
    if (piece->too_long) {
        err_set(&fault, ST_TOO_LARGE, "record: expected at most %zu bytes", importer->options.max_record_bytes);
        return hand_out(importer, piece, NULL, NULL, &fault, err);
    }
    return read_piece(importer, piece, err);
}

static enum status cut_head(struct importer *importer, struct err *err) {
    importer->format = format_of_content(importer->head.data ? importer->head.data : "", importer->head.len);
    enum status status = begin_format(importer, err);
    if (!status) status = cut_feed(&importer->cut, importer->head.data, importer->head.len, take_piece, importer, err);
    buf_free(&importer->head);
    return status;
}

/* Text in UTF-8. */
static enum status take_text(void *arg, const char *bytes, size_t len, struct err *err) {
    struct importer *importer = arg;
    if (!importer->format) {
        size_t room = FORMAT_HEAD - importer->head.len, kept = len < room ? len : room;
        buf_add(&importer->head, bytes, kept);
        if (importer->head.len < FORMAT_HEAD) return ST_OK;
        enum status status = cut_head(importer, err);
        if (status) return status;
        bytes += kept;
        len -= kept;
    }
    return len ? cut_feed(&importer->cut, bytes, len, take_piece, importer, err) : ST_OK;
}

static enum status take_bytes(void *arg, const char *bytes, size_t len, struct err *err) {
    struct importer *importer = arg;
    return decode_feed(&importer->decode, bytes, len, take_text, importer, err);
}

static enum status begin_call(struct importer *importer, import_sink sink, void *arg, struct err *err) {
    importer->sink = sink;
    importer->arg = arg;
    return importer->ended ? err_set(err, ST_INVALID_REQUEST, "import: the file has ended already") : ST_OK;
}

enum status importer_feed(struct importer *importer, const char *bytes, size_t len, import_sink sink, void *arg,
                          struct err *err) {
    enum status status = begin_call(importer, sink, arg, err);
    if (!status) status = unpack_feed(importer->unpack, bytes, len, take_bytes, importer, err);
    if (status) importer->ended = true;
    return status;
}

enum status importer_end(struct importer *importer, import_sink sink, void *arg, struct err *err) {
    enum status status = begin_call(importer, sink, arg, err);
    if (!status) status = unpack_end(importer->unpack, take_bytes, importer, err);
    if (!status) status = decode_end(&importer->decode, take_text, importer, err);
    if (!status && !importer->format) status = cut_head(importer, err);
    if (!status) status = cut_end(&importer->cut, take_piece, importer, err);
    importer->ended = true;
    return status;
}
