#!/usr/bin/env python3
"""Random operations against the daemon and against a simple model, compared all the time and after every restart.

SPDX-License-Identifier: GPL-2.0-or-later

    model.py [--seed N] [--count OPERATIONS] [--long]

Four connections, each with ids of its own, put (with and without if_revision), patch, delete, get (also old
revisions) and search.  A search with `min_revision` of the last write, and one after a write that waited until it was
visible, must find exactly what the model holds (read your writes).  The model is a dictionary and a list of
revisions.  Restarts are clean or by kill -9, in turn.
"""

import random
import sys
import threading

from faults import Client, Daemon, Failure, Lost, Refused, main

CONNECTIONS, IDS, RESTART_EVERY = 4, 25, 1500


class Worker:
    """One connection's records: id -> list of (revision, record or None for deleted)."""

    def __init__(self, number, seed):
        self.number = number
        self.chance = random.Random(seed)
        self.records = {}
        self.last = 0
        self.done = 0
        self.counter = 0

    def present(self, name):
        history = self.records.get(name)
        return history[-1] if history and history[-1][1] is not None else None

    def expect(self, got, want, what):
        if got != want:
            raise Failure(f"{what}: {got!r}, expected {want!r}")

    def new_record(self, name):
        self.counter += 1
        word = f"m{self.number}x{self.counter}"
        return {"id": name, "title": f"title {word}", "text": f"The word {word}, of connection c{self.number}y.",
                "number": self.counter, "tags": [f"t{self.counter % 3}"]}

    def put(self, client, name):
        record, present = self.new_record(name), self.present(name)
        params = {"record": record}
        fails = False
        if self.chance.random() < 0.3:
            right = present[0] if present else 0
            params["if_revision"] = right if self.chance.random() < 0.5 else right + 1
            fails = params["if_revision"] != right
        if self.chance.random() < 0.15:
            params["wait"] = "visible"
        try:
            answer = client.call("put", **params)
        except Refused as refused:
            self.expect((refused.code, fails), ("conflict", True), f"put {name} {params.get('if_revision')}")
            return
        self.expect(fails, False, f"put {name} with another if_revision")
        self.expect(answer["effect"], "updated" if present else "added", f"put {name}")
        self.add(name, answer["revision"], record)
        if "wait" in params:
            self.search(client, name, None)

    def add(self, name, revision, record):
        if revision <= self.last:
            raise Failure(f"revision {revision} after {self.last}")
        self.last = revision
        self.records.setdefault(name, []).append((revision, record))

    def patch(self, client, name):
        present = self.present(name)
        change = {"number": self.chance.randrange(1000), "tags": None if self.chance.random() < 0.5 else ["new"],
                  "extra": {"a": self.chance.random() < 0.5}}
        try:
            answer = client.call("patch", id=name, record=change)
        except Refused as refused:
            self.expect((refused.code, present), ("not_found", None), f"patch {name}")
            return
        merged = {key: value for key, value in {**present[1], **change}.items() if value is not None}
        if answer["effect"] == "updated":
            self.add(name, answer["revision"], merged)
        else:
            self.expect(merged, present[1], f"patch {name} that changed nothing")

    def delete(self, client, name):
        present = self.present(name)
        try:
            answer = client.call("delete", ids=[name])
        except Refused as refused:
            self.expect((refused.code, present), ("not_found", None), f"delete {name}")
            return
        self.expect(present is not None, True, f"delete {name}, which is not there")
        self.add(name, answer["seq"], None)

    def get(self, client, name):
        history = self.records.get(name, [])
        params, want = {"id": name, "kind": "article"}, self.present(name)
        kept = [entry for entry in history if entry[1] is not None]
        if kept and self.chance.random() < 0.3:
            want = self.chance.choice(kept)
            params["revision"] = want[0]
        try:
            answer = client.call("get", **params)
        except Refused as refused:
            self.expect((refused.code, want), ("not_found", None), f"get {params}")
            return
        if want is None:
            raise Failure(f"get {params}: it should not be there")
        self.expect(answer["revision"], want[0], f"get {params}: revision")
        for key, value in want[1].items():
            self.expect(answer.get(key), value, f"get {params}: {key}")

    def search(self, client, name, min_revision):
        present = self.present(name)
        if not present:
            return
        word = present[1]["title"].split()[1]
        params = {"min_revision": min_revision} if min_revision else {}
        hits = client.call("search", query=f"+{word}", **params)["hits"]
        self.expect([hit["id"] for hit in hits], [name], f"search {word}")

    def count(self, client):
        """The exact number of this connection's records."""
        want = sum(1 for name in self.records if self.present(name))
        answer = client.call("search", query=f"+c{self.number}y", min_revision=self.last, exact_total=True, limit=1)
        self.expect(answer["total"], {"value": want, "relation": "eq"}, "count")

    def step(self, client):
        name = f"m{self.number}-{self.chance.randrange(IDS)}"
        act = self.chance.choices([self.put, self.patch, self.delete, self.get], [4, 2, 1, 4])[0]
        act(client, name)
        if self.chance.random() < 0.15:
            self.search(client, name, self.last)
        if self.chance.random() < 0.02:
            self.count(client)
        self.done += 1

    def run(self, path, operations, failures):
        try:
            client = Client(path)
            for _ in range(operations):
                self.step(client)
            for number in range(IDS):
                self.get(client, f"m{self.number}-{number}")
            self.count(client)
            client.close()
        except (Failure, Refused, Lost, AssertionError) as failure:
            failures.append(f"connection {self.number}: {failure!r}")


def run(chance, count):
    daemon = Daemon(arguments=["--commit-interval", "20"])
    workers = [Worker(number, chance.random()) for number in range(CONNECTIONS)]
    restarts = 0
    try:
        daemon.start().close()
        while sum(worker.done for worker in workers) < count:
            failures = []
            share = min(RESTART_EVERY, count) // CONNECTIONS
            threads = [threading.Thread(target=worker.run, args=(daemon.path, share, failures)) for worker in workers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if failures:
                raise Failure(f"{failures[0]}\n{daemon.tail()}")
            restarts += 1
            if restarts % 2:
                daemon.kill()
            else:
                daemon.stop()
            client = daemon.start()
            for worker in workers:
                for number in range(IDS):
                    worker.get(client, f"m{worker.number}-{number}")
                worker.count(client)
            client.close()
        print(f"{sum(worker.done for worker in workers)} operations, {restarts} restarts, all as the model has it")
        daemon.stop()
    finally:
        daemon.remove()


if __name__ == "__main__":
    sys.exit(main(run, 4000, 100000))
