#!/bin/sh
# libfootnote, installed into an empty folder, serves programs that find it by pkg-config and by find_package.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# consumer.sh BUILD CONSUMER CMAKE CC LIBDIR
set -eu
build=$1 consumer=$2 cmake=$3 cc=$4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for component in lib dev; do "$cmake" --install "$build" --prefix "$dir/usr" --component $component >"$dir/log"; done
lib=$dir/usr/$5
[ -f "$lib/libfootnote.so" ] && [ -f "$dir/usr/include/footnote/status.def" ]

# The .pc file names the prefix of the configuration; --define-prefix takes the folder that it lies in.
export PKG_CONFIG_PATH="$lib/pkgconfig"
# Flags are words.
# shellcheck disable=SC2046
"$cc" -std=c11 -pedantic -Werror "$consumer/main.c" -o "$dir/by-pkg-config" \
    $(pkg-config --define-prefix --define-variable=prefix="$dir/usr" --cflags --libs footnote)
LD_LIBRARY_PATH=$lib "$dir/by-pkg-config"
[ "$(pkg-config --modversion footnote)" = "$(LD_LIBRARY_PATH=$lib "$dir/by-pkg-config" | cut -d' ' -f1)" ]

"$cmake" -G Ninja -S "$consumer" -B "$dir/build" -DCMAKE_PREFIX_PATH="$dir/usr" -DCMAKE_C_COMPILER="$cc" >"$dir/log"
"$cmake" --build "$dir/build" >"$dir/log" || {
    cat "$dir/log"
    exit 1
}
"$dir/build/consumer"
