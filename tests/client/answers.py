"""An answer of a search, for several tests.

SPDX-License-Identifier: GPL-2.0-or-later
"""

ESCAPE = "\x1b[31m\x07"

HIT = {"kind": "article", "id": "a1", "title": "Who was " + ESCAPE + "there?", "url": "https://example.org/a1",
       "published": "2025-10-08T10:00:00Z", "outlet": "Example News", "verdict": "False", "score": 12.25,
       "matched_in": ["article"], "section": {"number": 2, "heading": "The ambush"},
       "snippet": [{"text": "an organized campaign against "}, {"text": "ICE", "match": True}, {"text": " agents"}],
       "cites": [{"n": 3, "source": "s3", "title": "A report", "url": "https://example.org/s3", "outlet": "Agency"},
                 {"n": 5, "source": "s5", "title": "A book", "url": "https://example.org/s5", "status": "retracted"}]}
ANSWER = {"hits": [HIT], "total": {"value": 6667, "relation": "eq"}, "offset": 20, "limit": 10, "next_cursor": None,
          "facets": {"outlet": [{"value": "Example News", "count": 1200}]}, "corrected": "ambush", "took_ms": 1.4,
          "revision": 42, "partial": False, "warnings": [{"message": "a parenthesis was left open", "position": 3}]}
