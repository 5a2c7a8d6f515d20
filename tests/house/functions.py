#!/usr/bin/env python3
"""No function is longer than 100 lines; the longest are printed, because the tail tells more than the average.

SPDX-License-Identifier: GPL-2.0-or-later

Needs universal-ctags.
"""

import json
import os
import shutil
import subprocess

import house

LIMIT_LINES = 100
SHOWN = 8


def functions():
    """(lines, file, name) of each function of ours in C and C++, longest first."""
    names = [name for name in house.files() if name.endswith((".c", ".cc"))]
    command = ["ctags", "--output-format=json", "--fields=+ne", "--kinds-C=f", "--kinds-C++=f", "-f", "-", "-L", "-"]
    run = subprocess.run(command, input="\n".join(names), capture_output=True, text=True, cwd=house.ROOT, check=True)
    found = []
    for line in run.stdout.splitlines():
        tag = json.loads(line)
        if "end" in tag:
            found.append((tag["end"] - tag["line"] + 1, tag["path"], tag["name"]))
    return sorted(found, reverse=True)


def show(title, rows):
    """The longest functions and the median of a part."""
    if not rows:
        return
    print(f"{title}: {len(rows)} functions, median {rows[len(rows) // 2][0]} lines, longest:")
    for lines, path, name in rows[:SHOWN]:
        print(f"{lines:6}  {name}  {path}")


def main():
    if not shutil.which("ctags"):
        house.skip("there is no ctags (Debian package universal-ctags)")
    found = functions()
    show("the product", [row for row in found if not row[1].startswith("tests/")])
    show("the tests", [row for row in found if row[1].startswith("tests/")])
    too_long = [f"{path}: {name} has {lines} lines, the limit is {LIMIT_LINES}"
                for lines, path, name in found if lines > LIMIT_LINES]
    house.verdict(too_long, found)


main()
