/* libfootnote: the C client of footnoted.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A client is one connection; it belongs to one thread at a time.  Requests and answers are JSON texts; the
 * methods stand in PROTOCOL.md.  Strings are UTF-8 and NUL-terminated.  An out parameter is the caller's and
 * is freed with footnote_free; what a function returns as a pointer is borrowed. */
#ifndef FOOTNOTE_CLIENT_H
#define FOOTNOTE_CLIENT_H

#include <footnote/status.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct footnote_client;

/* Where the daemon listens: a path of a Unix socket, or HOST:PORT (a bracketed IPv6 address is fine).  NULL:
 * $FOOTNOTE_SOCKET, else $XDG_RUNTIME_DIR/footnote.sock, else /run/footnote/footnote.sock.
 * OK, UNREACHABLE (footnote_error says why), INVALID_VALUE, TIMEOUT, NO_MEMORY.
 * On failure *out is still a client to be freed, unless there is no memory: it holds the error. */
enum footnote_status footnote_open(struct footnote_client **out, const char *endpoint, int timeout_ms);
void footnote_close(struct footnote_client *client); /* accepts NULL */

/* One call: `params` is a JSON object or NULL.  On OK *result is the result as JSON text.  Any status of the
 * table may come from the daemon; footnote_error then tells its message and footnote_error_json its data. */
enum footnote_status footnote_call(struct footnote_client *client, const char *method, const char *params,
                                   char **result);

/* Pipelining: send several, then receive in any order; *id tells which request an answer belongs to.  Sending does
 * not wait: what the socket does not take at once goes out while an answer is awaited.  A receive that times out
 * (TIMEOUT, *id 0) leaves the requests open; a call that times out gives its answer up, and the connection stays
 * good.  Receiving with no request open is INVALID_REQUEST. */
enum footnote_status footnote_send(struct footnote_client *client, const char *method, const char *params,
                                   unsigned long *id);
enum footnote_status footnote_receive(struct footnote_client *client, unsigned long *id, char **result);

/* One raw line out, one raw line in, for tools. */
enum footnote_status footnote_raw(struct footnote_client *client, const char *line, char **answer);

/* How long a call may take; 0: no limit. */
void footnote_set_timeout(struct footnote_client *client, int timeout_ms);

const char *footnote_error(const struct footnote_client *client);      /* of the last failed call; "" if none */
const char *footnote_error_json(const struct footnote_client *client); /* the error object; NULL if there is none */
const char *footnote_endpoint(const struct footnote_client *client);

/* Of a status: its wire code, its sentence, its exit code, whether trying again can help. */
const char *footnote_status_code(enum footnote_status status);
const char *footnote_status_sentence(enum footnote_status status);
int footnote_status_exit(enum footnote_status status);
int footnote_status_retry(enum footnote_status status);

const char *footnote_version(void);
void footnote_free(void *memory); /* accepts NULL */

#ifdef __cplusplus
}
#endif

#endif
