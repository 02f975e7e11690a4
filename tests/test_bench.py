"""bench.py: every mode ends with one JSON of what it measured, and the sweep with the fastest settings that it tried."""
import ast
import json
import re

import pytest

TINY = ["--n_layer", 1, "--n_head", 2, "--n_embd", 32, "--block_size", 32, "--total_batch_size", 512, "--batch_size", 8, "--device", "cpu", "--warmup_steps", 1]


@pytest.fixture(scope="module")
def bench(run):
    def bench(*args):
        r = run("bench.py", *args)
        lines = r.stdout.strip().splitlines()
        result = json.loads(lines[-1])
        assert {"mode", "tokens_per_s", "mfu", "peak_memory_bytes", "config"} <= set(result) or result["mode"] == "size"
        return result, lines[:-1]
    return bench


def test_size(bench):
    result, _ = bench("--mode", "size", "config/small.py")
    assert 120e6 < result["parameters"] < 140e6 and result["checkpoint_bytes"] > 8 * result["parameters"] and result["config"]["n_layer"] == 12


def test_train(bench):
    result, lines = bench("--mode", "train", *TINY, "--vocab_size", 500, "--seconds", 1, "--compile", "false", "--dtype", "float32", "--max_steps", 1000, "--price", 2)
    assert result["tokens_per_s"] > 100 and result["steps"] >= 3 and result["best"] == {} and result["low"] <= result["tokens_per_s"] <= result["high"]
    hours = 512_000 / result["tokens_per_s"] / 3600
    assert lines[-1] == f"{hours:,.1f} hours to the end of 512,000 tokens, {hours * 2:,.2f} at 2 an hour"


@pytest.mark.long
def test_sweep_prints_lines_for_a_config(bench):
    result, lines = bench("--mode", "train", "--sweep", *TINY, "--vocab_size", 500, "--seconds", 2)
    tried = {m[1]: float(m[2].replace(",", "")) for line in lines for m in [re.match(r"(dtype .*): ([\d,]+) tokens/s", line)] if m}
    pasted = dict(line.split(" = ") for line in lines if " = " in line)
    assert set(pasted) == {"dtype", "compile", "batch_size", "recompute"} and len(tried) >= 4
    best = ", ".join(f"{k} {ast.literal_eval(v)}" for k, v in pasted.items())
    assert tried[best] == pytest.approx(max(tried.values()), rel=1e-3) and {k: str(v) for k, v in result["best"].items()} == {k: v.strip("'") for k, v in pasted.items()}


def test_learn(bench, tiny_set):
    result, lines = bench("--mode", "learn", "--dataset", tiny_set, *TINY, "--seconds", 0.5, "--seeds", 2, "--compile", "false", "--dtype", "float32", "--optimizer", "adamw",
                          "--learning_rate", 0.001)
    assert 0.5 < result["val_bpb"] < 8 and result["steps"] >= 1 and [line.split(":")[0] for line in lines[:2]] == ["seed 1337", "seed 1338"]


@pytest.mark.parametrize("weights", ["float32", "int8"])
def test_decode(bench, weights):
    result, _ = bench("--mode", "decode", *TINY, "--vocab_size", 500, "--rows", 3, "--seconds", 0.2, "--prompt_tokens", 5, "--new_tokens", 8, "--weights", weights)
    assert result["tokens_per_s"] > 10 and result["first_token_s"] > 0


def test_tokenizer(bench, tiny_set):
    result, _ = bench("--mode", "tokenizer", "--tokenizer", tiny_set / "tokenizer.model", "--docs", tiny_set / "val.jsonl.gz", "--seconds", 0.2)
    assert result["encode_1_thread_MB_per_s"] > 0 and 1 < result["bytes_per_token"] < 8
