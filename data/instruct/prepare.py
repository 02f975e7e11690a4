"""
Instruction data for the five jobs: analytics over a table, news and commentary, rules, fantasy, questions and answers. What a
prompt shows comes from the open sets of the register and the tables of data/starter, where they are at hand, and from leagues,
matches and stat lines made up on the spot; every number and name of an answer stands in the prompt or follows by a small sum.

    python data/instruct/prepare.py --from ../shared/data --init_from out/demo    # with that run's tokenizer
    python data/instruct/prepare.py --tokenizer data/corpus/tokenizer.model
    python data/instruct/prepare.py --docs my.jsonl --name own --init_from out/demo

wordings.csv holds the wordings: task, kind, text, where kind is ask (a question), clause (to be put into a frame of `embed`),
held (a question for the evaluation alone), say (an answer); [a|b] is a choice and {a} a slot. rules.csv, situations.csv,
aspects.csv and scoring.csv are facts of our own writing. A name belongs to training or to the evaluation by its last word
(soccer clubs by country, Formula 1 by year), and no document of a job holds a name or a wording that its evaluation uses.

Your own conversations: JSON Lines (or one JSON list) of {"messages": [{"role", "content"}]}, of Alpaca's {"instruction",
"input", "output"}, or of ShareGPT's {"conversations": [{"from", "value"}]}. What is longer than the context is cut at a turn.
"""
import functools
import glob
import gzip
import json
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from random import Random

here = os.path.dirname(os.path.abspath(__file__))
if __name__ == "__main__":
    sys.path[0] = os.path.dirname(os.path.dirname(here))  # `import prepare` would find this file
sys.path += [here] * (here not in sys.path)
import instruct_jobs as jobs  # not jobs: a package of that name would come first
import instruct_records as records
import prepare
import tokenizer as tok
from configurator import configure, die
from instruct_records import shuffled, some, weighted

# -----------------------------------------------------------------------------
docs = []  # your own conversations (.jsonl, .jsonl.gz, .json): messages, Alpaca or ShareGPT
from_ = ""  # a folder that holds upstream's files; none: what lies in data/SOURCE/upstream
init_from = ""  # a run directory: its tokenizer and its context are taken
tokenizer = ""  # use this tokenizer.model; none: train one for this set
name = ""  # the set goes to data/NAME (default: instruct)
vocab_size = 8192  # of the tokenizer to train
items = 45_000  # conversations to make
block_size = 0  # the context, in tokens; 0: that of init_from, or 512
val_fraction = 0.02  # share of the conversations that go to val.bin
seed = 1337  # of all that is drawn
# -----------------------------------------------------------------------------

SHARES = dict(analytics=13, news=9, rules=7, fantasy=6, questions=13)  # of the conversations, by job
N_QUESTIONS = 300  # of each job, for the evaluation
MOST = 0.0095  # the largest share of the conversations that one template may have


def draw(rng, part, world, job, n, most, cores, seen):
    """n conversations of a job, none twice, no template more than `most` times"""
    out = []
    for _ in range(100 * n):
        it = weighted(rng, jobs.JOBS[job])(rng, part, world) if len(out) < n else None
        if not it or any(cores[c] >= most for c in it["cores"]) or (text := tok.document_text(it)) in seen:
            continue
        seen.add(text)
        cores.update(set(it["cores"]))
        if part == "train" and rng.random() < .06:
            it["messages"].insert(0, {"role": "system", "content": jobs.Speaker(rng, part).draw("system", "ask", {})[1]})
        out.append(it)
    return out


def separate(train, evaluation):
    """Without the documents of training that hold a name of the job's evaluation, and without the questions whose names are too common for that"""
    word, wanted, found = lambda text: tuple(re.findall(r"[\w'-]+", text.lower())), defaultdict(set), defaultdict(set)
    for q in evaluation:
        for n in map(word, q["names"]):
            wanted[q["job"], n[0]].add(n)
    for k, it in enumerate(train):
        words = word(" ".join(m["content"] for m in it["messages"]))
        for i, w in enumerate(words):
            for n in wanted.get((it["job"], w), ()):
                if words[i:i + len(n)] == n:
                    found[it["job"], n].add(k)
    common = {key for key, places in found.items() if len(places) > len(train) / 2000}
    dropped = set().union(*(places for key, places in found.items() if key not in common))
    kept = [q for q in evaluation if not any((q["job"], word(n)) in common for n in q["names"])]
    return [it for k, it in enumerate(train) if k not in dropped], kept


@functools.lru_cache(2)
def make(seed, from_="", n=None):
    """(conversations to train on, conversations that the questions of the evaluation come from), with all that is known of each"""
    world, parts = records.World(from_), {}
    if world.missing:
        print(f"left out: {', '.join(world.missing)} ({from_ or 'data/SOURCE/upstream'} does not have them)", file=sys.stderr)
    for part, size in (("eval", len(SHARES) * N_QUESTIONS), ("train", n or items)):
        cores, seen, parts[part] = Counter(), set(), []
        for job, share in SHARES.items():
            k, most = (round(size * share / sum(SHARES.values())), max(2, MOST * size)) if part == "train" else (N_QUESTIONS, N_QUESTIONS)
            parts[part] += draw(Random(f"{seed} {part} {job}"), part, world, job, k, most, cores, seen)
    train, evaluation = separate(parts["train"], parts["eval"])
    return shuffled(Random(f"{seed} order"), train), evaluation


def documents(seed=1337, from_=""):
    """The conversations to train on, and first a word on them"""
    train, _ = make(seed, from_)
    census(train, Random(f"{seed} shown"))
    for it in train:
        yield dict(messages=it["messages"], sport=it["sport"], source=it["about"][0], url="", license=it["about"][1], date="", group=it["job"])


def questions(seed=1337, from_=""):
    """Questions to evaluate with; the group is the job, with "unknown" where one must abstain and "refusal" where one must decline"""
    for it in make(seed, from_)[1]:
        group = it["job"] + (": unknown" if not it["answers"] else ": refusal" if it["task"] in ("bet", "private") else "")
        more = {"context": [it["context"]] * bool(it["context"]), "choices": it.get("choices"), "facts": it["facts"]}
        yield {"question": it["question"], "answers": it["answers"], **{k: v for k, v in more.items() if v}, "sport": it["sport"], "group": group,
               "task": it["task"], "names": list(dict.fromkeys(it["names"]))}


def census(train, rng):
    """Print wordings and templates of each job, the share of the most frequent one, and twenty conversations"""
    print(f"{'job':<12}{'conversations':>15}{'wordings':>12}{'templates':>12}{'most frequent':>16}")
    for job in [*SHARES, "all"]:
        own = [it for it in train if job in (it["job"], "all")]
        core, most = next(iter(Counter(c for it in own for c in set(it["cores"])).most_common(1)), ("", 0))
        print(f"{job:<12}{len(own):>15,}{len({it['wording'] for it in own}):>12,}{len({c for it in own for c in it['cores']}):>12,}"
              f"{most / max(len(train), 1):>16.2%}  {core}")
    for it in some(rng, train, 20):
        turns = (f"{m['role']}: {m['content']}" for m in it["messages"])
        print(f"\n--- {it['job']}, {it['task']}, {it['sport']}, {it['about'][0]}", *turns, sep="\n")

# -----------------------------------------------------------------------------
# conversations of your own

ROLE_OF = {"human": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant", "tool": "result", "observation": "result",
           "function_call": "call"}


def conversation(row):
    """A row of any of the three formats as a document; ValueError says what it lacks"""
    row = row if isinstance(row, dict) else {}
    if isinstance(row.get("conversations"), list):
        messages = [{"role": ROLE_OF.get(t.get("from"), t.get("from")), "content": t.get("value")} if isinstance(t, dict) else t
                    for t in row["conversations"]]
    elif "instruction" in row:
        texts = [row.get(k) or "" for k in ("system", "instruction", "input", "output")]
        if not all(isinstance(x, str) for x in texts) or not texts[3]:
            raise ValueError('"instruction", "input" and "output" must be strings, and "output" not empty')
        messages = [{"role": "system", "content": texts[0]}] * bool(texts[0])
        messages += [{"role": "user", "content": "\n\n".join(filter(None, texts[1:3]))}, {"role": "assistant", "content": texts[3]}]
    elif isinstance(row.get("messages"), list):
        messages = [{k: m.get(k) for k in ("role", "content")} if isinstance(m, dict) else m for m in row["messages"]]
    else:
        raise ValueError('no object with a list "messages" or "conversations", or with "instruction" and "output"')
    tok.check_document({"messages": messages})
    return {**{k: row[k] for k in ("sport", "source", "license", "date", "group") if isinstance(row.get(k), str)}, "messages": messages}


def own_documents(paths):
    """The conversations of files and folders; ValueError says which file and line is not what it should be"""
    for path in paths:
        found = sorted(glob.glob(os.path.join(glob.escape(path), "**", "*"),
                                 recursive=True)) if os.path.isdir(path) else [path] * os.path.exists(path)
        found = [f for f in found if f.endswith((".jsonl", ".jsonl.gz", ".json"))]
        if not found:
            raise ValueError(f"{path} is no .jsonl, .jsonl.gz or .json, and no folder with any")
        for file in found:
            where = file
            try:
                with gzip.open(file, "rb") if file.endswith(".gz") else open(file, "rb") as f:
                    if file.endswith(".json"):
                        rows = enumerate(json.load(f), 1)
                    else:
                        rows = ((n, line) for n, line in enumerate(f, 1) if line.strip())
                    for n, row in rows:
                        where = f"{file}, {'line' if isinstance(row, bytes) else 'entry'} {n}"
                        yield {"source": os.path.basename(file), **conversation(json.loads(row.decode("utf-8")) if isinstance(row, bytes) else row)}
            except (ValueError, TypeError, EOFError, OSError) as e:
                raise ValueError(f"{where}: {e}") from None


def cut(docs, t, size, counts):
    """Conversations that fit the context: what is too long ends with the last answer that fits, and without one it is dropped"""
    for doc in docs:
        ends, keep = [1], 0  # tokens up to the end of each turn
        for k, m in enumerate(doc["messages"], 1):
            ends.append(ends[-1] + len(t.render([m])[0]) - 1)
            keep = k if m["role"] == "assistant" and m["content"].strip() and ends[-1] <= size + 1 else keep
        long = ends[-1] > size + 1
        counts.update(read=1, cut=long and keep > 0, dropped=not keep)
        if keep:
            yield {**doc, "messages": doc["messages"][:keep] if long else doc["messages"]}


def main():
    folder, path = os.path.join(prepare.ROOT, "data", name or "instruct"), tokenizer or init_from and os.path.join(init_from, "tokenizer.model")
    size, counts = block_size, Counter()
    if docs and not name:
        die("your own conversations need a --name: the set goes to data/NAME", 2)
    if init_from and not os.path.exists(os.path.join(init_from, "config.json")):
        die(f"--init_from {init_from}: there is no run")
    with tempfile.TemporaryDirectory() as tmp:
        try:
            if init_from and not size:
                with open(os.path.join(init_from, "config.json"), encoding="utf-8") as f:
                    size = json.load(f)["config"]["block_size"]
            made = list(own_documents(docs) if docs else documents(seed, from_))
            if not path:
                path = os.path.join(tmp, "tokenizer.model")
                with open(path, "wb") as f:
                    f.write(tok.train(map(tok.document_text, made), vocab_size))
            made = list(cut(made, tok.Tokenizer(path), size or 512, counts))
            few = len(made) < 50
            meta = prepare.build(made, folder, [] if docs else list(questions(seed, from_)), path,
                                 val_fraction=None if few else max(val_fraction, min(.2, 20 / len(made))))
        except (ValueError, OSError, KeyError) as e:
            die(e)
    print(f"conversations: {counts['read']:,} read, {counts['cut']:,} cut at a turn to fit {size or 512} tokens, "
          f"{counts['dropped']:,} dropped: no answer that fits", file=sys.stderr)
    print(f"{len(made)} conversations are too few to split: they validate on the rows they train on\n" * few, end="", file=sys.stderr)
    print(f"{os.path.relpath(folder, prepare.ROOT)}: {meta['documents']['train']:,} conversations to train on, "
          f"{meta['documents']['val']:,} to validate, "
          f"{meta['supervised']['train']:,} of {meta['tokens']['train']:,} tokens supervised, vocabulary {meta['vocab_size']:,}")


if __name__ == "__main__":
    globals().update(configure(__file__))
    main()
