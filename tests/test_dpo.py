"""Preferences: the pairs that data/preference/prepare.py makes, and train.py with objective='dpo' on them, as real processes on tiny sets."""
import copy
import gzip
import json
import math
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

import model as model_py
import prepare
import tokenizer as tok
from test_train import metrics, newest, norms, pieces

ROOT = Path(__file__).resolve().parent.parent
STEPS = 24
KEYS = ["--objective", "dpo", "--block_size", 64, "--total_batch_size", 1024, "--batch_size", 16, "--max_steps", STEPS, "--optimizer", "adamw",
        "--learning_rate", 0.003, "--warmup_steps", 2, "--log_interval", 1, "--eval_interval", 12, "--eval_steps", 9, "--checkpoint_interval", 8,
        "--device", "cpu", "--dtype", "float32", "--compile", "false"]
# threads that wait sleep: where the cores are shared, spinning ones make a step take seconds
ENV = {**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "1", "LOCAL_WORLD_SIZE": str(os.cpu_count()), "PYTHONDONTWRITEBYTECODE": "1"}
MEANS = ["margin", "accuracy", "reward_chosen", "reward_rejected"]


@pytest.fixture(scope="module")
def preference():
    """The module data/preference/prepare.py."""
    return prepare.load_source("preference")


def some_pairs(chat_docs, n):
    """Right answer first, "Nobody." second: easily learned."""
    for doc in sorted(chat_docs, key=lambda doc: len(doc["messages"][0]["content"]))[:n]:
        yield {"kind": "given", "messages": doc["messages"][:1], "chosen": doc["messages"][1]["content"], "rejected": "Nobody."}


@pytest.fixture(scope="module")
def pair_set(tmp_path_factory, preference, chat_docs, tiny_run):
    folder, t = tmp_path_factory.mktemp("data") / "pairs", tok.Tokenizer(str(tiny_run / "tokenizer.model"))
    preference.write(str(folder), list(some_pairs(chat_docs, 200)), t, 64)
    return folder


@pytest.fixture(scope="module")
def mixed_set(tmp_path_factory, preference, chat_docs, tiny_run):
    """Forty pairs that have nothing in common, of answers of different lengths."""
    folder, t = tmp_path_factory.mktemp("data") / "mixed", tok.Tokenizer(str(tiny_run / "tokenizer.model"))
    answers = [doc["messages"][1]["content"] for doc in chat_docs]
    preference.write(str(folder), [{**p, "rejected": b} for p, b in zip(some_pairs(chat_docs, 45), answers[100:]) if p["chosen"] != b][:40], t, 64)
    return folder


def command(data, out, start, *more, procs=1):
    launch = [ROOT / "train.py"]
    if procs > 1:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            launch = ["-m", "torch.distributed.run", "--nproc_per_node", procs, "--master_port", s.getsockname()[1], *launch]
    return [str(a) for a in (sys.executable, *launch, "--dataset", data, "--out_dir", out, "--init_from", start, *KEYS, *more)]


def train(data, out, start, *more, procs=1, code=0):
    env = {k: v for k, v in ENV.items() if k != "LOCAL_WORLD_SIZE" or procs == 1}
    r = subprocess.run(command(data, out, start, *more, procs=procs), cwd=ROOT, env=env, text=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert r.returncode == code, r.stdout[-2000:] + r.stderr[-3000:]
    return r


@pytest.fixture(scope="module")
def base(tmp_path_factory, pair_set, tiny_run):
    out = tmp_path_factory.mktemp("out") / "base"
    r = train(pair_set, out, tiny_run)
    (out / "stdout").write_text(r.stdout)
    return out

# -----------------------------------------------------------------------------
# the loss

OPTIONS = dict(dpo_beta=0.3, dpo_smoothing=0.0, dpo_sft=0.0, dpo_normalize=False)
CASES = {"plain": {}, "smoothing": {"dpo_smoothing": 0.2}, "sft": {"dpo_sft": 0.7}, "normalize": {"dpo_normalize": True, "dpo_beta": 3.0},
         "all": {"dpo_smoothing": 0.1, "dpo_sft": 0.5, "dpo_normalize": True, "dpo_beta": 2.0}}


def noisy(run, seed):
    """The model of a run, its weights moved at random, so that two of them differ."""
    model = model_py.load_model(str(run))[0]
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.05 * torch.randn(p.shape, generator=g))
    return model


def split_of(data, split="train", block_size=64):
    meta = json.loads((data / "meta.json").read_text())
    return pieces("pack", "Split", data_dir=str(data), meta=meta, block_size=block_size, seed=1337)["Split"](split)


def documents(data, split="train"):
    """[(ids, mask)] of the bins."""
    ids, mask = np.fromfile(data / f"{split}.bin", "<u2").astype(int), np.fromfile(data / f"{split}.mask.bin", np.uint8)
    cuts = np.flatnonzero(ids == tok.BOS)[1:]
    return list(zip(np.split(ids, cuts), np.split(mask, cuts)))


def log_probability(model, ids, mask):
    """log p(answer | prompt) of one document alone, with the full logits, and the number of its tokens."""
    ids, mask = torch.tensor(ids), torch.tensor(mask[1:]).float()
    logp = model(ids[None, :-1])[0].log_softmax(-1).gather(1, ids[1:, None])[:, 0]  # (T)
    return (logp * mask).sum(), mask.sum()


def plain_dpo(policy, reference, docs, dpo_beta, dpo_smoothing, dpo_sft, dpo_normalize):
    """Equation 7 of the paper, one pair after the other: the mean loss and [(margin, rewards)]."""
    losses, seen = [], []
    for chosen, rejected in zip(docs[::2], docs[1::2]):
        reward, nll = [], []
        for ids, mask in (chosen, rejected):
            logp, n = log_probability(policy, ids, mask)
            with torch.no_grad():
                ref, _ = log_probability(reference, ids, mask)
            reward.append(dpo_beta * (logp - ref) / (n if dpo_normalize else 1))
            nll.append(-logp / n)
        margin = reward[0] - reward[1]
        loss = -(1 - dpo_smoothing) * torch.sigmoid(margin).log() - dpo_smoothing * torch.sigmoid(-margin).log() + dpo_sft * nll[0]
        losses.append(loss)
        seen.append((margin.item(), float(margin > 0), reward[0].item(), reward[1].item()))
    return torch.stack(losses).mean(), np.mean(seen, axis=0)


def trainer(split, model, **options):
    """answers() and losses() of train.py, with the reference log-probabilities of a model put into the split as the trainer does."""
    space = pieces("answers", "losses", **OPTIONS | options)
    x, y, doc, reference = split.batch(range(split.n))
    with torch.no_grad():
        split.reference[:] = space["answers"](model, x, y, doc, reference.size(1))[0]
    return space["losses"]


def gradient(model):
    return {name: p.grad for name, p in model.named_parameters()}


@pytest.mark.parametrize("case", CASES)
def test_loss_and_gradient_are_those_of_plain_dpo(mixed_set, tiny_run, case):
    """Packed rows against one answer after the other: also proves that documents of a row do not see each other."""
    reference, policy = noisy(tiny_run, 1), noisy(tiny_run, 2)
    twin, split = copy.deepcopy(policy), split_of(mixed_set, "val")
    sums = trainer(split, reference, **CASES[case])(policy, *split.batch(range(split.n)))
    sums = sums / sums[-1]
    loss, seen = plain_dpo(twin, reference, documents(mixed_set, "val"), **OPTIONS | CASES[case])
    assert sums[0].item() == pytest.approx(loss.item(), rel=1e-5) and sums[1:5].tolist() == pytest.approx(list(seen), rel=1e-4, abs=1e-5)
    assert 0.05 < seen[1] < 0.95 and abs(seen[2]) > 1e-3  # two models that differ: otherwise nothing is compared
    sums[0].backward()
    loss.backward()
    mine, plain = gradient(policy), gradient(twin)
    for name in plain:
        assert torch.allclose(mine[name], plain[name], rtol=1e-3, atol=1e-5 * max(1, plain[name].abs().max().item())), name


def test_the_options_change_the_loss(mixed_set, tiny_run):
    """A key that nobody reads would pass the formula of its default."""
    split, found = split_of(mixed_set, "val"), {}
    for case, options in CASES.items():
        found[case] = trainer(split, noisy(tiny_run, 1), **options)(noisy(tiny_run, 2), *split.batch(range(split.n)))[0].item()
    assert len({round(v, 4) for v in found.values()}) == len(CASES)


def test_each_loss_is_that_of_the_sum(tiny_chat_set, tiny_run):
    """GPT's losses one by one, with documents and without, against their sum; and their gradients."""
    x, y, doc, _ = split_of(tiny_chat_set, "val", 32).batch(range(3))
    for d in (doc, None):
        sums, grads = [], []
        for each in (True, False):
            model = noisy(tiny_run, 3)
            loss = model(x, y, d, each)
            if each:
                assert loss.shape == y.shape and not loss[y < 0].any() and (loss[y >= 0] > 0).all()
            loss.sum().backward()
            sums.append(loss.sum().item())
            grads.append(gradient(model))
        assert sums[0] == pytest.approx(sums[1], rel=1e-5)
        assert all(torch.allclose(grads[0][n], grads[1][n], rtol=1e-3, atol=1e-4) for n in grads[0])


def test_rows_with_nothing_supervised_count_for_nothing(mixed_set, tiny_run):
    split = split_of(mixed_set, "val")
    losses, model = trainer(split, noisy(tiny_run, 1), dpo_sft=1.0, dpo_normalize=True), noisy(tiny_run, 2)
    x, y, doc, reference = split.batch(range(4))
    alone = losses(model, x[:3], y[:3], doc[:3], reference[:3])
    y[3:] = -1
    together = losses(model, x, y, doc, reference)
    assert together.tolist() == pytest.approx(alone.tolist(), rel=1e-5)
    nothing = losses(model, x, torch.full_like(y, -1), doc, reference)
    assert nothing.tolist() == [0.0] * 6
    (together + nothing)[0].backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


def test_of_a_pair_only_the_answers_are_learned(pair_set, chat_docs, tiny_run):
    """Also of a conversation in which the assistant spoke before."""
    t = tok.Tokenizer(str(tiny_run / "tokenizer.model"))
    for ids, mask in documents(pair_set):
        at = ids.tolist().index(tok.ROLES["assistant"])
        assert mask.tolist() == [0] * (at + 1) + [1] * (len(ids) - at - 1) and ids[-1] == tok.END
    pair = {"messages": chat_docs[0]["messages"] + chat_docs[1]["messages"][:1], "chosen": "Yes.", "rejected": "No."}
    for (ids, mask), text in zip(prepare.load_source("preference").encode(t, pair), ("Yes.", "No.")):
        assert t.decode([i for i, m in zip(ids, mask) if m]) == text and sum(mask) == len(t.encode(text)) + 1


def test_both_answers_of_a_prompt_stand_in_one_row(pair_set):
    split = split_of(pair_set)
    n, starts = 0, np.flatnonzero(split.tokens == tok.BOS).tolist()
    for row in split.rows:
        assert len(row) % 2 == 0
        for (a, middle), (again, b) in zip(row[::2], row[1::2]):
            assert middle == again and starts.index(a) % 2 == 0 and starts.index(middle) == starts.index(a) + 1
            n += 1
    assert n == json.loads((pair_set / "meta.json").read_text())["pairs"]["train"] == len(starts) // 2

# -----------------------------------------------------------------------------
# runs

def test_a_run_learns_the_pairs_and_says_so(base, pair_set):
    records = metrics(base)
    first, last = records[0], records[-1]
    assert first["loss"] == pytest.approx(math.log(2), abs=1e-6) and first["margin"] == pytest.approx(0, abs=1e-6)
    assert last["loss"] < 0.3 and last["margin"] > 1 and last["accuracy"] > 0.95
    assert last["val_accuracy"] > 0.95 and last["val_margin"] > 1 and "val_bpb" not in last
    for r in records:
        assert all(math.isfinite(r[key]) for key in MEANS) and r["margin"] == pytest.approx(r["reward_chosen"] - r["reward_rejected"], abs=1e-5)
    line = re.findall(r"step 24/24 .*", (base / "stdout").read_text())[0]
    told = re.search(r"loss ([\d.]+) \| margin ([-\d.]+) accuracy ([\d.]+)% rewards ([-+\d.]+) ([-+\d.]+) \| val ([\d.]+) margin", line)
    assert [float(v) for v in told.groups()] == pytest.approx([last["loss"], last["margin"], 100 * last["accuracy"], last["reward_chosen"],
                                                               last["reward_rejected"], last["val_loss"]], abs=0.06)
    assert (base / "loss.png").stat().st_size > 1000


def test_the_reference_is_that_of_the_weights_it_started_from(base, pair_set, tiny_run):
    path, = pair_set.glob("reference-*.pt")
    assert path.name.split("-")[1] == model_py.file_sha256(newest(tiny_run) / "model.safetensors")[:16]
    model, split = model_py.load_model(str(tiny_run))[0], split_of(pair_set)
    known, docs = torch.load(path, weights_only=True)[0], documents(pair_set)
    where = {int(a): i for i, a in enumerate(np.flatnonzero(split.tokens == tok.BOS))}
    with torch.no_grad():
        for r in (0, 7, split.n - 1):
            theirs = [log_probability(model, *docs[where[a]])[0].item() for a, _ in split.rows[r]]
            assert known[r].tolist() == pytest.approx(theirs + [0.0] * (known.size(1) - len(theirs)), abs=1e-3)


@pytest.mark.parametrize("shard", [False, True], ids=["ddp", "fsdp"])
def test_two_processes_give_the_curve_of_one(base, pair_set, tiny_run, tmp_path, shard):
    """In micro-steps of 2 rows, with the reference computed by both."""
    data = shutil.copytree(pair_set, tmp_path / "data", ignore=shutil.ignore_patterns("reference-*"))
    r = train(data, tmp_path / "two", tiny_run, "--batch_size", 2, "--shard", shard, procs=2)
    assert "reference: " in r.stdout and len(list(data.glob("reference-*"))) == 1 and not list(data.glob("*.tmp"))
    mine, theirs = metrics(tmp_path / "two"), metrics(base)
    for key in ["loss", *MEANS]:
        assert [r[key] for r in mine] == pytest.approx([r[key] for r in theirs], abs=2e-4), key
    assert norms(r) == pytest.approx([float(n) for n in re.findall(r"\| norm ([\d.]+)", (base / "stdout").read_text())], abs=0.011)
    assert mine[-1]["val_loss"] == pytest.approx(theirs[-1]["val_loss"], abs=2e-4)


def test_killed_it_ends_with_the_bits_of_an_undisturbed_run(base, pair_set, tiny_run, tmp_path):
    """And needs neither the reference beside the bins nor the run it began from: its checkpoints hold what it knows of them."""
    data, start = shutil.copytree(pair_set, tmp_path / "data"), shutil.copytree(tiny_run, tmp_path / "start")
    p = subprocess.Popen(command(data, tmp_path / "run", start), cwd=ROOT, env=ENV, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = ""
    while not re.search(r"^step 1[0-4]/", text, re.M) and (line := p.stdout.readline()):
        text += line
    os.kill(p.pid, signal.SIGKILL)
    p.communicate(timeout=60)
    assert p.returncode == -signal.SIGKILL and "reference: " not in text  # it was there
    shutil.rmtree(start)
    for path in data.glob("reference-*"):
        path.unlink()
    again = train(data, tmp_path / "run", tmp_path / "start")
    assert "resuming" in again.stdout and "reference: " not in again.stdout
    assert model_py.file_sha256(newest(tmp_path / "run") / "model.safetensors") == model_py.file_sha256(newest(base) / "model.safetensors")
    same = [[{k: r[k] for k in ("step", "loss", *MEANS)} for r in metrics(out)] for out in (tmp_path / "run", base)]
    assert same[0] == same[1]


def test_other_weights_get_a_reference_of_their_own(base, pair_set, tmp_path):
    data = shutil.copytree(pair_set, tmp_path / "data")
    r = train(data, tmp_path / "run", base, "--max_steps", 1)
    assert "reference: " in r.stdout and len(list(data.glob("reference-*"))) == 2
    assert metrics(tmp_path / "run")[0]["margin"] == pytest.approx(0, abs=1e-6)

# -----------------------------------------------------------------------------
# refusals

REFUSED = {
    "pairs_for_the_next_token": (["--objective", "lm"], 1, "pairs"),
    "from_scratch": (["--init_from", "scratch"], 2, "--init_from"),
    "rows_too_short": (["--block_size", 16], 1, "block_size 16"),
    "smoothing": (["--dpo_smoothing", 0.5], 2, "dpo_smoothing 0.5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(pair_set, tiny_run, tmp_path, one_line, case):
    keys, code, said = REFUSED[case]
    assert said in one_line(train(pair_set, tmp_path / "run", tiny_run, *keys, code=code))
    assert not (tmp_path / "run").exists()


def test_a_set_without_pairs_is_refused(tiny_chat_set, tiny_run, tmp_path, one_line):
    assert "no pairs" in one_line(train(tiny_chat_set, tmp_path / "run", tiny_run, code=1))

# -----------------------------------------------------------------------------
# data/preference/prepare.py

def talk(answer, question="Who won?", context=""):
    return {"messages": [{"role": "context", "content": context}] * bool(context) + [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


def test_a_verdict_needs_no_judge(preference):
    table = "Player | Goals\nOrla Finn | 12\nKit Marsh | 9"
    for text, answer, right in [
            ("brazil!", "Brazil", True), ("the Brazil", "Brazil", True), ("Italy", "Brazil", False), ("Brazil and Italy", "Brazil", None),
            ("I don't know.", "Brazil", False), ("Brazil", tok.ABSTAIN, False), ("i dont know", "Brazil", False), (tok.ABSTAIN, tok.ABSTAIN, True),
            ("2-1", "1-2", False), ("12", "12.0", True)]:
        assert preference.verdict(text, answer, "Who won the cup in 1998?") is right, (text, answer)
    long = "Orla Finn scored 12 goals, which was three more than Kit Marsh scored."
    for text, right in [("With 12 goals Orla Finn led Kit Marsh.", None), ("With 14 goals Orla Finn led Kit Marsh.", False),
                        ("With 12 goals Orla Finn led Ann Oak.", False), ("it was close", None), (long, True)]:
        assert preference.verdict(text, long, table) is right, text


def test_a_changed_answer_takes_its_number_or_name_from_the_prompt(preference):
    table, answer = "Player | Goals\nSee Orla Finn | 12\nand Kit Marsh | 9 in 14", "Best was Orla Finn with 12 goals; 12 is many."
    found = Counter(preference.changed(random.Random(n), talk(answer, context=table), [])[1] for n in range(50))
    assert set(found) == {"Best was Kit Marsh with 12 goals; 12 is many.", *(f"Best was Orla Finn with {n} goals; {n} is many." for n in (9, 14))}
    assert preference.changed(random.Random(0), talk(tok.ABSTAIN, context=table), []) is None
    assert preference.changed(random.Random(0), talk("Brazil", "Brazil or Italy?"), []) is None  # nothing to read


def test_the_other_makers(preference):
    rng = random.Random(0)
    assert preference.made_up(rng, talk(tok.ABSTAIN), ["Brazil"]) == (tok.ABSTAIN, "Brazil")
    assert preference.made_up(rng, talk(tok.ABSTAIN, context="here is Kit Marsh"), ["Brazil"]) == (tok.ABSTAIN, "Kit Marsh")
    assert preference.made_up(rng, talk("Italy"), ["Brazil"]) is None and preference.made_up(rng, talk(tok.ABSTAIN), []) is None
    assert preference.needless(rng, talk("Italy"), []) == ("Italy", tok.ABSTAIN) and preference.needless(rng, talk(tok.ABSTAIN), []) is None
    chosen, rejected = preference.rambling(rng, talk("Italy"), ["Brazil"])
    assert chosen == "Italy" and rejected.startswith("Italy. ") and len(rejected.split()) >= 2


@pytest.fixture(scope="module")
def make(run, tiny_run, tmp_path_factory):
    """make(documents, more keys ...) -> (CompletedProcess, folder) of data/preference/prepare.py."""
    def make(docs, *more, **kwargs):
        folder = tmp_path_factory.mktemp("made")
        (folder / "docs.jsonl").write_text("".join(json.dumps(d) + "\n" for d in docs))
        return run(ROOT / "data/preference/prepare.py", "--init_from", tiny_run, "--docs", folder / "docs.jsonl", "--name", folder / "set", "--device", "cpu",
                   *more, **kwargs), folder / "set"
    return make


def test_conversations_become_pairs_of_every_kind(make, chat_docs, tiny_run):
    table = [{**talk("Orla Finn, with 12.", "Who is first?", "Goals:\nby Orla Finn 12, by Kit Marsh 19")}]
    r, folder = make(chat_docs + table, "--prompts", 60, "--samples", 2, "--max_new_tokens", 8, "--most", 70, "--temperature", 0.7, "--block_size", 128)
    meta = json.loads((folder / "meta.json").read_text())
    assert set(meta["kinds"]) == {"own", "grounded", "abstain", "answer", "short"} and 60 < meta["kinds"]["answer"] <= 70  # a few are too long
    for kind, n in meta["kinds"].items():
        assert re.search(rf"^{kind} +{n} ", r.stdout, re.M)
    assert len(re.findall(r"^--- ", r.stdout, re.M)) == 20 and "answers at temperature 0.7 are right" in r.stderr
    with gzip.open(folder / "pairs.jsonl.gz", "rt") as f:
        pairs = [json.loads(line) for line in f]
    right = {d["messages"][0]["content"]: d["messages"][-1]["content"] for d in chat_docs}
    for p in pairs:
        question = p["messages"][-1]["content"]
        assert p["chosen"] != p["rejected"] and p["chosen"] == right.get(question, "Orla Finn, with 12.")
        assert (p["rejected"] == tok.ABSTAIN) <= (p["kind"] in ("own", "answer")) and (p["kind"] == "abstain") <= (p["chosen"] == tok.ABSTAIN)
    assert sum(meta["pairs"].values()) == len(pairs) and meta["documents"] == {k: 2 * n for k, n in meta["pairs"].items()}
    prompts = {part: {tuple(ids[:ids.tolist().index(tok.ROLES["assistant"])]) for ids, _ in documents(folder, part)} for part in ("train", "val")}
    assert prompts["train"] and prompts["val"] and not prompts["train"] & prompts["val"]
    for part in ("train", "val"):
        docs = documents(folder, part)
        assert len(docs) == 2 * meta["pairs"][part] and sum(int(m.sum()) for _, m in docs) == meta["supervised"][part]
        assert all(len(a) + len(b) <= 129 for (a, _), (b, _) in zip(docs[::2], docs[1::2]))
    assert all(prepare.sha256(folder / name) == sha for name, sha in meta["sha256"].items())


def test_your_own_pairs_and_their_second_reading(make, chat_docs):
    """A set too small to split validates on its training rows; what is too long is dropped and counted."""
    pairs = list(some_pairs(chat_docs, 12)) + [{"messages": chat_docs[0]["messages"][:1], "chosen": "Yes.", "rejected": "No. " * 60}]
    r, folder = make([{k: p[k] for k in ("messages", "chosen", "rejected")} for p in pairs])
    assert "too few to split" in r.stderr and "12 pairs to train on, 12 to validate, 1 dropped" in r.stdout
    assert (folder / "train.bin").read_bytes() == (folder / "val.bin").read_bytes()
    with gzip.open(folder / "pairs.jsonl.gz", "rt") as f:
        again, second = make(map(json.loads, f))
    assert sorted(map(tuple, ((tuple(a), tuple(b)) for a, b in documents(folder)))) == sorted(map(tuple, ((tuple(a), tuple(b)) for a, b in documents(second))))


BAD = {"no_rejected": {"messages": [{"role": "user", "content": "x"}], "chosen": "a"}, "the_same": {"messages": [{"role": "user", "content": "x"}], "chosen": "a", "rejected": "a"},
       "answered": {**talk("a"), "chosen": "a", "rejected": "b"}, "unanswered": {"messages": [{"role": "user", "content": "x"}]}}


@pytest.mark.parametrize("case", BAD)
def test_a_document_that_is_neither_is_named(preference, tmp_path, case):
    path = tmp_path / "docs.jsonl"
    path.write_text("".join(json.dumps(d) + "\n" for d in (talk("Italy"), BAD[case])))
    with pytest.raises(ValueError, match=re.escape(f"{path}, document 2: ")):
        preference.read([str(path)])


def test_wrong_usage_of_the_script(run, make, one_line):
    assert "--init_from" in one_line(run(ROOT / "data/preference/prepare.py", code=2))
    assert "raw" in one_line(make([talk("Italy")], "--kinds", "raw", code=2)[0])
