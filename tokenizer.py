"""
A byte-pair tokenizer: trained by SentencePiece, encoded by tiktoken with the same ids, decoded by a table of bytes.
Any UTF-8 text survives the round trip. The control tokens and the chat format live here and nowhere else.

    python tokenizer.py train --docs corpus/ more.jsonl.gz --vocab_size 32000 --out tokenizer.model
    python tokenizer.py measure --tokenizer tokenizer.model --docs val.jsonl.gz --against gpt2 other.model
"""
import glob
import gzip
import hashlib
import io
import json
import os
import re
import string
import sys
import time
import unicodedata
import zlib

from configurator import configure, die

# -----------------------------------------------------------------------------
docs = []  # files or folders: .txt, .md, .jsonl, .jsonl.gz (objects with "text" or "messages")
vocab_size = 32000  # ids, control tokens and the 256 bytes included; below 65,536
split_digits = False  # train: every digit a piece of its own (good for arithmetic, longer years)
out = "tokenizer.model"  # train: where the model goes
tokenizer = "tokenizer.model"  # measure: the tokenizer to measure
against = []  # measure: other .model files, or names that tiktoken knows (gpt2)
# -----------------------------------------------------------------------------

# ids 0 to 9, SentencePiece's CONTROL type: text can never produce them
CONTROL = ["<unk>", "<|bos|>", "<|end|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>", "<|context|>", "<|call|>", "<|result|>"]
UNK, BOS, END, PAD = range(4)
ROLES = {name[2:-2]: i for i, name in enumerate(CONTROL) if i >= 4}  # "user" -> 5
ABSTAIN = "I don't know."

# -----------------------------------------------------------------------------
# encoding and decoding

class Tokenizer:
    """A SentencePiece BPE model. encode(text) -> ids, decode(ids) -> text, render(messages) -> ids and mask."""

    def __init__(self, path):
        import sentencepiece
        with open(path, "rb") as f:
            self.model_bytes = f.read()
        self.sha256 = hashlib.sha256(self.model_bytes).hexdigest()
        self.sp = sentencepiece.SentencePieceProcessor()
        try:
            self.sp.LoadFromSerializedProto(self.model_bytes)
        except RuntimeError:
            raise ValueError(f"{path} is not a SentencePiece model") from None
        self.vocab_size = self.sp.vocab_size()
        if [self.sp.IdToPiece(i) for i in range(min(len(CONTROL), self.vocab_size))] != CONTROL:
            raise ValueError(f"{path} lacks our control tokens: train one with python tokenizer.py train")
        # the bytes of every id; a literal U+2581 is never a piece, so each one stands for a space
        self.id_bytes = [b""] * self.vocab_size
        for i in range(len(CONTROL), self.vocab_size):
            piece = self.sp.IdToPiece(i)
            self.id_bytes[i] = bytes([int(piece[3:5], 16)]) if self.sp.IsByte(i) else piece.replace("\u2581", " ").encode()
        self.words = {w[1:] for w in map(bytes.decode, filter(bytes.isascii, self.id_bytes)) if re.fullmatch(" [a-z]{4,}", w)}
        self._build_tiktoken()

    def _build_tiktoken(self):
        """The same merges for tiktoken, which encodes several times faster than SentencePiece.

        SentencePiece starts from characters and merges the pair of highest score; tiktoken starts from bytes and merges
        the pair of lowest rank. So bytes come first, then characters (after the prefixes that lead to their three and
        four bytes), then merged pieces by falling score.
        """
        import tiktoken
        byte_id = {self.id_bytes[i]: i for i in range(len(CONTROL), self.vocab_size) if self.sp.IsByte(i)}
        pieces = [i for i in range(len(CONTROL), self.vocab_size) if not self.sp.IsByte(i)]
        chars = [i for i in pieces if len(self.sp.IdToPiece(i)) == 1]
        merged = sorted((i for i in pieces if len(self.sp.IdToPiece(i)) > 1), key=lambda i: -self.sp.GetScore(i))
        ranks, self.rank_ids = {}, []  # rank_ids: the ids that stand for a rank
        for byte, i in sorted(byte_id.items()):
            ranks[byte] = len(ranks)
            self.rank_ids.append([i])
        for i in chars:
            b = self.id_bytes[i]
            for prefix in (b[:n] for n in range(2, len(b))):
                if prefix not in ranks:
                    ranks[prefix] = len(ranks)
                    self.rank_ids.append([byte_id[bytes([c])] for c in prefix])
            if b in ranks:  # an ASCII character: its byte's rank now stands for the piece
                self.rank_ids[ranks[b]] = [i]
            else:
                ranks[b] = len(ranks)
                self.rank_ids.append([i])
        for i in merged:
            ranks[self.id_bytes[i]] = len(ranks)
            self.rank_ids.append([i])
        self.tik = tiktoken.Encoding("sports", pat_str=r" *[^ \n]+| +|\n", mergeable_ranks=ranks, special_tokens={})
        self.rank_id = [ids[0] if len(ids) == 1 else -1 for ids in self.rank_ids]

    def encode(self, text):
        """Ids of `text`, without control tokens. A lone surrogate, which no UTF-8 holds, is a ValueError."""
        try:
            text.encode()
        except UnicodeEncodeError as e:
            raise ValueError(f"text is not valid Unicode: {e}") from None
        ranks = self.tik.encode_ordinary(text)
        ids = [self.rank_id[r] for r in ranks]
        if -1 in ids:  # a character that is no piece left a prefix: spell its bytes
            ids = [i for r in ranks for i in self.rank_ids[r]]
        return ids

    def encode_batch(self, texts, num_threads=os.cpu_count() or 1):
        """encode() of many texts; tiktoken works outside of Python's lock, so threads help."""
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(num_threads) as pool:
            return list(pool.map(self.encode, texts, chunksize=64))

    def decode_bytes(self, ids):
        return b"".join(self.id_bytes[i] for i in ids)

    def decode(self, ids):
        """Text of `ids`; control tokens vanish, bytes that are no UTF-8 become U+FFFD."""
        return self.decode_bytes(ids).decode("utf-8", errors="replace")

    def render(self, messages, reply=False):
        """Chat turns -> (ids, mask): BOS, then per turn its role token, the text, <|end|>. mask is 1 where a model
        learns: the assistant's text and <|end|>. reply=True opens the assistant's turn at the end, for generation.
        What a user asks goes through plain_question().

        messages: [{"role": "user", "content": "Who won?"}, ...]; roles are system, user, assistant, context, call, result.
        """
        ids, mask = [BOS], [0]
        for m in messages:
            if m["role"] not in ROLES:
                raise ValueError(f"unknown role {m['role']!r}: one of {', '.join(ROLES)}")
            text = turn_text(m)
            turn = self.encode(self.spell(text) if text is not m["content"] else text) + [END]
            ids += [ROLES[m["role"]]] + turn
            mask += [0] + [int(m["role"] == "assistant")] * len(turn)
        if reply:
            ids, mask = ids + [ROLES["assistant"]], mask + [0]
        return ids, mask

    def spell(self, text):
        """plain_question's text with slips of the finger mended: a word of five letters or more that is no piece becomes
        the piece that has one letter more or less than it, or two swapped (https://norvig.com/spell-correct.html)."""
        def mended(match):
            word = match[0]
            cuts = [(word[:i], word[i:]) for i in range(1, len(word))]
            near = {a + b[1:] for a, b in cuts[:-1]} | {a + b[1] + b[0] + b[2:] for a, b in cuts[:-1]} | {a + c + b for a, b in cuts + [(word, "")] for c in string.ascii_lowercase}
            return word if word in self.words else max(near & self.words, key=lambda w: (len(w), w), default=word)
        return re.sub(r"(?<= )[a-z]{5,}(?![^ ])", mended, text)

    def save(self, path):
        with open(path, "wb") as f:
            f.write(self.model_bytes)

# -----------------------------------------------------------------------------
# documents: JSON Lines of {"text" or "messages", "sport", "source", "url", "license", "date"}, or plain text files

def plain_question(text, longest=200):
    """A short question without what people type in as many ways as they are: " who won the mens 100 m in 1936" for
    "Who won the men's 100 m, in 1936?". Case, accents, apostrophes and punctuation go, but not between digits (1-0, 9.58);
    a space leads, so that a word is the same piece wherever it stands. A turn of several lines or more than `longest`
    characters (a table, a report, code) keeps its form.
    """
    if "\n" in text or len(text) > longest:
        return text
    text = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text.lower())))
    text = re.sub(r"['\u2018\u2019`\u00b4]", "", re.sub(r"(?<=\d)[\u2010-\u2015\u2212](?=\d)", "-", text))
    text = re.sub(r"(?<!\d)[-.,:/]|[-.,:/](?!\d)|[?!;\"()\[\]{}\u2010-\u2015\u201c\u201d\u2026\u00ab\u00bb\u00bf\u00a1]", " ", text)
    return "".join(" " + word for word in text.split())


def turn_text(message):
    """What the model reads of a turn."""
    return plain_question(message["content"]) if message["role"] == "user" else message["content"]


def document_text(doc):
    """The text of a document as the model reads it."""
    return doc["text"] if "text" in doc else "\n".join(map(turn_text, doc["messages"]))


def check_document(doc):
    """ValueError where a document is not what prepare.py can encode."""
    if not isinstance(doc, dict) or not ("text" in doc or "messages" in doc):
        raise ValueError('no object with "text" or "messages"')
    if "text" in doc and not isinstance(doc["text"], str):
        raise ValueError('"text" is no string')
    turns = doc.get("messages", [])
    for m in turns if isinstance(turns, list) else [turns]:
        if not isinstance(m, dict) or m.get("role") not in ROLES or not isinstance(m.get("content"), str):
            raise ValueError(f'{m!r:.60} is no message {{"role", "content"}}; roles are {", ".join(ROLES)}')


def read_documents(paths):
    """Yield the documents of files and folders; ValueError says which file and line is not what it should be."""
    for path in paths:
        if not os.path.exists(path):
            raise ValueError(f"{path} does not exist")
        files = sorted(glob.glob(os.path.join(glob.escape(path), "**", "*"), recursive=True)) if os.path.isdir(path) else [path]
        files = [f for f in files if f.endswith((".txt", ".md", ".jsonl", ".jsonl.gz"))]
        if not files:
            raise ValueError(f"{path} holds no .txt, .md, .jsonl or .jsonl.gz")
        for name in files:
            where = name
            with gzip.open(name, "rb") if name.endswith(".gz") else open(name, "rb") as f:
                try:
                    if ".jsonl" not in name:
                        yield {"text": f.read().decode("utf-8"), "source": os.path.basename(name)}
                        continue
                    for n, line in enumerate(f, 1):
                        where = f"{name}, line {n}"
                        if line.strip():
                            doc = json.loads(line.decode("utf-8"))
                            check_document(doc)
                            yield doc
                except UnicodeDecodeError as e:
                    raise ValueError(f"{name} is not UTF-8 text (byte {e.start}): convert it first, e.g. with iconv") from None
                except (ValueError, EOFError, OSError, zlib.error) as e:
                    raise ValueError(f"{where}: {e}") from None

# -----------------------------------------------------------------------------
# training and measuring

def train(texts, vocab_size, split_digits=False, num_threads=os.cpu_count() or 1):
    """The bytes of a SentencePiece BPE model learned from an iterable of texts; ValueError where they are too few."""
    import sentencepiece
    if not 300 <= vocab_size < 65536:
        raise ValueError(f"vocab_size {vocab_size} must be from 300 (control tokens, 256 bytes, letters) to 65,535 (uint16)")
    lines = (line[i:i + 4000] for text in texts for line in text.split("\n") for i in range(0, len(line), 4000))
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(line.replace("\u2581", " ") for line in lines if line.strip()), model_writer=model,
            model_type="bpe", vocab_size=vocab_size, byte_fallback=True, split_digits=split_digits, character_coverage=0.9999,
            normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
            allow_whitespace_only_pieces=True, max_sentence_length=16384, input_sentence_size=2_000_000,
            shuffle_input_sentence=True, train_extremely_large_corpus=False, num_threads=num_threads, minloglevel=2,
            unk_id=UNK, bos_id=BOS, eos_id=END, pad_id=PAD, unk_piece=CONTROL[UNK], bos_piece=CONTROL[BOS],
            eos_piece=CONTROL[END], pad_piece=CONTROL[PAD], control_symbols=CONTROL[4:])
    except RuntimeError as e:
        raise ValueError(f"cannot train {vocab_size} pieces: {str(e).split('] ')[-1].strip() or 'too little text'}") from None
    return model.getvalue()


class Gpt2:
    """A baseline: a vocabulary that tiktoken ships, where its file is cached or can be fetched."""

    def __init__(self, name):
        import tiktoken
        self.tik = tiktoken.get_encoding(name)
        self.vocab_size, self.encode = self.tik.n_vocab, self.tik.encode_ordinary


LINES = {  # what a sports vocabulary should be short on
    "scores": "Argentina 3-3 France (4-2 pens)\nChiefs 25, 49ers 22 (OT)\n6-4 3-6 7-6(5) 6-2\nLakers 112-104 Celtics\n287/6 (50 ov) beat 283\n",
    "dates": "2022-12-18\nSunday, 18 December 2022\nFeb 11, 2024\nthe 1998-99 season\n1957-58\n",
    "stat lines": "31 PTS, 12 REB, 9 AST, 3 STL, 11-19 FG\n24/38, 322 YDS, 3 TD, 1 INT, 112.4 RTG\n.331/.421/.602, 41 HR, 118 RBI\n10-2-41-4, econ 4.10\n",
}


def measure(names, paths):
    """Bytes per token by sport and on LINES, and MB/s on one core, for every tokenizer named."""
    by_sport = {}
    for doc in read_documents(paths):
        by_sport.setdefault(doc.get("sport") or "text", []).append(document_text(doc))
    samples = {**by_sport, **{k: [v] for k, v in LINES.items()}}
    table = {}
    for name in names:
        try:
            t = Tokenizer(name) if os.path.exists(name) else Gpt2(name)
        except Exception as e:  # tiktoken fails in many ways where its file is neither cached nor reachable
            print(f"{name}: left out, cannot be loaded ({str(e).splitlines()[0][:80]})", file=sys.stderr)
            continue
        texts = [text for ts in by_sport.values() for text in ts] or list(LINES.values()) * 1000
        start = time.perf_counter()
        for text in texts:
            t.encode(text)
        mb_s = sum(len(text.encode()) for text in texts) / 1e6 / (time.perf_counter() - start)
        ratio = {k: sum(len(x.encode()) for x in v) / sum(len(t.encode(x)) for x in v) for k, v in samples.items()}
        table[name] = {"vocab_size": t.vocab_size, **{k: round(v, 3) for k, v in ratio.items()}, "MB/s": round(mb_s, 1)}
    if not table:
        die("no tokenizer could be loaded")
    width = max(map(len, table))
    print(f"{'bytes per token':<24}" + "".join(f"{name:>{width + 2}}" for name in table))
    for key in next(iter(table.values())):
        print(f"{key:<24}" + "".join(f"{row[key]:>{width + 2}}" for row in table.values()))
    print(json.dumps(table))


def main():
    try:
        if words == ["train"]:
            if not docs:
                die("nothing to train on: give --docs FILE or FOLDER ...", 2)
            model = train((document_text(d) for d in read_documents(docs)), vocab_size, split_digits)
            with open(out, "wb") as f:
                f.write(model)
            print(f"wrote {out}: {vocab_size:,} pieces, sha256 {hashlib.sha256(model).hexdigest()[:16]}")
        elif words == ["measure"]:
            measure([tokenizer, *against], docs)
        else:
            die("say what to do: python tokenizer.py train|measure (--help lists the keys)", 2)
    except (ValueError, OSError) as e:
        die(e)


if __name__ == "__main__":
    globals().update(configure(__file__, words=("train", "measure")))
    main()
