"""data/retrosheet: what the reports say is what the game log says, also where a game was not like others."""
import csv
import os
import re
import zipfile

import pytest

import prepare

FOLDER = os.path.join(prepare.ROOT, os.pardir, "shared", "data", "stats", "retrosheet_gamelog_2019")
SMALL = {w: i for i, w in enumerate("No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split())}
figure = lambda w: SMALL[w.capitalize()] if w.capitalize() in SMALL else int(w)


@pytest.fixture(scope="module")
def source():
    return prepare.load_source("retrosheet")


@pytest.fixture(scope="module")
def rows():
    if not os.path.isdir(FOLDER):
        pytest.skip("no shared/data/stats/retrosheet_gamelog_2019 beside the repository")
    return {" ".join([r[0], r[1], r[3], r[6]]): r for _, f in prepare.Upstream(FOLDER).files("GL2019.TXT") for r in csv.reader(f)}


@pytest.fixture(scope="module")
def docs(source, rows):
    return {d["record"]: d for d in source.documents(prepare.Upstream(FOLDER), 1337)}


def line(day="20190501", number="0", teams=("NYN", "CHN"), league="NL", runs=(3, 5), outs=51, lines=("000111000", "10000310x"), night="N",
         done="", forfeit="", protest="", park="CHI11", crowd=30000, minutes=180, info="", nth=1, hits=(7, 9)):
    """A line of a game log: a list of 161 fields. outs=None: a line of long ago, with little but the score."""
    stat = [[34, h, 1, 0, 1, r, 0, 1, 0, 3, -1, 8, 1, 0, 1, 0, 7, 4, 3, 3, 0, 0, 27, 11, e, 0, 1, 0] for h, r, e in zip(hits, runs, (1, 0))]
    row = [day, number, "Wed", teams[0], league, nth, teams[1], league, nth, *runs, outs, night, done, forfeit, protest, park, crowd, minutes]
    row += lines
    row += sum(stat, []) if outs is not None else [""] * 56
    who = ["Ump One", "Ump Two", "", "", "", "", "Al Boss", "Bo Chief", "Win Ner", "Lo Ser", "", "Ba Tter", "Vis Starter", "Win Ner"]
    row += sum([["id", name or "(none)"] for name in who] + [["id", f"Man {i}", i % 9 + 1] for i in range(18)], []) + [info, "Y"]
    assert len(row) == 161
    return row


@pytest.fixture
def told(source, tmp_path):
    """told(line(...), ...) -> the texts of these games, in order."""
    def told(*games, name="GL2019.TXT", seed=1):
        with open(tmp_path / name, "w", newline="") as f:
            csv.writer(f, quoting=csv.QUOTE_NONNUMERIC).writerows([["" if x is None else x for x in g] for g in games])
        found = {d["record"]: d["text"] for d in source.documents(prepare.Upstream(str(tmp_path)), seed)}
        return [found[" ".join([g[0], g[1], g[3], g[6], name[2:4].lower() if name[2].isalpha() else ""]).strip()] for g in games]
    return told


def test_scores_dates_and_teams_come_back(rows, docs, source):
    for record, r in rows.items():
        first = re.split(r"(?<!\bSt)\. ", docs[record]["text"])[0]
        hi, lo = sorted((int(r[9]), int(r[10])), reverse=True)
        assert re.search(rf"\b{hi}-{lo}\b| {hi}, the .* {lo}\b", first), first
        assert source.dated(r[0]) in docs[record]["text"] and docs[record]["date"] == f"{r[0][:4]}-{r[0][4:6]}-{r[0][6:]}"
        winner, loser = (r[3], r[6]) if int(r[9]) > int(r[10]) else (r[6], r[3])
        names = [" ".join(source.named(source.TEAMS, c, 2019)) for c in (winner, loser)]
        order = [first.index(name) for name in names]
        assert r[9] == r[10] or (order[0] > order[1]) == bool(re.search("lost|were beaten", first)), first


def test_line_scores_hits_errors_crowds_and_times_come_back(rows, docs):
    seen = 0
    for record, r in rows.items():
        text = docs[record]["text"]
        for side, found in enumerate(re.findall(r"^[A-Z][A-Za-z. ]+? ([\dx() ]+) - (\d+) (\d+) (\d+)$", text, re.M)):
            assert found[0].replace(" ", "") == r[19 + side] and found[1:] == (r[9 + side], r[22 + 28 * side], r[45 + 28 * side])
            seen += 1
        crowds = re.findall(r"\b\d{1,3},\d{3}\b", text)
        assert crowds == ([f"{int(r[17]):,}"] if int(r[17] or 0) > 999 else []), text
        hours, minutes = re.search(r"(\d+) hours?(?: (\d+) minutes?)?", text).groups()
        assert int(hours) * 60 + int(minutes or 0) == int(r[18])
    assert seen == 2 * len(rows)


def test_home_runs_pitchers_and_totals_come_back(rows, docs, source):
    counted = dict(HR=0, pitchers=0, H=0)
    for record, r in rows.items():
        text, nick = docs[record]["text"], [source.named(source.TEAMS, r[i], 2019)[1] for i in (3, 6)]
        for name, count in re.findall(r"[Tt]he ((?:[A-Z]\w+ ?)+)(?: hit| had|, who hit|) (\w+) home runs?", text):
            assert r[25 + 28 * nick.index(name.strip())] == str(figure(count)), text
            counted["HR"] += 1
        for name, count, errors in re.findall(r"[Tt]he ((?:[A-Z]\w+ ?)+) had (\w+) hits? and (\w+) errors?", text):
            side = nick.index(name.strip())
            assert (r[22 + 28 * side], r[45 + 28 * side]) == (str(figure(count)), str(figure(errors))), text
            counted["H"] += 1
        if "The decision went to" in text:
            assert f"The decision went to {r[94]} over {r[96]}." in text, text
            counted["pitchers"] += 1
        assert (r[98] in text) == (r[98] != "(none)") or r[98] == r[104], text
    assert min(counted.values()) > 100, counted


def test_lead_taken_for_good(rows, docs, source):
    """Read the innings again, the slow way: after the inning named, the winner is never level or behind."""
    seen = 0
    for record, r in rows.items():
        m = re.search(r"In the (\w+), with \w+ runs?, the ([\w ]+) went in front for good", docs[record]["text"])
        if m:
            innings = [[int(x.strip("()")) for x in re.findall(r"\(\d+\)|\d", r[i])] for i in (19, 20)]
            k = source.ORDINALS.index(m[1]) if m[1] in source.ORDINALS else int(m[1][:-2])
            w = 0 if int(r[9]) > int(r[10]) else 1
            gap = lambda i: sum(innings[w][:i]) - sum(innings[1 - w][:i])
            assert m[2] == source.named(source.TEAMS, r[(3, 6)[w]], 2019)[1]
            assert all(gap(i) > 0 for i in range(k, len(innings[0]) + 1)) and gap(k - 1) - w * innings[0][k - 1] <= 0, record
            seen += 1
    assert seen > 50


def test_days_months_and_season_series_come_back(rows, docs, source):
    days, months, pairs = {}, {}, {}
    for r in rows.values():
        days.setdefault(f"{r[0][:4]}-{r[0][4:6]}-{r[0][6:]}", []).append(r)
        for i in (3, 6):
            months.setdefault(f"{r[0][:4]}-{r[0][4:6]} {r[i]}", []).append((r, i == 6))
        pairs.setdefault(f"2019 {min(r[3], r[6])} {max(r[3], r[6])}", []).append((r, r[6] == min(r[3], r[6])))
    assert {k for k in docs if k not in rows} == {k for d in (days, months, pairs) for k, v in d.items() if len(v) > 2}
    won = lambda r, home: (int(r[10]) > int(r[9])) == home and r[9] != r[10]
    for key, games in {**months, **pairs}.items():
        if len(games) < 3:
            continue
        text = docs[key]["text"]
        results = re.findall(r"(won|lost|tied) (\d+-\d+)\b(?! to the)", text)
        wins = sum(won(r, home) for r, home in games)
        if key in pairs and wins * 2 < sum(r[9] != r[10] for r, _ in games):
            games = [(r, not home) for r, home in games]
        score = lambda r: "{}-{}".format(*sorted((int(r[9]), int(r[10])), reverse=True))
        expected = [("tied" if r[9] == r[10] else "won" if won(r, home) else "lost", score(r)) for r, home in games]
        assert results == expected, (text, results, expected)
        total = [sum(int(r[9 + (home if mine else not home)]) for r, home in games) for mine in (True, False)]
        assert all(str(t) in text for t in total)
    for key, games in days.items():
        if len(games) < 3:
            continue
        assert len(re.findall(r"\d+-\d+|\d+, [A-Za-z. ]+ \d+", docs[key]["text"].split("\n", 1)[-1])) >= len(games)
        for r in games:
            hi, lo = sorted((int(r[9]), int(r[10])), reverse=True)
            assert f"{hi}-{lo}" in docs[key]["text"] or re.search(rf" {hi}, [A-Z][\w. ]+ {lo}\b", docs[key]["text"])


def test_texts_are_clean(docs):
    for d in docs.values():
        assert not re.search(r"None|\bnan\b|  |[{}\[\]|]| ,| \.|\.\.|,,", d["text"]), d["text"]
        assert not re.search(r"\b0 (runs?|hits?|errors?)\b|\b1 (runs|hits|errors|home runs|games)\b", d["text"]), d["text"]
        assert d["sport"] == "baseball" and d["url"].startswith("https://www.retrosheet.org/") and len(d["text"].split()) < 400
    openings = [" ".join(d["text"].split()[:6]) for d in docs.values()]
    assert max(map(openings.count, openings[:300])) < 20


def test_the_sport_is_named_and_nothing_is_said_twice(docs):
    texts = [d["text"] for d in docs.values()]
    assert .4 < sum("baseball" in text.lower() for text in texts) / len(texts) < .95
    assert not re.search(r"no score until [^.]* in the first\b|home runs? to \w+ for|pitcher of record|scores came to", "\n".join(texts))
    for text in texts:
        kept = re.search(r"The lead (the [\w ]+) took in the first, ", text)
        again = re.search("never trailed|were never behind|did not trail|At no time were|never led|never in front|not lead at", text)
        assert not (kept and again), text


def test_visits_of_a_season_stay_apart(told, source, tmp_path):
    told(*(line(day=day) for day in ("20190514", "20190515", "20190803", "20190804")))
    text, = [d["text"] for d in source.documents(prepare.Upstream(str(tmp_path)), 1) if d["record"] == "2019 CHN NYN"]
    assert "May 14 to 15" in text and "August 3 to 4" in text


def test_the_seed_decides(source, rows):
    first = lambda seed: [d["text"] for _, d in zip(range(200), source.documents(prepare.Upstream(FOLDER), seed))]
    assert first(1) == first(1) != first(2)


def test_forfeits(told):
    a, b, c, d = told(line(forfeit="V"), line(day="20190502", forfeit="H", runs=(0, 0), outs=0, lines=("", "")),
                      line(day="20190503", forfeit="T", runs=(9, 4)),
                      line(day="20190504", forfeit="H", runs=(0, 0), outs=27, lines=("00000", "0000")))
    assert "forfeit" in a and re.search("the Cubs were ahead 5-3", a) and not re.search("beat|win went|hit ", a.split("\n\n")[0])
    assert re.search("Mets.* (forfeited|lost by forfeit)|Cubs.*(won|win|awarded).* forfeit|forfeit(ed)? to the Chicago Cubs", b)
    assert re.search("No inning was|Not one inning|never begun", b)
    assert re.search("did not count|no decision|neither side", c, re.I) and "the Mets 9, the Cubs 4" in c
    assert "in the fifth inning" in d and "the score was 0-0" in d


def test_completed_tied_short_and_long_games(told):
    a, b, c, d = told(line(done="20190618,LON01,4,4,54", runs=(5, 6), outs=66, lines=("00011102000", "10001200101")),
                      line(day="20190502", runs=(2, 2), outs=36, lines=("000110", "100001")),
                      line(day="20190503", runs=(1, 2), outs=93, lines=("0000000010000000", "1000000000000001")),
                      line(day="20190504", runs=(10, 0), lines=("(10)00000000", "000000000"), hits=(9, 0), outs=54))
    assert "after 9 innings" in a and "the score was 4-4" in a and "June 18, 2019" in a and "London Stadium" in a
    assert "in 11 innings" in a
    assert re.search("tie|Neither side won", b) and "6 innings" in b and "win went" not in b
    assert "in 16 innings" in c and "bottom of the 16th" in c and "000 000 001 000 000 0 - 1 7 1" in c
    assert "(10)00 000 000 - 10 9 1" in d and re.search("without a hit|did not have a hit|not allow a hit|no hit by the Cubs", d)


def test_doubleheaders(told):
    a, b, c, d = told(line(number="1"), line(number="2"), line(day="20190502", number="B"), line(day="20190503", number="3"))
    assert re.search("first", a) and re.search("second", b) and re.search("double-?header|twin bill", a)
    assert "three teams" in c and "third" in d and "tripleheader" in d
    a, b = told(line(day="20210501", number="1", lines=("0001110", "400010x"), outs=39),
                line(day="20210501", number="2", lines=("00011100", "10000202"), outs=46), name="GL2021.TXT")
    assert "7 innings" in a and "in 7 innings" not in a and "in 8 innings" in b and "bottom of the eighth" in b


def test_protests_and_who_batted_first(told):
    a, b, c = told(line(protest="VY"), line(day="20190502", info="HTBF", lines=("00011100x", "100003100"), runs=(3, 5)),
                   line(day="20190503", info="HTBF", runs=(6, 5), lines=("000111003", "100003100"), outs=52))
    assert re.search("the Mets[^.]*disallowed", a, re.I) and re.search("the Cubs[^.]*upheld", a, re.I)
    assert "bottom" not in b and "00x" in b
    assert re.search("Mets", c) and "bottom of the ninth" in c


def test_post_season_and_all_star_games(told):
    a, = told(line(day="20191023", teams=("WAS", "HOU"), league="AL", nth=2), name="GLWS.TXT")
    assert "Game 2 of the 2019 World Series" in a
    a, = told(line(day="20191013", nth=3), name="GLLC.TXT")
    assert "Game 3 of the 2019 National League Championship Series" in a
    a, b = told(line(day="20191001"), line(day="20221007", nth=1), name="GLWC.TXT")
    assert "in the 2019 National League Wild Card Game" in a and "Game 1 of the 2022 National League Wild Card Series" in b
    a, = told(line(day="20190709", teams=("NLS", "ALS"), league="ML"), name="GLAS.TXT")
    assert "the 2019 All-Star Game" in a and "the American League" in a and "the National League" in a


def test_missing_fields_leave_their_sentence_out(told, source, tmp_path):
    old = dict(teams=("WSU", "BLU"), league="UA", outs=None, night="", crowd="", minutes="", park="BAL04")
    text, = told(line(day="18840417", lines=("000111000", "10000310x"), **old), name="GL1884.TXT")
    assert "Washington Nationals" in text and "Baltimore Monumentals" in text
    assert not re.search("hits?\\b|errors?|home run|hour|night|Attendance|crowd", text, re.I)
    unknown = line(day="18840418", **{**old, "teams": ("XXX", "BLU")})
    with open(tmp_path / "GL1884.TXT", "w", newline="") as f:
        csv.writer(f).writerows([unknown, ["short", "line"]])
    assert list(source.documents(prepare.Upstream(str(tmp_path)), 1)) == []


def test_names_of_their_time(source):
    name = lambda code, year: " ".join(source.named(source.TEAMS, code, year))
    assert [name("CLE", y) for y in (1901, 1910, 2019, 2022)] == ["Cleveland Blues", "Cleveland Naps", "Cleveland Indians", "Cleveland Guardians"]
    assert [name("ANA", y) for y in (2002, 2019)] == ["Anaheim Angels", "Los Angeles Angels"] and name("HOU", 1963) == "Houston Colt .45s"
    assert [source.place("SEA03", y, {}) for y in (2001, 2019)] == [" at Safeco Field in Seattle", " at T-Mobile Park in Seattle"]
    assert source.place("HOU02", 1980, {"HOU02": ("Houston", "Astrodome")}) == " at the Astrodome in Houston"
    assert source.place("ZZZ01", 1980, {}) == ""


def test_no_log_is_an_error_and_zips_are_read(source, tmp_path):
    with pytest.raises(ValueError, match="no game log"):
        list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    rows = "\r\n".join(",".join("" if x is None else f'"{x}"' for x in line(day=f"201905{d:02d}")) for d in range(1, 31))
    with zipfile.ZipFile(tmp_path / "gl2019.zip", "w") as z:
        z.writestr("gl2019.txt", rows)
    docs = list(source.documents(prepare.Upstream(str(tmp_path)), 1))
    assert len(docs) == 30 + 2 + 1 and "https://www.retrosheet.org/gamelogs/gl2019.zip" in source.FILES.values()


def test_many_seasons_give_a_share_each(source, tmp_path, monkeypatch):
    for year in (1990, 2005):
        with open(tmp_path / f"GL{year}.TXT", "w", newline="") as f:
            days = [f"{year}{d // 28 + 4:02d}{d % 28 + 1:02d}" for d in range(150)]
            csv.writer(f).writerows([line(day=d) for d in days] + [line(day=f"{year}1001", forfeit="H")])
    monkeypatch.setattr(source, "whole_seasons", 1)
    games = [d["record"] for d in source.documents(prepare.Upstream(str(tmp_path)), 1) if len(d["record"].split()) == 4]
    assert "19901001 0 NYN CHN" in games and 20 < sum(g < "2" for g in games) < 60 and 90 < sum(g > "2" for g in games) < 130
