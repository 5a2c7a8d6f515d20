#!/usr/bin/env python3
"""What was acknowledged survives: kill -9 in the middle of writing, and SIGTERM under load.

SPDX-License-Identifier: GPL-2.0-or-later

    restart.py kill [SEED]      three times: writers at work, SIGKILL at a random moment, restart, everything counted
    restart.py term [SEED]      writers and an import at work, SIGTERM, restart, everything counted

Each writer keeps the last revision of each record that was acknowledged to it.  After the restart the record must be
there at that revision or a later one of the same writer, and be found by a search; a write that was sent and not
answered may be there or not, but never in part.
"""

import json
import random
import sys
import threading
import time

import daemon
from daemon import Failure

WRITERS = 4
KILLS = 3


class Writer(threading.Thread):
    """Writes records of its own until the daemon is gone, several requests open at a time."""

    def __init__(self, own, number, round_number):
        super().__init__()
        self.line = own.connect()
        self.number, self.round = number, round_number
        self.acknowledged = {}  # id -> (version, seq), or None when deleted
        self.sent = {}          # id -> last version sent, None: a delete
        self.error = None

    def name_of(self, count):
        """Every id is written several times."""
        return f"r{self.round}w{self.number}n{count % 50}"

    def request(self, count):
        """The next request and what it does: (id of the record, version or None)."""
        name = self.name_of(count)
        if count % 11 == 10:
            return {"method": "delete", "params": {"id": name}}, (name, None)
        text = f"unique{self.round}x{self.number}x{count} stands in version {count} [1]."
        record = {"id": name, "title": f"Version {count}", "text": text,
                  "sources": [{"url": f"https://example.org/{self.number}/{count % 5}"}]}
        return {"method": "put", "params": {"record": record}}, (name, count)

    def take(self, open_requests):
        """One answer."""
        message = self.line.read()
        if message is None:
            return False
        name, version = open_requests.pop(message["id"])
        if "error" in message:
            if message["error"]["data"]["code"] not in ("not_found", "shutting_down"):
                self.error = message["error"]["message"]
            return True
        seq = message["result"]["seq"]
        known = self.acknowledged.get(name)
        if known is None or seq > known[1]:
            self.acknowledged[name] = (version, seq)
        return True

    def run(self):
        """Four requests open, on different records."""
        open_requests, count = {}, 0
        try:
            while True:
                while len(open_requests) < 4:
                    request, effect = self.request(count)
                    open_requests[count] = effect
                    self.sent[effect[0]] = max(self.sent.get(effect[0], 0), count)
                    self.line.send_line(json.dumps({"id": count, **request}))
                    count += 1
                if not self.take(open_requests):
                    return
        except OSError:
            pass
        finally:
            while open_requests:  # what was answered before the end
                try:
                    if not self.take(open_requests):
                        return
                except OSError:
                    return


class Importer(threading.Thread):
    """One import in chunks after the other until the daemon is gone."""

    def __init__(self, own):
        super().__init__()
        self.line = own.connect()
        self.durable = []  # ids of chunks that were answered

    def run(self):
        try:
            for number in range(100000):
                opened = self.line.ask("import_open", format="jsonl")
                if "error" in opened:
                    return
                ids = [f"i{number}-{i}" for i in range(40)]
                text = "".join(json.dumps({"id": name, "title": f"Imported {name}"}) + "\n" for name in ids)
                answer = self.line.ask("import_chunk", **{"import": opened["result"]["import"]}, number=0, text=text)
                if "error" in answer:
                    return
                if answer["result"]["failed"] == 0:
                    self.durable += ids
                self.line.ask("import_close", **{"import": opened["result"]["import"]})
        except OSError:
            pass


def check_writer(line, writer):
    """Each record of a writer, against what it was told."""
    if writer.error:
        raise Failure(f"writer {writer.number}: {writer.error}")
    for name, (version, seq) in writer.acknowledged.items():
        answer = line.ask("get", id=name)
        if "error" in answer:
            gone = line.ask("get", id=name, revision=seq)
            later = version is None or writer.sent[name] > version
            if not later or (version is not None and "error" in gone):
                raise Failure(f"{name}: version {version} was acknowledged and is gone")
            continue
        record = answer["result"]
        if record["seq"] < seq:
            raise Failure(f"{name}: seq {seq} was acknowledged, {record['seq']} is there")
        stored = int(record["title"].split()[1])
        if f"version {stored} [1]" not in record["text"] or len(record["mentions"]) != 1:
            raise Failure(f"{name}: version {stored} is there in part")
        if record["seq"] == seq and stored != version:
            raise Failure(f"{name}: version {version} was acknowledged as {seq}, it has version {stored}")
        found = line.call("search", query=f"unique{writer.round}x{writer.number}x{stored}", limit=2)["hits"]
        if [hit["id"] for hit in found] != [name]:
            raise Failure(f"{name}: a search does not find it: {found}")


def check(own, writers, importer=None):
    """After a restart: everything acknowledged, counts that agree, a store that is whole."""
    line = own.connect()
    status = line.call("status")
    line.call("search", min_revision=status["seq"], limit=0)
    for writer in writers:
        check_writer(line, writer)
    for name in importer.durable if importer else []:
        line.call("get", id=name)
    status = line.call("status")
    total = line.call("search", limit=0, exact_total=True, min_revision=status["seq"])["total"]["value"]
    if total != status["articles"]:
        raise Failure(f"the store has {status['articles']} articles, the index {total}")
    line.close()
    return status["seq"]


def start_writers(own, round_number):
    """Writers at work."""
    writers = [Writer(own, number, round_number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    return writers


def join(threads):
    """Their ends: the daemon is gone."""
    for thread in threads:
        thread.join(daemon.ANSWER_SECONDS)
        if thread.is_alive():
            raise Failure("a connection was not closed")
        thread.line.close()


def kill(own, chance):
    """SIGKILL, again and again, with all that was written in the rounds before kept."""
    own.start()
    before = []
    for round_number in range(KILLS):
        writers = start_writers(own, round_number)
        time.sleep(chance.uniform(0.2, 1.5))  # the moment is the test's random choice
        own.kill()
        join(writers)
        own.start()
        before += writers
        seq = check(own, before)
        count = sum(len(writer.acknowledged) for writer in writers)
        print(f"kill {round_number + 1}: {count} records acknowledged, all there; seq {seq}")
        if count == 0:
            raise Failure("nothing was acknowledged before the kill")
    own.stop()


def term(own, chance):
    """SIGTERM under load: the daemon ends with 0 and in time."""
    own.start()
    writers = start_writers(own, 0)
    importer = Importer(own)
    importer.start()
    time.sleep(chance.uniform(0.5, 1.5))
    own.stop()
    join(writers + [importer])
    own.start()
    seq = check(own, writers, importer)
    count = sum(len(writer.acknowledged) for writer in writers)
    print(f"term: {count} records and {len(importer.durable)} imported ones acknowledged, all there; seq {seq}")
    if count == 0 or not importer.durable:
        raise Failure("nothing was acknowledged before the end")
    own.stop()


def main():
    seed = sys.argv[2] if len(sys.argv) > 2 else str(random.SystemRandom().randrange(1 << 32))
    print(f"seed {seed}")
    with daemon.Daemon() as own:
        try:
            {"kill": kill, "term": term}[sys.argv[1]](own, random.Random(seed))
        except (Failure, OSError) as error:
            print(f"{error}\nThe log ends with:\n" + "\n".join(own.log().splitlines()[-30:]))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
