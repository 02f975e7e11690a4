"""
Men's football internationals since 1872: match reports, tournaments, head-to-heads, players, records, a page per team and year.

$ python prepare.py international_results [--from DIR]

results.csv has every match; goalscorers.csv has the goals of World Cups, continental championships, their qualifiers and a few more, complete for
a match or absent (some have NA for a minute or a name); shootouts.csv has the winners of shoot-outs, without scores, and sometimes who shot first;
some came after a second leg that was not drawn. Scores include extra time, which is nowhere marked: it is told where a goal proves it. Goals of
stoppage time are of minute 45 or 90, a few of 91 to 99; of two goals in one minute nobody knows which came first. Teams carry today's name
(former_names.csv has the older ones), countries the name of the day; a home match in a country of an older name may be marked neutral. A fixture
has NA for its score. Two sides have met twice on a day. Shoot-outs are draws in all records.
"""
import csv
import os
import re
import sys
from collections import Counter, defaultdict, namedtuple
from datetime import date
from random import Random

FILES = {f: "https://raw.githubusercontent.com/martj42/international_results/HEAD/" + f
         for f in ("results.csv", "goalscorers.csv", "shootouts.csv", "former_names.csv")}
FROM = ["stats/martj42_international_results"]
URL = "https://github.com/martj42/international_results"

MAJOR = ("FIFA World Cup|UEFA Euro|Copa América|African Cup of Nations|AFC Asian Cup|Gold Cup|CONCACAF Championship|Oceania Nations Cup|"
         "Confederations Cup|Olympic Games|UEFA Nations League").split("|")
CUPS = {"FIFA World Cup": "[World Cup|FIFA World Cup]", "UEFA Euro": "[European Championship|UEFA European Championship]",
        "African Cup of Nations": "[Africa|African] Cup of Nations", "AFC Asian Cup": "[Asian Cup|AFC Asian Cup]", "Gold Cup": "[CONCACAF |]Gold Cup",
        "UEFA Nations League": "[UEFA |]Nations League", "Olympic Games": "Olympic football tournament", "The Other Final": "Other Final"}
SAME = {"German DR": "East Germany", "Vietnam Republic": "South Vietnam", "Yemen DPR": "South Yemen"}  # as English texts call them
OWN = [("Germany", "West Germany", "1950-11-22", "1990-10-02")]  # upstream's list of former names lacks it
THE = re.compile(r"(Isle|Parishes|County|Representation|Republic) of .*|.*(Islands|Isles|States|Republic|Union|Emirates|Antilles|Hebrides|Indies"
                 r"|Country|Nation|people|Sicilies|Free State|Gold Coast)|Netherlands|Philippines|Bahamas|Gambia|CIS|Maldives|Comoros|Belgian Congo")
BEAT = ["[beat|edged|defeated|beat]", "[beat|defeated|overcame]", "[beat|thrashed|routed|crushed]"]  # by one, by two or three, by more
NUMBER = "no one two three four five six seven eight nine ten".split()
NTH = " first second third fourth fifth sixth seventh eighth ninth tenth".split(" ")
MONTHS = "January February March April May June July August September October November December".split()
Match = namedtuple("Match", "id date home away hs gs cup city land neutral hname aname goals shootout")

# -----------------------------------------------------------------------------
# wordings: a key and its sentences, parted by ||; [a|b] is a choice. w winner, l loser, h home side, a away side, s score, x "a 4-2",
# c competition, p place, d and e dates, t team, ts team's, m minute, i scorers, r result, n and k so many; c, p and d may be empty

WORDS = """
win: {w} {v} {l} {s} {c} {p} {d} || {d}, {w} {v} {l} {s} {c} {p} || {l} [lost|went down|fell] {s} to {w} {c} {p} {d} || {c}, {w} {v} {l} {s} {p} {d}
|| {w} [won {s} against|were {s} winners over|recorded {x} win over|came out {s} winners against] {l} {c} {p} {d} || {p} {d}, {w} {v} {l} {s} {c}
|| {d}, {l} [lost {s} to|went down {s} to|were beaten {s} by] {w} {c} {p} || {c} {p} {d}, {l} were beaten {s} by {w}
|| there was {x} win for {w} over {l} {c} {p} {d} || {d}, the match between {h} and {a} {p} ended in {x} win for {w} {c}
|| {h} {hs}, {a} {gs} was the [result|score] {c} {p} {d} || {c}, {l} fell {s} to {w} {p} {d} || {h} against {a} {c} {p} {d} ended {s} for {w}
|| {w} took the match with {l} {c} {p} {d}, winning {s}
home: {w} won {s} at home to {l} {c} {p} {d} || {l} [lost|went down] {s} away to {w} {c} {p} {d}
|| {d}, {l} [lost|went down|fell] {s} away to {w} {c} {p} || {c} {p} {d}, the home side, {w}, {v} {l} {s}
|| [hosts {w}|{w}, at home,] {v} {l} {s} {c} {p} {d} || the home side won {c} {p} {d}: {w} {v} {l} {s}
|| {c} {p} {d}, [hosts|home side] {w} won {s} against {l}
away: {w} won {s} away to {l} {c} {p} {d} || {d}, {l} [lost|went down|fell] {s} at home to {w} {c} {p}
|| {c} {p} {d}, [visitors {w}|the visitors, {w},] {v} {l} {s} || [the visitors, {w},|{w}, the visitors,] {v} {l} {s} {c} {p} {d}
|| {c} {p} {d}, {l} were beaten {s} at home by {w} || the away side won {c} {p} {d}: {w} {v} {l} {s}
draw: {h} and {a} [drew {s}|played out {x} draw|finished level at {s}|shared {x} draw] {c} {p} {d} || {d}, {h} and {a} [drew|ended] {s} {c} {p}
|| {c}, {h} and {a} [finished level at|drew] {s} {p} {d} || {h} drew {s} with {a} {c} {p} {d} || there was {x} draw between {h} and {a} {c} {p} {d}
|| {d}, {a} held {h} to {x} draw {c} {p} || {h} {hs}, {a} {gs} was the [result|score] {c} {p} {d}
|| {c} {p} {d}, the match between {h} and {a} was drawn {s} || {h} against {a} {c} {p} {d} ended {s}
extra: [the match went to extra time|extra time was needed] after a score of {e}
|| [it was|the score was|the sides were level at|it stood at] {e} after 90 minutes, and extra time [followed|was played]
|| {e} after 90 minutes meant extra time || after 90 minutes the score was {e}, [so|and] the match went to extra time
|| extra time followed a score of {e}
long: the [match|tie] went to extra time || extra time was [played|needed to decide the tie]
open: {p} [opened the scoring for {t}|put {t} ahead|broke the deadlock for {t}|made it 1-0 to {t}] {m}
|| {t} [took the lead|went in front|went 1-0 up] {m} through {p} || {m}, [{p} gave {t} the lead|{t} went ahead through {p}]
|| the [first|opening] goal came {m}, from {p} for {t}
only: the [only|one] goal of the match came {m} from {p} || {p} [decided the match|made the difference|settled it] {m}
|| {t} scored the only goal {m} through {p} || {m}, {p} [settled the match|decided it|brought {t} the only goal]
|| [it took one goal, and that|the goal] came from {p} {m}
equal: {p} [equalised for {t}|levelled the score at {s}|brought {t} level|made it {s}] {m} || {t} [drew level|were level at {s}] {m} through {p}
|| {m}, [{p} made it {s}|{t} were level at {s} through {p}] || the equaliser for {t} came {m} from {p}
lead: {p} [put {t} {s} ahead|made it {s} to {t}|brought {t} {x} lead] {m} || {t} [went {s} up|took {x} lead] {m} through {p}
|| {m}, {p} gave {t} {x} lead
winner: {p} [decided the match|won it for {t}] {m} || the winning goal [for {t}|] came {m} from {p} || {t} won it {m} through {p}
|| {m}, {p} gave {t} the win || {p} made it {s} {m}, which was enough for {t}
extend: {p} [made it {s}|extended {ts} lead to {s}|increased the lead to {s}|took {t} {s} clear] {m}
|| {t} [went {s} up|moved {s} ahead] {m} through {p} || {m}, {p} made it {s} || {t} scored again {m} through {p}, making it {s}
|| {m}, {p} added another for {t}
reduce: {p} [pulled one back for {t}|cut the deficit to {s}|made it {s}|got a goal back for {t}] {m}
|| {t} [pulled a goal back|got one back] {m} through {p} || {m}, {p} [reduced the deficit to {s}|brought {t} back to {s}]
list: {t} scored through {i} || {ts} {g} came from {i} || the {g} [for|of] {t} came from {i} || {t} had {i} to thank for their {g}
|| on the scoresheet for {t}: {i} || scoring for {t}: {i} || {ts} {g}: {i}
shoot: {w} won [the penalty shoot-out|on penalties|a penalty shoot-out] || the penalty shoot-out went to {w} || {w} beat {l} on penalties
|| {l} lost [on penalties|the penalty shoot-out] || penalties [followed|decided it], and {w} won the shoot-out
|| {w} prevailed in the penalty shoot-out || a penalty shoot-out decided it in favour of {w}
tie: the tie [was decided by|went to] a penalty shoot-out, which {w} won || {w} [took|won] the tie on penalties
|| the tie as a whole was level, and {w} won the penalty shoot-out
first: {f} [took the first kick|shot first|began the shoot-out|went first] || the first kick was taken by {f}
group: these are [results|the scores of matches] {c} {d} || {c}, these matches were played {d} || {c} {d}, the [results|scores] included these
|| among the [matches|results] {c} {d} were these || the [results|matches] {c} {d} included the following
year: {T} played {n} {y}: {W}, {D} and {L} || {y}, {T} [played {n} and had {W}, {D} and {L}|had a record of {W}, {D} and {L} in {n}]
|| {y}, {T} had {W}, {D} and {L} from {n} || {y}, {n} gave {T} {W} and {D}, with {L} || there were {n} {y} for {T}, with {W}, {D} and {L}
|| {n} {y} brought {T} {W}, {D} and {L}
goals: they scored {F} and conceded {g} || {F} for and {g} against was the balance || the goals came to {f} for and {g} against
|| [in all they|they] scored {f} and conceded {g}
once: the team, listed today under {T}, was then called {o} || {o} was the team's name of the time; its matches are listed today under {T}
|| today's lists have this team under {T}
yw: beat {o} {s} || won {s} against {o} || {v} {o} {s} || defeated {o} {s}
yd: drew {s} with {o} || played {x} draw with {o} || were held {s} by {o} || finished level with {o} at {s}
yl: lost {s} to {o} || were beaten {s} by {o} || went down {s} to {o} || fell {s} to {o}
top: of the {n} goals whose scorers are on record, {b} || the scorers are on record for {n} of the goals: {b}
|| {n} of the goals have their scorers on record, and of these {b}
pair: {A} and {B} met {n} between {y} and {z}: {W} for {A}, {L} for {B} and {D}
|| between {y} and {z} there were {k} of {A} and {B}, with {W} for {A}, {L} for {B} and {D}
|| {A} had {W} and {B} {L} in their {k} between {y} and {z}; there were {D}
|| from {y} to {z}, {A} and {B} played each other {n}, and {A} had {W}, {B} {L}, with {D}
pairgoals: the goals stand at {f} for {A} and {g} for {B} || {A} scored {F} in these matches, {B} {g} || in goals it is {f}-{g} for {A} against {B}
firstmet: [the first of these matches was played|they first met|it began] {d}: {r} || the first meeting on record, {d}, was {r}
lastmet: [the latest was|they last met] {d}: {r} || most recently, {d}, it was {r} || the last meeting on record, {d}, was {r}
big: the biggest [win|victory] of {t} was {b} || {t} won by most in {b} || {ts} biggest win was {b} || the largest margin for {t} came with {b}
bigs: the biggest [wins|victories] of {t} were {b} || {t} won by most in {b} || {ts} biggest wins were {b}
|| the largest margin for {t} came with {b}
worst: the heaviest [defeat|loss] of {t}: {b} || {t} lost by most in {b} || no defeat of {t} was heavier than {b}
where: these were {k} || by competition: {k} || they [consist of|break down into] {k} || {k} make up the list
career: {P} scored {n} for {T} in matches whose scorers are on record, the first {d} and the latest {e}
|| {n} of {P} for {T} are on record, from {d0} to {e0} || {T} have {n} by {P} on record, scored between {d0} and {e0}
|| between {d0} and {e0}, {P} scored {n} for {T} in matches whose scorers are on record
note: the record [covers|counts] tournaments, their qualifiers and other competitive matches, not friendlies || friendlies are not counted
book: up to {u}, {T} have {n} on record: {W}, {D} and {L}, with {f} goals scored and {g} conceded
|| {T} had played {n} by {u} and had {W}, {D} and {L}; the goals were {f}-{g}
|| the records of {T} up to {u} hold {n}, with {W}, {D} and {L}, goals {f}-{g}
|| of {n} on record up to {u}, {T} had {W}, {D} and {L}, scoring {f} goals and conceding {g}
streak: the longest {k} of {T} is {n}, from {d} to {e} || {T} had their longest {k} from {d} to {e}: {n}
|| {ts} longest {k} lasted {n}, from {d} to {e} || {n} from {d} to {e} make up {ts} longest {k}
often: {ts} most frequent opponents are {o}, with {n} || no side met {T} more often than {o}: {n}
|| {o}, with {n}, are the opponents {T} played most often
edition: {c} {d}, {k} played {n} and scored {g} || {c} {d}, there were {n} between {k}, with {g} || {k} took part {c} {d}; {n} brought {g}
|| {n} and {g}: that was the tournament {c} {d}, with {k}
"""
WORDS = {key: [t.strip() for t in text.replace("\n", " ").split(" || ")]
         for key, text in re.findall(r"^(\w+): (.*(?:\n(?!\w+: ).*)*)", WORDS.strip(), re.M)}


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def choose(rng, text):
    return re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), text)


def say(rng, key, **words):
    return choose(rng, pick(rng, WORDS[key])).format(**words)


def told(clauses):
    """Clauses as sentences: a capital, a full stop, no commas or spaces that an empty or a comma-ended word left behind."""
    clauses = (re.sub(r"[ ,]+,", ",", re.sub(" +", " ", c)).strip(" ,") for c in clauses if c)
    return " ".join(c[0].upper() + c[1:] + "." for c in clauses).replace(",.", ".").replace("..", ".")


a = lambda s: ("an " if re.match("8|11-|18-|[AEIO](?!u)", s) else "a ") + s
word = lambda n: NUMBER[n] if n < len(NUMBER) else str(n)
nth = lambda n: NTH[n] if n < len(NTH) else f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
count = lambda n, noun, many="": f"{word(n)} {noun if n == 1 else many or noun + 's'}"
of = lambda name: name + ("'" if name.endswith("s") else "'s")
join = lambda items: ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)
the = lambda name: "the " * bool(THE.fullmatch(name)) + SAME.get(name, name)
day = lambda iso, year=True: f"{int(iso[8:])} {MONTHS[int(iso[5:7]) - 1]}" + f" {iso[:4]}" * year
on = lambda rng, iso: f"on {MONTHS[int(iso[5:7]) - 1]} {int(iso[8:])}, {iso[:4]}" if rng.random() < .25 else "on " + day(iso)
days = lambda m, n: (date.fromisoformat(n.date) - date.fromisoformat(m.date)).days
goals_of = lambda m, team: (m.hs, m.gs) if team == m.home else (m.gs, m.hs)


def contest(rng, cup, whole=False):
    """in a friendly, at the World Cup, in a World Cup qualifier; whole: of several matches"""
    name = choose(rng, CUPS.get(cup.removesuffix(" qualification"), cup.removesuffix(" qualification")))
    if cup == "Friendly":
        return "in friendlies" if whole else choose(rng, "in a friendly[| match| international]")
    if cup.endswith("qualification"):
        one = f"|{a(name)} qualifier" * 3 * (not whole)
        return choose(rng, f"in [{name} qualifying|qualifying for the {name}|the qualifiers for the {name}{one}]")
    return ("at" if (cup in MAJOR[:-1] or "Games" in cup) and rng.random() < .5 else "in") + f" the {name}"


def place(rng, m):
    if m.city == m.land or not m.neutral and m.land in (m.hname, the(m.home)):
        return f"in {m.city}"
    return "on neutral ground " * (m.neutral and rng.random() < .2) + f"in {m.city}, {m.land},"


def lead(rng, m, c="", d=""):
    w, l, s = (m.hname, m.aname, f"{m.hs}-{m.gs}") if m.hs >= m.gs else (m.aname, m.hname, f"{m.gs}-{m.hs}")
    kind = "draw" if m.hs == m.gs else "win" if m.neutral or rng.random() < .6 else "home" if m.hs > m.gs else "away"
    v = choose(rng, BEAT[min(abs(m.hs - m.gs) // 2, 2)])
    return say(rng, kind, w=w, l=l, h=m.hname, a=m.aname, hs=m.hs, gs=m.gs, s=s, x=a(s), v=v, c=c, p=place(rng, m), d=d)


def result(rng, m):
    w, s = (m.hname, f"{m.hs}-{m.gs}") if m.hs > m.gs else (m.aname, f"{m.gs}-{m.hs}")
    return f"{a(s)} {'draw' if m.hs == m.gs else 'win for ' + w} {place(rng, m)} {contest(rng, m.cup)}"


def flow(rng, m):
    """The goals one after the other, with the score."""
    score, seen, clauses = Counter(), Counter(), []
    for i, (team, scorer, minute, own_goal, penalty) in enumerate(m.goals):
        t, other = (m.hname, m.away) if team == m.home else (m.aname, m.home)
        score[team], seen[scorer] = score[team] + 1, seen[scorer] + (not own_goal)
        lead, key, last = score[team] - score[other], "lead", i + 1 == len(m.goals)
        if lead == 1 and last:
            key = "winner" if i and rng.random() < .6 else "lead" if i else "only"
        elif lead != 1 or not i:
            key = "open" if not i else "equal" if lead == 0 else "extend" if lead > 0 else "reduce"
        s = f"{max(score[team], score[other])}-{min(score[team], score[other])}"
        p = "an own goal by " * own_goal + choose(rng, "a penalty [by|from] ") * penalty + scorer
        when = f"in the {nth(minute)} minute" if minute < 2 or rng.random() < .65 else f"after {minute} minutes"
        more = f", his {nth(seen[scorer])} goal of the match" if not own_goal and seen[scorer] > 1 else ""
        clause = say(rng, key, p=p, t=t, ts=of(t), m=when, s=s, x=a(s)) + more
        if i % 2 and rng.random() < .6:
            clause = clauses.pop() + pick(rng, [", and ", "; "]) + clause
        clauses.append(clause)
    return clauses


def scorers(rng, m):
    """The goals of each side as a list."""
    clauses = []
    for team, t in ((m.home, m.hname), (m.away, m.aname)):
        by = defaultdict(list)
        for _, scorer, minute, own_goal, penalty in (g for g in m.goals if g[0] == team):
            by["an own goal by " * own_goal + scorer].append(" ".join([str(minute)] * (minute > 0) + ["penalty"] * penalty))
        for p, marks in by.items():
            by[p] = p + (f" ({', '.join(marks)})" if all(marks) else f" ({count(len(marks), 'goal')})" * (len(marks) > 1))
        goals = "goals" if sum(g[0] == team for g in m.goals) > 1 else "goal"
        clauses += [say(rng, "list", t=t, ts=of(t), i=join(list(by.values())), g=goals)] if by else []
    return clauses


def after(rng, m):
    """What followed the result. A goal after a score level at 90 minutes, or after 99 (in a second leg), proves extra time."""
    g, names, clauses = m.goals or [], {m.home: m.hname, m.away: m.aname}, []
    late, timed = max((x[2] for x in g), default=0), all(x[2] for x in g)
    at90 = [sum(x[0] == team and x[2] <= 90 for x in g) for team in (m.home, m.away)]
    if late > 90 and timed and at90[0] == at90[1]:
        clauses.append(say(rng, "extra", e=f"{at90[0]}-{at90[0]}"))
    elif late > 99:
        clauses.append(say(rng, "long"))
    ordered = timed and len(g) < 7 and not any(x[2] == y[2] and x[0] != y[0] for x, y in zip(g, g[1:]))
    clauses += (flow if ordered and rng.random() < .6 else scorers)(rng, m) if g else []
    if m.shootout:
        winner, first = m.shootout
        clauses.append(say(rng, "shoot" if m.hs == m.gs else "tie", w=names[winner], l=names[m.away if winner == m.home else m.home]))
        clauses += [say(rng, "first", f=names[first])] if first in names else []
    return clauses


def report(rng, matches):
    first, last, years = matches[0].date, matches[-1].date, matches[0].date[:4] != matches[-1].date[:4]
    c, d = contest(rng, matches[0].cup, len(matches) > 1), f"between {day(first)} and {day(last)}" if first != last else on(rng, last)
    if len(matches) == 1:
        return told([lead(rng, matches[0], c, d)] + after(rng, matches[0]))
    blocks = [told([lead(rng, m, d="on " + day(m.date, years) if first != last else "")] + after(rng, m)) for m in matches]
    return pick(rng, [" ", "\n"]).join([told([say(rng, "group", c=c, d=d)])] + blocks)


def tally(matches, team):
    """played, won, drawn, lost, scored, conceded"""
    margins, goals = [goals_of(m, team)[0] - goals_of(m, team)[1] for m in matches], [goals_of(m, team) for m in matches]
    return len(goals), sum(x > 0 for x in margins), margins.count(0), sum(x < 0 for x in margins), *(sum(x) for x in zip(*goals or [(0, 0)]))


def summary(matches, team):
    n, w, d, l, f, g = tally(matches, team)
    return dict(n=count(n, "match", "matches"), W=count(w, "win"), D=count(d, "draw"), L=count(l, "defeat"), f=f, g=g, F=count(f, "goal"))


def biggest(rng, matches, team, sign=1):
    """The wins, or with sign -1 the defeats, by the largest margin: three at most."""
    margin = lambda m: sign * (goals_of(m, team)[0] - goals_of(m, team)[1])
    top, t = max(map(margin, matches)), the(team)
    best = sorted((m for m in matches if margin(m) == top > 0), key=lambda m: -m.hs - m.gs)[:3]
    best = [f"{m.hname} {m.hs}-{m.gs} {m.aname} {on(rng, m.date)}" for m in best]
    return [say(rng, "worst" if sign < 0 else "bigs" if len(best) > 1 else "big", t=t, ts=of(t), b=join(best))] if best else []


def streak(rng, matches, team, k, wanted, least):
    """The longest run of matches whose goals are wanted(scored, conceded); of equal ones the first."""
    best, run, t = [], [], the(team)
    for m in matches:
        run = run + [m] if wanted(*goals_of(m, team)) else []
        best = run if len(run) > len(best) else best
    if len(best) < least:
        return []
    return [say(rng, "streak", T=t, ts=of(t), k=k, n=count(len(best), "match", "matches"), d=day(best[0].date), e=day(best[-1].date))]


def kinds(matches, noun, nouns):
    named = lambda n, cup: count(n, "friendly", "friendlies") if cup == "Friendly" else count(n, f"{cup} {noun}", f"{cup} {nouns}")
    return join([named(n, cup) for cup, n in Counter(m.cup for m in matches).most_common(6)])


def edition(rng, run):
    names, goals = {t: n for m in run for t, n in ((m.home, m.hname), (m.away, m.aname))}, [g for m in run for g in m.goals or []]
    table = [(*tally([m for m in run if t in (m.home, m.away)], t), n) for t, n in names.items()]
    table.sort(key=lambda r: (-3 * r[1] - r[2], r[5] - r[4], -r[4], r[6]))
    lands, wide, shoot = sorted({m.land for m in run}), max(run, key=lambda m: abs(m.hs - m.gs)), sum(bool(m.shootout) for m in run)
    d, n = f"between {day(run[0].date)} and {day(run[-1].date)}", count(len(run), "match", "matches")
    g = count(sum(row[4] for row in table), "goal")
    text = [told([say(rng, "edition", c=contest(rng, run[0].cup), d=d, k=count(len(names), "team"), n=n, g=g),
                  f"the matches were played in {join(lands)}" * (len(lands) < 4)])]
    form = choose(rng, "{6}: [{1} won, {2} drawn, {3} lost|played {0}, won {1}, drew {2}, lost {3}], goals {4}-{5}")
    text += [told([form.format(*row)]) for row in table[:16]]
    best = [(*who, n) for who, n in Counter((g[1], names[g[0]]) for g in goals if not g[3]).most_common(5) if n > 1]
    title = choose(rng, "[most goals|the leading scorers|the best scorers of the tournament]: ")
    tail = [title + join([f"{p} of {t} with {n}" for p, t, n in best])] if best and all(m.goals is not None for m in run) else []
    tail += [f"the largest win was {result(rng, wide)} {on(rng, wide.date)}"] if wide.hs != wide.gs else []
    tail += [f"{count(shoot, 'match', 'matches')} ended with a penalty shoot-out"] if shoot else []
    if run[-1].date != run[-2].date:
        tail += [lead(rng, run[-1], choose(rng, "in the [last|closing|final] match"), on(rng, run[-1].date))] + after(rng, run[-1])
    return "\n".join(text + [told(tail)])


def pair(rng, A, B, matches):
    A, B = (A, B) if rng.random() < .5 else (B, A)
    words = summary(matches, A)
    words.update(A=the(A), B=the(B), y=matches[0].date[:4], z=matches[-1].date[:4], k=words["n"], n=count(len(matches), "time"),
                 L=words["L"].replace("defeat", "win"))
    more = [say(rng, key, d=on(rng, m.date), r=result(rng, m)) for key, m in (("firstmet", matches[0]), ("lastmet", matches[-1]))]
    more.append(say(rng, "where", k=kinds(matches, "match", "matches")))
    for team in (A, B):
        more += biggest(rng, matches, team) + streak(rng, matches, team, "unbeaten run in these meetings", lambda f, g: f >= g, 5)
    lines = [f"{day(m.date)}, {m.city}: {m.hname} {m.hs}-{m.gs} {m.aname} ({m.cup})" for m in matches[-6:]]
    return "\n".join([told([say(rng, "pair", **words), say(rng, "pairgoals", **words)] + sorted(more, key=lambda _: rng.random()))] + lines)


def career(rng, team, player, goals):
    """goals: (match, goal) of a player in the order of time"""
    first, last = goals[0][0], goals[-1][0]
    T, by, spot = last.hname if team == last.home else last.aname, Counter(m for m, _ in goals), sum(g[4] for _, g in goals)
    dates = dict(d=on(rng, first.date), e=on(rng, last.date), d0=day(first.date), e0=day(last.date))
    out = [say(rng, "career", P=player, T=T, n=count(len(goals), "goal"), **dates)]
    out += [say(rng, "note"), choose(rng, "[by competition: |these were |the list: ]") + kinds([m for m, _ in goals], "goal", "goals")]
    foe, n = Counter(the(m.away if team == m.home else m.home) for m, _ in goals).most_common(1)[0]
    out += [choose(rng, f"[{word(n)} of them came against {foe}|no side conceded more of them than {foe}, with {word(n)}]")] if n > 2 else []
    out += [f"{word(spot)} of them came from the penalty spot"] if spot else []
    out += [f"{player} scored {word(n)} in {result(rng, m)} {on(rng, m.date)}" for m, n in by.items() if n > 2][:5]
    years = Counter(m.date[:4] for m, _ in goals)
    return told(out + [choose(rng, "[by year|year by year]: ") + ", ".join(f"{n} in {y}" for y, n in years.items())])


def book(rng, team, matches, today):
    T, shoot, more = the(team), [m for m in matches if m.shootout], []
    for k, wanted in (("winning run", lambda f, g: f > g), ("run without defeat", lambda f, g: f >= g), ("run without a win", lambda f, g: f <= g),
                      ("run of defeats", lambda f, g: f < g), ("run of matches without conceding", lambda f, g: not g)):
        more += streak(rng, matches, team, k, wanted, 3)
    foes = Counter(the(m.away if team == m.home else m.home) for m in matches)
    most = max(foes.values())
    more.append(say(rng, "often", T=T, ts=of(T), o=join([t for t in foes if foes[t] == most]), n=count(most, "match", "matches")))
    won = sum(m.shootout[0] == team for m in shoot)
    more += [f"{T} took part in {count(len(shoot), 'penalty shoot-out')} and won {word(won) if won else 'none'}"] if shoot else []
    for cup in MAJOR[:9]:
        there = [m for m in matches if m.cup == cup]
        form = f"{contest(rng, cup)} {T} played {{n}}, with {{W}}, {{D}} and {{L}}, goals {{f}}-{{g}}"
        more += [form.format(**summary(there, team))] if there else []
    more += biggest(rng, matches, team) + biggest(rng, matches, team, -1)
    return told([say(rng, "book", T=T, u=day(today), **summary(matches, team))] + sorted(more, key=lambda _: rng.random()))


def year(rng, team, matches, today):
    last, y, z = matches[-1], matches[0].date[:4], matches[-1].date[:4]
    T, words, month, dated = last.hname if team == last.home else last.aname, summary(matches, team), "", y != z
    y = (f"in {y}" if y == z else f"from {y} to {z}") + f" up to {day(today, False)}" * (z == today[:4] and today[5:] < "12-20")
    out = [say(rng, "year", T=T, y=y, **words), say(rng, "goals", **words)] + [say(rng, "once", T=the(team), o=T)] * (T != the(team))
    for m in matches:
        f, g = goals_of(m, team)
        s, home = f"{max(f, g)}-{min(f, g)}", team == m.home and not m.neutral
        v, o = choose(rng, BEAT[min(abs(f - g) // 2, 2)]), m.aname if team == m.home else m.hname
        did = say(rng, "yw" if f > g else "yd" if f == g else "yl", o=o, s=s, x=a(s), v=v)
        did += f" {'at home ' * home}{place(rng, m) if not home or rng.random() < .5 else ''} {contest(rng, m.cup)}"
        did += f", {'winning' if m.shootout[0] == team else 'losing'} the shoot-out," if m.shootout else ""
        # the competition is named with every match: one without would read as a friendly
        if month == m.date[:7] and rng.random() < .6 and ", and " not in out[-1]:
            out[-1] += f", and {did} on {day(m.date, False)}"
        else:
            out.append(f"on {day(m.date, dated)} {pick(rng, ['they', 'they', T])} {did}")
        month = m.date[:7]
    goals = [g for m in matches for g in m.goals or [] if g[0] == team]
    best = [(p, word(n)) for p, n in Counter(g[1] for g in goals if not g[3]).most_common(4) if n > 1]
    if best and len(goals) > 4:
        out.append(say(rng, "top", n=len(goals), b=join([f"{best[0][0]} scored {best[0][1]}"] + [f"{p} {n}" for p, n in best[1:]])))
    return told(out)


def read(upstream):
    """The matches in the order of time, each with its goals where all of them are known, and the tournaments that have fixtures."""
    rows = lambda name: [row for _, f in upstream.files(name) for row in csv.DictReader(f)]
    former, goals, ids, matches, ahead = defaultdict(list), defaultdict(list), Counter(), [], set()
    for team, *names in OWN + [[r[c] for c in ("current", "former", "start_date", "end_date")] for r in rows("former_names.csv")]:
        former[team].append(names)
    called = lambda team, d: the(next((old for old, start, end in former[team] if start <= d <= end), team))
    key = lambda r: f"{r['date']} {r['home_team']}-{r['away_team']}"
    for r in rows("goalscorers.csv"):
        minute = int(r["minute"]) if r["minute"].isdigit() else 0
        goals[key(r)].append((r["team"], "" if r["scorer"] == "NA" else r["scorer"], minute, r["own_goal"] == "TRUE", r["penalty"] == "TRUE"))
    shootouts = {key(r): (r["winner"], r.get("first_shooter")) for r in rows("shootouts.csv") if r["winner"] in (r["home_team"], r["away_team"])}
    for r in sorted(rows("results.csv"), key=lambda r: r["date"]):
        k, d, teams = key(r), r["date"], [r["home_team"], r["away_team"]]
        if not (r["home_score"].isdigit() and r["away_score"].isdigit()):
            ahead.add(r["tournament"])
            continue
        ids[k] += 1
        score, names, land = [int(r["home_score"]), int(r["away_score"])], [called(t, d) for t in teams], called(r["country"], d)
        known = [sum(g[0] == t for g in goals[k]) for t in teams] == score and all(g[1] for g in goals[k])
        matches.append(Match(k + f" {ids[k]}" * (ids[k] > 1), d, *teams, *score, r["tournament"], r["city"], land,
                             r["neutral"] == "TRUE" and land not in names, *names, tuple(goals[k]) if known else None, shootouts.get(k)))
    if not matches:
        raise ValueError("no results.csv with matches among the files of international_results")
    return matches, ahead


def parts(matches, together):
    """Neighbours that belong together(part, next match)."""
    part = []
    for m in matches:
        if part and not together(part, m):
            yield part
            part = []
        part.append(m)
    yield from [part] if part else []


def editions(matches, ahead):
    """Tournaments played in one go and to the end: matches at most 45 days apart, and no others of that name within 150 days."""
    cups = defaultdict(list)
    for m in matches:
        if m.cup not in ("Friendly", "UEFA Nations League") and not m.cup.endswith("qualification"):
            cups[m.cup].append(m)
    for cup in cups.values():
        runs = list(parts(cup, lambda part, m: days(part[-1], m) <= 45))
        for before, run, then in zip([None] + runs, runs, runs[1:] + [None]):
            apart = min(days(before[-1], run[0]) if before else 999, days(run[-1], then[0]) if then else 0 if run[0].cup in ahead else 999)
            if len(run) > 3 and apart > 150:
                yield run


def documents(upstream, seed):
    """Reports, tournaments, pairs that met ten times, players with six goals on record, teams with twenty matches, and all teams year by year."""
    matches, ahead = read(upstream)
    teams, pairs, players, today = defaultdict(list), defaultdict(list), defaultdict(list), matches[-1].date

    def doc(record, when, tell, *args):
        return {"text": tell(Random(f"{seed} {record}"), *args), "sport": "soccer", "url": URL, "date": when, "record": record}
    for m in matches:
        pairs[tuple(sorted((m.home, m.away)))].append(m)
        teams[m.home].append(m)
        teams[m.away].append(m)
        for g in m.goals or []:
            players[g[0], g[1]] += [] if g[3] else [(m, g)]
    rank = {cup: i for i, cup in enumerate(MAJOR + [cup + " qualification" for cup in MAJOR])}
    played = sorted((m for m in matches if m.cup != "Friendly"), key=lambda m: (rank.get(m.cup, 99), m.cup, m.date))
    for part in parts(played, lambda part, m: m.cup == part[0].cup and (len(part) < 3 or len(part) == 3 and days(part[0], m) < 8)):
        yield doc(f"{part[0].cup} {part[0].id}", part[-1].date, report, part)
    for run in editions(matches, ahead):
        yield doc(f"tournament {run[0].cup} {run[-1].date}", run[-1].date, edition, run)
    for (A, B), met in pairs.items():
        if len(met) >= 10:
            yield doc(f"pair {A} {B}", met[-1].date, pair, A, B, met)
    for (team, player), goals in players.items():
        if len(goals) >= 6:
            yield doc(f"player {team} {player}", goals[-1][0].date, career, team, player, goals)
    for team, played in teams.items():
        if len(played) >= 20:
            yield doc(f"book {team}", today, book, team, played, today)
        for page in parts(played, lambda page, m: m.date[:4] == page[-1].date[:4] or len(page) < 4):  # small years share a page
            yield doc(f"year {team} {page[0].date[:4]}", page[-1].date, year, team, page, today)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
