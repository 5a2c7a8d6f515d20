#!/usr/bin/env python3
"""PROTOCOL.md against the tables: a section for each method, a row with the right figures for each status.

SPDX-License-Identifier: GPL-2.0-or-later

    documents.py SOURCE-FOLDER            complains
    documents.py SOURCE-FOLDER --write    writes the table of statuses anew, keeping the column `what to do`
"""

import os
import re
import sys

BEGIN = "| --- | --- | --- | --- | --- | --- | --- |\n"
END = "<!-- end of statuses -->"
STATUS = re.compile(r'^FOOTNOTE_STATUS\(\w+, *"(\w+)", *"(\w+)", *(\d), *(\d+), *(\d+), *"(.*)"\)', re.MULTILINE)
METHOD = re.compile(r'^FOOTNOTE_METHOD\((\w+), *(\w+), *(\w+),', re.MULTILINE)


def table(statuses, advice):
    """The rows as they should be; `advice` by code."""
    return [f"| `{code}` | {kind} | {'yes' if retry == '1' else 'no'} | {http} | {leave} | {sentence} | "
            f"{advice.get(code, '')} |" for code, kind, retry, http, leave, sentence in statuses if code != "ok"]


def check_methods(text, methods):
    """A section each, which says the scope."""
    complaints = []
    parts = re.split(r"^### `(\w+)`$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2]))
    for name, _, scope in methods:
        if name not in sections:
            complaints.append(f"there is no section ### `{name}`")
        elif f"Scope `{scope}`" not in sections[name]:
            complaints.append(f"the section of '{name}' does not say: Scope `{scope}`")
    known = [name for name, _, _ in methods]
    return complaints + [f"the section of '{name}' describes no method" for name in sections if name not in known]


def main():
    folder = os.path.join(sys.argv[1], "include", "footnote")
    path = os.path.join(folder, "PROTOCOL.md")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(folder, "status.def"), encoding="utf-8") as file:
        statuses = STATUS.findall(file.read())
    with open(os.path.join(folder, "methods.def"), encoding="utf-8") as file:
        methods = METHOD.findall(file.read())
    before, rest = text.split(BEGIN, 1)
    rows, after = rest.split(END, 1)
    advice = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", rows, re.MULTILINE))
    wanted = table(statuses, advice)
    if "--write" in sys.argv:
        with open(path, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + "\n".join(wanted) + "\n" + END + after)
        return 0
    found = rows.strip().split("\n")
    complaints = [f"the table of statuses lacks: {row}" for row in wanted if row not in found]
    complaints += [f"the table of statuses has, wrongly: {row}" for row in found if row not in wanted]
    complaints += [f"the code '{code}' has no advice" for code, *_ in statuses if code != "ok" and not advice.get(code)]
    complaints += check_methods(text, methods)
    for complaint in complaints:
        print(f"PROTOCOL.md: {complaint}")
    print(f"{len(wanted)} statuses, {len(methods)} methods")
    return 1 if complaints or not wanted or not methods else 0


if __name__ == "__main__":
    sys.exit(main())
