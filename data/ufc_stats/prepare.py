"""
The bouts of the UFC, as ufcstats.com has them: a report of each event, a page of each fighter, rematches, titles and years.

$ python prepare.py ufc_stats [--from DIR]

Upstream is four CSV files, scraped daily. What is peculiar: BOUT is "A vs. B" and OUTCOME, in that order, W/L, L/W, D/D or
NC/NC; names have no ids, so six names that two fighters bear get no page; EVENT ends with spaces, and three events stand under
an old name as well, their bouts twice with the same URL; the first bout of an event is the top of the card, the last fought;
judges' scores are glued into DETAILS, the winner's score last, with names, points deducted or reasons stuck to them
("Failed Drug Test by HillMike Bell 28 - 29."); "to" or "--" is an unknown; an overturned result is a no contest with the method
Overturned; title bouts are those with "Title" in WEIGHTCLASS, those of tournaments apart; UFC 1 is not there.
"""
import csv
import os
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from itertools import groupby
from random import Random

FILES = {f"ufc_{name}.csv": f"https://raw.githubusercontent.com/Greco1899/scrape_ufc_stats/main/ufc_{name}.csv"
         for name in ("event_details", "fight_results", "fighter_details", "fighter_tott")}
FROM = ["stats/ufc_stats"]
PAGE = "https://github.com/Greco1899/scrape_ufc_stats"
WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()
STANCES = {"Orthodox", "Southpaw", "Switch", "Open Stance", "Sideways"}
NTH = "zeroth first second third fourth fifth sixth".split()
MONTHS = "January February March April May June July August September October November December".split()
HOLDS = set("D'Arce Von Flue Suloev Peruvian Ezekiel Schultz Inoki-Ali TKO".split())  # what is written with a capital
HOLD = ("punch|kick|knee|elbow|fist|slam|stomp|forearm|choke|armbar|triangle|kimura|keylock|hook|crank|lock|omoplata|necktie|scarf|slicer|stretch|"
        "twister|cuts?\\b|injury|stoppage|headlock")

# -----------------------------------------------------------------------------
# wordings: a line is a sentence, || parts its wordings, [a|b] is a choice, an empty line parts groups that keep their order;
# what names an unknown {fact} is not said

BOUT = {
    "KO/TKO": """
{w} stopped {l}[ with {how}| ({note})] {when} {at}. || {w} beat {l} by [KO or TKO|a stoppage] {when} {at}[; {how} ended it| ({note})|].
|| {At}, {w} stopped {l} {when}[ with {how}| ({note})|]. || {At}, {l} was stopped by {w} {when}[, with {how}| ({note})|].
|| {w} finished {l} {when} {at}.
|| [A stoppage|Victory by KO or TKO] {when} went to {w}, against {l} {at}[ ({how})| ({note})|].
|| It took {w} {elapsed} to stop {l} {at}[, with {how}|].
|| {l} lost to {w} by [KO or TKO|stoppage] {when} {at}[ ({how})| ({note})|]. || {w} finished {l} with {how} {when} {at}.""",
    "Submission": """
{w} submitted {l}[ with {how}| ({note})|] {when} {at}. || {w} beat {l} by submission {when} {at}[ ({how})| ({note})|].
|| {w} needed {elapsed} to submit {l} {at}.
|| {At}, {w} [submitted|finished] {l} {when}[ with {how}| ({note})|]. || {At}, {l} was submitted by {w} {when}[; the hold was {how}|].
|| {w} caught {l} in {how} {when} {at}.
|| [A submission|{How}] {when} gave {w} the win over {l} {at}. || {l} lost to {w} by submission {when} {at}[ ({how})| ({note})|].""",
    "Submission to Strikes": """
{w} made {l} submit to {how} {when} {at}. || {At}, {l} submitted to {how} by {w} {when}. || {l} gave up {when} {at}, submitting to {how} by {w}.""",
    "Decision": """
{w} beat {l} by {a_judges} decision after {rounds} {at}[ ({scores})|]. || {w} won {a_judges} decision over {l} {at}[, {scores}|].
|| {At}, {w} outpointed {l} over {rounds}[, {scores}|] ({judges} decision). || {At}, {w} took {a_judges} decision from {l}[, {scores}|].
|| {l} lost to {w} by {a_judges} decision {at}[ ({scores})|].
|| After {rounds} {at} the judges had {w} ahead of {l} in {a_judges} decision[, {scores}|].
|| The {judges} decision between {w} and {l} {at} went to {w}[, {scores}|].""",
    "Doctor": """
{w} beat {l} by doctor's stoppage {when} {at}[ ({note})|]. || {At}, the doctor ended the bout of {l} against {w} {when}, a win for {w}[ ({note})|].
|| A doctor's stoppage {when} {at} gave {w} the win over {l}[ ({note})|]. || The doctor stopped {l} against {w} {when} {at}[ ({note})|].""",
    "DQ": """
{l} was disqualified against {w} {when} {at}[ ({why})|]. || {w} beat {l} by disqualification {when} {at}[ ({why})|].
|| {At}, {w} won because {l} was disqualified {when}[ ({why})|]. || The referee disqualified {l} against {w} {when} {at}[ ({why})|].""",
    "Draw": """
{w} and {l} fought to {a_judges} draw {at}[ ({scores})|]. || {At}, {w} and {l} drew ([{judges} draw|{scores}|{why}]).
|| There was no winner between {w} and {l} {at}: {a_judges} draw. || The bout of {w} and {l} {at} was {a_judges} draw[, {scores}|].""",
    "No contest": """
{w} against {l} {at} was a no contest[ ({why})|]. || {At}, the bout of {w} and {l} ended {when} as a no contest[ ({why})|].
|| {w} and {l} had a no contest {at}, [ended|stopped] {when}[ ({why})|]. || No result stands of {w} against {l} {at}: a no contest[ ({why})|].""",
    "Overturned": """
{w} against {l} {at} became a no contest when the result was overturned[ ({why})|].
|| {At}, the result of {w} against {l} was overturned to a no contest[ ({why})|].
|| The result between {w} and {l} {at} was overturned, and the bout is a no contest[ ({why})|].
|| Overturned, and so a no contest: {w} against {l} {at}[ ({why})|].""",
}
EVENT = """
{event} [was held|took place] in {place}, on {date}[, with {n} bouts on the card|].
|| On {date}, {event} [was held|took place] in {place}[; the card had {n} bouts|].
|| {place}, was the [place|scene] of {event} on {date}[, an event of {n} bouts|].
|| The [card|programme] of {event}, [fought|held] in {place}, on {date}, had {n} bouts.
|| [{n_} bouts were fought at|There were {n} bouts at] {event} in {place}, on {date}.

{bouts}

{ways}
The [shortest|quickest] win took {quick}: {quick_who}. || Nobody won faster than {quick_winner}, in {quick}.
{referee} was the referee of the last bout. || The referee of the last bout was {referee}.
"""
FIGHTER = """
{who}[, nicknamed "{nick}",|] [had|has had] {n} bouts in the UFC from {since} to {until}: {record}.
|| {who}[, called "{nick}",|] [fought|is on record with] {n} UFC bouts between {since} and {until}, with {record}.
|| The UFC record of {who}[, nicknamed "{nick}",|] from {since} to {until} [is|reads]: {record} in {n} bouts.
|| Between {since} and {until} {who}[, "{nick}",|] had {record} in {n} bouts in the UFC.
|| {who}[, nicknamed "{nick}",|] had {few} bouts in the UFC, all of them in {only}: {record}.
|| In {only} {who}[, nicknamed "{nick}",|] fought {times} in the UFC, with {record}. || {who}[, "{nick}",|] had {few} UFC bouts in {only}: {record}.
|| {who}[, nicknamed "{nick}",|] [had one bout|fought once] in the UFC, at {event} in {place}, on {date}. {single}
|| One UFC bout is on record for {who}[, nicknamed "{nick}"|]: {event} in {place}, on {date}. {single}

{He} was born on {born}. || The date of birth is {born}. || Born on {born}, {he} was {years} years old at the first bout here.
{He} is listed at {height}[ and {weight}|][, with a reach of {reach}|].
|| Height and weight are given as {height} and {weight}[, the reach as {reach}|].
|| On the tale of the tape stand {height}[ and {weight}|][, and a reach of {reach}|]. || The weight on file is {weight_only}.
The stance is {stance}. || {He} fights in {a_stance} stance. || The stance on file is {stance}.

[The wins|Wins|{His} wins came about so|How {he} won]: {won}. || By result, the wins were {won}.
[The losses|Losses|{His} losses came about so|How {he} lost]: {lost}. || By result, the losses were {lost}.
{He} fought for a title {titles}[ and won {titles_won} of these bouts|].
|| [Title bouts|Bouts for a title]: {titles_n}[, of which won: {titles_won}|].
The longest run of wins was {run}. || {He} won {run} bouts in a row at best. || The best streak was one of {run} wins.
The quickest finish took {quick}, against {quick_who}. || {He} was quickest against {quick_who}, in {quick}.
|| {quick_who} was finished in {quick}, sooner than anybody else.
The bouts were fought at {classes}. || Weight classes: {classes}. || By class: {classes}.
The record is as of {asof}. || [Counted are|This counts] the bouts up to {asof}.

{years_}
"""
PAIR = """
{a} and {b} [met|fought] {times} in the UFC. || There were {n} UFC bouts between {a} and {b}. || {a} against {b} was fought {times} in the UFC.
|| The UFC [saw|had] {n} meetings of {a} and {b}. || {times_} {a} and {b} [met|fought each other] in the UFC.

{more} [won|was the winner of] {won} of [these|them][, {less} {lost}|]. || The wins: {more} {won}, {less} {lost}. || Each of them won {even}.

{bouts}
"""
TITLE = """
[These are the|The] bouts for the {title} from {since} to {until}[, {n} in all|]. || From {since} to {until} there were {n} bouts for the {title}.
|| The {title} was at stake {times} from {since} to {until}. || [A list of|All the] bouts for the {title}, {since} to {until}.
|| The {title}, {since} to {until}: {n} bouts.

{most} won most often, {most_n}. || The most wins in these were those of {most}, who won {most_n}. || Nobody won more often than {most}, {most_n}.
{interim} of these were for an interim title. || The interim title was at stake in {interim_} of these.
The [winners|fighters who won], in order of the first win, [were|are] {winners}. || Winners, in order of the first win: {winners}.
"""
YEAR = """
In {year} the UFC held {events} events with {n} bouts[, the first on {first} and the last on {last}|].
|| The UFC year {year} had {events} events and {n} bouts.
|| There were {events} UFC events in {year}, from {first} to {last}, with {n} bouts. || {events_} events and {n} bouts made up {year} in the UFC.

{ways}
The most wins of the year, {most_n}, were those of {most}. || {most} won most often in {year}: {most_n} wins.
|| With {most_n} wins, {most} had the most.
The [fastest|quickest] win took {quick}: {quick_who}. || Nobody was faster than {quick_winner}, who won in {quick}.
Most bouts were fought at {busy}. || No class had more bouts than {busy}. || The class with the most bouts was {busy}.
{places} saw the most events. || The place with the most events was {places}. || Most events took place in {places}.

[For a title|Title bouts|Titles at stake]: {titles}. || The bouts for titles: {titles}.
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
    """A text of a block of wordings: its groups in order, the sentences of a group in any; "Silva Jr." ends with one full stop."""
    groups = ([say(rng, facts, line) for line in group.split("\n")] for group in block.strip().replace("\n||", " ||").split("\n\n"))
    return re.sub(r"\.\.+", ".", " ".join(s for group in groups for s in sorted(group, key=lambda _: rng.random()) if s))


def listing(items, sep=", "):
    items = list(items)
    return " and ".join(filter(None, [sep.join(items[:-1]), *items[-1:]]))


def few(n):
    return WORDS[n] if n < len(WORDS) else f"{n:,}"


def count(n, noun):
    return f"{few(n)} {noun}{'' if n == 1 else 'es' if noun.endswith(('s', 'ch')) else 's'}"


def often(n):
    return {1: "once", 2: "twice"}.get(n, f"{few(n)} times")


def an(words):
    return f"a{'n' if re.match('[aeiouAEIO]', words) else ''} {words}"


def upper(text):
    return text[:1].upper() + text[1:]


def day(d):
    return f"{d.day} {MONTHS[d.month - 1]} {d.year}"


def lasted(seconds):
    m, s = divmod(seconds, 60)
    return " and ".join(filter(None, [count(m, "minute") if m else "", count(s, "second") if s else ""]))

# -----------------------------------------------------------------------------
# upstream

def read(upstream):
    """([bout] by date and from the top of the card down, {name: [what is on file of a fighter of that name]})."""
    tables = {}
    for name, f in upstream.files("ufc_*.csv"):
        tables[os.path.basename(name)[4:-4]] = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(f)]
    events = {e["EVENT"]: {**e, "day": datetime.strptime(e["DATE"], "%B %d, %Y").date()} for e in tables.get("event_details", []) if e["DATE"]}
    seen, bouts = set(), []
    for row in tables.get("fight_results", []):
        if row["EVENT"] in events and row["URL"] not in seen and row["BOUT"].count(" vs. ") == 1 and row["OUTCOME"] in ("W/L", "L/W", "D/D", "NC/NC"):
            seen.add(row["URL"])
            bouts.append(bout(row, events[row["EVENT"]]))
    nicks, people = {r["URL"]: r["NICKNAME"] for r in tables.get("fighter_details", [])}, defaultdict(list)
    for r in tables.get("fighter_tott", []):
        people[r["FIGHTER"]].append({**r, "nick": nicks.get(r["URL"], "")})
    return sorted(bouts, key=lambda b: b["day"]), people


def bout(row, event):
    """What the sentences need of a row: w and l (of a draw or a no contest: the first and the second), kind, class, prize, time ..."""
    a, b = row["BOUT"].split(" vs. ")
    method, out, names = row["METHOD"], row["OUTCOME"], {*re.split(r"[ -]", row["BOUT"]), *row["BOUT"].split()}
    kind = next((k for k in ("Decision", "KO/TKO", "Submission", "Doctor", "DQ", "Overturned") if k in method), "No contest")
    kind = "Draw" if out == "D/D" else "No contest" if out == "NC/NC" and kind != "Overturned" else kind
    how, why = hold(row["DETAILS"], names), reason(row["DETAILS"], names)
    hurt = re.search(r"injury|stoppage|\bcuts?\b|submission", how)
    minutes, seconds = (int(x) for x in (row["TIME"] or "0:00").split(":"))
    n, lengths = int(row["ROUND"] or 1), [int(x) for x in re.findall(r"\d+", "".join(re.findall(r"\((.*)\)", row["TIME FORMAT"])))]
    scores = [f"{y}-{x}" for x, y in re.findall(r"(\d\d) - (\d\d)\.", row["DETAILS"])]  # the winner's is the second
    judges = method.partition(" - ")[2].lower() if kind in ("Decision", "Draw") else ""
    way = {"KO/TKO": "KO or TKO", "Doctor": "KO or TKO", "DQ": "disqualification", "Overturned": "no contest"}.get(kind, kind.lower())
    return {"w": b if out == "L/W" else a, "l": a if out == "L/W" else b, "event": event, "day": event["day"], "referee": row["REFEREE"], "way": way,
            "kind": "Submission to Strikes" if how and "Submission to Strikes" in row["DETAILS"] else kind,
            "how": "" if hurt else how, "note": how if hurt else "",
            "why": why if kind in ("DQ", "No contest", "Overturned") or why == "time expired" else "",
            "judges": "technical " * (why.startswith("technical decision") and judges != "") + judges, "scores": scores if len(scores) == 3 else [],
            "clock": row["TIME"], "round": n, "one": len(lengths) < 2,
            "seconds": 60 * (sum(lengths[:n - 1]) + minutes) + seconds if n <= max(1, len(lengths)) else 0, **weight_class(row["WEIGHTCLASS"])}


def weight_class(name):
    """"UFC Interim Women's Flyweight Title Bout" -> class "women's flyweight", title "UFC women's flyweight title", and what was at stake."""
    title, cup = re.search("Title|Championship", name), "Tournament" in name
    text = re.sub(r" ?(Title|Championship)? ?Bout$" if cup else r"^UFC |Interim | ?(Title|Championship)? ?Bout$", "", name)
    weight = re.search(r"(Women's )?(Light |Super |Open |Catch )?\w*[Ww]eight\b", text)
    for part in [weight[0] if weight else "", "Tournament", "Superfight"]:
        text = text.replace(part, part.lower())
    prize = title and f"{text} {'championship' if 'superfight' in text else 'title'}"
    return {"class": weight[0].lower() if weight else "", "title": f"UFC {prize}" if title and not cup else "",
            "prize": "" if not title else prize if cup else f"{'interim ' * ('Interim' in name)}UFC {prize}"}


def small(text, names=()):
    """Capitals only where they belong: names of fighters and of holds."""
    return re.sub(r"[^\s]+", lambda m: m[0] if m[0] in HOLDS or m[0].removesuffix("'s") in names else m[0].lower(), text)


def pieces(detail):
    """"Kick to Head At DistanceWheel Kick" -> "Kick to Head At Distance", "Wheel Kick"; judges and their scores are cut off."""
    return re.split(r"(?<=[a-z)])(?<!Mc)(?<!Mac)(?<!De)(?<!Di)(?=[A-Z])", re.sub(r"\d\d - \d\d\..*", "", detail).strip())


def hold(detail, names):
    """"Kick to Head At DistanceWheel Kick" -> "a wheel kick to the head"; "" where no blow, hold or injury is told."""
    main, more = (*pieces(detail), "")[:2]
    if main.startswith("Kick ") and re.fullmatch(r"\w+ [Kk]ick|Upkick", more):
        main = more + main[4:]
    if re.match(r"(to|Injury)\b", main):
        main = more if re.search("[Ii]njury|[Ss]toppage", more) else main[2:] if re.search("[Ii]njury|[Ss]toppage", main) else ""
    if not re.search(HOLD, main, re.I) or re.search(" by |Illegal", main):
        return ""
    main = " ".join(w for w in re.sub(r" to [A-Z]\w+$", "", main).split() if w not in names) if "njury" in main else main
    text = re.sub(r"( to)? (Head|Body|Leg)\b(?! [Ii]njury)", lambda m: f" to the {m[2].lower()}", main.replace("Other - ", ""))
    for old, new in ((" At Distance", ""), (" In Clinch", " in the clinch"), (" On Ground", " on the ground"), (" to( in| on| From|$)", r"\1"),
                     ("After Drop to", "after a drop to"), ("Rear Naked", "rear-naked"), ("Slam on the ground", "slam")):
        text = re.sub(old, new, text)
    text = small(text, names).strip()
    return text if re.match(r"(punches|kicks|knees|elbows|stomps|facial cuts)\b", text) else an(text)


def reason(detail, names):
    """"Rear Naked ChokeOverturned - Failed Drug Test by TibauMike Bell 28 - 29." -> "failed drug test by Tibau"."""
    some = [p.replace("Overturned - ", "") for p in pieces(detail)]
    telling = r" (by|from) |overturned|[Tt]echnical [Dd]ecision|[Tt]est|Head|Illegal|Stoppage|TKO|blow|Expired|^Eye"
    first = next((p for p in some if re.search(telling, p)), some[0])
    told = re.search(r"[a-z] |Headbutt", first) and not re.match(r"(to|Two|Points?)\b", first) and not re.search(" From | On |Choke", first)
    return small(first, names) if told else ""

# -----------------------------------------------------------------------------
# documents

def sentence(rng, b, where=""):
    """A bout in one sentence."""
    n, judges = b["round"], b["judges"]
    when = pick(rng, ["at {0} of the {1} round", "at {0} of round {2}", "{0} into the {1} round", "after {0} of round {2}"])
    when = (f"after {b['clock']}" if b["one"] and n == 1 else when.format(b["clock"], NTH[n], few(n))) if b["clock"] else "in the end"
    weight = b["class"] and pick(rng, [f"in {an(b['class'])} bout", f"at {b['class']}", f"in the {b['class']} class", f"in a bout at {b['class']}"])
    at = (f"for the {b['prize']}" if b["prize"] else weight or "in the UFC") + where
    facts = {**b, "when": when, "at": at, "At": upper(at), "How": upper(b["how"]), "elapsed": b["seconds"] and lasted(b["seconds"]),
             "a_judges": judges and f"a {judges}", "scores": listing(b["scores"]), "rounds": count(n, "round")}
    return say(rng, facts, BOUT[b["kind"]].strip().replace("\n||", " ||"))


def brief(b):
    """submission, round 2; unanimous decision"""
    way = b["judges"] and f"{b['judges']} {'draw' if b['kind'] == 'Draw' else 'decision'}" or {"Doctor": "doctor's stoppage"}.get(b["kind"], b["way"])
    return way if b["judges"] or b["way"] in ("no contest", "draw") else f"{way}, round {b['round']}"


def versus(b):
    """A beat B (submission, round 2)"""
    verb = {"draw": "drew with", "no contest": "had a no contest with"}.get("draw" if b["kind"] == "Draw" else b["way"], "beat")
    return f"{b['w']} {verb} {b['l']}" + ("" if b["way"] == "no contest" else f" ({brief(b)})")


def decided(b):
    return b["kind"] != "Draw" and b["way"] != "no contest"


def ways(rng, bouts):
    """Of the 13 bouts, seven ended by KO or TKO, two by submission and four by decision."""
    c = Counter("draw" if b["kind"] == "Draw" else b["way"] for b in bouts)
    told = [f"{few(n)} drawn" if way == "draw" else count(n, way) if way == "no contest" else f"{few(n)} by {way}" for way, n in c.most_common()]
    facts = {"n": few(len(bouts)), "ways": len(c) > 1 and listing(told),
             "one": len(c) == 1 and len(bouts) > 2 and " by " in told[0] and told[0].partition(" by ")[2]}
    return say(rng, facts, "[Of the {n} bouts, these ended|The {n} bouts ended|How the {n} bouts ended|The results of the {n} bouts]: {ways}."
                           " || [By result, the|The] {n} bouts were {ways}. || [All|Each] of the {n} bouts ended by {one}.")


def quickest(bouts):
    return min((b for b in bouts if b["way"] in ("KO or TKO", "submission") and b["seconds"]), key=lambda b: b["seconds"], default=None)


def card(rng, event, bouts):
    """An event: the bouts from the top of the card down, which is from the last to the first."""
    fast, (top, *rest) = quickest(bouts), (sentence(rng, b) for b in bouts)
    label = pick(rng, ["The top of the card: ", "The last bout of the card: ", "The main bout: ", "", ""])
    top = label + re.sub(r"^(It|An?|At|In|For|After|The|There|Victory|No|Overturned)\b", lambda m: m[0].lower() if label else m[0], top)
    facts = {"event": event["EVENT"], "place": event["LOCATION"], "date": day(event["day"]), "n": few(len(bouts)), "n_": upper(few(len(bouts))),
             "bouts": f"{top}\n\n{' '.join(rest)}" if rest else top, "ways": ways(rng, bouts), "quick": fast and lasted(fast["seconds"]),
             "quick_who": fast and versus(fast), "quick_winner": fast and fast["w"], "referee": bouts[0]["referee"]}
    return tell(rng, facts, EVENT)


def fighter(rng, name, person, bouts, last):
    """What a fighter did, by year, and what is on file about size and age."""
    me = [("draw" if b["kind"] == "Draw" else "no contest" if b["way"] == "no contest" else "win" if b["w"] == name else "loss", b) for b in bouts]
    record = Counter(result for result, _ in me)
    her = any("women" in b["class"] for b in bouts)
    he, his = ("she", "her") if her else ("he", "his")
    first, titles = bouts[0], [(r, b) for r, b in me if b["title"]]
    facts = {"who": name, "he": he, "He": upper(he), "His": upper(his), "nick": person.get("nick"),
             "record": listing(count(record[k], k) for k in ("win", "loss", "draw", "no contest") if record[k])}
    years = first["day"].year, bouts[-1]["day"].year
    if len(bouts) == 1:
        facts.update(single=sentence(rng, first), event=first["event"]["EVENT"], place=first["event"]["LOCATION"], date=day(first["day"]))
    elif years[0] < years[1]:
        facts.update(n=few(len(bouts)), since=years[0], until=years[1])
    else:
        facts.update(few=few(len(bouts)), times=often(len(bouts)), only=years[0])
    for key, kind in (("won", "win"), ("lost", "loss")):
        c = Counter(b["way"] for r, b in me if r == kind)
        facts[key] = record[kind] > 1 and listing(f"{few(n)} by {way}" for way, n in c.most_common())
    if titles:
        won = sum(r == "win" for r, _ in titles)
        facts.update(titles=often(len(titles)), titles_n=few(len(titles)), titles_won=won and few(won))
    runs, fast = [len(list(g)) for k, g in groupby(r for r, _ in me) if k == "win"], quickest([b for r, b in me if r == "win"])
    facts.update(run=max(runs, default=0) > 2 and few(max(runs)), quick=fast and record["win"] > 1 and lasted(fast["seconds"]),
                 quick_who=fast and fast["l"])
    classes = Counter(b["class"] for b in bouts if b["class"])
    facts.update(classes=len(bouts) > 1 and listing(f"{k} ({n})" if len(classes) > 1 else k for k, n in classes.most_common()), asof=day(last))
    size = re.fullmatch(r"(\d+)' *(\d+)\"", person.get("HEIGHT", ""))
    weight, reach, stance = (person.get(k, "").strip('." lbs') for k in ("WEIGHT", "REACH", "STANCE"))
    facts.update(height=size and f"{few(int(size[1]))} feet {count(int(size[2]), 'inch')}".replace(" no inches", ""),
                 weight=weight.isdigit() and f"{weight} pounds", reach=reach.isdigit() and f"{reach} inches",
                 stance=stance in STANCES and stance.lower())
    facts["a_stance"] = facts["stance"] and an(facts["stance"].replace(" stance", ""))
    facts["weight_only"] = not size and facts["weight"]
    if re.fullmatch(r"\w{3} \d\d, \d{4}", person.get("DOB", "")):
        born = datetime.strptime(person["DOB"], "%b %d, %Y").date()
        facts.update(born=day(born), years=first["day"].year - born.year - ((first["day"].month, first["day"].day) < (born.month, born.day)))
    facts["years_"] = len(bouts) > 1 and run_of(rng, name, he, me)
    return tell(rng, facts, FIGHTER)


def run_of(rng, name, he, me):
    """In 2015 he beat A in March (submission, round 2) and lost to B in June (split decision)."""
    verbs, style = {"win": "beat", "loss": "lost to", "draw": "drew with"}, pick(rng, ["{0} {1} ({3})", "{0} {1} in {2} ({3})", "{0} {1} in {2}"])
    years, told = {}, []
    for won, b in me:
        other, month = b["l"] if b["w"] == name else b["w"], MONTHS[b["day"].month - 1]
        some = style.format(verbs[won], other, month, brief(b)) if won in verbs else f"had a no contest with {other} in {month}"
        years.setdefault(b["day"].year, []).append(some)
    for y, some in years.items():
        told.append(pick(rng, ["In {0} {1} {2}.", "In {0}, {3} {2}.", "{0}: {2}.", "{4} {2} in {0}." if "{2}" not in style else "In {0} {1} {2}."])
                    .format(y, he, listing(some), name, upper(he)))
    return " ".join(told)


def pair(rng, bouts):
    """Two who met more than once."""
    a, b = sorted((bouts[0]["w"], bouts[0]["l"]), key=lambda _: rng.random())
    wins = Counter({a: 0, b: 0})
    wins.update(x["w"] for x in bouts if decided(x))
    (more, won), (less, lost) = wins.most_common()
    place = lambda e: f" at {e['EVENT']} in {e['LOCATION'].split(',')[0]} on {day(e['day'])}"
    facts = {"a": a, "b": b, "times": often(len(bouts)), "times_": upper(often(len(bouts))), "n": few(len(bouts)),
             "more": won != lost and more, "less": less,
             "won": few(won) if won < len(bouts) else "both" if won == 2 else f"all {few(won)}", "lost": lost and few(lost),
             "even": won == lost and won and often(won),
             "bouts": " ".join(sentence(rng, x, place(x["event"])) for x in bouts)}
    return tell(rng, facts, PAIR)


def title(rng, name, bouts):
    """The bouts for a title, as far as they are known."""
    wins, interim = Counter(b["w"] for b in bouts if decided(b)), sum("interim" in b["prize"] for b in bouts)
    (most, n), (_, second) = (wins.most_common(2) + [("", 0)] * 2)[:2]
    facts = {"title": name, "since": bouts[0]["day"].year, "until": bouts[-1]["day"].year, "n": few(len(bouts)), "times": often(len(bouts)),
             "most": n > max(1, second) and most, "most_n": often(n), "winners": listing(wins),
             "interim": interim > 1 and upper(few(interim)), "interim_": interim and few(interim)}
    line = pick(rng, ["{0}, {1}: {2}", "{0}: {2}, at {1}", "{1} ({0}): {2}"])
    return tell(rng, facts, TITLE) + "\n\n" + "\n".join(
        line.format(day(b["day"]), b["event"]["EVENT"], versus(b)) + ", for the interim title" * ("interim" in b["prize"]) for b in bouts)


def year(rng, y, bouts):
    """A year in numbers, and its title bouts."""
    events, fast = {b["event"]["EVENT"]: b["event"] for b in bouts}, quickest(bouts)
    one = lambda items: next((k for c in [Counter(items)] for k, n in c.most_common(1) if list(c.values()).count(n) == 1), "")
    wins = Counter(b["w"] for b in bouts if decided(b))
    facts = {"year": y, "events": few(len(events)), "events_": upper(few(len(events))), "n": few(len(bouts)), "ways": ways(rng, bouts),
             "first": day(bouts[0]["day"]), "last": day(bouts[-1]["day"]), "most": one(b["w"] for b in bouts if decided(b)),
             "most_n": few(max(wins.values(), default=0)), "quick": fast and lasted(fast["seconds"]), "quick_who": fast and versus(fast),
             "quick_winner": fast and fast["w"], "busy": one(b["class"] for b in bouts if b["class"]),
             "places": one(e["LOCATION"].split(",")[0] for e in events.values()),
             "titles": "; ".join(f"{b['prize']}, {versus(b)}" for b in bouts if b["title"])}
    return tell(rng, facts, YEAR)


def documents(upstream, seed):
    bouts, people = read(upstream)
    if not bouts:
        raise ValueError("ufc_stats: ufc_fight_results.csv and ufc_event_details.csv hold no bout with a date")
    by = {k: defaultdict(list) for k in ("event", "fighter", "pair", "title", "year")}
    for b in bouts:
        for k, keys in (("event", [b["event"]["EVENT"]]), ("fighter", [b["w"], b["l"]]), ("pair", [" and ".join(sorted((b["w"], b["l"])))]),
                        ("title", [b["title"]] if b["title"] else []), ("year", [b["day"].year])):
            for key in keys:
                by[k][key].append(b)
    last = bouts[-1]["day"]

    def doc(record, date, url, write, *args):
        return {"text": write(Random(f"{seed} {record}"), *args), "sport": "combat", "url": url or PAGE, "date": date.isoformat(), "record": record}

    for name, some in by["event"].items():
        yield doc(f"event {name}", some[0]["day"], some[0]["event"]["URL"], card, some[0]["event"], some)
    for name, some in by["fighter"].items():
        if len(people[name]) < 2:  # of two with one name nobody knows who fought
            person = (people[name] or [{}])[0]
            yield doc(f"fighter {name}", last, person.get("URL"), fighter, name, person, some, last)
    for name, some in by["pair"].items():
        if len(some) > 1 and all(len(people[x]) < 2 for x in (some[0]["w"], some[0]["l"])):
            yield doc(f"pair {name}", last, "", pair, some)
    for name, some in by["title"].items():
        size = -(-len(some) // -(-len(some) // 20))  # lists of even length, of no more than 20
        for part in (some[i:i + size] for i in range(0, len(some), size)):
            yield doc(f"title {name} {part[0]['day']}", part[-1]["day"], "", title, name, part)
    for y, some in by["year"].items():
        yield doc(f"year {y}", some[-1]["day"], "", year, y, some)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
