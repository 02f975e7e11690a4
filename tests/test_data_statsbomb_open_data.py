"""data/statsbomb_open_data: what the pages tell is what matches, events and line-ups say, in files of upstream's format."""
import json
import re
from collections import defaultdict
from random import Random

import pytest

import prepare

script = prepare.load_source("statsbomb_open_data")
TEAMS = {1: "Ajax", 2: "Benfica", 3: "Celtic", 4: "Dukla", 5: "Everton", 6: "Feyenoord"}
WORDS = {w: i for i, w in enumerate("no one two three four five six seven eight nine ten".split())}
NUMBER = "(" + "|".join(WORDS) + r"|\d+)"
number = lambda text: WORDS[text.lower()] if text.lower() in WORDS else int(text)
numbers = lambda text: set(re.findall(r"\d+", text))
names = lambda m: (TEAMS[m["home_team"]["home_team_id"]], TEAMS[m["away_team"]["away_team_id"]])
date = lambda m: numbers(m["match_date"].replace("-0", "-"))
ref = lambda id, name: {"id": id, "name": name}
player = lambda team, n: ref(100 * team + n, f"{TEAMS[team]} Long Name {'abcdefghijklmnop'[n]}")
nickname = lambda team, n: f"Nick {TEAMS[team]} {'abcdefghijklmnop'[n]}"


def match(id, date, home, away, score, **more):
    """A match as upstream writes it"""
    def side(which, team):
        boss = {"id": team, "name": f"Boss {TEAMS[team]} Long", "nickname": f"Boss {TEAMS[team]}", "dob": "2023-07-31", "country": ref(1, "Nowhere")}
        about = {"id": team, "name": TEAMS[team], "gender": "male", "group": None}
        return {**{f"{which}_team_{key}": value for key, value in about.items()}, "country": ref(1, "Nowhere"), "managers": [boss]}
    return {"match_id": id, "match_date": date, "kick_off": "20:45:00.000", "home_team": side("home", home), "away_team": side("away", away),
            "competition": {"competition_id": 11, "country_name": "Spain", "competition_name": "La Liga"},
            "season": {"season_id": 1, "season_name": "2017/2018"}, "home_score": score[0], "away_score": score[1], "match_status": "available",
            "match_week": 1, "competition_stage": ref(1, "Regular Season"), "referee": ref(7, "Ref Eree"),
            "stadium": {"id": 3, "name": f"Stade {TEAMS[home][:3]}o ", "country": ref(214, "Spain")}, **more}


def season():
    """Two rounds of a league with postponed matches, and a cup with a shoot-out"""
    rng, rows, id = Random(3), [], 5000
    for home in TEAMS:
        for away in TEAMS:
            for lap in (0, 1) if home != away else ():
                id += 1
                week = 1 + (home + away + 11 * lap) % 22
                date = f"2017-{8 + week % 4:02}-{1 + week:02}" if not lap else f"2018-0{2 + week % 4}-{1 + week:02}"
                rows.append(match(id, date, home, away, (rng.randrange(5), rng.randrange(5)), match_week=week))
    rows += [match(5900 + n, "2018-05-30", 1, 2, (None, None), match_status=status) for n, status in enumerate(("postponed", "scheduled"))]
    cup = dict(competition={"competition_id": 55, "country_name": "Europe", "competition_name": "UEFA Euro"}, season={"season_id": 43, "season_name": "2020"})
    for n, stage in enumerate(["Group Stage", "Group Stage", "Quarter-finals", "Semi-finals", "Final"]):
        home, away = 1 + n % 2, 3 + n % 3
        score = (1, 1) if stage == "Final" else (n, 1)
        rows.append(match(6000 + n, f"2021-06-{10 + n}", home, away, score, competition_stage=ref(n, stage), **cup))
        rows[-1]["home_team"]["home_team_group"] = rows[-1]["away_team"]["away_team_group"] = "Group F" if n < 2 else None
    return rows


def event(id, period, minute, team, kind, who=None, **more):
    base = {"id": f"e{id}", "index": id, "period": period, "timestamp": "00:00:00.000", "minute": minute, "second": 59, "type": ref(1, kind),
            "possession": 333, "team": ref(team, TEAMS[team]), **more}
    return {**base, "player": player(team, who)} if who is not None else base


def shot(id, period, minute, team, who, xg, outcome="Goal", how="Open Play", **more):
    return event(id, period, minute, team, "Shot", who, shot={"statsbomb_xg": xg, "outcome": ref(97, outcome), "type": ref(87, how), **more})


def events_of(m, seed=1):
    """Events that add up to the score: own goals, penalties, stoppage time, and of a final extra time and a shoot-out"""
    rng, (home, away), out = Random(f"{seed} {m['match_id']}"), (m["home_team"]["home_team_id"], m["away_team"]["away_team_id"]), []
    final = m["competition_stage"]["name"] == "Final"
    for team in (home, away):
        out.append(event(len(out), 1, 0, team, "Starting XI", tactics={"formation": rng.choice([433, 41212, 4231]), "lineup": [
            {"player": player(team, n), "position": ref(n, "Back"), "jersey_number": 71 + n} for n in range(11)]}))
        for n in range(rng.randrange(5, 9)):
            out.append(event(len(out), 1, n, team, "Pass", n, **{"pass": {"outcome": {"name": "Out"}} if n % 3 else {}}))
    for team, other, n in ((home, away, m["home_score"]), (away, home, m["away_score"])):
        for k in range(n):
            period = 3 if final else rng.choice([1, 2])
            minute = {1: rng.choice([0, 20, 44, 45, 47]), 2: rng.choice([45, 60, 89, 90, 93]), 3: 90 + 9 * (team == home)}[period]
            if rng.random() < .2:
                out += [event(len(out), period, minute, other, "Own Goal Against", 4), event(len(out) + 1, period, minute, team, "Own Goal For")]
            elif rng.random() < .3:
                out.append(shot(len(out), period, minute, team, 9, .76, how="Penalty"))
            else:
                out.append(event(len(out), period, minute, team, "Pass", 7, **{"pass": {"recipient": player(team, k), "goal_assist": True}}))
                out.append(shot(len(out), period, minute, team, k, .123, key_pass_id=f"e{len(out) - 1}"))
        out += [shot(len(out), 2, 70, team, 2, .05, "Saved"), shot(len(out) + 1, 2, 71, team, 2, .02, "Off T")]
        out.append(event(len(out), 2, 62, team, "Substitution", 1, substitution={"outcome": {"name": "Tactical"}, "replacement": player(team, 12)}))
    out.append(event(len(out), 1, 46, home, "Foul Committed", 5, foul_committed={"card": ref(7, "Yellow Card")}))
    out.append(event(len(out), 2, 80, away, "Bad Behaviour", 6, bad_behaviour={"card": {"id": 6, "name": rng.choice(["Second Yellow", "Red Card"])}}))
    for n in range(5) if final else ():
        out += [shot(len(out) + i, 5, 120, team, n, .7, "Saved" if n == i * 3 + 1 and i == 0 else "Goal", "Penalty") for i, team in enumerate((home, away))]
    return sorted(out, key=lambda e: (e["period"], e["minute"], e["index"]))


def upstream(folder, rows, events=(), nicknames=False):
    by = defaultdict(list)
    for m in rows:
        by[m["competition"]["competition_id"], m["season"]["season_id"]].append(m)
    for name, data in [(f"matches/{c}/{s}.json", ms) for (c, s), ms in by.items()] + [(f"events/{id}.json", e) for id, e in dict(events).items()]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(data), encoding="utf-8")
    if nicknames:
        one = lambda t, n: {"player_id": player(t, n)["id"], "player_name": player(t, n)["name"], "player_nickname": nickname(t, n) if n < 11 else None}
        team = lambda t: {"team_id": t, "team_name": TEAMS[t], "lineup": [one(t, n) for n in range(13)]}
        (folder / "lineups").mkdir()
        (folder / "lineups" / "1.json").write_text(json.dumps([team(t) for t in TEAMS]), encoding="utf-8")
    return prepare.Upstream(str(folder))


ROWS = season()
PLAYED = [m for m in ROWS if m["home_score"] is not None]
EVENTS = {m["match_id"]: events_of(m) for m in PLAYED if m["match_id"] % 2 == 0}  # every second match has its events on disk


@pytest.fixture(scope="module", params=[1, 2, 3, 4])
def docs(request, tmp_path_factory):
    return {d["record"]: d for d in script.documents(upstream(tmp_path_factory.mktemp("sb"), ROWS, EVENTS, nicknames=True), request.param)}


@pytest.fixture
def tell(tmp_path):
    return lambda *rows, seed=1, **more: {d["record"]: d["text"] for d in script.documents(upstream(tmp_path, rows, **more), seed)}


def shown(e):
    """The minute of an event as a report may write it: 13, 45+2, the second minute of stoppage time"""
    full, over = {1: 45, 2: 90, 3: 105}[e["period"]], e["minute"] + 1 - {1: 45, 2: 90, 3: 105}[e["period"]]
    return f"({full}+{over})|in the {script.nth(over)} minute of stoppage" if over > 0 else f"({e['minute'] + 1})|in the {script.nth(e['minute'] + 1)} minute"


def test_documents_are_whole(docs):
    assert sum(r.startswith("match ") for r in docs) == len(PLAYED) and {"competition 11 1", "team 11 1 3", "pair 1 2", "manager Boss Ajax"} < set(docs)
    for d in docs.values():
        assert d["sport"] == "soccer" and re.fullmatch(r"\d{4}(-\d\d){2}", d["date"]) and re.fullmatch(r"https://.*/matches/\d+/\d+\.json", d["url"])
        assert all(x == y for x, y in re.findall(r"level at (\d)-(\d)", d["text"])) and not re.search(r"(\d)-\1 (ahead|up|lead)", d["text"])
        assert not re.search(r"None|\bnan\b|  |[{}\[\]|]|\.\.|,,|,\.| [,.]|the the|\bone (goals|shots|wins|matches)|Long Name [a-k]\b", d["text"]), d["text"]


def test_reports_tell_the_match_and_no_other_number(docs):
    for m in PLAYED:
        text, score = docs[f"match {m['match_id']}"]["text"], sorted((m["home_score"], m["away_score"]), reverse=True)
        first, teams = text.split(". ")[0], names(m)
        assert f"{score[0]}-{score[1]}" in first and all(t in first for t in teams)
        if score[0] > score[1]:
            won = teams[m["away_score"] > m["home_score"]]
            order = first.index(won) < min(first.index(t) for t in teams if t != won)
            assert f"for {won}" in first or order == (not re.search("lost|fell|went down|were beaten", first)), first
        assert all(f"Boss {t}" in text and "Long" not in text.split("Boss")[1][:20] for t in teams) and "Ref Eree" in text and "20:45" in text
        assert f"Stade {teams[0][:3]}o, Spain" in first
        cup = m["competition_stage"]["name"] != "Regular Season"
        allowed = set(map(str, score)) | date(m) | {"20", "45"} | numbers(m["season"]["season_name"]) | (set() if cup else {str(m["match_week"])})
        assert m["match_id"] in EVENTS or numbers(text) <= allowed, (numbers(text) - allowed, text)
        assert "does not count" not in text


def test_reports_tell_every_event(docs):
    kinds = defaultdict(int)
    for m in (m for m in PLAYED if m["match_id"] in EVENTS):
        text, mine = docs[f"match {m['match_id']}"]["text"], EVENTS[m["match_id"]]
        who = lambda e: nickname(e["team"]["id"], e["player"]["id"] % 100)
        for e in mine:
            kind, goal = e["type"]["name"], e.get("shot", {}).get("outcome", {}).get("name") == "Goal" and e["period"] < 5
            if goal or kind == "Own Goal Against":
                how = "a penalty by " if goal and e["shot"]["type"]["name"] == "Penalty" else "" if goal else "an own goal by "
                found = [s for s in re.split(r"(?<!\d)\. ", text.lower()) if (how + who(e)).lower() in s and any(part in s for part in shown(e).split("|"))]
                assert found, (how + who(e), shown(e), text)
                kinds[how] += 1
            if kind == "Substitution":
                assert f"{TEAMS[e['team']['id']]} Long Name m for {who(e)} (63)" in text
            if kind == "Foul Committed":
                assert f"a yellow card went to {who(e)} (45+2)".lower() in text.lower()
            if kind == "Bad Behaviour":
                assert re.search(rf"{who(e)} of {e['team']['name']} was sent off|{e['team']['name']} lost {who(e)} to a red card", text) and "81st" in text
        for team in (m["home_team"]["home_team_id"], m["away_team"]["away_team_id"]):
            shots = [e["shot"] for e in mine if e["type"]["name"] == "Shot" and e["period"] < 5 and e["team"]["id"] == team]
            on = sum(s["outcome"]["name"] in ("Goal", "Saved") for s in shots)
            told = re.search(rf"{TEAMS[team]} had {NUMBER} shots worth ([\d.]+) expected goals, {NUMBER} of|"
                             rf"{NUMBER} shots of {TEAMS[team]}, {NUMBER} on target, came to ([\d.]+)", text, re.I)
            n, x, k = (told[1], told[2], told[3]) if told[1] else (told[4], told[6], told[5])
            assert (number(n), float(x), number(k)) == (len(shots), round(sum(s["statsbomb_xg"] for s in shots) + 1e-9, 2), on), (told[0], shots)
            passes = [e["pass"] for e in mine if e["type"]["name"] == "Pass" and e["team"]["id"] == team]
            assert re.search(rf"{TEAMS[team]} (completed )?{sum('outcome' not in p for p in passes)} (out )?of {len(passes)}\b", text), text
            formation = next(e["tactics"]["formation"] for e in mine if e["type"]["name"] == "Starting XI" and e["team"]["id"] == team)
            assert f"in a {'-'.join(str(formation))}: " + ", ".join(nickname(team, n) for n in range(10)) + " and " in text
    assert min(kinds.values()) > 2 and len(kinds) == 3


def test_extra_time_and_shootouts(docs):
    text = docs["match 6004"]["text"]
    assert "1-1" in text and "extra time" in text.lower() and re.search("(Dukla (won|beat)|went to Dukla|Ajax lost)[^.]*5-4|to Dukla, 5-4", text), text
    assert "made Dukla the winners" in text and "winners were Dukla" in docs["competition 55 43"]["text"]
    assert not any("extra time" in d["text"].lower() for r, d in docs.items() if r.startswith("match 5"))


def test_seasons_rounds_pairs_and_managers_add_up(docs):
    league = [m for m in PLAYED if m["competition"]["competition_id"] == 11]
    goals = sum(m["home_score"] + m["away_score"] for m in league)
    assert {str(len(league)), str(goals)} <= numbers(docs["competition 11 1"]["text"])
    rounds = [line for r, d in docs.items() if r.startswith("round 11") for line in re.split(r"\n|(?<=[\da-z])\. ", d["text"])]
    for m in league:
        score = f"{max(m['home_score'], m['away_score'])}-{min(m['home_score'], m['away_score'])}"
        assert any(score in line and all(team in line for team in names(m)) and str(int(m["match_date"][8:])) in numbers(line) for line in rounds)
    for record, d in docs.items():
        kind, *key = record.split()
        pool = league if kind == "team" and key[0] == "11" else PLAYED if kind in ("manager", "pair") else []
        first = re.search("|".join(TEAMS[int(k)] for k in key), d["text"])[0] if kind == "pair" else TEAMS[int(key[2])] if kind == "team" else key[-1]
        own = [(m, names(m).index(first)) for m in pool if first in names(m) and (kind != "pair" or set(names(m)) == {TEAMS[int(k)] for k in key})]
        if not own:
            continue
        scores = [(m["home_score"], m["away_score"])[::1 - 2 * i] for m, i in own]
        counts = tuple(number(re.search(NUMBER + f" {noun}s?\\b", d["text"], re.I)[1]) for noun in ("win", "draw", "defeat"))
        assert counts == (sum(f > g for f, g in scores), sum(f == g for f, g in scores), sum(f < g for f, g in scores)), d["text"]
        assert number(re.search(NUMBER + " (matches|times)", d["text"], re.I)[1]) == len(own)
        f, g = sum(f for f, _ in scores), sum(g for _, g in scores)
        assert kind == "manager" or f"{f}-{g}" in d["text"] or f"{f} goals for and {g} against" in d["text"]


def test_a_seed_decides(tmp_path):
    files = upstream(tmp_path, ROWS, EVENTS)
    one, again, other = (list(script.documents(files, seed)) for seed in (1, 1, 2))
    assert one == again and [d["record"] for d in one] == [d["record"] for d in other]
    assert sum(a["text"] != b["text"] for a, b in zip(one, other)) > .8 * len(one)


def test_what_is_missing_is_not_told(tell):
    m = match(1, "2018-04-18", 1, 2, (3, 0), kick_off=None, stadium=None, match_week=None)
    del m["referee"], m["home_team"]["managers"]
    text = tell(m)["match 1"]
    assert "3-0" in text and "Boss Benfica managed Benfica" in text and not re.search("None|kick|referee|Stade|week|matchday| at ", text), text
    m["home_team"]["home_team_name"], m["away_team"]["away_team_name"] = "Netherlands Women's", "Celtic Women"
    m["home_team"]["home_team_gender"], m["kick_off"] = "female", "02:30:00.000"
    text = tell(m)["match 1"]
    assert "the netherlands" in text.lower() and "Women" not in text and "women's La Liga" in text and "at 02:30 Central European time" in text


def test_a_match_tells_no_more_than_its_files(tell):
    m = match(8, "2018-04-18", 1, 2, (2, 0))
    final, other = (match(9 + n, f"2018-05-{18 + 4 * n}", 3 + n, 4 - n, (1, 1 - n), competition_stage=ref(26, "Final")) for n in (0, 1))
    assert "does not count a penalty shoot-out" in tell(final)["match 9"] and "winners" not in tell(final)["match 9"]
    assert "made Dukla the winners" in tell(other)["match 10"] and not any("winners of" in text for text in tell(final, other).values())  # two legs
    text = tell(m, events={8: [shot(1, 1, 7, 1, 3, .4), event(2, 1, 8, 2, "Own Goal For")]})["match 8"]
    assert "2-0" in text and "minute" not in text and re.search("one shot", text, re.I) and "0.40" in text and "Long Name" not in text


def test_files_without_a_result_are_refused(tell):
    with pytest.raises(ValueError, match="matches/COMPETITION/SEASON.json"):
        tell(match(1, "2018-04-18", 1, 2, (None, None), match_status="postponed"))
    assert len(script.FILES) == 75 and all(re.fullmatch(r"matches/\d+/\d+\.json", path) and url.endswith(path) for path, url in script.FILES.items())
