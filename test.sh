#!/usr/bin/env bash
# Run the tests: bash test.sh [pytest arguments], e.g. bash test.sh -k tokenizer, or bash test.sh -m long.
set -euo pipefail
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
.venv/bin/python -c "import torch" 2>/dev/null || .venv/bin/pip install --quiet "torch==2.13.0"
.venv/bin/python -c "import numpy, sentencepiece, tiktoken, safetensors, tqdm, matplotlib, pytest, datasketch, py3langid, protego, trafilatura, mwxml, mwparserfromhell, pyarrow, aiohttp, trustme, boto3, flask, moto, fastapi, uvicorn, prometheus_client, openai, langchain_openai, llm, schemathesis, playwright, xdist" 2>/dev/null ||
  .venv/bin/pip install --quiet -r requirements-dev.txt
exec .venv/bin/python -m pytest -n 2 --dist loadfile "$@"  # two files at a time
