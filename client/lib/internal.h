/* What the files of libfootnote share: the client and its errors.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A client belongs to one thread at a time; nothing in the library is global. */
#ifndef LIB_INTERNAL_H
#define LIB_INTERNAL_H

#include "stream.h"

#include <footnote/client.h>

#include <stdbool.h>
#include <stdint.h>

/* An answer that came while another was awaited. */
struct answer {
    struct answer *next;
    unsigned long id;
    enum footnote_status status;
    char *result;             /* OK */
    char *error, *error_json; /* otherwise */
};

struct open_request {
    unsigned long id;
    bool abandoned; /* its call timed out: the answer is dropped when it comes */
};

struct footnote_client {
    struct stream stream;
    char *endpoint;
    int timeout_ms;
    unsigned long last_id;
    struct open_request *open; /* sent, not answered; oldest first */
    size_t open_count, open_size;
    struct answer *first, **last; /* answers not yet asked for, as they came */
    char *error, *error_json;     /* of the last failed call; NULL if none */
};

/* Keeps an error in the client and returns its status. */
enum footnote_status client_fail(struct footnote_client *client, enum footnote_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void client_clear_error(struct footnote_client *client);
/* The connection can't be used any more: says so and closes it.  Uses errno. */
enum footnote_status client_lose(struct footnote_client *client, enum footnote_status status);

/* Where to connect to, and the connection; NULL is the default place.  Sets client->endpoint and the error. */
enum footnote_status endpoint_connect(struct footnote_client *client, const char *endpoint, int timeout_ms);

/* One answer out of a line.  *out is NULL for a line that is no answer: PARSE. */
enum footnote_status answer_read(struct answer **out, const char *line, size_t len);
void answer_free(struct answer *answer); /* accepts NULL */

enum footnote_status status_from_code(const char *code);
enum footnote_status status_from_number(double number); /* JSON-RPC's own numbers */

#endif
