"""
The baseball databank (Lahman): teams, people, awards and post-season series since 1871. It becomes a text per team's season,
league table, league's leaders, franchise, post-season, vote for an award, Hall of Fame ballot and person.

$ python prepare.py lahman [--from DIR]

One CSV per table, in core/ or contrib/, with a header whose spelling differs between releases (IPouts or IPOuts, yearID or
year.key), so names are compared without case and punctuation. A table that is absent (Batting and Pitching are too large for
some copies) leaves its sentences out; only Teams and People must be there.
- A team is (yearID, teamID) and has its name in Teams alone; a franchise (franchID) keeps its code through moves and new names.
- G is more than W + L where games were tied. DivWin and LgWin are empty where there was nothing to win.
- In 1981 (TeamsHalf) a season had two halves, each with its own winner; Rank is that of the whole season, so no gaps are told.
- SeriesPost: wins equal to losses is a series that nobody won (1885, 1890); the tied games of 1907, 1912 and 1922 are not in it.
- Managers.inseason orders the managers of a season; plyrMgr is a player who managed. Two people can have the same name.
- HallOfFame: committees (Veterans, Old Timers, Centennial ...) have no votes. Salaries run from 1985 to 2016 and are not complete.
- Several parks of a season stand in one field with a slash, with Roman numerals that tell them from older ones of the name.
- A missing number is empty, and a career total is told only if no season of it is missing. AllstarFull has rows without a year.
The address is the one that made the databank; if it does not answer, a fork (cbwinslow/baseballdatabank) unpacked beside it will do.
"""
import csv
import os
import re
import sys
from collections import Counter, defaultdict
from random import Random

FILES = {"baseballdatabank.tar.gz": "https://codeload.github.com/chadwickbureau/baseballdatabank/tar.gz/HEAD"}
FROM = ["stats/chadwick_baseballdatabank"]
SITE = "https://github.com/chadwickbureau/baseballdatabank"

WORDS = """
season: In [{y}|the {y} {b} season], {t} [won {wg} and lost {l}|had a record of {wl}|went {wl}], [finishing|and finished|ending up] {rank} / {t}
 [won {wg} and lost {l}|went {wl}] in [{y}|the {b} season of {y}] and [finished|came in|ended up] {rank} / The {y} [season|{b} season] [ended for
 {t} with|brought {t}] {wn} and {ln}; they [finished|were] {rank} / With a record of {wl}, {t} [finished|ended the season|came in] {rank} in {y} /
 {t} of {y} were {wl}, which left them {rank} / {t} finished {rank} in {y}, with {wn} and {ln} / The {y} record of {t} was {wl}, and they finished
 {rank} / {t} were {rank} in {y}, [at {wl}|winning {w} and losing {l}]
tied: {k} of their games ended in a tie / They also [had|played] {k} tied games / Another {k} games ended without a winner / [Besides|Also], {k}
 games were tied
tied1: One of their games ended in a tie / They also [had|played] one tied game / Another game ended without a winner / One game was tied
back: They [finished|were|ended] {gb} [behind|back of] {o} / The gap to {o}, who were first, was {gb} / {o} finished ahead of them by {gb} / First
 place went to {o}, {gb} ahead of them
front: They [finished|were|ended] {gb} ahead of {o} / Their lead over {o}, who were second, was {gb} / {o} came second, {gb} behind / Second place
 went to {o}, {gb} back
runs: They scored {r} runs and [allowed|gave up] {q} / In runs [they were|it was] {r} to {q} / Their opponents scored {q} runs to their {r} / They
 had {r} runs, their opponents {q} / They scored {r} runs to {q} [by|for] the opposition
bats: They [hit {hr}|had {hr}] and [stole {sb}|had {sb} stolen] / Their batters hit {hr}, and they stole {sb} / They stole {sb} and hit {hr} / The
 batters had {hr}, the runners {sb} stolen
arms: The [pitchers|staff] had an earned run average of {era}[, with {so}|, {so} and {sho}|] / Their earned run average was {era}[; the pitchers
 had {so}|] / The pitching staff had {so} and an earned run average of {era} / An earned run average of {era} was the record of the pitchers[, who
 had {so}|]
glove: In the field they made {e}[ and {dp}|] / They made {e}[, and {dp}|] / The fielders were charged with {e} / On defense there were {e}[ and
 {dp}|]
boss: {m} [managed the team|was the manager|was in charge|managed them|was their manager] / The manager was {m} / [They were managed|The team was
 led] by {m} / Their manager was {m} / The manager for the season was {m}
bosses: They had {k} managers: {m} / The managers, in order, were {m} / {m} managed them in turn / In the course of the season they were managed
 by {m} / The team was managed by {m}, in that order
home: They played at {p} / [Home games were|Their home games were] played at {p} / Their [home|home park|ground] was {p} / {p} was their
 [home|home park|park]
homes: Their home games were played at {p} / They [used|played at] {k} parks: {p} / Their home parks were {p} / {p} were their home parks
gate: [Attendance|Home attendance|The attendance] [was|came to] {c}[, or {m} a game|, an average of {m} a game] / They drew {c}[, or {m} a game|]
 / A total of {c} attended their home games
won: In the {s} they [beat|defeated] {o}, {g} / They won the {s}, {g}, [over|against] {o} / They [took|won] the {s} from {o}, {g}
lost: In the {s} they lost to {o}, {g} / They lost the {s}, {g}, to {o} / {o} beat them in the {s}, {g}
level: The {s}, against {o}, ended level, {g} / Neither they nor {o} won the {s}: it ended level, {g}
champions: They won the {x} / They were {x} champions / It made them {x} champions / They [took|won] the {x} title
halves: The season had two halves: they were {a} in the first ({b}) and {c} in the second ({d}) / In the first half they were {a} ({b}), in the
 second {c} ({d}) / Of its two halves, they were {a} in one ({b}) and {c} in the other ({d})
paid: The payroll on record came to {s}[; the highest salary, {p}, was that of {m}|; {m} earned most, {p}] / Salaries on record added up to {s},
 {p} of it for {m} / {m} had the highest salary on record, {p} / Their best-paid player was {m}, at {p}
stars: Named to the All-Star Game: {m} / Their All-Stars: {m} / In the All-Star Game they were represented by {m} / {m} [went|were chosen] to the
 All-Star Game
star: {m} [went|was chosen] to the All-Star Game / Their All-Star was {m} / In the All-Star Game they were represented by {m} / {m} was their only
 All-Star
leader: {m} [led|was first on] the team with {k} / With {k}, {m} led the team / The team leader was {m}, with {k} / First on the team was {m},
 with {k}
was: The year before, the club had been {o} / In {x} the same club had played as {o} / Until {x} the club had been called {o} / It was the first
 season under that name; in {x} the club had been {o}
table: [The|Final|The final] {lg} [baseball |]standings of {y} / {lg} [baseball in |]{y}: final standings / How [the|baseball's] {lg} finished in
 {y} / Final table of [the|baseball's] {lg} for {y} / The {y} [baseball |]season in the {lg} ended as follows / [Baseball standings|Standings] of
 the {lg}, {y}
first: {t} [finished first|came in first|were first|took first place] with {w} wins and {l} losses / First were {t} ({wl}) / [The best record was
 that of|First place went to] {t}, {wl}
second: {o} were second, {gb} back / {o} came next, {gb} behind / Second, {gb} behind, were {o}
last: [Last were|Last place went to|At the bottom were] {t} ({wl}) / {t} ({wl}) [finished|came in] last
most: {t} scored the most runs, {r} / Most runs: {t}, {r} / No team scored more runs than {t}, with {r}
few: {t} allowed the fewest, {r} / The fewest runs were allowed by {t}, {r} / {t} gave up the fewest runs, {r}
drew: The best-attended team was {t}, at {c} / {t} drew most, {c} / Most people, {c}, came to see {t} / The largest attendance was that of {t},
 {c}
born: {n}{full} was born{at} / {n}{full}, {role}, was born{at} / {f}, {role} [known as|called] {n}, was born{at} / {n}, [in full|whose full name
 was] {f}, was born{at} / {f}, [known as|called] {n}, was born{at}
born0: {n} was born{at} / {n}, {role}, was born{at} / {at}, {n} was born
debut: [He|{n}] [made his major-league debut|first played in [the|baseball's] major leagues|came to the major leagues|played his first
 major-league game] on {d}, and [played his last game|appeared for the last time|last played] on {e} / [His|The] first major-league game was on
 {d}, the last on {e} / He played in [the|baseball's] major leagues from {d}, to {e} / {n} played in the majors between {d}, and {e} / His time in
 the major leagues [lasted|went] from {d}, to {e}
active: He [made his major-league debut|first played in the major leagues|came to the major leagues] on {d}; the last game on record is of {e} /
 His first major-league game was on {d}, and he was still playing in {x} / {n} has played in [the|baseball's] major leagues since {d}, and [up
 to|until] {e} on this record
once: He appeared in baseball's major leagues on [one day only|a single day], {d} / [His only day|The only day of {n}] in the major leagues was
 {d} / On {d}, he played in the major leagues, that day only / {n} has one day in the records of the major leagues, {d}
hands: He [batted {b}|was a {b} batter] and threw {r} / He threw {r} and batted {b} / {n} batted {b} and threw {r} / A {b} batter, he threw {r}
alike: He [batted and threw|threw and batted] {b} / {n} [batted and threw|threw and batted] {b} / He was {b} as a batter and as a thrower
hand: He threw {r} / {n} threw {r}
size: He [was|stood] {h} tall and weighed {w} pounds / His height was {h}, his weight {w} pounds / At {h}, he weighed {w} pounds / He weighed {w}
 pounds and stood {h}
college: He [played|had played] college baseball at {s} / His college [baseball was|years were spent] at {s} / He played in college, at {s} / In
 college he played at {s}
clubs: He played for {c} / His [teams|clubs] were {c} / {n} [was with|played for] {c} / The [teams|clubs] he played for: {c} / His career took him
 to {c}
club: He played for {c} / All his games were for {c} / His only [team|club] was {c} / {n} played only for {c}
hit: In {g} he had {h} in {ab}[, an average of {avg}| (a batting average of {avg})], with {hr} and {rbi} / He hit {avg} in {g}, with {h}, {hr} and
 {rbi} / His batting record: {g}, {ab}, {h}, {hr}, {rbi}, average {avg} / Over {g} he batted {avg} and had {h}, {hr} and {rbi} / He had {h} and
 {hr} in {g}, batted {avg} and drove in {rbi0} runs / {n} batted {avg} with {hr} in {g}[; he had {h} and {rbi}|]
few_hits: In {g} he had {h} in {ab} / He came to {ab} in {g} and had {h} / At the plate he had {h} in {ab} / His batting record is {h} in {ab}
scored: He scored {r} and stole {sb} / He stole {sb} and scored {r} / On the bases he scored {r} and stole {sb} / On his record are {r} and {sb}
 stolen
best: His highest [total|season total] of {k} was {x}, in {y} / His most {k}, {x}, came in {y} / In {y} he had {x} {k}, his most in a season / His
 best year for {k} was {y}, with {x}
pitch: As a pitcher he was {wl} in {g}, with an earned run average of {era} and {so} / He pitched in {g}, going {wl}, with {so} and an earned run
 average of {era} / His pitching record was {wl}, with {so} and an earned run average of {era} in {g} / On the mound he was {wl} in {g}; his
 earned run average was {era}, and he had {so} / In {ip} innings he had {so} and an earned run average of {era}, with {w} wins and {l} losses
pitch0: He pitched in {g} without a decision, with {so} in {ip} innings / As a pitcher he had no wins and no losses in {g}, and {so} / He had no
 decision in {g} as a pitcher; he pitched {ip} innings
saves: He [had|was credited with] {sv} / His record has {sv} / He finished with {sv}
shut: He pitched {sho} and {cg} / He is credited with {cg} and {sho} / {n} had {cg} and {sho} / He had {cg} and {sho}
series: He played in the World Series [of|in] {y} / {n} appeared in the World Series of {y} / The World Series of {y} saw him play / His
 World Series {was} {y}
october: In {g} of the post-season he had {h}, {hr} and {rbi} / His post-season record as a batter: {g}, {h}, {hr}, {rbi} / In post-season play he
 had {h} and {hr} in {g} / In {g} of post-season play he had {h} and {rbi}
october_p: In the post-season he was {wl} as a pitcher, with {so} / His post-season record as a pitcher was {wl}[, with {so}|] / As a pitcher he
 won {w} and lost {l} in post-season play / He pitched in {g} of the post-season, with a record of {wl}
star_years: He was an All-Star in {y} / He was chosen for the All-Star Game in {y} / His All-Star years were {y} / {n} was on the All-Star team in
 {y} / He was an All-Star {k}, in {y}
awards: His awards: {a} / He [won|received] these awards: {a} / His honors [were|are] the following: {a} / {n} was given these honors: {a} / The
 awards on his record: {a} / Awards he [won|received]: {a}
elected: He was elected to the Hall of Fame in {y} {by} / In {y} {n} was elected to the Hall of Fame {by} / The Hall of Fame elected him in {y},
 {by} / He entered the Hall of Fame in {y}, elected {by} / {n} is in the Hall of Fame, elected in {y} {by}
ballots: In {k} [Hall of Fame ballots|ballots for the Hall of Fame] he got {v} of {b} votes at most, in {y} / He was on the Hall of Fame ballot
 {k0}, with at most {v} of {b} votes, in {y} / His best result in {k} [ballots for the Hall of Fame|Hall of Fame ballots] was {v} of {b} votes, in
 {y}
ballot: He got {v} of {b} votes [for|in the ballot for] the Hall of Fame in {y} / In the Hall of Fame ballot of {y} he [got|received] {v} of {b}
 votes / On the Hall of Fame ballot of {y}, {n} had {v} of {b} votes
salary: His highest salary on record was {s}, [from|with] {t} in {y} / {t} paid him {s} in {y}[, his highest salary on record|, the most of any
 year on record] / In {y} he [earned|was paid] {s} by {t}, the most on record for him / The highest salary on his record is {s} ({t}, {y})
salary1: His salary with {t} in {y} was {s} / {t} paid him {s} in {y} / In {y} he [earned|was paid] {s} by {t} / One salary of his is on record:
 {s} ({t}, {y})
managed: As a manager he was {wl} with {c} / He managed {c}[, winning {w} and losing {l}|, with a record of {wl}] / His record as a manager was
 {wl}, with {c} / {n} managed {c}; his teams won {w} and lost {l} / The teams he managed, {c}, were {wl}
managed1: His teams finished first {k}, in {y} / He managed a first-place team in {y} / He finished first as a manager in {y} / Teams of his came
 in first in {y}
died: He died{at}[, aged {a}|, at the age of {a}] / {n} died{at}[, aged {a}|, at the age of {a}] / His death was{at}, at the age of {a} / At the
 age of {a}, {n} died{at}
died0: He died{at} / {n} died{at} / His death [came|was]{at}
together: [Players|Baseball players] who [first appeared|made their debut] in the major leagues in {y} / Some of the major-league newcomers of {y}
 / From the list of baseball debuts of {y} / Newcomers to [the|baseball's] major leagues in {y}
names: The {f} [baseball |]franchise goes back to {a} / The [baseball |]franchise of the {f} began in {a} / {f}: this baseball franchise first
 played in {a} / The {f} [baseball |]franchise is on record from {a}
called: It has been {c} / Its [teams|clubs] were called {c} / It has [played|appeared] as {c} / The names in order: {c}
total: Through {b} it [had won|won] {w} games and lost {l} / Its record through {b} [was|is] {w} wins and {l} losses / {w} wins and {l} losses:
 that was the record through {b}
folded: It [last played|played for the last time] in {b}, and won {w} games and lost {l} in all / Its last season was {b}; in all it won {w} games
 and lost {l} / Up to its end in {b} it won {w} games and lost {l}
top: The best season was {y}, when they were {wl} / Its best record was {wl}, in {y} / In {y} they had their best season, {wl}
low: The worst was {y}, at {wl} / Its worst season was {y}: {wl} / The fewest games, for the number played, were won in {y} ({wl})
flags: It [won|has won] {k}: {y} / {k} [went|came] to it: {y} / The list of its honors has {k}: {y}
october_year: [The post-season|The baseball post-season|Baseball's post-season] of {y} / Post-season [play|baseball], {y} / Post-season [baseball
 |]results of {y} / How the {y} [baseball |]season was decided
beat: {W} [beat|defeated] {L} in the {s}, {g} / In the {s} {W} [beat|defeated] {L}, {g} / {W} won the {s} [over|against] {L}, {g} / The {s} went
 to {W}, who beat {L}, {g} / {L} lost the {s} to {W}, {g}
nobody: The {s} between {W} and {L} ended level, {g} / Nobody won the {s} between {W} and {L}, {g}
ruled: {m} managed {t} / {t} were managed by {m} / The manager of {t} was {m}
mvp: The {s} award for the most valuable player went to {m} / Most valuable player of the {s}: {m} / The most valuable player award of the {s} was
 given to {m}
tops: {m} had the most {k} [of anyone|of all] in the {s}, {x} / Most {k} during the {s}: {m}, {x} / With {x}, {m} led the {s} in {k} / Leading the
 {s} in {k}: {m}, with {x}
voting: [The voting|Voting|The vote|The baseball vote] for the {a}{lg} in {y} / {y}: the [baseball |]vote for the {a}{lg} / How [the|baseball's]
 {a}{lg} of {y} was decided / Points in the {y} vote for [the|baseball's] {a}{lg}
hall: Baseball Hall of Fame, {y} / The [baseball |]Hall of Fame elections of {y} / Elections to [the|baseball's] Hall of Fame in {y} / The
 [baseball |]Hall of Fame ballot[s|ing] of {y}
inducted: [Elected|Chosen] {by}: {m} / {m} were elected {by} / Those elected {by} were {m}
hall_top: Of those not elected, {m} came closest, with {v} of {b} votes / {m} had the most votes of those left out, {v} of {b} / Nearest to
 election was {m}, who got {v} of {b} votes
needed: {k} votes of {b} were needed / It took {k} of {b} votes to be elected / Election required {k} of {b} votes
leaders: [Leaders|The leaders] of [the|baseball's] {lg} in {y} / {lg} [baseball |]leaders[,| of] {y} / Who led [the|baseball's] {lg} in {y} / The
 {lg} in the {y} baseball season: the leaders
leads: {k}: {m} / In {k}: {m} / The leaders in {k} were {m}
switch: He was a switch-hitter and threw {r} / He batted from both sides and threw {r} / {n} threw {r} and was a switch-hitter / A switch-hitter,
 he threw {r}
crowds: The most people in a season, {c}, came in {y} / Attendance was highest in {y}, at {c} / The best attendance on record is {c}, in {y} / It
 drew most in {y}: {c}
parks: Its home parks have been {p} / It has played at {p} / The parks, in order: {p} / Home games were played at {p}
regular: {t} had been {wl} in the regular season / In the regular season {t} were {wl} / {t} came in with a record of {wl} / The regular season of
 {t} ended at {wl}
inducted1: [Elected|Chosen] {by}: {m} / {m} was elected {by} / The one elected {by} was {m}
hall_next: After him came {m} / Then followed {m} / The next were {m} / Behind him were {m}"""
WORDS = {line.split(": ", 1)[0]: line.split(": ", 1)[1].split(" / ") for line in re.sub(r"\n +", " ", WORDS).strip().split("\n")}
ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
NUMBERS = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
MONTHS = "- January February March April May June July August September October November December".split()
LEAGUES = dict(NL="National League", AL="American League", AA="American Association", UA="Union Association", PL="Players' League",
               FL="Federal League", NA="National Association", NNL="Negro National League", NN2="Negro National League", ANL="American Negro League",
               ECL="Eastern Colored League", NSL="Negro Southern League", EWL="East-West League", NAL="Negro American League")
SERIES = dict(WS="World Series", NWS="Negro World Series", CS="championship series", NNC="Negro National League championship series",
              NSC="Negro Southern League championship series", AEDIV="American League East Division Series",
              AWDIV="American League West Division Series", NEDIV="National League East Division Series",
              NWDIV="National League West Division Series")
STAGES = ["WC", "DS", "DIV", "CS", "WS"]  # what a post-season goes through, in this order
STATES = dict(x.split("=") for x in """AL=Alabama,AK=Alaska,AZ=Arizona,AR=Arkansas,CA=California,CO=Colorado,CT=Connecticut,DE=Delaware,FL=Florida,
GA=Georgia,HI=Hawaii,ID=Idaho,IL=Illinois,IN=Indiana,IA=Iowa,KS=Kansas,KY=Kentucky,LA=Louisiana,ME=Maine,MD=Maryland,MA=Massachusetts,MI=Michigan,
MN=Minnesota,MS=Mississippi,MO=Missouri,MT=Montana,NE=Nebraska,NV=Nevada,NH=New Hampshire,NJ=New Jersey,NM=New Mexico,NY=New York,NC=North Carolina,
ND=North Dakota,OH=Ohio,OK=Oklahoma,OR=Oregon,PA=Pennsylvania,RI=Rhode Island,SC=South Carolina,SD=South Dakota,TN=Tennessee,TX=Texas,UT=Utah,
VT=Vermont,VA=Virginia,WA=Washington,WV=West Virginia,WI=Wisconsin,WY=Wyoming,DC=D.C.,AB=Alberta,BC=British Columbia,MB=Manitoba,NB=New Brunswick,
NL=Newfoundland,NS=Nova Scotia,ON=Ontario,PE=Prince Edward Island,QC=Quebec,SK=Saskatchewan""".replace("\n", "").split(","))
LANDS = {"USA": "", "D.R.": "the Dominican Republic", "P.R.": "Puerto Rico", "V.I.": "the Virgin Islands", "CAN": "Canada", "Viet Nam": "Vietnam",
         **{x: "the " + x for x in ("United Kingdom", "Netherlands", "Bahamas", "Philippines", "Czech Republic")}}
VOTERS = {"BBWAA": "by the Baseball Writers' Association", "Run Off": "by the Baseball Writers' Association in a run-off",
          "Veterans": "by the Veterans Committee", "Old Timers": "by the Old Timers Committee", "Centennial": "by the Centennial Commission",
          "Negro League": "by the committee on the Negro leagues", "Special Election": "in a special election",
          "Final Ballot": "on the final ballot", "Nominating Vote": "in the nominating vote"}
BAT = dict(g="game", ab="at-bat", r="run", h="hit", hr="home run", rbi="run batted in", sb="base")
PIT = dict(w="win", l="loss", g="game", cg="complete game", sho="shutout", sv="save", ipouts="out", er="earned run", so="strikeout")


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, key, **v):
    """One of the wordings, [a|b] in it a choice, inner brackets first. A sentence begins with a capital and no small figure."""
    text = pick(rng, WORDS[key])
    while "[" in text:
        text = re.sub(r"\[([^][]*)\]", lambda m: pick(rng, m[1].split("|")), text)
    text = re.sub(r"^(\d|1[012])(?= [A-Za-z])", lambda m: NUMBERS[int(m[1])], text.format(**v).strip(" ,"))
    return text[0].upper() + text[1:].rstrip(".") + "."


def n(count, thing):
    noun, batted, rest = thing.partition(" batted")
    return f"{f'{count:,}' if count else 'no'} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}{batted}{rest}"


def nth(k):
    return ORDINALS[k] if k < 13 else f"{k}th"


def listed(items):
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)


def num(row, key):
    x = row.get(key) or ""
    return int(x) if x.isdigit() else int(float(x)) if re.fullmatch(r"\d+\.\d+", x) else None


def years(ys):
    """1955, 1957-1959 and 1962."""
    runs = []
    for y in sorted(set(ys)):
        runs = runs[:-1] + [(runs[-1][0], y)] if runs and runs[-1][1] == y - 1 else runs + [(y, y)]
    return listed([x for a, b in runs for x in ([f"{a}-{b}"] if b > a + 1 else [str(y) for y in range(a, b + 1)])])


def day(y, m="", d=""):
    return " ".join(filter(None, [MONTHS[int(m)] if m else "", f"{int(d)}," if m and d else "", str(y)]))


def iso(text):
    """2004-04-06 as April 6, 2004."""
    y, m, d = text[:10].split("-")
    return day(y, m, d)


def behind(first, other):
    """Games behind, as baseball counts them: half the difference of the wins and of the losses; None where it is nothing."""
    k = (num(first, "w") - num(other, "w") + num(other, "l") - num(first, "l")) / 2
    return None if k < .5 else "half a game" if k == .5 else f"{k:g}".replace(".5", "½") + (" game" if k == 1 else " games")


def wl(*rows):
    return "-".join(str(sum(num(r, k) or 0 for r in rows)) for k in "wl")


def rows(upstream, table):
    """The rows of a table, wherever it lies, with column names in small letters and without punctuation."""
    for _, f in upstream.files(table + ".csv"):
        reader = csv.reader(f)
        header = [re.sub(r"\W|_", "", name).lower() for name in next(reader, [])]
        yield from (r for r in (dict(zip(header, row)) for row in reader) if r.get("yearid", "0").isdigit())


def group(items, *keys):
    found = defaultdict(list)
    for r in items:
        found[tuple(int(r[k]) if k == "yearid" else r[k] for k in keys)].append(r)
    return found


class Databank:
    """The tables, by the keys that the texts ask for."""

    def __init__(self, upstream):
        table = lambda name: rows(upstream, name)
        self.people, self.teams = {r["playerid"]: r for r in table("People")}, {(int(r["yearid"]), r["teamid"]): r for r in table("Teams")}
        self.leagues = group(self.teams.values(), "yearid", "lgid")
        self.franchises, self.clubs = {r["franchid"]: r["franchname"] for r in table("TeamsFranchises")}, group(self.teams.values(), "franchid")
        managers = sorted(table("Managers"), key=lambda r: (int(r["yearid"]), num(r, "inseason") or 0))
        self.bosses, self.managers = group(managers, "yearid", "teamid"), group(managers, "playerid")
        self.halves, self.series = group(table("TeamsHalf"), "yearid", "teamid"), group(table("SeriesPost"), "yearid")
        salaries = [r for r in table("Salaries") if num(r, "salary")]
        self.paid, self.salaries = group(salaries, "yearid", "teamid"), group(salaries, "playerid")
        stars = list(table("AllstarFull"))
        self.stars, self.star_years = group(stars, "yearid", "teamid"), group(stars, "playerid")
        awards = [r for t in ("AwardsPlayers", "AwardsManagers") for r in table(t) if not re.search("of the (Week|Month)", r["awardid"])]
        self.awards, self.honors = group(awards, "playerid"), group(awards, "yearid")
        self.shares = group((r for t in ("AwardsSharePlayers", "AwardsShareManagers") for r in table(t)), "awardid", "yearid", "lgid")
        hall = list(table("HallOfFame"))
        self.hall, self.ballots = group(hall, "playerid"), group(hall, "yearid")
        schools = {r["schoolid"]: re.sub("^University", "the University", r.get("namefull", "")) for r in table("Schools")}
        self.colleges = defaultdict(list)
        for r in table("CollegePlaying"):
            if schools.get(r["schoolid"]) and schools[r["schoolid"]] not in self.colleges[r["playerid"]]:
                self.colleges[r["playerid"]].append(schools[r["schoolid"]])
        self.bat, self.bat_years, self.stints = self.careers(table("Batting"), BAT)
        self.pit, self.pit_years, _ = self.careers(table("Pitching"), PIT)
        batting, pitching = list(table("BattingPost")), list(table("PitchingPost"))
        self.bat_post, self.pit_post = group(batting, "playerid"), group(pitching, "playerid")
        self.bat_series, self.pit_series = group(batting, "yearid", "round"), group(pitching, "yearid", "round")
        self.last = max((y for y, _ in self.teams), default=0)  # the last season; people can be ahead of it
        self.playing = max((r.get("finalgame", "")[:4] for r in self.people.values()), default="")

    def careers(self, table, stats):
        """{player: totals}, {(year, team, player): values} and {player: [(year, stint, team)]}; a total with a gap in it is None."""
        plus = lambda a, b: tuple(None if None in pair else sum(pair) for pair in zip(a, b))
        total, season, stints, zero = {}, {}, defaultdict(list), (0,) * len(stats)
        for r in table:
            values, player, key = tuple(num(r, k) for k in stats), r["playerid"], (int(r["yearid"]), r["teamid"], r["playerid"])
            total[player], season[key] = plus(total.get(player, zero), values), plus(season.get(key, zero), values)
            stints[player].append((int(r["yearid"]), int(r["stint"]), r["teamid"]))
        return {p: dict(zip(stats, t)) for p, t in total.items()}, season, stints

    def team(self, y, code):
        row = self.teams.get((int(y), code))
        return "the " + re.sub(r" \(.*", "", row["name"]) if row else ""

    def name(self, player):
        r = self.people.get(player, {})
        return " ".join(filter(None, [r.get("namefirst"), r.get("namelast")]))


def doc(record, date, text):
    return dict(text=text, sport="baseball", url=SITE, date=date, record=record)


def league(r):
    return LEAGUES.get(r["lgid"], r["lgid"]) + {"E": " East", "W": " West", "C": " Central"}.get(r.get("divid", ""), "")


def series_name(code, y):
    lg, kind = LEAGUES.get(code[:2], ""), {
        "CS": "Championship Series", "DS": "Division Series", "WC": "Wild Card Series" if y == 2020 or y > 2021 else "Wild Card Game",
        "C": "championship series"}.get(re.sub(r"\d", "", code[2:]), "")
    return SERIES.get(code) or (f"{lg} {kind}" if lg and kind else "post-season series")


def stage(r):
    return next((k for k, x in enumerate(STAGES) if x in r["round"]), -1)


def score(r):
    ties = num(r, "ties") or 0
    return f"{n(int(r['wins']), 'game')} to {r['losses'] if r['losses'] != '0' else 'none'}" + (f", with {n(ties, 'tie')}" if ties else "")


def grounds(r):
    """The parks of a season by name, without the numeral that tells one from an older one."""
    parks = [re.sub(r" [IV]+$", "", p.strip()) for p in r.get("park", "").split("/") if p.strip()]
    return list(dict.fromkeys("the " + p if re.search(r"(Grounds|Coliseum|[Dd]ome)$", p) and p != "Skydome" else p for p in parks))


def setting(db, rng, y, code):
    """Who led a team in a season, where and before how many it played, what it paid, and its name of the year before."""
    r, around = db.teams[y, code], []
    bosses = db.bosses.get((y, code), [])
    if bosses:
        plain = len(bosses) == 1
        notes = [", ".join([wl(b)] * (not plain) + ["also a player"] * (b.get("plyrmgr") == "Y")) for b in bosses]
        m = listed([db.name(b["playerid"]) + (f" ({note})" if note else "") for b, note in zip(bosses, notes)])
        around.append(say(rng, "boss" if plain else "bosses", m=m, k=len(bosses)))
    parks = grounds(r)
    if parks:
        around.append(say(rng, "home" if len(parks) == 1 else "homes", p=listed(parks), k=len(parks)))
    if num(r, "attendance") and num(r, "ghome"):
        around.append(say(rng, "gate", c=f"{num(r, 'attendance'):,}", m=f"{round(num(r, 'attendance') / num(r, 'ghome')):,}"))
    paid = sorted(db.paid.get((y, code), []), key=lambda p: -num(p, "salary"))
    if len(paid) > 5:
        s, p = (f"${k:,}" for k in (sum(num(x, "salary") for x in paid), num(paid[0], "salary")))
        around.append(say(rng, "paid", s=s, p=p, m=db.name(paid[0]["playerid"])))
    stars = list(dict.fromkeys(db.name(p["playerid"]) for p in db.stars.get((y, code), [])))
    if stars:
        around.append(say(rng, "stars" if len(stars) > 1 else "star", m=listed(stars)))
    before = [x for x in db.clubs[r["franchid"],] if int(x["yearid"]) == y - 1]
    if before and before[0]["name"] != r["name"]:
        around.append(say(rng, "was", o=db.team(y - 1, before[0]["teamid"]), x=y - 1))
    return around


def season(db, rng, y, code):
    """A team's season: place and record first and what came after last; between them the play, the people, the park."""
    r, t, halves = db.teams[y, code], db.team(y, code), sorted(db.halves.get((y, code), []), key=lambda h: h["half"])
    among = sorted((x for x in db.leagues[y, r["lgid"]] if x.get("divid") == r.get("divid")), key=lambda x: num(x, "rank") or 99)
    place = f"{nth(num(r, 'rank'))} {pick(rng, ['in', f'of {len(among)} teams in'])} the {league(r)}" if num(r, "rank") else f"in the {league(r)}"
    w, l = num(r, "w"), num(r, "l")
    b = pick(rng, ["baseball", "Major League Baseball"]) if y > 1902 and r["lgid"] in ("AL", "NL") else "baseball"
    first = [say(rng, "season", t=t, y=y, b=b, w=w, l=l, wl=wl(r), wg=n(w, "game"), wn=n(w, "win"), ln=n(l, "loss"), rank=place)]
    if "aseball" not in first[0] and rng.random() < .6:
        first[0] = first[0].replace(f"in the {league(r)}", f"in baseball's {league(r)}")
    ties = (num(r, "g") or 0) - w - l
    if ties > 0:
        first.append(say(rng, "tied" if ties > 1 else "tied1", k=ties))
    ahead, gap = (r is among[0]), behind(among[0], among[1] if r is among[0] and among[1:] else r)
    if gap and not halves and [num(x, "rank") for x in among[:2]] == [1, 2]:
        first.append(say(rng, "front" if ahead else "back", gb=gap, o=db.team(y, among[ahead]["teamid"])))
    if len(halves) == 2:
        first.append(say(rng, "halves", **{k: f(h) for h, ab in zip(halves, ("ab", "cd")) for k, f in zip(ab, (lambda h: nth(num(h, "rank")), wl))}))
    play, end, have = [], [], lambda *keys: all(num(r, k) is not None for k in keys)
    if have("r", "ra"):
        play.append(say(rng, "runs", r=f"{num(r, 'r'):,}", q=f"{num(r, 'ra'):,}"))
    if have("hr", "sb"):
        play.append(say(rng, "bats", hr=n(num(r, "hr"), "home run"), sb=n(num(r, "sb"), "base")))
    if have("era", "soa", "sho"):
        play.append(say(rng, "arms", era=f"{float(r['era']):.2f}", so=n(num(r, "soa"), "strikeout"), sho=n(num(r, "sho"), "shutout")))
    if have("e", "dp") and rng.random() < .5:
        play.append(say(rng, "glove", e=n(num(r, "e"), "error"), dp=n(num(r, "dp"), "double play")))
    play += [say(rng, "leader", m=db.name(p), k=n(k, thing)) for k, p, thing in db.leaders.get((y, code), [])]
    if r.get("divwin") == "Y" and r.get("divid"):
        end.append(say(rng, "champions", x=league(r)))
    for s in sorted(db.series.get((y,), []), key=stage):
        if code in (s["teamidwinner"], s["teamidloser"]):
            won = code == s["teamidwinner"]
            end.append(say(rng, "level" if s["wins"] == s["losses"] else "won" if won else "lost", s=series_name(s["round"], y), g=score(s),
                           o=db.team(y, s["teamidloser" if won else "teamidwinner"])))
    shuffled = lambda items: sorted(items, key=lambda _: rng.random())
    play, around = shuffled(play), shuffled(setting(db, rng, y, code))
    middle = play + around if rng.random() < .6 else around + play
    return " ".join(first + end + middle if rng.random() < .3 else first + middle + end)


def standings(db, rng, y, lg):
    """The final table of a league, by division where it had some, with the gap to the first, and what stood out."""
    lines, notes, teams = [], [], sorted(db.leagues[y, lg], key=lambda r: num(r, "rank") or 99)
    divisions = group([{"divid": "", **r} for r in teams], "divid")
    for (div,), among in sorted(divisions.items()):
        if div:
            lines.append(league(among[0]) + ":")
        for r in among:
            gap = behind(among[0], r) if not db.halves.get((y, r["teamid"])) else None
            lines.append(f"{r['rank']}. {db.team(y, r['teamid'])[4:]} {wl(r)}" + (f", {gap} behind" if gap else ""))
        t, o, z = (db.team(y, r["teamid"]) for r in (among[0], among[min(1, len(among) - 1)], among[-1]))
        if len(among) > 1 and not db.halves.get((y, among[0]["teamid"])):
            notes.append(say(rng, "first", t=t, wl=wl(among[0]), w=among[0]["w"], l=among[0]["l"]))
            if behind(among[0], among[1]):
                notes[-1] += " " + say(rng, "second", o=o, gb=behind(among[0], among[1]))
            notes.append(say(rng, "last", t=z, wl=wl(among[-1])))
    for key, stat, best in (("most", "r", max), ("few", "ra", min), ("drew", "attendance", max)):
        of = [r for r in teams if num(r, stat)]
        if len(of) == len(teams) > 1 and sum(num(r, stat) == best(num(x, stat) for x in of) for r in of) == 1:
            r = best(of, key=lambda x: num(x, stat))
            notes.append(say(rng, key, t=db.team(y, r["teamid"]), r=f"{num(r, stat):,}", c=f"{num(r, stat):,}"))
    pieces = ["\n".join([say(rng, "table", lg=LEAGUES.get(lg, lg), y=y)[:-1] + ":", *lines]), " ".join(sorted(notes, key=lambda _: rng.random()))]
    return "\n\n".join(filter(None, pieces))


def place(r, kind):
    """ on February 5, 1934, in Mobile, Alabama: of a birth or a death, as much as is known."""
    y, m, d, city, state, land = (r.get(kind + k, "") for k in ("year", "month", "day", "city", "state", "country"))
    state = STATES.get(state, state) if land in ("USA", "CAN") else state if state != city else ""
    where = ", ".join(filter(None, [city, state, LANDS.get(land, land)]))
    where = where.replace(", the ", ", ")
    date = f"{'on' if d and m else 'in'} {day(y, m, d)}" if y else ""
    where = "" if not where else "at sea" if land == "At Sea" else f"in {where}"
    return " " + (", " if d and m else " ").join(filter(None, [date, where])) if date or where else ""


def feet(inches):
    return f"{n(inches // 12, 'foot').replace('foots', 'feet')}" + (f" {n(inches % 12, 'inch').replace('inchs', 'inches')}" if inches % 12 else "")


def clubs(db, stints):
    """the Boston Red Sox (1914 to 1919) and the New York Yankees (1920 to 1934), in order of the first year."""
    teams = defaultdict(list)
    for y, _, code in sorted(stints):
        if db.team(y, code):
            teams[db.team(y, code)].append(y)
    return [f"{t} ({years(ys)})" for t, ys in teams.items()]


def play(db, rng, p, who):
    """What the Batting and Pitching tables say of a career: clubs, totals, best season."""
    out, b, q, c = [], db.bat.get(p, {}), db.pit.get(p, {}), clubs(db, db.stints.get(p) or [])
    if c:
        out.append(say(rng, "clubs" if len(c) > 1 else "club", c=listed(c), n=who))
    pitcher = q.get("g") and q["g"] * 2 > (b.get("g") or 0)
    if b.get("ab") and b.get("h") is not None and None not in (b["g"], b["hr"]) and (b["ab"] > 300 or not pitcher):
        v = dict(n=who, g=n(b["g"], "game"), h=n(b["h"], "hit"), ab=n(b["ab"], "at-bat"), hr=n(b["hr"], "home run"),
                 avg=f"{b['h'] / b['ab']:.3f}".lstrip("0"))
        if b["ab"] >= 100 and b["rbi"] is not None:
            out.append(say(rng, "hit", rbi=n(b["rbi"], "run batted in"), rbi0=f"{b['rbi']:,}", **v))
        else:
            out.append(say(rng, "few_hits", **v))
        if b["ab"] >= 100 and None not in (b["r"], b["sb"]):
            out.append(say(rng, "scored", r=n(b["r"], "run"), sb=n(b["sb"], "base")))
    if q.get("g") and None not in (q["w"], q["l"], q["so"], q["ipouts"], q["er"]) and q["ipouts"]:
        v = dict(w=q["w"] or "no", l=q["l"] or "no", wl=f"{q['w']}-{q['l']}", g=n(q["g"], "game"), so=n(q["so"], "strikeout"),
                 era=f"{27 * q['er'] / q['ipouts']:.2f}", ip=f"{q['ipouts'] // 3:,}" + ["", "⅓", "⅔"][q["ipouts"] % 3])
        out.append(say(rng, "pitch" if q["w"] + q["l"] else "pitch0", **v))
        if q["sv"]:
            out.append(say(rng, "saves", sv=n(q["sv"], "save")))
        if q["cg"] and q["sho"]:
            out.append(say(rng, "shut", n=who, cg=n(q["cg"], "complete game"), sho=n(q["sho"], "shutout")))
    for stats, total, by_year, stat, thing, least in ((BAT, b, db.bat_years, "hr", "home runs", 50), (BAT, b, db.bat_years, "h", "hits", 800),
                                                      (PIT, q, db.pit_years, "w", "wins", 50), (PIT, q, db.pit_years, "so", "strikeouts", 500)):
        if (total.get(stat) or 0) >= least:
            by = Counter()
            for y, code in {(y, code) for y, _, code in db.stints[p]}:
                by[y] += dict(zip(stats, by_year.get((y, code, p), ()))).get(stat) or 0
            x = max(by.values())
            if sum(k == x for k in by.values()) == 1:
                out.append(say(rng, "best", k=thing, x=x, y=max(by, key=by.get)))
    return out


def october(db, rng, p, who):
    out, ws = [], sorted({int(r["yearid"]) for t in (db.bat_post, db.pit_post) for r in t.get((p,), []) if r["round"] == "WS"})
    if ws:
        out.append(say(rng, "series", y=years(ws), n=who, was="years were" if len(ws) > 1 else "year was"))
    sums = lambda t, keys: {k: None if any(num(r, k) is None for r in t.get((p,), [])) else sum(num(r, k) for r in t.get((p,), [])) for k in keys}
    b, q = sums(db.bat_post, ("g", "ab", "h", "hr", "rbi")), sums(db.pit_post, ("g", "w", "l", "so"))
    if b["ab"] and None not in b.values():
        out.append(say(rng, "october", n=who, g=n(b["g"], "game"), h=n(b["h"], "hit"), hr=n(b["hr"], "home run"), rbi=n(b["rbi"], "run batted in")))
    if q["g"] and None not in q.values() and q["w"] + q["l"]:
        v = dict(w=q["w"] or "none", l=q["l"] or "none", wl=f"{q['w']}-{q['l']}")
        out.append(say(rng, "october_p", n=who, g=n(q["g"], "game"), so=n(q["so"], "strikeout"), **v))
    return out


def award(name):
    return re.sub("^TSN", "Sporting News", name).replace("BBWAA", "Baseball Writers' Association").replace("DH", "Designated Hitter")


def fame(db, rng, p, who):
    """All-Star Games, awards, the Hall of Fame."""
    out, stars = [], sorted({int(r["yearid"]) for r in db.star_years.get((p,), [])})
    if stars:
        out.append(say(rng, "star_years", n=who, y=years(stars), k=n(len(stars), "time").replace("1 time", "once")))
    won = group(db.awards.get((p,), []), "awardid")
    if won:
        out.append(say(rng, "awards", n=who, a="; ".join(f"{award(a)} ({years(int(r['yearid']) for r in rs)})" for (a,), rs in won.items())))
    ballots = [r for r in db.hall.get((p,), [])]
    chosen, voted = [r for r in ballots if r["inducted"] == "Y"], [r for r in ballots if votes(r)]
    if chosen:
        out.append(say(rng, "elected", n=who, y=chosen[0]["yearid"], by=voters(chosen[0])))
    elif voted:
        r, same = max(voted, key=lambda r: num(r, "votes")), {x["yearid"] for x in voted}
        v = dict(n=who, k=len(same), k0=n(len(same), "time"), v=r["votes"], b=r["ballots"], y=r["yearid"])
        out.append(say(rng, "ballots" if len(same) > 1 else "ballot", **v))
    return out


def electors(by):
    return VOTERS.get(by) or f"by the {by.replace('Veterans - ', 'Veterans Committee, ')}"


def votes(r):
    return f"{r['votes']} of {r['ballots']} votes" if num(r, "votes") and num(r, "ballots") else ""


def voters(r):
    """Who elected: by the Baseball Writers' Association with 406 of 415 votes, or by the Veterans Committee, as a manager."""
    what = {"Manager": ", as a manager", "Umpire": ", as an umpire", "Pioneer/Executive": ", as a pioneer or executive"}
    return electors(r["votedby"]) + (f" with {votes(r)}" if votes(r) else "") + what.get(r["category"], "")


def work(db, rng, p, who):
    """Salaries, and the years as a manager."""
    out, paid = [], sorted(db.salaries.get((p,), []), key=lambda r: (-num(r, "salary"), r["yearid"]))
    if paid:
        r = paid[0]
        t = db.team(r["yearid"], r["teamid"]) or "his team"
        out.append(say(rng, "salary" if len(paid) > 1 else "salary1", s=f"${num(r, 'salary'):,}", t=t, y=r["yearid"]))
    led = db.managers.get((p,), [])
    if led:
        c = clubs(db, [(int(r["yearid"]), 0, r["teamid"]) for r in led])
        w, l = wl(*led).split("-")
        out.append(say(rng, "managed", n=who, c=listed(c), wl=f"{w}-{l}", w=w, l=l))
        flags = sorted({int(r["yearid"]) for r in led if r.get("rank") == "1"})
        if flags:
            out.append(say(rng, "managed1", k=n(len(flags), "time").replace("1 time", "once"), y=years(flags)))
    return out


def person(db, rng, p):
    """A person: birth first, death last, the career between them."""
    r, name = db.people[p], db.name(p)
    who = name if rng.random() < .3 else r.get("namelast") or name
    given = " ".join(filter(None, [r.get("namegiven"), r.get("namelast")]))
    at, out = place(r, "birth"), []
    role = "a baseball player" if r.get("debut") else "a baseball manager" if db.managers.get(p) else "a figure in baseball"
    if at:
        out.append(say(rng, "born" if given != name and r.get("namegiven") else "born0", n=name, f=given, full=f" ({given})", at=at, role=role))
    else:
        who = name
    body, debut, final = [], r.get("debut", "")[:10], r.get("finalgame", "")[:10]
    if r.get("bats") in ("L", "R", "B") and r.get("throws") in ("L", "R"):
        b, t = {"L": "left-handed", "R": "right-handed", "B": "both ways"}[r["bats"]], {"L": "left-handed", "R": "right-handed"}[r["throws"]]
        body.append(say(rng, "switch" if r["bats"] == "B" else "alike" if r["bats"] == r["throws"] else "hands", n=who, b=b, r=t))
    elif r.get("throws") in ("L", "R"):
        body.append(say(rng, "hand", n=who, r={"L": "left-handed", "R": "right-handed"}[r["throws"]]))
    if num(r, "height") and num(r, "weight"):
        body.append(say(rng, "size", h=feet(num(r, "height")), w=num(r, "weight")))
    if db.colleges.get(p):
        body.append(say(rng, "college", s=listed(db.colleges[p])))
    first = []
    if debut and final:
        key = "once" if debut == final else "active" if final[:4] == db.playing and not r.get("deathyear") else "debut"
        first.append(say(rng, key, n=who, d=iso(debut), e=iso(final), x=final[:4]))
    blocks = [sorted(body, key=lambda _: rng.random()), *(part(db, rng, p, who) for part in (play, october, fame, work))]
    out += first + [s for block in sorted(blocks, key=lambda _: rng.random()) for s in block]
    if r.get("deathyear"):
        born, died = ([num(r, k + x) for x in ("year", "month", "day")] for k in ("birth", "death"))
        age = None if None in born + died else died[0] - born[0] - (died[1:] < born[1:])
        out.append(say(rng, "died" if age else "died0", n=who, at=place(r, "death"), a=age))
    if out and name not in out[0]:
        out[0] = f"{name}: {out[0][0].lower()}{out[0][1:]}"
    return " ".join(out)


def latest(db, p):
    """The last date that a person's text speaks of."""
    r = db.people[p]
    died = f"{r['deathyear']}-{num(r, 'deathmonth') or 12:02d}-{num(r, 'deathday') or 28:02d}" if r.get("deathyear") else ""
    ends = [r.get("finalgame", "")[:10], died]
    ends += [f"{x['yearid']}-12-31" for t in (db.managers, db.hall, db.awards) for x in t.get((p,), [])]
    return max(ends) or f"{db.last}-12-31"


def franchise(db, rng, f):
    """A franchise through its names, cities, best and worst seasons, and what it won."""
    seasons = sorted(db.clubs[f,], key=lambda r: int(r["yearid"]))
    a, b, names = int(seasons[0]["yearid"]), int(seasons[-1]["yearid"]), []
    for r in seasons:
        if names and names[-1][0] == r["name"]:
            names[-1][2] = int(r["yearid"])
        else:
            names.append([r["name"], int(r["yearid"]), int(r["yearid"])])
    w, l = (sum(num(r, k) for r in seasons) for k in "wl")
    text = [say(rng, "names", f=db.franchises.get(f, names[-1][0]), a=a)]
    if len(names) > 1:
        text.append(say(rng, "called", c=listed([f"the {x} ({years(range(p, q + 1))})" for x, p, q in names])))
    text.append(say(rng, "total" if b >= db.last else "folded", b=b, w=f"{w:,}", l=f"{l:,}"))
    enough = [r for r in seasons if num(r, "w") + num(r, "l") >= 40]
    if len(enough) > 2:
        part = lambda r: num(r, "w") / (num(r, "w") + num(r, "l"))
        for key, best in (("top", max), ("low", min)):
            r = best(enough, key=part)
            text.append(say(rng, key, y=r["yearid"], wl=wl(r)))
    for column, thing in (("wswin", "World Series title"), ("lgwin", "pennant"), ("divwin", "division title")):
        ys = [int(r["yearid"]) for r in seasons if r.get(column) == "Y"]
        if ys:
            text.append(say(rng, "flags", k=n(len(ys), thing), y=years(ys)))
    best = sorted(((num(r, "attendance"), r["yearid"]) for r in seasons if num(r, "attendance")), reverse=True)
    if best:
        text.append(say(rng, "crowds", c=f"{best[0][0]:,}", y=best[0][1]))
    parks = defaultdict(list)
    for r in seasons:
        for park in grounds(r):
            parks[park].append(int(r["yearid"]))
    if len(parks) > 1:
        text.append(say(rng, "parks", p=listed([f"{p} ({years(ys)})" for p, ys in parks.items()])))
    return " ".join(text[:2] + sorted(text[2:], key=lambda _: rng.random())), f"{b}-12-31"


def post_season(db, rng, y):
    """The series of an autumn, the last one first; then who was in the World Series, and who did most in it."""
    played, text = sorted(db.series[y,], key=lambda s: -stage(s)), []
    for s in played:
        # a series that stands alone has no heading to name the year
        v = dict(W=db.team(y, s["teamidwinner"]), L=db.team(y, s["teamidloser"]), g=score(s),
                 s=series_name(s["round"], y) if len(played) > 1 else f"{y} {series_name(s['round'], y)}")
        text.append(say(rng, "nobody" if s["wins"] == s["losses"] else "beat", **v))
    name = series_name(played[0]["round"], y)
    for code in (played[0]["teamidwinner"], played[0]["teamidloser"]):
        if (y, code) in db.teams:
            text.append(say(rng, "regular", t=db.team(y, code), wl=wl(db.teams[y, code])))
            if db.bosses.get((y, code)):
                text.append(say(rng, "ruled", t=db.team(y, code), m=listed([db.name(b["playerid"]) for b in db.bosses[y, code]])))
    mvp = [db.name(r["playerid"]) for r in db.honors.get((y,), []) if r["awardid"] == "World Series MVP" and played[0]["round"] == "WS"]
    if mvp:
        text.append(say(rng, "mvp", m=listed(mvp), s=name))
    for tables, stats in ((db.bat_series, dict(h="hits", hr="home runs", rbi="runs batted in")), (db.pit_series, dict(w="wins", so="strikeouts"))):
        for stat, thing in stats.items():
            most = leading([(num(r, stat), r["playerid"]) for r in tables.get((y, played[0]["round"]), [])])
            if most and most[0][0] > 1:
                text.append(say(rng, "tops", k=thing, x=most[0][0], s=name, m=listed([db.name(p) for _, p in most])))
    if len(played) > 1:
        return " ".join([say(rng, "october_year", y=y), *text])
    if rng.random() < .7:
        text[0] = text[0].replace(f"the {y} ", f"baseball's {y} ").replace(f"The {y} ", f"Baseball's {y} ")
    return " ".join(text[:1] + sorted(text[1:], key=lambda _: rng.random()))


def leading(pairs, count=1):
    """The players with the most, and those level with the last of them; nobody where too many are level."""
    pairs = sorted((pair for pair in pairs if pair[0]), key=lambda pair: (-pair[0], pair[1]))
    most = [pair for pair in pairs if pair[0] >= pairs[min(count, len(pairs)) - 1][0]]
    return most if len(most) < count + 3 else []


def voting(db, rng, a, y, lg):
    """The first ten of a vote, with a word on how many there were."""
    name = {"MVP": "Most Valuable Player award", "Cy Young": "Cy Young Award"}.get(a, award(a) + " award")
    point = lambda x: f"{float(x):g}"
    lines = []
    for k, r in enumerate(sorted(db.shares[a, y, lg], key=lambda r: -float(r["pointswon"] or 0))[:10], 1):
        firsts = f", {n(int(float(r['votesfirst'])), 'first-place vote')}" if num(r, "votesfirst") else ""
        lines.append(f"{k}. {db.name(r['playerid'])}, {point(r['pointswon'] or 0)} of {point(r['pointsmax'] or 0)} points{firsts}")
    count = len(db.shares[a, y, lg])
    cut = pick(rng, [f" (the first ten of {count})", f"; the first ten, of {count}, were", ", the first ten"]) if count > 10 else ""
    head = say(rng, "voting", a=name, y=y, lg=f" of the {LEAGUES[lg]}" if lg in LEAGUES else "")[:-1].replace("baseball's Baseball", "the Baseball")
    return head + cut + ":\n" + "\n".join(lines)


def hall(db, rng, y):
    """Who was elected to the Hall of Fame, by whom, and who came closest."""
    text, left = [], []
    for (by,), rs in group(db.ballots[y,], "votedby").items():
        names = [db.name(r["playerid"]) + (f" ({votes(r)})" if votes(r) else "") for r in rs if r["inducted"] == "Y"]
        if names:
            text.append(say(rng, "inducted" if len(names) > 1 else "inducted1", by=electors(by), m=listed(names)))
        if num(rs[0], "needed") and num(rs[0], "ballots"):
            text.append(say(rng, "needed", k=rs[0]["needed"], b=rs[0]["ballots"]))
        left = sorted((r for r in rs if by == "BBWAA" and r["inducted"] != "Y" and num(r, "votes")), key=lambda r: -num(r, "votes"))
        if left:
            text.append(say(rng, "hall_top", m=db.name(left[0]["playerid"]), v=left[0]["votes"], b=left[0]["ballots"]))
            text.append(say(rng, "hall_next", m=listed([f"{db.name(r['playerid'])} {r['votes']}" for r in left[1:16]]))) if left[1:] else None
            text.append(f"Votes also went to {n(len(left) - 16, 'other')}.") if left[16:] else None
    return say(rng, "hall", y=y) + " " + " ".join(text)


def leaders(db, rng, y, lg, found):
    lines = [say(rng, "leads", k=thing, m=listed([f"{db.name(p)} {k:,}" for k, p in most]))[:-1] for thing, most in found]
    return say(rng, "leaders", lg=LEAGUES.get(lg, lg), y=y)[:-1] + ".\n" + "\n".join(sorted(lines, key=lambda _: rng.random()))


def lead(db):
    """Who led, from the seasons of Batting and Pitching: a team's leaders into db.leaders, a league's into db.first."""
    db.leaders, db.first = defaultdict(list), defaultdict(list)
    for by_year, keys, stats in ((db.bat_years, list(BAT), dict(hr="home run", h="hit", rbi="run batted in", sb="stolen base", r="run")),
                                 (db.pit_years, list(PIT), dict(w="win", so="strikeout", sv="save", sho="shutout"))):
        team, whole = defaultdict(list), defaultdict(lambda: defaultdict(lambda: [0] * len(keys)))
        for (y, code, p), values in by_year.items():
            team[y, code].append((values, p))
            lg = db.teams.get((y, code), {}).get("lgid", "")
            whole[y, lg][p] = [a + (b or 0) for a, b in zip(whole[y, lg][p], values)]
        for stat, thing in stats.items():
            i = keys.index(stat)
            for key, some in team.items():
                most = leading([(v[i], p) for v, p in some])
                if len(most) == 1 and stat in ("hr", "h", "w", "so", "sb"):
                    db.leaders[key].append((most[0][0], most[0][1], thing))
            for key, some in whole.items():
                most = leading([(v[i], p) for p, v in some.items()], 5)
                if most:
                    db.first[key].append((n(2, thing)[2:], most))


def documents(upstream, seed):
    db = Databank(upstream)
    if not db.teams or not db.people:
        raise ValueError("no Teams.csv or no People.csv in the upstream files: neither team nor person has a name without them")
    lead(db)

    def told(make, record, date, *key):
        text = make(db, Random(f"{seed} {record}"), *key)
        text, date = text if isinstance(text, tuple) else (text, date)
        return doc(record, date, text)

    for y, code in sorted(db.teams):
        if num(db.teams[y, code], "w") is not None:
            yield told(season, f"{y} {code}", f"{y}-10-31", y, code)
    for y, lg in sorted(db.leagues):
        if len(db.leagues[y, lg]) > 2:
            yield told(standings, f"{y} {lg} standings", f"{y}-10-31", y, lg)
            if db.first.get((y, lg)):
                yield told(leaders, f"{y} {lg} leaders", f"{y}-10-31", y, lg, db.first[y, lg])
    for f, in sorted(db.clubs):
        if len(db.clubs[f,]) > 3:  # of the others their seasons say as much
            yield told(franchise, f"franchise {f}", "", f)
    for y, in sorted(db.series):
        yield told(post_season, f"{y} post-season", f"{y}-11-15", y)
    for a, y, lg in sorted(db.shares):
        if len(db.shares[a, y, lg]) > 2:
            yield told(voting, f"{y} {lg} {a} vote", f"{y}-12-31", a, y, lg)
    for y, in sorted(db.ballots):
        yield told(hall, f"{y} Hall of Fame", f"{y}-12-31", y)
    short = defaultdict(list)  # those of whom little is known, by the year of their first game
    for p in sorted(db.people):
        text = person(db, Random(f"{seed} {p}"), p)
        if len(text.split()) > 50:
            yield doc(f"person {p}", latest(db, p), text)
        elif text:
            short[db.people[p].get("debut", "")[:4]].append((p, text))
    for y, some in sorted(short.items()):
        for k in range(0, len(some), 6):
            first = say(Random(f"{seed} {y} {k}"), "together", y=y) + "\n" if y else ""
            yield doc(f"debut {y} {k // 6}", max(latest(db, p) for p, _ in some[k:k + 6]), first + "\n".join(text for _, text in some[k:k + 6]))


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
