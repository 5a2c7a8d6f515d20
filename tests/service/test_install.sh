#!/bin/sh
# What `cmake --install` puts where: the service's files, and that the paths they name are there.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_install.sh BUILD PREFIX CONF_DIR
#   BUILD     build folder, everything built
#   PREFIX    the prefix it was configured with
#   CONF_DIR  folder of the configuration
set -eu
build=$1
prefix=$2
conf=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
DESTDIR=$work cmake --install "$build" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log"
    exit 1
}

failed=0
complain() {
    echo "$1"
    failed=1
}

for file in bin/footnoted bin/footnote include/footnote/client.h include/footnote/status.h include/footnote/status.def \
    lib/systemd/system/footnoted.service lib/systemd/system/footnoted.socket \
    lib/systemd/system/footnoted-http.socket lib/sysusers.d/footnote.conf lib/tmpfiles.d/footnote.conf \
    share/man/man8/footnoted.8 share/man/man5/footnote.conf.5 share/man/man1/footnote.1 \
    share/footnote/index-schema/schema.json share/footnote/index-schema/url-rules.json \
    share/footnote/index-schema/outlets.json share/footnote/index-schema/boilerplate.json \
    share/footnote/index-schema/abbreviations.txt share/footnote/index-schema/README.md \
    share/footnote/index-schema/FORMAT.md; do
    [ -s "$work$prefix/$file" ] || complain "not installed: $prefix/$file"
done
[ -s "$work$conf/footnote.conf" ] || complain "not installed: $conf/footnote.conf"
find "$work" -name 'libfootnote.so*' | grep -q . || complain "not installed: libfootnote.so"
find "$work" -name 'footnote.pc' | grep -q . || complain "not installed: footnote.pc"

# The unit names the binary and the configuration of this installation.
unit=$work$prefix/lib/systemd/system/footnoted.service
grep -q "^ExecStart=$prefix/bin/footnoted --config $conf/footnote.conf\$" "$unit" ||
    complain "footnoted.service: $(grep '^ExecStart=' "$unit")"

# The rest of the unit is as it stands in the source tree.
grep -c '' "$unit" | grep -qx "$(grep -c '' "$(dirname "$0")/../../systemd/footnoted.service")" ||
    complain "footnoted.service has lost lines"
[ $failed -ne 0 ] || echo "installed: $(find "$work" -type f | grep -vc '/log$') files"
exit $failed
