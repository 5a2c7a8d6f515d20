# Debian's packages that footnote needs, and how they come onto the machine.  For `run` and `check`.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shellcheck shell=bash disable=SC2034 # the lists are for those who read this file in

packages_build="gcc g++ cmake ninja-build pkg-config libxapian-dev libevent-dev libcjson-dev libsqlite3-dev
    libicu-dev libpsl-dev libidn2-dev libxml2-dev libxxhash-dev zlib1g-dev libcmocka-dev python3"
packages_test="git nodejs clang clang-tidy clang-format shellcheck universal-ctags mandoc systemd
    binutils xapian-tools strace"

# packages_need NAME…: installs what is missing, as root or by sudo; otherwise names it and fails.
packages_need() {
    local missing=() name
    if ! command -v dpkg-query >/dev/null; then
        echo "This system has no dpkg; footnote needs what Debian calls: $*" >&2
        return 0
    fi
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && command -v sudo >/dev/null; }; then
            echo "These packages are missing and this user may not install them:" >&2
            echo "    apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -q >/dev/null && "${as_root[@]}" "${install[@]}" >/dev/null
}
