"""reindex --wait: follows the task to its end.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import signal
import subprocess
import threading

import fake


class Tasks(fake.Case):
    """A task with a given course."""

    def course(self, *states):
        """Each look at the list of tasks shows the next state; the last one stays."""
        left = list(states)
        self.looked = threading.Event()

        def tasks(_):
            self.looked.set()
            state = left.pop(0) if len(left) > 1 else left[0]
            return {"tasks": [{"task": 4, "status": "failed"}, {"task": 5, "type": "reindex", "total": 10, **state}]}

        self.serve(reindex=lambda params: {"task": 5}, tasks=tasks)

    def test_without_waiting(self):
        self.course({"status": "processing"})
        self.assertEqual(self.run_footnote("reindex", "--json").out, '{"task": 5}\n')
        self.assertEqual(self.daemon.params("tasks"), [])

    def test_success(self):
        self.course({"status": "enqueued", "done": 0}, {"status": "processing", "done": 4}, {"status": "succeeded", "done": 10})
        run = self.run_footnote("reindex", "--wait")
        self.assertEqual((run.code, run.out, run.err), (0, "reindexed: 10 records\n", ""))
        self.assertEqual(len(self.daemon.params("tasks")), 3)

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
