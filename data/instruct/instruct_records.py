"""
What data/instruct/prepare.py words: tables, meetings of two sides and records of single games, from the open sets of the register
where they are at hand, from the tables of data/starter, and made up. A maker takes (rng, part), where part is "train" or "eval",
and returns what belongs to that part, or None.
"""
import csv
import functools
import hashlib
import itertools
import os
import re
import unicodedata
from collections import Counter, defaultdict, namedtuple

import prepare

SOURCES = "international_results openfootball lahman hockey_databank f1db cricsheet fivethirtyeight wikinews".split()
P_HELD = 0.15  # share of the names that only the evaluation uses
LEAGUES_HELD = set("nl be sco gr ru ch jp cn".split())  # openfootball's countries of the evaluation
F1_HELD = 1957  # its seasons, up to here; those of training begin six years later
MONTHS = "January February March April May June July August September October November December".split()
# columns: labels; one and many of the thing counted; verb and past; one and many of the short name. Without a verb it is measured
COLS = {line.split(": ")[0]: [part.split("|") for part in line.split(": ")[1].split("; ")] for line in """
p: P|Pld|Played; {game}|{games}; play|played; {game} played|{games} played
w: W|Won|Wins; {game}|{games}; win|won; win|wins
d: D|Drawn|Draws; {game}|{games}; draw|drew; draw|draws
t: T|Tied|Ties; {game}|{games}; tie|tied; tie|ties
l: L|Lost|Losses; {game}|{games}; lose|lost; defeat|defeats
gf: GF|For|Scored; goal|goals; score|scored; goal scored|goals scored
ga: GA|Against|Conceded; goal|goals; concede|conceded; goal conceded|goals conceded
pts: Pts|Points; point|points; get|got; point|points
r: R|Runs; run|runs; score|scored; run|runs
ra: RA|Runs allowed; run|runs; allow|allowed; run allowed|runs allowed
hr: HR|Home runs; home run|home runs; hit|hit; home run|home runs
h: H|Hits; hit|hits; get|got; hit|hits
ab: AB|At-bats; at-bat|at-bats; have|had; at-bat|at-bats
rbi: RBI|Batted in; run batted in|runs batted in; have|had; run batted in|runs batted in
sb: SB|Steals; base|bases; steal|stole; stolen base|stolen bases
e: E|Errors; error|errors; make|made; error|errors
gp: GP|Games; game|games; play|played; game|games
g: G|Goals; goal|goals; score|scored; goal|goals
a: A|Assists; assist|assists; have|had; assist|assists
pim: PIM|Penalty minutes; penalty minute|penalty minutes; get|got; penalty minute|penalty minutes
balls: B|Balls; ball|balls; face|faced; ball faced|balls faced
fours: 4s|Fours; four|fours; hit|hit; four|fours
sixes: 6s|Sixes; six|sixes; hit|hit; six|sixes
given: Runs|Conceded; run|runs; concede|conceded; run conceded|runs conceded
wkts: W|Wickets; wicket|wickets; take|took; wicket|wickets
laps: Laps; lap|laps; complete|completed; lap|laps
wins: Wins; race|races; win|won; win|wins
seconds: Second places; second place|second places; take|took; second place|second places
podiums: Podiums; podium|podiums; reach|reached; podium|podiums
pf: PF|Points for; point|points; score|scored; point scored|points scored
pa: PA|Points against; point|points; allow|allowed; point allowed|points allowed
era: ERA|Earned run average; ; ; earned run average
crowd: Att.|Attendance; ; ; attendance
grid: Grid|Start; ; ; place on the grid
team: Team; ; ; team""".strip().split("\n")}
BAD = {"l", "ga", "ra", "e", "pa", "given", "pim"}  # columns in which nobody wants to lead
Table = namedtuple("Table", "title sport about kind cols rows the who", defaults=(False, ""))  # rows: [(name, [value, ...])]; who: whose seasons they are


class Rate(float):
    """A number that is written with two decimals"""

# -----------------------------------------------------------------------------
# small tools. Only random() itself is promised to give the same numbers in every Python.

pick = lambda rng, items: items[int(rng.random() * len(items))]
shuffled = lambda rng, items: [items[i] for _, i in sorted((rng.random(), i) for i in range(len(items)))]
some = lambda rng, items, k: [items[i] for i in sorted(shuffled(rng, range(len(items)))[:k])]  # k of them, in their order
between = lambda rng, a, b: a + int(rng.random() * (b - a + 1))
day = lambda iso: f"{int(iso[8:10])} {MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"
an = lambda text: ("an " if re.match(r"8|(11|18)\b|[AEIOaeio]", text) else "a ") + text
whole = lambda text: int(text) if re.fullmatch(r"-?\d+", text or "") else None
plain = lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
made_up = lambda: ("made up", starter().LICENSE)
runs_of = lambda i: f"{i['runs']} all out" if i["wickets"] == 10 else f"{i['runs']} for {i['wickets']}"


@functools.lru_cache(None)
def starter():
    module = prepare.load_source("starter")
    module.noise = lambda rng, text, core: text  # remarks and slips of the finger are for pretraining
    return module


def weighted(rng, choices):
    """One of [(weight, thing)]"""
    at = rng.random() * sum(n for n, _ in choices)
    return next((thing for n, thing in choices if (at := at - n) < 0), choices[-1][1])


def chance(text, key):
    """A share of 1 that is the text's own, so that it never changes sides"""
    return hashlib.blake2b(text.encode(), digest_size=1, key=key).digest()[0] / 256


@functools.lru_cache(None)
def held(name):
    """Whether only the evaluation uses this name: by its last word, so that namesakes stay together."""
    return chance((re.findall(r"\w+", plain(name.lower())) or [name])[-1], b"held") < P_HELD


def mine(part, *names):
    return all(held(n) == (part == "eval") for n in names)


@functools.lru_cache(None)
def rows_of(table):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), table + ".csv"), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


@functools.lru_cache(None)
def wordings():
    found = defaultdict(list)
    for row in rows_of("wordings"):
        found[row["task"], row["kind"]].append(row["text"])
    return found


def distinct(rng, part, n, draw):
    found = {}
    while len(found) < n:
        name = draw()
        if mine(part, name):
            found[name] = 1
    return list(found)


def people(rng, part, n, which=("men", "women")):
    return distinct(rng, part, n, lambda: f"{pick(rng, wordings()['names', pick(rng, which)])} {pick(rng, wordings()['names', 'last'])}")


def clubs(rng, part, n):
    """Clubs that do not exist: a town and a name"""
    return distinct(rng, part, n, lambda: f"{pick(rng, starter().parts(starter().CITIES))} {pick(rng, wordings()['names', 'club'])}")

def invented_cup(rng):
    """A competition that does not exist: a town or a family, and what is won"""
    name = pick(rng, starter().parts(starter().CITIES)) if rng.random() < .5 else pick(rng, wordings()["names", "last"])
    return f"the {name} {pick(rng, starter().CUPS)}"

# -----------------------------------------------------------------------------
# the open sets

class World:
    """tables, meetings, games: [(weight, maker)] of what is at hand; articles: [(document of Wikinews, (source, licence))]"""

    def __init__(self, from_):
        self.tables, self.meetings, self.games, self.nations, self.articles, self.missing = [(0, None)], [], [], [], [], []
        titles = {row["folder"]: (row["title"], row["licence"]) for row in prepare.register().values()}
        for source in SOURCES:
            module = prepare.load_source(source)
            folders = [os.path.join(from_, f) for f in module.FROM] if from_ else [os.path.join(prepare.ROOT, "data", source, "upstream")]
            folders = [f for f in folders if os.path.isdir(f)]
            if folders:
                globals()[source](self, module, prepare.Upstream(*folders), titles[source])
            else:
                self.missing.append(titles[source][0])
        self.tables += [(sum(n for n, _ in self.tables) / 4 or 1, invented_table)]
        self.games += [(4, invented_match), (1.5, final), (1.5, invented_over)]

    def table(self, rng, part, all_columns=False):
        """A Table of three to seven rows of this part and two to five columns, with the names and the columns that were left out; or None"""
        t = weighted(rng, self.tables)(rng, part)
        if not t:
            return None
        cols = [*range(len(t.cols))] if all_columns else some(rng, range(len(t.cols)), between(rng, 2, min(5, len(t.cols))))
        rows = [(n, [v[i] for i in cols]) for n, v in t.rows if n and all(v[i] is not None for i in cols)]
        kept = some(rng, rows, between(rng, 3, min(7, len(rows)))) if len(rows) > 2 and len({n for n, _ in rows}) == len(rows) else None
        chosen = [t.cols[i] for i in cols]
        return kept and (t._replace(cols=chosen, rows=kept), [n for n, _ in rows if n not in dict(kept)], [c for c in t.cols if c not in chosen])


def of_part(part, rows):
    return [r for r in rows if mine(part, r[0])]


def run(rng, rows, least, most):
    """Neighbours: so many of them, wherever they begin"""
    k = between(rng, least, min(most, len(rows)))
    at = int(rng.random() * (len(rows) - k + 1))
    return rows[at:at + k]


def international_results(world, m, upstream, about):
    matches, pairs, single = m.read(upstream)[0], defaultdict(list), defaultdict(list)
    for x in matches:
        pairs[tuple(sorted((x.home, x.away)))].append(x)
        for part in ("train", "eval"):
            if mine(part, x.home, x.away) and (part == "eval" or mine(part, x.land)):
                single[part, bool(x.goals)].append(x)
    world.nations = sorted({n for pair in pairs for n in pair})
    often = {part: [pair for pair, met in pairs.items() if len(met) > 3 and mine(part, *pair)] for part in ("train", "eval")}

    def met(rng, part):
        a, b = shuffled(rng, pick(rng, often[part]))
        rows = [(x.date, x.home, x.away, x.hs, x.gs, x.city) for x in run(rng, pairs[tuple(sorted((a, b)))], 3, 6)]
        return dict(sport="soccer", about=about, a=a, b=b, rows=rows, the=m.THE, points="goals", game="match")

    def record(rng, part):
        x = pick(rng, single[part, rng.random() < .8])
        called = lambda team: x.hname if team == x.home else x.aname
        goals = [(g[2], g[1], called(g[0]), g[3], g[4]) for g in sorted(x.goals or (), key=lambda g: g[2])]
        cup = x.cup.removesuffix(" qualification")
        c = "in a friendly" if cup == "Friendly" else f"in qualifying for the {cup}" if cup != x.cup else f"in the {cup}"
        return game("soccer", about, x.hname, x.aname, x.hs, x.gs, c, x.cup, x.date, city=x.city, where=x.city + f", {x.land}" * x.neutral,
                    neutral=x.neutral, goals=goals, shoot=x.shootout and called(x.shootout[0]), names=[x.home, x.away],
                    long=lambda rng: m.report(rng, [x]))

    world.meetings.append((3, met))
    world.games.append((8, record))


def openfootball(world, m, upstream, about):
    by = defaultdict(list)
    for ms in m.read(upstream):
        if ms[0].comp.kind == "league" and not ms[0].comp.code.startswith(("uefa", "world")):
            by["eval" if ms[0].comp.code.split(".")[0] in LEAGUES_HELD else "train"].append(ms)

    def standing(rng, part):
        ms = pick(rng, by[part])
        rows = [(r.team, [r.played, r.won, r.drawn, r.lost, r.scored, r.conceded, r.points]) for r in m.standings(ms)]
        return Table(f"{ms[0].comp.names[0]} {ms[0].comp.season}", "soccer", about, pick(rng, ["team", "club"]), "p w d l gf ga pts".split(),
                     rows[:between(rng, 4, 8)] if rng.random() < .6 else rows)

    def record(rng, part):
        x = pick(rng, pick(rng, by[part]))
        c = re.sub("^(?!La |Serie|Ligue|League|J1|Major|3. Liga|2. )", "the ", x.comp.names[0])
        if x.score and x.score == x.ft:
            cup = f"{x.comp.names[0]} {x.comp.season}"
            return game("soccer", about, x.home, x.away, *x.score, f"in {c}", cup, x.date, half=x.ht, names=[x.home, x.away])

    world.tables.append((8, standing))
    world.games.append((4, record))


def lahman(world, m, upstream, about):
    db, cols = m.Databank(upstream), "w l r ra hr sb e era crowd".split()
    leagues, franchises = [key for key, rows in db.leagues.items() if len(rows) > 5], [rows for rows in db.clubs.values() if len(rows) > 5]
    bare = lambda r: re.sub(r" \(.*", "", r["name"])
    stats = lambda r: [whole(r.get(k)) for k in cols[:7]] + [Rate(r["era"]) if r.get("era") else None, whole(r.get("attendance"))]

    def league(rng, part):
        y, lg = pick(rng, leagues)
        rows = of_part(part, [(bare(r), stats(r)) for r in db.leagues[y, lg]])
        return Table(f"{m.LEAGUES.get(lg, lg)} {y}", "baseball", about, "team", cols, rows, True)

    def franchise(rng, part):
        rows = run(rng, sorted(pick(rng, franchises), key=lambda r: int(r["yearid"])), 4, 7)
        name = bare(rows[0])
        rows = [(r["yearid"], stats(r)[:7]) for r in rows if bare(r) == name]
        return mine(part, name) and Table(f"{name}, season by season", "baseball", about, "team", cols[:7], rows, who="the " + name)

    def batting(rng, part):
        (y, code), rows = pick(rng, list(db.bat_series.items()))
        stats = ["ab", "r", "h", "hr", "rbi", "sb"]
        rows = [(db.name(r["playerid"]), [whole(r.get(k)) for k in stats]) for r in rows if (whole(r.get("ab")) or 0) > 3]
        return Table(f"{y} {m.series_name(code, y)}, batting", "baseball", about, pick(rng, ["player", "batter"]), stats, of_part(part, rows))

    def decided(rng, part):
        y, rows = pick(rng, list(db.series.items()))
        r = pick(rng, rows)
        w, l = (db.team(y[0], r[k]) for k in ("teamidwinner", "teamidloser"))
        if w and l and r["wins"] > r["losses"] and r["ties"] == "0" and mine(part, w, l):
            return series("baseball", about, w, l, m.series_name(r["round"], y[0]), str(y[0]), r["wins"], r["losses"])

    world.tables += [(4, league), (3, franchise), (3, batting)]
    world.games.append((2, decided))


def hockey_databank(world, m, upstream, about):
    bank = m.Bank({os.path.basename(path).removesuffix(".csv"): list(csv.DictReader(f)) for path, f in upstream.files("*.csv")})
    leagues, rosters, careers, cols = defaultdict(list), defaultdict(list), defaultdict(list), "gp g a pts pim".split()
    skating = lambda r: [whole(r[k]) for k in ("GP", "G", "A", "Pts", "PIM")]
    for r in bank["Teams"]:
        leagues[r["year"], r["lgID"]].append(r)
    for r in bank["Scoring"]:
        if (whole(r["GP"]) or 0) > 9:
            rosters[r["year"], r["tmID"]].append(r)
            careers[r["playerID"]].append(r)
    leagues, rosters = list(leagues.items()), list(rosters.items())
    careers = [rows for rows in careers.values() if len(rows) > 4 and len({r["year"] for r in rows}) == len(rows)]

    def league(rng, part):
        (y, lg), rows = pick(rng, leagues)
        rows = [(r["name"], [whole(r[k]) for k in ("G", "W", "L", "T", "GF", "GA", "Pts")]) for r in rows
                if r["name"] not in (*m.NO_ARTICLE, "Soviet All Stars")]
        return Table(f"{lg} {m.span(y)}", "hockey", about, "team", "p w l t gf ga pts".split(), of_part(part, rows), True)

    def roster(rng, part):
        (y, team), rows = pick(rng, rosters)
        club = bank.names.get((y, team), "").removeprefix("the ")
        rows = of_part(part, sorted(((bank.who(r["playerID"]), skating(r)) for r in rows), key=lambda r: -(r[1][3] or 0)))
        if club and (part == "eval" or mine(part, club)):
            return Table(f"{club} {m.span(y)}, scoring", "hockey", about, pick(rng, ["player", "skater"]), cols, rows[:10])

    def career(rng, part):
        rows = run(rng, pick(rng, careers), 4, 7)
        who = bank.who(rows[0]["playerID"])
        rows = [(m.span(r["year"]), skating(r)) for r in rows]
        return mine(part, who) and Table(f"{who}, season by season", "hockey", about, "player", cols, rows, who=who)

    def decided(rng, part):
        r = pick(rng, bank["SeriesPost"])
        w, l = bank.team(r, "tmIDWinner"), bank.team(r, "tmIDLoser")
        stage = re.sub("(?i)(stanley|avco) cup", lambda x: x[0].title(), bank.abbrev.get(("Round", r["round"]), "").lower())
        if stage and not r["note"] and r["T"] in ("", "0") and int(r["W"]) > int(r["L"]) and mine(part, w, l):
            return series("hockey", about, w, l, stage if "Cup" in stage else f"{r['lgIDWinner']} {stage}", m.span(r["year"]), r["W"], r["L"])

    world.tables += [(4, league), (5, roster), (5, career)]
    world.games.append((2, decided))


def f1db(world, m, upstream, about):
    db = m.read(upstream)
    races = [r for r in m.history(db) if len(r["cars"]) > 7 and r.get("laps")]
    by = {"train": [r for r in races if r["year"] > F1_HELD + 5], "eval": [r for r in races if r["year"] <= F1_HELD]}
    points = lambda x: whole(x.get("points") or "0")
    places = {y: [Counter(i for r in some_ for c, ids in r["cars"] if c["position"] in p for i in ids) for p in ("1", "2", ("1", "2", "3"))]
              for y, some_ in itertools.groupby(races, key=lambda r: r["year"]) for some_ in [list(some_)]}

    def race(rng, part):
        r = pick(rng, by[part])
        rows = [(m.driver(db, ids[0]), [whole(c.get("gridPosition")), whole(c.get("laps")), points(c), m.team(db, c)])
                for c, ids in r["cars"] if len(ids) == 1]
        return Table(f"{r['year']} {r['gp']}, race", "motorsport", about, "driver", "grid laps pts team".split(), rows[:10])

    def season(rng, part):
        y = pick(rng, by[part])["year"]
        rows = [(x["driverId"], points(x)) for x in db["seasons"].get(y, {}).get("driver-standings", []) if x["position"].isdigit()]
        rows = [(m.driver(db, i), [n, *(p[i] for p in places[y])]) for i, n in rows]
        return Table(f"Formula 1, {y} season", "motorsport", about, "driver", "pts wins seconds podiums".split(), rows[:12])

    world.tables += [(3, race), (4, season)]
    world.games.append((4, lambda rng, part: grand_prix(rng, m, db, pick(rng, by[part]), about)))


def cricsheet(world, m, upstream, about):
    matches = [(match, m.facts(key, match)) for key, match in itertools.islice(m.matches(upstream), 150)]

    def card(rng, part):
        f, bats = pick(rng, matches)[1], rng.random() < .6
        rows = [(n, x[:4] if bats else x[2:]) for i in f["innings"] for n, x in i["bat" if bats else "bowl"].items() if x[1] or not bats]
        return Table(f"{' against '.join(f['teams'])}, {'batting' if bats else 'bowling'}, {day(f['dates'][0])}", "cricket", about,
                     pick(rng, ["batter" if bats else "bowler", "player"]), ["r", "balls", "fours", "sixes"] if bats else ["given", "wkts"], of_part(part, rows))

    world.tables.append((5, card))
    world.games.append((4, lambda rng, part: part == "train" and cricket_match(rng, m, *pick(rng, matches), about)))


def fivethirtyeight(world, m, upstream, about):
    games = m.nfl_games([r for _, f in upstream.files("*nfl_games.csv") for r in csv.DictReader(f)])
    games = [g for g in games if g.season > 1932 and not any(m.club(c, g.season).startswith("a club") for c in g.teams)]
    seasons, pairs, single, bare = defaultdict(list), defaultdict(list), defaultdict(list), lambda c, g: m.club(c, g.season, "bare")
    for g in games:
        names = [bare(c, g) for c in g.teams]
        seasons[g.season].append(g)
        pairs[tuple(sorted(names))].append(g)
        for part in ("train", "eval"):
            single[part] += [g] * mine(part, *names)
    often = {part: [pair for pair, met in pairs.items() if len(met) > 3 and mine(part, *pair)] for part in ("train", "eval")}

    def season(rng, part):
        y, sums = pick(rng, list(seasons)), defaultdict(lambda: [0] * 5)
        for g, c in ((g, c) for g in seasons[y] if not g.playoff for c in g.teams):
            own = [g.mark(c) == "W", g.mark(c) == "L", g.mark(c) == "T", g.score[c], g.score[g.other[c]]]
            sums[bare(c, g)] = [x + int(more) for x, more in zip(sums[bare(c, g)], own)]
        return Table(f"NFL {y} season", "american_football", about, "team", "w l t pf pa".split(), of_part(part, list(sums.items())), True)

    def met(rng, part):
        pair = shuffled(rng, pick(rng, often[part]))
        rows = [(g.date, *(bare(c, g) for c in g.teams), *(g.score[c] for c in g.teams), "") for g in run(rng, pairs[tuple(sorted(pair))], 3, 6)]
        return dict(sport="american_football", about=about, a=pair[0], b=pair[1], rows=rows, the=re.compile(".*"), points="points", game="game")

    def record(rng, part):
        g = pick(rng, single[part])
        (h, a), year = (m.club(c, g.season) for c in g.teams), f"{g.season} {g.league} season"
        after = {} if g.playoff else {club: m.wlt(g.after[code]) for club, code in zip((h, a), g.teams)}
        c, cup = f"in {g.label or 'the ' + 'play-offs of the ' * g.playoff + year}", g.label.removeprefix("the ") or year + ", play-offs" * g.playoff
        return game("american_football", about, h, a, *(g.score[x] for x in g.teams), c, cup, g.date, neutral=g.neutral, after=after, names=[h, a],
                    steps=(4, 24))

    world.tables.append((4, season))
    world.meetings.append((2, met))
    world.games.append((4, record))

def wikinews(world, m, upstream, about):
    world.articles = [(doc, about) for doc in m.documents(upstream, 0)]

# -----------------------------------------------------------------------------
# records of one game: what a prompt shows of it (sheet), what may be said of it (slots), what of it counts (facts)

def record_of(kind, sport, about, sheet, slots, names, facts, **more):
    return {**dict(kind=kind, sport=sport, about=about, sheet=sheet, slots=slots, names=names, facts=facts, goals=[], level=1, long=None, date=""), **more}


def game(sport, about, h, a, hs, gs, c, cup, iso, city="", where="", neutral=False, goals=(), shoot=None, half=None, after={}, names=(),
         steps=(2, 4), long=None):
    """goals: [(minute, scorer, team, own goal, penalty)]; shoot: who won the penalty shoot-out; steps: margins of a clear win and of a rout"""
    shoot = shoot if hs == gs else None  # of a tie over two legs the match had a winner of its own
    w, l = (h, a) if hs > gs or shoot == h else (a, h)
    s, goals = f"{max(hs, gs)}-{min(hs, gs)}", list(goals) if all(g[0] for g in goals) else []
    sheet = [("Game" if after else "Match", f"{h} v {a}"), ("Competition", cup), ("Date", day(iso)), ("Place", where),
             ("Half-time", "-".join(map(str, half or ()))), ("Score", f"{h} {hs}-{gs} {a}"),
             ("Goals", ", ".join(f"{g[0]}' {g[1]} ({g[2]}{', own goal' * bool(g[3])}{', penalty' * bool(g[4])})" for g in goals)),
             ("Shoot-out", f"won by {shoot}" * bool(shoot)), ("Records after the game", ", ".join(f"{club} {x}" for club, x in after.items()))]
    slots = {"h": h, "a": a, "w": w, "l": l, "s": s, "aS": an(s), "c": c, "d": "on " + day(iso), "hs": hs, "as": gs, "city": city, "p": f"in {where}",
             "game": "game" if sport == "american_football" else "match"}
    r = record_of("game", sport, about, sheet, slots, names, [w, l, s], outcome="pens" if shoot else "draw" if hs == gs else "win", goals=goals, half=half,
                  after=after, neutral=neutral or not (city or after), level=sum(abs(hs - gs) >= x for x in steps), date=day(iso), long=long)
    return dict(r, events=goal_events(r, shoot) if goals else [])


def turn_of(before, after):
    """What a goal did: opened, levelled, brought the lead, added to it or pulled one back. Scores are (scorer's, other's)."""
    if before == (0, 0):
        return "open"
    return "equal" if after[0] == after[1] else "lead" if before[0] == before[1] else "more" if before[0] > before[1] else "back"


def course(r):
    """Yield (goal, score before and after as the scorer's side sees it, the score as {team: goals}) in order"""
    h, a = r["slots"]["h"], r["slots"]["a"]
    at = {h: 0, a: 0}
    for g in r["goals"]:
        t, other = g[2], a if g[2] == h else h
        before, at[t] = (at[t], at[other]), at[t] + 1
        yield g, before, (at[t], at[other]), dict(at)


def goal_events(r, shoot):
    """[(line of the list, what to say, slots)]"""
    s, out, half = r["slots"], [], "0-0"
    for (minute, x, t, own, penalty), before, after, at in course(r):
        score, task = "{}-{}".format(*at.values()), "own" if own else "pen" if penalty else turn_of(before, after)
        out.append((minute, f"{minute}' {'own goal' if own else 'penalty' if penalty else 'goal'}, {x} ({t}), {score}", task, {"x": x, "t": t, "s": score}))
        half = score if minute <= 45 else half
    out += [(0, f"Kick-off: {s['h']} v {s['a']}" + f", {s['city']}" * bool(s["city"]), "kick" if s["city"] else "go", {}),
            (45.5, f"HT {half}", "ht", {"s": half}), (200, f"FT {s['hs']}-{s['as']}", "ft", {})]
    out += [(201, f"Penalty shoot-out: {shoot}", "so", {})] * bool(shoot)
    return [(line, "liv_" + task, {**s, **own}) for _, line, task, own in sorted(out, key=lambda e: e[0])]


def series(sport, about, w, l, s, y, wins, losses):
    slots = dict(w=w, l=l, g=f"{wins}-{losses}", s=s, y=y, n=int(wins) + int(losses))
    sheet = [("Series", f"{y} {s}"), ("Winner", w), ("Loser", l), ("Games", slots["g"]), ("Games played", slots["n"])]
    return record_of("series", sport, about, sheet, slots, [w, l], [w, l, slots["g"]])


def final(rng, part):
    """An edition of a competition, from the starter"""
    view, rows = pick(rng, [(v, rows) for v, rows in starter().views() if rows and not v.get("fight") and v.get("win", "x")])
    row = {"score": "", "host": "", **pick(rng, rows)}
    w, l, e, one = row["win"], row["lose"], view["names"][0][0], bool(set(view["who"]) & {"man", "woman"})
    verbs = {k: k + ("e" * (k == "miss") + "s") * one for k in ("win", "take", "miss")}
    sheet = [("Competition", e.removeprefix("the ")), ("Year", row["y"]), ("Winner", w), ("Second", l), ("Score in the final", row["score"]),
             ("Host", row["host"])]
    slots = dict(verbs, w=w, l=l, e=e, y=row["y"], s=row["score"], host=row["host"])
    return record_of("final", view["sport"], (row["source"], starter().LICENSE), sheet, slots, [w, l], [w, l]) if w and l and mine(part, w, l) else None


def grand_prix(rng, m, db, r, about):
    cars = [(row, m.driver(db, ids[0]), m.team(db, row)) for row, ids in r["cars"] if len(ids) == 1]
    top = [c for c in cars if c[0]["position"] in ("1", "2", "3")]
    if len(top) < 3 or not r["pole"] or len(r["fast"]) != 1 or not r["fast"][0].get("time"):
        return None
    (_, w, team), (_, second, team2), (_, third, team3) = top
    pole, x, time, place = m.driver(db, r["pole"]), m.driver(db, r["fast"][0]["driverId"]), r["fast"][0]["time"], m.place(db, r)
    slots = dict(w=w, second=second, third=third, team=team, team2=team2, team_a=an(team), gp=r["gp"], y=r["year"], date=day(r["date"]),
                 place=place, laps=r["laps"], pole=pole, x=x, time=time)
    sheet = [("Race", f"{r['year']} {r['gp']}"), ("Date", slots["date"]), ("Place", re.sub("^(in|at the|at) ", "", place)), ("Laps", r["laps"]),
             ("Winner", f"{w} ({team})"), ("Second", f"{second} ({team2})"), ("Third", f"{third} ({team3})"), ("Pole position", pole),
             ("Fastest lap", f"{x}, {time}")]
    first, events = {row["driverId"]: who for row, who, _ in top}, []
    for stop in r.get("pit-stops", []):
        if stop["driverId"] in first and whole(stop.get("lap")):
            events.append((int(stop["lap"]), f"pit stop, {first[stop['driverId']]}", "f1_stop", {"x": first[stop["driverId"]]}))
    for row, who, _ in cars:
        why = row.get("reasonRetired", "").lower()
        if row["position"] == "DNF" and whole(row.get("laps")) and why and "fatal" not in why:
            events.append((int(row["laps"]), f"out, {who} ({why})", "f1_out", {"x": who, "why": why}))
    events = [(f"Lap {lap}: {text}", task, {**slots, **own}) for lap, text, task, own in sorted(some(rng, events, 5), key=lambda e: e[0])]
    events = [(f"Start: {pole} on pole, {place}", "f1_start", slots), *events, (f"Flag: 1 {w}, 2 {second}, 3 {third}", "f1_flag", slots)]
    return record_of("f1", "motorsport", about, sheet, slots, [w, second, third, pole, x], [w, second], events=events, date=slots["date"],
                     long=lambda rng: m.report(rng, db, r).split("\n\n")[0])


def cricket_match(rng, m, match, f, about):
    if f["how"] != "win" or f["method"] or len(f["innings"]) != 2:
        return None
    one, two = f["innings"]
    x, bat = max(((n, b) for i in f["innings"] for n, b in i["bat"].items()), key=lambda e: e[1][0])
    y, bowl = max(((n, b) for i in f["innings"] for n, b in i["bowl"].items()), key=lambda e: (e[1][3], -e[1][2]))
    ours, theirs = (one, two) if one["team"] == f["winner"] else (two, one)
    c, date = f"in {f['cat']}" if f["league"] else f"in a {f['kind']}", day(f["dates"][0])
    slots = dict(w=f["winner"], l=f["loser"], margin=f["margin"], c=c, d="on " + date, t1=one["team"], t2=two["team"], s1=runs_of(one), s2=runs_of(two),
                 l1=two["team"], star=x if x in ours["bat"] else y if y in theirs["bowl"] else "", x=x, n=bat[0], b=bat[1], y=y, f=f"{bowl[3]} for {bowl[2]}")
    sheet = [("Match", " v ".join(f["teams"])), ("Competition", re.sub("^in (the |an? )?", "", c)), ("Date", date),
             ("First innings", f"{one['team']} {runs_of(one)}"), ("Second innings", f"{two['team']} {runs_of(two)}"),
             ("Result", f"{f['winner']} won by {f['margin']}"), ("Top score", f"{x}, {bat[0]} off {bat[1]} balls"), ("Best bowling", f"{y}, {slots['f']}")]
    over, events = pick(rng, pick(rng, match["innings"])["overs"]), []
    for k, d in enumerate(over["deliveries"], 1):
        out = [(w["player_out"], m.how_out(w, d["bowler"])) for w in d.get("wickets") or []]
        events.append(ball(f"{over['over']}.{k}", d["bowler"], d["batter"], d["runs"]["batter"], d["runs"]["extras"], out))
    events = [] if any(d["runs"]["batter"] and d["runs"]["extras"] for d in over["deliveries"]) else events  # no word for both at once
    return record_of("cricket", "cricket", about, sheet, slots, [*f["teams"]], [f["winner"], f["loser"], f["margin"]], events=events, date=date,
                     long=lambda rng: m.report(rng, f).split("\n\n")[0])


def ball(n, bowler, batter, runs, extras, out):
    slots = {"bowler": bowler, "batter": batter, "n": extras or f"{runs} run{'s' * (runs > 1)}"}
    if out:
        return f"{n} {bowler} to {batter}: OUT, {out[0][0]}, {out[0][1]}", "ball_out", dict(slots, out=out[0][0], how=out[0][1])
    if extras:
        return f"{n} {bowler} to {batter}: {extras} extra{'s' * (extras > 1)}", "ball_extra", slots
    what, task = {0: ("no run", "dot"), 4: ("FOUR", "four"), 6: ("SIX", "six")}.get(runs, (slots["n"], "run"))
    return f"{n} {bowler} to {batter}: {what}", "ball_" + task, slots

# -----------------------------------------------------------------------------
# made up

def invented_over(rng, part):
    (bowler, a, b, catcher), n, events, names = people(rng, part, 4), between(rng, 0, 19), [], []
    for k in range(1, 7):
        out = [(a, pick(rng, [f"b {bowler}", f"c {catcher} b {bowler}", f"lbw b {bowler}"]))] if rng.random() > .94 else []
        runs = 0 if out else pick(rng, [0, 0, 0, 1, 1, 1, 2, 3, 4, 4, 6])
        events.append(ball(f"{n}.{k}", bowler, a, runs, 0, out))
        names.append(a)
        if out:
            break
        a, b = (b, a) if runs % 2 else (a, b)
    return record_of("over", "cricket", made_up(), [], {}, [bowler, *dict.fromkeys(names)], [], events=events)


def invented_match(rng, part):
    h, a = clubs(rng, part, 2)
    hs, gs = (pick(rng, [0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4]) for _ in "ha")
    squads, sides = {h: people(rng, part, 3), a: people(rng, part, 3)}, shuffled(rng, [h] * hs + [a] * gs)
    minutes = sorted(shuffled(rng, range(2, 90))[:hs + gs])
    goals = [(minute, pick(rng, squads[side]), side, False, rng.random() < .1) for minute, side in zip(minutes, sides)]
    cup, city = invented_cup(rng), h.rsplit(" ", 1)[0]
    date = f"{between(rng, 1950, 2025)}-{between(rng, 1, 12):02d}-{between(rng, 1, 28):02d}"
    return game("soccer", made_up(), h, a, hs, gs, f"in {cup}", cup.removeprefix("the "), date, city=city, where=city, goals=goals,
                shoot=pick(rng, [h, a]) if rng.random() < .3 else None, names=[h, a, *{g[1]: 1 for g in goals}])


def invented_table(rng, part):
    """A league that was never played; its sums are right"""
    n, sport, rows = between(rng, 3, 7), pick(rng, ["soccer", "soccer", "hockey", "basketball", "american_football"]), []
    title, played = f"{invented_cup(rng).removeprefix('the ')} {between(rng, 1950, 2025)}", between(rng, 6, 30)
    if rng.random() < .4:  # players
        rows = [(p, [between(rng, 5, 40), g := between(rng, 0, 40), a := between(rng, 0, 45), g + a]) for p in people(rng, part, n)]
        return Table(title + ", scoring", pick(rng, ["hockey", "soccer"]), made_up(), "player", "gp g a pts".split(), rows)
    for club in clubs(rng, part, n):
        w = between(rng, 0, played)
        d = between(rng, 0, min(5, played - w)) if sport == "soccer" else 0
        rows.append((club, [played, w, d, played - w - d, between(rng, played, 3 * played), between(rng, played // 2, 3 * played), 3 * w + d]))
    rows.sort(key=lambda r: (-r[1][6], r[0]))
    if sport == "soccer":
        return Table(title, sport, made_up(), "team", "p w d l gf ga pts".split(), rows)
    cols = "p w l gf ga" if sport == "hockey" else "p w l pf pa"
    return Table(title, sport, made_up(), "team", cols.split(), [(c, [p, w, l, f, g]) for c, (p, w, _, l, f, g, _) in rows])
