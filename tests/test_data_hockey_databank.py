"""data/hockey_databank: what its texts say is what the tables say, and odd records are worded right."""
import csv
import gzip
import os
import re
import zipfile
from collections import Counter
from datetime import date

import pytest

import prepare
from conftest import found, regex, unique

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "..", "shared", "data", "stats", "hockey_databank")


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("hockey_databank")


@pytest.fixture(scope="module")
def real(source):
    if not os.path.isdir(DATA):
        pytest.skip(f"no upstream data: {os.path.relpath(DATA, ROOT)} is absent")
    return {d["record"]: d for d in unique(source.documents(prepare.Upstream(DATA), 1337))}


@pytest.fixture(scope="module")
def table(real):
    def table(name):
        path = os.path.join(DATA, name + ".csv")
        with open(path, encoding="utf-8") if os.path.exists(path) else gzip.open(path + ".gz", "rt", encoding="utf-8") as f:
            return list(csv.DictReader(f))
    return table


def count(words):
    """"no goals" -> 0, "1,234 games" -> 1234"""
    first = words.split()[0].lower()
    return 0 if first == "no" else int(first.replace(",", ""))


def noun(word):
    return rf"(?:no|[\d,]+) {word}(?:e?s)?"

# -----------------------------------------------------------------------------
# the real tables

def test_the_statement_the_readme_demands_stands_in_the_docstring(source, real):
    with open(os.path.join(DATA, "readme.txt"), encoding="utf-8") as f:
        statement = re.search(r'"(The information used herein .+?)"', f.read(), re.S)[1]
    assert statement in source.__doc__


def test_every_text_is_clean_and_dated(real):
    assert len(real) > 20000 and 2_000_000 < sum(len(d["text"].split()) for d in real.values()) < 4_000_000
    for d in real.values():
        assert not re.search(r"\bNone\b|\bnan\b|  |[{}\[\]|]| ,|,,|\.\.| \.|\(\)|the team [A-Z0-9]{3}\b|\b1 (goal|game|assist|point|win|shutout)s\b", d["text"]), d["text"]
        assert d["text"][0].upper() == d["text"][0] and d["sport"] == "hockey" and d["url"] and date.fromisoformat(d["date"])
        assert 15 < len(d["text"].split()) < 530, d["record"]


def test_careers_hold_every_season(source, real, table):
    rows, goalies = {}, {r["playerID"] for r in table("Goalies")}
    for r in table("Scoring"):
        if r["GP"]:
            rows.setdefault(r["playerID"], []).append(r)
    team = {(r["year"], r["tmID"]): r["name"] for r in table("Teams")}
    nouns = dict(G=noun("goal"), A=noun("assist"), P=noun("point"), GP=noun("game"), M=noun("penalty minute"), y=r"\d{4}-\d\d", gg=r"\d+", aa=r"\d+",
                 t="(?:the )?(?:" + "|".join(sorted(map(re.escape, set(team.values())), key=len, reverse=True)) + ")", post="(?:[;,] [^.]*?)?")
    prose = regex(source.WORDS["skater"] + source.WORDS["blank"], **nouns)
    line = re.compile(r"^(?P<y_0>\d{4}-\d\d), (?P<t_0>[^:\n]+): (?P<GP_0>[^,]+|\d,\d+ games), (?P<G_0>[^,]+), (?P<A_0>[^,;\n]+)", re.M)
    players = [r for r in real if r.startswith("player") and r.split()[1] not in goalies][::25]
    for record in players:
        own = sorted(rows[record.split()[1]], key=lambda r: (int(r["year"]), r["stint"]))
        text = real[record]["text"].split("\n\n", 1)[1]
        facts = list(found(line, text)) or list(found(prose, text))
        assert [(f["y"], re.sub("^the ", "", f["t"], flags=re.I)) for f in facts] == [(source.span(r["year"]), team[r["year"], r["tmID"]]) for r in own], text
        for f, r in zip(facts, own):
            for key, column in (("GP", "GP"), ("G", "G"), ("A", "A"), ("P", "Pts"), ("M", "PIM")):
                assert key not in f or count(f[key]) == int(r[column] or 0), (f, r)
            assert "gg" not in f or (f["gg"], f["aa"]) == (r["G"], r["A"])
    assert len(players) > 250


def test_teams_tell_their_record_goals_and_series(source, real, table):
    series = table("SeriesPost")
    names = {(r["year"], r["tmID"]): r["name"] for r in table("Teams")}
    for r in table("Teams")[::4]:
        text = real[f"team {r['year']} {r['tmID']}"]["text"]
        numbers = [r["W"], r["L"]] + [r[c] for c in ("T", "OTL") if r[c]]
        words = [f"{source.n(int(r[c] or 0), w)}" for c, w in (("W", "win"), ("L", "loss"), ("T", "tie"), ("OTL", "overtime loss")) if r[c] not in ("", "0") or c in "WL"]
        assert "-".join(numbers) in text or all(w in text for w in words), text
        assert source.n(int(r["Pts"]), "point") in text.replace("No points", "no points") and r["name"] in text
        if "goals came to" in text or "Goals:" in text or "The team scored" in text:
            assert re.search(rf"\b{r['GF']} (to|for and|and allowed|goals to) {r['GA']}\b", text), text
        for s in series:
            if s["year"] == r["year"] and r["tmID"] in (s["tmIDWinner"], s["tmIDLoser"]) and not s["note"]:
                score = f"{s['W']}-{s['L']}" + (f"-{s['T']}" if s["T"] != "0" else "")
                assert score in text and names[s["year"], s["tmIDWinner"]] in text and names[s["year"], s["tmIDLoser"]] in text


def test_standings_hold_every_team(source, real, table):
    for r in table("Teams"):
        line = f"{r['name']} " + "-".join([r["W"], r["L"]] + [r[c] for c in ("T", "OTL") if r[c]]) + ", " + source.n(int(r["Pts"]), "point")
        text = real[f"league {r['year']} {r['lgID']}"]["text"]
        assert line in text and f", {r['GF']}-{r['GA']}" in text


def test_records_between_franchises_add_up(source, real, table):
    team = {(r["year"], r["tmID"]): r for r in table("Teams")}
    total, text = Counter(), " ".join(d["text"] for r, d in real.items() if r.startswith("rivals MTL"))
    for r in table("TeamVsTeam"):
        if r["lgID"] == "NHL" and team[r["year"], r["tmID"]]["franchID"] == "MTL" and team[r["year"], r["oppID"]]["franchID"] == "BOS":
            total.update({c: int(r[c] or 0) for c in ("W", "L", "T", "OTL")})
    record = "-".join(str(total[c]) for c in ("W", "L", "T", "OTL"))
    sentence = next(s for s in text.split(". ") if "the Boston Bruins" in s)
    assert record in sentence and str(sum(total.values())) in sentence


def test_leaders_are_the_leaders(real, table):
    people = {r["playerID"]: f"{r['firstName']} {r['lastName']}" for r in table("Master")}
    goals = Counter()
    for r in table("Scoring"):
        if (r["year"], r["lgID"]) == ("1981", "NHL"):
            goals[people[r["playerID"]]] += int(r["G"] or 0)
    text = real["leaders 1981 NHL 0"]["text"]
    for name, n in goals.most_common(5):
        assert re.search(rf"{name} \([^)]+, {n}\)", text)


def test_pages_of_seasons(source, real, table):
    people = {r["playerID"]: f"{r['firstName']} {r['lastName']}" for r in table("Master")}
    rows = {}
    for r in table("Scoring"):
        rows.setdefault((r["year"], r["lgID"], r["playerID"]), []).append(r)
    pages = [r for r in real if r.startswith("page")][::10]
    for record in pages:
        own, text = rows[tuple(record.split()[1:])], real[record]["text"]
        total = lambda c: sum(int(r[c] or 0) for r in own)
        assert people[record.split()[3]] in text and source.span(own[0]["year"]) in text
        for c, word in (("G", "goal"), ("A", "assist"), ("Pts", "point"), ("GP", "game")):
            assert source.n(total(c), word) in text, text
    assert len(pages) > 300


def test_famous_seasons(real):
    assert all(x in real["page 1985 NHL gretzwa01"]["text"] for x in ("215 points", "52 goals", "163 assists", "Edmonton Oilers"))
    assert "Hamilton Tigers by default" in real["play-offs 1924"]["text"] and "influenza" in real["play-offs 1918"]["text"]
    assert "exhibition" in real["final 1912"]["text"] and "play-offs 1912" not in real
    assert "became the Jersey Knights on November 21, 1973" in real["team 1973 NYJ"]["text"] and "228th Battalion" in real["team 1916 TOB"]["text"]
    assert "Quebec Nordiques" in real["franchise COL"]["text"] and "Denver" not in real["franchise COL"]["text"]
    assert re.search(r"first (half|was won)", real["league 1917 NHL"]["text"])

# -----------------------------------------------------------------------------
# odd cases, in upstream's own format

MASTER = ("playerID,coachID,hofID,firstName,lastName,nameNote,nameGiven,nameNick,height,weight,shootCatch,legendsID,ihdbID,hrefID,firstNHL,lastNHL,firstWHA,lastWHA,pos,"
          "birthYear,birthMon,birthDay,birthCountry,birthState,birthCity,deathYear,deathMon,deathDay,deathCountry,deathState,deathCity")
SCORING = ("playerID,year,stint,tmID,lgID,pos,GP,G,A,Pts,PIM,+/-,PPG,PPA,SHG,SHA,GWG,GTG,SOG,PostGP,PostG,PostA,PostPts,PostPIM,Post+/-,PostPPG,PostPPA,PostSHG,PostSHA,"
           "PostGWG,PostSOG")
TEAMS = "year,lgID,tmID,franchID,confID,divID,rank,playoff,G,W,L,T,OTL,Pts,SoW,SoL,GF,GA,name,PIM,BenchMinor,PPG,PPC,SHA,PKG,PKC,SHF"
FILES = {
    "Master.csv": [MASTER,
        "oneal01,oneal01c,oneal01h,Al,One,,Albert,Ace/Duke,73,190,L,,,,1999,2005,,,C/L,1975,3,,Canada,ON,Trail,9999,,,,,",
        "twobo01,,,Bo,Two,,,,72,,R,,,,1999,1999,,,G,,,,,,,2001,,,,,", "thrcy01,,,Cy,Three,,,,61,150,,,,,2005,2017,,,D,1980,1,2,Russian Federation,,Ufa,,,,,,"],
    "Teams.csv": [TEAMS, "1999,NHL,AAA,AAA,EC,NE,1,SC,4,2,0,1,1,6,,,11,5,Arden Aces,,,,,,,,", "1999,NHL,BBB,BBB,EC,NE,2,,4,1,2,1,0,3,,,5,11,Borough Bears,,,,,,,,",
        "1913,NHA,LES,LES,,,1,,2,1,1,0,,2,,,3,4,Les Canadiens,,,,,,,,", "2005,NHL,CCC,AAA,EC,NE,1,,3,2,0,,1,5,1,0,9,4,Cairn Crows,40,0,2,10,0,1,9,0",
        "2005,NHL,BBB,BBB,EC,NE,2,,3,1,2,,0,2,0,1,4,9,Borough Bears,,,,,,,,"],
    "Scoring.csv": [SCORING, "oneal01,1999,1,AAA,NHL,C,2,1,1,2,0,,,,,,,,,,,,,,,,,,,,", "oneal01,1999,2,BBB,NHL,C,1,0,0,0,5,,,,,,,,,1,0,0,0,0,,,,,,,",
        "oneal01,2005,1,CCC,NHL,C,,,,,,,,,,,,,,2,1,0,1,0,,,,,,,", "thrcy01,2005,1,CCC,NHL,D,60,31,40,71,12,-3,9,1,0,0,2,,200,,,,,,,,,,,,",
        "twobo01,1999,1,AAA,NHL,G,2,0,0,0,0,,,,,,,,,,,,,,,,,,,,"],
    "Goalies.csv": ["playerID,year,stint,tmID,lgID,GP,Min,W,L,T/OL,ENG,SHO,GA,SA,PostGP,PostMin,PostW,PostL,PostT,PostENG,PostSHO,PostGA,PostSA",
        "twobo01,1999,1,AAA,NHL,2,120,1,0,1,,1,3,,,,,,,,,,"],
    "Coaches.csv": ["coachID,year,tmID,lgID,stint,notes,g,w,l,t,otl,postg,postw,postl,postt", "oneal01c,2005,CCC,NHL,1,interim,3,2,0,,1,,,,", "ghost01c,2005,BBB,NHL,1,,3,1,2,,0,,,,"],
    "SeriesPost.csv": ["year,round,series,tmIDWinner,lgIDWinner,tmIDLoser,lgIDLoser,W,L,T,GoalsWinner,GoalsLoser,note", "1999,SF,,AAA,NHL,BBB,NHL,1,0,1,6,5,TG",
        "1999,SCF,,AAA,NHL,BBB,NHL,4,0,1,20,8,", "1999,F,,AAA,NHL,BBB,NHL,0,0,0,0,0,DEF"],
    "TeamVsTeam.csv": ["year,lgID,tmID,oppID,W,L,T,OTL", "1999,NHL,AAA,BBB,2,0,1,1", "1999,NHL,BBB,AAA,1,2,1,0", "2005,NHL,CCC,BBB,2,0,,1", "2005,NHL,BBB,CCC,1,2,,0"],
    "AwardsPlayers.csv": ["playerID,award,year,lgID,note,pos", "oneal01,Hart,1999,NHL,,", "twobo01,Vezina,1999,NHL,shared,", "oneal01,Vezina,1999,NHL,shared,",
        "oneal01,Lady Byng,1999,NHL,tie,", "thrcy01,Lady Byng,1999,NHL,tie,", "oneal01,First Team All-Star,1999,NHL,,C", "twobo01,First Team All-Star,1999,NHL,,G"],
    "HOF.csv": ["year,hofID,name,category", "2010,oneal01h,Al One,Player", "2010,refer01h,Ref Eree,Referee/Linesman"],
    "abbrev.csv": ["Type,Code,Fullname", "Round,SF,Semi-Finals", "Round,SCF,Stanley Cup Finals", "Round,F,Finals", "Division,NE,Northeast Division"],
    "CombinedShutouts.csv": ["year,month,date,tmID,oppID,R/P,IDgoalie1,IDgoalie2", "2000,3,14,AAA,BBB,P,twobo01,oneal01"],
    "ScoringShootout.csv": ["playerID,year,stint,tmID,S,G,GDG", "thrcy01,2005,1,CCC,1,1,1"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One archive with a folder on top, as the live address serves it."""
    path = tmp_path_factory.mktemp("upstream")
    with zipfile.ZipFile(path / "hockey-databank.zip", "w") as z:
        for name, lines in FILES.items():
            z.writestr("hockey-databank-master/" + name, "\n".join(lines) + "\n")
    return str(path)


@pytest.fixture(scope="module")
def many(source, folder):
    """{record: its texts under many seeds}"""
    texts = {}
    for seed in range(40):
        for d in unique(source.documents(prepare.Upstream(folder), seed)):
            texts.setdefault(d["record"], []).append(d["text"])
    return texts


def test_a_seed_says_the_same_twice_and_another_says_it_otherwise(source, folder):
    one, two, other = ([d["text"] for d in source.documents(prepare.Upstream(folder), seed)] for seed in (1, 1, 2))
    assert one == two and one != other


def test_lives_with_missing_dates(many):
    for t in many["player oneal01"]:
        assert "in March 1975" in t and "in Trail, Ontario" in t and "6 feet 1 inch" in t and "center and left wing" in t.lower() and '("Ace")' in t
        assert "9999" not in t and "death" not in t and "died" not in t  # the date is not known
        assert "Hockey Hall of Fame" in t and "2010" in t and "Hart Memorial Trophy" in t and "the First All-Star Team" in t
        assert "2005-06" not in t.replace("1999-00 to 2005-06", "")  # play-offs only: no games of the season
    for t in many["player twobo01"]:
        assert "in 2001" in t and "pounds" not in t and "1.50" in t and "1-0-1" in t or "1 win" in t
    for t in many["player thrcy01"]:
        assert "Ufa, Russia" in t and "Federation" not in t and "5 feet 1 inch and" in t.replace("inch,", "inch and") and "was a defenseman" not in t


def test_two_teams_in_a_season_and_plural_forms(many):
    for t in many["player oneal01"]:
        assert t.index("Arden Aces") < t.index("Borough Bears") and "1 goals" not in t and "1 games" not in t and "1 assists" not in t
    assert all("Aces and" not in t for t in many["roster 1999 AAA 0"])


def test_page_leaves_out_what_is_missing(many):
    for t in many["page 2005 NHL thrcy01"]:
        assert "71 points" in t and "31 goals" in t and "play-offs" not in t and "None" not in t and "+-3" not in t


def test_series_ties_total_goals_and_defaults(many):
    for t in many["play-offs 1999"]:
        assert "total goals" in t and "6-5" in t and "4-0-1" in t and "by default" in t and "Stanley Cup finals" in t and "NHL Stanley" not in t


def test_records_of_four_numbers_are_explained(many):
    assert all("2-0-1-1" in t and "ties and overtime losses" in t for t in many["versus 1999 NHL 0"])
    assert all("1-2-0" in t and "wins, losses and overtime losses" in t for t in many["versus 2005 NHL 0"])
    assert all("4-0-1-2" in t for t in many["rivals AAA 0"])


def test_coaches_without_a_name_and_one_season(many):
    assert not any("ghost" in t or "()" in t for ts in many.values() for t in ts) and "coach ghost01c" not in many
    assert all("from 2005-06 to 2005-06" not in t and "2-0-1" in t for t in many["coach oneal01c"])


def test_names_articles_and_franchises(many):
    assert not any("the Les Canadiens" in t for ts in many.values() for t in ts)
    assert all("Arden Aces" in t and "Cairn Crows" in t and "1999-00" in t and "2005-06" in t for t in many["franchise AAA"])
    assert all("won the Stanley Cup" in t or "Stanley Cup" in t for t in many["league 1999 NHL"])


def test_shared_and_tied_awards_hall_and_shootouts(many):
    for t in many["awards 1999 NHL 0"]:
        assert re.search(r"(shared|together)", t, re.I) and re.search(r"(tie|tied|level)", t) and "All-Star Team" in t and "Team Team" not in t
    assert all("Ref Eree (referee/linesman)" in t for t in many["hall 201 0"])
    assert all("1" in t and "1 shoot-out attempts" not in t for t in many["shootouts 2005 0"])
    assert all("March 14, 2000" in t and "in the play-offs" in t for t in many["duos 0"])


def test_nothing_to_read_is_one_clear_line(source, tmp_path):
    (tmp_path / "Teams.csv").write_text(TEAMS + "\n")
    with pytest.raises(ValueError, match="Hockey Databank"):
        list(source.documents(prepare.Upstream(str(tmp_path)), 1))


def test_optional_tables_may_be_absent(source, tmp_path):
    for name in ("Master.csv", "Teams.csv"):
        (tmp_path / name).write_text("\n".join(FILES[name]))
    assert any(d["record"] == "league 1999 NHL" for d in source.documents(prepare.Upstream(str(tmp_path)), 1))
