#!/bin/sh
# Every manual page passes mandoc's own check.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# man_pages.sh ROOT
# Exit 77: skipped.
set -eu
cd "$1"

if ! command -v mandoc >/dev/null; then
    echo "skipped: there is no mandoc (Debian package mandoc)"
    exit 77
fi
pages=$(find systemd/man client/man -name '*.[1-8]' 2>/dev/null | sort)
[ -n "$pages" ] || {
    echo "there is no manual page"
    exit 1
}
# Names of files have no blanks here.
# shellcheck disable=SC2086
mandoc -Tlint -Wwarning $pages
echo "$pages" | grep -c .
