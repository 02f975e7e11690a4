"""
Text from a trained run: continue a text, answer a question, or hold a conversation.

    python sample.py --start "The final was"                                      # the newest run
    python sample.py --out_dir out/demo --chat true --start "Who won the 2022 FIFA World Cup?"
    python sample.py --out_dir out/demo --interactive true
    python sample.py --start FILE:prompt.txt --num_samples 3 --temperature 0.7 --top_p 0.9
"""
import contextlib
import json
import os
import sys

import torch

from configurator import configure, die
from engine import Engine
from tokenizer import BOS

# -----------------------------------------------------------------------------
out_dir = ""  # the run directory; none: the newest of out/
start = ""  # the prompt, or FILE:path of a text file
chat = False  # the prompt is a user's turn, answered as the assistant
interactive = False  # a conversation on the terminal; /reset, /save FILE, /quit, and \ at the end of a line that goes on
num_samples = 1  # replies per prompt
max_new_tokens = 128  # at most
temperature = -1.0  # 0 is greedy; -1: 0 in chat, 0.8 for text
top_k = 0  # sample among the k most likely, 0: all
top_p = 1.0  # sample among the most likely that hold this share of the probability
stop = []  # strings that end a reply
seed = 1337  # of the sampling; reply n uses seed + n
device = "auto"  # auto | cpu | cuda | mps
dtype = "auto"  # auto | float32 | bfloat16 | float16 | int8: of the weights; auto is what decodes fastest, and float32 for small models
# -----------------------------------------------------------------------------


def newest_run(root="out"):
    """The run of `root` whose last checkpoint is the youngest, or None."""
    runs = [os.path.join(root, n) for n in os.listdir(root)] if os.path.isdir(root) else []
    runs = [r for r in runs if os.path.exists(os.path.join(r, "ckpt", "latest"))]
    return max(runs, key=lambda r: os.path.getmtime(os.path.join(r, "ckpt", "latest")), default=None)


def open_run(out_dir, device="auto", dtype="float32", rows=64):
    """Engine of a run directory ("": the newest, named on stderr), or one line and the end."""
    if not out_dir:
        out_dir = newest_run()
        if out_dir is None:
            die("there is no run in out/: train one first, bash demo.sh")
        print(f"run: {out_dir}", file=sys.stderr)
    if not os.path.isdir(out_dir):
        die(f"{out_dir} does not exist: train it first, or give another --out_dir")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if device != "cpu" and not (device == "cuda" and torch.cuda.is_available() or device == "mps" and torch.backends.mps.is_available()):
        die(f"--device {device}: there is none on this machine; auto, cpu, cuda or mps")
    try:
        return Engine.from_run(out_dir, device, dtype, rows, warn=lambda line: print(line, file=sys.stderr))
    except (OSError, ValueError) as e:
        die(e)


def show(engine, prompt, seed):
    """Stream the reply to a prompt's ids to stdout; the whole Reply."""
    options = dict(max_new_tokens=max_new_tokens, temperature=temperature, top_k=top_k, top_p=top_p, stop=stop)
    for _, piece, reply in engine.stream([prompt], seeds=[seed], **options):
        print(piece, end="", flush=True)
    print(flush=True)
    return reply


def converse(engine):
    """Turns from stdin until it ends; the oldest are forgotten when the context is full."""
    messages, tty = [], sys.stdin.isatty()
    if tty:
        with contextlib.suppress(ImportError):  # the arrow keys bring earlier lines back
            import readline  # noqa: F401
        print("Ask about sport; /reset forgets, /save FILE appends the conversation, /quit ends, \\ at the end of a line goes on.", file=sys.stderr)
    while True:
        try:
            line = input("> " if tty else "").strip()
            while line.endswith("\\"):
                line = line[:-1] + "\n" + input(". " if tty else "").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line == "/quit":
            return
        if line == "/reset":
            messages = []
        elif line.split()[:1] == ["/save"]:
            try:
                with open(line[5:].strip() or "conversations.jsonl", "a", encoding="utf-8") as f:  # as data/instruct/prepare.py --docs reads them
                    f.write(json.dumps({"messages": messages}, ensure_ascii=False) + "\n")
                print(f"{len(messages)} turns appended to {f.name}", file=sys.stderr)
            except OSError as e:
                print(f"error: {e.filename} cannot be written: {e.strerror}", file=sys.stderr)
        elif line:
            messages.append({"role": "user", "content": line})
            try:
                while True:
                    prompt = engine.tokenizer.render(messages, reply=True)[0]
                    if len(prompt) + 16 < engine.config.block_size or len(messages) < 3:
                        break
                    messages = messages[2:]
                reply = show(engine, prompt, seed)
                messages.append({"role": "assistant", "content": reply.text})
                if tty:
                    print(f"[{len(prompt)} + {len(reply.ids)} of {engine.config.block_size} tokens]", file=sys.stderr)
            except ValueError as e:
                print(f"error: {e}", file=sys.stderr)
                messages.pop()


def main():
    global temperature
    if temperature < 0:
        temperature = 0.0 if chat or interactive else 0.8
    text = start
    if text.startswith("FILE:"):
        try:
            with open(text[5:], encoding="utf-8") as f:
                text = f.read().rstrip("\n")
        except OSError as e:
            die(f"--start {text}: {e.strerror}")
        except UnicodeDecodeError as e:
            die(f"--start {text} is not UTF-8 text (byte {e.start})")
    if not interactive and not text:
        die('nothing to start from: give --start "text", --start FILE:path or --interactive true', 2)
    engine = open_run(out_dir, device, dtype, rows=1)
    if interactive:
        return converse(engine)
    try:
        prompt = engine.tokenizer.render([{"role": "user", "content": text}], reply=True)[0] if chat else [BOS] + engine.tokenizer.encode(text)
        engine.check(prompt, max_new_tokens)
        for n in range(num_samples):
            if not chat:
                print(text, end="")
            show(engine, prompt, seed + n)
    except ValueError as e:
        die(e)


if __name__ == "__main__":
    globals().update(configure(__file__, also=("train.py",)))
    main()
