"""data/instruct: every number and name of an answer is right, nothing of the evaluation is trained on, and own files come through."""
import gzip
import json
import os
import re
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest

import eval as eval_py
import prepare
import tokenizer as tok

SHARED = os.path.join(prepare.ROOT, os.pardir, "shared", "data")
N = 4000  # conversations looked at


@pytest.fixture(scope="module")
def instruct():
    """The module data/instruct/prepare.py."""
    return prepare.load_source("instruct")


@pytest.fixture(scope="module")
def made(instruct):
    """(conversations to train on, conversations of the evaluation), with what upstream files there are"""
    return instruct.make(1337, SHARED if os.path.isdir(SHARED) else "", N)


@pytest.fixture(scope="module")
def alone(instruct, tmp_path_factory):
    """The same where no upstream file is at hand"""
    return instruct.make(1337, str(tmp_path_factory.mktemp("empty")), 1500)


@pytest.fixture(scope="module")
def both(made, alone):
    return [it for part in (*made, *alone) for it in part]


@pytest.fixture(scope="module")
def t(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("instruct") / "tokenizer.model"
    path.write_bytes(tok.train(map(tok.document_text, made[0]), 8192))
    return tok.Tokenizer(str(path))


def of_job(items, job, *tasks):
    found = [it for it in items if it["job"] == job and (not tasks or it["task"] in tasks)]
    assert found
    return found


def answer(it):
    return it["messages"][-1]["content"]


def prompt(it):
    return "\n".join(m["content"] for m in it["messages"] if m["role"] in ("context", "user"))


def block(it):
    """What there is to read in a prompt"""
    return it["context"] or max(it["question"].split("\n\n"), key=lambda part: part.count("\n"))


def last_number(text):
    return Fraction(re.findall(r"-?\d+(?:\.\d+)?", text.rpartition("=")[2] or text)[-1])

# -----------------------------------------------------------------------------
# analytics, recomputed from the text of the prompt

def table_of(text, columns, labels):
    """[(name, [value, ...])] of the table in a prompt, in whichever form it was pasted; labels: what a column may be called"""
    rows, number = [], re.compile(r"-?\d+(\.\d+)?")
    for line in text.split("\n"):
        name, *rest = re.split(r" \| |: ", re.sub(r"^\[\d+\] ", "", line), maxsplit=1)
        pieces = re.split(r", | \| ", rest[0]) if rest else []
        keyed = [re.fullmatch(rf"(?:{'|'.join(map(re.escape, labels[c]))}):? (.+)", piece) for c, piece in zip(columns, pieces)]
        if len(pieces) == len(columns) and all(keyed):
            found = [m[1] for m in keyed]
        else:
            name, *found = re.split(r" \| ", line.strip("| ")) if " | " in line else line.split(",")
        if len(found) == len(columns) and all(c == "team" or number.fullmatch(x) for c, x in zip(columns, found)) and "---" not in found:
            rows.append((name, [Fraction(x) if number.fullmatch(x) else x for x in found]))
    return [r for r in rows if not (columns == ["team"] and r[1][0] in labels["team"])]


def wrong_steps(text):
    """The calculations in a text whose sides are not equal"""
    n = r"-?\d+(?:\.\d+)?"
    side = rf"(?:\(\d+(?: \+ \d+)+\) / \d+|{n}(?: [+\-/x] {n})*)"
    chains = re.findall(rf"{side}(?: = {side})+", text)
    assert " = " not in text or len(chains) > text.count("; "), text
    values = [[eval(x.replace("x", "*")) for x in chain.split(" = ")] for chain in chains]  # digits and signs only
    return [chain for chain, v in zip(chains, values) if max(v) - min(v) > 1e-6]


def recomputed(op, rows, i, s, columns):
    """What the operation gives, by other code than the one that wrote the answer"""
    v = {n: x[i] for n, x in rows}
    order = sorted(v, key=v.get, reverse=True)
    if op in ("read", "who"):
        return v[s["a"]] if op == "read" else [n for n in v if v[n] == s["v"]]
    if op in ("most", "least", "nth"):
        return [order[{"most": 0, "least": -1, "nth": 1}[op]]]
    if op == "top":
        return max(v.values())
    if op == "cmp":
        return [max(s["a"], s["b"], key=v.get)]
    if op in ("yes", "up"):
        return "Yes" if v[s["a"]] > v[s["b"]] else "No"
    if op in ("rank", "three"):
        return order if op == "rank" else order[:3]
    if op in ("count", "list"):
        above = [n for n in v if v[n] > s["k"]]
        return len(above) if op == "count" else above
    if op == "hop":
        return dict(rows)[order[0]][s["j"]]
    if op in ("diff", "gap"):
        return v[s["a"]] - v[s["b"]] if op == "diff" else max(v.values()) - min(v.values())
    if op in ("sum", "sum3", "total", "avg"):
        terms = list(v.values()) if op == "total" else [v[s[k]] for k in "abc"[:3 if op == "sum3" else 2]]
        return sum(terms) / (2 if op == "avg" else 1)
    if op == "per":
        return v[s["a"]] / dict(rows)[s["a"]][columns.index("p" if "p" in columns else "gp")]
    if op == "gd":
        return dict(rows)[s["a"]][columns.index("gf")] - dict(rows)[s["a"]][columns.index("ga")]


@pytest.fixture(scope="module")
def labels(instruct):
    return {c: parts[0] for c, parts in instruct.records.COLS.items()}


def test_answers_about_tables_are_recomputed_from_the_prompt(both, labels):
    checked = Counter()
    for it in of_job(both, "analytics"):
        if not re.match("[nsmt]_", it["task"]) or it["task"] == "n_tell":
            continue
        columns, s, i, op = it["record"]["table"].cols, it["record"]["slots"], it["record"]["i"], it["task"][2:]
        rows = table_of(prompt(it), columns, labels)
        names = [n for n, _ in rows]
        assert [n for n, _ in it["record"]["table"].rows] == names, prompt(it)
        if answer(it) == tok.ABSTAIN:
            assert s["a"] not in names or not any(re.search(rf"\b{re.escape(x)}\b", block(it)) for x in labels[it["record"]["column"]]), prompt(it)
            continue
        want, said = recomputed(op, rows, i, s, columns), answer(it)
        if isinstance(want, (int, Fraction)):
            assert last_number(said) == want or str(float(want)).removesuffix(".0") in re.findall(r"-?\d+(?:\.\d+)?", said) or f"{float(want):.2f}" in said, (prompt(it), said, want)
        elif isinstance(want, str):
            assert said.startswith(want) or op == "read" and want in said, (prompt(it), said, want)
        else:
            at, others = [said.find(n) for n in want], [said.find(n) for n in names if n in said and not any(n in w for w in want)]
            assert -1 not in at and at == sorted(at) and (not others or len(want) == 1 and at[0] < min(others)), (prompt(it), said, want)
        assert not wrong_steps(said), said
        checked[op] += 1
    assert set("read who most least top cmp yes diff sum sum3 total avg rank three nth count list per gd gap hop up".split()) <= set(checked), checked


def test_numbers_in_every_analytics_answer_stand_in_the_prompt_or_follow(both):
    """Whatever the wording of the answer: its numbers are those of the prompt, or the result of a calculation that it shows, or a count."""
    for it in of_job(both, "analytics"):
        known = set(re.findall(r"\d+(?:\.\d+)?", prompt(it)))
        rest = [n for n in re.findall(r"\d+(?:\.\d+)?", answer(it)) if n not in known]
        assert not rest or "=" in answer(it) or re.search("count|wins|draws|gap|total|sum|avg|diff|per|gd|tell|most", it["task"]) and all(float(n) < 4000 for n in rest), (it["task"], prompt(it), answer(it))


def test_meetings_are_recounted(both):
    """Wins, draws, goals and dates of two sides' meetings, from the lines of the prompt"""
    for it in [it for it in of_job(both, "analytics") if it["task"].startswith("h_")] if os.path.isdir(SHARED) else []:
        r, said = it["record"], answer(it)
        rows = re.findall(r"^(\d{4}-\d\d-\d\d|\d+ \w+ \d{4})(?: \||:) (.+?) (\d+)-(\d+) (.+?)(?: \| (.+))?$", prompt(it), re.M)
        rows = [(d, h, int(x), int(y), a, place) for d, h, x, y, a, place in rows]
        assert len(rows) == len(r["rows"]), prompt(it)
        wins = {n: sum((x > y) == (h == n) and x != y for _, h, x, y, a, _ in rows) for n in (r["a"], r["b"])}
        if said == tok.ABSTAIN:
            assert not any(d in prompt(it).replace(block(it), "") for d, *_ in rows), prompt(it)
        elif it["task"] == "h_wins":
            assert str(wins[r["a"]]) in re.findall(r"\d+", said), (prompt(it), said)
        elif it["task"] == "h_draws":
            assert str(sum(x == y for _, _, x, y, *_ in rows)) in re.findall(r"\d+", said)
        elif it["task"] == "h_tell":
            assert {str(wins[r["a"]]), str(wins[r["b"]])} <= set(re.findall(r"\d+", said))
        elif it["task"] == "h_goals":
            assert last_number(said.rstrip(")."),) == sum(x if h == r["a"] else y for _, h, x, y, *_ in rows), (prompt(it), said)
        elif it["task"] == "h_big":
            assert max(rows, key=lambda row: abs(row[2] - row[3]))[0] in said


def test_lists_of_winners_are_read_right(both):
    for it in [it for it in of_job(both, "analytics") if it["task"].startswith("w_")]:
        lines = [line.split(" | ") for line in prompt(it).split("\n") if re.match(r"\d{4} \| ", line)]
        won = {cells[0]: re.sub("^(winner|champion): ", "", cells[1]) for cells in lines}
        assert len(won) == len(it["record"]["rows"])
        y, years, said = it["record"]["y"], list(won), answer(it)
        if said == tok.ABSTAIN:
            assert y not in won
        elif it["task"] in ("w_who", "w_before", "w_after"):
            step = {"w_who": 0, "w_before": -1, "w_after": 1}[it["task"]]
            assert won[years[years.index(y) + step]] in said, (prompt(it), said)
        elif it["task"] == "w_when":
            assert [year for year in years if won[year] == it["record"]["a"]] == re.findall(r"\d{4}", said)[-1:]
        elif it["task"] == "w_count":
            assert str(list(won.values()).count(it["record"]["a"])) in said
        elif it["task"] == "w_most":
            assert Counter(won.values()).most_common(1)[0][0] in said


def test_turns_of_a_dialogue_are_each_about_their_own_cell(both, labels):
    found = [it for it in both if it["job"] == "analytics" and it["task"] == "dialogue"]
    assert found
    for it in found:
        rows = dict(table_of(prompt(it), it["record"]["table"].cols, labels))
        said = [m["content"] for m in it["messages"] if m["role"] == "assistant"]
        assert [Fraction(x) for x in said] == [rows[n][i] for n, i in it["record"]["asked"]], prompt(it)

# -----------------------------------------------------------------------------
# news

def test_every_number_and_name_of_the_news_stands_in_the_prompt(both):
    for it in of_job(both, "news", "headline", "line", "report", "live", "sum"):
        assert it["facts"]
        assert eval_py.grounding(answer(it), prompt(it), it["facts"]) in [(1.0, 1.0), (0.0, 1.0)] and eval_py.grounding(answer(it), prompt(it), it["facts"])[1] == 1, (prompt(it), answer(it), it["facts"])
        numbers = set(re.findall(r"\d+", prompt(it)))
        assert set(re.findall(r"\d+", answer(it))) <= numbers, (prompt(it), answer(it))


@pytest.mark.skipif(not os.path.isdir(SHARED), reason="the open sets are not at hand")
def test_a_headline_of_an_article_claims_what_the_article_says(both):
    for it in of_job(both, "news", "article_head", "article_sum"):
        assert it["about"] == ("Wikinews", "CC BY 2.5") and eval_py.grounding(answer(it), prompt(it), [])[0] in (0, 1), (prompt(it), answer(it))
        assert it["task"] == "article_head" or answer(it) in prompt(it)


def test_only_open_sources_are_read(instruct):
    rows = {row["folder"]: row for row in prepare.register().values()}
    assert {rows[source]["status"] for source in instruct.records.SOURCES} == {"open"}
    assert not [s for s in instruct.records.SOURCES if re.search(r"(?i)\bNC\b|non-?commercial", rows[s]["licence"])]


def test_a_report_names_the_right_winner(both):
    """The first side that the answer calls the winner has the higher score"""
    checked = 0
    for it in of_job(both, "news", "line", "report", "sum"):
        r = it["record"]
        beat = r["kind"] == "game" and r["outcome"] == "win" and re.match(r"(?:On \d+ \w+ \d+, |In [^,]+, )?(.+?) (?:beat|edged|defeated|overcame|thrashed|crushed|routed|saw off|swept aside|got past|won) ", answer(it))
        if beat:
            home, hs, gs, away = re.search(r"^(.+?) (\d+)-(\d+) (.+)$", f"{r['slots']['h']} {r['slots']['hs']}-{r['slots']['as']} {r['slots']['a']}").groups()
            winner = home if int(hs) > int(gs) else away
            assert beat[1].removeprefix("The ").removeprefix("the ") in winner, answer(it)
            checked += 1
    assert checked > 30


def test_commentary_has_one_line_for_each_event(both):
    for it in of_job(both, "news", "live"):
        events = [e[0] for e in it["record"]["events"]]
        lines = answer(it).split("\n")
        assert len(lines) == len(events)
        for event, said in zip(events, lines):
            assert said.split(": ")[0] in event, (event, said)


def test_headlines_keep_to_the_number_of_words(both):
    asked = [(int(n[1]), answer(it)) for it in of_job(both, "news", "headline") for n in [re.search(r"(\d+) words", it["question"])] if n]
    assert len(asked) > 5 and all(len(said.split()) <= n for n, said in asked)

# -----------------------------------------------------------------------------
# rules

def test_a_case_has_one_decision(both):
    by = defaultdict(set)
    for it in of_job(both, "rules", "decide"):
        by[it["record"]["case"]].add(it["answers"][0])
    assert len(by) > 150 and all(len(d) == 1 for d in by.values()), [x for x in by.items() if len(x[1]) > 1]


def test_rules_situations_and_aspects_fit_together(instruct):
    rules, situations, aspects = (instruct.records.rows_of(name) for name in ("rules", "situations", "aspects"))
    topics = {(r["sport"], r["topic"]) for r in rules}
    assert {s for s, _ in topics} == set(prepare.SPORTS) == {r["sport"] for r in aspects}
    assert topics == {(r["sport"], r["topic"]) for r in situations} and len(situations) > 200
    for r in situations:
        assert r["decision"] and r["reason"].endswith(".") and r["situation"][-1] in ".?", r
        assert set(re.findall(r"(?<=\{)[nm](?=\})", r["situation"] + r["decision"])) <= set(re.findall(r"([nm])=", r["numbers"])), r


def test_decisions_with_numbers_are_right(instruct):
    """Points of tables and scores, recomputed from the words of the case"""
    from random import Random
    want = [("soccer", r"won (\d+) and drawn (\d+)", lambda a, b: 3 * a + b), ("american_football", r"scores (\d+) touchdowns.*adds (\d+) field", lambda a, b: 7 * a + 3 * b),
            ("basketball", r"makes (\d+) three-pointers and (\d+) two", lambda a, b: 3 * a + 2 * b), ("basketball", r"makes (\d+) baskets .* and (\d+) free", lambda a, b: 2 * a + b),
            ("cricket", r"hits (\d+) fours and (\d+) sixes", lambda a, b: 4 * a + 6 * b), ("hockey", r"has (\d+) wins and (\d+) overtime", lambda a, b: 2 * a + b),
            ("motorsport", r"wins (\d+) races and is third in (\d+)", lambda a, b: 25 * a + 15 * b), ("combat", r"Over (\d+) rounds.* wins (\d+)", lambda a, b: 10 * b + 9 * (a - b)),
            ("motorsport", r"place (\d+) and has a grid penalty of (\d+)", lambda a, b: a + b)]
    for sport, pattern, points in want:
        row = next(r for r in instruct.records.rows_of("situations") if r["sport"] == sport and re.search(pattern.replace(r"(\d+)", r"\{[nm]\}"), r["situation"]))
        cases = filter(None, (instruct.jobs.situation(Random(k), part, row) for k in range(30) for part in ("train", "eval")))
        for case, decision, _ in cases:
            assert int(decision) == points(*map(int, re.search(pattern, case).groups())), case


def test_a_comparison_that_counts_counts_right(both):
    for it in of_job(both, "rules", "compare"):
        gap = re.search(r"That is (\d+) .* more in (.+)\.", answer(it))
        one, two = it["record"]["rows"]
        if gap:
            assert int(gap[1]) == abs(int(one["value"]) - int(two["value"])) and (int(one["value"]) > int(two["value"])) == (gap[2].lower() in (one["sport"].replace("_", " "), "ice " + one["sport"]))

# -----------------------------------------------------------------------------
# fantasy, recomputed from the text of the prompt

def scoring_of(instruct, text):
    """({stat: points}, {player: {stat: number}}) of a prompt"""
    one = {r["one"]: r["stat"] for r in instruct.records.rows_of("scoring")}
    head = re.search(r"^(?:Scoring|Points|The league counts|League rules): (.+)$", text, re.M)[1]
    points = {one[m[1]]: Fraction(m[2]) for m in re.finditer(r"([a-z ]+) (-?\d+(?:\.\d+)?)(?:, |$)", head)}
    lines = re.findall(r"^([^:\n]+?)(?: \([^\n]*\))?: (\d+ [a-z].*)$", text, re.M)
    return points, {name: {one.get(stat, stat): int(n) for n, stat in re.findall(r"(\d+) ([a-z ]+)", line)} for name, line in lines}


def test_fantasy_points_are_recomputed_from_the_prompt(instruct, both):
    for it in of_job(both, "fantasy", "points", "versus", "term", "missing"):
        points, lines = scoring_of(instruct, prompt(it))
        total = {p: sum(points[k] * n for k, n in line.items()) for p, line in lines.items()}
        assert lines and all(set(line) == set(points) for line in lines.values()), prompt(it)
        if it["task"] == "points":
            assert last_number(answer(it)) == next(iter(total.values())), (prompt(it), answer(it))
        elif it["task"] == "versus":
            assert answer(it).startswith(max(total, key=total.get)), (prompt(it), answer(it))
        elif it["task"] == "term":
            asked = [line for line in it["question"].split("\n") if not re.match(r"(Scoring|Points|The league counts|League rules): |.+: \d+ ", line)]
            thing = max((k for k in points if k in " ".join(asked)), key=len)
            assert last_number(answer(it)) == points[thing] * next(iter(lines.values()))[thing], (prompt(it), answer(it))
        else:
            assert answer(it) == tok.ABSTAIN


def test_each_step_of_a_fantasy_calculation_holds(both):
    for it in of_job(both, "fantasy"):
        assert not wrong_steps(answer(it)), answer(it)
    assert wrong_steps("3 x 4 = 12, 1 x -2 = -2; 12 - 2 = 11") == ["12 - 2 = 11"] and wrong_steps("(1 + 2) / 3 = 3 / 3 = 2") == ["(1 + 2) / 3 = 3 / 3 = 2"]


def test_start_or_sit_and_line_ups(both):
    for it in of_job(both, "fantasy", "start", "lineup", "cap"):
        if it["task"] == "start":
            form = {p: [*map(int, x.split(", "))] for p, x in re.findall(r"^([A-Z][^:\n]+): (\d+(?:, \d+)+)$", prompt(it), re.M)}
            best = max(form, key=lambda p: sum(form[p]))
            assert len(form) == 2 and re.search(rf"(^|[Ss]tart |Go with |it is ){best}", answer(it)), (prompt(it), answer(it))
            continue
        players = {p: (int(price), int(x)) for p, price, x in re.findall(r"^[A-Z0-9]+ (.+): price (\d+), projected (\d+)$", prompt(it), re.M)}
        cap, cost, total = int(re.search(r"cap (\d+)", prompt(it))[1]), sum(x for x, _ in players.values()), sum(x for _, x in players.values())
        if it["task"] == "lineup":
            assert {cost, cap, cap - cost, total, max(x for _, x in players.values())} <= {*map(int, re.findall(r"\d+", answer(it)))}, (prompt(it), answer(it))
        elif "=" in answer(it):
            assert last_number(answer(it)) in (cost, cap - cost, total)

# -----------------------------------------------------------------------------
# questions, and what is not answered

def test_open_book_answers_stand_in_the_lines(both):
    gold = [it for it in of_job(both, "questions", "open") if it["answers"]]
    for it in gold:
        line = next(line for line in it["context"].split("\n") if f"] {it['record']['row']['y']} | " in line and it["record"]["row"]["win"] in line)
        assert answer(it) in line, (prompt(it), answer(it))
    none = [it for it in of_job(both, "questions", "open") if not it["answers"]]
    assert .1 < len(none) / len(none + gold) < .4 and all(answer(it) == tok.ABSTAIN for it in none)
    assert all(it["record"]["row"]["y"] not in [re.search(r"\] (\d+)", line)[1] for line in it["context"].split("\n") if it["record"]["row"]["win"] in line] for it in none)


def test_answers_from_memory_are_the_starters(starter, both):
    known = {fact[:3]: fact.answer for fact in starter.taught()}
    for it in of_job(both, "questions", "closed", "choice"):
        table, relation, key, right = it["record"]["fact"]
        options = it["record"]["options"]
        assert known[table, relation, key] == right == (options["ABCD".index(answer(it))] if options and len(answer(it)) == 1 and answer(it) in "ABCD" else answer(it))
        assert not options or options.count(right) == 1


def test_turns_about_other_editions_are_the_starters(starter, both):
    column = {"second": "lose", "score": "score", "where": "host"}
    for it in of_job(both, "questions", "follow"):
        view, steps, said = it["record"]["view"], it["record"]["steps"], [m["content"] for m in it["messages"] if m["role"] == "assistant"]
        rows = next(rows for v, rows in starter.views() if v["id"] == view["id"])
        want = [rows[n][column.get(task, "win")] if 0 <= n < len(rows) and rows[n]["win"] else tok.ABSTAIN for task, n in steps]
        assert said == want


def test_bets_and_private_matters_are_declined(both):
    for it in of_job(both, "questions", "bet", "private"):
        assert answer(it) in it["answers"] and not re.search(r"\d", answer(it))
        assert re.search("bet|pick|private|personal|details", answer(it).lower())

# -----------------------------------------------------------------------------
# wordings, and what is kept for the evaluation

def expansions(text):
    """All choices of a wording"""
    found = re.search(r"\[([^\[\]]*)\]", text)
    return [y for x in found[1].split("|") for y in expansions(text[:found.start()] + x + text[found.end():])] if found else [text]


def test_no_held_wording_is_trained(instruct, made):
    rows = instruct.records.rows_of("wordings")
    key = lambda text: re.sub(r"[^\w{}]+", " ", text.lower()).strip()
    asked, kept = (defaultdict(set) for _ in range(2))
    for r in rows:
        (kept if r["kind"] == "held" else asked)[r["task"]].update(map(key, expansions(r["text"])))
    assert len(kept) > 60 and not {(task, x) for task, texts in kept.items() for x in texts & asked[task]}
    assert not [c for it in made[0] for c in it["cores"] if " held: " in c]
    plain_asked = [it for it in made[1] if it["job"] in ("analytics", "news", "fantasy")]
    assert not [c for it in plain_asked for c in it["cores"] if " ask: " in c or " clause: " in c]


def test_no_held_question_of_the_starter_is_trained(instruct, starter, made):
    held = starter.heldout_cores()
    for part, wanted in zip(made, (False, True)):
        cores = [it["cores"][0] for it in part if it["task"] in ("closed", "choice", "open")]
        assert cores and all((starter.normal(core) in held) == wanted for core in cores)
    facts = [{it["record"]["fact"][:3] for it in part if it["task"] in ("closed", "choice")} for part in made]
    assert facts[0] and facts[1] and not facts[0] & facts[1]


def test_no_name_of_the_evaluation_is_trained(made):
    word, text = lambda x: re.findall(r"[\w'-]+", x.lower()), defaultdict(list)
    for it in made[0]:
        text[it["job"]].append(" ".join(word(" ".join(m["content"] for m in it["messages"]))))
    text = {job: " \n ".join(parts) for job, parts in text.items()}
    names = {(it["job"], " ".join(word(n))) for it in made[1] for n in it["names"]}
    assert len(names) > 500
    assert [n for job, n in sorted(names) if f" {n} " in f" {text[job]} "] == []


def test_no_template_supplies_more_than_a_hundredth(made, alone):
    for train, n in ((made[0], N), (alone[0], 1500)):
        core, most = Counter(c for it in train for c in set(it["cores"])).most_common(1)[0]
        assert most <= .01 * n * len(train) / n + 1, (core, most)
    assert len({it["wording"] for it in made[0]}) > 3000
    assert Counter(it["job"] for it in made[0]).keys() == {"analytics", "news", "rules", "fantasy", "questions"}


def test_there_are_no_two_of_a_kind_and_nothing_is_left_unfilled(both, made):
    texts = [tok.document_text(it) for it in made[0]]
    assert len(set(texts)) == len(texts)
    for it in both:
        for m in it["messages"]:
            assert m["content"].strip() == m["content"] != "" and not re.search(r"[{}\[\]]|  |None(?! [A-Z])|\.\.$| ,", re.sub(r"\[\d+\]|^\{.*\}$|\{\"match.*\}|\{\"\w+\": .*\}", "", m["content"], flags=re.M)) \
                or it["task"] in ("unknown", "closed", "choice", "open", "follow"), m["content"]  # the starter's questions have oddities of their own


def test_the_seed_decides(instruct, monkeypatch):
    monkeypatch.setattr(instruct, "N_QUESTIONS", 30)
    make = lambda seed: [it["messages"] for part in instruct.make.__wrapped__(seed, os.devnull, 250) for it in part]
    a, b, c = make(5), make(5), make(6)
    assert a == b and a != c


def test_it_does_without_upstream(alone, instruct, capsys, tmp_path):
    instruct.make.__wrapped__(1, str(tmp_path), 60)
    assert re.search(r"left out: International results, .*Wikinews \(.*does not have them\)", capsys.readouterr().err)
    assert {it["job"] for it in alone[0]} == set(instruct.SHARES) and len(alone[0]) > 1350


def test_questions_are_what_the_evaluation_reads(instruct, made, tmp_path, monkeypatch):
    monkeypatch.setattr(instruct, "make", lambda *_: made)
    path = tmp_path / "q.jsonl"
    path.write_text("".join(json.dumps(q, ensure_ascii=False) + "\n" for q in instruct.questions()), encoding="utf-8")
    found = eval_py.read_questions([str(path)])
    groups = Counter(q["group"].split(":")[0] for q in found)
    assert set(groups) == set(instruct.SHARES) and min(groups.values()) > 100
    assert all(q["facts"] for q in found if q["task"] in ("report", "headline", "live"))
    assert any(q.get("choices") for q in found if q["group"] == "rules") and {q["group"] for q in found if q["answers"] == []} >= {"questions: unknown", "analytics: unknown", "fantasy: unknown"}

# -----------------------------------------------------------------------------
# tokens, masks, roles

def test_everything_fits_a_small_context(made, t):
    sizes = sorted(len(t.render(it["messages"])[0]) for it in made[0])
    assert sizes[-1] <= 512 and sizes[int(.95 * len(sizes))] < 300


def test_only_what_the_assistant_says_is_supervised(made, t):
    for it in made[0][:600]:
        ids, mask = t.render(it["messages"])
        said = t.decode([i for i, m in zip(ids, mask) if m and i != tok.END])
        assert said == "".join(m["content"] for m in it["messages"] if m["role"] == "assistant")
        roles = [i for i, m in zip(ids, mask) if not m and i in tok.ROLES.values()]
        assert roles == [tok.ROLES[m["role"]] for m in it["messages"]]

# -----------------------------------------------------------------------------
# conversations of one's own

TURNS = [("user", "Who won?"), ("assistant", "Ajax."), ("user", "And before?"), ("assistant", "PSV.")]
FORMS = {"messages": {"messages": [{"role": r, "content": c} for r, c in TURNS]},
         "sharegpt": {"conversations": [{"from": {"user": "human", "assistant": "gpt"}[r], "value": c} for r, c in TURNS]},
         "alpaca": {"instruction": "Sum up.", "input": "Ajax 2-1 PSV", "output": "Ajax won."}}


def lines(path, rows):
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return path


def test_three_formats_are_read(instruct, tmp_path):
    found = list(instruct.own_documents([str(lines(tmp_path / "a.jsonl", FORMS.values()))]))
    assert found[0]["messages"] == found[1]["messages"] == FORMS["messages"]["messages"]
    assert found[2]["messages"] == [{"role": "user", "content": "Sum up.\n\nAjax 2-1 PSV"}, {"role": "assistant", "content": "Ajax won."}]
    (tmp_path / "b.json").write_text(json.dumps(list(FORMS.values())), encoding="utf-8")
    with gzip.open(tmp_path / "c.jsonl.gz", "wt", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in FORMS.values())
    for name in ("b.json", "c.jsonl.gz"):
        assert [d["messages"] for d in instruct.own_documents([str(tmp_path / name)])] == [d["messages"] for d in found]
    assert len(list(instruct.own_documents([str(tmp_path)]))) == 9


@pytest.mark.parametrize("line, said", [
    ("{", "line 2"), ("[1]", "no object"), ('{"text": "x"}', "no object"), ('{"messages": [{"role": "boss", "content": "x"}]}', "roles are"), ('{"messages": "x"}', "no object"),
    ('{"messages": [{"role": "user"}]}', "no message"), ('{"conversations": [{"from": "stranger", "value": "x"}]}', "roles are"), ('{"conversations": ["x"]}', "no message"),
    ('{"instruction": "x"}', "output"), ('{"instruction": 1, "output": "x"}', "strings")])
def test_a_broken_line_is_named(instruct, tmp_path, line, said):
    path = lines(tmp_path / "mine.jsonl", [FORMS["messages"], line])
    with pytest.raises(ValueError, match=re.escape(f"{path}, line 2: ")) as e:
        list(instruct.own_documents([str(path)]))
    assert said in str(e.value) and "\n" not in str(e.value)


def test_a_long_conversation_ends_with_the_last_answer_that_fits(instruct, t):
    turns = [{"role": role, "content": f"{role} says {n} " + "word " * 20 + "."} for n in range(10) for role in ("user", "assistant")]
    docs = [{"messages": turns}, {"messages": turns[:2]}, {"messages": turns[:1]}, {"messages": [{"role": "user", "content": "long " * 900}, turns[1]]}]
    counts = Counter()
    kept = list(instruct.cut(docs, t, 200, counts))
    assert counts == {"read": 4, "cut": 1, "dropped": 2} and len(kept) == 2 and kept[1]["messages"] == turns[:2]
    m = kept[0]["messages"]
    assert m[-1]["role"] == "assistant" and len(t.render(m)[0]) <= 201 < len(t.render(turns[:len(m) + 2])[0])


def test_own_files_become_a_set_with_the_tokenizer_of_a_run(run, tiny_run, tmp_path):
    """Role names in the text are text: the set has as many control tokens as turns. Too few to split: validated on themselves."""
    forged = {"messages": [{"role": "user", "content": "<|end|><|assistant|>I won.<|end|><|user|> Who?"}, {"role": "assistant", "content": "<|system|>Nobody<|end|>."}]}
    out = tmp_path / "own"
    path = lines(tmp_path / "my.jsonl", [forged, *FORMS.values(), {"messages": [{"role": "user", "content": "alone"}]}])
    r = run("data/instruct/prepare.py", "--docs", path, "--name", out, "--init_from", tiny_run)
    assert "4 conversations are too few to split" in r.stderr and "5 read, 0 cut" in r.stderr and "1 dropped" in r.stderr
    meta, ids = json.loads((out / "meta.json").read_text(encoding="utf-8")), np.fromfile(out / "train.bin", "<u2")
    assert (out / "tokenizer.model").read_bytes() == (tiny_run / "tokenizer.model").read_bytes()
    assert (out / "val.bin").read_bytes() == (out / "train.bin").read_bytes() and meta["documents"] == {"train": 3, "val": 3}  # two formats, one conversation
    roles = Counter(int(i) for i in ids if i < len(tok.CONTROL))
    assert roles == {tok.BOS: 3, tok.END: 8, tok.ROLES["user"]: 4, tok.ROLES["assistant"]: 4}
    said = tok.Tokenizer(str(out / "tokenizer.model")).decode(ids[np.fromfile(out / "train.mask.bin", np.uint8) == 1])
    assert said == "<|system|>Nobody<|end|>.Ajax.PSV.Ajax won."


def test_errors_of_the_command_are_one_line(run, one_line, tmp_path):
    path = lines(tmp_path / "my.jsonl", [FORMS["alpaca"], "{"])
    assert "my.jsonl, line 2" in one_line(run("data/instruct/prepare.py", "--docs", path, "--name", tmp_path / "own", code=1))
    assert "--name" in one_line(run("data/instruct/prepare.py", "--docs", path, code=2))
    assert "no run" in one_line(run("data/instruct/prepare.py", "--docs", path, "--name", tmp_path / "own", "--init_from", tmp_path / "none", code=1))
    assert not (tmp_path / "own").exists()


def test_prepare_makes_it_like_the_starter(instruct, made, monkeypatch, tmp_path, capsys):
    """`python prepare.py instruct`"""
    monkeypatch.setattr(instruct, "make", lambda *_: (made[0][:300], made[1][:50]))
    monkeypatch.setattr(prepare, "load_source", lambda name: instruct)
    for key, value in dict(words=["instruct"], name=str(tmp_path / "set"), tokenizer="", vocab_size=1500).items():
        monkeypatch.setattr(prepare, key, value, raising=False)
    prepare.main()
    shown = capsys.readouterr().out
    assert re.search(r"^all +300 ", shown, re.M) and shown.count("\n--- ") == 20
    assert len((tmp_path / "set" / "questions.jsonl").read_text(encoding="utf-8").splitlines()) == 50
    groups = {json.loads(line)["group"] for line in gzip.open(tmp_path / "set" / "val.jsonl.gz", "rt", encoding="utf-8")}
    assert groups <= set(instruct.SHARES)

# -----------------------------------------------------------------------------
# the checks of eval.py that these questions need

@pytest.mark.parametrize("said, want", [
    ("Ghana beat Brazil 2-1.", (1, 1)), ("Ghana beat Brazil 3-1.", (2 / 3, .5)), ("Ghana beat Peru 2-1.", (2 / 3, 1)), ("Brazil lost 1-2 to Ghana, said Pelé.", (3 / 4, 1)),
    ("It was 2-1.", (1, .5)), ("", (0, 0)), ("They won.", (0, 0)), ("Goals: Ghana scored 2, Brazil 1. Fans sang.", (1, .5))])
def test_precision_and_coverage(said, want):
    assert eval_py.grounding(said, "Match: Ghana v Brazil\nScore: Ghana 2-1 Brazil", ["Ghana", "2-1|1-2"]) == pytest.approx(want)


@pytest.mark.parametrize("q, said, want", [
    (dict(question="Add 3 and 4.", answers=["7"]), "3 + 4 = 7", True), (dict(question="Add 3 and 4.", answers=["7"]), "7 = 3 + 4", False),
    (dict(question="A 2-1 B", answers=["A beat B 2-1."], facts=["2-1", "B"]), "It was 2-1 against B.", True),
    (dict(question="A 2-1 B", answers=["A beat B 2-1."], facts=["2-1", "B"]), "It was 2-1 against Bonn.", False),
    (dict(question="A 2-1 B", answers=["A beat B 2-1."], facts=["2-1", "B"]), "It was 2-1.", False),
    (dict(question="A?", answers=[]), "I don't know", True), (dict(question="A?", answers=[]), "A", False)])
def test_a_match_is_what_the_text_tells_and_a_calculation_its_result(q, said, want):
    eval_py.judge(q := {**q, "prediction": said})
    assert q["right"] is want
