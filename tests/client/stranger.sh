#!/bin/sh
# The command knows of footnote what every program outside knows: footnote/client.h and footnote/status.h.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stranger.sh FOLDER
set -eu
cd "$1"
own=$(ls -- *.h)
strange=$(grep -hoE '^#include "[^"]+"' -- *.c *.h | sed 's/.*"\(.*\)"/\1/' | sort -u | grep -vxF "$own" || true)
[ -z "$strange" ] || {
    echo "headers from elsewhere: $strange"
    exit 1
}
strange=$(grep -hoE '^#include <footnote/[^>]+>' -- *.c *.h | sort -u | grep -vE '<footnote/(client|status)\.h>' || true)
[ -z "$strange" ] || {
    echo "$strange"
    exit 1
}
