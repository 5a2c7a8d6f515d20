#!/usr/bin/env python3
"""Adds up what CTest's runs report: `N passed, M failed, K skipped`.

SPDX-License-Identifier: GPL-2.0-or-later

    sum.py [--steps PASSED FAILED] FILE…

Each file is what `ctest --output-junit` wrote.  A cmocka program counts with its cases, as it prints them; another
test, and a program that ended without a report, counts as one.  Exit 1 if anything failed or a file can't be read.
"""

import re
import sys
import xml.etree.ElementTree as xml

# cmocka's closing lines; the number of failed and skipped cases stands in them only if there are any.
CASES = {
    "passed": re.compile(r"\[  PASSED  \] (\d+) test\(s\)\.$", re.MULTILINE),
    "failed": re.compile(r"\[  FAILED  \] (\d+) test\(s\), listed below:$", re.MULTILINE),
    "skipped": re.compile(r"\[  SKIPPED \] (\d+) test\(s\), listed below:$", re.MULTILINE),
}


def count_test(test):
    """The counts of one test of CTest."""
    output = test.findtext("system-out") or ""
    counts = {name: sum(int(found) for found in pattern.findall(output)) for name, pattern in CASES.items()}
    status = test.get("status")
    if status == "run" and sum(counts.values()) > 0:
        return counts
    if status == "fail" and counts["failed"] > 0:
        return counts
    outcome = {"run": "passed", "fail": "failed"}.get(status, "skipped")
    return {name: int(name == outcome) for name in CASES}


def main(arguments):
    total = {"passed": 0, "failed": 0, "skipped": 0}
    if arguments[:1] == ["--steps"]:
        total["passed"], total["failed"] = int(arguments[1]), int(arguments[2])
        arguments = arguments[3:]
    for name in arguments:
        try:
            tests = xml.parse(name).getroot().findall("testcase")
        except (OSError, xml.ParseError) as fault:
            print(f"{name}: {fault}", file=sys.stderr)
            total["failed"] += 1
            continue
        total["failed"] += not tests
        for test in tests:
            for outcome, count in count_test(test).items():
                total[outcome] += count
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] else 0


sys.exit(main(sys.argv[1:]))
