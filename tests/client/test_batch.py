"""batch and export: order, forms, lines that are refused, pages.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import gzip
import json
import os
import threading

import fake


class Batch(fake.Case):
    """Many queries, and all records."""

    def setUp(self):
        super().setUp()
        self.serve(search=self.search, export=self.export)
        self.lock = threading.Lock()

    @staticmethod
    def search(params):
        """A hit for each word of the query."""
        if params["query"] == "refused":
            raise fake.Refused("query_syntax", "no")
        words = params["query"].split()[:params.get("limit", 10)]
        return {"hits": [{"id": word, "score": 1.5 / rank, "title": f'A "{word}", b', "url": None}
                         for rank, word in enumerate(words, 1)]}

    @staticmethod
    def export(params):
        """Three pages; the last cursor is null."""
        page = int(params.get("cursor", "0"))
        record = '{"id":"r%d", "n":9007199254740993}' % page
        return fake.Raw('{"records":[%s],"next_cursor":%s}' % (record, '"%d"' % (page + 1) if page < 2 else "null"))

    def test_jsonl(self):
        path = self.write("queries", '\ufeff{"_id": "q1", "text": "one two", "metadata": {}}\n\nthree\n'
                                     '{"query": "four", "limit": 1, "_id": 7}\n')
        run = self.run_footnote("batch", path, "--limit", "2", "--in", "all")
        self.assertEqual(run.code, 0, run.err)
        answers = [json.loads(line) for line in run.out.splitlines()]
        self.assertEqual([answer["_id"] for answer in answers], ["q1", "3", "7"])
        self.assertEqual([hit["id"] for hit in answers[0]["hits"]], ["one", "two"])
        self.assertEqual(self.daemon.params("search"),
                         [{"query": "one two", "limit": 2, "in": "all"}, {"query": "three", "limit": 2, "in": "all"},
                          {"query": "four", "limit": 1, "in": "all"}])
        self.assertEqual(json.loads(self.run_footnote("batch", path, "--json").out)[2]["_id"], "7")

    def test_order_of_many(self):
        lines = "".join(f"word{i}\n" for i in range(500))
        run = self.run_footnote("batch", "--format", "trec", "--tag", "t", "-", given=lines.encode())
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(run.out, "".join(f"{i + 1} Q0 word{i} 1 1.5 t\n" for i in range(500)))

    def test_csv(self):
        run = self.run_footnote("batch", "--format", "csv", "-", given=b"one two\n")
        self.assertEqual(run.out, 'query,rank,id,score,title,url\n1,1,one,1.5,"A ""one"", b",\n1,2,two,0.75,"A ""two"", b",\n'
                         .replace("\n", "\r\n"))

    def test_lines_that_are_refused(self):
        run = self.run_footnote("batch", "-", given=b"one\nrefused\n{broken\n")
        self.assertEqual(run.code, 3)
        self.assertIn("query 2: no", run.err)
        self.assertIn("query 3: the line is not JSON", run.err)
        answers = [json.loads(line) for line in run.out.splitlines()]
        self.assertEqual([answer.get("error", {}).get("code") for answer in answers], [None, "query_syntax", "parse"])
        self.assertEqual(self.run_footnote("batch", "-", given=b"refused\n").code, 1)
        self.assertEqual(self.run_footnote("batch", "nowhere").code, 1)
        self.assertEqual(self.run_footnote("batch", "-", "--format", "xml", given=b"").code, 2)

    def test_export(self):
        lines = "".join('{"id":"r%d", "n":9007199254740993}\n' % page for page in range(3))
        self.assertEqual(self.run_footnote("export").out, lines)
        self.assertEqual(self.run_footnote("export", "--gzip", "-o", "all.jsonl.gz").code, 0)
        with gzip.open(os.path.join(self.folder, "all.jsonl.gz"), "rt") as file:
            self.assertEqual(file.read(), lines)
        self.assertEqual(sorted(os.listdir(self.folder)), ["all.jsonl.gz", "fake.sock"])
        self.assertEqual(self.run_footnote("export", "-o", "/nowhere/x").code, 1)


fake.main()
