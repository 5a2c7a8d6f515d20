"""The same search over HTTP.  SPDX-License-Identifier: GPL-2.0-or-later"""
import http.client
import json
import os
import sys
from urllib.parse import urlencode

footnote = http.client.HTTPConnection(os.environ.get("FOOTNOTE_HTTP", "127.0.0.1:7780"), timeout=10)
footnote.request("GET", "/v1/search?" + urlencode({"q": sys.argv[1], "limit": 5}))
response = footnote.getresponse()
answer = json.load(response)

if response.status != 200:
    sys.exit(answer["error"]["message"])
for hit in answer["hits"]:
    print(hit["title"], "§", hit["section"]["heading"] if hit["section"] else "")
    for cite in hit["cites"]:
        print(f"  [{cite['n']}] {cite['url']}")
