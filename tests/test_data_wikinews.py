"""data/wikinews: finished articles on sports with their date line; what an extractor left holes in is dropped."""
import html
import json
import os
import re
from collections import Counter

import pytest

import prepare

SHARED = os.path.join(prepare.ROOT, os.pardir, "shared", "data")
SPORTS = {*prepare.SPORTS, "other"}


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("wikinews")


@pytest.fixture(scope="module")
def upstream(source):
    folders = [os.path.join(SHARED, folder) for folder in source.FROM]
    if not all(map(os.path.isdir, folders)):
        pytest.skip("the extract of Wikinews is not here")
    return prepare.Upstream(*folders)


@pytest.fixture(scope="module")
def real(source, upstream):
    return list(source.documents(upstream, 1))


def page(id, title, text):
    return (f"<page><title>{html.escape(title)}</title><ns>0</ns><id>{id}</id><revision><id>{id}</id><timestamp>2019-01-02T03:04:05Z</timestamp>"
            "<contributor><ip>0.0.0.0</ip></contributor><model>wikitext</model><format>text/x-wiki</format>"
            f'<text bytes="1" xml:space="preserve">{html.escape(text, quote=False)}</text><sha1>x</sha1></revision></page>')


LONG = ("The game was close until the last minute, when the home side scored its third goal before a crowd of 31,000, and the visitors, who had led "
        "for an hour, could not answer. It was their first defeat of the season.")
CUP = f"""{{{{Football}}}}{{{{date|March 1, 2005}}}}
[[File:Cup.jpg|thumb|The cup]]
'''London''' — {{{{w|Chelsea F.C.|Chelsea}}}} beat [[w:Liverpool|]] 3&ndash;2 in {{{{w|Cardiff}}}} on [[w:Sunday|]].{{{{source|url=x}}}} {LONG}
== Reaction ==
{{{{QuoteLeft|He said so}}}}"We are glad," said {{{{w|José Mourinho}}}}.
== Sources ==
*{{{{source|url=http://x.org|title=Chelsea win|date=March 1, 2005}}}}
== Related news ==
*"[[Chelsea win again]]"
{{{{publish}}}}
[[Category:Football (soccer)]]
[[Category:Europe]]"""
CUP_READ = f"""Chelsea win the cup

March 1, 2005

London — Chelsea beat Liverpool 3–2 in Cardiff on Sunday. {LONG}

Reaction
"We are glad," said José Mourinho."""


def test_articles_of_a_dump(source, tmp_path):
    pytest.importorskip("mwxml")
    pages = [page(10, "Chelsea win the cup", CUP), page(11, "A draft", CUP.replace("publish", "develop")),
             page(12, "A budget", f"{LONG}{{{{publish}}}}[[Category:Economy]]"),
             page(13, "A race", f"{{{{byline|date=5 May 2006|location=Oslo}}}} {LONG} {{{{publish}}}} [[Category:Sports]] [[Category:Formula One]]"),
             page(14, "A day", f"{LONG}\n{{{{Publish}}}}\n[[Category:Tennis]]"),
             page(15, "Old", "#REDIRECT [[A race]] {{publish}} [[Category:Tennis]]")]
    (tmp_path / "enwikinews-latest-pages-articles.xml").write_text(
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><siteinfo><sitename>Wikinews</sitename>'
        '<dbname>enwikinews</dbname><namespaces><namespace key="0" case="first-letter" /></namespaces></siteinfo>' + "".join(pages) + "</mediawiki>",
        encoding="utf-8")
    docs = list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    assert docs[0] == {"text": CUP_READ, "sport": "soccer", "url": "https://en.wikinews.org/wiki?curid=10", "date": "2005-03-01"}
    url = "https://en.wikinews.org/wiki?curid="
    assert docs[1:] == [{"text": f"A race\n\nOslo, 5 May 2006\n\n{LONG}", "sport": "motorsport", "url": url + "13", "date": "2006-05-05"},
                        {"text": f"A day\n\n{LONG}", "sport": "tennis", "url": url + "14", "date": ""}]


DATED = '"November 17, Brisbane, Australia" - The cricket team has won. '


@pytest.mark.parametrize("id, text, expected, date", [
    (880, DATED + LONG, f"{DATED}{LONG}", "2004-11-17"),
    (7000, f"April 7, 2005\nA cricket match was won.\n{LONG}", f"April 7, 2005\n\nA cricket match was won.\n\n{LONG}", "2005-04-07"),
    (29628, f"A cricket match was won by 3 runs.\n{LONG}", f"A cricket match was won by 3 runs.\n\n{LONG}", "2006"),
    (2500, f"A cricket match was won by 3 runs in . It was won. {LONG}", None, ""),
    (2601, f"A cricket match was won. The of and , Chelsea drew. {LONG}", f"A cricket match was won. {LONG}", "2005"),
    (29628, f"A cricket match was won. More can be found at Cricket on Wikipedia. {LONG}", f"A cricket match was won. {LONG}", "2006"),
    (29628, f"A cricket match was won.\n{LONG}\nIn response the captain said,", None, ""),
    (29628, f"A cricket match was won.\nstated: {LONG}", None, ""),
    (200000, f"A cricket match was won. She has two s in 2008. {LONG}", None, ""),
    (29628, f"A cricket match was won. The following are the medal results. {LONG}", None, ""),
    (29628, f"A cricket match was won. {LONG}\nHow was it?\nDid you win?\nAnd then?", None, ""),
    (29628, f"A cricket match was won in a video game. {LONG}", None, ""),
    (200000, f"A cricket match was won. The of and , Chelsea drew. {LONG}", None, ""),
    (200000, f"has won a cricket match. {LONG}", None, ""),
    (200000, f"A rally was held by unions. {LONG.replace('goal', 'speech')}", None, "")])
def test_articles_of_an_extract(source, tmp_path, id, text, expected, date):
    rows = [{"id": str(id), "url": "v", "title": "He &quot;won&quot;/Brief", "sport": "cricket", "text": text},
            {"id": "999999999", "url": "u", "title": "Race", "sport": "motorsport_f1", "text": f"The NASCAR race was long. {LONG}"}]
    (tmp_path / "wikinews_en_sport.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    docs = list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    assert docs[:-1] == ([{"text": 'He "won"\n\n' + expected, "sport": "cricket", "url": "v", "date": date}] if expected else [])
    assert docs[-1]["sport"] == "motorsport" and docs[-1]["date"] == "2022"


def test_nothing_there(source, tmp_path):
    with pytest.raises(ValueError, match="no article on sports"):
        list(source.documents(prepare.Upstream(str(tmp_path)), 1))


def test_real_articles_keep_their_numbers(upstream, real):
    rows = {row["url"]: row for _, f in upstream.files("*.jsonl") for row in map(json.loads, f)}
    numbers = lambda text: Counter(re.findall(r"\d+", text))
    for doc in real:
        row = rows[doc["url"]]
        assert doc["text"].split("\n")[0] == html.unescape(row["title"]).removesuffix("/Brief")
        assert "\nWikinews, 20" not in doc["text"] and not re.search(r"([:;,]|said)$|on Wikipedia\b", doc["text"]), doc["url"]
        assert not numbers(doc["text"]) - numbers(f"{row['title']} {html.unescape(row['text'])}"), doc["url"]


def test_real_articles_are_whole_and_come_once(source, upstream, real):
    assert len(real) > 400 and {doc["sport"] for doc in real} == SPORTS
    for doc in real:
        assert not re.search(r"</?[a-z][^<>]*>|&\w+;|\(\s*\)|  | [,.](\s|$)|\bnan\b", doc["text"]), doc["url"]
        assert re.fullmatch(r"20(0[4-9]|1\d|2[0-2])(-\d\d-\d\d)?", doc["date"]) and doc["url"].startswith("https://en.wikinews.org/")
    assert len({doc["url"] for doc in real}) == len({doc["text"] for doc in real}) == len(real)
    assert list(source.documents(upstream, 2)) == real


def test_years_by_page_id_agree_with_the_years_of_the_titles(real):
    """"... win the 2006 ...": of the reports that name a year in their title most are of that year, none is older by more than one."""
    told = [(int(doc["date"][:4]), int(year)) for doc in real for year in re.findall(r"\b20[012]\d\b", doc["text"].split("\n")[0])]
    assert len(told) > 80 and sum(a == b for a, b in told) > .7 * len(told)
    assert all(a >= b - 12 and a <= b + 1 for a, b in told)
