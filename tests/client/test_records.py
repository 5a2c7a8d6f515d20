"""put, patch, delete and call: what goes to the daemon, and what is refused before.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import fake


class Records(fake.Case):
    """Records and raw calls."""

    def setUp(self):
        super().setUp()
        written = {"id": "a", "seq": 3, "revision": 3}
        self.serve(put=lambda params: written, patch=lambda params: written, delete=lambda params: {"deleted": 1},
                   any=lambda params: params)

    def test_put(self):
        run = self.run_footnote("put", "--wait", "--kind", "source", given=b'\xef\xbb\xbf {"id": "a",\n "n": 1}\n')
        self.assertEqual((run.code, run.out), (0, "a  revision 3\n"))
        path = self.write("a.json", '{"title": "T"}')
        self.assertEqual(self.run_footnote("put", path, "--if-revision", "0").code, 0)
        self.assertEqual(self.daemon.params("put"), [{"record": {"id": "a", "n": 1}, "wait": "visible", "kind": "source"},
                                                     {"record": {"title": "T"}, "if_revision": 0}])

    def test_patch(self):
        self.assertEqual(self.run_footnote("patch", "a", given=b'{"verdict": null}').code, 0)
        self.assertEqual(self.daemon.params("patch"), [{"id": "a", "record": {"verdict": None}}])

    def test_what_is_no_json(self):
        for text, place in ((b'{"a": 1,\n  "b": x}', ":2:8:"), (b'{"a": 1}\n{"b": 2}', ":2:1:"), (b'{"a":1}, "x":{}', ":1:8:")):
            run = self.run_footnote("put", given=text)
            self.assertEqual(run.code, 1, text)
            self.assertIn("standard input" + place, run.err)
        for text in (b"", b'{"a": 01}', b'{"a": "\x01"}', b'{"a\x00": 1}'):
            run = self.run_footnote("put", given=text)
            self.assertIn(run.code, (1, 2), text)
            self.assertNotEqual(run.err, "")
        self.assertEqual(self.run_footnote("put", "nowhere.json").code, 1)
        self.assertEqual(self.daemon.requests, [])

    def test_delete(self):
        self.assertEqual(self.run_footnote("delete", "a", "b", "--json").out, '{"deleted": 1}\n')
        self.assertEqual(self.daemon.params("delete"), [{"ids": ["a", "b"]}])

    def test_delete_in_part(self):
        results = [{"id": "a", "seq": 4}, {"id": "b", "error": {"code": "not_found", "message": "there is no article 'b'"}}]
        self.daemon.methods["delete"] = lambda params: {"results": results[:], "deleted": 1}
        run = self.run_footnote("delete", "a", "b")
        self.assertEqual((run.code, run.out), (3, "1 deleted\n"))
        self.assertIn("there is no article 'b'", run.err)
        self.assertEqual(self.run_footnote("delete", "a", "b", "--plain").out,
                         "a\t4\t\t\nb\t\tnot_found\tthere is no article 'b'\n")
        results.pop(0)
        self.assertEqual(self.run_footnote("delete", "b", "c").code, 1)

    def test_call(self):
        self.assertEqual(self.run_footnote("call", "any", '{"a": 1}').out, '{"a": 1}\n')
        self.assertEqual(self.run_footnote("call", "any", "-", given=b'{"b":\n 2}').out, '{"b": 2}\n')
        self.assertEqual(self.run_footnote("call", "any", "[1]").code, 2)
        self.assertEqual(self.run_footnote("call", "none").code, 2)


fake.main()
