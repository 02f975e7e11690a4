"""data/fivethirtyeight: what its texts say is what the records say, and odd records are worded right."""
import csv
import gzip
import io
import os
import re
import tarfile
from collections import Counter
from datetime import date

import pytest

import prepare
from conftest import found, regex, unique

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = [os.path.join(ROOT, "..", "shared", "data", "stats", d) for d in ("538_data_sports", "538_nfl-elo-game")]
SPORTS = {"soccer", "american_football", "basketball", "baseball", "combat"}
GAMES = "date,season,neutral,playoff,team1,team2,elo1,elo2,elo_prob1,score1,score2,result1"


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("fivethirtyeight")


@pytest.fixture(scope="module")
def real(source):
    missing = [d for d in DATA if not os.path.isdir(d)]
    if missing:
        pytest.skip(f"no upstream data: {os.path.relpath(missing[0], ROOT)} is absent")
    return {d["record"]: d for d in unique(source.documents(prepare.Upstream(*DATA), 1337))}


@pytest.fixture(scope="module")
def games(real):
    with gzip.open(os.path.join(DATA[1], "data", "nfl_games.csv.gz"), "rt", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def results_in(source, text, names):
    """{(winner, loser, score)} and {(side, side, score)} of the ties that a round-up tells."""
    w, score = source.WORDS, r"\d+-\d+"
    of = lambda texts: "(?:" + regex(texts).pattern + ")"
    places = list(zip(*(w["at" + k] for k in "HAN")))
    team = "(?:" + "|".join(re.escape(x) for x in sorted(names, key=len, reverse=True)) + ")"
    beat = of([t for k in ("close", "normal", "rout", "blank") for t in w[k]])
    won = regex(w["won"], w=team, l=team, s=score, a="an? " + score, beat=beat, at=of(places[0]), vs=of(places[1]), to=of(places[2]), kind=of(places[3]))
    tied = regex(w["tied"], h=team, v=team, s=score)
    text = text[:1].lower() + text[1:]
    return ({(m["w"].lower(), m["l"].lower(), m.get("s") or m["a"].split()[1]) for m in found(won, text)},
            {(*sorted((m["h"].lower(), m["v"].lower())), m["s"]) for m in found(tied, text)})

# -----------------------------------------------------------------------------
# the real tables

def test_every_text_is_clean_and_dated(real):
    assert len(real) > 9000 and sum(len(d["text"].split()) for d in real.values()) > 1_000_000
    for d in real.values():
        assert not re.search(r"\bNone\b|\bnan\b|NULL|  |[{}\[\]|]| ,|,,|;;|\bclub listed as", d["text"]), d["text"]
        assert d["text"][0].upper() == d["text"][0] and d["text"][-1].isalnum() | (d["text"][-1] in ".?:)"), d["text"][-60:]
        assert date.fromisoformat(d["date"]) and d["sport"] in SPORTS and d["url"].startswith("https://github.com/fivethirtyeight/")
        assert 15 < len(d["text"].split()) < 400, d["record"]


def test_round_ups_tell_every_game_as_it_ended(source, real, games):
    weeks = [d for r, d in real.items() if r.startswith("nfl week")][::18]
    by_club = {}
    for g in games:
        by_club.setdefault((g["season"], g["date"]), []).append(g)
    told = 0
    for d in weeks:
        _, _, season, lg, _ = d["record"].split()
        days = {date.fromisoformat(iso).strftime("%B ") + f"{int(iso[8:])}, {iso[:4]}": iso for s, iso in by_club if s == season}
        dates = {iso for words, iso in days.items() if words in d["text"]}
        played = [g for iso in dates for g in by_club[season, iso] if g["playoff"] == "0" and source.league(g["team1"], int(season)) == lg]
        names = {source.club(c, int(season)) for g in played for c in (g["team1"], g["team2"])}
        won, tied = set(), set()
        for g in played:
            (a, x), (b, z) = sorted(((g[t], int(g[s])) for t, s in (("team1", "score1"), ("team2", "score2"))), key=lambda v: -v[1])
            a, b = source.club(a, int(season)).lower(), source.club(b, int(season)).lower()
            (won if x != z else tied).add((a, b, f"{x}-{z}") if x != z else (*sorted((a, b)), f"{x}-{z}"))
        body = d["text"].split("\n\n", 1)[1]
        assert results_in(source, body, names) == (won, tied), d["text"]
        told += len(played)
    assert told > 800


def test_club_seasons_list_every_game_and_the_right_record(source, real, games):
    own = {}
    for g in games:
        for c, o, s, z, at in ((g["team1"], g["team2"], g["score1"], g["score2"], "home"), (g["team2"], g["team1"], g["score2"], g["score1"], "away")):
            if g["playoff"] == "0":
                own.setdefault((g["season"], c), []).append((o, f"{s}-{z}", "neutral" if g["neutral"] == "1" else at, int(s) - int(z), g["date"]))
    item = re.compile(r"\((\d+-\d+), (home|away|neutral), (\w+ \d+)\)|^(\w+ \d+): .+, (home|away|neutral), (?:won|lost|tied) (\d+-\d+)$", re.M)
    for d in [d for r, d in real.items() if r.startswith("nfl club")][::4]:
        _, _, y, c = d["record"].split()
        listed = [(m[1] or m[6], m[2] or m[5], m[3] or m[4]) for m in item.finditer(d["text"])]
        words = lambda iso: date.fromisoformat(iso).strftime("%B ") + str(int(iso[8:]))
        assert listed == [(s, at, words(iso)) for o, s, at, _, iso in own[y, c]], d["text"]
        for o, *_ in own[y, c]:
            assert source.club(o, int(y), "bare") in d["text"]
        w, l, t = (sum((x > 0, x < 0, x == 0)[k] for *_, x, _ in own[y, c]) for k in range(3))
        written = f"{source.n(w, 'win')}", f"{source.n(l, 'loss')}"
        assert re.search(rf"\b{w}-{l}" + (f"-{t}" if t else r"(?!-\d)") + r"\b", d["text"]) or all(x in d["text"] for x in written), d["text"]


def test_head_to_heads_add_up(source, real, games):
    for r in [r for r in real if r.startswith("nfl pair")][::15]:
        a, b = r.split()[2:]
        own = [g for g in games if {g["team1"], g["team2"]} == {a, b}]
        wins = Counter(g["team1"] if g["result1"] == "1" else g["team2"] if g["result1"] == "0" else "tie" for g in own)
        text = real[r]["text"]
        assert re.search(rf"\b{len(own)} (times|games)", text)
        x, z = sorted((wins[a], wins[b]), reverse=True)
        z = z or "(?:0|none)"
        numbers = rf"won {x}\b.* {z}\b|{x} wins (to|for the .+ and) {z}\b|{x}-{z} for|(won|at) {x}\b|: {x} wins each"
        assert re.search(numbers, text), text
        assert ("tie" in text.split("\n")[0]) == bool(wins["tie"]) or "tie" in text


def test_title_games_are_known_by_their_names(real):
    text = lambda record: real[record]["text"]
    assert re.search(r"Super Bowl XX\b", text("nfl year 1985 NFL")) and "46-10" in text("nfl year 1985 NFL")
    assert "Super Bowl 50" in text("nfl year 2015 NFL") and "Super Bowl I " in text("nfl play-offs 1966").replace(",", " ")
    assert "in the afl championship game" in text("nfl play-offs 1968").lower() and "the AAFC championship game" in text("nfl year 1948 AAFC")
    assert text("nfl play-offs 2012").lower().count("in the conference championship game") == 2
    for names in ("Oakland Raiders (1960-1981)", "Los Angeles Raiders (1982-1994)", "Las Vegas Raiders (2020)"):
        assert names in text("nfl franchise OAK")


def test_careers_hold_the_ratings(source, real):
    with gzip.open(os.path.join(DATA[0], "nba-raptor", "historical_RAPTOR_by_player.csv.gz"), "rt", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    of = {}
    for r in rows:
        of.setdefault(r["player_id"], []).append(r)
    number = r"[+-]?\d+\.\d"
    line = "{y}: {m} minutes, RAPTOR {r} (offense {o}, defense {d}), WAR {w}"
    pattern = regex([*source.WORDS["row"], line], y=r"\d{4}-\d\d", m=r"[\d,]+", r=number, o=number, d=number, w=number, p=r"[^\n]{2,25}?")
    near = lambda text, value: abs(float(text) - float(value)) < 0.0501
    players = [r for r in real if r.startswith("nba player")][::7]
    for record in players:
        own = sorted(of[record.split()[-1]], key=lambda r: r["season"])
        facts = list(found(pattern, real[record]["text"].split("\n\n", 1)[1]))
        assert [f["y"] for f in facts] == [source.span(r["season"]) for r in own], real[record]["text"]
        for f, r in zip(facts, own):
            assert f["m"].replace(",", "") == r["mp"]
            assert all(near(f[k], r[c]) for k, c in (("r", "raptor_total"), ("o", "raptor_offense"), ("d", "raptor_defense"), ("w", "war_total")))
    assert len(players) > 300


def test_womens_tournament(source, real):
    facts = " ".join(d["text"] for r, d in real.items() if r.startswith("ncaa women UConn"))
    with open(os.path.join(DATA[0], "ncaa-womens-basketball-tournament", "ncaa-womens-basketball-tournament-history.csv"), encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["School"] == "UConn"]
    assert [int(y) for y in re.findall(r"the team of (\d{4})", facts, re.I)] == [int(r["Year"]) for r in rows]
    assert sum(facts.count(t) for t in source.WORDS["Champ"]) == sum(r["Tourney finish"] == "Champ" for r in rows) == 11
    assert "53" not in real["ncaa women Duke 0"]["text"] and not any("Arizona St." in d["text"] for d in real.values())

# -----------------------------------------------------------------------------
# odd cases, in upstream's own format

FILES = {
    "nfl-elo-game-master/data/nfl_games.csv": [GAMES,
        "1920-10-03,1920,0,0,CBD,QQQ,1500,1300,0.8,48,0,1", "1920-10-10,1920,0,0,CBD,CTI,1500,1400,0.6,7,7,0.5", "1920-10-17,1920,0,0,CBD,FTP,1500,1300,0.8,3,0,1",
        "1920-10-24,1920,0,0,CBD,CTI,1500,1400,0.6,0,0,0.5",
        "1969-11-02,1969,0,0,KC,OAK,1600,1590,0.3,11,10,1", "1969-11-09,1969,0,0,OAK,KC,1600,1590,0.5,8,6,1", "1969-11-16,1969,0,0,KC,OAK,1600,1590,0.5,18,3,1",
        "1970-01-04,1969,0,1,OAK,KC,1600,1590,0.6,7,17,0", "1970-01-11,1969,1,1,MIN,KC,1600,1590,0.6,7,23,0",
        "2020-10-04,2020,0,0,WSH,OAK,1500,1500,0.5,20,23,0", "2020-10-11,2020,1,0,WSH,OAK,1500,1500,0.5,20,17,1", "2020-10-18,2020,0,0,OAK,WSH,1500,1500,0.5,80,0,1",
        "2021-09-09,2021,0,0,TB,DAL,1500,1500,0.5,,,"],
    "data-master/nfl-suspensions/nfl-suspensions-data.csv": ["name,team,games,category,desc.,year,source",
        'F. Davis,WAS,Indef.,"Substance abuse, repeated offense",Marijuana-related,2014,x', "A. One,NE,1,PEDs,,2014,x",
        "B. Two,NE,2,Personal conduct,Mulitple arrests,2014,x", "P. Hornung,GB,14,Personal conduct,Gambling-related,   ,x"],
    "data-master/undefeated-boxers/undefeated.csv": ["name,url,date,wins"] + [f"Jim Doe,http://boxrec.com/boxer/1,190{k // 4}-0{k % 4 + 1}-11,{k}" for k in range(1, 13)],
    "data-master/nba-raptor/historical_RAPTOR_by_player.csv": [
        "player_name,player_id,season,poss,mp,raptor_offense,raptor_defense,raptor_total,war_total,war_reg_season,war_playoffs",
        "Al Roe Jr.,roeal01,1999,900,1,-.01,.01,0,-.02,0,0", "Al Roe Jr.,roeal01,2000,900,1234,2.26,-1.04,1.22,3.25,3,0", "Bo Poe,poebo01,2000,90,40,1,1,2,.1,.1,0"],
    "data-master/nba-raptor/historical_RAPTOR_by_team.csv": [
        "player_name,player_id,season,season_type,team,poss,mp,raptor_offense,raptor_defense,raptor_total,war_total",
        *[f"Player {x},p{x},{y},RS,{t},9,{900 - k},1,1,2,.1" for y, t in ((2014, "CHA"), (2015, "CHA"), (2001, "VAN"), (2001, "XYZ")) for k, x in enumerate("ABC")]],
    "data-master/world-cup-predictions/wc-20140611-132709.csv": ["country,country_id,group,spi,spi_offense,spi_defense,win_group,sixteen,quarter,semi,cup,win",
        "Brazil,BRA,a,91,3,.5,.9,.9,.7,.6,.5,.452", "Netherlands,NED,b,82,2,.7,.5,.6,.4,.2,.1,.08", "Iran,IRN,f,70,1,1,0,0,0,0,0,0"],
    "data-master/ncaa-womens-basketball-tournament/ncaa-womens-basketball-tournament-history.csv": [
        "Year,School,Seed,Conference,Conf. W,Conf. L,Conf. %,Conf. place,Reg. W,Reg. L,Reg. %,How qual,1st game at home?,Tourney W,Tourney L,Tourney finish,Full W,Full L,Full %",
        "1983,Jackson St.,(OR),Southwestern,-,-,-,-,20,5,80,auto,N,0,1,OR,20,6,77", "1983,Duke,2,Atlantic Coast,12,2,85.7,T1st,28,4,87.5,at-large,N,3,1,RF,31,53,36.9",
        "1983,Cheyney,2,Independent,-,-,-,-,24,2,92.3,at-large,Y,4,1,N2nd,28,3,90.3", "1983,Western Ky., 11,American Atletic,12,4,75,2nd,24,8,75,auto,N,0,1,1st,24,9,72.7"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two tarballs, as the live addresses serve them."""
    path = tmp_path_factory.mktemp("upstream")
    for top in ("data-master", "nfl-elo-game-master"):
        with tarfile.open(path / f"{top}.tar.gz", "w:gz") as tar:
            for name, lines in FILES.items():
                if name.startswith(top):
                    content = "\n".join(lines).encode() + b"\n"
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
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


def test_many_wordings(many):
    assert len(set(many["nfl club 2020 WSH"])) > 35
    assert len({t.split("\n")[0] for t in many["nfl week 1920 APFA 1"]}) > 5


def test_ties_unknown_clubs_and_articles(many):
    weeks = many["nfl week 1920 APFA 1"]
    assert all("a club listed as QQQ" in t and "Fort Porter" in t and "the Fort Porter" not in t for t in weeks)
    assert all("7-7" in t and "0-0" in t for t in weeks)
    year = " ".join(many["nfl club 1969 KC"] + many["nfl week 1969 AFL 1"] + many["nfl club 2020 OAK"])
    assert re.search(r"\ban 18-3\b", year) and re.search(r"\ban 11-10\b", year) and re.search(r"\ban 80-0\b", year)
    assert not re.search(r"\ba (8|11|18|80)-|\ban (1[02-79]|[2-79])\d*-", year)
    assert all("2-0-2" in t or "2 wins, 0 losses and 2 ties" in t for t in many["nfl club 1920 CBD"])


def test_a_game_without_a_score_is_not_told(many):
    assert not any("2021 NFL" in record or "September 9, 2021" in t for record, ts in many.items() for t in ts)


def test_names_follow_the_year_and_titles_their_games(many):
    assert all("he Washington Football Team" in t and "Las Vegas Raiders" in t for t in many["nfl club 2020 WSH"])
    assert all(re.search("Super Bowl IV,? ", t) and "AFL championship game" in t for t in many["nfl play-offs 1969"])
    assert all("neutral" in t for t in many["nfl club 2020 WSH"])
    assert {t.split("Bobcats")[0][-10:] for t in many["nba team 2014 CHA RS 0"]} == {"Charlotte "} and all("Hornets" in t for t in many["nba team 2015 CHA RS 0"])
    assert all("Vancouver Grizzlies" in t for t in many["nba team 2001 VAN RS 0"]) and "nba team 2001 XYZ RS 0" not in many


def test_careers_of_few_minutes_and_names_with_points(many):
    texts = many["nba player roeal01"]
    assert all("1,234" in t and "+1.2" in t and "-0.0" not in t and "+0.0" not in t and "Jr.." not in t for t in texts)
    assert all(t.count("1999-00") >= 1 for t in texts) and all("Bo Poe" in t for t in many["nba single 2000 0"])


def test_suspensions_boxers_and_forecasts(many):
    for t in many["nfl suspensions 2014 0"]:
        assert "indefinitely" in t and "for 1 game" in t and "2 games" in t and "multiple arrests" in t and "repeated offense" in t and "Washington" not in t
    assert not any("Hornung" in t for ts in many.values() for t in ts)
    for t in many["boxer http://boxrec.com/boxer/1 0"]:
        assert "12 wins" in t or "12 fights" in t
        assert "February 11, 1900" in t and "January 11, 1903" in t
    for t in many["world-cup-predictions/wc-20140611-132709.csv 0"]:
        assert "45.2%" in t and "the Netherlands" in t.replace("The", "the") and "Iran" not in t and "June 11, 2014" in t and "13:27 GMT" in t
        assert not re.search(r"\ba 8%", t)


def test_womens_tournament_odd_rows(many):
    for t in many["ncaa women 1983 0"]:
        assert "Jackson State" in t and "Western Kentucky" in t and "opening round" in t and "31-53" not in t and "28-4" not in t
        assert "(OR)" not in t and "Independent" not in t and "Atletic" not in t


def test_nothing_to_read_is_one_clear_line(source, tmp_path):
    with pytest.raises(ValueError, match="FiveThirtyEight"):
        list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    (tmp_path / "undefeated.csv").write_text("")
    (tmp_path / "undefeated-boxers").mkdir()
    (tmp_path / "undefeated-boxers" / "undefeated.csv").write_text("\n".join(FILES["data-master/undefeated-boxers/undefeated.csv"]))
    assert [d["sport"] for d in source.documents(prepare.Upstream(str(tmp_path)), 1)] == ["combat"]
