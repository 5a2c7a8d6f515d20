#!/usr/bin/env python3
"""Every header compiles by itself, twice in a row, with its own room's include paths and no more.

SPDX-License-Identifier: GPL-2.0-or-later

headers.py BUILD   BUILD holds compile_commands.json

The flags of a header are those of a source of its folder.  What callers outside see (include/footnote) is
also compiled as C++.
"""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

import house


def flags_by_folder(build):
    """For each folder with sources: its compiler and the flags that decide what an include finds."""
    found = {}
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    for entry in commands:
        words = shlex.split(entry["command"])
        compiler = next(word for word in words if re.search(r"(cc|gcc|clang|c\+\+|g\+\+|clang\+\+)(-\d+)?$", word))
        flags, isystem = [], False
        for word in words:
            if isystem or re.match(r"-[ID]|-std=|-isystem", word):
                flags.append(word)
            isystem = word == "-isystem"
        folder = os.path.relpath(os.path.dirname(entry["file"]), house.ROOT)
        found.setdefault(folder, (compiler, flags))
    return found


def folder_of(header, folders):
    """The folder whose flags a header takes: its own, or the room's for a public one."""
    folder = os.path.dirname(header)
    while folder and folder not in folders:
        folder = os.path.dirname(folder)
    return folder or None


def compile_twice(header, compiler, flags, language):
    """The compiler's complaints about a file that only includes the header, twice."""
    path = os.path.join(house.ROOT, header)
    command = [compiler, *flags, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", language, "-"]
    source = f'#include "{path}"\n#include "{path}"\n'
    run = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return f"{header} as {language}:\n{run.stderr}" if run.returncode else None


def jobs(build):
    """What to compile: header, compiler, flags, language."""
    folders = flags_by_folder(build)
    for header in house.files():
        if not header.endswith(".h"):
            continue
        if header.startswith("include/"):
            flags = ["-I", os.path.join(house.ROOT, "include")]
            yield header, "cc", flags + ["-std=c11"], "c"
            yield header, "c++", flags + ["-std=c++17"], "c++"
            continue
        folder = folder_of(header, folders)
        if not folder:
            continue
        compiler, flags = folders[folder]
        is_cxx = compiler.endswith("++") and "/include/" not in header
        if compiler.endswith("++") and not is_cxx:
            flags = [flag for flag in flags if not flag.startswith("-std=")] + ["-std=c11"]
        yield header, compiler, flags, "c++" if is_cxx else "c"


def main():
    todo = list(jobs(sys.argv[1]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: compile_twice(*job), todo))
    house.verdict([line for line in results if line], todo)


main()
