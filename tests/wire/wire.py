#!/usr/bin/env python3
"""Runs a transcript against a fresh daemon: what is sent, what is expected.  README.md has the format.

SPDX-License-Identifier: GPL-2.0-or-later

    wire.py FILE        a .wire file, or a Markdown file whose blocks ```wire are one transcript together

Exit code: 0 all as expected, 1 not, 77 skipped.
"""

import base64
import gzip
import http.client
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys

import daemon
import pattern
from daemon import Failure

HTTP_REQUEST = re.compile(r"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (/\S*)(?: (.*))?\Z", re.DOTALL)
HTTP_ANSWER = re.compile(r"(\d\d\d)(?: (.*))?\Z", re.DOTALL)
EXPANSION = re.compile(r"\$\{((?:(?!\$\{).)+?)\*(\d+)\}|\$\{(\w+)\}", re.DOTALL)
CODING = re.compile(r"\$\{(base64|gzip):(.*?):\}", re.DOTALL)


class Steps:
    """A transcript's steps: (line number, mark, text); lines that begin with white space go on with the one before."""

    def __init__(self, text, markdown):
        self.list = []
        inside = not markdown
        for number, line in enumerate(text.split("\n"), 1):
            if markdown and line.startswith("```"):
                inside = line == "```wire"
            elif inside and line.strip():
                self.add(number, line)

    def add(self, number, line):
        """One line of the file."""
        if line[0] in " \t":
            if not self.list:
                raise Failure(f"line {number}: nothing stands before it that it could go on with")
            at, mark, text = self.list[-1]
            self.list[-1] = (at, mark, f"{text} {line.strip()}")
        elif line[0] in "><@":
            self.list.append((number, line[0], line[1:].strip()))
        elif line[0] != "#":
            raise Failure(f"line {number}: expected >, <, @ or # at the line's beginning")


class Player:
    """Plays a transcript.  The daemon starts with the first step that needs it."""

    def __init__(self, own):
        self.daemon = own
        self.names = {"DIR": own.folder}
        self.lines = {}
        self.current = "main"
        self.headers = []
        self.answers = []      # of HTTP requests, not yet looked at
        self.repeated = None   # the request of @until

    # --- what steps need ---

    def running(self):
        """The daemon, started if it was not."""
        if not self.daemon.process:
            self.daemon.start()
        return self.daemon

    def line(self):
        """The current connection, opened if it was not."""
        if self.current not in self.lines:
            self.lines[self.current] = self.running().connect()
        return self.lines[self.current]

    def drop_lines(self):
        """The daemon is gone: so are its connections."""
        for line in self.lines.values():
            line.close()
        self.lines = {}

    def expand(self, text):
        """${NAME}, ${TEXT*COUNT}, ${base64:TEXT:}, ${gzip:TEXT:}."""
        def replace(found):
            repeated, count, name = found.groups()
            if repeated:
                return repeated * int(count)
            if name not in self.names:
                raise Failure(f"nothing is kept as {name}")
            return str(self.names[name])

        def encode(found):
            data = found[2].encode().decode("unicode_escape").encode("latin-1")
            return base64.b64encode(gzip.compress(data, mtime=0) if found[1] == "gzip" else data).decode()

        return CODING.sub(encode, EXPANSION.sub(replace, text))

    def expected(self, text):
        """A pattern, read."""
        try:
            return json.loads(self.expand(text))
        except json.JSONDecodeError as error:
            raise Failure(f"the pattern is not JSON: {error}") from error

    # --- > ---

    def send(self, text):
        """A request: of HTTP if it begins like one, else a line."""
        request = HTTP_REQUEST.match(text)
        if not request:
            self.line().send_line(self.expand(text))
            return
        method, path, body = request.groups()
        connection = self.running().http()
        names = {header.split(":")[0].lower() for header in self.headers}
        connection.putrequest(method, self.expand(path), skip_host="host" in names, skip_accept_encoding=True)
        for header in self.headers:
            name, value = header.split(":", 1)
            connection.putheader(name, value.strip())
        data = self.expand(body).encode("utf-8", "surrogateescape") if body else b""
        if data or method == "POST":
            connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data or None)
        self.headers = []
        answer = connection.getresponse()
        self.answers.append((answer.status, answer.getheader("Content-Type"), answer.read().decode()))
        connection.close()

    # --- < ---

    def expect(self, text):
        """An answer: of HTTP if the step begins with a status."""
        if self.repeated:
            request, self.repeated = self.repeated, None
            self.expect_repeated(request, text)
        elif HTTP_ANSWER.match(text):
            self.expect_http(*HTTP_ANSWER.match(text).groups())
        else:
            self.expect_line(self.expected(text))

    def expect_line(self, wanted):
        """The answer with the pattern's id; without an id (a batch, an error), the next that has none either."""
        def same_id(message):
            if isinstance(wanted, dict) and "id" in wanted:
                return isinstance(message, dict) and message.get("id", wanted) == wanted["id"]
            return isinstance(message, type(wanted)) and (isinstance(message, list) or "id" not in message)
        message = self.line().take(same_id)
        if message is None:
            raise Failure(f"the daemon closed the connection; expected {pattern.shown(wanted)}")
        found = pattern.mismatch(wanted, message, names=self.names)
        if found:
            raise Failure(found)

    def expect_http(self, status, text):
        """Status, then a pattern, `~ REGEX` for a body that is no JSON, or nothing for an empty one."""
        if not self.answers:
            raise Failure("no HTTP request was sent")
        got_status, content_type, body = self.answers.pop(0)
        if got_status != int(status):
            raise Failure(f"expected the HTTP status {status}, got {got_status}: {body[:300]}")
        if not text:
            found = f"expected an empty body, got {body[:300]}" if body else None
        elif text.startswith("~ "):
            found = None if re.search(text[2:], body, re.MULTILINE) else f"expected {text[2:]}, got {body[:300]}"
        else:
            found = None if content_type == "application/json" else f"expected JSON, got {content_type}"
            found = found or pattern.mismatch(self.expected(text), json.loads(body), names=self.names)
        if found:
            raise Failure(found)

    def expect_repeated(self, request, text):
        """The request is sent again until its answer fits."""
        wanted = self.expected(text)

        def fits():
            self.send(request)
            message = self.line().take(lambda answer: isinstance(answer, dict) and answer.get("id") == wanted.get("id"))
            return message is not None and pattern.mismatch(wanted, message, names=self.names) is None

        daemon.until(fits, f"an answer like {pattern.shown(wanted)}")

    # --- @ ---

    def direct(self, text):
        """A direction to the runner: the method do_<name>."""
        name, _, rest = text.partition(" ")
        act = getattr(self, "do_" + name.replace("-", "_"), None)
        if not act:
            raise Failure(f"there is no direction @{name}")
        act(rest.strip())

    def do_daemon(self, rest):
        """Keys for the next start, or with the prefix limit: its resource limits."""
        self.daemon.keys, self.daemon.limits = {}, {}
        for word in shlex.split(self.expand(rest)):
            key, _, value = word.partition("=")
            if key.startswith("limit:"):
                self.daemon.limits[key[6:]] = int(value)
            else:
                self.daemon.keys[key] = value

    def do_start(self, _):
        """Starts the daemon."""
        self.daemon.start()

    def do_stop(self, _):
        """SIGTERM; it must end with 0."""
        self.drop_lines()
        self.daemon.stop()

    def do_restart(self, _):
        """Ends it and starts it again."""
        self.do_stop("")
        self.daemon.start()

    def do_kill(self, _):
        """SIGKILL."""
        self.daemon.kill()
        self.drop_lines()

    def do_term(self, _):
        """SIGTERM; the transcript goes on when the daemon has taken it."""
        self.running().signal(signal.SIGTERM)
        self.do_log(r"notice stopping ")

    def do_hangup(self, _):
        """SIGHUP."""
        self.running().signal(signal.SIGHUP)

    def do_exit(self, rest):
        """The daemon has ended or is about to, with that code."""
        code = self.daemon.wait()
        if code != int(rest):
            raise Failure(f"expected the exit code {rest}, got {code}")
        self.daemon.check_sanitizers()
        self.drop_lines()

    def do_log(self, rest):
        """The log has that, or will have."""
        daemon.until(lambda: re.search(rest, self.daemon.log()), f"'{rest}' in the log")

    def do_fails(self, rest):
        """A daemon on the same folder ends by itself: @fails EXIT-CODE status-code REGEX."""
        code, _, regex = rest.split(" ", 2)
        got, said = self.daemon.failing()
        if got != int(code) or not re.search(self.expand(regex), said):
            raise Failure(f"expected the exit code {code} and '{regex}', got {got} and: {said.strip()}")

    def do_command(self, rest):
        """The command `footnote` with those arguments: @command EXIT-CODE status-code REGEX -- ARGUMENTS."""
        expected, _, arguments = rest.partition(" -- ")
        code, _, regex = expected.split(" ", 2)
        run = subprocess.run([daemon.COMMAND, *shlex.split(self.expand(arguments))], capture_output=True, text=True,
                             timeout=daemon.ANSWER_SECONDS, check=False)
        said = run.stdout + run.stderr
        if run.returncode != int(code) or not re.search(regex, said):
            raise Failure(f"expected the exit code {code} and '{regex}', got {run.returncode} and: {said.strip()}")

    def do_connection(self, rest):
        """Goes on with that connection."""
        self.current = rest

    def do_open(self, _):
        """Opens the current connection without sending anything."""
        self.line()

    def do_tcp(self, _):
        """The next connection of the current name is a TCP one."""
        self.lines[self.current] = daemon.Line(("127.0.0.1", self.running().line_port))

    def do_close(self, _):
        """Closes the current connection."""
        self.lines.pop(self.current).close()

    def do_half_close(self, _):
        """Closes the sending side of the current connection."""
        self.line().socket.shutdown(socket.SHUT_WR)

    def do_closed(self, _):
        """The daemon closes the current connection, and says nothing more."""
        message = self.line().take()
        if message is not None:
            raise Failure(f"expected the end of the connection, got {pattern.shown(message)}")
        self.lines.pop(self.current).close()

    def do_send(self, rest):
        """Bytes without an end of line, with Python's escapes."""
        self.line().send(self.expand(rest).encode().decode("unicode_escape").encode("latin-1"))

    def do_header(self, rest):
        """A header of the next HTTP request."""
        self.headers.append(self.expand(rest))

    def do_until(self, rest):
        """The request is repeated until its answer is the next expected one."""
        self.repeated = rest

    def do_flood(self, rest):
        """@flood COUNT code REQUEST: so many at once, again and again, until one is refused with that code."""
        count, code, request = rest.split(" ", 2)
        parsed = json.loads(request)

        def refused():
            lines = [json.dumps({**parsed, "id": i}) for i in range(int(count))]
            self.line().send(("\n".join(lines) + "\n").encode())
            answers = [self.line().take() for _ in lines]
            if sorted(answer["id"] for answer in answers) != list(range(int(count))):
                raise Failure(f"the answers have other ids than the requests: {pattern.shown(answers)}")
            codes = {answer["error"]["data"]["code"] for answer in answers if "error" in answer}
            if codes - {code}:
                raise Failure(f"expected {code} or no error, got {', '.join(sorted(codes))}")
            return codes

        daemon.until(refused, f"an answer with {code}")

    def do_sql(self, rest):
        """A statement on the record store, as from outside."""
        store = sqlite3.connect(os.path.join(self.daemon.data, "records.sqlite"), timeout=10)
        with store:
            store.execute(rest)
        store.close()

    def do_fill_archive(self, rest):
        """So many articles more, visible."""
        line = self.running().connect()
        text = "".join(json.dumps({"id": f"filler-{i}", "title": f"Filler {i}", "text": f"Words {i} to read again. " * 40})
                       + "\n" for i in range(int(rest)))
        line.call("import", format="jsonl", text=text, wait="visible")
        line.close()

    def do_file(self, rest):
        """@file NAME TEXT: writes a file into the folder."""
        name, _, text = rest.partition(" ")
        path = os.path.join(self.daemon.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.expand(text) + "\n")

    def do_disk(self, rest):
        """The data folder becomes a file system of that size; where that is not allowed, the transcript is skipped."""
        if not self.daemon.mount(rest):
            print("skipped: no file system may be mounted here")
            sys.exit(daemon.SKIPPED)

    def do_fill(self, _):
        """Fills the file system of @disk up."""
        self.daemon.fill()

    def do_empty(self, _):
        """Takes back what @fill has put there."""
        self.daemon.empty()

    def end(self):
        """Nothing may be left over; the daemon must end cleanly."""
        for name, line in self.lines.items():
            if line.early:
                raise Failure(f"connection {name}: an answer that nothing expected: {pattern.shown(line.early[0])}")
        if self.answers:
            raise Failure(f"an HTTP answer that nothing expected: {self.answers[0]}")
        if self.daemon.process and self.daemon.process.poll() is None:
            self.daemon.stop()


def play(path):
    """Plays a file; the exit code."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with daemon.Daemon() as own:
        player = Player(own)
        number = 0
        try:
            for number, mark, step in Steps(text, path.endswith(".md")).list:
                {">": player.send, "<": player.expect, "@": player.direct}[mark](step)
            number = text.count("\n")
            player.end()
        except (Failure, OSError, ValueError, http.client.HTTPException) as error:
            print(f"{path}:{number}: {error}")
            if os.path.exists(own.log_path):
                print("The log ends with:\n" + "\n".join(own.log().splitlines()[-20:]))
            return 1
    print(f"{path}: all as expected")
    return 0


if __name__ == "__main__":
    sys.exit(play(sys.argv[1]))
