/* One answer of the daemon, out of its line.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   answer = {"id": number | null, "result": value} | {"id": …, "error": {"code": number, "message": string,
 *            "data": {"code": string, …}}}          with further members, in any order
 *
 * The result is copied byte for byte.  The status of an error is found by data.code in the table; a code that
 * this version does not know falls back on JSON-RPC's number. */
#include "internal.h"
#include "scan.h"

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

void answer_free(struct answer *answer) {
    if (!answer) return;
    free(answer->result);
    free(answer->error);
    free(answer->error_json);
    free(answer);
}

static char *copy(struct span span) {
    char *text = malloc(span.len + 1);
    if (!text) return NULL;
    memcpy(text, span.start, span.len);
    text[span.len] = '\0';
    return text;
}

static enum footnote_status read_error(struct answer *answer, struct span span) {
    answer->error_json = copy(span);
    if (!answer->error_json) return FOOTNOTE_NO_MEMORY;
    cJSON *json = cJSON_ParseWithLength(span.start, span.len);
    const cJSON *code = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "data"), "code");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(json, "code");
    const cJSON *message = cJSON_GetObjectItemCaseSensitive(json, "message");
    answer->status = cJSON_IsString(code) ? status_from_code(code->valuestring) : FOOTNOTE_INTERNAL;
    if (answer->status == FOOTNOTE_INTERNAL && cJSON_IsNumber(number))
        answer->status = status_from_number(number->valuedouble);
    /* An error that says "ok" is none that a caller could go by. */
    if (answer->status == FOOTNOTE_OK) answer->status = FOOTNOTE_INTERNAL;
    answer->error = strdup(cJSON_IsString(message) ? message->valuestring : footnote_status_sentence(answer->status));
    cJSON_Delete(json);
    return answer->error ? FOOTNOTE_OK : FOOTNOTE_NO_MEMORY;
}

enum footnote_status answer_read(struct answer **out, const char *line, size_t len) {
    struct span whole, key, value, result = {NULL, 0}, error = {NULL, 0};
    struct scan members;
    const char *fault;
    *out = NULL;
    if (!scan_text(&whole, line, len, &fault) || !scan_enter(&members, whole)) return FOOTNOTE_PARSE;
    struct answer *answer = calloc(1, sizeof *answer);
    if (!answer) return FOOTNOTE_NO_MEMORY;
    while (scan_member(&key, &value, &members)) {
        if (span_equals(key, "id") && !span_equals(value, "null")) answer->id = strtoul(value.start, NULL, 10);
        if (span_equals(key, "result")) result = value;
        if (span_equals(key, "error") && !span_equals(value, "null")) error = value;
    }
    enum footnote_status status = FOOTNOTE_PARSE;
    if (error.start) {
        status = read_error(answer, error);
    } else if (result.start) {
        answer->result = copy(result);
        status = answer->result ? FOOTNOTE_OK : FOOTNOTE_NO_MEMORY;
    }
    if (status != FOOTNOTE_OK) {
        answer_free(answer);
        return status;
    }
    *out = answer;
    return FOOTNOTE_OK;
}
