"""
Soccer of openfootball (public domain): leagues and cups since 2010-11, every World Cup since 1930, told as round-ups, tables,
club seasons, cup ties, head-to-heads and World Cup match reports.

$ python prepare.py openfootball [--from DIR]

A file is SEASON/COMPETITION.json: {name, matches: [{round, date, team1, team2, score: {ht, ft, et, p}}]}; ft is after 90 minutes, et after
120, p the shoot-out; a World Cup's match has goals1, goals2, group, ground too. Quirks: no ft is no result (to come, cancelled, postponed);
the World Cup's play-offs write a score as a bare pair, or et and p without ft; cup teams end in "(ENG)"; a club's name changes between
seasons ("Inter", "FC Internazionale Milano") and within one (2025-26/en.3: "Bolton", "Bolton Wanderers", and January in the wrong year);
2025-26/en.4 has a round twice; 2019-20/ru.2 is a copy of ru.1; a phase is a key (stage) or begins the round's name, in German too. An
awarded match that is level is one of which the file does not know the winner. No file knows of points taken away, or of a league's own rule
for clubs level on points: so the tables say what they count, and there is none where results are missing.
"""
import json
import os
import re
import sys
from collections import Counter, namedtuple
from datetime import date as Date
from random import Random

FILES = {f"{r}.tar.gz": f"https://codeload.github.com/openfootball/{r}/tar.gz/refs/heads/master" for r in ("football.json", "worldcup.json")}
FROM = ["stats/openfootball_football.json", "stats/openfootball_worldcup.json"]

Comp = namedtuple("Comp", "season code names url kind")  # kind: league, cup or world (of nations)
Match = namedtuple("Match", "comp kind phase round date home away ht ft et p score status goals ground keys")  # kind: league, group or cup
Row = namedtuple("Row", "place team played won drawn lost scored conceded points")
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()

# in the order of the documents
COMPETITIONS = dict(line.split(":") for line in """worldcup:World Cup|FIFA World Cup|men's World Cup;uefa.cl:Champions League|UEFA Champions League
en.1:Premier League|English Premier League;es.1:La Liga|Spanish Primera División;de.1:Bundesliga|German Bundesliga;it.1:Serie A|Italian Serie A
fr.1:Ligue 1|French Ligue 1;clubworldcup:Club World Cup|FIFA Club World Cup;worldcup.quali_playoffs:World Cup qualifying play-offs
copa.l:Copa Libertadores;de.cup:DFB-Pokal|German Cup;nl.1:Eredivisie|Dutch Eredivisie;pt.1:Primeira Liga|Portuguese Primeira Liga
br.1:Brazilian Série A;ar.1:Argentine Primera División;mx.1:Liga MX|Mexican Liga MX;mls:Major League Soccer|MLS
en.2:Championship|English Championship;tr.1:Süper Lig|Turkish Süper Lig;be.1:Belgian First Division A;sco.1:Scottish Premiership
at.1:Austrian Bundesliga;ch.1:Swiss Super League;gr.1:Greek Super League;ru.1:Russian Premier League;es.2:Spanish Segunda División
de.2:2. Bundesliga|German 2. Bundesliga;it.2:Serie B|Italian Serie B;fr.2:Ligue 2|French Ligue 2;en.3:League One|English League One
en.4:League Two|English League Two;de.3:3. Liga|German 3. Liga;jp.1:J1 League|Japanese J1 League;au.1:Australian A-League;cn.1:Chinese Super League
co.1:Colombian Primera A;cz.1:Czech First League;hu.1:Hungarian Nemzeti Bajnokság I;br.2:Brazilian Série B;tr.2:Turkish 1. Lig
at.cup:ÖFB-Cup|Austrian Cup;at.2:Austrian second division;ch.2:Swiss Challenge League;eg.1:Egyptian Premier League;ma.1:Moroccan Botola Pro
dz.1:Algerian Ligue 1;ru.2:Russian second division""".replace("\n", ";").split(";"))
COUNTRIES = dict(zip("ARG AUT AUS BEL BRA CHN COL CZE EGY ENG ESP FRA GER GRE HUN ITA JPN MAR MCO MEX NED POR RUS SCO SUI TUR USA".split(),
                     "ar at au be br cn co cz eg en es fr de gr hu it jp ma fr mx nl pt ru sco ch tr mls".split()))
# what makes no other club of a name, and names of one club that differ by more than that
FORMS = set("1. fc afc cf sc ac as ss ssc us uc acf bc sv tsg fk sk gnk calcio de".split())
ALIASES = dict(item.split("=") for item in """Club Atlético de Madrid=Atlético Madrid;Deportivo Alavés=CD Alavés
RCD Espanyol de Barcelona=Espanyol Barcelona;RC Celta de Vigo=RC Celta;Rayo Vallecano de Madrid=Rayo Vallecano;Real Betis Balompié=Real Betis
Real Sociedad de Fútbol=Real Sociedad;Lazio Roma=SS Lazio;FC Internazionale Milano=Inter;Ascoli Picchio FC=Ascoli Calcio;Racing Club de Lens=RC Lens
RC Strasbourg Alsace=RC Strasbourg;Havre AC=Le Havre AC;AZ Alkmaar=AZ;Feyenoord Rotterdam=Feyenoord;NEC Nijmegen=NEC;PSV Eindhoven=PSV
SBV Vitesse=Vitesse;Willem II Tilburg=Willem II;GD Estoril Praia=GD Estoril;SL Benfica=Sport Lisboa e Benfica;Sporting Braga=Sporting Clube de Braga
Sporting CP=Sporting Clube de Portugal;LASK Linz=LASK;FC Red Bull Salzburg=RB Salzburg;FC Trenkwalder Admira=FC Admira Wacker;WSG Wattens=WSG Tirol
WAC/St. Andrä=Wolfsberger AC;Atiker Konyaspor=Konyaspor;Gazişehir Gaziantep FK=Gaziantep FK;Botafogo FR=Botafogo RJ;CR Flamengo=Flamengo RJ
Fluminense FC=Fluminense RJ;SC Corinthians Paulista=Corinthians SP;SE Palmeiras=Palmeiras;EC Bahia=Bahia BA;SC Internacional=Internacional
Grêmio FBPA=Grêmio Porto Alegre;CR Vasco da Gama=Vasco da Gama RJ;CA Mineiro=Atlético Mineiro;Cruzeiro EC=Cruzeiro;Fortaleza EC=Fortaleza CE
Ceará SC=Ceará CE;RB Bragantino=Red Bull Bragantino;CA River Plate=River Plate;CA Boca Juniors=Boca Juniors""".replace("\n", ";").split(";"))
NATIONS = {"USA": "the United States", "Ireland": "the Republic of Ireland", "Côte d'Ivoire": "Ivory Coast",
           "Bosnia & Herzegovina": "Bosnia and Herzegovina", "Bosnia-Herzegovina": "Bosnia and Herzegovina",
           **{n: "the " + n for n in ("United States", "Netherlands", "Soviet Union", "Czech Republic", "United Arab Emirates", "Dutch East Indies",
                                      "Republic of Ireland")}}
SPOKEN = [tuple(rule.split("=")) for rule in r"""=;quarter-?finals?=the quarter-finals;semi-?finals?=the semi-finals;final=the final
.*third.place.*=the match for third place;(\d+)\.-(\d+)\. Platz Playoffs=the play-offs for places \1 to \2;(\d+)\. Platz=the play-off for place \1
Direkter Abstieg=the tie for direct relegation;Aufstieg=the promotion play-offs;(?:Playoffs - )?(Championship|Relegation)=the \1 round
Europe|Europa League(?: Finals)?=the Europa League play-offs;ECL Playoffs?=the Conference League play-offs;Playoff I=Play-off I
Play-?offs?|Finals=the play-offs;(Apertura|Clausura) Playoffs=the \1 play-offs;Regular=the regular season;League=the league phase
1° Semestre=the first half of the year;2° Semestre=the second half of the year;Qualifying=the qualifying rounds;Group=the group stage
(Group \w)=\1;(Group \w) Play-off=the \1 play-off;(.*), (Path \w|Pathway \d)=\2 of the \1;(.+)=the \1""".replace("\n", ";").split(";")]
MAIN = re.compile(r"(Regular|Apertura|Clausura|League|\d° Semestre|)$")  # phases with a table of their own; the others go on from their points

# -----------------------------------------------------------------------------
# wordings: one of each [choice|other choice]

HOME = """[{h} [beat|defeated|saw off|got the better of|overcame|were too good for] {a} {s}[| at home]|{h} won {s} [at home to|at home against|
against] {a}|{h} [had|recorded] {A} {s} [home win|win] [over|against] {a}|{a} [lost {s} at|went down {s} at|were beaten {s} at|
fell to {A} {s} defeat at|lost {s} away to] {h}|[the match between {h} and {a}|{h} against {a}] [ended|finished] {x}-{y}|{h} were {s} winners [over|
against|at home to] {a}|there was {A} {s} win for {h} [over|against] {a}]"""
AWAY = """[{a} won {s} [at|away to|away at|on their visit to] {h}|{a} [beat|defeated|saw off|overcame] {h} {s} away[| from home]|
{a} came away from {h} with {A} {s} win|{h} [lost {s} at home to|went down {s} at home to|were beaten {s} at home by|
suffered {A} {s} home defeat by] {a}|[the match between {h} and {a}|{h} against {a}] [ended|finished] {x}-{y}|
there was {A} {s} away win for {a} at {h}|{a} were {s} winners at {h}]"""
NEUTRAL = """[{w} [beat|defeated|saw off|overcame|got the better of|got past] {l} {s}|{w} won {s} [against|over] {l}|{l} [lost {s} to|
went down {s} to|were beaten {s} by] {w}|{w} [had {A} {s} win over|were {s} winners against] {l}|the match between {h} and {a} [ended|
finished] {x}-{y}|{w} won the match against {l} {s}]"""
DRAW = """[{h} and {a} [drew {s}|shared {A} {s} draw|finished level at {s}|played out {A} {s} draw|could not be separated at {s}]|{h} [drew {s} with|
were held {s} by|had {A} {s} draw with] {a}|[the match between {h} and {a}|{h} against {a}] [ended|finished] {s}|it [was|ended|
finished] {s} between {h} and {a}]"""
AWARDED = """[{w} were awarded {A} {s} win [against|over] {l}|the match between {h} and {a} was awarded to {w}[, {s}| as {A} {s} win]|
{w} were given the match [against|with] {l} as {A} {s} win|{l} lost {s} to {w} by an award|by an award, {w} [beat|defeated] {l} {s}]"""
LED = """; [{t} [led {s}|had led {s}|were leading {s}|were {s} up] at [half-time|the break]|[it was|it had been|it stood] {s} to {t} at [half-time|
the break]|at [half-time|the break] [it stood|it was] {s} to {t}|the half-time score was {s} to {t}]"""
LEVEL = """; [[it was|it had been|it stood] {s} at [half-time|the break]|[the sides|they|the teams] were level at {s} at [half-time|the break]|
at [half-time|the break] it [stood|was] {s}|the half-time score was {s}]"""
HALF, OTHERWISE = "; the half-time score was", ("; at half-time it was", "; at the break it was", "; at half-time it stood")
LATE = """[, with the score {s} after 90 minutes|; [it was|it had been|it stood] {s} after 90 minutes|; the 90 minutes had ended {s}|
; after 90 minutes it [stood|was] {s}]"""
SHOOT_OUT = """[, and {t} won [the penalty shoot-out|the shoot-out|the shoot-out that followed] {s}|; {t} won {s} on penalties|
, with {t} winning the shoot-out {s}|; the [penalty |]shoot-out went to {t}, {s}|, before {t} won {s} on penalties]"""
TIE = """[{w} [beat|defeated|overcame|saw off] {l} {s} on aggregate|{w} [won|took] the tie [with|against] {l} {s} on aggregate|
over two legs {w} [were {s} winners against|won {s} against] {l}|{l} [lost|went down] {s} on aggregate to {w}|
the tie between {h} and {a} ended {s} on aggregate in favour of {w}|{w} came through against {l}, {s} on aggregate]"""
LEVEL_TIE = """[{h} and {a} were level at {s} on aggregate, and {w} won {rule}|{w} won the tie [with|against] {l} {rule} after {s} on aggregate|
the tie between {h} and {a} stood at {s} on aggregate and went to {w} {rule}|{l} [lost|went out] to {w} {rule}, with the aggregate score {s}]"""
ROUND = """[{phrase} of {title} [brought|had|saw] {goals} in {matches}|{title} [reached|came to] {phrase} on {day}|
these were the results of {phrase} of {title}|{phrase} of {title} [produced {goals} in {matches}|came to {matches} and {goals}]|
{goals} and {matches}: that was {phrase} of {title}|{phrase} of {title} [began|started|got under way] on {day}|
the results of {phrase} of {title} follow]"""
SUMS = """[the tally was|all told, the sum was|the outcomes were|the {matches} ended in|the final count was|
in sum that made] {home}, {away} and {drawn}[, with {goals} in all|; {goals} were scored|; {goals} came in all|, {avg} goals a match]"""
WIDEST = """[the biggest win {what} was the {s} of {w} [against|over] {l}[| on {d}]|no win {what} was bigger than the {s} of {w} [against|over] {l}[|
 on {d}]|{w} had the [widest margin|biggest win] {what}, {s} against {l}|with {s} against {l}[| on {d}], {w} had the [biggest win|
widest margin] {what}]"""
MOST = """[the most goals [{what}|in one match {what}] came in {h} against {a}, {x}-{y}[| on {d}]|{h} against {a}[|
 on {d}], {x}-{y}, had the most goals {what}|with {n} goals, {h} against {a} ({x}-{y}) had the most {what}|{n} goals in {h} against {a} ({x}-{y}[|
 on {d}]) were the most {what}]"""
LINES = ("{place}. {bare}: {p} from {m} ({won} won, {drawn} drawn, {lost} lost), goals {scored}-{conceded}",
         "{place}. {bare}, {p}, {W}, {D}, {L}, goals {scored}-{conceded}", "{place}. {bare} {p} ({W}, {D}, {L}; goals {scored}-{conceded})",
         "{place}. {bare} - played {played}, won {won}, drawn {drawn}, lost {lost}, goals {scored}-{conceded}, {p}")
PLACES = """[{team} [were|came|finished] {o} with {p}: {W}, {D} and {L}, goals {scored}-{conceded}|{o} [came|
were] {team}, with {p} from {W}, {D} and {L}, goals {scored}-{conceded}|{team}, {o}, had {p} [from|
in] {m} ({W}, {D}, {L}) and a goal record of {scored}-{conceded}|with {p}, {team} [came|
finished] {o}; they had {W}, {D} and {L}, goals {scored}-{conceded}|
{o}: {team}, {p}, {W}, {D} and {L}, with {scored} scored and {conceded} conceded]"""
METHOD = """[counting|at|with] {win} points for a win and one for a draw, [this is the {final}table|the {final}table [works out|
comes out] as follows|
the results give this {final}table][; clubs level on points are ordered by goal difference, then goals scored, and points taken away are not counted|
, ordered by points, goal difference and goals scored, without any points taken away or other rules for clubs that are level]"""
SEASON = """[{part} was played from {a} to {b} by {n} {c}[, with|, who met in] {m}|{n} {c} [took part|played] in {part}, which [ran|
lasted] from {a} to {b} and had {m}|{part}, from {a} to {b}, [consisted of|came to] {m} between {n} {c}|
the {n} {c} of {part} played {m} from {a} to {b}|{m} from {a} to {b} made up {part}, in which {n} {c} played]"""
PARTIAL = """[of the {total} matches on record for {part}, {done} have a result, the last of them on {b}|
{part} has {done} results on record out of {total} matches, from {a} to {b}|
for {part}, {n} {c} and {total} matches are on record, {done} of them with a result, the latest from {b}]"""
CLUB = """[in {part}, {t} [played {m}: they won {w}, drew {d} and lost {l}|won {w}, drew {d} and lost {l} of {m}|
had {W}, {D} and {L} in {m}], [scoring {gf} and conceding {ga}|with {gf} scored and {ga} conceded|with a goal record of {gf}-{ga}]|
{t} played {m} in {part}, with {W}, {D} and {L}; [their goals were {gf}-{ga}|they scored {gf} and conceded {ga}]|
{part} brought {t} {W}, {D} and {L} from {m}, with {gf} scored and {ga} conceded|
the record of {t} in {part} was {W}, {D} and {L} from {m}, [with {gf} scored and {ga} conceded|goals {gf}-{ga}]]"""
POINTS = """[at three points a win that [came to|makes] {p}|counting three points for a win, they had {p}|
that is {p} at three for a win and one for a draw|with three points for a win, this was worth {p}]"""
PLACED = """[, {o} of {n} in the table of these results|, which put them {o} of the {n} clubs in a table of the results|
, {o} among {n} clubs by these results]"""
GROUP = "{p} of {t} [was made up of|consisted of|brought together|had|comprised|was played by] {teams}"
FIRST = """[{a} [came|finished] top, {p} ahead of {b}|{a} were first in the table, {p} clear of {b}|{b} came second, {p} behind {a}|
{a} finished {p} ahead of {b}|the gap between {a} in first place and {b} in second was {p}]"""
ON_GOALS = "[{a} and {b} both had {q}, {a} coming first on goal difference|with {q} each, {a} came before {b} on goal difference]"
LEVEL_TOP = "[{a} and {b} had {q} each at the top|{a} and {b} were at the top with {q} each]"
ATTACK = """[{t} scored the most goals, {n}|the most goals, {n}, were scored by {t}|no one scored more than the {n} of {t}|
{n} goals made {t} the top scorers]"""
DEFENCE = "[{t} conceded the fewest, {n}|the best defence was that of {t}, with {n} conceded|the fewest goals, {n}, were conceded by {t}]"
BOTTOM = "[{t} came last with {p}|at the bottom were {t} with {p}|last were {t}, with {p}|{t} finished bottom with {p}]"
GROUND = """[{where} they won {w}, drew {d} and lost {l}, [goals {gf}-{ga}|scoring {gf} and conceding {ga}]|
their {side} record was {W}, {D} and {L}, goals {gf}-{ga}|{where} they had {W}, {D} and {L}, with {gf} scored and {ga} conceded]"""
STREAK = """[their longest {run} was {n} matches, from {a} to {b}|the longest {run} lasted {n} matches, between {a} and {b}|
from {a} to {b} they had {A} {run} of {n} matches, their longest|their longest {run} came between {a} and {b}: {n} matches]"""
EQUALLED = """[their longest {run} was {n} matches, first from {a} to {b}|the longest {run} lasted {n} matches, the first time between {a} and {b}|
from {a} to {b} they had {A} {run} of {n} matches, equalled later but not bettered|
one of their longest, {A} {run} of {n} matches, lasted from {a} to {b}]"""
BEST = """[their [biggest|widest] win was the {s} against {o} on {d}|on {d} they beat {o} {s}, their biggest win|
their biggest win came against {o}, {s} on {d}|they beat {o} {s} on {d}, by their widest margin]"""
WORST = """[their [heaviest|worst] defeat was the {s} against {o} on {d}|on {d} they lost {s} to {o}, their heaviest defeat|
their heaviest defeat came against {o}, {s} on {d}|they lost {s} to {o} on {d}, by their widest margin]"""
PAIR = """[{x} and {y} [met|played each other|faced each other] {n} times on record from {a} to {b} ({comps}): {x} won {w}, {y} won {l} and {D}|
of the {n} matches between {x} and {y} on record from {a} to {b} ({comps}), {x} won {w} and {y} {l}, and {D}|
{x} against {y}, from {a} to {b}: {n} matches on record ({comps}), {w} won by {x}, {l} by {y}, and {D}|
between {a} and {b} {x} won {w} and {y} won {l} of their {n} matches on record ({comps}), and {D}]"""
PREFIX = """[in {phrase} of {title}, [on {d}{at}|played{at} on {d}], |on {d}, in {phrase} of {title}{at}, |{phrase} of {title} on {d}{at}: |
{title}, {phrase}, {d}{at}: ]"""
SCORER = {"": "{p}", "penalty": "[{p} from the penalty spot|a penalty by {p}|{p} with a penalty]", "owngoal": "an own goal by {p}[| of {o}]"}
AHEAD = """[{p} put {t} {s} [ahead|up] {when}|{p} gave {t} {A} {s} lead {when}|{p} made it {s} to {t} {when}|{when} it was {s} to {t} [through|
with a goal from] {p}|{when} {p} put {t} [ahead at {s}|{s} ahead]]"""
EQUAL = """[{p} levelled at {s} for {t} {when}|{p} equalised for {t} {when}, {s}|{p} made it {s} for {t} {when}|
{t} drew level at {s} through {p} {when}|{when} {p} brought {t} level at {s}]"""
EXTEND = """[{p} made it {s} [for|to] {t} {when}|{p} took {t} to {s} {when}|{t} went {s} up through {p} {when}|
{when} {p} stretched the lead of {t} to {s}|{when} it was {s} through {p}]"""
BEHIND = """[{p} made it {s}, scoring for {t} {when}|{p} scored {when} for {t}, still behind at {s}|{t} came back to {s} through {p} {when}|
{when} {p} cut the lead of {o} to {s}]"""
GOALS = """[there were {g} in all, {a} a match|in all {g} were scored, an average of {a} a match|the matches brought {g}, or {a} each|
{g} came at {a} a match]"""
WINNERS = "[that made {t} the winners of {c}|so {t} won {c}|{c} was won by {t}|the winners of {c} were {t}|with that, {t} had won {c}]"
ENDED = """[{t} finished {o} in the group with {p}|with {p}, {t} came {o} in the group|{t} ended the group in {o} place, with {p}|
in the group {t} were {o}, with {p}]"""
NEXT = """[{t} [next|then] [met|played|faced] {o} in {p}, {r}|in {p}, {t} [met|played|faced] {o} next, {r}|
{t} went on to [meet|play|face] {o} in {p}, {r}]"""
BEFORE = "[they had met before at a World Cup: on {d}, |earlier, at a World Cup, on {d}, |before that, on {d}, |at the World Cup on {d}, ]"
SCORED = """[{x} scored {gf} goals and {y} {ga}|the goals stood at {gf} for {x} and {ga} for {y}|in goals it was {x} {gf}, {y} {ga}|
the goals were {gf}-{ga}, those of {x} first]"""
SHOWN = "[the last {n} were these|the latest {n} follow, from first to last|here are the last {n}]"
LAST = """[it was the last match of {t} at the tournament|{t} played no further match at the tournament|the tournament of {t} ended here|
{t} had no match after this one|with that the tournament was over for {t}]"""
ALL = """[{t} [played {m} at the tournament|had {m} in all|appeared in {m} of the tournament]: {W}, {D} and {L}[, goals {gf}-{ga}|]|
{t} came away from the tournament with {W}, {D} and {L}|over the tournament {t} won {w}, drew {d} and lost {l}, [goals {gf}-{ga}|
scoring {gf} and conceding {ga}]]"""
CHOICE = re.compile(r"\[([^\[\]]*)\]")
DATE = re.compile(rf"\b(?:(\w+day) )?(\d+) ({'|'.join(MONTHS)}) (\d{{4}})\b")


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, text, **values):
    while "[" in text:  # the innermost choices first
        text = CHOICE.sub(lambda m: pick(rng, m[1].split("|")), text)
    return text.replace("\n", "").format(**values)


def prose(sentences):
    return " ".join(s[0].upper() + s[1:] + "." * (s[-1] != ".") for s in sentences if s)


def count(n, one, many=""):
    return f"{n or 'no'} {one if n == 1 else many or one + 's'}"


def listed(items):
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def ordinal(n):
    return ORDINALS[n - 1] if n <= 10 else f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def day(iso, weekday=False):
    d = Date.fromisoformat(iso)
    return f"{DAYS[d.weekday()] + ' ' if weekday else ''}{d.day} {MONTHS[d.month - 1]} {d.year}"


def title(rng, comp):
    wording = "[the {s} {n}|the {s} {n} season|the {n} [season|campaign] of {s}]" if comp.kind == "league" else "[the {s} {n}|the {n} of {s}]"
    return say(rng, wording, s=comp.season, n=pick(rng, comp.names))


def spoken(text):
    said = next(re.sub(f"^{rule}$", to, text, flags=re.I) for rule, to in SPOKEN if re.fullmatch(rule, text, re.I))
    return said if re.search("Group|Path|Apertura|Clausura|Europa|Conference|Play-off I", said) else said.lower()


def phrase(rng, m):
    """A round as one says it: "matchday 3 of the championship round", "the semi-finals"."""
    n = re.search(r"\d+", m.round)
    if n and (m.kind == "league" or re.match("Round [1-9]$", m.round)):
        wording = "[round {n}|the {o} round|matchday {n}|the {o} matchday]" if m.kind == "league" else "[round {n}|the {o} round]"
        text = say(rng, wording, n=n[0], o=ordinal(int(n[0])))
    else:
        text = spoken(m.round)
    phase = "the relegation play-offs" if m.kind == "cup" and m.phase == "Relegation" else spoken(m.phase)
    return f"{text} of {phase}" if text and phase and (m.comp.kind, m.phase) != ("cup", "Finals") else text or phase

# -----------------------------------------------------------------------------
# records

def key(name, place):
    """The same for all names of a club: its country, and its name without FC, AFC, 1899 and the like."""
    words = ALIASES.get(name, name).lower().split()
    return place, " ".join([w for w in words if w not in FORMS and not w.strip("'").isdigit()] or words)


def clubs_of(teams, code):
    """{upstream's name: (name in a text, key)} of a file; there, each club gets one name."""
    found = {}
    for team in sorted(teams, key=lambda t: (len(t), t)):
        name, tail = re.fullmatch(r"(.*?)(?: \(([A-Z]{3})\))?", team).groups()
        place = COUNTRIES.get(tail, tail) if tail else code.split(".")[0]
        name = NATIONS.get(name, name) if place == "worldcup" else re.sub(" A?FC$", "", name) if place in ("en", "sco") else name
        name = name.replace("Bor. ", "Borussia ").replace("sc ", "SC ")
        found[team] = name, key(name, place)
    for team in found if code.startswith("en.") else ():
        longer = [t for t in found if t.startswith(team + " ")]
        found[team] = found[longer[0]] if len(longer) == 1 else found[team]
    same = {k: (name, k) for name, k in found.values()}
    return {team: same[k] for team, (_, k) in found.items()}


def goals_of(row, score):
    """[(minute, minutes into stoppage time, scorer, side, "penalty" or "owngoal" or "")] in their order; none if some are missing."""
    found = []
    for side in (0, 1):
        for g in row.get(f"goals{side + 1}") or ():
            minute, _, more = str(g.get("minute", "")).partition("+")
            if minute.isdigit():
                how = "penalty" if g.get("penalty") else "owngoal" if g.get("owngoal") else ""
                found.append((int(minute), int(more or g.get("offset") or 0), g["name"], side, how))
    return sorted(found) if score and [sum(g[3] == side for g in found) for side in (0, 1)] == list(score) else []


def matches_of(comp, rows):
    """The matches of a file by date, each of them once."""
    clubs, found = clubs_of({r[k] for r in rows for k in ("team1", "team2")}, comp.code), {}
    for r in rows:
        score = r.get("score") or {}
        ht, ft, et, p = (s and tuple(s) for s in map((score if isinstance(score, dict) else {"ft": score}).get, ("ht", "ft", "et", "p")))
        phase, _, round = ", ".join(filter(None, (r.get("stage"), r.get("round")))).rpartition(", ")
        if r.get("group") or comp.code == "uefa.cl" and phase == "Playoffs":
            phase, round = "", r.get("group") or phase
        kind = "league" if re.search(r"Matchday|^\d+\. Round", round) else "group" if re.match(r"Group \w$|Final Round", round) else "cup"
        date, year = r.get("date") or "", comp.season[:4]
        if "-" in comp.season and year <= date < year + "-06-15":  # nothing of a season is played in the January before it
            date = f"{int(year) + 1}{date[4:]}"
        (home, k1), (away, k2) = clubs[r["team1"]], clubs[r["team2"]]
        result = None if r.get("status") == "awarded" and ft and ft[0] == ft[1] else et or ft  # awarded, but to whom?
        m = Match(comp, kind, phase, round, date, home, away, ht, ft, et, p, result, r.get("status"), goals_of(r, result), r.get("ground"), (k1, k2))
        if date and (m.score or (home, away, date) not in found):
            found[home, away, date] = m
    return sorted(found.values(), key=lambda m: m.date)


def read(upstream):
    """The matches of each competition, the most read first."""
    found, seen, order = {}, set(), [*COMPETITIONS]
    for path, f in upstream.files("*.json"):
        where = re.search(r"(\d{4}(?:-\d\d)?)/([\w.]+)\.json$", path)
        season, code = where.groups() if where else ("", "")
        data = json.load(f) if season and (season, code) not in found else {}
        if not isinstance(data, dict) or not data.get("matches"):
            continue
        sort = "world" if code.startswith("worldcup") else "cup" if re.search(r"^(uefa|copa|club)|cup$", code) else "league"
        fallback = re.sub(r"\s*\|\s*", " ", re.sub(r"\s*\d{4}(/\d\d)?$", "", data.get("name") or code))
        repo = "worldcup" if "worldcup" in code else "football"
        url = f"https://github.com/openfootball/{repo}.json/blob/master/{season}/{code}.json"
        matches = matches_of(Comp(season, code, COMPETITIONS.get(code, fallback).split("|"), url, sort), data["matches"])
        ids = {(m.date, *m.keys) for m in matches if m.score}
        if 2 * len(ids - seen) > len(ids):  # else: nothing played yet, or a copy of another file
            found[season, code] = matches
            seen |= ids
    return [found[s] for s in sorted(found, key=lambda s: (order.index(s[1]) if s[1] in order else len(order), s[1], s[0]))]


def margin(m, team=""):
    """By how many goals a team won; without a team, by how many anyone did."""
    goals = m.score[0] - m.score[1]
    return abs(goals) if not team else goals if m.home == team else -goals


def sides(m):
    """(winner, loser), shoot-out aside; of a draw (home, away)."""
    return (m.home, m.away) if margin(m, m.home) >= 0 else (m.away, m.home)


def winner(m):
    return sides(m)[0] if not m.p else m.home if m.p[0] > m.p[1] else m.away


def balance(matches, team):
    """(won, drawn, lost, scored, conceded); a shoot-out makes no winner."""
    margins, scores = [margin(m, team) for m in matches], [m.score if m.home == team else m.score[::-1] for m in matches]
    return sum(g > 0 for g in margins), margins.count(0), sum(g < 0 for g in margins), sum(s[0] for s in scores), sum(s[1] for s in scores)


def standings(matches, win=3):
    """The table, best first; none where a match lacks its result, or not every pair met equally often."""
    teams, pairs = {}, Counter(frozenset((m.home, m.away)) for m in matches)
    for m in matches:
        teams.setdefault(m.home, []).append(m)
        teams.setdefault(m.away, []).append(m)
    everyone = len(pairs) == len(teams) * (len(teams) - 1) // 2 and len({*pairs.values()}) == 1
    one_league = (matches[0].comp.code, matches[0].phase, len({*map(len, teams.values())})) == ("uefa.cl", "League", 1) if matches else False
    if not (everyone or one_league) or not all(m.score for m in matches):
        return []
    sums = {t: balance(ms, t) for t, ms in teams.items()}
    rank = {t: (win * s[0] + s[1], s[3] - s[4], s[3]) for t, s in sums.items()}
    order = sorted(teams, key=lambda t: ([-r for r in rank[t]], t))
    return [Row(1 + sum(r > rank[t] for r in rank.values()), t, len(teams[t]), *sums[t], rank[t][0]) for t in order]

# -----------------------------------------------------------------------------
# sentences, their full stop still to come

def scoreline(score):
    return f"{max(score)}-{min(score)}"


def article(score):
    return "an" if max(score) in (8, 11, 18) else "a"


def values(m, **more):
    return dict(more, h=m.home, a=m.away, w=sides(m)[0], l=sides(m)[1], x=m.score[0], y=m.score[1], s=scoreline(m.score), n=sum(m.score),
                d=day(m.date), A=article(m.score))


def figures(won, drawn, lost, scored, conceded):
    return dict(w=won, d=drawn, l=lost, gf=scored, ga=conceded, W=count(won, "win"), D=count(drawn, "draw"), L=count(lost, "defeat"),
                m=count(won + drawn + lost, "match", "matches"))


def tell(rng, m, half=0.5):
    if m.status == "awarded":
        return say(rng, AWARDED, **values(m))
    neutral = m.comp.kind == "world" or m.comp.code == "clubworldcup" or m.comp.kind == "cup" and m.round == "Final"
    text = say(rng, DRAW if not margin(m) else NEUTRAL if neutral else HOME if margin(m, m.home) > 0 else AWAY, **values(m))
    if m.et:
        text += " after extra time" + (say(rng, LATE, s=scoreline(m.ft)) if m.ft and m.ft[0] == m.ft[1] and m.ft != m.et else "")
    elif m.ht and any(m.score) and not m.p and rng.random() < half:
        text += say(rng, LEVEL if m.ht[0] == m.ht[1] else LED, s=scoreline(m.ht), t=m.home if m.ht[0] > m.ht[1] else m.away)
    return text + (say(rng, SHOOT_OUT, t=winner(m), s=scoreline(m.p)) if m.p else "")


def place(rng, m):
    """A match with its round and day."""
    wording = "[{p}, {d}: |on {d}, {p}: ]" if m.kind == "league" else "[in {p} on {d}, |on {d}, in {p}, |{p}, {d}: ]"
    return say(rng, wording, p=phrase(rng, m), d=day(m.date)) + tell(rng, m)


def results(rng, matches):
    """Matches day by day."""
    out = []
    for date in sorted({m.date for m in matches}):
        today = [tell(rng, m) for m in matches if m.date == date and m.score]
        if len(today) > 2 and ";" not in today[-1] + today[-2] and rng.random() < 0.4:
            today[-2:] = [f"{today[-2]}, while {today[-1]}"]
        out += [say(rng, "on {d}[,|] ", d=day(date, rng.random() < 0.3)) + t for t in today[:1]] + today[1:]
        out += [f"the match between {m.home} and {m.away} was {m.status}" for m in matches if m.date == date and not m.score]
    return out


def tie(rng, legs):
    """Two legs and what they add up to; else the matches."""
    if len(legs) != 2 or not all(m.score for m in legs):
        return results(rng, legs)
    x, y, last = legs[0].home, legs[0].away, legs[1]
    a, b = (sum(m.score[m.home != t] for m in legs) for t in (x, y))
    far = [sum(m.score[1] for m in legs if m.away == t) for t in (x, y)]  # goals away from home, which decided in Europe until 2021
    rule = "on penalties" if last.p else "on away goals" if last.comp.code == "uefa.cl" and last.comp.season < "2021" and far[0] != far[1] else ""
    ahead = a > b if a != b else last.p[last.home != x] == max(last.p) if last.p else far[0] > far[1]
    wording = TIE if a != b else LEVEL_TIE if rule else "the tie between {h} and {a} ended level at {s} on aggregate"
    first = say(rng, wording, w=x if ahead else y, l=y if ahead else x, h=x, a=y, s=scoreline((a, b)), rule=rule)
    return [first, *(f"in the {leg} leg, on {day(m.date)}, {tell(rng, m, 0)}" for leg, m in zip(("first", "second"), legs))]


def extremes(rng, matches, what):
    """The widest win and the most goals, where one match alone has them."""
    out = {}
    for size, wording in ((margin, WIDEST), (lambda m: sum(m.score), MOST)):
        most = max(map(size, matches))
        top = [m for m in matches if size(m) == most]
        if len(top) == 1 and most > 1 and top[0].status != "awarded":
            out.setdefault(top[0].keys, say(rng, wording, **values(top[0], what=what)))
    return [*out.values()]


def tally(rng, matches):
    margins, goals = [margin(m, m.home) for m in matches], sum(sum(m.score) for m in matches)
    return say(rng, SUMS, home=count(sum(g > 0 for g in margins), "home win"), away=count(sum(g < 0 for g in margins), "away win"),
               drawn=count(margins.count(0), "draw"), goals=count(goals, "goal"), avg=f"{goals / len(matches):.2f}",
               matches=count(len(matches), "match", "matches"))


def extent(rng, ms, part, c):
    """How much there was of a season or a cup, and from when to when."""
    done = [m for m in ms if m.score]
    return say(rng, SEASON if len(done) == len(ms) else PARTIAL, part=part, c=c, n=len({t for m in done for t in (m.home, m.away)}),
               a=day(done[0].date), b=day(done[-1].date), m=count(len(done), "match", "matches"), total=len(ms), done=len(done))


def table(rng, rows):
    shared = Counter(r.place for r in rows)
    rows = [dict(r._asdict(), **figures(*r[3:8]), o="joint " * (shared[r.place] > 1) + ordinal(r.place), p=count(r.points, "point"),
                 bare=r.team.removeprefix("the ")) for r in rows]
    line = pick(rng, LINES)
    return "\n".join(line.format(**r) for r in rows) if rng.random() < 0.5 or len(rows) > 20 else prose(say(rng, PLACES, **r) for r in rows)


def scoring(rng, m):
    """The goals as they came; or by team, with the minutes in brackets."""
    teams, now, out = (m.home, m.away), [0, 0], []
    if rng.random() < 0.3 or len({g[:2] for g in m.goals}) < len(m.goals):  # or the order of two goals is not known
        for side, team in enumerate(teams):
            by = {}
            for minute, more, player, _, how in (g for g in m.goals if g[3] == side):
                own, when = ", own goal" * (how == "owngoal"), f"{minute}+{more}" if more else f"{minute}"
                by.setdefault(player + own, []).append(when + ", penalty" * (how == "penalty"))
            l = listed([f"{p} ({listed(minutes)})" for p, minutes in by.items()]) if by else ""
            out += [say(rng, "[{t} scored through {l}|scoring for {t}: {l}|for {t}: {l}|on the scoresheet for {t}: {l}]", t=team, l=l)] if by else []
        return out
    for minute, more, player, side, how in m.goals:
        lead = now[side] - now[1 - side]
        now[side] += 1
        part = "the first half" if minute <= 45 else "the match" if minute <= 90 else "extra time"
        when = say(rng, "in the {n} minute of stoppage time at the end of {part}" if more else "[in the {n} minute|in the {n} minute|after {m}]",
                   n=ordinal(more or minute), m=count(minute, "minute"), part=part)
        player = say(rng, SCORER[how], p=player, o=teams[1 - side])
        wording = AHEAD if lead == 0 else EQUAL if lead == -1 else EXTEND if lead > 0 else BEHIND
        out.append(say(rng, wording, p=player, t=teams[side], o=teams[1 - side], s=scoreline(now), when=when, A=article(now)))
    return out + [f"{p} scored {n} goals" for p, n in Counter(g[2] for g in m.goals if g[4] != "owngoal").items() if n > 1]

# -----------------------------------------------------------------------------
# documents

def round_up(rng, ms):
    """A round, a group with its table, or a round of ties."""
    done, ties = [m for m in ms if m.score], {}
    for m in ms:
        ties.setdefault(frozenset(m.keys), []).append(m)
    head = say(rng, ROUND, phrase=phrase(rng, ms[0]), title=title(rng, ms[0].comp), matches=count(len(done), "match", "matches"),
               goals=count(sum(sum(m.score) for m in done), "goal"), day=day(done[0].date))
    if ms[0].kind == "cup":
        return prose([head, *(s for legs in ties.values() for s in tie(rng, legs))])
    if ms[0].kind == "league":
        more = [tally(rng, done), *extremes(rng, done, "of the round")[:rng.random() < 0.5]] if len(done) > 3 else []
        return prose([head, *results(rng, ms), *more])
    win = 2 if ms[0].comp.kind == "world" and ms[0].comp.season < "1994" else 3  # the World Cup's groups counted two until 1990
    rows, teams = standings(ms, win), listed(sorted({t for m in ms for t in (m.home, m.away)}))
    head = say(rng, GROUP, p=phrase(rng, ms[0]), t=title(rng, ms[0].comp), teams=teams)
    return "\n".join([prose([head, *results(rng, ms)]), *([prose([say(rng, METHOD, win=win, final="")]), table(rng, rows)] if rows else [])])


def league_season(rng, ms, later):
    """A season's table and what it shows; of one that lacks results, the results."""
    done, rows = [m for m in ms if m.score], standings(ms)
    part = f"{spoken(ms[0].phase)} of the {ms[0].comp.season} {pick(rng, ms[0].comp.names)}" if ms[0].phase else title(rng, ms[0].comp)
    out = [extent(rng, ms, part, "clubs")]
    off = sum(m.status in ("cancelled", "canceled") for m in ms)
    out += [f"{count(off, 'match was', 'matches were')} cancelled"] if off else []
    facts = [tally(rng, done), *extremes(rng, done, "of the season" if rows else "of these matches")]
    if not rows:
        return prose(out + facts)
    one, two, q = *rows[:2], count(rows[0].points, "point")
    wording = FIRST if one.points > two.points else LEVEL_TOP if one.scored - one.conceded == two.scored - two.conceded else ON_GOALS
    facts.append(say(rng, wording, a=one.team, b=two.team, p=count(one.points - two.points, "point"), q=q))
    for size, wording in ((lambda r: r.scored, ATTACK), (lambda r: -r.conceded, DEFENCE), (lambda r: r.place, BOTTOM)):
        top = [r for r in rows if size(r) == max(map(size, rows))]
        facts += [say(rng, wording, t=top[0].team, n=abs(size(top[0])), p=count(top[0].points, "point"))] if len(top) == 1 else []
    facts += [f"{r.team} went through the {r.played} matches without a defeat" for r in rows if not r.lost]
    whole = not later and one.played // (len(rows) - 1) != 3  # Scotland plays five more after the thrice eleven
    out += [say(rng, METHOD, win="three", final="final " * whole), f"the points of {listed(later)} are not in this table" if later else ""]
    return "\n".join([prose(out), table(rng, rows), prose(sorted(facts, key=lambda _: rng.random()))])


def club_season(rng, ms, team, rows, until):
    """A club's league matches home and away, its runs and its extremes; then its play-offs."""
    league, other = [m for m in ms if m.kind == "league"], lambda m: m.away if m.home == team else m.home
    row = next((r for r in rows if r.team == team and r.played == len(league)), None)
    sums = balance(league, team)
    out = [until + say(rng, CLUB, part=title(rng, ms[0].comp), t=team, **figures(*sums)),
           say(rng, POINTS, p=count(3 * sums[0] + sums[1], "point")) + (say(rng, PLACED, o=ordinal(row.place), n=len(rows)) if row else "")]
    awarded = sum(m.status == "awarded" for m in league)
    out += [f"{awarded} of these results {'was' if awarded == 1 else 'were'} awarded"] if awarded else []
    for side, where in (("home", "at home"), ("away", "away from home")):
        here, lists = [m for m in league if (m.home == team) == (side == "home")], []
        for wanted, verb in ((lambda g: g > 0, "[beat|won against|defeated]"), (lambda g: g == 0, "drew with"), (lambda g: g < 0, "lost to")):
            found = [f"{other(m)} {scoreline(m.score)}" for m in here if wanted(margin(m, team))]
            lists += [say(rng, verb) + " " + listed(found)] if found else []
        out += [say(rng, GROUND, where=where, side=side, **figures(*balance(here, team))), f"{where} they {listed(lists)}"] if here else []
    for wanted, run, least in ((lambda g: g > 0, "[winning run|run of wins]", 3), (lambda g: g >= 0, "unbeaten run", 5),
                               (lambda g: g <= 0, "run without a win", 5), (lambda g: g < 0, "losing run", 3)):
        runs = [[]]
        for m in league:
            runs.append([*runs[-1], m] if wanted(margin(m, team)) else [])
        best = max(runs, key=len)
        if least <= len(best) < len(league):
            run = say(rng, run)
            wording = EQUALLED if [len(r) for r in runs].count(len(best)) > 1 else STREAK
            out.append(say(rng, wording, run=run, n=len(best), a=day(best[0].date), b=day(best[-1].date), A="an" if run[0] == "u" else "a"))
    for sign, wording in ((1, BEST), (-1, WORST)):
        most = max(1, *(margin(m, team) * sign for m in league))
        top = [m for m in league if margin(m, team) * sign == most]
        out += [say(rng, wording, **values(top[0], o=other(top[0])))] if len(top) == 1 and top[0].status != "awarded" else []
    return prose(out + [place(rng, m) for m in ms if m.kind != "league"])


def campaign(rng, ms, team):
    """A team's way through a cup or a tournament."""
    draws = ", matches decided on penalties counted as draws" if any(m.p and not margin(m) for m in ms) else ""
    return prose([say(rng, CLUB, part=title(rng, ms[0].comp), t=team, **figures(*balance(ms, team))) + draws, *(place(rng, m) for m in ms)])


def cup_season(rng, ms):
    """A cup or tournament on a page: its size, last rounds, extremes, best scorers."""
    done, name = [m for m in ms if m.score], title(rng, ms[0].comp)
    teams, goals = sorted({t for m in done for t in (m.home, m.away)}), sum(sum(m.score) for m in done)
    out = [extent(rng, ms, name, "teams"), f"the teams were {listed(teams)}"]
    for wanted in ("semi-?finals?", ".*third.place.*", "final"):
        last = [m for m in done if re.fullmatch(wanted, m.round, re.I) and m.phase in ("", "Finals")]
        out += [place(rng, m) for m in last]
    if last and len(last) == 1:
        out.append(say(rng, WINNERS, t=winner(last[0]), c=name))
    facts = [*extremes(rng, done, "of the tournament"), say(rng, GOALS, g=count(goals, "goal"), a=f"{goals / len(done):.2f}")]
    facts += [f"{count(n, 'match', 'matches')} {how}" for n, how in ((sum(bool(m.et) for m in done), "went to extra time"),
                                                                     (sum(bool(m.p) for m in done), "ended with a penalty shoot-out")) if n]
    scorers = Counter((g[2], m.away if g[3] else m.home) for m in done for g in m.goals if g[4] != "owngoal").most_common()
    if scorers and all(m.goals or not any(m.score) for m in done):
        best = sorted(s for s in scorers if s[1] >= scorers[min(4, len(scorers) - 1)][1])
        best = [f"{p} ({t.removeprefix('the ')}) with {n}" for (p, t), n in sorted(best, key=lambda s: -s[1])]
        facts.append(say(rng, "the [leading|top] scorers were {l}", l=listed(best)))
    return prose(out + sorted(facts, key=lambda _: rng.random()))


def report(rng, ms, tournament, before):
    """A match of a World Cup: its goals, the group's end, what came next for each, and when the two had met before."""
    m = ms[0]
    at = f" {'at' if re.search('stad|estadio|estádio|arena|park|,', m.ground, re.I) else 'in'} {m.ground}" if m.ground else ""
    out = [say(rng, PREFIX, phrase=phrase(rng, m), title=title(rng, m.comp), d=day(m.date), at=at) + tell(rng, m, 0.9), *scoring(rng, m)]
    rows = standings([n for n in tournament if n.round == m.round], 2 if m.comp.season < "1994" else 3) if m.kind == "group" else []
    out += [say(rng, ENDED, t=r.team, o=ordinal(r.place), p=count(r.points, "point")) for r in rows
            if r.team in (m.home, m.away) and [s.points for s in rows].count(r.points) == 1]  # level on points: each World Cup had its own rule
    for team in (m.home, m.away):
        own = [n for n in tournament if team in (n.home, n.away)]
        later = [n for n in own if n.date > m.date]
        if later and later[0].score:
            n, result = later[0], lambda goals: "winning" if goals > 0 else "losing" if goals < 0 else "drawing"
            kicks = f" and {result((n.p[0] - n.p[1]) * (1 if n.home == team else -1))} the shoot-out" if n.p else ""
            r = f"{result(margin(n, team))} {scoreline(n.score)}{kicks}"
            out.append(say(rng, NEXT, t=team, p=phrase(rng, n), o=n.away if n.home == team else n.home, r=r))
        elif not later and all(n.score for n in tournament[-4:]):
            out.append(say(rng, LAST, t=team))
        out += [say(rng, ALL, t=team, **figures(*balance(own, team)))] if len(own) > 1 and all(n.score for n in own) else []
    met = [n for n in before if n.date < m.date and n.comp.code == "worldcup"][-2:]
    return prose(out + [say(rng, BEFORE, d=day(n.date)) + tell(rng, n, 0) for n in met])


def pair(rng, ms):
    """The matches of two clubs or nations, under the names they had last."""
    name = dict(zip(ms[-1].keys, (ms[-1].home, ms[-1].away)))
    ms = [m._replace(home=name[m.keys[0]], away=name[m.keys[1]]) for m in ms]
    x, y = sorted(name.values())
    sums, comps = figures(*balance(ms, x)), Counter(m.comp.names[0] for m in ms).most_common()
    drawn = count(sums["d"], "match was", "matches were") + " drawn"
    facts = {**sums, "D": drawn, "comps": ", ".join(f"{c} {n}" for c, n in comps), "a": day(ms[0].date), "b": day(ms[-1].date)}
    out = [say(rng, PAIR, x=x, y=y, n=len(ms), **facts), say(rng, SCORED, x=x, y=y, **sums),
           *extremes(rng, ms, pick(rng, ("between them", "of these matches"))),
           say(rng, SHOWN if len(ms) > 8 else "[the matches were these|these were the matches]", n=8)]
    return prose([*out, *results(rng, ms[-8:])])


def rounds(ms):
    """[matches of a round, ...] for each document: small rounds share one."""
    phases = {}
    for m in ms:
        if m.score or m.status:
            phases.setdefault((m.kind, m.phase if m.kind == "league" else ""), {}).setdefault((m.phase, m.round), []).append(m)
    for (kind, _), units in phases.items():
        chunks = [[]]
        for unit in (u for u in units.values() if any(m.score for m in u)):
            if chunks[-1] and (kind == "group" or sum(len({frozenset(m.keys) for m in u}) for u in chunks[-1]) > 3):
                chunks.append([])
            chunks[-1].append(unit)
        if len(chunks) > 1 and kind != "group" and sum(map(len, chunks[-1])) < 4:  # a final on its own
            chunks[-2:] = [chunks[-2] + chunks[-1]]
        yield from filter(None, chunks)


def documents(upstream, seed):
    """Competition by competition the reports, page, tables, teams and rounds; then the pairs that met often."""
    everything, pairs = read(upstream), {}
    if not everything:
        raise ValueError("openfootball: no SEASON/COMPETITION.json with a result was found")

    def doc(record, ms, tell_it, *args):
        record = " ".join(record.split())  # most rounds are of no phase
        rng = Random(f"{seed} {record}")
        text = tell_it(rng, ms, *args)
        first, *more = text.split(HALF)
        text = first + "".join((HALF if n < 2 else OTHERWISE[n % 3]) + part for n, part in enumerate(more))  # no wording over and over
        if rng.random() < 0.25:  # one document, one way to write a date
            text = DATE.sub(lambda d: f"{d[1] + ', ' if d[1] else ''}{d[3]} {d[2]}, {d[4]}", text)
        return dict(text=text, sport="soccer", url=ms[-1].comp.url, date=max(m.date for m in ms if m.score), record=record)

    for ms in everything:
        comp, done, phases, rows = ms[0].comp, [m for m in ms if m.score], {}, []
        name = f"{comp.season} {comp.code}"
        for m in done:
            met = pairs.setdefault(frozenset(m.keys), [])
            if comp.kind == "world":
                yield doc(f"{name} {m.phase} {m.round} {m.date} {m.home} {m.away}", [m], report, ms, [*met])
            met.append(m)
        if comp.kind != "league":
            yield doc(f"{name} page", ms, cup_season)
        for m in ms:
            if m.kind == "league":
                phases.setdefault(m.phase, []).append(m)
        for phase, part in phases.items():
            if MAIN.match(phase) and len(part) > 29 and any(m.score for m in part):
                yield doc(f"{name} {phase} table", part, league_season, [spoken(p) for p in phases if not MAIN.match(p)])
                rows += standings(part)
        until = f"up to {day(done[-1].date)}, " if not all(m.score for m in ms) else ""
        for team in sorted({t for m in done for t in (m.home, m.away)}):
            own = [m for m in done if team in (m.home, m.away)]
            if sum(m.kind == "league" or comp.kind != "league" for m in own) > 3:
                how = (club_season, team, rows, until) if comp.kind == "league" else (campaign, team)
                yield doc(f"{name} team {team}", own, *how)
        for chunk in rounds(ms):
            record = f"{name} " + "; ".join(f"{part[0].phase} {part[0].round}" for part in chunk)
            yield doc(record, sum(chunk, []), lambda rng, _: "\n".join(round_up(rng, part) for part in chunk))
    for keys, ms in pairs.items():
        if len(ms) > 6:
            yield doc("pair " + " - ".join(sorted(" ".join(k) for k in keys)), sorted(ms, key=lambda m: m.date), pair)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
