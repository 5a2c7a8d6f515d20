/* The import session of one file: see upload.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "upload.h"

#include "base64.h"
#include "interrupt.h"
#include "memory.h"
#include "pick.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How often an interrupt and the progress are looked at while an answer is awaited; how long an answer may
 * take; how often a busy daemon is asked again. */
enum { TICK_MS = 200, ANSWER_MS = 300000, BUSY_TRIES = 100, BUSY_MS = 100 };

struct chunk {
    unsigned long id; /* of its request; 0: the slot is free */
    char *params;
    size_t bytes;
    int tries;
};

struct session {
    struct upload *upload;
    int fd;
    double number; /* of the session at the daemon */
    struct chunk window[UPLOAD_WINDOW];
    size_t under_way;
    double next_number, answered_bytes;
    bool at_end;
};

static void show(struct session *session) {
    struct upload *upload = session->upload;
    progress_update(upload->progress, upload->sent_before + session->answered_bytes,
                    upload->total_bytes > 0 ? upload->total_bytes : 0, report_read(upload->report));
}

/* One answer, whoever's, within the time limit; an interrupt ends the wait. */
static enum upload_end await(struct session *session, unsigned long *id, char **result, enum footnote_status *status) {
    struct context *context = session->upload->context;
    int limit_ms = context->timeout_ms >= 0 ? context->timeout_ms : ANSWER_MS;
    int64_t start_ms = now_ms();
    for (;;) {
        *status = footnote_receive(context->client, id, result);
        if (interrupt_came()) {
            footnote_free(*result);
            return UPLOAD_INTERRUPTED;
        }
        show(session);
        bool waiting = *status == FOOTNOTE_TIMEOUT && *id == 0;
        if (!waiting || (limit_ms > 0 && now_ms() - start_ms >= limit_ms)) return UPLOAD_DONE;
    }
}

static enum upload_end fail(struct session *session, enum footnote_status status) {
    struct upload *upload = session->upload;
    progress_clear(upload->progress);
    const char *message = footnote_error(upload->context->client);
    run_complain(upload->context, "%s: %s", upload->file->path, *message ? message : footnote_status_sentence(status));
    upload->exit_code = footnote_status_exit(status);
    switch (status) {
    case FOOTNOTE_PARSE:
    case FOOTNOTE_INVALID_FORMAT:
    case FOOTNOTE_INVALID_RECORD:
    case FOOTNOTE_TOO_LARGE: return UPLOAD_REFUSED;
    default: return UPLOAD_STOPPED;
    }
}

static enum upload_end call(struct session *session, const char *method, const cJSON *params, cJSON **answer) {
    struct context *context = session->upload->context;
    char *text = cJSON_PrintUnformatted(params), *result = NULL;
    unsigned long id;
    enum footnote_status status = footnote_send(context->client, method, text, &id);
    cJSON_free(text);
    *answer = NULL;
    if (status != FOOTNOTE_OK) return fail(session, status);
    enum upload_end end = await(session, &id, &result, &status);
    if (end != UPLOAD_DONE) return end;
    if (status != FOOTNOTE_OK) return fail(session, status);
    *answer = cJSON_Parse(result);
    footnote_free(result);
    return UPLOAD_DONE;
}

static enum upload_end open_session(struct session *session) {
    const struct file *file = session->upload->file;
    cJSON *params = cJSON_Duplicate(session->upload->options, true), *answer;
    if (strcmp(file->path, "-") != 0) {
        const char *slash = strrchr(file->path, '/');
        cJSON_AddStringToObject(params, "name", slash ? slash + 1 : file->path);
    }
    if (file->size >= 0) cJSON_AddNumberToObject(params, "size", file->size);
    enum upload_end end = call(session, "import_open", params, &answer);
    cJSON_Delete(params);
    session->number = pick_number(answer, "import");
    cJSON_Delete(answer);
    return end;
}

static bool send_chunk(struct session *session, struct chunk *chunk, enum footnote_status *status) {
    *status = footnote_send(session->upload->context->client, "import_chunk", chunk->params, &chunk->id);
    return *status == FOOTNOTE_OK;
}

/* Fills `bytes` unless the file ends before; pipes give less at a time.  false: errno. */
static bool read_full(struct session *session, unsigned char *bytes, size_t *len) {
    *len = 0;
    while (*len < UPLOAD_CHUNK && !session->at_end) {
        ssize_t n = read(session->fd, bytes + *len, UPLOAD_CHUNK - *len);
        if (n < 0 && errno == EINTR && !interrupt_came()) continue;
        if (n < 0) return false;
        session->at_end = n == 0;
        *len += (size_t)n;
    }
    return true;
}

static enum upload_end push(struct session *session, struct chunk *chunk) {
    static unsigned char bytes[UPLOAD_CHUNK];
    size_t len;
    enum footnote_status status;
    if (!read_full(session, bytes, &len)) {
        if (interrupt_came()) return UPLOAD_INTERRUPTED;
        run_complain(session->upload->context, "%s: %s", session->upload->file->path, strerror(errno));
        session->upload->exit_code = 1;
        return UPLOAD_REFUSED;
    }
    if (len == 0) return UPLOAD_DONE;
    char *data = base64_encode(bytes, len);
    chunk->params =
        text_format("{\"import\":%.0f,\"number\":%.0f,\"data\":\"%s\"}", session->number, session->next_number++, data);
    free(data);
    chunk->bytes = len;
    chunk->tries = 0;
    session->under_way++;
    return send_chunk(session, chunk, &status) ? UPLOAD_DONE : fail(session, status);
}

static void release(struct session *session, struct chunk *chunk) {
    free(chunk->params);
    *chunk = (struct chunk){.id = 0};
    session->under_way--;
}

static bool try_again(struct session *session, struct chunk *chunk, enum footnote_status *status) {
    bool busy = *status == FOOTNOTE_BUSY || *status == FOOTNOTE_TOO_MANY;
    if (!busy || ++chunk->tries > BUSY_TRIES) return false;
    nanosleep(&(struct timespec){.tv_nsec = BUSY_MS * 1000000L}, NULL);
    return send_chunk(session, chunk, status);
}

static enum upload_end take_answer(struct session *session) {
    unsigned long id;
    char *result = NULL;
    enum footnote_status status;
    enum upload_end end = await(session, &id, &result, &status);
    if (end != UPLOAD_DONE) return end;
    struct chunk *chunk = NULL;
    for (size_t i = 0; i < UPLOAD_WINDOW; i++)
        if (id != 0 && session->window[i].id == id) chunk = session->window + i;
    if (chunk && try_again(session, chunk, &status)) return UPLOAD_DONE;
    if (status != FOOTNOTE_OK) {
        if (chunk) release(session, chunk);
        return fail(session, status);
    }
    session->answered_bytes += chunk ? (double)chunk->bytes : 0;
    if (chunk) release(session, chunk);
    cJSON *answer = cJSON_Parse(result);
    footnote_free(result);
    report_add(session->upload->report, answer, session->upload->progress);
    cJSON_Delete(answer);
    return UPLOAD_DONE;
}

static struct chunk *free_slot(struct session *session) {
    for (size_t i = 0; i < UPLOAD_WINDOW; i++)
        if (session->window[i].id == 0) return session->window + i;
    return NULL;
}

static enum upload_end send_all(struct session *session) {
    enum upload_end end = UPLOAD_DONE;
    while (end == UPLOAD_DONE && (!session->at_end || session->under_way > 0)) {
        struct chunk *slot = session->at_end ? NULL : free_slot(session);
        end = slot ? push(session, slot) : take_answer(session);
        if (interrupt_came()) end = UPLOAD_INTERRUPTED;
    }
    return end;
}

/* A refused file is closed too: what was read of it counts, and the daemon forgets the session. */
static enum upload_end close_session(struct session *session, enum upload_end end) {
    if (end == UPLOAD_STOPPED || end == UPLOAD_INTERRUPTED) return end;
    while (end == UPLOAD_REFUSED && session->under_way > 0)
        if (take_answer(session) == UPLOAD_INTERRUPTED) return UPLOAD_INTERRUPTED;
    cJSON *params = cJSON_CreateObject(), *answer;
    cJSON_AddNumberToObject(params, "import", session->number);
    enum upload_end closed = call(session, "import_close", params, &answer);
    cJSON_Delete(params);
    report_close(session->upload->report, answer, session->upload->progress);
    cJSON_Delete(answer);
    return closed == UPLOAD_DONE ? end : closed;
}

enum upload_end upload_file(struct upload *upload) {
    struct session session = {.upload = upload, .fd = STDIN_FILENO};
    if (strcmp(upload->file->path, "-") != 0) session.fd = open(upload->file->path, O_RDONLY | O_CLOEXEC);
    if (session.fd < 0) {
        run_complain(upload->context, "%s: %s", upload->file->path, strerror(errno));
        upload->exit_code = 1;
        return UPLOAD_REFUSED;
    }
    footnote_set_timeout(upload->context->client, TICK_MS);
    enum upload_end end = open_session(&session);
    if (end == UPLOAD_DONE) end = close_session(&session, send_all(&session));
    for (size_t i = 0; i < UPLOAD_WINDOW; i++)
        free(session.window[i].params);
    if (session.fd != STDIN_FILENO) close(session.fd);
    footnote_set_timeout(upload->context->client, run_time_limit(upload->context));
    return end;
}
