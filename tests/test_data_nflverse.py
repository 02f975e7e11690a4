"""data/nflverse: what the pages tell is what the lines of games.csv say: some of upstream's own (nflverse, CC BY 4.0), and a league in their format."""
import csv
import re
from collections import Counter, defaultdict
from random import Random

import pytest

import prepare

HEAD = ("game_id,season,game_type,week,gameday,weekday,gametime,away_team,away_score,home_team,home_score,location,result,total,overtime,old_game_id,gsis,"
        "nfl_detail_id,pfr,pff,espn,ftn,away_rest,home_rest,away_moneyline,home_moneyline,spread_line,away_spread_odds,home_spread_odds,total_line,under_odds,"
        "over_odds,div_game,roof,surface,temp,wind,away_qb_id,home_qb_id,away_qb_name,home_qb_name,away_coach,home_coach,referee,stadium_id,stadium").split(",")
REAL = """1999_01_DAL_WAS,1999,REG,1,1999-09-12,Sunday,,DAL,41,WAS,35,Home,-6,76,1,1999091205,595,,199909120was,,190912028,,7,7,,,2.5,,,42,,,1,outdoors,\
grass,71,0,00-0000104,00-0008442,Troy Aikman,Brad Johnson,Chan Gailey,Norv Turner,Walt Coleman,WAS00,Jack Kent Cooke Stadium
1999_01_BAL_STL,1999,REG,1,1999-09-12,Sunday,,BAL,10,STL,27,Home,17,37,0,1999091201,589,,199909120ram,,190912014,,7,7,,,0,,,39,,,0,dome,astroturf,,,\
00-0011434,00-0017200,Scott Mitchell,Kurt Waner,Brian Billick,Dick Vermeil,Tom White,STL00,TWA Dome
1999_03_ATL_STL,1999,REG,3,1999-09-26,Sunday,,ATL,7,STL,35,Home,28,42,0,1999092600,621,,199909260ram,,190926014,,6,14,,,-1.5,,,40.5,,,1,dome,astroturf,\
,,00-0002876,00-0017200,Chris Chandler,Kurt Warner,Dan Reeves,Dick Vermeil,Ron Blum,STL00,TWA Dome
1999_19_MIN_STL,1999,DIV,19,2000-01-16,Sunday,,MIN,37,STL,49,Home,12,86,0,2000011600,915,,200001160ram,,200116014,,7,14,,,7,,,52,,,0,dome,astroturf,,,\
00-0005885,00-0017200,Jeff George,Kurt Warner,Dennis Green,Dick Vermeil,Walt Coleman,STL00,TWA Dome
1999_21_STL_TEN,1999,SB,21,2000-01-30,Sunday,,STL,23,TEN,16,Neutral,-7,39,0,2000013000,919,,200001300oti,,200130010,,7,7,,,-7,,,48,,,0,dome,astroturf,\
,,00-0017200,00-0011024,Kurt Warner,Steve McNair,Dick Vermeil,Jeff Fisher,Bob McElwee,ATL00,Georgia Dome
2000_01_DEN_STL,2000,REG,1,2000-09-04,Monday,09:00,DEN,36,STL,41,Home,5,77,0,2000090400,1002,,200009040ram,,200904014,,7,7,,,6.5,,,48.5,,,0,dome,\
astroturf,,,00-0006423,00-0017200,Brian Griese,Kurt Warner,Mike Shanahan,Mike Martz,Gerry Austin,STL00,TWA Dome
2025_14_HOU_KC,2025,REG,14,2025-12-07,Sunday,20:20,HOU,20,KC,10,Home,-10,30,0,2025120711,60049,,202512070kan,28624,401772932,6940,7,10,180,-218,4.5,-115,-10\
5,41.5,-110,-110,0,outdoors,grass,27,8,00-0039163,00-0033873,C.J. Stroud,Patrick Mahomes,DeMeco Ryans,Andy Reid,Alan Eck,KAN00,GEHA Field at Arrowhead Stadium
2025_14_PHI_LAC,2025,REG,14,2025-12-08,Monday,20:15,PHI,,LAC,,Home,,,,2025120800,60050,,202512080sdg,28625,401772822,6941,10,8,-135,114,-2.5,-105,-115\
,41.5,-108,-112,0,dome,matrixturf,,,00-0036389,00-0036355,Jalen Hurts,Justin Herbert,Nick Sirianni,Jim Harbaugh,,LAX01,SoFi Stadium"""
NAMES = {("OAK", 2019): "Oakland Raiders", ("LV", 2020): "Las Vegas Raiders", ("LV", 2022): "Las Vegas Raiders", ("WAS", 2019): "Washington Redskins",
         ("WAS", 2020): "Washington Football Team", ("WAS", 2022): "Washington Commanders"}
FIXED = dict(KC="Kansas City Chiefs", SF="San Francisco 49ers", GB="Green Bay Packers", NYJ="New York Jets")
MOVED = {"OAK": "LV"}
WORDS = {w: i for i, w in enumerate("no one two three four five six seven eight nine ten".split())}
NUMBER = "(" + "|".join(WORDS) + r"|\d+)"
script = prepare.load_source("nflverse")
name = lambda team, season: NAMES.get((team, int(season))) or FIXED[team]
number = lambda text: WORDS[text.lower()] if text.lower() in WORDS else int(text)


def game(season, kind, week, day, away, home, points, **more):
    """A line in upstream's columns; those of the bookmakers hold 777.5, which nobody may tell."""
    r = dict.fromkeys(HEAD, "")
    r.update(dict.fromkeys([c for c in HEAD if "line" in c or "odds" in c], "777.5"), season=season, game_type=kind)
    r.update(game_id=f"{season}_{week:02}_{away}_{home}", week=week, gameday=day, weekday="Sunday", gametime="16:25", old_game_id="888888", overtime=0)
    r.update(location="Home", result="999", total="9999", roof="outdoors", surface="grass", temp=61, wind=5, referee="Ref Eree")
    for side, team, score in (("away", away, points[0]), ("home", home, points[1])):
        who = {"_team": team, "_score": score, "_qb_id": f"id-{team}", "_qb_name": f"Quarter {team.title()}", "_coach": f"Coach {team.title()}"}
        r.update({side + key: value for key, value in who.items()}, stadium_id=team, stadium=team.title() + " Park")
    return {k: str(v) for k, v in {**r, **more}.items()}


def league():
    """Three seasons of six teams with ties, overtime, neutral sites, a franchise that moves and one that is renamed, and playoffs"""
    rng, rows = Random(5), []
    for season in (2019, 2020, 2022):
        teams = ["OAK" if season == 2019 else "LV", "WAS", *FIXED]
        for week in range(1, 13):
            rng.shuffle(teams)
            for n in range(0, 6, 2):
                points = (rng.randrange(45), rng.randrange(45))
                points = (points[0], points[0]) if rng.random() < .12 else points
                more = dict(overtime=1) if points[0] == points[1] or rng.random() < .1 else {}
                more.update(dict(location="Neutral", stadium="Wembley Stadium", stadium_id="LON00") if rng.random() < .1 else {})
                more.update(temp=rng.randrange(-3, 95), gametime=rng.choice(["13:00", "09:00", "", "20:20", "12:30"]))
                rows.append(game(season, "REG", week, f"{season}-{9 + week // 5:02}-{1 + week % 5 * 6 + (n == 4):02}", *teams[n:n + 2], points, **more))
        for kind, week, n in (("WC", 18, 2), ("CON", 20, 2), ("SB", 22, 1)):
            for i in range(n):
                rows.append(game(season, kind, week, f"{season + 1}-0{1 + (kind == 'SB')}-{week - 10 + i:02}", *teams[2 * i:2 * i + 2], (10 + i, 45 - week),
                                 location="Neutral" if kind == "SB" else "Home"))
    return rows


def upstream(folder, rows):
    with open(folder / "games.csv", "w", newline="", encoding="utf-8") as f:
        csv.DictWriter(f, HEAD, restval="").writerows([dict(zip(HEAD, HEAD)), *rows])
    return prepare.Upstream(str(folder))


rows = league()


@pytest.fixture(scope="module", params=[1, 2, 3])
def docs(request, tmp_path_factory):
    return {d["record"]: d for d in script.documents(upstream(tmp_path_factory.mktemp("nfl"), rows), request.param)}


@pytest.fixture
def tell(tmp_path):
    return lambda *rows, seed=1: {d["record"]: d["text"] for d in script.documents(upstream(tmp_path, rows), seed)}


def played_by(rows, franchise, kinds=("REG",), season=None):
    """(row, own points, other points) of a franchise"""
    return [(r, int(r[s + "_score"]), int(r[o + "_score"])) for r in rows for s, o in (("home", "away"), ("away", "home"))
            if MOVED.get(r[s + "_team"], r[s + "_team"]) == franchise and r["game_type"] in kinds and season in (None, r["season"])]


def record(games):
    w, l, t = (sum(f > g for _, f, g in games), sum(f < g for _, f, g in games), sum(f == g for _, f, g in games))
    return f"{w}-{l}" + f"-{t}" * (t > 0)


def numbers(text):
    return set(re.findall(r"\d+", text.replace("49ers", "")))

# -----------------------------------------------------------------------------
# a league

def test_documents_are_whole_and_tell_no_odds(docs):
    kinds, wins = Counter(record.split()[0] for record in docs), set()
    for r in rows:
        (x, w), (y, l) = sorted(((int(r[side + "_score"]), name(r[side + "_team"], r["season"])) for side in ("away", "home")), reverse=True)
        wins.add(f"{x}-{y} win of the {w} over the {l} on {script.day(r['gameday'])}")
    assert kinds["game"] == len(rows) and kinds["season"] == 18 and kinds["week"] == 36 and min(kinds[k] for k in ("pair", "coaches", "passers", "stadium")) > 4
    for d in docs.values():
        assert wins >= set(re.findall(r"\d+-\d+ win of the .+? over the .+? on \d+ \w+ \d+", d["text"]))
        assert d["sport"] == "american_football" and re.fullmatch(r"\d{4}-\d\d-\d\d", d["date"]) and d["url"].startswith("https://")
        assert not re.search(r"None|\bnan\b|  |[{}\[\]|]|\.\.|,,|,\.| [,.]|the the|\ba (8|11-|18-)|\b1 games|777|888|999", d["text"]), d["text"]


def test_reports_tell_the_line_and_no_other_number(docs):
    seen, met, checked = defaultdict(list), {}, Counter()
    for r in sorted(rows, key=lambda r: (r["gameday"], r["gametime"], r["game_id"])):
        text, points = docs[f"game {r['game_id']}"]["text"], sorted((int(r["away_score"]), int(r["home_score"])), reverse=True)
        first, teams = text.split(". ")[0], [name(r[side + "_team"], r["season"]) for side in ("away", "home")]
        assert f"{points[0]}-{points[1]}" in first and all(t in first for t in teams)
        if points[0] == points[1]:
            assert re.search(r"\btied?\b", first) and "overtime" in text.lower()
        else:
            won = teams[int(r["home_score"]) > int(r["away_score"])]
            losing = re.search(r"lost|fell|went down|were beaten", first)
            at = [first.index(won), min(first.index(t) for t in teams if t != won)]
            assert f"for the {won}" in first or (at[0] < at[1]) == (not losing), first
            assert ("overtime" in text.lower()) == (r["overtime"] == "1")
        ids = tuple(sorted(MOVED.get(r[side + "_team"], r[side + "_team"]) for side in ("away", "home")))
        allowed = set(map(str, points)) | numbers(r["gameday"].replace("-0", "-")) | {r["season"], r["week"], r["temp"].strip("-"), r["wind"]}
        if r["gametime"] > "09:30":
            hour, minute = r["gametime"].split(":")
            clock = f"{(int(hour) - 1) % 12 + 1}:{minute} p.m."
            assert clock in text
            allowed |= numbers(clock)
        assert ("kick" in text.lower()) == (r["gametime"] > "09:30")
        for who in ("home_coach", "away_coach", "home_qb_name", "away_qb_name", "referee", "stadium"):
            assert r[who] in text
        assert f"was {r['temp']} degrees" in text
        if r["game_type"] == "REG":
            for side, t in zip(("away", "home"), teams):
                seen[t, r["season"]].append((r, int(r[side + "_score"]), int(r["home_score" if side == "away" else "away_score"])))
            standing = [record(seen[t, r["season"]]) for t in teams]
            assert all(s in text for s in standing), (standing, text)
            allowed |= numbers(" ".join(standing))
        if ids in met:
            allowed |= numbers(" ".join(met[ids][k].replace("-0", "-") for k in ("gameday", "away_score", "home_score")))
            checked["before"] += "last met" in text or "last meeting" in text or "game before" in text
        assert numbers(text) <= allowed, (numbers(text) - allowed, text)
        met[ids] = r
        checked[r["location"]] += "neutral" in text
    assert checked["before"] > 30 and checked["Neutral"] > 3 and checked["Home"] == 0


def test_weeks_and_playoffs_tell_every_game(docs):
    for record_, d in docs.items():
        if record_.split()[0] in ("week", "playoffs"):
            kind, year, *week = record_.split()
            games = [r for r in rows if r["season"] == year and ([r["week"]] == week if week else r["game_type"] != "REG")]
            for r in games:
                a, h, x, y = (name(r["away_team"], year), name(r["home_team"], year), int(r["away_score"]), int(r["home_score"]))
                rows_ = [s for s in re.split(r"\n|(?<=[a-z0-9])\. ", d["text"]) if a in s and h in s]
                assert any(f"{a} {x}, {h} {y}" in s or f"{max(x, y)}-{min(x, y)}" in s for s in rows_), (r["game_id"], d["text"])
            allowed = set().union(*(numbers(" ".join([r["gameday"].replace("-0", "-"), r["away_score"], r["home_score"], year, r["week"]])) for r in games))
            margins = {str(abs(int(r["away_score"]) - int(r["home_score"]))) for r in games} | {str(int(r["away_score"]) + int(r["home_score"])) for r in games}
            assert numbers(d["text"]) <= allowed | margins | {str(len(games))}, d["text"]
    assert "Super Bowl LIV" in docs["playoffs 2019"]["text"] and "Super Bowl LVII" in docs["playoffs 2022"]["text"]


def test_seasons_and_tables_add_up(docs):
    for record_, d in docs.items():
        if record_.startswith("season "):
            _, year, team = record_.split()
            games, post = played_by(rows, team, season=year), played_by(rows, team, ("WC", "CON", "SB"), year)
            told = name(team if (team, int(year)) in NAMES or team in FIXED else "OAK", year)
            first = d["text"].split(". ")[0]
            assert record(games) in first and told in first
            f, g = sum(x[1] for x in games), sum(x[2] for x in games)
            assert f"{f}-{g}" in d["text"] or re.search(rf"{f} points.*{g}", d["text"].split("\n")[0])
            home = [x for x in games if x[0]["location"] == "Home" and x[0]["home_team"] in (team, "OAK" if team == "LV" else team)]
            assert re.search(rf"{record(home)} (at home|and on the road|at)|at home they were {record(home)}", d["text"], re.I), (record(home), d["text"])
            for r, x, y in games + post:
                assert f"{max(x, y)}-{min(x, y)}" in d["text"].split("\n", 1)[1]
            line = next(s for s in docs[f"table {year}"]["text"].split("\n") if s.startswith(told))
            assert record(games) in line and {str(f), str(g)} <= numbers(line)


def test_pairs_careers_and_stadiums_add_up(docs):
    for record_, d in docs.items():
        kind, *rest = record_.split()
        if kind == "pair":
            both = lambda r: {MOVED.get(r[side], r[side]) for side in ("away_team", "home_team")}
            games = [g for g in played_by(rows, rest[0], ("REG", "WC", "CON", "SB")) if both(g[0]) == set(rest)]
            first = d["text"].split(". ")[0]
            assert number(re.search(NUMBER + " games", first)[1]) == len(games)
            assert record(games if first.startswith("The " + name(rest[0], games[-1][0]["season"])) else [(r, y, x) for r, x, y in games]) in first
            assert {str(sum(x for _, x, _ in games)), str(sum(y for _, _, y in games))} <= numbers(d["text"])
        if kind in ("coaches", "passers"):
            code = record_[-3:].strip("-h ").upper() if kind == "passers" else record_.split()[-1].upper()
            every = [(r, x, y) for r, x, y in played_by(rows, MOVED.get(code, code), ("REG", "WC", "CON", "SB")) if code in (r["home_team"], r["away_team"])]
            reg = record([g for g in every if g[0]["game_type"] == "REG"])
            assert script.day(every[0][0]["gameday"]) in d["text"] and script.day(every[-1][0]["gameday"]) in d["text"]
            assert f"{reg} in the regular season" in d["text"] and number(re.search(NUMBER + " games", d["text"], re.I)[1]) == len(every)
            years = dict.fromkeys(g[0]["season"] for g in every)
            assert re.findall(r"([\d-]+) in (\d{4})", d["text"]) == [(record([g for g in every if g[0]["season"] == y]), y) for y in years]
        if kind == "stadium":
            assert number(re.search(NUMBER + " games", d["text"], re.I)[1]) == sum(r["stadium_id"] == rest[0] for r in rows)


def test_a_seed_decides(tmp_path):
    files = upstream(tmp_path, rows)
    one, again, other = (list(script.documents(files, seed)) for seed in (1, 1, 2))
    assert one == again and [d["record"] for d in one] == [d["record"] for d in other]
    assert sum(a["text"] != b["text"] for a, b in zip(one, other)) > .9 * len(one)

# -----------------------------------------------------------------------------
# upstream's own lines, and odd ones

def test_upstreams_own_lines(tell):
    docs = tell(*(dict(zip(HEAD, next(csv.reader([line])))) for line in REAL.split("\n")))
    assert not any("PHI" in r for r in docs) and not any("Hurts" in t for t in docs.values())  # not played yet
    assert all(part in docs["game 1999_21_STL_TEN"] for part in ("St. Louis Rams", "Tennessee Titans", "Super Bowl XXXIV", "the Georgia Dome", "23-16"))
    assert all(part in docs["game 1999_01_DAL_WAS"].lower() for part in ("overtime", "washington redskins", "no wind", "41-35"))
    assert "kick" not in docs["game 2000_01_DEN_STL"].lower() and "8:20 p.m." in docs["game 2025_14_HOU_KC"]
    text = docs["passers 00-0017200"]
    assert "Kurt Warner" in text and "Waner" not in text and "3-0 in the regular season and 2-0 in the playoffs" in text and "Super Bowl XXXIV" in text
    assert "up to 7 december 2025" in docs["season 2025 HOU"].lower() and "49-37" in docs["season 1999 LA"] and "up to" not in docs["season 1999 LA"].lower()


def test_what_is_missing_is_not_told(tell):
    gaps = dict.fromkeys("gametime weekday temp wind roof surface referee stadium stadium_id away_qb_id away_qb_name home_coach overtime div_game".split(), "")
    text = tell(game(2015, "SB", 21, "2016-02-07", "GB", "SF", (10, 24), location="Neutral", **gaps))["game 2015_21_GB_SF"]
    assert "Super Bowl 50" in text and "24-10" in text and not re.search("quarterback|coach|degrees|kick|referee|NA|None| at ", text, re.I), text


def test_games_without_scores_are_not_told(tell):
    rows = [game(2022, "REG", week, f"2023-01-{week}", "GB", "KC", (none, none)) for week, none in ((17, ""), (18, "NA"))]
    rows.append(game(2022, "REG", 1, "2022-09-11", "SF", "KC", (0, 0), stadium="The Coliseum", surface="dessograss"))
    docs = tell(*rows)
    assert all(part in docs["game 2022_01_SF_KC"] for part in ("0-0", "t the Coliseum", "DessoGrass")) and not any("Packers" in t for t in docs.values())
    with pytest.raises(ValueError, match="games.csv"):
        tell(rows[0])
