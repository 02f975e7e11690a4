"""data/api against a loopback server that answers in each service's documented form, and misbehaves."""
import http.server
import json
import os
import threading
import urllib.parse

import pytest

import prepare


def fixture(text, home="home", away="away"):
    return {"fixture": {"date": "2025-08-16T14:00:00+00:00"}, "league": {"name": "Premier League"}, "teams": {"home": {"name": home}, "away": {"name": away}}, "goals": text}


ANSWERS = {  # path: {page or "": answer}
    "/guardian": {str(n): {"response": {"currentPage": n, "pages": 2, "results": [{"webTitle": f"Title {n}", "webUrl": f"https://g/{n}", "webPublicationDate": "2026-01-02T03:04:05Z", "fields": {"bodyText": f"Body {n}."}}]}} for n in (1, 2)},
    "/r/nba/top": {"": {"data": {"after": "t3_b", "children": [{"data": dict(title="A", selftext="What a game.", permalink="/r/nba/a", created_utc=1700000000)},
                                                           {"data": dict(title="B", selftext="[removed]", permalink="/r/nba/b", created_utc=1700000000)}, {"data": dict(title="Link", selftext="", permalink="/x", created_utc=1)}]}},
                   "t3_b": {"data": {"after": None, "children": [{"data": dict(title="C", selftext="More &amp; more.", permalink="/r/nba/c", created_utc=1700000000)}]}}},
    "/football/fixtures": {"": {"response": [fixture({"home": 2, "away": 0}, "Arsenal", "Leeds"), fixture({"home": 1, "away": 1}, "Hull", "Bury"), fixture({"home": None, "away": None})]}},
    "/sportsdb/KEY/eventsseason.php": {"": {"events": [dict(dateEvent="2025-10-21", strHomeTeam="Bulls", strAwayTeam="Heat", intHomeScore="99", intAwayScore="101", strLeague="NBA", strSport="Basketball"),
                                                       dict(dateEvent="2026-10-21", strHomeTeam="Bulls", strAwayTeam="Heat", intHomeScore=None, intAwayScore=None, strLeague="NBA", strSport="Basketball")]}},
    "/bdl/games": {"": {"data": [{"date": "2025-01-05", "status": "Final", "home_team": {"full_name": "Utah Jazz"}, "visitor_team": {"full_name": "Miami Heat"}, "home_team_score": 92, "visitor_team_score": 136}], "meta": {"next_cursor": 7}},
                   "7": {"data": [{"date": "2025-01-06", "status": "2nd Qtr", "home_team": {"full_name": "a"}, "visitor_team": {"full_name": "b"}, "home_team_score": 1, "visitor_team_score": 2}], "meta": {}}},
    "/sdio/nfl": {"": [{"Name": "Bears", "City": "Chicago", "Wins": 7, "Losses": 10, "Season": 2025, "Conference": "NFC"}]},
    "/radar": {"": {"league": {"alias": "NBA"}, "season": {"year": 2025}, "conferences": [{"divisions": [{"teams": [{"market": "Boston", "name": "Celtics", "wins": 64, "losses": 18}]}]}]}},
    "/commons": {"": {"continue": {"gcmcontinue": "n2", "continue": "-||"}, "query": {"pages": {"1": {"title": "File:Cup final.jpg", "imageinfo": [{"descriptionurl": "https://c/1", "extmetadata": {
                          "LicenseShortName": {"value": "CC BY-SA 4.0"}, "ImageDescription": {"value": "<p>The cup &amp; the team.</p>"}, "DateTimeOriginal": {"value": "2019-06-01 12:00"}}}]},
                      "2": {"title": "File:X.jpg", "imageinfo": [{"descriptionurl": "https://c/2", "extmetadata": {"LicenseShortName": {"value": "Fair use"}}}]}}}}, "n2": {"query": {"pages": {}}}},
}


@pytest.fixture
def service(monkeypatch):
    log, plan = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(parts.query))
            log.append((parts.path, query, {k.lower(): v for k, v in self.headers.items()}))
            step = plan.pop(0) if plan else 200
            if step != 200:
                self.send_response(step)
                self.send_header("Retry-After", "0")
                self.end_headers()
                return
            pages = next((a for path, a in ANSWERS.items() if parts.path.startswith(path)), None)
            page = query.get("page") or query.get("after") or query.get("cursor") or query.get("gcmcontinue") or ""
            self.send_response(200 if pages else 404)
            self.end_headers()
            self.wfile.write(json.dumps((pages or {}).get(page, {})).encode())

        def do_POST(self):
            log.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode(), {k.lower(): v for k, v in self.headers.items()}))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"access_token": "TOKEN"}')

        def log_message(self, *args):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    module = prepare.load_source("api")
    monkeypatch.setattr(module, "PAUSE", 0)
    monkeypatch.setattr(module, "SEASON", 2025)
    base = f"http://127.0.0.1:{httpd.server_address[1]}"
    monkeypatch.setenv("REDDIT_TOKEN_URL", base + "/token")
    rows = {row["title"]: row for row in prepare.register().values()}

    def read(title, path, state):
        for key in rows[title]["key"].split():
            monkeypatch.setenv(key, "KEY")
        return list(module.documents(None, 1, {**rows[title], "feed": base + path}, str(state)))
    read.log, read.plan, read.module = log, plan, module
    yield read
    httpd.shutdown()


def test_every_row_of_the_register_that_names_this_script_has_a_service():
    module = prepare.load_source("api")
    rows = [row for row in prepare.register().values() if row["folder"] == "api" and row["status"] != "forbidden"]
    assert len(rows) == 11 and all(row["title"].split(" r/")[0] in module.SERVICES for row in rows)


def test_the_guardian_page_by_page(service, tmp_path):
    docs = service("The Guardian Sport", "/guardian", tmp_path)
    assert docs == [dict(sport="other", url=f"https://g/{n}", text=f"Title {n}\n\nBody {n}.", date="2026-01-02") for n in (1, 2)]
    assert [query["page"] for _, query, _ in service.log] == ["1", "2"] and all(query["api-key"] == "KEY" for _, query, _ in service.log)
    assert service("The Guardian Sport", "/guardian", tmp_path) == docs and len(service.log) == 2  # read from disk


def test_reddit_logs_in_and_takes_posts_with_text(service, tmp_path):
    docs = service("Reddit r/nba", "/r/nba", tmp_path)
    assert [d["text"] for d in docs] == ["A\n\nWhat a game.", "C\n\nMore &amp; more."] and docs[0]["url"] == "https://www.reddit.com/r/nba/a" and docs[0]["date"] == "2023-11-14"
    (login, body, headers), *pages = service.log
    assert login == "/token" and body == "grant_type=client_credentials" and headers["authorization"] == "Basic S0VZOktFWQ=="
    assert all(h["authorization"] == "Bearer TOKEN" for _, _, h in pages) and pages[1][1]["after"] == "t3_b"


def test_results_and_standings_become_sentences_with_the_record_s_numbers(service, tmp_path):
    text = service("API-Football", "/football", tmp_path / "a")[0]["text"]
    assert text == "Premier League, results of 2025-08-16 (home team first).\nArsenal beat Leeds 2-0.\nHull drew 1-1 with Bury." and service.log[0][2]["x-apisports-key"] == "KEY"
    doc, = {d["record"]: d for d in service("TheSportsDB", "/sportsdb", tmp_path / "b")}.values()
    assert doc["text"].endswith("Bulls lost 99-101 to Heat.") and doc["sport"] == "basketball" and doc["date"] == "2025-10-21"
    doc, = service("balldontlie", "/bdl", tmp_path / "c")
    assert doc["text"].endswith("Utah Jazz lost 92-136 to Miami Heat.") and service.log[-1][1]["cursor"] == "7" and service.log[-1][2]["authorization"] == "KEY"
    doc, = service("Sportradar", "/radar", tmp_path / "d")
    assert doc["text"].endswith("Boston Celtics won 64 and lost 18.") and doc["record"] == "NBA 2025"


def test_a_service_that_knows_one_league_only_is_named(service, tmp_path):
    with pytest.raises(ValueError, match="/sdio/nba/.*404"):  # the first league was read and is kept
        service("SportsData.io", "/sdio", tmp_path)
    assert len([n for n in os.listdir(tmp_path) if n.endswith(".json")]) == 1


def test_commons_takes_free_pictures_only(service, tmp_path):
    docs = service("Wikimedia Commons", "/commons", tmp_path)
    assert {d["text"] for d in docs} == {"Cup final\n\nThe cup & the team."} and docs[0]["date"] == "2019-06-01"


def test_limits_are_waited_for_and_a_refused_key_is_told_without_showing_it(service, tmp_path):
    service.plan[:] = [429, 503, 200]
    assert len(service("Sportradar", "/radar", tmp_path / "a")) == 1 and len(service.log) == 3
    service.plan[:] = [403]
    with pytest.raises(ValueError, match="key is refused") as e:
        service("Sportradar", "/radar", tmp_path / "b")
    assert "KEY" not in str(e.value)
    service.plan[:] = [429] * 9
    with pytest.raises(ValueError, match="429"):
        service("Sportradar", "/radar", tmp_path / "c")
    assert os.listdir(tmp_path / "c") in ([], [n for n in os.listdir(tmp_path / "c") if n.endswith(".part")])  # nothing half-written counts
