#!/usr/bin/env python3
"""Random damage to the files of a stopped archive: detected, or harmless; never a crash, never a wrong answer in silence.

SPDX-License-Identifier: GPL-2.0-or-later

    damage.py [--seed N] [--count DAMAGES] [--long]

Each damage is to one file: a flipped bit, 512 random bytes, 4096 zeros, a cut, or the file removed.  Then the daemon
either refuses to start, saying why (and by no signal), or it starts, and each answer is right, or an error, or
`status` tells that the archive is damaged.  Every fifth time the daemon had been killed before, so that no seal says
what the files were like; then answers from a damaged index may be wrong until the check, but no record may be.
"""

import os
import shutil
import sys

from faults import ABSENT, Client, Daemon, Failure, Lost, Refused, main, progress, record, state_of

RECORDS = 300


def files_of(data):
    """All that the daemon keeps; its socket and lock aside."""
    found = []
    for folder, _, names in os.walk(data):
        found += [os.path.join(folder, name) for name in names if name not in ("lock", "flintlock", "records.sqlite-shm")]
    return sorted(found)


def damage(chance, path):
    """Damages one file; says how."""
    size = os.path.getsize(path)
    kind = chance.choice(["flip", "flip", "noise", "zeros", "cut", "removed"])
    if kind == "removed":
        os.unlink(path)
        return kind
    if size == 0:
        with open(path, "wb") as file:
            file.write(chance.randbytes(100))
        return "filled"
    place = chance.randrange(size)
    if kind == "cut":
        os.truncate(path, place)
        return f"cut at {place} of {size}"
    with open(path, "r+b") as file:
        file.seek(place)
        if kind == "flip":
            old = file.read(1)[0]
            file.seek(place)
            file.write(bytes([old ^ (1 << chance.randrange(8))]))
        else:
            length = min(512 if kind == "noise" else 4096, size - place)
            file.write(chance.randbytes(length) if kind == "noise" else bytes(length))
    return f"{kind} at {place} of {size}"


def make_archive(killed):
    """An archive with old revisions, deleted records and two generations."""
    daemon = Daemon(arguments=["--commit-interval", "20"])
    client = daemon.start()
    for number in range(RECORDS):
        client.send("put", {"record": record(f"r{number}", number)})
    for _ in range(RECORDS):
        client.receive()
    for number in range(20):
        client.call("put", record=record(f"r{number}", number + 1000))
    client.call("delete", ids=["r30", "r31"], wait="visible")
    client.call("reindex", wait=True)
    client.call("put", record=record("last", 5000), wait="visible")
    if killed:
        daemon.kill()
    else:
        daemon.stop()
    states = {f"r{number}": number + 1000 if number < 20 else number for number in range(RECORDS)}
    states.update({"r30": ABSENT, "r31": ABSENT, "last": 5000})
    return daemon, states


def ask(client, states, sealed):
    """Every record and a search for each tenth; gives whether something was told to be wrong."""
    told = bool(client.call("status").get("damage"))
    seq = client.call("status")["seq"]
    for name, state in states.items():
        try:
            found = state_of(client.call("get", id=name, kind="article"))
        except Refused as refused:
            if refused.code not in ("corrupt", "not_found"):
                raise Failure(f"get {name}: {refused.code}") from refused
            found = "damaged" if refused.code == "corrupt" else ABSENT
        if found == "damaged":
            told = True
        elif found != state and not told:
            raise Failure(f"get {name}: {found}, expected {state}, and nothing was said")
    for name, state in list(states.items())[::10]:
        if state is ABSENT:
            continue
        try:
            hits = client.call("search", query=f"+w{state}", min_revision=seq, limit=5)["hits"]
        except Refused as refused:
            if refused.code in ("timeout", "corrupt", "io_error", "modified", "internal"):
                told = True
                continue
            raise Failure(f"search: {refused.code}: {refused}") from refused
        if [hit["id"] for hit in hits] != [name] and not told and sealed:
            raise Failure(f"search w{state}: {hits}, and nothing was said")
    return told


def run(chance, count):
    outcomes = {"refused to start": 0, "told": 0, "harmless": 0}
    archives = {killed: make_archive(killed) for killed in (False, True)}
    try:
        for turn in range(count):
            progress(turn, count)
            killed = turn % 5 == 4
            made, states = archives[killed]
            daemon = Daemon(arguments=["--commit-interval", "20"])
            try:
                shutil.copytree(made.data, daemon.data)
                path = chance.choice(files_of(daemon.data))
                how = f"{os.path.relpath(path, daemon.data)}: {damage(chance, path)}{' after a kill' if killed else ''}"
                try:
                    client = daemon.start()
                except Failure as failure:
                    code = daemon.process.poll()
                    if code is None or code < 0 or code > 100:
                        raise Failure(f"{how}: {failure}") from failure
                    if "footnoted:" not in daemon.tail(3):
                        raise Failure(f"{how}: it ended without saying why:\n{daemon.tail()}") from failure
                    outcomes["refused to start"] += 1
                    continue
                try:
                    told = ask(client, states, not killed)
                    told = told or " rebuild " in daemon.tail(100) or " damage " in daemon.tail(100)
                    daemon.stop()
                except (Failure, Lost) as failure:
                    raise Failure(f"{how}: {failure!r}\n{daemon.tail()}") from failure
                outcomes["told" if told else "harmless"] += 1
            finally:
                daemon.remove()
    finally:
        for made, _ in archives.values():
            made.remove()
    print(f"{count} damages: {outcomes}")


if __name__ == "__main__":
    sys.exit(main(run, 60, 2000))
