"""The command line: help, misspellings, flags in any place, where the daemon is, exit codes.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os

import fake


class Line(fake.Case):
    """What the words and flags of a line become."""

    def params(self, method, *args, **more):
        """Runs a command whose answer does not matter; the parameters that the daemon got."""
        self.daemon.requests.clear()
        run = self.run_footnote(*args, **more)
        self.assertEqual(run.code, 0, run.err)
        [params] = self.daemon.params(method)
        return params

    def test_help(self):
        for args in (["--help"], ["help"], ["-h"]):
            run = self.run_footnote(*args)
            self.assertEqual(run.code, 0)
            self.assertIn("source-status", run.out)
        listed = [line.split()[0] for line in run.out.splitlines() if line.startswith("  ") and line[2:3].islower()]
        for name in ("import", "put", "search", "cited-by", "call", "canonicalize"):
            self.assertIn(name, listed)
            for args in (["help", name], [name, "--help"], ["--help", name], [name, "-h", "--json"]):
                run = self.run_footnote(*args)
                self.assertEqual(run.code, 0)
                self.assertTrue(run.out.startswith(f"footnote {name}"), run.out)
                self.assertLess(run.out.index("Examples"), run.out.index("Flags"))
        self.assertEqual(self.run_footnote("--version").out.split()[0], "footnote")

    def test_no_command(self):
        run = self.run_footnote()
        self.assertEqual(run.code, 2)
        self.assertEqual(run.out, "")
        self.assertIn("search", run.err)

    def test_misspelt(self):
        for word, meant in (("serch", "search"), ("stauts", "status"), ("citedby", "cited-by"), ("imprt", "import")):
            run = self.run_footnote(word)
            self.assertEqual(run.code, 2)
            self.assertIn(f"did you mean '{meant}'?", run.err)
        run = self.run_footnote("frobnicate-all")
        self.assertEqual(run.code, 2)
        self.assertNotIn("did you mean", run.err)
        run = self.run_footnote("search", "--limt", "3", "x")
        self.assertEqual(run.code, 2)
        self.assertIn("did you mean --limit", run.err)

    def test_usage_errors(self):
        self.serve()
        wrong = [["search"], ["search", "--limit", "x", "q"], ["search", "--limit", "-1", "q"], ["search", "q", "--limit"],
                 ["search", "q", "--explain=yes"], ["show", "a", "b"], ["show"], ["source-status", "s"], ["cancel", "x"],
                 ["status", "--json", "--plain"], ["status", "--timeout", "soon"], ["status", "--connect", "nowhere"],
                 ["status", "--socket", "a", "--connect", "b:1"], ["search", "-x"], ["lint"], ["lint", "a", "--all"],
                 ["lint", "a", "--severity", "bad"], ["delete"], ["delete", "a", "--query", "b"], ["delete", "--query", "b"],
                 ["call"], ["call", "a", "{}", "b"], ["put", "a", "b"], ["import"], ["batch"], ["status", "more"]]
        for args in wrong:
            run = self.run_footnote(*args)
            self.assertEqual(run.code, 2, (args, run.err))
            self.assertEqual(run.out, "")
            self.assertIn("--help", run.err)
        self.assertEqual(self.daemon.requests, [])

    def test_words_that_begin_with_a_dash(self):
        self.serve(search=lambda params: {"hits": []})
        self.assertIn("put -- before", self.run_footnote("search", "-chicago").err)
        self.assertEqual(self.params("search", "search", "--", "-chicago", "+zapata"), {"query": "-chicago +zapata"})
        self.assertEqual(self.params("search", "search", "-"), {"query": "-"})

    def test_parameters_of_search(self):
        self.serve(search=lambda params: {"hits": []})
        self.assertEqual(
            self.params("search", "search", "--in", "all", "cartel", "--limit=5", "bounty", "--facet", "outlet:3", "--sort",
                        "published:asc", "--exact-total", "--time-limit-ms", "50", "--filter", "lang:en", "--offset", "10"),
            {"query": "cartel bounty", "in": "all", "limit": 5, "facet": "outlet:3", "sort": "published:asc",
             "exact_total": True, "time_limit_ms": 50, "filter": "lang:en", "offset": 10})
        self.assertEqual(self.params("search", "search", "a", "--facet", "x", "--facet", "y:2", "--facet", "z"),
                         {"query": "a", "facet": ["x", "y:2", "z"]})
        self.assertEqual(self.params("search", "search", "a", "--limit", "1", "--limit", "2", "--explain", "--explain"),
                         {"query": "a", "limit": 2, "explain": True})

    def test_parameters_of_the_others(self):
        self.serve(**dict.fromkeys(
            ["show", "get", "delete", "suggest", "spell", "similar", "cited_by", "related", "related_sources", "evidence",
             "lint", "quote", "check", "trace", "impact", "source_status", "canonicalize", "tasks", "cancel", "rollback",
             "compact", "verify", "backup", "restore", "reindex", "refused"], lambda params: {}))
        expected = [
            ("get a/b --revision 3 --kind source", {"id": "a/b", "revision": 3, "kind": "source"}),
            ("show a", {"id": "a"}),
            ("delete a b --wait", {"ids": ["a", "b"], "wait": "visible"}),
            ("delete --query x --dry-run", {"query": "x", "dry_run": True}),
            ("delete --query x --yes", {"query": "x"}),
            ("suggest great w --limit 3", {"prefix": "great w", "limit": 3}),
            ("spell unemploymnt rate", {"words": "unemploymnt rate"}),
            ("similar a", {"id": "a"}),
            ("cited-by https://x.org/ --filter lang:en", {"source": "https://x.org/", "filter": "lang:en"}),
            ("related a", {"id": "a"}),
            ("related-sources s", {"source": "s"}),
            ("evidence a", {"id": "a"}),
            ("lint a b", {"ids": ["a", "b"]}),
            ("lint --all", {"all": True}),
            ("quote some words here", {"text": "some words here"}),
            ("check the moon is cheese", {"text": "the moon is cheese"}),
            ("trace a", {"id": "a"}),
            ("impact s", {"source": "s"}),
            ("source-status s retracted --since 2025-03-01 --note why",
             {"source": "s", "status": "retracted", "since": "2025-03-01", "note": "why"}),
            ("canonicalize http://x.org", {"url": "http://x.org"}),
            ("tasks", {}),
            ("cancel 7", {"task": 7}),
            ("rollback", {"wait": False}),
            ("compact", {"wait": False}),
            ("verify --repair", {"repair": True, "wait": False}),
            ("backup copy", {"dir": os.path.join(os.path.realpath(self.folder), "copy"), "wait": False}),
            ("restore /copy", {"dir": "/copy", "wait": False}),
            ("reindex --schema /s.json --quiet", {"schema": "/s.json"}),
            ("reindex --dry-run", {"dry_run": True}),
            ("refused", {}),
        ]
        for line, params in expected:
            with self.subTest(line):
                args = line.split()
                self.assertEqual(self.params(args[0].replace("-", "_"), *args), params)

    def test_where_the_daemon_is(self):
        self.serve(status=lambda params: {"articles": 1})
        path = self.daemon.path
        for args in (["--socket", path, "status"], ["status", f"--socket={path}"], ["status", "--socket", "fake.sock"]):
            run = self.run_footnote(*args, FOOTNOTE_SOCKET="/nowhere/else.sock")
            self.assertEqual(run.code, 0, run.err)
        run = self.run_footnote("status", FOOTNOTE_SOCKET="/nowhere/else.sock")
        self.assertEqual(run.code, 4)
        self.assertIn("/nowhere/else.sock", run.err)
        self.assertIn("Is footnoted running?", run.err)
        self.assertEqual(self.run_footnote("status", "--connect", "127.0.0.1:1").code, 4)

    def test_exit_codes_of_errors(self):
        codes = {"not_found": 1, "invalid_value": 2, "unknown_method": 2, "missing_key": 5, "forbidden": 5, "busy": 5,
                 "timeout": 6, "shutting_down": 4, "internal": 1, "never_heard_of": 1}

        def refuse(params):
            raise fake.Refused(params["id"], f"refused: {params['id']}")

        self.serve(get=refuse)
        for code, exit_code in codes.items():
            run = self.run_footnote("get", code, "--json")
            self.assertEqual(run.code, exit_code, code)
            self.assertEqual(run.out, "")
            self.assertIn(f"footnote: get: refused: {code}", run.err)

    def test_time_limit(self):
        self.serve(status=lambda params: fake.HANG)
        run = self.run_footnote("status", "--timeout", "50ms")
        self.assertEqual(run.code, 6)
        self.assertIn("50 ms", run.err)

    def test_exit_status(self):
        self.serve(search=lambda params: {"hits": [], "total": {"value": 0}}, check=lambda params: {"verdict": "none"},
                   quote=lambda params: {"verdict": params["text"], "matches": []})
        for args, with_flag in ((["search", "x"], 1), (["check", "x"], 1), (["quote", "absent"], 1), (["quote", "exact"], 0)):
            self.assertEqual(self.run_footnote(*args).code, 0)
            self.assertEqual(self.run_footnote(*args, "--exit-status").code, with_flag)

    def test_output_that_can_not_be_written(self):
        self.serve(status=lambda params: {"articles": 1})
        with open("/dev/full", "wb") as full:
            code = fake.subprocess.run([fake.BINARY, "status"], stdout=full, stderr=fake.subprocess.PIPE,
                                       env=self.environment(), check=False).returncode
        self.assertEqual(code, 1)


fake.main()
