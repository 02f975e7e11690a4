"""eval.py: what counts as right, what a question file may hold, and figures that agree with an independent computation."""
import gzip
import json
import math
import shutil

import pytest
import torch

import eval as eval_py
import tokenizer as tok
from engine import Engine
from model import load_model


@pytest.fixture(scope="module")
def engine(tiny_run):
    return Engine.from_run(str(tiny_run))


@pytest.fixture
def run_copy(tiny_run, tmp_path):
    """A run directory of one's own, so that predictions do not pile up in the shared one."""
    return shutil.copytree(tiny_run, tmp_path / "copied_run")


def write(path, questions):
    path.write_text("".join((q if isinstance(q, str) else json.dumps(q, ensure_ascii=False)) + "\n" for q in questions), encoding="utf-8")
    return path

# -----------------------------------------------------------------------------
# what counts as right

@pytest.mark.parametrize("a, b", [
    ("The Élan", "elan"), ("Pelé", "PELE"), ("1,000", "1000"), ("12,345,678 runs", "12345678 runs"), ("four", "4"), ("Twenty", "20"), ("11.0", "11"), ("a  b\n", "b"),
    ("Spain.", "Spain"), ('"Spain"!', "spain"), ("4-2", "4–2"), ("St. Moritz", "St Moritz"), ("an apple", "apple"), ("I don't know.", "i don’t know"),
    ("9.58 seconds", "9.58 Seconds"), ("e\u0301", "é"), ("3-3 (4-2 on penalties)", "3-3, 4-2 on penalties")])
def test_what_is_the_same(a, b):
    assert eval_py.normalize(a) == eval_py.normalize(b)


@pytest.mark.parametrize("a, b", [
    ("4-2", "42"), ("9.58", "958"), ("9.58", "9 58"), ("1950", "1954"), ("10", "1.0"), ("100", "1"), ("1,5", "15"), ("Spain", "Spain won"), ("Athens", "theatre"),
    ("I don't know.", "I know."), ("10.05", "10.5")])
def test_what_is_not_the_same(a, b):
    assert eval_py.normalize(a) != eval_py.normalize(b)


def test_normalize_literally():
    assert eval_py.normalize("The Élan, 1,000") == "elan 1000"
    assert eval_py.normalize("") == eval_py.normalize("the") == eval_py.normalize("?!") == ""


# R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3, and the rule of three's neighbours
@pytest.mark.parametrize("right, n, low, high", [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1.0),
                                                 (5, 10, 0.2366, 0.7634)])
def test_wilsons_interval(right, n, low, high):
    assert eval_py.interval(right, n) == pytest.approx((low, high), abs=2e-4)


def test_intervals_stay_within_zero_and_one():
    assert eval_py.interval(0, 0) == (0.0, 1.0)
    for n in (1, 7, 1000):
        assert eval_py.interval(0, n)[0] == pytest.approx(0, abs=1e-12) and eval_py.interval(n, n)[1] == pytest.approx(1, abs=1e-12)


class Parrot:
    """An engine that answers what it was told to."""
    config = type("Config", (), dict(block_size=64))

    def __init__(self, tokenizer, answers, scores=()):
        self.tokenizer, self.answers, self.scores, self.prompts = tokenizer, answers, list(scores), []

    def generate(self, prompts, **options):
        self.prompts += prompts
        return [type("Reply", (), dict(text=self.answers.pop(0))) for _ in prompts]

    def log_likelihood(self, prompts, answers):
        self.prompts += prompts
        assert all(a[-1] == tok.END for a in answers)
        return [self.scores.pop(0) for _ in answers]


def test_what_is_right(tiny_tokenizer, monkeypatch):
    monkeypatch.setattr(eval_py, "batch_size", 2, raising=False)
    monkeypatch.setattr(eval_py, "max_new_tokens", 5, raising=False)
    cases = [(["Spain"], " spain.\n", True, False), (["Spain"], "France", False, False), (["Italy", "the Italians"], "Italians", True, False),
             ([], "I don't know.", True, True), ([], "i don't know", True, True), ([], "Spain", False, False), (["Spain"], "I don't know.", False, True), ([], "", False, False)]
    qs = [dict(question="Who?", answers=a) for a, *_ in cases]
    eval_py.answer(Parrot(tiny_tokenizer, [p for _, p, *_ in cases]), qs)
    assert [(q["right"], q["abstained"]) for q in qs] == [(r, a) for *_, r, a in cases]
    assert eval_py.share(qs) == dict(n=8, exact_match=0.5, abstained=3 / 8)


def test_choices_are_scored_by_likelihood(tiny_tokenizer, monkeypatch):
    monkeypatch.setattr(eval_py, "batch_size", 2, raising=False)
    qs = [dict(question="Who?", answers=["Spain"], choices=["France", "Spain", "Italy"]), dict(question="Who?", answers=["Spain"], choices=["France", "Spain"])]
    eval_py.answer(Parrot(tiny_tokenizer, [], [-5.0, -2.0, -3.0, -1.0, -2.0]), qs)
    assert [(q["prediction"], q["right"]) for q in qs] == [("Spain", True), ("France", False)]


def test_what_is_to_be_read_comes_first(tiny_tokenizer):
    t, asked = tiny_tokenizer, dict(question="Who won?", answers=["Spain"])
    plain = eval_py.prompt_of(Parrot(t, []), asked)
    assert plain == t.render([dict(role="user", content="Who won?")], reply=True)[0]
    read = eval_py.prompt_of(Parrot(t, []), {**asked, "context": ["Spain won.", "In 2010."]})
    assert read == t.render([dict(role="context", content="Spain won.\nIn 2010."), dict(role="user", content="Who won?")], reply=True)[0]


def test_a_choice_of_the_real_engine_is_the_likeliest(engine, monkeypatch):
    monkeypatch.setattr(eval_py, "batch_size", 4, raising=False)
    q = dict(question="Who won the World Cup in 2010?", answers=["Spain"], choices=["Spain", "1998", "I don't know.", "zebra"])
    eval_py.answer(engine, [q])
    prompt, t = eval_py.prompt_of(engine, q), engine.tokenizer
    def score(choice):
        ids = t.encode(choice) + [tok.END]
        logp = engine.model(torch.tensor([prompt + ids])).log_softmax(-1)[0, len(prompt) - 1:-1]
        return sum(logp[i, id].item() for i, id in enumerate(ids))
    assert q["prediction"] == max(q["choices"], key=score)

# -----------------------------------------------------------------------------
# question files

GOOD = {"question": "Who won?", "answers": ["Spain"]}


@pytest.mark.parametrize("line", ["{no json", "[]", '"text"', "{}", {"answers": ["x"]}, {"question": 5, "answers": []}, {"question": "Who?"}, {"question": "Who?", "answers": "Spain"},
                                  {"question": "Who?", "answers": [1998]}, {"question": "Who?", "answers": None}, {**GOOD, "context": "a text"}, {**GOOD, "choices": [1, 2]},
                                  {**GOOD, "choices": ["France", "Italy"]}])
def test_a_broken_line_is_named(tmp_path, line):
    path = write(tmp_path / "q.jsonl", [GOOD, GOOD, line, GOOD])
    with pytest.raises(ValueError, match=r"q\.jsonl, line 3: "):
        eval_py.read_questions([str(path)])


@pytest.mark.parametrize("extra", [{"group": 3}, {"sport": ["golf"]}])
def test_a_group_or_sport_that_is_no_string_is_named(tmp_path, extra):
    with pytest.raises(ValueError, match=r"q\.jsonl, line 1: "):
        eval_py.read_questions([str(write(tmp_path / "q.jsonl", [{**GOOD, **extra}]))])


def test_empty_lines_are_left_out_and_the_rest_is_kept(tmp_path):
    path = write(tmp_path / "q.jsonl", [GOOD, "", {**GOOD, "group": "g", "note": "anything else"}, "  "])
    assert eval_py.read_questions([str(path), str(path)]) == [GOOD, {**GOOD, "group": "g", "note": "anything else"}] * 2


@pytest.mark.parametrize("space", ["\u2028", "\u2029", "\u0085"])
def test_unusual_line_separators_within_a_question(tmp_path, space):
    q = {"question": f"Who{space}won?", "answers": []}
    assert eval_py.read_questions([str(write(tmp_path / "q.jsonl", [q]))]) == [q]


def test_no_questions_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="no questions"):
        eval_py.read_questions([str(write(tmp_path / "q.jsonl", [""]))])


def test_questions_of_the_starter_are_readable(starter, tmp_path):
    qs = list(starter.questions(1337))
    assert eval_py.read_questions([str(write(tmp_path / "q.jsonl", qs))]) == qs

# -----------------------------------------------------------------------------
# the command

def test_a_file_never_seen_before(run, run_copy, tmp_path):
    qs = [dict(question="Who won the 2010 World Cup?", answers=["Spain"], sport="soccer", group="easy"), dict(question="Who won in 3010?", answers=[], sport="soccer"),
          dict(question="Who won?", answers=["Spain"], context=["Spain won in 2010."], group="reading"), dict(question="Which?", answers=["7"], choices=["7", "8"], sport="golf"),
          dict(question="Qui a gagné? 🏆", answers=["L'Espagne", "Espagne"])]
    r = run("eval.py", "--out_dir", run_copy, "--questions", write(tmp_path / "my own.v2.jsonl", qs), "--device", "cpu", "--max_new_tokens", 8)
    summary = json.loads(r.stdout.splitlines()[-1])
    assert summary["n"] == 5 and 0 <= summary["exact_match"] <= 1 and 0 <= summary["abstained"] <= 1
    assert {k: v["n"] for k, v in summary["by_group"].items()} == {"easy": 1, "reading": 1, "all": 3}
    assert {k: v["n"] for k, v in summary["by_sport"].items()} == {"soccer": 2, "golf": 1, "all": 2}
    assert "95 %" in r.stdout and "group reading" in r.stdout
    files = list((run_copy / "eval").iterdir())
    assert len(files) == 1 and str(files[0]) in r.stderr
    with open(files[0], encoding="utf-8") as f:
        predictions = [json.loads(line) for line in f]
    assert [{k: v for k, v in p.items() if k in q} for p, q in zip(predictions, qs)] == qs
    assert all(isinstance(p["prediction"], str) and isinstance(p["right"], bool) and isinstance(p["abstained"], bool) for p in predictions)
    assert summary["exact_match"] == sum(p["right"] for p in predictions) / 5
    again = run("eval.py", "--out_dir", run_copy, "--questions", tmp_path / "my own.v2.jsonl", "--device", "cpu", "--max_new_tokens", 8, "--batch_size", 1)
    assert json.loads(again.stdout.splitlines()[-1]) == summary  # greedy, and no matter how it is batched


def test_predictions_are_those_of_the_engine(run, run_copy, tiny_chat_set, engine, tmp_path):
    with gzip.open(tiny_chat_set / "val.jsonl.gz", "rt", encoding="utf-8") as f:
        chats = [d for d in map(json.loads, f) if "messages" in d and len(engine.tokenizer.render(d["messages"][:1], reply=True)[0]) < engine.config.block_size]
    chats = chats[:12]
    assert len(chats) == 12
    path = write(tmp_path / "q.jsonl", [dict(question=d["messages"][0]["content"], answers=[d["messages"][1]["content"]]) for d in chats])
    run("eval.py", "--out_dir", run_copy, "--questions", path, "--device", "cpu", "--max_new_tokens", 6)
    predictions = [json.loads(line)["prediction"] for line in open(run_copy / "eval" / "q.predictions.jsonl", encoding="utf-8")]
    replies = engine.generate([engine.tokenizer.render(d["messages"][:1], reply=True)[0] for d in chats], max_new_tokens=6)
    assert predictions == [r.text.strip() for r in replies]


def test_errors_are_one_line(run, run_copy, tmp_path, one_line):
    good = write(tmp_path / "good.jsonl", [GOOD])
    bad = write(tmp_path / "bad.jsonl", [GOOD, {"question": "Who?"}])
    assert "bad.jsonl, line 2" in one_line(run("eval.py", "--out_dir", run_copy, "--questions", good, bad, code=1))
    (tmp_path / "latin.jsonl").write_bytes('{"question": "café", "answers": []}'.encode("latin-1"))
    line = one_line(run("eval.py", "--out_dir", run_copy, "--questions", tmp_path / "latin.jsonl", code=1))
    assert "latin.jsonl" in line and "UTF-8" in line
    assert "nothere.jsonl" in one_line(run("eval.py", "--out_dir", run_copy, "--questions", tmp_path / "nothere.jsonl", code=1))
    assert "norun" in one_line(run("eval.py", "--out_dir", tmp_path / "norun", "--questions", good, code=1))
    assert "--questions" in one_line(run("eval.py", "--out_dir", run_copy, code=2))
    assert not (run_copy / "eval").exists()


def test_a_question_longer_than_the_context_is_named_and_wrong(run, run_copy, tmp_path):
    text = "What of it? " * 60
    long = write(tmp_path / "long.jsonl", [{"question": text, "answers": []}, {"question": text, "answers": ["Spain"], "choices": ["Spain"]}, GOOD])
    done = run("eval.py", "--out_dir", run_copy, "--questions", long)
    assert done.stderr.count("longer than the context") == 2 and text[:50] in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["n"] == 3
    with open(run_copy / "eval" / "long.predictions.jsonl", encoding="utf-8") as f:
        read = [json.loads(line) for line in f]
    assert [q["right"] for q in read[:2]] == [False, False] and read[0]["prediction"] == "" and read[2]["prediction"]


# -----------------------------------------------------------------------------
# bits per byte

@torch.no_grad()
def plain_bits(model, t, docs):
    """Bits and bytes of documents, from the logits of each window, without any of eval.py."""
    bits, size, T = 0.0, 0, model.config.block_size
    for doc in docs:
        if "messages" in doc:
            ids, mask = t.render(doc["messages"])
        else:
            ids = [tok.BOS, *t.encode(doc["text"]), tok.END]
            mask = [1] * len(ids)
        size += len((doc["text"] if "text" in doc else doc["messages"][1]["content"]).encode())
        for a in range(0, len(ids) - 1, T):
            logp = model(torch.tensor([ids[a:a + T]])).log_softmax(-1)[0]
            bits -= sum(logp[i, ids[a + i + 1]].item() for i in range(len(logp)) if a + i + 1 < len(ids) and mask[a + i + 1]) / math.log(2)
    return bits, size


def test_bits_per_byte(run, tiny_run, tiny_chat_set, tmp_path):
    """By sport, of chats and prose, with documents longer than the context."""
    with gzip.open(tiny_chat_set / "val.jsonl.gz", "rt", encoding="utf-8") as f:
        docs = [json.loads(line) for line in f]
    docs.append({"text": "Spain beat the Netherlands 1-0 in the final. " * 12, "sport": "soccer"})  # several windows
    path = write(tmp_path / "docs.jsonl", docs)
    r = run("eval.py", "--out_dir", tiny_run, "--docs", path, "--device", "cpu")
    got = json.loads(r.stdout.splitlines()[-1])["bits_per_byte"]
    model, _ = load_model(str(tiny_run))
    t = tok.Tokenizer(str(tiny_run / "tokenizer.model"))
    for sport in ("all", "soccer", "golf"):
        bits, size = plain_bits(model, t, [d for d in docs if sport in ("all", d["sport"])])
        assert got[sport]["bytes"] == size and got[sport]["bits_per_byte"] == pytest.approx(bits / size, rel=1e-4), sport
    assert set(got) == {"all", *(d["sport"] for d in docs)} and f"{got['all']['bits_per_byte']:.3f}" in r.stdout


def test_bits_per_byte_of_the_validation_set_is_near_that_of_training(run, tiny_run, tiny_chat_set):
    """train.py computes val_bpb from rows of the .bin; eval.py from the documents themselves."""
    r = run("eval.py", "--out_dir", tiny_run, "--docs", tiny_chat_set / "val.jsonl.gz", "--device", "cpu")
    with open(tiny_run / "metrics.jsonl", encoding="utf-8") as f:
        trained = [json.loads(line) for line in f][-1]["val_bpb"]
    assert json.loads(r.stdout.splitlines()[-1])["bits_per_byte"]["all"]["bits_per_byte"] == pytest.approx(trained, rel=0.1)


def test_a_uniform_model_needs_log2_of_the_vocabulary_per_token(tiny_tokenizer, tmp_path, capsys):
    from model import GPT, GPTConfig
    model = GPT(GPTConfig(vocab_size=600, block_size=16, n_layer=1, n_head=1, n_embd=16))  # fresh: all logits 0
    uniform = Engine(model, tiny_tokenizer, [tok.BOS, tok.END])
    text = "The final was played in Rome, and Italy won it by two goals to one."
    got = eval_py.bits_per_byte(uniform, [str(write(tmp_path / "one.jsonl", [{"text": text, "sport": "golf", "group": "news"}]))])
    assert got["all"] == got["golf"] == got["news"]
    n = len(tiny_tokenizer.encode(text)) + 1
    assert got["all"]["bits_per_byte"] == pytest.approx(n * math.log2(600) / len(text), rel=1e-4)
