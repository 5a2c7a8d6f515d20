#!/bin/sh
# libfootnote exports the functions that client.h declares, all of them and nothing else.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# symbols.sh LIBRARY HEADER
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# The version node itself is an absolute symbol.
nm -D --defined-only "$1" | awk '$2 != "A" {sub(/@.*/, "", $3); print $3}' | sort >"$dir/exported"
# A prototype is a line that has a name with a parenthesis behind it.
sed -e 's,/\*.*\*/,,' "$2" | grep -oE '\bfootnote_[a-z_]+\(' | tr -d '(' | sort -u >"$dir/declared"
[ -s "$dir/declared" ]
diff -u "$dir/declared" "$dir/exported"
