"""
Documents -> clean -> deduplicate -> decontaminate -> split -> tokens: one folder of uint16 .bin files that train.py reads.

    python prepare.py starter                          # data/starter/prepare.py yields the documents; instruct likewise
    python prepare.py all_open                         # every source of data/sources.csv whose licence allows it: data/corpus
    python prepare.py f1db lahman --name two           # some of them; --from DIR reads what you have instead of fetching
    python prepare.py --docs my_folder --name mine     # your own .txt, .md, .jsonl, .jsonl.gz
    python prepare.py --docs more.jsonl --name mine2 --tokenizer data/mine/tokenizer.model
    python prepare.py list                             # the register: every source, its licence, what is on disk
"""
import bz2
import collections
import concurrent.futures
import csv
import difflib
import fnmatch
import glob
import gzip
import hashlib
import http.client
import importlib.util
import io
import itertools
import json
import lzma
import os
import re
import resource
import shutil
import sys
import tarfile
import tempfile
import time
import unicodedata
import urllib.error
import urllib.request
import zipfile
import zlib

import numpy as np
from tqdm import tqdm

import tokenizer as tok
from configurator import configure, die, load_env

# -----------------------------------------------------------------------------
docs = []  # files or folders of your own documents: .txt, .md, .jsonl, .jsonl.gz
from_ = ""  # a folder that holds upstream's files; none: fetch them into data/SOURCE/upstream
allow = []  # further licences: noncommercial, unstated
permission = ""  # what allows you to use a source whose terms do not: it goes into the manifest
questions = []  # evaluation questions (.jsonl): documents that hold one are dropped
weights = []  # copies of a source's or a sport's documents, e.g. wikipedia=2 golf=1.5 web=0.5
max_epochs = 4  # the most copies of a document
val_after = ""  # documents dated after this day go to val.bin too, e.g. 2026-06-30
name = ""  # the set goes to data/NAME (default: the name of the source; corpus for several)
tokenizer = ""  # use this tokenizer.model; none: train one for this set
vocab_size = 0  # of the tokenizer to train; 0: 4,096 for your own text, 8,192 for starter and instruct, 32,000 for the register
split_digits = False  # of the tokenizer to train
val_fraction = 0.005  # share of the documents that go to val.bin; none: all are in both
seed = 1337  # of what a source draws
# -----------------------------------------------------------------------------

slug = lambda title: re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
memory = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # the most bytes held so far
words_of = lambda text: re.findall(r"\w+", text.lower())
ROOT = os.path.dirname(os.path.abspath(__file__))
AGENT = "sports-llm/0.1 (language model training; reads robots.txt)"
SPORTS = "soccer american_football basketball baseball tennis cricket hockey golf combat olympics motorsport".split()
PATIENCE = 1.0  # seconds before the second try, doubled each time

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


def sha256(path):
    return hashlib.sha256(np.memmap(path, np.uint8, "r") if os.path.getsize(path) else b"").hexdigest()


def register():
    """{word: row} of data/sources.csv: BBC Sport is bbc_sport. A source with a folder of its own has it under that word."""
    with open(os.path.join(ROOT, "data", "sources.csv"), encoding="utf-8", newline="") as f:
        return {slug(row["title"]): row for row in csv.DictReader(f)}


def refusal(row):
    """Why this source may not be used now, and what would change that; "" where it may."""
    status, terms = row["status"], f"{row['title']} ({row['licence']}; {row['terms']})"
    if status == "forbidden":
        return f"{terms}: forbids it, never fetched"
    if status in ("noncommercial", "unstated") and status not in allow:
        return f"{terms}: off unless you say --allow {status}"
    if status == "ask" and not permission:
        return f'{terms}: does not clearly allow it; runs only with --permission "what you have"'
    missing = [key for key in row["key"].split() if not os.environ.get(key)]
    if missing:
        return f"{row['title']}: set {' and '.join(missing)} in the environment or in .env"
    return "" if row["folder"] in sources() else f"{row['title']}: no script reads it yet"


def print_list():
    data, walk = os.path.join(ROOT, "data"), lambda folder: sum(os.path.getsize(os.path.join(base, f)) for base, _, names in os.walk(folder) for f in names)
    print(f"{'source':<24}{'status':<15}{'on disk':>10}  licence")
    for n, row in {**dict.fromkeys(("starter", "instruct"), {"folder": "", "status": "own", "licence": "facts, with their source"}), **register()}.items():
        size = sum(walk(os.path.join(data, row["folder"], part)) for part in ("upstream", n)) if row["folder"] else 0
        print(f"{n:<24}{row['status']:<15}{f'{size / 1e6:,.1f} MB' if size else '-':>10}  {row['licence']}")
    print(f"\n{'set':<24}{'tokens':>14}{'documents':>12}  sources")
    for path in sorted(glob.glob(os.path.join(glob.escape(data), "*", "meta.json"))):
        with open(path, encoding="utf-8") as f:
            meta = json.load(f)
        print(f"{os.path.basename(os.path.dirname(path)):<24}{sum(meta['tokens'].values()):>14,}{sum(meta['documents'].values()):>12,}  {', '.join(meta['sources'])}")


def fetch(url, path):
    """One file, once: resumed where it broke off, written under another name until it is whole. OSError where it cannot be had."""
    if os.path.exists(path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part, tag = path + ".part", path + ".etag"
    for attempt in range(6):
        have = os.path.getsize(part) if os.path.exists(part) and os.path.exists(tag) else 0
        request = urllib.request.Request(url, headers={"User-Agent": AGENT})
        if have:  # the rest, if it is still the same file
            with open(tag, encoding="utf-8") as f:
                request.headers.update({"Range": f"bytes={have}-", "If-range": f.read()})
        try:
            with urllib.request.urlopen(request, timeout=60) as r:
                have = have if r.status == 206 else 0
                if r.headers["ETag"]:
                    with open(tag, "w", encoding="utf-8") as f:
                        f.write(r.headers["ETag"])
                size = int(r.headers["Content-Length"] or 0) + have
                with open(part, "ab" if have else "wb") as f, tqdm(desc=os.path.basename(path), initial=have, total=size or None, unit="B", unit_scale=True, disable=None) as bar:
                    while chunk := r.read(1 << 16):
                        f.write(chunk)
                        bar.update(len(chunk))
                if size and os.path.getsize(part) < size:
                    raise ConnectionError(f"cut off after {os.path.getsize(part):,} of {size:,} bytes")
            os.replace(part, path)
            return os.path.exists(tag) and os.remove(tag)
        except (OSError, http.client.HTTPException) as e:
            code = getattr(e, "code", 0)
            if attempt == 5 or code not in (0, 416, 429, 500, 502, 503, 504):
                raise OSError(f"{url}: {e}") from None
            if code == 416:  # nothing left to ask for: another file, so from the start
                os.remove(part)
            wait = e.headers.get("Retry-After") or "" if code else ""
            time.sleep(min(float(wait), 120) if wait.isdigit() else 2 ** attempt * PATIENCE)


class Upstream:
    """The files of a source as upstream serves them: plain, compressed (.gz .bz2 .xz), or inside a .tar or .zip."""
    OPEN = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}

    def __init__(self, *folders):
        self.paths = [(path, os.path.relpath(path, folder).replace(os.sep, "/")) for folder in folders
                      for path in sorted(os.path.join(base, f) for base, _, names in os.walk(folder) for f in names)]

    def files(self, pattern):
        """Yield (name, text file) of each file whose path matches the glob, in a fixed order; a name comes once."""
        seen = set()
        for path, name in self.paths:
            members = self.members(path) if re.search(r"\.(tar(\.\w+)?|tgz|zip)$", name) else [(re.sub(r"\.(gz|bz2|xz)$", "", name), None)]
            for name, f in members:
                if name not in seen and (fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(name, "*/" + pattern)):
                    seen.add(name)
                    with f or self.OPEN.get(os.path.splitext(path)[1], open)(path, "rb") as f:
                        yield name, io.TextIOWrapper(f, encoding="utf-8-sig", errors="replace", newline="")

    @staticmethod
    def members(path):
        if path.endswith(".zip"):
            with zipfile.ZipFile(path) as z:
                yield from ((info.filename, z.open(info)) for info in z.infolist() if not info.is_dir())
        else:
            with tarfile.open(path) as tar:
                yield from ((m.name, tar.extractfile(m)) for m in tar if m.isfile())

# -----------------------------------------------------------------------------
# gates of one document: each takes and returns its text, "" where it is dropped. Tables are facts in sentences of our own:
# they pass the first two. The rules of length and repetition are Gopher's (https://arxiv.org/abs/2112.11446, A.1.1).

def clean(text):
    """NFC, Unix line ends, no trailing spaces, no more than one empty line: what the eye does not see goes."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    lines, kept = [line.rstrip() for line in text.split("\n")], []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def english(text):
    import py3langid
    return text if py3langid.classify(text[:2000])[0] == "en" else ""


def varied(text):
    """No list of one line over and over, and words that look like words"""
    words, lines = text.split(), [line for line in text.split("\n") if line.strip()]
    pairs = collections.Counter(zip(words, words[1:])).most_common(1)[0]
    odd = len(lines) > 4 and len(set(lines)) < .7 * len(lines) or pairs[1] * sum(map(len, pairs[0])) > .2 * len(text) or \
        not 2.5 <= sum(map(len, words)) / len(words) <= 10 or sum(any(c.isalpha() for c in word) for word in words) < .5 * len(words)
    return "" if odd else text


def private(text):
    """E-mail addresses and telephone numbers go; the text stays."""
    text = re.sub(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w", "", text)
    return re.sub(r"(?<![\w-])(\+\d{1,3}[ .-]?)?(\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w-])", "", text)


GATES = {"empty": clean, "length": lambda text: text if len(text.split()) >= 20 else "", "language": english, "repetition": varied, "private": private}


def gated(documents, counts):
    """Documents of a source that pass the gates. counts: {gate: [in, dropped, bytes in, seconds]}"""
    for doc in documents:
        for gate in list(GATES)[:2 if "record" in doc else None]:
            start, size = time.perf_counter(), len(doc["text"])
            doc["text"] = GATES[gate](doc["text"])
            tally(counts, gate, size, not doc["text"], start)
            if not doc["text"]:
                break
        else:
            yield doc


def tally(counts, gate, size, dropped, start):
    entry = counts.setdefault(gate, [0, 0, 0, 0.0])
    for i, n in enumerate((1, int(dropped), size, time.perf_counter() - start)):
        entry[i] += n


def collect(word, row, work, seed, from_):
    """One source through the gates into a file of its own. The same script, files and seed find it done. (word, path, info)"""
    module, state = load_source(row["folder"]), os.path.join(ROOT, "data", row["folder"], word)
    folders = [os.path.join(ROOT, "data", row["folder"], "upstream")]
    if from_:
        folders = [f for f in (os.path.join(from_, f) for f in getattr(module, "FROM", [])) if os.path.isdir(f)]
        if not folders:
            return word, "", {}
    else:
        for file, url in getattr(module, "FILES", {}).items():
            fetch(url, os.path.join(folders[0], file))
    listing = [(path, os.stat(path).st_size, os.stat(path).st_mtime_ns) for path, _ in Upstream(*folders, state).paths]
    key = hashlib.sha256(repr((seed, row, listing, getattr(module, "LIMIT", 0))).encode())
    for script in (__file__, module.__file__, *(m.__file__ for m in vars(module).values() if getattr(m, "__name__", "").startswith("data_"))):
        with open(script, "rb") as f:
            key.update(f.read())
    path, counts = os.path.join(work, f"{word}-{key.hexdigest()[:16]}.jsonl.gz"), {}
    if not os.path.exists(path) or row["folder"] == "web":  # what is due there is fetched each time
        for stale in glob.glob(os.path.join(work, word + "-*")):
            os.remove(stale)
        arguments = (Upstream(*folders), seed) + ((row, state) if row["folder"] in ("web", "api", "hub") else ())
        with gzip.open(path + ".part", "wt", encoding="utf-8", compresslevel=1) as f:
            for doc in gated(module.documents(*arguments), counts):
                f.write(json.dumps({**doc, "source": row["title"], "license": row["licence"]}, ensure_ascii=False) + "\n")
        with open(path + ".info", "w", encoding="utf-8") as f:
            json.dump({"gates": counts, "retrieved": time.strftime("%Y-%m-%d", time.gmtime(max([t for _, _, t in listing], default=time.time_ns()) / 1e9)), "sha256": {name: sha256(path) for path, name in Upstream(*folders).paths}}, f)
        os.replace(path + ".part", path)
    with open(path + ".info", encoding="utf-8") as f:
        return word, path, json.load(f)

# -----------------------------------------------------------------------------
# gates of the whole

def grams(text, n=10):
    """The runs of n words of a text, or all its words where it has fewer but at least six"""
    words = words_of(text)
    return {" ".join(words[i:i + n]) for i in range(max(len(words) - n + 1, 1))} if len(words) >= 6 else set()


def unique(documents, counts, questions=()):
    """Yield each document once: by its bytes, a table's by its record, prose by MinHash (14 bands of 8 rows, word 5-grams,
    Jaccard of about 0.72: https://arxiv.org/abs/2107.06499); and none that holds ten words of an evaluation question."""
    seen, near, asked = set(), None, set().union(*map(grams, questions))
    lengths = {gram.count(" ") + 1 for gram in asked}
    for doc in documents:
        text, start = tok.document_text(doc), time.perf_counter()
        keys = {hashlib.blake2b(k.encode(), digest_size=12).digest() for k in (text, doc.get("source", "") + " " + doc["record"] if "record" in doc else text)}
        dropped = bool(keys & seen)
        seen |= keys
        tally(counts, "duplicates", len(text), dropped, start)
        if not dropped and doc.pop("prose", False):
            start = time.perf_counter()
            near = near or near_duplicates()
            dropped = near(text)
            tally(counts, "near duplicates", len(text), dropped, start)
        if not dropped and asked:
            start = time.perf_counter()
            words = words_of(text)
            dropped = any(" ".join(words[i:i + n]) in asked for n in lengths for i in range(len(words) - n + 1))
            tally(counts, "evaluation questions", len(text), dropped, start)
        if not dropped:
            yield doc


def near_duplicates():
    """A function that says whether it has seen nearly this text before"""
    import datasketch
    index, n = datasketch.MinHashLSH(num_perm=112, params=(14, 8)), itertools.count()

    def near(text):
        words, minhash = words_of(text), datasketch.MinHash(num_perm=112, hashfunc=zlib.crc32)
        minhash.update_batch([" ".join(words[i:i + 5]).encode() for i in range(max(len(words) - 4, 1))])
        found = bool(index.query(minhash))
        if not found:
            index.insert(next(n), minhash, check_duplication=False)
        return found
    return near


def cleaned(documents, counts):
    """Own documents: what is empty goes, nothing else is judged."""
    for doc in documents:
        counts["read"] += 1
        if "messages" in doc:
            doc = {**doc, "messages": [{**m, "content": clean(m["content"])} for m in doc["messages"]]}
        else:
            doc = {**doc, "text": clean(doc["text"])}
        if tok.document_text(doc):
            yield doc
        else:
            counts["empty"] += 1


def split_of(doc, val_fraction, val_after=""):
    """"train" or "val" by the document's own bytes, so that it never changes sides; what is younger than val_after is "val"."""
    text = tok.document_text(doc)
    first = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=b"split").digest(), "big")
    return "val" if first < val_fraction * 2 ** 64 or val_after and doc.get("date", "") > val_after else "train"


def copies_of(doc, weights, most):
    """How often a document is in train.bin: a weight of 1.5 is two copies of every second one."""
    n = min(weights.get(slug(doc.get("source", "")), 1) * weights.get(doc.get("sport", ""), 1), most)
    draw = int.from_bytes(hashlib.blake2b(doc.get("text", "").encode(), digest_size=8, key=b"copies").digest(), "big") / 2 ** 64
    return int(n) + (draw < n - int(n))

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
    info, n_copies = dict(tokens=0, documents=0, supervised=0, text_bytes=0), 1
    with open(os.path.join(folder, f"{split}.bin"), "wb") as f, open(os.path.join(folder, f"{split}.mask.bin"), "wb") as g:
        for copy in itertools.count():
            if copy == n_copies:
                break
            docs = (doc for doc in read_jsonl(path) if doc.get("copies", 1) > copy)
            while batch := list(itertools.islice(docs, 1000)):
                n_copies = max(n_copies, *(doc.get("copies", 1) for doc in batch), 1)
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


def read_jsonl(path):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        yield from map(json.loads, f)


def spread(paths, docs, split, copies):
    """Documents into one compressed JSONL per split, with their number of copies. Returns (masked, census, sources): how many
    documents and words of each sport, licence, decade and source."""
    masked, census, latest = False, collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0])), {}
    files = {name: io.TextIOWrapper(gzip.GzipFile(path, "wb", compresslevel=1, mtime=0), encoding="utf-8") for name, path in paths.items()}
    written = dict.fromkeys(paths, 0)

    def write(doc, split):
        for name in paths if split == "both" else [split]:
            n = copies(doc) if name == "train" else 1
            files[name].write(json.dumps({**doc, "copies": n} if n != 1 else doc, ensure_ascii=False) + "\n")
            written[name] += 1

    last = None  # kept back: a set too small for val_fraction validates on it
    for doc in tqdm(docs, desc="documents", unit=" docs", disable=None):
        if last:
            write(last, split(last))
        last, masked = doc, masked or "messages" in doc
        date, licence, n_words = str(doc.get("date") or ""), doc.get("license") or "unknown", len(tok.document_text(doc).split())
        entries = [("sport", doc.get("sport") or "unknown"), ("license", licence), ("decade", date[:3] + "0s" if date else "undated")]
        for source in (doc.get("source") or "unknown").split(" + "):  # a document may stand on several
            entries.append(("source", source))
            latest[source] = max(latest.get(source, ("", "")), (date, licence))
        for what, value in entries:
            census[what][value][0] += 1
            census[what][value][1] += n_words
    if last and not written["train"] and "text" in last:  # one text: its last tenth
        cut = last["text"].rfind("\n", len(last["text"]) // 2, len(last["text"]) * 9 // 10) + 1 or len(last["text"]) * 9 // 10
        write({**last, "text": last["text"][:cut]}, "train")
        write({**last, "text": last["text"][cut:]}, "val")
    elif last:
        write(last, split(last) if written["val"] or split(last) == "both" else "val")
    for f in files.values():
        f.close()
    return masked, census, {source: {"license": latest[source][1], "date": latest[source][0], "documents": n} for source, (n, _) in census["source"].items()}


def build(documents, out_dir, questions=(), tokenizer="", vocab_size=4096, split_digits=False, val_fraction=0.005,
          val_after="", weights={}, max_epochs=4, asked=(), gates=None, notes={}):
    """Make a data directory from an iterable of documents; all files appear at once at the end, or none does."""
    counts, gates = dict(read=0, empty=0), {} if gates is None else gates
    os.makedirs(os.path.dirname(out_dir), exist_ok=True)
    tmp = tempfile.mkdtemp(prefix=".building-", dir=os.path.dirname(out_dir))
    try:
        paths, before = {split: os.path.join(tmp, f"{split}.jsonl.gz") for split in ("train", "val")}, memory()
        masked, census, by_source = spread(paths, unique(cleaned(documents, counts), gates, asked),
                                lambda doc: "both" if val_fraction is None else split_of(doc, val_fraction, val_after), lambda doc: copies_of(doc, weights, max_epochs))
        held = (memory() - before) / max(1, sum(n for n, _ in census["source"].values()))
        counts["duplicates"] = gates.get("duplicates", [0, 0])[1]
        if tokenizer:
            with open(tokenizer, "rb") as f:
                model = f.read()
        else:  # learned from 40 MB spread over all of it: more changes nothing but the hours
            every = max(1, os.path.getsize(paths["train"]) // 13_000_000)
            model = tok.train((tok.document_text(d) for d in itertools.islice(read_jsonl(paths["train"]), 0, None, every)), vocab_size, split_digits)
        with open(os.path.join(tmp, "tokenizer.model"), "wb") as f:
            f.write(model)
        t = tok.Tokenizer(os.path.join(tmp, "tokenizer.model"))
        info = {split: write_split(split, path, t, tmp, masked) for split, path in paths.items()}
        for split, i in info.items():
            if not i["documents"]:
                dropped = ", ".join(f"{gate} {entry[1]}" for gate, entry in gates.items())
                raise ValueError(f"no document for the {split} split: {counts['read']} read, {counts['empty']} empty, dropped: {dropped}")
        os.remove(paths["train"])  # val.jsonl.gz stays: eval.py reports by sport from it
        if questions:
            with open(os.path.join(tmp, "questions.jsonl"), "w", encoding="utf-8") as f:
                f.writelines(json.dumps(q, ensure_ascii=False) + "\n" for q in questions)
        meta = {"tokenizer_sha256": t.sha256, "vocab_size": t.vocab_size,
                **{k: {split: i[k] for split, i in info.items()} for k in ("tokens", "documents", "supervised", "text_bytes")},
                "sports": {sport: n for sport, (n, _) in census["sport"].items()}, "sources": by_source, "counts": counts, **notes,
                "sha256": {n: sha256(os.path.join(tmp, n)) for n in sorted(os.listdir(tmp))}}
        with open(os.path.join(tmp, "meta.json"), "w", encoding="utf-8") as f:
            json.dump(meta, f, indent=1, ensure_ascii=False)
        if notes:
            card(tmp, meta, census, gates, held)
        os.makedirs(out_dir, exist_ok=True)
        for stale in ("train.mask.bin", "val.mask.bin", "questions.jsonl"):
            if not os.path.exists(os.path.join(tmp, stale)) and os.path.exists(os.path.join(out_dir, stale)):
                os.remove(os.path.join(out_dir, stale))
        for n in sorted(os.listdir(tmp), key=lambda n: n == "meta.json"):
            os.replace(os.path.join(tmp, n), os.path.join(out_dir, n))
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    return meta


def card(folder, meta, census, gates, held):
    """README.md: what is in the set, what was dropped and why, whom to name. held: bytes of memory per document."""
    total = sum(words for _, words in census["sport"].values())
    few = [sport for sport in SPORTS if census["sport"][sport][1] < .01 * total]
    out = [f"# {meta['name']}", "", f"{meta['tokens']['train']:,} tokens to train on, {meta['tokens']['val']:,} to validate, {total:,} words, "
           f"{sum(meta['documents'].values()):,} documents, a vocabulary of {meta['vocab_size']:,}.", "", f"Below one percent of the words: {', '.join(few) or 'no sport'}."]
    for what in ("sport", "source", "license", "decade"):
        out += ["", f"| {what} | documents | words | share | |", "|---|---|---|---|---|"]
        rows = sorted(census[what].items(), key=lambda kv: kv[0] if what == "decade" else -kv[1][1])
        most = max([words for _, (_, words) in rows], default=1) or 1
        out += [f"| {value} | {n:,} | {words:,} | {100 * words / max(total, 1):.1f} % | {'█' * round(30 * words / most)} |" for value, (n, words) in rows if n]
    out += ["", "| gate | documents in | dropped | MB/s per core |", "|---|---|---|---|"]
    out += [f"| {gate} | {n:,} | {dropped:,} | {size / 1e6 / max(seconds, 1e-9):.1f} |" for gate, (n, dropped, size, seconds) in gates.items()]
    out += ["", f"Telling duplicates apart held {held:,.0f} bytes of memory per document: of all that grows with the set, this is what a terabyte would need first."]
    out += ["", "Sources, with their licences and addresses: attribution is due to each.", ""]
    out += [f"- {title}: {row['licence']}, {row['url']}" + (f" (permission: {row['permission']})" if row["permission"] else "") for title, row in meta["register"].items()]
    out += [f"- left out: {line}" for line in meta["left_out"]]
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")

# -----------------------------------------------------------------------------

def gather(asked, work):
    """Documents of the sources of the register, each collected in a process of its own. Returns (documents, gates, notes)."""
    rows, left_out, absent, jobs, done, everything = register(), [], [], [], [], asked == ["all_open"]
    for word in rows if everything else asked:
        row, why = rows[word], refusal(rows[word])
        if everything and row["folder"] in ("web", "api", "hub"):
            why = why or f"{row['title']}: no dump, name it to have it read"
        if why and not everything:
            die(why)
        left_out += [why] * bool(why)
        jobs += [] if why else [(word, row, work, seed, from_)]
    os.makedirs(work, exist_ok=True)
    with concurrent.futures.ProcessPoolExecutor(min(len(jobs), os.cpu_count() or 1) or 1) as pool:
        for word, job in {job[0]: pool.submit(collect, *job) for job in jobs}.items():
            try:
                done.append(job.result())
            except OSError as e:
                if not everything:
                    raise
                absent.append(f"{rows[word]['title']}: {e}; left out, the same command tries again")
    absent += [f"{rows[word]['title']}: {from_} does not have it" for word, path, _ in done if not path]
    if absent or left_out:
        print(*absent, *[f"{len(left_out)} sources left out for their status or key: the set's README.md says why"] * bool(left_out), sep="\n", file=sys.stderr)
    left_out, done, gates = left_out + absent, [d for d in done if d[1]], {}
    for _, _, info in done:
        for gate, entry in info["gates"].items():
            gates[gate] = [a + b for a, b in zip(gates.get(gate, [0, 0, 0, 0.0]), entry)]
    notes = {"register": {rows[word]["title"]: {**{k: rows[word][k] for k in ("licence", "url", "terms", "status")}, "permission": permission if rows[word]["status"] == "ask" else "",
                          "retrieved": info["retrieved"], "sha256": info["sha256"]} for word, _, info in done}, "left_out": left_out}
    return ({**doc, "prose": "record" not in doc} for _, path, _ in done for doc in read_jsonl(path)), gates, notes


def main():
    start = time.time()
    if words == ["list"]:
        return print_list()
    factors = dict(re.findall(r"^(\w+)=(\d*\.?\d+)$", "\n".join(weights), re.M))
    if len(factors) < len(weights):
        die(f"--weights {' '.join(weights)}: each is one source or sport and a number, as in golf=1.5", 2)
    for known, asked in (["starter", "instruct", "all_open", *register()], words), ([*register(), *SPORTS], factors if words else []):
        for word in asked:
            if word not in known:
                near = "".join(f", did you mean {n!r}?" for n in difflib.get_close_matches(word, known, n=1))
                die(f"no source {word!r}{near} (starter, instruct, all_open, or one that `python prepare.py list` prints)", 2)
    several = [word for word in words if word not in ("starter", "instruct")]  # from the register; the starter may come along
    if bool(words) == bool(docs) or "instruct" in words and len(words) > 1 or "all_open" in several[:-1] + several[1:]:
        die("give starter, instruct, all_open or words of `python prepare.py list`, or --docs FILE or FOLDER ... --name NAME", 2)
    if docs and not name:
        die("own documents need a --name: the set goes to data/NAME", 2)
    set_name = name or (words[0] if len(words) == 1 and words != ["all_open"] else "corpus")
    out_dir, extra = os.path.abspath(os.path.join(ROOT, "data", set_name)), {}
    try:
        documents, asked, size = tok.read_documents(docs), [], 4096
        for own in {"starter", "instruct"} & set(words):
            module, given = load_source(own), (seed, from_)[:1 + (own == "instruct")]
            documents, asked, size = module.documents(*given), list(module.questions(*given)), 8192
        if several:
            gathered, gates, notes = gather(several, os.path.join(ROOT, "data", f".work-{os.path.basename(out_dir)}"))
            documents, size, extra = itertools.chain(gathered, documents), 32_000, dict(gates=gates, notes={"name": os.path.basename(out_dir), **notes})
        texts = [json.loads(line)["question"] for path in questions for line in open(path, encoding="utf-8")]
        meta = build(documents, out_dir, asked, tokenizer, vocab_size or size, split_digits, val_fraction,
                     val_after, {key: float(n) for key, n in factors.items()}, max_epochs, texts, **extra)
    except (ValueError, OSError, ImportError) as e:
        die(e)
    print("documents: {read:,} read, {empty:,} empty, {duplicates:,} duplicates dropped".format(**meta["counts"]), file=sys.stderr)
    print(f"{os.path.relpath(out_dir, ROOT)}: {meta['tokens']['train']:,} tokens to train on, {meta['tokens']['val']:,} to validate, "
          f"{meta['documents']['train']:,} documents, vocabulary {meta['vocab_size']:,}, {time.time() - start:.0f} s")


if __name__ == "__main__":
    globals().update(configure(__file__, words=None))
    load_env()
    main()
