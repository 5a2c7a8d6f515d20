/* A program outside: what it needs of libfootnote must be there after an installation.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <footnote/client.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    struct footnote_client *client;
    enum footnote_status status = footnote_open(&client, "/nowhere/footnote.sock", 1000);
    int good = status == FOOTNOTE_UNREACHABLE && strstr(footnote_error(client), "/nowhere/footnote.sock") != NULL;
    printf("%s %s\n", footnote_version(), footnote_status_code(status));
    footnote_close(client);
    return good ? 0 : 1;
}
