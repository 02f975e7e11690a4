"""
The Hockey Databank: players, goaltenders, coaches, teams and awards of the NHL, NHA, PCHA, WCHL and WHA from 1909-10 to 2017-18.
Its tables become careers, seasons of teams and of their players, standings, play-offs, awards, records between teams and franchises.

$ python prepare.py hockey_databank [--from DIR]

The information used herein was obtained free of charge from and is
copyrighted by the Hockey Databank project.  For more information about the
Hockey Databank project please visit
http://sports.groups.yahoo.com/group/hockey-databank

Met upstream: a season is the year it begins in (only HOF and CombinedShutouts tell calendar years); a team id is unique within a year
and a franchise id over the years; overtime losses are a column of their own since 1999-00, not part of L; ties end in 2003-04; the WCHL
was named WHL in 1925-26; seasons of players are split by stints, 281 rows have no games (play-offs or Stanley Cup finals only) and 59
tell no play-off assists; a death in 9999 has no known date; a coach of 2016-18 is not in Master. SeriesPost: TG is decided on total
goals, ND halted (1919), DEF a default (1925), EX not for the Cup (1913). Cup finals to 1925-26 have tables of their own. Moves within a
season are told in notes.txt only, and stand below. Foreign sides that played WHA teams have seasons of a few games.
"""
import csv
import os
import re
import sys
from collections import defaultdict
from datetime import date
from random import Random

FILES = {"hockey-databank.tar.gz": "https://codeload.github.com/rippinrobr/hockey-databank/tar.gz/refs/heads/master"}
FROM = ["stats/hockey_databank"]
URL = "https://github.com/rippinrobr/hockey-databank"

# -----------------------------------------------------------------------------
# what the ids stand for

COUNTED = dict(squad="players", against="opponents", rivals="opponents", duels="pairings", shootouts="names chosen", halls="years",
               prizes="awards", early="awards", duos="shutouts")

CUPS = "Art Ross;Vezina;Conn Smythe;Lady Byng Memorial;Hart Memorial;Calder Memorial;King Clancy Memorial;James Norris Memorial;Frank J. Selke;"
CUPS += "William M. Jennings;Bill Masterton Memorial;Maurice Richard;Lester Patrick;Paul Deneau;Ben Hatskin;Bill Hunter;Lou Kaplan;Dennis Murphy;"
AWARDS = {a: c + " Trophy" for c in (CUPS + "Gordie Howe;Gary Davidson;Robert Schmertz Memorial;Howard Baldwin").split(";")
          for a in (c, c.replace(" Memorial", ""), c.replace(" Memorial", "").split()[-1])}
AWARDS |= {"Pearson": "Lester B. Pearson Award", "Lindsay": "Ted Lindsay Award", "Plus-Minus": "Plus-Minus Award",
           "Foundation": "Foundation Player Award", "Messier": "Mark Messier Leadership Award", "Crozier": "Roger Crozier Saving Grace Award",
           "Jack Adams": "Jack Adams Award", "GM": "award for the general manager of the year",
           "Playoff MVP": "award for the most valuable player of the play-offs"}
POSITIONS = {"C": "center", "L": "left wing", "R": "right wing", "D": "defenseman", "G": "goaltender", "F": "forward", "W": "wing",
             "LW": "left wing", "RW": "right wing"}
PLACES = """
ON=Ontario;QC=Quebec;AB=Alberta;SK=Saskatchewan;MB=Manitoba;BC=British Columbia;NS=Nova Scotia;NB=New Brunswick;NL=Newfoundland and Labrador;
PE=Prince Edward Island;PEI=Prince Edward Island;NT=Northwest Territories;YT=Yukon;MN=Minnesota;MA=Massachusetts;MI=Michigan;NY=New York;
IL=Illinois;CA=California;PA=Pennsylvania;WI=Wisconsin;CT=Connecticut;OH=Ohio;NJ=New Jersey;RI=Rhode Island;MO=Missouri;ND=North Dakota;
CO=Colorado;AK=Alaska;WA=Washington;NH=New Hampshire;FL=Florida;TX=Texas;IN=Indiana;ME=Maine;VA=Virginia;OK=Oklahoma;UT=Utah;OR=Oregon;
AZ=Arizona;MD=Maryland;NC=North Carolina;GA=Georgia;IA=Iowa;AL=Alabama;ID=Idaho;NE=Nebraska;SD=South Dakota;VT=Vermont"""
PLACES = dict(x.strip().split("=") for x in PLACES.split(";"))
MOVED = {("1973", "NYJ"): "the New York Golden Blades became the Jersey Knights on November 21, 1973.",
         ("1974", "MIB"): "the Michigan Stags became the Baltimore Blades on January 25, 1975.",
         ("1975", "DOT"): "the Denver Spurs became the Ottawa Civics on January 1, 1976, and disbanded on January 17.",
         ("1916", "TOB"): "the 228th Battalion left on February 11, 1917, called overseas for the war.",
         ("1916", "TBS"): "the club suspended play on February 11, 1917.",
         ("1917", "MTW"): "their arena burned down and they withdrew on January 2, 1918.",
         ("1975", "MFS"): "the club disbanded on February 27, 1976.", ("1976", "MF2"): "the club disbanded on January 17, 1977.",
         ("1978", "IND"): "the club disbanded on December 15, 1978.",
         ("1926", "TRS"): "the St. Patricks were renamed Maple Leafs on February 14, 1927.",
         ("1967", "OAK"): "the club was named California Seals until November 6, 1967."}
NO_ARTICLE = ("Les Canadiens", "Czechoslovakia", "Finland")

# -----------------------------------------------------------------------------
# what is said of it: a name, its wordings between strokes; [a|b] is a choice, {x} a field

WORDS = """
skater: in {y} with {t} he had {G} and {A} for {P} in {GP}, with {M}{post}. / {y}: {GP} for {t}, {G}, {A}, {P}, {M}{post}. / he played {GP} for
 {t} in {y}, with {G} and {A}{post}. / for {t} in {y} it was {G}, {A} and {M} in {GP}{post}. / {P} ({gg} + {aa}) came in {GP} with {t} in
 {y}{post}. / the {y} season, with {t}, brought {G}, {A} and {M} in {GP}{post}. / {t} got {G} and {A} from him in {GP} of {y}{post}. / in {GP} of
 the {y} season for {t} he [collected|made|put up] {P}, {G} and {A}{post}.
blank: in {y} he played {GP} for {t} without a point{post}. / {GP} for {t} in {y} brought no points{post}. / with {t} he had no points in {GP} of
 {y}{post}. / {y}: {GP} for {t}, no points, {M}{post}.
inpost: ; in the play-offs {PG} and {PA} in {PGP} / , and {PP} in {PGP} of the play-offs / ; play-offs: {PGP}, {PG}, {PA} / , then {PG} and {PA} in
 {PGP} of play-offs
inpostgoals: ; in the play-offs {PG} in {PGP} / ; play-offs: {PGP}, {PG} / , then {PG} in {PGP} of play-offs
roster: {p}, {pos}, had {G} and {A} in {GP}. / {p} ({pos}) played {GP} and made {P}, {G} and {A}. / {P} in {GP}: {p} ({G}, {A}, {M}). / {p} had
 {G}, {A} and {M} in {GP}. / {p} made {P} ({gg} + {aa}) in {GP}. / {pos} {p}: {GP}, {G}, {A}, {P}, {M}. / {p} came to {P} in {GP}, {G} among
 them.
squad: these are players of {t} in the {lg} hockey season of {y}. / the {lg} hockey season of {y} for {t} is told here player by player. / here
 is the scoring for {t} in the {lg} season of {y}. / the following played hockey for {t} in the {lg} season of {y}. / for {t} these players took
 the ice in the {lg} season of {y}.
part: these are {m} of the {k} {what}. / of the {k} {what} {m} [follow|are told of here]. / told here are {m} of the {k} {what}. / the list has
 {k} {what}; this part holds {m}.
scoreless: {p}, {pos}, had no points in {GP}. / {p} ({pos}) played {GP} without a point. / in {GP} {p} had no points and {M}. / {p} went without
 a point in {GP}. / {p} had {GP} and no points.
page: {p} of {t} had {G} and {A} in the {lg} hockey season of {y}, {P} in {GP}. / in {y} {p} [made|collected|put up] {P} for {t} in {lg} hockey:
 {G} and {A} in {GP}. / the {lg} season of {y} saw {p} of {t} score {G} and add {A} for {P} in {GP}. / {P} in {GP}, {G} and {A}: that was the {y}
 season of {p} with {t} in the {lg}. / {p} played {GP} for {t} in {y} and came to {P} in {lg} hockey, {G} and {A}.
pim: his penalties [added up to|came to] {M}. / he was given {M}. / he had {M}.
plus: his plus-minus was {pm}. / he was {pm} in plus-minus. / plus-minus had him at {pm}.
power: of the goals {ppg} came on the power play and {shg} short-handed. / on the power play he scored {ppg}, short-handed {shg}. / power-play
 goals: {ppg}; short-handed: {shg}.
gwg: he scored {gwg}. / [with him there were|his goals included] {gwg}. / he had {gwg}.
sog: he took {sog}[, scoring on {pct}% of them|]. / {sog} [were his|are on record], {pct}% of them goals. / of {sog} {pct}% went in.
playoffs: in the play-offs he had {PG} and {PA} in {PGP}. / {PGP} of play-offs brought {PG} and {PA}. / he added {PP} in {PGP} of the play-offs.
rank: in the {lg} he was No. {k} by points. / he was No. {k} in the {lg} by points. / by points he [ranked|stood] No. {k} in the {lg}.
born: {n}{nick}, a hockey {pos}, was born {d}{place}. / the hockey player {n}{nick} ({pos}) was born{place} {d}. / born{place} {d}, {n}{nick}
 {be} a hockey {pos}. / {n}{nick} {be} a hockey {pos}, born {d}{place}. / the hockey {pos} {n}{nick} was born {d}{place}.
unborn: {n}{nick} {be} a hockey {pos}. / {n}{nick}: {pos}. / {n}{nick} played hockey as a {pos}.
size: he [stood|was] {h} and weighed {w} pounds{hand}. / his size was {h}, {w} pounds{hand}. / he was listed at {h} and {w} pounds{hand}.
died: he died {d}{place}. / his death came {d}{place}.
total: in the {lg} he played {GP} from {a} to {z}: {G}, {A}, {P}, {M}. / his {lg} record, {a} to {z}, is {G} and {A} for {P} in {GP}. / {GP} in
 the {lg} between {a} and {z} brought {G}, {A} and {M}. / over {GP} in the {lg} ({a} to {z}) he [had|made] {P}, {G} and {A}. / in {k} of {lg}
 hockey, {a} to {z}, he had {G} and {A} in {GP}.
once: in the {lg} he played {GP}, all in {a}: {G}, {A}, {P}, {M}. / his {lg} record is the {a} season, with {G} and {A} in {GP}. / {a} was his
 one {lg} season: {GP}, {G}, {A}, {M}.
only: {a} is his one {lg} season on record. / the record has him in the {lg} for {a} alone. / he is on record in {lg} hockey for one season, {a}.
 / his {lg} hockey was that of one season, {a}.
postall: in the {lg} play-offs he had {PG} and {PA} in {PGP}. / play-offs in the {lg}: {PGP}, {PG}, {PA}. / {PGP} of {lg} play-offs brought {PP},
 {PG} and {PA}.
postallgoals: in the {lg} play-offs he had {PG} in {PGP}. / play-offs in the {lg}: {PGP}, {PG}. / {PGP} of {lg} play-offs brought {PG}.
best: his best season by points was {y}, with {P}. / he never had more points than in {y}, when there were {P}. / the most points, {q}, came in {y}.
honors: he won {x}. / his honors: {x}. / he was given {x}.
hof: he was elected to the Hockey Hall of Fame in {y}. / in {y} he entered the Hockey Hall of Fame. / the Hockey Hall of Fame elected him in {y}.
goalie: in {y} he played {GP} for {t}, {W}, {L} and {T}, with {SO}{avg}. / {y}, {t}: {GP}, {W}, {L}, {T}, {SO}{avg}. / with {t} in {y} he was {rec}
 in {GP}, with {SO}{avg}. / {t} had him for {GP} in {y}: {W}, {L}, {T}{avg}. / a record of {rec} and {SO} in {GP} were his with {t} in {y}{avg}. /
 in {GP} of {y} for {t} he went {rec}{avg}.
avg: , an average of {gaa} goals against / , {gaa} goals against a game / , allowing {gaa} goals a game
goals: in the {lg} he [kept goal|stood in goal] in {GP} from {a} to {z}, {W}, {L} and {T}, with {SO}. / his {lg} record from {a} to {z} is {rec}
 in {GP}, with {SO}. / {GP} in {lg} goal between {a} and {z} brought {W}, {L}, {T} and {SO}.
goals1: in the {lg} he kept goal in {GP}, all in {a}: {W}, {L} and {T}, with {SO}. / his {lg} record, all of it from {a}, is {rec} in {GP}, with
 {SO}. / {a} was his one {lg} season: {rec} in {GP}, with {SO}.
goalspost: in {lg} play-offs he was {rec} in {GP}. / play-offs in the {lg}: {GP}, {rec}. / the {lg} play-offs gave him a record of {rec} in {GP}.
coach: {p} coached {G} of hockey in the {lg} from {a} to {z}, with {rec}. / in the {lg} {p} was behind the bench for {G} between {a} and {z}:
 {rec}. / {p}, hockey coach in the {lg} from {a} to {z}: {rec} in {G}. / from {a} to {z} {p} coached {G} of hockey in the {lg} and came to {rec}.
coach1: {p} coached hockey in the {lg} in {a} alone, {G} with {rec}. / {p} was {an} hockey coach for {G} of {a}: {rec}. / the {a} season had {p}
 behind {an} bench for {G}, {rec}.
stint: in {y} he had {t} for {G}, {rec}. / {y}: {t}, {G}, {rec}. / with {t} it was {rec} over {G} in {y}. / the {y} season with {t} brought {rec} in
 {G}. / {t} went {rec} under him in {G} of {y}.
coachpost: in the play-offs his record was {rec}. / his teams were {rec} in the play-offs. / play-off games: {rec}.
jack: he was given {x}. / he won {x}. / honors for coaching: {x}.
team: {t} [finished|ended|completed] the {lg} hockey season of {y} with {rec}, {pts}. / in {y} {t} [had|posted|came to] {rec} for {pts} in {lg}
 hockey. / {t}, {lg} hockey, {y}: {rec}, {pts}. / the {lg} hockey season of {y} [brought|gave] {t} {rec} and {pts}. / over {games} of the {lg}
 season of {y} {t} made {pts}, from {rec}. / {pts} from {games} was the {lg} hockey season of {y} for {t}: {rec}. / [with|on] {pts} and {rec} {t}
 came out of the {y} {lg} season.
place: the team was {nth} in the {div}. / {nth} place in the {div} went to the team. / in the {div} the team [finished|came] {nth}. / the {div}
 had the team {nth}.
goalsfor: the team scored {gf} and allowed {ga}. / the goals came to {gf} for and {ga} against. / goals: {gf} to {ga}. / the team had {gf} goals
 to {ga} for its opponents.
split: at home the team was {h}, on the road {r}. / the home record was {h}, the road record {r}. / the team went {h} at home and {r} away.
month: the best month was {m}, at {r}. / {m} went best, at {r}. / no month was better than {m} ({r}). / in {m} the team went {r}, its best month.
special: the power play scored {ppg} on {ppc} chances and the penalty killers allowed {pkg} on {pkc}. / power play: {ppg} for {ppc}; penalty
 killing: {pkg} against on {pkc}. / {ppg} goals came from {ppc} power plays, and {pkg} were allowed in {pkc} short-handed situations.
shoot: in shoot-outs the team was {sw}-{sl}. / shoot-outs went {sw}-{sl}. / of {sn} the team won {sw}.
bench: {x} coached. / the coaching was done by {x}. / behind the bench stood {x}. / {x} had the bench.
top: {x} led in scoring. / the leading scorers were {x}. / by points it was {x}. / most points: {x}.
net: in goal [it was|stood] {x}. / the goaltending: {x}. / {x} kept goal.
series: {w} beat {l} {s} in the {r}{goals}. / in the {r} {w} [beat|defeated|eliminated] {l} {s}{goals}. / {l} lost to {w} in the {r}, {s}{goals}. /
 {l} went out in the {r} against {w}, {s}{goals}. / {w} got past {l} in the {r}, {s}{goals}. / against {l} {w} won {s} in the {r}{goals}.
finals: {w} won the {r} against {l}, {s}{goals}. / the {r} went to {w}, {s} over {l}{goals}. / {l} lost the {r} to {w}, {s}{goals}. / in the {r} {w}
 [beat|defeated] {l} {s}{goals}.
outscored: , with {a} goals to {b} / , scoring {a} goals to {b} / ; the goals were {a} to {b}
sum: {w} beat {l} {s} on total goals in the {r}. / the {r}, on total goals, went to {w}, {s} over {l}. / on total goals {w} beat {l} {s} in the {r}.
ND: the {r} between {w} and {l} was halted by the influenza epidemic, at {g}; no winner was declared.
DEF: {w} took the {r} against {l} by default.
EX: {w} beat {l} {s} in an exhibition series in place of the Stanley Cup finals.
spring: these were the play-offs of {y} in {lg}. / this is how the play-offs of {y} went in {lg}. / the {y} season of {lg} had these play-offs. /
 after the {y} season of {lg} came the play-offs.
versus: against {o} they were {rec}. / {rec} against {o}. / they went {rec} with {o}. / it was {rec} against {o}. / {o}: {rec}.
against: {t} played these opponents in the {lg} hockey season of {y}, with records of {cols}. / the {y} hockey season of {t} is told here team by
 team ({cols}). / here is how {t} did in {y} against other {lg} hockey teams, in {cols}.
duels: the {lg} hockey season of {y} is told here pair by pair, in {cols}. / these are records of {lg} hockey teams against each other in {y}, in
 {cols}.
duel: {t} were {rec} against {o}. / {t} went {rec} with {o}. / it was {rec} for {t} against {o}. / {t} against {o}: {rec}.
ever: with {o} the record is {rec} over {k}. / against {o}: {rec} in {k}. / {k} against {o} came to {rec}. / {rec} is the record against {o}, over
 {k}.
rivals: these are regular-season hockey records of {t} against other franchises, {a} to {z}, in {cols}. / {t} from {a} to {z}: what the regular
 season of hockey holds against these franchises, in {cols}. / in regular-season hockey from {a} to {z}, {t} had these records against other
 franchises, in {cols}.
standings: the {lg} hockey season of {y} ended with the table below. / these are the final standings of {lg} hockey for {y}. / here is how the
 {lg} hockey season of {y} ended. / {lg} hockey, {y}: the table.
first: {t} had the most points, {p}. / nobody had more points than {t}, with {p}. / on top [were|came] {t} with {p}.
most: the most goals, {g}, were scored by {t}. / {t} scored most, {g} goals. / nobody scored more than the {g} goals of {t}.
fewest: the fewest goals against, {g}, were those of {t}. / {t} allowed the fewest goals, {g}. / the tightest defense was that of {t}, with {g}
 goals against.
cup: {t} won the Stanley Cup. / the Stanley Cup went to {t}. / Stanley Cup winners were {t}.
avco: {t} won the Avco Cup. / the Avco Cup went to {t}.
halves: the season was played in halves; the first was won by {a}, the second by {b}. / {a} won the first half of the season, {b} the second.
leaders: [in|by] {x} the order was {l}. / most {x}: {l}. / the {x} list: {l}. / the leaders in {x} were {l}.
leader: {first} led in {x}, followed by {others}. / first in {x} was {first}, ahead of {others}. / {first} had the most {x}, ahead of {others}. /
 most {x}: {l}.
led: these were the leaders of the {lg} hockey season of {y}. / who led the {lg} in the hockey season of {y}? / the {lg} of {y} had these leaders
 in hockey's individual columns.
won: the {x} of {y} went to {p}. / {p} won the {x}. / the {x}: {p}. / {p} was given the {x}.
given: the {x} went to {p}. / the {x} was given to {p}. / the {x}: {p}.
wonin: the {x} of {y} went to {p}. / {p} won the {x} of {y}. / in {y} the {x} went to {p}.
early: these are the first {lg} hockey awards. / these {lg} hockey awards are of seasons that had few.
tied: {p} [tied|were level] for the {x}. / the {x} was a tie between {p}.
shared: {p} shared the {x}. / the {x} was shared by {p}. / together {p} won the {x}.
stars: on the {x}: {p}. / the {x} was made up of {p}. / {x}: {p}.
prizes: {lg} hockey awards for the season of {y} were the following. / who won the hockey awards of the {lg} in {y}? / these were the honors of
 the {lg} hockey season of {y}.
hall: in {y} the Hockey Hall of Fame elected {x}. / elected to the Hockey Hall of Fame in {y}: {x}. / the Hall's choices in {y} were {x}.
halls: the Hockey Hall of Fame in the {d}s elected the following. / these are elections to the Hockey Hall of Fame of the {d}s.
moves: the hockey franchise [now or last|last] known as {t} [began|begins] in {a} as {n}. / {t} go back to {n} of {a}. / the history of {t}
 starts with {n} in {a}.
moves1: {t} are on record in hockey from {a} on. / {t} played hockey from {a}. / the first hockey season of {t} was {a}.
then: in {y} it became {n}{lg}. / from {y} on it was {n}{lg}. / {n}{lg} was the name from {y}. / the next name, in {y}, was {n}{lg}.
span: to {z} there were {k}, with {rec} in the regular season ({cols}). / it has {k} on record to {z}, {rec} in {cols}. / over {k} to {z} it went
 {rec} in the regular season ({cols}).
cups: it won the Stanley Cup in {x}. / Stanley Cups: {x}. / the Stanley Cup came in {x}.
bestyear: the best season by points was {y}, with {p}. / no season brought more points than {y}, {p}. / {y} was its best, with {p} points.
so: {p} scored on {g} of {s}. / {p}: {g} for {k}. / {g} of the {s} of {p} went in. / of {s} {p} made {g}. / {p} made {g} of {k} in shoot-outs.
saves: {p} stopped {v} of {s}. / {p} faced {s} and let in {g}. / {v} of {s} were stopped by {p}. / with {v} saves on {s}, {p} had a record of {rec}.
shootouts: these are figures from shoot-outs of the NHL hockey season of {y}. / who scored in NHL hockey's shoot-outs in {y}? / the NHL
 shoot-outs of {y} had these shooters and goaltenders.
duo: {a} and {b} [combined|joined] to shut out {o} for {t} on {d}{post}. / on {d} {t} shut out {o}{post} with two goaltenders, {a} and {b}. / {t}
 used {a} and {b} in a shutout of {o} on {d}{post}.
duos: these are shutouts shared by two goaltenders in NHL hockey. / in NHL hockey some shutouts were combined. / two goaltenders, one shutout:
 NHL hockey has these.
final: goals for {t}: {x}. / for {t} the goals came from {x}. / the scorers of {t}: {x}.
finalgoals: {p} kept goal for {t}, allowing {ga} in {gp}. / in goal for {t} [was|stood] {p}: {gp}, {ga} against.
challenge: hockey's Stanley Cup finals of {y} were between champions of two leagues. / after the {y} season champions of two leagues played for
 the Stanley Cup.
outcome: {t} had {rec}, with {gf} to {ga} for the other side. / {t}: {rec}, {gf} for and {ga} against. / for {t} it was {rec}, {gf} for and {ga}
 against.
"""
WORDS = {k: [w.strip() for w in " ".join(t.split()).split(" / ")] for k, t in re.findall(r"^(\w+): (.*(?:\n .*)*)", WORDS, re.M)}

def say(rng, key, /, **fields):
    """One of a kind's wordings: its [a|b] chosen from the innermost out, its {x} filled; no capital yet."""
    pick = lambda items: items[int(rng.random() * len(items))]
    text = pick(WORDS[key])
    while "[" in text:
        text = re.sub(r"\[([^][]*)\]", lambda m: pick(m[1].split("|")), text)
    return text.format(**fields)


def para(*sentences):
    return " ".join(s[0].upper() + s[1:] for s in sentences if s)


def some(rng, share, *sentences):
    """A share of the sentences, in another order."""
    return [s for x, s in sorted((rng.random(), s) for s in sentences if s) if x < share]


def n(count, word):
    return (f"{count:,} " if count else "no ") + word + ("" if count == 1 else "es" if word.endswith("s") else "s")


def nth(k):
    return "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()[k]


def listed(items):
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def grouped(items, key):
    found = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found.items()


def span(y):
    return f"{y}-{(int(y) + 1) % 100:02d}"


def day(y, m="", d=""):
    """With its preposition: on March 4, 1975; in March 1975; in 1975."""
    month = f"{date(2000, int(m), 1):%B}" if m else ""
    return f"on {month} {int(d)}, {y}" if m and d else f"in {month} {y}" if m else f"in {y}"


def num(rows, column):
    return sum(int(r.get(column) or 0) for r in rows)


def wlt(*numbers):
    """7-3, 7-3-2 or, with overtime losses, 7-3-2-1; what the season did not have is an empty string."""
    return "-".join(str(int(x)) for x in numbers if x not in ("", None))


def columns(first, last=None):
    """What the numbers of a record from these seasons stand for."""
    names = ["wins", "losses"] + ["ties"] * (int(first) < 2004) + ["overtime losses"] * (int(last or first) > 1998)
    return listed(names)


def record(r):
    return wlt(r["W"], r["L"], r["T"], r["OTL"])


def doc(key, y, *paragraphs):
    """y: the season's first year; a season ends in April until the 1960s, in June since."""
    when = f"{int(y) + 1}-{'06' if int(y) > 1966 else '04'}-30"
    return dict(text="\n\n".join(filter(None, paragraphs)), sport="hockey", url=URL, date=when, record=key)


def pages(seed, record, season, head, key, facts, per, **fields):
    """A list as documents of up to so many sentences: head opens each, key (or a fact's own) words the facts."""
    size = -(-len(facts) // -(-len(facts) // per)) if facts else 1  # as even as can be
    for k in range(0, len(facts), size):
        rng = Random(f"{seed} {record} {k}")
        here = facts[k:k + size]
        part = say(rng, "part", m=len(here), k=len(facts), what=COUNTED[head]) if head in COUNTED and 1 < len(here) < len(facts) else ""
        yield doc(f"{record} {k}", season, para(say(rng, head, **fields), part, *(say(rng, f.get("key", key), **f) for f in here)))


class Bank:
    """The tables by name, and what their ids stand for."""

    def __init__(self, tables):
        self.tables = tables
        self.names = {(r["year"], r["tmID"]): "the " * (r["name"] not in NO_ARTICLE) + r["name"] for r in self["Teams"]}
        self.people = {r[k]: r for r in self["Master"] for k in ("playerID", "coachID", "hofID") if r[k]}
        self.abbrev = {(r["Type"], r["Code"]): r["Fullname"] for r in self["abbrev"]}
        self.last = {}  # the team a player ended a season with
        for r in sorted(self["Scoring"], key=lambda r: int(r["stint"] or 0)):
            self.last[r["playerID"], r["year"]] = self.team(r)

    def __getitem__(self, table):
        return self.tables.get(table, [])

    def team(self, r, column="tmID"):
        return self.names.get((r["year"], r[column]), f"the team {r[column]}")

    def who(self, key):
        r = self.people.get(key)
        return f"{r['firstName']} {r['lastName']}".strip() if r else ""

# -----------------------------------------------------------------------------
# people

def skating(rows):
    """A skater's numbers over the rows, with their nouns."""
    v = dict(gg=num(rows, "G"), aa=num(rows, "A"), q=num(rows, "Pts"), only="goals" if any(r["PostGP"] and not r["PostPts"] for r in rows) else "")
    for key, column, word in (("GP", "GP", "game"), ("G", "G", "goal"), ("A", "A", "assist"), ("P", "Pts", "point"), ("M", "PIM", "penalty minute")):
        v[key], v["P" + key] = n(num(rows, column), word), n(num(rows, "Post" + column), word)
    return v


def keeping(rows, post=""):
    """A goaltender's."""
    w, l, t, gp = (num(rows, post + c) for c in ("W", "L", "T" if post else "T/OL", "GP"))
    ties, minutes, against = "tie" if int(rows[-1]["year"]) < 2005 else "overtime loss", num(rows, post + "Min"), num(rows, post + "GA")
    return dict(GP=n(gp, "game"), W=n(w, "win"), L=n(l, "loss"), T=n(t, ties), SO=n(num(rows, post + "SHO"), "shutout"),
                rec=f"{w}-{l}-{t}" if t or not post else f"{w}-{l}", gaa=f"{60 * against / minutes:.2f}" if minutes else "")


def season_text(rng, bank, r, goalie, brief=False):
    """A player's season with one team, as a sentence or, without rng, as a line."""
    v = dict(y=span(r["year"]), t=bank.team(r))
    if goalie:
        v |= keeping([r])
        if rng:
            return say(rng, "goalie", avg=say(rng, "avg", **v) if v["gaa"] else "", **v)
        return f"{v['y']}, {v['t'].removeprefix('the ')}: {v['GP']}, {v['rec']}, {v['SO']}" + f", average {v['gaa']}" * bool(v["gaa"])
    v |= skating([r])
    if not rng:
        post = f"; play-offs {v['PGP']}, {v['PP' if r['PostPts'] else 'PG']}" if r["PostGP"] and not brief else ""
        return f"{v['y']}, {v['t'].removeprefix('the ')}: {v['GP']}, {v['G']}, {v['A']}" + f", {v['M']}" * (not brief) + post
    return say(rng, "skater" if v["q"] else "blank", post=say(rng, "inpost" + v["only"], **v) if r["PostGP"] not in ("", "0") else "", **v)


def position(codes):
    return listed([POSITIONS[c] for c in codes.split("/") if c in POSITIONS]) or "player"


def place(m, k):
    """ in Trail, British Columbia; in Lappeenranta, Finland; or nothing."""
    state, country = m[k + "State"], m[k + "Country"].replace("Russian Federation", "Russia")
    parts = [x for x in (m[k + "City"], PLACES.get(state, state), "" if state in PLACES else country) if x]
    return " in " + ", ".join(parts) if parts else ""


def life(rng, m, pos):
    v = dict(n=f"{m['firstName']} {m['lastName']}".strip(), nick=f" (\"{m['nameNick'].split('/')[0]}\")" if m["nameNick"] else "", pos=pos,
             be="is" if m["lastNHL"] == "2017" else "was")
    born = dict(d=day(m["birthYear"], m["birthMon"], m["birthDay"]), place=place(m, "birth"))
    text = [say(rng, "born" if m["birthYear"] else "unborn", **born, **v)]
    if m["height"] and m["weight"]:
        feet, inches, hand = int(m["height"]) // 12, int(m["height"]) % 12, {"L": "left", "R": "right"}.get(m["shootCatch"], "")
        size = f"{feet} feet" + (f" {inches} inch" + "es" * (inches > 1) if inches else "")
        hand = f", {'catching' if pos == 'goaltender' else 'shooting'} {hand}" if hand else ""
        text.append(say(rng, "size", h=size, w=m["weight"], hand=hand))
    if m["deathYear"] not in ("", "9999"):
        text.append(say(rng, "died", d=day(m["deathYear"], m["deathMon"], m["deathDay"]), place=place(m, "death")))
    return text


def team_of_stars(award):
    return award.replace("Team All-Star", "All-Star Team").replace("Rookie", "Rookie Team")


def honors(awards):
    name = lambda a: "a place on the " + team_of_stars(a) if "All" in a else f"the {AWARDS.get(a, a)}"
    return listed([f"{name(a)} ({', '.join(span(r['year']) for r in rows)})" for a, rows in grouped(awards, lambda r: r["award"])])


def careers(bank, seed):
    skaters, goalies, awards = (dict(grouped(bank[t], lambda r: r["playerID"])) for t in ("Scoring", "Goalies", "AwardsPlayers"))
    hall = {r["hofID"]: r["year"] for r in bank["HOF"] if r["category"] == "Player"}
    for pid, m in bank.people.items():
        rows = sorted(goalies.get(pid) or skaters.get(pid, []), key=lambda r: (int(r["year"]), r["stint"]))
        rows = [r for r in rows if r["GP"] and m["playerID"] == pid]
        if not rows:
            continue
        rng, goalie, y = Random(f"{seed} player {pid}"), pid in goalies, rows[-1]["year"]
        pos = position(m["pos"] or rows[-1].get("pos", "") or "G" * goalie)
        totals = []
        for lg, own in grouped(rows, lambda r: r["lgID"]):
            v = dict(lg=lg, a=span(own[0]["year"]), z=span(own[-1]["year"]), k=n(len({r["year"] for r in own}), "season"))
            v |= keeping(own) if goalie else skating(own)
            one = v["a"] == v["z"]
            totals.append(say(rng, "only" if len(rows) == 1 else ("goals1" if one else "goals") if goalie else "once" if one else "total", **v))
            if num(own, "PostGP") and (goalie or len(rows) > 1):  # a single season tells a skater's play-offs itself
                totals.append(say(rng, "goalspost", **dict(v, **keeping(own, "Post"))) if goalie else say(rng, "postall" + v["only"], **v))
        years = grouped(rows, lambda r: r["year"])
        best = max(years, key=lambda x: num(x[1], "Pts"))
        more = [say(rng, "best", y=span(best[0]), **skating(best[1])) if not goalie and len(years) > 2 and num(best[1], "Pts") > 9 else "",
                say(rng, "honors", x=honors(awards[pid])) if pid in awards else "",
                say(rng, "hof", y=hall[m["hofID"]]) if m["hofID"] in hall else ""]
        prose = len(rows) == 1 or len(rows) < 10 and rng.random() < 0.7
        table = [season_text(rng if prose else None, bank, r, goalie, len(rows) > 17) for r in rows]
        yield doc(f"player {pid}", y, para(*life(rng, m, pos), *totals, *more), para(*table) if prose else "\n".join(table))


def player_seasons(bank, seed):
    """A page each for the seasons of 60 points and more, with what careers leave out."""
    for (y, lg), rows in grouped(bank["Scoring"], lambda r: (r["year"], r["lgID"])):
        players = dict(grouped(rows, lambda r: r["playerID"]))
        rank = sorted((-num(rows, "Pts"), pid) for pid, rows in players.items())
        for points, pid in rank:
            if points > -60:
                break
            rng, rows, v = Random(f"{seed} page {y} {lg} {pid}"), players[pid], skating(players[pid])
            name, shots = bank.who(pid), num(rows, "SOG")
            has = lambda column: all(r[column] for r in rows)
            v |= dict(p=name, t=listed(list(dict.fromkeys(bank.team(r) for r in rows))), y=span(y), lg=lg, k=1 + sum(x < points for x, _ in rank))
            body = [say(rng, "pim", **v), say(rng, "rank", **v), say(rng, "plus", pm=f"{num(rows, '+/-'):+}") if has("+/-") else "",
                    say(rng, "power", ppg=num(rows, "PPG") or "none", shg=num(rows, "SHG") or "none") if has("PPG") and has("SHG") else "",
                    say(rng, "gwg", gwg=n(num(rows, "GWG"), "game-winning goal")) if has("GWG") else "",
                    say(rng, "sog", sog=n(shots, "shot"), pct=f"{100 * num(rows, 'G') / shots:.1f}") if shots and has("SOG") else "",
                    say(rng, "playoffs", **v) if num(rows, "PostGP") and not v["only"] else ""]
            yield doc(f"page {y} {lg} {pid}", y, para(say(rng, "page", **v), *some(rng, 0.9, *body)))

def coaches(bank, seed):
    jack = dict(grouped(bank["AwardsCoaches"], lambda r: r["coachID"]))
    for cid, rows in grouped(sorted(bank["Coaches"], key=lambda r: (r["year"], r["stint"])), lambda r: r["coachID"]):
        rows = [r for r in rows if r["g"]]
        if not bank.who(cid) or not rows:
            continue
        rng, totals = Random(f"{seed} coach {cid}"), []
        cell = lambda own, c: num(own, c) if any(r.get(c) for r in own) else ""
        record = lambda own, post="": wlt(*(cell(own, post + c) for c in ("w", "l", "t", "otl")))
        for lg, own in grouped(rows, lambda r: r["lgID"]):
            v = dict(p=bank.who(cid), lg=lg, a=span(own[0]["year"]), z=span(own[-1]["year"]), G=n(num(own, "g"), "game"), rec=record(own),
                     an=("an " if lg[0] == "N" else "a ") + lg)
            totals.append(say(rng, "coach" if v["a"] != v["z"] else "coach1", **v))
            totals.append(say(rng, "coachpost", rec=record(own, "post")) if num(own, "postg") else "")
        if cid in jack:
            totals.append(say(rng, "jack", x=honors(jack[cid])))
        stints = [say(rng, "stint", y=span(r["year"]), t=bank.team(r), G=n(int(r["g"]), "game"), rec=record([r])) for r in rows]
        yield doc(f"coach {cid}", rows[-1]["year"], para(*totals), para(*stints[:18]))

# -----------------------------------------------------------------------------
# teams

def series(rng, bank, r):
    """A play-off series; the 1919 finals had no winner, 1925's NHL final was not played, 1913's was no Cup final."""
    w, l, lg = bank.team(r, "tmIDWinner"), bank.team(r, "tmIDLoser"), r["lgIDWinner"]
    stage = bank.abbrev.get(("Round", r["round"]), r["round"]).lower().replace("stanley cup", "Stanley Cup").replace("avco cup", "Avco Cup")
    v = dict(w=w, l=l, r=stage if "Cup" in stage else f"{lg} {stage}", a=r["GoalsWinner"], b=r["GoalsLoser"],
             g=f"{r['W']} wins each and {n(int(r['T'] or 0), 'tie')}")
    if r["note"] in ("ND", "DEF"):
        return say(rng, r["note"], **v)
    v["s"] = wlt(r["W"], r["L"]) + f"-{r['T']}" * (r["T"] not in ("", "0"))
    if r["note"] == "TG":
        return say(rng, "sum", **dict(v, s=f"{v['a']}-{v['b']}"))
    key = "EX" if r["note"] == "EX" else "finals" if r["round"] in ("F", "SCF", "ACF") else "series"
    return say(rng, key, goals=say(rng, "outscored", **v) if rng.random() < 0.6 else "", **v)


def teams(bank, seed):
    """A team's season, and the list of its players."""
    by = {t: dict(grouped(bank[t], lambda r: (r["year"], r["tmID"]))) for t in ("Scoring", "Goalies", "Coaches", "TeamSplits")}
    post = dict(grouped([(r, r[c]) for r in bank["SeriesPost"] for c in ("tmIDWinner", "tmIDLoser")], lambda x: (x[0]["year"], x[1])))
    for r in bank["Teams"]:
        k, y, t, lg = (r["year"], r["tmID"]), r["year"], bank.team(r), r["lgID"]
        rng = Random(f"{seed} team {y} {k[1]}")
        words = (("W", "win"), ("L", "loss"), ("T", "tie"), ("OTL", "overtime loss"))
        words = listed([n(int(r[c] or 0), word) for c, word in words if r[c] not in ("", "0") or c in "WL"])
        v = dict(t=t, y=span(y), lg=lg, games=n(int(r["G"]), "game"), pts=n(int(r["Pts"]), "point"), gf=r["GF"], ga=r["GA"],
                 ppg=r["PPG"], ppc=r["PPC"], pkg=r["PKG"], pkc=r["PKC"], sw=r["SoW"], sl=r["SoL"],
                 sn=n(int(r["SoW"] or 0) + int(r["SoL"] or 0), "shoot-out"), rec=words if rng.random() < 0.5 else "a record of " + record(r))
        div = bank.abbrev.get(("Division", r["divID"]), "").replace("WHA ", "") or lg
        body = [say(rng, "place", nth=nth(int(r["rank"])), div=div) if r["rank"] else "", say(rng, "goalsfor", **v),
                say(rng, "special", **v) if r["PPC"] and r["PKC"] and r["PKG"] else "", say(rng, "shoot", **v) if r["SoW"] and r["SoL"] else ""]
        for s in by["TeamSplits"].get(k, []):
            part = lambda c, otl: wlt(*(s[c + x] for x in ("W", "L", "T", otl)))
            body.append(say(rng, "split", h=part("h", "OTL"), r=part("r", "OTL")))
            months = [(int(s[c + "W"] or 0) - int(s[c + "L"] or 0), c) for c in "Oct Nov Dec Jan Feb Mar".split() if s[c + "W"]]
            full = dict(Oct="October", Nov="November", Dec="December", Jan="January", Feb="February", Mar="March")
            if months and max(months)[0] > 2:
                body.append(say(rng, "month", m=full[max(months)[1]], r=part(max(months)[1], "OL")))
        bench = sorted((c for c in by["Coaches"].get(k, []) if c["g"] and bank.who(c["coachID"])), key=lambda c: c["stint"])
        bench = listed([f"{bank.who(c['coachID'])} ({wlt(c['w'], c['l'], c['t'], c['otl'])})" for c in bench])
        players = sorted((x for x in by["Scoring"].get(k, []) if x["GP"] and x["Pts"]), key=lambda x: (-int(x["Pts"]), -int(x["G"]), x["playerID"]))
        top = listed([f"{bank.who(x['playerID'])} ({n(int(x['G']), 'goal')}, {n(int(x['A'] or 0), 'assist')})" for x in players[:3]])
        net = sorted((x for x in by["Goalies"].get(k, []) if x["GP"]), key=lambda x: -int(x["GP"]))
        net = listed([f"{bank.who(x['playerID'])} ({n(int(x['GP']), 'game')})" for x in net[:3]])
        body += [say(rng, key, x=x) for key, x in (("bench", bench), ("top", top), ("net", net)) if x]
        ends = [series(rng, bank, x) for x, _ in post.get(k, [])]
        yield doc(f"team {y} {k[1]}", y, para(say(rng, "team", **v), *some(rng, 0.9, *body), MOVED.get(k, "")), para(*ends))
        facts = [dict(skating([x]), p=bank.who(x["playerID"]), pos=position(x["pos"]),
                      key="roster" if int(x["Pts"]) else "scoreless") for x in players if x["PIM"]]
        yield from pages(seed, f"roster {y} {k[1]}", y, "squad", "roster", facts, 13, t=t, lg=lg, y=span(y))


def standings(bank, seed):
    """A league's table, its leaders and its play-offs."""
    half = dict(grouped((r for r in bank["TeamsHalf"] if r["rank"] == "1"), lambda r: (r["year"], r["lgID"])))
    for (y, lg), rows in grouped(bank["Teams"], lambda r: (r["year"], r["lgID"])):
        rng, v = Random(f"{seed} league {y} {lg}"), dict(y=span(y), lg=lg)
        best, most, few = max(rows, key=lambda r: int(r["Pts"])), max(rows, key=lambda r: int(r["GF"])), min(rows, key=lambda r: int(r["GA"]))
        alone = lambda r, c: sum(x[c] == r[c] for x in rows) == 1
        body = some(rng, 0.9, say(rng, "first", t=bank.team(best), p=best["Pts"]) if alone(best, "Pts") else "",
                    say(rng, "most", t=bank.team(most), g=most["GF"]) if alone(most, "GF") else "",
                    say(rng, "fewest", t=bank.team(few), g=few["GA"]) if alone(few, "GA") and len({r["G"] for r in rows}) == 1 else "")
        cups = [say(rng, "avco" if r["playoff"] == "AVC" else "cup", t=bank.team(r)) for r in rows if r["playoff"] in ("SC", "AVC", "LCS")]
        if len(half.get((y, lg), [])) == 2:
            a, b = sorted(half[y, lg], key=lambda r: r["half"])
            cups.insert(0, say(rng, "halves", a=bank.team(a), b=bank.team(b)))
        table = []
        for d, own in sorted(grouped(rows, lambda r: r["divID"])):
            table += [bank.abbrev.get(("Division", d), "").replace("WHA ", "") + ":"] * bool(d)
            table += [f"{bank.team(r).removeprefix('the ')} {record(r)}, {n(int(r['Pts']), 'point')}, {r['GF']}-{r['GA']}"
                      for r in sorted(own, key=lambda r: (int(r["rank"] or 99), -int(r["Pts"])))]
        yield doc(f"league {y} {lg}", y, para(say(rng, "standings", **v), *body, *cups), "\n".join(table))
    order = "Pre WP C1 QF CQF DSF C2 SF CSF DF CF F ACF SCSF SCF".split()
    for y, own in grouped(bank["SeriesPost"], lambda r: r["year"]):
        if len(own) < 2:
            continue
        rng, parts = Random(f"{seed} play-offs {y}"), []
        for _, found in sorted(grouped(own, lambda r: order.index(r["round"]) if r["round"] in order else 0)):
            parts.append(para(*(series(rng, bank, r) for r in found)))
        yield doc(f"play-offs {y}", y, para(say(rng, "spring", y=span(y), lg="professional hockey")), *parts)


def leaders(bank, seed):
    kinds = [("Scoring", "Pts", "points"), ("Scoring", "G", "goals"), ("Scoring", "A", "assists"), ("Scoring", "PIM", "penalty minutes"),
             ("Goalies", "W", "goaltenders' wins"), ("Goalies", "SHO", "shutouts")]
    tables = {t: dict(grouped(bank[t], lambda r: (r["year"], r["lgID"]))) for t in ("Scoring", "Goalies")}
    for (y, lg) in tables["Scoring"]:
        facts = []
        for t, c, word in kinds:
            own = sorted(((-num(rows, c), pid) for pid, rows in grouped(tables[t].get((y, lg), []), lambda r: r["playerID"])))[:6]
            best = [f"{bank.who(pid)} ({bank.last.get((pid, y), lg).removeprefix('the ')}, {-x:,})" for x, pid in own if x]
            if len(best) > 1:
                key = "leader" if own[0][0] < own[1][0] else "leaders"
                facts.append(dict(x=word, l=listed(best), first=best[0], others=listed(best[1:]), key=key))
        yield from pages(seed, f"leaders {y} {lg}", y, "led", "leaders", facts, 6, y=span(y), lg=lg)

def versus(bank, seed):
    """Records against each opponent: of a season, and of a franchise over the years."""
    ever, few = defaultdict(lambda: [0, 0, 0, 0]), defaultdict(list)
    franchise = {(r["year"], r["tmID"]): r["franchID"] for r in bank["Teams"]}
    last = {r["franchID"]: r for r in sorted(bank["Teams"], key=lambda r: r["year"])}
    for (y, lg, c), rows in grouped(bank["TeamVsTeam"], lambda r: (r["year"], r["lgID"], r["tmID"])):
        facts = []
        for r in rows:
            numbers = [int(r[k] or 0) for k in ("W", "L", "T", "OTL")]
            facts += [dict(t=bank.team(r), o=bank.team(r, "oppID"), rec=record(r))] if sum(numbers) else []
            pair = franchise.get((y, c)), franchise.get((y, r["oppID"]))
            if lg == "NHL" and all(pair):
                ever[pair] = [x + z for x, z in zip(ever[pair], numbers)]
        if len(facts) < 6:  # a small league: all of it in one document, each pair once
            few[y, lg] += [f for f in facts if f["t"] < f["o"]]
        else:
            t = bank.names.get((y, c), c)
            yield from pages(seed, f"versus {y} {c}", y, "against", "versus", facts, 16, t=t, y=span(y), lg=lg, cols=columns(y))
    for (y, lg), facts in few.items():
        yield from pages(seed, f"versus {y} {lg}", y, "duels", "duel", facts, 15, y=span(y), lg=lg, cols=columns(y))
    for a, pairs in grouped(ever.items(), lambda x: x[0][0]):
        first, z = min(r["year"] for r in bank["Teams"] if r["franchID"] == a), last[a]["year"]
        keep = [int(k) for k in "0123" if k < "2" or k == "2" and first < "2005" or k == "3" and z > "1998"]
        facts = [dict(o=bank.team(last[b]), k=n(sum(v), "game"), rec=wlt(*(v[k] for k in keep))) for (_, b), v in pairs]
        yield from pages(seed, f"rivals {a}", z, "rivals", "ever", facts, 14, t=bank.team(last[a]), a=span(first), z=span(z), cols=columns(first, z))


def franchises(bank, seed):
    for f, rows in grouped(sorted(bank["Teams"], key=lambda r: int(r["year"])), lambda r: r["franchID"]):
        names = [rows[0]] + [b for a, b in zip(rows, rows[1:]) if (a["name"], a["lgID"]) != (b["name"], b["lgID"])]
        if len(rows) < 4 and len(names) < 2:
            continue
        rng, z = Random(f"{seed} franchise {f}"), rows[-1]
        cups = [span(r["year"]) for r in rows if r["playoff"] in ("SC", "LCS")]
        sums = wlt(*(num(rows, c) if any(r[c] for r in rows) else "" for c in ("W", "L", "T", "OTL")))
        text = [say(rng, "moves" if len(names) > 1 else "moves1", t=bank.team(z), a=span(rows[0]["year"]), n=bank.team(rows[0]))]
        text += [say(rng, "then", y=span(r["year"]), n=bank.team(r), lg=f" of the {r['lgID']}") for r in names[1:]]
        text += [say(rng, "span", k=n(len(rows), "season"), z=span(z["year"]), rec=sums, cols=columns(rows[0]["year"], z["year"]))]
        best = max(rows, key=lambda r: int(r["Pts"]))
        text += [say(rng, "bestyear", y=span(best["year"]), p=best["Pts"]), say(rng, "cups", x=listed(cups)) if cups else ""]
        yield doc(f"franchise {f}", z["year"], para(*text), "\n".join(f"{span(r['year'])}: {record(r)}, {n(int(r['Pts']), 'point')}" for r in rows))

# -----------------------------------------------------------------------------
# awards, shoot-outs and the rest

def awards(bank, seed):
    rows = [dict(r, p=bank.who(r["playerID"]), t=bank.last.get((r["playerID"], r["year"]), "")) for r in bank["AwardsPlayers"]]
    rows += [dict(r, p=bank.who(r["coachID"]), t="", pos="coach") for r in bank["AwardsCoaches"]]
    rows += [dict(r, p=r["name"], t="", pos="") for r in bank["AwardsMisc"]]
    few = defaultdict(list)
    for (y, lg), own in grouped(rows, lambda r: (r["year"], r["lgID"])):
        facts = []
        for award, found in grouped(own, lambda r: r["award"]):
            who = [r["p"] + (f" of {r['t']}" if r["t"] else "") for r in found if r["p"]]
            if "All" in award:
                men = [f"{POSITIONS.get(r['pos'], r['pos'])} {r['p']}".strip() for r in found if r["p"]]
                facts.append(dict(key="stars", x=team_of_stars(award), p=listed(men)))
            elif who:
                key = "won" if len(who) == 1 else "given" if award == "Patrick" else "tied" if "tie" in {r["note"] for r in found} else "shared"
                facts.append(dict(key=key, x=AWARDS.get(award, award), p=listed(who), y=span(y)))
        if len(facts) < 3:
            few[lg] += [dict(f, key="wonin" if f["key"] == "won" else f["key"]) for f in facts]
        else:
            yield from pages(seed, f"awards {y} {lg}", y, "prizes", "", facts, 10, lg=lg, y=span(y))
    for lg, facts in few.items():
        yield from pages(seed, f"awards {lg}", 1924, "early", "", facts, 10, lg=lg)


def others(bank, seed):
    """The Hall of Fame, shoot-outs, shared shutouts, and the Stanley Cup finals that have tables of their own."""
    for d, rows in grouped(sorted(bank["HOF"], key=lambda r: r["year"]), lambda r: r["year"][:3]):
        facts = [dict(y=y, x=listed([f"{r['name']} ({r['category'].lower()})" for r in own])) for y, own in grouped(rows, lambda r: r["year"])]
        yield from pages(seed, f"hall {d}", int(rows[-1]["year"]) - 1, "halls", "hall", facts, 8, d=f"{d}0")
    goalies = dict(grouped(bank["GoaliesShootout"], lambda r: r["year"]))
    for y, rows in grouped(bank["ScoringShootout"], lambda r: r["year"]):
        v = lambda g, k: dict(g=g, k=k, s=n(k, "shoot-out attempt"))
        shots = [dict(v(num(own, "G"), num(own, "S")), p=bank.who(pid)) for pid, own in grouped(rows, lambda r: r["playerID"])]
        saves = [dict(v(num(own, "GA"), num(own, "SA")), p=bank.who(pid), v=num(own, "SA") - num(own, "GA"), key="saves",
                      rec=f"{num(own, 'W')}-{num(own, 'L')}") for pid, own in grouped(goalies.get(y, []), lambda r: r["playerID"])]
        best = sorted(shots, key=lambda f: (-f["g"], f["k"], f["p"]))[:24] + sorted(saves, key=lambda f: (-f["v"], f["p"]))[:12]
        yield from pages(seed, f"shootouts {y}", y, "shootouts", "so", best, 12, y=span(y))
    facts = []
    for r in bank["CombinedShutouts"]:
        season = dict(r, year=str(int(r["year"]) - (int(r["month"]) < 8)))
        facts.append(dict(a=bank.who(r["IDgoalie1"]), b=bank.who(r["IDgoalie2"]), t=bank.team(season), o=bank.team(season, "oppID"),
                          d=day(r["year"], r["month"], r["date"]).removeprefix("on "), post=" in the play-offs" * (r["R/P"] == "P")))
    yield from pages(seed, "duos", 2017, "duos", "duo", facts, 8)
    scorers, keepers = (dict(grouped(bank[t], lambda r: r["year"])) for t in ("ScoringSC", "GoaliesSC"))
    for y, rows in grouped(bank["TeamsSC"], lambda r: r["year"]):
        rng, played = Random(f"{seed} final {y}"), [r for r in bank["SeriesPost"] if r["year"] == y and "SC" in r["round"]]
        parts = [para(say(rng, "challenge", y=span(y)), *(series(rng, bank, r) for r in played))]
        for r in rows:
            men = sorted((x for x in scorers.get(y, []) if x["tmID"] == r["tmID"] and int(x["G"] or 0)), key=lambda x: (-int(x["G"]), x["playerID"]))
            nets = [x for x in keepers.get(y, []) if x["tmID"] == r["tmID"]]
            text = [say(rng, "outcome", t=bank.team(r), rec=wlt(r["W"], r["L"], r["T"]), gf=n(int(r["GF"]), "goal"), ga=r["GA"])]
            text += [say(rng, "final", t=bank.team(r), x=listed([f"{bank.who(x['playerID'])} ({x['G']})" for x in men]))] if men else []
            text += [say(rng, "finalgoals", p=bank.who(x["playerID"]), t=bank.team(r), gp=n(int(x["GP"]), "game"), ga=n(int(x["GA"]), "goal"))
                     for x in nets if x["GA"]]
            parts.append(para(*text))
        yield doc(f"final {y}", y, *parts)


def documents(upstream, seed):
    """One pass over the files; the tables are a few MB together."""
    tables = {}
    for path, f in upstream.files("*.csv"):
        tables[os.path.basename(path).removesuffix(".csv")] = list(csv.DictReader(f))
    if not tables.get("Master") or not tables.get("Teams"):
        raise ValueError("no Master.csv and Teams.csv of the Hockey Databank")
    bank = Bank(tables)
    for kind in (teams, standings, player_seasons, careers, coaches, leaders, versus, franchises, awards, others):
        yield from kind(bank, seed)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
