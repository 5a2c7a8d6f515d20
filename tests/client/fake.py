"""A scripted daemon for the tests of the command, and ways to run the command against it.

SPDX-License-Identifier: GPL-2.0-or-later

A test gives a function for each method: it takes the parameters and returns the result, raises Refused for an
error, or returns HANG to leave the request unanswered.  Every request is kept in `requests`.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

BINARY = os.environ["FOOTNOTE_BINARY"]
HANG = object()


class Refused(Exception):
    """An error that the daemon answers."""

    def __init__(self, code, message, **data):
        super().__init__(message)
        self.error = {"code": -32000, "message": message, "data": {"code": code, **data}}


class Raw(str):
    """A result as JSON text, to be sent as it is."""


class Daemon:
    """Listens on a Unix socket of its own; one thread a connection."""

    def __init__(self, folder, **methods):
        self.path = os.path.join(folder, "fake.sock")
        self.methods = methods
        self.requests = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        """Takes connections until the listener is closed."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        """Listens no more; waits for the thread, which could otherwise take the next daemon's connections."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        os.unlink(self.path)

    def serve(self, connection):
        """Answers the requests of one connection."""
        with connection, connection.makefile("rwb") as stream:
            try:
                for line in stream:
                    if not line.endswith(b"\n"):
                        break  # the client left in the middle of a message
                    stream.write(self.answer(json.loads(line)))
                    stream.flush()
            except OSError:
                pass

    def answer(self, request):
        """The line that answers a request; b"" for none."""
        method, params = request["method"], request["params"]
        self.requests.append((method, params))
        head = b'{"jsonrpc": "2.0", "id": %d, ' % request["id"]
        try:
            if method not in self.methods:
                raise Refused("unknown_method", f"method '{method}' does not exist")
            result = self.methods[method](params)
        except Refused as refused:
            return head + b'"error": %s}\n' % json.dumps(refused.error).encode()
        if result is HANG:
            return b""
        text = result if isinstance(result, Raw) else json.dumps(result, ensure_ascii=False)
        return head + b'"result": %s}\n' % text.encode("utf-8", "surrogatepass")

    def params(self, method):
        """The parameters of all requests of a method."""
        return [params for name, params in self.requests if name == method]


class Run:
    """What a run of the command gave."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")


class Case(unittest.TestCase):
    """A test with a folder, and a daemon where it asks for one."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="footnote-cli-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = self.temporary.name
        self.daemon = None
        self.addCleanup(self.stop)

    def serve(self, **methods):
        """Starts the daemon; one that runs already ends."""
        self.stop()
        self.daemon = Daemon(self.folder, **methods)

    def stop(self):
        """Ends the daemon."""
        if self.daemon:
            self.daemon.close()
        self.daemon = None

    def environment(self, **more):
        """Of the command: nothing of the person who runs the tests."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TERM": "xterm"}
        for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if self.daemon:
            environment["FOOTNOTE_SOCKET"] = self.daemon.path
        return {**environment, **more}

    def run_footnote(self, *args, given=b"", **more):
        """Runs the command to its end."""
        stdin = {"input": given} if isinstance(given, bytes) else {"stdin": given}
        return Run(subprocess.run([BINARY, *args], capture_output=True, env=self.environment(**more), timeout=60,
                                  check=False, cwd=self.folder, **stdin))

    def write(self, name, content):
        """A file in the test's folder; its path."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path


def main():
    """Runs the tests of the calling file."""
    unittest.main(module=sys.modules["__main__"], verbosity=1)
