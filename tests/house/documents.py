#!/usr/bin/env python3
"""Tables equal the documents: statuses, methods, schema fields, data files, version.

SPDX-License-Identifier: GPL-2.0-or-later

A document that names nothing of a table's entry has fallen behind.  The configuration has a stricter test of
its own in tests/service.
"""

import os
import re

import house

PROTOCOL = "include/footnote/PROTOCOL.md"
STATUSES = "include/footnote/status.def"
METHODS = "include/footnote/methods.def"
SCHEMA_README = "index-schema/README.md"


def has(name):
    """Whether the project has that file."""
    return os.path.isfile(os.path.join(house.ROOT, name))


def in_code(document, words):
    """The words that do not stand in backticks in a document."""
    text = house.text_of(document)
    return [f"{document}: `{word}` is not described" for word in words if f"`{word}`" not in text]


def statuses():
    """Each wire code stands in the protocol's document."""
    rows = house.table_of(STATUSES, "FOOTNOTE_STATUS")
    codes = [re.findall(r'"([^"]*)"', row)[0] for row in rows]
    return in_code(PROTOCOL, [code for code in codes if code != "ok"]), codes


def methods():
    """Each method stands in the protocol's document."""
    names = re.findall(r"^[A-Z_]+\(\s*\"?(\w+)", house.text_of(METHODS), re.MULTILINE)
    text = house.text_of(PROTOCOL)
    return [f"{PROTOCOL}: the method {name} is not described"
            for name in names if not re.search(rf"`{name}[`( ]|\"{name}\"", text)], names


def schema():
    """Members, types and computed values that the schema's reader knows stand in the schema's document."""
    reader = house.text_of("daemon/index/schema_field.c")
    members = re.search(r"known\[\] = \{(.*?)\};", reader, re.DOTALL).group(1)
    types = re.search(r"type_names\[\] = \{(.*?)\};", reader, re.DOTALL).group(1)
    words = re.findall(r'"(\w+)"', members + types) + re.findall(r'\{"(@\w+)"', reader)
    return in_code(SCHEMA_README, words), words


def data_files():
    """Each data file of index-schema/, and each type of a URL rule, stands in its document."""
    names = [name.split("/")[1] for name in house.files() if re.match(r"index-schema/[a-z-]+\.(json|txt)$", name)]
    names += sorted(set(re.findall(r'"type": "(\w+)"', house.text_of("index-schema/url-rules.json"))))
    return in_code(SCHEMA_README, names), names


def version():
    """The changelog has a section for the version that CMake builds."""
    number = re.search(r"project\(footnote VERSION ([\d.]+)", house.text_of("CMakeLists.txt")).group(1)
    found = re.search(rf"^## {re.escape(number)}\b", house.text_of("CHANGELOG.md"), re.MULTILINE)
    return ([] if found else [f"CHANGELOG.md: there is no section for {number}, the version in CMakeLists.txt"]), [number]


def main():
    complaints, looked_at = [], []
    for check, needed in ((statuses, [PROTOCOL]), (methods, [PROTOCOL, METHODS]), (schema, [SCHEMA_README]),
                          (data_files, [SCHEMA_README]), (version, [])):
        missing = [name for name in needed if not has(name)]
        if missing:
            print(f"{check.__name__}: not looked at, because there is no {missing[0]}")
            continue
        found, words = check()
        complaints += found
        looked_at += words
    house.verdict(complaints, looked_at)


main()
