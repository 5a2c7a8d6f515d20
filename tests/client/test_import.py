"""import: sessions and chunks, folders, progress, refused records, interruption.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import base64
import os
import signal
import subprocess
import threading

import fake

CHUNK = 256 * 1024


class Importer:
    """The daemon's side: a record a line; a line that begins with BAD is refused."""

    def __init__(self):
        self.opened, self.files, self.order, self.busy = [], {}, [], 0
        self.arrived = threading.Event()
        self.stop_after = None  # chunks after which nothing is answered
        self.repeat_errors = False

    def methods(self):
        """For the daemon."""
        return {"import_open": self.open, "import_chunk": self.chunk, "import_close": self.close}

    def open(self, params):
        """A new session."""
        self.opened.append(params)
        number = len(self.opened)
        self.files[number] = {"chunks": [], "told": 0}
        return {"import": number}

    def report(self, number, told):
        """Counts so far and the errors from the told-th on."""
        lines = b"".join(self.files[number]["chunks"]).splitlines()
        bad = [i for i, line in enumerate(lines, 1) if line.startswith(b"BAD")]
        errors = []
        for i in bad[told:]:
            raw = lines[i - 1]
            error = {"line": i, "column": 4 * (i % 2 == 0), "code": "invalid_record", "message": "a bad line",
                     "excerpt": raw[:40].decode("utf-8", "replace")}
            if self.opened[number - 1].get("errors_raw"):
                try:
                    error["raw"] = raw.decode()
                except UnicodeDecodeError:
                    error["raw_base64"] = base64.b64encode(raw).decode()
            errors.append(error)
        self.files[number]["told"] = len(bad)
        return {"read": len(lines), "added": len(lines) - len(bad), "updated": 0, "unchanged": 0, "failed": len(bad),
                "errors": errors}

    def chunk(self, params):
        """The next bytes."""
        if self.busy > 0:
            self.busy -= 1
            raise fake.Refused("busy", "too many requests")
        number = params["import"]
        chunks = self.files[number]["chunks"]
        if self.stop_after is not None and len(chunks) >= self.stop_after:
            self.arrived.set()
            return fake.HANG
        if params["number"] != len(chunks):
            raise fake.Refused("invalid_value", f"chunk {params['number']} is out of order")
        chunks.append(base64.b64decode(params["data"], validate=True))
        if chunks[-1] == b"DISK FULL":
            raise fake.Refused("disk_full", "the disk is full")
        if chunks[-1] == b"NO FORMAT":
            raise fake.Refused("invalid_format", "can't be read")
        return self.report(number, self.files[number]["told"])

    def close(self, params):
        """The end of a file."""
        told = 0 if self.repeat_errors else self.files[params["import"]]["told"]
        return {**self.report(params["import"], told), "seq": 10 + params["import"], "revision": 4}


class Import(fake.Case):
    """The command against that side."""

    def setUp(self):
        super().setUp()
        self.importer = Importer()
        self.serve(**self.importer.methods())

    def content(self, number):
        """What arrived in a session."""
        return b"".join(self.importer.files[number]["chunks"])

    def test_one_file(self):
        content = b"".join(b"record %d\n" % i for i in range(2693))
        path = self.write("many.jsonl", content)
        run = self.run_footnote("import", "--map", "published=date", "--id-prefix", "p-", "--date-order", "dmy", path)
        self.assertEqual(run.code, 0, run.err)
        self.assertRegex(run.out, r"^2,693 read: 2,693 added, 0 updated, 0 unchanged, 0 failed in [\d.]+ s\n$")
        self.assertEqual(run.err, "")
        self.assertEqual(self.content(1), content)
        self.assertEqual(self.importer.opened, [{"map": "published=date", "id_prefix": "p-", "date_order": "dmy",
                                                 "name": "many.jsonl", "size": len(content)}])

    def test_many_chunks(self):
        content = os.urandom(CHUNK * 9 + 17)
        path = self.write("large.jsonl.gz", content)
        self.assertEqual(self.run_footnote("import", path).code, 0)
        self.assertEqual(self.content(1), content)
        self.assertEqual([len(chunk) for chunk in self.importer.files[1]["chunks"]], [CHUNK] * 9 + [17])
        self.assertEqual(self.content(1), content)

    def test_busy_daemon(self):
        self.importer.busy = 1
        path = self.write("a.txt", "x\n")
        self.assertEqual(self.run_footnote("import", path).code, 0)
        self.assertEqual(self.content(1), b"x\n")

    def test_standard_input(self):
        run = self.run_footnote("import", "--format", "jsonl", "-", given=b"a\nb\n")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(self.content(1), b"a\nb\n")
        self.assertEqual(self.importer.opened, [{"format": "jsonl"}])

    def test_empty_file(self):
        run = self.run_footnote("import", self.write("empty.jsonl", b""))
        self.assertEqual(run.code, 0)
        self.assertTrue(run.out.startswith("0 read: "))

    def test_folder(self):
        for name in ("b.md", "a.txt", "sub/c.JSONL.gz", "sub/d.csv", ".hidden.txt", ".git/x.txt", "e.pdf", "f.html", "gz"):
            self.write("archive/" + name, name)
        os.symlink("nowhere", os.path.join(self.folder, "archive", "lost.txt"))
        run = self.run_footnote("import", "archive")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual([opened["name"] for opened in self.importer.opened],
                         ["a.txt", "b.md", "f.html", "c.JSONL.gz", "d.csv"])
        self.assertEqual(sorted(run.err.splitlines()),
                         ["skipped: archive/e.pdf: unknown ending", "skipped: archive/gz: unknown ending",
                          "skipped: archive/lost.txt: no file"])
        # A file that is named is taken whatever its name.
        self.assertEqual(self.run_footnote("import", "archive/e.pdf", "archive/.hidden.txt").code, 0)

    def test_folder_in_itself(self):
        self.write("archive/a.txt", "x")
        os.symlink(".", os.path.join(self.folder, "archive", "again"))
        run = self.run_footnote("import", "archive")
        self.assertEqual(run.code, 3)
        self.assertIn("contains itself", run.err)

    def test_refused_records(self):
        self.importer.repeat_errors = True
        path = self.write("some.jsonl", b"good\nBAD \x1b[31m two\ngood\nBAD \xff four\n")
        run = self.run_footnote("import", path, "--errors-to", "refused")
        self.assertEqual(run.code, 3)
        self.assertIn("4 read: 2 added, 0 updated, 0 unchanged, 2 failed", run.out)
        self.assertEqual(run.err.splitlines(), [f"{path}:2:4: a bad line", "    BAD [31m two", f"{path}:4:4: a bad line",
                                                "    BAD \ufffd four"])
        with open(os.path.join(self.folder, "refused"), "rb") as refused:
            self.assertEqual(refused.read(), b"BAD \x1b[31m two\nBAD \xff four\n")
        run = self.run_footnote("import", path, "--json")
        self.assertEqual(run.code, 3)
        self.assertEqual(run.err, "")
        answer = fake.json.loads(run.out)
        self.assertEqual({name: answer[name] for name in ("read", "added", "failed", "files", "seq", "revision")},
                         {"read": 4, "added": 2, "failed": 2, "files": 1, "seq": 12, "revision": 4})
        self.assertEqual([(error["file"], error["line"], error["code"]) for error in answer["errors"]],
                         [(path, 2, "invalid_record"), (path, 4, "invalid_record")])

    def test_files_that_fail(self):
        good, none, full = (self.write(name, text) for name, text in
                            (("a.txt", "x"), ("b.txt", "NO FORMAT"), ("c.txt", "DISK FULL")))
        run = self.run_footnote("import", "missing.txt", none, good)
        self.assertEqual(run.code, 3)
        self.assertIn("missing.txt: No such file", run.err)
        self.assertIn("b.txt: can't be read", run.err)
        self.assertEqual(self.run_footnote("import", "missing.txt").code, 1)
        # What concerns every file stops at once.
        run = self.run_footnote("import", full, good)
        self.assertEqual(run.code, 1)
        self.assertIn("the disk is full", run.err)
        self.assertIn("stopped; committed so far: ", run.err)
        self.assertEqual(len(self.importer.opened), 3)
        self.assertEqual(self.run_footnote("import", good, "--errors-to", "/nowhere/x").code, 1)

    def test_dry_run(self):
        run = self.run_footnote("import", "-n", self.write("a.txt", "x"))
        self.assertTrue(run.out.startswith("dry run: 1 read"))
        self.assertTrue(self.importer.opened[0]["dry_run"])

    def test_wait(self):
        revisions = [3, 7, 10, 11]
        self.daemon.methods["status"] = lambda params: {"revision": revisions.pop(0)}
        run = self.run_footnote("import", "--wait", self.write("a.txt", "x"))
        self.assertEqual((run.code, run.err, revisions), (0, "", []))
        self.assertNotIn("wait", self.importer.opened[0])

    def test_interrupt(self):
        self.importer.stop_after = 2
        path = self.write("large.jsonl", b"record of some length\n" * 100000)
        with subprocess.Popen([fake.BINARY, "import", path], env=self.environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            self.assertTrue(self.importer.arrived.wait(30))
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(out, b"")
        # One of the two answers may still have been on its way.
        counts = [len(b"".join(self.importer.files[1]["chunks"][:chunks]).splitlines()) for chunks in range(3)]
        told = "|".join(f"{read:,} read: {read:,} added" for read in counts)
        self.assertRegex(err.decode(), rf"^interrupted; committed so far: ({told}), .* in [\d.]+ s\n$")

    def test_answer_that_never_comes(self):
        self.importer.stop_after = 0
        run = self.run_footnote("import", "--timeout", "300ms", self.write("a.txt", "x"))
        self.assertEqual(run.code, 6)


fake.main()
