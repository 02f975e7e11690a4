"""
The web: a row of data/sources.csv that is read as a feed (RSS, Atom), a sitemap (also an index, also .gz) or a single page.
Its pages are fetched politely into data/web/ROW/pages.sqlite, and what trafilatura takes for their main text is yielded.

$ python prepare.py bbc_sport --permission "what you have"

- robots.txt rules. Most 4xx: there is none, all is allowed. 401, 403, 5xx, no answer: nothing is asked of that host for now.
- One request at a time per host, over all processes (data/web/hosts), DELAY apart or what robots.txt asks; a restart keeps to it.
- Only the site of the row: a permission for it is none for what it links or redirects to, so hosts other than those of `url`
  and `feed`, and their subdomains, are never asked.
- One statement saves an address, so that a kill loses the page under way. A page comes again when its feed or sitemap says that
  it changed (after REVISIT at the earliest) or, if it failed, after 1, 4, 16 ... hours. One that is gone (404, 410, 451), or
  found forbidden when next due, is not yielded any more.
- Feeds in the wild: not well-formed (lxml mends them; those that declare entities are refused), a guid and no link, atom:link
  beside link, dates in two formats; Windows-1252 goes by the names of ISO-8859-1, ASCII and UTF-8.
"""
import hashlib
import http.client
import logging
import os
import re
import sqlite3
import string
import sys
import time
import urllib.request
import zlib
from collections import Counter
from contextlib import closing
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from tqdm import tqdm

FILES, FROM = {}, []  # nothing to download ahead
AGENT = "sports-llm/0.1 (+https://github.com/)"
DELAY = 1.0  # seconds between two requests to a host
MAX_PAGES, MAX_LISTS = 2000, 200  # pages asked for and sitemaps read in a run
MAX_BYTES = {"robots": 5 * 2 ** 20, "page": 5 * 2 ** 20, "list": 50 * 2 ** 20}  # unpacked; sitemaps.org allows 50 MB
MAX_TAGS = 30_000  # trafilatura's time grows with their square: minutes for 100,000
MIN_WORDS = 60
HOPS, TIMEOUT, DEADLINE = 5, 20, 120  # redirects, seconds for a sign of life, for a whole answer
TRIES, BACKOFF, MAX_WAIT = 3, 2.0, 120  # tries in a run, seconds before the second (then twice that), longest Retry-After to sit out
GIVE_UP = 10  # failures in a row that end a run
AGE = {"robots": 86400, "list": 3600, "page": None}  # seconds until it is asked for again; a page: when it is listed as changed
REVISIT = 7 * 86400  # seconds before a page comes again at all: some sitemaps call every page new every day
COLUMNS = "url kind status etag last_modified fetched_at due robots sha256 content attempts error location listed".split()
SECTIONS = {  # sport of a page on a site that has several, by a part of its path
    "american_football": "nfl ncaaf cfb college-football american-football", "baseball": "mlb baseball", "cricket": "cricket",
    "basketball": "nba wnba basketball ncaab cbk college-basketball womens-college-basketball", "hockey": "nhl hockey ice-hockey",
    "soccer": "soccer football premier-league champions-league world-cup uefa mls", "tennis": "tennis", "golf": "golf pga",
    "combat": "boxing mma ufc wwe wrestling", "motorsport": "f1 formula1 formula-1 nascar motorsport motor-sports", "olympics": "olympics"}


class Later(Exception):
    """Not now: the host wants us to wait, or its robots.txt cannot be had."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    redirect_request = lambda *_: None  # an answer like others: where it leads has to pass what every address has to pass


def when(text):
    """Seconds since 1970 of an ISO 8601 or RFC 822 date, UTC if it names no zone; 0 if it is no date."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            date = parse(re.sub("Z$", "+00:00", text.strip()))
            return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
    return 0.0


def get(url, headers, kind):
    """(status, headers, body) of one request. The body, unpacked, of a 200 only; ValueError if it is too large or no page."""
    limit, body, end = MAX_BYTES[kind], bytearray(), time.monotonic() + DEADLINE
    request = urllib.request.Request(quote(url, safe=string.punctuation), headers={"User-Agent": AGENT, "Accept-Encoding": "gzip", **headers})
    try:
        r = urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT)
    except urllib.request.HTTPError as e:
        e.close()
        return e.code, e.headers, b""
    with r:
        if kind == "page" and "html" not in r.headers.get("Content-Type", "html"):
            raise ValueError(f"is {r.headers['Content-Type']}")
        while len(body) <= limit and (chunk := r.read1(2 ** 16)):
            body += chunk
            if time.monotonic() > end:
                raise TimeoutError(f"not done after {DEADLINE} s")
        if len(body) <= limit and r.length:  # read1 says nothing when the connection is cut
            raise ConnectionError(f"cut off, {r.length:,} bytes are missing")
    for _ in range(2):  # packed for the way, and a .gz in itself
        if body[:2] == b"\x1f\x8b" and len(body) <= limit:
            unzip = zlib.decompressobj(31)
            body = unzip.decompress(body, limit + 1)
            if not unzip.eof and len(body) <= limit:
                raise ConnectionError("gzip cut off")
    if len(body) > limit:
        raise ValueError(f"more than {limit:,} bytes")
    return r.status, r.headers, bytes(body)


def decode(body, charset):
    """Text of the bytes. What is valid UTF-8 is UTF-8, whatever they say; then the header, then the page, then what browsers guess."""
    said = re.search(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", body[:4096], re.I)
    bom = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for name in filter(None, (bom, charset, said and said[1].decode("ascii", "replace"))):
        try:
            return body.decode("cp1252" if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else name)
        except (LookupError, ValueError):
            pass
    return body.decode("cp1252", "replace")


def entries(text, base):
    """(is it a sitemap index, [(url, time)]) of what a feed or a sitemap names, newest first, then in its own order."""
    import defusedxml.ElementTree as xml
    import lxml.etree
    text, found = text.strip(), {}
    try:
        root = xml.fromstring(text)
    except xml.ParseError:
        parser = lxml.etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        root = lxml.etree.fromstring(re.sub(r"^<\?xml.*?\?>\s*", "", text, flags=re.S).encode("utf-8", "replace"), parser)
    if root is None or root.tag.rpartition("}")[2].lower() not in ("rss", "rdf", "feed", "urlset", "sitemapindex"):
        raise ValueError("neither a feed nor a sitemap")
    for e in (e for name in ("item", "entry", "url", "sitemap") for e in root.iterfind(".//{*}" + name)):
        dates = [e.findtext(path) for path in ("{*}pubDate", "{*}date", "{*}published", "{*}updated", "{*}lastmod", ".//{*}publication_date")]
        links = [link.get("href") or link.text for link in e.iterfind("{*}link") if link.get("rel", "alternate") == "alternate"]
        for link in filter(None, [e.findtext("{*}loc"), *links, e.findtext("{*}guid")]):
            try:
                url = urldefrag(urljoin(base, quote(link.strip(), safe=string.punctuation)))[0]
            except ValueError:  # http://[
                continue
            if re.match("https?://", url):
                found[url] = max([found.get(url, 0.0), *map(when, filter(None, dates))])
                break
    return root.tag.endswith("sitemapindex"), sorted(found.items(), key=lambda entry: -entry[1])


class Crawl:
    """The pages of one row."""

    def __init__(self, row, state):
        self.row, self.counts, self.troubles, self.asked = row, Counter(), [], 0
        self.sites = [re.sub(r"^(www|feeds?|rss)\.", "", host) for a in (row["url"], row["feed"]) if (host := urlsplit(a).hostname)]
        self.hosts = os.path.join(os.path.dirname(os.path.abspath(state)), "hosts")
        for folder in (state, self.hosts):
            os.makedirs(folder, exist_ok=True)
        self.db = sqlite3.connect(os.path.join(state, "pages.sqlite"), timeout=0, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA locking_mode = EXCLUSIVE")  # two runs of a row would ask for everything twice
        self.db.execute(f"CREATE TABLE IF NOT EXISTS pages ({', '.join(COLUMNS)}, PRIMARY KEY (url))")
        self.db.executescript("BEGIN EXCLUSIVE; COMMIT")

    def ask(self, url, headers, kind, delay):
        """One request, when it is our turn: nobody else asks the host meanwhile, and nobody did for `delay` seconds."""
        host, rest = urlsplit(url).netloc, 0
        with closing(sqlite3.connect(os.path.join(self.hosts, re.sub(r"[^\w.-]", "_", host)), timeout=86400, isolation_level=None)) as db:
            while True:
                db.execute("BEGIN EXCLUSIVE")  # a lock that goes away with a killed process, on every system
                db.execute("CREATE TABLE IF NOT EXISTS asked (at)")
                pause = (db.execute("SELECT max(at) FROM asked").fetchone()[0] or 0) + delay - time.time()
                if pause <= 0:
                    break
                db.execute("COMMIT")
                if pause > max(MAX_WAIT, delay):
                    raise Later(f"{host} wants us to wait {pause:.0f} s")
                time.sleep(pause)
            try:
                status, answer, body = get(url, headers, kind)
                if status in (429, 503) and (wait := answer.get("Retry-After", "").strip()):
                    rest = min(86400, int(wait[:9]) if wait.isdecimal() else max(0, when(wait) - time.time()))
                return status, answer, body
            finally:
                db.execute("INSERT INTO asked VALUES (?)", (time.time() + rest,))
                db.execute("DELETE FROM asked WHERE at < (SELECT max(at) FROM asked)")
                db.execute("COMMIT")

    def rules(self, url):
        """robots.txt of the url's host."""
        from protego import Protego
        page = self.fetch(urljoin(url, "/robots.txt"), "robots")
        none = 400 <= (page["status"] or 0) < 500 and page["status"] not in (401, 403, 429)
        if page["status"] != 200 and not none:
            raise Later(f"{page['url']}: {page['error']}")
        return Protego.parse("" if none else zlib.decompress(page["content"]).decode())

    def follow(self, url, kind, conditional, known):
        """(status, headers, body, last url) of an address and of those it redirects to, each with the leave of its own host."""
        seen, name = [], AGENT.split("/")[0]
        while url not in seen and len(seen) <= HOPS:
            parts, delay = urlsplit(url), DELAY
            if parts.scheme not in ("http", "https") or not any(f".{parts.hostname}".endswith("." + site) for site in self.sites):
                raise ValueError(f"leads off the site, to {parts.scheme}://{parts.netloc}")
            if kind != "robots":
                robots = self.rules(url)
                if not robots.can_fetch(url, name):
                    raise PermissionError("forbidden by robots.txt")
                rate = robots.request_rate(name)
                delay = max(DELAY, robots.crawl_delay(name) or 0, rate.seconds / rate.requests if rate else 0)
            status, headers, body = self.ask(url, conditional if url == known else {}, kind, delay)
            if status not in (301, 302, 303, 307, 308) or not headers.get("Location"):
                return status, headers, body, url
            seen.append(url)
            url = urldefrag(urljoin(url, quote(headers["Location"], encoding="latin-1", safe=string.punctuation)))[0]
        raise ValueError("redirects in a loop" if url in seen else f"more than {HOPS} redirects")

    def fetch(self, url, kind, listed=0.0):
        """The record of the url, asked for anew if it is due."""
        page = dict(self.db.execute("SELECT * FROM pages WHERE url = ?", (url,)).fetchone() or {**dict.fromkeys(COLUMNS), "url": url, "attempts": 0})
        now, fetched, known = time.time(), page["fetched_at"], page["location"] or url
        if fetched and not (page["due"] is not None and page["due"] <= now or listed > fetched and fetched + REVISIT <= now):
            return page
        conditional = {k: page[v] for k, v in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified")) if page[v] and page["content"]}
        status, error, settled, robots = None, None, False, "allowed"  # settled: another try would change nothing
        for attempt in range(TRIES):
            time.sleep(BACKOFF * 2 ** (attempt - 1) if attempt else 0)
            try:
                status, headers, body, page["location"] = self.follow(url, kind, conditional, known)
                error = None if status == 200 or status == 304 and conditional else f"status {status}"
                settled = not error or status in (404, 410, 451)
                if status not in (429, 500, 502, 503, 504):
                    break
            except Later:
                if not error:
                    raise
                break
            except (PermissionError, ValueError) as e:
                status, error, settled, robots = None, str(e), True, "forbidden" if isinstance(e, PermissionError) else robots
                break
            except (OSError, http.client.HTTPException, zlib.error) as e:
                status, error = None, f"{type(e).__name__}: {e}"
        if status == 200:
            content = decode(body, headers.get_content_charset()).encode("utf-8", "replace")
            page.update(etag=headers.get("ETag"), last_modified=headers.get("Last-Modified"),
                        sha256=hashlib.sha256(content).hexdigest(), content=zlib.compress(content))
        elif settled and status in (404, 410, 451):
            page.update(content=None, sha256=None)
        if kind == "page":
            self.asked += robots == "allowed"
            self.counts["fetched" if status == 200 else "unchanged" if not error else "failed" if not settled else
                        "gone" if status else "forbidden by robots.txt" if robots == "forbidden" else "refused"] += 1
        now, age = time.time(), AGE[kind] if robots == "allowed" else REVISIT
        page.update(kind=kind, status=page["status"] if status == 304 else status, fetched_at=now, error=error, robots=robots,
                    listed=max(listed, page["listed"] or 0), attempts=0 if settled else page["attempts"] + 1,
                    due=(age and now + age) if settled else now + min(3600 * 4 ** page["attempts"], REVISIT))
        self.db.execute(f"REPLACE INTO pages VALUES ({', '.join('?' * len(COLUMNS))})", [page[c] for c in COLUMNS])
        return page

    def listing(self, url, seen):
        """Yield (url, time) of the pages that a feed or sitemap names, newest first; an index sitemap by sitemap, newest first."""
        seen.add(url)
        try:
            page = self.fetch(url, "list")
            if page["error"]:
                self.troubles.append(f"{url}: {page['error']}")  # an older copy still serves
            index, found = entries(zlib.decompress(page["content"]).decode(), page["location"]) if page["content"] else (False, [])
        except (Later, ValueError, SyntaxError) as e:  # SyntaxError: XML past mending
            return self.troubles.append(f"{url}: {e}")
        for link, listed in found:
            if not index:
                yield link, listed
            elif link not in seen and len(seen) < MAX_LISTS:
                yield from self.listing(link, seen)

    def run(self):
        """Fetch what is due."""
        pages, failed = self.listing(self.row["feed"] or self.row["url"], set()), 0
        pages = [(self.row["url"], time.time())] if self.row["read"] == "page" else pages
        for url, listed in tqdm(pages, desc=self.row["title"], unit=" pages", disable=None):
            if self.asked >= MAX_PAGES or failed >= GIVE_UP:
                break
            before = self.asked
            try:
                page = self.fetch(url, "page", listed)
                failed = failed if self.asked == before else failed + 1 if page["attempts"] else 0
            except Later as e:
                self.counts["left for later"] += 1
                self.troubles += [str(e)] * (str(e) not in self.troubles)

    def documents(self):
        """Yield the text of every page in the store."""
        import py3langid
        import trafilatura
        seen = set()
        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns of every page without a text
        for page in self.db.execute("SELECT * FROM pages WHERE kind = 'page' AND robots = 'allowed' AND content NOT NULL ORDER BY url"):
            html = zlib.decompress(page["content"]).decode()
            fetched, listed = (time.strftime("%Y-%m-%d", time.gmtime(page[c])) for c in ("fetched_at", "listed"))
            if page["sha256"] in seen or html.count("<") > MAX_TAGS:
                self.counts["the same as another" if page["sha256"] in seen else "too heavy"] += 1
                continue
            seen.add(page["sha256"])
            try:
                found = trafilatura.bare_extraction(html, url=page["location"], with_metadata=True, include_comments=False, include_tables=False,
                                                    date_extraction_params=dict(original_date=True, extensive_search=False, max_date=fetched))
            except Exception:  # whatever a page does to the extractor, it costs that page only
                found = None
            text, parts = found and found.text or "", urlsplit(page["location"]).path.lower().split("/")
            what = "too short" if len(text.split()) < MIN_WORDS else "documents" if py3langid.classify(text)[0] == "en" else "in other languages"
            self.counts[what] += 1
            if what == "documents":
                section = next((sport for part in parts for sport, names in SECTIONS.items() if part in names.split()), "other")
                yield {"text": text, "sport": section if self.row["sport"] in ("several", "") else self.row["sport"], "url": page["location"],
                       "date": found.date or min(listed if page["listed"] else fetched, fetched)}


def documents(upstream, seed, row, state):
    """Yield {"text", "sport", "url", "date"} of the row's pages: fetch what is due, then read all that is stored in `state`."""
    try:
        import defusedxml.ElementTree, lxml.etree, protego, py3langid, trafilatura  # noqa: E401, F401
    except ImportError as e:
        raise ValueError(f"data/web needs {e.name}: pip install -r requirements-data.txt") from None
    if row["read"] not in ("feed", "sitemap", "page"):
        raise ValueError(f"{row['title']} is read as {row['read']!r}: data/web reads feed, sitemap and page")
    try:
        crawl = Crawl(row, state)
        with closing(crawl.db):
            crawl.run()
            yield from crawl.documents()
    except sqlite3.Error as e:  # another run of the row, a full disk
        raise ValueError(f"{os.path.join(state, 'pages.sqlite')}: {e}") from None
    counts = ", ".join(f"{n:,} {what}" for what, n in crawl.counts.items()) or "nothing"
    print(f"{row['title']}: {counts}", *crawl.troubles, sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
