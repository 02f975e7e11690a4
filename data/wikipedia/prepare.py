"""
English Wikipedia's articles on sports: paragraphs, infoboxes as "Label: value" lines, tables as rows of " | ".

$ python prepare.py wikipedia [--from DIR]

The dump (20 GB, hours of one core) is read as a stream, XML by mwxml, wikitext by mwparserfromhell. A page is on sports by its
infobox or, where that says nothing, by two categories; redirects, disambiguations and lists of names are passed over. A template
that is not known vanishes, and the sentence it leaves a hole in ("He weighs ." or "In , he won") goes with it.
--from reads what WikiExtractor made of older dumps, <doc id= url= title= sport=>: headings are lines that end in a full stop,
tables and most lists are gone, and what they hung on goes too; its templates left the same holes. Left over are <br>, entities
(&lt;br&gt; too), "()" and "(; born" where a pronunciation stood, {{ and "#if:", rows of tables, "" where italics were.
"""
import csv
import html
import os
import re
import sys
from collections import Counter
from itertools import groupby
from urllib.parse import quote

FILES = {"enwiki-latest-pages-articles.xml.bz2": "https://dumps.wikimedia.org/enwiki/latest/enwiki-latest-pages-articles.xml.bz2"}
FROM = ["prose/wikipedia_sports", "prose/wtq_wikipedia_pages", "prose/olympics_wikipedia_sections"]
SNAPSHOT = {"enwiki2014": "2014-03", "enwiki2015": "2015-05", "enwiki2021": "2021-10", "sports_pages": "2014-04"}  # the last month they tell of
LABEL = {"olympics_multi": "olympics", "motorsport_f1": "motorsport", "other_sport": "other"}

# what an infobox or a category is about: the first that matches, so what could be taken for another stands before it
SPORTS = [(sport, re.compile(pattern, re.I)) for sport, pattern in [
    ("other", r"australian (rules )?football|gaelic|\bgaa\b|rugby|hurling|\b[av]fl (biography|player|season|team|club)|table tennis|water polo"),
    ("american_football", r"(american|canadian|arena|college|ncaa|gridiron)( division \w+)? football|gridiron|\b[nc]fl\b|national football league"
                          r"|(super|pro|rose) bowl|bowl game|quarterback|linebacker"
                          r"|(?<!association )(?<!national )football (players|coaches|seasons|bowls|teams)\b"),
    ("baseball", r"baseball|\bmlb\b|(?<!cup )(?<!cart )(?<!car )(?<!atp )(?<!sevens )\bworld series(?! hockey| of (poker|the))"),
    ("basketball", r"basketball|\bw?nba\b"), ("cricket", r"cricket|indian premier league"), ("tennis", r"tennis|davis cup|(?<!afc )wimbledon"),
    ("hockey", r"hockey|\bnhl\b|stanley cup"), ("golf", r"\bgolf|\bpga\b|ryder cup"),
    ("combat", r"\bbox(ing|ers?)\b|martial art|\bmma\b|\bufc\b|\bwrestl|\bjudo|karate|taekwondo|kickbox|\bsumo\b|\bfenc(ing|ers?)\b"),
    ("motorsport", r"formula (one|two|three|e|[1-4])\b|\bf1\b|motorsport|racing driver|(auto|car) rac|grands? prix|nascar|indycar|\bwrc\b"
                   r"|world rally|rally driver|motorcycle r|motogp|speedway|le mans"),
    ("soccer", r"football|soccer|\bfifa\b|\buefa\b|futsal"),
    ("olympics", r"olympi|commonwealth games|asian games|universiade|pan american games"),
    ("other", r"\bsports?(people|person|men|women|team|league|season)?\b|cycl(ist|ing)|athletics|athlete|swimm|gymnast|volleyball|handball|softball"
              r"|badminton|\brow(er|ing)s?\b|skat(er|ing)|\bski(er|ing)s?\b|snooker|\bdarts|curl(er|ing)|horse rac|racehorse|jockey|equestrian|biathl"
              r"|triathl|\bsail(or|ing)|squash|netball|lacrosse|surf(er|ing)|archer|weightlift|sprinter|stadium|college coach|ncaa")]]
NEUTRAL = re.compile(r"(person|event|organi[sz]ation|venue|award|recurring event|biography|building|school athletics)?", re.I)
NOT = re.compile(r"\b(films?|video games?|albums|songs|novels|television|fiction\w*|companies|births|deaths|alumni|lists of|stubs|articles)\b", re.I)
DISAMBIGUATION = re.compile(r"\{\{\s*(disambig\w*|hndis|dab|geodis|surname|given name|set index article|sportindex|numberdis)\s*[|}]", re.I)
BACK = re.compile(r"(see also|(printed )?references?|notes?( and references| (&|and) sources)?|external links?|further reading|bibliography|footnotes"
                  r"|(primary |secondary |printed )?sources?|citations|works cited|gallery|related news|sister links?|explanatory notes)\W*", re.I)

# -----------------------------------------------------------------------------
# templates: what each leaves in the text, of its unnamed (a) and its named (n) arguments. One that is not here leaves nothing.

MONTHS = "January February March April May June July August September October November December".split()


def date(a, n):
    """{{birth date and age|df=y|1970|4|29}}: 29 April 1970"""
    y, m, d = [*(x for x in a if x.isdecimal()), "", "", ""][:3]
    if not a or not a[0].isdecimal() or not 0 < int(m or 0) < 13:
        return "".join(a[:1])
    month = MONTHS[int(m) - 1]
    return f"{month} {y}" if not d else f"{int(d)} {month} {y}" if n.get("df", "n")[:1] == "y" else f"{month} {int(d)}, {y}"


def season(a, n):
    """{{nhly|1998}}: 1998–99"""
    return f"{a[0]}–{(int(a[0]) + 1) % 100:02}" if a and a[0].isdecimal() else ""


def convert(a, n):
    """{{convert|6|ft|2|in|m}}: 6 ft 2 in"""
    return " ".join(a[:4] if len(a) > 3 and a[1] in ("ft", "lb", "st", "to", "-", "–", "and", "or", "by", "x") else a[:2])


def joined(a, n):
    return ", ".join(re.sub(r"\s*\n- ", ", ", x).lstrip("- ") for x in a if x)


def medal(a, n):
    kind, *rest = a or [""]
    return "\n" + (f"{kind.capitalize()} medal: {', '.join(rest)}" if kind.lower() in ("gold", "silver", "bronze") else "".join(rest[:1]))


def match(a, n):
    """{{footballbox}} in one line"""
    scorers = "; ".join(re.sub(r"\s+", " ", n[k]) for k in ("goals1", "goals2") if re.search(r"\w", n.get(k, "")))
    game = " ".join(n.get(k, default) for k, default in (("team1", ""), ("score", "v"), ("team2", "")))
    return "\n- " + " | ".join(part for part in (n.get("date"), game, scorers, n.get("stadium"), n.get("location")) if part) + "\n"


def at(i):
    return lambda a, n: a[i] if -len(a) <= i < len(a) else ""


def after(sign):
    return lambda a, n: sign + "".join(a[:1])


SPELL = {name: spell for names, spell in [
    ("nowrap nobr nobold small smaller big nihongo abbr tooltip flag flagcountry flagu flagteam flagathlete flagioc flagiocathlete center left right "
     "resize blockquote quote cquote nft fb fbw fbu fb_rt cr crw cr_rt ih ru ru_rt rut rl bk text strong em won win nom yes yes2 no draw lost loss "
     "ill illm interlanguage_link", at(0)), ("w lang transl sort hs color font_color nts", at(-1)), ("nhly nbay nhl_year nba_year", season),
    ("nfly mlby cfly wnbay mlsy by nfl_year mlb_year cfl_year", lambda a, n: "–".join(a[:2])), ("sortname", lambda a, n: " ".join(a[:2])),
    ("birth_date birth_year bda death_date dda dob start_date end_date film_date dts date", date),
    ("as_of asof", lambda a, n: "As of " + date(a, {"df": "y", **n})), ("convert cvt", convert), ("medal", medal),
    ("height", lambda a, n: " ".join(f"{n[unit]} {unit}" for unit in ("ft", "in", "m", "cm") if n.get(unit))),
    ("plainlist flatlist ubl unbulleted_list hlist cslist list goal", joined), ("footballbox football_box footballbox_collapsible", match),
    ("frac fraction", lambda a, n: f"{a[0]} {a[1]}/{a[2]}" if len(a) > 2 else "/".join(a)),
    ("us$ usd $", after("$")), ("gbp £", after("£")), ("€ euro eur", after("€")), ("circa c.", after("c. ")),
    *((names, lambda a, n, sign=sign: sign) for names, sign in [
        ("snd spnd spaced_ndash", " – "), ("ndash –", "–"), ("mdash —", "—"),
        ("!", "|"), ("=", "="), ("' 's", "'"), ("· • dot", ", "), ("nbsp", " ")])]
    for name in names.split()}


def template(t):
    code = str(t.name).strip()
    name = re.sub(r"(_and_(age|years_ago))?2?$", "", re.sub(r"[\s_-]+", "_", code.lower()))
    if name.startswith("infobox"):
        return infobox(t)
    medals = re.fullmatch(r"medal_?(gold|silver|bronze|competition|sport|country)", name)
    if not medals and name not in SPELL:
        return code if re.fullmatch(r"[A-Z]{3}", code) else ""  # {{NOR}}: a flag and a name
    named = {str(p.name).strip().lower(): plain(p.value).strip() for p in t.params}
    args = [named[k] for k in map(str, range(1, len(named) + 1)) if k in named]
    return medal([medals[1], *args], named) if medals else SPELL[name](args, named)


SKIPPED = re.compile(r"image|logo|caption|alt$|size|colou?r|pattern|^kit|(left|right)arm|body\d|shorts|socks|site|^url|signature|map|footnote"
                     r"|update|title|^name$|width|style|refs?$|coord|_lang|^hide|^show|flag|icon|child|upright|header|source|profile|^pic"
                     r"|crest|badge|espn|alias|^(nfl|pfr|cfl|mgr|db|nba)\w*$|^clubname$|representing|plural", re.I)
LABELS = {"birth_date": "Born", "birth_place": "Born", "death_date": "Died", "death_place": "Died", "fullname": "Full name"}


def infobox(t):
    """"Label: value" lines; years1, clubs1, caps1 ... become one line, what is nested (medals) keeps its own."""
    lines = {}  # label, or kind and number of a group -> what stands there
    for p in t.params:
        key, value = str(p.name).strip().lower(), plain(p.value).strip()
        group = re.fullmatch(r"(national|youth|college|manager|coach|)([a-z_ ]*?)_?(\d+)([a-z_]*)", key)
        if re.match(r"medal|module|embed", key):
            lines[re.sub(r"\n\s*\n+", "\n", value)] = []
        elif re.search(r"\w", value) and p.showkey and not SKIPPED.search(key):
            if group:
                key = (group[2] + group[4]).strip("_ ").replace("_", " ")
                lines.setdefault((group[1], group[3]), []).append((key, one_line(value)))
            else:  # draftyear: Draft year; height_ft, height_in: Height, with their units
                key, unit = re.fullmatch(r"(.*?)(?:_(ft|in|lbs?|m|cm|kg|km|mi))?", key).groups()
                label = re.sub(r"^(debut|final|stat|past|draft|career|club|current|prev|next)(?=[a-z]{3})", r"\1 ", key.replace("_", " "))
                lines.setdefault(LABELS.get(key, label.capitalize()), []).append(one_line(value) + (f" {unit}" if unit else ""))
    return "\n" + "\n".join(spell_line(label, values) for label, values in lines.items()) + "\n"


def spell_line(label, values):
    if isinstance(label, str):
        return f"{label}: {', '.join(values)}" if values else label
    if [key[-5:] for key, _ in values] == ["label", "value"]:
        return ": ".join(value for _, value in values)
    row = " | ".join(f"{key}: {value}" for key, value in values)
    return f"{label[0].capitalize()} {row}" if label[0] else row[:1].upper() + row[1:]

# -----------------------------------------------------------------------------
# wikitext

DROPPED = set("ref references gallery math chem timeline score templatestyles mapframe maplink imagemap syntaxhighlight graph section".split())


def plain(code):
    return "".join(map(node, code.nodes))


def node(n):
    kind = type(n).__name__
    if kind in ("Text", "HTMLEntity", "Template"):
        return str(n) if kind == "Text" else n.normalize() if kind == "HTMLEntity" else template(n)
    if kind == "Heading":
        return f"\n{'=' * n.level} {tidy(plain(n.title)).strip()} {'=' * n.level}\n"
    if kind == "ExternalLink":
        return plain(n.title) if n.title else ""
    if kind == "Wikilink":
        title = str(n.title).strip()
        if re.match(r"(file|image|category|media)\s*:", title, re.I) or not n.text and re.match(r"[a-z]{2,3}(-[a-z]+)?:\S", title):
            return ""
        return plain(n.text) if n.text else re.sub(r"^:?((w|wikt|s|n|q|wikipedia|en|category):)*", "", title, flags=re.I)
    return tag(n, str(n.tag).strip().lower()) if kind == "Tag" else ""


def tag(n, name):
    if name == "table" or name in DROPPED:
        return table(n) if name == "table" else ""
    if n.wiki_markup or name in ("br", "hr"):
        return "- " if name == "li" else "\n" if name in ("br", "hr") else ""
    inner = plain(n.contents) if n.contents else ""
    return f"\n{'- ' if name == 'li' else ''}{inner}\n" if name in ("li", "p", "div", "blockquote", "center", "poem", "ul", "ol") else inner


def rows_of(contents):
    """The cells of each row; those of a first row without |- stand in the table itself."""
    tags = [n for n in contents.nodes if type(n).__name__ == "Tag"]
    yield [n for n in tags if n.tag in ("td", "th")]
    for n in tags:
        if n.tag in ("tr", "tbody", "thead"):
            yield from rows_of(n.contents)


def table(t):
    if t.has("class") and re.search(r"navbox|infobox|metadata|sidebar|mbox", str(t.get("class").value), re.I):
        return ""
    lines, spans = [], {}  # spans: column -> rows that a cell reaches further down, its text
    for cells in rows_of(t.contents):
        row = []
        for cell in [*cells, None] if cells else []:
            while spans.get(len(row), (0,))[0]:
                left, text = spans[len(row)]
                spans[len(row)] = left - 1, text
                row.append(text)
            text = plain(cell.contents) if cell is not None else ""
            if " | " in text:  # a table within
                lines += [line.strip() for line in text.split("\n") if line.strip()]
            text = "" if " | " in text else one_line(text)
            if cell is not None and cell is cells[0] and str(cell.contents).startswith("+"):  # |+ the caption
                lines.append(text.strip("+ "))
            elif cell is not None:
                down, across = (int("0" + re.sub(r"\D", "", str(cell.get(a).value)) if cell.has(a) else 1) for a in ("rowspan", "colspan"))
                spans[len(row)] = min(down, 999) - 1, text
                row += [text] + [None] * (min(across, 99) - 1)
        filled = [text for text in row if text]
        if re.search(r"\w", "".join(filled)):
            lines.append(" | ".join(text for text in row if text is not None) if len(filled) > 1 else filled[0])
    return "\n" + "\n".join(lines) + "\n"

# -----------------------------------------------------------------------------
# both ways: characters, sentences, sections

SPACES = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
REPAIRS = [(re.compile(pattern, re.I | re.S), by) for pattern, by in [
    (r"<ref[^<>]*/>|<ref\b[^<>]*>[^<>]*</ref>|<!--.*?-->|[\u200b-\u200f\u2060\ufeff\u00ad]", ""), (r"<br\b[^<>]*>", "\n"),
    (r"</?[a-z][^<>\n]{0,300}>|<>", ""), (r"(?<=\w)'''(?=s\b)", "'"), (r"'{2,}", ""),
    (r"\[\s*\[?update\]?\s*\]|\[?https?://[^\s\]]+\]?", ""), (r"\(\s*\]\s*[;,]?", "("), (r"\[\[|\]\]", ""), (r"([;,])( ?;)+", r"\1"),
    (r"\(\s*[,;:]+\s*([–—-] )?", "("), (r"\s*[,;:]+\s*\)", ")"), (r" ?\(([^\w()]|today)*\)", ""), (r"\( +", "("),
    (r"\((?:[a-z]+(?:abi|ali|rdu|ndi|ian|ish|ese|bic)|greek|thai|czech|german)(?: language)?[,;:] (?=born\b)", "("),  # the name in its script is gone
    (r'""(?=\w)|(?<=[\w.!?])""', '"'), (r'"(?=“)|(?<=”)"', "")]]
GLUED = re.compile(r'(?<=[a-z0-9)"][.!?])(?=(The|In|He|She|They|On|It|This|At|After|During|For|His|Her|As|By|There|With|When|Both|Since|From|An?) )')
SENTENCES = re.compile(r"""(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:St|Mt|Jr|Sr|Dr|Mr|No|vs)\.) +(?=["“(A-Z0-9])""")
SMALL = ("a|an|the|of|in|at|on|to|by|and|or|for|from|with|against|until|through|as|than|between|into|during|weighs|weighed|was|is|were|are|his|her"
         "|their|its")
HOLE = re.compile("|".join([
    r"(?<=[a-z]{4})\., |(?<!approx)(?<=[a-z]{4})\. (?=[a-z]{2})|[–-]\d+\., |\(\$?$",  # "one goal., he left", "wickets. before taking"
    rf"(^|\s)(?i:{SMALL}) [,.;:)](\s|$)", r"[,;] [,.;](\s|$)", r'(^|\s)""(?=\W|$)', r"^[,;.)](\s|$)",
    r"(^The|(?<![\w-])(the|an?|its|their)) (and|or|of|in|at|on|to|by|for|from|with|was|were|is|are|has|have|had|who|which|that|as) "]))
HEAD = re.compile(r"(=+) (.+) \1")
PROSE = re.compile(r"(?!.*\b(I|[Ww]e|[Yy]ou|[Mm]y|[Oo]ur)\b)(?=[A-Z])(?!.{,40}[:|])(\S+ ){5,}.*[.!?]")  # neither a quotation nor a list


def tidy(text):
    text = SPACES.sub(" ", html.unescape(html.unescape(text)))
    for pattern, by in REPAIRS:
        text = pattern.sub(by, text)
    return SPACES.sub(" ", GLUED.sub(" ", text))


def one_line(text):
    return tidy(re.sub(r"\s*,?\s*\n\s*(- )?", ", ", re.sub(r"^(- )+", "", text.strip()))).strip(" ,;")


def whole(line):
    """The line without the sentences that a dropped template left a hole in"""
    if " | " in line:
        return line.strip()
    if HOLE.search(line):
        line = " ".join(s for s in SENTENCES.split(line) if not HOLE.search(s))
    return re.sub(r" +(?=[,.;:!?)](\s|$))", "", line).strip()


def cut(kept):
    """What led to a list that is gone ("... are determined as follows:") goes."""
    kept[-1:] = filter(None, [" ".join(SENTENCES.split(kept[-1])[:-1])])


def article(title, lines):
    """A title, paragraphs, lists and headings; what belongs to no text (headings of nothing, "The winners were:") is left out."""
    kept, skip, seen = [], 9, set()
    for line in [*lines, "= end ="]:
        head = HEAD.fullmatch(line)
        if head and skip >= len(head[1]):  # else it lies within a section that is left out
            skip = len(head[1]) if BACK.fullmatch(head[2]) else 9
            if len(kept) > 1 and HEAD.fullmatch(kept[-2]) and re.fullmatch(r"(?!- )[^\d.:!?|\"=]{1,40}", kept[-1]):
                kept.pop()  # "Honours", "Celtic": the list of them is gone
            while kept and (len((HEAD.fullmatch(kept[-1]) or [0, ""])[1]) >= len(head[1]) or re.fullmatch(r"[^.]*[;–-]|.*:", kept[-1])):
                if kept[-1].endswith(":"):
                    cut(kept)
                else:
                    kept.pop()
        if skip == 9 and not head:
            line = whole(line)
            if " | " not in line and not line.startswith("- "):  # a sentence comes once
                told = SENTENCES.split(line)
                line = " ".join(s for s in told if len(s.split()) < 6 or s not in seen)
                seen.update(told)
            if kept and kept[-1].endswith(":") and PROSE.fullmatch(line):
                cut(kept)
        if skip == 9 and line:
            kept.append(line)
    text = title
    for before, line in zip([title, *kept], kept[:-1]):
        listed = [re.match(r"- |[A-Z][\w' ]{1,30}: ", x) or " | " in x or not re.search(r'[.!?:"”]$', x) for x in (before, line)]
        close = HEAD.fullmatch(before) or all(listed) and before is not title and not HEAD.fullmatch(line)
        text += ("\n" if close else "\n\n") + re.sub(r"^=+ | =+$", "", line)
    return text

# -----------------------------------------------------------------------------
# the dump

def about(name):
    return None if NOT.search(name) else next((sport for sport, pattern in SPORTS if pattern.search(name)), None)


def sport_of(text):
    """By the infobox; a general one (sportsperson, event) and none leave it to the categories. None: not on sports."""
    boxes = [box.replace("_", " ").strip() for box in re.findall(r"\{\{\s*infobox[ _]+([^|}<\n]+)", text, re.I)]
    kinds = [kind for kind in map(about, boxes + re.findall(r"\|\s*sport\s*=\s*([^\n|}]+)", text) * bool(boxes)) if kind]
    named = [kind for kind in kinds if kind not in ("other", "olympics")]
    if named or not kinds and not all(map(NEUTRAL.fullmatch, boxes)):
        return named[0] if named else None
    votes = Counter(filter(None, map(about, re.findall(r"\[\[\s*category\s*:\s*([^]|]+)", text, re.I))))
    return (votes.most_common(1) or [kinds[:1]])[0][0] if kinds or sum(votes.values()) > 1 else None


def pages(f):
    """(page id, title, wikitext, day of its last change) of the articles of a dump"""
    try:
        import mwparserfromhell  # noqa: F401
        import mwxml
    except ImportError:
        raise ValueError("reading a dump takes mwxml and mwparserfromhell: pip install -r requirements-data.txt") from None
    for page in mwxml.Dump.from_file(f):
        if page.namespace == 0 and not page.redirect:
            for revision in page:
                if revision.text and not re.match(r"\s*#redirect", revision.text, re.I):
                    yield page.id, page.title, revision.text, revision.timestamp.strftime("%Y-%m-%d")


def read(title, wikitext):
    """The article in plain text"""
    from mwparserfromhell import parse
    text = re.sub(r"<ref\b[^<>]*/>|<ref\b[^<>]*>.*?</ref\s*>|<!--.*?-->|__[A-Z]+__", "", wikitext, flags=re.S | re.I)  # slow to parse
    lines = tidy(plain(parse(text, skip_style_tags=True))).split("\n")
    return article(title, [re.sub(r"^(- )+|^[:;\s]+", lambda m: "- " * m[0].startswith("-"), line) for line in lines])


def dump(name, f):
    for page, title, text, day in pages(f):
        sport = None if DISAMBIGUATION.search(text) or title.endswith("(disambiguation)") else sport_of(text)
        if sport:
            try:
                text = read(title, text)
            except RecursionError:  # templates a thousand deep: vandalism
                continue
            yield {"text": text, "sport": sport, "url": f"https://en.wikipedia.org/wiki?curid={page}", "date": day}

# -----------------------------------------------------------------------------
# what others took from older dumps

VERB = re.compile(r"\b(is|are|was|were|be|been|has|have|had|did|does|do|will|would|can|could|he|she|they|it|who|won|lost|beat|made|took|came"
                  r"|went|left|ran|died|fell|holds|ranks|indicates|advance|plays|scored"
                  r"|(?!united|mixed|limited|combined|unlimited|red)\w{3,}ed(?= ))\b", re.I)
JUNK = re.compile(r"^\s*[!|{^]|^\s*#(if|switch|redirect)|\{\{|\}\}|\|\||colspan|style=|__[A-Z]+__"
                  r"|^(sources?|references?|notes?|key|legend|updated?)\s*:"
                  r"|^\"(as of|notes?|source|key|correct|updated|last|statistics|stats|current|caps)\b.*\"$"
                  r"|^((statistics )?(correct|accurate)|last updated?)\b", re.I)


def marked(line):
    """WikiExtractor's headings end in a full stop: "Club career." """
    words = line[:-1].split()
    heading = line.endswith(".") and 0 < len(words) <= 10 and not re.search(r'[.;"]( |$)', line[:-1])
    told = heading and (VERB.fullmatch(words[0]) or VERB.search(line, len(words[0])))
    return f"== {line[:-1]} ==" if heading and not told else line


def extracted(name, f):
    day = next((day for key, day in SNAPSHOT.items() if key in name), "")
    for line in f:
        line = line.strip()
        if line.startswith("<doc "):
            page, sport, lines = re.search(r"curid=(\d+)", line)[1], re.search(r'sport="(\w+)"', line)[1], []
        elif line == "</doc>":
            title, *lines = re.sub(r",\n+(?=\w)", ", ", tidy("\n".join(lines))).split("\n")
            text = article(title.strip(), [marked(line.strip()) for line in lines])
            told = re.search(r"\b(?:is|was|are|were) (?:an?|the) ([^.]{0,100})", text)  # the label is a guess, "is a German footballer" is none
            told = told and sport != "olympics_multi" and about(told[1])
            sport = told if told not in (None, False, "other", "olympics") else LABEL.get(sport, sport)
            yield {"text": text, "sport": sport, "url": f"https://en.wikipedia.org/wiki?curid={page}", "date": day}
        elif not JUNK.search(line):
            lines.append(line)


def olympics(name, f):
    """Sections of the pages on the Games of Tokyo, one row each. What many pages say of the rules comes once; squashed tables end them."""
    seen = set()
    for title, rows in groupby(csv.DictReader(f), lambda row: row["title"]):
        lines = []
        for row in rows:
            text = re.sub(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})", "\n", tidy(row["content"]))
            words = re.findall(r"\w+", text)
            grams = {" ".join(words[i:i + 6]) for i in range(len(words))}
            if len(grams & seen) < .5 * len(grams):
                lines += [f"== {row['heading']} =="] * (row["heading"] != "Summary")
                lines += [line.strip() for line in text.split("\n") if re.search(r'[.!?)"”]\s*$', line) and len(line.split()) > 5]
            seen |= grams
        url = "https://en.wikipedia.org/wiki/" + quote(title.replace(" ", "_"))
        yield {"text": article(title, lines), "sport": "olympics", "url": url, "date": "2021"}


def once(upstream, readers, missing):
    """Each document of 40 words or more once, by its address; readers: (pattern of file names, reader of one file)."""
    seen = set()
    for pattern, reader in readers:
        for name, f in upstream.files(pattern):
            for doc in reader(name, f):
                if doc["url"] not in seen and len(doc["text"].split()) >= 40:
                    seen.add(doc["url"])
                    yield doc
    if not seen:
        raise ValueError(missing)


def documents(upstream, seed):
    """Yield {"text", "sport", "url", "date"}: each page once, the dump's before an older one's."""
    yield from once(upstream, (("*pages-articles*.xml*", dump), ("*sports*.txt", extracted), ("*olympics_sections.csv", olympics)),
                    "no page on sports: neither in a dump (*pages-articles*.xml.bz2) nor in an extract (*sports*.txt, olympics_sections.csv)")


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
