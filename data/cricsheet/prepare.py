"""
Cricket ball by ball from cricsheet.org: match reports, scorecards, seasons and series, players, head-to-heads.

    $ python prepare.py cricsheet [--from DIR]

One file a match, named by its number, in two layouts that are read into the shape of the second: the old YAML (0.x: batsman, wicket,
deliveries keyed over.ball) and JSON 1.x (https://cricsheet.org/format/json/: batter, wickets, overs of deliveries). The YAML keeps to
one layout, so the short parser below reads it: no PyYAML, and 0.10, the tenth ball of an over, stays apart from 0.1.
Quirks: the YAML has no line-up, season or stage and tells the super over as further innings "<team> Super Over"; women's teams are called as
the men's; a team that takes a new name is another team; "D/L" is Duckworth-Lewis and what followed it; an over the umpires miscounted is an
over all the same; a match abandoned without a ball has no file, so tables show what was played and give no points; seasons of the IPL are
"2007/08" and "2020/21" upstream and years here. What Cricsheet does not have is not counted: careers and pairs are those "on record".
"""
import json
import os
import re
import sys
from collections import Counter, defaultdict
from datetime import date
from random import Random

FILES = {f"{n}_json.zip": f"https://cricsheet.org/downloads/{n}_json.zip" for n in ("tests", "odis", "t20s", "ipl")}
FROM = ["stats/cricsheet_ipl_yaml"]
IPL = "Indian Premier League"
SCORECARDS = 0.4  # share of the matches that also come as a scorecard: keeps ten thousand matches under four million words
KIND = {"Test": "Test match", "ODI": "one-day international", "T20I": "Twenty20 international", "IT20": "Twenty20 match of national sides",
        "T20": "Twenty20 match", "ODM": "one-day match", "MDM": "multi-day match"}
FORM = {"Test": "Test cricket", "ODI": "one-day international cricket", "T20I": "Twenty20 international cricket", "T20": "Twenty20 cricket",
        "IT20": "Twenty20 cricket of national sides", "ODM": "one-day cricket", "MDM": "multi-day cricket"}
METHOD = {"D/L": " (target revised by the Duckworth-Lewis method)", "VJD": " (target revised by the VJD method)",
          "Awarded": "", "Lost fewer wickets": " (fewer wickets lost)",
          "1st innings score": " (on first-innings scores)"}
BOWLERS = {"bowled", "caught", "caught and bowled", "lbw", "stumped", "hit wicket"}  # the rest are not credited to the bowler
NOT_OUT = {"not out", "retired hurt", "retired not out"}
PLURAL = {"match": "matches", "six": "sixes", "loss": "losses", "century": "centuries", "fifty": "fifties", "innings": "innings"}
ORDINAL = "first second third fourth fifth sixth seventh eighth ninth tenth".split()

# what a sentence may say, by key: one line of the key is drawn, then one of every [a|b]
BANK = """
win: {W} [beat|beat|defeated|overcame|got the better of] {L} by {M}
win: [{L} [lost|went down] to {W} by {M}|{L} were beaten by {W} by {M}|{L} lost by {M} to {W}|{W} won by {M} against {L}|{W} won against {L} by {M}]
win: {W} [recorded|earned|took|completed|gained] {A} [over|against] {L}
plain: [{W} [beat|defeated|won against|overcame|got the better of] {L}|{L} [lost to|went down to|were beaten by] {W}]
super: [{W} and {L} tied, and {W} won the super over|{W} beat {L} in a super over after a tie|{L} tied with {W} and lost the super over]
super: [{W} won a tied match against {L} in the super over|a super over gave {W} the win over {L} after a tie]
bowlout: [{W} and {L} tied, and {W} won the bowl-out|{W} beat {L} in a bowl-out after a tie|{L} tied with {W} and lost the bowl-out]
award: [{W} were awarded the match against {L}|the match between {W} and {L} was awarded to {W}|the match against {L} was awarded to {W}]
tie: [{X} and {Y} tied|{X} and {Y} played out a tie|the match between {X} and {Y} ended in a tie|{X} tied with {Y}|{Y} and {X} tied]
draw: [{X} and {Y} drew|{X} drew with {Y}|the match between {X} and {Y} [was drawn|ended in a draw]|{X} and {Y} played out a draw]
none: [the match between {X} and {Y} [ended without a result|brought no result|ended as a no result]|{X} and {Y} had no result]
open: [{R} {C} {P} {D}|{D}, {R} {C} {P}|{P} {D}, {R} {C}|{C}, {R} {P} {D}|{C} {P} {D}, {R}|{C} {D}, {R} {P}]
meet: [{X} [met|played|faced|took on] {Y} {C} {P} {D}|{D}, {X} [met|played|faced|took on] {Y} {C} {P}|{P} {D}, {X} and {Y} met {C}]
meet: [{C}, {X} [met|played|faced] {Y} {P} {D}|{C} {P}, {X} and {Y} met {D}|{C} {D}, {X} took on {Y} {P}]
bat: {T} won the toss and [chose to bat|elected to bat|decided to bat|opted to bat first|batted|batted first]
bat: [the toss went to {T}, who [batted|batted first|chose to bat]|{T} called correctly and batted]
bat: [after winning the toss, {T} [batted first|chose to bat]|{T}, having won the toss, batted first]
field: {T} won the toss and [chose to field|elected to field|decided to bowl|put {O} in|sent {O} in to bat|asked {O} to bat|fielded]
field: [the toss went to {T}, who [fielded|bowled first|put {O} in]|{T} called correctly and [bowled|fielded] first]
field: [{O} were put in by {T}, who won the toss|after winning the toss, {T} [fielded first|put {O} in|chose to bowl]]
notoss: [the toss was uncontested|there was no contested toss], and {T} {V} first
first: {T} [made|scored|posted|put up|totalled|reached|ran up|finished on|closed on] {S}
first: [the innings of {T} [came to|closed on|ended on|brought] {S}|{T}, batting first, [made|scored|reached] {S}]
first: batting first, {T} [made|scored|reached|put up] {S}
later: {T} [made|scored|replied with|answered with|finished on|reached|got to|closed on|ended on] {S}
later: [in reply, {T} [made|scored|reached|got to] {S}|the reply of {T} [ended on|came to|stopped at] {S}|the answer of {T} was {S}]
again: [{T} then made {S}|next came {S} from {T}|{T} followed with {S}|{T} made {S} in the {n} innings|the {n} innings brought {S} for {T}]
chase: {T} [got home|reached the target|chased it down|knocked off the runs|passed the target|completed the chase], [finishing on|making] {S}
chase: [{T} reached {S} to win|{T} won the match with {S}|{S} was enough for {T}|for the win, {T} made {S}|{T} went past the target with {S}]
spare: [the win came with {b} to spare|{b} remained|they had {b} to spare|it left {b} unused|it was done with {b} to spare]
forfeit: [{T} forfeited their innings|the innings of {T} was forfeited]
top: [{y}|{y}|for {T}, {y}|the [runs|score] came mainly from {z}|the batting was led by {z}|the top scoring came from {z}]
top: [the best of the batting was {x}|{x} led the way for {T}|the innings of {T} was built on {x}|{T} had {x}]
bowl: [{y}|{y}|{y} for {F}|for {F}, {y}|the best figures: {x}|the best of the bowling was {x}|{F} had {x}]
bowl: [the bowling was led by {z}|the wicket-takers were led by {z}|{x} stood out for {F}|the pick of the bowling was {x}]
slide: [{T} [went|slipped|slid|fell] from {i} to {j}|{T} lost {k} for {r}, going from {i} to {j}|{k} fell for {r} as {T} went from {i} to {j}]
slide: [from {i}, {T} went to {j}|between {i} and {j}, {T} lost {k} for {r}|{k} of {T} went down for {r}, from {i} to {j}]
early: [{T} lost their first {k} for {r}|{T} were {j} at one stage|the first {k} of {T} fell for {r}]
early: [{T} had been {j}|{T} had slumped to {j}|it had been {j}|at one stage it was {j}]
hurt: [{p} retired hurt on {r}|{p}, on {r}, retired hurt]
absent: [the side batted without {p}, absent hurt|absent hurt: {p}]
stand: [{A} and {B} [put on|added|shared|made] {r} for the {n} wicket of {T}|for the {n} wicket of {T}, {A} and {B} [added|put on] {r}]
stand: [the largest stand of the match was {r} for the {n} wicket of {T}, by {A} and {B}|no stand was larger than the {r} of {A} and {B} for {T}]
over: [in the super over, {a}|the super over: {a}|super over: {a}]
pom: [{p} was [named|made|voted] player of the match|the player of the match was {p}|player of the match: {p}]
pom: [the player-of-the-match award went to {p}|the award for player of the match went to {p}]
poms: [the players of the match were {p}|{p} shared the player-of-the-match award|{p} were named players of the match]
ump: [the umpires were {u}|{u} [umpired|stood as umpires|were the umpires|stood|officiated]|umpires: {u}|the match was umpired by {u}]
season: [{N} has {m} on record, {D}|there {are} {m} of {N} on record, {D}|{m} of {N} {are} on record, {D}|on record for {N} {are} {m}, {D}]
season: [the record of {N} holds {m}, {D}|{m} of {N}, {D}, {are} on record|of {N} there {are} {m} on record, {D}]
runs: [{p} [scored the most runs|was the leading run-scorer|led the run-scorers]|the leading run-scorer was {p}]: {r}
wickets: [{p} [took the most wickets|was the leading wicket-taker|led the wicket-takers]|the leading wicket-taker was {p}]: {r}
hs: [the highest score was {a}|the best innings was {a}|no one made a higher score than {a}|the highest individual score: {a}]
myhs: [the highest score was {a}|the best score: {a}|highest score: {a}|the best innings was {a}|nothing was higher than {a}]
bb: [the best bowling was {a}|the best figures were {a}|no one had better figures than {a}|the best bowling figures: {a}]
mybb: [the best bowling was {a}|the best figures were {a}|best figures: {a}|the best return was {a}|the best bowling: {a}]
total: [the highest total was {a}|the largest total: {a}|no side made more than {a}|{a} was the highest total]
low: [the lowest all-out total was {a}|no side was all out for less than {a}|the smallest all-out total: {a}|{a} was the lowest all-out total]
last: [the last match, {D}: {R}|the last match was played {D}: {R}|in the last match, {D}, {R}]
career: [{p} [played for {T}|represented {T}|appeared for {T}] {C} {D}|{C}, {p} [played|appeared] for {T} {D}|{D}, {p} played for {T} {C}]
batted: [with the bat it was {r}|{p} scored {r}|the batting: {r}|{p} made {r}|batting brought {r}|batting: {r}]
bowled: [with the ball it was {r}|{p} took {r}|the bowling: {r}|bowling brought {r}|{p} had {r}|bowling: {r}]
field1: [in the field there were {n} by catch or stumping|{n} came by catch or stumping|catches and stumpings: {c}]
prizes: [player-of-the-match awards: {n}|as player of the match {p} was named {t}|the player-of-the-match awards came to {n}]
pair: [{X} and {Y} [met|have met|played] {m} {C} {D}|{C} {D}, {X} and {Y} met {m}|there are {k} between {X} and {Y} on record {C}, {D}]
count: [the results: {w}|the balance: {w}|the tally: {w}|in wins and losses: {w}|it stands at {w}|the record shows {w}|that makes {w}]
margin: [the biggest win by {u} was {a}|the widest margin in {u}: {a}|no win by {u} was bigger than {a}|in {u}, the largest win was {a}]
short: [{D}, {R} {P}|{R} {P} {D}|{P} {D}, {R}|{P}, {R} {D}]
"""
WORDS = defaultdict(list)
for line in BANK.strip().splitlines():
    WORDS[line.split(": ", 1)[0]].append(line.split(": ", 1)[1])


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, key, **f):
    text = pick(rng, WORDS[key])
    while "[" in text:  # innermost first
        text = re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), text)
    return re.sub(r" +(?=[ ,.;:]|$)", "", text.format_map(f)).strip(" ,")  # a match without a venue leaves a hole


def sentence(rng, key, **f):
    return (text := say(rng, key, **f))[0].upper() + text[1:] + "."


def many(n, word):
    return f"{n} {word if str(n) == '1' else PLURAL.get(word, word + 's')}"


def listed(items):
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def when(rng, dates):
    a, b = date.fromisoformat(dates[0]), date.fromisoformat(dates[-1])
    if a == b:
        return f"on {a:%A} {a.day} {a:%B %Y}" if rng and rng.random() < 0.3 else f"on {a.day} {a:%B %Y}"
    return f"from {a.day}" + (f" {a:%B %Y}" if a.year != b.year else f" {a:%B}" if a.month != b.month else "") + f" to {b.day} {b:%B %Y}"

# -----------------------------------------------------------------------------
# reading

def read_yaml(rows, i=0):
    """(value, next i) of the block at rows[i], rows being (indent, text): maps and lists by indentation, one value a line."""
    indent, text = rows[i]
    out = [] if text.startswith("- ") else {}
    while i < len(rows) and rows[i][0] == indent and rows[i][1].startswith("- ") == isinstance(out, list):
        key, colon, rest = rows[i][1].partition(":")
        if isinstance(out, list) and colon and rest[:1] in ("", " ") and key[2] not in "'\"":
            rows[i] = indent + 2, rows[i][1][2:]  # the item is a map: its first line belongs to the block below the dash
            value, i = read_yaml(rows, i)
        elif isinstance(out, list):
            value, i = scalar(rows[i][1][2:]), i + 1
        elif not rest and i + 1 < len(rows) and (rows[i + 1][0] > indent or rows[i + 1][0] == indent and rows[i + 1][1].startswith("- ")):
            value, i = read_yaml(rows, i + 1)
        else:
            value, i = scalar(rest.strip()), i + 1
        out.append(value) if isinstance(out, list) else out.update({key.strip("'\""): value})
    return out, i


def scalar(text):
    if text[:1] in ("'", '"'):
        return text[1:-1].replace("''", "'") if text[0] == "'" else json.loads(text)
    return int(text) if text.isdecimal() else {"[]": [], "{}": {}, "": None}.get(text, text)


def modern(match):
    """A match of the YAML layout in the shape of the JSON layout."""
    info = match["info"]
    info["officials"] = {"umpires": info.get("umpires") or []}
    if info.get("competition"):
        info["event"] = {"name": {"IPL": IPL}.get(info["competition"], info["competition"])}
    for n, named_innings in enumerate(match["innings"]):
        (title, innings), = named_innings.items()
        overs = defaultdict(list)
        for (ball, d), in (b.items() for b in innings.get("deliveries") or []):
            w = d.get("wicket") or []
            w = [{**x, "fielders": [{"name": name.replace(" (sub)", ""), "substitute": name.endswith(" (sub)")} for name in x.get("fielders") or []]}
                 for x in (w if isinstance(w, list) else [w])]
            d = {**d, "batter": d["batsman"], "wickets": w, "runs": {**d["runs"], "batter": d["runs"]["batsman"]}}
            overs[int(ball.split(".")[0])].append(d)
        overs = [{"over": k, "deliveries": d} for k, d in overs.items()]
        match["innings"][n] = {**innings, "super_over": "super over" in title.lower(), "overs": overs}
    return match


def matches(upstream):
    """(key, match) of every match once, JSON before YAML."""
    seen = set()
    for ending in (".json", ".yaml"):
        for name, f in upstream.files("*" + ending):
            key = os.path.basename(name)[:-5]
            rows = [] if ending == ".json" else [(len(x) - len(x.lstrip(" ")), x.strip()) for x in f if x.strip() and not x.startswith(("---", "#"))]
            match = json.load(f) if ending == ".json" else modern(read_yaml(rows)[0])
            if key not in seen and match.get("innings") and "outcome" in match.get("info", {}):
                seen.add(key)
                yield key, match


def how_out(w, bowler):
    by = "/".join(("sub " if f.get("substitute") else "") + f["name"] for f in w.get("fielders") or () if f.get("name"))
    return {"bowled": f"b {bowler}", "lbw": f"lbw b {bowler}", "caught and bowled": f"c and b {bowler}", "hit wicket": f"hit wicket b {bowler}",
            "caught": f"c {by} b {bowler}" if by else f"caught, b {bowler}", "stumped": f"st {by} b {bowler}" if by else f"stumped, b {bowler}",
            "run out": f"run out ({by})" if by else "run out"}.get(w["kind"], w["kind"])


def card(innings, bpo):
    """An innings added up. bat: {name: [runs, balls, fours, sixes, how out]}, bowl: {name: [balls, maidens, runs, wickets]}."""
    bat, bowl, falls, stands, catches, legal, end = {}, {}, [], defaultdict(int), Counter(), 0, "0"
    runs = extras = sum((innings.get("penalty_runs") or {}).values())  # given to the side before or after its innings
    for over in innings.get("overs") or ():
        shares, legal = {}, 0  # shares: {bowler: [balls, runs]} of this over
        for d in over["deliveries"]:
            x, e = d["runs"], d.get("extras") or {}
            for name in (d["batter"], d["non_striker"]):
                if bat.setdefault(name, [0, 0, 0, 0, "not out"])[4].startswith("retired"):
                    bat[name][4] = "not out"  # came back
            b, s, fair = bat[d["batter"]], shares.setdefault(d["bowler"], [0, 0]), "wides" not in e and "noballs" not in e
            b[0], b[1], legal, runs, extras = b[0] + x["batter"], b[1] + ("wides" not in e), legal + fair, runs + x["total"], extras + x["extras"]
            s[0], s[1] = s[0] + fair, s[1] + x["batter"] + e.get("wides", 0) + e.get("noballs", 0)
            if x["batter"] in (4, 6) and not x.get("non_boundary"):
                b[2 if x["batter"] == 4 else 3] += 1
            stands[(len(falls) + 1, *sorted((d["batter"], d["non_striker"])))] += x["total"]
            for w in d.get("wickets") or ():
                bat.setdefault(w["player_out"], [0, 0, 0, 0, ""])[4] = how_out(w, d["bowler"])
                bowl.setdefault(d["bowler"], [0, 0, 0, 0])[3] += w["kind"] in BOWLERS
                if w["kind"] in ("caught", "stumped"):
                    catches.update(f["name"] for f in w.get("fielders") or () if f.get("name") and not f.get("substitute"))
                catches[d["bowler"]] += w["kind"] == "caught and bowled"
                if w["kind"] not in NOT_OUT:
                    falls.append((len(falls) + 1, runs, w["player_out"]))
        done = legal >= bpo or over is not innings["overs"][-1] or str(over["over"]) in (innings.get("miscounted_overs") or {})
        end = str(over["over"] + 1) if done else f"{over['over']}.{legal}"
        for name, (balls, given) in shares.items():
            f, whole = bowl.setdefault(name, [0, 0, 0, 0]), done and len(shares) == 1
            f[0], f[1], f[2] = f[0] + (bpo if whole else balls), f[1] + (whole and not given), f[2] + given
    return {"team": innings["team"], "runs": runs, "wickets": len(falls), "overs": end, "bat": bat, "bowl": bowl, "falls": falls, "stands": stands,
            "extras": extras, "catches": catches, "declared": innings.get("declared"), "forfeited": innings.get("forfeited"), "bpo": bpo,
            "absent": innings.get("absent_hurt") or [], "super": innings.get("super_over"), "target": innings.get("target") or {}}


def facts(key, match):
    """What the pages need to know of a match."""
    info, o, event = match["info"], match["info"]["outcome"], match["info"].get("event") or {}
    league = info.get("team_type", "club" if event else "international") == "club"
    kind = "T20I" if info["match_type"] == "T20" and not league else info["match_type"]
    women, by, method = "women's " * (info.get("gender") == "female"), o.get("by") or {}, o.get("method") or ""
    winner = o.get("winner") or o.get("eliminator") or o.get("bowl_out")
    how = "super" if o.get("eliminator") else "bowlout" if o.get("bowl_out") else o["result"] if o.get("result") in ("tie", "draw") else "none"
    unit = "run" if "runs" in by else "wicket"
    n = by.get(unit + "s")
    margin, win = many(n, unit), f"{'an' if re.match('(8[0-9]*|11|18)$', str(n)) else 'a'} {n}-{unit} win"
    if by.get("innings"):
        margin = "an innings" + (f" and {margin}" if n else "")
        win = f"a win by {margin}"
    name, year = re.sub("^[Tt]he ", "", event.get("name") or ""), info["dates"][0][:4]
    season = year if not (league and name) or name == IPL else str(info.get("season", year))
    form = women + FORM.get(kind, kind + " cricket")
    cat = f"the {women * ('women' not in name.lower())}{name}" if league and name else form
    venue, city = info.get("venue") or "", info.get("city") or ""
    the = "the " if re.search("(Stadium|Ground|Oval|Academy|Complex)$", venue.split(",")[0]) else ""
    return {"id": key, "info": info, "teams": info["teams"], "dates": info["dates"], "limit": info.get("overs"), "by": by, "margin": margin,
            "win": win, "winner": winner, "loser": next((t for t in info["teams"] if t != winner), ""),
            "kind": women + KIND.get(kind, kind + " match"),
            "how": ("win" if by else "award" if method == "Awarded" else "plain") if o.get("winner") else how,
            "method": METHOD.get(method, method and f" ({method})"),
            "league": league, "event": name, "cat": cat, "season": season,  # cat: the league, or the form of cricket, in which careers are counted
            "series": [] if league or not name else [(f"{named(f'the {name}', str(info.get('season', year)))} in {form}", "")],
            "place": venue and f"at {the}{venue}" + (f", {city}" if city and city not in venue else ""),
            "innings": [card(i, info.get("balls_per_over") or 6) for i in match["innings"]]}

# -----------------------------------------------------------------------------
# a match

def result(rng, m):
    text = say(rng, m["how"], W=m["winner"], L=m["loser"], X=m["teams"][0], Y=m["teams"][1], M=m["margin"], A=m["win"])
    return text + (m["method"] if m["how"] != "none" else "")


def named(cat, season):
    return cat if not season or season in cat else f"the {season} {cat[4:]}" if cat.startswith("the ") else f"{cat} in {season}"


def competition(m):
    event = m["info"].get("event") or {}
    stage, number = str(event.get("stage") or ""), event.get("match_number")
    whole = named(m["cat"] if m["league"] else f"the {m['event']}", str(m["info"].get("season", m["season"])) if m["event"] != IPL else m["season"])
    if not m["event"]:
        return f"in a {m['kind']}"
    part = {"Semi Final": "a semi-final", "Quarter Final": "a quarter-final", "3rd Place Play-Off": "the third-place play-off"}.get(stage) or (
        stage if stage[-1:].isdigit() else stage and "the " + stage.lower()) or (f"match {number}" if number and m["league"] else "")
    whole = (f"{part} of {whole}" if part else whole) + (f" (Group {event['group']})" if event.get("group") else "")
    return f"in {whole}" if m["league"] or stage else f"in a {m['kind']} of {whole}" + (f" (match {number})" if number else "")


def overs(balls, bpo):
    return f"{balls // bpo}" + (f".{balls % bpo}" if balls % bpo else "")


def score(rng, i):
    text = f"{i['runs']} all out" if i["wickets"] == 10 else f"{i['runs']}{pick(rng, [' for ', ' for ', '/'])}{i['wickets']}"
    return text + " declared" * bool(i["declared"]) + f" {pick(rng, ['in', 'in', 'from', 'off'])} {many(i['overs'], 'over')}"


def made(rng, b):
    edges = [many(n, word) for n, word in ((b[2], "four"), (b[3], "six")) if n]
    text = f"{b[0]}{' not out' if b[4] in NOT_OUT else ''} {pick(rng, ['off', 'from'])} {many(b[1], 'ball')}"
    return text + (f" ({', '.join(edges)})" if edges and rng.random() < 0.5 else "")


def figures(rng, i, f):
    return f"{f[3]} for {f[2]}" + (f" in {many(overs(f[0], i['bpo']), 'over')}" if rng.random() < 0.4 else "")


def people(rng, verbs, items):
    """One or two (name, figure) three ways: "A made 64 and B 47", "64 by A and 47 by B", "A, 64, and B, 47"."""
    (p, a, _), rest, verb = items[0], items[1:], pick(rng, verbs.split("|"))
    return {"y": f"{p} {verb} {a}" + "".join(f" and {q} {b}" for q, b, _ in rest), "x": listed([f"{b} by {q}" for q, b, _ in items]),
            "z": f"{p}, {a}" + "".join(f", and {q}, {b}" for q, b, _ in rest)}


def of_innings(rng, m, i, n, main):
    """The sentences of one innings."""
    f, falls = {"T": i["team"], "F": next(t for t in m["teams"] if t != i["team"]), "n": ORDINAL[min(n, 9)]}, [(0, 0)] + [x[:2] for x in i["falls"]]
    if not i["bat"]:
        return [sentence(rng, "forfeit", **f)] if i["forfeited"] else []
    chase = n and m["winner"] == i["team"] and n == len(main) - 1 and "wickets" in m["by"]
    key = "first" if not n else "chase" if chase else "later" if n == 1 and i["team"] != main[0]["team"] else "again"
    out = [sentence(rng, key, S=score(rng, i), **f)]
    left = (m["limit"] or 0) * i["bpo"] - sum(int(x) * k for x, k in zip(i["overs"].split("."), (i["bpo"], 1)))
    if chase and left > 0 and not m["method"] and i["target"].get("overs", m["limit"]) == m["limit"]:
        out.append(sentence(rng, "spare", b=many(left, "ball"), **f))
    if len(falls) > 3 and falls[3][1] <= 30:
        out.append(sentence(rng, "early", k="three wickets", r=many(falls[3][1], "run"), j=f"{falls[3][1]} for 3", **f))
    bat = [(p, made(rng, b), b[0]) for p, b in sorted(i["bat"].items(), key=lambda x: (-x[1][0], x[1][1]))[:2]]
    bat = bat if bat[1:] and bat[1][2] * 2 >= bat[0][2] > 9 else bat[:1]
    out += [sentence(rng, "top", **people(rng, "made|scored|hit|contributed", bat), **f)] * bool(bat[0][2])
    slides = [(b[0] - a[0], a, b) for a in falls[3:] for b in falls if b[0] - a[0] > 3 and b[1] - a[1] <= 5 * (b[0] - a[0])]
    if slides:
        k, a, b = max(slides)
        ends = {"i": f"{a[1]} for {a[0]}", "j": f"{b[1]} for {b[0]}" if b[0] < 10 else f"{b[1]} all out"}
        out.append(sentence(rng, "slide", k=many(k, "wicket"), r=many(b[1] - a[1], "run"), **ends, **f))
    bowl = [(p, figures(rng, i, b), b[3]) for p, b in sorted(i["bowl"].items(), key=lambda x: (-x[1][3], x[1][2]))[:2] if b[3]]
    bowl = bowl if bowl[1:] and bowl[1][2] >= max(2, bowl[0][2] - 2) else bowl[:1]
    out += [sentence(rng, "bowl", **people(rng, "took|had|finished with|returned", bowl), **f)] if bowl else []
    out += [sentence(rng, "hurt", p=p, r=b[0]) for p, b in i["bat"].items() if b[4] == "retired hurt"]
    return out + ([sentence(rng, "absent", p=listed(i["absent"]))] if i["absent"] else [])


def report(rng, m):
    main, extra = ([i for i in m["innings"] if bool(i["super"]) == x] for x in (False, True))
    toss, (x, y), early = m["info"].get("toss") or {}, m["teams"], rng.random() < 0.6
    top = [sentence(rng, "open" if early else "meet", R=result(rng, m), X=x, Y=y, C=competition(m), P=m["place"], D=when(rng, m["dates"]))]
    if toss.get("winner") in (x, y) and toss.get("decision") in ("bat", "field"):
        key, verb = "notoss" if toss.get("uncontested") else toss["decision"], "batted" if toss["decision"] == "bat" else "fielded"
        top.append(sentence(rng, key, T=toss["winner"], O=y if toss["winner"] == x else x, V=verb))
    body = [s for n, i in enumerate(main) for s in of_innings(rng, m, i, n, main)]
    r, T, (n, A, B) = max(((r, i["team"], k) for i in main for k, r in i["stands"].items()), default=(0, "", (1, "", "")))
    if r >= 50:
        body.append(sentence(rng, "stand", A=A, B=B, r=many(r, "run"), n=ORDINAL[n - 1], T=T))
    if extra:
        body.append(sentence(rng, "over", a=listed([f"{i['team']} made {i['runs']} for {i['wickets']}" for i in extra])))
    best, umpires = m["info"].get("player_of_match") or [], (m["info"].get("officials") or {}).get("umpires") or []
    end = [] if early else [(r := result(rng, m))[0].upper() + r[1:] + "."]
    end += [sentence(rng, "poms" if len(best) > 1 else "pom", p=listed(best))] * bool(best)
    end += [sentence(rng, "ump", u=listed(umpires))] * (len(umpires) > 1)
    return "\n\n".join(" ".join(part) for part in (top, body, end) if part)


def scorecard(rng, m, innings):
    title = pick(rng, ["Scorecard: ", "", "Full scorecard: ", "The scorecard of "])
    title += f"{m['teams'][0]} {pick(rng, ['v', 'against'])} {m['teams'][1]}, {competition(m)[3:]}, "
    title += f"{m['place'] and m['place'][3:] + ', '}{re.sub('^on ', '', when(None, m['dates']))}"
    out = [title, (r := result(rng, m))[0].upper() + r[1:] + "."]
    for i in innings:
        out.append(f"\n{i['team']}{' (super over)' * bool(i['super'])} {score(rng, i) if i['bat'] else 'forfeited the innings'}")
        out += [f"{p}, {b[4]}, {b[0]} ({b[1]})" for p, b in i["bat"].items()] + [f"{p}, absent hurt" for p in i["absent"]]
        out += [f"Extras {i['extras']}"] * bool(i["bat"])
        out += ["Fall of wickets: " + ", ".join(f"{w}-{r} ({p})" for w, r, p in i["falls"])] * bool(i["falls"])
        out += ["Bowling: " + "; ".join(f"{p} {overs(b[0], i['bpo'])}-{b[1]}-{b[2]}-{b[3]}" for p, b in i["bowl"].items())] * bool(i["bowl"])
    return "\n".join(out)

# -----------------------------------------------------------------------------
# many matches

def enter(books, m):
    """Enter a match in the books, {competition: {"seasons": {season: matches}, "players": {id: career}}}."""
    people, day = (m["info"].get("registry") or {}).get("people") or {}, m["dates"][0]
    lite = {k: v for k, v in m.items() if k not in ("innings", "info")}
    main = [(i, next(t for t in m["teams"] if t != i["team"])) for i in m["innings"] if not i["super"]]
    lite["totals"] = [(i["runs"], i["wickets"], i["team"], other, day) for i, other in main if i["bat"]]
    for cat, season in [(m["cat"], m["season"])] + m["series"]:
        books[cat]["seasons"][season].append(lite)

        def entry(name, team):
            new = {"name": name, "teams": {}, "days": {}, "years": defaultdict(Counter), "hs": {}, "bb": {}}
            p = books[cat]["players"].setdefault(people.get(name, name), new)
            p["teams"][team] = p["days"][day] = True
            return p, p["years"][season]

        for i, other in main:
            for name, b in i["bat"].items():
                p, n = entry(name, i["team"])
                n.update(innings=1, outs=b[4] not in NOT_OUT, runs=b[0], faced=b[1], hundreds=b[0] > 99, fifties=49 < b[0] < 100)
                p["hs"][season] = max(p["hs"].get(season, []), [b[0], b[4] in NOT_OUT, day, other, name])
            for name, b in i["bowl"].items():
                p, n = entry(name, other)
                n.update(balls=b[0], given=b[2], wickets=b[3], fives=b[3] > 4)
                p["bb"][season] = max(p["bb"].get(season, []), [b[3], -b[2], day, i["team"], name])
            for name, k in i["catches"].items():
                if k:
                    entry(name, other)[1]["catches"] += k
        for p in (books[cat]["players"].get(people.get(name, name)) for name in m["info"].get("player_of_match") or []):
            if p:
                p["years"][season]["awards"] += 1


def averages(n):
    """A career's or a season's figures as phrases: batting, bowling."""
    rate = lambda text, x, y: [text.format(x / y)] if y else []
    bat = [f"{many(n['runs'], 'run')} in {many(n['innings'], 'innings')}"] + rate("average {:.2f}", n["runs"], n["outs"])
    bowl = [f"{many(n['wickets'], 'wicket')} for {many(n['given'], 'run')}"] + rate("average {:.2f}", n["given"], n["wickets"])
    bat += rate("{:.1f} runs per 100 balls", 100 * n["runs"], n["faced"])
    bat += [many(n[k], word) for k, word in (("hundreds", "century"), ("fifties", "fifty")) if n[k]]
    bowl += rate("{:.2f} runs per six balls", 6 * n["given"], n["balls"])
    return bat, bowl + [many(n["fives"], "haul") + " of five or more"] * bool(n["fives"])


def best_of(b, bowling, by=""):
    return (f"{b[0]} for {-b[1]}" if bowling else f"{b[0]}{' not out' * b[1]}") + by + f" against {b[3]} {when(None, [b[2]])}"


def season_page(rng, cat, season, ms, players):
    days, teams = sorted(d for m in ms for d in m["dates"]), defaultdict(list)
    for m, t in ((m, t) for m in ms for t in m["teams"]):
        teams[t].append("win" if m["winner"] == t else "loss" if m["winner"] else {"none": "no result"}.get(m["how"], m["how"]))
    out = [sentence(rng, "season", N=named(cat, season), m=many(len(ms), "match"), D=when(None, [days[0], days[-1]]),
                    are="is" if len(ms) == 1 else "are")]
    if len(teams) > 2:  # a match decided by a super over counts as won and lost
        order = sorted(teams, key=lambda t: (-teams[t].count("win"), len(teams[t]), t))
        row = lambda t: [many(teams[t].count(k), k) for k in ("win", "loss", "tie", "draw", "no result") if k in teams[t] or k in ("win", "loss")]
        out.append("\n".join(f"{t}: played {len(teams[t])}, {listed(row(t))}" for t in order))
    rows = [(p["years"][season], p["name"]) for p in players.values() if season in p["years"]]
    for k, (key, cost) in enumerate((("runs", "faced"), ("wickets", "given"))):
        top = [(p, ", ".join(averages(n)[k][:2])) for n, p in sorted(rows, key=lambda x: (-x[0][key], x[0][cost], x[1]))[:8] if n[key]]
        out += [sentence(rng, key, p=top[0][0], r=top[0][1])] if top else []
        out += ["\n".join(f"{n}. {p}: {text}" for n, (p, text) in enumerate(top, 1))] * (len(top) > 2)
    ends, totals = [], [t for m in ms for t in m["totals"]]
    for k, key in enumerate(("hs", "bb")):
        b = max((p[key][season] for p in players.values() if season in p[key]), default=[0])
        ends += [sentence(rng, key, a=best_of(b, k, f" by {b[4]}"))] if b[0] else []
    for key, t in (("total", max(totals, default=None)), ("low", min((t for t in totals if t[1] == 10), default=None))):
        ends += [sentence(rng, key, a=f"{t[0]} by {t[2]} against {t[3]} {when(None, [t[4]])}")] if t else []
    last = max(ms, key=lambda m: (m["dates"][-1], m["id"]))
    return "\n\n".join(out + [" ".join(ends + [sentence(rng, "last", R=result(rng, last), D=when(rng, last["dates"]))])])


def player_page(rng, cat, p):
    n, (bat, bowl) = sum(p["years"].values(), Counter()), averages(sum(p["years"].values(), Counter()))
    f = {"p": p["name"], "C": f"in {cat}", "T": listed(list(p["teams"])), "D": when(None, [min(p["days"]), max(p["days"])])}
    out = [sentence(rng, "career", **f)]
    for key, some, text, best in (("batted", n["innings"], bat, "hs"), ("bowled", n["balls"], bowl, "bb")):
        top = max(p[best].values(), default=[0])
        out += [sentence(rng, key, r=", ".join(text), **f)] * bool(some)
        out += [sentence(rng, "my" + best, a=best_of(top, best == "bb"))] if top[0] else []
    out += [sentence(rng, "field1", n=many(n["catches"], "dismissal"), c=n["catches"])] * bool(n["catches"])
    out += [sentence(rng, "prizes", n=n["awards"], t={1: "once", 2: "twice"}.get(n["awards"], f"{n['awards']} times"), **f)] * bool(n["awards"])
    years = [(y, [averages(c)[k][0] for k, key in enumerate(("innings", "balls")) if c[key]]) for y, c in sorted(p["years"].items())]
    return "\n".join([" ".join(out) + "\n"] + [f"{y}: {'; '.join(text)}" for y, text in years if text]) if len(years) > 1 else " ".join(out)


def head_to_head(rng, cat, pair, ms):
    ms = sorted(ms, key=lambda m: m["dates"])
    n = Counter(m["winner"] or {"none": "no result"}.get(m["how"], m["how"]) for m in ms)
    w = listed([f"{many(n[t], 'win')} for {t}" for t in pair] + [many(n[k], k) for k in ("tie", "draw", "no result") if n[k]])
    span = when(None, [ms[0]["dates"][0], ms[-1]["dates"][0]])
    out = [sentence(rng, "pair", X=pair[0], Y=pair[1], m=many(len(ms), "time"), k=many(len(ms), "match"), C=f"in {cat}", D=span)]
    out.append(sentence(rng, "count", w=w))
    for u in ("runs", "wickets"):
        b = max((m for m in ms if u in m["by"] and "innings" not in m["by"]), key=lambda m: m["by"][u], default=None)
        out += [sentence(rng, "margin", u=u, a=f"{b['margin']} for {b['winner']} {when(None, b['dates'])}")] if b else []
    recent = [sentence(rng, "short", R=result(rng, m), P=m["place"], D=when(None, m["dates"])) for m in ms[-8:]]
    return " ".join(out) + "\n\n" + " ".join(recent)


def documents(upstream, seed):
    """The matches as they come, then the pages that need all of them."""
    books = defaultdict(lambda: {"seasons": defaultdict(list), "players": {}})

    def doc(record, day, write, *args):
        text = write(Random(f"{seed} {record}"), *args)
        return {"text": text, "sport": "cricket", "url": "https://cricsheet.org/matches/", "date": day, "record": record}

    for key, match in matches(upstream):
        m = facts(key, match)
        yield doc(f"{key} report", m["dates"][-1], report, m)
        if Random(f"{seed} {key}").random() < SCORECARDS:
            for n in (0, 2) if not m["limit"] and len(m["innings"]) > 2 else (0,):  # four innings make two documents
                yield doc(f"{key} scorecard {n}", m["dates"][-1], scorecard, m, m["innings"][n:n + 2] if not m["limit"] else m["innings"])
        enter(books, m)
    if not books:
        raise ValueError("no match found: cricsheet reads the .json or .yaml files of https://cricsheet.org/downloads/")
    for cat, book in books.items():
        pairs = defaultdict(list)
        for season, ms in book["seasons"].items():
            if season or len(ms) > 1:  # a series of one match is told by its report
                yield doc(f"{cat} season {season}", max(m["dates"][-1] for m in ms), season_page, cat, season, ms, book["players"])
            for m in ms:
                pairs[tuple(sorted(m["teams"]))].append(m)
        if "" in book["seasons"]:
            continue  # a series: its matches are in the book of their form of cricket too
        for pair, ms in pairs.items():
            if len(ms) > 2:
                yield doc(f"{cat} pair {' v '.join(pair)}", max(m["dates"][-1] for m in ms), head_to_head, cat, pair, ms)
        for key, p in book["players"].items():
            n = sum(p["years"].values(), Counter())
            if n["innings"] > 7 or n["wickets"] > 7:
                yield doc(f"{cat} player {key}", max(p["days"]), player_page, cat, p)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
