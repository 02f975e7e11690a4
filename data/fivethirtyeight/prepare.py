"""
FiveThirtyEight's sports data: every NFL game from 1920 to the 2020 season, RAPTOR ratings of NBA players since 1976-77, and the
tables behind a dozen stories. Games become weeks, seasons, clubs, rivalries and franchises; the rest becomes careers and lists.

$ python prepare.py fivethirtyeight [--from DIR]

Met upstream. NFL games: a code is a franchise's, whatever it was called that year (OAK is also Los Angeles and Las Vegas), so NFL
below holds code, first year, name; 1920 has games against clubs outside the league; the AAFC (1946-49) and the AFL (1960-69) are in
it; neutral ground is marked only for Super Bowls and since 2003; the rounds of the play-offs are not named, but the Super Bowl is the
last game, on neutral ground, and the game before it of each finalist is its conference's final. Games not yet played have no score.
RAPTOR: a season is the year it ends in; CHA is Charlotte's Bobcats to 2014, then Hornets. Suspensions: one year is empty, and the
team is often wrong (a link about a Giant stands under TEN), so no team is told. Women's tournament: 23 full records are not the sum
of their parts, and are left out. All-star players come as ids, so teams only. World Cup files are snapshots named by their time;
what is decided enters as a probability of 0 or 1. The live repository has larger files (nbaallelo.csv, quasi_winshares.csv) not used.
"""
import csv
import os
import re
import sys
from collections import defaultdict
from datetime import date
from itertools import groupby
from random import Random

FILES = {"data.tar.gz": "https://codeload.github.com/fivethirtyeight/data/tar.gz/refs/heads/master",
         "nfl-elo-game.tar.gz": "https://codeload.github.com/fivethirtyeight/nfl-elo-game/tar.gz/refs/heads/master"}
FROM = ["stats/538_data_sports", "stats/538_nfl-elo-game"]
WANTED = re.compile(r"nfl_games|nba-raptor/|nba-draft-|ncaa-w|historical-ncaa|mlb-all.*team_|nfl-wide.*adv|nfl-susp|undefe|/(wc|wwc-forecast)-\d")

# -----------------------------------------------------------------------------
# who a code was: CODE first year, City/Nickname, the next year, the next name; without a stroke: no article, no nickname

NFL = """ABU 1920 All-Buffalo;AKR 1920 Akron/Pros, 1926 Akron/Indians;
ARI 1920 Chicago/Cardinals, 1960 St. Louis/Cardinals, 1988 Phoenix/Cardinals, 1994 Arizona/Cardinals;ATL 1966 Atlanta/Falcons;
ATN 1920 All-Tonawanda/Lumberjacks;BAL 1996 Baltimore/Ravens;BBA 1946 Buffalo/Bisons, 1947 Buffalo/Bills;BCL 1947 Baltimore/Colts;
BDA 1946 Brooklyn/Dodgers;BFF 1920 Buffalo/All-Americans, 1924 Buffalo/Bisons, 1926 Buffalo/Rangers, 1927 Buffalo/Bisons;
BKN 1930 Brooklyn/Dodgers, 1944 Brooklyn/Tigers;BRL 1926 Brooklyn/Lions;BUF 1960 Buffalo/Bills;BYK 1944 Boston/Yanks;CAR 1995 Carolina/Panthers;
CBD 1920 Canton/Bulldogs;CCL 1921 Cincinnati/Celts;CHB 1920 Chicago/Boosters;CHI 1920 Decatur/Staleys, 1921 Chicago/Staleys, 1922 Chicago/Bears;
CHL 1920 Champaign Legion;CHT 1920 Chicago/Tigers;CIB 1923 Cleveland/Indians, 1924 Cleveland/Bulldogs;CIN 1968 Cincinnati/Bengals;
CLE 1946 Cleveland/Browns;CLI 1931 Cleveland/Indians;CLP 1920 Cleveland/Panthers;CNC 1920 Cincinnati/Celts;
COL 1920 Columbus/Panhandles, 1923 Columbus/Tigers;CRA 1946 Chicago/Rockets, 1949 Chicago/Hornets;CRP 1944 Card-Pitt;CST 1920 Chicago/Stayms;
CTI 1920 Cleveland/Tigers, 1921 Cleveland/Indians;CWP 1920 Columbus/Wagner Pirates;DAL 1960 Dallas/Cowboys;DAY 1920 Dayton/Triangles;
DEN 1960 Denver/Broncos;DET 1930 Portsmouth/Spartans, 1934 Detroit/Lions;DHR 1920 Detroit/Heralds;DPN 1925 Detroit/Panthers;
DTI 1921 Detroit/Tigers;DTM 1920 Detroit/Maroons;DTX 1952 Dallas/Texans;DUL 1923 Duluth/Kelleys, 1926 Duluth/Eskimos;DWL 1928 Detroit/Wolverines;
ECG 1921 Evansville/Crimson Giants;ELY 1920 Elyria/Athletics;FTP 1920 Fort Porter;FTW 1920 Fort Wayne/Friars;FYJ 1924 Frankford/Yellow Jackets;
GAR 1920 Gary/Elks;GB 1921 Green Bay/Packers;GUN 1934 St. Louis/Gunners;HAM 1920 Hammond/Pros;HOU 2002 Houston/Texans;HRT 1926 Hartford/Blues;
IND 1953 Baltimore/Colts, 1984 Indianapolis/Colts;JAX 1995 Jacksonville/Jaguars;KC 1960 Dallas/Texans, 1963 Kansas City/Chiefs;
KCB 1924 Kansas City/Blues, 1925 Kansas City/Cowboys;KEN 1924 Kenosha/Maroons;KEW 1920 Kewanee/Walworths;LAB 1926 Los Angeles/Buccaneers;
LAC 1960 Los Angeles/Chargers, 1961 San Diego/Chargers, 2017 Los Angeles/Chargers;LAN 1920 Lansing Oldsmobile;
LAR 1937 Cleveland/Rams, 1946 Los Angeles/Rams, 1995 St. Louis/Rams, 2016 Los Angeles/Rams;LDA 1946 Los Angeles/Dons;LOG 1920 Logan Square;
LOU 1921 Louisville/Brecks, 1926 Louisville/Colonels;MCK 1920 McKeesport/Olympics;MIA 1966 Miami/Dolphins;MIL 1922 Milwaukee/Badgers;
MIN 1961 Minnesota/Vikings;MNM 1920 Minneapolis/Marines;MNN 1921 Minneapolis/Marines, 1929 Minneapolis/Red Jackets;MSA 1946 Miami/Seahawks;
MUN 1920 Muncie/Flyers;MUT 1920 Moline/Universal Tractors;NAA 1946 New York/Yankees;NE 1960 Boston/Patriots, 1971 New England/Patriots;
NG1 1921 New York/Brickley Giants;NO 1967 New Orleans/Saints;NYA 1927 New York/Yankees;NYG 1925 New York/Giants;
NYJ 1960 New York/Titans, 1963 New York/Jets;NYY 1949 New York/Bulldogs, 1950 New York/Yanks;
OAK 1960 Oakland/Raiders, 1982 Los Angeles/Raiders, 1995 Oakland/Raiders, 2020 Las Vegas/Raiders;OOR 1922 Oorang/Indians;
PHI 1933 Philadelphia/Eagles;PIT 1933 Pittsburgh/Pirates, 1940 Pittsburgh/Steelers;PRV 1925 Providence/Steam Roller;
PTB 1925 Pottsville/Maroons, 1929 Boston/Bulldogs;PTQ 1920 Pitcairn/Quakers;PUL 1920 Pullman/Thorns;RAC 1922 Racine/Legion, 1926 Racine/Tornadoes;
RCH 1920 Rochester/Jeffersons;RCK 1920 Rockford A.C.;RED 1933 Cincinnati/Reds;RIC 1920 Richmond A.C.;RII 1920 Rock Island/Independents;
ROS 1920 Rochester/Scalpers;SEA 1976 Seattle/Seahawks;SEN 1921 Washington/Senators;SF 1946 San Francisco/49ers;SIS 1929 Staten Island/Stapletons;
SLA 1923 St. Louis/All-Stars;STG 1943 Phil-Pitt/Steagles;STP 1920 St. Paul/Ideals;SYR 1920 Syracuse/Stars;TB 1976 Tampa Bay/Buccaneers;
TEN 1960 Houston/Oilers, 1997 Tennessee/Oilers, 1999 Tennessee/Titans;THO 1920 Thorn/Tornadoes;TLM 1920 Toledo/Maroons;TOL 1922 Toledo/Maroons;
TON 1921 Tonawanda/Kardex;TOR 1929 Orange/Tornadoes, 1930 Newark/Tornadoes;UAP 1920 Union A.A. of Phoenixville;UTI 1920 Utica/Knights of Columbus;
WBU 1920 West Buffalo;WGC 1920 Washington/Glee Club;WHE 1920 Wheeling/Stogies;WJA 1920 Washington & Jefferson;
WSH 1932 Boston/Braves, 1933 Boston/Redskins, 1937 Washington/Redskins, 2020 Washington/Football Team, 2022 Washington/Commanders;
ZAN 1920 Zanesville/Mark Grays"""
NBA = """ATL 1977 Atlanta Hawks;BOS 1977 Boston Celtics;BRK 2013 Brooklyn Nets;BUF 1977 Buffalo Braves;
CHA 1989 Charlotte Hornets, 2005 Charlotte Bobcats, 2015 Charlotte Hornets;CHH 1989 Charlotte Hornets;CHI 1977 Chicago Bulls;
CHO 2015 Charlotte Hornets;CLE 1977 Cleveland Cavaliers;DAL 1981 Dallas Mavericks;DEN 1977 Denver Nuggets;DET 1977 Detroit Pistons;
GSW 1977 Golden State Warriors;HOU 1977 Houston Rockets;IND 1977 Indiana Pacers;KCK 1977 Kansas City Kings;LAC 1985 Los Angeles Clippers;
LAL 1977 Los Angeles Lakers;MEM 2002 Memphis Grizzlies;MIA 1989 Miami Heat;MIL 1977 Milwaukee Bucks;MIN 1990 Minnesota Timberwolves;
NJN 1978 New Jersey Nets;NOH 2003 New Orleans Hornets;NOJ 1977 New Orleans Jazz;NOK 2006 New Orleans/Oklahoma City Hornets;
NOP 2014 New Orleans Pelicans;NYK 1977 New York Knicks;NYN 1977 New York Nets;OKC 2009 Oklahoma City Thunder;ORL 1990 Orlando Magic;
PHI 1977 Philadelphia 76ers;PHO 1977 Phoenix Suns;POR 1977 Portland Trail Blazers;SAC 1986 Sacramento Kings;SAS 1977 San Antonio Spurs;
SDC 1979 San Diego Clippers;SEA 1977 Seattle SuperSonics;TOR 1996 Toronto Raptors;UTA 1980 Utah Jazz;VAN 1996 Vancouver Grizzlies;
WAS 1998 Washington Wizards;WSB 1977 Washington Bullets"""
CLUBS, TEAMS = ({c: [(int(x[:4]), x[5:]) for x in names.split(", ")] for c, names in re.findall(r"(\w+) ([^;]+)", t)} for t in (NFL, NBA))
AAFC = {"BBA", "BCL", "BDA", "CLE", "CRA", "LDA", "MSA", "NAA", "SF"}  # BCL, CLE and SF came to the NFL in 1950
AFL = {"BUF", "NE", "LAC", "KC", "OAK", "TEN", "NYJ", "DEN", "MIA", "CIN"}  # all of them in the NFL since 1970

# -----------------------------------------------------------------------------
# what is said of it: a name, its wordings between strokes; [a|b] is a choice, {x} a field

WORDS = """
close: [edged|narrowly beat|got past|held off|slipped past|beat]
normal: [beat|defeated|overcame|got the better of|saw off|downed|took care of]
rout: [routed|beat|overwhelmed|crushed|ran away from|defeated]
blank: [shut out|blanked|beat|defeated|kept out]
won: {w} {beat} {l} {s}{at} / {w} {beat} {l}{at}, {s} / {w} won {s} {vs} {l} / {l} lost {s} {to} {w} / {l} [went down|fell] {s} {to} {w} / there was
 {a} {kind} win for {w} over {l} / {w} took {a} {kind} [win|victory] from {l} / {w} {beat} {l} by {a} score{at} / it ended {s} for {w} {vs} {l} /
 {w} [came away with|earned|picked up] {a} {kind} [win|victory] against {l} / {w} came out ahead of {l}{at}, {s} / {s} was the score by which {w}
 {beat} {l}{at}
atH: [ at home||] / [at home against|as hosts of|in their home game with] / [away to|on the road to|on a visit to] / home
atA: [ on the road| away|] / [away to|on the road against|on a visit to|as visitors to] / [at home to|as hosts to] / road
atN: [ on neutral ground|] / [on neutral ground|at a neutral site] against / on neutral ground to / neutral-site
tied: {h} and {v} [tied|finished level at|played to a tie,] {s} / the game between {h} and {v} ended {s} / {v} [tied|drew] {s} with {h} / neither
 {h} nor {v} [won|came out ahead]: it was {s} / {h} could only tie {v}, {s} / it was {s} between {h} and {v}, a tie
upset: , [though|although|even though] the Elo ratings had given {w} only {chance}% chance / ; Elo had put {w} at only {p}% / , an upset by the Elo
 ratings, which had given {w} {chance}% chance / , against the Elo odds, which [stood at|were] {p}% for {w}
due: , as the Elo ratings had expected with {p}% for {w} / ; Elo had made {w} [favorites|the favorites] at {p}% / , in line with an Elo forecast
 of {p}% for {w} / ; the Elo ratings had given {w} {chance}% chance of winning / ; the Elo odds had been {p}% for {w}
stood: ; {w} stood at {wr}, {l} at {lr} / ; {w} [moved|went] to {wr}, {l} to {lr} / , [leaving|which left] {w} at {wr} and {l} at {lr} / ; now {w}
 had {wr}, {l} {lr} / ; that gave {w} a record of {wr} / , and {w} [stood at|moved to|now had a record of] {wr} / ; {l} [dropped|went|were down] to
 {lr}
on: on {w}, {d}, / on {d}, a {w}, / {w}, {d}: / {d}: / on {d},
week: the {k} of the {y} {lg} season, {when}, [brought|saw|held|took in] {games}. / {lg} [results|scores] {when}, the {k} of the {y} season: / in
 the {k} of the {y} season the {lg} [played|staged|completed] {games} {when}. / the {lg} of {y} went through its {k} {when}, with {games}. / {games}
 [were played|took place] in the {lg} {when}, the {k} of the {y} season. / [here|this] is how {lg} teams fared {when}, the {k} of {y}.
points: the teams scored {pts} points in all, [or {avg} a game|{avg} for every game]. / in all {pts} points were scored, {avg} to a game. / the
 {games} held {pts} points, which is {avg} a game.
highest: the highest score was {tops}, by {top}. / nobody scored as much as {top}, with {tops}. / {top} scored most, {tops} points.
clean: [still|so far] [unbeaten|undefeated] [after these games|at this point]: {x}. / [unbeaten|perfect] records by then were held by {x}. / without
 a loss or a tie [so far|until then]: {x}.
season: {t} [finished|ended|closed|completed] the {y} {lg} [regular season|season] [with a record of {rec}|at {rec}|with {words}]. / [in|during] the
 {y} {lg} season {t} [went {rec}|posted a record of {rec}|compiled {arec} record]. / {t}, {lg} season of {y}: {words}. / with {words}, {t}
 [completed|finished|came out of] the {y} {lg} season. / the {y} {lg} season [brought|gave|earned] {t} {words}. / {arec} record was what {t} [took
 from|had to show for] the {y} {lg} season. / {t} played {games} in the {lg} of {y} and went {rec}.
marks: they scored [{pf} points|{pf}] and [allowed|gave up|conceded] {pa}[, {fa} and {aa} a game|]. / the points came to {pf} for and {pa} against.
 / their {games} held {pf} points for and {pa} against. / they averaged {fa} points a game and [let in|gave up] {aa}. / points: {pf} to {pa}.
homes: they [were|went] {hr} at home and {ar} [away|on the road]. / the home record was {hr}, the road record {ar}. / at home it was {hr}, away
 {ar}.
best: the biggest win was {a} one against {o} on {d}. / [their widest margin|the clearest victory] [came|was] on {d}, [{a} win over|{s} against]
 {o}. / no win was bigger than the {s} against {o} on {d}. / they beat {o} {s} on {d}, by the widest margin of their season.
worst: the heaviest defeat was {a} one to {o} on {d}. / [their worst day|the worst of it] was {d}, {a} loss to {o}. / the widest losing margin was
 in {a} loss to {o} on {d}. / they lost by most to {o}, {s} on {d}.
peak: their Elo rating was at its highest before the game of {d}, at {e}. / by Elo they were strongest on {d}, with a rating of {e}. / the best Elo
 rating of the season, {e}, stood before the game of {d}. / Elo rated them at most {e}, on {d}.
last: in {label} on {d} they {x}. / on {d}, in {label}, they {x}. / they {x} in {label} on {d}. / in {label}, on {d}, they {x}.
W: [they|next they|then they] [beat|defeated|won against] {x}. / [next|then] came {w} [over|against] {x}. / {w} [over|against] {x} [followed|came
 next].
L: [they|next they|then they] [lost to|fell to|went down to] {x}. / [next|then] came {l} [to|against] {x}. / {l} [to|against] {x} [followed|came
 next].
T: [they|next they|then they] [tied|drew with] {x}. / [next|then] came {t} with {x}. / {t} with {x} [followed|came next].
openW: [they opened|they began|the season began] with {w} [over|against] {x}. / first came {w} [over|against] {x}.
openL: [they opened|they began|the season began] with {l} [to|against] {x}.
openT: [they opened|they began|the season began] with {t} with {x}.
didW: [beat|defeated|won against] {o} {s} / won {s} against {o}
didL: lost {s} to {o} / [lost|went down] to {o}, {s}
didT: tied {o} {s}
year: the {y} {lg} season, from {a} to {z}, [had|took in|held] {games} between {k} clubs. / {k} clubs [met|played] in {games} of the {y} {lg}
 regular season. / in {y} the {lg} played its regular season from {a} to {z}: {games}, {k} clubs. / the {lg} of {y}: {k} clubs, {games}, the first
 on {a}, the last on {z}.
title: {w} won {label} {s} over {l} on {d}. / [the title|the championship] went to {w}, who beat {l} {s} in {label} on {d}. / {label} on {d} ended
 {s} for {w} against {l}. / on {d} {w} [became champions|took the title] by beating {l} {s} in {label}.
high: the most points in a game, {pts}, came on {d}, when {g}. / no game had more points than the one of {d}, {pts} in all: {g}.
wide: the widest margin was {m} points: on {d} {g}. / on {d} {g}, the most one-sided [score|result] of the season. / no win was wider than that of
 {d}, when {g}.
top: the best record was the {rec} of {t}. / nobody did better than {t}, who went {rec}. / {t} had the best record, {rec}.
table: records and points in the regular season: / the regular season, with points for and against: / final records, with points for and against:
post: the {lg} play-offs of the {y} season [took|needed|came to] {games}. / {lg} football, the play-offs of the {y} season, {games}: / the {y}
 {lg} season ended with {games} of play-offs. / the football season of {y} ended with {games} of {lg} play-offs. / after the {y} season the {lg}
 [staged|held] play-offs of {games}.
met: in the {lg} {a} and {b} [met|have met|played each other] {k} times between {f} and {z}. / from {f} to {z} {a} and {b} met {k} times in the
 {lg}. / {k} games of {lg} football make up the series between {a} and {b} from {f} to {z}. / the [series|football rivalry] between {a} and {b}
 [ran to|counts] {k} games in the {lg} from {f} to {z}.
lead: {w} won {x}, {l} {none}{ties}. / {w} lead with {x} wins to {z}{ties}. / it stands {x}-{z} for {w}{ties}. / the balance is {x} wins for {w}
 and {none} for {l}{ties}.
even: each side won {x}{ties}. / it is level at {x} wins each{ties}. / neither leads: {x} wins each{ties}.
first: the first meeting, on {d}: {g}. / they first met on {d}, when {g}. / it began on {d}, when {g}. / the record starts on {d}: {g}.
biggest: the widest win of {t} [was|is] the {s} of {d}. / {t} won by most on {d}, {s}. / for {t} the biggest win in it was the {s} of {d}.
finals: {k} of the games came in the play-offs, where {t} won {x}. / the play-offs had {k} of them; there {t} won {x}. / of the {k} in the
 play-offs {t} won {x}.
final1: one of the games came in the play-offs, and {t} won it. / the one game in the play-offs went to {t}. / they met in the play-offs once,
 and {t} won.
sums: the points came to {p} for {a} and {q} for {b}. / in points it is {p} for {a} to {q} for {b}.
names: [this counts|counted are] games as the {old}. / older names in it: {old}.
recent: the last five: {x}. / recent results: {x}. / how the latest games went: {x}.
franchise: {t} [are on record|appear] in {k} of {lg} football from {f} to {z}, with {g} in the regular season and a record of {r}. / {t} in the
 {lg}: {k} from {f} to {z}, {r} in {g}. / in {k} of the {lg} between {f} and {z}, {t} went {r} in the regular season ({g}). / in football, {t}
 played {k} in the {lg} from {f} to {z} and went {r} in {g} of the regular season.
called: the franchise played as {names}. / its names over the years: {names}. / it was known as {names}.
peakyear: the best season was {best}, at {rec}. / no season was better than {best} ({rec}).
postrec: in the play-offs the record is {pr} over {pg}. / play-offs: {pr} in {pg}.
titles: league championship games won: {titles}. / it won the league championship game of {titles}.
bowls: Super Bowls: {bowls}. / it played in {bowls}.
career: FiveThirtyEight's RAPTOR ratings of NBA players [cover|include|list] {p} in {k}, {span}. / the basketball player {p} [is rated by|appears
 in] RAPTOR for {k}, {span}. / {p} played {min} of NBA basketball in {k}, {span}. / {k} of {p} in the NBA are [rated|on record], {span}. / {p}:
 {k} in the NBA, {span}, and {min}. / in the NBA {p} played {k} of basketball, {span}.
worth: in all {p} was worth {war} wins above replacement[ in {min}|]. / the total of the {k} [comes to|is] {war} wins above replacement over
 {min}. / over {min} {p} [comes|came] to {war} wins above replacement. / the {k} together add up to {war} wins above replacement (WAR).
prime: [the best season|the peak] of 500 minutes or more was {y}, with a RAPTOR of {r}. / RAPTOR [rates|puts] {y} highest among seasons of 500
 minutes, at {r}. / of the seasons with 500 minutes none was rated higher than {y}, at {r}. / from 500 minutes on, the best RAPTOR, points added per
 100 possessions, was {r} in {y}. / the rating was at its best in {y}, leaving out seasons under 500 minutes: {r} in {m} minutes.
most: {y} brought the most wins above replacement, {w}. / by wins above replacement the best was {y}, at {w}. / the most valuable season was {y}:
 {w} WAR.
row: in {y} {p} played {m} minutes with a RAPTOR of {r} ({o} on offense, {d} on defense) and {w} WAR. / {y}: {m} minutes, {o} on offense and {d} on
 defense, {r} in all, worth {w} WAR. / the {y} season, of {m} minutes, was rated {r}, made of {o} on offense and {d} on defense, and came to {w}
 WAR. / with {m} minutes in {y} [the RAPTOR was {r}|came a RAPTOR of {r}] ({o} on offense, {d} on defense) and {w} WAR. / {p} had a RAPTOR of {r}
 over {m} minutes of {y}, {o} of it on offense and {d} on defense; WAR {w}. / {w} WAR came from {m} minutes in {y}, when RAPTOR stood at {r} ({o} on
 offense, {d} on defense).
here: {p} played {m} minutes and had a RAPTOR of {r} ({o} on offense, {d} on defense), worth {w} WAR. / {p}: {m} minutes, RAPTOR {r}, {w} WAR. /
 rated {r} over {m} minutes, {p} was worth {w} wins above replacement. / {p}, with {o} on offense and {d} on defense, came to {r} in {m} minutes and
 {w} WAR. / {w} WAR went to {p}, rated {r} in {m} minutes. / for {p} it was {r} ({o} on offense, {d} on defense) over {m} minutes, and {w} WAR.
ends: {p} had {o} on offense and {d} on defense, {r} in all, over {m} minutes. / {p}: {o} on offense and {d} on defense in {m} minutes. / with {o}
 on offense and {d} on defense, {p} was rated {r}. / {m} minutes of {p} brought {o} on offense and {d} on defense.
single: for these basketball players {y} is the only NBA season with a RAPTOR rating. / NBA players rated by RAPTOR in {y} and in no other
 season: / the NBA season of {y} is the only one [rated|on record] for the following. / these players have a RAPTOR rating for one NBA season
 alone, {y}.
leaders: the NBA season of {y}, by {by}, [best first|from the top], among players with 1,000 minutes. / who led the NBA in {by} in {y}? Of those
 with 1,000 minutes or more, in order: / NBA [leaders|players, the ten best] of {y} by {by}, [from 1,000 minutes on|with at least 1,000 minutes],
 in order. / in basketball's NBA these were the best of {y} by {by}, among those with 1,000 minutes.
team: the NBA's {t} of {y}, {part}, [the most used players by minutes|those with the most minutes, in order]. / {part} of {y} in the NBA, {t}:
 [the players with the most minutes|who played most]. / how RAPTOR [rates|saw] the {t} in {part} of the NBA season of {y}, [those with the most
 minutes first|by minutes]. / the basketball of the {t} in {part} of {y}, by RAPTOR, for the NBA players with the most minutes.
Champ: won the national championship / were national champions / took the title
N2nd: were national runners-up / lost the national final
NSF: reached the Final Four / lost in the national semifinals
RF: lost in the Elite Eight / went out in the regional final
RSF: lost in the Sweet 16 / went out in the regional semifinals
2nd: lost in the second round / went out in the second round
1st: lost in the first round / went out in the first round
OR: lost in the opening round
seed: , seeded No. {s}, / , a No. {s} seed,
full: , [finishing|ending] {f} / ; the whole season was {f} / , for {f} [in all|over the season]
women: {who}{seed}{conf} {did}{full}. / {who}{seed} [came in at|entered at|arrived with a record of] {reg} and {did}{full}. / {who}{conf}
 {did}{full}. / {who}{seed}, {reg} before the tournament, {did}{full}. / [after|with] a record of {reg} {who}{seed} {did}{full}. / {who}{conf},
 {reg} so far, {did}{full}.
women0: {who}{seed}{conf} {did}. / {who}{conf} {did}. / {who}{seed} {did}.
wyear: the {y} NCAA women's basketball tournament. / women's college basketball, the NCAA tournament of {y}: / how teams fared in the {y} NCAA
 women's tournament.
wschool: {w} had {k} in the NCAA women's basketball tournament between {a} and {z}. / {w} in the NCAA women's tournament, {a} to {z}: {k}.
boxer: {p} is on record as a boxer without a defeat, with {k} wins from {a} to {z}. / {k} wins and no loss: {p}, from {a} to {z}. / {p} won {k}
 fights from {a} to {z} without losing. / the undefeated record of the boxer {p} counts {k} wins, the first on {a}, the latest on {z}.
wins: win No. {k} came on {d}. / the {n} win is dated {d}. / on {d} it was {k} wins. / by {d} there were {k} wins. / {d} brought the {n} win.
busy: the busiest year was {y}, with {c}. / no year had more than {y}, with {c}. / in {y} alone there were {c}.
men: FiveThirtyEight's forecasts for the {s} of the {y} NCAA men's basketball tournament, and what came of them. / the {y} NCAA men's tournament,
 {s}: forecasts and results. / how the favorites of FiveThirtyEight's model did in the {s} of the {y} NCAA men's tournament.
fav1: {f} beat {u} as the model expected, with {p}%. / {f} were given {a}% chance against {u} and won. / {u}, with {b}% in the forecast, lost to
 {f}. / {f}, {a}% favorite, won against {u}. / the model gave {f} {a}% chance against {u}, and it was a win.
fav0: {u} beat {f}, who had been given {a}% chance. / {f} lost to {u} in spite of a forecast of {p}%. / {f}, {a}% favorite, lost to {u}. / {u},
 with {b}% in the forecast, beat {f}.
class: FiveThirtyEight's model on players of the {y} NBA draft: SPM is statistical plus/minus in seasons two to five. / the {y} NBA draft class as
 the model projected it. / what the model expected of players in the {y} NBA draft, by statistical plus/minus (SPM).
draft: {p} ({pos}): projected SPM {s}, with {a}% for a superstar, {b}% for a starter, {c}% for a role player and {d}% for a bust. / the model gave
 {p}, {pos}, a projected SPM of {s} and {x}% chance of being a bust[, {b}% of being a starter|]. / {p} ({pos}) was projected at {s}; superstar {a}%,
 starter {b}%, role player {c}%, bust {d}%. / at {s} {p}, {pos}, was given
 {sa}% chance of becoming a superstar and {sb}% of becoming a starter.
decade: FiveThirtyEight's estimate of the talent of All-Star teams, {y}0s. / how strong were the All-Star teams of the {y}0s?
stars: the {lg} team of {d} had talent for {rs} runs scored and {ra} allowed a game, an adjusted winning percentage of {pct}. / on {d} the {lg} was
 rated {pct}: offense {o}, fielding {f}, pitching {p} runs a game. / {d}, {lg}: {o} runs of offense, {f} of fielding and {p} of pitching above
 average, {pct} in all. / for the game of {d} the {lg} stars were put at {pct}, with {rs} expected runs for and {ra} against.
banned: NFL suspensions of {y}. / players [suspended|banned] by the NFL in {y}, as the record lists them.
ban: {p} was suspended {g}{why}{what}. / {p}: suspended {g}{why}{what}. / the NFL suspended {p} {g}{why}{what}. / [banned|suspended] {g}:
 {p}{why}{what}.
catches: NFL receivers from 1932 to 2013 by True Receiving Yards. / a part of the list of career True Receiving Yards in the NFL, 1932-2013.
catch: No. {k} is {p} with {t} True Receiving Yards. / {p} had {t} True Receiving Yards in a career, No. {k}. / {p}: No. {k}, {t} yards. / with {t}
 yards {p} is No. {k}; the passing of the teams was {r} yards an attempt against the average. / No. {k}, {p}, {t}; teams' adjusted net yards per
 attempt {r}.
forecast: FiveThirtyEight's forecast for the {y} {cup} on {d}, at {h}. / [chances|odds] at the {y} {cup} as of {d}, {h}, by FiveThirtyEight.
cup: {t} had {x}% chance of winning the tournament[, {c}% of reaching the final|]. / {t}: {w}% to win, {c}% to reach the final, {s}% to reach the
 semifinals. / for {t} the forecast was {x}% chance of the title, with {s}% for a place in the semifinals. / the model gave {t} {x}% chance of
 the title and put a place in the quarterfinals at {q}%. / {t}, rated {r}, had {x}% chance of the title; a place in the final stood at {c}%. /
 the rating of {t} was {r}, the chance of the title {w}%.
"""
WORDS = {k: [w.strip() for w in " ".join(t.split()).split(" / ")] for k, t in re.findall(r"^(\w+): (.*(?:\n .*)*)", WORDS, re.M)}

def say(rng, key, /, **fields):
    """One of a kind's wordings, or the text itself: its [a|b] chosen from the innermost out, its {x} filled; no capital yet."""
    pick = lambda items: items[int(rng.random() * len(items))]
    text = pick(WORDS.get(key) or [key])
    while "[" in text:
        text = re.sub(r"\[([^][]*)\]", lambda m: pick(m[1].split("|")), text)
    return text.format(**fields).replace(",,", ",")


def para(*sentences):
    return " ".join(s[0].upper() + s[1:] for s in sentences if s)


def some(rng, share, *sentences):
    """A share of the sentences, in another order."""
    return [s for x, s in sorted((rng.random(), s) for s in sentences if s) if x < share]


def n(count, word):
    return f"{count:,} {word}" + ("" if count == 1 else "es" if word.endswith("s") else "s")


def an(number):
    return ("an " if re.match(r"8|1[18](?!\d)", str(number)) else "a ") + str(number)


def nth(k):
    return f"{k}" + ("th" if k % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(k % 10, "th"))


def listed(items):
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def day(iso, year=True):
    d = date.fromisoformat(iso)
    return f"{d:%B} {d.day}" + (f", {d.year}" if year else "")


def lone(items, key):
    """The one item that leads by key, or None where several share the lead or there is nothing to lead."""
    top = sorted(items, key=key)[-2:]
    return top[1] if len(top) > 1 and key(top[0]) < key(top[1]) else None


def person(name):
    """Ted Jr. Ginn stands upstream for Ted Ginn Jr."""
    return re.sub(r"^(\S+) (Jr\.?|Sr\.?|II|III|IV) (\S.*)$", r"\1 \3 \2", name)


def surname(name):
    return re.sub(r",? (Jr\.?|Sr\.?|I{2,3}|IV|V)$", "", name).split(" ", 1)[-1]


def grouped(items, key):
    found = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found.items()


def doc(record, when, sport, page, *paragraphs):
    text = "\n\n".join(filter(None, paragraphs))
    return dict(text=text, sport=sport, url="https://github.com/fivethirtyeight/" + page, date=when, record=record)


def pages(seed, record, when, sport, folder, head, key, facts, per, **fields):
    """A list as documents of up to so many sentences: head opens each, key (or a fact's own) words the facts."""
    size = -(-len(facts) // -(-len(facts) // per)) if facts else 1  # as even as can be
    for k in range(0, len(facts), size):
        rng = Random(f"{seed} {record} {k}")
        sentences = [say(rng, f.get("key", key), **f) for f in facts[k:k + size]]
        yield doc(f"{record} {k}", when, sport, "data/tree/master/" + folder, para(say(rng, head, **fields), *sentences))

# -----------------------------------------------------------------------------
# NFL games

class Game:
    def __init__(self, r):
        home, away = self.teams = r["team1"], r["team2"]
        self.date, self.season, self.neutral, self.playoff = r["date"], int(r["season"]), r["neutral"] == "1", r["playoff"] not in ("", "0")
        self.score = {home: int(float(r["score1"])), away: int(float(r["score2"]))}
        self.elo = {home: float(r["elo1"]), away: float(r["elo2"])}
        self.chance = {home: float(r["elo_prob1"]), away: 1 - float(r["elo_prob1"])}
        self.loser, self.winner = sorted(self.teams, key=self.score.get)
        self.other, self.margin, self.total = {home: away, away: home}, self.lead(self.winner), sum(self.score.values())
        self.league, self.label, self.after = league(home, self.season), "", {}  # after: {code: (wins, losses, ties)}

    def lead(self, c):
        return 2 * self.score[c] - sum(self.score.values())

    def own(self, c):
        return f"{self.score[c]}-{self.score[self.other[c]]}"

    def at(self, c):
        return "neutral" if self.neutral else "home" if c == self.teams[0] else "away"

    def mark(self, c):
        return "T" if not self.margin else "W" if self.winner == c else "L"


def league(code, year):
    old = "AAFC" if 1946 <= year <= 1949 and code in AAFC else "AFL" if 1960 <= year <= 1969 and code in AFL else "NFL"
    return "APFA" if year < 1922 else old


def club(code, year, form="full"):
    """the Chicago Bears; form "nick": the Bears; form "bare": Chicago Bears."""
    name = next((name for y, name in reversed(CLUBS.get(code, ())) if y <= year), f"a club listed as {code}")
    return name if "/" not in name else "the " * (form != "bare") + (name.split("/")[1] if form == "nick" else name.replace("/", " "))


def total(games, c):
    marks = [g.mark(c) for g in games]
    return marks.count("W"), marks.count("L"), marks.count("T")


def share(r):
    return (r[0] + r[2] / 2) / sum(r)


def wlt(r):
    return f"{r[0]}-{r[1]}" + (f"-{r[2]}" if r[2] else "")


def nfl_games(rows):
    """The games that have a score, with the sides' records after each and the title games named."""
    games = sorted((Game(r) for r in rows if r["score1"] and r["score2"] and r["elo_prob1"]), key=lambda g: (g.date, g.teams))
    for season, group in grouped(games, lambda g: g.season):
        record, played = defaultdict(lambda: (0, 0, 0)), [g for g in group if g.playoff]
        for g, c in ((g, c) for g in group for c in g.teams):
            record[c] = record[c] if g.playoff else tuple(map(sum, zip(record[c], total([g], c))))
            g.after[c] = record[c]
        if season < 1966:
            for g in {g.league: g for g in played}.values():  # the last one of each league
                g.label = f"the {g.league} championship game"
        elif played and played[-1].neutral:
            k, units = season - 1965, " I II III IV V VI VII VIII IX".split(" ")
            played[-1].label = "Super Bowl " + ("50" if k == 50 else ["", "X", "XX", "XXX", "XL", "L", "LX"][k // 10] + units[k % 10])
            for g in [g for c in played[-1].teams for g in [g for g in played[:-1] if c in g.teams][-1:]]:
                g.label = f"the {g.league} championship game" if season < 1970 else "the conference championship game"
    return games


def told(rng, g, tails=0.0):
    """A game in words that can begin a sentence or stand inside one; tails: how often its forecast or the standings follow."""
    w, l, y = g.winner, g.loser, g.season
    if not g.margin:
        return say(rng, "tied", h=club(g.teams[0], y), v=club(g.teams[1], y), s=g.own(w))
    beat = say(rng, "blank" if not g.score[l] else "close" if g.margin < 4 else "rout" if g.margin > 23 else "normal")
    at, vs, to, kind = (say(rng, t) for t in WORDS["at" + g.at(w)[0].upper()])
    text = say(rng, "won", w=club(w, y), l=club(l, y), s=g.own(w), a=an(g.own(w)), beat=beat, at=at, vs=vs, to=to, kind=kind)
    p, x = int(100 * g.chance[w] + 0.5), rng.random()
    key = "" if x > tails else "stood" if x < tails / 2 and not g.playoff else "upset" if p < 43 else "due" if p > 59 else ""
    tail = say(rng, key, w=club(w, y, "nick"), l=club(l, y, "nick"), wr=wlt(g.after[w]), lr=wlt(g.after[l]), p=p, chance=an(p))
    return (f"in {g.label}, " if g.label else "") + text + tail


def weeks(games):
    """(first week of play, last, games): a week runs from Wednesday to Tuesday; thin ones go with the next."""
    kept, start, k = [], 1, 0
    for k, (_, group) in enumerate(groupby(games, key=lambda g: (date.fromisoformat(g.date).toordinal() - 3) // 7), 1):
        kept += group
        if len(kept) > 3:
            yield start, k, kept
            kept, start = [], k + 1
    if kept:
        yield start, k, kept


def round_up(rng, record, head, games, *tail):
    """One paragraph a day: its first sentence tells the date."""
    days = []
    for d, group in groupby(games, key=lambda g: g.date):
        first, *others = [told(rng, g, 0.5) + "." for g in group]
        days.append(para(say(rng, "on", w=f"{date.fromisoformat(d):%A}", d=day(d)) + " " + first, *others))
    return doc(record, games[-1].date, "american_football", "nfl-elo-game", para(*head), *days, para(*tail))


def nfl_weeks(games, seed):
    for (y, lg), regular in grouped((g for g in games if not g.playoff), lambda g: (g.season, g.league)):
        standing = {}
        for first, last, played in weeks(regular):
            record, a, z, pts = f"nfl week {y} {lg} {first}", played[0].date, played[-1].date, sum(g.total for g in played)
            rng, top = Random(f"{seed} {record}"), lone(played, lambda g: g.score[g.winner])
            k = f"{nth(first)} week" if first == last else f"{nth(first)} {'and' if last == first + 1 else 'to'} {nth(last)} weeks"
            when = f"on {day(a)}" if a == z else f"between {day(a, a[:4] != z[:4])} and {day(z)}"
            v = dict(k=k, y=y, lg=lg, games=n(len(played), "game"), when=when, pts=pts, avg=f"{pts / len(played):.1f}")
            high = say(rng, "highest", top=club(top.winner, y), tops=top.score[top.winner]) if top and top.margin else ""
            standing.update((c, r) for g in played for c, r in g.after.items() if league(c, y) == lg)
            clean = [f"{club(c, y)} ({wlt(r)})" for c, r in sorted(standing.items()) if r[0] > 2 and r[1:] == (0, 0)]
            yield round_up(rng, record, [say(rng, "week", **v), *some(rng, 0.4, say(rng, "points", **v), high)], played,
                           *some(rng, 0.8, say(rng, "clean", x=listed(clean)) if 0 < len(clean) < 5 else ""))
    for y, post in grouped((g for g in games if g.playoff), lambda g: g.season):
        rng = Random(f"{seed} nfl play-offs {y}")
        head = say(rng, "post", y=y, games=n(len(post), "game"), lg=listed(sorted({g.league for g in post})))
        yield round_up(rng, f"nfl play-offs {y}", [head], post)


def results(rng, c, games):
    """A club's games in their order: as lines, or streak by streak."""
    y, out, did = games[0].season, [], dict(W="won", L="lost", T="tied")
    if rng.random() < 0.4:
        return "\n".join(f"{day(g.date, False)}: {club(g.other[c], y, 'bare')}, {g.at(c)}, {did[g.mark(c)]} {g.own(c)}" for g in games)
    for k, group in groupby(games, key=lambda g: g.mark(c)):
        x = [f"{club(g.other[c], y)} ({g.own(c)}, {g.at(c)}, {day(g.date, False)})" for g in group]
        words = dict(w="wins", l="losses", t="ties") if len(x) > 1 else dict(w="a win", l="a loss", t="a tie")
        out.append(say(rng, k if out else "open" + k, x=listed(x), **words))
    return para(*out)


def nfl_clubs(seasons, seed):
    for (y, c), (own, post) in seasons.items():
        rng, r, pf = Random(f"{seed} nfl club {y} {c}"), total(own, c), sum(g.score[c] for g in own)
        best, worst = lone(own, lambda g: g.lead(c)), lone(own, lambda g: -g.lead(c))
        peak = lone(own + post, lambda g: round(g.elo[c]))
        game = lambda g: dict(a=an(g.own(g.winner)), s=g.own(c), o=club(g.other[c], y), d=day(g.date), label=g.label or "the play-offs")
        hr, ar = (wlt(total([g for g in own if g.at(c) == at], c)) for at in ("home", "away"))
        words, pa = listed([n(r[0], "win"), n(r[1], "loss")] + [n(r[2], "tie")] * (r[2] > 0)), sum(g.total for g in own) - pf
        v = dict(t=club(c, y), y=y, lg=league(c, y), rec=wlt(r), arec=an(wlt(r)), words=words, games=n(len(own), "game"), pf=pf, pa=pa, hr=hr, ar=ar,
                 fa=f"{pf / len(own):.1f}", aa=f"{pa / len(own):.1f}")
        body = some(rng, 0.8, say(rng, "marks", **v), "" if any(g.neutral for g in own) else say(rng, "homes", **v),
                    say(rng, "best", **game(best)) if best and best.lead(c) > 9 else "",
                    say(rng, "worst", **game(worst)) if worst and worst.lead(c) < -9 else "",
                    say(rng, "peak", e=round(peak.elo[c]), d=day(peak.date)) if y > 1930 and peak else "")
        parts = [para(*body), results(rng, c, own)][::1 if rng.random() < 0.5 else -1]
        ends = [say(rng, "last", x=say(rng, "did" + g.mark(c), **game(g)), **game(g)) for g in post]
        yield doc(f"nfl club {y} {c}", (own + post)[-1].date, "american_football", "nfl-elo-game",
                  para(say(rng, "season", **v)), *parts, para(*ends))


def nfl_years(games, seasons, seed):
    """A season's summary with its table."""
    for (y, lg), own in grouped(games, lambda g: (g.season, g.league)):
        regular, rank = [g for g in own if not g.playoff], [c for s, c in seasons if s == y and league(c, y) == lg]
        rng, rec = Random(f"{seed} nfl year {y} {lg}"), {c: total(seasons[y, c][0], c) for c in rank}
        if len(rank) < 2:
            continue
        rank.sort(key=lambda c: (-share(rec[c]), c))
        wide, high = lone(regular, lambda g: g.margin), lone(regular, lambda g: g.total)
        body = some(rng, 0.8, say(rng, "high", g=told(rng, high), d=day(high.date), pts=high.total) if high else "",
                    say(rng, "wide", g=told(rng, wide), d=day(wide.date), m=wide.margin) if wide else "",
                    say(rng, "top", t=club(rank[0], y), rec=wlt(rec[rank[0]])) if share(rec[rank[0]]) > share(rec[rank[1]]) else "")
        ends = [say(rng, "title", w=club(g.winner, y), l=club(g.loser, y), label=g.label, s=g.own(g.winner), d=day(g.date)) for g in games
                if g.season == y and (g.label.startswith("Super") or g.label == f"the {lg} championship game")]
        head = say(rng, "year", y=y, lg=lg, a=day(regular[0].date), z=day(regular[-1].date), games=n(len(regular), "game"), k=len(rank))
        points = lambda c: (sum(g.score[c] for g in seasons[y, c][0]), sum(g.score[g.other[c]] for g in seasons[y, c][0]))
        table = [f"{club(c, y, 'bare')} {wlt(rec[c])}, {'-'.join(map(str, points(c)))}" for c in rank]
        yield doc(f"nfl year {y} {lg}", own[-1].date, "american_football", "nfl-elo-game", para(head, *body, *ends),
                  "\n".join([para(say(rng, "table")), *table]))


def nfl_pairs(games, seed):
    for (a, b), own in grouped(games, lambda g: tuple(sorted(g.teams))):
        if len(own) < 5:
            continue
        record, y, post, ties = f"nfl pair {a} {b}", own[-1].season, [g for g in own if g.playoff], total(own, a)[2]
        rng = Random(f"{seed} {record}")
        a, b = (a, b) if rng.random() < 0.5 else (b, a)
        (x, w), (z, l) = sorted(((total(own, c)[0], club(c, y)) for c in (a, b)), reverse=True)
        old = sorted({club(c, g.season, "bare") for g in own for c in (a, b)} - {club(c, y, "bare") for c in (a, b)})
        v = dict(a=club(a, y), b=club(b, y), p=sum(g.score[a] for g in own), q=sum(g.score[b] for g in own), k=len(own), f=own[0].season, z=y,
                 lg=listed(sorted({g.league for g in own})))
        wide, won = [(c, lone(own, lambda g: g.lead(c))) for c in (a, b)], total(post, a)[0]
        body = [say(rng, "first", d=day(own[0].date), g=told(rng, own[0])), say(rng, "sums", **v), say(rng, "names", old=listed(old)) if old else "",
                *(say(rng, "biggest", t=club(c, y), s=g.own(c), d=day(g.date)) for c, g in wide if g and g.lead(c) > 0),
                say(rng, "finals", k=len(post), t=club(a, y), x=won or "none") if len(post) > 1 else
                say(rng, "final1", t=club(post[0].winner, y)) if post and post[0].margin else ""]
        recent = say(rng, "recent", x="; ".join(f"{day(g.date)}, {told(rng, g)}" for g in own[-5:]))
        lead = say(rng, "even" if x == z else "lead", w=w, l=l, x=x, z=z, none=z or "none", ties=f", with {n(ties, 'tie')}" if ties else "")
        yield doc(record, own[-1].date, "american_football", "nfl-elo-game", para(say(rng, "met", **v), lead, *some(rng, 0.85, *body)),
                  para(recent))


def nfl_franchises(seasons, seed):
    for c, years in grouped(seasons, lambda k: k[1]):
        if len(years) < 2:
            continue
        rng, y, rec = Random(f"{seed} nfl franchise {c}"), years[-1][0], {s: total(seasons[s, c][0], c) for s, _ in years}
        own, post = [g for k in years for g in seasons[k][0]], [g for k in years for g in seasons[k][1]]
        spans = [(name, list(s)) for name, s in groupby(rec, key=lambda s: club(c, s))]
        best = lone(rec, lambda s: share(rec[s]))
        did = lambda g: f"{g.label} ({'won' if g.winner == c else 'lost'} {g.own(c)} against {club(g.other[c], g.season)})"
        bowls = [did(g) for g in post if "Super" in g.label]
        titles = [str(g.season) for g in post if g.winner == c and re.match("the (NFL|AFL|AAFC)", g.label)]
        v = dict(t=club(c, y), k=n(len(rec), "season"), f=years[0][0], z=y, r=wlt(total(own, c)), g=n(len(own), "game"), best=best,
                 lg=listed(list(dict.fromkeys(league(c, s) for s in rec))), rec=wlt(rec[best]) if best else "",
                 pr=wlt(total(post, c)), pg=n(len(post), "game"), titles=listed(titles), bowls=listed(bowls),
                 names=listed([f"{name} ({s[0]}{'' if len(s) == 1 else f'-{s[-1]}'})" for name, s in spans]))
        keys = [("franchise", True), ("called", len(spans) > 1), ("peakyear", best and rec[best][0]), ("postrec", post),
                ("titles", titles), ("bowls", bowls)]
        lines = [f"{s}: {wlt(r)}" + ", play-offs" * bool(seasons[s, c][1]) for s, r in rec.items()]
        yield doc(f"nfl franchise {c}", own[-1].date, "american_football", "nfl-elo-game",
                  para(*(say(rng, k, **v) for k, there in keys if there)), "\n".join(["Season by season:", *lines]))

# -----------------------------------------------------------------------------
# NBA players by RAPTOR

def span(y):
    return f"{int(y) - 1}-{int(y) % 100:02d}"


def rating(r, name=""):
    signed = lambda x: f"{float(x):+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")
    o, d, t, w = (signed(r[k]) for k in ("raptor_offense", "raptor_defense", "raptor_total", "war_total"))
    return dict(p=name or person(r["player_name"]), y=span(r["season"]), m=f"{int(float(r['mp'])):,}", o=o, d=d, r=t, w=w.lstrip("+"))


def nba(players, teams, seed):
    """Careers, the leaders of each season, and the players of each team."""
    single, at = defaultdict(list), ("basketball", "nba-raptor")
    for pid, rows in grouped(sorted(players, key=lambda r: int(r["season"])), lambda r: r["player_id"]):
        if len(rows) == 1:
            single[rows[0]["season"]] += rows
            continue
        rng, p, real = Random(f"{seed} nba player {pid}"), person(rows[-1]["player_name"]), [r for r in rows if float(r["mp"]) >= 500]
        minutes, war = sum(int(float(r["mp"])) for r in rows), f"{sum(float(r['war_total']) for r in rows):.1f}".replace("-0.0", "0.0")
        years = f"from {span(rows[0]['season'])} to {span(rows[-1]['season'])}"
        v = dict(p=p, k=n(len(rows), "season"), span=years, min=n(minutes, "minute"), war=war)
        tops = [say(rng, k, **rating(top))
                for k, by, of in (("prime", "raptor_total", real), ("most", "war_total", rows))
                for top in [lone(of, lambda r: round(float(r[by]), 1))] if top and float(top[by]) > 0.05]
        old, facts = sorted({person(r["player_name"]) for r in rows} - {p}), [rating(r, surname(p)) for r in rows]
        tops += [f"some seasons have the name as {listed(old).rstrip('.')}."] if old else []
        line = "{y}: {m} minutes, RAPTOR {r} (offense {o}, defense {d}), WAR {w}"
        prose = len(rows) < 9 and rng.random() < 0.7
        seasons = para(*(say(rng, "row", **f) for f in facts)) if prose else "\n".join(line.format(**f) for f in facts)
        yield doc(f"nba player {pid}", f"{rows[-1]['season']}-06-30", "basketball", "data/tree/master/nba-raptor",
                  para(say(rng, "career", **v), *some(rng, 0.9, say(rng, "worth", **v), *tops)), seasons)
    for y, rows in single.items():
        yield from pages(seed, f"nba single {y}", f"{y}-06-30", *at, "single", "here", [rating(r) for r in rows], 10, y=span(y))
    for y, rows in grouped((r for r in players if float(r["mp"]) >= 1000), lambda r: r["season"]):
        for k, by in (("war_total", "wins above replacement (WAR)"), ("raptor_total", "RAPTOR"), ("raptor_offense", "RAPTOR on offense"),
                      ("raptor_defense", "RAPTOR on defense")):
            best = [rating(r) for r in sorted(rows, key=lambda r: -float(r[k]))[:10]]
            kind = "ends" if "fense" in k else "here"
            yield from pages(seed, f"nba leaders {y} {k}", f"{y}-06-30", *at, "leaders", kind, best, 10, y=span(y), by=by)
    once = {(r["season"], r["team"], r["season_type"], r["player_id"]): r for r in teams}  # the two by_team files overlap
    for (y, code, part), rows in grouped(once.values(), lambda r: (r["season"], r["team"], r["season_type"])):
        name = next((name for first, name in reversed(TEAMS.get(code, ())) if first <= int(y)), "")
        best = [rating(r) for r in sorted(rows, key=lambda r: -float(r["mp"]))[:11]] if name else []
        yield from pages(seed, f"nba team {y} {code} {part}", f"{y}-06-30", *at, "team", "here", best, 11, t=name, y=span(y),
                         part="the play-offs" if part == "PO" else "the regular season")

# -----------------------------------------------------------------------------
# the tables behind the stories

STAGES = ["", "First Four", "round of 64", "round of 32", "Sweet 16", "Elite Eight", "Final Four", "championship game"]
FINISH = "Champ N2nd NSF RF RSF 2nd 1st OR".split()
SCHOOL = "Mich.=Michigan;Ill.=Illinois;Ky.=Kentucky;Wash.=Washington;Tenn.=Tennessee;Colo.=Colorado;N.C.=North Carolina;Miss.=Mississippi;"
SCHOOL += "Ga.=Georgia;Fla.=Florida;Mo.=Missouri;La.-Monroe=Louisiana-Monroe;SFA=Stephen F. Austin;UNI=Northern Iowa"
SCHOOL = dict(x.split("=") for x in SCHOOL.split(";"))


def pct(x):
    return f"{100 * float(x):.1f}".removesuffix(".0")


def women(rows, seed):
    """The women's NCAA tournament by year and by school."""
    facts, at = [], ("basketball", "ncaa-womens-basketball-tournament")
    for r in rows:
        rng = Random(f"{seed} {r['Year']} {r['School']}")
        right = all(int(r["Reg. " + k]) + int(r["Tourney " + k]) == int(r["Full " + k]) for k in "WL")
        who = " ".join(SCHOOL.get(w, w) for w in re.sub(r"(?<=\w )St\.", "State", r["School"]).split())
        conf = r["Conference"].strip().replace("Atletic", "Athletic")
        conf += " Conference" * (not re.match("Big|Pac-|ASUN|SWAC|Conf", conf))
        conf = "" if "Independent" in conf else " of " + "the " * (conf != "Conference USA") + conf
        facts.append(dict(y=int(r["Year"]), who=who, finish=FINISH.index(r["Tourney finish"]), conf=conf, reg=f"{r['Reg. W']}-{r['Reg. L']}",
                          did=say(rng, r["Tourney finish"]), seed=say(rng, "seed", s=r["Seed"]) if r["Seed"].isdigit() else "",
                          full=say(rng, "full", f=f"{r['Full W']}-{r['Full L']}") if right else "", key="women" if right else "women0"))
    for y, found in grouped(facts, lambda f: f["y"]):
        found.sort(key=lambda f: (f["finish"], f["who"]))
        yield from pages(seed, f"ncaa women {y}", f"{y}-04-10", *at, "wyear", "", found, 8, y=y)
    for who, found in grouped(facts, lambda f: f["who"]):
        if len(found) < 3:
            continue
        own = [dict(f, who=f"the team of {f['y']}", conf="") for f in found]
        yield from pages(seed, f"ncaa women {who}", f"{found[-1]['y']}-04-10", *at, "wschool", "", own, 12, w=who,
                         k=n(len(own), "appearance"), a=facts[0]["y"], z=facts[-1]["y"])


def boxers(rows, seed):
    for url, own in grouped(sorted(rows, key=lambda r: int(r["wins"])), lambda r: r["url"]):
        busy = lone(grouped(own, lambda r: r["date"][:4]), lambda x: len(x[1]))
        marks = [dict(k=int(r["wins"]), n=nth(int(r["wins"])), d=day(r["date"])) for r in own[1:-1] if int(r["wins"]) % 5 == 0]
        if busy:
            marks.insert(len(marks) // 2, dict(key="busy", y=busy[0], c=n(len(busy[1]), "win")))
        yield from pages(seed, f"boxer {url}", own[-1]["date"], "combat", "undefeated-boxers", "boxer", "wins", marks, 20,
                         p=own[0]["name"], k=len(own), a=day(own[0]["date"]), z=day(own[-1]["date"]))


def forecasts(file, rows, seed):
    kind, y, m, d, h, minute = re.search(r"(wc|wwc-forecast)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)", file).groups()
    facts = []
    for r in sorted(rows, key=lambda r: -float(r["win"])):
        t, final = r.get("country") or r["team"], r.get("cup") or r["final"]
        facts.append(dict(t="the " * (t in ("USA", "Netherlands")) + t, r=f"{float(r.get('spi') or r['wspi']):.1f}", w=pct(r["win"]),
                          x=an(pct(r["win"])), c=pct(final), s=pct(r["semi"]), q=pct(r["quarter"])))
    facts = [f for f in facts if f["w"] not in ("0", "100")][:9]
    yield from pages(seed, file, f"{y}-{m}-{d}", "soccer", file.split("/")[0], "forecast", "cup", facts, 9, y=y, d=day(f"{y}-{m}-{d}"),
                     cup="World Cup" if kind == "wc" else "Women's World Cup", h=f"{h}:{minute} " + ("GMT" if kind == "wc" else "EDT"))


def stories(t, seed):
    """t: the rows of a file by folder and name; a file that is absent has none."""
    yield from women(t["ncaa-womens-basketball-tournament/ncaa-womens-basketball-tournament-history.csv"], seed)
    yield from boxers(t["undefeated-boxers/undefeated.csv"], seed)
    for file in [file for file in t if "world-cup" in file]:
        yield from forecasts(file, t[file], seed)
    men = t["historical-ncaa-forecasts/historical-538-ncaa-tournament-model-results.csv"]
    for (y, k), rows in grouped(men, lambda r: (r["year"], int(r["round"]))):
        facts = [dict(f=r["favorite"], u=r["underdog"], p=pct(r["favorite_probability"]), a=an(pct(r["favorite_probability"])),
                      b=pct(1 - float(r["favorite_probability"])), key="fav" + r["favorite_win_flag"]) for r in rows]
        where = ("basketball", "historical-ncaa-forecasts")
        yield from pages(seed, f"ncaa men {y} {k}", f"{y}-04-10", *where, "men", "", facts, 16, y=y, s=STAGES[k])
    for y, rows in grouped(t["nba-draft-2015/historical_projections.csv"], lambda r: r["Draft Year"]):
        facts = [dict(p=r["Player"], pos=r["Position"], s=f"{float(r['Projected SPM']):+.1f}", a=pct(r["Superstar"]), b=pct(r["Starter"]),
                      c=pct(r["Role Player"]), d=pct(r["Bust"]), x=an(pct(r["Bust"])),
                      sa=an(pct(r["Superstar"])), sb=pct(r["Starter"])) for r in rows]
        yield from pages(seed, f"nba draft {y}", f"{y}-06-25", "basketball", "nba-draft-2015", "class", "draft", facts, 9, y=y)
    stars = sorted(t["mlb-allstar-teams/allstar_team_talent.csv"], key=lambda r: (r["gameID"][3:], r["lgID"]))
    for y, rows in grouped(stars, lambda r: r["yearID"][:3]):
        facts = [dict(lg={"AL": "American", "NL": "National"}[r["lgID"]] + " League",
                      d=day(re.sub(r"...(.{4})(..)(..).*", r"\1-\2-\3", r["gameID"])), rs=f"{float(r['talent_RSPG']):.2f}",
                      ra=f"{float(r['talent_RAPG']):.2f}", pct=f"{float(r['adj_PYTH']):.3f}".lstrip("0"),
                      **{k: f"{float(r[f'tm_{c}_talent']):+.2f}" for k, c in zip("ofp", ("OFF", "DEF", "PIT"))}) for r in rows]
        where = ("baseball", "mlb-allstar-teams")
        yield from pages(seed, f"mlb all-stars {y}", f"{rows[-1]['yearID']}-07-15", *where, "decade", "stars", facts, 7, y=y)
    lower = lambda s: s if s[1:2].isupper() else s[:1].lower() + s[1:]
    dated = sorted((r for r in t["nfl-suspensions/nfl-suspensions-data.csv"] if r["year"].strip()), key=lambda r: r["year"])
    for y, rows in grouped(dated, lambda r: r["year"] if r["year"] > "2001" else "the years before 2002"):
        facts = []
        for r in rows:
            why, _, again = r["category"].replace("PEDs", "performance-enhancing drugs").partition(", ")
            what = f" ({lower(r['desc.']).replace('ulitple', 'ultiple')})" if r["desc."] else ""
            games = "indefinitely" if r["games"] == "Indef." else "for " + n(int(r["games"]), "game")
            facts.append(dict(p=person(r["name"]), g=games + f" in {r['year']}" * (y != r["year"]),
                              why=f" for {lower(why)}" + ", a repeated offense" * bool(again), what=what))
        where = ("american_football", "nfl-suspensions")
        yield from pages(seed, f"nfl suspensions {y}", f"{rows[-1]['year']}-12-31", *where, "banned", "ban", facts, 10, y=y)
    best = sorted(t["nfl-wide-receivers/advanced-historical.csv"], key=lambda r: -float(r["career_try"]))[:1000]
    facts = [dict(k=k, p=person(r["player_name"]), t=f"{float(r['career_try']):,.0f}", r=f"{float(r['career_ranypa']):+.2f}")
             for k, r in enumerate(best, 1)]
    yield from pages(seed, "nfl receivers", "2013-12-31", "american_football", "nfl-wide-receivers", "catches", "catch", facts, 12)


def documents(upstream, seed):
    """One pass over the files: a tarball is read from its beginning each time."""
    t = defaultdict(list)
    for path, f in upstream.files("*.csv"):
        if WANTED.search(path):
            t["/".join(path.split("/")[-2:])] = list(csv.DictReader(f))
    if not any(t.values()):
        raise ValueError("none of FiveThirtyEight's files is there (nfl_games.csv, nba-raptor/historical_RAPTOR_by_player.csv ...)")
    games = nfl_games([r for file in t if file.endswith("nfl_games.csv") for r in t[file]])
    own = {k: [g for g, _ in x] for k, x in grouped(((g, c) for g in games for c in g.teams), lambda x: (x[0].season, x[1]))}
    seasons = {k: ([g for g in x if not g.playoff], [g for g in x if g.playoff]) for k, x in own.items() if sum(not g.playoff for g in x) > 2}
    yield from nfl_weeks(games, seed)
    yield from nfl_clubs(seasons, seed)
    yield from nfl_years(games, seasons, seed)
    yield from nfl_pairs(games, seed)
    yield from nfl_franchises(seasons, seed)
    teams = t["nba-raptor/historical_RAPTOR_by_team.csv"] + t["nba-raptor/modern_RAPTOR_by_team.csv"]
    yield from nba(t["nba-raptor/historical_RAPTOR_by_player.csv"] or t["nba-raptor/modern_RAPTOR_by_player.csv"], teams, seed)
    yield from stories(t, seed)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
