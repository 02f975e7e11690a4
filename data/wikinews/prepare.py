"""
English Wikinews' articles on sports, each with its date line.

$ python prepare.py wikinews [--from DIR]

The dump is read like Wikipedia's, by data/wikipedia/prepare.py. An article is finished when it says {{publish}}; its date is in
{{date|March 1, 2005}} or {{byline|date=...|location=...}}, links are {{w|Title|text}}, and the topics are categories or boxes
such as {{Football}}. --from reads jsonl (id, url, title, sport, text) that an extractor left without any of these templates: the
date line is gone in most, and from 2007 on the linked names too ("the league leaders of the and , Chelsea have been drawn"). There the
year is known by the page id, which only grows; sentences with a hole go, and with them articles that begin with one or have many. Gone too are
quotations in boxes, answers and tables: articles that end in "he said," or hold but the questions, and medal tables without medals, go.
"""
import bisect
import importlib.util
import json
import os
import re
import sys
from collections import Counter

FILES = {"enwikinews-latest-pages-articles.xml.bz2": "https://dumps.wikimedia.org/enwikinews/latest/enwikinews-latest-pages-articles.xml.bz2"}
FROM = ["prose/wikinews_sport"]
# the first page ids of 2005, 2006, ...: between reports of events of known days
NEW_YEARS = [2600, 29550, 57500, 88550, 118800, 146900, 230000, 330000, 630000, 1055000, 1820000, 2690000, 2804500, 2830000, 2865000,
             2885000, 2914000, 2937000]

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("data_wikipedia", os.path.join(HERE, os.pardir, "wikipedia", "prepare.py"))
wiki = importlib.util.module_from_spec(spec)
spec.loader.exec_module(wiki)
wiki.SPELL["date"] = lambda a, n: f"\n{''.join(a[:1])}\n"
wiki.SPELL["byline"] = lambda a, n: "\n" + ", ".join(n[key] for key in ("location", "date") if n.get(key)) + "\n"

MONTH = "|".join(wiki.MONTHS)
DAY = re.compile(rf"\b(?:({MONTH}) (\d\d?)|(\d\d?) ({MONTH}))(?:,? (\d{{4}}))?\b")
LOST = re.compile(r"(^|[\s(])['’]s\b|[a-z] ,|\(,|—$"
                  r"|^\W*(and|of|has|have|had|was|were|is|are|will|to|in|for|who|defeated|beat|won|started|began)\b"
                  r"|\b(his|their|the|an?) (and|of|at|in|on|to|by|with|was|were|has|have|who|which|as|for|from|after|defeated|beat) "
                  r"|\b(of|by|against|between|with|from) (and|of|have|has|was|were|is|are|at|in|on) |\b(in|at|by) (in|at) |\bthe (the |not |\()"
                  r"|\b(by|of|against|with|former) (\w+ed|won|beat|has|have|had) (the|an?|his|her|their|in)\b|(?<=\w) s (?=[a-z])"
                  r"|\b(since|until) the when\b")
POINTER = re.compile(r"\b(can be found|see|visit|available)\b.*\b(on|at|in) (Wikipedia|Wikinews|Wikimedia)\b")
SHELL = re.compile(r"[:;,]$|\b(said|stated|added)$|\n(?![a-z]+[A-Z])[a-z]|The following are the medal results")  # its tables, quotations are gone
GAMES = re.compile(r"\bNBA 2K\d|video[ -]?gam|\be-?sports\b|\bXbox\b|PlayStation", re.I)


def day_of(match, year=""):
    """2004-11-13 of November 13, 2004, and of November 13 where the year is known; "" where it is not"""
    year, month, day = match[5] or year, match[1] or match[4], match[2] or match[3]
    return f"{year}-{wiki.MONTHS.index(month) + 1:02}-{int(day):02}" if year else ""


def sport_of(text):
    """The sport that most categories and boxes ({{Cricket}}) name; None: not on sports."""
    names = re.findall(r"\[\[\s*category\s*:\s*([^]|]+)|\{\{\s*([a-z ()]+?)\s*[|}]", text, re.I)
    votes = Counter(sport for category, box in names if (sport := wiki.about(category or box))).most_common()
    return ([sport for sport, _ in votes if sport not in ("other", "olympics")] + [sport for sport, _ in votes] + [None])[0]


def dump(name, f):
    for page, title, text, _ in wiki.pages(f):
        sport = sport_of(text) if re.search(r"\{\{\s*publish\s*[|}]|\[\[\s*category\s*:\s*published", text, re.I) else None
        if sport:
            article = wiki.read(title, text)
            dated = DAY.search(article, len(title), len(title) + 200)
            yield {"text": article, "sport": sport, "url": f"https://en.wikinews.org/wiki?curid={page}", "date": day_of(dated) if dated else ""}


def extracted(name, f):
    for row in map(json.loads, f):
        sport, lead = wiki.LABEL.get(row["sport"], row["sport"]), row["title"] + "\n" + row["text"][:1500]
        if not any(pattern.search(lead) for name, pattern in wiki.SPORTS if name == sport):  # the label is a guess: a rally is not always motorsport
            sport = next((name for name, pattern in wiki.SPORTS if pattern.search(lead)), None)
        title, year = wiki.tidy(row["title"]).removesuffix("/Brief"), str(2004 + bisect.bisect(NEW_YEARS, int(row["id"])))
        lines = [line.strip() for line in wiki.tidy(row["text"]).split("\n")]
        told = [[s for s in wiki.SENTENCES.split(line) if s and not POINTER.search(s)] for line in lines]
        holes = [s for line in told for s in line if wiki.HOLE.search(s) or LOST.search(s)]
        asked = sum(line.endswith("?") for line in lines)
        if SHELL.search("\n" + "\n".join(filter(None, lines))) or GAMES.search(lead) or asked > max(2, .4 * sum(map(bool, lines))):
            continue
        if not sport or not told[0] or told[0][0] in holes or len(holes) > (1 if year < "2010" else 0):
            continue
        dated = re.match(rf"\W*(?:\w+day,? )?{DAY.pattern}(?:\W*$|[^.]{{0,40}}[—–-])", lines[0])  # the few date lines that were no template
        day = day_of(dated, year) if dated else year
        lines = [" ".join(s for s in line if s not in holes) for line in told]
        yield {"text": wiki.article(title, lines), "sport": sport, "url": row["url"], "date": day}


def documents(upstream, seed):
    """Yield {"text", "sport", "url", "date"}: each article once."""
    yield from wiki.once(upstream, (("*pages-articles*.xml*", dump), ("*wikinews*.jsonl", extracted)),
                         "no article on sports: neither in a dump (*pages-articles*.xml.bz2) nor in an extract (*wikinews*.jsonl)")


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
