"""
Retrosheet game logs: every major-league baseball game since 1871 in one line. They become a report per game, a round-up
per day, a month per team and the season's games between two teams.

    The information used here was obtained free of charge from and is copyrighted by Retrosheet.
    Interested parties may contact Retrosheet at www.retrosheet.org.

$ python prepare.py retrosheet [--from DIR]

glYYYY.zip holds GLYYYY.TXT: no header, 161 fields (https://www.retrosheet.org/gamelogs/glfields.txt). The post-season and
the All-Star Games lie apart (glws, gllc, gldv, glwc, glas), where a team's game number is the number of the game in the series.
- A team is three letters that keep through changes of name, and no file of the set says the name: TEAMS does, by first year.
  Parks likewise: PARKS for those whose name changed of late, parkcode.txt for the rest.
- A missing number is empty or -1, a missing person "" or "(none)"; before 1906 most lines have little but the score.
- In field 160 HTBF means that the home team batted first, so an "x" can stand in the visitors' line score. (10) is an inning of ten runs.
- Field 14 is "yyyymmdd,park,visitors,home,outs" of a game completed later; the park is empty where it was the same one.
- Field 15: a forfeit goes to V or H whatever the score says (0-0 and no outs: nothing was played); T is a game that did not count.
- Field 2: 1, 2, 3 in a double- or triple-header, A and B where three teams share one. In 2020 and 2021 those games had 7 innings.
One season is told whole; of many, a share of everything, so that all seasons make about four million words, and always
the games that stand out: post-season, forfeits, suspended games, no-hitters, 15 innings and 20 runs.
"""
import csv
import os
import re
import sys
from collections import defaultdict
from datetime import date
from functools import lru_cache
from itertools import groupby
from random import Random
from types import SimpleNamespace

FILES = {f"gl{y}.zip": f"https://www.retrosheet.org/gamelogs/gl{y}.zip" for y in [*range(1871, 2025), "ws", "lc", "dv", "wc", "as"]}
FILES["parkcode.txt"] = "https://www.retrosheet.org/parkcode.txt"
FROM = ["stats/retrosheet_gamelog_2019"]
whole_seasons = 9  # as many seasons as fit into about four million words; of more, each gives its share

# team code|city|name|year of a later name, which may come with another city; parks likewise
TEAMS = """
ALT|Altoona|Mountain City;ANA|Anaheim|Angels|2005 Los Angeles:Angels;ARI|Arizona|Diamondbacks;ATL|Atlanta|Braves;BAL|Baltimore|Orioles;
BFN|Buffalo|Bisons;BFP|Buffalo|Bisons;BL1|Baltimore|Canaries;BL2|Baltimore|Orioles;BL3|Baltimore|Orioles;BL4|Baltimore|Marylands;
BL5|Baltimore|Orioles;BLA|Baltimore|Orioles;BLF|Baltimore|Terrapins;BLN|Baltimore|Orioles;BLU|Baltimore|Monumentals;
BOS|Boston|Americans|1908 Red Sox;BR1|Brooklyn|Eckfords;BR2|Brooklyn|Atlantics;BR3|Brooklyn|Atlantics|1885 Grays|1888 Bridegrooms;
BR4|Brooklyn|Gladiators;BRF|Brooklyn|Tip-Tops;
BRO|Brooklyn|Bridegrooms|1891 Grooms|1896 Bridegrooms|1899 Superbas|1911 Dodgers|1913 Superbas|1914 Robins|1932 Dodgers;
BRP|Brooklyn|Ward's Wonders;BS1|Boston|Red Stockings;BS2|Boston|Reds;
BSN|Boston|Red Caps|1883 Beaneaters|1907 Doves|1911 Rustlers|1912 Braves|1936 Bees|1941 Braves;BSP|Boston|Reds;BSU|Boston|Reds;
BUF|Buffalo|Buffeds|1915 Blues;CAL|California|Angels;CH1|Chicago|White Stockings;CH2|Chicago|White Stockings;CHA|Chicago|White Sox;
CHF|Chicago|Chi-Feds|1915 Whales;CHN|Chicago|White Stockings|1890 Colts|1898 Orphans|1903 Cubs;CHP|Chicago|Pirates;CHU|Chicago|Browns;
CIN|Cincinnati|Reds|1954 Redlegs|1960 Reds;CL1|Cleveland|Forest Citys;CL2|Cleveland|Blues;CL3|Cleveland|Blues;CL4|Cleveland|Spiders;
CL5|Columbus|Buckeyes;CL6|Columbus|Solons;CLE|Cleveland|Blues|1902 Bronchos|1903 Naps|1915 Indians|2022 Guardians;CLP|Cleveland|Infants;
CN1|Cincinnati|Reds;CN2|Cincinnati|Red Stockings;CN3|Cincinnati|Kelly's Killers;CN4|Cincinnati|Reds;CNU|Cincinnati|Outlaw Reds;
COL|Colorado|Rockies;DET|Detroit|Tigers;DTN|Detroit|Wolverines;ELI|Elizabeth|Resolutes;FLO|Florida|Marlins;FW1|Fort Wayne|Kekiongas;
HAR|Hartford|Dark Blues;HOU|Houston|Colt .45s|1965 Astros;HR1|Hartford|Dark Blues;IN1|Indianapolis|Blues;IN2|Indianapolis|Hoosiers;
IN3|Indianapolis|Hoosiers;IND|Indianapolis|Hoosiers;KC1|Kansas City|Athletics;KC2|Kansas City|Cowboys;KCA|Kansas City|Royals;
KCF|Kansas City|Packers;KCN|Kansas City|Cowboys;KCU|Kansas City|Cowboys;KEO|Keokuk|Westerns;LAA|Los Angeles|Angels;LAN|Los Angeles|Dodgers;
LS1|Louisville|Grays;LS2|Louisville|Eclipse|1885 Colonels;LS3|Louisville|Colonels;MIA|Miami|Marlins;MID|Middletown|Mansfields;
MIL|Milwaukee|Brewers;MIN|Minnesota|Twins;ML2|Milwaukee|Grays;ML3|Milwaukee|Brewers;MLA|Milwaukee|Brewers;MLN|Milwaukee|Braves;
MLU|Milwaukee|Brewers;MON|Montreal|Expos;NEW|Newark|Pepper;NH1|New Haven|Elm Citys;NY1|New York|Gothams|1885 Giants;NY2|New York|Mutuals;
NY3|New York|Mutuals;NY4|New York|Metropolitans;NYA|New York|Highlanders|1913 Yankees;NYN|New York|Mets;NYP|New York|Giants;OAK|Oakland|Athletics;
PH1|Philadelphia|Athletics;PH2|Philadelphia|Whites;PH3|Philadelphia|Centennials;PH4|Philadelphia|Athletics;PHA|Philadelphia|Athletics;
PHI|Philadelphia|Quakers|1890 Phillies|1943 Blue Jays|1945 Phillies;PHN|Philadelphia|Athletics;PHP|Philadelphia|Athletics;
PHU|Philadelphia|Keystones;PIT|Pittsburgh|Alleghenys|1891 Pirates;PRO|Providence|Grays;PT1|Pittsburgh|Alleghenys;PTF|Pittsburgh|Rebels;
PTP|Pittsburgh|Burghers;RC1|Rockford|Forest Citys;RC2|Rochester|Broncos;RIC|Richmond|Virginians;SDN|San Diego|Padres;SE1|Seattle|Pilots;
SEA|Seattle|Mariners;SFN|San Francisco|Giants;SL1|St. Louis|Red Stockings;SL2|St. Louis|Brown Stockings;SL3|St. Louis|Brown Stockings;
SL4|St. Louis|Brown Stockings|1883 Browns;SL5|St. Louis|Maroons;SLA|St. Louis|Browns;SLF|St. Louis|Terriers;
SLN|St. Louis|Browns|1899 Perfectos|1900 Cardinals;SLU|St. Louis|Maroons;SPU|St. Paul|White Caps;SR1|Syracuse|Stars;SR2|Syracuse|Stars;
TBA|Tampa Bay|Devil Rays|2008 Rays;TEX|Texas|Rangers;TL1|Toledo|Blue Stockings;TL2|Toledo|Maumees;TOR|Toronto|Blue Jays;TRN|Troy|Trojans;
TRO|Troy|Haymakers;WAS|Washington|Nationals;WIL|Wilmington|Quicksteps;WOR|Worcester|Ruby Legs;WS1|Washington|Senators;WS2|Washington|Senators;
WS3|Washington|Olympics;WS4|Washington|Nationals;WS5|Washington|Blue Legs;WS6|Washington|Nationals;WS7|Washington|Nationals;
WS8|Washington|Nationals;WS9|Washington|Statesmen;WSN|Washington|Senators;WSU|Washington|Nationals;ATH||Athletics;ALS||American League;
NLS||National League""".replace("\n", "")
PARKS = """
ANA01|Anaheim|Anaheim Stadium|1998 Edison Field|2004 Angel Stadium;
ARL02|Arlington|The Ballpark in Arlington|2005 Ameriquest Field|2007 Rangers Ballpark|2014 Globe Life Park;ARL03|Arlington|Globe Life Field;
ATL03|Atlanta|SunTrust Park|2020 Truist Park;BOS07|Boston|Fenway Park;BAL12|Baltimore|Oriole Park at Camden Yards;
CHI11|Chicago|Weeghman Park|1920 Cubs Park|1927 Wrigley Field;CHI12|Chicago|Comiskey Park|2003 U.S. Cellular Field|2017 Guaranteed Rate Field;
CIN09|Cincinnati|Great American Ball Park;CLE08|Cleveland|Jacobs Field|2008 Progressive Field;DEN02|Denver|Coors Field;DET05|Detroit|Comerica Park;
HOU03|Houston|Enron Field|2003 Minute Maid Park;KAN06|Kansas City|Royals Stadium|1994 Kauffman Stadium;LON01|London|London Stadium;
LOS03|Los Angeles|Dodger Stadium;MIA02|Miami|Marlins Park|2021 LoanDepot Park;MIL06|Milwaukee|Miller Park|2021 American Family Field;
MIN04|Minneapolis|Target Field;MNT01|Monterrey|Estadio Monterrey;NYC16|New York|Yankee Stadium;NYC20|New York|Citi Field;
NYC21|New York|Yankee Stadium;OAK01|Oakland|Oakland Coliseum;OMA01|Omaha|TD Ameritrade Park;PHI13|Philadelphia|Citizens Bank Park;
PHO01|Phoenix|Bank One Ballpark|2006 Chase Field;PIT08|Pittsburgh|PNC Park;SAN02|San Diego|Petco Park;
SEA03|Seattle|Safeco Field|2019 T-Mobile Park;SFO03|San Francisco|Pacific Bell Park|2004 SBC Park|2006 AT&T Park|2019 Oracle Park;
STL10|St. Louis|Busch Stadium;STP01|St. Petersburg|Tropicana Field;TOK01|Tokyo|Tokyo Dome;TOR02|Toronto|SkyDome|2005 Rogers Centre;
WAS11|Washington|Nationals Park;WIL02|Williamsport|Bowman Field""".replace("\n", "")

# the wordings, " / " between them; in {}: capitals are full names, small letters short ones
WORDS = """
win: On {day}, [in {ball}, |]{W} {verb} {L} {s}{inn}{at} / {W} {verb} {L} {s}{inn} on {day},{at} / {L} lost {s} to {W}{inn}{at} on {day}[, in
 {ball}|] / In {ball} on {day}, {W} {verb} {L} {s}{inn}{at} / On {day}, in a game of {ball}, {W} {verb} {L} {s}{inn}{at} / {ball}, {day}: {W}
 {verb} {L} {s}{inn}{at} / {at} on {day}, {W} {verb} {L} {s}{inn} / {L} were beaten {s} by {W}{inn}{at} on {day} / {W} won {s} [against|over]
 {L}{inn}{at} on {day}[, in {ball}|] / {W} {hi}, {L} {lo}: that was the score{inn}{at} on {day} / {W} [had|took|came away with] {a} [baseball
 |][win|victory] over {L}{inn}{at} on {day} / {day},{at}: {W} {verb} {L} {s}{inn} / It finished {W} {hi}, {L} {lo}{inn}{at} on {day} / {W} {verb}
 {L}{at} on {day}, [winning|by a score of] {s}{inn}
tie: {V} and {H} [played to|finished in|settled for] {a} tie{inn}{at} on {day}[, in {ball}|] / On {day}, [in {ball}, |]{V} and {H} tied
 {s}{inn}{at} / {at} on {day}, {V} and {H} tied {s}{inn} / {V} tied {H} {s}{inn}{at} on {day} / The [baseball |]game of {day}, between {V} and
 {H}{at}, ended in {a} tie{inn} / {day},{at}: {V} and {H} [played to {a} tie|tied {s}]{inn} / Neither side won the game{at} on {day}: {V} {r0},
 {H} {r1}{inn} / {V} {r0}, {H} {r1}{inn}: the game{at} on {day}, was a tie
no_decision: The [baseball |]game between {V} and {H}{at} on {day}, [did not count|was ruled no decision|counted for neither side]. [The score
 was|It had been] {w} {hi}, {l} {lo} / {V} and {H} met{at} on {day}, in a [baseball |]game that [did not count|was ruled no decision]. [The score
 was|It had been] {w} {hi}, {l} {lo} / No decision came of the game between {V} and {H}{at} on {day}, which stood {w} {hi}, {l} {lo}
forfeit: {W} [won|were given the win|were awarded the game] by forfeit over {L}{at} on {day} / {L} [forfeited|lost by forfeit] to {W}{at} on
 {day}[, in {ball}|] / On {day}, [in {ball}, |]{L} [forfeited|lost by forfeit] to {W}{at} / The [baseball |]game of {day}, between {V} and
 {H}{at}, was forfeited to {W} / {at} on {day}, {L} [forfeited|lost by forfeit] to {W} / {day},{at}: the game between {V} and {H} was
 [forfeited|given by forfeit] to {W}
stood: [When play ended|At that point|At the time], {when}, {state} / It ended {when}, when {state} / Play had come to an end {when}; {state}
unplayed: No inning was played / Not one inning was played / The game was never begun
short: The game was over after {i} / Only {i} were played / It [was a shortened game of|went no further than] {i} / The game [went|lasted] only
 {i}
seven: Games of doubleheaders were scheduled for 7 innings [that season|in {y}] / Doubleheaders [that season|in {y}] were made up of games of 7
 innings
header: [It|This] was the {k} game of a {d} / The game was the {k} of a {d} / [It|The game] came {k} in a {d} / There was a {d} that day, and this
 was its {k} game / It was a {d} that day; this was the {k} game
three: [It|This|The game] was the {k} game of a doubleheader [among|shared by|of] three teams
resumed: [Play was broken off|The game was interrupted|It was stopped|Play had stopped] {when}, when {state}, and [it|the game] was
 [completed|finished] on {d}{at} / The game was [completed|finished] on {d}{at}, after it had been [stopped|interrupted] {when}, when {state} /
 When it was [stopped|interrupted], {when}, {state}; the [rest|remainder] was played on {d}{at}
protest: [{x} protested the game|A protest was lodged by {x}|{x} lodged a protest|There was a protest by {x}], [but it was disallowed|which was
 disallowed]
upheld: [{x} protested the game|A protest was lodged by {x}|{x} lodged a protest|There was a protest by {x}], and [it|the protest] was upheld
walkoff: {w} won it in their last turn at bat, with {r} in the bottom of the {i} / The winning run came in the bottom of the {i}, when {w} scored
 {k} / {w} ended the game with {r} in the bottom of the {i} / {r} in the bottom of the {i} gave {w} the game / It ended with a walk-off: {w}
 scored {k} in the bottom of the {i} / {w} [won on|walked off with] {r} in the bottom of the {i} / With {r} in the bottom of the {i}, {w}
 [won|ended the game]
ahead: {w} [took the lead for good|went ahead to stay|moved in front for good|took a lead they did not lose] in the {i}[ inning|, in which they
 scored {k}|, with {r}] / {w} scored {k} in the {i} inning and were in front from then on / It was {s} for {w} after their half of the {i} inning,
 and they stayed ahead / {r} in the {i} inning put {w} ahead to stay / In the {i}, with {r}, {w} went in front for good / {w} made it {s} in the
 {i} and were not caught / The lead {w} took in the {i}, {s}, [lasted|was not lost again]
late: {r} in the {i} inning decided the game for {w} / In the {i}, the last inning, {w} [scored {k} and won|won it with {r}] / {w} won it in the
 {i} inning, with {r} / {w} went ahead in the {i}, the last inning, with {r}
behind: {w} [had trailed|had been behind|had been down] {s} in the {i} inning / {w} came [back from|from] {s} down / {l} had [led|been ahead] {s}
 in the {i} / {w} overcame a deficit of {d} runs / At one point, in the {i}, {l} had been {s} ahead / {w} won after trailing {s} / {l} lost a lead
 of {d} runs
never: {w} [never trailed|were never behind|did not trail at any time] / At no time were {w} behind / {l} [never led|were never in front|did not
 lead at any time]
big: {x} [scored|put up|had] {k} runs in the {i} inning / The [biggest|largest] inning was the {i}[ of|, by] {x}, who scored {k} / {x} sent {k}
 runs across in the {i} / In the {i} inning {x} scored {k} runs / Of the runs of {x}, {k} came in the {i} / {x} had an inning of {k} runs, the {i}
opened: {x} [scored first|opened the scoring], with {r} in the {i} / The first scoring was by {x}, in the {i} inning / {x} were first on the
 scoreboard, in the {i} / There was no score until {x} had {r} in the {i} / The opening [run|score] came from {x}, in the {i}
opened1: {x} [scored first|opened the scoring], with {r} in the first / {x} began with {r} in the first inning / In the first inning {x} had {r}
hits: {x} had {a} and {e}, {y} {b} and {f} / {x} finished with {a} and {e}, {y} with {b} and {f} / Hits and errors: {a} and {e} for {x}, {b} and
 {f} for {y} / {x} made {a} and committed {e}; {y} made {b} and committed {f} / {x} collected {a} and {y} {b}; {x} were charged with {e}, {y} with
 {f} / The totals were {a} and {e} for {x} and {b} and {f} for {y} / {a} and {e}: that was the line of {x}; {y} had {b} and {f}
outhit: {x} outhit {y} {p} to {q}[; {x} made {e}, {y} {f}| and made {e} to {f} by {y}] / In hits {x} had the better of it, {p} to {q}; they made
 {e}, {y} {f}
hitless: {x} did not have a hit / {x} were held without a hit / {y} did not allow a hit / There was no hit by {x}
no_homer: No home runs were hit / Neither side hit a home run / Neither team homered / There was no home run in the game / The game had no home
 runs
homers: {x} hit {a}, {y} {q} / {x} had {a} and {y} {q} / {x} hit {a} to {q} by {y} / {a} came from {x}, {q} from {y}
homers_even: Each side hit {a} / Each team had {a} / {x} hit {a}, and so did {y} / {x} and {y} hit {a} each
homer: {x} hit {a}, {y} none / {x} hit {a} and {y} did not homer / Only {x} homered: they hit {a} / {x} had {a}; there was none for {y} / {y} did
 not homer; {x} hit {a}
BB: {x} [drew|were given|had] {a}, {y} {q} / The game had {a} for {x} and {q} for {y}
K: {x} struck out {a}, {y} {q} / The batters of {x} struck out {a}, those of {y} {q}
LOB: {x} left {a} on base, {y} {q} / Left on base: {a} of {x}, {q} of {y}
2B: {x} hit {a}, {y} {q} / {x} had {a}, {y} {q}
SB: {x} stole {a}, {y} {q} / On the bases, {x} stole {p} and {y} {q}
DP: {x} [turned|made] {a}, {y} {q} / In the field {x} [turned|made] {a} and {y} {q}
pitchers: {won} was the winning pitcher[ and|;] {lost} [took the loss|was the loser|was charged with the loss] / The win went to {won}, the loss
 to {lost} / {won} got the [win|victory] and {lost} the [loss|defeat] / The decision went to {won} over {lost} / {lost} took the loss and {won}
 [got the win|was credited with the win] / The winning pitcher was {won}, the losing pitcher {lost} / {won} was the winning pitcher for {w},
 {lost} the losing pitcher for {l} / For {w} {won} got the win; {lost} was the loser for {l}
save: {saved} [earned|got|recorded|was credited with|picked up] the save / The save [went to|was earned by] {saved} / It was a save for {saved} /
 {saved} saved the game
whole: {p} pitched [a complete game|the whole game|all of it], giving up {h} and striking out {k} / {p} went the distance for {t}: {h}, {k} struck
 out / With {h} allowed and {k} struck out, {p} [pitched|had] a complete game / {p} allowed {h} and struck out {k} in a complete game for {t} /
 {t} needed no pitcher but {p}, who allowed {h} and struck out {k}
starters: {p} and {q} [started|were the starting pitchers] / The starting pitchers were {p} for {v} and {q} for {h} / {p} started for {v}, {q} for
 {h} / {h} started {q}, {v} {p} / {p} was the starter for {v}; {h} started {q}
drove: {p} [drove in the deciding run|was credited with the game-winning run batted in|had the game-winning run batted in] / The game-winning run
 batted in [went to|was credited to] {p}
crowd: A [crowd|gathering|total] of {c} [saw|attended|watched] the {t}game / [Attendance|The attendance] at the {t}game was {c} / The {t}game [was
 attended by|was seen by|drew] {c} / The {t}game was played before {c} [people|spectators] / [Attendance was|The attendance was] {c} for the
 {t}game
took: It [took|lasted|went] {m} / The {t}game [took|lasted|was over in] {m} / The time of the {t}game was {m} / [In all|Altogether] the {t}game
 took {m}
time: It was a {t}game / This was a {t}game
umpire: The umpire was {u} / {u} umpired / The game was umpired by {u} / Umpire: {u}
umpires: The umpires were {u} / Umpiring were {u} / The game was umpired by {u} / Umpires: {u} / {u} umpired
managers: {v} were managed by {m}, {h} by {k} / {m} managed {v}, {k} {h} / The managers were {m} for {v} and {k} for {h} / {k} was the manager of
 {h}, {m} of {v}
order: [Batting order of|The batting order of|The starting line-up of|In batting order, the starters of] {x}: {o}
day: [{g} were played|There were {g}|{g} were decided] on {d} / {d}, had {g} / On {d}, [there were {g}|{g} were played] / [These were the|Here are
 the|Results of the|The] {g} of {d} / [Scores|Results|The scores|The results] of {d}: {g}
day_home: The home team won {k} of {g} / {k} of {g} [went to|were won by] the home team / Home teams won {k} of {g} / The home side took {k} of
 {g}
day_shut: In {k} of {g} one side did not score / The losers did not score in {k} of {g} / Of {g}, {k} ended with one side scoreless
day_extra: {k} of {g} went to extra innings / Extra innings were needed in {k} of {g} / In {k} of {g} it took extra innings
day_runs: [In all|Together|In total], {r} were scored / There were {r} in all / {r} were scored [in all|that day] / The day's total was {r}
record: {T} [won {w} and lost {l}|had {wn} and {ln}|went {s}] {when}{ties} / {when}, {T} [won {w} and lost {l}|had {wn} and {ln}|went {s}]{ties} /
 The record of {T} {when} was {s}{ties} / {T} were {s} {when}{ties} / {T} played {g} {when} and [won {w}|their record was {s}]{ties} / {g} brought
 {T} {wn} and {ln} {when}{ties}
pair: {T} and {L} [played|met] {k} times in {y}: {t} won {w}, {o} {l}{ties} / In {y}, {T} [won the season series from|beat] {L}, {w} games to
 {l}{ties} / {T} won {w} of {k} games [against|with] {L} in {y}{ties} / {L} won {l} and lost {w} against {T} in {y}{ties} / The {k} games between
 {T} and {L} in {y} went {s} to {t}{ties} / Against {L}, {T} were {s} in {y}{ties}
even: {T} and {L} [split|shared] their {k} games in {y}, {w} wins each{ties} / In {y}, {T} and {L} won {w} games each from each other{ties} / The
 {k} games of {y} between {T} and {L} were [split evenly|shared], {s}{ties} / Neither {T} nor {L} won their season series in {y}: it was {s} in
 {k} games{ties}
split: At home {t} were {hs}, [away|on the road] {aw} / The home record of {t} was {hs}, the [away record|road record] {aw} / {t} went {hs} at
 home and {aw} [away|on the road] / [Home games|Games at home] went {hs} for {t}, [road games|games away] {aw}
runs: {t} scored {r} and allowed {q} / In runs it was {p} for {t} and {q} against them / {t} had {r} to {q} [by|for] the other side / {t} had {r},
 {q} against them / {t} scored {r} while giving up {q} / The runs came to {p} for {t}, {q} for the opposition
best: Their [biggest|largest] win was {s} [over|against] {o} on {d} / On {d} they beat {o} {s}, their [biggest|widest] win / No win was
 [bigger|wider] than the {s} over {o} on {d}
worst: The [heaviest|worst|widest] defeat was {s} against {o} on {d} / On {d} they lost {s} to {o}, [their heaviest defeat|by the widest margin] /
 They lost by most on {d}, {s} to {o}
streak: They won {k} in a row from {d} to {e} / From {d} to {e} they won {k} games running / There was a run of {k} wins, from {d} to {e}
slump: They lost {k} in a row from {d} to {e} / From {d} to {e} they lost {k} games running / There was a run of {k} defeats, {d} to {e}
close: In games decided by one run {t} were {s} / One-run games: {s} / {t} were {s} when one run decided / Of the games decided by a run they won
 {w} and lost {l}
extra: In extra innings {t} were {s} / Extra-inning games: {s} / Of the games that went to extra innings they won {w} and lost {l} / {t} went {s}
 in extra innings
gate: Their home games drew {c} in all / Home attendance came to {c} / In all, {c} saw their home games / The home games were attended by {c}
visit: {there} against {them}, {d}, they {r} / They {r} {there} against {them}, {d} / {d}, {there} against {them}: {r} / Against {them}, {there},
 they {r} ({d})"""
WORDS = {e.split(": ", 1)[0]: e.split(": ", 1)[1].split(" / ") for e in re.sub(r"\n +", " ", WORDS).strip().split("\n")}
MONTHS = "January February March April May June July August September October November December".split()
ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
NUMBERS = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
POSITIONS = "- P C 1B 2B 3B SS LF CF RF DH".split()
STATS = "AB H 2B 3B HR RBI SH SF HBP BB IBB K SB CS GIDP CI LOB P IER ER WP BK PO A E PB DP TP".split()
VERBS = dict(shutout="shut out|blanked|beat", close="edged|nipped|beat|defeated|got by", rout="routed|overwhelmed|trounced|beat",
             other="beat|defeated|topped|downed|overcame|got the better of")
SERIES = {"ws": "World Series", "lc": "Championship Series", "dv": "Division Series", "wc": "Wild Card Game", "as": "All-Star Game"}
LEAGUES = {"AL": "American League", "NL": "National League", "AA": "American Association", "UA": "Union Association", "PL": "Players' League",
           "FL": "Federal League", "NA": "National Association"}


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, key, **v):
    """One of the wordings, [a|b] in it a choice, inner brackets first. A sentence begins with a capital and no small figure."""
    text = pick(rng, WORDS[key])
    while "[" in text:
        text = re.sub(r"\[([^][]*)\]", lambda m: pick(rng, m[1].split("|")), text)
    text = re.sub(r"^(\d|1[012])(?= [A-Za-z])", lambda m: NUMBERS[int(m[1])], text.format(**v).strip())
    return text[0].upper() + text[1:].rstrip(".") + "."


def n(count, thing):
    return f"{count or 'no'} {thing}" + ("" if count == 1 else "es" if thing.endswith("s") else "s")


def nth(k):
    return ORDINALS[k] if k < 13 else f"{k}th" if 10 < k % 100 < 14 or not 0 < k % 10 < 4 else f"{k}{'st nd rd'.split()[k % 10 - 1]}"


def dated(d, year=True):
    d = d if isinstance(d, date) else date(int(d[:4]), int(d[4:6]), int(d[6:8]))
    return f"{MONTHS[d.month - 1]} {d.day}" + (f", {d.year}" if year else "")


def listed(items):
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)


@lru_cache(None)
def named(table, code, year):
    """(city, name) that the code had in the year, or None."""
    for entry in re.findall(rf"(?:^|;){code}\|([^;]*)", table):
        city, *names = entry.split("|")
        name = re.sub(r"^\d{4} ", "", ([x for x in names if not re.match(r"\d{4} ", x) or int(x[:4]) <= year] or names)[-1])
        return tuple(name.split(":")) if ":" in name else (city, name)


def place(code, year, parks):
    city, park = named(PARKS, code, year) or parks.get(code) or ("", "")
    park = re.sub("^The ", "the ", park) if not re.search(r"([^y]|\b)[dD]ome$|Grounds$|Coliseum$|Oval$", park) else "the " + park
    return f" at {park}" + ("" if city in park else f" in {city}") if park else ""


def read(row, series):
    """A line as a game g; what belongs to a side is a pair: 0 the visitors, 1 the home team. None where a name is not known."""
    year, number = int(row[0][:4]), lambda x: int(x) if x.isdigit() else None
    g = SimpleNamespace(row=row, day=date(year, int(row[0][4:6]), int(row[0][6:8])), number=row[1], series=series, code=(row[3], row[6]),
                        runs=(int(row[9]), int(row[10])), outs=number(row[11]), forfeit=row[14], crowd=number(row[17]))
    names = [named(TEAMS, c, year) for c in g.code]
    if None in names:
        return None
    g.nick, g.full = ["the " + name for _, name in names], [" ".join(["the", *filter(None, pair)]) for pair in names]
    g.done = row[13].split(",") if row[13].count(",") == 4 else None
    g.innings = max(len(re.sub(r"\(\d+\)", "0", row[i]).strip("x")) for i in (19, 20)) or -(-(g.outs or 0) // 6)
    g.planned = 7 if year in (2020, 2021) and g.number != "0" else 9
    g.winner = {"V": 0, "H": 1, "T": None}.get(g.forfeit, None if g.runs[0] == g.runs[1] else int(g.runs[1] > g.runs[0]))
    g.gap, g.score, g.record = abs(g.runs[0] - g.runs[1]), f"{max(g.runs)}-{min(g.runs)}", " ".join([row[0], row[1], *g.code, series]).strip()
    g.length = f" in {n(g.innings, 'inning')}" if g.innings and g.innings != g.planned and not g.forfeit else ""
    g.pitchers = f" ({row[94]} over {row[96]})" if row[94] and row[96] and "(none)" not in (row[94], row[96]) and g.winner is not None else ""
    g.rare = (series or g.forfeit or g.done or set(row[15]) & set("XY") or g.innings > 14 or max(g.runs) > 19
              or g.innings > 8 and "0" in (row[22], row[50]))
    return g


def more(g, parks):
    """What only the report of a game needs."""
    row, year, number = g.row, g.day.year, lambda x: int(x) if x.isdigit() else None
    person = lambda i: "" if row[i] == "(none)" else " ".join(row[i].split())
    g.nth, g.protest, g.leagues, g.minutes = row[5], row[15], {row[4], row[7]}, number(row[18])
    g.time = {"D": "day ", "N": "night "}.get(row[12], "")
    g.stat = [dict(zip(STATS, map(number, row[i:i + 28]))) for i in (21, 49)]
    g.lines = [[int(x.strip("()")) for x in re.findall(r"\(\d+\)|\d", row[i])] for i in (19, 20)]
    g.printed = [re.sub(r"((?:\(\d+\)|\w){3})(?=.)", r"\1 ", row[i]) for i in (19, 20)]
    g.told = all(g.lines) and tuple(map(sum, g.lines)) == g.runs
    g.last = 0 if "HTBF" in row[159] else 1  # who bats last
    g.at, g.then = place(row[16], year, parks) or f" with {g.nick[1]} as the home team", place(g.done[1], year, parks) if g.done else ""
    g.umpires = [f"{person(i)} ({base})" for i, base in zip(range(78, 90, 2), "plate,first,second,third,left,right".split(",")) if person(i)]
    g.managers, g.starters, (g.won, g.lost, g.saved, g.drove) = (person(90), person(92)), (person(102), person(104)), map(person, range(94, 102, 2))
    g.order = [[f"{person(i)} ({POSITIONS[int(row[i + 1])]})" for i in range(s, s + 27, 3) if row[i] and row[i + 1].isdigit()] for s in (106, 133)]
    g.url = f"https://www.retrosheet.org/boxesetc/{year}/B{row[0][4:]}{row[1]}{row[6]}{year}.htm"


def kinds(year, leagues=()):
    """The names that the sport has in a text: plain, that of the one league, that of the majors."""
    one = [f"{LEAGUES[x]} baseball" for x in leagues if len(leagues) == 1 and x in LEAGUES]
    return ["baseball", *one, *["Major League Baseball"] * (year > 1902 and set(leagues) <= {"AL", "NL", "ML"})]


def told(rng, g):
    """How the game came out, then in what way it was not like other games: these sentences keep their order."""
    w, year, day = g.winner or 0, g.day.year, dated(g.day) if rng.random() < .5 else f"{g.day:%A}, {dated(g.day)}"
    series = SERIES.get(g.series, "").replace("Game", "Series" if g.series == "wc" and (year == 2020 or year > 2021) else "Game")
    league = {"AL": "American League ", "NL": "National League "}.get("".join(g.leagues), "") if g.series in ("lc", "dv", "wc") else ""
    event = g.series and f" in {'' if 'Game' in series else f'Game {g.nth} of '}the {year} {league}{series}"
    state = lambda x, y: f"{g.nick[y > x]} were ahead {max(x, y)}-{min(x, y)}" if x != y else f"the score was {x}-{y}"
    stop = lambda outs: f"after {n(outs // 6, 'inning')}" if outs and outs % 6 == 0 else f"in the {nth(outs // 6 + 1)} inning"
    ahead = int(g.runs[1] > g.runs[0])
    kind = "shutout" if not min(g.runs) else "close" if g.gap == 1 else "rout" if g.gap > 7 else "other"
    v = dict(ball=pick(rng, kinds(year, g.leagues)[1:] or ["professional baseball"]), W=g.full[w], L=g.full[1 - w],
             w=g.nick[ahead], l=g.nick[1 - ahead],
             V=g.full[0], H=g.full[1], hi=max(g.runs), lo=min(g.runs),
             s=g.score, a=("an " if re.match("8|1[18]", g.score) else "a ") + g.score, r0=g.runs[0], r1=g.runs[1], day=day, y=year, at=g.at,
             inn=(g.length if g.planned == 7 or g.innings > 9 else "") + event, i=n(g.innings, "inning"), verb=pick(rng, VERBS[kind].split("|")))
    first = say(rng, "no_decision" if g.forfeit == "T" else "forfeit" if g.forfeit else "tie" if g.winner is None else "win", **v)
    plain = first.endswith(f" on {day}.") and rng.random() < .6
    yield f"{first[:-1]}, in {v['ball']}." if plain else first
    if g.forfeit in list("VH") and g.outs is not None:
        yield say(rng, "stood" if g.outs else "unplayed", when=stop(g.outs), state=state(*g.runs))
    if g.number in list("12AB3"):
        k, d = {"1": "first", "A": "first", "3": "third"}.get(g.number, "second"), pick(rng, ["doubleheader", "double-header", "twin bill"])
        yield say(rng, "three" if g.number in "AB" else "header", k=k, d="tripleheader" if g.number == "3" else d)
    if g.planned == 7 or g.length and g.innings < 9:
        yield say(rng, "seven" if g.planned == 7 else "short", **v)
    if g.done:
        yield say(rng, "resumed", at=g.then, d=dated(g.done[0]), when=stop(int(g.done[4])), state=state(int(g.done[2]), int(g.done[3])))
    yield from (say(rng, "upheld" if p in "XY" else "protest", x=g.nick[p in "HY"]) for p in g.protest if p != "P")


def story(rng, g):
    """What follows from the two rows of innings: the lead taken for good, the way back, the biggest inning, the first run."""
    w, total, low, lead, first = g.winner, [0, 0], (0, 0, ""), (0, 0, ""), None
    halves = [(side, i + 1, g.lines[side][i]) for i in range(g.innings) for side in (1 - g.last, g.last) if i < len(g.lines[side])]
    for side, inning, runs in halves:
        before, total[side] = total[w] - total[1 - w], total[side] + runs
        low = max(low, (total[1 - w] - total[w], inning, f"{total[1 - w]}-{total[w]}"))
        lead = (inning, runs, f"{total[w]}-{total[1 - w]}") if before <= 0 < total[w] - total[1 - w] else lead
        first = first or (runs and (side, inning, runs))
    v = dict(w=g.nick[w], l=g.nick[1 - w], k=lead[1] if lead[1] > 1 else "once", r=n(lead[1], "run"))
    if w == g.last == halves[-1][0] and (g.outs or 0) % 6 and g.innings >= g.planned and not g.done and lead[0] == g.innings:
        yield say(rng, "walkoff", i=nth(lead[0]), **v)
    elif min(g.runs):
        yield say(rng, "late" if lead[0] == g.innings else "ahead", i=nth(lead[0]), s=lead[2], **v)
    if low[0] > 1 or not low[0] and min(g.runs) and first[1] != lead[0]:  # the first score being the lead kept says as much
        yield say(rng, "behind" if low[0] else "never", i=nth(low[1]), s=low[2], d=low[0], **v)
    side, inning, runs = max(halves, key=lambda half: half[2])
    if runs > 2 and inning != lead[0]:
        yield say(rng, "big", x=g.nick[side], k=runs, i=nth(inning))
    if rng.random() < .4 and first[1] != lead[0]:
        yield say(rng, "opened" if first[1] > 1 else "opened1", x=g.nick[first[0]], r=n(first[2], "run"), i=nth(first[1]))


def batting(rng, g):
    """Hits and errors, home runs and one or two more, as far as both sides have them on record."""
    def total(key, stat, thing, x=int(rng.random() < .5), **more):
        (p, q), more = [g.stat[s][stat] for s in (x, 1 - x)], {k: n(g.stat[s]["E"], "error") for k, s in zip(more.get("also", ""), (x, 1 - x))}
        return say(rng, key, x=g.nick[x], y=g.nick[1 - x], a=n(p, thing), b=n(q, thing), p=p, q=q or "none", **more)
    have = {k for k in STATS if None not in (g.stat[0][k], g.stat[1][k])}
    if {"H", "E"} <= have:
        ahead = int(g.stat[1]["H"] > g.stat[0]["H"])
        if g.stat[0]["H"] and g.stat[1]["H"] and g.stat[0]["H"] != g.stat[1]["H"] and rng.random() < .3:
            yield total("outhit", "H", "hit", ahead, also="ef")
        else:
            yield total("hits", "H", "hit", also="ef")
        yield from (total("hitless", "H", "hit", s) for s in (0, 1) if not g.stat[s]["H"])
    if "HR" in have:
        hit = [s for s in (0, 1) if g.stat[s]["HR"]]
        both = "homers_even" if g.stat[0]["HR"] == g.stat[1]["HR"] else "homers"
        one = lambda: total("homer", "HR", "home run", hit[0]) if hit else say(rng, "no_homer")
        yield total(both, "HR", "home run") if len(hit) == 2 else one()
    things = {"BB": "walk", "K": "time", "LOB": "runner", "SB": "base", "DP": "double play", "2B": "double"}
    for k in sorted(things, key=lambda k: rng.random())[:2]:
        if k in have and g.stat[0][k] + g.stat[1][k]:
            yield total(k, k, things[k])


def pitching(rng, g):
    w = g.winner or 0
    if g.won and g.lost and g.winner is not None:
        yield say(rng, "pitchers", won=g.won, lost=g.lost, w=g.nick[w], l=g.nick[1 - w]) + (" " + say(rng, "save", saved=g.saved) if g.saved else "")
        if g.stat[w]["P"] == 1 and None not in (g.stat[1 - w]["H"], g.stat[1 - w]["K"]) and g.starters[w] == g.won:
            yield say(rng, "whole", p=g.won, t=g.nick[w], h=n(g.stat[1 - w]["H"], "hit"), k=g.stat[1 - w]["K"] or "none")
    if all(g.starters) and rng.random() < .6:
        yield say(rng, "starters", p=g.starters[0], q=g.starters[1], v=g.nick[0], h=g.nick[1])
    if g.drove and rng.random() < .6:
        yield say(rng, "drove", p=g.drove)


def officials(rng, g):
    if g.crowd:
        yield say(rng, "crowd", c=f"{g.crowd:,}", t=g.time)
    if g.minutes:
        yield say(rng, "took", m=" ".join(n(k, t) for k, t in zip(divmod(g.minutes, 60), ("hour", "minute")) if k), t="" if g.crowd else g.time)
    elif g.time and not g.crowd:
        yield say(rng, "time", t=g.time)
    if g.umpires and rng.random() < .5:
        yield say(rng, "umpires" if len(g.umpires) > 1 else "umpire", u=listed(g.umpires))
    if all(g.managers) and rng.random() < .6:
        yield say(rng, "managers", v=g.nick[0], h=g.nick[1], m=g.managers[0], k=g.managers[1])


def report(rng, g, parks):
    """One game: the result first, the innings as lines last, and between them the parts in any order."""
    more(g, parks)
    shuffled = lambda items: sorted(items, key=lambda _: rng.random())
    parts = [] if g.forfeit else [story] * (g.told and g.winner is not None) + [batting, pitching]
    play = shuffled(shuffled(part(rng, g)) for part in parts)
    text = " ".join([*told(rng, g), *sum(play, [])]) + ("\n\n" if rng.random() < .4 else " ") + " ".join(shuffled(officials(rng, g)))
    if all(g.order) and rng.random() < .15:
        text += "\n\n" + "\n".join(say(rng, "order", x=g.nick[s], o=", ".join(g.order[s])) for s in (0, 1))
    if g.told:
        totals = [[g.runs[s], *(g.stat[s][k] for k in "HE" if g.stat[s][k] is not None)] for s in (0, 1)]
        text += "\n\n" + "\n".join(" ".join(map(str, [g.full[s][4:], g.printed[s], "-", *totals[s]])) for s in (0, 1))
    return text.strip()


def won(games):
    """Wins and losses of a list of (game, side) as "5-3"; a game without a winner is neither."""
    return f"{sum(g.winner == s for g, s in games)}-{sum(g.winner == 1 - s for g, s in games)}"


def account(rng, games):
    """Sentences on a list of (game, side): home and away, runs, the widest win and defeat, streaks, close games."""
    (g, s), played = games[0], [(g, s) for g, s in games if not g.forfeit]
    t, home, away = g.nick[s], [x for x in games if x[1]], [x for x in games if not x[1]]
    if home and away:
        yield say(rng, "split", t=t, hs=won(home), aw=won(away))
    runs = sum(g.runs[s] for g, s in games)
    yield say(rng, "runs", t=t, r=n(runs, "run"), p=runs, q=sum(g.runs[1 - s] for g, s in games))
    for key, some in (("best", [x for x in played if x[0].winner == x[1]]), ("worst", [x for x in played if x[0].winner == 1 - x[1]])):
        some.sort(key=lambda x: -x[0].gap)
        if len(some) > 1 and some[0][0].gap > some[1][0].gap:
            yield say(rng, key, s=some[0][0].score, o=some[0][0].nick[1 - some[0][1]], d=dated(some[0][0].day, 0))
    spells = [(key, list(run)) for key, run in groupby(games, key=lambda x: x[0].winner is not None and "slump streak".split()[x[0].winner == x[1]])]
    for word in ("streak", "slump"):
        run = max([r for key, r in spells if key == word], key=len, default=[])
        if len(run) > 3:
            yield say(rng, word, k=len(run), d=dated(run[0][0].day, 0), e=dated(run[-1][0].day, 0))
    for key, some in (("close", [x for x in played if x[0].gap == 1]), ("extra", [x for x in played if x[0].innings > x[0].planned])):
        if len(some) > 1:
            yield say(rng, key, t=t, s=won(some), **dict(zip("wl", won(some).replace("0-", "none-").replace("-0", "-none").split("-"))))
    if len(home) > 4 and all(g.crowd for g, _ in home):
        yield say(rng, "gate", c=f"{sum(g.crowd for g, _ in home):,}")


def of_team(rng, games, key, when):
    """A team's games of a month, or against one other team in a season; the games themselves follow, visit by visit."""
    (g, s), (w, l), k, lines = games[0], map(int, won(games).split("-")), len(games), []
    v = dict(T=g.full[s], L=g.full[1 - s], t=g.nick[s], o=g.nick[1 - s], w=w or "none", l=l or "none", wn=n(w, "win"), ln=n(l, "loss"),
             s=f"{w}-{l}", g=n(k, "game"), k=k, when=when, y=when, ties="" if k == w + l else f", with {n(k - w - l, 'game')} that had no winner")
    text = " ".join([say(rng, key, **v), *sorted(account(rng, games), key=lambda _: rng.random())])
    visits = []  # games against the same team in the same place, with no more than a few days between them
    for g, s in games:
        h, side = visits[-1][-1] if visits else (g, -1)
        same = side == s and h.nick[1 - s] == g.nick[1 - s] and (g.day - h.day).days < 5
        visits.append(visits.pop() + [(g, s)] if same else [(g, s)])
    for visit in visits:
        (first, there), last = visit[0], visit[-1][0].day
        days, them = dated(first.day, 0), first.nick[1 - there]
        days += "" if last == visit[0][0].day else f" to {last.day}" if last.month == visit[0][0].day.month else f" to {dated(last, 0)}"
        results = ["had no decision" if g.forfeit == "T" else ("tied" if g.winner is None else "won" if g.winner == s else "lost")
                   + (" by forfeit" if g.forfeit else f" {g.score}{g.length}") for g, s in visit]
        lines.append((days, "at home" if there else "away", them, results))
    if rng.random() < .4:
        return text + " " + " ".join(say(rng, "visit", d=d, there=t, them=o, r=listed(r)) for d, t, o, r in lines)
    return text + "\n" + "\n".join(f"{d}, {t}, {o[4:]}: {', '.join(r)}" for d, t, o, r in lines)


def of_day(rng, games):
    """All games of a day, a line each or as sentences."""
    count = dict(day_home=sum(g.winner == 1 for g in games), day_extra=sum(g.innings > g.planned for g in games),
                 day_shut=sum(not min(g.runs) and g.winner is not None and not g.forfeit for g in games))
    text = [say(rng, key, k=k, g=pick(rng, ["the games", f"the {len(games)}", "the day's games"])) for key, k in count.items() if k]
    text.append(say(rng, "day_runs", r=n(sum(sum(g.runs) for g in games), "run")))
    lines, prose = [], rng.random() < .35
    for g in sorted(games, key=lambda _: rng.random()):
        w, name = g.winner or 0, [side if prose else side[4:] for side in (g.nick if prose else g.full)]
        if g.forfeit:
            line = f"{name[w]} won by forfeit from {name[1 - w]}" if g.forfeit in "VH" else f"{name[0]} against {name[1]}: no decision"
        elif prose and g.winner is not None:
            line = f"{name[w]} {pick(rng, ['beat', 'defeated', 'won against'])} {name[1 - w]} {g.score}{g.length}{g.pitchers}"
        else:
            line = f"{name[w]} {g.runs[w]}, {name[1 - w]} {g.runs[1 - w]}{g.length}{g.pitchers}"
        lines.append(line[0].upper() + line[1:] + "." * prose)
    ball = pick(rng, ["", *(x + " " for x in kinds(games[0].day.year))])
    first = say(rng, "day", d=dated(games[0].day), g=n(len(games), ball + "game"))
    return " ".join([first, *sorted(text, key=lambda _: rng.random())]) + (" " + " ".join(lines) if prose else "\n" + "\n".join(lines))


def parks_of(upstream):
    """{park: (city, name)}: of several names the first, without the number that tells it from an older park."""
    for _, f in upstream.files("[pP][aA][rR][kK][cC][oO][dD][eE].[tT][xX][tT]"):
        rows = [r for r in csv.DictReader(f) if r["NAME"] and r["CITY"]]
        return {r["PARKID"]: (r["CITY"], re.sub(r" I[IV]*$", "", r["NAME"].split(";")[0].strip())) for r in rows}
    return {}


def logs(upstream):
    """(year or series, text file) of the game logs."""
    for name, f in upstream.files("[gG][lL]*.[tT][xX][tT]"):
        if m := re.search(r"(?i)gl(\d{4}|ws|lc|dv|wc|as)\.txt$", name):
            yield m[1].lower(), f


def documents(upstream, seed):
    parks, seasons = parks_of(upstream), [key for key, _ in logs(upstream)]
    if not seasons:
        raise ValueError("no game log (GLYYYY.TXT, or glYYYY.zip with it) in the upstream files")
    weight = lambda year: 3 if year >= 2000 else 1
    share = whole_seasons / sum(weight(int(key)) for key in seasons if key.isdigit()) if any(map(str.isdigit, seasons)) else 1

    def drawn(record, year, always=False):
        rng = Random(f"{seed} {record}")
        return rng if rng.random() < share * weight(year) or always else None

    for key, f in logs(upstream):
        series = "" if key.isdigit() else key
        games = list(filter(None, (read(row, series) for row in csv.reader(f) if len(row) == 161)))
        groups, site = defaultdict(list), "https://www.retrosheet.org/boxesetc/{0}/Y_{0}.htm"
        for g in games:
            if (rng := drawn(g.record, g.day.year, g.rare)) and len((text := report(rng, g, parks)).split()) > (30 if g.rare else 50):
                yield {"text": text, "sport": "baseball", "url": g.url, "date": str(g.day), "record": g.record}
            if not series:
                groups[f"{g.day}", "day"].append(g)
                for s in (0, 1):
                    groups[f"{g.day:%Y-%m} {g.code[s]}", "record"].append((g, s))
                pair = min(g.code)
                groups[f"{g.day.year} {pair} {max(g.code)}", "pair"].append((g, g.code.index(pair)))
        for (record, kind), some in groups.items():
            year, last = int(record[:4]), (some[-1] if kind == "day" else some[-1][0]).day
            rng = drawn(record, year) if len(some) > 2 else None
            if not rng:
                continue
            if kind == "day":
                text = of_day(rng, some)
            elif kind == "record":
                season = pick(rng, [f"{year}", *(f"of the {year} {x} season" for x in kinds(year))])
                text = of_team(rng, some, kind, f"in {MONTHS[last.month - 1]} {season}")
            else:
                w, l = map(int, won(some).split("-"))
                text = of_team(rng, some if w >= l else [(g, 1 - s) for g, s in some], "even" if w == l else "pair",
                               pick(rng, [year, *(f"the {year} {x} season" for x in kinds(year))]))
            yield {"text": text, "sport": "baseball", "url": site.format(year), "date": str(last), "record": record}


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
