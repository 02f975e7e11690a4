"""
The starter corpus: tables of sports facts, told and asked in many wordings.
A small model learns a fact only if it meets it in dozens of different sentences, so a few
thousand table cells become ~100k questions and a few thousand short texts.

$ python prepare.py starter                 # from the root of the repository
$ python data/starter/prepare.py --name X   # the same
"""
import csv
import functools
import os
import re
import sys
from collections import Counter, defaultdict, namedtuple
from random import Random

here = os.path.dirname(os.path.abspath(__file__))

# -----------------------------------------------------------------------------
# how much of what
n_main = 40           # question wordings per fact: winners, records, rules
n_second = 20         # the same for runner-up, score, host, year ...
p_hand = 0.58         # share of questions from a hand-written core, the rest is grammar
p_own = 0.5           # of those, the share in words made for this competition, where there are any
p_unknown = 0.25      # share of questions whose answer is "I don't know."
p_conversation = 0.02 # share of question documents that hold two or three of them
n_statements = 1      # one- or two-sentence texts per table row
n_pages = 1           # differently ordered pages per event, decade and champion
n_heldout = 2         # evaluation questions per fact from cores never trained on
n_eval_unknown = 200  # evaluation questions per kind of unknown
last_year = 2060      # how far "the future" reaches
LICENSE = "facts (no copyright)"
DATE = "2026-11-22"  # when the tables were written

# -----------------------------------------------------------------------------
# Competitions, as people call them. A view is one column of winners with its names.
# names: events you can finish second in, or host; prizes: what only a winner gets;
# finals: the match or series that decides it; forms: names that hold the year inside.
# {y} year, {yy} '98, {s} 1997-98. "@1993-" limits a name to the years it was in use.

COUNTRY, CLUB, TEAM = "team country nation side", "club team side", "team franchise club"
VIEWS = [
    dict(table="fifa_world_cup", more=1.5, sport="soccer", who=COUNTRY, hosts="country nation",
         names="the World Cup|the FIFA World Cup|the football World Cup|the soccer World Cup|the men's World Cup|the men's football World Cup|the Mundial|the World Cup|the World Cup|the FIFA WC|the World Cup of football|the World Cup finals|the World Cup tournament", forms="{host} {y}|the World Cup in {host} in {y}|the {y} World Cup in {host}|{host} {yy}", p_forms=.08,
         prizes="the World Cup title|the FIFA World Cup trophy|the men's world title in football|the World Cup crown|the Jules Rimet Trophy@-1970",
         finals="the World Cup final|the FIFA World Cup final|the men's World Cup final|the football World Cup final"),
    dict(table="womens_world_cup", more=1.3, sport="soccer", who=COUNTRY, hosts="country nation",
         names="the Women's World Cup|the FIFA Women's World Cup|the women's football World Cup|the women's soccer World Cup",
         prizes="the Women's World Cup title|the women's world title in football|the Women's World Cup trophy",
         finals="the Women's World Cup final|the FIFA Women's World Cup final|the women's soccer World Cup final"),
    dict(table="uefa_euro", more=1.5, sport="soccer", who=COUNTRY, hosts="country nation", forms="Euro {y}|UEFA Euro {y}|Euro {yy}",
         names="the European Championship|the Euros|the UEFA European Championship|the European Championships|the football Euros|the European football championship|the European Nations' Cup@-1964|the Euro|the Euro tournament|the European Nations Championship",
         prizes="the Henri Delaunay Trophy|the Henri Delaunay Cup|the European title for national teams|the Euros title",
         finals="the European Championship final|the Euros final|the UEFA Euro final|the Euro final"),
    dict(table="copa_america", sport="soccer", who=COUNTRY,
         names="the Copa America|the South American Championship|the South American football championship|the Copa",
         prizes="the Copa America title|the Copa America trophy|the South American title for national teams|the South American crown",
         finals="the Copa America final"),
    dict(table="champions_league", more=1.4, sport="soccer", who=CLUB, forms="the {s} Champions League|the {s} European Cup",
         names="the Champions League|the UEFA Champions League|the European Cup|the UCL|Europe's top club competition|the CL|the Champs League|the European Champions Cup|the Champions Cup|the European Cup|the club championship of Europe",
         prizes="the Champions League trophy|the European club title|the big-eared cup|Europe's biggest club prize",
         finals="the Champions League final|the European Cup final|the UCL final|the UEFA Champions League final"),
    dict(table="english_champions", more=1.3, sport="soccer", who=CLUB, forms="the {s} English top flight|the {s} English league|the {s} season of the English top flight",
         names="the English league|the English top flight|England's top division|the English football league championship|the Premier League@1993-|the English Premier League@1993-|the EPL@1993-|the Prem@1993-|the Premiership@1993-2007|the First Division@1893-1992|the old First Division@1893-1992",
         prizes="the English title|the English league title|the English football title|the Premier League title@1993-|the Premier League trophy@1993-"),
    dict(table="super_bowl", sport="american_football", who=TEAM, p_forms=.6, more=1.6,
         forms="SB {numeral}|Super Bowl {numeral}|Super Bowl {numeral}|Super Bowl {numeral}|Super Bowl {number}|Super Bowl {number}|the {s} NFL season|the Super Bowl played in {y}",
         names="the Super Bowl|the NFL's Super Bowl",
         prizes="the Vince Lombardi Trophy|the Lombardi Trophy|the Super Bowl ring|the Super Bowl title",
         finals="the Super Bowl", final_forms="Super Bowl {numeral}|Super Bowl {numeral}|Super Bowl {number}|the Super Bowl played in {y}"),
    dict(table="nba_champions", more=1.3, sport="basketball", who=TEAM, series=True, forms="the {s} NBA season|the {s} NBA championship",
         names="the NBA Finals|the NBA championship|the NBA playoffs|the NBA|the NBA season|the NBA series",
         prizes="the NBA|the NBA rings|the National Basketball Association title|the Larry O'Brien Trophy|the Larry O'Brien@1978-|the NBA title|the NBA crown|the NBA ring|the pro basketball title in America",
         finals="the NBA Finals|the NBA final series|the NBA championship series"),
    dict(table="world_series", more=1.2, sport="baseball", who=TEAM, series=True,
         names="the World Series|the Fall Classic|the MLB World Series|the baseball World Series|the WS|the MLB season|the Major League Baseball championship|the World Series",
         prizes="the MLB title|the World Series title|the Commissioner's Trophy@1967-|baseball's world title|the MLB championship",
         finals="the World Series|the Fall Classic|the baseball World Series|the MLB World Series"),
    dict(table="stanley_cup", more=1.3, sport="hockey", who=TEAM, series=True, forms="the {s} NHL season@1919-",
         names="the Stanley Cup Finals|the Stanley Cup playoffs|the Stanley Cup Final|the Stanley Cup|the NHL|the NHL playoffs|the NHL season@1919-|the hockey championship of the NHL",
         prizes="the Stanley Cup|Lord Stanley's Cup|the NHL title|the NHL championship|the NHL's Stanley Cup|hockey's Stanley Cup|Lord Stanley's trophy|Lord Stanley's mug|the Cup in hockey|hockey's big prize",
         finals="the Stanley Cup Finals|the Stanley Cup Final|the Stanley Cup series|the NHL final"),
    dict(table="cricket_world_cup", more=1.6, sport="cricket", who=COUNTRY, hosts="country nation",
         names="the Cricket World Cup|the ICC Cricket World Cup|the men's Cricket World Cup|the 50-over World Cup|the ODI World Cup|the one-day cricket World Cup|the one-day World Cup|the World Cup of cricket|the World Cup in cricket|the 50-over WC|the cricket WC|the Prudential World Cup@-1983",
         prizes="the Cricket World Cup title|the 50-over world title|the cricket World Cup trophy",
         finals="the Cricket World Cup final|the ICC Cricket World Cup final|the ODI World Cup final"),
    dict(table="t20_world_cup", more=1.2, sport="cricket", who=COUNTRY, hosts="country nation",
         names="the T20 World Cup|the men's T20 World Cup|the ICC T20 World Cup|the Twenty20 World Cup|the World T20|the ICC World Twenty20@-2016",
         prizes="the T20 World Cup title|the T20 world title|the Twenty20 world title",
         finals="the T20 World Cup final|the World T20 final|the Twenty20 World Cup final"),
    dict(table="masters", more=0.8, sport="golf", who="golfer player man",
         names="the Masters|the Masters Tournament|the Augusta Masters|the golf Masters|the Masters at Augusta|the Masters golf tournament|the US Masters|the Masters|the Masters golf|Augusta",
         prizes="the green jacket|the Masters title|the Masters green jacket|the major at Augusta National"),
    dict(table="us_open_golf", more=0.7, sport="golf", who="golfer player man",
         names="the US Open golf tournament|the US Open in golf|the U.S. Open golf championship|the golf US Open|the United States Open golf championship|the men's US Open in golf|the USGA's US Open",
         prizes="the US Open golf title|the U.S. Open golf trophy|golf's US Open title"),
    dict(table="the_open", more=0.6, sport="golf", who="golfer player man",
         names="the Open Championship|the British Open|the Open Championship in golf|the British Open golf tournament|the golf Open in Britain|the Open golf championship|the men's British Open",
         prizes="the Claret Jug|the Open Championship title|golf's Claret Jug|the British Open title"),
    dict(table="pga_championship", more=0.5, sport="golf", who="golfer player man",
         names="the PGA Championship|the US PGA Championship|the PGA Championship in golf|the golf PGA Championship|the men's PGA Championship|the USPGA",
         prizes="the Wanamaker Trophy|the PGA Championship title|golf's Wanamaker Trophy|the PGA Championship trophy"),
    dict(table="formula_1", more=.9, sport="motorsport", win="driver", who="driver man racer",
         names="the Formula 1 drivers' championship|the F1 world championship for drivers|the Formula One drivers' championship|the F1 drivers' championship|the F1 driver standings|the Formula 1 season's drivers' standings|the F1 championship|the Formula 1 world championship|the Formula One championship|F1|Formula 1|Formula One|the F1 season|the Formula One season|the F1 world championship",
         prizes="the Formula 1 drivers' title|the F1 drivers' title|the Formula One drivers' crown|the F1 drivers' world title|the Formula One World Drivers' Championship|the F1 title|the Formula 1 title|the Formula One title|the F1 crown|the F1 world title"),
    dict(table="formula_1", sport="motorsport", win="constructor", who="team constructor", more=.5,
         names="the Formula 1 constructors' championship|the F1 constructors' championship|the F1 world championship for constructors|the F1 constructors' standings|the Formula One constructors' championship",
         prizes="the Formula 1 constructors' title|the F1 constructors' title|the F1 constructors' crown|the Formula One team title"),
    dict(table="summer_olympics", more=1.6, sport="olympics", win="", hosts="city",
         names="the Summer Olympics|the Summer Olympic Games|the Summer Games|the Olympic Summer Games|the Olympic Games in summer|the Games of the Summer Olympiad"),
    dict(table="winter_olympics", more=1.6, sport="olympics", win="", hosts="city",
         names="the Winter Olympics|the Winter Olympic Games|the Winter Games|the Olympic Winter Games|the Olympics in winter"),
    dict(table="heavyweight_boxing", more=0.6, sport="combat", win="champion", lose="opponent", fight=True, who="boxer fighter man",
         names="the heavyweight title|the world heavyweight title|the heavyweight championship of the world|the world heavyweight boxing title|the heavyweight crown in boxing|boxing's heavyweight title|the heavyweight boxing championship"),
    dict(table="ufc_champions", more=0.6, sport="combat", win="champion", lose="opponent", fight=True, who="fighter champion",
         names="the UFC {division} title|the UFC {division} belt|the UFC {division} championship|the {division} title in the UFC|the {division} belt in the UFC|the UFC {division} crown"),
]
THE = set("United States|Soviet Union|Netherlands|West Indies|Czech Republic|United Kingdom|United Arab Emirates".split("|"))  # need an article
SLAMS = {  # men's and women's singles share years, so every name says which one is meant
    "australian_open": "the Australian Open|the Aus Open|the Aussie Open|the Australian Open tennis|the Melbourne slam|the Australian grand slam",
    "french_open": "the French Open|Roland Garros|the French Open tennis|Roland-Garros|the Paris clay slam",
    "wimbledon": "Wimbledon|the Wimbledon Championships|the All England Club|the Wimbledon tennis|the grass-court slam",
    "us_open_tennis": "the US Open in tennis|the US Open|the US Open tennis|Flushing Meadows@1978-|the U.S. Open tennis championships|the tennis US Open",
}
SIDES = {"men": "men's gentlemen's", "women": "women's ladies'"}
RACES = "100 metres|100 m|100-metre sprint|100 meters|100m|100-meter dash"

def singles(table, column):
    names, prizes, forms = [], [], []
    for tournament in SLAMS[table].split("|"):
        t, years = (tournament + "@").split("@")[:2]
        years = "@" + years if years else ""
        bare = t.removeprefix("the ")
        for side in SIDES[column].split():
            names += [f"the {side} singles at {t}{years}", f"the {side} tournament at {t}{years}", f"the {bare} {side} singles{years}"]
            prizes += [f"the {side} title at {t}{years}", f"the {bare} {side} title{years}", f"the {bare} {side} final{years}", f"the {side} crown at {t}{years}"]
            forms += [f"the {side} singles at the {{y}} {bare}{years}", f"the {side} event at the {{y}} {bare}{years}"]
    return dict(table=table, more=.8, sport="tennis", win=column, p_forms=.25, who="player man man guy" if column == "men" else "player woman woman lady",
                names="|".join(names), prizes="|".join(prizes), forms="|".join(forms))

def sprint(column):
    side, names, prizes, forms = column.split("_")[0] + "'s", [], [], []
    for race in RACES.split("|"):
        names += [f"the {side} {race} at the Summer Olympics", f"the Olympic {side} {race}", f"the {side} {race} at the Olympics", f"the {side} Olympic {race}"]
        prizes += [f"Olympic gold in the {side} {race}", f"the Olympic {side} {race} title", f"the gold medal in the Olympic {side} {race}"]
        forms += [f"the {side} {race} at the {{y}} Olympics", f"the {side} {race} at the {{y}} Summer Games", f"the {side} {race} in {{host}} in {{y}}", f"the {side} {race} at the {{host}} Olympics of {{y}}"]
    return dict(table="summer_olympics", more=.6, sport="olympics", win=column, p_forms=.4, who="sprinter athlete " + ("man" if side == "men's" else "woman"),
                names="|".join(names), prizes="|".join(prizes), forms="|".join(forms))

VIEWS += [singles(table, column) for table in SLAMS for column in SIDES]
VIEWS += [sprint("men_100m"), sprint("women_100m")]

# -----------------------------------------------------------------------------
# Wordings. Slots: {E} event with its year, {A} the same without article, {N} without year,
# {T} {M} the same as {E} {N} or a prize, {F} {G} the final with and without year, {y} year,
# {W} {w} "Who" or "Which team", {n} "team", {rel} who or that, {wasE} {Ewas} verb and event.
# cores and verbs: lists of templates; held: cores no training question is ever made from;

BEAT = """beat/beat/beating|defeated/defeat/defeating|edged/edge/edging|edged out/edge out/edging out|pipped/pip/pipping|topped/top/topping|downed/down/downing|stunned/stun/stunning|upset/upset/upsetting|saw off/see off/seeing off|overcame/overcome/overcoming|thrashed/thrash/thrashing|outplayed/outplay/outplaying
outlasted/outlast/outlasting|swept/sweep/sweeping|crushed/crush/crushing|sank/sink/sinking|stopped/stop/stopping|knocked off/knock off/knocking off|took down/take down/taking down|hammered/hammer/hammering|humbled/humble/humbling|dethroned/dethrone/dethroning|got past/get past/getting past|conquered/conquer/conquering"""
BEATEN = "|".join(verb.strip() + " {lose} in {F}" for verb in BEAT.replace("\n", "|").split("|"))
VICTIM = "|".join(frame.format(*verb.split("/"), win="{win}", E="{E}", F="{F}") for verb in BEAT.replace("\n", "|").split("|") for frame in (
    "Who did {win} {1} in {F}?", "Whom did {win} {1} to win {E}?", "{win} {0} who in {F}?", "In {F}, who did {win} {1}?", "Which team did {win} {1} in {F}?", "Tell me who {win} {0} in {F}.", "{win} ended up {2} which side in {F}?"))

REL = {
    "winner": dict(kind="who", agent=True, cores="""
        {W} won {T}?|In {y}, {w} won {M}?|{W} won {M} back in {y}?|{W} was the winner of {E}?|{W} came first in {E}?|{W} took home {T}?
        {W} was crowned champion in {E}?|{W} finished top in {E}?|{T}: who won it?|{T}, who won?|{A} winner?|{A} champion?|{A}, winner?
        Which name was engraved on the trophy after {E}?|{W} lifted the trophy at the end of {E}?|By whom {wasE} won?|{Ewas} won by which {n}?
        {T} went to whom?|To which {n} did {T} go?|{W} beat {lose} in {F}?|{W} defeated {lose} in {F}?|{W} got the better of {lose} in {F}?
        {W} beat everyone else in {E}?|Winner of {E}?|{W} took first place in {E}?|{M} {y} went to?|The {y} winner of {M}?|Who were the champions of {N} in {y}?
        {Ewas} whose to celebrate?|{W} finished {E} as champion?|{A}, {w} took {M}?|At {E}, {w} lifted {M}?|{W} won {M} at {E}?|{E}... {w} got {M}?|{M}, {A}: {w}?|{W} took {M} home from {E}?|For {E}, {w} collected {M}?|{A} ({M}), {w} won?|Winner of {M} at {E}?|Was it {win} or {lose} that won {E}?|{lose} or {win}, {w} won {F}?|{E}: {win} or {name}?|Did {lose} or {win} win {E}?|Settle it: {A}, {name} or {win}?|{W} won {E}, {win} or {lose}?|{W} won {F}, {lose} or {win}?|{name} or {win} for {T}?|{F} was {lose} against {win}, but {w} won?|{win} and {lose} met in {F}: winner?|{W} won when {lose} met {win} in {F}?|{W} became champion in {E}?|Whose name is on the roll of honour for {E}?""",
        held="""{W} came out on top in {E}?|{W} walked away with {T}?|{W} reigned supreme in {E}?|{W} was the eventual winner of {E}?|{W} brought home {T}?
        When {Ewas} over, who was the champion?|{W} celebrated victory in {E}?|Who is listed as the winner for {E}?|{T} ended up with which {n}?""",
        verbs="""won/win/winning {T}|took/take/taking {T}|claimed/claim/claiming {T}|captured/capture/capturing {T}|clinched/clinch/clinching {T}
        secured/secure/securing {T}|landed/land/landing {T}|earned/earn/earning {T}|grabbed/grab/grabbing {T}|sealed/seal/sealing {T}|bagged/bag/bagging {T}
        got/get/getting {T}|scooped/scoop/scooping {T}|picked up/pick up/picking up {T}|wrapped up/wrap up/wrapping up {T}|carried off/carry off/carrying off {T}
        took away/take away/taking away {T}|collected/collect/collecting {T}|gained/gain/gaining {T}|snatched/snatch/snatching {T}|nailed down/nail down/nailing down {T}
        triumphed/triumph/triumphing in {E}|prevailed/prevail/prevailing in {E}|succeeded/succeed/succeeding in {E}|dominated/dominate/dominating {E}
        finished first/finish first/finishing first in {E}|placed first/place first/placing first in {E}|ranked first/rank first/ranking first in {E}
        emerged victorious/emerge victorious/emerging victorious in {E}|was victorious/be victorious/being victorious in {E}|won the title/win the title/winning the title in {E}
        took the crown/take the crown/taking the crown in {E}|took the trophy/take the trophy/taking the trophy in {E}|lifted the trophy/lift the trophy/lifting the trophy in {E}
        earned the top spot/earn the top spot/earning the top spot in {E}|took the top prize/take the top prize/taking the top prize in {E}|went all the way/go all the way/going all the way in {E}|""" + BEATEN,
        nouns="winner of {E}|champion of {E}|victor of {E}|title winner of {E}|overall winner of {E}|title holder of {E}|first-placed {n} of {E}|successful {n} of {E}|best {n} of {E}|winning {n} of {E}|number one of {E}"),
    "runner_up": dict(kind="who", cores="""
        {W} finished second in {E}?|{W} came second in {E}?|{W} was the runner-up in {E}?|{W} lost {F}?|{W} was beaten in {F}?|{W} lost to {win} in {F}?
        Who did {win} beat in {F}?|Which {n} did {win} beat in {F}?|Whom did {win} defeat in {F}?|Who did {win} overcome in {F}?|Against which {n} did {win} win {F}?
        {A} runner-up?|{A}, second place?|In {y}, {w} finished second in {N}?|In {y}, {w} lost {G}?|Who were the runners-up in {E}?|Loser of {F}?|{W} was the beaten finalist in {F}?
        {W} took second place in {E}?|{W} faced {win} in {F} and lost?|{win} beat which {n} in {F}?|{win} beat whom in {F}?|{W} ended {E} in second place?
        {W} had to settle for second in {E}?|{W} went down to {win} in {F}?|""" + VICTIM + """|{W} finished behind {win} in {E}?|{F}: who lost?|Runner-up in {E}?|{W} was second to {win} in {E}?""",
        held="""{W} was the losing finalist in {F}?|{W} ended up second best in {E}?|Who stood between {win} and victory in {F}?|{W} did {win} get past in {F}?
        {W} had to be content with second place in {E}?|Which {n} left {F} empty-handed?|Which {n} did {win} deny the title in {F}?""",
        verbs="""lost/lose/losing {F}|lost/lose/losing in {F}|finished second/finish second/finishing second in {E}|came second/come second/coming second in {E}
        finished runner-up/finish runner-up/finishing runner-up in {E}|was beaten/be beaten/being beaten in {F}|was defeated/be defeated/being defeated in {F}|fell short/fall short/falling short in {F}
        came up short/come up short/coming up short in {F}|went down/go down/going down in {F}|placed second/place second/placing second in {E}|took second place/take second place/taking second place in {E}
        missed out/miss out/missing out in {F}|suffered defeat/suffer defeat/suffering defeat in {F}|ranked second/rank second/ranking second in {E}|was runner-up/be runner-up/being runner-up in {E}
        tasted defeat/taste defeat/tasting defeat in {F}|lost out/lose out/losing out in {F}|was the loser/be the loser/being the loser in {F}|took silver/take silver/taking silver in {E}""",
        nouns="runner-up in {E}|runner-up of {E}|loser of {F}|beaten {n} in {F}|losing {n} in {F}|second-placed {n} in {E}|defeated {n} in {F}|number two in {E}|beaten finalist of {F}"),
    "score": dict(kind="what", cores="""
        What was the score in {F}?|What was the final score of {F}?|How did {F} finish?|By what score did {win} beat {lose} in {F}?|By what score did {win} win {F}?
        {win} beat {lose} by what score in {F}?|What was the result of {F}?|{F} score?|Score of {F}?|What did {F} end?|How many to how many was it in {F}?
        What score did {F} finish with?|In {y}, what was the score in {G}?|{win} against {lose} in {F}: what was the score?|By which score {wasF} won?|{Fwas} decided by what score?
        What was the scoreline in {F}?|By what margin did {win} defeat {lose} in {F}?|With what result did {win} win {F}?|What numbers stood on the board after {F}?|{win} won {F} by what score?""",
        held="""What did {win} beat {lose} by in {F}?|What was the final tally in {F}?|How did it end between {win} and {lose} in {F}?|What score settled {F}?|With what score did {F} come to an end?""",
        nouns="score of {F}|score in {F}|final score of {F}|final score in {F}|result of {F}|scoreline of {F}|scoreline in {F}|final result of {F}|end score of {F}|exact score in {F}|winning score of {F}|full score of {F}"),
    "host": dict(kind="who", agent=True, cores="""
        {W} hosted {E}?|Where {wasE} held?|Where {wasE} played?|Where did {E} take place?|{W} was the host of {E}?|{A} host?|In {y}, {w} hosted {N}?|{Ewas} held where?
        {Ewas} hosted by whom?|Where was {N} held in {y}?|{W} staged {E}?|Location of {E}?|Host of {E}?|Where did they play {E}?|Where did {N} go in {y}?
        Which {n} was chosen to host {E}?|{W} held {E}?|In which {n} {wasE} held?|In what {n} did {E} take place?|{W} was the site of {E}?""",
        held="""{W} played host to {E}?|Where {wasE} staged?|Where would you have gone to see {E}?|On whose soil {wasE} played?|Which {n} was home to {E}?""",
        verbs="""hosted/host/hosting {E}|staged/stage/staging {E}|held/hold/holding {E}|organised/organise/organising {E}|put on/put on/putting on {E}|welcomed/welcome/welcoming {E}
        ran/run/running {E}|was host/be host/being host to {E}|had/have/having {E}|organized/organize/organizing {E}|accommodated/accommodate/accommodating {E}""",
        nouns="host of {E}|host {n} of {E}|location of {E}|place of {E}|organiser of {E}|hosting {n} of {E}|venue {n} of {E}|setting of {E}"),
    "city": dict(kind="who", agent=True, cores="""
        Which city hosted {E}?|Where {wasE} held?|Where did {E} take place?|In which city {wasE} held?|What city hosted {E}?|{A} host city?|{Ewas} held in which city?|{A}, which city?
        In {y}, which city hosted {N}?|Which city was the host of {E}?|Host city of {E}?|In what city did {E} take place?|Where was {N} held in {y}?|What was the host city of {E}?|Which city staged {E}?
        In which town {wasE} held?|The athletes met in which city for {E}?|Which place hosted {E}?""",
        held="""Which city played host to {E}?|In which city {wasE} staged?|What city welcomed the athletes of {E}?|Where would you have gone to see {E}?""",
        verbs="hosted/host/hosting {E}|staged/stage/staging {E}|held/hold/holding {E}|organised/organise/organising {E}|put on/put on/putting on {E}|was host/be host/being host to {E}",
        nouns="host city of {E}|city of {E}|hosting city of {E}|host of {E}|city that held {E}|city behind {E}"),
    "country": dict(kind="what", cores="""
        Which country hosted {E}?|In which country {wasE} held?|What country hosted {E}?|{A} host country?|{Ewas} held in which country?|In {y}, which country hosted {N}?|{A}, which country?
        Which country was the host of {E}?|Host country of {E}?|In what country did {E} take place?|Which nation hosted {E}?|Which nation staged {E}?|What was the host nation of {E}?
        In which nation {wasE} held?|Which country held {E}?|To which country did {N} go in {y}?|Which country did the athletes go to for {E}?""",
        held="""Which country played host to {E}?|In which country {wasE} staged?|Which nation welcomed {E}?|What country did {E} take place in?""",
        nouns="host country of {E}|host nation of {E}|country of {E}|hosting country of {E}|nation that held {E}|country that staged {E}|hosting nation of {E}"),
    "year": dict(kind="when", cores="""
        In which year did {win} win {M}?|When did {win} win {M}?|What year did {win} win {M}?|{win} won {M} in which year?|{win} won {M} when?|In what year did {win} win {M}?|Year of {win}'s win in {N}?
        Which year saw {win} win {M}?|{win}, {N}: which year?|When was it that {win} won {M}?|When was {win} the winner of {N}?|When did {M} go to {win}?|{win} {N} year?|In which year was {win} the winner of {N}?
        Which edition of {N} did {win} win?|In which year did {win} come first in {N}?|When did {win} take {M}?""",
        held="""When did {win} get their hands on {M}?|In what year was {win} victorious in {N}?|What was the year of {win}'s triumph in {N}?|When did {win} come out on top in {N}?|Which year belonged to {win} in {N}?""",
        verbs="""won/win {M}|took/take {M}|claimed/claim {M}|captured/capture {M}|clinched/clinch {M}|secured/secure {M}|landed/land {M}|earned/earn {M}|picked up/pick up {M}|collected/collect {M}
        triumphed/triumph in {N}|prevailed/prevail in {N}|finished first/finish first in {N}|won the title/win the title in {N}|carried off/carry off {M}|bagged/bag {M}|took home/take home {M}"""),
    "host_year": dict(kind="when", cores="""
        In which year did {host} host {N}?|When did {host} host {N}?|What year did {host} host {N}?|{N} in {host}: which year?|When was {N} held in {host}?|In which year was {N} held in {host}?
        When did {N} come to {host}?|{host} hosted {N} in which year?|{host} hosted {N} when?|Which year saw {N} in {host}?|{host} {N} year?|In what year did {N} take place in {host}?|When was {host} the host of {N}?""",
        held="When did {host} play host to {N}?|What year did {N} go to {host}?|In what year was {N} staged in {host}?|{N} took place in {host} in what year?",
        verbs="hosted/host {N}|staged/stage {N}|held/hold {N}|organised/organise {N}|was host/be host to {N}|put on/put on {N}|welcomed/welcome {N}"),
    "when": dict(kind="what", cores="""
        When was {B} played?|In which year was {B} played?|What year was {B} played?|{B} year?|When did {B} take place?
        In what year did {B} take place?|What year was {B}?|{B} was in which year?|Which year saw {B}?|When was {B}?""",
        held="In what year was {B} held?|{B} was contested in what year?|When did they play {B}?",
        nouns="year of {B}|year in which {B} was played|calendar year of {B}"),
    "title": dict(kind="who", agent=True, cores="""
        {W} won {E}?|In {y}, {w} won {N}?|{W} took {N} in {y}?|{W} beat {lose} for {E}?|{W} took {N} from {lose} in {y}?|{W} beat {lose} to win {N} in {y}?|{W} defeated {lose} for {E}?
        {W} became the holder of {N} in {y}?|{W} won the fight with {lose} for {E}?|{E}: who won it?|{E} went to whom?|New holder of {N} in {y}?|{W} fought {lose} in {y} and won {N}?|By whom was {N} won in {y}?""",
        held="{W} walked away with {N} in {y}?|{W} got past {lose} to win {N} in {y}?|{W} came out of the ring with {E}?|Who was it that beat {lose} for {N} in {y}?",
        verbs="""won/win/winning {E}|took/take/taking {E}|claimed/claim/claiming {E}|captured/capture/capturing {E}|secured/secure/securing {E}|landed/land/landing {E}|earned/earn/earning {E}
        grabbed/grab/grabbing {E}|picked up/pick up/picking up {E}|gained/gain/gaining {E}|seized/seize/seizing {E}|beat/beat/beating {lose} for {E}|defeated/defeat/defeating {lose} for {E}|collected/collect/collecting {E}"""),
    "opponent": dict(kind="what", cores="""
        Who did {win} beat for {E}?|Who did {win} beat to win {E}?|Whom did {win} defeat for {E}?|Against whom did {win} win {E}?|{win} beat whom for {E}?|{win} won {E} against whom?|From whom did {win} win {E}?
        Which fighter did {win} beat for {E}?|Who lost to {win} for {E}?|Who was beaten by {win} for {E}?|{win}'s opponent for {E}?|Who fought {win} for {E} and lost?|{win} defeated which fighter for {E}?
        Who did {win} face to win {E}?|Which opponent did {win} beat to win {E}?|Who did {win} take {N} from in {y}?|In {y}, who did {win} beat for {N}?|Who was on the other side when {win} won {E}?""",
        held="Who did {win} get past to win {E}?|Over whom did {win} win {E}?|Whose defeat gave {win} {E}?|Who stood across from {win} in the fight for {E}?",
        nouns="opponent of {win} for {E}|fighter {win} beat for {E}|loser against {win} for {E}|opponent {win} defeated for {E}|beaten opponent of {win} for {E}|rival {win} beat for {E}"),
    "holder": dict(kind="who", cores="""
        Who holds {P}?|Who has {P}?|Who owns {P}?|Who is the holder of {P}?|To whom does {P} belong?|{P}: who holds it?|{P} belongs to whom?|Whose is {P}?|{P} is held by whom?|{P}, who?|By whom is {P} held?
        Who set {P}?|Whose name stands beside {P}?|Who is known for {P}?|Which name goes with {P}?|Who is credited with {P}?""",
        held="Who can claim {P}?|Who lays claim to {P}?|Whose name is next to {P} in the books?|Who currently holds {P}?",
        verbs="""holds/hold/holding {P}|owns/own/owning {P}|has/have/having {P}|possesses/possess/possessing {P}|is behind/be behind/being behind {P}|set/set/setting {P}|is the holder/be the holder/being the holder of {P}
        keeps/keep/keeping {P}|boasts/boast/boasting {P}|reached/reach/reaching {P}|established/establish/establishing {P}""",
        nouns="holder of {P}|owner of {P}|man or woman behind {P}|name behind {P}|one with {P}|record holder for {P}"),
    "value": dict(kind="what", cores="""
        What is {P}?|What does {P} stand at?|How much is {P}?|{P} is what?|What number is {P}?|{P}: what is it exactly?|What figure is {P}?|What is {P} in numbers?|At what does {P} stand?
        What is {P} of {win}?|What mark did {win} set for {P}?""",
        held="What figure does {P} stand at?|How big is {P}?|What number does {win} have for {P}?|What exactly does {P} amount to?",
        nouns="figure for {P}|mark for {P}|number for {P}|value of {P}|figure behind {P}|number behind {P}|mark behind {P}"),
    "rule": dict(kind="what", cores="""
        What is {P}?|What's {P}?|{P}?|{P} is what?|Do you know {P}?|Tell me {P}.|What would {P} be?|What do you call {P}?|Can you give me {P}?|{P}: what is it?|What exactly is {P}?|What is meant to be {P}?""",
        held="So what would you say is {P}?|What, according to the rules, is {P}?|Could you explain to me what {P} is?"),
}
with open(os.path.join(here, "wordings.csv"), encoding="utf-8", newline="") as f:
    MORE = defaultdict(list)  # further hand-written cores, openers, closers and untaught relations
    for line in csv.DictReader(f):
        MORE[line["relation"]].append(line["template"])  # "winner", or "winner:masters", "year:tennis women"
TAGS = sorted({kind.split(":")[1] for kind in MORE if ":" in kind})
SECOND = "runner_up score host city country year host_year when value opponent title".split()

# frames around a verb: {v} past, {inf} infinitive, {ger} gerund; AGENT only where one wants to do it
VERB_FRAMES = """{W} {v}?|{W} was it that {v}?|{W} actually {v}?|{W} ended up {ger}?|Name the {n} {rel} {v}.|Tell me {w} {v}.|Do you know {w} {v}?|Can you tell me {w} {v}?|Could you say {w} {v}?|I'd like to know {w} {v}.
I wonder {w} {v}.|Any idea {w} {v}?|The {n} {rel} {v} was who?|What was the name of the {n} {rel} {v}?|Give me the {n} {rel} {v}.|Identify the {n} {rel} {v}.|Who was the {n} {rel} {v}?|Let me know {w} {v}.|I am trying to find out {w} {v}.
Is it known {w} {v}?|Please say {w} {v}.|I forgot {w} {v}.|Do you remember {w} {v}?|{W} {v}, do you know?|Say {w} {v}.|In {y}, {w} {v}?|{W} {v} in the year {y}?"""
AGENT_FRAMES = "{W} managed to {inf}?|{W} went on to {inf}?|{W} was able to {inf}?|{W} had the honour of {ger}?|{W} got to {inf}?|{W} finally {v}?"
WHO_NOUNS = """Who was {np}?|Name {np}.|Tell me {np}.|What was the name of {np}?|Do you know {np}?|Can you name {np}?|Give me {np}.|{np}?|{np} was who?|{np}: who was it?|I am looking for {np}.|Who do we call {np}?
Could you give me the name of {np}?|Remember {np}?|Who became {np}?|Which {n} was {np}?|What {n} was {np}?|Who is {np}?|Any idea who {np} was?|I need to know {np}."""
WHAT_NOUNS = """What was {np}?|Tell me {np}.|Do you know {np}?|Can you give me {np}?|Give me {np}.|{np}?|{np} was what?|{np}: what was it?|I am looking for {np}.|Could you tell me {np}?|Remember {np}?|What is {np}?|I need to know {np}.
Any idea what {np} was?|State {np}.|I want {np}.|Which was {np}?|Let me know {np}.|Please give {np}."""
SHORT_NOUNS = "{A} {noun}?|{noun} {A}?|Who was the {A} {noun}?|Name the {A} {noun}.|The {A} {noun} was who?|Tell me the {A} {noun}.|{noun}, {A}?"
WHEN_FRAMES = """When did {x} {inf}?|In which year did {x} {inf}?|What year did {x} {inf}?|In what year did {x} {inf}?|{x} {v} in which year?|{x} {v} when?|When was it that {x} {v}?|Tell me the year {x} {v}.|Name the year in which {x} {v}.|Do you know when {x} {v}?
Which was the year {x} {v}?|Give me the year {x} {v}.|What was the year {x} {v}?|I'd like to know when {x} {v}.|Can you tell me what year {x} {v}?|The year {x} {v}?|Any idea when {x} {v}?|The year in which {x} {v} was?"""

# -----------------------------------------------------------------------------
# Noise: what people put around, leave out of, and do to a question

OPENERS = """Remind me, |Quick question: |Hey, |Please tell me: |Pub quiz: |Trivia time: |Just curious, |OK, |So, |Help me out: |One for you: |Out of interest, |Tell me, |Hi! |Listen, |Sports quiz: |A question about sports: |My friend asks: |Settle this for me: |I keep forgetting: |Well, |Now, |Right, |Excuse me, |For my homework: |Next one: |Say, """.split("|") + MORE["opener"]
CLOSERS = " Thanks!| Any idea?| Do you know?| Please.| I forgot.| Just the name.| Short answer please.| Be brief.| Go!".split("|") + MORE["closer"]
with open(os.path.join(here, "words.txt"), encoding="utf-8") as f:
    WORDS = f.read().split()  # the most frequent of English prose on sports, the everyday ones first
FUNCTION = set("the a an of in at to did was is it that do for by me on".split())
NUMBERS = "one two three four five six seven eight nine ten eleven twelve first third fourth fifth last"

# -----------------------------------------------------------------------------
# What the model must not claim to know. Each list is split by the seed: most of it is trained
# on, the rest only asked in the evaluation.

UNTAUGHT_TEAM = """the Copa Libertadores|the Rugby World Cup|the Davis Cup|the FA Cup|the Africa Cup of Nations|the Asian Cup|the Europa League|the Conference League|La Liga|Serie A|the Bundesliga|Ligue 1|the Eredivisie|the Copa del Rey|the DFB-Pokal|the League Cup|the Scottish Cup
the Scottish Premiership|Major League Soccer|the MLS Cup|the A-League|the J-League|the Club World Cup|the Gold Cup|the Nations League|the Grey Cup|the EuroLeague|the WNBA Finals|the March Madness tournament|the Rose Bowl|the College World Series|the Six Nations|the Rugby Championship|the Heineken Cup|the NRL Grand Final
the AFL Grand Final|the Super Rugby title|the All-Ireland Senior Football Championship|the All-Ireland hurling final|the Ashes|the Indian Premier League|the Big Bash League|the County Championship|the Ranji Trophy|the Sheffield Shield|the Ryder Cup|the Solheim Cup|the Billie Jean King Cup|the America's Cup|the KHL Gagarin Cup
the Ice Hockey World Championship|the Spengler Cup|the World Baseball Classic|the Japan Series|the Caribbean Series|the Hockey World Cup|the Handball World Championship|the Volleyball World Cup|the Netball World Cup|the FIBA World Cup|the EuroBasket|the Water Polo World Cup|the Challenge Cup|the Super League Grand Final
the CONCACAF Champions Cup|the Women's Champions League|the UEFA Super Cup|the Coppa Italia|the Brazilian Serie A|the Argentine Primera|the Turkish Super Lig|the Greek Super League|the Belgian Pro League|the Primeira Liga|the Russian Premier League|the Le Mans 24 Hours|the Women's Euro|the Women's Cricket World Cup
the Kabaddi World Cup|the Polo World Championship|the Lacrosse World Cup|the Bandy World Championship|the Floorball World Cup|the Thomas Cup|the Uber Cup|the Calder Cup|the Memorial Cup|the Oxford-Cambridge Boat Race|the Chinese Super League|the Saudi Pro League|the Currie Cup|the Women's Rugby World Cup""".replace("\n", "|").split("|")
UNTAUGHT_PERSON = """the Tour de France|the Giro d'Italia|the Vuelta a Espana|Paris-Roubaix|the Indianapolis 500|the Daytona 500|the NASCAR Cup|the MotoGP championship|the World Rally Championship|the Dakar Rally|the Kentucky Derby|the Grand National|the Epsom Derby|the Melbourne Cup|the World Snooker Championship|the World Darts Championship
the World Chess Championship|the Boston Marathon|the London Marathon|the New York City Marathon|the Players Championship|the ATP Finals|the Miami Open|the Indian Wells Masters|the Monte Carlo Masters|the Italian Open|the Evian Championship|the Women's British Open|the Heisman Trophy|the Ballon d'Or|the Hart Trophy
the Cy Young Award|the NBA MVP award|the Super Bowl MVP award|the Ironman World Championship|the Four Hills Tournament|the World Figure Skating Championships|the All England badminton title|the World Surf League|the X Games|the Monaco Grand Prix|the Isle of Man TT|the Iditarod|the World's Strongest Man
the World Gymnastics all-around title|the Milan-San Remo|the Preakness Stakes|the Belmont Stakes|the Scripps Spelling Bee|the World Series of Poker|the Olympic marathon|the Olympic pole vault|the Olympic 400 metres|the middleweight boxing title|the welterweight boxing title|the World Superbike Championship|the Formula E championship""".replace("\n", "|").split("|")
UNTAUGHT_SPORT = """korfball|kabaddi|netball|curling|sepak takraw|bandy|floorball|ultimate frisbee|pesapallo|shinty|camogie|roller derby|underwater hockey|canoe polo|tchoukball|goalball|fistball|jai alai|pelota|kin-ball|beach handball|bossaball|quidditch|jugger|gateball|croquet|petanque|bocce|buzkashi|dodgeball|paintball""".split("|")
SPORT_QUESTIONS = "How many players are in a {x} team?|How long does a {x} match last?|What is the size of a {x} court?|Who invented {x}?|What is the number of players on a {x} side?|How is a {x} match won?|How many points is a goal worth in {x}?|What are the rules of {x}?|Who is the best {x} player ever?|Where was {x} first played?|What is the weight of the ball in {x}?"
UNTAUGHT_RECORD = """most throw-ins in a league season|the fastest lap on a unicycle|most sandwiches eaten by a goalkeeper|the longest cricket match played on ice|the most own goals in one cup tie|the highest score in darts on a Sunday|most push-ups in an hour|the longest curling stone slide|the deepest free dive without fins
the longest ski jump backwards|the most kites flown at once|the longest table tennis rally|the fastest mile in clogs|the longest korfball winning run|the biggest snowball fight|the most corner kicks in one half|the most hats thrown in a final|the fastest sack race|the longest tug of war|the most skips with a rope in a minute""".replace("\n", "|").split("|")
# asked about taught events, never answered in the tables
UNTAUGHT_RELATION = """Who refereed {F}?|Who was the referee of {F}?|What was the attendance at {E}?|How many people watched {E}?|Who coached the winners of {E}?|Who was the coach of the champions of {E}?|Who was the top scorer of {E}?|Who scored the first goal of {F}?|Who was the captain of the winning team in {E}?
In which stadium was {F} played?|At which ground was {F} held?|How much prize money was paid at {E}?|What was the prize money for {E}?|Who sang the anthem at {F}?|What was the weather like at {E}?|On which day of the week did {E} end?|Which TV channel showed {E}?|Who was named most valuable player of {E}?|Who was the MVP of {E}?
Who commentated on {F} on television?|Who sponsored {E}?|What was the mascot of {E}?|How long did {F} last?|Who was injured at {E}?|How old was the winner of {E}?|Who finished third in {E}?|Who came third in {E}?|Who finished last in {E}?|Who came fourth in {E}?|Who lost in the semi-final of {E}?|How many tickets were sold for {E}?
Who presented the trophy at {E}?|What colour did the winners wear at {E}?|What was the official song of {E}?|Who umpired {F}?|Who opened {E}?|How many teams took part in {E}?|Who was the youngest player at {E}?|Who was disqualified from {E}?|Who designed the logo of {E}?|Which brand made the ball for {E}?|Who was the manager of the winners of {E}?
Which hotel did the winners of {E} stay at?|Who was the favourite before {E}?|On what date did {E} begin?|How many cards were shown in {F}?|Who drove the team bus at {E}?|Who took the photographs of {F}?|At what time did {F} start?|Who was the doctor of the winners of {E}?""".replace("\n", "|").split("|") + MORE["untaught"] + MORE["untaught_plain"]
OFF_TOPIC = [  # (wordings, what they can be about)
    ("What is the capital of {x}?|Which city is the capital of {x}?|Capital of {x}?|Name the capital city of {x}.|How many people live in {x}?|What language is spoken in {x}?|What currency is used in {x}?|Who is the president of {x}?|When did {x} become independent?|What is the flag of {x}?",
     "France|Japan|Brazil|Kenya|Norway|Peru|Canada|Egypt|Greece|Vietnam|Poland|Chile|India|Ghana|Iceland|Cuba|Turkey|Spain|Mexico|Nepal|Portugal|Hungary|Thailand|Morocco|Finland|Austria|Bolivia|Jordan|Ireland|Malaysia"),
    ("What is the chemical symbol for {x}?|What is the boiling point of {x}?|Who discovered {x}?|What is the atomic number of {x}?|Is {x} a metal?|Symbol of {x}?|How heavy is {x}?|Where is {x} found?",
     "gold|iron|helium|oxygen|copper|sodium|neon|zinc|carbon|silver|mercury|argon|nickel|sulphur|lithium|uranium|calcium|chlorine|tin|lead"),
    ("How do I cook {x}?|What goes into {x}?|How long should I bake {x}?|What is a good recipe for {x}?|How many calories are in {x}?|Which wine goes with {x}?|How do you make {x}?|Where does {x} come from?|Recipe for {x}?",
     "lasagne|pancakes|risotto|a curry|tomato soup|apple pie|sushi|a steak|fried rice|bread|goulash|paella|an omelette|cheesecake|dumplings|tacos|noodles|brownies|meatballs|a roast chicken"),
    ("Who directed {x}?|Who wrote {x}?|When was {x} released?|Who plays the lead in {x}?|How does {x} end?|Who composed the music of {x}?|What is {x} about?|How long is {x}?",
     "Casablanca|Hamlet|The Godfather|Titanic|Frozen|War and Peace|Moby Dick|Star Wars|Jaws|Macbeth|Don Quixote|Psycho|Alien|Dracula|The Hobbit|Avatar|Emma|Ulysses|Vertigo|The Matrix"),
    ("What is {a} times {b}?|What is {a} plus {b}?|Divide {a} by {b}.|What is the square root of {a}?|Is {a} a prime number?|How much is {a} minus {b}?|{a} x {b}?|What is {b} percent of {a}?", "number"),
    ("How tall is {x}?|How deep is {x}?|How old is {x}?|Where is {x}?|How far away is {x}?|Who built {x}?|What is {x} made of?|Why is {x} famous?|Who first saw {x}?",
     "Mount Everest|the Eiffel Tower|the Moon|the Pacific Ocean|the Great Wall|Lake Geneva|the Sun|the Colosseum|Big Ben|the Sahara|the Amazon|Mars|the Sphinx|Niagara Falls|the Nile|the Taj Mahal|Jupiter|the Louvre|Loch Ness|Stonehenge"),
    ("Who invented {x}?|How does {x} work?|When was {x} invented?|How do I repair {x}?|How much does {x} cost?|What is the best brand for {x}?|Can you explain {x}?|Tell me about {x}.|Why do people like {x}?",
     "the telephone|the light bulb|a computer|the steam engine|a bicycle pump|the printing press|the radio|a washing machine|the microscope|a battery|the compass|an umbrella|the zip|a guitar|the piano|a violin|the internet|a fridge|the camera|a pencil"),
    ("Who painted {x}?|What is the meaning of {x}?|How do you spell {x}?|What is the opposite of {x}?|What rhymes with {x}?|How do you say {x} in French?|What is another word for {x}?",
     "sunflower|thunder|honesty|library|elephant|breakfast|blue|patience|mountain|butterfly|freedom|kitchen|orange|hospital|silence|curtain|pepper|sister|winter|castle"),
]
COMPOSED = """the {nation} {game} league|the {nation} {game} championship|the {nation} {game} cup|the {nation} League|the {nation} Cup|the {nation} Super Cup|the {nation} Superliga|the {nation} Grand Prix
the {city} Marathon|the {city} Open|the {city} Grand Prix|the {city} Derby|the {city} Cup|the {city} Classic|the {city} Half Marathon|the {city} Masters in {game}|the {game} World Cup|the World {game} Championships
the European {game} Championship|the {game} world title|the women's {game} World Cup|the junior {game} world title|the Asian {game} Championship|the Olympic {game} tournament|the {game} Champions League|the {game} Masters"""
NATIONS = """Danish|Norwegian|Polish|Irish|Welsh|Swiss|Austrian|Czech|Croatian|Serbian|Hungarian|Romanian|Bulgarian|Ukrainian|Finnish|Icelandic|Estonian|Latvian|Maltese|Cypriot|Egyptian|Moroccan|Tunisian|Nigerian|Kenyan|Ghanaian|Mexican|Chilean|Peruvian|Bolivian|Uruguayan|Paraguayan
Colombian|Canadian|Cuban|Thai|Vietnamese|Korean|Indonesian|Malaysian|Iranian|Iraqi|Qatari|Israeli|Slovenian|Slovak|Swedish|Nepalese|Kazakh|Georgian"""
PEOPLES = "English|French|Spanish|Italian|German|Dutch|Scottish|Australian|American|Brazilian|Argentine|Portuguese|Belgian|Russian|Japanese|Indian|" + NATIONS
CITIES = """Lyon|Turin|Hamburg|Porto|Krakow|Gdansk|Leeds|Bristol|Dublin|Cork|Bergen|Aarhus|Malmo|Tampere|Basel|Graz|Brno|Split|Kyiv|Odessa|Izmir|Haifa|Tunis|Lagos|Accra|Nairobi|Durban|Perth|Hobart|Wellington|Osaka|Sapporo|Busan|Taipei|Manila|Hanoi|Jakarta|Mumbai|Delhi|Lahore|Doha|Dubai
Denver|Tulsa|Omaha|Boise|Tucson|Halifax|Quebec|Lima|Quito|Bogota|Havana|Cancun"""
GAMES = """rugby|handball|volleyball|snooker|darts|chess|badminton|table tennis|squash|rowing|judo|wrestling|fencing|swimming|diving|cycling|ski jumping|biathlon|bobsleigh|luge|curling|water polo|field hockey|archery|shooting|sailing|gymnastics|figure skating|speed skating|weightlifting
softball|lacrosse|netball|polo|futsal|beach volleyball|speedway|karting|motocross|triathlon|surfing|bowls|billiards|croquet|orienteering|skateboarding|karate|taekwondo|sumo|canoeing"""
GIVEN = "Zor Vel Tarn Bri Kas Mol Dra Fen Lio Quen Ulm Per Jav Oss Nim Hark Sel Tob Yor Wex Bla Cor Dun Ed Fal Gor Hel Ish Kel Lum Mar Nor Ost Pel Ras Sten Thal Und Vor Wil Ash Bram Clo Der Eve Fitz Gran Hol".split()
ENDS = "van ka rin do lis mar tok wen dal bor ric no ven ith ula dex mond ark el stra ton ley burg wick ham ster ville gate worth by son ski ova ez ini".split()
CLUBS = "Rovers United City Wanderers Falcons Hawks Titans Athletic Comets Bears Pirates Rangers Storm Knights".split()
CUPS = "Cup|Trophy|Shield|Bowl|Open|Championship|League|Masters|Series|Classic|Grand Prix|Challenge".split("|")

# -----------------------------------------------------------------------------
# Statements. The verbs agree with one winner and with many.

TOLD = {
    "win": "{win} won {T}.|{win} claimed {T}.|{win} took {T}.|{win} captured {T}.|{win} finished first in {E}.|{T} went to {win}.|The winner of {E} was {win}.|{Ewas} won by {win}.|{win} triumphed in {E}.|In {y}, {win} won {M}.|{win} secured {T}.|{win} prevailed in {E}.|In {y}, {M} went to {win}.|The champion of {E} was {win}.",
    "both": "{win} beat {lose} in {F}.|{win} defeated {lose} in {F}.|{win} won {T}, beating {lose} in {F}.|{lose} lost {F} to {win}.|{lose} lost to {win} in {F}.|In {F}, {win} got the better of {lose}.|{F} saw {win} beat {lose}.",
    "second": "{lose} finished second in {E}.|The runner-up in {E} was {lose}.|{win} won {E} ahead of {lose}.|{lose} came second to {win} in {E}.|{win} finished first and {lose} second in {E}.",
    "score": "{F} ended {score}.|The score in {F} was {score}.|{win} beat {lose} {score} in {F}.|{win} won {F} {score}.|{win} took {F} by the score of {score}.|The final score of {F} was {score}.|In {y}, {win} beat {lose} {score} in {G}.",
    "host": "{host} hosted {E}.|{Ewas} held in {host}.|{E} took place in {host}.|The host of {E} was {host}.|In {y}, {host} hosted {N}.",
    "country": "{Ewas} held in {host}, {country}.|{host}, {country}, hosted {E}.|The host country of {E} was {country}.|{country} hosted {E}.",
    "fight": "{win} won {E}.|In {y}, {win} beat {lose} for {N}.|{win} beat {lose} to win {E}.|{win} took {E} against {lose}.|{lose} lost to {win} in the fight for {E}.|{E} went to {win}, who beat {lose}.|{win} defeated {lose} for {E}.",
    "when": "{B} was played in {y}.|{B} took place in {y}.|The Super Bowl of {y} was {B}.|In {y} came {B}.|The {s} NFL season ended with {B}.",
    "holder": "{win} holds {P}.|{P} belongs to {win}.|{P} is held by {win}.|The holder of {P} is {win}.|{win} has {P}.|{win} owns {P}.",
    "value": "{P} is {value}.|{P} stands at {value}.|{win} holds {P}: {value}.|{P} belongs to {win}, with {value}.|The figure for {P} is {value}.",
    "rule": "{P} is {value}.|{P}: {value}.|In {sport}, {P} is {value}.|The rules of {sport} say that {P} is {value}.",
}

# -----------------------------------------------------------------------------
# small tools. Only random() itself is promised to give the same numbers in every Python.

def pick(rng, items):
    return items[int(rng.random() * len(items))]

def shuffled(rng, items):
    return [items[i] for _, i in sorted((rng.random(), i) for i in range(len(items)))]

@functools.lru_cache(None)
def divided(items, seed, label):
    items = shuffled(Random(f"{seed} {label}"), items)
    cut = int(len(items) * 0.85)
    return {"train": items[:cut], "eval": items[cut:]}

def split(items, seed, label):
    """Two disjoint parts of a list: what unknowns train on, and what they are tested on."""
    return divided(tuple(items), seed, label)

def parts(text):
    return [part.strip() for part in re.split(r"[|\n]", text) if part.strip()]

def capital(text):
    return text[:1].upper() + text[1:]

def normal(template):
    """What a core is compared by: lower case, no articles, no punctuation, one name per slot."""
    template = re.sub(r"\{w\}|\bwho\b|\b(which|what) \{n\}", "{W}", template.replace("{W}", "{w}"), flags=re.I)
    return re.sub(r"[^a-zA-Z{} ]", "", re.sub(r"\b(the|a|an)\b ?", "", template.lower())).strip()

def bare(text):
    """A question without case, punctuation and articles"""
    return re.sub(r"[^\w ]", "", re.sub(r"\b(the|a|an)\b ?", "", text.lower())).strip()

# -----------------------------------------------------------------------------
# from tables to facts

Fact = namedtuple("Fact", "table relation key answer view row")

def spans(names):
    """"the Prem@1993-" → (name, first year, last year)"""
    for part in parts(names):
        name, _, years = part.partition("@")
        first, _, last = years.partition("-")
        yield name, int(first or 0), int(last or 9999)

def make_view(view):
    names, prizes, finals = (list(spans(view.get(k, ""))) for k in ("names", "prizes", "finals"))
    return dict(view, id=view.get("win", "") + " " + names[0][0], names=names, won=names + prizes, prizes=set(prizes), finals=finals,
                attributive=[n for n in names if not re.search(r" (at|of|in|for) |^(the )?(NFL|England|Europe|boxing|USGA)'s ", n[0])] or names,
                forms=list(spans(view.get("forms", ""))), final_forms=list(spans(view.get("final_forms", ""))),
                who=view.get("who", "").split(), p_forms=view.get("p_forms", 0.15), has=frozenset("F" if finals else ""),
                tags=tuple(f"{view.get(k, '')}{win}" for k in ("sport", "table") for win in ("", " " + view.get("win", ""))))

def dated(row, year):
    """Every way to say the year goes into the row, so that names can use it as a slot."""
    row["has"] |= {"numeral", "number"} if year > 1966 else set()
    row.update(year=str(year), y=str(year), yy=f"'{year % 100:02d}" if 1928 <= year <= 2025 else "",
               s=f"{year - 1}-{year if year % 100 == 0 else f'{year % 100:02d}'}", number=str(max(year - 1966, 0) or ""), numeral=row.get("numeral") or roman(year - 1966))
    return row

def roman(n):
    out, n = "", max(n, 0)
    for value, letters in zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "C XC L XL X IX V IV I".split()):
        out, n = out + letters * (n // value), n % value
    return out

@functools.lru_cache(None)
def table(name):
    path = os.path.join(here, name + ".csv")
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8") as f:
        return [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(f)]

@functools.lru_cache(None)
def views():
    """(view, its rows): the view's columns renamed to win and lose, so that every core fits every table"""
    out = []
    for view in map(make_view, VIEWS):
        rows = []
        for row in table(view["table"]):
            if not row["year"]:
                continue
            row = dict(row, win=row.get(view.get("win", "winner"), ""), lose=row.get(view.get("lose", "runner_up"), ""))
            row["division"] = row.get("division", "").lower()
            row["has"] = view["has"] | {k for k in ("win", "lose", "score", "host", "country", "division") if row.get(k)}
            rows.append(dated(row, int(row["year"])))
        out.append((dict(view, short=short_names(view, {row[k] for row in rows for k in ("win", "lose")} - {""})), rows))
    return out

def short_names(view, names):
    """{"Chicago Bulls": ["Bulls", "Chicago"], "Roger Federer": ["Federer"]}, where only one in the table is called so"""
    if not set(view["who"]) & {"man", "woman", "fighter", "franchise", "club"}:
        return {}
    short = {name: re.sub(r"^.*? (?=(?:(?:Red|White|Blue|Maple|Trail|Golden|North|Black|van|de|del|da|dos|von|St\.) )*\S+$)", "", name) for name in names}
    towns = {name: name.removesuffix(" " + word) for name, word in short.items()}
    if "club" in view["who"]:  # PSV Eindhoven is PSV, but Manchester United is not Manchester
        short = towns
    ways = {name: {short[name]} | ({towns[name]} if "franchise" in view["who"] else set()) for name in names}
    count = Counter(word for words in ways.values() for word in words)
    ways = {name: sorted(w for w in words if count[w] == 1 and w != name and len(w) > 2 and not w.endswith(".") and w not in ("Red Star", "AC", "Aston")) for name, words in ways.items()}
    return {name: words for name, words in ways.items() if words}

def candidates(view, row):
    """(relation, key, answer) of one row, before we know which keys are unique"""
    year, win = row["year"], row["win"]
    if view.get("fight"):
        yield "title", f"{row['division']} {year}", win
        yield "opponent", f"{row['division']} {win} {year}", row["lose"]
    else:
        yield "winner", year, win
        yield "runner_up", year, row["lose"]
    if view.get("finals"):
        yield "score", year, row.get("score", "")
    if view.get("hosts"):
        yield ("city" if view["hosts"] == "city" else "host"), year, row.get("host", "")
        yield "country", year, row.get("country", "")
        yield "host_year", row.get("host", ""), year
    if view["table"] == "super_bowl":
        yield "when", row["numeral"], year
    yield "year", f"{row['division']} {win}", year if win else ""

@functools.lru_cache(None)
def taught():
    """Every Fact. A question with two answers is not one."""
    out = []
    for view, rows in views():
        found = [(relation, key, answer, row) for row in rows for relation, key, answer in candidates(view, row) if key.strip() and answer]
        count = Counter((relation, key) for relation, key, _, _ in found)
        column = view["win"] + " " if view.get("win") and not view.get("fight") else ""  # men or women
        out += [Fact(view["table"], relation, column + key.strip(), answer, view, row) for relation, key, answer, row in found if count[relation, key] == 1]
    for row in table("records"):
        row = dict(row, win=row["holder"], has=frozenset(["P"] + ["win"] * bool(row["holder"])))
        view = dict(sport=row["sport"], more=.8, who=["one"], phrases=parts(row["phrases"]), who_share=1)
        out += [Fact("records", relation, row["phrases"], row[column], view, row) for relation, column in (("holder", "holder"), ("value", "value")) if row[column]]
    for row in table("rules"):
        questions = parts(row["questions"])
        n = (len(questions) + 1) // 4  # the last of them are kept for the evaluation
        view = dict(sport=row["sport"], more=.7, who=["rule"], phrases=parts(row["phrases"]), questions=questions[:-n] if n else questions, held=questions[-n:] if n else [])
        row = dict(row, value=row["answer"], has=frozenset("P" if row["phrases"] else ""))
        out.append(Fact("rules", "rule", f"{row['sport']} {row['topic']}", row["answer"], view, row))
    return out

def facts():
    """(table, relation, key, answer) of all that is taught"""
    return (fact[:4] for fact in taught())

# -----------------------------------------------------------------------------
# from cores to questions

def verb_templates(rel):
    frames = parts(WHEN_FRAMES if rel["kind"] == "when" else VERB_FRAMES + ("\n" + AGENT_FRAMES if rel.get("agent") else ""))
    if "{P}" in rel["cores"]:  # a record has no year
        frames = [frame for frame in frames if "{y}" not in frame]
    subject = "{host}" if "{host}" in rel["cores"] and rel["kind"] == "when" else "{win}"
    for verb in parts(rel.get("verbs", "")):
        verb, thing = re.match(r"(.*?)( (?:(?:in|for|of|to|at|on|from|before|after|about) )?\{.*)", verb).groups()
        forms = dict(zip(("{v}", "{inf}", "{ger}"), (form + thing for form in verb.split("/"))))
        for frame in frames:
            text = frame.replace("{x}", subject)
            for slot, form in forms.items():
                text = text.replace(slot, form)
            yield undated(text)

def noun_templates(rel):
    frames = parts(WHO_NOUNS if rel["kind"] == "who" else WHAT_NOUNS)
    if "{P}" in rel["cores"]:  # rules and records hold today
        frames = [frame.replace(" was", " is") for frame in frames]
    for noun in parts(rel.get("nouns", "")):
        for frame in frames:
            yield frame.replace("{np}", "the " + noun)
        if re.search(r" (of|in) \{[EF]\}$", noun):
            for frame in parts(SHORT_NOUNS):
                frame = frame if rel["kind"] == "who" else frame.replace("Who was", "What was").replace("was who", "was what")
                yield frame.replace("{noun}", noun[:-7])

def undated(text):
    """A frame that names the year itself takes the event without one."""
    return text.replace("{E}", "{N}").replace("{T}", "{M}").replace("{F}", "{G}") if "{y}" in text else text

@functools.lru_cache(None)
def templates(relation, has=None, tags=()):
    """{"hand", "own", "verbs", "nouns", "held"} for a relation; with `has`, only what such a row can fill."""
    if has is None:
        rel = REL[relation]
        held = parts(rel["held"])
        same = lambda core: re.sub(r"\{[eftnmg]\}", "{e}", normal(core))  # whatever the event is called
        banned = {same(core) for core in held}
        free = lambda cores: [core for core in cores if same(core) not in banned]
        grammar = free(verb_templates(rel)), free(noun_templates(rel))
        own = [core for tag in tags or TAGS for core in MORE.get(f"{relation}:{tag}", ())]
        return {"hand": free(parts(rel["cores"]) + MORE[relation]), "own": free(own), "verbs": grammar[0], "nouns": grammar[1], "held": held}
    def fits(core):
        slots = set(re.findall(r"\{(\w+)\}", core))
        final = "F" in slots or "G" in slots or "Fwas" in slots or "wasF" in slots
        return ("F" in has or not final) and all(slot in has for slot in slots & {"win", "lose", "score", "host", "country", "P", "numeral", "number"})
    return {kind: [core for core in cores if fits(core)] for kind, cores in templates(relation, None, tags).items()}

def heldout_cores():
    return {normal(core) for relation in REL for core in templates(relation)["held"]} | {normal(q) for f in taught() if f.relation == "rule" for q in f.view["held"]}

def trained_cores():
    return {normal(core) for relation in REL for kind in ("hand", "own", "verbs", "nouns") for core in templates(relation)[kind]} | \
        {normal(q) for f in taught() if f.relation == "rule" for q in f.view["questions"]}

def named(rng, names, row):
    year = int(row["y"])
    name = pick(rng, [n for n in names if n[1] <= year <= n[2]] or names)
    return name, name[0].format_map(row)

def event(rng, view, row, key):
    """E, T, F: an event with its year, in one of the places a year can stand"""
    forms = [f for f in view["final_forms" if key == "F" else "forms"] if f[1] <= int(row["y"]) <= f[2] and all(row.get(k) for k in re.findall(r"\{(\w+)\}", f[0]))]
    if forms and rng.random() < view["p_forms"]:
        return pick(rng, forms)[0].format_map(row)
    entry, name = named(rng, view[{"E": "names", "T": "won", "F": "finals"}[key]], row)
    y, bare = row["yy"] if row["yy"] and rng.random() < .1 else row["y"], name.removeprefix("the ")
    if re.match(r"(?!men|women|gentlemen|ladies)(\w+ )?\w+'s ", bare):  # not "the 1990 golf's US Open title"
        return f"{name} in {y}"
    ways = [f"the {y} {bare}"] * 4 + [f"{name} in {y}"] * 3
    if entry not in view["prizes"] and not view.get("fight"):
        ways += [f"{name} of {y}"] + [f"{bare} {y}"] * bare[0].isupper()
        if key != "F":
            ways += [f"the {y} edition of {name}"]
        if "'s" not in name and "s'" not in name:
            ways += [f"{y}'s {bare}"]
        if row["yy"]:
            ways += [f"the {row['yy']} {bare}"]
        ways += [f"{y} {bare}"]
    return pick(rng, ways)

def slot(rng, view, row, key):
    if key == "P":
        return pick(rng, view["phrases"])
    if key == "name":
        return pick(rng, famous())
    if key == "y" and row["yy"] and view.get("article") != 1 and rng.random() < .1:
        return row["yy"]
    if key in ("W", "w"):
        nouns, who = view["who"], view.get("who_share", .45)
        text = "who" if rng.random() < who else pick(rng, ["which ", "which ", "what "]) + (pick(rng, nouns) if rng.random() < .85 else pick(rng, [filler(rng), f"{pick(rng, parts(PEOPLES))} {pick(rng, nouns)}"]))
        return capital(text) if key == "W" else text
    if key == "n":
        return pick(rng, view["who"])
    if key == "rel":
        return "who" if set(view["who"]) & {"man", "woman", "fighter", "one"} else "that"
    if key in ("N", "M", "G"):
        return named(rng, view[{"N": "names", "M": "won", "G": "finals"}[key]], row)[1]
    if key == "B" or key == "A" and view.get("table") == "super_bowl" and row["number"] and rng.random() < .7:
        return "Super Bowl " + row[pick(rng, ["numeral", "number"])]
    if key == "A":
        bare = named(rng, view["attributive"], row)[1].removeprefix("the ")
        return pick(rng, [f"{row['y']} {bare}"] * 3 + [f"{bare} {row['y']}"])
    if key in ("E", "T", "F"):
        return event(rng, view, row, key)
    if key in ("Ewas", "wasE", "Fwas", "wasF"):
        text = event(rng, view, row, key.replace("was", ""))
        was = "were" if re.search(r"(Finals|Euros|Olympics|Games|Championships|playoffs|standings|Olympiad)( of \d+| in \d+| \d+)?$", text) and "edition of" not in text else "was"
        return f"{was} {text}" if key.startswith("was") else f"{text} {was}"
    if key in ("win", "lose", "host", "country"):  # "the Lakers" and "Lakers"; prose always has the article
        name = row[key]
        if name in view.get("short", ()) and view.get("article") != 1 and rng.random() < .35:
            name = pick(rng, view["short"][name])
        the = (TEAM == " ".join(view["who"]) or name in THE) and not name.startswith("the ")
        return "the " + name if the and rng.random() < view.get("article", .7) else name
    return row[key]

def fill(rng, template, view, row):
    text = re.sub(r"\{(\w+)\}", lambda m: slot(rng, view, row, m[1]), template)
    if view.get("article") != 1 and set(view.get("who", ())) & {"woman", "man"} and ("{win}" in template or re.search(r"\b((wo)?man|lady|guy)\b", text)) and "the US Open" not in text and rng.random() < .6:  # which woman won Wimbledon
        text = re.sub(r"(the )?\b((wo)?men's|ladies'|gentlemen's) (singles|tournament|event|title|crown) at ", "", text)
        text = re.sub(r"\b((wo)?men's|ladies'|gentlemen's) (singles |(?=title|final))", "", text)
        text = re.sub(r"(\d) the (?=[A-Z])", r"\1 ", text)
    return capital(once(text.replace("s's ", "s' ")))

def once(text):
    return re.sub(r"\b([Tt]he) the ", r"\1 ", text)

@functools.lru_cache(None)
def fillers():
    """Words that say nothing: no stem of theirs is in a wording that asks for something"""
    said = " ".join(" ".join(map(str, rel.values())) for rel in REL.values()) + " ".join(" ".join(lines) for kind, lines in MORE.items() if kind.split(":")[0] not in ("opener", "closer", "off_topic", "before", "after", "mid", "winner", "year", "runner_up", "score", "host", "city"))
    said += " ".join(UNTAUGHT_RELATION + UNTAUGHT_TEAM + UNTAUGHT_PERSON) + GAMES + " ".join(f"{v[k]}" for v in VIEWS for k in ("names", "prizes", "finals", "who", "hosts") if k in v) + NUMBERS
    stems = {word[:5] for word in re.findall("[a-z]+", said.lower())}
    return [word for word in WORDS if word[:5] not in stems]

def filler(rng):
    words = fillers()
    return words[int(rng.random() * (500 if rng.random() < .4 else len(words)))]

@functools.lru_cache(None)
def famous():
    return sorted({row[k] for _, rows in views() for row in rows for k in ("win", "lose", "host") if row.get(k)})

def aside(rng):
    """A word of a remark: mostly one that says nothing, now and then a name, which must not confuse"""
    r = rng.random()
    if r < .7:
        return filler(rng)
    if r < .9:
        return pick(rng, pick(rng, famous()).split(" ") if r < .8 else famous())
    return invented(rng, 0, "train", "person").split(" ")[0] if r < .97 else str(1 + int(rng.random() * 30))

def typo(rng, text):
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha() and word.lower().strip("ivxlc")]  # no other numeral
    if long:
        i = pick(rng, long)
        word, k = words[i], 1 + int(rng.random() * (len(words[i]) - 2))
        words[i] = pick(rng, [word[:k] + word[k + 1] + word[k] + word[k + 2:], word[:k] + word[k + 1:], word[:k] + word[k] + word[k:]])
    return " ".join(words)

def noise(rng, text, core):
    r = rng.random()
    if r < .15:
        name = core[0] == "{" and core[:3] not in ("{W}", "{w}") or text[:2].isupper()  # keeps its capital
        text = pick(rng, OPENERS) + (text if name else text[0].lower() + text[1:])
    elif r < .20:
        text += pick(rng, CLOSERS)
    elif r < .38:  # a remark before or after
        side = pick(rng, ["before", "before", "after", "mid"])
        remark = once(pick(rng, MORE[side]).replace("{name}", pick(rng, famous()))) if rng.random() < .5 else " ".join(aside(rng) for _ in range(2 + int(rng.random() * 5)))
        words = text.split(" ")
        at = 1 + int(rng.random() * len(words)) // 2
        at += words[at - 1].lower() == "the"  # not between it and its noun
        text = {"before": f"{remark} {text}", "after": f"{text.rstrip('?.')}, {remark}?", "mid": " ".join(words[:at] + [remark] + words[at:])}[side]
    elif r < .50:
        text = " ".join(word for word in text.split(" ") if word.lower() not in FUNCTION or rng.random() < .3) or text
    if rng.random() < .25:
        text = text.lower()
    if rng.random() < .25:
        text = text.rstrip("?.!")
    return typo(rng, text) if rng.random() < .12 else text

def ask(rng, relation, view, row, part="train"):
    """One question as (core, text); part "held" asks in a wording no training question has."""
    kinds = templates(relation, row["has"], view.get("tags", ()))
    if relation in ("host", "city", "country"):
        hosts = "country nation" if relation == "country" else view.get("hosts", "country nation")
        view = dict(view, who=hosts.split(), who_share=.45 if relation == "host" else 0)
    if part == "held":
        core = pick(rng, kinds["held"])
        return core, fill(rng, core, view, row)
    r = rng.random()
    grammar = [g for g in (kinds["verbs"], kinds["nouns"]) if g]
    hand = kinds["own"] if kinds["own"] and rng.random() < p_own else kinds["hand"]
    core = pick(rng, pick(rng, grammar) if grammar and r > p_hand else hand)
    return core, noise(rng, fill(rng, core, view, row), core)

def ask_fact(rng, fact, part="train"):
    own = fact.view.get("held" if part == "held" else "questions")
    if own and (rng.random() < .5 or "P" not in fact.row["has"]):  # a rule brings questions of its own
        text = pick(rng, own)
        return text, text if part == "held" else noise(rng, text, text)
    if fact.relation == "rule" and "P" not in fact.row["has"]:
        return None, None
    return ask(rng, fact.relation, fact.view, fact.row, part)

# -----------------------------------------------------------------------------
# what is not known: each maker returns (sport, question) or None if its draw does not fit

def invented(rng, seed, part, what):
    """Zorvan Molrin, the Zorvan Rovers or, of ordinary words, the Golden Sparrow Cup and the Tulsa Thunders"""
    word = lambda: pick(rng, split(GIVEN, seed, "given")[part]) + pick(rng, ENDS)
    plain = lambda: capital(pick(rng, split(fillers(), seed, "plain")[part]))
    if what == "person":
        return f"{word()} {word()}"
    if what == "club":
        return f"{word()} {pick(rng, CLUBS)}" if rng.random() < .5 else f"{pick(rng, split(parts(CITIES), seed, 'composed')[part])} {plain()}s"
    return "the " + (word() if rng.random() < .4 else plain() if rng.random() < .5 else f"{plain()} {plain()}") + " " + pick(rng, CUPS)

@functools.lru_cache(None)
def unheld(group):
    """[(view, years)] in which there was nothing to win. They are facts too: all are trained, and tested in other words."""
    out = []
    known = defaultdict(set)
    for view, rows in views():
        known[view["table"]] |= {int(row["y"]) for row in rows}
    for view, rows in views():
        if not rows or view.get("fight"):
            continue
        taken = set(known[view["table"]])
        if view["table"] == "fifa_world_cup":  # "the 2019 World Cup" may mean women or cricket
            taken |= known["womens_world_cup"] | known["cricket_world_cup"]
        first, last = min(known[view["table"]]), max(known[view["table"]])
        years = {"year not held": range(first, last), "future": range(last + 1, last_year + 1), "before the first": range(1800, first)}[group]
        years = [year for year in years if year not in taken]
        if group == "before the first":  # the last years before it are asked for most
            years = years + years[-60:] * 3 + years[-25:] * 4
        out += [(view, years)] if years else []
    return out

@functools.lru_cache(None)
def others(view_id):
    """Rows with a winner, to lend names to a question about a year nobody won."""
    return next([row for row in rows if row["win"]] for view, rows in views() if view["id"] == view_id)

def relations_of(view):
    out = {"winner": 4, "runner_up": 2, "score": 1} if view.get("win", "x") else {}
    if view.get("hosts"):
        out.update({"city": 2, "country": 1} if view["hosts"] == "city" else {"host": 2})
    return [relation for relation, n in out.items() for _ in range(n)]

def lend(rng, view, year):
    rows = others(view["id"]) if view.get("table") else []
    win, lose = (pick(rng, rows)["win"], pick(rng, rows)["win"]) if rows else ("", "")
    row = {"win": win, "lose": lose if lose != win else "", "host": ""}
    row["has"] = view["has"] | {k for k in ("win", "lose") if row[k]}
    return dated(row, year)

def untaught_view(name, who):
    return make_view(dict(names=name, finals=f"{name} final|the final of {name}", prizes=f"{name} title", who=who))

def unknown_year(rng, seed, part, core, group):
    view, years = pick(rng, unheld(group))
    return view["sport"], ask(rng, pick(rng, relations_of(view)), view, lend(rng, view, pick(rng, years)), core)[1]

def not_taught(rng, seed, part, core):
    r = rng.random()
    if r < .15:
        x = pick(rng, split(UNTAUGHT_SPORT, seed, "sports")[part])
        return "general", noise(rng, pick(rng, parts(SPORT_QUESTIONS)).format(x=x), "core")
    if r < .30:
        x = pick(rng, split(UNTAUGHT_RECORD, seed, "records")[part])
        phrase = pick(rng, ["the record for {}", "the world record for {}"]).format(x)
        return "general", ask(rng, pick(rng, ["holder", "holder", "value"]), dict(who=["one"], phrases=[phrase], who_share=1), dict(has=frozenset("P")), core)[1]
    team = r < .70
    famous = [UNTAUGHT_TEAM if team else UNTAUGHT_PERSON, MORE["variant"]]  # all of these are trained, like the years without an edition
    name = pick(rng, pick(rng, famous + [split(MORE["competition"], seed, "competitions")[part]] * 2)) if rng.random() < .6 else composed(rng, seed, part)
    view = untaught_view(name, "team club side" if team else "player man")
    return "general", ask(rng, pick(rng, ["winner", "winner", "runner_up", "score", "host"] if team else ["winner"]), view, lend(rng, view, 1930 + int(rng.random() * 96)), core)[1]

def composed(rng, seed, part):
    """A competition that may well exist: the Danish handball league, the Lyon Marathon"""
    nation, city, game = (pick(rng, split(parts(names), seed, "composed")[part]) for names in (NATIONS, CITIES, GAMES))
    return pick(rng, parts(COMPOSED)).format(nation=nation, city=city, game=game)

def invention(rng, seed, part, core):
    if rng.random() < .15:
        view, rows = pick(rng, [(v, rows) for v, rows in views() if rows and v["finals"]])
        row = dict(pick(rng, rows), lose=invented(rng, seed, part, "club"))
        text = pick(rng, [f"Which {{n}} {verb.split('/')[0]} {{lose}} in {{G}}?" for verb in parts(BEAT)] + ["Who did {lose} lose to in {G}?", "When did {lose} lose {G}?", "Who beat {lose} in {F}?", "{lose} lost {F} to whom?"])
        return view["sport"], noise(rng, fill(rng, text, view, row), text)
    if rng.random() < .4:
        view = untaught_view(invented(rng, seed, part, "cup"), pick(rng, ["team club side", "player man"]))
        return "general", ask(rng, pick(rng, ["winner", "winner", "runner_up", "score", "host"]), view, lend(rng, view, 1930 + int(rng.random() * 96)), core)[1]
    view, rows = pick(rng, [(v, rows) for v, rows in views() if rows and v.get("win", "x")])
    row = pick(rng, rows)
    row = dict(row, win=invented(rng, seed, part, "person" if set(view["who"]) & {"man", "woman", "fighter"} else "club"))
    row["has"] = row["has"] - {"lose"} | {"win"}
    relation = pick(rng, ["year", "opponent"]) if view.get("fight") else "year"
    return view["sport"], ask(rng, relation, view, row, core)[1]

def never_won(rng, seed, part, core):
    """A true champion in the wrong competition"""
    taught = [(v, rows) for v, rows in views() if rows and v.get("win", "x")]
    (view, rows), (_, lenders) = pick(rng, taught), pick(rng, taught)
    names = split(sorted({row["win"] for row in lenders} - {row["win"] for row in rows} - {""}), seed, "never")[part]
    if not names:
        return None
    row, view = dict(pick(rng, rows), win=pick(rng, names)), dict(view, article=0)
    row["has"] = row["has"] - {"lose"} | {"win"}
    return view["sport"], ask(rng, "year", view, row, core)[1]

def untaught_relation(rng, seed, part, core):
    view, rows = pick(rng, [(v, rows) for v, rows in views() if rows and not v.get("fight")])
    row = pick(rng, rows)
    # half of them are relations taught elsewhere: who came second at the Masters
    missing = [r for r, column in (("runner_up", "lose"), ("host", "host"), ("score", "score")) if not any(column in row["has"] for row in rows)]
    if missing and rng.random() < .5 and view.get("win", "x"):
        row = dict(row, lose="", has=row["has"] - {"lose"})
        return view["sport"], ask(rng, pick(rng, missing), view, row, core)[1]
    kind = "whole" if rng.random() < .6 else pick(rng, ["verbs", "who", "what"])
    own = [text for tag in view["tags"] for text in split(MORE.get("untaught:" + tag, ()), seed, tag)[part]]
    text = pick(rng, own if own and kind == "whole" and rng.random() < .7 else untaught_templates(seed, part)[kind])
    if any("{%s}" % key in text and not row[key] for key in ("win", "lose")):
        return None
    if not view["finals"]:
        text = text.replace("{F}", "{E}").replace("{G}", "{N}")
    return view["sport"], noise(rng, fill(rng, text, view, row), text)

@functools.lru_cache(None)
def untaught_templates(seed, part):
    """Whole questions, and the frames of the taught relations around other verbs and nouns"""
    verbs, who, what, whole = (split(items, seed, label)[part] for items, label in (
        (MORE["untaught_verb"], "verbs"), (MORE["untaught_who"], "who"), (MORE["untaught_what"], "what"), (UNTAUGHT_RELATION, "relations")))
    return dict(whole=whole, verbs=[*verb_templates(dict(kind="who", agent=True, cores="", verbs="|".join(verbs)))],
                who=[*noun_templates(dict(kind="who", cores="", nouns="|".join(who)))], what=[*noun_templates(dict(kind="what", cores="", nouns="|".join(what)))])

def off_topic(rng, seed, part, core):
    wordings, things = pick(rng, OFF_TOPIC) if rng.random() < .6 else (pick(rng, split(MORE["off_topic"], seed, "off-topic")[part]), "number")
    x = pick(rng, split(parts(things), seed, wordings)[part]) if things != "number" else ""
    a, b = 2 + int(rng.random() * 97), 2 + int(rng.random() * 97)
    text = pick(rng, parts(wordings))
    return "general", noise(rng, text.format(x=x, a=a, b=b), text)

UNKNOWN = {  # group: (maker, share)
    "year not held": (functools.partial(unknown_year, group="year not held"), 18),
    "future": (functools.partial(unknown_year, group="future"), 8),
    "before the first": (functools.partial(unknown_year, group="before the first"), 10),
    "not taught": (not_taught, 18), "invented": (invention, 12), "never won": (never_won, 6),
    "relation": (untaught_relation, 38), "off-topic": (off_topic, 8),
}

# -----------------------------------------------------------------------------
# questions to train on

def wordings_of(fact):
    n = n_main if fact.relation not in SECOND else n_second * 1.3 if fact.relation in ("runner_up", "host", "city") else n_second
    return int(n * fact.view.get("more", 1))

@functools.lru_cache(2)
def training(seed):
    """[(fact or None, core, question, answer, sport, source)] in a fixed order"""
    out, texts = [], set()
    for fact in taught():
        rng, n = Random(f"{seed} {fact.table} {fact.relation} {fact.key} {fact.answer}"), wordings_of(fact)
        for _ in range(n * 8):
            core, text = ask_fact(rng, fact)
            if text and text not in texts:
                texts.add(text)
                out.append((fact, core, text, fact.answer, fact.view["sport"], fact.row["source"]))
                n -= 1
            if not n:
                break
    rng, answer = Random(f"{seed} unknown"), abstain()
    kinds = [group for group, (_, share) in UNKNOWN.items() for _ in range(share)]
    for _ in range(int(len(out) * p_unknown / (1 - p_unknown))):
        made = make_unknown(rng, pick(rng, kinds), seed, "train", "train")
        if made and made[1] not in texts:
            texts.add(made[1])
            out.append((None, "unknown", made[1], answer, made[0], "not in the tables"))
    answers = defaultdict(set)  # "Italy, World Cup, year?" can mean the host or the winner: such questions go
    for _, _, text, answer, *_ in out:
        answers[bare(text)].add(answer)
    return [line for line in out if len(answers[bare(line[2])]) == 1]

def make_unknown(rng, group, seed, part, core):
    try:
        return UNKNOWN[group][0](rng, seed, part, core)
    except (IndexError, StopIteration):  # a small table has no such year, relation or core
        return None

def abstain():
    root = os.path.dirname(os.path.dirname(here))
    if os.path.exists(os.path.join(root, "tokenizer.py")):
        sys.path[:0] = [root] * (root not in sys.path)
        from tokenizer import ABSTAIN
        return ABSTAIN
    return "I don't know."

# -----------------------------------------------------------------------------
# prose

def tell(rng, view, row, kinds):
    """One sentence about a row, or nothing where the cells it needs are empty"""
    usable = [kind for kind in kinds if {"win": row["win"], "both": row["lose"] and "F" in row["has"], "second": row["lose"], "score": row.get("score") and row["lose"],
              "host": row.get("host"), "country": row.get("country"), "fight": row["lose"], "when": view["table"] == "super_bowl"}[kind]]
    return fill(rng, pick(rng, parts(TOLD[pick(rng, usable)])), dict(view, article=1), row) if usable else ""

def kinds_of(view):
    kinds = ["fight"] if view.get("fight") else ["win", "both", "second", "score"] if view.get("win", "x") else []
    return kinds + ["host", "country"] * bool(view.get("hosts")) + ["when"] * (view["table"] == "super_bowl")

def page(heading, sentences, limit=95):
    out = heading
    for sentence in sentences:
        if sentence and len((out + " " + sentence).split()) < limit:
            out += ("\n" if out == heading else " ") + sentence
    return out

def prose(seed):
    """(text, sport, source): statements, then pages about an event, a decade, a champion"""
    for view, rows in views():
        rng, kinds = Random(f"{seed} prose {view['id']} {view['table']}"), kinds_of(view)
        decades, champions = defaultdict(list), defaultdict(list)
        for row in rows:
            decades[row.get("division", ""), int(row["y"]) // 10 * 10].append(row)
            champions[row["win"]].append(row)
            for _ in range(n_statements):
                yield " ".join(filter(None, (tell(rng, view, row, kinds) for _ in range(1 + int(rng.random() * 2))))), view["sport"], row["source"]
            for _ in range(n_pages if len(kinds) > 2 and len(row["has"]) > 2 else 0):
                yield page(capital(event(rng, view, row, "E")), dict.fromkeys(tell(rng, view, row, [kind]) for kind in shuffled(rng, kinds))), view["sport"], row["source"]
        for (division, decade), group in decades.items():
            for _ in range(n_pages):
                name = named(rng, view["names"], group[0])[1]
                yield page(capital(f"{name}, {decade}s"), (tell(rng, view, row, [kinds[0]]) for row in shuffled(rng, group))), view["sport"], group[0]["source"]
        for name, group in champions.items():
            for _ in range(n_pages if name else 0):
                yield page(name, (tell(rng, view, row, [kinds[0]]) for row in shuffled(rng, group))), view["sport"], group[0]["source"]
    by_sport = defaultdict(list)
    for fact in taught():
        if fact.relation in ("holder", "value", "rule") and "P" in fact.row["has"]:
            rng = Random(f"{seed} prose {fact.table} {fact.relation} {fact.key}")
            said = [fill(rng, template, fact.view, fact.row) for template in shuffled(rng, parts(TOLD[fact.relation]))]
            by_sport[fact.view["sport"], fact.row["source"]] += said[:n_pages]
            for text in said[:n_statements]:
                yield text, fact.view["sport"], fact.row["source"]
    for (sport, source), said in by_sport.items():
        said = shuffled(Random(f"{seed} pages {sport}"), said)
        for i in range(0, len(said), 5):
            yield page(capital(sport.replace("_", " ")), said[i:i + 5]), sport, source

def documents(seed=1337):
    """Everything to train on, shuffled: {"text" | "messages", sport, source, url, license, date}"""
    out = [dict(text=text, sport=sport, source=source) for text, sport, source in prose(seed) if text]
    rng, asked = Random(f"{seed} conversations"), shuffled(Random(f"{seed} turns"), training(seed))
    while asked:  # some questions come as turns of one conversation: what was said before must not confuse
        turns = [asked.pop() for _ in range(min(len(asked), 2 + int(rng.random() * 2) if rng.random() < p_conversation else 1))]
        messages = [m for _, _, question, answer, *_ in turns for m in (dict(role="user", content=question), dict(role="assistant", content=answer))]
        sports, sources = ({turn[i]: 1 for turn in turns} for i in (4, 5))
        out.append(dict(messages=messages, sport=next(iter(sports)) if len(sports) == 1 else "several", source=" + ".join(sources)))
    for document in shuffled(Random(f"{seed} order"), out):
        yield dict(document, url="", license=LICENSE, date=DATE)

def questions(seed=1337):
    """Questions to evaluate with: {"question", "answers", "sport", "group"}; no answers = must abstain"""
    trained, asked = defaultdict(list), set()
    for fact, _, question, *_ in training(seed):
        asked.add(question.lower().rstrip("?.!"))
        if fact:
            trained[fact[:4]].append(question)
    for fact in taught():
        rng = Random(f"{seed} eval {fact.table} {fact.relation} {fact.key}")
        item = dict(answers=[fact.answer], sport=fact.view["sport"])
        yield dict(question=pick(rng, trained[fact[:4]]), **item, group="trained")
        new = set()
        for _ in range(20):
            text = ask_fact(rng, fact, "held")[1]
            if text and text.lower().rstrip("?.!") not in asked and len(new) < n_heldout:
                if text not in new:
                    new.add(text)
                    yield dict(question=text, **item, group="heldout")
    for group in UNKNOWN:
        rng, new = Random(f"{seed} eval {group}"), set()
        for _ in range(n_eval_unknown * 5):
            made = make_unknown(rng, group, seed, "eval", pick(rng, ["train", "held"]))
            if made and made[1].lower().rstrip("?.!") not in asked and made[1] not in new and len(new) < n_eval_unknown:
                new.add(made[1])
                yield dict(question=made[1], answers=[], sport=made[0], group="unknown: " + group)

if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(here))
    sys.path[0] = root
    sys.argv = [os.path.join(root, "prepare.py"), "starter", *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
