#!/usr/bin/env python3
"""README.md shows what is true: its session is run and compared, and what it quotes is what the files hold.

SPDX-License-Identifier: GPL-2.0-or-later

usage: readme.py [--write] FOOTNOTED FOOTNOTE

The blocks marked `console` are one session: lines that begin with `$ ` are run by the shell, in the project's root, on
a daemon of its own with an empty archive; what follows a command must be its output, standard error included.
Masked, because they change: durations, sizes, how long it runs, the archive's own number.  A line `…` stands for any
lines that are left away.  With --write the session's outputs are written into README.md instead.

A comment `<!-- file PATH -->` before a block says that the block is that file, whole.  The maps of the three data
sets are those that tests/bench/questions uses.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
MASKS = [(r"\b\d[\d,]*(\.\d+)? (ms|s|min)\b", "TIME"), (r"\b\d[\d,]*(\.\d+)? ([kMG]B|bytes)\b", "SIZE"),
         (r"\b[0-9a-f]{32}\b", "NUMBER"), (r" +", " "), (r"^connections: \d+", "connections: N")]
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"^<!-- file (\S+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def masked(line):
    for pattern, stands_for in MASKS:
        line = re.sub(pattern, stands_for, line)
    return line.rstrip()


def commands_of(block):
    """(command, lines of output) of each `$ ` line; a command may go on behind a backslash."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif found and not found[-1][1] and found[-1][0][-1].endswith("\\"):
            found[-1][0].append(line)
        elif found:
            found[-1][1].append(line)
    return [("\n".join(command), output) for command, output in found]


def matches(wanted, got):
    """Whether the lines are those wanted, where `…` stands for any number of them."""
    pattern = "".join(".*" if line.strip() == "…" else re.escape(masked(line)) + "\n" for line in wanted)
    return re.fullmatch(pattern, "".join(masked(line) + "\n" for line in got), re.DOTALL) is not None


class Daemon:
    def __init__(self, footnoted, footnote, folder):
        self.environment = os.environ | {"FOOTNOTE_SOCKET": os.path.join(folder, "s"), "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
                                         "PATH": f"{os.path.dirname(footnote)}:{os.environ['PATH']}"}
        self.log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [footnoted, "--data", os.path.join(folder, "data"), "--socket", self.environment["FOOTNOTE_SOCKET"],
             "--schema", str(ROOT / "index-schema/schema.json")], stderr=self.log)
        deadline = time.monotonic() + 20
        while self.run("footnote status")[0] and time.monotonic() < deadline:
            time.sleep(0.05)

    def run(self, command):
        run = subprocess.run(["bash", "-c", command], cwd=ROOT, env=self.environment, encoding="utf-8",
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return run.returncode, run.stdout.rstrip("\n").splitlines()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def session(text, daemon, write):
    """The complaints; with write, the text with the outputs that came."""
    complaints = []

    def play(block):
        lines = []
        for command, wanted in commands_of(block[1]):
            _, got = daemon.run(command)
            while wanted and not wanted[-1].strip():
                wanted.pop()
            if not write and not matches(wanted, got):
                complaints.append("\n".join([f"README.md: `{command}` prints something else:", *got, "instead of:", *wanted]))
            lines += [f"$ {command}", *(wanted if matches(wanted, got) else got), ""]
        return "```console\n" + "\n".join(lines[:-1]) + "\n```"

    written = CONSOLE.sub(play, text)
    return complaints, written


def quotations(text):
    complaints = []
    for path, block in QUOTED.findall(text):
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != block:
            complaints.append(f"README.md: the block `file {path}` is not what that file holds")
    flat = re.sub(r"(\s|\\\n)+", " ", text)
    questions = (ROOT / "tests/bench/questions").read_text(encoding="utf-8")
    names = {}
    exec(questions[questions.index("IMPORTS = ["):questions.index("# Question, and")], names)  # the table alone
    for name, words in names["IMPORTS"]:
        if f"footnote import {' '.join(words)} {name}" not in flat:
            complaints.append(f"README.md: the import of {name} is not that of tests/bench/questions")
    return complaints


def main():
    write = "--write" in sys.argv
    footnoted, footnote = [os.path.abspath(path) for path in sys.argv[1:] if path != "--write"]
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(footnoted, footnote, folder)
        try:
            complaints, written = session(text, daemon, write)
        finally:
            daemon.stop()
    if write:
        README.write_text(written, encoding="utf-8")
    complaints += quotations(text)
    print("\n".join(complaints) or "README.md tells what is")
    count = len(CONSOLE.findall(text))
    sys.exit(1 if complaints or count == 0 else 0)


main()
