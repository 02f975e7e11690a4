"""data/lahman: the texts say what the tables say, whatever tables there are."""
import csv
import os
import re

import pytest

import prepare

FOLDER = os.path.join(prepare.ROOT, os.pardir, "shared", "data", "stats", "chadwick_baseballdatabank")
SMALL = {w: i for i, w in enumerate("no one two three four five six seven eight nine ten eleven twelve".split())}
figure = lambda w: SMALL[w.lower()] if w.lower() in SMALL else int(w.replace(",", ""))


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("lahman")


@pytest.fixture(scope="module")
def tables(source):
    if not os.path.isdir(FOLDER):
        pytest.skip("no shared/data/stats/chadwick_baseballdatabank beside the repository")
    names = "Teams People SeriesPost HallOfFame Managers Salaries AwardsSharePlayers".split()
    return {name: [r for _, f in prepare.Upstream(FOLDER).files(name + ".csv") for r in csv.DictReader(f)] for name in names}


@pytest.fixture(scope="module")
def docs(source, tables):
    found = list(source.documents(prepare.Upstream(FOLDER), 1337))
    assert len({d["record"] for d in found}) == len(found)
    return {d["record"]: d for d in found}


def test_team_seasons_come_back(tables, docs, source):
    seen = dict.fromkeys(("record", "rank", "runs", "homers", "crowd", "errors"), 0)
    for r in tables["Teams"]:
        text = docs[f"{r['yearID']} {r['teamID']}"]["text"]
        first = re.split(r"(?<!\bSt)\. ", text)[0]
        assert re.sub(r" \(.*", "", r["name"]) in first and r["yearID"] in first
        assert f"{r['W']}-{r['L']}" in first or {r["W"], r["L"]} <= set(re.findall(r"\d+", first)), first
        seen["record"] += 1
        assert source.nth(int(r["Rank"])) in first.lower(), first
        seen["rank"] += 1
        for a, b in re.findall(r"They scored ([\d,]+) runs (?:and allowed|and gave up|to) ([\d,]+)", text):
            assert (figure(a), figure(b)) == (int(r["R"]), int(r["RA"]))
            seen["runs"] += 1
        for k in re.findall(r"(\w+) home runs?", text):
            assert figure(k) == int(r["HR"]), text
            seen["homers"] += 1
        for k in re.findall(r"made (\w+) errors?", text):
            assert figure(k) == int(r["E"]), text
            seen["errors"] += 1
        assert not r["attendance"] or not r["Ghome"] or f"{int(r['attendance']):,}" in text or r["attendance"] == "0"
        seen["crowd"] += f"{int(r['attendance'] or 0):,}" in text
        gap = re.search(r"(\d+½?|half a) games? (?:behind|back|ahead)", text)
        if gap and "First place" in text:
            group = [t for t in tables["Teams"] if (t["yearID"], t["lgID"], t["divID"]) == (r["yearID"], r["lgID"], r["divID"])]
            top = min(group, key=lambda t: int(t["Rank"]))
            k = (int(top["W"]) - int(r["W"]) + int(r["L"]) - int(top["L"])) / 2
            assert k == (.5 if gap[1] == "half a" else float(gap[1].replace("½", ".5"))), text
    assert min(seen.values()) > 300, seen


def test_managers_come_back(tables, docs):
    people = {r["playerID"]: f"{r['nameFirst']} {r['nameLast']}".strip() for r in tables["People"]}
    by_team = {}
    for r in tables["Managers"]:
        by_team.setdefault((r["yearID"], r["teamID"]), []).append(r)
    for (y, t), rs in by_team.items():
        text = docs[f"{y} {t}"]["text"]
        for r in rs:
            assert re.escape(people[r["playerID"]]) and people[r["playerID"]] in text
            assert len(rs) == 1 or f"{people[r['playerID']]} ({r['W']}-{r['L']}" in text


def test_standings_come_back(tables, docs):
    rows = {(r["yearID"], re.sub(r" \(.*", "", r["name"]), r["W"], r["L"], r["Rank"]) for r in tables["Teams"]}
    seen = 0
    for record, d in docs.items():
        if record.endswith("standings"):
            for rank, name, w, l in re.findall(r"^(\d+)\. (.+?) (\d+)-(\d+)(?:,|$)", d["text"], re.M):
                assert (record[:4], name, w, l, rank) in rows, d["text"]
                seen += 1
    assert seen > 2900


def test_births_deaths_debuts_and_bodies_come_back(tables, docs, source):
    seen = dict(born=0, died=0, debut=0, size=0)
    for r in tables["People"][::7]:
        text = docs.get(f"person {r['playerID']}", {}).get("text", "")
        if not text:
            continue
        if r["birthYear"]:
            date = source.day(r["birthYear"], r["birthMonth"], r["birthDay"])
            assert re.search(rf"(^(On|In) {date}|born (on|in) {date})", text), text
            assert not r["birthCity"] or r["birthCity"] in text
            seen["born"] += 1
        if r["deathYear"]:
            assert source.day(r["deathYear"], r["deathMonth"], r["deathDay"]) in text
            age = re.search(r"(?:aged|age of) (\d+)", text)
            if age:
                days = [int(r[k + x]) for k in ("death", "birth") for x in ("Year", "Month", "Day")]
                assert int(age[1]) == days[0] - days[3] - (days[1:3] < days[4:])
            seen["died"] += bool(age)
        if r["debut"] and r["finalGame"]:
            assert source.iso(r["debut"]) in text and (r["finalGame"][:4] == "2021" or source.iso(r["finalGame"]) in text)
            seen["debut"] += 1
        size = re.search(r"(\d) feet(?: (\d+) inch(?:es)?)?", text)
        if size:
            assert int(size[1]) * 12 + int(size[2] or 0) == int(r["height"]) and r["weight"] in re.findall(r"(\d+) pounds", text)
            seen["size"] += 1
        assert not {r["bats"], r["throws"]} == {"L", "R"} or "left-handed" in text and "right-handed" in text
    assert min(seen.values()) > 1000, seen


def test_hall_of_fame_and_salaries_come_back(tables, docs):
    paid = {}
    for r in tables["Salaries"]:
        paid.setdefault(r["playerID"], []).append(int(r["salary"]))
    for p, all_paid in list(paid.items())[::5]:
        text = docs.get(f"person {p}", {}).get("text")
        assert text is None or re.findall(r"\$([\d,]*\d)", text) == [f"{max(all_paid):,}"], text
    seen = 0
    for r in tables["HallOfFame"]:
        text = docs.get(f"person {r['playerID']}", {}).get("text", "")
        if r["inducted"] == "Y" and text:
            assert "Hall of Fame" in text and r["yearID"] in text
            assert not r["votes"] or f"{r['votes']} of {r['ballots']} votes" in text, text
            seen += 1
        if r["inducted"] == "Y" and r["votes"]:
            assert f"({r['votes']} of {r['ballots']} votes)" in docs[f"{r['yearID']} Hall of Fame"]["text"]
    assert seen > 250


def test_series_and_votes_come_back(tables, docs):
    teams = {(r["yearID"], r["teamID"]): re.sub(r" \(.*", "", r["name"]) for r in tables["Teams"]}
    for r in tables["SeriesPost"]:
        text = docs[f"{r['yearID']} post-season"]["text"]
        score = f"{r['wins']} game{'' if r['wins'] == '1' else 's'} to {r['losses'].replace('0', 'none')}"
        score += ", with 1 tie" if r["ties"] == "1" else ""
        for side in ("winner", "loser"):
            assert teams[r["yearID"], r["teamID" + side]] in text
            assert score in docs[f"{r['yearID']} {r['teamID' + side]}"]["text"]
        names = [teams[r["yearID"], r["teamID" + x]] for x in ("winner", "loser")]
        sentence = [s for s in re.split(r"(?<!\bSt)\. ", text) if score in s and all(name in s for name in names)][0]
        assert r["wins"] == r["losses"] or re.search(r"\b(beat|defeated|won|lost)\b", sentence)
    points = {(r["yearID"], r["lgID"], r["awardID"], f"{float(r['pointsWon']):g}") for r in tables["AwardsSharePlayers"]}
    votes = 0
    for record, d in docs.items():
        m = re.fullmatch(r"(\d+) (\w+) (MVP|Cy Young|Rookie of the Year) vote", record)
        for k in re.findall(r", (\d+) of \d+ points", d["text"]) if m else []:
            assert (m[1], m[2], m[3], k) in points
            votes += 1
    assert votes > 3000


def test_texts_are_clean(docs):
    for d in docs.values():
        assert not re.search(r"None|\bnan\b|  |[{}\[\]|]| ,|\.\.|,,|\(\)", d["text"]), d["text"]
        assert not re.search(r"\b0 (runs?|hits?|games?)\b|\b1 (runs|hits|errors|home runs|games|wins)\b", d["text"]), d["text"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", d["date"]) and d["sport"] == "baseball" and len(d["text"].split()) < 420
    openings = [" ".join(d["text"].split()[:2]) for r, d in docs.items() if re.fullmatch(r"\d{4} \w+", r)]
    assert len(set(openings)) > 200


def test_the_sport_the_year_and_the_cut_are_told(tables, docs):
    assert .4 < sum("baseball" in d["text"].lower() for d in docs.values()) / len(docs) < .95
    votes = {}
    for r in tables["AwardsSharePlayers"]:
        key = f"{r['yearID']} {r['lgID']} {r['awardID']} vote"
        votes[key] = votes.get(key, 0) + 1
    for record, d in docs.items():
        if record.endswith("post-season"):
            assert record[:4] in d["text"].split("\n")[0].split(". ")[0] or "St. " in d["text"], d["text"]
        if votes.get(record, 0) > 2:
            assert ("the first ten" in d["text"]) == (votes[record] > 10), d["text"]
        assert not re.search(r"batted in in|World Series was \d+(,| and)|baseball's Baseball", d["text"]), d["text"]


def test_the_seed_decides(source, tables):
    first = lambda seed: [d["text"] for _, d in zip(range(300), source.documents(prepare.Upstream(FOLDER), seed))]
    assert first(1) == first(1) != first(2)


# -----------------------------------------------------------------------------
# small tables made by hand

TEAM = dict(yearID=1981, lgID="NL", teamID="AAA", franchID="FAA", divID="", Rank=1, G=100, Ghome=50, W=60, L=40, DivWin="", WCWin="", LgWin="N",
            WSWin="N", R=500, HR=70, SB=80, RA=400, ERA="3.1", SHO=9, SOA=600, E=99, DP=88, name="Alpha Aces", park="Old Park III/New Grounds",
            attendance=500000)
PERSON = dict(playerID="doejo01", birthYear=1950, birthMonth=5, birthDay=6, birthCountry="USA", birthState="OH", birthCity="Akron", deathYear="",
              deathMonth="", deathDay="", deathCountry="", deathState="", deathCity="", nameFirst="Joe", nameLast="Doe", nameGiven="Joseph Q.",
              weight=200, height=73, bats="B", throws="L", debut="1970-04-05", finalGame="1981-06-07")


@pytest.fixture
def told(source, tmp_path):
    """told(Teams=[...], Batting=[...], ...) -> {record: text}"""
    def told(**tables):
        tables = {"Teams": [TEAM], "People": [PERSON], **tables}
        for name, rows in tables.items():
            with open(tmp_path / f"{name}.csv", "w", newline="") as f:
                w = csv.DictWriter(f, list(rows[0]))
                w.writeheader()
                w.writerows(rows)
        return {d["record"]: d["text"] for d in source.documents(prepare.Upstream(str(tmp_path)), 1)}
    return told


def test_only_teams_and_people_must_be_there(told, source, tmp_path):
    with pytest.raises(ValueError, match="Teams.csv"):
        list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    found = told()
    season = found["1981 AAA"]
    assert "60" in season and "Old Park" in season and "the New Grounds" in season and "III" not in season
    text = " ".join(found.values())
    assert "May 6, 1950" in text and "Akron, Ohio" in text and "switch-hitter" in text and "6 feet 1 inch" in text and "April 5, 1970" in text


def test_headers_of_other_releases(told):
    other = {{"Ghome": "GHome", "SOA": "so_a", "yearID": "year.ID"}.get(k, k): v for k, v in TEAM.items()}
    assert "500,000" in told(Teams=[other])["1981 AAA"]


def test_halves_ties_and_a_changed_name(told):
    half = [dict(yearID=1981, lgID="NL", teamID="AAA", Half=h, divID="", DivWin="N", Rank=k, G=50, W=w, L=50 - w)
            for h, k, w in ((1, 3, 20), (2, 1, 40))]
    other = {**TEAM, "teamID": "BBB", "franchID": "FBB", "name": "Beta Bees", "Rank": 2, "W": 50, "L": 50, "G": 103}
    old = [{**TEAM, "yearID": y, "name": "Alpha Arrows"} for y in (1977, 1978, 1979, 1980)]
    found = told(Teams=[TEAM, other, *old], TeamsHalf=half)
    assert re.search(r"third.*\(20-30\).*first.*\(40-10\)", found["1981 AAA"]) and "ahead of" not in found["1981 AAA"]
    assert re.search("3 of their games|3 tied games|Another 3 games|3 games were tied|Three of", found["1981 BBB"])
    assert "Alpha Arrows" in found["1981 AAA"] and "1980" in found["1981 AAA"]
    assert "the Alpha Arrows (1977-1980) and the Alpha Aces (1981)" in found["franchise FAA"] and "300" in found["franchise FAA"]


def test_series_without_a_winner_and_managers_who_played(told):
    other = {**TEAM, "teamID": "BBB", "franchID": "FBB", "lgID": "AL", "name": "Beta Bees"}
    series = [dict(yearID=1981, round="WS", teamIDwinner="AAA", lgIDwinner="NL", teamIDloser="BBB", lgIDloser="AL", wins=3, losses=3, ties=1)]
    boss = [dict(playerID="doejo01", yearID=1981, teamID="AAA", lgID="NL", inseason=1, G=100, W=60, L=40, rank=1, plyrMgr="Y")]
    found = told(Teams=[TEAM, other], SeriesPost=series, Managers=boss)
    assert "ended level, 3 games to 3, with 1 tie" in found["1981 post-season"]
    assert "level" in found["1981 AAA"] and "level" in found["1981 BBB"]
    assert "Joe Doe (also a player)" in found["1981 AAA"]
    assert re.search("the Alpha Aces.*60.*40", " ".join(t for r, t in found.items() if r.startswith(("person", "debut"))))


def test_careers_add_up_and_a_gap_leaves_the_total_out(told):
    first = dict(playerID="doejo01", yearID=1981, stint=1, teamID="AAA", lgID="NL", G=100, AB=400, R=50, H=120, HR=30, RBI=90, SB=5)
    second = {**first, "stint": 2, "teamID": "BBB", "G": 20, "AB": 100, "H": 20, "HR": 31, "RBI": 1200}
    pitched = dict(playerID="doejo01", yearID=1981, stint=1, teamID="AAA", lgID="NL", W=1, L=2, G=4, CG=1, SHO=1, SV=3, IPouts=31, ER=4, SO=9)
    teams = [TEAM, {**TEAM, "teamID": "BBB", "franchID": "FBB", "name": "Beta Bees"}, {**TEAM, "yearID": 1982}]
    text = told(Teams=teams, Batting=[first, second], Pitching=[pitched])["person doejo01"]
    assert "the Alpha Aces (1981) and the Beta Bees (1981)" in text and ".280" in text and "61 home runs" in text and "120 games" in text
    assert re.search("1,290 runs", text)
    assert "61" in re.search(r"[^.]*(?:most home runs|total of home runs|home runs, his most|year for home runs)[^.]*", text)[0]
    assert "1-2" in text and "3.48" in text and re.search("3 saves|Three saves", text)
    text = told(Teams=teams, Batting=[first, {**first, "yearID": 1980, "RBI": ""}], Pitching=[pitched])["person doejo01"]
    assert "batted in" not in text and "drove in" not in text and "240 hits" in text and "800 at-bats" in text


def test_people_of_whom_little_is_known(told):
    nobody = {**{k: "" for k in PERSON}, "playerID": "smith99", "nameLast": "Smith", "debut": "1875-05-01", "finalGame": "1875-05-01"}
    young = {**PERSON, "playerID": "young01", "nameFirst": "Al", "nameLast": "Young", "nameGiven": "Al", "deathYear": "1990", "deathCity": "Rome"}
    found = told(People=[nobody, young, PERSON])
    text = "\n".join(found.values())
    assert re.search(r"Smith[^\n]*May 1, 1875", text) and text.count("May 1, 1875") == 1
    assert re.search(r"Al Young[^\n]*(died|death)[^\n]* in 1990", text) and not re.search(r"aged \d|\bage of \d", text)
    assert not re.search("He was born|  |None", text)
