"""The forms of output: JSON byte for byte, lines, columns, and what people read.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json

import fake
from answers import ANSWER, HIT

class Output(fake.Case):
    """One answer in all its forms."""

    def test_search_for_people(self):
        self.serve(search=lambda params: ANSWER)
        run = self.run_footnote("search", "ambsh")
        self.assertEqual(run.code, 0)
        self.assertEqual(run.out, "\n".join([
            "Did you mean ambush?",
            " 21. Who was [31mthere?",
            "     2025-10-08 · Example News · False",
            "     §2 The ambush",
            "     an organized campaign against ICE agents",
            "     [3] A report — Agency https://example.org/s3",
            "     [5] A book (retracted) https://example.org/s5",
            "",
            "outlet",
            "     1,200  Example News",
            "",
            "Warning: a parenthesis was left open",
            "6667 articles, 1.4 ms",
            ""]))

    def test_totals(self):
        self.serve(search=lambda params: {"hits": [], "took_ms": 2,
                                          "total": {"value": int(params["query"]), "relation": params["filter"]}})
        for value, relation, more, line in (("1", "eq", [], "1 article, 2.0 ms"), ("0", "eq", [], "0 articles, 2.0 ms"),
                                            ("1000", "gte", [], "more than 1000 articles, 2.0 ms"),
                                            ("90", "estimate", ["--in", "sources"], "about 90 sources, 2.0 ms"),
                                            ("3", "eq", ["--in", "all"], "3 records, 2.0 ms")):
            run = self.run_footnote("search", value, "--filter", relation, *more)
            self.assertEqual(run.out.splitlines()[-1], line)

    def test_a_mark_without_a_source(self):
        hit = dict(HIT, cites=[{"n": 9, "source": None, "title": None, "url": None, "outlet": None}])
        self.serve(search=lambda params: dict(ANSWER, hits=[hit]))
        self.assertIn("     [9] no source is listed under this number\n", self.run_footnote("search", "x").out)

    def test_wraps_to_the_width(self):
        words = "lorem ipsum dolor sit amet 水水水水水水水水水水水水水水水水水水水水水水水水 consectetur " * 8
        hit = dict(HIT, snippet=[{"text": words}], cites=[])
        self.serve(search=lambda params: dict(ANSWER, hits=[hit], facets={}))
        run = self.run_footnote("search", "x", COLUMNS="50")
        lines = [line for line in run.out.splitlines() if "lorem" in line or "水" in line]
        self.assertGreater(len(lines), 10)
        for line in lines:
            self.assertTrue(line.startswith("     "))
            self.assertLessEqual(sum(2 if char == "水" else 1 for char in line), 50, line)
        self.assertEqual("".join("".join(lines).split()), "".join(words.split()))

    def test_json_is_byte_for_byte(self):
        raw = '{"id" :"a", "n":9007199254740993,  "x":1.50, "u":"\\u00e9", "list":[ 1,{"b":2 } ]}'
        self.serve(get=lambda params: fake.Raw(raw), call_me=lambda params: fake.Raw(raw))
        self.assertEqual(self.run_footnote("get", "a", "--json").out, raw + "\n")
        self.assertEqual(self.run_footnote("call", "call_me").out, raw + "\n")
        self.assertEqual(self.run_footnote("get", "a", "--jsonl").out, raw + "\n")

    def test_lines_and_columns(self):
        hits = [dict(HIT, title="a\tb\nc"), {"id": "a2", "score": 3, "section": None}]
        self.serve(search=lambda params: dict(ANSWER, hits=hits), status=lambda params: {"articles": 3, "more": {"a": 1}})
        run = self.run_footnote("search", "x", "--jsonl")
        self.assertEqual([json.loads(line) for line in run.out.splitlines()], hits)
        self.assertIn("a parenthesis was left open", run.err)
        run = self.run_footnote("search", "x", "--plain")
        self.assertEqual(run.out, "a1\t12.25\ta b c\t2025-10-08T10:00:00Z\tExample News\thttps://example.org/a1\t2\tThe ambush\n"
                                  "a2\t3\t\t\t\t\t\t\n")
        self.assertEqual(self.run_footnote("status", "--plain").out, "articles\t3\n")

    def test_nothing_reaches_the_terminal(self):
        evil = "x\x1b]0;t\x07\x9b31m\u202ey"
        record = {"id": evil, "title": evil, "summary": evil, "sections": [{"heading": evil, "text": evil}],
                  "sources": [{"n": 1, "title": evil, "url": evil}], evil: evil, "claims": [{"text": evil}]}
        self.serve(**dict.fromkeys(["show", "get", "canonicalize", "status"], lambda params: record))
        for args in (["show", "a"], ["get", "a"], ["canonicalize", "a"], ["status"], ["get", "a", "--plain"]):
            run = self.run_footnote(*args, FORCE_COLOR="0")
            self.assertEqual(run.code, 0, run.err)
            for char in "\x1b\x07\x9b\u202e":
                self.assertNotIn(char, run.out, args)
            self.assertIn("x]0;t31my", run.out)

    def test_show_and_get(self):
        record = {"id": "a1", "title": "A title", "published": "2025-10-08", "outlet": "Example News", "authors": ["A", "B"],
                  "url": "https://example.org/a1", "revision": 2, "seq": 9,
                  "sections": [{"number": 0, "heading": "", "text": "The sum [1]."},
                               {"number": 1, "heading": "First", "text": "One.\nTwo [2]."}],
                  "sources": [{"n": 1, "title": "S", "url": "https://s.example"}],
                  "mentions": [{"n": 2}, {"n": 1}, {"n": 2}], "clusters": 2}
        self.serve(show=lambda params: record, get=lambda params: record)
        self.assertEqual(self.run_footnote("show", "a1").out, "\n".join([
            "A title", "2025-10-08 · Example News", "A, B", "https://example.org/a1", "", "The sum [1].", "", "1. First", "",
            "One.", "Two [2].", "", "Sources", "", "[1] S https://s.example", ""]))
        got = self.run_footnote("get", "a1").out
        for line in ("title: A title", "authors: A, B", "revision: 2", "mentions: 3 in 2 clusters: [2]×2 [1]×1",
                     "  [1] S https://s.example"):
            self.assertIn(line, got.splitlines())

    def test_status(self):
        self.serve(status=lambda params: {"articles": 2693, "sources": 13469, "index_bytes": 12345678, "uptime_seconds": 125,
                                          "seq": 12345, "connections": 3})
        lines = self.run_footnote("status").out.splitlines()
        self.assertIn("Articles                 2,693", lines)
        self.assertIn("Index                  12.3 MB", lines)
        self.assertIn("Up for              2 min 05 s", lines)
        self.assertIn("connections: 3", lines)

    def test_evidence_family(self):
        answers = {
            "cited_by": {"source": "https://s.example", "total": 1200, "articles": 2,
                         "mentions": [{"article": "a1", "title": "T", "section": {"number": 2, "heading": "H"},
                                       "sentence": "It was so [2].", "published": "2025-01-01"}],
                         "by_year": [{"year": 2025, "count": 1200}], "by_outlet": [{"outlet": "AP", "count": 3}]},
            "evidence": {"sentences": 22, "cited_sentences": 9, "coverage": 0.409, "mentions": 17, "clusters": 9, "sources": 6,
                         "domains": 1, "independent_sources": 4, "single_source_sections": [2], "uncited_sections": [],
                         "sections": [{"number": 2, "heading": "H", "sentences": 4, "cited_sentences": 1, "coverage": 0.25,
                                       "sources": 1}]},
            "lint": {"findings": [{"article": "a1", "code": "dangling", "severity": "error", "section": 2, "n": 3,
                                   "message": "no source 3"},
                                  {"article": "a1", "code": "gap", "severity": "info", "section": 1, "n": 4, "message": "m"}],
                     "total": 2},
            "quote": {"verdict": "altered", "differences": [{"given": "red", "found": "blue"}],
                      "matches": [{"article": "a1", "section": 1, "start": 3, "end": 9, "fragment": "https://x#:~:text=a",
                                   "selector": {"prefix": "so ", "exact": "it was blue", "suffix": " there"}}]},
            "check": {"verdict": "checked", "answers": [{"id": "a1", "title": "T", "url": "https://a.example",
                                                         "verdict": "False", "published": "2025-01-01", "score": 9}]},
            "trace": {"sentences": [{"section": 1, "sentence": "It was so.", "n": 1, "source": "s", "support": 0.25,
                                     "passage": "It was.", "missing": ["so"]},
                                    {"section": 1, "sentence": "It was so.", "n": 2, "source": "t", "support": None}]},
            "impact": {"source": "s", "status": "retracted", "articles": 1, "sentences": 3,
                       "sections": [{"article": "a1", "section": 2, "sole_support": True}]},
            "related": {"hits": [{"id": "a2", "title": "U", "score": 0.5, "shared": ["https://s.example"]}]},
            "suggest": {"suggestions": [{"text": "zapata", "type": "term", "count": 12}]},
            "tasks": {"tasks": [{"task": 7, "type": "reindex", "status": "processing", "done": 5, "total": 1200, "who": "http",
                                 "created": "2025-10-08T09:10:11Z", "stage": "building",
                                 "eta_seconds": 61, "error": None}]},
            "refused": {"refused": [{"kind": "article", "id": "a9", "seq": 3, "reason": "a term is too long"}]},
        }
        self.serve(**{name: lambda params, name=name: answers[name] for name in answers})
        expected = {
            "cited-by x": ["T · 2025-01-01", "  §2 H  a1", "  It was so [2].", "By year: 2025×1,200", "By outlet: AP×3",
                           "1,200 mentions in 2 articles"],
            "evidence x": ["9 of 22 sentences cited, coverage 0.409", "On a single source: §2",
                           "17 mentions in 9 clusters; 6 sources on 1 domain, 4 independent",
                           "        4      1     0.250        1  §2 H"],
            "lint x": ["a1: §2 [3] error: dangling: no source 3", "2 findings"],
            "quote x": ["altered", "  given red, found blue", "  so it was blue there", "  https://x#:~:text=a"],
            "check x": ["Checked before:", "  1. T", "     2025-01-01 · False", "     https://a.example"],
            "trace x": ["§1", "It was so.", "  0.25  [1]  s", "    It was.", "    missing: so", "  unknown  [2]  t"],
            "impact x": ["retracted", "a1  §2  sole support", "1 article, 1 section, 3 sentences"],
            "related x": ["  1. U", "     https://s.example", "     a2  score 0.500"],
            "suggest z": ["       12  term      zapata"],
            "refused": ["article a9", "  a term is too long"],
            "tasks": ["     7  reindex   processing  2025-10-08 09:10:11             http     5 of 1,200  building  1 min 01 s left"],
        }
        for line, lines in expected.items():
            run = self.run_footnote(*line.split())
            self.assertEqual(run.code, 0, run.err)
            for wanted in lines:
                self.assertIn(wanted, run.out.splitlines())
        run = self.run_footnote("lint", "x", "--severity", "warning", "--plain")
        self.assertEqual((run.code, run.out), (1, "a1\tdangling\terror\t2\t3\tno source 3\n"))
        self.assertEqual(self.run_footnote("related", "x", "--plain").out, "a2\t0.5\tU\thttps://s.example\n")

    def test_answers_of_any_shape(self):
        shapes = [{}, [], 7, None, "x", {"hits": 7, "total": [], "mentions": {}, "sections": [None, 1], "findings": [[]],
                                        "articles": None, "sentences": [3], "matches": [{}], "answers": "x", "tasks": [7],
                                        "suggestions": [{"count": "x"}], "sources": [1], "warnings": [None, 3]}]
        commands = ["search x", "show x", "get x", "cited-by x", "evidence x", "lint x", "quote x", "check x", "trace x",
                    "impact x", "related x", "suggest x", "tasks", "status", "similar x", "spell x", "verify"]
        for shape in shapes:
            self.serve(**dict.fromkeys([line.split()[0].replace("-", "_") for line in commands], lambda params: shape))
            for line in commands:
                for form in ([], ["--json"], ["--jsonl"], ["--plain"]):
                    run = self.run_footnote(*line.split(), *form)
                    self.assertIn(run.code, (0, 1), (line, shape, run.err))


fake.main()
