"""A search over the Unix socket: one line of JSON there, one back.  SPDX-License-Identifier: GPL-2.0-or-later"""
import json
import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as footnote:
    footnote.connect(os.environ.get("FOOTNOTE_SOCKET", "/run/footnote/footnote.sock"))
    stream = footnote.makefile("rw", encoding="utf-8", newline="\n")
    request = {"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"query": sys.argv[1], "limit": 5}}
    stream.write(json.dumps(request) + "\n")
    stream.flush()
    answer = json.loads(stream.readline())

if "error" in answer:
    sys.exit(answer["error"]["message"])
for hit in answer["result"]["hits"]:
    print(hit["title"], "§", hit["section"]["heading"] if hit["section"] else "")
    for cite in hit["cites"]:
        print(f"  [{cite['n']}] {cite['url']}")
