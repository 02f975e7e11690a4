"""
Pairs of answers to one prompt, the better one known without a judge: what train.py config/dpo.py learns from.

    python data/preference/prepare.py --init_from out/demo                              # data/preference, from what out/demo was trained on
    python data/preference/prepare.py --init_from out/demo --docs talks.jsonl --name mine   # from your own conversations
    python data/preference/prepare.py --init_from out/demo --docs pairs.jsonl --name own    # your own pairs

own       the right answer against a wrong one that the run itself gave, drawn at a temperature and sorted by eval.py's checks
grounded  an answer from what the prompt shows against the same with a number or name changed
abstain   "I don't know." where that is right, against an answer made up
answer    the answer where it is known, against a needless "I don't know."
short     the answer against the same answer that rambles on

Conversations are JSON Lines of {"messages": [{"role", "content"}, ...]} that end with the right answer; pairs are {"messages": the
prompt, "chosen": text, "rejected": text}. On disk documents 2i and 2i + 1 are the chosen and the rejected answer with their prompt;
pairs.jsonl.gz holds the same to read, and can be given to --docs again.
"""
import glob
import gzip
import json
import os
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from random import Random

import numpy as np
from tqdm import tqdm

here = os.path.dirname(os.path.abspath(__file__))
if __name__ == "__main__":
    sys.path[0] = os.path.dirname(os.path.dirname(here))  # `import prepare` would find this file
import prepare
import tokenizer as tok
from configurator import configure, die
from eval import grounding, normalize

# -----------------------------------------------------------------------------
docs = []  # conversations or pairs (.jsonl, .jsonl.gz); none: the conversations that the run was trained on
from_ = ""  # a folder that holds upstream's files, for data/instruct
init_from = ""  # the run directory that will be tuned: its tokenizer, its context and, for the kind own, its answers
name = "preference"  # the set goes to data/NAME
kinds = ["own", "grounded", "abstain", "answer", "short"]  # what is made of conversations
most = 2000  # pairs of a kind, at most
prompts = 4000  # of the kind own: conversations that the run answers
samples = 4  # of the kind own: answers to each
temperature = 1.0  # of the kind own
max_new_tokens = 64  # of the kind own
batch_size = 128  # answers drawn at once
block_size = 0  # the context that a pair must fit into, tokens; 0: that of the run
val_fraction = 0.05  # share of the prompts whose pairs go to val.bin
seed = 1337  # of all that is drawn
device = "auto"  # auto | cpu | cuda | mps
# -----------------------------------------------------------------------------

KINDS = tuple(kinds)
SHORT = 6  # words up to which an answer is one fact: another one is wrong
NUMBER, NAME = r"\d+(?:[.,:-]\d+)*", r"(?:St\. )?[A-Z][\w'-]+(?: [A-Z][\w'-]+)*"
INSIDE = r"(?<![.!?:] )(?<!^)(?<!\n)\b"  # a capital that does not only begin a sentence
ASKED = r"\b(who|whom|whose|which|what|when|where|why|how)\b"
pick = lambda rng, items: items[int(rng.random() * len(items))]
shown = lambda messages: "\n".join(m["content"] for m in messages)
abstains = lambda text: normalize(text) == normalize(tok.ABSTAIN)

# -----------------------------------------------------------------------------
# what comes in

def read(paths):
    """(conversations, pairs) of files and folders; ValueError says which document of which file is neither."""
    talks, pairs = [], []
    for path in paths:
        for n, doc in enumerate(tok.read_documents([path]), 1):
            turns = doc.get("messages") or [{"role": ""}]
            if "chosen" in doc or "rejected" in doc:
                if turns[-1]["role"] in ("", "assistant") or not all(isinstance(doc.get(k), str) and doc[k].strip() for k in ("chosen", "rejected")) \
                        or doc["chosen"] == doc["rejected"]:
                    raise ValueError(f'{path}, document {n}: a pair is {{"messages": [...], "chosen": "...", "rejected": "..."}}, two different texts '
                                     "after a prompt that does not end with the assistant")
                pairs.append({**doc, "kind": doc.get("kind") or "given"})
            elif len(turns) > 1 and turns[-1]["role"] == "assistant":
                talks.append(doc)
            elif "messages" in doc:
                raise ValueError(f'{path}, document {n}: neither a pair ("chosen", "rejected") nor a conversation that ends with the assistant')
    return talks, pairs


def trained_on(run):
    """The conversations of the source that a run was trained on: instruct, or else the starter set."""
    with open(os.path.join(run, "config.json"), encoding="utf-8") as f:
        dataset = os.path.basename(json.load(f)["config"]["dataset"])
    source = dataset if dataset in ("starter", "instruct") else "starter"
    module = prepare.load_source(source)
    return [doc for doc in (module.documents(seed, from_) if source == "instruct" else module.documents(seed)) if "messages" in doc]

# -----------------------------------------------------------------------------
# pairs. A maker takes (rng, talk, others) and returns (chosen, rejected) or None; others: answers to who, where or when it asks for, too.

def changed(rng, talk, others):
    """The answer with one number or name of what is there to read in place of another."""
    answer, prompt = talk["messages"][-1]["content"], shown(talk["messages"][:-1])
    if abstains(answer) or "\n" not in prompt and talk["messages"][0]["role"] != "context":
        return None
    for pattern in rng.sample((NUMBER, NAME), 2):
        like = lambda a, b: a.count(" ") == b.count(" ") if pattern == NAME else re.sub(r"\d+", "0", a) == re.sub(r"\d+", "0", b)
        there = dict.fromkeys(re.findall(INSIDE + pattern, prompt))
        swaps = [(old, new) for old in dict.fromkeys(re.findall(pattern, answer)) if old in prompt
                 for new in there if new not in answer and old not in new and like(old, new)]
        if swaps:
            old, new = pick(rng, swaps)
            return answer, re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, answer)


def made_up(rng, talk, others):
    """A question that nobody can answer from what is there, and an answer from the prompt or to another question."""
    prompt = next((m["content"] for m in talk["messages"] if m["role"] == "context"), "")
    near = re.findall(rf"{INSIDE}{NAME}|{NUMBER}", prompt) or others
    return (tok.ABSTAIN, pick(rng, near)) if near and abstains(talk["messages"][-1]["content"]) else None


def needless(rng, talk, others):
    answer = talk["messages"][-1]["content"]
    return None if abstains(answer) else (answer, tok.ABSTAIN)


def rambling(rng, talk, others):
    """The answer, and then itself or answers to other questions."""
    answer = talk["messages"][-1]["content"]
    more = [pick(rng, [answer, *others]).rstrip(".") + "." for _ in range(1 + int(rng.random() * 3))]
    return (answer, " ".join([answer.rstrip(".") + ".", *more])) if others and len(answer.split()) < 30 else None


def verdict(text, answer, prompt):
    """True where a text says what the answer says, False where it says another thing, None where that takes a judge."""
    a, b = normalize(text), normalize(answer)
    if a == b or abstains(text) or abstains(answer):
        return a == b
    if len(b.split()) <= SHORT:
        return None if f" {b} " in f" {a} " or f" {a} " in f" {b} " else False
    claims = re.search(r"\d|\w [A-Z]", text)  # a text without numbers and names claims nothing that could be checked
    return False if claims and grounding(text, f"{prompt}\n{answer}", [])[0] < 1 else None


def own(rng, talks):
    """Yield pairs whose rejected answer the run gave; the wrong ones that it gave most often come first, two of a prompt at most."""
    from sample import open_run
    engine, drawn = open_run(init_from, device, rows=batch_size), Counter()
    chosen = sorted(rng.sample(talks, min(prompts, len(talks))), key=lambda talk: len(shown(talk["messages"])))
    ids = [engine.tokenizer.render(talk["messages"][:-1], reply=True)[0] for talk in chosen]
    ready = [(talk, i) for talk, i in zip(chosen, ids) if len(i) + 1 < engine.config.block_size]
    for a in tqdm(range(0, len(ready), batch_size), desc="own", unit=" batches", disable=None):
        part = ready[a:a + batch_size]
        replies = engine.generate([i for _, i in part for _ in range(samples)], temperature=temperature, max_new_tokens=max_new_tokens,
                                  seeds=[int(rng.random() * 2 ** 31) for _ in range(len(part) * samples)])
        for n, (talk, _) in enumerate(part):
            answer, given = talk["messages"][-1]["content"], replies[n * samples:(n + 1) * samples]
            texts = Counter(r.text.strip() for r in given if r.finish_reason == "stop")
            said = [(verdict(text, answer, shown(talk["messages"][:-1])), text) for text, _ in texts.most_common() if text]
            drawn.update(answers=len(given), right=sum(texts[text] for right, text in said if right))
            yield from ((talk, answer, text) for text in [text for right, text in said if right is False][:2])
    print(f"own: {drawn['right']:,} of {drawn['answers']:,} answers at temperature {temperature} are right", file=sys.stderr)


def make(rng, talks):
    """Yield (kind, talk, chosen, rejected)"""
    asked = lambda talk: next(iter(re.findall(ASKED, talk["messages"][-2]["content"].lower())), "")
    alike = defaultdict(list)
    for talk in talks:
        if not abstains(talk["messages"][-1]["content"]):
            alike[asked(talk)].append(talk["messages"][-1]["content"])
    makers = dict(grounded=changed, abstain=made_up, answer=needless, short=rambling)
    for kind in kinds:
        found = 0
        for talk in rng.sample(talks, len(talks)) if kind in makers else ():
            answers = alike[asked(talk)] if found < most else []
            others = [text for text in (pick(rng, answers) for _ in range(4 * bool(answers))) if normalize(text) != normalize(talk["messages"][-1]["content"])]
            pair = makers[kind](rng, talk, others) if found < most else None
            if pair and normalize(pair[0]) != normalize(pair[1]):
                found += 1
                yield kind, talk, *pair
    if "own" in kinds:
        yield from ((("own", *pair)) for _, pair in zip(range(most), own(rng, talks)))

# -----------------------------------------------------------------------------
# what goes out

def encode(t, pair):
    """[(ids, mask) of the chosen, of the rejected answer]: the prompt, then the answer, which alone is supervised."""
    prompt = len(t.render(pair["messages"], reply=True)[0])
    both = [t.render([*pair["messages"], {"role": "assistant", "content": pair[side]}])[0] for side in ("chosen", "rejected")]
    return [(ids, [0] * prompt + [1] * (len(ids) - prompt)) for ids in both]


def write(folder, pairs, t, size):
    """The set on disk: all files appear at once at the end, or none does. Returns (what meta.json says, pairs written, dropped)."""
    coded = [(pair, encode(t, pair)) for pair in pairs]
    kept = [(pair, sides) for pair, sides in coded if sum(len(ids) for ids, _ in sides) <= size + 1]
    if not kept:
        raise ValueError(f"no pair is left: {len(pairs):,} made, none fits into {size} tokens")
    split = {part: [k for k in kept if prepare.split_of(k[0], val_fraction) == part] for part in ("train", "val")}
    if len(kept) < 50 or not split["val"] or not split["train"]:
        split = {"train": kept, "val": kept}
        print(f"{len(kept)} pairs are too few to split: they validate on the pairs they train on", file=sys.stderr)
    meta = {"tokenizer_sha256": t.sha256, "vocab_size": t.vocab_size, "tokens": {}, "documents": {}, "supervised": {}, "text_bytes": {}, "pairs": {},
            "kinds": dict(Counter(pair["kind"] for pair, _ in kept)), "sports": dict(Counter(pair.get("sport") or "unknown" for pair, _ in kept)),
            "sources": {s: {"license": licence, "date": "", "documents": n} for (s, licence), n in
                        Counter((pair.get("source") or "unknown", pair.get("license") or "unknown") for pair, _ in kept).items()}}
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    tmp = tempfile.mkdtemp(prefix=".building-", dir=os.path.dirname(folder))
    try:
        for part, items in split.items():
            documents = [document for _, sides in items for document in sides]
            np.concatenate([np.array(ids, "<u2") for ids, _ in documents]).tofile(os.path.join(tmp, f"{part}.bin"))
            np.concatenate([np.array(mask, np.uint8) for _, mask in documents]).tofile(os.path.join(tmp, f"{part}.mask.bin"))
            for key, n in dict(tokens=sum(len(ids) for ids, _ in documents), documents=len(documents), supervised=sum(sum(mask) for _, mask in documents),
                               text_bytes=sum(len(pair[side].encode()) for pair, _ in items for side in ("chosen", "rejected")), pairs=len(items)).items():
                meta[key][part] = n
        with gzip.open(os.path.join(tmp, "pairs.jsonl.gz"), "wt", encoding="utf-8") as f:
            f.writelines(json.dumps(pair, ensure_ascii=False) + "\n" for pair, _ in kept)
        t.save(os.path.join(tmp, "tokenizer.model"))
        meta["sha256"] = {n: prepare.sha256(os.path.join(tmp, n)) for n in sorted(os.listdir(tmp))}
        with open(os.path.join(tmp, "meta.json"), "w", encoding="utf-8") as f:
            json.dump(meta, f, indent=1, ensure_ascii=False)
        os.makedirs(folder, exist_ok=True)
        for stale in [*glob.glob(os.path.join(glob.escape(folder), "reference-*")), *(os.path.join(folder, n) for n in ("questions.jsonl", "val.jsonl.gz"))]:
            if os.path.exists(stale):
                os.remove(stale)
        for n in sorted(os.listdir(tmp), key=lambda n: n == "meta.json"):
            os.replace(os.path.join(tmp, n), os.path.join(folder, n))
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    return meta, [pair for pair, _ in kept], len(pairs) - len(kept)


def report(pairs, rng):
    """Print how many pairs there are of each kind, and twenty of them."""
    print(f"{'kind':<12}{'pairs':>8}{'prompts':>9}{'words chosen':>14}{'rejected':>10}")
    for kind in sorted({pair["kind"] for pair in pairs}):
        own = [pair for pair in pairs if pair["kind"] == kind]
        mean = lambda side: sum(len(pair[side].split()) for pair in own) / len(own)
        print(f"{kind:<12}{len(own):>8,}{len({shown(pair['messages']) for pair in own}):>9,}{mean('chosen'):>14.1f}{mean('rejected'):>10.1f}")
    for pair in rng.sample(pairs, min(20, len(pairs))):
        turns = [f"{m['role']}: {m['content']}" for m in pair["messages"]]
        print(f"\n--- {pair['kind']}", *turns, f"+ {pair['chosen']}", f"- {pair['rejected']}", sep="\n")


def main():
    if not init_from:
        die("give --init_from out/RUN, the run that will be tuned: its tokenizer and its context are taken", 2)
    if unknown := set(kinds) - set(KINDS):
        die(f"--kinds {' '.join(sorted(unknown))}: there are {', '.join(KINDS)}", 2)
    rng, folder = Random(seed), os.path.abspath(os.path.join(prepare.ROOT, "data", name))
    try:
        with open(os.path.join(init_from, "config.json"), encoding="utf-8") as f:
            size = block_size or json.load(f)["config"]["block_size"]
        t = tok.Tokenizer(os.path.join(init_from, "tokenizer.model"))
        talks, pairs = read(docs) if docs else (trained_on(init_from), [])
        for kind, talk, chosen, rejected in make(rng, talks) if talks else ():
            about = {key: talk[key] for key in ("sport", "source", "license") if talk.get(key)}
            pairs.append({"kind": kind, **about, "messages": talk["messages"][:-1], "chosen": chosen, "rejected": rejected})
        unique = list({json.dumps([p["messages"], p["chosen"], p["rejected"]]): p for p in pairs}.values())
        meta, kept, dropped = write(folder, rng.sample(unique, len(unique)), t, size)
    except (ValueError, OSError, KeyError) as e:
        die(e)
    report(kept, rng)
    print(f"\n{os.path.relpath(folder, prepare.ROOT)}: {meta['pairs']['train']:,} pairs to train on, {meta['pairs']['val']:,} to validate, "
          f"{dropped:,} dropped: longer than {size} tokens together")


if __name__ == "__main__":
    globals().update(configure(__file__))
    main()
