"""
Questions and bits-per-byte of a trained run.

    python eval.py --out_dir out/demo --questions data/starter/questions.jsonl
    python eval.py --out_dir out/demo --docs data/starter/val.jsonl.gz

A question is {"question", "answers"} and optionally "sport", "group", "context" (list of strings to read), "choices"
(list; scored by log-likelihood). `answers` lists what is accepted, [] means that the model must abstain; of a calculation
what stands after its last "=" counts too. "facts" lists what a free text must tell ("2-1|1-2": either form): then a match is
a text with all of them whose numbers and names all stand in the question or the context. Exact match follows SQuAD's
normalisation (https://arxiv.org/abs/1606.05250) with accents removed and numbers written as digits. Every prediction goes
to out/RUN/eval/; the last line is one JSON.
"""
import json
import math
import os
import re
import sys
import unicodedata

import torch
from tqdm import tqdm

from configurator import configure, die
from sample import open_run
from tokenizer import ABSTAIN, BOS, END, document_text, read_documents

# -----------------------------------------------------------------------------
out_dir = ""  # the run directory; none: the newest of out/
questions = []  # JSON Lines files of questions
docs = []  # documents (.txt, .jsonl, .jsonl.gz) to measure bits-per-byte on, by sport
max_new_tokens = 0  # of an answer; 0: 48, or half as many again as the longest accepted one has
batch_size = 128  # questions decoded together
device = "auto"  # auto | cpu | cuda | mps
# -----------------------------------------------------------------------------

NUMBERS = {w: str(n) for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
                                           "fifteen sixteen seventeen eighteen nineteen twenty".split())}


def normalize(text):
    """Lower case, no accents, punctuation or articles, numbers as digits: "The Élan, 1,000" -> "elan 1000"."""
    text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d)\.0+\b", "", text)
    text = re.sub(r"[^\w\s.]|(?<!\d)\.|\.(?!\d)", " ", text)
    return " ".join(NUMBERS.get(w, w) for w in text.split() if w not in ("a", "an", "the"))


def grounding(text, source, facts):
    """(precision, coverage): the share of a text's numbers and names that stand in the source, and of the facts that it tells.
    Names are capitalised words that do not only begin a sentence. A text that claims nothing has no precision."""
    plain = lambda x: "".join(c for c in unicodedata.normalize("NFD", re.sub(r"(?<=\d),(?=\d)", "", x)) if not unicodedata.combining(c))
    known = set(re.findall(r"\d+(?:\.\d+)*|[^\W\d]\w*", plain(source)))
    claims = re.findall(r"\d+(?:\.\d+)*|(?<![.!?:] )(?<!^)(?<!\n)\b[A-Z]\w+", plain(text))
    told = [any(f" {normalize(form)} " in f" {normalize(text)} " for form in fact.split("|")) for fact in facts]
    return sum(c in known for c in claims) / max(1, len(claims)), sum(told) / max(1, len(told))


def interval(right, n):
    """Wilson's 95 % interval of a share (https://doi.org/10.1080/01621459.1927.10502953)."""
    if n == 0:
        return 0.0, 1.0
    z, p = 1.96, right / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def read_questions(paths):
    """The questions of JSON Lines files; ValueError with file and line where one is not of the format above."""
    found = []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as f:
                lines = f.read().split("\n")
        except UnicodeDecodeError as e:
            raise ValueError(f"{path} is not UTF-8 text (byte {e.start})") from None
        for n, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                q = json.loads(line)
                if not isinstance(q, dict) or not isinstance(q.get("question"), str):
                    raise ValueError('no "question" string')
                for key in ("answers", "context", "choices", "facts"):
                    value = q.get(key, [] if key != "answers" else None)
                    if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                        raise ValueError(f'"{key}" must be a list of strings')
                if not all(isinstance(q.get(key, ""), str) for key in ("group", "sport")):
                    raise ValueError('"group" and "sport" must be strings')
                if q.get("choices") and not {*map(normalize, q["answers"])} & {*map(normalize, q["choices"])}:
                    raise ValueError('none of "answers" is among "choices"')
            except ValueError as e:
                raise ValueError(f"{path}, line {n}: {e}") from None
            found.append(q)
    if not found:
        raise ValueError(f"{', '.join(paths)}: no questions")
    return found


def prompt_of(engine, q):
    """The ids of a question as a chat that waits for the answer: what to read comes first, in its own turn."""
    messages = [{"role": "context", "content": "\n".join(q["context"])}] if q.get("context") else []
    return engine.tokenizer.render(messages + [{"role": "user", "content": q["question"]}], reply=True)[0]


def judge(q):
    """Fill in q["abstained"] and q["right"] from q["prediction"]; of a text with facts q["precision"] and q["coverage"] too."""
    q["abstained"] = normalize(q["prediction"]) == normalize(ABSTAIN)
    said = {normalize(q["prediction"]), normalize(q["prediction"].rpartition("=")[2])}
    q["right"] = bool(said & {*map(normalize, q["answers"])}) if q["answers"] else q["abstained"]
    if q.get("facts"):
        q["precision"], q["coverage"] = grounding(q["prediction"], "\n".join([q["question"], *q.get("context", [])]), q["facts"])
        q["right"] = q["precision"] == q["coverage"] == 1


def answer(engine, qs):
    """Fill in q["prediction"] and q["right"]: greedy decoding, or the likeliest of the choices. A question that leaves no
    room for an answer in the context is answered with "", which is wrong."""
    room = {id(q): engine.config.block_size - len(prompt_of(engine, q)) - max([len(engine.tokenizer.encode(c)) for c in q.get("choices", [])], default=0)
            for q in qs}
    for q in (q for q in qs if room[id(q)] < 1):
        q["prediction"] = ""
        print(f"longer than the context of {engine.config.block_size}, counted as wrong: {q['question']:.60}", file=sys.stderr)
    free = [q for q in qs if not q.get("choices") and room[id(q)] > 0]
    for a in tqdm(range(0, len(free), 8 * batch_size), desc="questions", unit=" batches", disable=None):
        part = free[a:a + 8 * batch_size]
        most = [max_new_tokens or max([48, *(3 * len(engine.tokenizer.encode(a)) // 2 for a in q["answers"])]) for q in part]
        replies = engine.generate([prompt_of(engine, q) for q in part], max_new_tokens=most)
        for q, reply in zip(part, replies):
            q["prediction"] = reply.text.strip()
    for q in (q for q in qs if q.get("choices") and room[id(q)] > 0):
        answers = [engine.tokenizer.encode(c) + [END] for c in q["choices"]]
        scores = engine.log_likelihood([prompt_of(engine, q)] * len(answers), answers)
        q["prediction"] = q["choices"][max(range(len(scores)), key=scores.__getitem__)]
    for q in qs:
        judge(q)


def share(qs):
    """{"n", "exact_match", "abstained"} of some questions, and "precision" and "coverage" of those with facts; from 0 to 1."""
    texts = [q for q in qs if "precision" in q]
    return {"n": len(qs), "exact_match": sum(q["right"] for q in qs) / len(qs), "abstained": sum(q["abstained"] for q in qs) / len(qs),
            **{key: sum(q[key] for q in texts) / len(texts) for key in ("precision", "coverage") if texts}}


def report(qs):
    """Print the table by group and sport; the summary."""
    by = {kind: {} for kind in ("group", "sport")}
    for q in qs:
        for kind in by:
            by[kind].setdefault(q.get(kind) or "all", []).append(q)
    texts = any("precision" in q for q in qs)
    print(f"{'':<34}{'n':>6}{'exact match':>13}{'95 % interval':>17}{'abstained':>11}" + f"{'precision':>11}{'coverage':>10}" * texts)
    for kind, groups in by.items():
        for name, part in sorted(groups.items()):
            s = share(part)
            low, high = interval(sum(q["right"] for q in part), len(part))
            print(f"{kind + ' ' + name:<34}{s['n']:>6}{s['exact_match']:>12.1%} {low:>8.1%} - {high:>5.1%}{s['abstained']:>11.1%}"
                  + "".join(f"{s[key]:>{width}.1%}" for key, width in (("precision", 11), ("coverage", 10)) if key in s))
    return {**share(qs), **{f"by_{kind}": {name: share(part) for name, part in sorted(groups.items())} for kind, groups in by.items()}}


@torch.inference_mode()
def bits_per_byte(engine, paths):
    """{sport or group: {"bits_per_byte", "bytes"}} of documents: each is cut into windows of the context, each token predicted once."""
    totals, T = {}, engine.config.block_size
    for doc in tqdm(read_documents(paths), desc="documents", unit=" docs", disable=None):
        if "messages" in doc:
            ids, mask = engine.tokenizer.render(doc["messages"])
            size = sum(len(m["content"].encode()) for m in doc["messages"] if m["role"] == "assistant")
        else:
            text = document_text(doc)
            ids, size = [BOS, *engine.tokenizer.encode(text), END], len(text.encode())
            mask = [1] * len(ids)
        ids, mask = torch.tensor(ids, device=engine.device), torch.tensor(mask, device=engine.device)
        for a in range(0, len(ids) - 1, T):
            x, y = ids[None, a:a + T], torch.where(mask == 1, ids, -1)[None, a + 1:a + T + 1]
            nats = engine.model(x[:, :y.size(1)], y).item()
            for part in {"all", doc.get("sport") or "unknown", doc.get("group") or "all"}:
                t = totals.setdefault(part, [0.0, 0])
                t[0] += nats
                t[1] += size if a == 0 else 0
    if not totals:
        raise ValueError(f"{', '.join(paths)}: no documents")
    print(f"{'':<34}{'bytes':>10}{'bits per byte':>15}")
    for sport, (nats, size) in sorted(totals.items()):
        print(f"{sport:<34}{size:>10,}{nats / math.log(2) / max(1, size):>15.3f}")
    return {sport: {"bits_per_byte": nats / math.log(2) / max(1, size), "bytes": size} for sport, (nats, size) in totals.items()}


def main():
    if not (questions or docs):
        die("nothing to evaluate: give --questions FILE.jsonl or --docs FILE", 2)
    summary = {}
    try:
        qs = read_questions(questions) if questions else []
        engine = open_run(out_dir, device, rows=batch_size)
        if qs:
            answer(engine, qs)
            summary = report(qs)
            folder = os.path.join(out_dir or engine.out_dir, "eval")
            os.makedirs(folder, exist_ok=True)
            path = os.path.join(folder, "+".join(os.path.basename(p).split(".")[0] for p in questions) + ".predictions.jsonl")
            with open(path, "w", encoding="utf-8") as f:
                f.writelines(json.dumps(q, ensure_ascii=False) + "\n" for q in qs)
            print(f"predictions: {path}", file=sys.stderr)
        if docs:
            summary["bits_per_byte"] = bits_per_byte(engine, docs)
    except (ValueError, OSError) as e:
        die(e)
    print(json.dumps(summary))


if __name__ == "__main__":
    globals().update(configure(__file__, also=("train.py",)))
    main()
