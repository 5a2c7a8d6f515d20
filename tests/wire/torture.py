#!/usr/bin/env python3
"""200 hostile connections at once, while a good client searches: it is answered rightly all the time.

SPDX-License-Identifier: GPL-2.0-or-later

    torture.py [SEED [SECONDS]]      default: a new seed, which is printed; 8 seconds

The hostile ones send garbage, half lines, lines of 1 MiB, deep JSON, invalid UTF-8, lone surrogates, \\u0000, broken
HTTP, pieces of good requests, and close at random moments; some never read their answers.  What each sends is drawn
from the seed and its number.  At the end the daemon must end with 0 after SIGTERM, with nothing said by a sanitizer
(leaks too, where it was built with one), and its memory must not have grown without bound.
"""

import os
import random
import selectors
import socket
import sys
import time

import daemon
from daemon import Failure

CONNECTIONS = 200
SECONDS = 8
SLICE_BYTES = 65536
RSS_MAX_MIB = 1200  # of a sanitized daemon under 200 lines of 1 MiB; a plain one stays far below

GOOD = (b'{"id":1,"method":"search","params":{"query":"harbour","limit":3}}',
        b'{"id":2,"method":"get","params":{"id":"a1"}}',
        b'{"id":3,"method":"status"}',
        b'[{"id":4,"method":"health"},{"method":"health"},{"id":5,"method":"nope"}]',
        b'{"id":6,"method":"search","params":{"query":"(((","filter":"published:1.."}}',
        b'{"id":7,"method":"import","params":{"format":"jsonl","dry_run":true,"text":"{\\"title\\":1}\\n{"}}')


def garbage(chance):
    """Any bytes at all, line ends among them."""
    return chance.randbytes(chance.randrange(1, 4096)) + b"\n"


def half_line(chance):
    """The beginning of a request, and no end."""
    request = chance.choice(GOOD)
    return request[:chance.randrange(1, len(request))]


def long_line(chance):
    """1 MiB, as one string, one list or one word."""
    kind = chance.randrange(3)
    if kind == 0:
        return b'{"id":1,"method":"search","params":{"query":"' + b"a " * (1 << 19) + b'"}}\n'
    if kind == 1:
        return b"[" + b"1," * (1 << 19) + b"1]\n"
    return b"x" * (1 << 20) + b"\n"


def deep(chance):
    """Nested far beyond any limit."""
    opening = chance.choice((b"[", b'{"a":', b'[{"a":'))
    return b'{"id":1,"method":"put","params":{"record":' + opening * chance.randrange(100, 20000) + b"\n"


def invalid_utf8(chance):
    """A request with bytes that are no text."""
    bad = chance.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"))
    return b'{"id":1,"method":"get","params":{"id":"' + bad + b'"}}\n'


def surrogate(chance):
    """Lone surrogates and NULs, as escapes."""
    bad = chance.choice((b"\\ud800", b"\\udc00", b"\\ud800\\ud800", b"\\u0000", b"\\ud83d\\u0041"))
    return b'{"id":1,"method":"search","params":{"query":"' + bad + b'"}}\n'


def raw_nul(chance):
    """NUL bytes in and between requests."""
    request = bytearray(chance.choice(GOOD))
    for _ in range(chance.randrange(1, 4)):
        request.insert(chance.randrange(len(request)), 0)
    return bytes(request) + b"\n\x00\n"


def mutated(chance):
    """A good request with some bytes changed."""
    request = bytearray(chance.choice(GOOD))
    for _ in range(chance.randrange(1, 6)):
        request[chance.randrange(len(request))] = chance.randrange(256)
    return bytes(request) + b"\n"


def good(chance):
    """Good requests, many at once."""
    return b"\n".join(chance.choice(GOOD) for _ in range(chance.randrange(1, 60))) + b"\n"


def http_pieces(chance):
    """HTTP, good and broken."""
    return chance.choice((b"GET /v1/search?q=harbour HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{",
                          b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
                          b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
                          b"GET /%00%ff/../.. HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          b"GET / HTTP/9.9\r\n" + b"X: y\r\n" * 2000,
                          chance.randbytes(300)))


KINDS = 3 * (garbage, half_line, deep, invalid_utf8, surrogate, raw_nul, mutated, good) + (long_line,)


class Hostile:
    """One hostile connection at a time, of many; it connects again when it is closed."""

    def __init__(self, own, seed, number, selector):
        self.daemon, self.selector = own, selector
        self.chance = random.Random(f"{seed}/{number}")
        self.http = number % 8 == 0
        self.reads = number % 5 != 1
        self.connect()

    def connect(self):
        """A new connection, and what it will send."""
        address = ("127.0.0.1", self.daemon.http_port) if self.http else self.daemon.socket
        self.socket = socket.socket(socket.AF_INET if self.http else socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.left = b""
        self.parts = self.chance.randrange(1, 12)
        try:
            self.socket.connect(address)
        except BlockingIOError:
            pass
        self.selector.register(self.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def again(self):
        """Ends the connection, whatever is open, and begins another one."""
        self.selector.unregister(self.socket)
        if self.chance.randrange(3) == 0:  # with a reset instead of an end
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()
        self.connect()

    def act(self, events):
        """Reads or writes a little."""
        try:
            if events & selectors.EVENT_READ and self.reads and not self.socket.recv(SLICE_BYTES):
                raise ConnectionError
            if events & selectors.EVENT_WRITE:
                self.write()
        except BlockingIOError:
            pass
        except OSError:
            self.again()

    def write(self):
        """Sends some of what is left; when all is sent, draws what comes next, or leaves."""
        if not self.left:
            if self.parts == 0:
                raise ConnectionError
            self.parts -= 1
            kind = http_pieces if self.http else self.chance.choice(KINDS)
            self.left = kind(self.chance)
            if self.chance.randrange(8) == 0:  # not all of it
                self.left = self.left[:self.chance.randrange(len(self.left)) + 1]
        sent = self.socket.send(self.left[:self.chance.randrange(1, SLICE_BYTES)])
        self.left = self.left[sent:]


def attack(own, seed, end):
    """All hostile connections in one process of their own, until the end."""
    selector = selectors.DefaultSelector()
    for number in range(CONNECTIONS):
        Hostile(own, seed, number, selector)
    while time.monotonic() < end:
        for key, events in selector.select(0.1):
            key.data.act(events)


def fill(line):
    """Some articles to search."""
    for number in range(1, 41):
        line.call("put", record={"id": f"a{number}", "title": f"Harbour report {number}",
                                 "text": f"The harbour was closed on day {number}. Nobody was hurt [1].",
                                 "sources": [{"url": f"https://example.org/report/{number % 7}"}]})
    line.call("put", wait="visible", record={"id": "last", "title": "The lighthouse"})


def ask(line, method, **params):
    """A result; a refusal for want of room is waited for, as PROTOCOL.md says."""
    while True:
        answer = line.ask(method, **params)
        if "error" not in answer:
            return answer["result"]
        if answer["error"]["data"]["code"] != "busy":
            raise Failure(f"{method}: {answer['error']['message']}")
        time.sleep(0.02)


def check(line):
    """What the good client asks, and the only right answers."""
    for query, count in (("harbour", 40), ("lighthouse", 1), ('"closed on day 7"', 1), ("nowhere", 0)):
        result = ask(line, "search", query=query, limit=3, exact_total=True)
        if result["total"]["value"] != count or len(result["hits"]) != min(3, count):
            raise Failure(f"'{query}': expected {count} hits, got {result}")
    if ask(line, "get", id="a7")["title"] != "Harbour report 7":
        raise Failure("the article a7 is not what it was")


def rss_mib(pid):
    """Memory of a process."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def run(own, seed, seconds):
    """The whole: the attack in a child, the good client here."""
    own.keys = {"max_line_bytes": 4 << 20, "read_timeout": 2000, "slow_query": 60000}
    own.start()
    line = own.connect()
    fill(line)
    end = time.monotonic() + seconds
    child = os.fork()
    if child == 0:
        try:
            attack(own, seed, end)
            os._exit(0)
        except BaseException as error:  # the parent tells by the code
            print(f"the attacker failed: {error!r}", file=sys.stderr, flush=True)
            os._exit(1)
    rounds, slowest, peak = 0, 0.0, 0
    while time.monotonic() < end:
        began = time.monotonic()
        check(line)
        slowest = max(slowest, time.monotonic() - began)
        rounds += 1
        peak = max(peak, rss_mib(own.process.pid))
    if os.waitpid(child, 0)[1] != 0:
        raise Failure("the attacker failed")
    check(line)
    line.close()
    own.stop()
    print(f"seed {seed}: {rounds} rounds of 5 right answers, the slowest round {slowest * 1000:.0f} ms, "
          f"at most {peak} MiB")
    if rounds < 1:
        raise Failure("the good client was hardly answered")
    if peak > RSS_MAX_MIB:
        raise Failure(f"the daemon took {peak} MiB")


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else str(random.SystemRandom().randrange(1 << 32))
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    with daemon.Daemon() as own:
        try:
            run(own, seed, seconds)
        except (Failure, OSError) as error:
            print(f"seed {seed}: {error}")
            print("The log ends with:\n" + "\n".join(own.log().splitlines()[-40:]))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
