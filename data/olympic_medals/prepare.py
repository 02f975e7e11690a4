"""
Olympic medallists since 1896: a page per Games and sport, per country and Games, per athlete, per event, and the medal tables.

$ python prepare.py olympic_medals [--from DIR]

A row is a medal: season, year, medal, country_code, country, athletes, games, sport, event_gender, event_name; a team is one row, and the tables
count rows. all_olympic_medalists.csv has all Games, by_year/ the same again (read only for Games that the first lacks). Upstream's peculiarities:
names are "Given SURNAME" to 2014 and "SURNAME Given" after, mixed in 2018; those of 1996 to 2004 are in Cyrillic or missing and are left out, teams
of 2016 have the country's name; so a total of medals is told only of athletes whose Games are on record with names. Tokyo 2020 is missing. In
equestrian rows horses stand among the riders, all in capitals. (GBR) after a name is a nationality, (crew) and (Tiger) are remarks. Equal rows are
two medals (1900, two races of a class). Two golds are ties, or a later decision; none is a disqualification; a row without a medal is an event
nobody won. Only the year is dated.
"""
import csv
import os
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from random import Random

FILES = {"olympics-medalist-dataset.tar.gz": "https://codeload.github.com/sainsdataid/olympics-medalist-dataset/tar.gz/HEAD"}
FROM = ["stats/olympic_medalists"]
URL = "https://github.com/sainsdataid/olympics-medalist-dataset"

MEDALS = "Gold Silver Bronze".split()
COUNTRIES = dict(pair.split(": ") for pair in (
    "Federal Republic of Germany: West Germany|German Democratic Republic: East Germany|Unified Team of Germany: the United Team of Germany|"
    "USSR: the Soviet Union|Unified Team (ex USSR): the Unified Team|Russian Federation: Russia|Korea Republic: South Korea|Korea DPR: North Korea|"
    "Republic of China (Taiwan): Taiwan|Hong Kong, China: Hong Kong|Hong Kong, British: Hong Kong|Singapore, British: Singapore|ROC: the ROC|"
    "Jamaica, British: Jamaica|Trinidad and Tobago, British: Trinidad and Tobago|Virgin Islands, US: the US Virgin Islands|"
    "Cote d'Ivoire: Ivory Coast|Yugoslavia Federal Republic: FR Yugoslavia|United Arab Republic (Egypt, Syria): the United Arab Republic|"
    "Independent Participants (ex Yugoslavia): the Independent Olympic Participants|"
    "AIN: the Individual Neutral Athletes|Mixed Team: a mixed team").split("|"))
COUNTRIES.update({c: "the " + c for c in (
    "United States|Netherlands|Czech Republic|Philippines|Bahamas|United Arab Emirates|Dominican Republic|Netherlands Antilles|British West Indies|"
    "Russian Empire|Olympic Athletes from Russia|Independent Olympic Athletes|Refugee Olympic Team").split("|")})
HEIRS = {"EUN": "URS", "RUS": "URS", "OAR": "URS", "RU1": "URS", "FRG": "GER", "GDR": "GER", "EUA": "GER", "TCH": "CZE", "BOH": "CZE", "YUG": "SRB",
         "SCG": "SRB", "IOP": "SRB"}  # an athlete may have won for the one and the other
CITIES = {"Mexico": "Mexico City", "Melbourne / Stockholm": "Melbourne and Stockholm", "St Louis": "St. Louis"}
SPORTS = {"Equestrian Jumping": "show jumping", "Cycling Mountain Bike": "mountain biking", "Cycling BMX Racing": "BMX racing",
          "Hockey": "field hockey", "Nordic Combined": "Nordic combined", "Cycling BMX Freestyle": "BMX freestyle",
          "Wrestling Greco-Roman": "Greco-Roman wrestling", "Snowboard": "snowboarding"}
EVENTS = {"B-Boys": "breaking", "B-Girls": "breaking", "Shortboard": "shortboard surfing", "Park": "park skateboarding",
          "Street": "street skateboarding", "rugby-7": "rugby sevens", "rugby": "rugby union", "20t +": "over 20 tons", "hockey": "field hockey",
          "individual": "individual event", "team": "team event", "double": "doubles", "Speed": "speed climbing",
          "combined (4 events)": "combined event", "Relay mix": "relay", "Sidehorse vault": "side horse vault", "floor exercises": "floor exercise",
          "individual all-round": "individual all-around"}
TEAMS = set("football|field hockey|ice hockey|basketball|handball|volleyball|beach volleyball|water polo|baseball|softball|rugby union|rugby sevens|"
            "curling|3x3 basketball|cricket|lacrosse|polo".split("|"))
BOTH = set("Badminton|Archery|Athletics|Judo|Swimming|Table Tennis|Triathlon|Biathlon|Alpine Skiing|Curling|Freestyle Skiing|Ski Jumping|Snowboard|"
           "Short Track Speed Skating|Tennis".split("|"))  # where "Mixed" means women and men together, not open to both
KIN = {"Cross Country Skiing": "Nordic", "Nordic Combined": "Nordic", "Ski Jumping": "Nordic", "Biathlon": "Nordic", "Military Patrol": "Nordic",
       "Diving": "Swimming", "Water Polo": "Swimming", "Marathon swimming": "Swimming", "Short Track Speed Skating": "Speed skating"}
ASIAN = {"CHN", "KOR", "PRK", "TPE"}  # the family name stands first
SMALL = set("VAN VON DER DEN TEN TER DE DA DO DOS DEL UND ZU AF Y OF".split())
NUMBER = "no one two three four five six seven eight nine ten".split()
NTH = "first second third fourth fifth sixth seventh eighth ninth tenth".split()

# -----------------------------------------------------------------------------
# wordings: a key and its sentences, parted by ||; [a|b] is a choice. e event, g s b who won gold, silver, bronze, r the rest of the medals,
# w who won them, o games, c country, n medals, m how many of each, p athlete

WORDS = """
event: [gold in|the gold medal in|first place in|victory in] {e} went to {g}{r} || {e} was won by {g}{r} || in {e}, {g} [took|won] gold{r}
|| {g} won {e}{r} || [the winner of {e} was|the title in {e} went to] {g}{r} || {g} [took|earned] the gold medal in {e}{r} || {e}: gold for {g}{r}
|| {g} [finished first|came first] in {e}{r} || the champion of {e} was {g}{r} || {g} [won|secured|took] the Olympic title in {e}{r}
golds: {k} gold medals are listed in {e}: {g}{r} || gold in {e} went to {k} winners, {g}{r} || in {e}, {k} gold medals were awarded, to {g}{r}
none: no gold medal is on record in {e}{r} || in {e} there is no gold medal on record{r}
rest: , with silver for {s} and bronze for {b} || , ahead of {s} (silver) and {b} (bronze) || ; silver went to {s} and bronze to {b}
|| , while {s} took silver and {b} bronze || ; {s} won silver and {b} bronze || , followed by {s} with silver and {b} with bronze
|| , with {s} second and {b} third || ; the silver went to {s}, the bronze to {b}
sport: at the {o}, medals in {t} were [won|decided] in {n} || the {t} of the {o} had {n} with medals || {n} in {t} had medallists at the {o}
|| in {t} at the {o} there were {n} || these are the medallists in {t} at the {o}, from {n} || {t} at the {o}: {n} with medals
|| the medals in {t} at the {o} came from {n}
best: {c} [won most of these medals|had the most medals in the sport|led with medals in the sport]: {m}
|| no country won more medals in it than {c}, with {m} || the most [successful country|medals] here: {c}, {m}
squad: the winning team of {c} in {e}: {w} || {c} won {e} with {w} || for {c}, gold in {e} was won by {w}
table: the medal table of the {o}, counting every team once: || medals by country at the {o}, gold first, each team counted once:
|| this is the medal table of the {o}: || at the {o}, the [table|ranking] by gold, silver and bronze medals was this:
|| countries and medals at the {o}:
tables: {c} headed the [medal table|ranking], with {m} || {c} led, with {m} || most gold medals went to {c}, which won {m}
|| first in the table was {c} with {m}
land: {c} won {n} at the {o}{m} || at the {o}, {c} [won|took|collected|earned] {n}{m} || the {o} brought {c} {n}{m} || {n} went to {c} at the {o}{m}
|| {c} came home from the {o} with {n}{m} || {c} had {n} at the {o}{m}
rank: that was {p} in the medal table || it placed {p} in the medal table || in the medal table it was {p} || by gold medals this ranked {p}
by: by sport: {w} || the medals came from {w} || they were won in {w} || the sports: {w}
gold: [gold|first places|the winners|the gold {ml}]: {w} || gold [went to|was won by] {w} || the gold {were} {w}
silver: [silver|second places|the silver {ml}]: {w} || silver [went to|was won by] {w} || the silver {were} {w}
bronze: [bronze|third places|the bronze {ml}]: {w} || bronze [went to|was won by] {w} || the bronze {were} {w}
unnamed: {k} was won in {w} || {k} [came|was taken] in {w} || {k}: {w}
life: {p} of {c} won {n} at the Olympic Games in {t}{m} || {p}, who competed for {c}, won {n} in {t} at the Olympics{m}
|| in {t}, {p} of {c} has {n} from the Olympic Games{m} || {n} at the Olympic Games went to {p} of {c} in {t}{m}
|| {p} is a [medallist|medal winner] of the Olympic Games in {t} for {c}, with {n}{m}
lives: {p} of {c} won Olympic medals in {t} at the Games of {y} || {p}, who competed for {c}, won medals in {t} at the Games of {y}
|| the Games of {y} brought {p} of {c} medals in {t} || in {t}, {p} of {c} won medals at the Games of {y}
|| {p} is an Olympic [medallist|medal winner] in {t} for {c}, at the Games of {y}
gaps: [names are missing from the record for some Games, or some teams, of those years|for some Games or teams of those years the record has no names]
|| [there may be more: |]the record has no names for some other Games, or teams, of that time
games: at the {o}, {p} [won|took] {m} || {m} came at the {o} || the {o} brought {m} || {p} [took|won|earned] {m} at the {o}
history: these are the Olympic champions in {e}, as far as they are on record: || gold medals in {e}, by Games, where on record:
|| Olympic winners of {e} on record: || {e} at the Olympic Games, winners on record: || winners of {e} in the years on record:
"""
WORDS = {key: [t.strip() if key != "rest" else t.rstrip() for t in text.replace("\n", " ").split(" || ")]
         for key, text in re.findall(r"^(\w+): (.*(?:\n(?!\w+: ).*)*)", WORDS.strip(), re.M)}


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def say(rng, key, **words):
    return re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), pick(rng, WORDS[key])).format(**words)


def told(clauses):
    return " ".join(c[0].upper() + c[1:] + "." * (c[-1] not in ".:") for c in clauses if c)


join = lambda items: ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)
count = lambda n, noun: f"{NUMBER[n] if n < len(NUMBER) else n} {noun}{'s' * (n != 1)}"
the = lambda country: COUNTRIES.get(country, country)
split = lambda rows: [sum(r["medal"] == medal for r in rows) for medal in MEDALS]
# two gold medals and one bronze
medals = lambda rows: join([count(n, f"{medal.lower()} medal") for medal, n in zip(MEDALS, split(rows)) if n])
# "three medals" and ": two gold medals and one bronze medal", or "three gold medals" and nothing more
total = lambda rows: (count(len(rows), "medal"), ": " + medals(rows)) if split(rows).count(0) < 2 else (medals(rows), "")


def olympics(r):
    year, city = r["games"].split(" ", 1)
    return f"{year} {r['season']} Olympics in {CITIES.get(city, city)}"


def sport(r):
    name = r["sport"].split("^")[0]
    first, _, last = name.partition(" ")
    if name == "Rugby":
        return "rugby sevens" if r["event_name"] == "rugby-7" else "rugby union"
    if first in ("Wrestling", "Cycling", "Gymnastics", "Equestrian"):
        name = SPORTS.get(name, f"{last} {first}".removesuffix(" Equestrian").lower())
    return SPORTS.get(name) or (name if "BMX" in name or "Greco" in name else name.lower())


def event(r, where=False):
    """the men's 100 metres, the women's lightweight (52 to 57 kg); where: in which sport, unless the words say so"""
    name, group = EVENTS.get(r["event_name"], r["event_name"]), r["event_gender"].lower() + " "
    weight = re.fullmatch(r"([+-]?) ?([\d.]+)(?: - ([\d.]+))? ?kg(, [^(]*)?(?: ?\((.*)\))?", name)
    if weight:
        sign, low, high, lifts, title = weight.groups(default="")
        limit = {"+": "over ", "-": "up to "}.get(sign, "") + low + f" to {high}" * bool(high) + " kg"
        name = f"{title} ({limit}{lifts.strip()})" if title else f"class {limit}" if sign else f"{limit} class"
    elif r["sport"] == "Sailing":
        name = re.sub(r"(\d)t\b", r"\1 ton", re.sub(r"(\d)m\b", r"\1 metre", name.replace("m2", " square metres")))
        name = re.sub(r" - (.*)", lambda m: f" ({m[1].lower()})", name)
        name = name.replace("metre sq", "square metre").replace("0.5-1 ", "0.5 to 1 ").replace("-", " to ", bool(re.match(r"\d+-\d", name)))
        name += " class" * (not re.search("class|dinghy|keelboat|skiff|windsurf|multihull|board|kite|match|sharpie", name))
    else:
        unit = lambda m: re.sub(r"^(\d\d)(\d{3})$", r"\1,\2", m[1]) + f" {dict(k='kilometre', m='metre', y='yard')[m[2][0]]}" + "s" * (m[1] != "1")
        name = re.sub(r"([\d.]+)(km|m|y)\b", unit, re.sub(r" \(\d[x+-]\)", "", name)).replace("miles ", " miles ").replace("  ", " ")
        name = name if re.search("[A-Z]{2}|[A-Z]-|-[A-Z]|Swedish|Columbia|Du Monde", name) else name.lower()
        name = re.sub(r"^([a-zé]+(?: hill)?) (individual|team)$", r"\2 \1", name) + " tournament" * (name in TEAMS)
    if group == "mixed ":
        group = "mixed " * ((r["sport"] in BOTH or r["sport"] in ("Luge", "Shooting") and "team" in name) and "mixed" not in name)
    t = sport(r)
    return f"the {group}{name}" + f" in {t}" * (where and t.split()[-1] not in name)


def loud(token):
    return len(token) > 1 and (token.replace("ß", "").isupper() or bool(re.match("Ma?c[A-Z]{2}", token)))


def titled(token):
    """SURNAME in mixed case; what is in mixed case stays."""
    if token in ("II", "III") or re.fullmatch(r"([A-Z]\.)+", token):
        return token
    token = re.sub(r"[^\W\d_]+" if loud(token) else "[A-Z]{3,}", lambda m: m[0].capitalize(), token)
    return re.sub(r"^Mc(\w)", lambda m: "Mc" + m[1].upper(), token)


def person(text, asian):
    """One name as it is written in English: given name and surname, for Chinese and Koreans the surname first."""
    tokens = text.split()
    capital = [loud(t) and not t.endswith(".") for t in tokens]
    start = next((i for i, c in enumerate(capital) if c), 0)
    if any(capital) and not all(capital):
        if all(t.islower() for t in tokens[:start]):  # SURNAME Given
            n = len(tokens) - capital[::-1].index(True)
            surname, given = tokens[:n], tokens[n:]
        else:
            surname, given = tokens[start:], tokens[:start]
        surname = [t.lower() if t in SMALL and i + 1 < len(surname) else titled(t) for i, t in enumerate(surname)]
        return " ".join(surname + given if asian else given + surname)
    return " ".join(map(titled, tokens))


def people(r):
    """The names of a row, none where it has no real ones."""
    text = r["athletes"].replace("\xa0", " ").strip()
    if not text or re.search("[\u0400-\u04ff]", text) or text.split(" (")[0] in (r["country"], "Taipei") or r["country"] == "":
        return []
    text = re.sub("Ã[\u00a0-\u00bfƒ]", lambda m: m[0].encode("cp1252").decode("utf-8"), text)
    text = re.sub(r"[^,]*\([^)]*didn.t participate\),?", "", text)
    text = re.sub(r"\s*\((?![A-Z]\))[^)]*\)", " ", re.sub(r",\s*(?=(Jr|Iv|Earl)\b)", " ", re.sub(r"\s/\s[^,]*", "", text)))
    names = [re.sub(" +", " ", n).strip() for n in text.split(",")]
    riders = r["sport"].startswith("Equestrian")
    return [person(n, r["country_code"] in ASIAN) for n in names
            if re.search(r"\w", n) and "?" not in n and not n.startswith("Unknown") and not (riders and (n.upper() == n or " " not in n))]


def who(r):
    """Usain Bolt of Jamaica; a team of more than four by its country"""
    names = r["people"]
    return f"{join(names)} of {the(r['country'])}" if 0 < len(names) < 5 else the(r["country"])


def outcome(rng, rows):
    """One event in a sentence, and the names of a larger winning team."""
    e, (g, s, b) = event(rows[0]), ([who(r) for r in rows if r["medal"] == medal] for medal in MEDALS)
    rest = say(rng, "rest", s=join(s), b=join(b)) if s and b else f", with {'silver' if s else 'bronze'} for {join(s or b)}" if s or b else ""
    out = [say(rng, "event" if len(g) == 1 else "golds" if g else "none", e=e, g=join(g), r=rest, k=NUMBER[len(g)])]
    for r in rows:
        if r["medal"] == "Gold" and 4 < len(r["people"]) < 26:
            out.append(say(rng, "squad", c=the(r["country"]), e=e, w=join(r["people"])))
    return told(out)


def sport_page(rng, part, rows):
    """part: some events of a sport as lists of rows; rows: all of the sport at the Games"""
    o, t, by = olympics(rows[0]), sport(rows[0]), defaultdict(list)
    n = len({(r["event_gender"], r["event_name"]) for r in rows})
    follow = f"{NUMBER[len(part)]} of these {'follows' if len(part) == 1 else 'follow'}"
    out = [told([say(rng, "sport", o=o, t=t, n=count(n, "event")), follow * (len(part) < n)])]
    out += [outcome(rng, event_rows) for event_rows in part]
    for r in rows:
        by[r["country"]].append(r)
    best = sorted(by.values(), key=len, reverse=True)
    if len(best) > 1 and len(best[0]) > len(best[1]):
        out.append(told([say(rng, "best", c=the(best[0][0]["country"]), m=medals(best[0]))]))
    return pick(rng, [" ", "\n"]).join(out)


def ranking(rows):
    """[(rank, country, rows)] by gold, silver and bronze; equal ones share a rank"""
    by = defaultdict(list)
    for r in rows:
        by[r["country"]].append(r)
    order = sorted(by, key=lambda c: ([-n for n in split(by[c])], c))
    return [(1 + sum(split(by[d]) > split(by[c]) for d in order), c, by[c]) for c in order]


def table_page(rng, rows):
    o, table = olympics(rows[0]), ranking(rows)
    form = pick(rng, [": {2} gold, {3} silver, {4} bronze, {5} in all", ": {5} in all ({2} gold, {3} silver, {4} bronze)", " {2}-{3}-{4}: {5}"])
    lines = [("{0}. {1}" + form).format(rank, the(c).removeprefix("the ").removeprefix("a "), *split(won), len(won)) for rank, c, won in table[:25]]
    leaders = [c for rank, c, _ in table if rank == 1]
    tail = [say(rng, "tables", c=the(c), m=medals(table[0][2])) for c in leaders if len(leaders) == 1]
    tail += [f"{count(len(table), 'country').replace('countrys', 'countries')} won medals, {count(len(rows), 'medal')} in all"]
    return "\n".join([told([say(rng, "table", o=o)])] + [line[0].upper() + line[1:] for line in lines] + [told(tail)])


def land_page(rng, rows, rank, shared):
    c, o, by = the(rows[0]["country"]), olympics(rows[0]), Counter(map(sport, rows))
    (n, m), named = total(rows), any(r["people"] for r in rows)
    out = [say(rng, "land", c=c, o=o, n=n, m=m)]
    place = NTH[rank - 1] if rank < 11 else f"number {rank}"
    out.append(say(rng, "rank", p="joint " * (shared and rank < 11) + place))
    out += [say(rng, "by", w=join([f"{t} ({n})" for t, n in by.most_common()]))] if len(by) > 1 else []
    for medal in MEDALS:
        won = [(join(r["people"]) if len(r["people"]) < 5 else "the team", event(r, True)) for r in rows if r["medal"] == medal]
        words = [f"{names or 'the team'} in {e}" if named else e for names, e in won[:10]] + [f"{count(len(won) - 10, 'other')}"] * (len(won) > 10)
        if won:
            one, text = len(won) == 1, "; ".join(words[:-1]) + "; and " * (len(words) > 1) + words[-1]
            were, ml = ("medallist was", "medal") if one else ("medallists were", "medals")
            out.append(say(rng, medal.lower() if named else "unnamed", k=medal.lower(), w=text, were=were, ml=ml))
    return told(out)


def career_page(rng, name, rows, whole):
    """rows: the medals of an athlete; whole: no Games near them lack names, so that these are all"""
    c, t = join(sorted({the(r["country"]) for r in rows})), join(sorted(set(map(sport, rows))))
    years = list(dict.fromkeys(str(r["year"]) for r in rows))
    n, m = total(rows)
    out = [say(rng, "life", p=name, c=c, t=t, n=n, m=m) if whole else say(rng, "lives", p=name, c=c, t=t, y=join(years))]
    he = {"Men's": "he", "Women's": "she"}.get(next((r["event_gender"] for r in rows if r["event_gender"] != "Mixed"), ""), name)
    for year in years:
        won = [r for r in rows if str(r["year"]) == year]
        parts = [f"{medal.lower()} in {join(events)}" for medal in MEDALS for events in [[event(r) for r in won if r["medal"] == medal]] if events]
        out.append(say(rng, "games", o=olympics(won[0]), p=pick(rng, [he, he, name]), m=join(parts)))
    return told(out + [say(rng, "gaps")] * (not whole))


def history_page(rng, golds):
    """golds: {games: rows of the winners}"""
    rows = [r for won in golds.values() for r in won]
    lines = [f"{won[0]['games']}: {join([who(r) for r in won])}" for won in golds.values()]
    (top, n), (_, second) = (Counter(the(r["country"]) for r in rows).most_common(2) + [("", 0)])[:2]
    tail = [f"in this list {top} comes up most often, {count(n, 'time')}"] if n > max(2, second) else []
    return "\n".join([told([say(rng, "history", e=event(rows[0], True))])] + lines + ([told(tail)] if tail else []))


def read(upstream):
    """{games: rows}, each Games from the first file that has them."""
    games = {}
    for name, f in upstream.files("*.csv"):
        found = defaultdict(list)
        for r in csv.DictReader(f):
            if r.get("medal") in MEDALS and r.get("games"):
                found[r["season"], r["games"]].append({**r, "people": people(r)})
        games = {**found, **games}
    if not games:
        raise ValueError("no .csv with medals among the files of olympic_medals")
    return dict(sorted(games.items(), key=lambda item: (item[0][1], item[0][0])))


def careers(games):
    """Yield (name, rows) of athletes: one name, country (or its heir), kind of sport and season, with at most 12 years between two Games."""
    found = defaultdict(list)
    for rows in games.values():
        for r in rows:
            for name in dict.fromkeys(r["people"]):
                if " " in name:
                    plain = re.sub("[^a-z ]", "", unicodedata.normalize("NFKD", name.lower().replace("-", "")).replace("ß", "ss"))
                    kind = KIN.get(r["sport"], r["sport"].split()[0])
                    key = plain.split()[0] + plain.replace(" ", "") if r["country_code"] in ASIAN else plain
                    lives = found[key, HEIRS.get(r["country_code"], r["country_code"]), kind, r["season"]]
                    if not lives or int(r["year"]) - int(lives[-1][-1][1]["year"]) > 12:
                        lives.append([])
                    lives[-1].append((name, r))
    for lives in found.values():
        for life in lives:
            yield life[-1][0], [r for _, r in life]


def documents(upstream, seed):
    games = read(upstream)

    def doc(record, rows, tell, *args):
        year = max(r["year"] for r in rows)
        return {"text": tell(Random(f"{seed} {record}"), *args), "sport": "olympics", "url": URL, "date": f"{year}-12-31", "record": record}

    held = {season: {int(rows[0]["year"]) for (s, _), rows in games.items() if s == season} for season in ("Summer", "Winter")}
    partial = {g for g, rows in games.items() if sum(not r["people"] for r in rows) > .05 * len(rows)}
    gaps = {season: {int(games[g][0]["year"]) for g in partial if g[0] == season} for season in held}
    gaps["Summer"] |= set(range(1896, max(held["Summer"], default=0), 4)) - {1916, 1940, 1944} - held["Summer"]
    for (season, g), rows in games.items():
        table = ranking(rows)
        yield doc(f"table {season} {g}", rows, table_page, rows)
        sports = defaultdict(lambda: defaultdict(list))
        for r in rows:
            sports[sport(r)][r["event_gender"], r["event_name"]].append(r)
        for t, events in sports.items():
            of_sport, events = [r for e in events.values() for r in e], list(events.values())
            size = -(-len(events) // -(-len(events) // 9))
            for i in range(0, len(events), size):
                yield doc(f"sport {season} {g} {t}" + f" {i // size + 1}" * (len(events) > size), rows, sport_page, events[i:i + size], of_sport)
        for rank, c, won in table:
            if c != "Mixed Team" and len(won) > 1:
                yield doc(f"country {season} {g} {c}", rows, land_page, won, rank, sum(x[0] == rank for x in table) > 1)
    golds = defaultdict(lambda: defaultdict(list))
    for (season, g), rows in games.items():
        for r in rows:
            if r["medal"] == "Gold":
                golds[season, sport(r), event(r)][g].append(r)
    for (season, t, e), won in golds.items():
        if len(won) > 4:
            yield doc(f"event {season} {t}: {e}", [r for rows in won.values() for r in rows], history_page, won)
    names = Counter()
    for name, rows in careers(games):
        if len(rows) > 2:
            years, season = [int(r["year"]) for r in rows], rows[0]["season"]
            whole = not any(min(years) - 8 <= y <= max(years) + 8 for y in gaps[season])
            names[name] += 1
            yield doc(f"athlete {name}" + f" {names[name]}" * (names[name] > 1), rows, career_page, name, rows, whole)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
