"""The register and the corpus: what may be read, how it is fetched, what passes the gates. Servers are real, on loopback."""
import gzip
import hashlib
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

import prepare

TITLES = """ESPN|BBC Sport|The Athletic|Bleacher Report|Sports Illustrated|Yahoo Sports|CBS Sports|NBC Sports|Fox Sports|Sky Sports|The Guardian Sport|Deadspin|Wikinews
ESPN Stats|Basketball Reference|Baseball Reference|Pro Football Reference|Hockey Reference|FBref|Transfermarkt|Stathead|Sports Reference|openfootball|International results|Sackmann tennis|Retrosheet|Lahman|nflverse
Hockey Databank|cricsheet|f1db|UFC Stats|Olympic medals|FiveThirtyEight|StatsBomb open data|NFL|NBA|MLB|NHL|FIFA|UEFA|Premier League|La Liga|Serie A|Bundesliga|ATP Tour|WTA Tour|PGA Tour|UFC|WWE|Formula 1|Olympics
ESPN Fantasy|Yahoo Fantasy|FantasyPros|RotoWire|DraftKings|FanDuel|Odds Shark|Action Network|Wikipedia|Wikimedia Commons|Project Gutenberg|Reddit r/sports|Reddit r/nfl|Reddit r/nba|Reddit r/soccer
ESPN API|SportsData.io|API-Football|Sportradar|TheSportsDB|balldontlie|OnlySports|FineWeb (sports filter)|FineWeb-Edu""".replace("\n", "|").split("|")


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    for key, value in dict(allow=[], permission="", from_="", seed=1337, PATIENCE=0.01).items():
        monkeypatch.setattr(prepare, key, value)

# -----------------------------------------------------------------------------
# the register

def test_every_source_has_one_row_with_an_address_a_licence_and_terms():
    rows = list(prepare.register().values())
    assert [row["title"] for row in rows] == TITLES and len(prepare.register()) == len(TITLES)
    for row in rows:
        assert row["url"].startswith("https://") and row["licence"] and row["terms"].startswith("https://"), row
        assert row["status"] in ("open", "noncommercial", "unstated", "key", "ask", "forbidden"), row
        assert row["read"] in ("dump", "feed", "sitemap", "page", "api") and (row["status"] != "key" or row["key"]), row
        assert not row["folder"] or row["folder"] in prepare.sources(), row


def test_who_forbids_training_is_forbidden():
    forbidden = {row["title"] for row in prepare.register().values() if row["status"] == "forbidden"}
    assert {t for t in TITLES if t.endswith("Reference") or "ESPN" in t} | {"FBref", "Stathead", "Transfermarkt", "FantasyPros"} <= forbidden


@pytest.mark.parametrize("word", prepare.register())
def test_each_row_does_what_its_status_says(word, monkeypatch):
    row = prepare.register()[word]
    for key in row["key"].split():
        monkeypatch.delenv(key, raising=False)
    why = prepare.refusal(row)
    opened = {"open": {}, "noncommercial": dict(allow=["noncommercial"]), "unstated": dict(allow=["unstated"]), "ask": dict(permission="a letter"), "key": {},
              "forbidden": dict(allow=["noncommercial", "unstated"], permission="a letter")}[row["status"]]
    hint = {"noncommercial": "--allow noncommercial", "unstated": "--allow unstated", "ask": "--permission", "key": "environment", "forbidden": "never fetched"}
    assert row["status"] == "open" or row["title"] in why and hint[row["status"]] in why
    for name, value in opened.items():
        monkeypatch.setattr(prepare, name, value)
    for key in row["key"].split():
        monkeypatch.setenv(key, "secret")
    assert bool(prepare.refusal(row)) == (row["status"] == "forbidden" or not row["folder"])


def test_the_command_refuses_in_one_line(run, one_line):
    for word, hint in (("fbref", "never fetched"), ("bbc_sport", "--permission"), ("sackmann_tennis", "--allow noncommercial"), ("ufc_stats", "--allow unstated"), ("sportradar", "SPORTRADAR_KEY")):
        assert hint in one_line(run("prepare.py", word, code=1)), word
    assert "did you mean 'f1db'" in one_line(run("prepare.py", "f1bd", code=2))

# -----------------------------------------------------------------------------
# fetching

class Server(http.server.BaseHTTPRequestHandler):
    protocol_version, body, tag, log, plan = "HTTP/1.1", b"", '"1"', [], []

    def do_GET(self):
        Server.log.append(self.headers.get("Range"))
        step = Server.plan.pop(0) if Server.plan else "whole"
        if isinstance(step, int):
            self.send_response(step)
            self.send_header("Content-Length", "0")
            self.send_header("Retry-After", "0")
            return self.end_headers()
        first = int(self.headers["Range"][6:-1]) if self.headers.get("Range") and self.headers.get("If-Range") == Server.tag else 0
        rest = Server.body[first:]
        self.send_response(206 if first else 200)
        self.send_header("ETag", Server.tag)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[:100_000] if step == "cut" else rest)
        if step == "cut":
            self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    Server.body, Server.tag, Server.log, Server.plan = bytes(range(256)) * 2000, '"1"', [], []
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}/file"
    httpd.shutdown()


def test_a_cut_connection_is_resumed_where_it_broke_off(server, tmp_path):
    Server.plan = ["cut", "cut", "whole"]
    prepare.fetch(server, str(tmp_path / "f"))
    assert (tmp_path / "f").read_bytes() == Server.body and os.listdir(tmp_path) == ["f"]
    assert Server.log == [None, "bytes=100000-", "bytes=200000-"]
    prepare.fetch(server, str(tmp_path / "f"))
    assert len(Server.log) == 3  # what is there is not asked for again


def test_another_file_under_the_same_name_is_not_glued_to_the_old_half(server, tmp_path):
    Server.plan = ["cut", 404]
    with pytest.raises(OSError, match="404"):
        prepare.fetch(server, str(tmp_path / "f"))
    Server.tag, Server.body = '"2"', b"new" * 100_000
    prepare.fetch(server, str(tmp_path / "f"))
    assert (tmp_path / "f").read_bytes() == Server.body


def test_a_busy_server_is_asked_again_and_a_dead_one_given_up(server, tmp_path):
    Server.plan = [429, 503, 500, "whole"]
    prepare.fetch(server, str(tmp_path / "f"))
    assert len(Server.log) == 4 and (tmp_path / "f").read_bytes() == Server.body
    Server.plan = [500] * 9
    with pytest.raises(OSError, match="500"):
        prepare.fetch(server, str(tmp_path / "g"))
    assert len(Server.log) == 10 and not (tmp_path / "g").exists()
    with pytest.raises(OSError, match="403"):
        Server.plan = [403]
        prepare.fetch(server, str(tmp_path / "g"))


def test_upstream_reads_plain_compressed_and_archived_files_once(tmp_path):
    import lzma
    import tarfile
    import zipfile
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.csv").write_text("\ufeff1")
    (tmp_path / "two.csv.gz").write_bytes(gzip.compress(b"2"))
    (tmp_path / "three.csv.xz").write_bytes(lzma.compress(b"3"))
    (tmp_path / "note.txt").write_text("no")
    with tarfile.open(tmp_path / "x.tar.xz", "w:xz") as tar:
        tar.add(tmp_path / "a" / "one.csv", "a/one.csv")
        tar.add(tmp_path / "note.txt", "b/four.csv")
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as z:
        z.writestr("top-main/a/five.csv", "5\r\n")
    found = {name: f.read() for name, f in prepare.Upstream(str(tmp_path)).files("*.csv")}
    assert found == {"a/one.csv": "1", "three.csv": "3", "two.csv": "2", "b/four.csv": "no", "top-main/a/five.csv": "5\r\n"}
    assert [name for name, _ in prepare.Upstream(str(tmp_path)).files("a/*.csv")] == ["a/one.csv", "top-main/a/five.csv"]

# -----------------------------------------------------------------------------
# gates

PROSE = "The visitors scored twice after the break and held on, although the home side pressed until the end and hit the post in the last minute of the match."

@pytest.mark.parametrize("gate, text, out", [
    ("length", "Too short.", ""), ("length", PROSE, PROSE), ("language", PROSE, PROSE),
    ("language", "Die Gäste trafen nach der Pause zweimal und hielten den Vorsprung, obwohl die Heimelf bis zum Schluss drückte und kurz vor dem Ende den Pfosten traf.", ""),
    ("repetition", PROSE, PROSE), ("repetition", "\n".join(["Buy tickets now for the match on Saturday at home"] * 9), ""),
    ("repetition", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23", ""),
    ("private", "Write to fan.club+x@mail.example.org or call (212) 555-0123 now.", "Write to  or call  now."),
    ("private", "He scored 61-102 in 1998-99, won 6-4, 7-6, threw 4,000 yards, ran 100-yard dashes and hit .325-31-110.",
     "He scored 61-102 in 1998-99, won 6-4, 7-6, threw 4,000 yards, ran 100-yard dashes and hit .325-31-110.")])
def test_gates(gate, text, out):
    if gate == "language":
        pytest.importorskip("py3langid", reason="pip install -r requirements-data.txt")
    assert prepare.GATES[gate](text) == out


def test_tables_pass_no_rule_of_prose_and_every_gate_is_counted():
    counts = {}
    docs = [dict(text="1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", record="r"), dict(text="", record="s"), dict(text="short", record="t")]
    assert [d["record"] for d in prepare.gated(docs, counts)] == ["r"]
    assert {gate: entry[:2] for gate, entry in counts.items()} == {"empty": [3, 1], "length": [2, 1]}


def test_near_duplicates_go_and_tables_are_told_apart_by_their_record():
    pytest.importorskip("datasketch", reason="pip install -r requirements-data.txt")
    words = [hashlib.sha256(str(i).encode()).hexdigest()[:6] for i in range(300)]
    a, b, other = " ".join(words), " ".join(words[:150] + ["changed"] + words[151:]), " ".join(reversed(words))
    gates = {}
    docs = [dict(text=a, prose=True), dict(text=b, prose=True), dict(text=other, prose=True), dict(text=b + " z", record="1", source="s"), dict(text=a + " x", record="1", source="s"), dict(text=b + " y", record="1", source="t")]
    assert [d["text"] for d in prepare.unique(docs, gates)] == [a, other, b + " z", b + " y"]
    assert gates["duplicates"][:2] == [6, 1] and gates["near duplicates"][:2] == [3, 1]


def test_a_document_that_holds_an_evaluation_question_is_dropped():
    question = "Which country won the 1998 World Cup final against Brazil in Saint-Denis?"
    docs = [dict(text=f"A quiz. {question.upper()} France."), dict(text="France won the 1998 World Cup final against Brazil."), dict(text="Who won the final in Rome?")]
    gates = {}
    assert [d["text"][:4] for d in prepare.unique(docs, gates, [question, "Who won it?"])] == ["Fran", "Who "]
    assert gates["evaluation questions"][:2] == [3, 1]


def test_copies_follow_the_weights_and_their_cap():
    docs = [dict(text=f"text {i}", source="Project Gutenberg", sport="golf") for i in range(2000)]
    n = lambda weights, most=4: sum(prepare.copies_of(d, weights, most) for d in docs) / len(docs)
    assert n({}) == 1 and n({"golf": 2.0}) == 2 and n({"golf": 3.0, "project_gutenberg": 3.0}) == 4 and n({"project_gutenberg": 3.0}, 2) == 2
    assert abs(n({"golf": .25}) - .25) < .04 and abs(n({"golf": 1.5}) - 1.5) < .04


def test_the_youngest_documents_are_kept_for_validation():
    assert prepare.split_of(dict(text="t", date="2026-07-01"), 0, "2026-06-30") == "val"
    assert prepare.split_of(dict(text="t", date="2026-06-30"), 0, "2026-06-30") == prepare.split_of(dict(text="t"), 0, "2026-06-30") == "train"

# -----------------------------------------------------------------------------
# the whole, through the real command

@pytest.fixture(scope="module")
def upstream(tmp_path_factory):
    """A folder as ../shared/data is laid out, with a little of two sources in upstream's own formats"""
    folder = tmp_path_factory.mktemp("upstream")
    results = folder / "stats" / "martj42_international_results"
    results.mkdir(parents=True)
    teams = "Peru Chile Ghana Togo Wales Malta Japan Nepal".split()
    rows = [f"{1990 + n // 56}-{1 + n % 12:02d}-{1 + n % 28:02d},{a},{b},{n % 5},{n % 3},Friendly,Lima,Peru,TRUE" for n, (a, b) in enumerate([(a, b) for _ in range(30) for a in teams for b in teams if a != b])]
    (results / "results.csv").write_text("date,home_team,away_team,home_score,away_score,tournament,city,country,neutral\n" + "\n".join(rows) + "\n")
    pages = folder / "prose" / "wikipedia_sports"
    pages.mkdir(parents=True)
    names = [f"{a} {b}" for a in "Ann Ben Cora Dan Eve Fred Gina Hal".split() for b in "Smith Jones Brown Green White Black Young King".split()]
    (pages / "pages_sports.txt").write_text("".join(
        f'<doc id="{i}" url="https://en.wikipedia.org/wiki?curid={i}" title="{name}" sport="tennis">\n{name}\n\n{name} is a tennis player who was born in {1950 + i}. '
        f"After {i + 2} years as a junior {name.split()[0]} joined the professional tour and reached the quarter-finals of {i % 7 + 1} tournaments, "
        f"among them the event at Lima in {1970 + i}. {name.split()[1]} retired with {i * 13 + 5} wins and {i * 7 + 3} losses, and became a coach.\n</doc>\n" for i, name in enumerate(names, 1)))
    return folder


def fingerprint(folder):
    return {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in os.listdir(folder) if n != "README.md"}  # its speeds differ


@pytest.fixture(scope="module")
def corpus(upstream, run, tmp_path_factory):
    pytest.importorskip("datasketch", reason="pip install -r requirements-data.txt")
    pytest.importorskip("py3langid", reason="pip install -r requirements-data.txt")
    folder = tmp_path_factory.mktemp("corpus") / "set"
    out = run("prepare.py", "all_open", "--from", upstream, "--name", folder, "--vocab_size", 600)
    yield folder, out
    import shutil
    shutil.rmtree(os.path.join(prepare.ROOT, "data", ".work-set"), ignore_errors=True)


def test_all_open_makes_a_set_with_card_and_manifest(corpus, upstream):
    folder, out = corpus
    assert "tokens to train on" in out.stdout and "f1db: " in out.stderr and "does not have it" in out.stderr
    meta = json.loads((folder / "meta.json").read_text())
    assert set(meta["sources"]) == {"International results", "Wikipedia"} == set(meta["register"])
    assert meta["register"]["International results"]["licence"] == "CC0 1.0" and list(meta["register"]["International results"]["sha256"]) == ["results.csv"]
    came = os.stat(upstream / "prose" / "wikipedia_sports" / "pages_sports.txt").st_mtime
    assert meta["register"]["Wikipedia"]["retrieved"] == time.strftime("%Y-%m-%d", time.gmtime(came))
    card = (folder / "README.md").read_text()
    assert "Below one percent of the words: " in card and "| soccer |" in card and "near duplicates" in card and "never fetched" in card
    assert re.search(r"\| soccer \|.*█", card) and "bytes of memory per document" in card


def test_the_starter_goes_along_with_the_register(corpus, upstream, tmp_path, monkeypatch):
    """A few of the starter's conversations beside the sources: one set with a mask, texts supervised as a whole, and questions"""
    starter, load = prepare.load_source("starter"), prepare.load_source
    chats = [{"messages": [{"role": "user", "content": f"Who won in {y}?"}, {"role": "assistant", "content": "Peru"}], "sport": "soccer", "source": "facts"} for y in range(1900, 2000)]
    monkeypatch.setattr(starter, "documents", lambda seed: iter(chats))
    monkeypatch.setattr(starter, "questions", lambda seed: [{"question": "Who won in 1950?", "answers": ["Peru"]}])
    monkeypatch.setattr(prepare, "load_source", lambda name: starter if name == "starter" else load(name))
    for key, value in dict(words=["all_open", "starter"], from_=str(upstream), name=str(tmp_path / "set"), vocab_size=600).items():
        monkeypatch.setattr(prepare, key, value, raising=False)
    prepare.main()
    alone, meta = (json.loads((folder / "meta.json").read_text()) for folder in (corpus[0], tmp_path / "set"))
    assert set(meta["sources"]) == {*alone["sources"], "facts"} and sum(meta["documents"].values()) == sum(alone["documents"].values()) + 100
    masked = sum(n.stat().st_size - n.read_bytes().count(1) for n in (tmp_path / "set").glob("*.mask.bin"))
    assert masked > 100 * 3 + sum(alone["documents"].values()) and (tmp_path / "set" / "questions.jsonl").exists()


def test_a_build_that_is_killed_and_run_again_ends_the_same(corpus, upstream, tmp_path, root):
    folder, _ = corpus
    content = lambda of: {n: h for n, h in fingerprint(of).items() if n != "meta.json"}
    work, env = os.path.join(prepare.ROOT, "data", ".work-again"), {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(root / "prepare.py"), "all_open", "--from", str(upstream), "--name", str(tmp_path / "again"), "--vocab_size", "600"]
    try:
        for delay in (1.0, 1.8, 2.6):
            process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(delay)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if (tmp_path / "again" / "meta.json").exists():  # a fast machine was done before it was killed: then all is there
                assert content(tmp_path / "again") == content(folder)
        subprocess.run(command, env=env, check=True, capture_output=True)
        assert content(tmp_path / "again") == content(folder)
    finally:
        import shutil
        shutil.rmtree(work, ignore_errors=True)
