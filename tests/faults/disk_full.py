#!/usr/bin/env python3
"""A full disk, at many fill levels: nothing acknowledged is lost, reading goes on, and work resumes without a restart.

SPDX-License-Identifier: GPL-2.0-or-later

    disk_full.py [--seed N] [--count LEVELS] [--long]

The archive lies on a small tmpfs, which needs root: without it the test is skipped.  At each level the disk is filled
up but for some bytes; then: writes until the disk refuses, a reindex, a backup onto it, searches, `status`, `cancel`,
a delete; the filler goes, and within a few seconds writes succeed and are found.  Every fifth time the daemon is
started anew while the disk is full.
"""

import os
import shutil
import subprocess
import sys
import time

from faults import ABSENT, Daemon, Failure, Model, Refused, check_model, main, record, search_applied

SIZE = 16 << 20
RESUME_SECONDS = 60  # a second is usual; a machine that does much else may take long


def fill(path, spare):
    """Takes all but `spare` bytes."""
    with open(path, "wb", buffering=0) as file:
        chunk = bytes(1 << 16)
        try:
            while True:
                file.write(chunk)
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - spare))


def write(client, model, name, number):
    """True if it was acknowledged; a full disk is the only excuse."""
    model.sent(name, number)
    try:
        client.call("put", record=record(name, number))
    except Refused as refused:
        if refused.code != "disk_full":
            raise Failure(f"put: {refused.code}: {refused}") from refused
        return False
    model.acknowledged(name, number)
    return True


def on_full_disk(daemon, client, model, chance, counter):
    """What must work, and what may be refused."""
    refused = 0
    for _ in range(60):
        counter[0] += 1
        refused += not write(client, model, f"f{chance.randrange(60)}", counter[0])
    for method, params in (("reindex", {"wait": True}), ("backup", {"dir": os.path.join(daemon.data, "copy")})):
        try:
            client.call(method, **params)
        except Refused as error:
            if error.code not in ("disk_full", "exists"):
                raise Failure(f"{method}: {error.code}: {error}") from error
        shutil.rmtree(os.path.join(daemon.data, "copy"), ignore_errors=True)
    client.call("search", query="text", limit=3)
    client.call("status")
    task = client.call("compact", wait=False)["task"]
    try:
        client.call("cancel", task=task)
    except Refused as error:
        if error.code != "conflict":
            raise Failure(f"cancel: {error.code}: {error}") from error
    return refused


def delete_one(client, model):
    """Deleting makes room, so it works on a full disk."""
    for name in list(model.states):
        if model.states[name] != {ABSENT}:
            model.sent(name, ABSENT)
            try:
                client.call("delete", ids=[name])
            except Refused as error:
                if error.code == "not_found":
                    continue
                raise Failure(f"delete on a full disk: {error.code}: {error}") from error
            model.acknowledged(name, ABSENT)
            return


def resume(client, model, counter):
    """Writes succeed again, and are found."""
    deadline = time.monotonic() + RESUME_SECONDS
    while True:
        counter[0] += 1
        if write(client, model, "resumed", counter[0]):
            break
        if time.monotonic() > deadline:
            raise Failure("writes are still refused after space has returned")
        time.sleep(0.05)
    seq = client.call("status")["seq"]
    began = time.monotonic()
    search_applied(client, query="text", min_revision=seq, limit=1)
    return time.monotonic() - began


def run(chance, count):
    daemon = Daemon(arguments=["--commit-interval", "20"])
    os.mkdir(daemon.data)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", daemon.data], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        daemon.remove()
        print(f"skipped: no small file system can be mounted here: {mounted.stderr.decode().strip()}")
        sys.exit(77)
    model, counter, refused, slowest = Model(), [0], 0, 0.0
    filler = os.path.join(daemon.data, "filler")
    try:
        client = daemon.start()
        for number in range(60):
            counter[0] += 1
            write(client, model, f"f{number}", counter[0])
        for level in range(count):
            spare = int((level / max(1, count - 1)) ** 2 * 3 * (1 << 20))
            fill(filler, spare)
            if level % 5 == 4:
                client.close()
                daemon.kill()
                client = daemon.start()
            refused += on_full_disk(daemon, client, model, chance, counter)
            if chance.random() < 0.5:
                fill(os.path.join(daemon.data, "filler2"), 0)
            delete_one(client, model)
            for path in (filler, os.path.join(daemon.data, "filler2")):
                if os.path.exists(path):
                    os.unlink(path)
            slowest = max(slowest, resume(client, model, counter))
            check_model(client, model)
            client.call("status")
        print(f"{count} levels, {refused} writes refused, at most {slowest:.2f} s until what came after was found")
        daemon.stop()
    except Failure as failure:
        raise Failure(f"{failure}\n{daemon.tail()}") from failure
    finally:
        if daemon.process.poll() is None:
            daemon.kill()
        subprocess.run(["umount", daemon.data], check=False)
        daemon.remove()


if __name__ == "__main__":
    sys.exit(main(run, 12, 50))
