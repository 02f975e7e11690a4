"""
What this machine does with a model: sizes, training, decoding and tokenizer throughput. The last line is one JSON.

    python bench.py --mode size config/small.py
    python bench.py --mode train config/demo.py --seconds 30 --compile true
    python bench.py --mode train config/small.py --sweep true --price 2.5
    python bench.py --mode learn --dataset starter config/demo.py --seconds 60
    python bench.py --mode decode config/small.py --rows 16 --weights bfloat16
    python bench.py --mode tokenizer --tokenizer data/starter/tokenizer.model --docs data/starter/val.jsonl.gz

--mode train runs train.py itself, on random tokens, and reads its metrics: there is no second training loop.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch

import tokenizer as tok
from configurator import configure, die, read_defaults
from engine import Engine
from model import GPT, GPTConfig, peak_memory

# -----------------------------------------------------------------------------
mode = "size"  # size | train | learn | decode | tokenizer
seconds = 20.0  # of training or decoding to measure, warm-up and compilation excluded
sweep = False  # train: try dtype, compilation, micro-batch and recomputing, and print the fastest as lines for a config
price = 0.0  # train: of an hour of this machine, for the cost to the end of the config
seeds = 3  # learn: runs
rows = 1  # decode: sequences at once
weights = "auto"  # auto | float32 | bfloat16 | float16 | int8: decode: how weights are held, see engine.py
prompt_tokens = 64  # decode: length of each prompt
new_tokens = 256  # decode: tokens generated per sequence
tokenizer = "data/starter/tokenizer.model"  # tokenizer: the model to measure
docs = []  # tokenizer: documents to encode
# -----------------------------------------------------------------------------
ROOT = os.path.dirname(os.path.abspath(__file__))
WARMUP = 3  # steps that are not measured
SHAPE = ("vocab_size", "block_size", "n_layer", "n_head", "n_kv_head", "n_embd", "qk_norm", "tie_embeddings")


def model_config():
    """The GPTConfig of the keys given; the vocabulary of the dataset where the config leaves it to that, else 32,000."""
    shape = {k: config[k] for k in SHAPE}
    meta = os.path.join(ROOT, "data", config["dataset"], "meta.json")
    if not shape["vocab_size"] and os.path.exists(meta):
        with open(meta, encoding="utf-8") as f:
            shape["vocab_size"] = json.load(f)["vocab_size"]
    return GPTConfig(**{**shape, "vocab_size": shape["vocab_size"] or 32000})


def spread(values):
    """(median, smallest, largest)"""
    return statistics.median(values), min(values), max(values)


def bench_size():
    """Parameters, FLOPs, and bytes on disk and in memory of a config; nothing is run."""
    with torch.device("meta"):
        model = GPT(model_config())
    c, n = model.config, model.num_params()
    head = 0 if c.tie_embeddings else c.vocab_size * c.n_embd
    result = {"parameters": n, "parameters_without_embeddings": n - c.vocab_size * c.n_embd - head, "flops_per_token": model.flops_per_token(),
              # fp32 weights and two moments of AdamW, or the one of Muon for the matrices of the blocks
              "checkpoint_bytes": 12 * n if config["optimizer"] == "adamw" else 8 * n + 4 * (head + c.vocab_size * c.n_embd),
              "kv_cache_bytes_per_token": 2 * 2 * c.n_layer * c.n_kv_head * c.n_embd // c.n_head}
    for k, v in result.items():
        print(f"{k:<32}{v:>18,}")
    return result


def random_set(folder, vocab_size, tokens=2_000_000):
    """A data directory of random tokens, so that a measurement needs no corpus."""
    os.makedirs(folder)
    words = ["".join(np.random.default_rng(i).choice(list("abcdefghijklmnopqrstuvwxyz"), 6)) for i in range(400)]
    with open(os.path.join(folder, "tokenizer.model"), "wb") as f:
        f.write(tok.train([" ".join(words)] * 5, 320))
    count = {"train": tokens, "val": config["block_size"] * 8 + 1}
    for split, n in count.items():
        ids = np.random.default_rng(0).integers(tok.PAD + 1, vocab_size, n).astype("<u2")
        ids[0] = tok.BOS
        ids.tofile(os.path.join(folder, f"{split}.bin"))
    sha = tok.Tokenizer(os.path.join(folder, "tokenizer.model")).sha256
    with open(os.path.join(folder, "meta.json"), "w") as f:
        json.dump({"tokenizer_sha256": sha, "vocab_size": 320, "tokens": count, "supervised": count, "text_bytes": count,
                   "sha256": {"train.bin": ""}}, f)


def run_train(folder, until, **keys):
    """Records of train.py with the config's keys and these, stopped when until(records, seconds since the first) says so."""
    keys = {**{k: config[k] for k in read_defaults(os.path.join(ROOT, "train.py"))}, "out_dir": os.path.join(folder, "run"), "init_from": "scratch",
            "log_interval": 1, "checkpoint_interval": 10 ** 9, "wandb": "off", **keys}
    shutil.rmtree(keys["out_dir"], ignore_errors=True)
    command = [sys.executable, os.path.join(ROOT, "train.py")] + [f"--{k}={v}" for k, v in keys.items()]
    process, path, records, first = subprocess.Popen(command, stdout=sys.stderr), os.path.join(keys["out_dir"], "metrics.jsonl"), [], None
    try:
        while process.poll() is None and not (first and until(records, time.time() - first)):
            time.sleep(0.2)
            if os.path.exists(path):
                with open(path) as f:
                    records = [json.loads(line) for line in f.read().splitlines() if line.endswith("}")]
                first = first or (time.time() if len(records) > WARMUP else None)
    finally:
        process.kill()
        process.wait()
    return records


def measure_train(folder, vocab_size, wanted, **keys):
    """Speed of train.py after its compilation: median, smallest, largest tokens/s, MFU and peak memory, or None where it fails."""
    records = run_train(folder, lambda records, passed: passed > wanted and len(records) > 2 * WARMUP, dataset=os.path.join(folder, "data"),
                        **{"vocab_size": vocab_size, "max_steps": 10 ** 9, "eval_interval": 10 ** 9, "eval_steps": 1, **keys})[WARMUP:]
    if records:
        middle, low, high = spread([r["tokens_per_s"] for r in records])
        return {"tokens_per_s": middle, "low": low, "high": high, "mfu": records[-1]["mfu"], "peak_memory_bytes": max(r["peak_memory_bytes"] for r in records), "steps": len(records)}


def bench_train():
    """Tokens/s of train.py with the keys given; with --sweep the fastest dtype, compilation and micro-batch, one after the other."""
    with tempfile.TemporaryDirectory() as tmp:
        vocab_size = model_config().vocab_size
        random_set(os.path.join(tmp, "data"), vocab_size)
        if not sweep:
            best, result = {}, measure_train(tmp, vocab_size, seconds)
        else:
            best, result = sweep_train(tmp, vocab_size)
    if not result:
        die("train.py ended before there was anything to measure: see its message above")
    print(f"{result['tokens_per_s']:,.0f} tokens/s (from {result['low']:,.0f} to {result['high']:,.0f} over {result['steps']} steps), peak memory "
          f"{result['peak_memory_bytes'] / 2 ** 20:,.0f} MiB")
    if best:
        print("", "# the fastest of those tried, to paste into a config:", *[f"{k} = {v!r}" for k, v in best.items()], "", sep="\n")
    total = config["max_steps"] * config["total_batch_size"]
    if total:
        hours = total / result["tokens_per_s"] / 3600
        print(f"{hours:,.1f} hours to the end of {total:,} tokens" + (f", {hours * price:,.2f} at {price:g} an hour" if price else ""))
    return {**result, "best": best}


def sweep_train(folder, vocab_size):
    """({key: value}, measurement) of the fastest settings. Each is a short run of its own; what does not fit is passed over."""
    tried, best = {}, {"dtype": "float32", "compile": "false", "batch_size": config["batch_size"], "recompute": False}
    rows = config["total_batch_size"] // config["block_size"]
    sizes = [n for n in (4, 8, 16, 32, 64, 128) if rows % n == 0 and n <= rows] or [rows]

    def attempt(**change):
        nonlocal best
        keys = {**best, **change}
        name = ", ".join(f"{k} {v}" for k, v in keys.items())
        if name not in tried:
            tried[name] = measure_train(folder, vocab_size, seconds / 4, **keys)
            print(f"{name}: " + (f"{tried[name]['tokens_per_s']:,.0f} tokens/s, {tried[name]['peak_memory_bytes'] / 2 ** 20:,.0f} MiB" if tried[name] else "does not run"))
        now, before = tried[name], tried.get(", ".join(f"{k} {v}" for k, v in best.items()))
        if now and (not before or now["tokens_per_s"] >= before["tokens_per_s"]):
            best = keys
        return bool(now) and best == keys

    best["batch_size"] = min(sizes, key=lambda n: abs(n - config["batch_size"]))
    attempt()
    attempt(dtype="bfloat16")
    attempt(compile="true")
    at = sizes.index(best["batch_size"])
    for side in (sizes[at + 1:], sizes[:at][::-1]):  # larger ones, then smaller ones, as long as it pays
        for n in side:
            if not attempt(batch_size=n):
                break
    attempt(recompute=True)
    return best, tried[", ".join(f"{k} {v}" for k, v in best.items())]


def bench_learn():
    """Bits per byte on the validation split of --dataset after as many steps as fit into --seconds, for several seeds."""
    with tempfile.TemporaryDirectory() as tmp:
        rate = run_train(tmp, lambda records, passed: passed > min(10, seconds) and len(records) > 2 * WARMUP, max_steps=10 ** 9, eval_interval=10 ** 9)
        if not rate:
            die("train.py ended before there was anything to measure: see its message above")
        rate = statistics.median(r["tokens_per_s"] for r in rate[WARMUP:])
        steps, found = max(1, round(seconds * rate / config["total_batch_size"])), []
        for n in range(seeds):
            records = run_train(tmp, lambda records, passed: False, max_steps=steps, eval_interval=10 ** 9, seed=config["seed"] + n)
            if not records or "val_bpb" not in records[-1]:
                die("train.py did not come to its end: see its message above")
            found.append(records[-1]["val_bpb"])
            print(f"seed {config['seed'] + n}: {found[-1]:.4f} bits per byte after {steps:,} steps, {records[-1]['tokens']:,} tokens")
    middle, low, high = spread(found)
    print(f"{middle:.4f} bits per byte (from {low:.4f} to {high:.4f}) in the steps of {seconds:.0f} s at {rate:,.0f} tokens/s")
    return {"tokens_per_s": rate, "mfu": None, "val_bpb": middle, "steps": steps, "peak_memory_bytes": max(r["peak_memory_bytes"] for r in records)}


def bench_decode():
    """Tokens/s of greedy decoding with random weights, whole calls, after one to warm up."""
    device = config["device"] if config["device"] != "auto" else "cuda" if torch.cuda.is_available() else "cpu"

    class Letters:  # stands for a tokenizer: random weights make no text
        id_bytes = [b""] * 4 + [b"a"] * (model_config().vocab_size - 4)

        @staticmethod
        def decode(ids):
            return "a" * len(ids)

    engine = Engine(GPT(model_config()), Letters, [], device, weights, rows, config["compile"] == "true")
    prompts = [[5] * prompt_tokens for _ in range(rows)]
    rates, firsts, end = [], [], None
    while end is None or time.time() < end or len(rates) < 3:
        start, first = time.perf_counter(), None
        for _ in engine.stream(prompts, max_new_tokens=new_tokens):
            first = first or time.perf_counter() - start
        if end is None:  # the first call warms up
            end = time.time() + seconds
        else:
            rates.append(rows * new_tokens / (time.perf_counter() - start))
            firsts.append(first)
    middle, low, high = spread(rates)
    read = engine.weight_bytes * middle / rows
    print(f"{middle:,.1f} tokens/s (from {low:,.1f} to {high:,.1f} over {len(rates)} calls) at {rows} rows, first token after "
          f"{statistics.median(firsts) * 1000:.0f} ms, weights read at {read / 1e9:.1f} GB/s")
    return {"tokens_per_s": middle, "mfu": None, "first_token_s": statistics.median(firsts), "weight_bytes_per_s": read,
            "peak_memory_bytes": peak_memory()}


def bench_tokenizer():
    """MB/s of encoding and decoding on one thread, and of encoding batches on all cores."""
    texts = [tok.document_text(d) for d in tok.read_documents(docs)]
    if not texts:
        die("no documents: give --docs FILE or FOLDER ...", 2)
    t, size = tok.Tokenizer(tokenizer), sum(len(x.encode()) for x in texts) / 1e6
    cores, result = os.cpu_count() or 1, {}
    ids = t.encode_batch(texts)
    for name, work in {"encode_1_thread": lambda: [t.encode(x) for x in texts], f"encode_{cores}_threads": lambda: t.encode_batch(texts),
                       "sentencepiece_1_thread": lambda: [t.sp.encode(x) for x in texts], "decode": lambda: [t.decode(i) for i in ids]}.items():
        times = []
        while sum(times) < seconds / 4 or len(times) < 3:
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        middle, low, high = spread([size / x for x in times])
        print(f"{name:<26}{middle:>8.1f} MB/s (from {low:.1f} to {high:.1f})")
        result[name + "_MB_per_s"] = round(middle, 2)
    tokens = sum(map(len, ids))
    return {"tokens_per_s": tokens / size * result["encode_1_thread_MB_per_s"], "mfu": None, "bytes_per_token": size * 1e6 / tokens,
            **result, "peak_memory_bytes": peak_memory()}


if __name__ == "__main__":
    config = configure(__file__, also=("train.py",))
    globals().update(config)
    modes = {"size": bench_size, "train": bench_train, "learn": bench_learn, "decode": bench_decode, "tokenizer": bench_tokenizer}
    try:
        result = modes[mode]()
    except (AssertionError, ValueError, OSError) as e:
        die(e)
    print(json.dumps({"mode": mode, **result, "config": config}))
