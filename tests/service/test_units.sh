#!/bin/sh
# The units: how exposed the service is, and whether systemd understands each line.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_units.sh FOLDER   FOLDER holds the units as they are in the source tree
# Needs systemd-analyze, not a running systemd.  Exit 77: skipped.
set -eu
units=$1
limit=11 # ten times the exposure level that is allowed

if ! command -v systemd-analyze >/dev/null; then
    echo "skipped: there is no systemd-analyze (Debian package systemd)"
    exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

if ! systemd-analyze security --offline=true --threshold=$limit "$units/footnoted.service" >"$work/security"; then
    grep '✗' "$work/security" || true
    failed=1
fi
tail -n 1 "$work/security"

# The daemon need not be installed for its unit to be right.
for unit in footnoted.service footnoted.socket footnoted-http.socket; do
    sed 's|^ExecStart=/usr/bin/footnoted|ExecStart=/bin/true|' "$units/$unit" >"$work/$unit"
done
if systemd-analyze verify --man=no "$work"/footnoted* >"$work/verify" 2>&1 && [ ! -s "$work/verify" ]; then
    echo "systemd-analyze verify: nothing to complain of"
else
    cat "$work/verify"
    failed=1
fi
exit $failed
