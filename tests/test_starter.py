"""data/starter: the facts are right, the wordings of the evaluation are never trained on, and nothing contradicts itself."""
import csv
import gzip
import json
import os
import re
import tarfile
import unicodedata
from collections import Counter, defaultdict
from random import Random

import pytest

import prepare
import tokenizer as tok

SEED = 1337
STARTER = os.path.join(prepare.ROOT, "data", "starter")
SHARED = os.path.join(prepare.ROOT, os.pardir, "shared", "data", "stats")

# years between the first and the last row of a table that have no row: no event was held, unless said otherwise
MISSING = {
    "fifa_world_cup": {1942, 1946},  # war
    "australian_open": {1977, 1986},  # 1977 was held twice, January and December: left out; the one of 1986 moved to January 1987
    "stanley_cup": {2005},  # lockout
    "world_series": {1904, 1994},  # the Giants refused; strike
    "summer_olympics": {1916, 1940, 1944},  # war
    "winter_olympics": {1940, 1944},  # war
    "the_open": {2020}, "wimbledon": {2020},  # pandemic
}
# where the years between are not every year
RHYTHM = {
    "fifa_world_cup": range(1930, 2027, 4), "womens_world_cup": range(1991, 2024, 4), "uefa_euro": range(1960, 2025, 4),
    "copa_america": [1975, 1979, 1983, *range(1987, 2002, 2), 2004, 2007, 2011, 2015, 2016, 2019, 2021, 2024],
    "cricket_world_cup": [1975, 1979, 1983, 1987, 1992, 1996, *range(1999, 2024, 4)],
    "t20_world_cup": [2007, 2009, 2010, 2012, 2014, 2016, 2021, 2022, 2024, 2026],
    "summer_olympics": range(1896, 2025, 4), "winter_olympics": [*range(1924, 1993, 4), *range(1994, 2027, 4)],
}
FIGHTS = {"heavyweight_boxing", "ufc_champions"}  # one row per new champion, not per year
LISTS = {"records", "rules"}
NOT_FACTS = {"wordings"}  # sentences, not facts


def read(name):
    """The rows of a table, read here without the code under test."""
    with open(os.path.join(STARTER, name + ".csv"), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


TABLES = sorted(n[:-4] for n in os.listdir(STARTER) if n.endswith(".csv") and n[:-4] not in NOT_FACTS)


def bare(text):
    """A question without case, punctuation and articles."""
    return re.sub(r"[^\w ]", "", re.sub(r"\b(the|a|an)\b ?", "", text.lower())).strip()


@pytest.fixture(scope="module")
def training(starter):
    """[(fact or None, core, question, answer, sport, source)]"""
    return starter.training(SEED)


@pytest.fixture(scope="module")
def questions(starter):
    return list(starter.questions(SEED))

# -----------------------------------------------------------------------------
# the tables

@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_and_no_cell_is_dirty(name):
    rows = read(name)
    assert rows
    for n, row in enumerate(rows, 2):
        assert None not in row and None not in row.values(), f"{name}.csv, line {n}: more or fewer cells than the head"
        assert row["source"].strip(), f"{name}.csv, line {n} has no source"
        for value in row.values():
            assert value == value.strip() and unicodedata.is_normalized("NFC", value) and "  " not in value, f"{name}.csv, line {n}: {value!r}"


@pytest.mark.parametrize("name", [n for n in TABLES if n not in FIGHTS | LISTS])
def test_years_are_unique_in_order_and_complete(name):
    years = [int(row["year"]) for row in read(name)]
    assert years == sorted(set(years))
    want = set(RHYTHM.get(name, range(years[0], years[-1] + 1))) - MISSING.get(name, set())
    assert set(years) == want, f"missing {sorted(want - set(years))}, not expected {sorted(set(years) - want)}"
    assert years[-1] >= 2023


@pytest.mark.parametrize("name", sorted(FIGHTS))
def test_no_title_fight_twice(name):
    rows = [tuple(row.values()) for row in read(name)]
    assert len(rows) == len(set(rows))
    assert all(1880 < int(row["year"]) < 2027 for row in read(name))


@pytest.mark.parametrize("name", TABLES)
def test_nobody_beats_himself(name):
    for row in read(name):
        winner, loser = row.get("winner") or row.get("champion"), row.get("runner_up") or row.get("opponent")
        assert not winner or winner != loser, row


def test_a_score_names_the_winner_first():
    for name in ("fifa_world_cup", "womens_world_cup", "uefa_euro", "champions_league", "super_bowl", "nba_champions", "world_series", "stanley_cup"):
        for row in read(name):
            score = re.fullmatch(r"(\d+)-(\d+)( after extra time| \((\d+)-(\d+) on penalties\)|.*)", row["score"])
            assert score, row
            a, b = (4, 5) if score[4] else (1, 2)
            assert int(score[a]) > int(score[b]), row


def test_super_bowl_numerals(starter):
    for row in read("super_bowl"):
        assert row["numeral"] == ("50" if row["year"] == "2016" else starter.roman(int(row["year"]) - 1966)) or row["numeral"] == "L", row
        assert int(row["season"]) == int(row["year"]) - 1


def test_there_are_no_roman_numerals_below_one(starter):
    assert [starter.roman(n) for n in (1, 4, 9, 14, 40, 54, 60, 94)] == ["I", "IV", "IX", "XIV", "XL", "LIV", "LX", "XCIV"]
    assert [starter.roman(n) for n in (0, -1, -12, -166)] == ["", "", "", ""]


def test_nobody_who_was_heavyweight_champion_twice_is_asked_when(starter):
    twice = {"Floyd Patterson", "Muhammad Ali", "George Foreman", "Evander Holyfield", "Lennox Lewis"}
    assert not twice & {f.key for f in starter.taught() if f.table == "heavyweight_boxing" and f.relation == "year"}

# -----------------------------------------------------------------------------
# against the data of others

def shared(*names):
    path = os.path.join(SHARED, *names)
    return pytest.param(path, marks=pytest.mark.skipif(not os.path.exists(path), reason=f"../shared/data/stats/{'/'.join(names)} is not here"))


@pytest.mark.parametrize("folder", [shared("openfootball_worldcup.json")])
def test_world_cup_finals_against_openfootball(folder):
    compared = 0
    for row in read("fifa_world_cup"):
        with open(os.path.join(folder, row["year"], "worldcup.json"), encoding="utf-8") as f:
            final = [m for m in json.load(f)["matches"] if m["round"] in ("Final", "Final Round")][-1]
        score = final["score"]
        pairs = [sorted(score[k], reverse=True) for k in ("et", "ft", "p") if k in score][:3]
        goals = sorted(score.get("et") or score["ft"], reverse=True)
        decided = score.get("p") or score.get("et") or score["ft"]
        teams = final["team1"], final["team2"]
        winner, loser = teams if decided[0] > decided[1] else teams[::-1]
        assert (row["winner"], row["runner_up"]) == (winner, loser), row
        assert row["score"].startswith(f"{goals[0]}-{goals[1]}"), (row, pairs)
        assert ("p" in score) == ("penalties" in row["score"]) and ("p" not in score or "-".join(map(str, sorted(score["p"], reverse=True))) in row["score"][3:])
        compared += 1
    assert compared == 23


def slug(name):
    return "".join(c for c in unicodedata.normalize("NFD", name.lower().replace(" ", "-").replace(".", "")) if not unicodedata.combining(c))


@pytest.mark.parametrize("path", [shared("f1db", "f1db-src-data.tar.xz")])
def test_formula_1_against_f1db(path):
    champions = {}
    with tarfile.open(path) as tar:
        for member in tar:
            found = re.fullmatch(r"src/data/seasons/(\d+)/(driver|constructor)-standings\.yml", member.name)
            if found:
                first = tar.extractfile(member).read().decode().split("- position:")[1]
                champions[int(found[1]), found[2]] = re.search(r"(?:driver|constructor)Id: (\S+)", first)[1]
    champions[1950, "driver"] = "giuseppe-farina"  # "Nino" there
    for row in read("formula_1"):
        assert slug(row["driver"]) == champions[int(row["year"]), "driver"], row
        assert slug(row["constructor"]) == champions.get((int(row["year"]), "constructor"), ""), row


def lookup(path, key):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", errors="replace") as f:
        return {tuple(row[k] for k in key): row for row in csv.DictReader(f)}


@pytest.mark.parametrize("folder", [shared("chadwick_baseballdatabank", "core")])
def test_world_series_against_the_baseball_databank(folder):
    teams = lookup(os.path.join(folder, "Teams.csv.gz"), ("yearID", "teamID"))
    series = lookup(os.path.join(folder, "SeriesPost.csv"), ("yearID", "round"))
    series["2013", "WS"]["losses"] = "2"  # an error there: Boston won the sixth game
    compared = 0
    for row in read("world_series"):
        s = series.get((row["year"], "WS"))
        if s:
            winner, loser = (teams[s["yearID"], s[k]]["name"] for k in ("teamIDwinner", "teamIDloser"))
            assert (row["winner"], row["runner_up"], row["score"]) == (winner, loser, f"{s['wins']}-{s['losses']}")
            compared += 1
    assert compared > 110


@pytest.mark.parametrize("folder", [shared("hockey_databank")])
def test_stanley_cup_against_the_hockey_databank(folder):
    teams = lookup(os.path.join(folder, "Teams.csv"), ("year", "tmID"))
    with open(os.path.join(folder, "SeriesPost.csv"), encoding="utf-8") as f:
        finals = {}
        for s in csv.DictReader(f):
            if s["round"] in ("F", "SCF") and s["lgIDWinner"] == s["lgIDLoser"] == "NHL":
                finals[int(s["year"]) + 1] = s  # a season is named by the year in which it begins; SCF comes after F
    compared = 0
    for row in read("stanley_cup"):
        s = finals.get(int(row["year"]))
        if s:
            names = [teams[s["year"], s[k]]["name"] for k in ("tmIDWinner", "tmIDLoser")]
            assert [row["winner"], row["runner_up"]] == names and row["score"] == f"{s['W']}-{s['L']}", (row, s)
            compared += 1
    assert compared > 85


# franchise codes of nfl-elo-game and the names they played under
NFL = dict(GB="Packers", KC="Chiefs", OAK="Raiders", NYJ="Jets", IND="Colts", BAL="Ravens", MIN="Vikings", DAL="Cowboys", MIA="Dolphins",
           WSH="Redskins", PIT="Steelers", LAR="Rams", DEN="Broncos", PHI="Eagles", SF="49ers", CIN="Bengals", CHI="Bears", NE="Patriots",
           NYG="Giants", BUF="Bills", LAC="Chargers", TEN="Titans", TB="Buccaneers", CAR="Panthers", SEA="Seahawks", ARI="Cardinals", NO="Saints", ATL="Falcons")


@pytest.mark.parametrize("path", [shared("538_nfl-elo-game", "data", "nfl_games.csv.gz")])
def test_super_bowls_against_fivethirtyeight(path):
    with gzip.open(path, "rt") as f:
        last = {}
        for game in csv.DictReader(f):
            if game["playoff"] == "1" and game["score1"]:
                last[int(game["season"])] = max(game, last.get(int(game["season"]), game), key=lambda g: g["date"])
    compared = 0
    for row in read("super_bowl"):
        game = last.get(int(row["season"]))
        if game:
            sides = [(int(game[f"score{i}"]), NFL[game[f"team{i}"]]) for i in (1, 2)]
            (high, winner), (low, loser) = sorted(sides, reverse=True)
            assert row["winner"].endswith(winner) and row["runner_up"].endswith(loser) and row["score"] == f"{high}-{low}", (row, game)
            compared += 1
    assert compared == 55

# -----------------------------------------------------------------------------
# facts

def test_enough_facts_over_enough_sports(starter):
    facts = starter.taught()
    assert len({f[:4] for f in facts}) >= 500
    sports = Counter(f.view["sport"] for f in facts)
    assert len(sports) >= 8 and min(sports.values()) >= 20


def test_no_two_facts_share_a_key(starter):
    assert [key for key, n in Counter(f[:4] for f in starter.taught()).items() if n > 1] == []


def test_answers_are_the_cells_of_the_tables(starter):
    """Every fact of a table by year, looked up again without the code that made it."""
    column = dict(winner="winner", runner_up="runner_up", score="score", host="host", city="host", country="country")
    by_year = {name: {row["year"]: row for row in read(name)} for name in TABLES if name not in FIGHTS | LISTS}
    checked = 0
    for f in starter.taught():
        if f.table in by_year:
            *side, key = f.key.split(" ") if f.relation in ("winner", "runner_up") else [f.key]
            rows = by_year[f.table]
            if f.relation in column:
                assert rows[key][side[0] if side else column[f.relation]] == f.answer, f[:4]
            elif f.relation == "when":
                assert rows[f.answer]["numeral"] == f.key
            elif f.relation == "host_year":
                assert [y for y, row in rows.items() if row["host"] == f.key] == [f.answer]
            else:
                col, name = (f.view.get("win") or "winner"), f.key.removeprefix(f.view.get("win") + " ") if f.view.get("win") else f.key
                assert f.relation == "year" and [y for y, row in rows.items() if row[col] == name] == [f.answer], f[:4]
            checked += 1
    assert checked > 2500


def test_title_fights_are_the_rows_of_their_tables(starter):
    for f in starter.taught():
        if f.table in FIGHTS:
            rows = [r for r in read(f.table) if r["champion"] in f.answer + f.key and all(part in f"{r.get('division', '').lower()} {r['champion']} {r['year']}" for part in f.key.split())]
            if f.relation == "title":
                assert [r["champion"] for r in read(f.table) if f"{r.get('division', '').lower()} {r['year']}".strip() == f.key] == [f.answer], f[:4]
            elif f.relation == "opponent":
                assert [r["opponent"] for r in rows] == [f.answer], f[:4]
            else:
                assert f.relation == "year" and [r["year"] for r in read(f.table) if f"{r.get('division', '').lower()} {r['champion']}".strip() == f.key] == [f.answer], f[:4]


def test_questions_to_evaluate_carry_the_answers_of_their_facts(starter, questions):
    want = iter(starter.taught())
    fact, groups = None, Counter()
    for q in questions:
        groups[q["group"]] += 1
        if q["group"] == "trained":
            fact = next(want)
        if q["group"] in ("trained", "heldout"):
            assert q["answers"] == [fact.answer] and q["sport"] == fact.view["sport"]
        else:
            assert q["answers"] == [] and q["group"].startswith("unknown: ")
    assert groups["trained"] == len(starter.taught()) and groups["heldout"] > 1.8 * groups["trained"]
    assert len(groups) == 10 and min(groups.values()) >= 100


def test_training_questions_carry_the_answers_of_their_facts(training, starter):
    per_fact = Counter()
    for fact, _, _, answer, _, _ in training:
        assert answer == (fact.answer if fact else tok.ABSTAIN)
        per_fact[fact[:4] if fact else None] += 1
    unknown = per_fact.pop(None)
    assert set(per_fact) == {f[:4] for f in starter.taught()}
    assert min(per_fact.values()) >= 8, min(per_fact, key=per_fact.get)
    assert abs(unknown / len(training) - starter.p_unknown) < 0.02


def test_no_question_is_taught_with_two_answers(training):
    answers = defaultdict(set)
    for _, _, question, answer, _, _ in training:
        answers[bare(question)].add(answer)
    assert {q: a for q, a in answers.items() if len(a) > 1} == {}


def test_no_question_is_evaluated_with_two_answers(questions):
    answers = defaultdict(set)
    for q in questions:
        answers[bare(q["question"])].add(tuple(q["answers"]))
    assert {q: a for q, a in answers.items() if len(a) > 1} == {}

# -----------------------------------------------------------------------------
# what is held out

def test_no_core_is_both_trained_and_held_out(starter, training):
    held = starter.heldout_cores()
    assert len(held) > 200 and not held & starter.trained_cores()
    used = {starter.normal(core) for _, core, *_ in training if core != "unknown"}
    assert len(used) > 4000 and not held & used
    assert starter.normal("{W} WON the {E}?") == starter.normal("Who won {E}") == starter.normal("which {n} won {E}?")


def test_no_heldout_question_is_trained_on_in_any_case_or_punctuation(training, questions):
    trained = {bare(question) for _, _, question, *_ in training}
    assert [q["question"] for q in questions if q["group"] != "trained" and bare(q["question"]) in trained] == []
    assert all(bare(q["question"]) in trained for q in questions if q["group"] == "trained")

# -----------------------------------------------------------------------------
# what is not known

def test_unheld_years_are_in_no_table(starter):
    years = {name: {int(row["year"]) for row in read(name)} for name in TABLES if name not in LISTS}
    for group in ("year not held", "future", "before the first"):
        pairs = starter.unheld(group)
        assert pairs
        for view, unheld in pairs:
            assert not years[view["table"]] & set(unheld), (group, view["table"])


def test_no_taught_super_bowl_is_asked_as_an_unknown_year(starter):
    numerals = {row["numeral"].lower() for row in read("super_bowl")}
    wrong = []
    for group in ("future", "before the first"):
        rng = Random(0)
        for _ in range(4000):
            made = starter.make_unknown(rng, group, SEED, "train", "train")
            named = re.search(r"super bowl (\d{1,2}\b|[ivxl]+\b)", made[1].lower()) if made else None
            if named and (named[1] in numerals or named[1].isdigit() and int(named[1]) <= 60):
                wrong.append(made[1])
    assert wrong == []


def test_names_said_to_have_never_won_are_not_champions_there(starter):
    """The year a champion won is asked for champions of another competition: never one that the table has."""
    champions = defaultdict(set)
    for view, rows in starter.views():
        champions[view["id"], view["table"]] = {row["win"] for row in rows}
    seen = 0
    ask, calls = starter.ask, []
    starter.ask = lambda rng, relation, view, row, part="train": calls.append((view, row)) or ask(rng, relation, view, row, part)
    try:
        rng = Random(0)
        for group in ("never won", "invented"):
            for _ in range(1000):
                starter.make_unknown(rng, group, SEED, "train", "train")
    finally:
        starter.ask = ask
    for view, row in calls:
        if view.get("table"):
            assert row["win"] not in champions[view["id"], view["table"]], (view["id"], row["win"])
            seen += 1
    assert seen > 1000


@pytest.mark.parametrize("names", ["UNTAUGHT_TEAM", "UNTAUGHT_PERSON"])
def test_untaught_competitions_are_not_taught_ones(starter, names):
    taught = {bare(name[0]) for view, _ in starter.views() for name in view["names"] + view["won"]}
    names = getattr(starter, names)
    assert len(names) == len(set(names)) and not taught & {bare(name) for name in names}


def test_what_unknowns_are_drawn_from_is_split(starter):
    for items, label in ((starter.UNTAUGHT_TEAM, "competitions"), (starter.UNTAUGHT_SPORT, "sports"), (starter.GIVEN, "given")):
        parts = starter.split(items, SEED, label)
        assert not set(parts["train"]) & set(parts["eval"]) and sorted(parts["train"] + parts["eval"]) == sorted(items)

# -----------------------------------------------------------------------------
# documents

def test_documents_have_their_fields_and_no_trace_of_the_machinery(starter):
    n = Counter()
    for doc in starter.documents(SEED):
        assert doc["sport"] and doc["source"] and doc["license"] and {"url", "date"} <= set(doc)
        text = tok.document_text(doc)
        n["messages" if "messages" in doc else "text"] += 1
        assert text.strip() and "{" not in text and "}" not in text and "@" not in text and " None" not in text, doc
        assert not any(name in text for name in tok.CONTROL) and not re.search(r"(?mi)^(system|user|assistant):", text), doc
        assert "the the " not in text.lower() and "  " not in text, doc
        if "messages" in doc:
            roles = [m["role"] for m in doc["messages"]]
            assert roles == ["user", "assistant"] * (len(roles) // 2) and roles
            n["questions"] += len(roles) // 2
    assert n["questions"] > 100_000 and n["text"] > 3000


def test_documents_name_few_enough_sources_to_be_read(starter):
    assert len({source for doc in starter.documents(SEED) for source in doc["source"].split(" + ")}) <= 40


def test_a_seed_gives_the_same_documents_in_every_process(run):
    """Also where Python's hashes, and with them the order of sets, are others."""
    code = f"""if True:
        import hashlib, json, prepare
        s = prepare.load_source("starter")
        for part in (s.documents, s.questions):
            print(hashlib.sha256("".join(json.dumps(d) for d in part({SEED})).encode()).hexdigest())"""
    one, two = (run("-c", code, env=dict(PYTHONHASHSEED=n)).stdout for n in ("1", "2"))
    assert one == two and len(one.split()) == 2


def test_another_seed_gives_other_questions_to_the_same_facts(starter):
    def some(seed):
        return [starter.ask_fact(Random(f"{seed} {f.key}"), f)[1] for f in starter.taught()[:300]]
    assert some(1) == some(1) and sum(a != b for a, b in zip(some(1), some(2))) > 250
