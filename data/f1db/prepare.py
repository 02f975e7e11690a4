"""
Formula One since 1950 from F1DB: races, standings, seasons, careers, teams and tracks become dated prose and lists.

$ python prepare.py f1db [--from DIR]

Upstream is 16,000 small YAML files, src/data/**.yml, all flat: "key: value", and "- key: value" begins a row; one regular
expression reads them in four seconds, without a YAML library. What is peculiar: drivers who shared a car are rows of one
position, the later ones with sharedCar; a position is a number or DNF, NC (not classified), DSQ, DNS, DNQ, DNPQ, DNP, EX;
a classified car may have a reasonRetired; a fastest lap may be shared (by seven, once) or lack its lap number; pole is the
first place on the grid after penalties, but in the sprint weekends of 2022 the fastest in qualifying; pit stops (from 1994)
are times in the pit lane, red flags included; hand-timed tenths are padded with zeros; a race to come has only a race.yml;
a track has its name of today, so where it had others only the town is told; the Indianapolis 500 counted from 1950 to 1960.
"""
import os
import re
import sys
from collections import Counter, defaultdict
from datetime import date
from random import Random

FILES = {"f1db.tar.gz": "https://codeload.github.com/f1db/f1db/tar.gz/refs/heads/main"}
FROM = ["stats/f1db"]
URL = "https://github.com/f1db/f1db/tree/main/src/data/"
OF_A_RACE = set("race race-results qualifying-results starting-grid-positions fastest-laps pit-stops driver-standings constructor-standings "
                "sprint-race-results".split())
STATUS = {"DNF": "retired", "NC": "not classified", "DSQ": "disqualified", "DNS": "did not start", "DNQ": "did not qualify",
          "DNPQ": "did not pre-qualify", "DNP": "did not take part", "EX": "excluded from the event"}
STARTED = {"DNF", "NC", "DSQ"}  # and who has a number
SERIES = ["Formula One", "Formula 1", "F1"]
WORDS = "no one two three four five six seven eight nine".split()
NTH = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
MONTHS = "January February March April May June July August September October November December".split()
WHY = (("spun|spin", "spun off"), ("fatal", "suffered a {}"), ("out of fuel", "ran out of fuel"), ("withdrew", "withdrew"),
       (".*(damage|^overheating|vibrations?|power loss)$", "retired with {}"), ("accident|collision|fire$|pit fire", "went out after {an}"),
       ("broken|loose|puncture|.*(leak|failure|defect)$", "stopped with {an}"),
       (".*raced|physical|injury|un|illness|stalled|.*short|.*issue|.*not|.*dispute|.* car", "retired ({})"))

# -----------------------------------------------------------------------------
# wordings: a line is a sentence, || parts its wordings, [a|b] is a choice, an empty line parts groups that keep their order;
# what names an unknown {fact} is not said

REPORT = """
{w} won the {year} {gp}[, driving {a_car},|, at the wheel of {a_car},|] {at} on {date}.
|| The {year} {gp}, [held|run|staged] {at} on {date}, [was won by|went to|ended with victory for|was a win for] {w} in {a_car}.
|| On {date} {w} [took|claimed|scored] victory in the {gp} {at}[, in {a_car}|, driving {a_car}|].
|| [Victory|First place] in the {gp} of {year}, [run|held] {at} on {date}, [went to|was that of] {w} in {a_car}.
|| [The winner of the {year} {gp} was {w}|The {year} {gp} was won by {w}], [with|in] {a_car}, {at} on {date}.

{second} [finished second|came second|was second][, {gap2} behind,|] and {third} third[, {gap3} [down|behind|back]|].
|| [Second place went to|Second was|The runner-up was] {second} ({team2})[, {gap2} [behind|adrift|down]|]; [third was|third came] {third} ({team3}).
|| {s} [beat|finished ahead of] {second}[ by {gap2} and {third} by {gap3}| and {third}].
|| {second} in {a_car2} and {third} in {a_car3} [completed the podium|took the next places|followed][, {gap2} and {gap3} behind|].

{shared} shared the winning car. || The winning car was shared by {shared}. || The victory was shared: {shared} had taken turns in the car.
[The winning time was|The winner's time was] {time}. || {s} [needed|took] {time} for the {laps}.
|| {s} [finished|was home|crossed the line] in {time}.
{s} [had started|started] from {start}. || The winner [had started|started|came] from {start}. || {s} won from {start}.
For {maiden} it was [the first win of {his} career|{his} first victory in a world championship race].
|| {maiden} had never won one of these races before.
It was the {wins} win of {his} career[ and {his} {wins_year} of the {year} season|]. || It was {his} {wins} championship race win.
|| {s} won for the {wins} time in {his} career. || For {s} it was the {wins} win of {his} career.
It was the first win for {new_team}. || {new_team} had their first victory. || {new_team} had not won in the championship before.
{ours} [celebrated|had] their {team_wins} [victory|win]. || It was the {team_wins} win for {ours}[, the {team_wins_year} of the season|].
[It was a grand slam|A grand slam for {s}]: {slam}. || {s} had {slam}.
The winner made {stops}, on {stop_laps}. || {s} [stopped|came into the pits] on {stop_laps}. || {s} made {stops} in the race, on {stop_laps}.

It was the {nth} of {rounds} rounds of the {year} {series} [season|world championship].
|| It was championship race number {n}[, counted from 1950|].
|| The race was [round {round}|the {nth} round] of the {year} {series} [season|championship].
|| In the {series} [season|calendar] of {year} this was round {round}.
The race, [planned|scheduled] for {planned}, [ended|was over|was stopped] after {cut}.
|| [Of the {planned} planned|Of {planned} on the schedule], {cut} [were run|counted].
The distance was {laps}, {km} kilometres in all. || The race [ran|was run] over {laps} of the {length}-kilometre track.
|| The {laps} made {km} kilometres.
{pole}, who [had started|started] from pole position, {pole_end}. || Pole position had gone to {pole}, who {pole_end}.
|| From pole position, {pole} {pole_end}.
The fastest lap [was set by|went to|belonged to] {fl}[ in {fl_car}|]: {fl_time}[ on lap {fl_lap}|].
|| {fl} set the fastest lap, {fl_time}[, on lap {fl_lap}|].
|| [At|With] {fl_time}[ on lap {fl_lap}|], {fl} had the fastest lap of the race.
|| Nobody lapped faster than {fl}, who needed {fl_time}[ on lap {fl_lap}|].
{fls} shared the fastest lap, {fl_time}. || The fastest lap, {fl_time}, was shared by {fls}.
|| The fastest lap belonged to {fls} together, at {fl_time}.
{climber} made up {up}, from {frm} on the grid to {to}. || The largest gain was that of {climber}, from {frm} to {to}.
|| {climber} came from {frm} on the grid to finish {to}.
Of the {starters} that started, {finishers} were classified. || {starters} started and {finishers} were classified.
|| {finishers} of the {starters} were classified.
{out}
[Retirements|The retirements|Out of the race|Not at the finish|The list of retirements]: {out_list}.
|| [Those who retired|The drivers who fell out] were {out_list}.
[Disqualified|Disqualified from the results|Struck from the results]: {gone}. || The results were without {gone}, disqualified.
|| Disqualification: {gone}.
[Did not start|Not at the start|Non-starters]: {absent}. || The race began without {absent}. || Entered but not at the start: {absent}.
Time penalties were given to {late}. || [Time penalties in the result|Penalties added to race times|Penalties]: {late}.
The sprint [race |]had been won by {sprint} [from|ahead of] {sprinters}. || In the sprint, {sprint} had [finished|come in] ahead of {sprinters}.

[The race|The result] [settled|decided] the {year} drivers' championship in favour of {new_champion}.
|| {new_champion} became champion of {year} with this race.
[The race|The result] [settled|decided] the constructors' championship for {new_best}. || {new_best} made sure of the {year} constructors' title.
{leader} [led|was at the head of] the championship with {points}[, {lead} [ahead of|more than] {chaser}|, level with {level}].
|| In the [championship|drivers' standings], {leader} [had|stood on] {points}[, with {chaser} {lead} [behind|back]|, as did {level}].
"""
TABLE = """
After the {gp} of {date}, round {round} of {year}, {leader} [led|headed] the drivers' championship with {points}[, {lead} ahead of {chaser}|].
|| {leader} [led|was first in] the {year} [championship|drivers' standings] after the {gp} ([round {round}, |]{date}) with {points}.
|| The [championship standings|drivers' table] after round {round} of {year}, the {gp} on {date}, had {leader} [in front with|first on] {points}.
|| After {round} of {rounds} races of {year}, the last the {gp} on {date}, {leader} led the championship with {points}.
|| {leader} led the championship after the {year} {gp}, [run on {date}|round {round}, on {date}], with {points}.
|| These were the {plain} standings after the {year} {gp}, [run on {date}|round {round}, on {date}].

{chaser} was second with {chaser_points}[ and {third} was third with {third_points}|].
|| Second [in the championship |]was {chaser} with {chaser_points}[, third {third} with {third_points}|].

{moved}[ in the championship| in the standings|]. || [Moving up in the championship|Gaining places in the championship]: {movers}.
|| Gaining places in the top ten: {movers}.
{best} led the constructors' championship with {best_points}[, {best_lead} ahead of {best_chaser}|].
|| Among the constructors {best} [were|stood] first on {best_points}.
|| The constructors' [table|standings] had {best} on top with {best_points}[, {best_chaser} {best_lead} back|].
{winner} had won the race. || The race had gone to {winner}. || The race itself was won by {winner}.
"""
SEASON = """
{champion} won the {year} {series} [drivers' |]world championship [with|on] {points}[, {lead} more than {chaser}|].
|| The {year} {series} [season|world championship] [was won by|went to] {champion}, [who drove for {teams} and scored {points}|with {points}].
|| In {year} {champion} [became|was] [Formula One |]world champion [with|on] {points}, [driving for {teams}|{lead} ahead of {chaser}].
|| {champion}[, driving for {teams},|] was the {series} champion of {year}[, {lead} clear of {chaser}|].
|| After {done} of {planned} [races|rounds] of the {year} {series} season, up to the {until}, {ahead} [led|was first] with {points}.

{chaser} [was|came] second with {chaser_points}[ and {third} third with {third_points}|].
|| [Second and third were|Next came] {chaser} ({chaser_points}) and {third} ({third_points}).

The season [had|consisted of|was run over] {races}, from the {first} on {from} to the {last} on {to}.
|| {races} were run, the first the {first} on {from}, the last the {last} on {to}.
The title was [decided|settled|won] at the {decided}. || The {decided} decided the title. || {champion} could not be caught after the {decided}.

The constructors' [championship|title|cup] went to {best} with {best_points}[, ahead of {best_chaser} ({best_chaser_points})|].
|| {best} won the constructors' championship with {best_points}.
|| Among the constructors {best} came first with {best_points}[, before {best_chaser} with {best_chaser_points}|].
|| Among the constructors {best_ahead} led with {best_points}[, before {best_chaser} with {best_chaser_points}|].
[The races were won by|Race winners|The winners of the season's races]: {winners}. || Victories went to {winners}. || Wins of the season: {winners}.
By [team|constructor], the [wins|victories] went to {team_winners}. || The winning cars: {team_winners}. || Wins of the teams: {team_winners}.
[Pole positions|Poles|First on the grid]: {poles}. || Pole positions went to {poles}. || On pole were {poles}.
{maidens} won a championship race for the first time. || First-time winners: {maidens}. || [New among the winners|Never before a winner]: {maidens}.
[Still to come|Still on the calendar|Yet to be run]: {to_come}.
"""
CAREER = """
{who}[, {a_people} {kind},|] [started|took part in] {start_n} of the Formula One world championship from {since} to {until}.
|| {who}[, {a_people} {kind},|] [started|took part in] {start_n} of the Formula One world championship, the first in {since}, the last in {until}.
|| {who} in [Formula One|the Formula One world championship], {since} to {until}: {start_n}, {win_n}[, {podium_n}|][, {pole_n}|].
|| In [Formula One|the Formula One championship] {who}[, {a_people} {kind},|] started {start_n} between {since} and {until}.
|| {who}[, {a_people} {kind},|] [started|took part in] {start_n} of the Formula One world championship, [all of them|none later than] in {only}.
|| {who}[, {a_people} {kind},|] [started|took part in] [one race|a single race] of the Formula One world championship, the {single}.
|| [One start|A single start] in the [Formula One |]world championship is on record for {who}[, {a_people} {kind}|]: the {single}.
|| {who}[, {a_people} {kind},|] was entered {entered} in the Formula One world championship, in {never}, but never started.

{full} was born on {birth}[ in {town}|][ and died on {death}|]. || Born on {birth}[ in {town}|][, {he} died on {death}|, {his} full name is {full}].

{He} had {podium_n}. || {He} finished in the first three {podium_times}. || The record shows {podium_n}.
{He} had {pole_n}[ and {lap_n}|]. || [At the start|On the grid], {he} had {pole_n}. || The lists have {pole_n}[ and {lap_n}|] by {him}.
{He} retired from {out_n}. || {out_n} ended in retirement. || {He} fell out of {out_n}.
Its cars retired {out_times}. || Cars of the team retired {out_times}. || Its cars failed to finish {out_times}.
The first start was the {debut}[ ({debut_end})|]. || [It began|The story began] with the {debut}[ ({debut_end})|].
|| {He} [first started in|made {his} debut in] the {debut}[ ({debut_end})|].
The last start was the {final}[ ({final_end})|]. || {He} last [started|raced] in the {final}[ ({final_end})|].
The first win came in the {first_win}[, the last in the {last_win}|]. || {He} first won in the {first_win}[ and for the last time in the {last_win}|].
The only win came in the {only_win}. || {He} won once, in the {only_win}. || The one victory was that in the {only_win}.

{He} [won the title|was champion|became world champion] in {titles}. || [World champion|Champion] in {titles}.
[The constructors' title|The constructors' championship] was won in {team_titles}. || Constructors' titles: {team_titles}.
[The best place|{His} best place] in the [final standings|championship] was {best}. || In the final standings {he} was never higher than {best}.
[Over the years|In the championship], {he} [drove for|raced for|was with] {teams}. || [Teams|{His} teams]: {teams}. || {He} drove for {teams}.
Its races were won by {by_driver}. || [Wins by driver|The winning drivers]: {by_driver}.
Its drivers with the most starts [were|are] {drivers}. || [The most starts for it|Most often in its cars]: {drivers}.
[The team's line through the years|The line of names]: {line}. || The same team in the course of time: {line}.

[Wins by year|The wins, year by year|Victories]: {victories}.
[All the entries|Every entry|The results]: {results}.
[The figures are|All this is true|The count is] as of the {asof}. || The count runs to the {asof}. || Counted are the races up to the {asof}.
"""
WINNERS = """
[These are the winners|This is the list of winners|The winners] {there} from {first} to {last}[, {races} in all|].
|| {races} {there} [were held|took place] from {first} to {last}[; these are the winners|].
|| [Between {first} and {last}|From {first} to {last}] there were {races} {there}[, won as follows|].
|| [All winners {there}|Formula One winners {there}], {first} to {last}.

{most} won the most of these, {most_n}. || The most wins in this time went to {most}: {most_n}. || Nobody won as often as {most}, {most_n}.
[Of the teams|Among the constructors], {team} won most often, {team_n}. || {team} had the winning car {team_n}, more than anybody else.
The most pole positions [went to|were those of] {pole}, {pole_n}. || On pole most often was {pole}, {pole_n}.
The [track|circuit|course] of today measures {length} kilometres with {turns} turns. || It is a {type} of {length} kilometres and {turns} turns today.
"""

# -----------------------------------------------------------------------------
# words

def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, facts, wordings):
    """One of the wordings, with one of each [this|that], of which every {fact} is known; "" where there is none."""
    known = lambda text: all(facts.get(k) for k in re.findall(r"{(.+?)}", text))
    for text in sorted(wordings.split(" || "), key=lambda _: rng.random()):
        while "[" in text:
            text = re.sub(r"\[([^][]*)\]", lambda m: pick(rng, [o for o in m[1].split("|") if known(o)] or ["{?}"]), text)
        if known(text):
            text = text.format_map(facts)
            return text[0].upper() + text[1:]
    return ""


def tell(rng, facts, block):
    """A text of a block of wordings: its groups in order, the sentences of a group in any; "Sainz Jr." ends with one full stop."""
    groups = ([say(rng, facts, line) for line in group.split("\n")] for group in block.strip().replace("\n||", " ||").split("\n\n"))
    return re.sub(r"\.\.+", ".", " ".join(s for group in groups for s in sorted(group, key=lambda _: rng.random()) if s))


def listing(items):
    items = list(items)
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def few(n):
    return WORDS[n] if n < 10 else f"{n:,}"


def count(n, noun):
    return f"{few(n)} {noun}{'s' if n != 1 else ''}"


def nth(n, words=True):
    return NTH[n - 1] if words and n <= 10 else f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def an(words):
    return f"a{'n' if re.match('[AIOaio]|[Ee](?!u)|U(?!r|n)|(HRT|RB|LDS|HWM|MF1|SVA)', words) else ''} {words}"


def points(p):
    return f"{float(p or 0):g} point{'s' if float(p or 0) != 1 else ''}"


def clock(t, r):
    """1:45:5.100 -> 1:45:05.1 where it was taken by hand"""
    t = re.sub(r":(\d)\.", r":0\1.", t or "")
    return re.sub(r"\.0$", "", re.sub(r"00$", "", t)) if r["year"] < 1980 else t


def gap(t):
    """+1:03.871 -> one minute 3.871 seconds, +1 lap -> one lap"""
    if not t or "lap" in t:
        return t and count(int(t.strip("+").split()[0]), "lap")
    minutes, _, seconds = t.strip("+").rpartition(":")
    seconds = f"{float(seconds):g} second{'s' if float(seconds) != 1 else ''}"
    return f"{count(int(minutes), 'minute')} {seconds}" if minutes else seconds


def day(rng, iso, weekday=True, year=True):
    d = date.fromisoformat(iso)
    return pick(rng, ["", f"{d:%A} " * weekday]) + f"{d.day} {MONTHS[d.month - 1]}" + f" {d.year}" * year


def runs(some):
    """1950, 1952-1955 and 1958"""
    told = []
    for y in sorted(some):
        told = [*told[:-1], (told[-1][0], y)] if told and told[-1][1] == y - 1 else [*told, (y, y)]
    return listing(f"{a}-{b}" if b > a else str(a) for a, b in told)


def why(reason):
    """Engine -> retired with engine trouble"""
    low = reason if reason[1:2].isupper() else reason[0].lower() + reason[1:]
    phrase = next((phrase for pattern, phrase in WHY if re.match(pattern, low)), "retired with {part} trouble")
    return phrase.format(low, an=an(low), part=low if low == "chassis" else re.sub("s$", "", low))

# -----------------------------------------------------------------------------
# upstream

def read(upstream):
    """{"drivers": {id: row}, ..., "races": {(year, folder): {file: rows}}, "seasons": {year: {file: rows}}}"""
    db = defaultdict(lambda: defaultdict(dict))
    for path, f in upstream.files("src/data/*.yml"):
        *folder, stem = re.split("^(?:.*/)?src/data/", path)[-1][:-4].split("/")
        if len(folder) > 1 and stem not in OF_A_RACE or folder[0] in ("chassis", "engines", "entrants"):
            continue
        text, rows = f.read().replace("\r", ""), []
        for dash, key, value in re.findall(r"""^(- |  )?(\w+): +["']?(.+?)["']?(?: +#.*)?$""", text, re.M):
            if dash == "- " or not rows:
                rows.append({})
            rows[-1][sys.intern(key)] = sys.intern(value)
        for row in rows:  # a slip of the pen, and a reason that is none
            if row.get("reasonRetired", "") in ("Mechenical", "Retirement"):
                row.update({"reasonRetired": "Mechanical"} if row.pop("reasonRetired") == "Mechenical" else {})
        if len(folder) == 1 and rows:
            line = re.findall(r"- constructorId: (\S+)\n +yearFrom: (\d+)\n +yearTo: ?(\d*)", text)
            db[folder[0]][rows[0].get("id", stem)] = {**rows[0], "before": re.findall(r"^  - ([^:\n]+)$", text, re.M), "line": line}
        elif rows:
            db["seasons" if len(folder) == 2 else "races"][int(folder[1]) if len(folder) == 2 else (folder[1], folder[3])][stem] = rows
    return db


def history(db):
    """All races in order; each knows its winners, pole, fastest laps, cars with their drivers, and what had been won before."""
    races = [{**f["race"][0], **f, "year": int(y), "folder": folder} for (y, folder), f in db["races"].items() if "race" in f]
    races.sort(key=lambda r: (r["year"], int(r["round"])))
    won, rounds = Counter(), Counter(r["year"] for r in races)
    for r in races:
        r["n"], r["round"], r["rounds"] = int(r["id"]), int(r["round"]), rounds[r["year"]]
        r["name"], r["gp"] = (db["grands-prix"][r["grandPrixId"]].get(k) or r["grandPrixId"].title() for k in ("name", "fullName"))
        grid = "qualifying-results" if r.get("qualifyingFormat") == "SPRINT_RACE" and r["year"] == 2022 else "starting-grid-positions"
        r["pole"] = next((x["driverId"] for x in r.get(grid, []) if x["position"] == "1"), "")
        r["fast"] = [x for x in r.get("fastest-laps", []) if x["position"] == "1"]
        r["cars"], r["nth"] = [], {}
        for row in r.get("race-results", []):
            if row.get("sharedCar") and r["cars"]:
                r["cars"][-1][1].append(row["driverId"])
            else:
                r["cars"].append((row, [row["driverId"]]))
        ids = {i for _, ids in r["cars"] for i in ids}
        last = {i: re.sub(r",? [JS]r\.$", "", db["drivers"][i].get("lastName", "")) for i in ids}
        r["short"] = {i: last[i] if last[i] and list(last.values()).count(last[i]) == 1 else driver(db, i) for i in ids}
        r["winners"] = [i for row, ids in r["cars"] if row["position"] == "1" for i in ids]
        for key in r["winners"] + ["team " + row["constructorId"] for row, _ in r["cars"] if row["position"] == "1"]:
            for k in (key, (key, r["year"])):
                won[k] += 1
                r["nth"][k] = won[k]
    return races


def driver(db, i):
    return db["drivers"][i].get("name", i.replace("-", " ").title()).replace(",", "")


def team(db, row, engine=True):
    """Cooper-Climax; Ferrari"""
    ours, motor = (db[kind][row.get(key, "")].get("name", row.get(key, "").replace("-", " ").title())
                   for kind, key in (("constructors", "constructorId"), ("engine-manufacturers", "engineManufacturerId")))
    return (motor if motor.startswith(ours) else f"{ours}-{motor}") if engine and motor and motor not in ours else ours


def place(db, r):
    c = db["circuits"][r["circuitId"]]
    full, town = c.get("fullName", r["circuitId"].title()), c.get("placeName", "")
    the = "the " if re.search("ircuit|[Dd]rom|ring$|Ring|Speedway|Raceway", full) else ""
    return f"in {town}" if c.get("before") else f"at {the}{full}" + (f" in {town}" if town and town not in full else "")

# -----------------------------------------------------------------------------
# documents

# -----------------------------------------------------------------------------
# races

def top(table, db, kind="driver"):
    """Who leads a table and by how much: the facts of it."""
    rows = [(driver(db, x["driverId"]) if kind == "driver" else team(db, x), float(x.get("points") or 0)) for x in table if x["position"].isdigit()]
    if len(rows) < 3 or rows[1][1] > rows[0][1]:
        return {}
    (who, most), (chaser, second), (third, least) = rows[:3]
    lead = round(most - second, 2)
    return {"leader": who, "points": points(most), "chaser": chaser, "chaser_points": points(second), "lead": lead and points(lead),
            "level": not lead and chaser, "third": third, "third_points": points(least)}


def winner_facts(db, r):
    """The first three, and what the win meant for a driver (no word of that where a car was shared) and for a team."""
    f = {}
    for p, key in (("1", "w"), ("2", "second"), ("3", "third")):
        row, ids = next(((row, ids) for row, ids in r["cars"] if row["position"] == p), ({}, []))
        f.update({key: listing(driver(db, i) for i in ids), "gap" + p: gap(row.get("gap")), "team" + p: row and team(db, row)})
        f["a_car" + p.strip("1")] = row and an(team(db, row))
        if p != "1" or not row:
            continue
        me, ours, start = ids[0], "team " + row["constructorId"], row.get("gridPosition", "")
        mine, my_year, team_n, team_year = (nth(r["nth"][k]) for k in (me, (me, r["year"]), ours, (ours, r["year"])))
        stops = [x["lap"] for x in r.get("pit-stops", []) if ids == [x["driverId"]]]
        f.update(s=listing(r["short"][i] for i in ids), time=clock(row.get("time"), r), stops=stops and count(len(stops), "stop"),
                 stop_laps=stops and f"lap{'s' * (len(stops) > 1)} {listing(stops)}", team_wins=team_n, team_wins_year=team_year)
        f.update({"new_team" if team_n == "first" else "ours": team(db, row, False)})
        if len(ids) > 1:
            f["shared"] = f["s"]
        else:
            first = "pole position" if r["pole"] == me else "the first place on the grid"
            start = {"1": first, "PL": "the pit lane"}.get(start, start.isdigit() and f"{nth(int(start))} on the grid")
            f.update(start=start, wins_year=my_year, his="her" if db["drivers"][me].get("gender") == "FEMALE" else "his",
                     slam="grandSlam" in row and "pole position, the fastest lap, the win and every lap in the lead",
                     **({"maiden": f["s"]} if mine == "first" else {"wins": mine}))
    return f


def field_facts(rng, db, r):
    """Pole, gains, retirements, penalties: what befell the others."""
    f, cars, short = {}, r["cars"], r["short"]
    who = lambda ids: listing(short[i] for i in ids)
    aside = lambda row, *more: ", ".join(filter(None, [row.get("reasonRetired", "").lower(), *more]))
    named = lambda p: listing(f"{who(ids)} ({aside(row)})".replace(" ()", "") for row, ids in cars if row["position"] == p)
    pole = next((row for row, ids in cars if ids[0] == r["pole"]), {"position": "1"})
    p = pole["position"]
    if p != "1" and r["pole"] not in r["winners"] and pole.get("gridPosition", "1") == "1":
        told = {"NC": "was not classified", "DSQ": "was disqualified"}.get(p, STATUS.get(p))
        end = why(pole["reasonRetired"]) if p == "DNF" and "reasonRetired" in pole else told
        f.update(pole=driver(db, r["pole"]), pole_end=f"finished {nth(int(p))}" if p.isdigit() else end)
    gains = [(int(row["gridPosition"]) - int(row["position"]), row) for row, ids in cars
             if row["position"].isdigit() and row.get("gridPosition", "").isdigit() and len(ids) == 1]
    up, row = max(gains, key=lambda g: g[0], default=(0, {}))
    if up > 3:
        f.update(climber=driver(db, row["driverId"]), up=count(up, "place"))
        f.update(frm=nth(int(row["gridPosition"]), False), to=nth(int(row["position"]), False))
    out = [(who(ids), row, "laps" in row and ("on the first lap" if row["laps"] == "0" else f"after {count(int(row['laps']), 'lap')}"))
           for row, ids in cars if row["position"] == "DNF"]
    if len(out) < 7 and rng.random() < .8:
        told = [f"{w} {why(row['reasonRetired']) if 'reasonRetired' in row else 'retired'}{' ' + lap if lap else ''}" for w, row, lap in out]
        f["out"] = " ".join(listing(told[i:i + 3]) + "." for i in range(0, len(told), 3))
    else:
        f["out_list"] = listing(f"{w} ({aside(row, lap)})".replace(" ()", "") for w, row, lap in out)
    started = [row for row, _ in cars if row["position"].isdigit() or row["position"] in STARTED]
    finishers = sum(row["position"].isdigit() for row in started)
    f.update(starters=count(len(started), "car"), finishers=finishers > 1 and few(finishers),
             gone=named("DSQ"), absent=named("DNS"),
             late=listing(f"{who(ids)} ({float(row['timePenalty'].lstrip('+')):g} seconds)" for row, ids in cars if "timePenalty" in row))
    if r["fast"]:
        x = r["fast"][0]
        f.update({"fl" if len(r["fast"]) == 1 else "fls": listing(driver(db, y["driverId"]) for y in r["fast"])})
        f.update(fl_time=clock(x.get("time"), r), fl_lap=x.get("lap"), fl_car=an(team(db, x)))
    return f


def dated(rng, r):
    return {"year": r["year"], "gp": r["gp"], "date": day(rng, r["date"]), "round": r["round"], "rounds": few(r["rounds"])}


def report(rng, db, r):
    """A race in sentences, and its classification in lines."""
    cut = "scheduledLaps" in r and r["scheduledLaps"] != r["laps"]
    laps = count(int(r["laps"]), "lap")
    f = {"at": place(db, r), "n": f"{r['n']:,}", "nth": nth(r["round"]), "series": pick(rng, SERIES), "laps": not cut and laps, "cut": cut and laps,
         "planned": cut and count(int(r["scheduledLaps"]), "lap"), "km": f"{float(r['distance']):g}", "length": f"{float(r['courseLength']):g}",
         **dated(rng, r), **winner_facts(db, r), **field_facts(rng, db, r)}
    if r.get("sprint-race-results"):
        first, *others = (driver(db, x["driverId"]) for x in r["sprint-race-results"][:3])
        f.update(sprint=first, sprinters=listing(others))
    for kind, fact in (("driver", "new_champion"), ("constructor", "new_best")):
        f[fact] = f"{kind}sChampionshipDecider" in r and db["champions"].get((r["year"], kind), {}).get("leader")
    f.update(top(r.get("driver-standings", []), db), third=f["third"])
    lines, style = [], pick(rng, ["laps gap", "gap", "gap points", "grid points", "laps grid", "grid gap points"]).split()
    for row, ids in r["cars"]:
        behind, grid = row.get("gap") and f"{gap(row['gap'])} behind", row.get("gridPosition", "")
        more = {"laps": "laps" in row and count(int(row["laps"]), "lap"), "gap": clock(row.get("time"), r) if row["position"] == "1" else behind,
                "grid": grid.isdigit() and f"{nth(int(grid), False)} on the grid", "points": "points" in row and points(row["points"])}
        line = f"{row['position']}. {listing(driver(db, i) for i in ids)} ({team(db, row)})"
        lines += [", ".join(filter(None, [line, *(more[k] for k in style)]))] if row["position"].isdigit() else []
    for p in ("DNQ", "DNPQ", "EX", "DNP"):
        some = listing(driver(db, i) for row, ids in r["cars"] if row["position"] == p for i in ids)
        lines += [f"{STATUS[p][0].upper()}{STATUS[p][1:]}: {some}."] if some else []
    return tell(rng, f, REPORT) + "\n\n" + "\n".join(lines)


def standings(rng, db, r, before):
    """The championship after a race, in sentences and as a table."""
    drivers, teams = (r.get(k, []) for k in ("driver-standings", "constructor-standings"))
    c = top(teams, db, "constructor")
    old = {x["driverId"]: int(x["position"]) for x in before if x["position"].isdigit()}
    moves = [(x["driverId"], old[x["driverId"]], int(x["position"])) for x in drivers[:10] if x["position"].isdigit() and x["driverId"] in old]
    facts = {**dated(rng, r), **top(drivers, db), "best": c.get("leader"), "best_points": c.get("points"), "best_lead": c.get("lead"),
             "best_chaser": c.get("chaser"), "winner": listing(driver(db, i) for i in r["winners"]),
             "plain": "" if top(drivers, db) else "championship"}
    moves = [(driver(db, i), f"from {nth(a, False)} to {nth(b, False)}") for i, a, b in moves if b < a]
    facts.update(movers=listing(f"{who} ({way})" for who, way in moves),
                 moved=listing(f"{who} {'moved up ' * (not n)}{way}" for n, (who, way) in enumerate(moves)))
    line = pick(rng, ["{p}. {who} {n}", "{p}. {who}, {n}", "{p} {who} ({n})", "{p}. {who}: {n}"])
    lines = [line.format(p=x["position"], who=driver(db, x["driverId"]), n=points(x.get("points"))) for x in drivers[:20] if x["position"].isdigit()]
    lines = [pick(rng, ["The first 20:", "The first 20 of the standings:"])] * any(x["position"].isdigit() for x in drivers[20:]) + lines
    if c:
        cut = ", the first 12" * any(x["position"].isdigit() for x in teams[12:])
        lines += ["", pick(rng, ["Constructors", "Constructors' standings", "Teams"]) + cut + ":"]
        lines += [line.format(p=x["position"], who=team(db, x), n=points(x.get("points"))) for x in teams[:12] if x["position"].isdigit()]
    return tell(rng, facts, TABLE) + "\n\n" + "\n".join(lines)

# -----------------------------------------------------------------------------
# seasons, careers, lists

def began(row):
    return row["position"].isdigit() or row["position"] in STARTED


def result(row, words=False):
    """3rd; retired (gearbox)"""
    p = row["position"]
    return nth(int(p), words) if p.isdigit() else STATUS.get(p, p) + (f" ({row['reasonRetired'].lower()})" if "reasonRetired" in row else "")


def ranked(items):
    return listing(f"{k} ({n})" for k, n in Counter(items).most_common())


def winner_lines(rng, db, races, title, year=False):
    """1. Bahrain Grand Prix, 28 March: Lewis Hamilton (Mercedes)"""
    how = pick(rng, ["{0}, {1}: {2} ({3})", "{0}: {2} in {4}, {1}", "{0} ({1}): {2} ({3})", "{0}, {1}: {2}, {3}"])
    pole = rng.random() < .5
    for r in races:
        car = next((team(db, row) for row, _ in r["cars"] if row["position"] == "1"), "")
        line = how.format(title(r), day(rng, r["date"], False, year), listing(driver(db, i) for i in r["winners"]), car, an(car))
        yield line + (f"; pole: {driver(db, r['pole'])}" if pole and r["pole"] else "")


def season(rng, db, year, races, maidens):
    """A year: champions, winners, poles in sentences, and the list of its races."""
    run = [r for r in races if r["cars"]]
    over, when = (year, "driver") in db["champions"], lambda r: day(rng, r["date"], year=False)
    t, c = (top(db["seasons"][year].get(f"{k}-standings", run[-1].get(f"{k}-standings", [])), db, k) for k in ("driver", "constructor"))
    teams = dict.fromkeys(team(db, row, False) for r in run for row, ids in r["cars"] for i in ids if began(row) and driver(db, i) == t.get("leader"))
    facts = {**t, "year": year, "series": pick(rng, SERIES), "champion": over and t.get("leader"), "ahead": not over and t.get("leader"),
             "teams": listing(teams), "done": len(run), "planned": len(races), "until": f"{run[-1]['gp']} on {when(run[-1])}",
             "races": over and count(len(run), "race"), "first": run[0]["gp"], "from": when(run[0]), "last": run[-1]["gp"], "to": when(run[-1]),
             "decided": next((r["gp"] for r in run if "driversChampionshipDecider" in r), ""),
             "best": over and c.get("leader"),
             "best_ahead": not over and c.get("leader"), "best_points": c.get("points"), "best_chaser": c.get("chaser"),
             "best_chaser_points": c.get("chaser_points"), "winners": ranked(driver(db, i) for r in run for i in r["winners"]),
             "team_winners": ranked(team(db, row, False) for r in run for row, _ in r["cars"] if row["position"] == "1"),
             "poles": ranked(driver(db, r["pole"]) for r in run if r["pole"]), "maidens": listing(driver(db, i) for i in maidens),
             "to_come": listing(f"the {r['gp']} on {when(r)}" for r in races if not r["cars"])}
    lines = winner_lines(rng, db, run, lambda r: f"{r['round']}. {r['gp']}")
    return tell(rng, facts, SEASON) + "\n\n" + "\n".join(lines)


def winners(rng, db, there, races, circuit):
    """The winners of a grand prix, or of all races at a track."""
    c = circuit or {}  # none: a grand prix
    facts = {"there": there, "first": races[0]["year"], "last": races[-1]["year"], "races": count(len(races), "race"), "length": c.get("length"),
             "turns": c.get("turns"), "type": {"RACE": "race track", "STREET": "street circuit", "ROAD": "road course"}.get(c.get("type"))}
    for key, all_of in (("most", [driver(db, i) for r in races for i in r["winners"]]), ("pole", [driver(db, r["pole"]) for r in races if r["pole"]]),
                        ("team", [team(db, row, False) for r in races for row, _ in r["cars"] if row["position"] == "1"])):
        (who, n), (_, second) = (Counter(all_of).most_common(2) + [("", 0)] * 2)[:2]
        if n > max(second, 1):
            facts[key], facts[key + "_n"] = who, "twice" if n == 2 else count(n, "time")
    moved = len({r["circuitId"] for r in races}) > 1
    title = lambda r: r["gp"] if circuit else f"{r['year']} {place(db, r)}" if moved else str(r["year"])
    lines = winner_lines(rng, db, races, title, year=bool(circuit))
    return tell(rng, facts, WINNERS) + "\n\n" + "\n".join(lines)


def tally(entries):
    """What the (race, row)s of a driver or a team come to: the facts of it, and the races won. A car that was shared counts once."""
    found = {kind: {} for kind in ("start", "win", "podium", "pole", "lap", "out")}
    for r, row in entries:
        p, me = row["position"], row["driverId"]
        fast = (me, row["constructorId"]) in [(x["driverId"], x["constructorId"]) for x in r["fast"]]
        for kind, true, key in (("start", began(row), ""), ("win", p == "1", p), ("podium", p in ("1", "2", "3"), p), ("lap", fast, me),
                                ("pole", me == r["pole"] and "sharedCar" not in row, ""), ("out", p == "DNF", row.get("driverNumber"))):
            found[kind].update({(r["n"], key): r} if true else {})
    facts = {f"{kind}_n": races and count(len(races), noun).replace("finishs", "finishes") for (kind, races), noun in
             zip(found.items(), ("race", "win", "podium finish", "pole position", "fastest lap", "race"))}
    times = {kind: races and {1: "once", 2: "twice"}.get(len(races), count(len(races), "time")) for kind, races in found.items()}
    return {**facts, "podium_times": times["podium"], "out_times": times["out"]}, list(found["win"].values())


def career(rng, db, kind, key, entries, last):
    """Everything a driver or a team did, counted up to the last race there is."""
    facts, wins = tally(entries)
    who, mine, starts = db[kind][key], kind == "drivers", [(r, row) for r, row in entries if began(row)]
    he, him, his = ("it", "it", "its") if not mine else ("she", "her", "her") if who.get("gender") == "FEMALE" else ("he", "him", "his")
    title = lambda r: f"{r['year']} {r['gp']}"
    country = db["countries"][who.get("nationalityCountryId" if mine else "countryId", "")].get("demonym", "").replace("New Zealander", "New Zealand")
    dates = {k: who.get(f"dateOf{k}") and day(rng, who[f"dateOf{k}"]) for k in ("Birth", "Death")}
    facts.update(who=who.get("name", key).replace(",", ""), he=he, him=him, his=his, He=he.capitalize(), His=his.capitalize(),
                 full=who.get("fullName"), a_people=country and an(country), kind="driver" if mine else "constructor",
                 asof=entries[-1][0]["year"] == last["year"] and f"{title(last)} on {day(rng, last['date'])}",  # the past is done
                 birth=dates["Birth"], town=who.get("placeOfBirth"), death=dates["Death"],
                 entered=count(len(entries), "time").replace("one time", "once").replace("two times", "twice"))
    years = sorted({r["year"] for r, _ in starts})
    if not starts:
        facts["never"] = listing(dict.fromkeys(str(r["year"]) for r, _ in entries))
    elif facts["start_n"] == "one race":
        facts.update(single=title(starts[0][0]), start_n="")
    else:
        facts.update(dict(only=years[0]) if len(years) == 1 else dict(since=years[0], until=years[-1]))
        facts.update(debut=title(starts[0][0]), final=title(starts[-1][0]))
        facts.update({end: result(starts[i][1], True).replace(" (", ", ").rstrip(")") for end, i in (("debut_end", 0), ("final_end", -1))})
    groups = defaultdict(dict)  # a driver's teams with their years, a team's drivers with their races
    for r, row in starts:
        groups[team(db, row, False) if mine else driver(db, row["driverId"])][r["year"] if mine else r["n"]] = 1
    if mine:
        facts["out_times"] = ""
        facts["teams"] = listing(f"{t} ({runs(some)})" for t, some in groups.items())
    else:
        most = sorted(groups.items(), key=lambda g: -len(g[1]))
        facts.update(out_n="", drivers=len(groups) > 1 and listing(f"{d} ({len(some)})" for d, some in most[:5]),
                     line=listing(f"{db['constructors'][i].get('name', i)} ({a if a == b else f'{a}-{b}'})" for i, a, b in who.get("line", [])))
    table = lambda y: db["seasons"][y].get("driver-standings" if mine else "constructor-standings", [])
    places = {y: [int(x["position"]) for x in table(y) if x["position"].isdigit() and x.get("driverId" if mine else "constructorId") == key]
              for y in years if (y, "driver") in db["champions"]}
    best = min((p for some in places.values() for p in some), default=0)
    facts["titles" if mine else "team_titles"] = listing(str(y) for y, some in places.items() if 1 in some)
    facts["best"] = best > 1 and f"{nth(best)} in {listing(str(y) for y, some in places.items() if best in some)}"
    if wins:
        facts.update(dict(only_win=title(wins[0])) if len(wins) == 1 else dict(first_win=title(wins[0]), last_win=title(wins[-1])))
        by_year = defaultdict(list)
        for r in wins:
            by_year[r["year"]].append(r["name"])
        facts["victories"] = len(wins) > 1 and "; ".join(f"{y} {listing(some) if mine else count(len(some), 'win')}" for y, some in by_year.items())
        facts["by_driver"] = not mine and ranked(driver(db, row["driverId"]) for r, row in entries if row["position"] == "1")
    if len(entries) < 9:
        facts["results"] = "; ".join(f"{title(r)} ({team(db, row) if mine else driver(db, row['driverId'])}) {result(row)}" for r, row in entries)
    return tell(rng, facts, CAREER)


def documents(upstream, seed):
    db = read(upstream)
    races = history(db)
    run = [r for r in races if r["cars"]]
    if not run:
        raise ValueError("f1db: no race-results.yml under src/data/seasons")
    by = {k: defaultdict(list) for k in ("year", "grandPrixId", "circuitId", "drivers", "constructors")}
    for r in races:
        by["year"][r["year"]].append(r)
    for r in run:
        for k in ("grandPrixId", "circuitId"):
            by[k][r[k]].append(r)
        for row, i in ((row, i) for row, ids in r["cars"] for i in ids):
            row = row if i == row["driverId"] else {**row, "driverId": i, "sharedCar": "true"}
            by["drivers"][i].append((r, row))
            by["constructors"][row["constructorId"]].append((r, row))

    def doc(record, date, path, write, *args):
        text = write(Random(f"{seed} {record}"), db, *args)
        return {"text": text, "sport": "motorsport", "url": URL + path, "date": date, "record": record}

    for year, some in by["year"].items():
        if all(r["cars"] for r in some) and year in db["seasons"]:
            for k in ("driver", "constructor"):
                db["champions"][year, k] = top(db["seasons"][year].get(f"{k}-standings", []), db, k)
    last, before = run[-1], {}
    for r in run:
        path = f"seasons/{r['year']}/races/{r['folder']}"
        yield doc(f"{r['year']} {r['folder']} race", r["date"], path, report, r)
        if r.get("driver-standings"):
            yield doc(f"{r['year']} {r['folder']} standings", r["date"], path, standings, r, before.get(r["year"], []))
        before[r["year"]] = r.get("driver-standings", [])
    for year, some in by["year"].items():
        if any(r["cars"] for r in some):
            new = [i for r in some for i in r["winners"] if r["nth"][i] == 1]
            yield doc(f"{year} season", [r["date"] for r in some if r["cars"]][-1], f"seasons/{year}", season, year, some, new)
    for kind in ("drivers", "constructors"):
        for key, entries in by[kind].items():
            yield doc(f"{kind} {key}", last["date"], f"{kind}/{key}.yml", career, kind, key, entries, last)
    for kind, folder in (("grandPrixId", "grands-prix"), ("circuitId", "circuits")):
        for key, some in by[kind].items():
            there = f"of the {some[0]['gp']}" if kind == "grandPrixId" else place(db, some[0])
            size = -(-len(some) // -(-len(some) // 25))  # lists of even length, of no more than 25
            for part in (some[i:i + size] for i in range(0, len(some), size) if len(some) > 2):
                track = kind == "circuitId" and db["circuits"][key]
                yield doc(f"{folder} {key} {part[0]['year']}", part[-1]["date"], f"{folder}/{key}.yml", winners, there, part, track)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
