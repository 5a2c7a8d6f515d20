#!/usr/bin/env python3
"""kill -9 at random moments under mixed load; after each restart store, index and model must agree.

SPDX-License-Identifier: GPL-2.0-or-later

    kill.py [--seed N] [--count KILLS] [--long]

Load: two connections write single records, one imports files, one deletes by query and by id, one searches, one asks
for reindex, compact, rollback and backup.  Every acknowledged write must be there afterwards; one that was not
answered may be there whole, or not at all.
"""

import json
import os
import shutil
import sys
import threading

from faults import ABSENT, Client, Daemon, Failure, Lost, Model, Refused, check_model, main, progress, record

IDS = 40
ARCHIVE_KILLS = 100  # then a new archive: old revisions are kept, so a check of one grows with its age
TOLERATED = {"conflict", "not_found", "shutting_down", "canceled", "busy", "timeout", "exists"}


class Load:
    """The threads of one life of the daemon."""

    def __init__(self, daemon, models, chance, counter):
        self.daemon = daemon
        self.models = models
        self.chance = chance
        self.counter = counter
        self.over = False
        self.failures = []
        self.done = {"writes": 0, "searches": 0, "tasks": 0}
        works = [lambda: self.write(0), lambda: self.write(1), lambda: self.bulk(2), lambda: self.remove(3),
                 self.search, self.operate]
        self.threads = [threading.Thread(target=self.guard, args=(work,)) for work in works]
        for thread in self.threads:
            thread.start()

    def guard(self, work):
        try:
            work()
        except Lost:
            pass
        except Exception as failure:  # whatever it is must reach the test
            self.failures.append(failure)

    def next_number(self):
        self.counter[0] += 1
        return self.counter[0]

    def write(self, who):
        client, model = Client(self.daemon.path), self.models[who]
        while not self.over:
            name, number = f"a{who}-{self.chance.randrange(IDS)}", self.next_number()
            if self.chance.random() < 0.2:
                model.sent(name, ABSENT)
                try:
                    client.call("delete", ids=[name])
                except Refused as refused:
                    if refused.code != "not_found":
                        raise
                model.acknowledged(name, ABSENT)
            else:
                model.sent(name, number)
                wait = "visible" if self.chance.random() < 0.2 else "durable"
                client.call("put", record=record(name, number), wait=wait)
                model.acknowledged(name, number)
            self.done["writes"] += 1

    def bulk(self, who):
        client, model = Client(self.daemon.path), self.models[who]
        while not self.over:
            names = [f"b{place}" for place in self.chance.sample(range(IDS * 5), 60)]
            numbers = {name: self.next_number() for name in names}
            lines = "\n".join(json.dumps(record(name, number)) for name, number in numbers.items())
            for name, number in numbers.items():
                model.sent(name, number)
            report = client.call("import", format="jsonl", text=lines)
            if report["failed"]:
                raise Failure(f"import: {report['errors'][:2]}")
            for name, number in numbers.items():
                model.acknowledged(name, number)
            self.done["writes"] += len(names)

    def remove(self, who):
        """A record by query: what matches is deleted, whatever the query's other hits are."""
        client, model = Client(self.daemon.path), self.models[who]
        while not self.over:
            name, number = f"d{self.chance.randrange(IDS)}", self.next_number()
            model.sent(name, number)
            client.call("put", record=record(name, number))
            model.acknowledged(name, number)
            model.sent(name, ABSENT)
            answer = client.call("delete", query=f"id:{name}")
            if answer["matched"] != 1:
                raise Failure(f"delete by query: {answer} for {name}")
            model.acknowledged(name, ABSENT)
            self.done["writes"] += 2

    def search(self):
        client = Client(self.daemon.path)
        while not self.over:
            client.call("search", query="text", limit=3)
            self.done["searches"] += 1

    def operate(self):
        client = Client(self.daemon.path)
        while not self.over:
            method = self.chance.choice(["reindex", "compact", "rollback", "backup", "verify"])
            params = {"wait": True}
            if method == "backup":
                params["dir"] = os.path.join(self.daemon.folder, "backup")
                shutil.rmtree(params["dir"], ignore_errors=True)
            try:
                client.call(method, **params)
            except Refused as refused:
                if refused.code not in TOLERATED:
                    raise Failure(f"{method}: {refused.code}: {refused}") from refused
            self.done["tasks"] += 1

    def end(self):
        self.over = True
        for thread in self.threads:
            thread.join(120)
        if self.failures:
            raise Failure(f"while it ran: {self.failures[0]!r}\n{self.daemon.tail()}")


def kill_often(daemon, chance, kills, counter, totals):
    """One archive, from its first start to its end."""
    models = [Model() for _ in range(4)]
    client = daemon.start()
    for _ in range(kills):
        client.close()
        load = Load(daemon, models, chance, counter)
        threading.Event().wait(chance.random() ** 2 * 1.2)
        daemon.kill()
        load.end()
        if chance.random() < 0.2:  # and once more while it recovers
            daemon.spawn()
            threading.Event().wait(chance.random() * 0.1)
            daemon.kill()
        client = daemon.start()
        for model in models:
            check_model(client, model)
        for key, value in load.done.items():
            totals[key] += value
    daemon.stop()


def run(chance, count):
    counter, totals = [0], {"writes": 0, "searches": 0, "tasks": 0}
    for done in range(0, count, ARCHIVE_KILLS):
        progress(done, count)
        daemon = Daemon(arguments=["--commit-interval", "20"], fast=True)  # a kill takes nothing that was written
        try:
            kill_often(daemon, chance, min(ARCHIVE_KILLS, count - done), counter, totals)
        finally:
            daemon.remove()
    print(f"{count} kills, {totals['writes']} writes acknowledged, {totals['searches']} searches, "
          f"{totals['tasks']} tasks; nothing lost, nothing half applied")


if __name__ == "__main__":
    sys.exit(main(run, 30, 1000))
