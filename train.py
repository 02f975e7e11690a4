"""
One trainer for every objective and machine: pretraining, fine-tuning on sets with a mask, preferences, on 1 CPU ... N nodes.

    python train.py config/demo.py
    torchrun --nproc_per_node=8 train.py config/medium.py
    torchrun --nnodes=2 --nproc_per_node=8 --max-restarts=3 --rdzv_backend=c10d --rdzv_endpoint=HOST:29500 train.py config/large.py
    python train.py config/demo.py --init_from out/base --out_dir out/tuned --dataset mine

The same command continues a run that was stopped, killed or cut off. The batch is a pure function of (seed, step), so
nothing is replayed or skipped, on any number of processes.
"""
import contextlib
import functools
import json
import math
import os
import platform
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import torch
import torch.distributed as dist

from configurator import configure, die, load_env
from model import (GPT, GPTConfig, LinearCrossEntropy, checkpoint_dirs, chunk_loss, file_sha256, load_weights, mfu,
                   peak_memory, read_checkpoint, write_checkpoint)

# -----------------------------------------------------------------------------
out_dir = "out/run"  # the run directory: config, metrics, checkpoints, tokenizer
init_from = "scratch"  # scratch, or a run directory whose weights, shape and tokenizer are taken over
resume = "auto"  # auto | never: continue the run found in out_dir, or refuse to touch it
objective = "lm"  # lm | dpo: the next token, or of two answers the chosen one (DPO, https://arxiv.org/abs/2305.18290)
dpo_beta = 0.1  # what it costs to leave the reference, the model of init_from
dpo_smoothing = 0.0  # share of the pairs taken to be the wrong way round (cDPO), below 0.5
dpo_sft = 0.0  # weight of the chosen answer's own loss, nats per token (https://arxiv.org/abs/2404.19733)
dpo_normalize = False  # rewards per token, so that length counts for nothing; wants a dpo_beta some ten times as high
dataset = "starter"  # data/DATASET, or a path
epochs = 1.0  # passes over the data, where max_steps is 0
max_steps = 0  # optimizer steps; 0: as many as epochs makes
max_seconds = 0.0  # stop and save after this time of one session, 0: never (the schedule is a function of the step)
batch_size = 16  # rows per process and micro-step; lowered to what divides the rows of a step
total_batch_size = 32768  # tokens per optimizer step, over all processes and micro-steps
vocab_size = 0  # ids of the model; 0: those of the dataset's tokenizer, more are padding
block_size = 256  # context, tokens
n_layer = 4  # blocks
n_head = 4  # heads of attention
n_kv_head = 0  # heads of keys and values, 0: as many as n_head
n_embd = 256  # width
qk_norm = True  # a learned RMSNorm on queries and keys (Qwen3); false: Llama
tie_embeddings = False  # the head shares the embedding's weights
optimizer = "muon"  # muon | adamw: muon is for the matrices, with AdamW for the rest
learning_rate = 0.02  # peak; for adamw think 1e-3 to 3e-4
warmup_steps = 100  # linear, from 0
decay_fraction = 0.5  # the last share of the steps, linear to 0; flat in between
weight_decay = 0.0  # of the matrices
grad_clip = 1.0  # norm of all gradients, 0: off
eval_interval = 250  # steps between evaluations (and at the end)
eval_steps = 50  # micro-batches of an evaluation, over all processes
checkpoint_interval = 500  # steps between checkpoints (and at the end)
keep_checkpoints = 2  # how many stay on disk
log_interval = 10  # steps between lines
device = "auto"  # auto | cpu | cuda | mps
dtype = "auto"  # auto | bfloat16 | float16 | float32: of the matmuls; float16 comes with a GradScaler
compile = "auto"  # auto | true | false: auto compiles where it pays
shard = False  # split weights, gradients and optimizer state over the processes (FSDP2): for what one device cannot hold
recompute = False  # keep only what goes into each block and compute the rest again (activation checkpointing): less memory, a fifth slower
seed = 1337  # of the weights and the order of the data
wandb = "off"  # off | offline | online | auto: auto is online if there is a key, else offline
# -----------------------------------------------------------------------------
config = configure(__file__)
globals().update(config)
load_env()

ROOT = os.path.dirname(os.path.abspath(__file__))
BOS = 1  # every document of a .bin begins with it
MEANS = ["loss", "margin", "accuracy", "reward_chosen", "reward_rejected"]  # of pairs; of tokens there is only the loss
MAX_SKIPPED = 10  # steps in a row without a finite loss and gradient, after which the run stops
# what a resumed run may not change: it would be another run
FIXED = "objective total_batch_size vocab_size block_size n_layer n_head n_kv_head n_embd qk_norm tie_embeddings optimizer seed".split()
LEAST = {"seed": 0, "max_steps": 0, **dict.fromkeys(["batch_size", "total_batch_size", "block_size", "n_layer", "n_head", "n_embd", "eval_interval",
                                                    "eval_steps", "checkpoint_interval", "keep_checkpoints", "log_interval"], 1)}
for key, least in LEAST.items():
    if config[key] < least:
        die(f"--{key} {config[key]}: at least {least}", 2)
if not (dpo_beta > 0 and 0 <= dpo_smoothing < 0.5 and dpo_sft >= 0):
    die(f"--dpo_beta {dpo_beta} must be above 0, --dpo_smoothing {dpo_smoothing} from 0 to below 0.5, --dpo_sft {dpo_sft} at least 0", 2)

# -----------------------------------------------------------------------------
# processes and devices

world, rank, local_rank = (int(os.environ.get(k, d)) for k, d in (("WORLD_SIZE", 1), ("RANK", 0), ("LOCAL_RANK", 0)))
master = rank == 0
if device == "auto":
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
elif device != "cpu" and not (torch.cuda if device == "cuda" else torch.backends.mps).is_available():
    die(f"--device {device}: there is none on this machine")
if device == "cuda":
    torch.cuda.set_device(local_rank)
    torch.set_float32_matmul_precision("high")
if device == "cpu":
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(max(1, cores // int(os.environ.get("LOCAL_WORLD_SIZE", 1))))
if world > 1:
    from torch.distributed.tensor import Shard, distribute_tensor, init_device_mesh  # 0.7 s that one process saves
    # torchrun's store still holds the addresses of processes that it replaced (pytorch#135712): meet in a part named after today's
    store, name = next(dist.rendezvous("env://"))[0], None
    store.set(f"hello {rank}", str(time.time_ns()))
    while not (name and store.check([f"{name} {r}" for r in range(world)])):
        name = str(sum(int(store.get(f"hello {r}")) for r in range(world)))
        store.set(f"{name} {rank}", "")
        time.sleep(0.05)
    dist.init_process_group("nccl" if device == "cuda" else "gloo", store=dist.PrefixStore(name, store), rank=rank, world_size=world)
mesh = init_device_mesh(device, (world,)) if world > 1 else None
shard = shard and world > 1
device_name = torch.cuda.get_device_name() if device == "cuda" else platform.processor() or device
say = lambda *args: print(*args, flush=True) if master else None
fail = lambda message, code=1: die(message, code) if master else sys.exit(code)  # said once: the other ranks leave quietly


def all_sum(*values):
    """Each value summed over all processes."""
    if world == 1:
        return values
    t = torch.tensor(values, dtype=torch.float64, device="cuda" if device == "cuda" else "cpu")
    dist.all_reduce(t)
    return t.tolist()

# -----------------------------------------------------------------------------
# where the weights come from: nothing, another run, or this run's newest checkpoint

ckpt_dir, ckpt = read_checkpoint(out_dir, say)
if ckpt and resume == "never":
    fail(f"{out_dir} holds a run at step {ckpt['step']}: choose another --out_dir, or --resume=auto to continue it")
if ckpt is None and checkpoint_dirs(out_dir):
    fail(f"no checkpoint of {out_dir} can be read: choose another --out_dir, or move them away to start anew")
source_run = out_dir if ckpt or init_from == "scratch" else init_from  # a resumed run has its own
source_dir, source = (ckpt_dir, ckpt) if source_run == out_dir else read_checkpoint(source_run, say)
if init_from != "scratch":
    if source is None:
        fail(f"--init_from {init_from}: no run directory with a checkpoint is there")
    block_size = min(block_size, source["model"]["block_size"])  # what it was trained for
elif objective == "dpo" and source is None:
    fail("--objective dpo starts from a trained model: give --init_from out/RUN", 2)

# -----------------------------------------------------------------------------
# data: rows of block_size + 1 tokens, as a pure function of (seed, number of the row)

data_dir = os.path.join(ROOT, "data", dataset)
if not os.path.exists(os.path.join(data_dir, "meta.json")):
    fail(f"{data_dir} has no meta.json: make the set first, python prepare.py {dataset}")
tokenizer_path = os.path.join(data_dir, "tokenizer.model")


def pack(starts, ends, size):
    """Whole documents into rows of `size` tokens, best fit by falling length. Returns a list of [(start, end), ...]. A longer
    document is cut into pieces that overlap by one token, so that each of its tokens is predicted once."""
    pieces = [(a, min(a + size, e)) for s, e in zip(starts, ends) for a in range(s, max(e - 1, s + 1), size - 1)]
    rows, space, filled = [], [[] for _ in range(size + 1)], 0  # space[n]: rows with n tokens left; filled: its bits
    for a, e in sorted(pieces, key=lambda p: (p[0] - p[1], p[0])):
        fits = filled >> (e - a)
        if fits:
            left = (e - a) + (fits & -fits).bit_length() - 1  # the tightest space that takes it
            row = space[left].pop()
            filled ^= (not space[left]) << left
        else:
            left, row = size, len(rows)
            rows.append([])
        rows[row].append((a, e))
        left -= e - a
        space[left].append(row)
        filled |= 1 << left
    return rows


class Split:
    """A split of the dataset. With a mask, rows hold whole documents that do not see each other; else plain blocks. In a set of
    pairs a chosen answer and the rejected one follow each other in a row, and reference (rows, n) holds their log-probabilities."""

    def __init__(self, split):
        n, masked = meta["tokens"][split], f"{split}.mask.bin" in meta["sha256"]
        path, mask_path = (os.path.join(data_dir, f"{split}.{kind}") for kind in ("bin", "mask.bin"))
        for file, size in {path: 2 * n, **({mask_path: n} if masked else {})}.items():
            if os.path.getsize(file) != size:
                fail(f"{file} has {os.path.getsize(file)} bytes, not the {size} of meta.json: run prepare.py again")
        if n <= block_size and "pairs" not in meta:
            fail(f"{path} has {n} tokens, fewer than a row of block_size {block_size} + 1: more data or a shorter block")
        if not meta["supervised"][split]:
            fail(f"{path}: nothing in it is supervised, no assistant speaks")
        self.tokens = np.memmap(path, dtype="<u2", mode="r")
        self.n = (n - 1) // block_size
        self.mask, self.reference, self.order = None, None, (-1, None)
        if masked:
            self.mask = np.memmap(mask_path, dtype=np.uint8, mode="r")
            starts, size = np.flatnonzero(self.tokens == BOS).tolist(), 1 + ("pairs" in meta)  # documents that stay together
            ends = [*starts[size::size], len(self.tokens)]
            self.rows = pack(starts[::size], ends, block_size + 1)
            self.n = len(self.rows)
        if "pairs" in meta:
            half = dict(zip(starts[::2], starts[1::2]))  # where the rejected answer begins
            if max(e - s for s, e in zip(starts[::2], ends)) > block_size + 1:
                fail(f"{path}: a pair does not fit in a row of block_size {block_size}: raise it, or make the set for this context")
            self.rows = [[doc for s, e in row for doc in ((s, half[s]), (half[s], e))] for row in self.rows]
            self.reference = torch.zeros(self.n, max(map(len, self.rows)))

    def shuffled(self, i):
        """The row that stands at place i of an endless run of seeded epochs."""
        epoch, place = divmod(i, self.n)
        if self.order[0] != epoch:
            self.order = epoch, np.random.default_rng([seed, epoch]).permutation(self.n)
        return self.order[1][place]

    def batch(self, rows):
        """Rows -> x (B, T), y (B, T) with -1 where nothing is learned, doc (B, T) or None, int64 tensors; reference (B, n) or None."""
        T = block_size
        if self.mask is None:
            xy = torch.from_numpy(np.stack([self.tokens[r * T:r * T + T + 1] for r in rows]).astype(np.int64))
            return xy[:, :-1], xy[:, 1:].clone(), None, None
        xy, learn, doc = (torch.zeros(len(rows), T + 1, dtype=torch.int64) for _ in range(3))
        for i, r in enumerate(rows):
            at = 0
            for number, (a, e) in enumerate(self.rows[r], 1):  # what is left of the row stays document 0
                here = slice(at, at := at + e - a)
                xy[i, here] = torch.from_numpy(self.tokens[a:e].astype(np.int64))
                learn[i, here] = torch.from_numpy(self.mask[a:e].astype(np.int64))
                learn[i, here.start] = 0  # the first token follows nothing
                doc[i, here] = number
        return xy[:, :-1], torch.where(learn[:, 1:] == 1, xy[:, 1:], -1), doc[:, :-1], None if self.reference is None else self.reference[list(rows)]


to_device = lambda tensors: [t if t is None else (t.pin_memory() if device == "cuda" else t).to(device, non_blocking=device == "cuda") for t in tensors]
try:
    with open(os.path.join(data_dir, "meta.json"), encoding="utf-8") as f:
        meta = json.load(f)
    if not os.path.getsize(tokenizer_path) or file_sha256(tokenizer_path) != meta["tokenizer_sha256"]:
        fail(f"{data_dir} was made with another tokenizer than its tokenizer.model: run prepare.py again")
    if ("pairs" in meta) != (objective == "dpo"):
        fail(f"{data_dir} holds {'pairs of answers: --objective dpo' if 'pairs' in meta else 'no pairs of answers: --objective lm'}, or another --dataset")
    train_set, val_set = Split("train"), Split("val")
except (OSError, ValueError, KeyError) as e:
    fail(f"{data_dir} is damaged, meta.json or a file that it lists ({e}): run prepare.py again")
if total_batch_size % (block_size * world):
    fail(f"total_batch_size {total_batch_size} is no multiple of block_size {block_size} x {world} processes: try "
         f"{max(1, total_batch_size // (block_size * world)) * block_size * world}")
step_rows = total_batch_size // block_size  # rows of one optimizer step
my_rows = step_rows // world
micro = max(d for d in range(1, min(batch_size, my_rows) + 1) if my_rows % d == 0)
grad_accum = my_rows // micro
max_steps = max_steps or max(1, int(epochs * train_set.n / step_rows))
counted = "tokens" if train_set.mask is None else "supervised"  # plain blocks predict <|bos|> too
bytes_per_target = {s: meta["text_bytes"][s] / meta[counted][s] for s in ("train", "val")}  # loss / ln 2 / this = bits per byte
told = lambda means, split: ("margin {:.3f} accuracy {:.1%} rewards {:+.3f} {:+.3f}".format(*means[1:5]) if objective == "dpo" else
                             f"bpb {means[0] / math.log(2) / bytes_per_target[split]:.3f}")  # what a line says beside the loss

# -----------------------------------------------------------------------------
# the model

shape = dict(vocab_size=vocab_size or meta["vocab_size"], block_size=block_size, n_layer=n_layer, n_head=n_head,
             n_kv_head=n_kv_head or n_head, n_embd=n_embd, qk_norm=qk_norm, tie_embeddings=tie_embeddings)
if init_from != "scratch":
    shape = {**source["model"], "block_size": block_size}
config.update(shape, max_steps=max_steps)
globals().update(shape)
if source and source["tokenizer_sha256"] != meta["tokenizer_sha256"]:
    fail(f"{data_dir} was made with another tokenizer than {source_run}: python prepare.py ... --tokenizer {os.path.join(source_run, 'tokenizer.model')}")
if shape["vocab_size"] < meta["vocab_size"]:
    fail(f"vocab_size {vocab_size} is smaller than the tokenizer's {meta['vocab_size']}")
if ckpt:
    changed = {k: (ckpt["config"][k], v) for k, v in config.items() if ckpt["config"].get(k, v) != v}
    if refused := [f"{k} {old!r} -> {new!r}" for k, (old, new) in changed.items() if k in FIXED]:
        fail(f"{out_dir} cannot be resumed with another {', '.join(refused)}: choose another --out_dir")
    if ckpt["data_sha256"] != meta["sha256"]["train.bin"]:
        fail(f"{data_dir} does not hold the data that {out_dir} was trained on: choose another --out_dir, or make the set again")
    for k, (old, new) in changed.items():
        say(f"changed since the checkpoint: {k} {old!r} -> {new!r}")
    if ckpt["step"] >= max_steps:
        say(f"{out_dir} is finished: step {ckpt['step']} of {max_steps}")
        sys.exit(0)
    if "training_state.pt" not in ckpt["files"]:  # a model that SageMaker keeps, see keep_model of sagemaker_entry.py
        fail(f"{ckpt_dir} holds weights only: train on from them with --init_from {out_dir} --out_dir out/NEW")

torch.manual_seed(seed)
try:
    gpt = GPT(GPTConfig(**shape))
    if source:
        load_weights(gpt, source_dir)
except (AssertionError, ValueError) as e:
    fail(e)
flops_per_token = gpt.flops_per_token()
why_dtype = "as asked"
if dtype == "auto":
    cpu = getattr(torch.cpu, "_is_avx512_bf16_supported", bool)
    native = device == "cuda" and torch.cuda.get_device_capability() >= (8, 0) or device == "cpu" and cpu()
    dtype, why_dtype = ("bfloat16", "native here") if native else ("float16", "no bfloat16 here") if device == "cuda" else ("float32", "no fast 16 bits")
compiling, why_compile = compile == "true", "as asked"
if compile == "auto":  # on a CPU it costs some 20 s and then saves a third of the time
    compiler = any(map(shutil.which, (os.environ.get("CXX") or "g++", "g++", "clang++", "cl")))
    short = device == "cpu" and flops_per_token * total_batch_size / world * max_steps < 60 * 200e9
    why_compile = "not on mps" if device == "mps" else "no C++ compiler found" if not compiler else "too short a run to pay" if short else "it pays"
    compiling = why_compile == "it pays"
if compiling:
    torch._dynamo.config.suppress_errors = compile == "auto"  # a toolchain that fails costs a warning, not the run
    LinearCrossEntropy.chunk = staticmethod(torch.compile(chunk_loss, dynamic=train_set.mask is not None))
for block in gpt.blocks:  # compiled one by one: all share one graph, so that a deep model compiles as fast as a shallow one
    if recompute:  # around what is compiled: a graph around it would fall back to plain operations
        block.forward = functools.partial(torch.utils.checkpoint.checkpoint, torch.compile(block.forward) if compiling else block.forward, use_reentrant=False)
    elif compiling:
        block.compile()
if shard:  # a block is whole while it computes, and all of it in the dtype of its matmuls; the rest and sums of gradients are fp32
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
    for block in gpt.blocks:
        fully_shard(block, mesh=mesh, mp_policy=MixedPrecisionPolicy(getattr(torch, dtype), torch.float32, cast_forward_inputs=False))
    fully_shard(gpt, mesh=mesh)
gpt.to(device)
net = torch.nn.parallel.DistributedDataParallel(gpt, gradient_as_bucket_view=True) if world > 1 and not shard else gpt
optimizers = gpt.optimizers(optimizer, learning_rate, weight_decay, torch.bfloat16 if dtype == "bfloat16" else torch.float32, mesh)
autocast = torch.autocast(device, getattr(torch, dtype)) if dtype != "float32" else contextlib.nullcontext()
scaler = torch.amp.GradScaler(device, enabled=dtype == "float16")
stop_signals, step, seconds, skipped, wandb_id = [], 0, 0.0, 0, None  # seconds: of the sessions before this one
if ckpt:
    state = torch.load(os.path.join(ckpt_dir, "training_state.pt"), map_location="cpu" if shard else device, weights_only=True)
    part = lambda t: distribute_tensor(t, mesh, [Shard(0)], src_data_rank=None) if shard and t.dim() else t  # what is saved is whole
    for o, saved in zip(optimizers, state["optimizers"]):
        saved = {i: {k: part(t) for k, t in values.items()} for i, values in saved["state"].items()}
        o.load_state_dict({**o.state_dict(), "state": saved})  # learning rate and weight decay are those of today's keys
    scaler.load_state_dict(state["scaler"])
    train_set.reference, val_set.reference = (r if r is None else r.cpu() for r in state.get("reference", [None, None]))
    step, seconds, skipped, wandb_id = ckpt["step"], ckpt["seconds"], ckpt.get("skipped", 0), ckpt["wandb_id"]
    say(f"resuming {out_dir} at step {step}")

say(f"model: {gpt.num_params():,} parameters, {n_layer} layers x {n_embd}, vocabulary {shape['vocab_size']:,}")
say(f"data: {data_dir}, {len(train_set.tokens):,} tokens in {train_set.n:,} rows of {block_size}, {max_steps * step_rows / train_set.n:.2f} epochs")
say(f"batch: {total_batch_size:,} tokens = {micro} rows x {block_size} x {grad_accum} micro-steps x {world} processes{', sharded' if shard else ''}")
say(f"device: {device} ({device_name}), {dtype} ({why_dtype}), {'compiled' if compiling else 'not compiled'} ({why_compile})")

# -----------------------------------------------------------------------------
# records: config.json, metrics.jsonl, loss.png, W&B, checkpoints

def start_records():
    """Write what a run directory needs besides checkpoints. Returns (metrics file, records so far, W&B run or None)."""
    os.makedirs(out_dir, exist_ok=True)
    shutil.copyfile(tokenizer_path, os.path.join(out_dir, "tokenizer.model"))
    git = subprocess.run("git rev-parse HEAD", shell=True, cwd=ROOT, capture_output=True, text=True).stdout.strip()  # "" where there is none
    versions = dict(python=platform.python_version(), torch=torch.__version__, numpy=np.__version__, git_revision=git, device=device_name)
    with open(os.path.join(out_dir, "config.json"), "w", encoding="utf-8") as f:
        json.dump({"config": config, **versions}, f, indent=1)
    path, records = os.path.join(out_dir, "metrics.jsonl"), []
    if ckpt and os.path.exists(path):  # cut back to the checkpoint: a kill can leave later lines, and half a line
        with open(path, encoding="utf-8") as f:
            for line in f:
                with contextlib.suppress(ValueError):
                    records.append(json.loads(line))
    records = [r for r in records if r["step"] <= step]
    with open(path + ".tmp", "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in records)
    os.replace(path + ".tmp", path)
    return open(path, "a", encoding="utf-8", buffering=1), records, start_wandb() if wandb != "off" else None


def start_wandb():
    try:
        import wandb as wandb_module
        return wandb_module.init(project="sports-llm", name=os.path.basename(out_dir), dir=out_dir, config=config, id=wandb_id,
                                 resume="allow" if wandb_id else None, mode=wandb if wandb != "auto" else "online" if os.environ.get("WANDB_API_KEY") else "offline")
    except Exception as e:  # logging never ends a run
        say(f"W&B is off: {e} (pip install wandb, WANDB_API_KEY in the environment or .env, or --wandb=offline)")


def log(record):
    records.append(record := {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in record.items()})  # JSON has no NaN
    try:
        metrics_file.write(json.dumps(record) + "\n")
        if wandb_run:
            wandb_run.log({k: v for k, v in record.items() if k != "step"}, step=record["step"])
    except Exception as e:
        say(f"step {record['step']} could not be logged: {e}")


def draw_loss():
    """loss.png: training loss and validation bits per byte, or accuracy, against tokens."""
    try:
        from matplotlib.figure import Figure
        left = Figure(figsize=(8, 4.5)).subplots()
        left.set(xlabel="tokens", title=f"{out_dir}, step {step}")
        val = ("val_bpb", "validation, bits per byte") if objective == "lm" else ("val_accuracy", "validation, share of pairs in order")
        for axes, style, color, key, label in ((left, "-", "tab:blue", "loss", "training loss, nats"), (left.twinx(), "o-", "tab:orange", *val)):
            shown = [r for r in records if r.get(key) is not None]
            axes.plot([r["tokens"] for r in shown], [r[key] for r in shown], style, lw=0.8, ms=3, color=color)
            axes.set_ylabel(label, color=color)
        left.figure.savefig(os.path.join(out_dir, "loss.png"), dpi=100, bbox_inches="tight")
    except Exception as e:
        say(f"loss.png was not drawn: {e}")


def gathered(x):
    """x with what is sharded whole, one tensor after the other and on the CPU, or None where nothing is saved."""
    if hasattr(x, "full_tensor"):
        x = x.full_tensor()
        return x.cpu() if master else None
    return {k: gathered(v) for k, v in x.items()} if isinstance(x, dict) else x


def save_checkpoint():
    """True when this step is on disk; a full disk costs a line and nothing that was saved before. All processes take part."""
    weights = gathered({k: v for k, v in gpt.state_dict().items() if not (k == "head.weight" and tie_embeddings)})
    state = dict(optimizers=[gathered(o.state_dict()) for o in optimizers], scaler=scaler.state_dict(), reference=[train_set.reference, val_set.reference])
    if not master:
        return True
    draw_loss()
    info = dict(step=step, seconds=seconds + time.time() - started, skipped=skipped, wandb_id=wandb_run.id if wandb_run else wandb_id,
                tokenizer_sha256=meta["tokenizer_sha256"], data_sha256=meta["sha256"]["train.bin"], model=shape, config=config)
    try:
        write_checkpoint(out_dir, weights, state, info, keep_checkpoints)
        return True
    except Exception as e:  # OSError mostly; safetensors and torch raise their own kinds
        say(f"step {step} could not be saved ({e}): free some space on the disk of {out_dir}; what was saved before is whole")

# -----------------------------------------------------------------------------
# the loop

def schedule(step):
    """What the peak learning rates are multiplied with: linear warm-up, flat, linear decay to zero."""
    left = (max_steps - step) / max(1, decay_fraction * max_steps)
    return min(1.0, (step + 1) / max(1, warmup_steps), left)


def answers(model, x, y, doc, n):
    """(log-probability, number) of the targets of documents 1 .. n of each row. (B, T) -> (B, n) twice"""
    which = doc[:, None] == torch.arange(1, n + 1, device=doc.device)[:, None]  # (B, n, T)
    return [(values[:, None] * which).sum(-1) for values in (-model(x, y, doc, True), y >= 0)]


def losses(model, x, y, doc, reference):
    """Sums over a micro-batch, its count last: [loss, targets], or with reference (B, n) those of MEANS and [pairs]. Documents
    1, 3, ... of a row are chosen, each before the one that was rejected."""
    if reference is None:
        return torch.stack([model(x, y, doc), (y >= 0).sum()])
    logp, n = answers(model, x, y, doc, reference.size(1))
    paired, n = (n > 0)[:, ::2], n.clamp(min=1)  # (B, n / 2), what a row has no pairs for is not
    reward = dpo_beta * (logp - reference) / (n if dpo_normalize else 1)
    chosen, rejected = reward[:, ::2], reward[:, 1::2]
    margin, logsigmoid = chosen - rejected, torch.nn.functional.logsigmoid
    loss = (dpo_smoothing - 1) * logsigmoid(margin) - dpo_smoothing * logsigmoid(-margin) - dpo_sft * (logp / n)[:, ::2]
    return (torch.stack([loss, margin, (margin > 0).float(), chosen, rejected, torch.ones_like(loss)]) * paired).sum((1, 2))


def shared(split, rows):
    """Yield (rows, their tensors on the device), one micro-batch of this process after the other."""
    for i in range(0, len(rows), micro * world):  # as often on all ranks: a sharded model computes on all at once
        part = rows[i:i + micro * world][rank::world]
        x, y, *more = split.batch(np.resize(part, micro))
        y[len(part):] = -1  # repeated rows that fill up the last batch
        yield part, to_device([x, y, *more])


def evaluate():
    """Means over eval_steps micro-batches of the validation set, the loss first: the same rows every time, shared by all ranks."""
    rows = np.linspace(0, val_set.n - 1, min(val_set.n, eval_steps * micro)).astype(int)
    with autocast:  # gradients stay on: the graph compiled for training serves, where another would cost seconds
        *total, count = all_sum(*sum(np.array(losses(gpt, *tensors).tolist()) for _, tensors in shared(val_set, rows)))
    return [t / max(1, count) for t in total]


def train_step():
    """One optimizer step, or none if loss or gradients are not finite. Returns (means, the loss first, gradient norm, stop?), equal on all ranks."""
    total, first = 0.0, step * step_rows + rank * my_rows
    micros = [train_set.batch([train_set.shuffled(first + i + j) for j in range(micro)]) for i in range(0, my_rows, micro)]
    targets, = all_sum(sum(int((y >= 0).sum()) if objective == "lm" else int(doc.amax(1).sum()) // 2 for _, y, doc, _ in micros))  # or pairs
    for group in (g for o in optimizers for g in o.param_groups):
        group["lr"] = group["initial_lr"] * schedule(step)
    for i, tensors in enumerate(micros):
        net.require_backward_grad_sync = i == grad_accum - 1  # DDP exchanges gradients once a step; set before the forward pass
        if shard:
            net.set_requires_gradient_sync(i == grad_accum - 1)
        with autocast:
            means = losses(net, *to_device(tensors)) / max(1, targets)  # sums over the micro-batch / targets of the whole step
        scaler.scale(means[0] * world).backward()  # gradients are averaged over processes
        total = total + means.detach()
    for o in optimizers:
        scaler.unscale_(o)
    grads = [p.grad.to_local() if shard else p.grad for p in gpt.parameters() if p.grad is not None]
    norm = float(torch.nn.utils.get_total_norm(grads))
    asked = bool(stop_signals) or 0 < max_seconds < time.time() - started  # one process is enough to stop all on the same step
    *means, square, asked = all_sum(*total.tolist(), norm ** 2 / (1 if shard else world), asked)
    norm = math.sqrt(square)
    if 0 < grad_clip < norm:
        torch._foreach_mul_(grads, grad_clip / norm)
    for o in optimizers:
        if math.isfinite(means[0] + norm):
            scaler.step(o)
        o.zero_grad(set_to_none=True)
    scaler.update()
    return means[:-1], norm, asked > 0


def on_signal(number, frame):
    if stop_signals and number == signal.SIGINT:
        sys.exit(128 + number)  # Ctrl-C twice; launchers send SIGTERM twice and still mean: save
    stop_signals.append(number)


signal.signal(signal.SIGTERM, on_signal)
signal.signal(signal.SIGINT, on_signal)
started = time.time()
try:
    metrics_file, records, wandb_run = start_records() if master else (None, [], None)
except OSError as e:
    fail(f"{out_dir} cannot be written: {e}")
try:
    if objective == "dpo" and not ckpt:  # log-probabilities by the weights of init_from: kept beside the bins under a name that tells both
        path = os.path.join(data_dir, "reference-{:.16}-{:.8}-{:.8}-{}-{}.pt".format(
            source["files"]["model.safetensors"], meta["sha256"]["train.bin"], meta["sha256"]["val.bin"], block_size, dtype))
        if all_sum(os.path.exists(path))[0] == world:
            train_set.reference, val_set.reference = torch.load(path, weights_only=True)
        else:
            say(f"reference: log-probabilities of {sum(meta['pairs'].values()):,} pairs by {init_from}")
            for split in (train_set, val_set):
                for rows, tensors in shared(split, np.arange(split.n)):
                    with autocast:
                        split.reference[rows] = answers(gpt, *tensors[:3], split.reference.size(1))[0].detach()[:len(rows)].cpu()
                split.reference = torch.tensor(all_sum(*split.reference.flatten().tolist())).float().view_as(split.reference)
            with contextlib.suppress(Exception):  # a folder that cannot be written: checkpoints hold them too
                torch.save([train_set.reference, val_set.reference], f"{path}.{rank}.tmp")
                os.replace(f"{path}.{rank}.tmp", path)
    mark, in_a_row, last = (time.time(), step), 0, False  # where the current measure of speed began, steps skipped one after the other
    while not last:
        (loss, *more), norm, stop = train_step()
        in_a_row = 0 if math.isfinite(loss + norm) else in_a_row + 1
        skipped += in_a_row > 0
        if in_a_row == MAX_SKIPPED:
            fail(f"loss is {loss}, gradient norm {norm} at step {step + 1}, the {in_a_row}th skipped in a row, its batch begins with row "
                 f"{train_set.shuffled(step * step_rows)}: lower --learning_rate {learning_rate}; the same command continues from the last checkpoint")
        step += 1
        last = step == max_steps or stop
        evaluating = last or step % eval_interval == 0
        if evaluating or in_a_row or step == 1 or step % log_interval == 0:
            rate = total_batch_size * (step - mark[1]) / (time.time() - mark[0])
            record = dict(step=step, loss=loss, lr=learning_rate * schedule(step - 1), tokens=step * total_batch_size, tokens_per_s=round(rate),
                          mfu=mfu(flops_per_token, rate / world, device_name), seconds=round(seconds + time.time() - started, 2),
                          skipped=skipped, peak_memory_bytes=peak_memory(), **dict(zip(MEANS[1:], more)))
            line = f"step {step}/{max_steps} | loss {loss:.4f} | {told([loss, *more], 'train')}"
            if evaluating:
                val = evaluate()
                record.update({f"val_{name}": mean for name, mean in zip(MEANS, val)})
                record.update({"val_bpb": val[0] / math.log(2) / bytes_per_target["val"]} if objective == "lm" else {})
                line += f" | val {val[0]:.4f} {told(val, 'val')}"
            if master:
                log(record)
            used, eta = "n/a" if record["mfu"] is None else f"{record['mfu']:.1%}", int(total_batch_size * (max_steps - step) / rate)
            say(f"{line} | lr {record['lr']:.1e} | norm {norm:.2f} | {rate:,.0f} tok/s | mfu {used} | eta {eta // 60}m{eta % 60:02d}s"
                + f" | skipped, {skipped} so far" * (in_a_row > 0))
            mark = time.time(), step
        if last or step % checkpoint_interval == 0 and not in_a_row:  # what is skipped may be lost: keep the checkpoints from before
            if not save_checkpoint() and last:
                die("the end of this run was not saved: the same command continues from the checkpoint before")
            mark = time.time(), step
except torch.OutOfMemoryError:
    fail(f"batch_size {micro} x {block_size} does not fit in the memory of {device_name}: halve --batch_size (micro-steps double), or --block_size")
say(f"{'done' if step == max_steps else 'stopped and saved, the same command continues'}: {out_dir}, step {step} of {max_steps}, "
    f"{step * total_batch_size:,} tokens in {seconds + time.time() - started:.0f} s")
if wandb_run:
    wandb_run.finish()
if world > 1:
    dist.barrier()  # a rank that leaves first makes torchrun end the others, in the middle of a save
    dist.destroy_process_group()
(sys.exit if world == 1 else os._exit)(128 + stop_signals[-1] if stop_signals else 0)  # gloo's threads make sys.exit abort now and then
