"""
StatsBomb open data (noncommercial, to be credited to StatsBomb): match reports, round-ups, competitions, team seasons, pairs, managers, scorers.

$ python prepare.py statsbomb_open_data --allow noncommercial [--from DIR]

matches/COMPETITION/SEASON.json has the matches of a season, as competitions.json lists them; many a league season is that of one team only, so no
text makes a table of it. events/MATCH.json and lineups/MATCH.json (some ten gigabytes, not fetched) are read where they lie, under upstream/ or
--from: goals, shots, cards and line-ups are theirs. Scores include extra time, not shoot-outs; without its events a match does not say whether it
had either. The home side is one in name only at a tournament and in leagues played in one place. Kick-off, and with it the date, is by the clock of
central Europe, also in America. A minute is counted from 0, and a period begins at 45, 90 or 105 whatever came before. Some finals have two legs,
that of the UEFA Cup (35) only one of its two. Referee, stadium and managers may be missing; names are as in a passport, nicknames in the line-ups.
"""
import json
import os
import re
import sys
from collections import Counter, defaultdict, namedtuple
from functools import reduce
from random import Random

SEASONS = """2:27,44 7:27,108,235 9:27,281 11:1,2,4,21,22,23,24,25,26,27,37,38,39,40,41,42,90,278 12:27,86 35:75 37:4,42,90
16:1,2,4,21,22,23,24,25,26,27,37,39,41,44,71,76,276,277 43:3,51,54,55,106,269,270,272 44:107 49:3 53:106,315 55:43,282 72:30,107 81:48,275 87:84,268,279
116:68 223:282 1238:108 1267:107 1470:274"""
PATHS = [f"matches/{part.split(':')[0]}/{season}.json" for part in SEASONS.split() for season in part.split(":")[1].split(",")]
FILES = {path: f"https://raw.githubusercontent.com/statsbomb/open-data/master/data/{path}" for path in PATHS}
FROM = ["stats/statsbomb_open-data"]
URL = "https://github.com/statsbomb/open-data/blob/master/data/matches/{}/{}.json"

STAGES = {"Group Stage": "[the group stage|a group match]", "Round of 16": "the round of 16", "Quarter-finals": "the quarter-finals", "Final": "the final",
          "Semi-finals": "the semi-finals", "3rd Place Final": "the match for third place", "Legs": "the final"}
ENDS = {1: 45, 2: 90, 3: 105, 4: 120}  # minutes of play at the end of a period; the fifth is the shoot-out
THE = re.compile(r"Netherlands|United States|Gambia|Czech Republic|Congo DR|Soviet Union|Republic of Ireland|Philippines|United Arab Emirates")
NUMBER, NTH = "no one two three four five six seven eight nine ten".split(), " first second third fourth fifth sixth seventh eighth ninth tenth".split(" ")
MONTHS = "January February March April May June July August September October November December".split()
# of teams, ids, scores and managers the home side comes first, and a side is 0 or 1
Match = namedtuple("Match", "id date time comp season files stage week group teams ids score managers stadium land referee play")
Goal = namedtuple("Goal", "period minute side who id how helper")  # side: which it counts for; how: "", "a penalty by " or "an own goal by "
Play = namedtuple("Play", "goals shots passes cards changes lineups kicks periods xg")  # of a match, from its events

# wordings: a key and its sentences, parted by ||; [a|b] is a choice. w winner, l loser, h and a the sides, s score, x "a 4-2", c competition, p place,
# d and e dates, t team, o other, g goals or scorer, m minute, n and k so many; c, p and d may be empty

WORDS = """
win: {w} {v} {l} {s} {c} {p} {d} || {d}, {w} {v} {l} {s} {c} {p} || {l} [lost|went down|fell] {s} to {w} {c} {p} {d} || {c}, {w} {v} {l} {s} {p} {d}
|| {w} [won {s} against|were {s} winners over|recorded {x} win over] {l} {c} {p} {d} || {d}, {l} were beaten {s} by {w} {c} {p}
|| there was {x} win for {w} over {l} {c} {p} {d} || {p} {d}, {w} {v} {l} {s} {c} || the match between {h} and {a} {c} {p} {d} ended {s} for {w}
draw: {h} and {a} [drew {s}|finished level at {s}|shared {x} draw] {c} {p} {d} || {d}, {h} and {a} drew {s} {c} {p} || {h} drew {s} with {a} {c} {p} {d}
|| there was {x} draw between {h} and {a} {c} {p} {d} || the match between {h} and {a} {c} {p} {d} ended {s}
kicks: {w} won the penalty shoot-out {s} || the shoot-out went to {w}, {s} || {w} beat {l} {s} in the penalty shoot-out || {l} lost the shoot-out {s}
open: {g} put {t} ahead {m} || {m}, {g} gave {t} the lead || {t} went in front {m} through {g} || the first goal came {m} from {g} for {t}
equal: {g} made it {s} {m} || {m}, {g} brought {t} level at {s} || {t} drew level {m} through {g} || {g} equalised for {t} {m}
lead: {g} put {t} {s} ahead {m} || {t} went {s} up {m} through {g} || {m}, {g} gave {t} {x} lead
extend: {g} made it {s} {m} || {m}, {g} extended the lead of {t} to {s} || {t} went {s} up {m} through {g}
reduce: {g} made it {s} {m} || {m}, {g} pulled one back for {t} || {t} reduced the deficit to {s} {m} through {g}
shots: {t} had {n} worth {x} expected goals, {k} of them on target || {n} of {t}, {k} on target, came to {x} expected goals
passes: {t} completed {k} of {n} passes and {o} {j} of {m} || of their passes, {t} completed {k} out of {n}, {o} {j} out of {m}
red: {g} of {t} was sent off {m} || {m}, {g} of {t} was sent off || {t} lost {g} to a red card {m}
managers: {g} managed {t} and {k} {o} || the managers were {g} for {t} and {k} for {o} || {t} were managed by {g}, {o} by {k}
group: these are results of {c}, {d} || among the results of {c}, {d}, were these || these matches of {c} are on record, {d}
comp: {n} of {c} are on record, played from {d} to {e}, with {g} || for {c} the record has {n} and {g}, from {d} to {e}
wide: the widest win was {g} || no win was wider than {g} || {g} was the widest win
most: the most goals, {n}, came in {g} || {g} had the most goals, {n} || no match had more goals than {g}: {n}
year: in {n} of {c} on record, {t} had {W}, {D} and {L}, with {f} goals for and {k} against || the record has {n} of {t} in {c}: {W}, {D} and {L}, goals {f}-{k}
|| {t} had {W}, {D} and {L} in {n} of {c} on record, and the goals were {f}-{k}
did: [beat {o} {s}|won {s} against {o}|defeated {o} {s}] || [drew {s} with {o}|finished level with {o} at {s}] || [lost {s} to|were beaten {s} by] {o}
pair: {t} and {o} met {n} on record from {d} to {e}: {W}, {D} and {L} for {t}, goals {f}-{k} || {n} from {d} to {e} {t} met {o}: {W}, {D} and {L}, goals {f}-{k}
boss: {g} managed a team in {n} on record from {d} to {e}, with {W}, {D} and {L} || {n} from {d} to {e} have {g} as a manager on record: {W}, {D} and {L}
"""
WORDS = {key: [t.strip() for t in text.replace("\n", " ").split(" || ")]
         for key, text in re.findall(r"^(\w+): (.*(?:\n(?!\w+: ).*)*)", WORDS.strip(), re.M)}

pick = lambda rng, items: items[int(rng.random() * len(items))]
choose = lambda rng, text: re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), text)
say = lambda rng, key, **words: choose(rng, pick(rng, WORDS[key])).format(**words)
shuffled = lambda rng, items: sorted(items, key=lambda _: rng.random())
a = lambda s: ("an " if re.match("8|11-|18-", s) else "a ") + s
word = lambda n: NUMBER[n] if n < len(NUMBER) else str(n)
nth = lambda n: NTH[n] if n < len(NTH) else f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
count = lambda n, noun, many="": f"{word(n)} {noun if n == 1 else many or noun + 's'}"
matches_ = lambda n: count(n, "match", "matches")
join = lambda items: ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)
day = lambda iso: f"{int(iso[8:])} {MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"
on = lambda rng, iso: f"on {MONTHS[int(iso[5:7]) - 1]} {int(iso[8:])}, {iso[:4]}" if rng.random() < .25 else "on " + day(iso)
the = lambda name: "the " * bool(THE.fullmatch(name)) + name
kicks = lambda m: [sum(hit for side, hit in m.play.kicks if side == i) for i in (0, 1)] if m.play else (0, 0)
winner = lambda m: m.teams[(margin(m) or kicks(m)[0] - kicks(m)[1]) < 0] if margin(m) or kicks(m)[0] != kicks(m)[1] else ""
minute = lambda period, n: f"{ENDS[period]}+{n + 1 - ENDS[period]}" if n >= ENDS[period] else str(n + 1)  # as one writes it: 13, 45+2
score = lambda m: f"{max(m.score)}-{min(m.score)}"
margin = lambda m, i=0: m.score[i] - m.score[1 - i]
title = lambda m: f"the {m.season} {m.comp}"
place = lambda m: f"at {m.stadium}" + f", {the(m.land)}," * bool(m.land) if m.stadium else ""
sides = lambda m: m.teams if margin(m) > 0 else m.teams[::-1]  # winner and loser
noun = lambda m: f"the {score(m)} " + ("win of {} over {}" if margin(m) else "draw of {} and {}").format(*sides(m))


def told(clauses):
    """Clauses as sentences: a capital, a full stop, no commas or spaces that an empty or a comma-ended word left behind."""
    clauses = (re.sub(r"[ ,]+,", ",", re.sub(" +", " ", c)).strip(" ,") for c in clauses if c)
    return " ".join(c[0].upper() + c[1:] + "." for c in clauses).replace(",.", ".").replace("..", ".")


def contest(rng, m, whole=True):
    """Where in the competition; whole: with its name"""
    league, cup = choose(rng, f"[in match week|in week|on matchday] {m.week}") if m.week else "", choose(rng, STAGES.get(m.stage, f"the {m.stage} stage"))
    stage = league if m.stage == "Regular Season" else "in " + (m.group or cup)
    return (f"{stage} of {title(m)}" if stage else f"in {title(m)}") if whole else stage


def lead(rng, m, c="", p="", d=""):
    w, l = sides(m)
    v = pick(rng, ["beat", "defeated", ["edged", "overcame", "thrashed"][(abs(margin(m)) > 1) + (abs(margin(m)) > 3)]])
    return say(rng, "win" if margin(m) else "draw", w=w, l=l, h=m.teams[0], a=m.teams[1], s=score(m), x=a(score(m)), v=v, c=c, p=p, d=d)


def when(period, n):
    over, end = n + 1 - ENDS[period], {1: " of the first half", 3: " of the first half of extra time", 4: " of extra time"}.get(period, "")
    return f"in the {nth(over)} minute of stoppage time{end and ' at the end' + end}" if over > 0 else f"in the {nth(n + 1)} minute"


def goals(rng, m):
    """One after the other with the score, or as a list for each side"""
    now, told_one_by_one = [0, 0], rng.random() < .6
    for g in m.play.goals if told_one_by_one else []:
        gap = now[g.side] - now[1 - g.side]
        now[g.side] += 1
        key = ("open" if sum(now) == 1 else "lead") if gap == 0 else "equal" if gap == -1 else "extend" if gap > 0 else "reduce"
        s = f"{max(now)}-{min(now)}"
        helped = pick(rng, [", after a pass from ", ", set up by "]) + g.helper if g.helper else ""
        yield say(rng, key, g=g.how + g.who, t=m.teams[g.side], m=when(g.period, g.minute), s=s, x=a(s)) + helped
    for side in (0, 1) if not told_one_by_one else ():
        by = [f"{g.how}{g.who} ({minute(g.period, g.minute)})" for g in m.play.goals if g.side == side]
        yield choose(rng, f"[{m.teams[side]} scored through|scoring for {m.teams[side]}:|on the scoresheet for {m.teams[side]}:] {join(by)}") if by else ""


def course(rng, m):
    """How the winner was found, in its order: extra time, goals, a shoot-out"""
    if m.play:
        yield pick(rng, ["the match went to extra time", "extra time was played"]) if 3 in m.play.periods else ""
        yield from goals(rng, m) if m.play.goals else ()
    if not margin(m) and winner(m):
        yield say(rng, "kicks", w=winner(m), l=m.teams[winner(m) == m.teams[0]], s=f"{max(kicks(m))}-{min(kicks(m))}")
    if m.stage == "Final" and winner(m):
        yield f"that made {winner(m)} the winners of {title(m)}"


def figures(rng, m):
    """What else the events tell"""
    for i, t in enumerate(m.teams):
        n, k, x = m.play.shots[i]
        yield say(rng, "shots", t=t, n=count(n, "shot"), k=word(k) if k else "none", x=f"{x:.2f}") if n else ""
        names = [f"{who} for {off} ({minute(*at)})" for side, who, off, at in m.play.changes if side == i]
        yield f"{t} brought on {join(names)}" if names else ""
        formation, team = m.play.lineups[i]
        yield choose(rng, f"{t} [began|lined up] in a {'-'.join(formation)}: {join(team)}") if team else ""
    (n, k), (j, l) = m.play.passes
    yield say(rng, "passes", t=m.teams[0], o=m.teams[1], k=k, n=n, j=l, m=j) if n and j else ""
    booked = [f"{who} ({minute(*at)})" for _, who, card, at in m.play.cards if card == "Yellow Card"]
    yield f"{'a yellow card' if len(booked) == 1 else 'yellow cards'} went to {join(booked)}" if booked else ""
    yield from (say(rng, "red", g=who, t=m.teams[side], m=when(*at)) for side, who, card, at in m.play.cards if card != "Yellow Card")


def report(rng, m):
    both, rest = [join(names) for names in m.managers], [*figures(rng, m)] if m.play else []
    rest += [say(rng, "managers", g=both[0], t=m.teams[0], k=both[1], o=m.teams[1])] if all(both) else [f"{g} managed {t}" for g, t in zip(both, m.teams) if g]
    rest += [choose(rng, f"[the referee was {m.referee}|{m.referee} was the referee]")] if m.referee else []
    rest += [choose(rng, f"[kick-off was|the match kicked off] at {m.time} Central European time")] if m.time else []
    rest += ["the score does not count a penalty shoot-out, if there was one"] if not (m.play or margin(m)) and m.stage in [*STAGES][1:] else []
    return told([lead(rng, m, contest(rng, m), place(m), on(rng, m.date)), *course(rng, m), *shuffled(rng, rest)])


def extremes(rng, ms):
    wide, most = max(ms, key=lambda m: abs(margin(m))), max(ms, key=lambda m: sum(m.score))
    yield say(rng, "wide", g=f"{noun(wide)} {on(rng, wide.date)}") if sum(abs(margin(m)) == abs(margin(wide)) for m in ms) == 1 and margin(wide) else ""
    yield say(rng, "most", g=f"{noun(most)} {on(rng, most.date)}", n=sum(most.score)) if sum(sum(m.score) == sum(most.score) for m in ms) == 1 else ""


def round_up(rng, ms):
    head = told([say(rng, "group", c=title(ms[0]), d=" to ".join(dict.fromkeys(day(m.date) for m in (ms[0], ms[-1]))))])
    rows = [told([lead(rng, m, contest(rng, m, False), place(m) if rng.random() < .6 else "", on(rng, m.date))]) for m in ms]
    return pick(rng, [" ", "\n"]).join([head, *rows])


def competition(rng, ms):
    teams = Counter(t for m in ms for t in m.teams)
    out = [say(rng, "comp", n=matches_(len(ms)), c=title(ms[0]), d=day(ms[0].date), e=day(ms[-1].date), g=count(sum(sum(m.score) for m in ms), "goal"))]
    top = teams.most_common(1)[0]
    out += [f"{top[0]} took part in all of them"] if top[1] == len(ms) > 1 and len(teams) > 2 else []
    out += [f"the teams were {join(sorted(teams))}"] if len(teams) < 41 else []
    late = [lead(rng, m, contest(rng, m, False), place(m), on(rng, m.date)) for m in ms if m.stage in [*STAGES][2:]][-8:]
    return told(out + shuffled(rng, extremes(rng, ms)) + late + [f"the winners were {winner(m)}" for m in ms if m.stage == "Final" and winner(m)])


def summary(played):
    margins = [margin(m, i) for m, i in played]
    W, D, L = (count(n, noun) for n, noun in ((sum(x > 0 for x in margins), "win"), (margins.count(0), "draw"), (sum(x < 0 for x in margins), "defeat")))
    return dict(n=matches_(len(played)), W=W, D=D, L=L, f=sum(m.score[i] for m, i in played), k=sum(m.score[1 - i] for m, i in played))


def campaign(rng, _, played):
    """A team's matches in a season of a competition"""
    (m, i), rows = played[0], []
    out = [say(rng, "year", t=m.teams[i], c=title(m), **summary(played)), *extremes(rng, [m for m, _ in played])]
    for m, i in played:
        did = choose(rng, WORDS["did"][0 if margin(m, i) > 0 else 2 if margin(m, i) else 1]).format(o=m.teams[1 - i], s=score(m))
        rows.append(f"{contest(rng, m, False)} {on(rng, m.date)} they {did}")
    return told(out + rows)


def pair(rng, _, played):
    m, i = played[-1]
    facts = {**summary(played), "n": count(len(played), "time"), "t": m.teams[i], "o": m.teams[1 - i]}
    out = [say(rng, "pair", d=day(played[0][0].date), e=day(m.date), **facts)]
    rows = [f"{day(m.date)}: {m.teams[0]} {m.score[0]}-{m.score[1]} {m.teams[1]} ({m.season} {m.comp})" for m, _ in played[-8:]]
    return "\n".join([told(out + [*extremes(rng, [m for m, _ in played])]), *rows])


def boss(rng, name, played):
    out, parts = [say(rng, "boss", g=name, d=day(played[0][0].date), e=day(played[-1][0].date), **summary(played))], []
    for team in dict.fromkeys((m.teams[i], title(m)) for m, i in played):
        run = summary([(m, i) for m, i in played if (m.teams[i], title(m)) == team])
        parts.append("with {} in {} {n}: {W}, {D} and {L}".format(*team, **run))
    return told(out + ["by team and competition: " + "; ".join(parts)] + [*extremes(rng, [m for m, _ in played])])


def scorer(rng, id, goals):
    """goals: (match, goal) in the order of time"""
    name, by, found = goals[-1][1].who, Counter((m.teams[g.side], title(m)) for m, g in goals), {m.id: m for m, _ in goals}
    n, d, e = count(len(goals), "goal"), day(goals[0][0].date), day(goals[-1][0].date)
    out = [choose(rng, f"[{name} scored {n} in matches whose events are on record|the events on record have {n} by {name}], from {d} to {e}")]
    out += ["by team and competition: " + "; ".join(f"{word(n)} for {t} in {c}" for (t, c), n in by.items())]
    out += [f"the shots of {name} in these matches were worth {sum(m.play.xg[id] for m in found.values()):.2f} expected goals"]
    out += [f"{name} scored {count(n, 'goal')} in {noun(found[k])} on {day(found[k].date)}" for k, n in Counter(m.id for m, _ in goals).items() if n > 1][:6]
    return told(out)


def events_of(rows, ids, nicknames):
    """What the texts tell of the events of a match"""
    name = lambda p: nicknames.get(p["id"]) or p["name"]
    out, helpers = Play([], [[0, 0, 0.0], [0, 0, 0.0]], [[0, 0], [0, 0]], [], [], [("", []), ("", [])], [], set(), Counter()), {}
    for e in (e for e in rows if e["team"]["id"] in ids):
        kind, at, i = e["type"]["name"], (e["period"], e["minute"]), ids.index(e["team"]["id"])
        out.periods.add(e["period"])
        more = e.get(kind.lower().replace(" ", "_"), {})
        if kind == "Pass":
            out.passes[i][0] += 1
            out.passes[i][1] += "outcome" not in more
            helpers[e["id"]] = name(e["player"])
        elif kind == "Shot" and e["period"] == 5:
            out.kicks.append((i, more["outcome"]["name"] == "Goal"))
        elif kind == "Shot":
            for n, value in enumerate((1, more["outcome"]["name"] in ("Goal", "Saved", "Saved to Post"), more["statsbomb_xg"])):
                out.shots[i][n] += value
            out.xg[e["player"]["id"]] += more["statsbomb_xg"]
            if more["outcome"]["name"] == "Goal":
                how = "a penalty by " * (more["type"]["name"] == "Penalty")
                out.goals.append(Goal(*at, i, name(e["player"]), e["player"]["id"], how, helpers.get(more.get("key_pass_id"), "")))
        elif kind == "Own Goal Against" and "player" in e:
            out.goals.append(Goal(*at, 1 - i, name(e["player"]), e["player"]["id"], "an own goal by ", ""))
        elif kind == "Substitution":
            out.changes.append((i, name(more["replacement"]), name(e["player"]), at))
        elif kind == "Starting XI":
            out.lineups[i] = (str(e["tactics"]["formation"]), [name(p["player"]) for p in e["tactics"]["lineup"]])
        elif "card" in more and e["period"] < 5:
            out.cards.append((i, name(e["player"]), more["card"]["name"], at))
    return out


def read(upstream):
    """The matches in the order of time, with what their events tell"""
    found, nicknames = {}, {}
    at = lambda r, *keys: reduce(lambda d, key: (d or {}).get(key), keys, r) or ""
    for r in (r for _, f in upstream.files("matches/*.json") for r in json.load(f)):
        both = lambda key: [at(r, side + "_team", key.replace("*", side + "_team")) for side in ("home", "away")]
        if None not in (r["home_score"], r["away_score"]):
            comp, group = at(r, "competition", "competition_name"), both("*_group")
            comp = "women's " * (both("*_gender")[0] == "female" and "Women" not in comp) + comp
            managers = [[p.get("nickname") or p["name"] for p in people] for people in both("managers")]
            files = at(r, "competition", "competition_id"), at(r, "season", "season_id")
            found[str(r["match_id"])] = Match(str(r["match_id"]), r["match_date"], at(r, "kick_off")[:5], comp, at(r, "season", "season_name"), files,
                                         at(r, "competition_stage", "name") or "Regular Season", r.get("match_week") or 0, group[0] * (group[0] == group[1]),
                                         [the(re.sub(" Women('s)?$", "", name)) for name in both("*_name")], both("*_id"), (r["home_score"], r["away_score"]),
                                         managers, at(r, "stadium", "name").strip(), at(r, "stadium", "country", "name").replace("International", ""),
                                         at(r, "referee", "name"), None)
    if not found:
        raise ValueError("no matches/COMPETITION/SEASON.json with a result among the files of statsbomb_open_data")
    for _, f in upstream.files("lineups/*.json"):
        nicknames.update((p["player_id"], p["player_nickname"]) for team in json.load(f) for p in team["lineup"] if p.get("player_nickname"))
    for path, f in upstream.files("events/*.json"):
        if m := found.get(path.rsplit("/", 1)[-1].removesuffix(".json")):
            play = events_of(json.load(f), m.ids, nicknames)
            complete = tuple(sum(g.side == i for g in play.goals) for i in (0, 1)) == m.score
            found[m.id] = m._replace(play=play if complete else play._replace(goals=[]))
    finals = Counter(m.files for m in found.values() if m.stage == "Final")
    found = [m._replace(stage="Legs") if m.stage == "Final" and (finals[m.files] > 1 or m.files[0] == 35) else m for m in found.values()]
    return sorted(found, key=lambda m: (m.date, m.time, m.id))


def documents(upstream, seed):
    """The matches, then seasons, their rounds and teams, and pairs, managers and scorers with enough of them."""
    comps, teams, pairs, bosses, scorers = (defaultdict(list) for _ in range(5))

    def doc(name, m, tell, *args):
        return {"text": tell(Random(f"{seed} {name}"), *args), "sport": "soccer", "url": URL.format(*m.files), "date": m.date, "record": name}
    for m in read(upstream):
        yield doc(f"match {m.id}", m, report, m)
        comps[m.files].append(m)
        pairs["{} {}".format(*sorted(m.ids))].append((m, m.ids.index(min(m.ids))))
        for i in (0, 1):
            teams["{} {} {}".format(*m.files, m.ids[i])].append((m, i))
            for name in m.managers[i]:
                bosses[name].append((m, i))
        for g in m.play.goals if m.play else []:
            scorers[g.id].append((m, g)) if "own" not in g.how else None
    for (c, s), ms in comps.items():
        yield doc(f"competition {c} {s}", ms[-1], competition, ms)
        ms, n = sorted(ms, key=lambda m: (m.stage != "Regular Season", m.week * (m.stage == "Regular Season"), m.date)), max(1, len(ms) // 5)
        for part in (ms[len(ms) * i // n:len(ms) * (i + 1) // n] for i in range(n)):
            yield doc(f"round {c} {s} {part[0].id}", max(part, key=lambda m: m.date), round_up, sorted(part, key=lambda m: m.date))
    for kind, groups, least, tell in (("team", teams, 3, campaign), ("pair", pairs, 4, pair), ("manager", bosses, 4, boss), ("scorer", scorers, 3, scorer)):
        for key, part in groups.items():
            if len(part) >= least:
                yield doc(f"{kind} {key}", part[-1][0], tell, key, part)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
