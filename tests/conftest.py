"""
What the tests share: a way to run the real commands, small data sets made by the real prepare.py from the starter's own
facts, and a run directory made by the real train.py. Everything lies in pytest's temporary folder, never in the repository.
"""
import dataclasses
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
torch.set_num_threads(1)  # the models are tiny: more threads would only wait for each other

import prepare  # noqa: E402
import tokenizer as tok  # noqa: E402
from model import GPT, GPTConfig, write_checkpoint  # noqa: E402


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
# servers

@pytest.fixture(scope="session")
def endless_run(tmp_path_factory, tiny_run):
    """A run directory of an untrained model that writes letters to the end of its context of 2,048, if nobody stops it (greedy)."""
    out, tokenizer = tmp_path_factory.mktemp("out") / "endless", tok.Tokenizer(str(tiny_run / "tokenizer.model"))
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=tokenizer.vocab_size, block_size=2048, n_layer=2, n_head=2, n_embd=64))
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.normal_(0, 0.3 if p.dim() == 2 else 0.1).add_(p.dim() == 1)
        for i, piece in enumerate(tokenizer.id_bytes):
            if not (piece.isascii() and piece.strip().isalpha()):
                model.head.weight[i] = 0  # there is always one above 0 to prefer
    write_checkpoint(str(out), model.state_dict(), {}, dict(step=1, model=dataclasses.asdict(model.config), tokenizer_sha256=tokenizer.sha256), 1)
    shutil.copy(tiny_run / "tokenizer.model", out)
    return out


class Server:
    """serve.py as a process of its own, on a free port of the loopback."""

    def __init__(self, log, *args, env=None, start=(str(ROOT / "serve.py"),)):
        self.log = log
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "SPORTS_LLM_API_KEYS": "", **(env or {})}
        command = [sys.executable, *start, "--device", "cpu", *map(str, args), *(() if "--port" in args else ("--port", "0"))]
        with open(log, "w") as f:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=f)
        self.port = int(self.wait(lambda: re.search(r"http://127.0.0.1:(\d+) ", self.stderr()))[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.before = []  # what /ready said
        self.wait(lambda: self.before.append(self.request("GET", "/ready")[0]) or self.before[-1] == 200)

    def stderr(self):
        return self.log.read_text(encoding="utf-8")

    def wait(self, done, seconds=120):
        """What done() gives as soon as it is true."""
        end = time.monotonic() + seconds
        while not (result := done()):
            assert self.process.poll() is None and time.monotonic() < end, f"exit {self.process.poll()}: {self.stderr()[-2000:]}"
            time.sleep(0.02)
        return result

    def request(self, method, path, body=None, headers=None, timeout=120):
        """(status, headers, bytes) of the answer. A body that is no bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        body = json.dumps(body).encode() if body is not None and not isinstance(body, bytes) else body
        try:
            connection.request(method, path, body, {**({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def ask(self, path, status=200, headers=None, **body):
        """The JSON of a POST to /v1/`path`."""
        got, _, content = self.request("POST", "/v1/" + path, body, headers)
        assert got == status, content
        return json.loads(content)

    def stream(self, path, **body):
        """The objects of its server-sent events."""
        status, headers, content = self.request("POST", "/v1/" + path, {**body, "stream": True})
        assert status == 200 and headers["content-type"].startswith("text/event-stream"), content
        lines = content.decode().split("\n\n")
        assert lines[-2:] == ["data: [DONE]", ""] and all(line.startswith("data: ") for line in lines[:-1])
        return [json.loads(line[6:]) for line in lines[:-2]]

    def metric(self, name):
        """Sum of what /metrics tells under a name, with or without labels: metric('tokens_total{kind="generated"}')."""
        text = self.request("GET", "/metrics")[2].decode()
        name = name if name.startswith("process_") else "sports_llm_" + name
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith((name + " ", name + "{")))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(60)


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """serve("--out_dir", run, env={}) -> Server that answers."""
    pytest.importorskip("fastapi", reason="pip install -r requirements-serve.txt")
    folder, started = tmp_path_factory.mktemp("serve"), []

    def serve(*args, **options):
        started.append(Server(folder / f"{len(started)}.log", *args, **options))
        return started[-1]
    yield serve
    for server in started:
        server.end()


@pytest.fixture(scope="session")
def server(serve, tiny_run):
    """A server of tiny_run, for whoever needs one."""
    return serve("--out_dir", tiny_run)


@pytest.fixture(scope="session")
def slow(serve, endless_run):
    """A server of endless_run: two replies at a time, two may wait."""
    return serve("--out_dir", endless_run, "--rows", 2, "--max_queue", 2, "--max_tokens", 2000)

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
