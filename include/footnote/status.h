/* The outcomes of footnote as an enumeration, for users of the library.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table behind it is status.def; it has each outcome's wire code, HTTP status, exit code and a
 * sentence. */
#ifndef FOOTNOTE_STATUS_H
#define FOOTNOTE_STATUS_H

enum footnote_status {
#define FOOTNOTE_STATUS(name, code, type, retry, http, exit, sentence) FOOTNOTE_##name,
#include <footnote/status.def>
#undef FOOTNOTE_STATUS
};

#endif
