"""train.py as a user meets it: real processes on tiny sets. What happens when they are stopped is in test_resume.py."""
import ast
import importlib.util
import json
import math
import os
import random
import re
import shutil
import socket
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import model as model_py
import prepare
import tokenizer as tok

ROOT = Path(__file__).resolve().parent.parent
SHORT = ["--n_layer", 1, "--n_head", 2, "--n_embd", 32, "--block_size", 32, "--total_batch_size", 512, "--max_steps", 20,
         "--warmup_steps", 4, "--log_interval", 1, "--eval_interval", 10, "--eval_steps", 2, "--device", "cpu", "--dtype", "float32",
         "--compile", "false"]

# -----------------------------------------------------------------------------
# helpers

@pytest.fixture(scope="module")
def train(run):
    """train(data, out, more keys ..., procs=1, code=0) -> CompletedProcess of a run with the keys of SHORT."""
    def train(data, out, *more, procs=1, code=0, env=None, keys=SHORT, timeout=300):
        launch = ["train.py"]
        if procs > 1:
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
            launch = ["-m", "torch.distributed.run", "--nproc_per_node", procs, "--master_port", port, ROOT / "train.py"]
        # threads that wait sleep: where the cores are shared, spinning ones make a step take seconds
        env = {"OMP_WAIT_POLICY": "passive", **(env or {})}
        # configuration files come first, the keys after them win
        files = [m for m in more if str(m).endswith(".py")]
        more = [m for m in more if m not in files]
        return run(*launch, *files, "--dataset", data, "--out_dir", out, *keys, *more, code=code, env=env, timeout=timeout)
    return train


def metrics(out):
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


def losses(out):
    return [r["loss"] for r in metrics(out)]


def newest(out):
    """The folder that ckpt/latest names."""
    return out / "ckpt" / (out / "ckpt" / "latest").read_text()


def meta_of(path):
    return json.loads((path / "meta.json").read_text())


def pieces(*names, **given):
    """Functions and classes of train.py, which runs from top to bottom and cannot be imported, in a namespace of our own."""
    tree = ast.parse((ROOT / "train.py").read_text(encoding="utf-8"))
    found = [node for node in tree.body if getattr(node, "name", None) in names]
    assert len(found) == len(names)
    space = {"np": np, "torch": torch, "os": os, "BOS": tok.BOS, "fail": pytest.fail, **given}
    exec(compile(ast.Module(found, []), "train.py", "exec"), space)
    return space


def split_of(data, split, block_size, seed=1337):
    return pieces("pack", "Split", data_dir=str(data), meta=meta_of(data), block_size=block_size, seed=seed)["Split"](split)


def copy_set(data, path):
    shutil.copytree(data, path)
    return path


# torch's own Muon, which orthogonalises in bfloat16, lets a last bit of fp32 grow to 1e-3 in 20 steps; ours must not
CURVE = {"plain": [], "masked": ["--optimizer", "adamw", "--learning_rate", 0.004, "--tie_embeddings", "true"]}


@pytest.fixture(scope="module")
def plain_run(tmp_path_factory, train, tiny_set):
    out = tmp_path_factory.mktemp("out") / "plain"
    r = train(tiny_set, out, "--batch_size", 16, *CURVE["plain"])
    (out / "norms.json").write_text(json.dumps(norms(r)))
    return out


@pytest.fixture(scope="module")
def masked_run(tmp_path_factory, train, tiny_chat_set):
    out = tmp_path_factory.mktemp("out") / "masked"
    r = train(tiny_chat_set, out, "--batch_size", 16, *CURVE["masked"])
    (out / "norms.json").write_text(json.dumps(norms(r)))
    return out

# -----------------------------------------------------------------------------
# one curve, however the batch is split

def close(a, b, norms_a=None, norms_b=None):
    assert len(a) == len(b) >= 20
    assert max(abs(x - y) for x, y in zip(a, b)) < 1e-4, list(zip(a, b))
    if norms_a is not None:
        assert len(norms_a) == 20 and norms_a == pytest.approx(norms_b, abs=0.011)


def norms(r):
    """The gradient norms that were printed: both optimizers look past a wrong scale, these show it."""
    return [float(n) for n in re.findall(r"\| norm ([\d.]+)", r.stdout)]


@pytest.mark.parametrize("shard", [False, True], ids=["ddp", "fsdp"])
@pytest.mark.parametrize("kind", ["plain", "masked"])
def test_two_processes_give_the_curve_of_one(kind, shard, request, train, tmp_path, tiny_set, tiny_chat_set):
    one, data = (("plain_run", tiny_set), ("masked_run", tiny_chat_set))[kind == "masked"]
    one = request.getfixturevalue(one)
    # batch_size 4: each process accumulates too, which is where a sync flag set too late shows (build-nanogpt PR#30)
    r = train(data, tmp_path / "two", "--batch_size", 4, "--shard", shard, *CURVE[kind], procs=2)
    close(losses(one), losses(tmp_path / "two"), json.loads((one / "norms.json").read_text()), norms(r))
    a, b = (load_file(newest(o) / "model.safetensors") for o in (one, tmp_path / "two"))
    assert {n: (t.shape, t.dtype) for n, t in a.items()} == {n: (t.shape, t.dtype) for n, t in b.items()}


def test_recomputed_it_gives_the_same_curve(plain_run, train, tmp_path, tiny_set):
    train(tiny_set, tmp_path / "again", "--recompute", "true")
    close(losses(plain_run), losses(tmp_path / "again"))


@pytest.mark.long
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_sharded_it_computes_in_the_dtypes_of_autocast(train, tmp_path, tiny_set, dtype):
    """To the rounding of its 16 bits: a residual stream or a sum of gradients in bfloat16 would be further away."""
    for shard in (False, True):
        train(tiny_set, tmp_path / str(shard), "--batch_size", 4, "--shard", shard, "--dtype", dtype, procs=2)
    assert max(abs(a - b) for a, b in zip(losses(tmp_path / "False"), losses(tmp_path / "True"))) < 2e-3


@pytest.mark.long
@pytest.mark.parametrize("shard", [False, True], ids=["ddp", "fsdp"])
def test_compiled_it_gives_the_same_curve(plain_run, train, tmp_path, tiny_set, shard):
    train(tiny_set, tmp_path / "two", "--batch_size", 4, "--shard", shard, "--compile", "true", procs=2, timeout=900)
    close(losses(plain_run), losses(tmp_path / "two"))


@pytest.mark.long
def test_shapes_that_three_processes_cannot_share_evenly(train, tmp_path, tiny_set):
    """32 rows of a matrix among three, four matrices of a shape among three."""
    same = ["--total_batch_size", 480, "--batch_size", 5, "--eval_steps", 1000]
    train(tiny_set, tmp_path / "one", *same)
    train(tiny_set, tmp_path / "three", *same, "--shard", "true", procs=3)
    close(losses(tmp_path / "one"), losses(tmp_path / "three"))
    assert metrics(tmp_path / "one")[-1]["val_loss"] == pytest.approx(metrics(tmp_path / "three")[-1]["val_loss"], abs=1e-4)


def test_evaluation_takes_in_the_whole_split_whatever_the_batch(train, tmp_path, tiny_set, tiny_chat_set):
    """eval_steps past the end of val.bin: every row counts once, also in a last micro-batch that is not full."""
    for data in (tiny_set, tiny_chat_set):
        found = []
        for batch_size in (16, 7, 1):
            out = tmp_path / f"{data.name}_{batch_size}"
            train(data, out, "--batch_size", batch_size, "--total_batch_size", 32 * batch_size, "--learning_rate", 0, "--max_steps", 1,
                  "--eval_steps", 10000, "--optimizer", "adamw")
            found.append(metrics(out)[-1]["val_loss"])
        assert found[1:] == pytest.approx(found[:1] * 2, abs=1e-4)


@pytest.mark.parametrize("kind", ["plain", "masked"])
def test_accumulation_gives_the_curve_of_one_big_batch(kind, request, train, tmp_path, tiny_set, tiny_chat_set):
    one, data = (("plain_run", tiny_set), ("masked_run", tiny_chat_set))[kind == "masked"]
    # 3 does not divide the 16 rows: it must be lowered to 2, not drop rows
    r = train(data, tmp_path / "acc", "--batch_size", 3, *CURVE[kind])
    assert re.search(r"2 rows x 32 x 8 micro-steps", r.stdout)
    one = request.getfixturevalue(one)
    close(losses(one), losses(tmp_path / "acc"), json.loads((one / "norms.json").read_text()), norms(r))


@pytest.mark.long
def test_two_processes_give_the_curve_of_one_with_the_demo(train, tmp_path, root):
    if not (root / "data" / "starter" / "train.bin").exists():
        pytest.skip("data/starter is not made: python prepare.py starter")
    keys = ["--max_steps", 20, "--log_interval", 1, "--eval_steps", 1, "--device", "cpu", "--dtype", "float32", "--compile", "false"]
    train("starter", tmp_path / "one", "config/demo.py", keys=keys, timeout=1200)
    train("starter", tmp_path / "two", "config/demo.py", keys=keys, procs=2, timeout=1200)
    close(losses(tmp_path / "one"), losses(tmp_path / "two"))

# -----------------------------------------------------------------------------
# the run directory

def test_metrics_hold_one_object_per_logged_step(plain_run, tiny_set):
    records = metrics(plain_run)
    assert [r["step"] for r in records] == list(range(1, 21))
    for r in records:
        assert {"step", "loss", "lr", "tokens", "tokens_per_s", "mfu", "seconds"} <= set(r)
        assert ("val_loss" in r and "val_bpb" in r) == (r["step"] in (10, 20))
        assert r["tokens"] == 512 * r["step"] and r["tokens_per_s"] > 0 and r["mfu"] is None  # no peak is known of a CPU
    assert records[0]["loss"] == pytest.approx(math.log(meta_of(tiny_set)["vocab_size"]), abs=0.01)  # the head starts at zero
    assert records[-1]["loss"] < records[0]["loss"] - 0.5
    assert [r["seconds"] for r in records] == sorted(r["seconds"] for r in records)


def test_bits_per_byte_counts_the_bits_of_all_tokens(plain_run, masked_run, tiny_set, tiny_chat_set):
    """In a plain set the <|bos|> of the next document is predicted too; in a masked one only what the mask says."""
    for out, data, split_tokens in ((plain_run, tiny_set, "tokens"), (masked_run, tiny_chat_set, "supervised")):
        meta, last = meta_of(data), metrics(out)[-1]
        bits = last["val_loss"] / math.log(2) * meta[split_tokens]["val"]
        assert last["val_bpb"] == pytest.approx(bits / meta["text_bytes"]["val"], rel=1e-3)


def test_learning_rate_warms_up_stays_and_decays(plain_run):
    expected = [0.02 * min(1, step / 4, (20 - step + 1) / 10) for step in range(1, 21)]
    assert [r["lr"] for r in metrics(plain_run)] == pytest.approx(expected)


def test_schedule_knows_only_the_step():
    schedule = pieces("schedule", max_steps=1000, warmup_steps=10, decay_fraction=0.4)["schedule"]
    assert schedule(0) == 0.1 and schedule(9) == schedule(599) == 1 and schedule(800) == 0.5 and schedule(999) == 1 / 400
    constant = pieces("schedule", max_steps=1000, warmup_steps=0, decay_fraction=0.0)["schedule"]
    assert {constant(s) for s in range(1000)} == {1.0}


def test_run_directory_holds_what_the_contract_says(plain_run, tiny_set):
    config = json.loads((plain_run / "config.json").read_text())
    assert config["config"]["n_embd"] == 32 and config["config"]["max_steps"] == 20 and config["config"]["learning_rate"] == 0.02
    assert config["torch"] == torch.__version__ and "git_revision" in config and "python" in config
    assert (plain_run / "loss.png").read_bytes()[:4] == b"\x89PNG"
    assert (plain_run / "tokenizer.model").read_bytes() == (tiny_set / "tokenizer.model").read_bytes()
    assert (plain_run / "ckpt" / "latest").read_text().strip() == "step_00000020"
    assert sorted(p.name for p in newest(plain_run).iterdir()) == ["meta.json", "model.safetensors", "training_state.pt"]
    assert not list(plain_run.glob("**/*.tmp")) and not (plain_run / "ckpt" / ".tmp").exists()


def test_only_so_many_checkpoints_stay(train, tmp_path, tiny_set):
    train(tiny_set, tmp_path / "run", "--checkpoint_interval", 3, "--keep_checkpoints", 3, "--batch_size", 16)
    assert sorted(os.listdir(tmp_path / "run" / "ckpt")) == ["latest", "step_00000015", "step_00000018", "step_00000020"]


def test_wandb_never_ends_a_run(train, tmp_path, tiny_set):
    r = train(tiny_set, tmp_path / "run", "--wandb", "offline", "--max_steps", 3, env={"WANDB_SILENT": "true"})
    remarks = [line for line in r.stdout.splitlines() if line.startswith("W&B is off")]
    if importlib.util.find_spec("wandb"):
        assert not remarks and list((tmp_path / "run").glob("wandb/offline-run-*"))
    else:
        assert len(remarks) == 1 and "pip install wandb" in remarks[0] and "--wandb=offline" in remarks[0]
    assert len(metrics(tmp_path / "run")) == 3


def test_epochs_make_the_steps(train, tmp_path, tiny_set):
    rows = (meta_of(tiny_set)["tokens"]["train"] - 1) // 32
    train(tiny_set, tmp_path / "run", "--max_steps", 0, "--epochs", 0.5, "--batch_size", 16, "--total_batch_size", 2048)
    assert len(metrics(tmp_path / "run")) == int(0.5 * rows / 64)

# -----------------------------------------------------------------------------
# the data

def test_plain_blocks_are_seen_once_per_epoch_and_hold_every_token(tiny_set):
    split = split_of(tiny_set, "train", 32)
    tokens = np.fromfile(tiny_set / "train.bin", dtype="<u2")
    assert split.n == (len(tokens) - 1) // 32
    orders = [[int(split.shuffled(epoch * split.n + i)) for i in range(split.n)] for epoch in range(3)]
    assert all(sorted(order) == list(range(split.n)) for order in orders)
    assert orders[0] != orders[1] != orders[2]  # another order every epoch
    other = split_of(tiny_set, "train", 32, seed=7)
    assert orders[0] != [int(other.shuffled(i)) for i in range(split.n)]
    x, y, doc, _ = split.batch(range(split.n))
    assert x.flatten().tolist() == tokens[:split.n * 32].tolist()
    assert y.flatten().tolist() == tokens[1:split.n * 32 + 1].tolist()


def test_the_order_depends_on_the_place_alone(tiny_set):
    """Whoever asks for sample i, and after whatever else, gets the same row: resumed runs and other ranks included."""
    split, places = split_of(tiny_set, "train", 32), random.Random(0).sample(range(10 ** 6), 50)
    forward = [int(split.shuffled(i)) for i in sorted(places)]
    assert [int(split.shuffled(i)) for i in sorted(places, reverse=True)][::-1] == forward


@pytest.mark.parametrize("size", [2, 3, 9, 33])
def test_pack_keeps_documents_whole_where_they_fit(size):
    pack, rng = pieces("pack")["pack"], random.Random(size)
    for lengths in ([1, 2, size - 1 or 1, size, size + 1, 2 * size - 1, 2 * size, 5 * size + 3], [size] * 7, [1] * 7,
                    [rng.randint(1, 3 * size) for _ in range(300)]):
        edges = np.cumsum([0] + lengths).tolist()
        rows = pack(edges[:-1], edges[1:], size)
        assert all(0 < sum(e - a for a, e in row) <= size for row in rows)
        placed = Counter(piece for row in rows for piece in row)
        assert all(n == 1 for n in placed.values())
        for a, e in zip(edges, edges[1:]):
            mine = sorted(p for p in placed if a <= p[0] and p[1] <= e and p[0] < e)
            if e - a <= size:
                assert mine == [(a, e)]
            else:  # each piece begins with the last token of the one before: every token but the first is predicted once
                assert mine[0][0] == a and mine[-1][1] == e
                assert all(left[1] - 1 == right[0] for left, right in zip(mine, mine[1:]))
                assert all(2 <= b - s <= size for s, b in mine)


def test_pack_wastes_little():
    rng = random.Random(0)
    lengths = [rng.randint(5, 60) for _ in range(3000)]
    edges = np.cumsum([0] + lengths).tolist()
    rows = pieces("pack")["pack"](edges[:-1], edges[1:], 129)
    assert sum(lengths) / (len(rows) * 129) > 0.98


@pytest.mark.parametrize("block_size", [16, 64])
def test_masked_rows_teach_each_supervised_token_once(tiny_chat_set, block_size):
    """The pairs (token before, target) of an epoch are those of the file; at 16 many documents are cut."""
    split = split_of(tiny_chat_set, "train", block_size)
    tokens = np.fromfile(tiny_chat_set / "train.bin", dtype="<u2").astype(int)
    mask = np.fromfile(tiny_chat_set / "train.mask.bin", dtype=np.uint8)
    assert sorted(int(split.shuffled(i)) for i in range(split.n)) == list(range(split.n))
    x, y, doc, _ = split.batch(range(split.n))
    taught = Counter(zip(x[y >= 0].tolist(), y[y >= 0].tolist()))
    at = np.flatnonzero(mask)
    assert taught == Counter(zip(tokens[at - 1].tolist(), tokens[at].tolist()))


def test_documents_of_a_masked_row_do_not_see_each_other(tiny_chat_set):
    x, y, doc, _ = (split := split_of(tiny_chat_set, "train", 128)).batch(range(split.n))
    for row_x, row_y, row_doc in zip(x.tolist(), y.tolist(), doc.tolist()):
        changes = [t for t in range(128) if t == 0 or row_doc[t] != row_doc[t - 1]]
        numbers = [row_doc[t] for t in changes]
        assert len(numbers) == len(set(numbers))  # a number is one stretch, the filling at the end included
        for t in range(1, 128):
            if row_x[t] == tok.BOS:
                assert t in changes and row_y[t - 1] == -1  # nobody predicts the start of a neighbour


def test_steps_with_nothing_supervised_are_harmless(train, tmp_path):
    """A step's rows can all be unsupervised; the sum of the loss divided by no targets must not be NaN (nanochat PR#590)."""
    docs = [{"messages": [{"role": "user", "content": f"What happened in game {i} of the season?"}]} for i in range(60)]
    docs += [{"messages": [{"role": "user", "content": f"Who won {i}?"}, {"role": "assistant", "content": f"Team {i}."}]} for i in range(12)]
    prepare.build(random.Random(0).sample(docs, len(docs)), str(tmp_path / "set"), vocab_size=320, val_fraction=0.4)
    train(tmp_path / "set", tmp_path / "run", "--total_batch_size", 32, "--eval_steps", 100)
    found = [r["loss"] for r in metrics(tmp_path / "run")]
    assert 0.0 in found and max(found) > 1 and all(map(math.isfinite, found))
    assert all(t.isfinite().all() for t in load_file(newest(tmp_path / "run") / "model.safetensors").values())

# -----------------------------------------------------------------------------
# init_from

@pytest.fixture(scope="module", params=[False, True], ids=["untied", "tied"])
def source(request, tmp_path_factory, train, tiny_set):
    """A run of an unusual shape: two layers, two heads of keys, 60 steps."""
    out = tmp_path_factory.mktemp("out") / "source"
    train(tiny_set, out, "--n_layer", 2, "--n_kv_head", 1, "--vocab_size", 640, "--tie_embeddings", request.param, "--max_steps", 60,
          "--learning_rate", 0.05, "--total_batch_size", 2048, "--batch_size", 16)
    return out


TUNE = ["--block_size", 32, "--total_batch_size", 2048, "--batch_size", 16, "--log_interval", 1, "--warmup_steps", 1, "--eval_steps", 2,
        "--device", "cpu", "--dtype", "float32", "--compile", "false"]


def test_init_from_takes_weights_shape_and_tokenizer(train, tmp_path, source, tiny_set):
    out = tmp_path / "run"
    train(tiny_set, out, "--init_from", source, "--learning_rate", 0, "--max_steps", 2, keys=TUNE)  # no key of the shape is given
    assert meta_of(newest(out))["model"] == meta_of(newest(source))["model"]
    assert json.loads((out / "config.json").read_text())["config"]["n_kv_head"] == 1
    assert (out / "tokenizer.model").read_bytes() == (source / "tokenizer.model").read_bytes()
    a, b = (load_file(newest(o) / "model.safetensors") for o in (out, source))
    assert a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)  # a learning rate of 0 moves nothing
    assert losses(out)[0] == pytest.approx(losses(source)[-1], abs=0.4) and losses(out)[0] < math.log(640) - 1  # of other batches
    assert metrics(out)[-1]["val_loss"] == pytest.approx(metrics(source)[-1]["val_loss"], abs=1e-5)


def test_a_run_begun_from_another_continues_with_the_same_command(train, tmp_path, source, tiny_set):
    """Its shape came from the source, not from the command line: resuming must not compare with the defaults."""
    command = [tiny_set, tmp_path / "run", "--init_from", source, "--max_steps", 6, "--checkpoint_interval", 3]
    train(*command, keys=TUNE)
    end = newest(tmp_path / "run") / "model.safetensors"
    whole = end.read_bytes()
    shutil.rmtree(end.parent)
    r = train(*command, keys=TUNE)
    assert "step 3" in r.stdout and end.read_bytes() == whole

# -----------------------------------------------------------------------------
# the sizes

def two_steps(train, out, data, name):
    if not (ROOT / "config" / name).exists():
        pytest.skip(f"config/{name} does not exist")
    keys = ["--batch_size", 1, "--total_batch_size", 128, "--block_size", 128, "--max_steps", 2, "--log_interval", 1, "--eval_steps", 1,
            "--device", "cpu", "--compile", "false", "--warmup_steps", 1]
    try:
        r = train(data, out, f"config/{name}", keys=keys, timeout=1800)
        first, second = losses(out)
        assert first == pytest.approx(math.log(32000), abs=0.05) and second < first
        return meta_of(newest(out))["model"], r.stdout
    finally:
        shutil.rmtree(out, ignore_errors=True)  # gigabytes


def test_small_takes_two_steps(train, tmp_path, tiny_set):
    model, out = two_steps(train, tmp_path / "run", tiny_set, "small.py")
    assert (model["n_layer"], model["n_head"], model["n_embd"], model["vocab_size"]) == (12, 12, 768, 32000)


@pytest.mark.long
@pytest.mark.parametrize("name, shape", [("medium.py", (24, 16, 1024, 32000)), ("large.py", (24, 16, 1536, 32000))])
def test_medium_and_large_take_two_steps(train, tmp_path, tiny_set, name, shape):
    if os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") < 20e9:
        pytest.skip("less than 20 GB of memory")
    model, out = two_steps(train, tmp_path / "run", tiny_set, name)
    assert (model["n_layer"], model["n_head"], model["n_embd"], model["vocab_size"]) == shape

# -----------------------------------------------------------------------------
# what a user can get wrong: one line, the right exit code, nothing written

USAGE = {
    "unknown_key": (["--lerning_rate", 1], ["lerning_rate", "learning_rate"]),
    "no_number": (["--n_layer", "many"], ["n_layer", "many"]),
    "stray_word": (["football"], ["football"]),
    "no_config_file": (["config/nothing.py"], ["config/nothing.py"]),
}
VALUES = {
    "total_batch_size": (["--total_batch_size", 100], ["100", "32"]),
    "n_embd": (["--n_embd", 33], ["33", "2"]),
    "n_kv_head": (["--n_head", 4, "--n_kv_head", 3], ["4", "3"]),
    "vocab_size": (["--vocab_size", 500], ["500"]),
    "long_block": (["--block_size", 65536], ["65536", "tokens"]),
    "init_from": (["--init_from", "out/nothing_here"], ["out/nothing_here"]),
}
NONSENSE = {
    "batch_size_0": (["--batch_size", 0], ["batch_size"]),
    "block_size_0": (["--block_size", 0], ["block_size"]),
    "n_head_0": (["--n_head", 0], ["n_head"]),
    "log_interval_0": (["--log_interval", 0], ["log_interval"]),
    "checkpoint_interval_0": (["--checkpoint_interval", 0], ["checkpoint_interval"]),
    "seed_negative": (["--seed", -1], ["seed"]),
    "max_steps_negative": (["--max_steps", -3, "--max_seconds", 2], ["max_steps"]),  # without a limit it never ends
    "optimizer": (["--optimizer", "adam"], ["adam", "adamw"]),
    "dtype": (["--dtype", "bf16"], ["bf16", "bfloat16"]),
    "device": (["--device", "gpu"], ["gpu", "cuda"]),
    "resume": (["--resume", "nevr"], ["nevr", "never"]),
    "compile": (["--compile", "yes"], ["yes", "true"]),
}


def refused(r, out, one_line, words):
    line = one_line(r)
    assert all(str(w) in line for w in words), line
    assert not os.path.exists(out)


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage(train, tmp_path, tiny_set, one_line, case):
    keys, words = USAGE[case]
    refused(train(tiny_set, tmp_path / "run", *keys, code=2), tmp_path / "run", one_line, words)


@pytest.mark.parametrize("case", VALUES)
def test_values_that_do_not_fit(train, tmp_path, tiny_set, one_line, case):
    keys, words = VALUES[case]
    refused(train(tiny_set, tmp_path / "run", *keys, code=1), tmp_path / "run", one_line, words)


@pytest.mark.parametrize("case", NONSENSE)
def test_values_that_make_no_sense(train, tmp_path, tiny_set, one_line, case):
    keys, words = NONSENSE[case]
    refused(train(tiny_set, tmp_path / "run", *keys, code=2), tmp_path / "run", one_line, words)


def test_typo_in_a_config_file(train, tmp_path, tiny_set, one_line):
    (tmp_path / "my.py").write_text("n_layer = 1\nn_hed = 2\n")
    refused(train(tiny_set, tmp_path / "run", tmp_path / "my.py", code=2), tmp_path / "run", one_line, ["my.py", "n_hed", "n_head"])


def test_missing_dataset(train, tmp_path, one_line):
    refused(train(tmp_path / "nothing", tmp_path / "run", code=1), tmp_path / "run", one_line, ["nothing", "prepare.py"])


def cut(name, size):
    def spoil(data):
        os.truncate(data / name, size)
    return spoil


def gone(name):
    def spoil(data):
        os.remove(data / name)
    return spoil


def nothing_supervised(data):
    """What prepare.py makes of conversations in which no assistant speaks."""
    shutil.rmtree(data)
    docs = [{"messages": [{"role": "user", "content": f"Who won game {i}? " * 5}]} for i in range(100)]
    prepare.build(docs, str(data), vocab_size=320, val_fraction=0.1)


SPOILED = {
    "train.bin_cut": (cut("train.bin", 5000), ["train.bin", "5000"]),
    "val.bin_cut": (cut("val.bin", 300), ["val.bin", "300"]),
    "train.mask.bin_cut": (cut("train.mask.bin", 500), ["train.mask.bin", "500"]),
    "train.mask.bin_gone": (gone("train.mask.bin"), ["train.mask.bin"]),  # or it would learn the questions, in silence
    "train.bin_gone": (gone("train.bin"), ["train.bin"]),
    "tokenizer_gone": (gone("tokenizer.model"), ["tokenizer.model"]),
    "tokenizer_empty": (cut("tokenizer.model", 0), ["tokenizer"]),
    "meta.json_cut": (cut("meta.json", 300), ["meta.json"]),
    "nothing_supervised": (nothing_supervised, ["supervised"]),
}


@pytest.mark.parametrize("case", SPOILED)
def test_spoiled_dataset(train, tmp_path, tiny_chat_set, one_line, case):
    spoil, words = SPOILED[case]
    data = copy_set(tiny_chat_set, tmp_path / "set")
    spoil(data)
    refused(train(data, tmp_path / "run", code=1), tmp_path / "run", one_line, [*words, data])


def test_exchanged_tokenizer(train, tmp_path, tiny_set, tiny_chat_set, one_line):
    data = copy_set(tiny_set, tmp_path / "set")
    shutil.copy(tiny_chat_set / "tokenizer.model", data)
    refused(train(data, tmp_path / "run", code=1), tmp_path / "run", one_line, [data, "tokenizer"])


def test_init_from_with_another_tokenizer(train, tmp_path, plain_run, tiny_chat_set, one_line):
    r = train(tiny_chat_set, tmp_path / "run", "--init_from", plain_run, code=1)
    refused(r, tmp_path / "run", one_line, [plain_run, "tokenizer", "--tokenizer"])  # the last: the way out


def test_an_out_dir_that_cannot_be_written(train, tmp_path, tiny_set):
    (tmp_path / "run").write_text("a file")
    r = train(tiny_set, tmp_path / "run", code=1)
    assert r.stderr.startswith("error: ") and r.stderr.count("\n") == 1 and str(tmp_path / "run") in r.stderr


def test_several_processes_say_an_error_once(train, tmp_path, tiny_set):
    r = train(tiny_set, tmp_path / "run", "--total_batch_size", 32 * 3, procs=2, code=1)
    said = [line for line in r.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1 and "2 processes" in said[0] and not (tmp_path / "run").exists()


# -----------------------------------------------------------------------------
# steps that are not finite

def poisoned(run, path, token):
    """A copy of a run in which the embedding of one token is infinite: every batch that holds it has no finite loss."""
    shutil.copytree(run, path)
    file = newest(path) / "model.safetensors"
    weights, meta = load_file(file), meta_of(file.parent)
    weights["embed.weight"][token] = float("inf")
    save_file(weights, file)
    meta["files"]["model.safetensors"] = model_py.file_sha256(file)
    (file.parent / "meta.json").write_text(json.dumps({**meta, "sha256": model_py.meta_sha256(meta)}))
    return path


def batches_with(data, token, steps=20, rows=16):
    """(steps whose batch holds the token, first row of every batch)"""
    split = split_of(data, "train", 32)
    batches = [[int(split.shuffled(step * rows + i)) for i in range(rows)] for step in range(steps)]
    return [step for step, batch in enumerate(batches, 1) if (split.batch(batch)[0] == token).any()], [batch[0] for batch in batches]


@pytest.mark.parametrize("procs, shard", [(1, False), (2, False), (2, True)], ids=["one", "ddp", "fsdp"])
def test_a_step_that_is_not_finite_is_skipped_and_counted(train, tmp_path, plain_run, tiny_set, procs, shard):
    token, bad = next((t, bad) for t in range(10, 600) if 3 <= len(bad := batches_with(tiny_set, t)[0]) <= 5 and bad[0] > 2 and bad[-1] < 20)
    out = tmp_path / "run"
    r = train(tiny_set, out, "--init_from", poisoned(plain_run, tmp_path / "poisoned", token), "--batch_size", 4, "--shard", shard, procs=procs)
    records = [json.loads(line, parse_constant=pytest.fail) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert [r["step"] for r in records if r["loss"] is None] == bad  # the others are as finite as ever: nothing of it stays
    assert [r["skipped"] for r in records] == [sum(b <= step for b in bad) for step in range(1, 21)]
    assert re.findall(r"step (\d+)/20 .* \| skipped, (\d+) so far", r.stdout) == [(str(b), str(n)) for n, b in enumerate(bad, 1)]
    weights = load_file(newest(out) / "model.safetensors")
    assert all(w.isfinite().all() for name, w in weights.items() if name != "embed.weight")
    assert weights["embed.weight"].isfinite().all(1).sum() == len(weights["embed.weight"]) - 1
    assert meta_of(newest(out))["skipped"] == len(bad)
    state = torch.load(newest(out) / "training_state.pt", weights_only=True)["optimizers"][1]["state"]
    assert {float(s["step"]) for s in state.values()} == {20 - len(bad)} and all(s["exp_avg"].isfinite().all() for s in state.values())


def test_a_skipped_step_moves_nothing(train, tmp_path, plain_run, tiny_set):
    tokens = np.fromfile(tiny_set / "train.bin", dtype="<u2")
    source = poisoned(plain_run, tmp_path / "poisoned", Counter(tokens.tolist()).most_common(1)[0][0])
    train(tiny_set, tmp_path / "run", "--init_from", source, "--max_steps", 5, "--weight_decay", 1.0, "--checkpoint_interval", 1)
    assert [r["skipped"] for r in metrics(tmp_path / "run")] == [1, 2, 3, 4, 5]
    assert sorted(os.listdir(tmp_path / "run" / "ckpt")) == ["latest", "step_00000005"]  # a model that is lost must not push out a good one
    assert (newest(tmp_path / "run") / "model.safetensors").read_bytes() == (newest(source) / "model.safetensors").read_bytes()


@pytest.mark.parametrize("procs, shard", [(1, False), (2, True)], ids=["one", "fsdp"])
def test_ten_in_a_row_end_the_run_with_step_batch_and_the_way_out(train, tmp_path, plain_run, tiny_set, procs, shard):
    token = Counter(np.fromfile(tiny_set / "train.bin", dtype="<u2").tolist()).most_common(1)[0][0]
    source = poisoned(plain_run, tmp_path / "poisoned", token)
    r = train(tiny_set, tmp_path / "run", "--init_from", source, "--shard", shard, procs=procs, code=1)
    said, = [line for line in r.stderr.splitlines() if line.startswith("error: ")]
    assert said.startswith("error: loss is nan") and "step 10," in said and "10th" in said and "learning_rate" in said
    assert f"row {batches_with(tiny_set, token)[1][9]}:" in said
    assert len(metrics(tmp_path / "run")) == 9


def test_float16_finds_a_scale_that_does_not_overflow(train, tmp_path, tiny_chat_set):
    """The loss of a step with one or two targets, times the scaler's 65536, is more than float16 holds."""
    train(tiny_chat_set, tmp_path / "run", "--dtype", "float16", "--total_batch_size", 32, "--max_steps", 60)
    skipped = [r["skipped"] for r in metrics(tmp_path / "run")]
    assert 0 < skipped[-1] < 10, skipped
    weights, state = load_file(newest(tmp_path / "run") / "model.safetensors"), torch.load(newest(tmp_path / "run") / "training_state.pt")
    assert all(w.isfinite().all() for w in weights.values()) and state["scaler"]["scale"] == 65536 / 2 ** skipped[-1]


def test_a_loss_that_is_no_number_ends_the_run(train, tmp_path, tiny_set):
    r = train(tiny_set, tmp_path / "run", "--learning_rate", 1e38, "--optimizer", "adamw", "--grad_clip", 0, "--checkpoint_interval", 1, code=1)
    assert len(r.stderr.splitlines()) == 1 and r.stderr.startswith("error: loss is") and "learning_rate" in r.stderr
