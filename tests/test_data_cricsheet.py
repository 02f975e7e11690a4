"""data/cricsheet: both layouts of Cricsheet, the cards added up, the sentences read back."""
import json
import os
import re
from collections import Counter, defaultdict

import pytest

import prepare

REAL = os.path.join(prepare.ROOT, "..", "shared", "data", "stats", "cricsheet_ipl_yaml")
cricket = prepare.load_source("cricsheet")


@pytest.fixture(scope="module")
def real():
    """(the matches read here by other means, {record: document})."""
    if not os.path.isdir(REAL):
        pytest.skip("the IPL matches in YAML are not in shared/data")
    raw = {os.path.basename(name)[:-5]: f.read() for name, f in prepare.Upstream(REAL).files("*.yaml")}
    docs = list(cricket.documents(prepare.Upstream(REAL), 1))
    assert len({d["record"] for d in docs}) == len(docs)
    return {key: by_hand(text) for key, text in raw.items()}, {d["record"]: d for d in docs}


def by_hand(text):
    """A YAML match by regular expressions only: toss, outcome and what each innings comes to."""
    info, *parts = re.split(r"\n  - [^\n]*(?:innings|Super Over):\n", text)
    outcome, toss = (re.search(rf"  {key}:\n((?:    .*\n)+)", info)[1] for key in ("outcome", "toss"))
    value = lambda key: (re.findall(rf"^ +{key}: (.+)$", outcome, re.M) or [""])[0]
    innings = []
    for part in parts:
        runs = Counter()
        for name, n in zip(re.findall(r"^ {12}batsman: (.*)", part, re.M), re.findall(r"^ {14}batsman: (\d+)", part, re.M)):
            runs[name] += int(n)
        innings.append({"team": re.search("team: (.*)", part)[1], "runs": sum(map(int, re.findall(r"total: (\d+)", part))), "bat": runs,
                        "wickets": part.count("player_out:") - part.count("kind: retired hurt"),
                        "extras": sum(map(int, re.findall(r"^ {14}extras: (\d+)", part, re.M)))})
    return {"winner": value("winner"), "runs": value("runs"), "wickets": value("wickets"), "eliminator": value("eliminator"), "toss": toss,
            "date": re.search(r"dates:\n +- (\S+)", info)[1], "last": re.findall(r"^    - (\d{4}-\d\d-\d\d)", info, re.M)[-1], "teams": re.findall("teams:\n +- (.*)\n +- (.*)", info)[0], "innings": innings,
            "result": value("result"), "method": value("method"), "best": re.findall(r"player_of_match:\n +- (.*)", info)}


def test_scorecards_of_real_matches_add_up(real):
    matches, docs = real
    cards = [(k.split()[0], d["text"]) for k, d in docs.items() if " scorecard " in k]
    assert len(cards) > 180
    for key, text in cards:
        blocks = text.split("\n\n")[1:]
        assert len(blocks) == len(matches[key]["innings"])
        for block, i in zip(blocks, matches[key]["innings"]):
            head = re.match(r"(.+?)(?: \(super over\))? (\d+)(?: all out|(?: for |/)(\d+))", block)
            assert (head[1], int(head[2]), int(head[3] or 10)) == (i["team"], i["runs"], i["wickets"])
            bat = {p: int(n) for p, n in re.findall(r"^([^,\n]+), .*?, (\d+) \(\d+\)$", block, re.M)}
            assert {p: n for p, n in bat.items() if n} == {p: n for p, n in i["bat"].items() if n}
            assert int(re.search(r"Extras (\d+)", block)[1]) == i["extras"] == i["runs"] - sum(bat.values())
            overs = re.findall(r"(\d+)(?:\.(\d))?-\d+-(\d+)-(\d+)(?:;|$)", block)
            total = re.search(r" (\d+)(?:\.(\d))? overs?$", block.split("\n")[0])
            balls = lambda o, b: 6 * int(o) + int(b or 0)
            assert sum(balls(o, b) for o, b, *_ in overs) == balls(*total.groups())
            assert sum(int(r) for *_, r, _ in overs) <= i["runs"] and sum(int(w) for *_, w in overs) <= i["wickets"]
            falls = re.findall(r"(\d+)-(\d+) \(", block)
            assert [int(w) for w, _ in falls] == list(range(1, i["wickets"] + 1)) and [int(r) for _, r in falls] == sorted(int(r) for _, r in falls)


WON = r"{0} (?:beat|defeated|overcame|got the better of|were too good for) {1}|{1} (?:lost|went down|were beaten) (?:to|by)|{0} won (?:by|against)|{0} (?:recorded|earned|took|completed|gained) an? "


def test_reports_of_real_matches_tell_the_record(real):
    matches, docs = real
    told = Counter()
    for key, m in matches.items():
        text, (x, y) = docs[f"{key} report"]["text"], m["teams"]
        assert docs[f"{key} report"]["date"] == m["last"] and docs[f"{key} report"]["sport"] == "cricket"
        winner = m["winner"] or m["eliminator"]
        if m["winner"]:
            loser = y if winner == x else x
            margin = re.search(r"\b(?:by (\d+) (run|wicket)s?|an? (\d+)-(run|wicket) win)", text)
            assert (margin[1] or margin[3], margin[2] or margin[4]) == ((m["runs"], "run") if m["runs"] else (m["wickets"], "wicket"))
            assert re.search(WON.format(winner, loser), text) and not re.search(WON.format(loser, winner), text), text
            assert ("target revised by the Duckworth-Lewis method" in text) == (m["method"] == "D/L")
        elif m["eliminator"]:
            assert "super over" in text.lower() and re.search(rf"{winner} (won|beat)|gave {winner} the win|lost the super over", text)
        else:
            assert "result" in text and "wicket win" not in text
        for i in m["innings"][:2]:
            assert re.search(rf"\b{i['runs']}(?: all out|(?: for |/){i['wickets']})\b", text)
            best = max(i["bat"].values())
            assert best == 0 or re.search(rf"\b{best}( not out)? (off|from) \d+ ball", text)
        assert all(name in text for name in m["best"])
        first = re.search(r"\n\n(.*?)\.", text)[1]  # the side the toss sent in bats first
        field = "field" in m["toss"]
        assert any(t in first and (t in m["toss"]) != field for t in m["teams"]), first
        told["matches"] += 1
    assert told["matches"] == len(matches) > 500


def test_seasons_and_careers_are_sums_of_the_matches(real):
    matches, docs = real
    career, season = Counter(), defaultdict(Counter)
    won = defaultdict(Counter)
    for m in matches.values():
        for i in m["innings"][:2]:
            career.update(i["bat"])
            season[m["date"][:4]].update(i["bat"])
        for t in m["teams"]:
            won[m["date"][:4]][t] += t == (m["winner"] or m["eliminator"])
    pages = 0
    for k, d in docs.items():
        if " season " in k:
            year, text = k.split()[-1], d["text"]
            leaders = [(p, int(n)) for p, n in re.findall(r"^\d\. (.+): (\d+) runs in", text, re.M)]
            assert [n for _, n in leaders] == [n for _, n in season[year].most_common(8)] and all(season[year][p] == n for p, n in leaders)
            table = {t: int(w) for t, w in re.findall(r"^(.+): played \d+, (\d+) wins?", text, re.M)}
            assert table == won[year] and list(table.values()) == sorted(table.values(), reverse=True)
        elif " player " in k:
            name = k.split(" player ")[1]
            runs = sum(int(n) for n in re.findall(r"^\d{4}: (\d+) runs? in", d["text"], re.M)) or int((re.search(r"(\d+) runs? in", d["text"]) or [0, 0])[1])
            assert runs == career[name], name
            pages += 1
        elif " pair " in k:
            x, y = k.split(" pair ")[1].split(" v ")
            n = {t: sum(set(m["teams"]) == {x, y} and t == (m["winner"] or m["eliminator"]) for m in matches.values()) for t in (x, y)}
            assert f"{n[x]} win{'s' * (n[x] != 1)} for {x}" in d["text"] and f"{n[y]} win{'s' * (n[y] != 1)} for {y}" in d["text"]
    assert pages > 250


def test_wording_is_clean_and_drawn_from_the_seed(real):
    docs = real[1]
    for d in docs.values():
        assert not re.search(r"too good for [^.]* by \d|beaten by \d+ \w+ against|wickets were led", d["text"]), d["text"]
        assert not re.search(r"\bNone\b|\bnan\b|\bTrue\b|  |[{}\[\]]| [,.;]|\.\.|,\.", d["text"]), d["text"]
        assert not re.search(r"\b(?!1\b)\d+ (run|wicket|ball|four|match|win)\b(?!-)|(?<![\d.])\b1 (runs|wickets|balls|fours|matches|wins)\b", d["text"]), d["text"]
        assert not re.search(r"\ba (8\d*|11|18)-|\ban (?!8|11-|18-|innings|unbroken)", d["text"]), d["text"]
        assert 40 < len(d["text"].split()) <= 400
    small = os.path.join(REAL, "data")
    a, b, c = ([d["text"] for d in cricket.documents(prepare.Upstream(small), seed)] for seed in (1, 1, 2))
    assert a == b and a != c and set(a[:1]) <= {d["text"] for d in docs.values()}

# -----------------------------------------------------------------------------
# the JSON layout, written by its documentation

def ball(batter="A", bowler="X", runs=0, non_striker="B", wickets=(), **extras):
    d = {"batter": batter, "bowler": bowler, "non_striker": non_striker, "runs": {"batter": runs, "extras": sum(extras.values()), "total": runs + sum(extras.values())}}
    return {**d, **({"extras": extras} if extras else {}), **({"wickets": list(wickets)} if wickets else {})}


def innings(team, *overs, **more):
    return {"team": team, "overs": [{"over": n, "deliveries": list(o)} for n, o in enumerate(overs)], **more}


OVER = [ball(runs=r) for r in (1, 0, 4, 6, 0, 0)]
INFO = {"balls_per_over": 6, "city": "London", "venue": "Lord's", "dates": ["2019-07-14"], "gender": "male", "match_type": "ODI", "overs": 50, "season": "2019",
        "team_type": "international", "teams": ["England", "New Zealand"], "toss": {"winner": "New Zealand", "decision": "bat"}, "registry": {"people": {}},
        "officials": {"umpires": ["M Erasmus", "HDPK Dharmasena"]}, "outcome": {"winner": "England", "by": {"runs": 1}}}


@pytest.fixture
def told(tmp_path):
    """told(info, innings...) -> the report of a JSON match; told.folder holds what was written."""
    def told(info, *parts, key="1", drop=()):
        match = {"meta": {"data_version": "1.1.0"}, "info": {k: v for k, v in {**INFO, **info}.items() if k not in drop}, "innings": list(parts) or [innings("England", OVER)]}
        (tmp_path / f"{key}.json").write_text(json.dumps(match), encoding="utf-8")
        told.docs = {d["record"]: d["text"] for seed in (3, 4, 5, 6) for d in cricket.documents(prepare.Upstream(str(tmp_path)), seed)}
        texts = [d["text"] for seed in range(8) for d in cricket.documents(prepare.Upstream(str(tmp_path)), seed) if d["record"] == f"{key} report"]
        assert all(not re.search(r"None|  |[{}\[\]]| [,.;]|\.\.|^[a-z ,]", t) for t in texts), texts
        return texts
    told.folder = tmp_path
    return told


@pytest.mark.parametrize("outcome, words", [
    ({"result": "tie", "eliminator": "England"}, "super over"), ({"result": "tie", "bowl_out": "England"}, "bowl-out"), ({"result": "tie"}, "tie"),
    ({"result": "draw"}, "dr[ae]w"), ({"result": "no result"}, "no result|without a result"), ({"winner": "England", "method": "Awarded"}, "awarded to England|England were awarded"),
    ({"winner": "England", "by": {"innings": 1, "runs": 46}}, "an innings and 46 runs"), ({"winner": "England", "by": {"innings": 1, "runs": 1}}, "an innings and 1 run\\b"),
    ({"winner": "England", "by": {"runs": 8}}, "by 8 runs|an 8-run win"), ({"winner": "England", "by": {"wickets": 1}}, "by 1 wicket\\b|a 1-wicket win"),
    ({"winner": "England", "by": {"runs": 20}, "method": "VJD"}, r"\(target revised by the VJD method\)"), ({"winner": "England", "by": {"runs": 20}, "method": "D/L"}, r"\(target revised by the Duckworth-Lewis method\)"),
    ({"winner": "England", "method": "Lost fewer wickets"}, r"\(fewer wickets lost\)")])
def test_every_outcome(told, outcome, words):
    texts = told({"outcome": outcome})
    assert all(re.search(words, t) for t in texts), texts
    assert len(set(texts)) > 4
    if outcome.get("winner") or len(outcome) == 2:
        assert not any(re.search(r"New Zealand (beat|won|were awarded|defeated|recorded)|to New Zealand\b(?! and lost)(?!.*\blost the)", t.split(".")[0]) for t in texts), texts


def test_super_overs_are_told_and_not_counted(told):
    text = told({"outcome": {"result": "tie", "eliminator": "England"}, "event": {"name": "ICC Cricket World Cup", "stage": "Final"}},
                innings("New Zealand", OVER), innings("England", OVER), innings("England", OVER, super_over=True), innings("New Zealand", [ball(runs=3)], super_over=True))
    assert all("England made 11 for 0 and New Zealand made 3 for 0" in t and "the final of the 2019 ICC Cricket World Cup" in t for t in text)
    assert any("A was the leading run-scorer: 22 runs in 2 innings" in t or "A: 22 runs in 2 innings" in t or "22 runs in 2 innings" in t for t in told.docs.values())


def test_balls_overs_and_credits():
    caught = lambda **k: {"player_out": "A", "kind": "caught", "fielders": [{"name": "F", **k}]}
    i = cricket.card(innings("England",
                             [ball(wides=1), ball(noballs=1, runs=4), ball(legbyes=2), ball(runs=4, byes=0), ball(), ball(), ball()],  # five fair balls: miscounted
                             [ball(bowler="Y", wickets=[{"player_out": "B", "kind": "run out", "fielders": [{"name": "F"}]}])] + [ball(bowler="Y", non_striker="C")] * 5,
                             [ball(bowler="Z", non_striker="C", wickets=[{"player_out": "A", "kind": "retired hurt"}]), ball("D", "Z", 6, "C"), ball("A", "Z", 1, "D"),
                              ball("A", "Z", 0, "D", [caught(substitute=True), {"player_out": "D", "kind": "run out"}])],
                             penalty_runs={"pre": 5}, absent_hurt=["Q"]), 6)
    assert (i["runs"], i["wickets"], i["overs"], i["extras"]) == (5 + 1 + 5 + 2 + 4 + 6 + 1, 3, "2.4", 9)
    assert i["bat"] == {"A": [9, 15, 2, 0, "c sub F b Z"], "B": [0, 0, 0, 0, "run out (F)"], "C": [0, 0, 0, 0, "not out"], "D": [6, 1, 0, 1, "run out"]}
    assert i["bowl"] == {"X": [6, 0, 10, 0], "Y": [6, 1, 0, 0], "Z": [4, 0, 7, 1]}
    assert i["falls"] == [(1, 17, "B"), (2, 24, "A"), (3, 24, "D")] and not i["catches"]["F"]
    assert cricket.card(innings("England", OVER[:5], miscounted_overs={"0": {"balls": 5}}), 6)["overs"] == "1"
    boundary = {**ball(runs=4), "runs": {"batter": 4, "extras": 0, "total": 4, "non_boundary": True}}
    assert cricket.card(innings("England", [boundary]), 6)["bat"]["A"] == [4, 1, 0, 0, "not out"]


@pytest.mark.parametrize("kind, by, words", [
    ("bowled", [], "b X"), ("lbw", [], "lbw b X"), ("caught", ["F"], "c F b X"), ("caught", [], "caught, b X"), ("caught and bowled", [], "c and b X"), ("stumped", ["F"], "st F b X"),
    ("hit wicket", [], "hit wicket b X"), ("run out", ["F", "G"], "run out (F/G)"), ("obstructing the field", [], "obstructing the field"), ("timed out", [], "timed out")])
def test_ways_to_be_out(kind, by, words):
    i = cricket.card(innings("England", [ball(wickets=[{"player_out": "A", "kind": kind, "fielders": [{"name": name} for name in by]}])]), 6)
    assert i["bat"]["A"][4] == words and i["bowl"]["X"][3] == (kind in cricket.BOWLERS) and i["wickets"] == 1


def test_test_matches_women_and_what_is_missing(told):
    texts = told({"match_type": "Test", "dates": ["2019-12-30", "2019-12-31", "2020-01-01"], "event": {"name": "New Zealand tour of England", "match_number": 2},
                  "outcome": {"winner": "England", "by": {"innings": 1, "runs": 46}}},
                 innings("England", OVER, declared=True), innings("New Zealand", OVER, absent_hurt=["Q"]), {"team": "New Zealand", "forfeited": True}, drop=["overs"])
    assert all("11 for 0 declared" in t or "11/0 declared" in t for t in texts) and all("forfeited" in t and re.search("bsent hurt", t) for t in texts)
    assert all("a Test match of the 2019 New Zealand tour of England (match 2)" in t and "rom 30 December 2019 to 1 January 2020" in t for t in texts)
    texts = told({"match_type": "T20", "gender": "female", "overs": 20}, drop=["venue", "city", "toss", "officials"])
    assert all("women's Twenty20 international" in t and "toss" not in t and " at " not in t.split(".")[0] for t in texts)
    texts = told({"match_type": "T20", "team_type": "club", "event": {"name": "Women's Big Bash League", "match_number": 3, "group": "A"}, "gender": "female", "season": "2016/17",
                  "overs": 20, "toss": {"uncontested": True, "winner": "England", "decision": "bat"}})
    assert all("match 3 of the 2016/17 Women's Big Bash League (Group A)" in t and "ncontested" in t or "no contested toss" in t for t in texts)
    texts = told({"match_type": "T20", "team_type": "club", "event": {"name": "Indian Premier League", "stage": "Qualifier 1"}, "season": "2020/21", "dates": ["2020-11-05"]})
    assert all("Qualifier 1 of the 2020 Indian Premier League" in t for t in texts)


def as_yaml(match):
    """The match in the old layout."""
    i = match["info"]
    out = ["---", "meta:", "  data_version: 0.9", "info:", "  city: London", "  competition: IPL", "  dates:", f"    - {i['dates'][0]}", "  gender: male", "  match_type: T20",
           "  outcome:", "    by:", "      wickets: 10", "    winner: England", "  overs: 20", "  player_of_match:", "    - 'O''Brien'", "  teams:",
           "    - England", "    - New Zealand", "  toss:", "    decision: bat", "    winner: New Zealand", "  umpires:", "    - M Erasmus", "    - HDPK Dharmasena",
           "  venue: 'Lord''s, St John''s Wood'", "innings:"]
    for n, part in enumerate(match["innings"]):
        out += [f"  - {'1st innings' if n == 0 else '2nd innings' if n == 1 else part['team'] + ' Super Over'}:", f"      team: {part['team']}", "      deliveries:"]
        for over in part["overs"]:
            for b, d in enumerate(over["deliveries"], 1):
                out += [f"        - {over['over']}.{b}:", f"            batsman: {d['batter']}", f"            bowler: {d['bowler']}"]
                out += ["            extras:"] * bool(d.get("extras")) + [f"              {k}: {v}" for k, v in d.get("extras", {}).items()]
                out += [f"            non_striker: {d['non_striker']}", "            runs:", f"              batsman: {d['runs']['batter']}",
                        f"              extras: {d['runs']['extras']}", f"              total: {d['runs']['total']}"]
                for w in d.get("wickets", []):
                    out += ["            wicket:", "              fielders:", *(f"                - {f['name']}{' (sub)' * f.get('substitute', False)}" for f in w["fielders"]),
                            f"              kind: {w['kind']}", f"              player_out: {w['player_out']}"]
    return "\n".join(out) + "\n"


def test_both_layouts_give_the_same_documents(tmp_path):
    info = {**INFO, "match_type": "T20", "team_type": "club", "overs": 20, "event": {"name": "Indian Premier League"}, "player_of_match": ["O'Brien"],
            "venue": "Lord's, St John's Wood", "outcome": {"winner": "England", "by": {"wickets": 10}}}
    out = {"player_out": "A", "kind": "caught", "fielders": [{"name": "F", "substitute": True}]}
    long = [ball(wides=1)] * 9 + [ball(runs=4), ball(wickets=[out])]  # 0.10 is a ball of its own
    match = {"info": info, "innings": [innings("New Zealand", long + OVER[:5]), innings("England", OVER), innings("England", OVER, super_over=True)]}
    for name, text in (("json", json.dumps(match)), ("yaml", as_yaml(match))):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"7.{name}").write_text(text, encoding="utf-8")
    (tmp_path / "json" / "README.txt").write_text("no match", encoding="utf-8")
    (tmp_path / "json" / "people.json").write_text("{}", encoding="utf-8")
    a, b = ([d for d in cricket.documents(prepare.Upstream(str(tmp_path / name)), 1)] for name in ("json", "yaml"))
    assert a == b and any("13 for 1" in d["text"] or "14 for 1" in d["text"] or "/1" in d["text"] for d in a)
    both = [d for d in cricket.documents(prepare.Upstream(str(tmp_path)), 1)]
    assert both == a  # a match in both layouts comes once


def test_nothing_to_read(tmp_path):
    (tmp_path / "README.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no match found"):
        list(cricket.documents(prepare.Upstream(str(tmp_path)), 1))
