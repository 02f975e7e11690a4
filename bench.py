"""
What this machine does with a model: sizes, training, decoding and tokenizer throughput. The last line is one JSON.

    python bench.py --mode size config/small.py
    python bench.py --mode train config/demo.py --seconds 30 --compile true
    python bench.py --mode decode config/small.py --rows 16 --weights bfloat16
    python bench.py --mode tokenizer --tokenizer data/starter/tokenizer.model --docs data/starter/val.jsonl.gz

--mode train runs train.py itself, on random tokens, and reads its metrics: there is no second training loop.
"""
import json
import os
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
mode = "size"  # size | train | decode | tokenizer
seconds = 20.0  # of training or decoding to measure, warm-up and compilation excluded
rows = 1  # decode: sequences at once
weights = "auto"  # auto | float32 | bfloat16 | float16 | int8: decode: how weights are held, see engine.py
prompt_tokens = 64  # decode: length of each prompt
new_tokens = 256  # decode: tokens generated per sequence
tokenizer = "data/starter/tokenizer.model"  # tokenizer: the model to measure
docs = []  # tokenizer: documents to encode
# -----------------------------------------------------------------------------
ROOT = os.path.dirname(os.path.abspath(__file__))
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


def bench_train():
    """Tokens/s of train.py with the keys given, after its compilation; median of its log lines."""
    with tempfile.TemporaryDirectory() as tmp:
        data, vocab_size = os.path.join(tmp, "data"), model_config().vocab_size
        random_set(data, vocab_size)
        keys = {**{k: config[k] for k in read_defaults(os.path.join(ROOT, "train.py"))}, "dataset": data, "vocab_size": vocab_size, "out_dir": os.path.join(tmp, "run"), "max_steps": 10 ** 9, "log_interval": 1,
                "eval_interval": 10 ** 9, "checkpoint_interval": 10 ** 9, "eval_steps": 1, "init_from": "scratch", "wandb": "off"}
        command = [sys.executable, os.path.join(ROOT, "train.py")] + [f"--{k}={v}" for k, v in keys.items()]
        process = subprocess.Popen(command, stdout=sys.stderr)
        path, records, first = os.path.join(tmp, "run", "metrics.jsonl"), [], None
        while process.poll() is None and not (first and time.time() - first > seconds and len(records) > 6):
            time.sleep(0.2)
            if os.path.exists(path):
                with open(path) as f:
                    records = [json.loads(line) for line in f.read().splitlines()[3:] if line.endswith("}")]  # 3: warm-up
                first = first or (time.time() if records else None)
        process.kill()
        process.wait()
    if not records:
        die("train.py ended before there was anything to measure: see its message above")
    peak = max(r["peak_memory_bytes"] for r in records)
    middle, low, high = spread([r["tokens_per_s"] for r in records])
    print(f"{middle:,.0f} tokens/s (from {low:,.0f} to {high:,.0f} over {len(records)} steps), peak memory {peak / 2 ** 20:,.0f} MiB")
    return {"tokens_per_s": middle, "mfu": records[-1]["mfu"], "peak_memory_bytes": peak, "steps": len(records)}


def bench_decode():
    """Tokens/s of greedy decoding with random weights, whole calls, after one to warm up."""
    device = config["device"] if config["device"] != "auto" else "cuda" if torch.cuda.is_available() else "cpu"

    class Letters:  # stands for a tokenizer: random weights make no text
        id_bytes = [b""] * 4 + [b"a"] * (model_config().vocab_size - 4)

        @staticmethod
        def decode(ids):
            return "a" * len(ids)

    engine = Engine(GPT(model_config()), Letters, [], device, weights, rows)
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
    read = sum(p.numel() * p.element_size() for p in engine.model.parameters()) * middle / rows
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
    modes = {"size": bench_size, "train": bench_train, "decode": bench_decode, "tokenizer": bench_tokenizer}
    try:
        result = modes[mode]()
    except (AssertionError, ValueError, OSError) as e:
        die(e)
    print(json.dumps({"mode": mode, **result, "config": config}))
