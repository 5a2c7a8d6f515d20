#!/usr/bin/env python3
"""The n-th write, sync, rename, open or allocation fails, once and for ever, for n = 1, 2, … to the end.

SPDX-License-Identifier: GPL-2.0-or-later

    nth.py [--seed N] [--count STEPS] [--long] [--verbose] [--operations A,B,…] [--kinds A,B,…]

Operations: start, write, commit (a write that waits until it is visible), reindex, backup.  For each operation, kind
of call and manner n grows until the operation no longer reaches it; the short form leaves ever larger gaps.  The
operation may succeed or tell an error; a daemon may end by itself, but not by a signal; nothing that was acknowledged
is lost, and without faults everything works again.  An operation allocates thousands of times: in the long form the
store is compared with the model after every LOOK_EVERY of those runs, not after each.
"""

import errno
import mmap
import os
import shutil
import struct
import sys
import time

from faults import ABSENT, Client, Daemon, Failure, Lost, Model, Refused, check_model, main, record

READ_ONLY = {"read_only": (1, errno.EROFS)}  # for surroundings.py
KINDS = {"write": (1, errno.EIO), "sync": (2, errno.EIO), "rename": (3, errno.EIO), "open": (4, errno.EMFILE),
         "memory": (5, errno.ENOMEM)}
RECORDS = 5  # of the archive; what fails does not depend on how many there are
LOOK_EVERY = 50
OPERATIONS = ("start", "write", "commit", "reindex", "backup")
LAYOUT = struct.Struct("iii4xqqq")
LIBRARY = os.environ.get("FOOTNOTE_FAILING", "build/dev/tests/faults/libfailing.so")


class Control:
    """The shared page that says what fails."""

    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(bytes(4096))
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 4096)

    def arm(self, kind, nth, ever):
        number, error = {**KINDS, **READ_ONLY}[kind]
        self.map[:LAYOUT.size] = LAYOUT.pack(0, ever, error, nth, 0, 0)
        self.map[:4] = struct.pack("i", number)

    def disarm(self):
        """How often it failed."""
        self.map[:4] = struct.pack("i", 0)
        return LAYOUT.unpack(self.map[:LAYOUT.size])[5]


class Trial:
    """A daemon under failing calls."""

    def __init__(self):
        self.daemon = Daemon(arguments=["--commit-interval", "20", "--request-timeout", "1500"], fast=True)
        self.control = Control(os.path.join(self.daemon.folder, "control"))
        self.daemon.environment = {"LD_PRELOAD": LIBRARY, "FAILING_CONTROL": os.path.join(self.daemon.folder, "control"),
                                   "FAILING_FOLDER": self.daemon.folder + "/"}
        self.model = Model()
        self.number = 0
        self.client = None

    def put(self, wait="durable"):
        self.number += 1
        name = f"n{self.number % RECORDS}"
        self.model.sent(name, self.number)
        self.client.call("put", record=record(name, self.number), wait=wait)
        self.model.acknowledged(name, self.number)

    def begin(self):
        """A daemon that runs, and a connection to it."""
        if self.client is None and self.daemon.process and self.daemon.process.poll() is None:
            try:
                self.client = Client(self.daemon.path)
            except Lost:  # it is about to end
                self.restart()
        if self.client is None:
            self.client = self.daemon.start()

    def leave(self):
        if self.client:
            self.client.close()
            self.client = None

    def restart(self):
        """A fresh one; how the old one ended is looked at."""
        self.leave()
        if self.daemon.process.poll() is None:
            self.daemon.process.terminate()
            try:
                self.daemon.process.wait(30)
            except Exception as late:
                self.daemon.kill()
                raise Failure(f"the daemon does not stop:\n{self.daemon.tail()}") from late
        code = self.daemon.process.returncode
        if code < 0 or code not in (0, 1, 4, 70):
            raise Failure(f"the daemon ended with {code}:\n{self.daemon.tail()}")

    def start(self):
        """The operation `start`: it answers, or ends and says why."""
        self.daemon.spawn()
        deadline = time.monotonic() + 30
        while self.daemon.process.poll() is None and time.monotonic() < deadline:
            try:
                client = Client(self.daemon.path)
                client.call("status")
                self.client = client
                return
            except Lost:
                time.sleep(0.003)
            except Refused:
                return
        if self.daemon.process.poll() is None:
            raise Failure(f"neither started nor ended:\n{self.daemon.tail()}")

    def operate(self, operation):
        """Runs one; an error that is told is fine."""
        try:
            if operation == "start":
                self.start()
            elif operation == "write":
                self.put()
            elif operation == "commit":
                self.put("visible")
            elif operation == "reindex":
                self.client.call("reindex", wait=True)
            else:
                self.client.call("backup", dir=os.path.join(self.daemon.folder, "backup"))
        except Refused:
            pass
        except Lost:
            self.leave()
        finally:
            shutil.rmtree(os.path.join(self.daemon.folder, "backup"), ignore_errors=True)

    def healthy(self):
        """Whether the running daemon takes writes and answers, which after a failed sync it must not."""
        self.leave()
        if self.daemon.process.poll() is not None:
            return False
        try:
            self.client = Client(self.daemon.path)
            self.put("visible")
            return True
        except (Refused, Lost):
            return False

    def check(self):
        try:
            check_model(self.client, self.model)
        except Refused as refused:
            raise Failure(f"{refused.code}: {refused}") from refused


def look(trial):
    """Whether all is as it should be, now that nothing fails."""
    if not trial.healthy():
        trial.restart()
        trial.begin()
    trial.check()


def step(trial, operation, kind, nth, ever, looks):
    """One failing run; False when the operation did not reach the n-th call."""
    if operation == "start":
        if trial.daemon.process:
            trial.restart()
    else:
        trial.begin()
    trial.control.arm(kind, nth, ever)
    trial.operate(operation)
    fired = trial.control.disarm()
    if looks:
        look(trial)
    elif operation != "start" and trial.daemon.process.poll() is not None:
        trial.restart()
    return fired > 0


def reaches(trial, operation, kind, nth, ever, looks):
    """As step; only a daemon that was known to be well before can say that the n-th call is not reached."""
    if step(trial, operation, kind, nth, ever, looks):
        return True
    look(trial)
    return step(trial, operation, kind, nth, ever, True)


def chosen(option, names):
    """Those that an option of the command line lists, or all."""
    if option not in sys.argv:
        return list(names)
    wanted = sys.argv[sys.argv.index(option) + 1].split(",")
    return [name for name in names if name in wanted]


def run(_, count):
    trial = Trial()
    steps, reached_most = 0, {}
    try:
        trial.begin()
        for _ in range(RECORDS):
            trial.put()
        for operation in chosen("--operations", OPERATIONS):
            for kind in chosen("--kinds", KINDS):
                for ever in (0, 1):
                    nth, began = 1, time.monotonic()
                    while True:
                        try:
                            looks = count > 0 or kind != "memory" or nth % LOOK_EVERY == 0
                            reached = reaches(trial, operation, kind, nth, ever, looks)
                        except Failure as failure:
                            raise Failure(f"{operation}, {kind} {nth}{' and on' if ever else ''}: {failure}\n"
                                          f"{trial.daemon.tail()}") from failure
                        steps += 1
                        if not reached:
                            break
                        nth += 1 if count == 0 else max(1, nth * count // 2)
                    reached_most[kind] = max(nth, reached_most.get(kind, 0))
                    if "--verbose" in sys.argv:
                        print(f"{operation}, {kind}{' for ever' if ever else ''}: reached {nth}, "
                              f"{time.monotonic() - began:.1f} s", flush=True)
        print(f"{steps} failing runs; calls of an operation at most: {reached_most}")
        trial.restart()
    finally:
        trial.daemon.remove()


if __name__ == "__main__":
    sys.exit(main(run, 4, 0))
