"""What the house's tests share: the project's files, and how a fault is told.

SPDX-License-Identifier: GPL-2.0-or-later

The files are those that git keeps; in an unpacked archive, where there is no git, all but build folders.
A test collects its complaints, one line each with a place, and ends with `verdict`.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SKIPPED = 77  # what CTest takes for a skipped test


def files():
    """Every file of the project that exists, as a path from its root."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name and os.path.isfile(os.path.join(ROOT, name))]
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ("build", ".git", "__pycache__")]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return sorted(found)


def text_of(name):
    """A file's text; what is no UTF-8 in it is replaced."""
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def table_of(name, macro):
    """The arguments of each `macro(…)` line of a .def file, as text."""
    return re.findall(rf"^{macro}\((.*)\)\s*$", text_of(name), re.MULTILINE)


def room_of(name):
    """The daemon's room that a file belongs to; None if it belongs to none."""
    parts = name.split("/")
    return parts[1] if parts[0] == "daemon" and len(parts) > 2 else None


def skip(reason):
    """Ends the test as skipped."""
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def verdict(complaints, looked_at):
    """Prints the complaints and ends the test; looked_at says what was looked at, since nothing must not pass."""
    for line in complaints:
        print(line)
    count = len(looked_at)
    print(f"{count} looked at, {len(complaints)} complaints")
    sys.exit(1 if complaints or count == 0 else 0)
