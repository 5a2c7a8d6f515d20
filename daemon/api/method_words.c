/* The methods `synonyms` and `stop_words`: the word lists, read and changed while serving.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {}                        the list in force
 *   {"add": …, "remove": …}   entries more and less, one or several
 *   {"set": …}                another list altogether: entries, or a text in the form of the files
 *   {"reset": true}           the file's again
 *
 * A change is written by the writer against the version that was read here; when another one came in between, it is
 * refused as a conflict and nothing is lost. */
#include "call.h"

#include "search/entries.h"
#include "search/wordlists.h"

#include <inttypes.h>
#include <string.h>

bool method_synonyms(struct api_worker *worker, struct call *call);
bool method_stop_words(struct api_worker *worker, struct call *call);

struct wordlist_call {
    const char *name;     /* of the list */
    const char *language; /* NULL for synonyms */
    const char **add, **remove, **set;
    size_t add_count, remove_count, set_count;
    bool reset, has_set;
    struct wordlist_state state;
};

struct entries {
    struct arena *arena;
    const char **items;
    size_t count, cap;
};

/* ---- the new list ---- */

static bool find_entry(const struct entries *list, const char *entry, size_t *at) {
    for (*at = 0; *at < list->count; (*at)++)
        if (strcmp(list->items[*at], entry) == 0) return true;
    return false;
}

static void append(struct entries *list, const char *entry) {
    list->items = arena_grow(list->arena, list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] = entry;
}

static enum status as_kept(struct api_worker *worker, struct call *call, const char *list, const char *param,
                           const char *given, const char **out) {
    struct err fault = ERR_NONE;
    enum status st = wordlist_entry(worker->searcher, call->arena, list, given, out, &fault);
    return st == ST_OK ? ST_OK : err_param(&call->err, st, param, "parameter '%s': %s", param, fault.text);
}

static enum status add_all(struct api_worker *worker, struct call *call, const char *list, const char *param,
                           const char *const *given, size_t count, struct entries *out) {
    for (size_t i = 0; i < count; i++) {
        const char *entry = NULL;
        size_t at = 0;
        if (as_kept(worker, call, list, param, given[i], &entry) != ST_OK) return call->err.status;
        if (!find_entry(out, entry, &at)) append(out, entry);
    }
    return ST_OK;
}

static enum status remove_all(struct api_worker *worker, struct call *call, const struct wordlist_call *words,
                              struct entries *out) {
    for (size_t i = 0; i < words->remove_count; i++) {
        const char *entry = NULL;
        size_t at = 0;
        if (as_kept(worker, call, words->name, "remove", words->remove[i], &entry) != ST_OK) return call->err.status;
        if (!out->items || !find_entry(out, entry, &at))
            return err_param(&call->err, ST_NOT_FOUND, "remove", "parameter 'remove': \"%.80s\" is not in the list",
                             entry);
        out->count--;
        for (; at < out->count; at++)
            out->items[at] = out->items[at + 1];
    }
    return ST_OK;
}

static enum status join(struct call *call, const struct entries *list, const char **out) {
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = 0; i < list->count; i++)
        buf_printf(&text, "%s\n", list->items[i]);
    *out = arena_strndup(call->arena, text.data ? text.data : "", text.len);
    size_t len = text.len;
    buf_free(&text);
    if (list->count <= WORDLIST_ENTRIES_MAX && len <= WORDLIST_BYTES_MAX) return ST_OK;
    return err_set(&call->err, ST_TOO_LARGE, "the list would have %zu entries of %zu bytes; the limits are %d and %d",
                   list->count, len, WORDLIST_ENTRIES_MAX, WORDLIST_BYTES_MAX);
}

/* The text to write: NULL for the file's list. */
static enum status new_text(struct api_worker *worker, struct call *call, const struct wordlist_call *words,
                            const char **out) {
    struct entries list = {.arena = call->arena};
    *out = NULL;
    if (words->reset) return ST_OK;
    for (size_t i = 0; i < words->state.count && !words->has_set; i++)
        append(&list, words->state.entries[i]);
    enum status st = add_all(worker, call, words->name, "set", words->set, words->set_count, &list);
    if (st == ST_OK) st = remove_all(worker, call, words, &list);
    if (st == ST_OK) st = add_all(worker, call, words->name, "add", words->add, words->add_count, &list);
    return st == ST_OK ? join(call, &list, out) : st;
}

/* ---- answers ---- */

static void answer_list(struct call *call, const struct wordlist_call *words) {
    jw_object(&call->jw);
    if (words->language) jw_kstring(&call->jw, "language", words->language);
    jw_kstring(&call->jw, "origin", words->state.is_of_archive ? "archive" : "file");
    jw_kint(&call->jw, "version", (int64_t)words->state.version);
    jw_key(&call->jw, words->language ? "words" : "rules");
    jw_array(&call->jw);
    for (size_t i = 0; i < words->state.count; i++)
        jw_string(&call->jw, words->state.entries[i]);
    jw_array_end(&call->jw);
    jw_object_end(&call->jw);
}

static void answer_change(struct call *call, struct batch *batch) {
    const struct write *write = &batch->writes[0];
    if (!write_done(call, write)) return;
    const char *text = write->other;
    int64_t count = 0;
    for (; text && *text; text++)
        count += *text == '\n';
    jw_object(&call->jw);
    jw_kstring(&call->jw, "origin", write->other ? "archive" : "file");
    if (write->other) jw_kint(&call->jw, "entries", count);
    jw_object_end(&call->jw);
}

/* ---- the call ---- */

static enum status read_params(struct call *call, struct wordlist_call *words) {
    words->has_set = json_get(call->params, "set") != NULL;
    enum status st = param_strings(call, "add", &words->add, &words->add_count);
    if (st == ST_OK) st = param_strings(call, "remove", &words->remove, &words->remove_count);
    if (st == ST_OK) st = param_strings(call, "set", &words->set, &words->set_count);
    if (st == ST_OK && cJSON_IsString(json_get(call->params, "set")))
        entries_split(call->arena, words->set[0], &words->set, &words->set_count);
    if (st == ST_OK) st = param_bool(call, "reset", &words->reset);
    if (st == ST_OK && words->reset && (words->has_set || words->add_count || words->remove_count))
        st = err_param(&call->err, ST_INVALID_VALUE, "reset", "parameter 'reset' stands alone");
    return st;
}

static bool write_change(struct api_worker *worker, struct call *call, const struct wordlist_call *words) {
    const char *text = NULL;
    if (new_text(worker, call, words, &text) != ST_OK) return true;
    struct batch *batch = write_new_batch(call, 1);
    batch->writes[0] = (struct write){
        .op = WRITE_WORDLIST, .id = words->name, .other = text, .if_revision = (int64_t)words->state.version};
    return write_submit(call, batch, answer_change);
}

static bool run(struct api_worker *worker, struct call *call, struct wordlist_call *words) {
    struct reader *reader = searcher_reader(worker->searcher);
    if (read_params(call, words) != ST_OK || reader_begin(reader, &call->err) != ST_OK) return true;
    bool changes = words->reset || words->has_set || words->add_count || words->remove_count, over = true;
    if (wordlist_read(worker->searcher, call->arena, words->name, &words->state, &call->err) == ST_OK) {
        if (changes)
            over = write_change(worker, call, words);
        else
            answer_list(call, words);
    }
    reader_end(reader);
    return over;
}

bool method_synonyms(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"add", "remove", "set", "reset", NULL};
    struct wordlist_call *words = arena_alloc(call->arena, sizeof *words);
    *words = (struct wordlist_call){.name = wordlist_synonyms};
    return params_known(call, names) != ST_OK || run(worker, call, words);
}

bool method_stop_words(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"language", "add", "remove", "set", "reset", NULL};
    struct wordlist_call *words = arena_alloc(call->arena, sizeof *words);
    if (params_known(call, names) != ST_OK || param_string(call, "language", false, &words->language) != ST_OK)
        return true;
    if (!words->language) words->language = "en";
    words->name = wordlist_stop_name(call->arena, words->language);
    if (words->name) return run(worker, call, words);
    err_param(&call->err, ST_INVALID_VALUE, "language",
              "parameter 'language': expected a language's tag like \"en\", got \"%.40s\"", words->language);
    return true;
}
