#!/usr/bin/env python3
"""The evidence through a daemon: the figures of an article whose structure is known, and what each method owes.

SPDX-License-Identifier: GPL-2.0-or-later

usage: answers.py FOOTNOTED

The article is invented: a summary and six sections, 22 sentences, 17 mentions in 9 clusters of six sources.  Where
FOOTNOTE_DATA (default ../shared/data beside the project) has the seed article, which is built so, it is put to the same
test, with six addresses on example domains as its bibliography.
"""
import importlib.machinery
import importlib.util
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DATA = os.environ.get("FOOTNOTE_DATA", os.path.join(ROOT, "../shared/data"))
HOSTS = ["alpha.example", "beta.example", "gamma.example", "delta.example", "epsilon.example", "zeta.example"]

ARTICLE = """Does the old lighthouse of Skarvik still guide ships?

Executive Summary
The tower was sold in 1998 and its lamp has been dark since, as the harbour office and two local papers report [1] [2] [3]. A light on the new mole does its work.

1. What the harbour office says
The office keeps a list of all lights between the islands. The tower left that list in 1998. Its lamp was taken out in the same week and shipped to a museum, together with the log of the last keeper [1] [2]. The office did not want to comment on the price.

2. Where the lamp went
The museum shows it on the second floor. A plate beside it names the year of its building and the foundry that cast its feet [2]. Visitors may turn the lens by hand.

3. Who owns the tower
A family from the mainland bought it for a price that the papers guess at [1]. The deed names a clause which forbids any light towards the sea, and a court has confirmed it [2] [4]. The family rents it to guests.

4. What sailors remember
Older sailors speak of a red gleam on foggy nights. Two of them told a reporter that it came from the kitchen of the guests, not from the lantern room [3] [5]. Nobody has seen it since the curtains were hung.

5. What charts show
The chart of 1997 has the light with its full name and a range of eleven miles [1] [2]. The chart of today calls it a conspicuous tower, and the pilots' handbook agrees with the word [4] [6]. Both can be seen in the library.

6. What follows
The tower guides nobody at sea. It is still a mark by day. Whoever writes that its lamp burns has mixed up the tower with the mole, which two of the sources did at first [3] [2]. The museum corrects it on every tour.
"""


def load(path, name):
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def expect(name, found, expected):
    if found != expected:
        raise SystemExit("%s: expected %r, found %r" % (name, expected, found))


def put(daemon, record, kind="article"):
    daemon.call("put", record=record, kind=kind, wait="visible")


def structure(daemon, name, text):
    """The figures that the structure of the article gives, without and with a bibliography."""
    put(daemon, {"id": name, "text": text})
    findings = daemon.call("lint", ids=[name])
    expect("lint without sources", [f["code"] for f in findings["findings"]], ["dangling"] * 6)
    expect("numbers that dangle", [f["n"] for f in findings["findings"]], [1, 2, 3, 4, 5, 6])
    urls = ["https://www.%s/%s/%d?utm_source=feed" % (host, name, n) for n, host in enumerate(HOSTS, 1)]
    keys = ["%s/%s/%d" % (host, name, n) for n, host in enumerate(HOSTS, 1)]
    put(daemon, {"id": name, "text": text, "sources": [{"n": n, "url": url} for n, url in enumerate(urls, 1)]})
    expect("lint with sources", daemon.call("lint", ids=[name])["total"], 0)
    cited = daemon.call("cited_by", source=urls[1].replace("https", "http").replace("?utm_source=feed", "/#top"))
    expect("cited_by: source", cited["source"], keys[1])
    expect("cited_by: total", cited["total"], 6)
    expect("cited_by: articles", cited["articles"], 1)
    expect("cited_by: sections", [m["section"]["number"] for m in cited["mentions"]], [0, 1, 2, 3, 5, 6])
    expect("cited_by: markers", any("[" in m["sentence"] for m in cited["mentions"]), False)
    expect("all sources", sum(daemon.call("cited_by", source=key)["total"] for key in keys), 17)
    expect("cited_by a domain", daemon.call("cited_by", source=HOSTS[0], filter='page:"none"')["total"], 0)
    profile = daemon.call("evidence", id=name)
    wanted = {"sentences": 22, "cited_sentences": 9, "coverage": 0.409, "mentions": 17, "clusters": 9, "sources": 6,
              "domains": 6, "independent_sources": 6, "single_source_sections": [2], "uncited_sections": []}
    expect("evidence", {key: profile[key] for key in wanted}, wanted)
    expect("evidence by section", [(s["sentences"], s["cited_sentences"]) for s in profile["sections"]],
           [(2, 1), (4, 1), (3, 1), (3, 2), (3, 1), (3, 2), (4, 1)])
    retraction(daemon, name, keys[1])
    return cited["mentions"]


def retraction(daemon, name, key):
    def state():
        record = daemon.call("get", id=key, kind="source")
        return {k: v for k, v in record.items() if k not in ("revision", "seq", "revisions")}, daemon.call("impact", source=key)

    before = state()
    daemon.call("source_status", source=key, status="retracted", since="2025-03-01", note="withdrawn", wait="visible")
    impact = daemon.call("impact", source=key)
    expect("impact: status", (impact["status"], impact["status_since"], impact["note"]), ("retracted", "2025-03-01", "withdrawn"))
    expect("impact: counts", (impact["articles"], len(impact["sections"]), impact["sentences"]), (1, 6, 6))
    expect("impact: alone", [s["section"] for s in impact["sections"] if s["sole_support"]], [2])
    expect("evidence: retracted", daemon.call("evidence", id=name)["retracted_sources"], 1)
    hits = daemon.call("search", query="cites:%s retracted_sources:1.." % key)["hits"]
    expect("search by the figure", [h["id"] for h in hits], [name])
    daemon.call("source_status", source=key, status="disputed", wait="visible")
    daemon.call("source_status", source=key, status="live", wait="visible")
    expect("undo", state(), before)
    expect("undone figure", daemon.call("search", query="cites:%s retracted_sources:1.." % key)["total"]["value"], 0)


def quotes(daemon, mentions):
    """The seed's sentences as quotations."""
    sentence = mentions[1]["sentence"]
    words = sentence.split(" ")
    place = next(i for i, w in enumerate(words) if i > 3 and re.fullmatch("[a-z]{4,}", w))
    verdict = daemon.call("quote", text=sentence)
    expect("markers removed", verdict["verdict"], "normalized")
    match = verdict["matches"][0]
    expect("where", (match["article"], match["section"]["number"]), (mentions[1]["article"], 1))
    expect("selector", match["selector"]["exact"].startswith(words[0]), True)
    expect("fragment", "#:~:text=" in match["fragment"], True)
    exact = daemon.call("quote", text=match["selector"]["exact"])
    expect("as it stands", exact["verdict"], "exact")
    expect("place of the same", (exact["matches"][0]["start"], exact["matches"][0]["end"]), (match["start"], match["end"]))
    old, words[place] = words[place], "zeppelin"
    altered = daemon.call("quote", text=" ".join(words))
    expect("one word changed", (altered["verdict"], altered["differences"]), ("altered", [{"given": "zeppelin", "found": old}]))
    shuffled = daemon.call("quote", text=" ".join(sorted(sentence.rstrip(".").split(" "))))
    expect("shuffled", shuffled["verdict"] in ("altered", "absent"), True)
    expect("absent", daemon.call("quote", text="thirteen purple submarines sang below the frozen library")["verdict"], "absent")
    long = " ".join(m["sentence"] for m in mentions)
    expect("too long is told", "error" in answer_of(daemon, "quote", text=long * 20), True)
    expect("too short is told", "error" in answer_of(daemon, "quote", text="three short words"), True)


def answer_of(daemon, method, **params):
    daemon.send(method, **params)
    return daemon.answer()


SOURCE_TEXT = ("The keeper wrote in his log that the lamp burned for ninety-one years without a single dark night. "
               "On the last evening he turned it off himself and locked the door.")


def texts(daemon):
    """Quotations of an article against its sources, and passages that support its sentences."""
    put(daemon, {"id": "keeper", "title": "The keeper", "sections": [{"heading": "Log", "text":
        "The log says “the lamp burned for ninety-one years without a single dark night” [1]. "
        "It also says “the lamp burned for eighty years without a single dark night” [1]. "
        "A letter says “the door was painted green in the same spring” [2]. The keeper turned the lamp off himself [1]."}],
                 "sources": [{"n": 1, "url": "https://log.example/last", "text": SOURCE_TEXT},
                             {"n": 2, "url": "https://letter.example/1"}]})
    checked = daemon.call("quote", article="keeper")
    expect("quotations", [q["verdict"] for q in checked["quotations"]], ["exact", "altered", "unknown"])
    expect("difference", checked["quotations"][1]["differences"], [{"given": "eighty", "found": "ninety-one"}])
    in_source = daemon.call("quote", text="he turned it off himself and locked the door")
    expect("a quotation of a source", (in_source["verdict"], in_source["matches"][0]["source"]), ("exact", "log.example/last"))
    trace = daemon.call("trace", id="keeper")["sentences"]
    expect("trace", [s["n"] for s in trace], [1, 1, 2, 1])
    expect("trace: unknown", (trace[2]["support"], trace[2]["passage"]), (None, None))
    expect("trace: passage", trace[0]["passage"], SOURCE_TEXT.split(". ")[0] + ".")
    expect("trace: missing", "eighty" in trace[1]["missing"], True)
    expect("trace: better", trace[0]["support"] > trace[1]["support"] > 0.5, True)


def related(daemon):
    """A rare shared source counts more than a shared hub; the score is symmetric; all that is shared is named."""
    hub, rare = "https://hub.example/home", "https://rare.example/study"
    for n in range(40):
        put(daemon, {"id": "r%d" % n, "title": "Related %d" % n, "text": "Something [1].",
                     "sources": [{"n": 1, "url": hub}, {"n": 2, "url": "https://own.example/%d" % n}]
                     + ([{"n": 3, "url": rare}] if n < 2 else [])})
    hits = daemon.call("related", id="r0")["hits"]
    expect("related", [h["id"] for h in hits], ["r1"])
    expect("shared", sorted(hits[0]["shared"]), ["hub.example", "rare.example/study"] if "hub.example" in hits[0]["shared"]
           else ["hub.example/home", "rare.example/study"])
    expect("symmetric", daemon.call("related", id="r1")["hits"][0]["score"], hits[0]["score"])
    together = daemon.call("related_sources", source=rare)["hits"]
    expect("together", {h["id"].split("/")[0]: h["together"] for h in together}, {"own.example": 1, "hub.example": 2})


def circles(daemon):
    for one, other in (("a", "b"), ("b", "a")):
        put(daemon, {"id": "circle-" + one, "url": "https://desk-%s.example/circle" % one, "title": "Circle " + one,
                     "text": "As shown [1].", "sources": [{"n": 1, "url": "http://desk-%s.example/circle/" % other}]})
    profile = daemon.call("evidence", id="circle-a")
    expect("a circle", profile["cycles"], [["circle-a", "circle-b"]])
    expect("only the archive itself", profile["independent_sources"], 0)


def by_hand(daemon):
    """Two addresses said to be one source, one said to be its own; both hold for what is imported later."""
    def cite(name, url):
        put(daemon, {"id": name, "title": name, "text": "It says so [1].", "sources": [{"n": 1, "url": url}]})

    cite("hand-1", "https://mirror.example/report")
    cite("hand-2", "https://ministry.example/report")
    daemon.call("source_same", source="http://mirror.example/report/", **{"as": "ministry.example/report"}, note="a copy",
                wait="visible")
    cited = daemon.call("cited_by", source="ministry.example/report")
    expect("joined", (cited["total"], sorted(m["article"] for m in cited["mentions"])), (2, ["hand-1", "hand-2"]))
    expect("by the other name", daemon.call("cited_by", source="https://www.mirror.example/report")["source"],
           "ministry.example/report")
    cite("hand-3", "https://mirror.example/report?utm_source=x")
    expect("joined later", daemon.call("cited_by", source="ministry.example/report")["total"], 3)
    expect("in the search", daemon.call("search", query="cites:ministry.example/report")["total"]["value"], 3)
    daemon.call("source_same", source="https://ministry.example/report", apart=True, wait="visible")
    expect("apart", daemon.call("cited_by", source="ministry.example/report")["total"], 2)
    cite("hand-4", "https://ministry.example/report")
    expect("apart later", daemon.call("cited_by", source="ministry.example/report")["total"], 2)
    expect("listed", [(s["source"], s["apart"]) for s in daemon.call("source_same")["same"]],
           [("mirror.example/report", False), ("https://ministry.example/report", True)])
    daemon.call("source_same", source="https://ministry.example/report", remove=True, wait="visible")
    daemon.call("source_same", source="mirror.example/report", remove=True, wait="visible")
    expect("as before", (daemon.call("cited_by", source="ministry.example/report")["total"],
                         daemon.call("cited_by", source="mirror.example/report")["total"]), (2, 2))


def claims(daemon):
    put(daemon, {"id": "claim-1", "title": "Do storks bring babies?", "url": "https://desk.example/storks", "outlet": "The Desk",
                 "published": "2024-05-01", "verdict": "False", "language": "en", "text": "They do not, as statistics show.",
                 "claims": [{"text": "Storks bring babies to villages with many chimneys", "claimant": "A calendar",
                             "date": "2024-04-01"}]})
    found = daemon.call("check", text="storks bring the babies to villages with chimneys")
    expect("check", (found["verdict"], found["answers"][0]["id"], found["answers"][0]["verdict"]), ("checked", "claim-1", "False"))
    expect("check: none", daemon.call("check", text="the minister of fisheries resigned over a parking ticket")["answers"], [])
    shaped = daemon.call("claims_search", query="storks babies", pageSize=1)["claims"][0]
    expect("claims:search", shaped, {
        "text": "Storks bring babies to villages with many chimneys", "claimant": "A calendar", "claimDate": "2024-04-01",
        "claimReview": [{"publisher": {"name": "The Desk", "site": "desk.example"}, "url": "https://desk.example/storks",
                         "title": "Do storks bring babies?", "reviewDate": "2024-05-01", "textualRating": "False",
                         "languageCode": "en"}]})
    expect("of another site", daemon.call("claims_search", query="storks", reviewPublisherSiteFilter="other.example")["claims"], [])


def main():
    daemon = load(os.path.join(ROOT, "tests/bench/quote-property"), "quote_property").Daemon(sys.argv[1])
    try:
        quotes(daemon, structure(daemon, "lighthouse", ARTICLE))
        seed = os.path.join(DATA, "seed/factually-cartel-violence.txt")
        if os.path.exists(seed):
            with open(seed, encoding="utf-8") as text:
                quotes(daemon, structure(daemon, "seed", text.read()))
        else:
            print("the seed article is skipped: there is no %s (FOOTNOTE_DATA)" % seed)
        texts(daemon)
        related(daemon)
        circles(daemon)
        by_hand(daemon)
        claims(daemon)
        expect("lint of everything", daemon.call("lint", all=True, severity="error")["total"], 0)
    finally:
        daemon.close()


main()
