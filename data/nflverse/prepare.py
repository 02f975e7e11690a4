"""
National Football League since 1999: game reports, weeks, playoffs, tables, team seasons, head-to-heads, coaches, quarterbacks, stadiums.

$ python prepare.py nflverse [--from DIR]

games.csv has one line per game. One without scores is to come, cancelled or postponed: it is told nowhere, and its quarterbacks and coaches are
guesses. A season bears the year it began in; the number of its Super Bowl is counted from that. Teams are codes of the day (OAK, then LV) or of
today, and teams.csv ends in 2019, so the names by year are here. Times are Eastern; those before 9:30 are evenings that lost twelve hours.
Temperature (Fahrenheit) and wind (miles an hour) are known where no roof was closed. At a neutral site the home team is one in name only. The
name of a stadium is not always that of the day; quarterbacks' names have slips, their ids none; coaches have no id. No bookmaker's column is read.
"""
import csv
import os
import re
import sys
from collections import Counter, defaultdict, namedtuple
from random import Random

FILES = {"games.csv": "https://raw.githubusercontent.com/nflverse/nfldata/master/data/games.csv"}
FROM = ["stats/nflverse_nfldata"]
URL = "https://github.com/nflverse/nfldata"

TEAMS = dict(item.split(":") for item in """ARI:Arizona Cardinals;ATL:Atlanta Falcons;BAL:Baltimore Ravens;BUF:Buffalo Bills;CAR:Carolina Panthers
CHI:Chicago Bears;CIN:Cincinnati Bengals;CLE:Cleveland Browns;DAL:Dallas Cowboys;DEN:Denver Broncos;DET:Detroit Lions;GB:Green Bay Packers
HOU:Houston Texans;IND:Indianapolis Colts;JAX:Jacksonville Jaguars;KC:Kansas City Chiefs;LA:St. Louis Rams|2016 Los Angeles Rams
LAC:San Diego Chargers|2017 Los Angeles Chargers;LV:Oakland Raiders|2020 Las Vegas Raiders;MIA:Miami Dolphins;MIN:Minnesota Vikings
NE:New England Patriots;NO:New Orleans Saints;NYG:New York Giants;NYJ:New York Jets;PHI:Philadelphia Eagles;PIT:Pittsburgh Steelers
SEA:Seattle Seahawks;SF:San Francisco 49ers;TB:Tampa Bay Buccaneers;TEN:Tennessee Titans
WAS:Washington Redskins|2020 Washington Football Team|2022 Washington Commanders""".replace("\n", ";").split(";"))
MOVED = {"OAK": "LV", "SD": "LAC", "STL": "LA"}
ROUNDS = {"REG": "in week {n} of the {y} [season|regular season]", "WC": "in [the wild-card round of the {y} playoffs|a {y} wild-card game]",
          "DIV": "in [the divisional round of the {y} playoffs|a {y} divisional playoff]", "SB": "in {b}[|, the final of the {y} season,]",
          "CON": "in a [conference championship game of the {y} season|{y} conference championship game]"}
SURFACES = {"a_turf": "A-Turf", **{name.lower(): name for name in "FieldTurf AstroTurf AstroPlay MatrixTurf SportTurf DessoGrass".split()}}
ROOFS = dict(outdoors="outdoors", dome="in a dome", closed="under a closed roof", open="with the roof open")
ONES, TENS = " I II III IV V VI VII VIII IX".split(" "), " X XX XXX XL L LX LXX LXXX XC".split(" ")
NUMBER = "no one two three four five six seven eight nine ten".split()
MONTHS = "January February March April May June July August September October November December".split()
# of teams, scores, passers (id, name) and coaches the away side comes first, and a side is 0 or 1
Game = namedtuple("Game", "id season kind week date weekday time teams score neutral overtime roof surface temp wind passers coaches referee ground stadium")

# -----------------------------------------------------------------------------
# wordings: a key and its sentences, parted by ||; [a|b] is a choice. w winner, l loser, W and L the same without "the", h home side, a away side,
# s score, x "a 20-17", c contest, p place, d and e dates, t team, o other, r and q records, g and n so many; c, p and d may be empty

WORDS = """
win: {w} {v} {l} {s} {c} {p} {d} || {d}, {w} {v} {l} {s} {c} {p} || {l} [lost|fell|went down] {s} to {w} {c} {p} {d} || {c}, {w} {v} {l} {s} {p} {d}
|| {w} [came away with|took|recorded] {x} win over {l} {c} {p} {d} || {d}, {l} were beaten {s} by {w} {c} {p} || {w} were {s} winners over {l} {c} {p} {d}
|| there was {x} win for {w} over {l} {c} {p} {d} || {p} {d}, {w} {v} {l} {s} {c} || the game between {a} and {h} {c} {p} {d} ended {s} for {w}
home: [the home team, {w},|the host {W}] {v} {l} {s} {c} {p} {d} || {w} won {s} at home against {l} {c} {p} {d} || {d}, {w} {v} the visiting {L} {s} {c} {p}
away: the visiting {W} {v} {l} {s} {c} {p} {d} || {w} won {s} on the road against {l} {c} {p} {d} || {d}, {l} lost {s} at home to {w} {c} {p}
tie: {h} and {a} [tied {s}|played to {x} tie] {c} {p} {d} || {c}, {h} and {a} tied {s} {p} {d} || the game between {a} and {h} {c} {p} {d} ended in {x} tie
over: the game went to overtime || overtime was played || it was a game with overtime
standing: [that|the result] left {t} at {r} and {o} at {q} || {t} were {r} after the game and {o} {q} || the records after it were {r} for {t} and {q} for {o}
before: their last meeting before that had been {g} || when the two last met, the outcome was {g} || the game before that between the two was {g}
passers: {x} started at quarterback for {t} and {y} for {o} || the starting quarterbacks were {x} for {t} and {y} for {o} || {t} had {x} at quarterback, {o} {y}
coaches: {x} coached {t} and {y} coached {o} || the head coaches were {x} for {t} and {y} for {o} || {t} were coached by {x}, {o} by {y}
WC: the defeat ended the season of {l} || for {l} the season was over || {w} went on in the playoffs, and {l} were out
CON: the win [sent {w} to {b}|put {w} in {b}] || with that {w} had reached {b} || {l} missed out on {b}, which {w} had reached
SB: {w} were the champions of the {y} season || the win made {w} champions of the {y} season || with that {w} had won the title of the {y} season
week: these were the results of week {n} of the {y} season, {d} || week {n} of the {y} season, {d}, had {g} || week {n} of the {y} season had {g}, {d}
wide: the widest margin was {m}, in {g} || {g} had the widest margin, {m} || no margin was wider than the {m} of {g}
close: the closest game was {g} || {g} was the closest || nothing was closer than {g}
most: the most points, {m}, came in {g} || {g} had the most points, {m} || {m} points, the most of all, were scored in {g}
season: {u} {t} had a record of {r} in the {y} regular season || {u} {t} went {r} in the {y} regular season || {u} {t} were {r} in the {y} regular season
scored: they scored {f} points and allowed {g} || the points were {f}-{g} || {f} points were scored and {g} allowed
split: at home they were {h} and on the road {v} || they went {h} at home and {v} away || the record was {h} at home, {v} on the road
run: the longest {k} was {n}, from {d} to {e} || from {d} to {e} came the longest {k}, {n} || the longest {k}, {n}, lasted from {d} to {e}
with: they were {x} starting at quarterback || by starting quarterback the team was {x} || the record was {x} as the starting quarterback
under: they were {x} || the record was {x} || the team went {x}
bound: the {k} was {s} against {o} on {d} || the {k}, {s}, came against {o} on {d} || on {d} came the {k}, {s} against {o}
did: [beat {o} {s}|won {s} against {o}|defeated {o} {s}] || [lost {s} to|fell {s} to|were beaten {s} by] {o} || [tied {s} with|played to {x} tie with] {o}
table: the records of the {y} regular season{u}, by share of games won (a tie is half a win): || the {y} regular season{u} had these records, best first:
pair: {a} and {b} met in {n} between {y} and {z}: {r} for {a} || {a} have a record of {r} against {b} in {n} from {y} to {z}
career: {P} {did} {n} on record from {d} to {e}, with a record of {R} || from {d} to {e}, {P} {did} {n} on record and had a record of {R}
|| the record of {P} {role} is {R}, in {n} from {d} to {e} || {P} has {n} on record {role}, from {d} to {e}: {R}
of: with {t} it was {r} ({y}) || the record with {t} ({y}) was {r} || for {t} ({y}) it came to {r}
final: {P} {v} {b} with {t}, {s} {x} {l} || {b} was {v} by {P} and {t}, {s} {x} {l}
often: the most frequent opponents were {o}, with {n} and a record of {r} || no team was met more often than {o}: {n}, {r}
ground: {S} had {n} on record from {d} to {e} || {n} from {d} to {e} are on record at {S} || from {d} to {e}, {S} was the stadium of {n} on record
"""
WORDS = {key: [t.strip() for t in text.replace("\n", " ").split(" || ")]
         for key, text in re.findall(r"^(\w+): (.*(?:\n(?!\w+: ).*)*)", WORDS.strip(), re.M)}

pick = lambda rng, items: items[int(rng.random() * len(items))]
choose = lambda rng, text: re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), text)
say = lambda rng, key, **words: choose(rng, pick(rng, WORDS[key])).format(**words)
a = lambda s: ("an " if re.match("8|11-|18-", s) else "a ") + s
count = lambda n, noun: f"{NUMBER[n] if n < len(NUMBER) else n} {noun}{'s' * (n != 1)}"
join = lambda items: ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)
day = lambda iso: f"{int(iso[8:])} {MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"
on = lambda rng, iso: f"on {MONTHS[int(iso[5:7]) - 1]} {int(iso[8:])}, {iso[:4]}" if rng.random() < .4 else "on " + day(iso)
# of a list of (game, side) pairs: its seasons, points scored or allowed, those of the regular season and the others, won-lost-tied
years = lambda played: " to ".join(dict.fromkeys(str(played[n][0].season) for n in (0, -1)))
points = lambda played, own: sum(g.score[i if own else 1 - i] for g, i in played)
parted = lambda played: [[p for p in played if (p[0].kind == "REG") == regular] for regular in (True, False)]
outcomes = lambda played: Counter((margin(g, i) > 0) - (margin(g, i) < 0) for g, i in played)
record = lambda played: "-".join(str(outcomes(played)[n]) for n in (1, -1, 0) if n or outcomes(played)[n])
# of a game
franchise = lambda g, i: MOVED.get(g.teams[i], g.teams[i])
called = lambda g, i: "the " + [n.lstrip("0123456789 ") for n in TEAMS.get(franchise(g, i), g.teams[i]).split("|") if n < str(g.season + 1) or n > "A"][-1]
margin = lambda g, i=0: g.score[i] - g.score[1 - i]
short = lambda g, i: "the " + called(g, i).split()[-1] if "Team" not in called(g, i) else "Washington"
score = lambda g: f"{max(g.score)}-{min(g.score)}"
sides = lambda g, by=None: [(by or called)(g, i) for i in ((0, 1) if margin(g) > 0 else (1, 0))]  # winner and loser; of a tie home and away
noun = lambda g: f"the {score(g)} " + ("win of {} over {}" if margin(g) else "tie of {} and {}").format(*sides(g)) + f" on {day(g.date)}"
line = lambda g: ", ".join(f"{called(g, i)[4:]} {g.score[i]}" for i in (0, 1)) + f", {g.stadium}" * bool(g.stadium)
contest = lambda rng, g: choose(rng, ROUNDS[g.kind]).format(n=g.week, y=g.season, b=bowl(g))
bowl = lambda g: "Super Bowl " + ("50" if g.season == 2015 else TENS[(g.season - 1965) // 10] + ONES[(g.season - 1965) % 10])  # that of 1966 was number I
titled = lambda g: re.sub("^(?:The )?(.*(?:[Dd]ome|Coliseum))$", r"the \1", g.stadium)
place = lambda rng, g: (choose(rng, "[on neutral ground |]at ") if g.neutral and g.kind != "SB" else "at ") + titled(g) if g.stadium else ""


def told(clauses):
    """Clauses as sentences: a capital, a full stop, no commas or spaces that an empty or a comma-ended word left behind."""
    clauses = (re.sub(r"[ ,]+,", ",", re.sub(" +", " ", c)).strip(" ,") for c in clauses if c)
    return " ".join(c[0].upper() + c[1:] + "." for c in clauses).replace(",.", ".").replace("..", ".").replace(":.", ":")


def grouped(played, key):
    groups = defaultdict(list)
    for g, i in played:
        groups[key(g, i)].append((g, i))
    return groups


def lead(rng, g, c="", p="", d=""):
    w, l = sides(g)
    key = "tie" if not margin(g) else "win" if g.neutral or rng.random() < .5 else "home" if margin(g, 1) > 0 else "away"
    v = pick(rng, ["beat", "defeated", ["edged", "got the better of", "routed"][(abs(margin(g)) > 3) + (abs(margin(g)) > 20)]])
    return say(rng, key, w=w, l=l, W=w[4:], L=l[4:], h=called(g, 1), a=called(g, 0), s=score(g), x=a(score(g)), v=v, c=c, d=d, p=p)


def people(rng, g, *keys):
    """Who started at quarterback and who coached, where both sides are known"""
    for key, who in ((key, [p[-1] for p in getattr(g, key)]) for key in keys):
        i = int(rng.random() < .5)  # the side that comes first
        if all(who):
            yield say(rng, key, x=who[i], t=short(g, i), y=who[1 - i], o=short(g, 1 - i))


def conditions(rng, g):
    hour, minute = map(int, g.time.split(":")[:2]) if re.match(r"\d+:\d\d", g.time) else (0, 0)
    if (hour, minute) >= (9, 30):
        yield choose(rng, f"[kick-off was|the game kicked off] at {(hour - 1) % 12 + 1}:{minute:02} {'p.m.' if hour > 11 else 'a.m.'} Eastern time")
    if g.roof in ROOFS and g.surface:
        yield choose(rng, f"[the game was played|they played] {ROOFS[g.roof]} on {SURFACES.get(g.surface, g.surface)}")
    if g.temp and g.wind:
        wind = f"a wind of {g.wind} mile{'s' * (g.wind != '1')} per hour" if g.wind != "0" else "no wind"
        yield choose(rng, f"[it|the temperature] was {g.temp} degrees Fahrenheit, with {wind}")


def extremes(rng, games):
    """The widest margin, the closest game and the most points, each where one game alone has it"""
    for key, size in (("wide", lambda g: abs(margin(g))), ("close", lambda g: -abs(margin(g))), ("most", lambda g: sum(g.score))):
        top = [g for g in games if size(g) == max(map(size, games))]
        if len(top) == 1 and len(games) > 3:
            yield say(rng, key, g=noun(top[0]), m=sum(top[0].score) if key == "most" else count(abs(margin(top[0])), "point"))


def marks(rng, played):
    """The biggest win, the heaviest defeat and the longest streaks of a team or a person"""
    for key, sign, k in (("biggest win", 1, "winning streak"), ("heaviest defeat", -1, "losing streak")):
        top, best, run = max(sign * margin(g, i) for g, i in played), [], []
        for g, i in played:
            run = run + [g] if sign * margin(g, i) > 0 else []
            best = run if len(run) > len(best) else best
        g, i = next(p for p in played if sign * margin(*p) == top)
        yield say(rng, "bound", k=key, s=score(g), o=called(g, 1 - i), d=day(g.date)) if top > 0 else ""
        yield say(rng, "run", k=k, n=count(len(best), "game"), d=day(best[0].date), e=day(best[-1].date)) if len(best) > 2 else ""


def report(rng, g, standings, before):
    """A game: standings are the records of both sides after it, before is their last meeting."""
    w, l = sides(g, short)
    start = [lead(rng, g, contest(rng, g), place(rng, g), on(rng, g.date)), say(rng, "over") if g.overtime else ""]
    rest = [say(rng, "standing", t=short(g, 1), r=standings[1], o=short(g, 0), q=standings[0])] if g.kind == "REG" else []
    rest += [say(rng, "before", g=noun(before))] if before and rng.random() < .7 else []
    rest += [pick(rng, [f"the referee was {g.referee}", f"{g.referee} was the referee"])] if g.referee else []
    rest += [*people(rng, g, "passers", "coaches"), *conditions(rng, g)]
    end = [] if g.kind == "REG" else [say(rng, g.kind if g.kind != "DIV" else "WC", w=w, l=l, b=bowl(g), y=g.season)]
    return told(start + sorted(rest, key=lambda _: rng.random()) + end)


def week(rng, games):
    """Day by day in sentences, or a list"""
    d = " to ".join(dict.fromkeys(day(g.date) for g in (games[0], games[-1])))
    out = [told([say(rng, "week", n=games[0].week, y=games[0].season, d=d, g=count(len(games), "game"))])]
    rows = [f"{g.weekday} {day(g.date)}".strip() + f": {line(g)}" + " (overtime)" * g.overtime for g in games]
    if rng.random() < .6:
        rows = [told([f"on {day(d)}, " * (g == part[0][0]) + lead(rng, g, p=place(rng, g)) + " in overtime" * g.overtime for g, _ in part])
                for d, part in grouped([(g, 1) for g in games], lambda g, _: g.date).items()]
    return "\n".join([*out, *rows, told(extremes(rng, games))]).strip()


def playoffs(rng, games):
    keys = ["passers", "coaches"][:1 + (rng.random() < .5)]
    full = lambda g: lead(rng, g, contest(rng, g), place(rng, g), on(rng, g.date))
    rows = [told([full(g), say(rng, "over") if g.overtime else "", *people(rng, g, *keys)]) for g in games]
    n, b, end = Counter(g.kind for g in games), bowl(games[0]), [f"the champions were {sides(g)[0]}" for g in games if g.kind == "SB"]
    kinds = [count(n[k], word) for k, word in (("WC", "wild-card game"), ("DIV", "divisional game"), ("CON", "conference championship game")) if n[k]]
    return "\n".join([told([f"the {games[0].season} playoffs {'had' if end else 'so far have had'} {join(kinds + [b] * n['SB'])}", *end]), *rows])


def table(rng, games, until):
    """All records of a regular season"""
    reg = [g for g in games if g.kind == "REG"]
    teams = grouped([(g, i) for g in reg for i in (0, 1)], called)
    share = {t: (2 * outcomes(run)[1] + outcomes(run)[0]) / len(run) for t, run in teams.items()}
    form = pick(rng, ["{} {}, points {}-{}", "{}: {} (points {}-{})", "{}, {}, {} points for and {} against"])
    rows = [form.format(t[4:], record(teams[t]), points(teams[t], True), points(teams[t], False)) for t in sorted(teams, key=lambda t: (-share[t], t))]
    end = [lead(rng, g, contest(rng, g), place(rng, g), on(rng, g.date)) for g in games if g.kind == "SB"]
    return "\n".join([told([say(rng, "table", y=games[0].season, u=until and " " + until.strip(","))]), *rows, told([*extremes(rng, reg), *end])]).strip()


def team_season(rng, played, until):
    (reg, post), (g, i) = parted(played), played[0]
    at = {n: [p for p in reg if (2 if p[0].neutral else p[1]) == n] for n in (0, 1, 2)}
    split = say(rng, "split", h=record(at[1]), v=record(at[0])) + (f", with {record(at[2])} on neutral ground" if at[2] else "")
    out = [say(rng, "season", t=called(g, i), r=record(reg), y=g.season, u=until), say(rng, "scored", f=points(reg, True), g=points(reg, False))]
    rest = [split, *marks(rng, reg)]
    for key, word in (("passers", "with"), ("coaches", "under")):
        by = sorted(grouped(played, lambda g, i: getattr(g, key)[i][-1]).items(), key=lambda run: -len(run[1]))
        x = join([f"{record(run)} {word} {who}" for who, run in by if who])
        rest += [say(rng, word, x=x) + ", playoffs included" * bool(post)] if x else []
    rows = []
    for g, i in played:
        did = choose(rng, WORDS["did"][0 if margin(g, i) > 0 else 1 if margin(g, i) else 2]).format(o=called(g, 1 - i), s=score(g), x=a(score(g)))
        did += (" on neutral ground" if g.neutral else " at home" if i else " on the road") + " in overtime" * g.overtime
        rows.append((f"week {g.week}" if g.kind == "REG" else contest(rng, g)[3:].strip(","), day(g.date), did))
    form = pick(rng, ["{}, {}: {}", "{} ({}): {}", "in {} on {} they {}", "on {1}, in {0}, they {2}"])
    rows = (" " if "they" in form else "\n").join(told([form.format(*row)]) for row in rows)
    return "\n".join([told(out + sorted(rest, key=lambda _: rng.random())), rows])


def pair(rng, one, games):
    """Two franchises under their latest names"""
    played = [(g, int(franchise(g, 1) == one)) for g in games]
    (g, i), n = played[-1], len(parted(played)[1])
    A, B = called(g, i), called(g, 1 - i)
    out = [say(rng, "pair", a=A, b=B, n=count(len(games), "game"), y=games[0].date[:4], z=g.date[:4], r=record(played))]
    rest = [f"{A} scored {points(played, True)} points in these games, {B} {points(played, False)}", f"the latest of them was {noun(g)}", *extremes(rng, games)]
    rest += [f"{count(n, 'game')} of these {'was' if n == 1 else 'were'} in the playoffs"] if n else []
    rest += ["games before a move or a change of name are included"] if {called(g, i) for g in games for i in (0, 1)} != {A, B} else []
    return "\n".join([told(out + sorted(rest, key=lambda _: rng.random())), *(f"{day(g.date)}: {line(g)}" for g in games[-8:])])


def career(rng, name, did, role, played):
    """A head coach or a starting quarterback"""
    parts, teams, foes = zip(parted(played), ("regular season", "playoffs")), grouped(played, called), grouped(played, lambda g, i: franchise(g, 1 - i))
    R = " and ".join(f"{record(part)} in the {kind}" for part, kind in parts if part)
    out = [say(rng, "career", P=name, R=R, n=count(len(played), "game"), d=day(played[0][0].date), e=day(played[-1][0].date), did=did, role=role)]
    out += [say(rng, "of", t=t, r=record(run), y=years(run)) for t, run in teams.items()] if len(teams) > 1 else [f"all of these were with {[*teams][0]}"]
    met, seasons = max(foes.values(), key=len), grouped(played, lambda g, i: g.season)
    rest = [*marks(rng, played), "by season, playoffs included: " + ", ".join(f"{record(run)} in {y}" for y, run in seasons.items())]
    rest += [say(rng, "often", o=called(met[-1][0], 1 - met[-1][1]), n=count(len(met), "game"), r=record(met))] if len(met) > 2 else []
    for g, i in (p for p in played if p[0].kind == "SB"):
        v, x = ("won", "against") if margin(g, i) > 0 else ("lost", "to")
        rest.append(say(rng, "final", P=name, b=bowl(g), t=called(g, i), l=called(g, 1 - i), s=score(g), v=v, x=x))
    return told(out + sorted(rest, key=lambda _: rng.random()))


def stadium(rng, games):
    hosts, listed, away = grouped([(g, 1) for g in games if not g.neutral], called), [*dict.fromkeys(g.stadium for g in games)], sum(g.neutral for g in games)
    out = [say(rng, "ground", S=titled(games[-1]), n=count(len(games), "game"), d=day(games[0].date), e=day(games[-1].date))]
    out += [f"its names in the record are {join(listed)}"] if len(listed) > 1 else []
    out += [f"{t} were {record(run)} at home there ({years(run)})" for t, run in hosts.items()]
    rest = [f"{count(away, 'game')} there {'was' if away == 1 else 'were'} on neutral ground"] if away else []
    rest += [*extremes(rng, games), *(f"{bowl(g)} was played there: {noun(g)}" for g in games if g.kind == "SB")]
    return told(out + sorted(rest, key=lambda _: rng.random()))


def read(upstream):
    """The games that were played, in the order of time"""
    games = {}
    for r in (r for _, f in upstream.files("games.csv") for r in csv.DictReader(f)):
        get = lambda key: "" if r.get(key) in (None, "NA") else r[key].strip()
        both = lambda key: (get("away_" + key), get("home_" + key))
        if all(s.isdigit() for s in both("score")) and get("game_type") in ROUNDS and re.fullmatch(r"\d{4}-\d\d-\d\d", get("gameday")):
            passers = tuple((i or n, n) for i, n in zip(both("qb_id"), both("qb_name")))
            games[get("game_id")] = Game(get("game_id"), int(get("season")), get("game_type"), int(get("week")), *map(get, ("gameday", "weekday", "gametime")),
                                         both("team"), tuple(map(int, both("score"))), get("location") == "Neutral", get("overtime") == "1",
                                         *map(get, ("roof", "surface", "temp", "wind")), passers, [[c] for c in both("coach")], get("referee"),
                                         get("stadium_id") or get("stadium"), get("stadium"))
    if not games:
        raise ValueError("no games.csv with games that were played among the files of nflverse")
    return sorted(games.values(), key=lambda g: (g.date, g.time, g.id))


def documents(upstream, seed):
    """Season by season the games, weeks, playoffs and teams; then pairs, coaches, quarterbacks and stadiums with four games or more."""
    games, pairs = read(upstream), defaultdict(list)
    played = [(g, i) for g in games for i in (0, 1)]

    def doc(name, when, tell, *args):
        return {"text": tell(Random(f"{seed} {name}"), *args), "sport": "american_football", "url": URL, "date": when, "record": name}
    for y, season in grouped(played, lambda g, i: g.season).items():
        teams, season, weeks = grouped(season, franchise), [g for g, i in season if i], defaultdict(list)
        until = "" if any(g.kind == "SB" for g in season) or y < games[-1].season else f"up to {day(season[-1].date)},"
        for g in season:
            ids = franchise(g, 0), franchise(g, 1)
            met = pairs[tuple(sorted(ids))]
            standings = [record([p for p in parted(teams[t])[0] if p[0].date <= g.date]) for t in ids]
            yield doc(f"game {g.id}", g.date, report, g, standings, met[-1] if met else None)
            met.append(g)
            weeks[g.kind == "REG" and g.week].append(g)
        for n, part in weeks.items():
            yield doc(f"week {y} {n}" if n else f"playoffs {y}", part[-1].date, week if n else playoffs, part)
        yield doc(f"table {y}", season[-1].date, table, season, until)
        for team, part in ((team, part) for team, part in teams.items() if parted(part)[0]):
            yield doc(f"season {y} {team}", part[-1][0].date, team_season, part, until)
    for (one, two), met in pairs.items():
        if len(met) > 3:
            yield doc(f"pair {one} {two}", met[-1].date, pair, one, met)
    for key, did, role in (("coaches", "was the head coach in", "as a head coach"), ("passers", "started at quarterback in", "as a starting quarterback")):
        for person, part in grouped(played, lambda g, i: getattr(g, key)[i][0]).items():
            if person not in ("", "Jim Mora") and len(part) > 3:  # father and son have one name
                name = Counter(getattr(g, key)[i][-1] for g, i in part).most_common(1)[0][0]
                yield doc(f"{key} {person}", part[-1][0].date, career, name, did, role, part)
    for ground, part in grouped([(g, 1) for g in games], lambda g, i: g.ground).items():
        if ground and len(part) > 3:
            yield doc(f"stadium {ground}", part[-1][0].date, stadium, [g for g, _ in part])


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
