#!/usr/bin/env python3
"""Power loss: what a disk may hold after it, by a strict reading of POSIX, and what the daemon makes of it.

SPDX-License-Identifier: GPL-2.0-or-later

    power.py [--seed N] [--count STATES] [--long]

A daemon runs under recorder.c, which writes down every write, cut, rename, removal and sync below the data folder in
their order; each acknowledged write is noted with the length that the record had then.  For a moment chosen at random
a state of the disk is built:

  * what was synced in a file is there; of what was written since, each piece of 512 bytes is there or not;
  * what happened in a folder is durable when the folder was synced; of what happened since, some first part is there
    (so a file's bytes may be durable and its name not, and a rename that was not synced may not have happened).

By turns the pieces are drawn at random, or all data and no name is there, or all names and no data.  On each state the
daemon must start by itself, and hold every write that was acknowledged before that moment, whole; store and index must
agree.  A disk that says that it has synced what it has not is outside of this.
"""

import collections
import os
import random
import shutil
import struct
import sys
import threading

from faults import ABSENT, Client, Daemon, Failure, Model, Refused, check_model, main, progress, record

RECORDER = os.environ.get("FOOTNOTE_RECORDER", "build/dev/tests/faults/librecorder.so")
HEAD = struct.Struct("=cHHqI")
PIECE = 512
Entry = collections.namedtuple("Entry", "end op path second place data")


def read_record(path):
    """The entries, each with the place in the file where it ends."""
    entries = []
    with open(path, "rb") as file:
        bytes_ = file.read()
    at = 0
    while at < len(bytes_):
        op, path_len, second_len, place, data_len = HEAD.unpack_from(bytes_, at)
        at += HEAD.size
        name = bytes_[at:at + path_len].decode()
        at += path_len
        second = bytes_[at:at + second_len].decode()
        at += second_len
        entries.append(Entry(at + data_len, op.decode(), name, second, place, bytes_[at:at + data_len]))
        at += data_len
    return entries


class Inode:
    """A file's bytes: what is durable, and what was done since."""

    def __init__(self):
        self.durable = bytearray()
        self.pending = []  # (place, data), or (size, None) for a cut

    @staticmethod
    def apply(bytes_, place, data):
        if data is None:
            if len(bytes_) > place:
                del bytes_[place:]
            else:
                bytes_.extend(bytes(place - len(bytes_)))
            return
        if len(bytes_) < place:
            bytes_.extend(bytes(place - len(bytes_)))
        bytes_[place:place + len(data)] = data

    def sync(self):
        for place, data in self.pending:
            self.apply(self.durable, place, data)
        self.pending = []

    def crash(self, keeps):
        """One of the states it may be in."""
        bytes_ = bytearray(self.durable)
        for place, data in self.pending:
            if data is None:
                if keeps():
                    self.apply(bytes_, place, None)
                continue
            at = 0
            while at < len(data):
                # Pieces are those of the file, not of the write.
                step = min(PIECE - (place + at) % PIECE, len(data) - at)
                if keeps():
                    self.apply(bytes_, place + at, data[at:at + step])
                at += step
        return bytes_


class Disk:
    """Files and folders as the daemon sees them, and as they are durable."""

    def __init__(self):
        self.now = {}                                 # path -> Inode, None for a folder
        self.durable = {}
        self.pending = collections.defaultdict(list)  # folder -> changes: [(path, inode or ABSENT…)]

    def change(self, folder, changes):
        self.pending[folder].append(changes)

    def take(self, entry):
        folder = os.path.dirname(entry.path)
        if entry.op == "c":
            self.now[entry.path] = Inode()
            self.change(folder, [("put", entry.path, self.now[entry.path])])
        elif entry.op == "m":
            self.now[entry.path] = None
            self.change(folder, [("put", entry.path, None)])
        elif entry.op == "u":
            self.now.pop(entry.path, None)
            self.change(folder, [("drop", entry.path, None)])
        elif entry.op == "r":
            inode = self.now.pop(entry.path)
            self.now[entry.second] = inode
            self.change(os.path.dirname(entry.second), [("drop", entry.path, None), ("put", entry.second, inode)])
        elif entry.op == "s":
            self.sync(entry.path)
        elif entry.path in self.now:
            self.now[entry.path].pending.append((entry.place, entry.data if entry.op == "w" else None))

    def sync(self, path):
        inode = self.now.get(path)
        if isinstance(inode, Inode):
            inode.sync()
            return
        for changes in self.pending.pop(path, []):
            self.make_durable(self.durable, changes)

    @staticmethod
    def make_durable(names, changes):
        for kind, path, inode in changes:
            if kind == "put":
                names[path] = inode
            else:
                names.pop(path, None)

    def crash(self, chance, manner):
        """path -> bytes, or None for a folder."""
        names = dict(self.durable)
        for folder in list(self.pending):
            changes = self.pending[folder]
            kept = {"random": chance.randrange(len(changes) + 1), "data": 0, "names": len(changes)}[manner]
            for change in changes[:kept]:
                self.make_durable(names, change)
        keeps = {"random": lambda: chance.random() < 0.5, "data": lambda: True, "names": lambda: False}[manner]
        return {path: inode.crash(keeps) if inode else None for path, inode in names.items()}


def write_state(state, root, target):
    """Makes a folder of it; what lies in a folder that is not there is lost."""
    os.makedirs(target)
    for path in sorted(state):
        place = os.path.join(target, os.path.relpath(path, root))
        if not os.path.isdir(os.path.dirname(place)):
            continue
        if state[path] is None:
            os.makedirs(place, exist_ok=True)
        else:
            with open(place, "wb") as file:
                file.write(state[path])


class Recording:
    """A life of a daemon, and what it promised when."""

    def __init__(self, chance, seconds):
        self.daemon = Daemon(arguments=["--commit-interval", "20"], fast=True)
        self.file = os.path.join(self.daemon.folder, "record")
        os.mkdir(self.daemon.data)
        self.events = ([], [])  # of each connection, in order: (length of the record, acknowledged, name, state)
        client = self.daemon.start({"LD_PRELOAD": RECORDER, "RECORDER_FOLDER": self.daemon.data,
                                    "RECORDER_FILE": self.file})
        self.over, self.failures = False, []
        threads = [threading.Thread(target=self.guard, args=(self.write, chance.random(), who)) for who in range(2)]
        threads.append(threading.Thread(target=self.guard, args=(self.operate, chance.random(), 0)))
        for thread in threads:
            thread.start()
        threading.Event().wait(seconds)
        self.over = True
        for thread in threads:
            thread.join()
        client.close()
        self.daemon.stop()
        if self.failures:
            raise Failure(f"while recording: {self.failures[0]!r}\n{self.daemon.tail()}")
        self.entries = read_record(self.file)

    def guard(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as failure:
            self.failures.append(failure)

    def length(self):
        return os.path.getsize(self.file)

    def write(self, seed, who):
        chance, client, number, events = random.Random(seed), Client(self.daemon.path), who + 1, self.events[who]
        while not self.over:
            name, number = f"p{who}-{chance.randrange(30)}", number + 2
            state = ABSENT if chance.random() < 0.2 else number
            events.append((self.length(), False, name, state))
            try:
                if state is ABSENT:
                    client.call("delete", ids=[name])
                else:
                    client.call("put", record=record(name, number))
            except Refused as refused:
                if refused.code != "not_found":
                    raise
            events.append((self.length(), True, name, state))
            threading.Event().wait(chance.random() * 0.02)

    def operate(self, seed, _):
        chance, client = random.Random(seed), Client(self.daemon.path)
        while not self.over:
            threading.Event().wait(0.1)
            try:
                client.call(chance.choice(["reindex", "compact", "rollback", "verify"]), wait=True)
            except Refused as refused:
                if refused.code != "not_found":
                    raise

    def model_at(self, end):
        """What may be stored if the record had been cut at `end`.  Writes of one id come from one connection."""
        model = Model()
        for events in self.events:
            for length, acknowledged, name, state in events:
                if length <= end:
                    (model.acknowledged if acknowledged else model.sent)(name, state)
        return model


def try_state(chance, recording, state, end, what):
    daemon = Daemon(arguments=["--commit-interval", "20"], fast=True)
    try:
        write_state(state, recording.daemon.data, daemon.data)
        client = daemon.start()
        if client.call("status").get("damage"):
            raise Failure(f"the daemon tells of damage: {client.call('status')['damage']}")
        check_model(client, recording.model_at(end))
        client.call("put", record=record("after", 1), wait="visible")
        client.close()
        daemon.kill()
    except (Failure, Refused) as failure:
        keep = os.path.join("/tmp", f"footnote-power-{os.getpid()}")
        shutil.rmtree(keep, ignore_errors=True)
        write_state(state, recording.daemon.data, keep)
        raise Failure(f"{what}: {failure}\n{daemon.tail()}\nthe state is kept in {keep}") from failure
    finally:
        daemon.remove()


def run(chance, count):
    states, recordings = 0, 0
    while states < count:
        recording = Recording(chance, 2.5)
        recordings += 1
        try:
            moments = sorted(chance.randrange(len(recording.entries)) for _ in range(min(count - states, 250)))
            disk, done = Disk(), 0
            disk.now[recording.daemon.data] = None
            for moment in moments:
                while done <= moment:
                    disk.take(recording.entries[done])
                    done += 1
                manner = ("random", "random", "data", "names")[states % 4]
                end = recording.entries[moment].end
                try_state(chance, recording, disk.crash(chance, manner), end,
                          f"recording {recordings}, entry {moment} of {len(recording.entries)}, {manner}")
                states += 1
            progress(states, count)
        finally:
            recording.daemon.remove()
    print(f"{states} states of {recordings} recordings; every one opened, nothing acknowledged was lost")


if __name__ == "__main__":
    sys.exit(main(run, 60, 10000))
