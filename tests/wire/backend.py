#!/usr/bin/env python3
"""The programs of examples/, which the README shows: a web site's backend that searches.

SPDX-License-Identifier: GPL-2.0-or-later

    backend.py PROGRAM      one of examples/; skipped where its interpreter is not there
"""

import os
import shutil
import subprocess
import sys

import daemon
from daemon import Failure

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "examples")
INTERPRETERS = {".py": sys.executable, ".mjs": shutil.which("node")}

ARTICLE = {
    "id": "lamp", "title": "Did a goldfish steal the lamp — really?", "summary": "No.",
    "sections": [{"heading": "The lamp", "text": "The lamp was sold at an auction [1]. A receipt exists [2]."},
                 {"heading": "The fish", "text": "Goldfish have no pockets."}],
    "sources": [{"n": 1, "url": "https://example.org/auction"}, {"n": 2, "url": "https://example.net/receipt?no=7"}]}
EXPECTED = {
    "sold auction": ["Did a goldfish steal the lamp — really? § The lamp", "  [1] https://example.org/auction",
                     "  [2] https://example.net/receipt?no=7"],
    "pockets & +goldfish=": ["Did a goldfish steal the lamp — really? § The fish"],
    "nobody wrote this \"elsewhere\"": [],
}


def check(command, own):
    """Each question, and what the program must print."""
    environment = {**os.environ, "FOOTNOTE_SOCKET": own.socket, "FOOTNOTE_HTTP": f"127.0.0.1:{own.http_port}",
                   "PYTHONIOENCODING": "utf-8"}
    for query, lines in EXPECTED.items():
        run = subprocess.run([*command, query], capture_output=True, text=True, encoding="utf-8", env=environment,
                             timeout=daemon.ANSWER_SECONDS, check=False)
        if run.returncode != 0 or run.stdout.splitlines() != lines:
            raise Failure(f"'{query}': exit code {run.returncode}, printed {run.stdout!r} {run.stderr!r}")
    if "_line" not in command[-1]:
        return
    # A refused request ends the program with the daemon's words.  (HTTP has no room for so long an address.)
    run = subprocess.run([*command, "a" * 70000], capture_output=True, text=True, env=environment,
                         timeout=daemon.ANSWER_SECONDS, check=False)
    if run.returncode == 0 or "65536" not in run.stderr:
        raise Failure(f"a refused request: exit code {run.returncode}, printed {run.stdout!r} {run.stderr!r}")


def main():
    program = sys.argv[1]
    interpreter = INTERPRETERS[os.path.splitext(program)[1]]
    if not interpreter:
        print(f"skipped: there is no interpreter for {program}")
        return daemon.SKIPPED
    with daemon.Daemon() as own:
        try:
            own.start()
            line = own.connect()
            line.call("put", record=ARTICLE, wait="visible")
            line.close()
            check([interpreter, os.path.join(FOLDER, program)], own)
            own.stop()
        except (Failure, OSError) as error:
            print(f"{program}: {error}\n{own.log()[-2000:]}")
            return 1
    print(f"{program}: all as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
