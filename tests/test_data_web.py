"""data/web/prepare.py against a real server on the loopback that speaks robots, feeds, sitemaps and pages, and misbehaves."""
import collections
import gzip
import http.server
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from email.utils import formatdate

import pytest

import prepare

for module in ("protego", "defusedxml", "lxml", "trafilatura", "py3langid"):
    pytest.importorskip(module, reason="pip install -r requirements-data.txt")

WORDS = "the home side won by two goals after a quiet first half and their captain said that they had earned it in every minute of this match"


def article(n, head="", date="2026-03-14", text=None, lang="en"):
    """A page with one article of its own."""
    text = text or " ".join(f"<p>In match {n}, part {i}, {WORDS}.</p>" for i in range(6))
    date = f'<meta property="article:published_time" content="{date}T10:00:00Z">' if date else ""
    head = f"{head}<title>Match {n}</title>{date}"
    return f'<html lang="{lang}"><head>{head}</head><body><nav>Home | News</nav><article><h1>Match {n}</h1>{text}</article></body></html>'


def rss(*items):
    """RSS 2.0 of (path or url, date)."""
    items = "".join(f"<item><title>t</title><link>{link}</link><pubDate>{date}</pubDate></item>" for link, date in items)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>News</title><link>/</link>{items}</channel></rss>'


def feed_of(*paths):
    """RSS of the paths, the first the newest."""
    return rss(*((path, formatdate(1_770_000_000 - 3600 * i)) for i, path in enumerate(paths)))


class Site:
    """A server: answers[path] is a body, a (status, headers, body), a function of the request, or a list of these, one a time."""

    def __init__(self):
        self.answers, self.log = {}, []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                entry = dict(path=self.path, start=time.time(), headers=self.headers, sent=0)
                site.log.append(entry)
                answer = site.answers.get(self.path, (404, {}, ""))
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                self.entry = entry
                try:
                    answer(self) if callable(answer) else self.answer(*((200, {}, answer) if isinstance(answer, (str, bytes)) else answer))
                except OSError:  # the other side has gone
                    pass
                entry["end"] = time.time()

            def answer(self, status, headers, body):
                body = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs=dict(poll_interval=.02), daemon=True).start()

    def paths(self):
        """What was asked for since the last time."""
        paths, self.log = [entry["path"] for entry in self.log], []
        return paths

    def gaps(self):
        """Seconds from the end of each request to the start of the next."""
        return [b["start"] - a["end"] for a, b in zip(self.log, self.log[1:])]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def web(monkeypatch):
    module = prepare.load_source("web")
    monkeypatch.setattr(module, "DELAY", .01)
    monkeypatch.setattr(module, "BACKOFF", .01)
    monkeypatch.setenv("no_proxy", "*")
    return module


def row_of(site, read="feed", feed="/feed", **changes):
    return {"title": "A site", "folder": "web", "category": "news", "url": site.url + "/", "sport": "soccer", "read": read, "licence": "",
                    "terms": "",
            "key": "", "status": "ask", "feed": site.url + feed, **changes}


@pytest.fixture
def read(web, site, tmp_path):
    """read() -> the documents of the site's row"""
    def read(*args, **changes):
        return list(web.documents(prepare.Upstream(), 1337, row_of(site, *args, **changes), str(tmp_path / "web" / "a_site")))
    return read


@pytest.fixture
def store(tmp_path):
    """store(sql) -> rows of pages.sqlite"""
    def store(sql, *args):
        with sqlite3.connect(tmp_path / "web" / "a_site" / "pages.sqlite") as db:
            return db.execute(sql, args).fetchall()
    return store


@pytest.fixture
def age(store, tmp_path):
    """age(seconds): as if everything in the store had been asked for that much earlier."""
    def age(seconds):
        store("UPDATE pages SET fetched_at = fetched_at - ?, due = due - ?", seconds, seconds)
        for path in (tmp_path / "web" / "hosts").iterdir():
            with sqlite3.connect(path) as db:
                db.execute("UPDATE asked SET at = at - ?", (seconds,))
    return age


def said(capsys):
    """{what: how many} and the remarks of the line on stderr"""
    line, *remarks = capsys.readouterr().err.splitlines()
    assert line.startswith("A site: ")
    return {what: int(n) for n, what in re.findall(r"(\d+) ([a-z. ]+)", line[8:])}, remarks

# -----------------------------------------------------------------------------
# what is read

def test_a_feed_newest_first_and_nothing_twice(web, site, read, capsys):
    site.answers = {"/robots.txt": "User-agent: *\nAllow: /", "/feed": rss(("/a", "Mon, 02 Mar 2026 10:00:00 GMT"), ("/b#x",
                    "Wed, 04 Mar 2026 10:00:00 GMT"),
                    ("/c", "2026-03-03T10:00:00Z"), ("/b", "")), "/a": article(1), "/b": article(2, date=""), "/c": article(3)}
    docs = read()
    assert {entry["headers"]["User-Agent"] for entry in site.log} == {"sports-llm/0.1 (+https://github.com/)"}
    assert site.paths() == ["/robots.txt", "/feed", "/b", "/c", "/a"]
    assert [(d["url"], d["sport"], d["date"]) for d in docs] == [(site.url + path, "soccer", date) for path, date in
                                                               (("/a", "2026-03-14"), ("/b", "2026-03-04"), ("/c", "2026-03-14"))]
    assert [set(d) for d in docs] == [{"text", "sport", "url", "date"}] * 3
    assert all(f"match {n}, part 5, {WORDS}" in d["text"] and "Home" not in d["text"] and "<" not in d["text"] for n, d in enumerate(docs, 1))
    assert said(capsys) == (dict(fetched=3, documents=3), [])
    assert read() == docs and site.paths() == []  # the feed is asked once an hour at most


def test_dates_and_links_of_feeds_and_sitemaps(web):
    base = "https://a.org/feeds/x"
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="/"/><entry><link rel="self" href="/self"/><link rel="alternate" href="../one"/>
        <published>2026-01-01T00:00:00Z</published><updated>2026-02-01T00:00:00+01:00</updated></entry><entry><link href="two?a=1&amp;b=2"/>
        </entry></feed>"""
    assert web.entries(atom, base) == (False, [("https://a.org/one", 1769900400.0), ("https://a.org/feeds/two?a=1&b=2", 0.0)])
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><link>/</link></channel><item><link>https://a.org/é ?q</link><dc:date>2026-01-01</dc:date></item></rdf:RDF>"""
    assert web.entries(rdf, base) == (False, [("https://a.org/%C3%A9%20?q", 1767225600.0)])
    odd = """<?xml version="1.0" encoding="iso-8859-1"?><rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>
        <item><atom:link rel="self" href="/no"/><link>
        /a </link></item><item><guid>https://a.org/b</guid><pubDate>soon</pubDate></item><item><link>http://[</link></item>
        <item><link>javascript:x</link></item><item><title>Fish & chips&nbsp;</title><link>/c</link></item><item><link>/d</link>"""
    assert web.entries(odd, base)[1] == [(f"https://a.org/{c}", 0.0) for c in "abcd"]  # not well-formed
    sitemap = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="http://i" xmlns:n="http://n"><url><loc>https://a.org/1</loc>
        <i:image><i:loc>https://a.org/no.jpg</i:loc></i:image></url><url><loc>https://a.org/2</loc><n:news>
        <n:publication_date>2026-01-01</n:publication_date></n:news></url></urlset>"""
    assert web.entries(sitemap, base) == (False, [("https://a.org/2", 1767225600.0), ("https://a.org/1", 0.0)])
    for junk in ("", "gone", "<html><body>Log in</body></html>", "<"):
        with pytest.raises((ValueError, SyntaxError)):
            web.entries(junk, base)
    dates = "2026-01-01T00:00:00Z", "Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 1 Jan 2026 01:00:00 +0100", "2026-01-01 00:00", "tomorrow", ""
    assert [web.when(date) for date in dates] == [1767225600.0] * 4 + [0.0] * 2


def test_a_sitemap_index_and_the_limit_of_a_run(web, site, read, monkeypatch, capsys, age):
    urls = lambda pages: "<urlset>%s</urlset>" % "".join(f"<url><loc>{site.url}{path}</loc><lastmod>{date}</lastmod></url>" for path, date in pages)
    new, old = urls([("/1", "2026-01-01"), ("/3", "2026-03-01"), ("/2", "2026-02-01")]), urls([("/0", "2024-12-31")])
    index = "".join(f"<sitemap><loc>{site.url}{path}</loc><lastmod>{date}</lastmod></sitemap>" for path, date in
                    (("/old.xml", "2025-01-01"), ("/new.xml.gz", "2026-03-01"), ("/sitemap.xml", "2024-01-01")))
    site.answers = {"/sitemap.xml": f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>',
                    "/new.xml.gz": (200, {"Content-Type": "application/x-gzip"}, gzip.compress(new.encode())),
                    "/old.xml": (200, {"Content-Encoding": "gzip"}, gzip.compress(old.encode())), **{f"/{n}": article(n) for n in range(4)}}
    monkeypatch.setattr(web, "MAX_PAGES", 2)
    assert [d["url"][-1] for d in read("sitemap", "/sitemap.xml")] == ["2", "3"]
    assert site.paths() == ["/robots.txt", "/sitemap.xml", "/new.xml.gz", "/3", "/2"]
    assert [d["url"][-1] for d in read("sitemap", "/sitemap.xml")] == ["0", "1", "2", "3"]
    assert site.paths() == ["/1", "/old.xml", "/0"]
    age(4000)  # the sitemaps are due again, the pages are not
    assert len(read("sitemap", "/sitemap.xml")) == 4 and site.paths() == ["/sitemap.xml", "/new.xml.gz", "/old.xml"]


def test_a_page_comes_again_after_a_week(site, read, age):
    site.answers = {"/table": [article(1), article(2)]}
    row = dict(read="page", feed="", url=site.url + "/table", sport="several")
    assert [d["text"].count("match 1") for d in read(**row)] == [6] and site.paths() == ["/robots.txt", "/table"]
    age(6 * 86400)
    assert read(**row)[0]["text"].count("match 1") == 6 and site.paths() == []
    age(2 * 86400)
    assert read(**row)[0]["text"].count("match 2") == 6 and site.paths() == ["/robots.txt", "/table"]


def test_the_sport_of_a_page_on_a_site_of_several(site, read):
    paths = {"/sport/football/1": "soccer", "/nfl/story/2": "american_football", "/college-basketball/3": "basketball", "/chess/4": "other",
                    "/F1/5": "motorsport"}
    site.answers = {"/feed": feed_of(*paths), **{path: article(n) for n, path in enumerate(paths)}}
    assert {d["url"][len(site.url):]: d["sport"] for d in read(sport="several")} == paths
    assert {d["sport"] for d in read(sport="tennis")} == {"tennis"}


def test_what_is_short_foreign_or_the_same_is_dropped_and_counted(web, site, read, capsys):
    spanish = "<p>El equipo local ganó el partido por dos goles a uno después de una primera parte muy tranquila, y su capitán dijo que así fue.</p>"
    spanish = "".join(spanish.replace("dos", word) for word in ("dos", "tres", "cuatro", "cinco"))
    site.answers = {"/feed": feed_of("/en", "/es", "/short", "/again", "/heavy", "/empty"), "/en": article(1), "/again": article(1),
                    "/short": article(2, text=f"<p>{WORDS}.</p>"),
                    "/es": article(3, text=spanish), "/heavy": article(4, text="<b>a</b> " * 20_000), "/empty": "\0"}
    assert [d["url"][len(site.url):] for d in read()] == ["/again"]
    assert site.paths() == ["/robots.txt", "/feed", "/en", "/es", "/short", "/again", "/heavy", "/empty"]
    assert said(capsys)[0] == {"fetched": 6, "documents": 1, "in other languages": 1, "too short": 2, "the same as another": 1, "too heavy": 1}


@pytest.mark.parametrize("header, meta, encoding", [
    ("text/html; charset=windows-1252", "", "cp1252"), ("text/html; charset=windows-1250", '<meta charset="nonsense">', "cp1250"),
    ("text/html; charset=utf-8", '<meta charset="windows-1250">', "cp1250"), ("text/html; charset=utf-8", "", "cp1252"),
    ("text/html", '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">', "iso-8859-2"),
    ("text/html; charset=iso-8859-1", "", "utf-8"), ("text/html; charset=nonsense", "", "cp1252"), ("text/html; charset=iso-8859-1", "", "cp1252"),
    (None, "", "utf-16"), ("text/html; charset=hex", "", "utf-8-sig")])
def test_a_wrong_charset(web, site, read, header, meta, encoding):
    name = "Müller’s Šibenik" if encoding == "cp1252" else "Müller, Kovačić"
    site.answers = {"/feed": feed_of("/a"), "/a": (200, {"Content-Type": header}, article(1, meta).replace("match 1", name).encode(encoding))}
    assert [d["text"].count(f"In {name}, part") for d in read()] == [6]
    assert site.paths() == ["/robots.txt", "/feed", "/a"]

# -----------------------------------------------------------------------------
# what is asked again, and when

def test_a_changed_page_is_asked_for_conditionally(site, read, age, capsys):
    tags = {"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}
    site.answers = {"/feed": [(200, {"ETag": '"f"'}, feed_of("/a", "/b")), (304, {}, ""), rss(("/a", formatdate()), ("/b", "2026-01-01"))],
                    "/a": [(200, tags, article(1)), (304, {}, "")], "/b": article(2)}
    docs = read()
    assert site.paths() == ["/robots.txt", "/feed", "/a", "/b"]
    age(2 * 3600)
    assert read() == docs
    assert site.log[0]["headers"]["If-None-Match"] == '"f"' and site.log[0]["headers"]["If-Modified-Since"] is None and site.paths() == ["/feed"]
    capsys.readouterr()
    age(8 * 86400)  # now the feed says that /a has changed, but it has not
    assert [d["text"] for d in read()] == [d["text"] for d in docs]
    asked = site.log[-1]["headers"]
    assert site.paths() == ["/robots.txt", "/feed", "/a"]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert said(capsys) == (dict(unchanged=1, documents=2), [])


def test_a_sitemap_that_calls_every_page_new_every_hour(site, read, age):
    site.answers = {"/feed": lambda request: request.answer(200, {}, rss(("/a", formatdate()))), "/a": article(1)}
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/a"]
    age(6 * 86400)
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed"]
    age(86400)
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/a"]


def test_a_304_that_nobody_asked_for_is_a_failure(site, read, capsys):
    site.answers = {"/feed": feed_of("/a"), "/a": (304, {}, "")}
    assert read() == [] and site.paths() == ["/robots.txt", "/feed", "/a"] and said(capsys)[0] == dict(failed=1)


def test_403_is_asked_again_later_and_later(site, read, age, store, capsys):
    site.answers = {"/feed": feed_of("/a"), "/a": (403, {}, article(1))}
    assert read() == [] and site.paths() == ["/robots.txt", "/feed", "/a"] and said(capsys)[0] == dict(failed=1)
    assert read() == [] and site.paths() == []
    age(3700)
    assert read() == [] and site.paths() == ["/feed", "/a"]
    age(3700)
    assert read() == [] and site.paths() == ["/feed"]  # four hours now
    assert store("SELECT status, attempts, error FROM pages WHERE url LIKE '%/a'") == [(403, 2, "status 403")]


def test_what_is_gone_is_not_asked_again_and_not_yielded_any_more(site, read, age, capsys):
    site.answers = {"/feed": [feed_of("/a", "/b"), rss(("/b", formatdate()))], "/b": [article(2), (410, {}, "")]}
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/a", "/b"]
    assert said(capsys)[0] == dict(gone=1, fetched=1, documents=1)
    age(8 * 86400)
    assert read() == [] and site.paths() == ["/robots.txt", "/feed", "/b"]
    age(30 * 86400)
    site.answers["/feed"] = feed_of("/a", "/b")
    assert read() == [] and site.paths() == ["/robots.txt", "/feed"]


def test_429_waits_as_long_as_it_is_told(site, read, web):
    site.answers = {"/feed": feed_of("/a", "/b"), "/a": [(429, {"Retry-After": "1"}, ""), article(1)], "/b": article(2)}
    assert len(read()) == 2
    gaps = site.gaps()
    assert site.paths() == ["/robots.txt", "/feed", "/a", "/a", "/b"] and 1 <= gaps[2] < 2 and max(gaps[:2] + gaps[3:]) < .5


@pytest.mark.parametrize("wait", ["3600", None])
def test_a_long_wait_is_not_sat_out_but_kept(site, read, age, capsys, wait):
    site.answers = {"/feed": feed_of("/a", "/b", "/c"), "/a": article(1), "/c": article(3),
                    "/b": [(503, {"Retry-After": wait or formatdate(time.time() + 3600, usegmt=True)}, ""), article(2)]}
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/a", "/b"]
    counts, remarks = said(capsys)
    assert counts == {"fetched": 1, "failed": 1, "left for later": 1, "documents": 1} and re.search(r"wants us to wait 3\d\d\d s", remarks[0])
    assert len(read()) == 1 and site.paths() == []
    age(3400)
    assert len(read()) == 1 and site.paths() == []
    age(300)
    assert len(read()) == 3 and site.paths() == ["/feed", "/b", "/c"]


def test_500_then_200(site, read):
    site.answers = {"/feed": [(500, {}, ""), feed_of("/a")], "/a": [(500, {}, ""), (502, {}, ""), article(1)]}
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/feed", "/a", "/a", "/a"]


def test_a_site_that_is_down_is_given_up(web, site, read, monkeypatch, capsys):
    monkeypatch.setattr(web, "GIVE_UP", 2)
    site.answers = {"/feed": feed_of(*(f"/{i}" for i in range(9))), "/0": article(0), **{f"/{i}": (500, {}, "") for i in range(1, 9)}}
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/0"] + ["/1"] * 3 + ["/2"] * 3
    assert said(capsys)[0] == dict(fetched=1, failed=2, documents=1)


def test_no_server_at_all_leaves_what_is_stored(site, read, age, capsys):
    site.answers = {"/feed": feed_of("/a"), "/a": article(1)}
    docs = read()
    assert site.paths() == ["/robots.txt", "/feed", "/a"]
    site.close()
    age(2 * 86400)
    capsys.readouterr()
    assert read() == docs and site.paths() == []
    assert "refused" in said(capsys)[1][0]

# -----------------------------------------------------------------------------
# answers that are broken, endless or hostile

def cut(request):
    """Half a body and no more."""
    body = article(1).encode()
    request.answer(200, {"Content-Length": str(len(body))}, body[:len(body) // 2])


def cut_chunked(request):
    request.protocol_version = "HTTP/1.1"
    request.answer(200, {"Content-Length": None, "Transfer-Encoding": "chunked", "Connection": "close"}, b"400\r\n" + article(1).encode()[:500])
    request.close_connection = True


def cut_gzip(request):
    packed = gzip.compress(os.urandom(10_000))
    request.answer(200, {"Content-Encoding": "gzip"}, packed[:len(packed) // 2])


@pytest.mark.parametrize("broken", [cut, cut_chunked, cut_gzip, lambda request: request.wfile.write(b"hello\r\n\r\n"), lambda request: None])
def test_a_broken_answer_is_asked_for_again(site, read, broken, capsys):
    site.answers = {"/feed": feed_of("/a", "/b"), "/a": [broken, article(1)], "/b": broken}
    assert [d["text"].count("match 1") for d in read()] == [6]
    assert site.paths() == ["/robots.txt", "/feed", "/a", "/a", "/b", "/b", "/b"] and said(capsys)[0] == dict(fetched=1, failed=1, documents=1)


def endless(request):
    request.answer(200, {"Content-Length": None}, b"<html><body>")
    while True:
        request.entry["sent"] += request.wfile.write(b"<p>more</p>" * 6000)


@pytest.mark.parametrize("kind", ["page", "feed", "robots"])
def test_an_endless_answer_is_cut_off(web, site, read, kind, capsys, monkeypatch):
    monkeypatch.setitem(web.MAX_BYTES, "list", 2 ** 20)
    site.answers = {"/feed": feed_of("/a", "/b"), "/b": article(2), {"page": "/a", "feed": "/feed", "robots": "/robots.txt"}[kind]: endless}
    assert len(read()) == (kind == "page")
    sent = max(entry["sent"] for entry in site.log)
    assert .9 * 2 ** 20 < sent < 12 * 2 ** 20  # what was on its way comes on top
    assert site.paths() == {"page": ["/robots.txt", "/feed", "/a", "/b"], "feed": ["/robots.txt", "/feed"], "robots": ["/robots.txt"]}[kind]
    counts, remarks = said(capsys)
    assert counts == (dict(refused=1, fetched=1, documents=1) if kind == "page" else {})
    assert kind == "page" or "more than" in remarks[0]


def drip(request):
    request.answer(200, {"Content-Length": "1000"}, b"")
    for _ in range(100):
        request.wfile.write(b"x")
        time.sleep(.05)


@pytest.mark.parametrize("slow", [drip, lambda request: time.sleep(1)])
def test_a_slow_answer_is_not_waited_for(web, site, read, monkeypatch, slow, capsys):
    monkeypatch.setattr(web, "TIMEOUT", .2)
    monkeypatch.setattr(web, "DEADLINE", .2)
    site.answers = {"/feed": feed_of("/a"), "/a": slow}
    start = time.time()
    assert read() == [] and time.time() - start < 2
    assert site.paths() == ["/robots.txt", "/feed", "/a", "/a", "/a"] and said(capsys)[0] == dict(failed=1)


def test_a_gzip_bomb_does_not_go_off(web, site, read, capsys):
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2 ** 20)) for _ in range(200)) + packer.flush()  # 200 MB in 200 kB
    site.answers = {"/feed": feed_of("/a", "/b", "/c"), "/a": (200, {"Content-Encoding": "gzip"}, bomb), "/b": (200, {"Content-Encoding": "gzip"},
                    gzip.compress(bomb)),
                    "/c": (200, {"Content-Encoding": "gzip"}, gzip.compress(article(3).encode()))}
    tracemalloc.start()
    for path in "/a", "/b":
        with pytest.raises(ValueError, match="more than 5,242,880 bytes"):
            web.get(site.url + path, {}, "page")
    assert tracemalloc.get_traced_memory()[1] < 25e6
    tracemalloc.stop()
    assert site.paths() == ["/a", "/b"]
    assert len(read()) == 1 and site.paths() == ["/robots.txt", "/feed", "/a", "/b", "/c"]
    assert said(capsys)[0] == dict(refused=2, fetched=1, documents=1)


def test_a_file_is_no_page_and_not_downloaded(site, read, capsys):
    def video(request):
        request.answer(200, {"Content-Type": "video/mp4", "Content-Length": None}, b"")
        while True:
            request.entry["sent"] += request.wfile.write(bytes(2 ** 16))
    site.answers = {"/feed": feed_of("/a"), "/a": video}
    assert read() == [] and site.log[-1]["sent"] < 12 * 2 ** 20
    assert site.paths() == ["/robots.txt", "/feed", "/a"] and said(capsys)[0] == dict(refused=1)


ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize("doctype, text", [
    (f'<!DOCTYPE rss [<!ENTITY e0 "ha">{ENTITIES}]>', "&e9;"), (f'<!DOCTYPE rss [<!ENTITY e0 "{"ha" * 10_000}">]>', "&e0;" * 10_000),
    ('<!DOCTYPE rss [<!ENTITY x SYSTEM "SITE/secret">]>', "&x;"), ('<!DOCTYPE rss SYSTEM "SITE/secret.dtd">', "&x;")])
@pytest.mark.parametrize("start", ["", "<!-- -- -->"])  # the second is no XML, and goes the way of feeds that want mending
def test_an_entity_bomb_in_a_feed(web, site, read, capsys, doctype, text, start):
    feed = f'<?xml version="1.0"?>{start}{doctype}<rss><channel><title z="{text}">{text}</title><item><link>{text}</link></item></channel></rss>'
    site.answers = {"/feed": feed.replace("SITE", site.url), "/secret": "/stolen"}
    began = time.time()
    assert read() == [] and time.time() - began < 2
    assert site.paths() == ["/robots.txt", "/feed"]
    counts, remarks = said(capsys)
    assert counts == {} and (start or [("Entit" in remark) for remark in remarks] == [True] * ("ENTITY" in doctype))

# -----------------------------------------------------------------------------
# robots.txt, redirects, other sites

def test_robots_txt_forbids_a_path_and_sets_a_delay(web, site, read, store, age, capsys):
    robots = "User-agent: *\nDisallow: /\n\nUser-agent: Sports-LLM\nDisallow: /private\nDisallow: /*.php$\nCrawl-delay: 0.3\n"
    site.answers = {"/robots.txt": [robots, "User-agent: *\nDisallow: /a"],
                    "/feed": [feed_of("/a", "/private/x", "/b", "/c.php"), rss(("/a", formatdate()))], "/a": article(1), "/b": article(2)}
    assert len(read()) == 2
    gaps = site.gaps()
    assert site.paths() == ["/robots.txt", "/feed", "/a", "/b"] and min(gaps) >= .29
    assert said(capsys)[0] == {"fetched": 2, "forbidden by robots.txt": 2, "documents": 2}
    assert store("SELECT count(*) FROM pages WHERE robots = 'forbidden' AND error = 'forbidden by robots.txt' AND content IS NULL") == [(2,)]
    age(8 * 86400)  # now /a is forbidden too
    assert [d["url"][-1] for d in read()] == ["b"] and site.paths() == ["/robots.txt", "/feed"]


def test_the_request_rate_of_robots_txt(site, read):
    site.answers = {"/robots.txt": "User-agent: *\nRequest-rate: 4/1s", "/feed": feed_of("/a"), "/a": article(1)}
    assert len(read()) == 1 and min(site.gaps()) >= .24 and site.paths() == ["/robots.txt", "/feed", "/a"]


@pytest.mark.parametrize("status, allowed", [(404, True), (410, True), (401, False), (403, False), (429, False), (500, False), (503, False)])
def test_no_robots_txt(site, read, age, capsys, status, allowed):
    site.answers = {"/robots.txt": (status, {}, "User-agent: *\nDisallow: /"), "/feed": feed_of("/a"), "/a": article(1)}
    tries = ["/robots.txt"] * (3 if status in (429, 500, 503) else 1)
    assert len(read()) == allowed and site.paths() == tries + ["/feed", "/a"] * allowed
    assert said(capsys)[1] == ([] if allowed else [f"  {site.url}/feed: {site.url}/robots.txt: status {status}"])
    site.answers["/robots.txt"] = (404, {}, "")
    assert len(read()) == allowed and site.paths() == []
    age(4000)
    assert len(read()) == 1 and site.paths() == (["/feed"] if allowed else ["/robots.txt", "/feed", "/a"])


def test_a_feed_that_robots_txt_forbids(site, read, capsys):
    site.answers = {"/robots.txt": "User-agent: *\nDisallow: /feed", "/feed": feed_of("/a"), "/a": article(1)}
    assert read() == [] and site.paths() == ["/robots.txt"] and said(capsys)[1] == [f"  {site.url}/feed: forbidden by robots.txt"]


def to(place, status=302):
    return status, {"Location": place}, ""


def test_redirects(site, read, store, capsys):
    site.answers = {"/feed": feed_of("/old", "/loop", "/self", "/long0", "/ftp", "/file", "/host", "/nowhere", "/bad", "/wall"),
                    "/old": to("/mid?x=1#top", 301), "/mid?x=1": to("new", 308),
                    "/new": article(1), "/loop": to("/pool"), "/pool": to("/loop"), "/self": to("/self"), **{f"/long{i}": to(f"/long{i + 1}",
                    307) for i in range(9)},
                    "/ftp": to("ftp://127.0.0.1/a"), "/file": to("file:///etc/hosts"), "/host": to(site.url.replace("127.0.0.1",
                    "localhost") + "/new"), "/nowhere": (302, {}, ""),
                    "/bad": to("http://[/"), "/robots.txt": "User-agent: *\nDisallow: /login", "/wall": to("/login"), "/login": article(2)}
    docs = read()
    assert site.paths() == ["/robots.txt", "/feed", "/old", "/mid?x=1", "/new", "/loop", "/pool", "/self", *(f"/long{i}" for i in range(6)), "/ftp",
                    "/file", "/host", "/nowhere",
                            "/bad", "/wall"]
    assert [d["url"] for d in docs] == [site.url + "/new"]
    errors = {url[len(site.url):]: error for url, error in store("SELECT url, error FROM pages WHERE kind = 'page'")}
    assert errors["/old"] is None and errors["/loop"] == errors["/self"] == "redirects in a loop" and errors["/long0"] == "more than 5 redirects"
    for path, where in (("/ftp", "ftp:"), ("/file", "file:"), ("/host", "http://localhost")):
        assert errors[path].startswith(f"leads off the site, to {where}")
    assert errors["/nowhere"] == "status 302" and errors["/wall"] == "forbidden by robots.txt"
    assert said(capsys)[0] == {"fetched": 1, "refused": 7, "failed": 1, "forbidden by robots.txt": 1, "documents": 1}


def test_the_robots_txt_of_another_host(site, read, capsys):
    """Another host of the same site, here another port, has its own robots.txt, and it is asked first."""
    other = Site()
    other.answers = {"/robots.txt": "User-agent: *\nDisallow: /closed", "/open": article(1), "/closed": article(2)}
    site.answers = {"/feed": feed_of("/a", "/b"), "/a": to(other.url + "/closed"), "/b": to(other.url + "/open")}
    assert [d["url"] for d in read()] == [other.url + "/open"]
    assert site.paths() == ["/robots.txt", "/feed", "/a", "/b"] and other.paths() == ["/robots.txt", "/open"]
    other.close()


def test_other_sites_are_never_asked(web, site, read, capsys, tmp_path):
    other = Site()
    there = other.url.replace("127.0.0.1", "localhost")
    site.answers = {"/feed": feed_of(there + "/a", "/b"), "/b": article(2)}
    other.answers = {"/a": article(1)}
    assert [d["url"] for d in read()] == [site.url + "/b"] and site.paths() == ["/robots.txt", "/feed", "/b"] and other.paths() == []
    assert said(capsys)[0] == dict(refused=1, fetched=1, documents=1)
    other.close()
    crawl = web.Crawl({**row_of(site), "url": "https://www.bbc.com/sport", "feed": "https://feeds.bbci.co.uk/sport/rss.xml"},
                    str(tmp_path / "web" / "b"))
    assert crawl.sites == ["bbc.com", "bbci.co.uk"]

# -----------------------------------------------------------------------------
# kills, and several at a time

CHILD = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("data_web", sys.argv[1])
web = importlib.util.module_from_spec(spec)
spec.loader.exec_module(web)
web.DELAY = float(sys.argv[4])
print(len(list(web.documents(None, 0, json.loads(sys.argv[2]), sys.argv[3]))))
"""


@pytest.fixture
def child(site, tmp_path, root):
    """child("a_site") -> a process that reads the row"""
    def child(name="a_site", delay=.02, **changes):
        args = [sys.executable, "-c", CHILD, str(root / "data" / "web" / "prepare.py"), json.dumps(row_of(site, **changes)),
                        str(tmp_path / "web" / name), str(delay)]
        return subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "no_proxy": "*",
                        "PYTHONDONTWRITEBYTECODE": "1"})
    return child


def until(condition):
    end = time.time() + 10
    while not condition():
        assert time.time() < end, "nothing happened for ten seconds"
        time.sleep(.002)


def test_kill_9_loses_the_page_under_way_and_no_other(site, read, child):
    reached, released = threading.Event(), threading.Event()

    def held(request):
        reached.set()
        released.wait(10)
        request.answer(200, {}, article(4))
    site.answers = {"/feed": feed_of(*(f"/{i}" for i in range(8))), **{f"/{i}": article(i) for i in range(8)}, "/4": [held, article(4)]}
    process = child()
    assert reached.wait(10)
    process.kill()
    process.communicate()
    released.set()
    assert site.paths() == ["/robots.txt", "/feed", "/0", "/1", "/2", "/3", "/4"]
    assert len(read()) == 8
    assert site.paths() == ["/4", "/5", "/6", "/7"]


def test_kills_at_any_moment(site, child, store):
    site.answers = {"/feed": feed_of(*(f"/{i}" for i in range(40))), **{f"/{i}": article(i) for i in range(40)}}
    lives = []
    for life in range(4):
        process = child(delay=.005)
        if life < 3:
            until(lambda: len(site.log) > 8 or process.poll() is not None)
            time.sleep(.003 * life)
            process.kill()
        out, err = process.communicate(timeout=20)
        time.sleep(.05)
        lives.append(site.paths())
    assert out == "40\n" and store("PRAGMA integrity_check") == [("ok",)], err
    assert all(len(life) > 5 for life in lives)
    for i, life in enumerate(lives[:-1]):
        assert not set(life[:-1]) & set(sum(lives[i + 1:], [])), "fetched twice"
    times = collections.Counter(sum(lives, []))
    assert set(times) == {"/robots.txt", "/feed", *(f"/{i}" for i in range(40))} and sum(times.values()) <= 42 + 3


def test_two_rows_of_one_host_take_turns(site, child):
    """Also in two processes, as prepare.py runs them."""
    paths = {row: [f"/{row}{i}" for i in range(5)] for row in "ab"}
    slow = lambda path: lambda request: (time.sleep(.02), request.answer(200, {}, article(path)))
    site.answers = {f"/feed{row}": feed_of(*paths[row]) for row in "ab"} | {path: slow(path) for row in "ab" for path in paths[row]}
    processes = [child(row, .08, feed=f"/feed{row}") for row in "ab"]
    assert [process.communicate(timeout=20)[0] for process in processes] == ["5\n", "5\n"]
    assert min(site.gaps()) >= .07  # one at a time, and the pause is kept
    asked = site.paths()
    assert sorted(asked) == sorted(["/robots.txt"] * 2 + ["/feeda", "/feedb"] + paths["a"] + paths["b"])


def test_a_row_is_read_by_one_process_at_a_time(web, site, read, tmp_path):
    site.answers = {"/feed": feed_of("/a"), "/a": article(1)}
    first = web.documents(None, 0, row_of(site), str(tmp_path / "web" / "a_site"))
    next(first)
    assert site.paths() == ["/robots.txt", "/feed", "/a"]
    with pytest.raises(ValueError, match="pages.sqlite: database is locked"):
        read()
    first.close()
    assert len(read()) == 1 and site.paths() == []


def test_what_a_user_can_mend_is_one_line(web, site, read, monkeypatch):
    with pytest.raises(ValueError, match="^A site is read as 'dump': data/web reads feed, sitemap and page$"):
        read("dump")
    for module in ("protego", "trafilatura", "defusedxml.ElementTree", "py3langid"):
        with monkeypatch.context() as m:
            m.setitem(sys.modules, module, None)
            with pytest.raises(ValueError, match=r"^data/web needs .*: pip install -r requirements-data.txt$"):
                read()
    assert site.paths() == []
