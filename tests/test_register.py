"""
Every row of data/sources.csv through the real command, in a copy of the project: what may not be read asks for nothing, what may
is read from its own https address. The internet is a server on the loopback: a proxy that signs for every host itself.
"""
import bz2
import csv
import html
import http.server
import io
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import threading
import urllib.parse
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

import prepare

for module in ("trustme", "protego", "trafilatura", "datasketch", "mwxml", "pyarrow", "fsspec"):
    pytest.importorskip(module, reason="pip install -r requirements-dev.txt")
import trustme  # noqa: E402
from test_data_api import ANSWERS  # noqa: E402
from test_data_cricsheet import INFO, OVER, innings  # noqa: E402
from test_data_nflverse import HEAD, REAL  # noqa: E402
from test_data_statsbomb_open_data import season  # noqa: E402
from test_data_web import article, feed_of  # noqa: E402
from test_data_wikinews import CUP  # noqa: E402
from test_data_wikipedia import ADA, page, write_dump  # noqa: E402

ROWS = prepare.register()
SHARED = os.path.join(prepare.ROOT, os.pardir, "shared", "data")
SERVICE = {"The Guardian Sport": "/guardian", "API-Football": "/football", "TheSportsDB": "/sportsdb", "balldontlie": "/bdl", "SportsData.io": "/sdio",
           "Sportradar": "/radar", "Wikimedia Commons": "/commons", **{f"Reddit r/{r}": "/r/nba" for r in ("sports", "nfl", "nba", "soccer")}}
OPENS = {"noncommercial": ["--allow", "noncommercial"], "unstated": ["--allow", "unstated"], "ask": ["--permission", "a letter"]}
LITTLE = r"What a game\.|More &amp; more\.|Body \d\.|The cup &amp; the team\.|Arsenal|Bulls|Utah|Bears|Celtics"  # the answers there have too few words for a document
MORE = dict.fromkeys("Arsenal Bulls Utah Bears Celtics".split(), "The first and only club of our old town on the river that never moved away in a hundred years")
MORE["More &amp; more."] = "Nobody had told the visitors that their train would leave before the second half, so eleven friends of the referee played on for them until dark."
ENOUGH = "It was the best game that anybody here has seen for many years, and the home side won it in the last minute."
SHORT = {"bbc_sport", next(word for word, row in ROWS.items() if row["status"] == "ask" and row["read"] == "sitemap"), "the_guardian_sport", "reddit_r_nba", "fineweb_edu", "international_results", "wikinews", "cricsheet"}


def packed(files, kind):
    """{name: bytes} as a .tar.gz or .zip, below a folder as GitHub's archives have it."""
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as z:
            for name, body in files.items():
                z.writestr(name, body)
    else:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
            for name, body in files.items():
                info = tarfile.TarInfo("repository-HEAD/" + name)
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
    return out.getvalue()


class Internet:
    """An https proxy that answers for every host of the register in the form of its upstream. asked: {host: [path]}"""

    def __init__(self, folder):
        self.asked, self.folder, internet, self.contexts, self.lock = {}, folder, self, {}, threading.Lock()
        self.ca = trustme.CA()
        self.ca.cert_pem.write_to_path(folder / "ca.pem")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, host = "HTTP/1.1", ""

            def do_CONNECT(self):
                self.send_response(200)
                self.end_headers()
                self.host, self.close_connection = self.path.rpartition(":")[0], False  # asked by HTTP/1.0
                self.connection = internet.context(self.host).wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

            def do_GET(self):
                internet.asked.setdefault(self.host, []).append(self.path)
                body, kind = internet.answer(self.host, self.path)
                status, found = (200 if body is not None else 404), re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
                body, whole = body or b"", len(body or b"")
                if found:
                    status, body = 206, body[int(found[1]):int(found[2]) + 1]
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(len(body)))
                if found:
                    self.send_header("Content-Range", f"bytes {found[1]}-{int(found[1]) + len(body) - 1}/{whole}")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
            do_HEAD = do_GET

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                body = b'{"access_token": "TOKEN"}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs=dict(poll_interval=.02), daemon=True).start()

    def context(self, host):
        with self.lock:
            if host not in self.contexts:
                self.contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.ca.issue_cert(host).configure_cert(self.contexts[host])
            return self.contexts[host]

    def answer(self, host, path):
        """(body or None, content type)"""
        url, plain = f"https://{host}{path}", urllib.parse.urlsplit(path).path
        for row in ROWS.values():
            base = urllib.parse.urlsplit(row["feed"]).path
            if row["folder"] == "api" and row["status"] != "forbidden" and url.startswith(row["feed"]):
                alias, rest = SERVICE[row["title"]], plain[len(base):]
                pages = next((a for p, a in ANSWERS.items() if p.startswith(alias) and re.sub(r"^/sdio.*", "/sdio/nfl", alias + rest).startswith(p)), None)
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
                number = query.get("page") or query.get("after") or query.get("cursor") or query.get("gcmcontinue") or ""
                text = json.dumps(pages.get(number, {})) if pages else None
                return text and re.sub(LITTLE, lambda m: MORE.get(m[0], ENOUGH), text).encode(), "application/json"
            if row["folder"] == "web" and url == row["feed"] and row["read"] != "page":
                paths = [f"/{ROWS_AT[row['title']]}/{i}" for i in range(3)]
                site = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(row["url"]))
                if row["read"] == "feed":
                    return feed_of(*(site + p for p in paths)).encode(), "text/xml"
                return ("<urlset>" + "".join(f"<url><loc>{site}{p}</loc></url>" for p in paths) + "</urlset>").encode(), "text/xml"
        if plain.endswith("/parquet"):
            return json.dumps({"default": {"train": [self.url + "/0.parquet"]}}).encode(), "application/json"
        if plain == "/0.parquet":
            return (self.folder / "0.parquet").read_bytes(), "application/octet-stream"
        if plain == "/robots.txt":
            return b"User-agent: *\nAllow: /\n", "text/plain"
        for maker in (self.dump, self.repository, self.raw):
            body = maker(host, plain)
            if body is not None:
                return body, "application/octet-stream"
        if any(host == urllib.parse.urlsplit(row[k]).hostname for row in ROWS.values() if row["folder"] == "web" for k in ("url", "feed")):
            return article(plain).encode(), "text/html"
        return None, "text/plain"

    def dump(self, host, path):
        if host == "dumps.wikimedia.org":
            pages = [page(f"{name} Example", ADA.replace("Ada", name), id=i) for i, name in enumerate("Ada Bea Cleo Dora".split(), 1)] if "enwiki-" in path else \
                    [f"<page><title>Chelsea win {i}</title><ns>0</ns><id>{i}</id><revision><id>{i}</id><timestamp>2019-01-02T03:04:05Z</timestamp><contributor><ip>0.0.0.0</ip></contributor>"
                     f"<model>wikitext</model><format>text/x-wiki</format><text>{html.escape(CUP + '{{publish}} [[Category:Football (soccer)]]', quote=False).replace('31,000', f'{i}1,000')}</text><sha1>x</sha1></revision></page>" for i in (1, 2, 3)]
            write_dump(self.folder, pages, "dump.xml.bz2")
            return (self.folder / "dump.xml.bz2").read_bytes()
        if host == "www.gutenberg.org":
            body = " ".join(f"In game {i} of the year the home side was beaten by {i + 2} runs after a long day in the field." for i in range(60))
            return f"The Project Gutenberg eBook of Games {path}\n\n*** START OF THE PROJECT GUTENBERG EBOOK GAMES ***\n\nCHAPTER I\n\nBook {path}. {body}\n\n*** END OF THE PROJECT GUTENBERG EBOOK GAMES ***\n".encode()
        if host == "cricsheet.org":
            return packed({"1.json": json.dumps({"meta": {"data_version": "1.1.0"}, "info": INFO, "innings": [innings("England", OVER), innings("New Zealand", OVER)]}).encode(), "README.txt": b"x"}, "zip")
        if host == "www.retrosheet.org":
            if path.endswith("parkcode.txt"):
                return b"PARKID,NAME,AKA,CITY,STATE,START,END,LEAGUE,NOTES\n"
            games = self.shared("stats/retrosheet_gamelog_2019", "GL2019.TXT") if path.endswith("gl2019.zip") else None
            return packed({"gl2019.txt": b"".join(games.values())} if games else {"README": b""}, "zip")

    def repository(self, host, path):
        """codeload.github.com/OWNER/NAME/tar.gz/..., with what shared/data has of it"""
        found = re.match(r"/[^/]+/([^/]+)/tar\.gz/", path)
        if host != "codeload.github.com" or not found:
            return None
        folder = next((f for row in ROWS.values() if row["folder"] in prepare.sources() for f in getattr(prepare.load_source(row["folder"]), "FROM", [])
                       for url in prepare.load_source(row["folder"]).FILES.values() if urllib.parse.urlsplit(url).path == path and is_of(f, found[1])), None)
        return packed(self.shared(folder, "*"), "tar.gz")

    def raw(self, host, path):
        if host == "raw.githubusercontent.com":
            name = path.rpartition("/")[2]
            for folder in ("stats/martj42_international_results", "stats/ufc_stats"):
                found = self.shared(folder, name)
                if found:
                    return next(iter(found.values()))
            if "/nfldata/" in path:
                return REAL.encode() if REAL.startswith("game_id") else (",".join(HEAD) + "\n" + REAL).encode()
            if "/open-data/" in path:
                wanted = tuple(int(n) for n in re.findall(r"/matches/(\d+)/(\d+)\.json", path)[0])
                return json.dumps([m for m in season() if (m["competition"]["competition_id"], m["season"]["season_id"]) == wanted]).encode()

    def shared(self, folder, pattern):
        return {name: f.read().encode() for name, f in prepare.Upstream(os.path.join(SHARED, folder)).files(pattern)}


ROWS_AT = {row["title"]: word for word, row in ROWS.items()}
NAMES = {"baseballdatabank": "chadwick_baseballdatabank", "olympics-medalist-dataset": "olympic_medalists", "data": "538_data_sports", "hockey-databank": "hockey_databank"}


def is_of(folder, repository):
    return folder.rpartition("/")[2] in (NAMES.get(repository, ""), repository, "538_" + repository, "openfootball_" + repository, "sackmann_" + repository)


@pytest.fixture(scope="module")
def internet(tmp_path_factory):
    import pyarrow
    import pyarrow.parquet
    folder = tmp_path_factory.mktemp("internet")
    rows = [dict(text=f"The quarterback of the home team threw {i} touchdowns in game {i} of the season, and the coach praised every player after the whistle of the football match in the NFL.",
                 url=f"https://news.example/sports/{i}", date="2024-01-02T03:04:05Z") for i in range(50)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "0.parquet")
    internet = Internet(folder)
    yield internet
    internet.server.shutdown()


@pytest.fixture(scope="module")
def project(tmp_path_factory, tiny_set):
    """A copy of the project: what is fetched comes to lie in it."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("prepare.py", "tokenizer.py", "configurator.py"):
        shutil.copy(os.path.join(prepare.ROOT, name), folder)
    shutil.copytree(os.path.join(prepare.ROOT, "data"), folder / "data", ignore=lambda base, names: [n for n in names if n in ("upstream", "__pycache__") or n.startswith(".") or n.endswith((".bin", ".gz", ".sqlite"))])
    shutil.copy(tiny_set / "tokenizer.model", folder)
    return folder


@pytest.fixture(scope="module")
def command(internet, project):
    def command(word, *arguments, keys=True):
        env = {k: v for k, v in os.environ.items() if k.lower() not in ("no_proxy", "http_proxy", "https_proxy")}
        env.update(https_proxy=internet.url, SSL_CERT_FILE=str(internet.folder / "ca.pem"), PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS="1", HUB_LIMIT="40")
        for key in {key for row in ROWS.values() for key in row["key"].split()}:
            env.pop(key, None)
            if keys:
                env[key] = "KEY"
        return subprocess.run([sys.executable, str(project / "prepare.py"), word, "--tokenizer", str(project / "tokenizer.model"), *arguments], env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    return command


def hosts(row):
    return {urllib.parse.urlsplit(row[k]).hostname for k in ("url", "feed")}


def test_what_may_not_be_read_asks_for_nothing(internet, command, project):
    before = {host: len(paths) for host, paths in internet.asked.items()}
    refused = [word for word, row in ROWS.items() if row["status"] != "open" or row["key"]]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for word, r in zip(refused, pool.map(lambda word: command(word, keys=False), refused)):
            assert r.returncode == 1 and r.stdout == "" and len(r.stderr.splitlines()) == 1 and r.stderr.startswith("error: " + ROWS[word]["title"]), (word, r.stderr)
            assert not (project / "data" / word / "meta.json").exists()
        forbidden = [word for word, row in ROWS.items() if row["status"] == "forbidden"]
        for word, r in zip(forbidden, pool.map(lambda word: command(word, "--permission", "a letter", "--allow", "noncommercial", "unstated"), forbidden)):
            assert r.returncode == 1 and "never fetched" in r.stderr, (word, r.stderr)
    assert {host: len(paths) for host, paths in internet.asked.items()} == before


def check(word, internet, command, project):
    row = ROWS[word]
    if not row["folder"]:
        return f"{word}: no script"
    module = prepare.load_source(row["folder"])
    if any(not os.path.isdir(os.path.join(SHARED, f)) for f in getattr(module, "FROM", [])) and not re.match("wiki|cricsheet|project_g|nflverse|statsbomb", word):
        return f"{word}: shared/data is not here"
    r = command(word, *OPENS.get(row["status"], []), "--name", word + "_set", "--val_fraction", "0.2")
    if r.returncode or "tokens to train on" not in r.stdout:
        return f"FAILED {word}: {r.stderr[-1500:]}"
    meta = json.loads((project / "data" / f"{word}_set" / "meta.json").read_text())
    assert list(meta["register"]) == [row["title"]] and meta["tokens"]["train"] > 50 and meta["register"][row["title"]]["permission"] == ("a letter" if row["status"] == "ask" else ""), word
    wanted = hosts(row) if row["folder"] in ("web", "api") else {"huggingface.co"} if row["folder"] == "hub" else {urllib.parse.urlsplit(u).hostname for u in module.FILES.values()}
    assert wanted & set(internet.asked), (word, list(internet.asked))


def read_all(words, *how):
    """Four at a time: most of it is waiting for the turn of a host."""
    with ThreadPoolExecutor(4) as pool:
        said = [line for line in pool.map(lambda word: check(word, *how), words) if line]
    print(*said, sep="\n")
    assert not [line for line in said if line.startswith("FAILED")], "\n".join(said)


def test_some_rows_are_read_from_their_own_address(internet, command, project):
    read_all(sorted(SHORT), internet, command, project)


@pytest.mark.long
def test_every_row_is_read_from_its_own_address(internet, command, project):
    read_all([word for word, row in ROWS.items() if row["status"] != "forbidden" and word not in SHORT], internet, command, project)
