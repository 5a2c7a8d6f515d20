#!/usr/bin/env python3
"""What the transcripts cover: every method is called, every status is provoked, or it stands in not_provoked.txt.

SPDX-License-Identifier: GPL-2.0-or-later

    coverage.py SOURCE-FOLDER

A method counts when a transcript calls it; a status when an expected answer has its code, or a @fails, @flood or
@command names it.  not_provoked.txt: `code: reason`, one a line; a code that is there and provoked is an error too.
"""

import os
import re
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
CALL = re.compile(r'"method": ?"(\w+)"')
ROUTE = re.compile(r"^> POST /v1/(\w+)", re.MULTILINE)
GET_ROUTES = {"/v1/search": "search", "/v1/articles/": "get", "/v1/sources/": "get", "/health": "health",
              "/version": "version", "/metrics": "metrics"}
CODE = re.compile(r'"code": "(\w+)"')
NAMED = re.compile(r"^@(?:fails \d+|flood \d+|command \d+) (\w+)", re.MULTILINE)


def read(*path):
    """A file's text."""
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def transcripts(source):
    """The text of all transcripts, PROTOCOL.md's blocks too."""
    texts = [read(FOLDER, name) for name in sorted(os.listdir(FOLDER)) if name.endswith(".wire")]
    protocol = read(source, "include", "footnote", "PROTOCOL.md")
    return texts + re.findall(r"^```wire\n(.*?)^```", protocol, re.MULTILINE | re.DOTALL)


def called(texts):
    """Methods that are called, by line or by HTTP."""
    found = set()
    for text in texts:
        for line in re.findall(r"^(?:[>@]|[ \t]).*", text, re.MULTILINE):
            found.update(CALL.findall(line))
        found.update(ROUTE.findall(text))
        found.update(method for route, method in GET_ROUTES.items() if f"> GET {route}" in text)
    return found


def provoked(texts):
    """Codes that an answer was expected to have."""
    found = set()
    for text in texts:
        for line in re.findall(r"^(?:<|[ \t]).*", text, re.MULTILINE):
            found.update(CODE.findall(line))
        found.update(NAMED.findall(text))
    return found


def not_provoked():
    """Code -> reason."""
    lines = [line for line in read(FOLDER, "not_provoked.txt").split("\n") if line and line[0] != "#"]
    return dict(re.match(r"(\w+): +(\S.*)", line).groups() for line in lines)


def main():
    source = sys.argv[1]
    texts = transcripts(source)
    methods = re.findall(r"^FOOTNOTE_METHOD\((\w+)", read(source, "include", "footnote", "methods.def"), re.MULTILINE)
    codes = re.findall(r'^FOOTNOTE_STATUS\(\w+, *"(\w+)"', read(source, "include", "footnote", "status.def"), re.MULTILINE)
    reasons, seen = not_provoked(), provoked(texts)
    complaints = [f"the method '{name}' is called by no transcript" for name in methods if name not in called(texts)]
    for code in codes:
        if code == "ok":
            continue
        if code not in seen and code not in reasons:
            complaints.append(f"the code '{code}' is provoked by no transcript, and not_provoked.txt gives no reason")
        if code in seen and code in reasons:
            complaints.append(f"the code '{code}' is provoked; not_provoked.txt says it is not")
    complaints += [f"not_provoked.txt: there is no code '{code}'" for code in reasons if code not in codes]
    for complaint in complaints:
        print(complaint)
    print(f"{len(methods)} methods, {len(codes) - 1} codes, {len(reasons)} of them not provoked")
    return 1 if complaints or not methods or not codes else 0


if __name__ == "__main__":
    sys.exit(main())
