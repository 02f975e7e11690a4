"""
Tour tennis since 1968 from Jeff Sackmann's tennis_atp and tennis_wta: tournaments, rounds, seasons, head-to-heads, team ties.

    $ python prepare.py sackmann_tennis --allow noncommercial [--from DIR]

The licence is CC BY-NC-SA 4.0, attribution and no commercial use, so this source is off by default. A row is a match of the main draw of singles:
no doubles (a Davis Cup tie lacks that rubber, so only its singles are counted), and files of qualifying, challengers and futures are not read.
Quirks: tourney_date is the Monday at or near the start, for all rounds; the season is that of tourney_id (Auckland 2013 starts in December 2012);
scores run from the winner's side, a tie-break gives the loser's points, [10-7] is a match tie-break, W/O, RET, DEF and ABD end a score, and what
cannot be read ("6-?", "7-Oct", a winner with fewer sets) is left out while the result stands; unfinished matches and exhibitions do not count
in seasons and head-to-heads, walk-overs neither; countries are today's codes for players (CZE in 1980) and those of the day for teams; labels of
groups before the World Group (1981, women 1995) are left out; some rows come twice; serve statistics start in 1991, for women mostly in 2016.
"""
import csv
import functools
import os
import re
import sys
from collections import Counter, defaultdict, namedtuple
from datetime import date
from random import Random

FILES = {f"tennis_{t}.tar.gz": f"https://codeload.github.com/JeffSackmann/tennis_{t}/tar.gz/refs/heads/master" for t in ("atp", "wta")}
FROM = ["stats/sackmann_tennis_atp", "stats/sackmann_tennis_wta"]
WORDS_AT_MOST = 4_000_000  # tournaments, rivalries and seasons first, then ties and rounds by weight
WEIGHT = dict(G=9, F=6, O=6, M=6, PM=6, T1=6, P=4, T2=4)  # of a tournament by its level; the rest have 2
LEVEL = dict(G="a Grand Slam tournament", PM="a Premier Mandatory tournament", P="a Premier tournament", T1="a Tier I tournament",
             T2="a Tier II tournament", T3="a Tier III tournament", T4="a Tier IV tournament", T5="a Tier V tournament")
ROUNDS = {"RR": "round robin", "ER": "elimination round", "R128": "round of 128", "R64": "round of 64", "R32": "round of 32", "R16": "round of 16",
          "QF": "quarter-finals", "SF": "semi-finals", "BR": "match for third place", "F": "final"}
STAGES = {"R1": "first round", "R2": "second round", "R3": "third round", "PO": "play-offs", "PR": "preliminary round", "F": "final",
          "RR": "round robin", "RRA": "round-robin pool A", "RRB": "round-robin pool B", "RRC": "round-robin pool C", "RRD": "round-robin pool D",
          "SF": "semi-finals", "QF": "quarter-finals", "ConR": "consolation rounds", "REL": "relegation play-offs", "PPO": "promotion play-offs"}
GROUPS = {"WG": "the World Group", "WG1": "World Group I", "WG2": "World Group II", "G1": "Group I", "G2": "Group II", "G3": "Group III",
          "Finals": "the Finals", "EUR": "the European Zone", "AME": "the American Zone", "AFR": "the African Zone", "Eastern": "the Eastern Zone",
          "QLS": "the qualifiers", "Qualifiers": "the qualifiers", "Playoffs": "the play-offs"}
NATIONS = dict(x.split(" ", 1) for x in (  # teams
    "AHO the Netherlands Antilles,ALG Algeria,AND Andorra,ANT Antigua and Barbuda,ARG Argentina,ARM Armenia,AUS Australia,AUT Austria,"
    "AZE Azerbaijan,BAH the Bahamas,BAN Bangladesh,BAR Barbados,BEL Belgium,BEN Benin,BER Bermuda,BIH Bosnia and Herzegovina,BLR Belarus,"
    "BOL Bolivia,BOT Botswana,BRA Brazil,BRN Bahrain,BRU Brunei,BUL Bulgaria,CAN Canada,CAR the Caribbean,CGO Congo,CHI Chile,CHN China,"
    "CIS the CIS,CIV Ivory Coast,CMR Cameroon,COL Colombia,CRC Costa Rica,CRO Croatia,CUB Cuba,CYP Cyprus,CZE the Czech Republic,DEN Denmark,"
    "DOM the Dominican Republic,ECA the Eastern Caribbean,ECU Ecuador,EGY Egypt,ENG England,ESA El Salvador,ESP Spain,EST Estonia,ETH Ethiopia,"
    "FIJ Fiji,FIN Finland,FRA France,FRG West Germany,GBR Great Britain,GEO Georgia,GER Germany,GHA Ghana,GRE Greece,GUA Guatemala,GUM Guam,"
    "HAI Haiti,HKG Hong Kong,HON Honduras,HUN Hungary,INA Indonesia,IND India,IRI Iran,IRL Ireland,IRQ Iraq,ISL Iceland,ISR Israel,ITA Italy,"
    "JAM Jamaica,JOR Jordan,JPN Japan,KAZ Kazakhstan,KEN Kenya,KGZ Kyrgyzstan,KOR South Korea,KOS Kosovo,KSA Saudi Arabia,KUW Kuwait,LAT Latvia,"
    "LBA Libya,LBN Lebanon,LES Lesotho,LIB Lebanon,LIE Liechtenstein,LTU Lithuania,LUX Luxembourg,MAD Madagascar,MAR Morocco,MAS Malaysia,"
    "MDA Moldova,MEX Mexico,MGL Mongolia,MKD Macedonia,MLT Malta,MNE Montenegro,MON Monaco,MRI Mauritius,NAM Namibia,NED the Netherlands,"
    "NGR Nigeria,NOR Norway,NZL New Zealand,OMA Oman,PAK Pakistan,PAN Panama,PAR Paraguay,PER Peru,PHI the Philippines,POC Pacific Oceania,"
    "POL Poland,POR Portugal,PUR Puerto Rico,QAT Qatar,RHO Rhodesia,ROU Romania,RSA South Africa,RTF the Russian Tennis Federation,RUS Russia,"
    "SCG Serbia and Montenegro,SCO Scotland,SEN Senegal,SGP Singapore,SIN Singapore,SLO Slovenia,SMR San Marino,SRB Serbia,SRI Sri Lanka,"
    "SUI Switzerland,SVK Slovakia,SWE Sweden,SYR Syria,TCH Czechoslovakia,THA Thailand,TJK Tajikistan,TKM Turkmenistan,TOG Togo,"
    "TPE Chinese Taipei,TRI Trinidad and Tobago,TTO Trinidad and Tobago,TUN Tunisia,TUR Turkey,UKR Ukraine,URS the Soviet Union,URU Uruguay,"
    "USA the United States,UZB Uzbekistan,VEN Venezuela,VIE Vietnam,YUG Yugoslavia,ZAM Zambia,ZIM Zimbabwe").split(","))
Match = namedtuple("Match", "tour tid event surface draw level day round w l wname lname wioc lioc wseed lseed wentry lentry wage wrank lrank "
                            "sets end best minutes stats")

# what a sentence may say, by key: one line of the key is drawn, then one of every [a|b]
BANK = """
beat: {W} [beat|beat|defeated|overcame|got past|won against|saw off] {L} {s}{x}
beat: {L} [lost to|lost to|was beaten by|fell to|went down to] {W} {s}{x}
beat: [there was a {s} win for {W} over {L}{x}|{W} won {s} against {L}{x}|{L} lost {s} to {W}{x}|{W} was a {s} winner against {L}{x}]
bare: [{W} [beat|defeated|got past|overcame|won against] {L}|{L} lost to {W}|{L} was beaten by {W}|there was a win for {W} over {L}]
ret: [{W} [beat|won against|got past] {L}, who retired at {s}|{L} retired at {s} against {W}|{L} gave up at {s} against {W}]
ret: [at {s}, {L} retired and {W} was the winner|{W} won {s} by retirement against {L}|a retirement by {L} at {s} made {W} the winner]
ret0: [{L} retired against {W}|{W} won when {L} retired|{W} beat {L}, who retired|a retirement by {L} gave {W} the win]
wo: [{W} [had|got|received|was given] a walk-over against {L}|{L} gave {W} a walk-over]
wo: [{L} withdrew, a walk-over for {W}|{W} won by walk-over against {L}]
def: [{W} won by default against {L}{at}|{L} was defaulted{at} against {W}|a default by {L}{at} made {W} the winner|{W} beat {L} by default{at}]
abd: [the match between {W} and {L} was left unfinished{at}|{W} and {L} did not finish their match, stopped{at}|unfinished{at}: {W} against {L}]
champ: [{W} won {T}, [beating|defeating] {L} {s} in the final|{T} was won by {W}, who [beat|defeated] {L} {s} in the final]
champ: in the final of {T}, {W} [beat|defeated] {L} {s}
champ: [{W} took {T} with a {s} win over {L} in the final|{L} lost the final of {T} to {W} {s}|{T} went to {W}, a {s} winner over {L} in the final]
champ: [{W} was the champion of {T}, winning the final {s} against {L}|the final of {T} was won {s} by {W} against {L}]
champ0: [{W} won {T}|{T} went to {W}|{W} was the champion of {T}|{T} was won by {W}], with {L} the other finalist
about: [it was played {o}in the week of {D}|the tournament began {o}in the week of {D}|it started {o}in the week of {D}]{l}
about: [the event was held {o}in the week of {D}|the event began {o}in the week of {D}|the draw was played {o}from the week of {D}]{l}
way: [on the way to the final, {p} beat {a}|{p} had reached the final past {a}|{p} came to the final with wins over {a}]
way: to get there {p} had beaten {a}
way: [in the earlier rounds {p} had beaten {a}|the road of {p} to the final: {a}]
way: [before the final {p} had won against {a}|{p} reached the final by beating {a}]
other: [{p} had beaten {a}|{p}, the losing finalist, had come past {a}|the losing finalist, {p}, had won against {a}|on the other side {p} beat {a}]
sets: [{p} did not lose a set|{p} won every set of the tournament|no set was lost by {p}|{p} won the title without the loss of a set]
lost: [{p} lost {n} in the tournament|in all {p} dropped {n}|{n} went against {p} on the way to the title|{p} gave up {n} in winning the title]
top: [{p}, the top seed, lost {a}|the top seed, {p}, went out {a}|top-seeded {p} fell {a}|{p} had been seeded first and lost {a}]
first: [{p} was the top seed|the champion was also the top seed|{p} won as the top seed|it was a title for the top seed, {p}]
was: [{p} was {a}|the champion was {a}|{p}, the champion, was {a}|at the start of the tournament {p} was {a}]
aces: [{p} served {a} and {d}, {q} {b} and {e}|in the final there were {a} and {d} by {p}, {b} and {e} by {q}]
aces: aces and double faults in the final: {p} {A} and {B}, {q} {G} and {H}
serve: [{p} put {a} first serves into play and won {b} of those points|{a} first serves of {p} were in, and {b} of those points were won by {p}]
serve: [behind the first serve ({a} in) {p} won {b} points|with {a} first serves in, {p} took {b} of those points]
brk: [{p} had {c} and {q} {d}|there were {c} by {p} and {d} by {q}|the breaks of serve: {A} for {p}, {B} for {q}]
brk: [{p} broke serve in {a} and {q} in {b}|{p} lost the serve in {b} and {q} in {a}|breaks: {p} {A}, {q} {B}]
best: [the final was over the best of {n} sets|the final was a match of the best of {n} sets|the final was played over the best of {n} sets]
tie: [the final had {a}|there {was} {a} in the final|{a} {was} needed in the final|the final went through {a}]
out: [in the whole draw, {a}|in the draw as a whole {a}|over the tournament {a}|{a}]
round: [{R} of {T} brought these results|results in {R} of {T}|these are the results of {R} of {T}|results, {R} of {T}]
round: [in {R} of {T} the matches ended as follows|how {R} of {T} went|the results from {R} of {T}|from {R} of {T}]
round: [in {R} of {T} it went like this|the matches of {R} of {T}|the outcome of {R} of {T}|the record of {R} of {T}]
one: [{R} of {T}|in {R} of {T}|the result of {R} of {T}|played in {R} of {T}]
year: [in {y}, {p} won {w} and lost {l} of the {m} on record|{p} had {W} and {L} in {y}]
year: [the {y} season of {p}: {W}, {L}|{p} played {m} in {y}: {W} and {L}]
year: [for {p}, {y} brought {W} and {L}|{y}: {p}, {W} and {L}|from {m} in {y}, {p} took {W}, with {L}|the record of {p} for {y} was {W} and {L}]
titles: [{P} won {n}: {a}|there were {n}: {a}|the season brought {n}: {a}|{n} went to {P}: {a}|{P} took {n}: {a}]
finals: [{P} lost {n}: {a}|{n} were lost: {a}|{n} ended in defeat: {a}|beaten in {n}: {a}]
slams: [at the Grand Slam tournaments, {P} {a}|in Grand Slam tournaments {P} {a}|in the majors {P} {a}]
ground: [by surface the record was {a}|wins and losses by surface: {a}|{a}: that was the record by surface|by surface it was {a}]
ten: [{n} came against players ranked in the top ten|{P} had {n} over players ranked in the top ten|{n} over top-ten players {were} among them]
cup: [in team ties {P} won {w} and lost {l}|playing for the country: {w} won, {l} lost|team ties are included: {w} won, {l} lost]
rank: [{P} was ranked No. {a} in the week of {D}, and No. {b} in the week of {E}|ranking: No. {a} in the week of {D}, No. {b} in the week of {E}]
pair: [{p} and {q} have met {n} on record, {D}|there are {m} between {p} and {q} on record, {D}]
pair: [{p} and {q} played each other {n}, {D}|{D}, {p} and {q} met {n}]
lead: [{p} won {w} of them and {q} {l}|{p} leads {w}-{l}|it stands at {w}-{l} for {p}]
lead: [the balance: {w} for {p}, {l} for {q}|{w} went to {p} and {l} to {q}]
even: [each won {w}|the record is level at {w}-{w}|it stands at {w} each|the balance is even, {w} wins each|both have {w} wins]
some: [by surface: {a}|on the surfaces it is {a}|divided by surface: {a}|by the surface: {a}]
list: [the meetings|match by match|the matches in order|in order of date|from the first to the last]
latest: [the latest meetings|of late|the most recent matches|the last of them]
long: [the longest match on record took {a}: {b} {c}|at {a}, {b} {c} was the longest match on record there]
long: no match on record took longer than {b} {c}, {a}
few: [in finals|the finals among them|of these, the finals|they met in finals as follows|the finals between the two]
tiehead: [{A} played {B} {C}|{A} met {B} {C}|{C}, {A} and {B} met|{C}, {A} played {B}|{B} faced {A} {C}]
tiesum: [in the singles it was {a}|{a} in singles|the singles ended with {a}|of the singles, {a}|singles won: {a}|the singles: {a}]
"""
WORDS = defaultdict(list)
for row in BANK.strip().splitlines():
    WORDS[row.split(": ", 1)[0]].append(row.split(": ", 1)[1])


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, key, **f):
    text = pick(rng, WORDS[key])
    while "[" in text:  # innermost first
        text = re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), text)
    return text.format_map(f)


def sentence(rng, key, end=".", **f):
    return (text := say(rng, key, **f))[0].upper() + text[1:] + end


def many(n, word):
    return f"{n or 'no'} {word if n == 1 else {'match': 'matches', 'loss': 'losses', 'break of serve': 'breaks of serve'}.get(word, word + 's')}"


def listed(items):
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def when(day):
    return f"{day.day} {day:%B %Y}"

# -----------------------------------------------------------------------------
# reading

@functools.lru_cache(None)
def read_score(text):
    """(sets, how it ended) of a score: sets as (games, games, points of the tie-break's loser); sets is () where it cannot be read."""
    words = {"wo": "W/O|walkover", "ret": "RET", "def": "DEF", "abd": "ABD|abandoned|unfinished"}
    end, sets = next((e for e, word in words.items() if re.search(word, text, re.I)), ""), []
    for part in re.sub(r"(?i)\b(W/O|walkover|RET(\+H\d*)?|default|def\.?|ABD|abandoned|Played and|unfinished|abandoned)", " ", text).split():
        m = re.fullmatch(r"(\d+)-(\d+)(?:\((\d+)(?:-(\d+))?\))?|\[(\d+)-(\d+)\]", part)
        if not m:
            return (), end
        a, b, tb, tb2, x, y = m.groups()
        sets.append((int(a or x), int(b or y), "match" if x else None if tb is None else min(int(tb), int(tb2 or tb))))
    won = sum(a > b for a, b, _ in sets)
    return ((), end) if not end and won <= len(sets) - won or end == "wo" else (tuple(sets), end)


def read(upstream):
    """{tourney_id: its matches} for both tours, in the order of the files; a row that comes twice is taken once."""
    events, seen, same = defaultdict(list), set(), {}
    for name, f in upstream.files("[aw]t[ap]_matches_[12][0-9][0-9][0-9].csv"):
        rows, tour = csv.reader(f), os.path.basename(name)[:3]
        at = {column: k for k, column in enumerate(next(rows))}
        keep = [at[c] for c in ("tourney_id tourney_name surface draw_size tourney_level tourney_date round winner_id loser_id winner_name "
                                "loser_name winner_ioc loser_ioc winner_seed loser_seed winner_entry loser_entry winner_age winner_rank loser_rank "
                                "score best_of minutes").split()]
        serve = [at[s + c] for s in ("w_", "l_") for c in "ace df svpt 1stIn 1stWon 2ndWon SvGms bpSaved bpFaced".split()]
        for r in rows:
            row = [same.setdefault(r[k], r[k]) for k in keep]  # one string of each kind: there are 350,000 rows
            tid, event, surface, draw, level, day, rnd, w, l, wn, ln, *about, age, wr, lr, score, best, minutes = row
            key = tid, rnd, w, l, score
            dated = re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|30|31)", day)
            if w == l or level in ("E", "J") or rnd not in ROUNDS or not dated or key in seen:
                continue
            seen.add(key)
            wn, ln = (" ".join(re.sub(r"\b[A-Z][a-z]?\d{3}$", "", n).split()) for n in (wn, ln))  # "Michael Brown B395" has a key in his name
            if wn in ("", "Bye1") or ln in ("", "Bye1"):
                continue
            wn, ln = same.setdefault(wn, wn), same.setdefault(ln, ln)
            event = re.sub("^Us Open", "US Open", event.strip().replace("Chps.", "Championships").replace("Atp Cup", "ATP Cup"))
            event = re.sub(r"^(Australian Open)[- ]2$", r"\1 of December", event)  # 1977 had two
            stats = tuple(int(float(r[k])) for k in serve) if rnd == "F" and all(r[k] for k in serve) else ()
            number = lambda x: int(float(x)) if x.replace(".", "", 1).isdigit() else 0
            sets, end = read_score(score.replace("&nbsp;", "?"))
            games = sum(a + b for a, b, _ in sets)
            minutes = number(minutes) if not end and 2 * games < number(minutes) < 8 * games else 0  # some are impossible: 2,475
            tid, w, l, event = (same.setdefault(x, x) for x in (tour + tid, tour + w, tour + l, event))
            events[tid].append(Match(tour, tid[3:], event, surface, draw, level, day, rnd, w, l, wn, ln, *about, number(age), number(wr), number(lr),
                                     sets, end, best, minutes, stats))
    for tid, ms in events.items():
        if sum(m.round == "F" for m in ms) > 1:  # several finals: a competition of teams (Nations Cup, ATP Cup, United Cup)
            events[tid] = [m._replace(level="D") for m in ms]
    return events


def day_of(m):
    return date(int(m.day[:4]), int(m.day[4:6]), int(m.day[6:]))

# -----------------------------------------------------------------------------
# a match

def score(m, sep=" "):
    return sep.join(f"[{a}-{b}]" if tb == "match" else f"{a}-{b}" + (f"({tb})" if tb is not None else "") for a, b, tb in m.sets)


def who(rng, m, winner):
    """A player's name, as it comes or with the country, the seed, or the way into the draw."""
    name, ioc, seed, entry = (m.wname, m.wioc, m.wseed, m.wentry) if winner else (m.lname, m.lioc, m.lseed, m.lentry)
    forms = [name, name] + [f"{name} ({ioc})"] * 2 * bool(re.fullmatch("[A-Z]{3}", ioc) and ioc != "UNK")
    forms += [f"No. {seed} seed {name}", f"{name} (No. {seed} seed)"] * seed.isdigit()
    ways = {"Q": "qualifier", "WC": "wild card", "LL": "lucky loser"}
    return pick(rng, forms + [f"{ways.get(entry)} {name}"] * 2 * (entry in ways))


def extra(rng, m):
    """Something more that the score or the clock tells, or nothing."""
    some, games, a, b = [""] * 4, sum(s[1] for s in m.sets), *m.sets[0][:2]
    some += [" in straight sets"] * all(a > b for a, b, _ in m.sets) + [f", {m.wname} having lost the first set"] * (a < b)
    some += [f", {m.wname} dropping {many(games, 'game')}"] * (games < 6)
    some += [f", {m.wname} coming from two sets down"] * 2 * (len(m.sets) == 5 and all(a < b for a, b, _ in m.sets[:2]))
    some += [", the last set going to a tie-break"] * (m.sets[-1][2] not in (None, "match"))
    return pick(rng, some + [f" in {clock(m.minutes)}"] * 2 * (m.minutes > 0))


def clock(minutes):
    return " ".join([many(minutes // 60, "hour")] * (minutes > 59) + [many(minutes % 60, "minute")] * (minutes % 60 > 0))


def result(rng, m, sep=" ", name=who, more=True):
    s = score(m, sep)
    key = m.end + "0" * (m.end == "ret" and not s) if m.end else "beat" if s else "bare"
    x = extra(rng, m) if key == "beat" and more else ""
    return sentence(rng, key, W=name(rng, m, True), L=name(rng, m, False), s=s, x=x, at=f" at {s}" if s else "")


def briefly(m, winner=True):
    """"B 6-1 6-2", how the other is told in a list."""
    how = {"wo": " by walk-over", "ret": " by retirement", "def": " by default"}.get(m.end, "")
    return f"{m.lname if winner else m.wname}{' ' * bool(m.sets)}{score(m)}{how}"


OWN = re.compile("(Open|Masters|Cup|Championships|Finals?|Classic|Trophy|Olympics|Champions|December|Challenge|Dec)$")  # the X, not the X tournament


def plain(rng, m, winner):
    return m.wname if winner else m.lname


def title(rng, m):
    """The name of a tournament with its year."""
    year, name = m.tid[:4], m.event
    if name in ("Wimbledon", "Roland Garros"):
        return pick(rng, [f"{name} {year}", f"{name} in {year}"])
    if OWN.search(name):
        return f"the {year} {name}"
    return pick(rng, [f"the {year} {name} tournament", f"the {year} tournament of {name}", f"the {name} tournament of {year}"])


def singles(rng, m):
    sex = "men's" if m.tour == "atp" else "women's"
    return f"the {sex} singles {pick(rng, ['at', 'of'])} {title(rng, m)}"


def courts(m):
    return {"Hard": "on hard courts", "Clay": "on clay", "Grass": "on grass", "Carpet": "on carpet"}.get(m.surface, "")


def stage(m):
    return f"in the {ROUNDS[m.round]}"

# -----------------------------------------------------------------------------
# pages

def tournament(rng, ms):
    """The winner's way through the draw, the other finalist's last rounds, the figures of the final, what the draw tells."""
    final = next(m for m in ms if m.round == "F")
    p, q, s = final.wname, final.lname, score(final)
    path, other = ([m for m in ms if m.w == x and m is not final] for x in (final.w, final.l))
    key = "champ" if s and not final.end else "champ0"
    out = [sentence(rng, key, W=who(rng, final, True), L=who(rng, final, False), T=singles(rng, final), s=s)]
    out += [result(rng, final, name=plain)] if final.end else []
    level = f" and was {LEVEL[final.level]}" if final.level in LEVEL else ""
    about = sentence(rng, "about", o=courts(final) and courts(final) + " ", D=when(day_of(final)), l=level)
    facts = [f"{final.wage} years old"] * (final.wage > 12) + [f"ranked No. {final.wrank}"] * (final.wrank > 0)
    out += [about] + [sentence(rng, "was", p=p, a=" and ".join(facts))] * bool(facts)
    way = [sentence(rng, "way", p=p, a=listed([f"{briefly(m)} {stage(m)}" for m in path]))] if path else []
    way += [sentence(rng, "other", p=q, a=listed([f"{briefly(m)} {stage(m)}" for m in other[-2:]]))] if other else []
    lost = sum(a < b for m in path + [final] for a, b, _ in m.sets)
    need = (int(final.draw or 0) - 1).bit_length() if final.draw.isdigit() else 0  # rounds: in an incomplete draw the sets lost are not known
    if path and all(m.sets and not m.end and m.round != "RR" for m in path + [final]) and len(path) + 1 == need:
        way.append(sentence(rng, "lost" if lost else "sets", p=p, n=many(lost, "set")))
    seeds = [m for m in ms if m.lseed == "1" and m.round not in ("RR", "BR", "F")]
    if final.wseed == "1":
        way.append(sentence(rng, "first", p=p))
    elif seeds:
        way.append(sentence(rng, "top", p=seeds[0].lname, a=f"to {briefly(seeds[0], False)} {stage(seeds[0])}"))
    n = sum(tb not in (None, "match") for *_, tb in final.sets)
    best = {"3": "three", "5": "five"}.get(final.best)
    last = [sentence(rng, "best", n=best)] if best and key == "champ" and rng.random() < 0.4 else []
    last += [sentence(rng, "tie", a=many(n, "tie-break"), was="was" if n == 1 else "were")] if n else []
    last += serving(rng, final) if final.stats else []
    ends = [(k, sum(m.end == e for m in ms)) for e, k in (("ret", "retirement"), ("wo", "walk-over"), ("def", "default"))]
    ends = [f"{many(n, 'match')} by {k}" for k, n in ends if n]
    last += [sentence(rng, "out", a=listed(ends).replace(" by", " ended by", 1))] if ends else []
    long = max(ms, key=lambda m: m.minutes)
    if sum(m.minutes > 0 for m in ms) > len(ms) / 2:
        last.append(sentence(rng, "long", a=clock(long.minutes), b=f"{long.wname} against {briefly(long)}", c=stage(long)))
    return "\n\n".join(" ".join(part) for part in (out, way, last) if part)


def tournaments(rng, some):
    return "\n\n".join(tournament(rng, ms) for ms in some)


def serving(rng, m):
    (a, d, _, i, iw, _, _, saved, faced), (a2, d2, _, i2, iw2, _, _, saved2, faced2), p, q = m.stats[:9], m.stats[9:], m.wname, m.lname
    f = dict(a=many(a, "ace"), d=many(d, "double fault"), b=many(a2, "ace"), e=many(d2, "double fault"), A=a, B=d, G=a2, H=d2)
    out = [sentence(rng, "aces", p=p, q=q, **f)]
    out.append(sentence(rng, "serve", p=p, a=i, b=iw) if rng.random() < 0.6 else sentence(rng, "serve", p=q, a=i2, b=iw2))
    n, k = faced2 - saved2, faced - saved  # games broken
    return out + [sentence(rng, "brk", p=p, q=q, a=many(n, "game"), b=many(k, "game"), c=many(n, "break of serve"), d=many(k, "break of serve"),
                            A=n, B=k)]


def rounds(rng, parts):
    """The matches of a round in prose, or of several short ones. A part is (its matches, how many the round has)."""
    sep, out, (some, n) = pick(rng, [" ", " ", ", "]), [], parts[0]
    about = [courts(some[0])[3:], f"week of {when(day_of(some[0]))}", f"{len(some)} of the {n} matches" * (len(some) < n)]
    T = f"{singles(rng, some[0])} ({', '.join(x for x in about if x)})"
    for ms, n in parts:
        key, end = ("round", pick(rng, [".", ":"])) if n > 1 else ("one", ":")
        head = sentence(rng, key, end=end, R=f"the {ROUNDS[ms[0].round]}", T=T)
        out.append(head + "\n" + " ".join(result(rng, m, sep) for m in ms))
        T = pick(rng, ["the tournament", "the event", "the draw", "the singles"])
    return "\n\n".join(out)


def season(rng, p, ms):
    year, won, mine = ms[0].tid[:4], [m for m in ms if m.w == p], lambda m: m.wname if m.w == p else m.lname
    name, counted = mine(ms[-1]), [m for m in ms if m.end not in ("wo", "abd")]
    w, last = sum(m.w == p for m in counted), [m for m in ms if m.round == "F" and m.level != "D"]
    ioc = ms[-1].wioc if ms[-1].w == p else ms[-1].lioc
    full = name + f" ({ioc})" * bool(re.fullmatch("[A-Z]{3}", ioc))
    f = {"P": name, "y": year, "p": full, "w": w, "l": len(counted) - w, "m": many(len(counted), "match")}
    out = [sentence(rng, "year", W=many(w, "win"), L=many(len(counted) - w, "loss"), **f)]
    titles = [f"{m.event}" + f" ({', '.join(x for x in (courts(m), 'over ' + briefly(m)) if x)})" for m in last if m.w == p]
    finals = [f"{m.event} to {briefly(m, False)}" for m in last if m.l == p]
    out += [sentence(rng, "titles", n=many(len(titles), "title"), a=listed(titles), **f)] if titles else []
    out += [sentence(rng, "finals", n=many(len(finals), "final"), a=listed(finals), **f)] if finals else []
    ends = {m.tid: m for m in ms if m.level == "G"}.values()  # the last match in each
    slams = [f"won the title at {the(m)}" if m.w == p else f"lost to {briefly(m, False)} {stage(m)} of {the(m)}" for m in ends
             if m.l == p or m.round == "F"]
    out += [sentence(rng, "slams", a=listed(slams), **f)] if slams else []
    by = Counter((courts(m), m.w == p) for m in counted)
    ground = [f"{by[c, True]}-{by[c, False]} {c}" for c in dict.fromkeys(courts(m) for m in counted) if c]
    out += [sentence(rng, "ground", a=listed(ground))] if len(ground) > 1 else []
    ten = sum(0 < m.lrank < 11 for m in counted if m.w == p)
    out += [sentence(rng, "ten", n=many(ten, "win"), were="were" if ten > 1 else "was", **f)] if ten else []
    team = [m.w == p for m in counted if m.level == "D"]
    out += [sentence(rng, "cup", P=name, w=sum(team), l=len(team) - sum(team))] if team else []
    ranks = [(m.wrank if m.w == p else m.lrank, m) for m in ms]
    ranks = [x for x in ranks if x[0]]
    if ranks and ranks[0][1].day != ranks[-1][1].day:
        out.append(sentence(rng, "rank", a=ranks[0][0], D=when(day_of(ranks[0][1])), b=ranks[-1][0], E=when(day_of(ranks[-1][1])), **f))
    return " ".join(out)


def the(m):
    return f"the {m.event}" if OWN.search(m.event) else m.event


def place(rng, m):
    if m.level == "D":
        return f"in the {m.tid[:4]} {m.event.split(' Cup')[0]} Cup"
    return pick(rng, [f"{stage(m)} of {title(rng, m)}", f"{stage(m)} at {the(m)} in {m.tid[:4]}"])


def pair(rng, ms):
    n = Counter(m.w for m in ms)
    (p, w), (q, l) = (n.most_common() + [(ms[0].l if ms[0].w == m else m, 0) for m in (ms[0].w,) if len(n) < 2])[:2]
    name = {x: y for m in ms for x, y in ((m.w, m.wname), (m.l, m.lname))}
    f = {"p": name[p], "q": name[q], "w": w, "l": l, "n": many(len(ms), "time"), "m": many(len(ms), "meeting")}
    years = sorted({m.tid[:4] for m in ms})
    out = [sentence(rng, "pair", D=f"between {years[0]} and {years[-1]}" if years[1:] else f"all in {years[0]}", **f)]
    out.append(sentence(rng, "even" if w == l else "lead", **f))
    by = defaultdict(Counter)
    for m in ms:
        by[courts(m)][m.w] += 1
    ground = [f"{c[p]}-{c[q]} {s}" for s, c in by.items() if s]
    out += [sentence(rng, "some", a=listed(ground) + f" for {name[p]}")] if len(ground) > 1 else []
    some, key = ([m for m in ms if m.round == "F"][-16:], "few") if len(ms) > 16 else (ms, "list")
    some, key = (some, key) if some else (ms[-16:], "latest")
    told = [result(rng, m, name=plain, more=False)[:-1] + f" {place(rng, m)}." for m in some]
    return " ".join(out) + "\n\n" + sentence(rng, key, end=":") + " " + " ".join(told)


def teams(m):
    """(cup and stage, the two sides, the winner's side or "") of a match of a team competition."""
    label = re.match(r"(Davis|Fed|BJK) Cup ?(.*?)(?:: ([A-Z]{3}) vs ([A-Z]{3}))?$", m.event)
    cup, text, a, b = label.groups() if label else (m.event, "", None, None)
    a, b = (a, b) if a else sorted((m.wioc, m.lioc))
    group, rnd = (text.split() + ["", ""])[:2] if " " in text or text in GROUPS else ("", text)
    early = int(m.tid[:4]) < (1981 if cup == "Davis" else 1995)  # no World Group yet: Davis Cup labels say nothing then
    rnd = rnd or m.round * (not label and m.round != "RR" or group == "Finals" and not label[3])
    rnd = "" if early and cup == "Davis" and group[:1] in ("W", "G") else STAGES.get(rnd, "")
    group = "" if early and group[:1] in ("W", "G") else GROUPS.get(group, "")
    cup = {"Davis": "Davis Cup", "Fed": "Fed Cup", "BJK": "Billie Jean King Cup"}.get(cup, cup) + " Finals" * (group == "the Finals")
    group = group.replace("the Finals", "")
    at = "in " + (f"the {rnd} of " if rnd else "") + (f"{group} of " if group else "") + f"the {m.tid[:4]} {cup}"
    lean = (m.wioc == a) + (m.lioc == b) - (m.wioc == b) - (m.lioc == a)
    name = lambda code: NATIONS.get(code, code) if label or m.tid[:4] > "1992" else code  # players' codes are today's
    return at, name(a), name(b), name(a) if lean > 0 else name(b) if lean < 0 else ""


def ties(rng, some):
    """Several ties of one stage, with the singles of each."""
    out = []
    for ms in some:
        at, A, B, _ = teams(ms[0])
        text = [sentence(rng, "tiehead", A=A, B=B, C=f"{at}{' ' + courts(ms[0]) if courts(ms[0]) else ''} in the week of {when(day_of(ms[0]))}")]
        text += [result(rng, m) for m in ms]
        sides = [teams(m)[3] for m in ms if m.end != "abd"]
        if all(sides) and sides:
            text.append(sentence(rng, "tiesum", a=f"{sides.count(A)} for {A} and {sides.count(B)} for {B}"))
        out.append(" ".join(text))
    return "\n\n".join(out)

# -----------------------------------------------------------------------------

def weight(ms):
    return WEIGHT.get(ms[0].level, 2) + 2 * (ms[0].level not in WEIGHT and len(ms) > 40)


def plans(events):
    """(record, page, its matches, the day) of every document, what matters most first."""
    order = list(ROUNDS)
    for ms in events.values():
        ms.sort(key=lambda m: order.index(m.round))
    draws = sorted((ms for ms in events.values() if ms[0].level != "D"), key=lambda ms: (-weight(ms), ms[0].day))
    years, pairs, small = defaultdict(list), defaultdict(list), defaultdict(list)
    for ms in draws:
        if [m.end for m in ms if m.round == "F"] not in ([], ["abd"]):
            small[ms[0].tid if len(ms) > 7 else ms[0].tid[:4], ms[0].tour].append(ms)
    for (_, tour), some in small.items():  # those of a few matches share a page
        yield from ((f"{tour} {some[n][0].tid}", tournaments, [some[n:n + 3]], some[n][0]) for n in range(0, len(some), 3))
    for m in sorted((m for ms in events.values() for m in ms), key=lambda m: (m.day, m.tid, order.index(m.round))):
        for p in (m.w, m.l):
            years[p, m.tid[:4]].append(m)
        if m.end not in ("wo", "abd"):
            pairs[min(m.w, m.l), max(m.w, m.l)].append(m)
    most = lambda x: (-len(x[1]), x[0])
    yield from ((f"pair {' '.join(k)}", pair, [ms], ms[-1]) for k, ms in sorted(pairs.items(), key=most) if len(ms) > 7)
    yield from ((f"season {p} {y}", season, [p, ms], ms[-1]) for (p, y), ms in sorted(years.items(), key=most) if len(ms) > 39)
    cups = defaultdict(lambda: defaultdict(list))
    for m in (m for ms in events.values() for m in ms if m.level == "D"):
        at, a, b, _ = teams(m)
        cups[at][m.tid, a, b].append(m)
    parts = []
    for at, some in cups.items():
        some = list(some.values())
        top = 8 if "World Group" in at or "Finals" in at else 3
        parts += [(top, f"ties {at} {n}", ties, [some[n:n + 4]], some[n][0]) for n in range(0, len(some), 4)]
    for ms in draws:
        by = defaultdict(list)
        for m in ms:
            by[m.round].append(m)
        late = [by[r] for r in ("QF", "SF", "BR", "F") if by[r] and len(by[r]) < 9]
        late = [(some, len(some)) for some in late]
        parts += [(weight(ms) + 4, f"{ms[0].tour} {ms[0].tid} last", rounds, [late], ms[0])] * (sum(n for _, n in late) > 3)
        for r in ("R16", "RR", "ER", "R32", "R64", "R128"):
            top = weight(ms) + {"R32": 0, "R64": -1, "R128": -2}.get(r, 2)
            for n in range(0, len(by[r]) if len(by[r]) > 3 else 0, 16):
                parts.append((top, f"{ms[0].tour} {ms[0].tid} {r} {n}", rounds, [[(by[r][n:n + 16], len(by[r]))]], ms[0]))
    yield from (part[1:] for part in sorted(parts, key=lambda x: (-x[0], x[4].day, x[1])))


def documents(upstream, seed):
    events, words = read(upstream), 0
    if not events:
        raise ValueError("no match found: sackmann_tennis reads atp_matches_YYYY.csv and wta_matches_YYYY.csv")
    for record, page, args, m in plans(events):
        text = page(Random(f"{seed} {record}"), *args)
        words += len(text.split())
        if words > WORDS_AT_MOST:
            return
        url = f"https://github.com/JeffSackmann/tennis_{m.tour}"
        yield {"text": text, "sport": "tennis", "url": url, "date": day_of(m).isoformat(), "record": record}


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
