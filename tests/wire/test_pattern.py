#!/usr/bin/env python3
"""The patterns of the transcripts: what fits, and that what does not fit is noticed.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import unittest

import pattern
import wire


class Patterns(unittest.TestCase):
    """pattern.mismatch."""

    def fits(self, wanted, value):
        self.assertIsNone(pattern.mismatch(wanted, value))

    def fails(self, wanted, value, place):
        found = pattern.mismatch(wanted, value)
        self.assertIsNotNone(found, (wanted, value))
        self.assertTrue(found.startswith(place), found)

    def test_values(self):
        self.fits({"a": 1, "b": [True, None, "x", 1.5]}, {"b": [True, None, "x", 1.5], "a": 1})
        self.fails({"a": 1}, {"a": 2}, "answer.a:")
        self.fails({"a": 1}, {"a": True}, "answer.a:")
        self.fails({"a": 1}, {"a": "1"}, "answer.a:")
        self.fails({"a": None}, {"a": 0}, "answer.a:")
        self.fails({"a": "x"}, {"a": None}, "answer.a:")
        self.fails({"a": {}}, {"a": []}, "answer.a:")
        self.fails({"a": []}, {"a": {}}, "answer.a:")

    def test_members(self):
        self.fails({"a": 1}, {}, "answer:")
        self.fails({"a": 1}, {"a": 1, "b": 2}, "answer:")
        self.fits({"a": 1, "...": "..."}, {"a": 1, "b": 2})
        self.fails({"a": 1, "...": "..."}, {"b": 2}, "answer:")

    def test_elements(self):
        self.fails([1, 2], [1], "answer:")
        self.fails([1, 2], [1, 2, 3], "answer:")
        self.fails([1, 2], [2, 1], "answer[0]:")
        self.fits([1, "..."], [1, 2, 3])
        self.fails([1, "..."], [], "answer:")

    def test_kinds(self):
        rows = (("<int>", 3, 3.5), ("<number>", 3.5, "3"), ("<string>", "", None), ("<bool>", False, 0),
                ("<list>", [], {}), ("<object>", {}, []), ("<~ ^a+$>", "aa", "ab"))
        for wanted, good, bad in rows:
            self.fits([wanted], [good])
            self.fails([wanted], [bad], "answer[0]:")
        self.fails(["<int>"], [True], "answer[0]:")
        self.fits(["<any>"], [None])
        self.fits(["<other>"], ["<other>"])

    def test_names(self):
        names = {}
        self.assertIsNone(pattern.mismatch({"a": "<int as N>"}, {"a": 7}, names=names))
        self.assertEqual(names, {"N": 7})


class Steps(unittest.TestCase):
    """Reading a transcript."""

    def test_lines(self):
        steps = wire.Steps("# comment\n\n> a\n  b\n< c\n@stop\n", False)
        self.assertEqual(steps.list, [(3, ">", "a b"), (5, "<", "c"), (6, "@", "stop")])

    def test_markdown(self):
        steps = wire.Steps("> quotation\n```wire\n> a\n```\n```json\n> b\n```\n", True)
        self.assertEqual(steps.list, [(3, ">", "a")])

    def test_bad_lines(self):
        for text in ("  a\n", "a\n"):
            with self.assertRaises(wire.Failure):
                wire.Steps(text, False)


if __name__ == "__main__":
    unittest.main()
