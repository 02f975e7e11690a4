"""
Documents -> clean -> deduplicate -> split -> tokens: one folder of uint16 .bin files that train.py reads as memmaps.

    python prepare.py starter                          # a source: data/starter/prepare.py yields the documents
    python prepare.py --docs my_folder --name mine     # your own .txt, .md, .jsonl, .jsonl.gz
    python prepare.py --docs more.jsonl --name mine2 --tokenizer data/mine/tokenizer.model
    python prepare.py list                             # the sources, and what is on disk
"""
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
import unicodedata

import numpy as np
from tqdm import tqdm

import tokenizer as tok
from configurator import configure, die

# -----------------------------------------------------------------------------
docs = []  # files or folders of your own documents: .txt, .md, .jsonl, .jsonl.gz
name = ""  # the set goes to data/NAME (default: the name of the source)
tokenizer = ""  # use this tokenizer.model; none: train one for this set
vocab_size = 4096  # of the tokenizer to train
split_digits = False  # of the tokenizer to train
val_fraction = 0.005  # share of the documents that go to val.bin
seed = 1337  # of what a source draws
# -----------------------------------------------------------------------------

ROOT = os.path.dirname(os.path.abspath(__file__))

# -----------------------------------------------------------------------------
# sources

def sources():
    """{name: path} of the sources that have a script."""
    data = os.path.join(ROOT, "data")
    found = {n: os.path.join(data, n, "prepare.py") for n in sorted(os.listdir(data))} if os.path.isdir(data) else {}
    return {n: p for n, p in found.items() if os.path.exists(p)}


def load_source(source):
    """The module data/SOURCE/prepare.py, loaded by path: `import prepare` would find this file."""
    spec = importlib.util.spec_from_file_location(f"data_{source}", sources()[source])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def print_list():
    print(f"{'source':<16}{'tokens':>14}{'documents':>12}  sources on disk")
    data = os.path.join(ROOT, "data")
    for n in sorted({*sources(), *(os.listdir(data) if os.path.isdir(data) else [])}):
        path = os.path.join(data, n, "meta.json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                meta = json.load(f)
            print(f"{n:<16}{sum(meta['tokens'].values()):>14,}{sum(meta['documents'].values()):>12,}  {', '.join(meta['sources'])}")
        elif n in sources():
            print(f"{n:<16}{'-':>14}{'-':>12}  not made: python prepare.py {n}")

# -----------------------------------------------------------------------------
# clean, deduplicate

def clean(text):
    """NFC, Unix line ends, no trailing spaces, no more than one empty line: what the eye does not see goes."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    lines, kept = [line.rstrip() for line in text.split("\n")], []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def cleaned(documents, counts):
    """Yield each document once, cleaned; counts gathers what came in and what was dropped, and why."""
    seen = set()
    for doc in documents:
        counts["read"] += 1
        if "messages" in doc:
            doc = {**doc, "messages": [{**m, "content": clean(m["content"])} for m in doc["messages"]]}
        else:
            doc = {**doc, "text": clean(doc["text"])}
        text = tok.document_text(doc)
        key = hashlib.blake2b(text.encode(), digest_size=12).digest()
        if not text:
            counts["empty"] += 1
        elif key in seen:
            counts["duplicates"] += 1
        else:
            seen.add(key)
            yield doc


def split_of(doc, val_fraction):
    """"train" or "val" by the document's own bytes, so that it never changes sides."""
    text = tok.document_text(doc)
    first = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=b"split").digest(), "big")
    return "val" if first < val_fraction * 2 ** 64 else "train"

# -----------------------------------------------------------------------------
# tokens

def encode_documents(docs, t):
    """[(ids, mask, bytes of supervised text)] of a batch of documents. A text is BOS, the text, <|end|>."""
    texts = t.encode_batch([d.get("text", "") for d in docs])
    for doc, ids in zip(docs, texts):
        if "text" in doc:
            yield [tok.BOS, *ids, tok.END], [0] + [1] * (len(ids) + 1), len(doc["text"].encode())
        else:
            ids, mask = t.render(doc["messages"])
            yield ids, mask, sum(len(m["content"].encode()) for m in doc["messages"] if m["role"] == "assistant")


def write_split(split, path, t, folder, masked):
    """Tokens of a split into folder: .bin, and .mask.bin for sets with conversations. Returns what meta.json says."""
    info = dict(tokens=0, documents=0, supervised=0, text_bytes=0)
    with open(os.path.join(folder, f"{split}.bin"), "wb") as f, open(os.path.join(folder, f"{split}.mask.bin"), "wb") as g:
        for batch in batches(read_jsonl(path), 1000):
            for ids, mask, text_bytes in encode_documents(batch, t):
                f.write(np.array(ids, dtype="<u2").tobytes())
                g.write(np.array(mask, dtype=np.uint8).tobytes())
                info["tokens"] += len(ids)
                info["documents"] += 1
                info["supervised"] += sum(mask)
                info["text_bytes"] += text_bytes
    if not masked:
        os.remove(os.path.join(folder, f"{split}.mask.bin"))
    return info


def batches(items, n):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == n:
            yield batch
            batch = []
    if batch:
        yield batch


def read_jsonl(path):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        yield from map(json.loads, f)


def spread(paths, docs, val_fraction, counts):
    """Clean documents into one compressed JSONL per split. Returns (masked, sports, sources)."""
    masked, by_sport, by_source = False, {}, {}
    files = {split: gzip.open(path, "wt", encoding="utf-8", compresslevel=1) for split, path in paths.items()}
    written = dict.fromkeys(paths, 0)

    def write(doc, split):
        files[split].write(json.dumps(doc, ensure_ascii=False) + "\n")
        written[split] += 1

    last = None  # kept back: a set too small for val_fraction validates on it
    for doc in tqdm(cleaned(docs, counts), desc="documents", unit=" docs", disable=None):
        if last:
            write(last, split_of(last, val_fraction))
        last, masked = doc, masked or "messages" in doc
        sport = doc.get("sport") or "unknown"
        by_sport[sport] = by_sport.get(sport, 0) + 1
        for source in (doc.get("source") or "unknown").split(" + "):  # a document may stand on several
            entry = by_source.setdefault(source, {"license": doc.get("license", ""), "date": doc.get("date", ""), "documents": 0})
            entry["documents"] += 1
    if last and not written["train"] and "text" in last:  # one text: its last tenth
        cut = last["text"].rfind("\n", 0, len(last["text"]) * 9 // 10) + 1 or len(last["text"]) * 9 // 10
        write({**last, "text": last["text"][:cut]}, "train")
        write({**last, "text": last["text"][cut:]}, "val")
    elif last:
        write(last, split_of(last, val_fraction) if written["val"] else "val")
    for f in files.values():
        f.close()
    return masked, by_sport, by_source


def build(documents, out_dir, questions=(), tokenizer="", vocab_size=4096, split_digits=False, val_fraction=0.005):
    """Make a data directory from an iterable of documents; all files appear at once at the end, or none does."""
    counts = dict(read=0, empty=0, duplicates=0)
    os.makedirs(os.path.dirname(out_dir), exist_ok=True)
    tmp = tempfile.mkdtemp(prefix=".building-", dir=os.path.dirname(out_dir))
    try:
        paths = {split: os.path.join(tmp, f"{split}.jsonl.gz") for split in ("train", "val")}
        masked, by_sport, by_source = spread(paths, documents, val_fraction, counts)
        if tokenizer:
            with open(tokenizer, "rb") as f:
                model = f.read()
        else:
            texts = (tok.document_text(d) for d in read_jsonl(paths["train"]))
            model = tok.train(texts, vocab_size, split_digits)
        with open(os.path.join(tmp, "tokenizer.model"), "wb") as f:
            f.write(model)
        t = tok.Tokenizer(os.path.join(tmp, "tokenizer.model"))
        info = {split: write_split(split, path, t, tmp, masked) for split, path in paths.items()}
        for split, i in info.items():
            if not i["documents"]:
                raise ValueError(f"no document for the {split} split: {counts['read']} read, {counts['empty']} empty, "
                                 f"{counts['duplicates']} duplicates")
        os.remove(paths["train"])  # val.jsonl.gz stays: eval.py reports by sport from it
        if questions:
            with open(os.path.join(tmp, "questions.jsonl"), "w", encoding="utf-8") as f:
                f.writelines(json.dumps(q, ensure_ascii=False) + "\n" for q in questions)
        meta = {"tokenizer_sha256": t.sha256, "vocab_size": t.vocab_size,
                **{k: {split: i[k] for split, i in info.items()} for k in ("tokens", "documents", "supervised", "text_bytes")},
                "sports": by_sport, "sources": by_source, "counts": counts,
                "sha256": {n: hashlib.sha256(np.memmap(os.path.join(tmp, n), np.uint8, "r")).hexdigest() for n in sorted(os.listdir(tmp))}}
        with open(os.path.join(tmp, "meta.json"), "w", encoding="utf-8") as f:
            json.dump(meta, f, indent=1, ensure_ascii=False)
        os.makedirs(out_dir, exist_ok=True)
        for stale in ("train.mask.bin", "val.mask.bin", "questions.jsonl"):
            if not os.path.exists(os.path.join(tmp, stale)) and os.path.exists(os.path.join(out_dir, stale)):
                os.remove(os.path.join(out_dir, stale))
        for n in sorted(os.listdir(tmp), key=lambda n: n == "meta.json"):
            os.replace(os.path.join(tmp, n), os.path.join(out_dir, n))
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    return meta


def main():
    start = time.time()
    source = words[0] if words else ""
    if source == "list":
        return print_list()
    if bool(source) == bool(docs) or len(words) > 1:
        die(f"give one source ({', '.join(sources())}) or --docs FILE or FOLDER ... --name NAME", 2)
    if source and source not in sources():
        die(f"no source {source!r}: data/{source}/prepare.py does not exist (known: {', '.join(sources())})", 2)
    if docs and not name:
        die("own documents need a --name: the set goes to data/NAME", 2)
    try:
        module = load_source(source) if source else None
        documents = module.documents(seed) if source else tok.read_documents(docs)
        questions = list(module.questions(seed)) if hasattr(module, "questions") else []
        out_dir = os.path.abspath(os.path.join(ROOT, "data", name or source))
        meta = build(documents, out_dir, questions, tokenizer, vocab_size, split_digits, val_fraction)
    except (ValueError, OSError) as e:
        die(e)
    c = meta["counts"]
    print(f"documents: {c['read']:,} read, {c['empty']:,} empty, {c['duplicates']:,} duplicates dropped", file=sys.stderr)
    print(f"{os.path.relpath(out_dir, ROOT)}: {meta['tokens']['train']:,} tokens to train on, {meta['tokens']['val']:,} to validate, "
          f"{meta['documents']['train']:,} documents, vocabulary {meta['vocab_size']:,}, {time.time() - start:.0f} s")


if __name__ == "__main__":
    globals().update(configure(__file__, words=None))
    main()
