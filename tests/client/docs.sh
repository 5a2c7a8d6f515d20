#!/bin/sh
# The manual pages and the completion in the repository are what the table of commands gives.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# docs.sh GENERATOR CLIENT
# When it fails: build the target footnote_docs_write.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/man" "$dir/completion"
"$1" "$dir" "$2/man/parts"
diff -ru -x parts -x "*.7" "$2/man" "$dir/man"
diff -ru "$2/completion" "$dir/completion"
bash -n "$2/completion/footnote.bash"
if command -v zsh >/dev/null; then zsh -n "$2/completion/_footnote"; fi

# What completion offers, asked as the shell asks.
check() {
    wanted=$1
    shift
    found=$(bash -c '. "$0"; compopt() { :; }; COMP_WORDS=(footnote "$@"); COMP_CWORD=$#; _footnote
                     echo "${COMPREPLY[*]}"' "$script" "$@")
    [ "$found" = "$wanted" ] || {
        echo "completion of '$*': expected '$wanted', got '$found'"
        exit 1
    }
}
script=$2/completion/footnote.bash
check 'search' sea
check 'articles sources all' search --in ''
check '--facet' search --fac
check '--socket' --sock
check 'search' --connect localhost:1 sea
check 'error' lint --severity e
check '' search --limit ''
