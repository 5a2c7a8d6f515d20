/* Fuzz: requests (api/), from a message's bytes to its answer, against a small archive.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   input = "L" a line's message
 *         | "H" method " " path [ "?" query ] LF body
 *
 * Each message gets one answer, in its time; it is JSON, or text from /metrics; no answer is `internal`.  Methods that
 * write folders of the caller's choice or build indexes are left out.  The archive begins anew from time to time. */
#include "fuzz.h"

#include "api/api.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/when.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 2000 };

static const char *const seeds[] = {
    "{\"method\":\"put\",\"params\":{\"record\":{\"id\":\"moon\",\"title\":\"The moon\",\"text\":\"It is round [1]. It "
    "is far [2].\",\"published\":\"2001-02-03\",\"tags\":[\"sky\"],\"claims\":[{\"text\":\"The moon is of cheese.\"}],"
    "\"verdict\":\"false\",\"sources\":[{\"url\":\"https://example.org/a\"},{\"url\":\"https://example.com/b\"}]}}}",
    "{\"method\":\"put\",\"params\":{\"record\":{\"id\":\"sun\",\"title\":\"The "
    "sun\",\"sections\":[{\"heading\":\"Heat\""
    ",\"text\":\"It is hot [1].\"}],\"sources\":[{\"url\":\"https://example.org/a\"}],\"language\":\"en\"}}}",
    "{\"method\":\"put\",\"params\":{\"kind\":\"source\",\"record\":{\"url\":\"https://example.org/a\",\"title\":\"A\","
    "\"text\":\"The moon is round and far away.\"}}}",
    "{\"method\":\"put\",\"params\":{\"record\":{\"id\":\"sea\",\"title\":\"The sea\",\"text\":\"Salt.\"},\"wait\":"
    "\"visible\"}}",
};

struct waiting {
    struct api_task *task;
    struct waiting *next;
};

static struct {
    struct config config;
    struct api *api;
    struct api_worker *worker;
    size_t messages;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct waiting *first, **last;
    size_t replies;
    int http_status;
    bool is_json;
    struct buf reply;
} world = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* ---- the host ---- */

static bool submit(void *arg, enum api_lane lane, struct api_task *take_task, bool urgent) {
    struct waiting *waiting = mem_alloc(sizeof *waiting);
    (void)arg;
    (void)lane;
    (void)urgent;
    waiting->task = take_task;
    pthread_mutex_lock(&world.lock);
    *world.last = waiting;
    world.last = &waiting->next;
    pthread_cond_signal(&world.changed);
    pthread_mutex_unlock(&world.lock);
    return true;
}

static void load(void *arg, struct api_load *out) {
    (void)arg;
    *out = (struct api_load){0};
}

static void reply(void *arg, int http_status, const char *content_type, struct buf *take_body) {
    (void)arg;
    pthread_mutex_lock(&world.lock);
    world.replies++;
    world.http_status = http_status;
    world.is_json = strcmp(content_type, "application/json") == 0;
    buf_free(&world.reply);
    world.reply = *take_body;
    pthread_cond_signal(&world.changed);
    pthread_mutex_unlock(&world.lock);
}

/* The next task, or NULL when the answer is there. */
static struct api_task *next_task(void) {
    struct api_task *task = NULL;
    pthread_mutex_lock(&world.lock);
    while (!world.first && world.replies == 0)
        pthread_cond_wait(&world.changed, &world.lock);
    struct waiting *waiting = world.first;
    if (waiting) {
        task = waiting->task;
        world.first = waiting->next;
        if (!world.first) world.last = &world.first;
        mem_free(waiting);
    }
    pthread_mutex_unlock(&world.lock);
    return task;
}

static void ask(struct api_request *request) {
    struct api_task *task;
    world.replies = 0;
    request->reply = reply;
    request->received_us = when_mono_us();
    api_run(world.api, world.worker, api_accept(world.api, request));
    while ((task = next_task()))
        api_run(world.api, world.worker, task);
    ENSURE(world.replies == 1);
}

/* ---- the archive ---- */

static void close_world(void) {
    if (!world.api) return;
    api_stop(world.api);
    api_worker_close(world.worker);
    api_close(world.api);
    config_free(&world.config);
    buf_free(&world.reply);
    world.api = NULL;
}

static void configure(const char *data) {
    static const char *const settings[][2] = {{"durability", "os"},
                                              {"commit_interval", "1"},
                                              {"max_depth", "32"},
                                              {"request_timeout", "2000"},
                                              {"max_batch", "20"}};
    struct err err = ERR_NONE;
    config_init(&world.config);
    ENSURE(config_set(&world.config, "data", data, &err) == ST_OK);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        ENSURE(config_set(&world.config, settings[i][0], settings[i][1], &err) == ST_OK);
}

static void open_world(void) {
    struct api_host host = {.submit = submit, .load = load};
    struct err err = ERR_NONE;
    char data[128];
    if (world.messages++ % MESSAGES_MAX && world.api) return;
    if (world.messages == 1) atexit(close_world);
    close_world();
    snprintf(data, sizeof data, "%s/data", fuzz_folder());
    file_remove_tree(data, NULL);
    configure(data);
    world.last = &world.first;
    ENSURE(api_open(&world.api, &world.config, FOOTNOTE_SOURCE_DIR "/index-schema", &host, &err) == ST_OK);
    ENSURE(api_worker_open(&world.worker, world.api, &err) == ST_OK);
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        char *body = mem_strdup(seeds[i]);
        struct api_request request = {.body = body, .len = strlen(body)};
        ask(&request);
        mem_free(body);
    }
}

/* ---- what is left out ---- */

static bool is_left_out(const char *method) {
    static const char *const names[] = {"backup", "restore", "reindex", "compact", "rollback", "verify"};
    for (size_t i = 0; method && i < sizeof names / sizeof *names; i++)
        if (strstr(method, names[i])) return true;
    return false;
}

static bool asks_what_is_left_out(const char *body, size_t len) {
    static const struct json_limits limits = {.depth = 32};
    struct err err = ERR_NONE;
    cJSON *root = NULL;
    if (json_parse(&root, body, len, &limits, &err) != ST_OK) return false;
    bool found = is_left_out(json_get_string(root, "method"));
    for (const cJSON *item = cJSON_IsArray(root) ? root->child : NULL; item; item = item->next)
        found = found || is_left_out(json_get_string(item, "method"));
    cJSON_Delete(root);
    return found;
}

/* ---- messages ---- */

/* Cuts at the first `mark`; the rest, or NULL. */
static char *cut(char *text, char mark) {
    char *at = strchr(text, mark);
    if (at) *at++ = '\0';
    return at;
}

/* False: not what net would hand over. */
static bool read_http(struct api_request *request, char *text, size_t size) {
    char *body = cut(text, '\n'), *path = body ? cut(text, ' ') : NULL;
    if (!path || *path != '/') return false;
    request->http = true;
    request->query = cut(path, '?');
    request->method = text;
    request->path = path;
    request->body = body;
    request->len = size - (size_t)(body - text);
    return !is_left_out(path);
}

static void check_reply(const char *text) {
    static const struct json_limits limits = {.depth = 200};
    struct err err = ERR_NONE;
    const char *said = world.reply.data ? world.reply.data : "";
    ENSURE(world.http_status >= 200 && world.http_status < 600);
    if (world.reply.len && world.is_json) ENSURE(json_check(said, world.reply.len, &limits, &err) == ST_OK);
    if (!strstr(text, "internal")) ENSURE(!strstr(said, "\"code\":\"internal\""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    char *text = mem_strndup((const char *)data + 1, size - 1), *copy = mem_strndup(text, size - 1);
    struct api_request request = {.body = text, .len = size - 1};
    bool fits = data[0] != 'H' || (!memchr(text, '\0', size - 1) && read_http(&request, text, size - 1));
    if (fits && !asks_what_is_left_out(request.body, request.len)) {
        open_world();
        ask(&request);
        check_reply(copy);
    }
    mem_free(text);
    mem_free(copy);
    return 0;
}
