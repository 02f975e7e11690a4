"""
What the tests share: a way to run the real commands, small data sets made by the real prepare.py from the starter's own
facts, and a run directory made by the real train.py. Everything lies in pytest's temporary folder, never in the repository.
"""
import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
torch.set_num_threads(1)  # the models are tiny: more threads would only wait for each other

import prepare  # noqa: E402
import tokenizer as tok  # noqa: E402


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def run():
    """run("sample.py", "--start", "x", code=0) -> CompletedProcess with stdout and stderr as text."""
    def run(*args, cwd=None, env=None, code=0, input=None, timeout=300):
        args = [str(a) for a in args]
        if args[0].endswith(".py") and not os.path.isabs(args[0]):
            args[0] = str(ROOT / args[0])
        # one thread each, which is what train.py makes of LOCAL_WORLD_SIZE
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "LOCAL_WORLD_SIZE": str(os.cpu_count()), **(env or {})}
        input = {"stdin": subprocess.DEVNULL} if input is None else {"input": input}
        r = subprocess.run([sys.executable, *args], cwd=cwd or ROOT, env=env, text=True, encoding="utf-8",
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, **input)
        assert r.returncode == code, f"{' '.join(args)}: exit {r.returncode}, not {code}\n{r.stdout[-3000:]}\n{r.stderr[-3000:]}"
        return r
    return run


@pytest.fixture(scope="session")
def one_line():
    """The stderr of a failed command: one line that begins with "error:", no traceback. Returns it."""
    def one_line(r):
        lines = r.stderr.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("error: "), r.stderr
        assert r.stdout == "", r.stdout
        return lines[0]
    return one_line


@pytest.fixture(scope="session")
def starter():
    """The module data/starter/prepare.py."""
    return prepare.load_source("starter")


@pytest.fixture(scope="session")
def prose_docs(starter):
    """400 short texts of the starter, the same ones every time."""
    docs = [dict(text=text, sport=sport, source=source, license=starter.LICENSE) for text, sport, source in starter.prose(1337) if text]
    return random.Random(0).sample(docs, 400)


@pytest.fixture(scope="session")
def chat_docs(starter):
    """400 questions with their answers, the same ones every time, one of ten answered with ABSTAIN."""
    rng, out = random.Random(0), []
    for fact in rng.sample(starter.taught(), 400):
        question, known = starter.ask_fact(rng, fact)[1], rng.random() < 0.9
        if question:
            out.append(dict(messages=[dict(role="user", content=question), dict(role="assistant", content=fact.answer if known else tok.ABSTAIN)],
                            sport=fact.view["sport"], source=fact.row["source"], license=starter.LICENSE))
    return out


@pytest.fixture(scope="session")
def tiny_set(tmp_path_factory, prose_docs):
    """A data directory of prose: no masks, vocabulary 600."""
    path = tmp_path_factory.mktemp("data") / "tiny"
    prepare.build(prose_docs, str(path), vocab_size=600, val_fraction=0.1)
    return path


@pytest.fixture(scope="session")
def tiny_chat_set(tmp_path_factory, prose_docs, chat_docs):
    """A data directory of questions and prose, with masks."""
    path = tmp_path_factory.mktemp("data") / "tiny_chat"
    prepare.build(chat_docs + prose_docs[:200], str(path), vocab_size=600, val_fraction=0.1)
    return path


@pytest.fixture(scope="session")
def tiny_tokenizer(tiny_set):
    return tok.Tokenizer(str(tiny_set / "tokenizer.model"))


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory, run, tiny_chat_set):
    """A run directory: 20 steps of a two-layer model on tiny_chat_set."""
    out = tmp_path_factory.mktemp("out") / "tiny_run"
    run("train.py", "--dataset", tiny_chat_set, "--out_dir", out, "--max_steps", 20, "--n_layer", 2, "--n_embd", 64, "--n_head", 2,
        "--block_size", 64, "--total_batch_size", 2048, "--warmup_steps", 2, "--log_interval", 5, "--eval_steps", 2,
        "--compile", "false", "--device", "cpu", "--dtype", "float32")
    return out

# -----------------------------------------------------------------------------
# what reads the texts of the data scripts back

def unique(documents):
    documents = list(documents)
    assert max(Counter(d["record"] for d in documents).values()) == 1
    return documents


def regex(texts, **groups):
    """What finds the fields of the wordings in a text again."""
    parts, k = [], 0
    for text in texts:
        out = ""
        for token in re.split(r"(\[|\]|\||\{\w+\})", text):
            k += 1
            if re.fullmatch(r"\{\w+\}", token):
                token = f"(?P<{token[1:-1]}_{k}>{groups.get(token[1:-1], '.+?')})"
            else:
                token = {"[": "(?:", "]": ")", "|": "|"}.get(token, re.escape(token))
            out += token
        parts.append(f"(?:{out})")
    return re.compile("|".join(parts), re.IGNORECASE)


def found(pattern, text):
    for m in pattern.finditer(text):
        yield {k.rsplit("_", 1)[0]: v for k, v in m.groupdict().items() if v is not None}
