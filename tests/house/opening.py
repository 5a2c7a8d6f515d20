#!/usr/bin/env python3
"""Every file opens with a comment that says what it is; sources name their licence in it.

SPDX-License-Identifier: GPL-2.0-or-later

Data (JSON, texts, corpora, golden files) and Markdown have no room for such a comment, or are one.
"""

import re

import house

LICENCE = "SPDX-License-Identifier: GPL-2.0-or-later"
OPENING_LINES = 25  # the licence stands among the first lines, not somewhere

# How a comment opens, by the end of the name.
OPENINGS = [
    (r"\.(c|cc|h|js|mjs|css)$", r"/\*|//", True),
    (r"\.def$", r"/\*", False),
    (r"(CMakeLists\.txt|\.cmake|\.cmake\.in)$", r"#|@PACKAGE_INIT@", False),
    (r"\.(sh|conf|service|socket|bash|fish)$|(^|/)_footnote$", r"#", True),
    (r"\.py$", r"(#!.*\n)?\"\"\"", True),
    (r"\.[1-8]$", r"\.\\\"", True),
    (r"(^|/)(run|check|long)$", r"#!.*\n#", True),
    (r"(^|/)\.(clang-tidy)$", r"#|---\n#", False),
]
DATA = re.compile(r"^tests/(sample-archive|fuzz/corpus|fuzz/corpora)/|/(corpus|corpora|data|golden)/")


def complaint(name, text, opening, needs_licence):
    """What is wrong with a file's opening; None if nothing is."""
    if not re.match(opening, text):
        return f"{name}:1: it does not open with a comment"
    if needs_licence and LICENCE not in "\n".join(text.split("\n")[:OPENING_LINES]):
        return f"{name}:1: its opening comment lacks `{LICENCE}`"
    return None


def main():
    complaints, looked_at = [], []
    for name in house.files():
        if DATA.search(name):
            continue
        for pattern, opening, needs_licence in OPENINGS:
            if re.search(pattern, name):
                looked_at.append(name)
                complaints.append(complaint(name, house.text_of(name), opening, needs_licence))
                break
    house.verdict([line for line in complaints if line], looked_at)


main()
