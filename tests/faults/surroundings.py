#!/usr/bin/env python3
"""What surrounds the daemon goes wrong: limits of files, a file system that becomes read-only, a clock that jumps,
a log of the record store whose end is damaged; and a task that takes longer than a request may.

SPDX-License-Identifier: GPL-2.0-or-later

    surroundings.py [--seed N] [--count ROUNDS] [--long]

Each has its behaviour and its message in index-schema/FORMAT.md.  Nothing that was acknowledged is lost; where the
surroundings mend, work goes on without a restart, except where FORMAT.md says otherwise.
"""

import glob
import json
import mmap
import os
import resource
import struct
import subprocess
import sys
import time

from faults import Client, Daemon, Failure, Lost, Model, Refused, check_model, main, record, search_applied
from nth import Control

# Libraries that are loaded first; a sanitizer's runtime suffers none before it, and what needs them is left out then.
CLOCK = os.environ.get("FOOTNOTE_CLOCK")
FAILING = os.environ.get("FOOTNOTE_FAILING")
MEND_SECONDS = 60
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def put(client, model, name, number, wait="durable"):
    model.sent(name, number)
    client.call("put", record=record(name, number), wait=wait)
    model.acknowledged(name, number)


def fill(client, model, count):
    for number in range(1, count + 1):
        put(client, model, f"r{number % 40}", number, "visible" if number == count else "durable")


def expect_refusal(client, model, codes, first):
    """Writes until one is refused; gives its code."""
    for number in range(first, first + 20000):
        try:
            put(client, model, f"r{number % 40}", number)
        except Refused as refused:
            if refused.code not in codes:
                raise Failure(f"put: {refused.code}: {refused}") from refused
            return refused.code
    raise Failure("no write was refused")


def mend(client, model, number):
    """Writes succeed again and are found."""
    deadline = time.monotonic() + MEND_SECONDS
    while True:
        try:
            put(client, model, "mended", number)
            break
        except Refused as refused:
            if time.monotonic() > deadline:
                raise Failure(f"writes are still refused: {refused.code}: {refused}") from refused
            time.sleep(0.05)
    search_applied(client, query="text", min_revision=client.call("status")["seq"], limit=1)
    check_model(client, model)


def file_size():
    """A limit of the size of files (EFBIG) is a full disk."""
    daemon, model = Daemon(arguments=["--commit-interval", "20"]), Model()
    try:
        client = daemon.start()
        fill(client, model, 60)
        largest = max(os.path.getsize(path) for path in glob.glob(daemon.data + "/records.sqlite*"))
        # The hard limit stays, so that the soft one can be lifted.
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (largest + 8192, resource.RLIM_INFINITY))
        expect_refusal(client, model, {"disk_full"}, 100)
        if not client.call("search", query="text", limit=3)["hits"]:
            raise Failure("a search found nothing")
        client.call("status")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        mend(client, model, 50000)
        client.close()
        daemon.stop()
    finally:
        daemon.remove()


def descriptors():
    """Every file descriptor in use: what is open is served or told no_files; it passes when some are closed."""
    daemon, model = Daemon(arguments=["--commit-interval", "20"]), Model()
    clients = []
    try:
        client = daemon.start()
        fill(client, model, 40)
        used = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (used + 10, 4096))
        for _ in range(30):
            clients.append(Client(daemon.path))  # the system accepts them; the daemon can't yet
        for number in range(100, 140):
            try:
                put(client, model, f"r{number % 40}", number)
                client.call("search", query="text", limit=3)
            except Refused as refused:
                if refused.code != "no_files":
                    raise Failure(f"without file descriptors: {refused.code}: {refused}") from refused
        for method, params in (("reindex", {"wait": True}), ("backup", {"dir": daemon.folder + "/copy"})):
            try:
                client.call(method, **params)
            except Refused as refused:
                if refused.code not in ("no_files", "io_error"):
                    raise Failure(f"{method}: {refused.code}: {refused}") from refused
        for other in clients:
            other.close()
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (4096, 4096))
        mend(client, model, 50000)
        Client(daemon.path).call("status")
        client.close()
        daemon.stop()
    finally:
        daemon.remove()


def becomes_read_only():
    """Every write gets EROFS for a while, as after a file system's own error."""
    if not FAILING or not CLOCK:
        return
    daemon, model = Daemon(arguments=["--commit-interval", "20"]), Model()
    control = Control(os.path.join(daemon.folder, "control"))
    daemon.environment = {"LD_PRELOAD": FAILING, "FAILING_CONTROL": os.path.join(daemon.folder, "control"),
                          "FAILING_FOLDER": daemon.data}
    try:
        client = daemon.start()
        fill(client, model, 60)
        control.arm("read_only", 1, 1)
        expect_refusal(client, model, {"read_only"}, 100)
        if not client.call("search", query="text", limit=3)["hits"]:
            raise Failure("a search found nothing")
        client.call("status")
        control.disarm()
        mend(client, model, 50000)
        client.close()
        daemon.stop()
    finally:
        daemon.remove()


def starts_read_only():
    """On a file system that is read-only a start says so, and changes nothing."""
    daemon, model = Daemon(arguments=["--commit-interval", "20"]), Model()
    os.mkdir(daemon.data)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", daemon.data], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        daemon.remove()
        print("no file system can be mounted here: a start on a read-only one is left out")
        return
    try:
        client = daemon.start()
        fill(client, model, 60)
        client.close()
        daemon.stop()
        subprocess.run(["mount", "-o", "remount,ro", daemon.data], check=True)
        daemon.spawn()
        code = daemon.process.wait(MEND_SECONDS)
        if code != 1 or "footnoted:" not in daemon.tail(3) or "ead-only" not in daemon.tail(3):
            raise Failure(f"a start on a read-only file system: exit code {code}, {daemon.tail(3)}")
        subprocess.run(["mount", "-o", "remount,rw", daemon.data], check=True)
        client = daemon.start()
        check_model(client, model)
        client.close()
        daemon.stop()
    finally:
        if daemon.process and daemon.process.poll() is None:
            daemon.kill()
        subprocess.run(["umount", daemon.data], check=False)
        daemon.remove()


def clock():
    """Deadlines and intervals don't follow the wall clock."""
    if not CLOCK:
        return
    daemon, model = Daemon(arguments=["--commit-interval", "20", "--request-timeout", "20000"]), Model()
    path = os.path.join(daemon.folder, "clock")
    with open(path, "wb") as file:
        file.write(bytes(4096))
    with open(path, "r+b") as file:
        control = mmap.mmap(file.fileno(), 4096)
    daemon.environment = {"LD_PRELOAD": CLOCK, "CLOCK_CONTROL": path}
    day = 86400
    try:
        client = daemon.start()
        fill(client, model, 20)
        number = 100
        for jump in (10 * day, -3650 * day, 36500 * day, -20 * day, 0):
            control[:8] = struct.pack("q", jump)
            began = time.monotonic()
            for _ in range(20):
                number += 1
                put(client, model, f"r{number % 40}", number, "visible")
            client.call("reindex", wait=True)
            check_model(client, model)
            if jump == -20 * day:
                client.close()
                daemon.kill()
                client = daemon.start()
                check_model(client, model)
            took = time.monotonic() - began
            if took > MEND_SECONDS:
                raise Failure(f"after a jump of {jump} s: {took:.1f} s")
        uptime = client.call("status").get("uptime_s", 0)
        if uptime < 0:
            raise Failure(f"uptime {uptime}")
        client.close()
        daemon.stop()
    finally:
        daemon.remove()


def log_tail(chance):
    """What is whole in the log counts; what was acknowledged behind the damage is told to be lost, if the index knows."""
    daemon, model = Daemon(arguments=["--commit-interval", "20"]), Model()
    try:
        client = daemon.start()
        fill(client, model, 60)
        client.close()
        daemon.kill()
        log = daemon.data + "/records.sqlite-wal"
        size = os.path.getsize(log)
        with open(log, "r+b") as file:
            file.seek(size - 1 - chance.randrange(min(size, 20000)))
            file.write(b"\xa5\x5a")
        client = daemon.start()
        status = client.call("status")
        if status["seq"] < 60 and "lost writes" not in (status.get("damage") or ""):
            raise Failure(f"{60 - status['seq']} writes are gone, and nothing is said: {status}")
        seq = status["seq"]
        for number in range(1, seq + 1):
            if number > seq - 40:  # not replaced since
                stored = client.call("get", id=f"r{number % 40}", kind="article")
                if stored["number"] != number:
                    raise Failure(f"r{number % 40}: {stored['number']}, expected {number}")
        client.call("put", record=record("after", 1), wait="visible")
        client.close()
        daemon.stop()
    finally:
        daemon.remove()


def task_wait():
    """A call that waits for a task waits as long as the task takes, whatever request_timeout says."""
    daemon = Daemon()
    try:
        client = daemon.start()
        lines = "\n".join(json.dumps(record(f"t{number}", number)) for number in range(8000))
        client.call("import", format="jsonl", text=lines)
        client.close()
        daemon.stop()
        daemon.arguments = ["--request-timeout", "300"]
        client = daemon.start()
        began = time.monotonic()
        answer = client.call("reindex", wait=True)
        if answer["records"] < 8000:
            raise Failure(f"reindex: {answer}")
        took = time.monotonic() - began
        client.close()
        daemon.stop()
        if took < 0.3:
            print(f"a reindex of 8000 records took {took:.2f} s, too short to tell")
    finally:
        daemon.remove()


def task_list():
    """The list of tasks keeps its length, also when each life of the daemon adds but one to it."""
    daemon = Daemon()
    try:
        path = os.path.join(daemon.data, "tasks.json")
        client = daemon.start()
        client.call("verify")
        for _ in range(2):
            client.close()
            daemon.stop()
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
            last = kept["tasks"][-1]
            kept["tasks"] = [{**last, "task": number} for number in range(1, 501)]
            kept["next"] = 501
            with open(path, "w", encoding="utf-8") as file:
                json.dump(kept, file)
            client = daemon.start()
            client.call("verify")
            listed = [task["task"] for task in client.call("tasks")["tasks"]]
            with open(path, encoding="utf-8") as file:
                stored = [task["task"] for task in json.load(file)["tasks"]]
            if listed != list(range(402, 502)) or stored != listed:
                raise Failure(f"{len(listed)} tasks are listed and {len(stored)} stored, up to {listed[-1]}")
        client.close()
        daemon.stop()
    finally:
        daemon.remove()


def run(chance, count):
    trials = {"file_size": file_size, "descriptors": descriptors, "becomes_read_only": becomes_read_only,
              "starts_read_only": starts_read_only, "clock": clock, "log_tail": lambda: log_tail(chance),
              "task_wait": task_wait, "task_list": task_list}
    for _ in range(count):
        for name, trial in trials.items():
            try:
                trial()
            except (Failure, Refused, Lost) as failure:
                raise Failure(f"{name}: {failure!r}") from failure
    print(f"{count} rounds of {', '.join(trials)}{'' if CLOCK else '; clock and becomes_read_only left out'}")


if __name__ == "__main__":
    sys.exit(main(run, 1, 10))
