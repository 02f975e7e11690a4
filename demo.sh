#!/usr/bin/env bash
# From a fresh clone to answered sports questions: install, make the starter set, train, evaluate, answer.
# A second run starts from what is there. PYTHON=python3.12 bash demo.sh picks another interpreter.
set -euo pipefail
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}

step() { printf '\n== %s\n' "$*"; }

step "1/5 install into .venv"
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
.venv/bin/python -c "import torch" 2>/dev/null || .venv/bin/pip install --quiet "torch==2.13.0"
.venv/bin/python -c "import numpy, sentencepiece, tiktoken, safetensors, tqdm, matplotlib" 2>/dev/null ||
  .venv/bin/pip install --quiet -r requirements.txt
PY=.venv/bin/python

step "2/5 the starter set: tables of facts become questions and statements, and a tokenizer of their own"
if [ -f data/starter/meta.json ]; then echo "data/starter is there"; else $PY prepare.py starter; fi

step "3/5 train from nothing (under five minutes on two cores)"
$PY train.py config/demo.py

step "4/5 evaluate: wordings it was trained on, wordings it never saw, strangers' words, questions it must not answer"
mkdir -p out/demo/eval
$PY eval.py --out_dir out/demo --questions data/starter/questions.jsonl tests/data/strangers_4.jsonl | tee out/demo/eval/report.txt

step "5/5 answers"
ask() { printf '> %s\n' "$1"; $PY sample.py --out_dir out/demo --chat true --start "$1"; }
ask "Who won the 2022 FIFA World Cup?"
ask "which team won the nba finals in 1996"
ask "Who won the 2038 FIFA World Cup?"
cat <<'TEXT'

What to type next:
  .venv/bin/python sample.py --out_dir out/demo --interactive true       talk to it
  .venv/bin/python sample.py --start "In 1966,"                          let it continue a text
  .venv/bin/python prepare.py --docs my_folder --name mine               your own text, then
  .venv/bin/python train.py --dataset mine --out_dir out/mine            your own model
TEXT
$PY - <<'SUMMARY'
import json, os
with open("out/demo/eval/report.txt") as f:
    report = json.loads(f.read().splitlines()[-1])
with open("out/demo/metrics.jsonl") as f:
    metrics = [json.loads(line) for line in f]
groups = report["by_group"]
def share(start, key="exact_match"):
    found = [g for name, g in groups.items() if name.startswith(start)]
    return round(sum(g[key] * g["n"] for g in found) / sum(g["n"] for g in found), 4)

rates = sorted(m["tokens_per_s"] for m in metrics)
print(json.dumps({
    "facts": groups["trained"]["n"],
    "trained_exact_match": share("trained"),
    "heldout_exact_match": share("heldout"),
    "strangers_exact_match": share("stranger:"),
    "strangers_needless_abstention": share("stranger:", "abstained"),
    "unknown_abstained": share("unknown"),
    "strangers_unknown_abstained": share("stranger unknown"),
    "train_seconds": round(metrics[-1]["seconds"]),
    "tokens_per_s": rates[len(rates) // 2],
}))
SUMMARY
