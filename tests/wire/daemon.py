"""A daemon of one's own for a test: started in a temporary folder, asked over its socket, ended in every way.

SPDX-License-Identifier: GPL-2.0-or-later

The environment tells where things are: FOOTNOTED (the daemon), FOOTNOTE (the command), FOOTNOTE_SCHEMA_DIR.
Ports are the system's choice; the line `ready` of the log tells them.  Nothing waits for luck: each wait has a
condition and a deadline, and what did not come is told together with the end of the log.
"""

import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

DAEMON = os.environ.get("FOOTNOTED", "footnoted")
COMMAND = os.environ.get("FOOTNOTE", "footnote")
SCHEMA_DIR = os.environ.get("FOOTNOTE_SCHEMA_DIR")
START_SECONDS = 60  # generous: a machine may run many sanitized daemons at once
ANSWER_SECONDS = 60
SKIPPED = 77  # what CTest takes for a skipped test

RESOURCES = {"nofile": resource.RLIMIT_NOFILE, "fsize": resource.RLIMIT_FSIZE, "as": resource.RLIMIT_AS}


class Failure(Exception):
    """What a test expected and did not get."""


def until(condition, what, seconds=ANSWER_SECONDS):
    """Waits until a condition gives something true, which it returns."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.01)


class Line:
    """A connection of the line protocol.  Answers are taken by their id, in whatever order they come."""

    def __init__(self, address, seconds=ANSWER_SECONDS):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.connect(address)
        self.reader = self.socket.makefile("rb")
        self.early = []  # answers that came before they were asked for
        self.last_id = 0

    def send(self, data):
        """Sends bytes as they are."""
        self.socket.sendall(data)

    def send_line(self, text):
        """Sends a text and its end of line."""
        self.send(text.encode("utf-8", "surrogateescape") + b"\n")

    def read(self):
        """The next message that comes; None when the daemon has closed the connection."""
        try:
            line = self.reader.readline()
        except ConnectionResetError:
            return None
        except TimeoutError as error:
            raise Failure("no answer came") from error
        return json.loads(line) if line else None

    def take(self, wanted=lambda message: True):
        """The first message, kept or coming, that is wanted; None at the end of the connection."""
        for i, message in enumerate(self.early):
            if wanted(message):
                return self.early.pop(i)
        while (message := self.read()) is not None:
            if wanted(message):
                return message
            self.early.append(message)
        return None

    def ask(self, method, **params):
        """The whole answer to one request."""
        self.last_id += 1
        number = f"ask-{self.last_id}"
        self.send_line(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        answer = self.take(lambda message: isinstance(message, dict) and message.get("id") == number)
        if answer is None:
            raise ConnectionError(f"{method}: the daemon closed the connection")
        return answer

    def call(self, method, **params):
        """The result of one request; an error is a Failure."""
        answer = self.ask(method, **params)
        if "error" in answer:
            raise Failure(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def close(self):
        """Closes both directions."""
        self.reader.close()
        self.socket.close()


class Daemon:
    """One daemon and its folder.  Use it in a `with`: what runs at the end is killed, the folder removed."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="fn-", dir="/tmp")  # short: a socket's name has 107 bytes
        self.data = os.path.join(self.folder, "data")
        self.socket = os.path.join(self.folder, "s")
        self.log_path = os.path.join(self.folder, "log")
        self.process = None
        self.keys = {}
        self.limits = {}
        self.mounted = False
        self.line_port = self.http_port = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.mounted:
            subprocess.run(["umount", self.data], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, **keys):
        """The command line of a daemon on this folder."""
        all_keys = {"data": self.data, "socket": self.socket, "listen": "127.0.0.1:0", "http": "127.0.0.1:0",
                    **self.keys, **keys}
        words = [DAEMON]
        if SCHEMA_DIR:
            words += ["--schema-dir", SCHEMA_DIR]
        for key, value in all_keys.items():
            words += [f"--{key}", str(value)]
        return words

    def set_limits(self):
        """In the child, before the daemon: a write above a limit is an error there, not a signal."""
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for name, value in self.limits.items():
            hard = resource.getrlimit(RESOURCES[name])[1]
            resource.setrlimit(RESOURCES[name], (value, hard))

    def environment(self):
        """Without what a user's own settings would change."""
        return {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTED_")}

    def start(self, **keys):
        """Starts the daemon and waits until it is ready."""
        with open(self.log_path, "ab") as log:
            begin = log.tell()
            # The limits are the child's; this test has one thread when it starts a daemon.
            self.process = subprocess.Popen(self.command(**keys), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment(), preexec_fn=self.set_limits)

        def ready():
            found = re.search(r" ready socket=\S* line_port=(\d+) http_port=(\d+)", self.log()[begin:])
            if not found and self.process.poll() is not None:
                raise Failure(f"the daemon ended with {self.process.returncode}")
            return found

        found = until(ready, "the daemon's start", START_SECONDS)
        self.line_port, self.http_port = int(found[1]), int(found[2])
        return self

    def log(self):
        """All that the daemons of this folder have said."""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def connect(self, **more):
        """A connection on the Unix socket, or on TCP where there is no such socket."""
        if self.keys.get("socket") == "none":
            return Line(("127.0.0.1", self.line_port), **more)
        return Line(self.socket, **more)

    def http(self):
        """An HTTP connection."""
        return http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=ANSWER_SECONDS)

    def signal(self, number):
        """Sends a signal to the daemon."""
        self.process.send_signal(number)

    def wait(self):
        """The exit code of a daemon that is about to end."""
        try:
            return self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Failure("the daemon does not end") from error

    def stop(self):
        """SIGTERM; anything but a clean end, with nothing from a sanitizer, is a Failure."""
        self.signal(signal.SIGTERM)
        code = self.wait()
        if code != 0:
            raise Failure(f"the daemon ended with {code}")
        self.check_sanitizers()

    def kill(self):
        """SIGKILL: as if the machine's power had gone, but for what the kernel still writes."""
        self.process.kill()
        self.process.wait()

    def check_sanitizers(self):
        """A Failure if AddressSanitizer, LeakSanitizer, UBSan or ThreadSanitizer said anything."""
        found = re.search(r"^.*(Sanitizer|runtime error:).*$", self.log(), re.MULTILINE)
        if found:
            raise Failure(f"a sanitizer reports: {found[0]}")

    def mount(self, size):
        """Makes the data folder a small file system; false where that is not allowed."""
        os.mkdir(self.data)
        run = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.data], capture_output=True,
                             check=False)
        self.mounted = run.returncode == 0
        return self.mounted

    def fill(self):
        """Leaves no room on the small file system."""
        with open(os.path.join(self.data, "filler"), "ab", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass

    def empty(self):
        """Makes room again."""
        os.remove(os.path.join(self.data, "filler"))

    def failing(self, **keys):
        """Starts a daemon that is expected to end by itself: its exit code and what it said."""
        run = subprocess.run(self.command(**keys), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=START_SECONDS, env=self.environment(), preexec_fn=self.set_limits, check=False)
        return run.returncode, run.stderr
