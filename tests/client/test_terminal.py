"""On a terminal: colour and its conventions, width, the bar, questions, and standard input that nobody types.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import fcntl
import os
import pty
import struct
import subprocess
import termios

import answers
import fake


class Terminal(fake.Case):
    """The command with a terminal of 60 columns."""

    def run_terminal(self, *args, typed=b"", split=False, **more):
        """Exit code and what the terminal showed; with `split` stderr goes elsewhere."""
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        if typed:
            os.write(primary, typed)
        stderr = subprocess.DEVNULL if split else secondary
        with subprocess.Popen([fake.BINARY, *args], env=self.environment(**more), stdin=secondary, stdout=secondary,
                              stderr=stderr, cwd=self.folder) as process:
            os.close(secondary)
            shown = b""
            while True:
                try:
                    piece = os.read(primary, 65536)
                except OSError:  # what Linux says when the other end is closed
                    break
                if not piece:
                    break
                shown += piece
        os.close(primary)
        return process.returncode, shown.decode("utf-8", "replace").replace("\r\n", "\n")

    def test_colour(self):
        self.serve(search=lambda params: answers.ANSWER)
        _, shown = self.run_terminal("search", "x")
        self.assertIn("\x1b[1;33mICE\x1b[0m", shown)
        for args, variables in ((["--no-color"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"}),
                                ([], {"FORCE_COLOR": "0"}), (["--no-color"], {"FORCE_COLOR": "1"})):
            _, shown = self.run_terminal("search", "x", *args, **variables)
            self.assertNotIn("\x1b", shown, (args, variables))
            self.assertIn("ICE agents", shown)
        self.assertIn("\x1b", self.run_terminal("search", "x", NO_COLOR="")[1])
        self.assertIn("\x1b", self.run_footnote("search", "x", FORCE_COLOR="1").out)
        self.assertNotIn("\x1b", self.run_footnote("search", "x").out)

    def test_colours_begin_and_end_with_words(self):
        """A colour never runs over the end of a line, and evil text adds none of its own."""
        hit = dict(answers.HIT, snippet=[{"text": "match " * 60, "match": True}], title="t \x1b[35m evil")
        self.serve(search=lambda params: dict(answers.ANSWER, hits=[hit]))
        _, shown = self.run_terminal("search", "x")
        self.assertNotIn("\x1b[35m", shown)
        for line in shown.split("\n"):
            self.assertEqual(line.count("\x1b[0m") * 2, line.count("\x1b["), line)

    def test_json_is_indented(self):
        self.serve(status=lambda params: {"a": [1]})
        self.assertEqual(self.run_terminal("status", "--json")[1], '{\n  "a": [\n    1\n  ]\n}\n')

    def test_never_waits_for_json(self):
        self.serve()
        for args in (["put"], ["put", "-"], ["patch", "a"], ["call", "get", "-"], ["import", "-"], ["batch", "-"]):
            code, shown = self.run_terminal(*args)
            self.assertEqual(code, 2, args)
            self.assertIn("which is a terminal", shown)
        self.assertEqual(self.daemon.requests, [])

    def test_delete_asks(self):
        self.serve(delete=lambda params: {"deleted": 3})
        for typed, code in ((b"n\n", 1), (b"\n", 1), (b"y\n", 0)):
            got, shown = self.run_terminal("delete", "--query", "x", typed=typed)
            self.assertEqual(got, code)
            self.assertIn("Delete all records that match 'x'? [y/N]", shown)
        self.assertEqual(len(self.daemon.requests), 1)
        code, shown = self.run_terminal("delete", "--query", "x", "--yes")
        self.assertEqual(code, 0, shown)

    def test_bar(self):
        pause = fake.threading.Event()

        def chunk(params):
            pause.wait(0.15)
            return {"read": (params["number"] + 1) * 1000}

        self.serve(import_open=lambda params: {"import": 1}, import_chunk=chunk, import_close=lambda params: {"read": 9000})
        self.write("large.jsonl", b"x" * (256 * 1024 * 9))
        code, shown = self.run_terminal("import", "large.jsonl", COLUMNS="200")
        self.assertEqual(code, 0)
        bars = [bar for bar in shown.split("\r\x1b[K") if bar and "read:" not in bar]
        self.assertGreater(len(bars), 2)
        for bar in bars:
            self.assertRegex(bar, r"records  [\d.]+ [kM]?B of 2.4 MB  [\d.]+ [kM]?B/s")
            self.assertLess(len(bar), 60)
        self.assertTrue(shown.split("\r\x1b[K")[-1].startswith("9,000 read:"), shown)
        _, shown = self.run_terminal("import", "-q", "large.jsonl")
        self.assertNotIn("\r\x1b[K", shown)


fake.main()
