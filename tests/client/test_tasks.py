"""The commands whose work is a task: followed to its end, and how what they did is told.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import signal
import subprocess
import threading

import fake


class Tasks(fake.Case):
    """A task with a given course."""

    def course(self, *states, method="reindex", started=None):
        """Each look at the list of tasks shows the next state; the last one stays."""
        left = list(states)
        self.looked = threading.Event()

        def tasks(_):
            self.looked.set()
            state = left.pop(0) if len(left) > 1 else left[0]
            return {"tasks": [{"task": 4, "status": "failed"}, {"task": 5, "type": method, "total": 10, **state}]}

        self.serve(**{method: lambda params: started or {"task": 5}, "tasks": tasks})

    def test_without_waiting(self):
        self.course({"status": "processing"})
        self.assertEqual(self.run_footnote("reindex", "--json").out, '{"task": 5}\n')
        self.assertEqual(self.daemon.params("tasks"), [])

    def test_success(self):
        result = {"generation": 2, "previous": 1, "records": 10, "index_bytes": 1500}
        self.course({"status": "enqueued", "done": 0}, {"status": "processing", "done": 4},
                    {"status": "succeeded", "done": 10, "result": result})
        run = self.run_footnote("reindex", "--wait")
        said = "Generation 2 is served: 10 records, 1.5 kB; footnote rollback returns to generation 1\n"
        self.assertEqual((run.code, run.out, run.err), (0, said, ""))
        self.assertEqual(len(self.daemon.params("tasks")), 3)
        self.assertEqual(json.loads(self.run_footnote("reindex", "--wait", "--json").out), {"task": 5, **result})

    def test_another_schema(self):
        change = {"kind": "article", "field": "title", "change": "removed"}
        self.course({"status": "processing"}, started={"task": 5, "changes": [change]})
        run = self.run_footnote("reindex", "--schema", "/x.json")
        self.assertEqual(self.daemon.params("reindex"),
                         [{"schema": "/x.json", "dry_run": True}, {"schema": "/x.json"}])
        self.assertIn("articles: title removed\n", run.err)
        self.assertEqual(run.out, "articles: title removed\nTask 5 has begun; footnote tasks shows how far it is.\n")
        self.course({"status": "processing"}, started={"changes": []})
        run = self.run_footnote("reindex", "--schema", "/x.json", "--dry-run")
        self.assertEqual(run.out, "The schema is the one in force: nothing will differ.\n")

    def test_verify(self):
        damage = {"place": "store", "kind": "article", "id": "a", "revision": 7, "message": "it is damaged",
                  "remedy": "verify --repair"}
        result = {"ok": False, "records": 10, "findings": [damage], "findings_beyond": 3, "advice": "see each remedy"}
        self.course({"status": "succeeded", "result": result}, method="verify")
        run = self.run_footnote("verify", "--repair")
        self.assertEqual(run.out, "store article a at 7\n  it is damaged\n  verify --repair\n3 findings more\n"
                                  "10 records and revisions: see each remedy\n")
        self.assertEqual(self.daemon.params("verify"), [{"repair": True, "wait": False}])

    def test_copies(self):
        counts = {"articles": 1, "sources": 2, "seq": 3}
        self.course({"status": "succeeded", "result": {**counts, "bytes": 4000, "dir": "/b"}}, method="backup")
        self.assertEqual(self.run_footnote("backup", "/b").out,
                         "1 article and 2 sources, up to revision 3, 4.0 kB, are in /b\n")
        self.course({"status": "succeeded", "result": {**counts, "generation": 9}}, method="restore")
        self.assertEqual(self.run_footnote("restore", "/b").out,
                         "1 article and 2 sources, up to revision 3, are served as generation 9\n")

    def test_list(self):
        self.course({"status": "failed", "who": "socket", "created": "2025-10-08T09:10:11Z", "done": 4,
                     "started": "2025-10-08T09:10:11Z", "ended": "2025-10-08T09:10:41Z",
                     "error": {"message": "the disk is full"}})
        line = self.run_footnote("tasks").out.splitlines()[1]
        self.assertEqual(line.split(), "5 reindex failed 2025-10-08 09:10:11 30 s socket 4 of 10 the disk is full".split())

    def test_time_limit(self):
        self.course({"status": "processing"}, method="compact")
        run = self.run_footnote("compact", "--timeout", "30ms")
        self.assertEqual(run.code, 6)
        self.assertIn("task 5 goes on", run.err)

    def test_failure(self):
        self.course({"status": "failed", "error": {"message": "the disk is full"}})
        run = self.run_footnote("reindex", "--wait")
        self.assertEqual(run.code, 1)
        self.assertIn("failed: the disk is full", run.err)

    def test_interrupt(self):
        self.course({"status": "processing", "done": 1})
        with subprocess.Popen([fake.BINARY, "reindex", "--wait"], env=self.environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            self.assertTrue(self.looked.wait(30))
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        self.assertIn(b"footnote cancel 5 stops it", err)


fake.main()
