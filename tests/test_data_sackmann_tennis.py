"""data/sackmann_tennis: what the pages say, read back against the rows."""
import csv
import os
import re
from collections import Counter, defaultdict

import pytest

import prepare

STATS = os.path.join(prepare.ROOT, "..", "shared", "data", "stats")
tennis = prepare.load_source("sackmann_tennis")
COLUMNS = ("tourney_id,tourney_name,surface,draw_size,tourney_level,tourney_date,match_num,winner_id,winner_seed,winner_entry,winner_name,winner_hand,winner_ht,winner_ioc,"
           "winner_age,loser_id,loser_seed,loser_entry,loser_name,loser_hand,loser_ht,loser_ioc,loser_age,score,best_of,round,minutes,w_ace,w_df,w_svpt,w_1stIn,w_1stWon,"
           "w_2ndWon,w_SvGms,w_bpSaved,w_bpFaced,l_ace,l_df,l_svpt,l_1stIn,l_1stWon,l_2ndWon,l_SvGms,l_bpSaved,l_bpFaced,winner_rank,winner_rank_points,loser_rank,"
           "loser_rank_points").split(",")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """(rows by tour and tourney_id, {record: document}) of the seasons that lie unpacked: men 1968, 2023 and 2024, women 2023 and 2024."""
    folder, rows = tmp_path_factory.mktemp("sackmann"), defaultdict(list)
    for tour, years in (("atp", (1968, 2023, 2024)), ("wta", (2023, 2024))):
        for year in years:
            path = os.path.join(STATS, f"sackmann_tennis_{tour}", f"{tour}_matches_{year}.csv")
            if not os.path.exists(path):
                pytest.skip(f"{tour}_matches_{year}.csv is not in shared/data")
            os.symlink(os.path.abspath(path), folder / os.path.basename(path))
            with open(path, encoding="utf-8", newline="") as f:
                for row in csv.DictReader(f):
                    row.update({k: " ".join(row[k].split()) for k in ("winner_name", "loser_name", "score")})
                    rows[f"{tour} {row['tourney_id']}"].append(row)
    docs = list(tennis.documents(prepare.Upstream(str(folder)), 1))
    assert len({d["record"] for d in docs}) == len(docs)
    return rows, {d["record"]: d for d in docs}, str(folder)


def winner_of(sentence, a, b):
    """Which of two names the sentence makes the winner."""
    first, second = sorted((a, b), key=sentence.find)
    turned = rf"{re.escape(first)}( \([^)]*\))? (lost|was beaten|fell|went down|retired|gave up|gave|withdrew|was defaulted)\b|^A (retirement|default) by"
    return second if re.search(turned, sentence) else first


def readable(row):
    """Whether the page tells the score: the winner has more sets, or the match was not played out."""
    sets = [int(a) > int(b) for a, b in re.findall(r"(\d+)-(\d+)", row["score"])]
    return "UNK" not in row["score"] and (bool(re.search("[A-Z]", row["score"])) or sum(sets) * 2 > len(sets))


def sentences(text):
    return re.split(r"(?<=[.:])\s+(?=[A-Z])", re.sub(r"\b(No|St|Mt|Ft|[A-Z])\. ", r"\1 ", text))


def test_rounds_of_real_tournaments_are_the_rows(real):
    rows, docs, _ = real
    read = Counter()
    for record, d in docs.items():
        m = re.fullmatch(r"([aw]t[ap] \S+) (R\d+|RR|last)( \d+)?", record)
        if not m:
            continue
        wanted = [r for r in rows[m[1]] if r["round"] == m[2] or m[2] == "last" and r["round"] in ("QF", "SF", "F", "BR")]
        text = d["text"].replace(", ", " ")
        for s in sentences(text):
            named = [(r, [re.sub(r"\b([A-Z])\. ", r"\1 ", r[k]) for k in ("winner_name", "loser_name")]) for r in wanted]  # a point that ends no sentence
            found = [(r, names) for r, names in named if names[0] in s and names[1] in s]
            if not found:
                assert re.search(r"singles|tournament|event|draw|round", s), s
                continue
            found, names = found[0]
            score = re.sub(r"RET(\+H\d+)?|Def\.|Default", "", found["score"]).replace("W/O", "").replace("DEF", "").replace("ABD", "").strip()
            assert (score if readable(found) else "") in s and winner_of(s, *names) == names[0], (s, found)
            assert ("retire" in s or "gave up" in s) == ("RET" in found["score"]) and ("walk-over" in s) == ("W/O" in found["score"])
            if found["minutes"] and (t := re.search(r" in (?:(\d+) hours? ?)?(?:(\d+) minutes?)?\.", s)) and (t[1] or t[2]):
                assert int(t[1] or 0) * 60 + int(t[2] or 0) == int(float(found["minutes"]))
            read["games dropped"] += "dropping" in s
            read["matches"] += 1
        assert d["sport"] == "tennis" and d["date"].replace("-", "") == wanted[0]["tourney_date"]
    assert read["matches"] > 5000 and read["games dropped"] > 100


def test_tournament_pages_are_the_rows(real):
    rows, docs, _ = real
    read = Counter()
    for record, d in docs.items():
        ms = rows.get(record)
        finals = [r for r in ms or [] if r["round"] == "F"]
        if len(finals) != 1 or len(ms) < 8:
            continue
        final, (top, *rest) = finals[0], sentences(d["text"])
        p, q, score = final["winner_name"], final["loser_name"], final["score"]
        year = final["tourney_id"][:4]
        assert p in top and q in top and year in top and ("women's" in top) == record.startswith("wta")
        if re.fullmatch(r"[\d() -]+", score):
            assert score in top and ("lost the final" in top) == (top.find(q) < top.find(p))
            read["finals"] += 1
        path = [r for r in ms if r["winner_name"] == p and r["round"] != "F"]
        for r in path:
            if readable(r) and "Def" not in r["score"]:
                assert f"{r['loser_name']} {r['score'].replace('RET', 'by retirement').replace('W/O', 'by walk-over')} in the" in d["text"], r
                read["path"] += 1
        if (t := re.search(rf"(?:{re.escape(p)} served (\S+) aces? and (\S+) double|there were (\S+) aces? and (\S+) double faults? by|in the final: {re.escape(p)} (\d+) and (\d+))", d["text"])):
            a, b = [int(x.replace("no", "0")) for x in t.groups() if x]
            assert (a, b) == (int(final["w_ace"]), int(final["w_df"]))
            read["aces"] += 1
        if (t := re.search(r"(?:dropped|lost|gave up|) ?(\d+) sets? (?:in the tournament|in winning|went against|\.)", d["text"])):
            lost = sum(int(a) < int(b) for r in path + finals for a, b in re.findall(r"(\d+)-(\d+)", r["score"]))
            assert int(t[1]) == lost
            read["sets"] += 1
        ends = {"retirement": "RET", "walk-over": "W/O", "default": "DEF"}
        for n, word in re.findall(r"(\d+) match(?:es)? (?:ended )?by (retirement|walk-over|default)", d["text"]):
            assert int(n) == sum(ends[word] in r["score"].upper() for r in ms), d["text"]
    assert read["finals"] > 300 and read["path"] > 1300 and read["aces"] > 150 and read["sets"] > 90, read


def test_seasons_and_head_to_heads_are_sums_of_the_rows(real):
    rows, docs, _ = real
    won, lost, met, titles = Counter(), Counter(), Counter(), Counter()
    for key, ms in rows.items():
        team = sum(r["round"] == "F" for r in ms) > 1
        for r in {(r["round"], r["winner_id"], r["loser_id"], r["score"]): r for r in ms}.values():  # a row may come twice
            tour, year = key[:3], r["tourney_id"][:4]
            if r["tourney_level"] in ("E", "J") or re.search("W/O|ABD|unfinished", r["score"]) or "Bye" in r["loser_name"]:
                continue
            w, l = tour + r["winner_id"], tour + r["loser_id"]
            won[w, year] += 1
            lost[l, year] += 1
            met[w, l] += 1
            titles[w, year] += r["round"] == "F" and not team and r["tourney_level"] != "D"
    seasons = [(k.split()[1:], d["text"]) for k, d in docs.items() if k.startswith("season ")]
    for (p, year), text in seasons:
        number = lambda word: int((re.search(rf"(\d+|no) {word}", text)[1]).replace("no", "0"))
        if re.search(r"won \d+ and lost", text.split(". ")[0]):
            w, l = map(int, re.search(r"won (\d+) and lost (\d+)", text).groups())
        else:
            w, l = number("win"), number("loss")
        assert (w, l) == (won[p, year], lost[p, year]), text
        t = re.search(r"(\d+) titles?\b", text)
        assert int(t[1] if t else 0) == titles[p, year], text
    pairs = [(k.split()[1:], d["text"]) for k, d in docs.items() if k.startswith("pair ")]
    for (p, q), text in pairs:
        n, (a, b) = int(re.search(r"(\d+) (?:times|meetings)", text)[1]), sorted((met[p, q], met[q, p]), reverse=True)
        assert n == a + b
        lead = re.sub(r"^.*?(?<=[.]) ", "", text)
        assert sorted(map(int, re.findall(r"\d+", lead.split(".")[0])), reverse=True)[:2] == ([a, b] if a != b else [a, b][:len(re.findall(r"\d+", lead.split(".")[0]))]), text
    assert len(seasons) > 200 and len(pairs) > 20


def test_wording_is_clean_and_drawn_from_the_seed(real):
    _, docs, folder = real
    for d in docs.values():
        assert not re.search(r"\bNone\b|\bnan\b|\bTrue\b|  |[{}|]| [,.;]|\.\.|,\.|\(\)", d["text"]), d["text"]
        assert not re.search(r"(?<![\d-])\b1 (aces|sets|games|titles|finals|wins|matches|breaks)\b|(?<![\d-])\b(?!1\b)\d+ (ace|set|game|title|win|match)\b(?!-)", d["text"]), d["text"]
        assert re.match(r"[A-Z0-9]", d["text"]) and 25 < len(d["text"].split()) <= 400
    again, other = ({d["record"]: d["text"] for d in tennis.documents(prepare.Upstream(folder), seed)} for seed in (1, 2))
    assert again == {k: d["text"] for k, d in docs.items()} and again.keys() == other.keys()
    assert sum(again[k] != other[k] for k in again) > 0.99 * len(again)

# -----------------------------------------------------------------------------
# the odd rows

@pytest.mark.parametrize("text, sets, end", [
    ("6-4 6-3", ((6, 4, None), (6, 3, None)), ""), ("6-7(4) 7-6(10) 12-10", ((6, 7, 4), (7, 6, 10), (12, 10, None)), ""), ("4-6 6-4 [10-7]", ((4, 6, None), (6, 4, None), (10, 7, "match")), ""),
    ("7-6(8-6) 6-0", ((7, 6, 6), (6, 0, None)), ""), ("W/O", (), "wo"), (" W/O", (), "wo"), ("Walkover", (), "wo"), ("6-3 2-1 RET", ((6, 3, None), (2, 1, None)), "ret"), ("RET", (), "ret"),
    ("6-1 4-3 RET+H64", ((6, 1, None), (4, 3, None)), "ret"), ("2-1 ret", ((2, 1, None),), "ret"), ("DEF", (), "def"), ("4-5 Def.", ((4, 5, None),), "def"), ("1-3 Default", ((1, 3, None),), "def"),
    ("6-6 Played and unfinished", ((6, 6, None),), "abd"), ("5-2 ABD", ((5, 2, None),), "abd"), ("6-1 Played and abandoned", ((6, 1, None),), "abd"),
    ("7-Oct", (), ""), ("6-?", (), ""), ("6-4 6-", (), ""), ("UNK", (), ""), ("NA", (), ""), ("", (), ""), ("6-36-3", (), ""), ("4-6 3-6", (), ""), ("6-4 4-6", (), ""), ("&nbsp;", (), "")])
def test_scores(text, sets, end):
    assert tennis.read_score(text) == (sets, end)


def row(score="6-4 6-3", **more):
    r = dict(dict.fromkeys(COLUMNS, ""), tourney_id="1990-1", tourney_name="Rome", surface="Clay", draw_size="4", tourney_level="A", tourney_date="19900507", winner_id="1", loser_id="2",
             winner_name="Ann A", loser_name="Bea B", winner_ioc="USA", loser_ioc="ITA", score=score, best_of="3", round="SF")
    return {**r, **{k: str(v) for k, v in more.items()}}


@pytest.fixture
def told(tmp_path):
    """told(rows) -> the documents of four seeds, as {record: [texts]}."""
    def told(*rows, name="wta_matches_1990.csv"):
        with open(tmp_path / name, "w", encoding="utf-8", newline="") as f:
            out = csv.DictWriter(f, COLUMNS)
            out.writeheader()
            out.writerows(rows)
        docs = defaultdict(list)
        for seed in range(12):
            for d in tennis.documents(prepare.Upstream(str(tmp_path)), seed):
                docs[d["record"]].append(d["text"])
                assert not re.search(r"None|  |[{}|]| [,.;]|\.\.|,\.|\(\)|^[a-z ,]", d["text"]), d["text"]
        return docs
    return told


@pytest.mark.parametrize("score, wanted, never", [
    ("W/O", "walk-over", "beat"), ("6-3 2-1 RET", "6-3 2-1", "in straight sets"), ("RET", "retire", "at ,"), ("DEF", "default", r"\d-\d"), ("4-5 DEF", "default.*4-5|4-5.*default", "retire"),
    ("6-6 ABD", "unfinished|did not finish", "won|lost|beat"), ("7-Oct", "Ann A|Bea B", "Oct"), ("UNK", "Ann A|Bea B", "UNK"), ("3-6 4-6", "Ann A|Bea B", "3-6"), ("4-6 6-4 [10-7]", r"\[10-7\]", "tie-break"),
    ("0-6 0-6 6-0 6-0 6-0", "0-6 0-6 6-0 6-0 6-0", "straight")])
def test_every_ending_in_a_round(told, score, wanted, never):
    docs = told(*(row(score, winner_id=n, loser_id=n + 50, round="QF") for n in range(4)))
    bodies = [t.split("\n", 1)[1].replace(", ", " ") for t in docs["wta 1990-1 last"]]
    assert all(re.search(wanted, b) and not re.search(never, b) for b in bodies), bodies
    assert len(set(bodies)) > 8
    if "unfinished" not in wanted:
        for s in (s for b in bodies for s in sentences(b)):
            assert winner_of(s, "Ann A", "Bea B") == "Ann A", s


def draw(*results, **more):
    """Eight matches: the last is the final, of Ann A."""
    quarters = [row(winner_id=n, loser_id=n + 50, winner_name=f"Win {n}", loser_name=f"Loss {n}", round="QF", **more) for n in (2, 3, 4)]
    return [*quarters, row(loser_id=60, loser_name="Cleo C", round="QF", **more), row("6-0 6-0", loser_id=3, loser_name="Dora D", round="SF", **more),
            row(winner_id=2, winner_name="Bea B", loser_id=4, loser_name="Eve E", round="SF", **more), row(round="BR", winner_id=3, loser_id=4, winner_name="Dora D", loser_name="Eve E", **more),
            {**row(round="F", **more), **dict(results)}]


def test_a_final_that_was_not_played_out(told):
    for score, words in (("W/O", "walk-over"), ("6-1 2-0 RET", "retire|gave up"), ("DEF", "default"), ("UNK", "Ann A")):
        for text in told(*draw(("score", score), ("winner_age", "17.9")), row(tourney_id="1990-2"))["wta 1990-1"]:
            assert re.search(words, text) and "UNK" not in text and " sets" not in text and ("17 years" in text), text
    assert not told(*draw(("score", "6-1 ABD")))["wta 1990-1"]  # no champion


def test_page_of_a_final_with_its_figures(told):
    serve = dict(zip(COLUMNS[27:45], (7, 0, 70, 40, 30, 15, 10, 2, 3, 1, 1, 60, 33, 20, 10, 10, 4, 9)))
    for text in told(*draw(*serve.items(), ("score", "7-6(5) 6-3"), ("winner_seed", "1"), ("minutes", "2475"), draw_size="8"))["wta 1990-1"]:
        assert re.search("Ann A (served 7 aces and no double faults|7 and 0)|there were 7 aces and no double faults by Ann A", text), text
        assert "33" in text and "20" in text or "40" in text and "30" in text
        assert re.search(r"\b5 (breaks|games)|: 5 for|Ann A 5", text) and re.search("top seed", text) and "1 tie-break" in text and "hour" not in text, text
        assert re.search("did not lose a set|every set|No set was lost|without the loss of a set", text)


def test_rows_that_are_no_matches_are_left_out(told):
    rows = draw()
    junk = [row(winner_id=9, loser_id=9), row(loser_name=" Bye1", loser_id=77), row(tourney_level="E", tourney_id="1990-3"), row(round="Q1"), row(tourney_date=""), rows[0]]
    docs = told(*rows, *junk, row(tourney_id="1990-4", winner_name="Michael Brown B395", loser_name="Joaquin  Cardozo ", tourney_name="Us Open", round="F"))
    assert set(docs) == {"wta 1990-1", "wta 1990-1 last", "wta 1990-4"}
    assert all("Bye" not in t and len(re.findall("Win 2", t)) <= 2 for some in docs.values() for t in some)
    assert all("Michael Brown" in t and "B395" not in t and "Joaquin Cardozo" in t and "the 1990 US Open" in t for t in docs["wta 1990-4"])


def test_team_ties(told):
    tie = lambda name, tid, year=1990, **more: row(tourney_id=f"{year}-{tid}", tourney_name=name, tourney_level="D", round="RR", surface="Clay", tourney_date=f"{year}0716", **more)
    docs = told(*(tie("Davis Cup WG QF: TCH vs GER", "D1", winner_ioc="CZE", loser_ioc="GER", loser_id=n) for n in (2, 3)), tie("Davis Cup WG QF: TCH vs GER", "D1", winner_ioc="GER", loser_ioc="CZE", winner_id=5),
                tie("Davis Cup G2 F: SRI vs XXX", "D2", winner_ioc="USA", loser_ioc="ITA"), tie("Davis Cup WG F: IND vs AUS", "D3", 1973, winner_ioc="IND", loser_ioc="AUS"),
                tie("Davis Cup EUR SF: URS vs FRG", "D4", 1972, winner_ioc="RUS", loser_ioc="UNK"), tie("Wightman Cup", "W1", winner_ioc="USA", loser_ioc="GBR"),
                tie("BJK Cup Finals", "B1", 2023, winner_ioc="ESP", loser_ioc="POL"), name="atp_matches_1990.csv")
    texts = docs["ties in the quarter-finals of the World Group of the 1990 Davis Cup 0"]
    assert all(re.search("in the quarter-finals of the World Group of the 1990 Davis Cup", t, re.I) and "2 for Czechoslovakia and 1 for Germany" in t for t in texts), texts
    assert all("Sri Lanka" in t and "XXX" in t and " for Sri" not in t for t in docs["ties in the final of Group II of the 1990 Davis Cup 0"])  # neither side is known
    assert set(k for k in docs if "197" in k) == {"ties in the 1973 Davis Cup 0", "ties in the semi-finals of the European Zone of the 1972 Davis Cup 0"}
    assert all("the Soviet Union" in t.replace("The", "the") and "West Germany" in t for t in docs["ties in the semi-finals of the European Zone of the 1972 Davis Cup 0"])
    assert "ties in the 1990 Wightman Cup 0" in docs and "ties in the round robin of the 2023 Billie Jean King Cup Finals 0" in docs


def test_events_with_several_finals_are_team_events(told):
    docs = told(*draw(tourney_name="United Cup"), row(tourney_name="United Cup", round="F", winner_id=70, winner_name="Fay F"))
    assert "wta 1990-1" not in docs and all("United Cup" in k for k in docs)


def test_it_stops_at_its_size_and_needs_something(told, tmp_path, monkeypatch):
    docs = told(*draw())
    assert set(docs) == {"wta 1990-1", "wta 1990-1 last"}
    monkeypatch.setattr(tennis, "WORDS_AT_MOST", max(len(t.split()) for t in docs["wta 1990-1"]))
    assert set(told(*draw())) == {"wta 1990-1"}  # what matters most comes first
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no match found"):
        list(tennis.documents(prepare.Upstream(str(tmp_path / "empty")), 1))
