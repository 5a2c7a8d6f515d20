#!/usr/bin/env python3
"""Committed files name no place of the machine they were written on, and no word that its owner keeps to himself.

SPDX-License-Identifier: GPL-2.0-or-later

Places are the folder of this checkout and the one that holds it, unless it is one that every system has.
Words are regular expressions, one a line, in .git/info/private-words, which git does not copy.
"""

import os
import re
import subprocess

import house

COMMON = {"/", "/tmp", "/var/tmp", "/home", "/root", "/srv", "/opt", "/mnt", "/usr/src", "/src", "/build"}


def places():
    """This checkout's folder and its parent, as patterns."""
    parent = os.path.dirname(house.ROOT)
    found = [place for place in (house.ROOT, parent) if place not in COMMON]
    return [rf"(?<![\w.]){re.escape(place)}(?![\w-])" for place in found]


def private_words():
    """The owner's words; none where there is no such file."""
    run = subprocess.run(["git", "-C", house.ROOT, "rev-parse", "--git-path", "info/private-words"],
                         capture_output=True, text=True, check=False)
    path = os.path.join(house.ROOT, run.stdout.strip())
    if run.returncode or not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip()]


def main():
    complaints, looked_at = [], []
    pattern = re.compile("|".join(f"(?:{word})" for word in places() + private_words()))
    for name in house.files():
        looked_at.append(name)
        for number, line in enumerate(house.text_of(name).split("\n"), 1):
            found = pattern.search(line)
            if found:
                complaints.append(f"{name}:{number}: names {found.group(0)}")
    house.verdict(complaints, looked_at)


main()
