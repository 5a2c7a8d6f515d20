"""What the fault tests share: a daemon that can be killed, a client, a model of what it must hold.

SPDX-License-Identifier: GPL-2.0-or-later

The model keeps for each id what may be stored: the state of the last acknowledged write, and the states of writes
that were sent since and not answered.  After a restart the daemon must hold one of them, whole.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

FOOTNOTED = os.environ.get("FOOTNOTED", "build/dev/daemon/footnoted")
START_SECONDS = 120
ANSWER_SECONDS = 120
LEAKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "leaks.supp")
os.environ.setdefault("LSAN_OPTIONS", f"suppressions={LEAKS}:print_suppressions=0")


class Failure(Exception):
    """What was promised was not kept."""


class Lost(Exception):
    """The connection ended before the answer."""


class Refused(Exception):
    """An error that the daemon answered."""

    def __init__(self, error):
        super().__init__(error.get("message"))
        self.code = error.get("data", {}).get("code", "")


class Client:
    """One connection; requests one after the other, or many at once."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(ANSWER_SECONDS)
        try:
            self.socket.connect(path)
        except OSError as error:
            raise Lost(str(error)) from error
        self.file = self.socket.makefile("rb")
        self.number = 0

    def send(self, method, params):
        """Sends a request; gives its number."""
        self.number += 1
        line = json.dumps({"id": self.number, "method": method, "params": params}) + "\n"
        try:
            self.socket.sendall(line.encode())
        except OSError as error:
            raise Lost(str(error)) from error
        return self.number

    def receive(self):
        """The next answer: number, result; Refused carries the number too."""
        try:
            line = self.file.readline()
        except OSError as error:
            raise Lost(str(error)) from error
        if not line.endswith(b"\n"):
            raise Lost("the connection ended")
        answer = json.loads(line)
        return answer["id"], answer.get("result"), answer.get("error")

    def call(self, method, **params):
        """One request and its result."""
        number = self.send(method, params)
        answered, result, error = self.receive()
        if error and answered in (number, None):
            raise Refused(error)
        if answered != number:
            raise Failure(f"request {number} was answered as {answered}")
        return result

    def close(self):
        self.file.close()
        self.socket.close()


class Daemon:
    """footnoted on a data folder of its own."""

    def __init__(self, data=None, arguments=(), environment=None, fast=False):
        """`fast`: in memory, where syncs take no time."""
        memory = "/dev/shm" if fast and os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.mkdtemp(prefix="footnote-faults-", dir=memory)
        self.data = data or os.path.join(self.folder, "data")
        self.path = os.path.join(self.folder, "s")
        self.log = os.path.join(self.folder, "log")
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.process = None

    def spawn(self, environment=None):
        """Starts it and does not wait."""
        if os.path.exists(self.path):
            os.unlink(self.path)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [FOOTNOTED, "--data", self.data, "--socket", self.path, "--log-level", "notice", *self.arguments],
                stdout=log, stderr=log, env={**os.environ, **self.environment, **(environment or {})})

    def start(self, environment=None):
        """Starts it and waits until it answers."""
        self.spawn(environment)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                client = Client(self.path)
                client.call("version")
                return client
            except Lost as error:
                if self.process.poll() is not None:
                    raise Failure(f"the daemon ended with {self.process.returncode}:\n{self.tail()}") from error
                if time.monotonic() > deadline:
                    raise Failure(f"the daemon does not answer:\n{self.tail()}") from error
                time.sleep(0.005)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """A clean stop."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(ANSWER_SECONDS)
        if code != 0:
            raise Failure(f"the daemon ended with {code}:\n{self.tail()}")

    def tail(self, count=25):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-count:])

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


ABSENT = None


class Model:
    """What each id may hold.  A state is a record's number, or ABSENT."""

    def __init__(self):
        self.states = {}

    def may(self, name):
        return self.states.get(name, {ABSENT})

    def sent(self, name, state):
        self.states[name] = self.may(name) | {state}

    def acknowledged(self, name, state):
        self.states[name] = {state}

    def compare(self, name, state):
        """Takes what is stored for the truth, if it may be."""
        if state not in self.may(name):
            raise Failure(f"record {name}: {state} is stored, and it must be one of {self.may(name)}")
        self.states[name] = {state}


def record(name, number):
    """Every part of a record tells its number, so that halves of two would be seen."""
    word = f"w{number}"
    return {"id": name, "title": f"title {word}", "text": f"Text {word} of it [1]. More {word}.",
            "sources": [{"n": 1, "url": f"https://example.org/{number % 50}", "title": f"source {number % 50}"}],
            "number": number}


def state_of(stored):
    """The number of a stored record; a mixture is a failure."""
    number = stored["number"]
    want = record(stored["id"], number)
    for key, value in want.items():
        if stored.get(key) != value:
            raise Failure(f"record {stored['id']}: {key} is {stored.get(key)!r}, expected {value!r}")
    return number


def read_states(client, names):
    """What is stored for each name."""
    found = {}
    for begin in range(0, len(names), 50):
        part = names[begin:begin + 50]
        numbers = {client.send("get", {"id": name, "kind": "article"}): name for name in part}
        for _ in part:
            number, result, error = client.receive()
            if error and error["data"]["code"] != "not_found":
                raise Failure(f"get {numbers[number]}: {error}")
            found[numbers[number]] = state_of(result) if result else ABSENT
    return found


def search_applied(client, **params):
    """A search that waits for a revision, however slow the machine is."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            return client.call("search", **params)
        except Refused as refused:
            if refused.code != "timeout" or time.monotonic() > deadline:
                raise Failure(f"search: {refused.code}: {refused}") from refused


def check_model(client, model):
    """Store against model, and index against store."""
    found = read_states(client, list(model.states))
    for name, state in found.items():
        model.compare(name, state)
    present = [(name, state) for name, state in found.items() if state is not ABSENT]
    status = client.call("status")
    for name, state in random.sample(present, min(10, len(present))):
        hits = search_applied(client, query=f"+w{state}", min_revision=status["seq"], limit=100)["hits"]
        if name not in [hit["id"] for hit in hits]:
            raise Failure(f"record {name} ({state}) is stored and not found")
    report = client.call("verify")
    if not report["ok"]:
        raise Failure(f"verify: {report['findings'][:5]}")
    return len(present)


def progress(done, count):
    """A line now and then in a long run."""
    if count >= 1000 and time.monotonic() > progress.next:
        progress.next = time.monotonic() + 60
        print(f"  {done} of {count}", flush=True)


progress.next = 0.0


def main(run, short, long):
    """run(random, count); `--long` and `--seed N` are taken from the command line; exit code 77 skips."""
    seed = random.SystemRandom().randrange(1 << 32)
    count = short
    arguments = sys.argv[1:]
    while arguments:
        word = arguments.pop(0)
        if word == "--seed":
            seed = int(arguments.pop(0))
        elif word == "--long":
            count = long
        elif word == "--count":
            count = int(arguments.pop(0))
    print(f"{os.path.basename(sys.argv[0])}: seed {seed}, {count} rounds", flush=True)
    random.seed(seed)
    began = time.monotonic()
    try:
        run(random.Random(seed), count)
    except Failure as failure:
        print(f"FAILED with --seed {seed} --count {count}: {failure}", flush=True)
        return 1
    print(f"passed in {time.monotonic() - began:.1f} s", flush=True)
    return 0
