#!/usr/bin/env python3
"""Searches that race a writer which commits as fast as it can: no search may fail, or find less than there is.

SPDX-License-Identifier: GPL-2.0-or-later

    readers.py [--seed N] [--count SEARCHES] [--long]

Two connections put records and wait until each is visible, with a commit interval of 1 ms; six search.  A search for
what all records have finds at least as many as there were when it began, and answers no error.
"""

import sys
import threading

from faults import Client, Daemon, Failure, Lost, Refused, main, record

WRITERS, READERS, FIRST = 2, 6, 200


def run(chance, count):
    daemon = Daemon(arguments=["--commit-interval", "1", "--workers", "4"], fast=True)
    state = {"visible": FIRST, "searches": 0, "commits": 0, "over": False}
    lock, failures = threading.Lock(), []

    def guard(work):
        try:
            work(Client(daemon.path))
        except (Failure, Refused, Lost) as failure:
            failures.append(repr(failure))
            state["over"] = True

    def write(client):
        number = chance.randrange(1 << 30)
        while not state["over"]:
            number += 1
            client.call("put", record=record(f"n{number}", number), wait="visible")
            with lock:
                state["visible"] += 1
                state["commits"] += 1

    def search(client):
        while not state["over"]:
            with lock:
                least = state["visible"]
            answer = client.call("search", query="text", limit=10, exact_total=True)
            if answer["total"]["value"] < least or len(answer["hits"]) != 10 or answer["partial"]:
                raise Failure(f"a search found {answer['total']}, and at least {least} were visible")
            with lock:
                state["searches"] += 1
                state["over"] = state["over"] or state["searches"] >= count

    try:
        client = daemon.start()
        for number in range(FIRST):
            client.call("put", record=record(f"first{number}", number), wait="durable" if number < FIRST - 1 else "visible")
        threads = [threading.Thread(target=guard, args=(write,)) for _ in range(WRITERS)]
        threads += [threading.Thread(target=guard, args=(search,)) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise Failure(f"{failures[0]}\n{daemon.tail()}")
        print(f"{state['searches']} searches beside {state['commits']} commits, no error")
        daemon.stop()
        if "ThreadSanitizer" in daemon.tail(2000):
            raise Failure(daemon.tail(200))
    finally:
        daemon.remove()


if __name__ == "__main__":
    sys.exit(main(run, 10000, 100000))
