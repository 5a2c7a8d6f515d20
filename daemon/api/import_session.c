/* Imports under way: the list of sessions, and feeding one.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "import_session.h"

#include "search/wordlists.h"

#include "base/utf8.h"
#include "base/when.h"

#include <string.h>

enum { BATCH_BYTES = 2 << 20, EXCERPT_CHARACTERS = 40 };

/* ---- the list ---- */

struct imports {
    pthread_mutex_t lock;
    struct import_session *first;
    uint64_t last_number;
    size_t count;
};

struct imports *imports_new(void) {
    struct imports *imports = mem_alloc(sizeof *imports);
    pthread_mutex_init(&imports->lock, NULL);
    return imports;
}

void imports_free(struct imports *imports) {
    if (!imports) return;
    while (imports->first) {
        struct import_session *session = imports->first;
        imports->first = session->next;
        session_free(session);
    }
    pthread_mutex_destroy(&imports->lock);
    mem_free(imports);
}

static void unlink_session(struct imports *imports, const struct import_session *session) {
    struct import_session **link = &imports->first;
    while (*link && *link != session)
        link = &(*link)->next;
    if (!*link) return;
    *link = session->next;
    imports->count--;
}

/* Sessions whose client has gone without closing them; what it sent is written already. */
static void drop_idle(struct imports *imports) {
    int64_t oldest = when_now_ms() - IMPORT_IDLE_MS;
    for (struct import_session *session = imports->first, *next = NULL; session; session = next) {
        next = session->next;
        pthread_mutex_lock(&session->lock);
        bool idle = session->running == 0 && session->touched_ms < oldest;
        pthread_mutex_unlock(&session->lock);
        if (!idle) continue;
        unlink_session(imports, session);
        session_free(session);
    }
}

enum status session_register(struct import_session *session, struct call *call) {
    struct imports *imports = call->api->imports;
    enum status st = ST_OK;
    pthread_mutex_lock(&imports->lock);
    if (imports->count >= IMPORTS_MAX) drop_idle(imports);
    if (imports->count >= IMPORTS_MAX) {
        st = err_set(&call->err, ST_TOO_MANY, "%d imports are under way already", IMPORTS_MAX);
    } else {
        session->number = ++imports->last_number;
        session->next = imports->first;
        imports->first = session;
        imports->count++;
    }
    pthread_mutex_unlock(&imports->lock);
    return st;
}

enum status session_hold(struct import_session **out, struct call *call) {
    struct imports *imports = call->api->imports;
    int64_t number = 0;
    *out = NULL;
    if (!json_get(call->params, "import"))
        return err_param(&call->err, ST_MISSING_FIELD, "import", "method '%s' needs the parameter 'import'",
                         call->method->name);
    if (param_number(call, "import", 1, 9007199254740992.0, &number) != ST_OK) return call->err.status;
    pthread_mutex_lock(&imports->lock);
    struct import_session *session = imports->first;
    while (session && session->number != (uint64_t)number)
        session = session->next;
    if (session) {
        pthread_mutex_lock(&session->lock);
        session->running++;
        session->touched_ms = when_now_ms();
        pthread_mutex_unlock(&session->lock);
    }
    pthread_mutex_unlock(&imports->lock);
    *out = session;
    if (session) return ST_OK;
    return err_param(&call->err, ST_NOT_FOUND, "import", "there is no import %lld under way", (long long)number);
}

void session_release(struct import_session *session) {
    pthread_mutex_lock(&session->lock);
    session->running--;
    session->touched_ms = when_now_ms();
    pthread_mutex_unlock(&session->lock);
}

enum status session_take(struct import_session *session, struct call *call) {
    struct imports *imports = call->api->imports;
    enum status st = ST_OK;
    pthread_mutex_lock(&imports->lock);
    pthread_mutex_lock(&session->lock);
    if (session->running > 1)
        st = err_set(&call->err, ST_INVALID_REQUEST, "import %llu has chunks under way; close it after their answers",
                     (unsigned long long)session->number);
    else
        unlink_session(imports, session);
    pthread_mutex_unlock(&session->lock);
    pthread_mutex_unlock(&imports->lock);
    return st;
}

/* ---- turns ---- */

/* Lives until its clock has called, which it always does; without a call once the chunk has gone on. */
struct parked_chunk {
    struct imports *imports;
    struct import_session *session; /* the call holds it */
    struct call *call;
    uint64_t number;
};

/* Both locks are held. */
static void unpark(struct import_session *session, size_t at) {
    session->parked[at]->call = NULL;
    session->parked[at] = session->parked[--session->parked_count];
}

static void unpark_chunk(const struct parked_chunk *chunk) {
    struct import_session *session = chunk->session;
    size_t at = 0;
    while (session->parked[at] != chunk)
        at++;
    unpark(session, at);
}

/* The clock of a parked chunk: its call's deadline, or the end of the daemon. */
static void parked_over(void *arg, enum status status) {
    struct parked_chunk *chunk = arg;
    struct import_session *session = chunk->session;
    uint64_t due = 0;
    pthread_mutex_lock(&chunk->imports->lock);
    struct call *call = chunk->call;
    if (call) {
        pthread_mutex_lock(&session->lock);
        due = session->next_chunk;
        unpark_chunk(chunk);
        pthread_mutex_unlock(&session->lock);
    }
    pthread_mutex_unlock(&chunk->imports->lock);
    if (call) {
        if (status == ST_TIMEOUT)
            err_set(&call->err, ST_TIMEOUT, "chunk %llu waited too long for chunk %llu; send both again",
                    (unsigned long long)chunk->number, (unsigned long long)due);
        else
            err_set(&call->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
        session_release(session);
        call_finish(call);
    }
    mem_free(chunk);
}

/* Both locks are held. */
static struct parked_chunk *park(struct import_session *session, struct call *call, uint64_t number) {
    struct parked_chunk *chunk = mem_alloc(sizeof *chunk);
    *chunk = (struct parked_chunk){.imports = call->api->imports, .session = session, .call = call, .number = number};
    session->parked[session->parked_count++] = chunk;
    stats_add(STAT_CHUNKS_EARLY, 1);
    return chunk;
}

enum status session_turn(struct import_session *session, struct call *call, uint64_t number, bool *parked) {
    struct api *api = call->api;
    int64_t deadline_us = call->deadline_us;
    struct parked_chunk *chunk = NULL;
    enum status st = ST_OK;
    pthread_mutex_lock(&api->imports->lock);
    pthread_mutex_lock(&session->lock);
    uint64_t due = session->next_chunk + (session->feeding ? 1 : 0);
    if (number < due)
        st = err_param(&call->err, ST_INVALID_VALUE, "number",
                       "chunk %llu of import %llu has come already; chunk %llu is due", (unsigned long long)number,
                       (unsigned long long)session->number, (unsigned long long)due);
    else if (number > session->next_chunk && session->parked_count == PARKED_MAX)
        st = err_set(&call->err, ST_TOO_MANY, "%d chunks of import %llu wait for chunk %llu already", PARKED_MAX,
                     (unsigned long long)session->number, (unsigned long long)session->next_chunk);
    else if (number > session->next_chunk)
        chunk = park(session, call, number);
    else
        session->feeding = true;
    pthread_mutex_unlock(&session->lock);
    pthread_mutex_unlock(&api->imports->lock);
    *parked = chunk != NULL;
    /* From here on the call may be over at any moment.  No seq is that high: only the clock ends this wait. */
    if (chunk) index_wait(api->ix, UINT64_MAX, deadline_us, parked_over, chunk);
    return st;
}

struct call *session_turn_end(struct import_session *session) {
    struct imports *imports = session->api->imports;
    struct call *call = NULL;
    pthread_mutex_lock(&imports->lock);
    pthread_mutex_lock(&session->lock);
    session->next_chunk++;
    session->feeding = false;
    for (size_t i = 0; i < session->parked_count && !call; i++) {
        if (session->parked[i]->number != session->next_chunk) continue;
        call = session->parked[i]->call;
        unpark(session, i);
    }
    pthread_mutex_unlock(&session->lock);
    pthread_mutex_unlock(&imports->lock);
    return call;
}

/* ---- a session ---- */

static enum status read_order(struct call *call, enum when_order *out) {
    const char *order = NULL;
    *out = WHEN_ISO;
    if (param_string(call, "date_order", false, &order) != ST_OK) return call->err.status;
    if (!order || strcmp(order, "iso") == 0) return ST_OK;
    *out = strcmp(order, "dmy") == 0 ? WHEN_DMY : WHEN_MDY;
    if (*out == WHEN_DMY || strcmp(order, "mdy") == 0) return ST_OK;
    return err_param(&call->err, ST_INVALID_VALUE, "date_order",
                     "parameter 'date_order': expected \"iso\", \"dmy\" or \"mdy\"");
}

enum status session_new(struct import_session **out, struct call *call) {
    struct import_options options = {.max_record_bytes = (size_t)call->api->config->max_record_bytes,
                                     .max_depth = (int)call->api->config->max_depth,
                                     .max_ratio = 1000};
    const char *dirty = NULL;
    struct import_session *session = mem_alloc(sizeof *session);
    session->api = call->api;
    session->since = index_committed(call->api->ix);
    session->arena = arena_new();
    session->faults_arena = arena_new();
    session->faults_end = &session->faults;
    buf_init(&session->changes, 0);
    session->touched_ms = when_now_ms();
    pthread_mutex_init(&session->lock, NULL);
    enum status st = param_string(call, "format", false, &options.format);
    if (st == ST_OK) st = param_string(call, "name", false, &options.name);
    if (st == ST_OK) st = param_string(call, "map", false, &options.map);
    if (st == ST_OK) st = param_string(call, "id_prefix", false, &options.id_prefix);
    if (st == ST_OK) st = param_string(call, "list_separator", false, &options.list_separator);
    if (st == ST_OK) st = param_string(call, "dirty", false, &dirty);
    if (st == ST_OK) st = clean_policy_named(&options.dirty, dirty, &call->err);
    session->cleans = options.dirty != CLEAN_REJECT;
    if (st == ST_OK) st = param_bool(call, "dry_run", &session->dry_run);
    if (st == ST_OK) st = param_bool(call, "errors_raw", &session->keep_raw);
    if (st == ST_OK) st = param_wait(call, &session->visible);
    if (st == ST_OK) st = read_order(call, &options.date_order);
    options.format = arena_strdup(session->arena, options.format);
    options.name = arena_strdup(session->arena, options.name);
    options.map = arena_strdup(session->arena, options.map);
    options.id_prefix = arena_strdup(session->arena, options.id_prefix);
    options.list_separator = arena_strdup(session->arena, options.list_separator);
    if (st == ST_OK) st = importer_open(&session->importer, index_rules(call->api->ix), &options, &call->err);
    if (st != ST_OK) {
        session_free(session);
        session = NULL;
    }
    *out = session;
    return st;
}

void session_free(struct import_session *session) {
    if (!session) return;
    importer_close(session->importer);
    arena_free(session->arena);
    arena_free(session->faults_arena);
    buf_free(&session->changes);
    pthread_mutex_destroy(&session->lock);
    mem_free(session);
}

/* ---- faults ---- */

/* About 40 characters of the raw bytes around the fault. */
static const char *excerpt_of(struct arena *arena, const struct err *err, const char *raw, size_t len) {
    size_t at = err->column > 0 && (size_t)err->column <= len ? (size_t)err->column - 1 : 0;
    size_t from = utf8_floor(raw, len, at > EXCERPT_CHARACTERS / 2 ? at - EXCERPT_CHARACTERS / 2 : 0);
    size_t to = from + utf8_offset(raw + from, len - from, EXCERPT_CHARACTERS);
    char *excerpt = arena_strndup(arena, raw + from, to - from);
    for (char *c = excerpt; *c; c++)
        if ((unsigned char)*c < ' ') *c = ' ';
    return excerpt;
}

/* The session's lock is held. */
static void add_fault(struct import_session *session, const struct err *err, const char *raw, size_t len) {
    struct arena *arena = session->faults_arena;
    struct import_fault *fault = arena_alloc(arena, sizeof *fault);
    fault->err = *err;
    fault->excerpt = excerpt_of(arena, err, raw ? raw : "", len);
    if (session->keep_raw && raw) {
        fault->raw = arena_strndup(arena, raw, len);
        fault->raw_len = len;
    }
    *session->faults_end = fault;
    session->faults_end = &fault->next;
    session->report.failed++;
}

static void write_fault(struct jw *jw, const struct import_fault *fault) {
    jw_object(jw);
    jw_kint(jw, "line", fault->err.line);
    jw_kint(jw, "column", fault->err.column);
    jw_kstring(jw, "code", status_info(fault->err.status)->code);
    jw_kstring(jw, "message", fault->err.text);
    jw_kstring(jw, "excerpt", fault->excerpt);
    if (fault->raw) {
        jw_key(jw, "raw");
        jw_stringn(jw, fault->raw, fault->raw_len);
    }
    jw_object_end(jw);
}

/* The session's lock is held. */
static void write_changes(struct import_session *session, struct jw *jw) {
    jw_kint(jw, "changed", (int64_t)session->report.changed);
    jw_key(jw, "changes");
    if (!session->changes.len) buf_char(&session->changes, '[');
    buf_char(&session->changes, ']');
    jw_raw(jw, session->changes.data, session->changes.len);
    buf_clear(&session->changes);
}

void session_report(struct import_session *session, struct jw *jw) {
    pthread_mutex_lock(&session->lock);
    const struct import_report *report = &session->report;
    jw_kint(jw, "read", (int64_t)report->read);
    jw_kint(jw, "added", (int64_t)report->added);
    jw_kint(jw, "updated", (int64_t)report->updated);
    jw_kint(jw, "unchanged", (int64_t)report->unchanged);
    jw_kint(jw, "failed", (int64_t)report->failed);
    jw_kint(jw, "seq", (int64_t)report->last_seq);
    jw_kint(jw, "revision", (int64_t)report->last_seq);
    jw_key(jw, "errors");
    jw_array(jw);
    for (const struct import_fault *fault = session->faults; fault; fault = fault->next)
        write_fault(jw, fault);
    jw_array_end(jw);
    if (session->cleans) write_changes(session, jw);
    session->faults = NULL;
    session->faults_end = &session->faults;
    arena_free(session->faults_arena);
    session->faults_arena = arena_new();
    pthread_mutex_unlock(&session->lock);
}

/* ---- feeding ---- */

struct feed { /* one call's bytes on their way to the store */
    struct import_session *session;
    struct call *call;
    struct intake *intake; /* the batch being filled */
    atomic_size_t open;    /* batches that are not durable yet, and the parsing itself */
    void (*then)(struct import_session *session, struct call *call);
};

struct intake { /* a batch with the lines that its writes came from */
    struct batch batch;
    struct feed *feed;
    uint64_t *lines;
    size_t writes_cap, lines_cap;
};

static void feed_release(struct feed *feed) {
    if (atomic_fetch_sub(&feed->open, 1) == 1) feed->then(feed->session, feed->call);
}

static void count_write(struct import_session *session, const struct write *write, uint64_t line) {
    struct import_report *report = &session->report;
    if (write->err.status != ST_OK) {
        struct err err = write->err;
        err.line = (long)line;
        add_fault(session, &err, NULL, 0);
        stats_add(STAT_RECORDS_FAILED, 1);
        return;
    }
    switch (write->outcome.effect) {
    case STORE_ADDED:
        report->added++;
        stats_add(STAT_RECORDS_ADDED, 1);
        break;
    case STORE_UPDATED:
        report->updated++;
        stats_add(STAT_RECORDS_UPDATED, 1);
        break;
    default:
        report->unchanged++;
        stats_add(STAT_RECORDS_UNCHANGED, 1);
        break;
    }
    if (write->outcome.seq > report->last_seq) report->last_seq = write->outcome.seq;
}

static void intake_done(struct batch *take_batch) {
    struct intake *intake = take_batch->arg;
    struct feed *feed = intake->feed;
    pthread_mutex_lock(&feed->session->lock);
    for (size_t i = 0; i < take_batch->count; i++)
        count_write(feed->session, &take_batch->writes[i], intake->lines[i]);
    pthread_mutex_unlock(&feed->session->lock);
    arena_free(take_batch->arena);
    feed_release(feed);
}

static struct intake *intake_new(struct feed *feed) {
    struct arena *arena = arena_new();
    struct intake *intake = arena_alloc(arena, sizeof *intake);
    intake->batch.arena = arena;
    intake->batch.done = intake_done;
    intake->batch.arg = intake;
    intake->feed = feed;
    return intake;
}

/* The writes of a batch that was not taken fail each by itself. */
static void submit_intake(struct feed *feed) {
    struct intake *intake = feed->intake;
    struct err err = ERR_NONE;
    feed->intake = NULL;
    if (!intake) return;
    atomic_fetch_add(&feed->open, 1);
    if (intake->batch.count > 0 && index_submit(feed->session->api->ix, &intake->batch, true, &err) == ST_OK) return;
    for (size_t i = 0; i < intake->batch.count; i++)
        intake->batch.writes[i].err = err;
    intake_done(&intake->batch);
}

/* What a line of an export says of itself: that it is a state which was replaced; only that the record is no more; that
 * the record had no `id` of its own. */
struct line_mark {
    bool old, deleted, derived;
};

static enum store_kind take_mark(cJSON *record, struct line_mark *out) {
    cJSON *mark = cJSON_DetachItemFromObjectCaseSensitive(record, "$footnote");
    const char *kind = json_get_string(mark, "kind");
    enum store_kind found = kind && strcmp(kind, "source") == 0 ? STORE_SOURCE : STORE_ARTICLE;
    out->old = cJSON_IsTrue(json_get(mark, "old"));
    out->deleted = cJSON_IsTrue(json_get(mark, "deleted"));
    out->derived = json_get(mark, "id") != NULL;
    cJSON_Delete(mark);
    return found;
}

static enum store_kind take_kind(cJSON *record, struct line_mark *mark) {
    if (cJSON_IsObject(json_get(record, "$footnote"))) return take_mark(record, mark);
    const char *kind = json_get_string(record, "kind");
    if (!kind || strcmp(kind, "source") != 0) return STORE_ARTICLE;
    cJSON_DeleteItemFromObjectCaseSensitive(record, "kind");
    return STORE_SOURCE;
}

/* What a person had said of sources or words; false: it is a record.  See export.c. */
static bool take_said(const cJSON *record, struct write *out, enum status *st, struct err *err) {
    const char *kind = json_get_string(json_get(record, "$footnote"), "kind");
    const char *id = json_get_string(record, "id"), *as = json_get_string(record, "as"),
               *text = json_get_string(record, "text");
    bool is_same = kind && strcmp(kind, "same") == 0;
    if (!is_same && !(kind && strcmp(kind, "wordlist") == 0)) return false;
    *out = (struct write){.op = is_same ? WRITE_SAME : WRITE_WORDLIST,
                          .kind = STORE_SOURCE,
                          .id = id,
                          .other = is_same ? as : text,
                          .note = json_get_string(record, "note"),
                          .if_revision = STORE_ANY_REVISION};
    *st = ST_OK;
    if (!id || !out->other)
        *st = err_set(err, ST_MISSING_FIELD, "a line of kind '%s' needs 'id' and '%s'", kind, is_same ? "as" : "text");
    else if (!is_same)
        *st = wordlist_check(id, text, err);
    return true;
}

static enum status prepare(struct import_session *session, struct batch *batch, cJSON *record, struct err *err) {
    struct write *write = &batch->writes[batch->count];
    struct line_mark mark = {0};
    enum status st = ST_OK;
    if (take_said(record, write, &st, err)) return st;
    enum store_kind kind = take_kind(record, &mark);
    const char *id = json_get_string(record, "id");
    if (mark.deleted && id)
        *write =
            (struct write){.op = WRITE_DELETE, .kind = kind, .id = id, .if_revision = STORE_ANY_REVISION, .old = true};
    else
        st = mark.derived ? write_prepare_derived(session->api, batch->arena, record, kind, write, err)
                          : write_prepare(session->api, batch->arena, record, kind, write, err);
    if (mark.old && !mark.deleted) write->old = true;
    write->since = session->since;
    return st;
}

static void take_fault(struct import_session *session, struct import_item *item, const struct err *err) {
    struct err placed = *err;
    if (placed.line == 0) placed.line = (long)item->line;
    pthread_mutex_lock(&session->lock);
    add_fault(session, &placed, item->raw, item->raw_len);
    pthread_mutex_unlock(&session->lock);
    stats_add(STAT_RECORDS_FAILED, 1);
}

/* What was done to dirty values of a record that is kept. */
static void take_changes(struct import_session *session, const struct import_item *item) {
    const cJSON *change;
    struct jw jw;
    if (!item->changes) return;
    pthread_mutex_lock(&session->lock);
    cJSON_ArrayForEach (change, item->changes) {
        buf_char(&session->changes, session->changes.len ? ',' : '[');
        jw_init(&jw, &session->changes);
        change_write(&jw, change, (int64_t)item->line);
        session->report.changed++;
    }
    pthread_mutex_unlock(&session->lock);
}

static void take_record(struct feed *feed, struct import_item *item) {
    struct import_session *session = feed->session;
    if (!feed->intake) feed->intake = intake_new(feed);
    struct intake *intake = feed->intake;
    struct batch *batch = &intake->batch;
    struct err err = ERR_NONE;
    cJSON *record = item->take_record;
    json_defer(batch->arena, record);
    batch->writes = arena_grow(batch->arena, batch->writes, batch->count, &intake->writes_cap, sizeof *batch->writes);
    intake->lines = arena_grow(batch->arena, intake->lines, batch->count, &intake->lines_cap, sizeof *intake->lines);
    if (prepare(session, batch, record, &err) != ST_OK) {
        take_fault(session, item, &err);
        return;
    }
    take_changes(session, item);
    if (session->dry_run) {
        pthread_mutex_lock(&session->lock);
        session->report.added++;
        pthread_mutex_unlock(&session->lock);
    } else {
        intake->lines[batch->count++] = item->line;
    }
    batch->bytes += item->raw_len;
    if (batch->bytes >= BATCH_BYTES) submit_intake(feed);
}

static bool take_item(void *arg, struct import_item *item) {
    struct feed *feed = arg;
    if (item->take_record)
        take_record(feed, item);
    else
        take_fault(feed->session, item, &item->err);
    return !atomic_load(&feed->session->api->stopping);
}

enum status session_feed(struct import_session *session, struct call *call, const char *bytes, size_t len, bool end,
                         void (*parsed)(struct import_session *session),
                         void (*then)(struct import_session *session, struct call *call)) {
    struct feed *feed = arena_alloc(call->arena, sizeof *feed);
    *feed = (struct feed){.session = session, .call = call, .then = then};
    atomic_store(&feed->open, 1);
    enum status st = importer_feed(session->importer, bytes, len, take_item, feed, &call->err);
    if (st == ST_OK && end) st = importer_end(session->importer, take_item, feed, &call->err);
    pthread_mutex_lock(&session->lock);
    session->report.read = importer_read(session->importer);
    pthread_mutex_unlock(&session->lock);
    submit_intake(feed);
    if (parsed) parsed(session);
    feed_release(feed);
    return st;
}
