#!/usr/bin/env python3
"""The judged queries of the sample archive against the golden file: what is found, and how far up.

SPDX-License-Identifier: GPL-2.0-or-later

usage: golden.py FOOTNOTED FOOTNOTE [--write]

queries.jsonl has a query a line, with the grade of each relevant article (by id, or by title for articles of text and
Markdown files).  golden.tsv has, for each query and ranking, the ranks of its relevant articles among the first ten.
A change that moves one fails here; where the move is meant, --write makes the file anew, and its diff is the review.
The mean nDCG@10 is printed, and must not be below what golden.tsv says.
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample-archive"
RANKINGS = ("default", "deep")
DEADLINE_S = 30


def start(footnoted, folder):
    sock = os.path.join(folder, "s")
    daemon = subprocess.Popen([footnoted, "--data", os.path.join(folder, "d"), "--socket", sock], stderr=subprocess.DEVNULL)
    until = time.monotonic() + DEADLINE_S
    while not os.path.exists(sock):
        if daemon.poll() is not None or time.monotonic() > until:
            sys.exit("footnoted did not start")
        time.sleep(0.02)
    return daemon, sock


def ranks(footnote, sock, query, ranking):
    words = [footnote, "--socket", sock, "search", query["text"], "--ranking", ranking, "--limit", "10", "--json"]
    hits = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)["hits"]
    relevant = query["relevant"]
    found = {}
    for rank, hit in enumerate(hits, 1):
        for name in (hit["id"], hit["title"]):
            if name in relevant:
                found[rank] = relevant[name]
    return found


def ndcg(found, relevant):
    gain = sum(grade / math.log2(rank + 1) for rank, grade in found.items())
    ideal = sorted(relevant.values(), reverse=True)[:10]
    return gain / sum(grade / math.log2(i + 2) for i, grade in enumerate(ideal))


def measure(footnoted, footnote):
    queries = [json.loads(line) for line in open(HERE / "queries.jsonl", encoding="utf-8")]
    lines, means = [], {}
    with tempfile.TemporaryDirectory() as folder:
        daemon, sock = start(footnoted, folder)
        try:
            paths = [str(SAMPLE / name) for name in ("text", "markdown", "json", "archive.jsonl")]
            subprocess.run([footnote, "--socket", sock, "import", "--wait", *paths], check=True, stderr=subprocess.DEVNULL)
            for ranking in RANKINGS:
                total = 0.0
                for query in queries:
                    found = ranks(footnote, sock, query, ranking)
                    total += ndcg(found, query["relevant"])
                    lines.append(f"{query['_id']}\t{ranking}\t{','.join(map(str, sorted(found))) or '-'}\t{query['text']}")
                means[ranking] = total / len(queries)
        finally:
            daemon.terminate()
            daemon.wait()
    lines += [f"mean\t{ranking}\t{means[ranking]:.4f}\tnDCG@10 over {len(queries)} queries" for ranking in RANKINGS]
    return lines


def main():
    footnoted, footnote = sys.argv[1:3]
    lines = measure(footnoted, footnote)
    golden = HERE / "golden.tsv"
    if "--write" in sys.argv:
        golden.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = golden.read_text(encoding="utf-8").splitlines()
    for line in lines[-len(RANKINGS):]:
        print(line)
    moved = [(old, new) for old, new in zip(expected, lines) if old != new]
    for old, new in moved:
        print(f"expected {old}\n     got {new}")
    if moved or len(expected) != len(lines):
        sys.exit(f"{len(moved)} lines differ from golden.tsv; where that is meant, write it anew with --write")


if __name__ == "__main__":
    main()
