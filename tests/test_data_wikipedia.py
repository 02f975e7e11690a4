"""data/wikipedia: wikitext becomes readable text, only pages on sports are taken, and what an extractor left over is mended."""
import bz2
import csv
import html
import itertools
import os
import re
import sys
from collections import Counter

import pytest

import prepare

SHARED = os.path.join(prepare.ROOT, os.pardir, "shared", "data")
SPORTS = {*prepare.SPORTS, "other"}


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("wikipedia")


@pytest.fixture(scope="module")
def upstream(source):
    folders = [os.path.join(SHARED, folder) for folder in source.FROM]
    if not all(map(os.path.isdir, folders)):
        pytest.skip("the extracts of Wikipedia are not here")
    return prepare.Upstream(*folders)


@pytest.fixture(scope="module")
def some(source, upstream):
    """[(document, what upstream has)] of every 60th page of each extract."""
    out = []
    for name, f in upstream.files("*sports*.txt"):
        blocks = re.findall(r"<doc .*?</doc>\n", f.read(), re.S)[::60]
        out += [(doc, block) for block in blocks for doc in source.extracted(name, block.splitlines(True))]
    return out


def page(title, text, ns=0, id=1, redirect=""):
    redirect = f'<redirect title="{redirect}" />' if redirect else ""
    return (f"<page><title>{html.escape(title)}</title><ns>{ns}</ns><id>{id}</id>{redirect}<revision><id>{id + 900}</id><parentid>7</parentid>"
            "<timestamp>2024-05-06T07:08:09Z</timestamp><contributor><username>A</username><id>3</id></contributor><comment>c</comment>"
            f"<origin>{id + 900}</origin><model>wikitext</model><format>text/x-wiki</format>"
            f'<text bytes="1" sha1="x" xml:space="preserve">{html.escape(text, quote=False)}</text><sha1>x</sha1></revision></page>')


def write_dump(folder, pages, name="enwiki-latest-pages-articles.xml.bz2"):
    """A dump by export-0.11.xsd"""
    text = ('<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><siteinfo><sitename>Wiki</sitename>'
            "<dbname>enwiki</dbname><base>https://en.wikipedia.org/wiki/Main_Page</base><generator>MediaWiki 1.45</generator>"
            '<case>first-letter</case><namespaces><namespace key="0" case="first-letter" /><namespace key="1" case="first-letter">Talk</namespace>'
            "</namespaces></siteinfo>" + "\n".join(pages) + "</mediawiki>")
    with (bz2.open if name.endswith("bz2") else open)(folder / name, "wt", encoding="utf-8") as f:
        f.write(text)
    return prepare.Upstream(str(folder))


ADA = """{{short description|Norwegian footballer}}
{{Infobox football biography
| name = Ada Example
| image = Ada.jpg | caption = Ada in 2019
| full_name = Ada Marie Example<ref name="x">{{cite web|title=Ada|url=http://x.org}}</ref>
| birth_date = {{birth date and age|df=y|1995|7|10}}
| birth_place = [[Oslo|Kristiania]],<br />[[Norway]]
| height = {{convert|1.70|m|ftin|abbr=on}}
| position = {{hlist|[[Forward (association football)|Forward]]|Winger}}
| years1 = 2013{{ndash}}2015 | clubs1 = [[Kolbotn Fotball|Kolbotn]] | caps1 = 41 | goals1 = 12
| years2 = 2016– | clubs2 = → [[FC Example]] (loan) | caps2 = | goals2 =
| nationalyears1 = 2014– | nationalteam1 = [[Norway women's national football team|Norway]] | nationalcaps1 = 78 | nationalgoals1 = 40
| medaltemplates = {{MedalSport|Women's football}}{{MedalCompetition|[[Summer Olympics]]}}{{MedalGold|[[2020 Summer Olympics|2020 Tokyo]]|Team}}
| club-update = 3 May 2024
}}
'''Ada Marie Example''' ({{IPA-no|²ɑːdɑ|lang}}; born 10 July 1995) is a ''Norwegian'' footballer.<ref>{{cite news|quote={{nowrap|a}}}}</ref><!-- a
comment --> She weighs {{unknown thing|9}}. She scored 4&nbsp;goals &amp; won [http://x.org the Cup] in {{nhly|2018}}.{{cn|date=May 2020}}
[[File:Ada.jpg|thumb|Ada with [[Oslo|the Cup]]]]
__NOTOC__
== Career ==
=== Club ===
She ran for {{convert|6|ft|2|in|m}} in {{flagicon|NOR}} {{NOR}}, &lt;em&gt;twice&lt;/em&gt;:
* first for [[Kolbotn Fotball]]
** then for ''[[FC Example]]''

{| class="wikitable sortable"
|+ Appearances
! Season !! Club !! Goals
|-
| rowspan="2" | 2014 || [[Kolbotn Fotball|Kolbotn]] || 7
|-
| FC Example<br>(loan) || style="text-align:center" | 5
|- style="background:#eee"
| colspan="2" | '''Total''' || +12
|}

=== International ===
== Gallery ==
<gallery>
File:Ada.jpg|Ada
</gallery>
== Style of play ==
{{Quote|She is quick.}}
<math>x^2</math>
== See also ==
* [[Someone else]]
=== Deeper ===
Not this.
== References ==
{{reflist}}
{{Navbox|name=x}}
[[Category:1995 births]]
[[Category:Norwegian women's footballers]]
"""
ADA_READ = """Ada Example

Full name: Ada Marie Example
Born: 10 July 1995, Kristiania, Norway
Height: 1.70 m
Position: Forward, Winger
Years: 2013–2015 | clubs: Kolbotn | caps: 41 | goals: 12
Years: 2016– | clubs: → FC Example (loan)
National years: 2014– | team: Norway | caps: 78 | goals: 40
Women's football
Summer Olympics
Gold medal: 2020 Tokyo, Team

Ada Marie Example (born 10 July 1995) is a Norwegian footballer. She scored 4 goals & won the Cup in 2018–19.

Career
Club
She ran for 6 ft 2 in in NOR, twice:

- first for Kolbotn Fotball
- then for FC Example
Appearances
Season | Club | Goals
2014 | Kolbotn | 7
2014 | FC Example, (loan) | 5
Total | +12

Style of play
She is quick."""


def test_an_article_reads_like_this(source, tmp_path):
    pytest.importorskip("mwxml")
    docs = list(source.documents(write_dump(tmp_path, [page("Ada Example", ADA, id=12)]), 1))
    assert docs == [{"text": ADA_READ, "sport": "soccer", "url": "https://en.wikipedia.org/wiki?curid=12", "date": "2024-05-06"}]


def test_only_articles_on_sports(source, tmp_path):
    pytest.importorskip("mwxml")
    prose = "It was played over many days and nights, and in the end the home side won it by 3 goals to 1 before a crowd of 4,000 people. "
    prose += "They met again a week later, and then the visitors won it by 2 goals. "
    texts = [("A film", "{{Infobox film}}" + prose + "[[Category:Sports films]][[Category:Football in Texas]][[Category:Tennis]]"),
             ("A town", prose + "[[Category:Towns in Norway]][[Category:Sport in Oslo]]"),
             ("A cup", prose + "[[Category:1990 in tennis]]\n[[category: Tennis tournaments in Norway| ]]"),
             ("A runner", "{{infobox sportsperson\n|sport = [[Athletics]]\n}}" + prose + "[[Category:Olympic athletes of Norway]]"),
             ("A chap", "{{Infobox person}}" + prose + "[[Category:American boxers]]\n[[Category:Olympic boxers of Norway]]"),
             ("A stub", "{{Infobox golfer}} A golfer."),
             ("Old", "#REDIRECT [[Ada Example]]\n[[Category:Norwegian footballers]][[Category:Football]]" + prose),
             ("Ada (disambiguation)", prose + "[[Category:Football clubs]][[Category:Sport]]"),
             ("Ada (name)", prose + "{{surname}}[[Category:Football clubs]][[Category:Sport]]")]
    pages = [page("Ada", ADA, id=1, redirect="Ada Example"), page("Talk:Ada", ADA, ns=1, id=2)]
    docs = list(source.documents(write_dump(tmp_path, pages + [page(*text, id=i) for i, text in enumerate(texts, 3)]), 1))
    assert [(d["text"].split("\n")[0], d["sport"]) for d in docs] == [("A cup", "tennis"), ("A runner", "olympics"), ("A chap", "combat")]


SEASON = """{{Infobox football club season
| club = [[FC Example]]
| manager = {{flagicon|NOR}} [[Ada Example]]
| league result = {{small|'''1st'''}}
}}
The '''2019 FC Example season''' was the club's 20th. All matches of the season stand here, with their scorers and their crowds.
== Matches ==
{{Footballbox collapsible|date={{Start date|2019|5|3}}|team1=[[FC Example]]|score=2–1|team2={{fb|SWE}}
|goals1=[[Ada Example|Example]] {{goal|10||80|pen.}}|goals2=Other {{goal|33}}|stadium=[[Arena]]|attendance=4,000}}
{|
|
{| class="wikitable"
! Pos !! Team
|-
| 1 || FC Example
|}
|}
{| class="navbox"
| not this
|}
[[Category:FC Example]]"""


def test_matches_in_boxes_and_nested_tables(source, tmp_path):
    pytest.importorskip("mwxml")
    upstream = write_dump(tmp_path, [page("2019 FC Example season", SEASON)], "enwiki-20240501-pages-articles1.xml-p1p41242")
    [doc] = source.documents(upstream, 1)
    assert doc["sport"] == "soccer" and doc["text"].split("\n")[2:] == [
        "Club: FC Example", "Manager: Ada Example", "League result: 1st", "",
        "The 2019 FC Example season was the club's 20th. All matches of the season stand here, with their scorers and their crowds.", "",
        "Matches", "- May 3, 2019 | FC Example 2–1 SWE | Example 10, 80, pen.; Other 33 | Arena", "Pos | Team", "1 | FC Example"]


@pytest.mark.parametrize("name, sport", [
    ("Association football midfielders", "soccer"), ("Brazil national football team", "soccer"), ("football biography", "soccer"),
    ("Auburn Tigers football players", "american_football"), ("Players of American football from Texas", "american_football"),
    ("NFL biography", "american_football"), ("Australian rules footballers", "other"), ("rugby league biography", "other"),
    ("Table tennis players", "other"), ("tennis biography", "tennis"), ("AFC Wimbledon players", None), ("Grand Prix race report", "motorsport"),
    ("baseball biography", "baseball"), ("World Series of Poker", None), ("ice hockey player", "hockey"), ("cricketer", "cricket"),
    ("martial artist", "combat"), ("basketball biography", "basketball"), ("golfer", "golf"), ("Olympic event", "olympics"),
    ("Boxing films", None), ("Browning pistols", None), ("settlement", None)])
def test_the_sport_of_a_category_or_an_infobox(source, name, sport):
    assert source.about(name) == sport


@pytest.mark.parametrize("dirty, clean", [
    ("Konstantin (; born 24 March 1970) ran", "Konstantin (born 24 March 1970) ran"), ("(])", ""), ("a () b (, ) c ( )", "a b c"),
    ("Matić (Serbian: Немања; ; born 1 May)", "Matić (Serbian: Немања; born 1 May)"), ("$55,000 ($ today) a year", "$55,000 a year"),
    ("Jammu &amp;amp; Kashmir", "Jammu & Kashmir"), ("one&lt;br&gt;two", "one\ntwo"), ('a <ref name="b">c</ref>d<ref name=e />.', "a d."),
    ("Singh (Punjabi, born 1 May 1970) ran", "Singh (born 1 May 1970) ran"), ('“One”" and "“Two”', "“One” and “Two”"),
    ('the ""Song""', 'the "Song"'), ("recognised.The end", "recognised. The end"), ("'''Bold''' and ''Rocky'''s", "Bold and Rocky's"),
    ("a\u00a0 b\u200b", "a b"), ("(–60 kg)", "(–60 kg)"), ("J.League and 3.The 2", "J.League and 3. The 2")])
def test_tidy(source, dirty, clean):
    assert source.tidy(dirty) == clean


@pytest.mark.parametrize("line, kept", [
    ("He was born in , Mexico. He weighs . He ran.", "He ran."), ("He played for St. Louis in . He won.", "He won."),
    ("In , he won. The of 1990 was lost. He ran .", "He ran."), ('In 2005 he published "" at last. It sold.', "It sold."),
    ("A-League side Roar and the on-field captain won", "A-League side Roar and the on-field captain won"),
    ("After one goal., he left. He ran.", "He ran."), ("He took 3 wickets. before taking more. He ran.", "He ran."),
    ("He is Sr., 195 lbs., of Inc. fame.", "He is Sr., 195 lbs., of Inc. fame."),
    ("1990 | : | in .", "1990 | : | in ."), ("List A and first-class", "List A and first-class")])
def test_sentences_with_holes_go(source, line, kept):
    assert source.whole(line) == kept


@pytest.mark.parametrize("line, heading", [
    ("Club career.", True), ("2008.", True), ("Retired numbers.", True), ("Visually impaired.", True), ("The NFL era.", True),
    ("No full stop", False), ("He was born in Oslo.", False), ("Smith died in 1990.", False), ("He ran. He won.", False), ("Wait...", False)])
def test_headings_of_an_extract(source, line, heading):
    assert source.marked(line) == (f"== {line[:-1]} ==" if heading else line)


def test_headings_without_text_and_what_tables_hung_on(source):
    lines = ["Lead is here.", "== Empty ==", "== A ==", "Text. The winners were:", "== B ==", "In:", "Out:", "== References ==", "Gone.",
             "=== Gone ===", "Gone.", "== C ==", "Names:", "Ada", "Eve", "== D =="]
    assert source.article("T", lines) == "T\n\nLead is here.\n\nA\nText.\n\nC\nNames:\n\nAda\nEve"
    told = "The team won all of its games that year."
    lines = [told, f"{told} It was 1990 at St. Louis. In St. Louis these rules are applied:", "The second team came third in the end.",
             "== Honours ==", "Celtic", "== Words ==", "Wenger was quoted as saying:", "I was glad to see my team win it.",
             "== Rules ==", "It is determined as follows:"]
    assert source.article("T", lines) == (f"T\n\n{told}\n\nIt was 1990 at St. Louis.\n\nThe second team came third in the end.\n\n"
                                          "Words\nWenger was quoted as saying:\n\nI was glad to see my team win it.")


def test_extracts_by_hand(source, tmp_path):
    def doc(id, url, title, sport, text):
        return f'<doc id="{id}" url="{url}" title="{title}" sport="{sport}">\n{title}\n\n{text}\n</doc>\n'

    prose = "He played many games for many clubs over many years, and he scored 21 goals in 42 of them before he stopped in 2009 at last."
    prose += " Then he coached a club in the north, and with it he won the cup at the third attempt."
    live, old = "https://en.wikipedia.org/wiki?curid=", "http://en.wikipedia.org/wiki?action=render&curid="
    (tmp_path / "enwiki2014_sports.txt").write_text(
        doc(5, live + "5", 'A "B" C', "motorsport_f1", f"A is a German footballer.\nCareer.\n{prose}\n|-\n! colspan=2\nStatistics.")
        + doc(6, live + "6", "D", "olympics_multi", "D is a Norwegian boxer. " + prose), encoding="utf-8")
    (tmp_path / "sports_pages.txt").write_text(
        doc("page/200-page/29", old + "5&oldid=595", "A", "soccer", prose)
        + doc("page/200-page/30", old + "7&oldid=596", "E", "other_sport", prose), encoding="utf-8")
    games, track = "at the 2020 Summer Olympics", "entered two riders in the events of the track, and no more than two."
    with open(tmp_path / "olympics_sections.csv", "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([["title", "heading", "content", "tokens"],
                                 ["X " + games, "Summary", f"X sent 5 athletes to the Games.They won. {prose}", 9],
                                 ["X " + games, "Track", f"X {track}\nSprintKeirinOmnium", 9],
                                 ["Y " + games, "Summary", f"Y sent 7 athletes to the Games, all of them swimmers. {prose} Nobody won.", 9],
                                 ["Y " + games, "Track", f"Y {track}", 9]])
    docs = list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    assert docs[0] == {"text": f'A "B" C\n\nA is a German footballer.\n\nCareer\n{prose}', "sport": "soccer", "url": live + "5", "date": "2014-03"}
    assert [(d["url"], d["sport"], d["date"]) for d in docs[1:3]] == [(live + "6", "olympics", "2014-03"), (live + "7", "other", "2014-04")]
    assert docs[3]["text"] == f"X {games}\n\nX sent 5 athletes to the Games. They won. {prose}\n\nTrack\nX {track}"
    assert docs[3]["url"] == "https://en.wikipedia.org/wiki/X_at_the_2020_Summer_Olympics" and len(docs) == 4  # Y says what X says


def test_nothing_there_and_nothing_to_read_it_with(source, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="no page on sports"):
        list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    upstream = write_dump(tmp_path, [page("Ada Example", ADA)])
    monkeypatch.setitem(sys.modules, "mwxml", None)
    with pytest.raises(ValueError, match="^reading a dump takes mwxml and mwparserfromhell: pip install -r requirements-data.txt$"):
        list(source.documents(upstream, 1))


def test_real_pages_keep_their_numbers_and_lose_their_marks(source, some):
    assert len(some) > 500 and {doc["sport"] for doc, _ in some} == SPORTS
    numbers = lambda text: Counter(re.findall(r"\d+", text))
    kept = there = 0
    for doc, block in some:
        text = doc["text"]
        assert not numbers(text) - numbers(html.unescape(html.unescape(block))), doc["url"]
        assert not re.search(r"</?[a-z][^<>]*>|&\w+;|\(\s*\)|\{\{|\}\}|\[\[|\|\||  |\bNone\b|\bnan\b|\n\n\n| \n", text), doc["url"]
        assert text.split("\n")[0] == html.unescape(re.search(r'title="(.*)" sport', block)[1])
        assert doc["date"] in ("2014-03", "2014-04", "2015-05", "2021-10")
        kept, there = kept + len(text.split()), there + len(block.split())
    assert kept > .9 * there


def test_real_pages_have_no_heading_without_text(some):
    """A heading is a line after an empty one, and a line follows it at once."""
    lone = [doc["url"] for doc, _ in some if re.search(r"\n\n[^\n]{1,40}\n\n[^\n]{0,39}[a-z]$", doc["text"])]
    assert len(lone) < 3, lone


def test_real_documents_come_once_and_the_same(source, upstream):
    docs = [list(itertools.islice(source.documents(upstream, seed), 600)) for seed in (1, 2)]
    assert docs[0] == docs[1] and len({d["url"] for d in docs[0]}) == 600
    assert all(len(d["text"].split()) >= 40 for d in docs[0])


def test_real_sections_on_the_games(source, upstream):
    docs = [doc for name, f in upstream.files("*olympics_sections.csv") for doc in source.olympics(name, f)]
    text = next(d["text"] for d in docs if d["text"].startswith("2020 Summer Olympics\n"))
    assert len(docs) > 200 and "Tokyo was selected as the host city" in text and ". The Games were originally scheduled" in text
    assert not any(re.search(r"[a-z]{3}[A-Z][a-z]{3}\w* *$", d["text"]) for d in docs)
