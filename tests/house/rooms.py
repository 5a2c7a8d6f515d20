#!/usr/bin/env python3
"""Includes obey the rooms: never up, never sideways, and each guest has one door.

SPDX-License-Identifier: GPL-2.0-or-later

The levels are those of cmake/Room.cmake.  The build refuses most of this by its include paths; this test also
sees what they would let through, such as a path with `..` or a guest's header that lies in /usr/include.
"""

import re

import house

# Who may include the headers of which guest.  None: everyone.
DOORS = {
    r"xapian": {"engine"},
    r"event2/|event\.h|evhttp\.h": {"net"},
    r"sqlite3": {"store"},
    r"unicode/": {"text"},
    r"libpsl|idn2": {"archive"},
    r"libxml/": {"import"},
    r"zlib": {"store", "import", "client", "server", "evidence"},
    r"xxhash": {"base"},
}
INCLUDE = re.compile(r"^\s*#\s*include\s*([<\"])([^>\"]+)[>\"]", re.MULTILINE)


def levels():
    """The rooms and their levels."""
    text = house.text_of("cmake/Room.cmake")
    return {name: int(level) for name, level in re.findall(r"set\(FOOTNOTE_LEVEL_(\w+) (\d+)\)", text)}


def check_room(room, target, level):
    """What is wrong with a daemon's file of `room` that includes `target`."""
    first = target.split("/")[0]
    if first in level and first != room and level[first] >= level[room]:
        return f"room {room} may not include room {first}"
    if ".." in target:
        return "an include may not climb"
    return None


def check_guest(owner, target):
    """What is wrong with including a guest's header there."""
    for pattern, doors in DOORS.items():
        if re.match(pattern, target) and owner not in doors:
            return f"<{target}> is for {', '.join(sorted(doors))} only"
    return None


def check(name, target, level):
    """What is wrong with one include; None if nothing is."""
    room = house.room_of(name)
    if room:
        return check_room(room, target, level) or check_guest(room, target)
    if name.startswith("client/"):
        if target.split("/")[0] in level:
            return "the client includes only include/ and its own"
        return check_guest("client", target)
    if name.startswith("daemon/"):
        return check_guest("server", target)
    return None


def main():
    complaints, looked_at = [], []
    level = levels()
    for name in house.files():
        if not re.search(r"\.(c|cc|h)$", name) or name.startswith("tests/"):
            continue
        looked_at.append(name)
        if house.room_of(name) not in (None, "engine") and name.endswith(".cc"):
            complaints.append(f"{name}:1: C++ outside the engine")
        text = house.text_of(name)
        for found in INCLUDE.finditer(text):
            wrong = check(name, found.group(2), level)
            if wrong:
                line = text.count("\n", 0, found.start(2)) + 1
                complaints.append(f"{name}:{line}: {wrong}")
    house.verdict(complaints, looked_at)


main()
