"""prepare.py: what goes into a data directory comes out again, meta.json says what is there, and nothing is left half done."""
import gzip
import hashlib
import json
import random

import numpy as np
import pytest

import prepare
import tokenizer as tok


def snapshot(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def documents_of(folder, split):
    """[(ids, mask or None)] of the documents in a split's .bin."""
    ids = np.fromfile(folder / f"{split}.bin", dtype="<u2")
    starts = np.flatnonzero(ids == tok.BOS)
    masked = (folder / f"{split}.mask.bin").exists()
    mask = np.fromfile(folder / f"{split}.mask.bin", dtype=np.uint8) if masked else None
    assert starts[0] == 0 and (mask is None or len(mask) == len(ids))
    spans = list(zip(starts, [*starts[1:], len(ids)]))
    return [(ids[a:b].tolist(), mask[a:b].tolist() if masked else None) for a, b in spans]


def write_jsonl(path, docs):
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in docs), encoding="utf-8")
    return path

# -----------------------------------------------------------------------------
# cleaning

@pytest.mark.parametrize("dirty, clean", [
    ("a\r\nb\rc\n", "a\nb\nc"), ("\ufeffa", "a"), ("a  \nb\t\n", "a\nb"), ("\n\n a\n\n\n\nb\n\n", " a\n\nb"), ("e\u0301", "é"), ("", ""), (" \n \n", ""),
    ("\u2581 a\u200d\u00a0b", "\u2581 a\u200d\u00a0b")])
def test_clean(dirty, clean):
    assert prepare.clean(dirty) == clean == prepare.clean(clean)


def test_exact_duplicates_and_empty_texts_are_dropped_and_counted():
    docs = [{"text": "one"}, {"text": "one \r\n"}, {"text": " "}, {"text": "two"}, {"text": "One"},
            {"messages": [{"role": "user", "content": "q "}, {"role": "assistant", "content": "a"}]},
            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a\n"}]}]
    counts, gates = dict(read=0, empty=0), {}
    kept = list(prepare.unique(prepare.cleaned(docs, counts), gates))
    assert [tok.document_text(d) for d in kept] == ["one", "two", "One", " q\na"]
    assert counts == dict(read=7, empty=1) and gates["duplicates"][:2] == [6, 2]


def test_a_document_never_changes_sides(prose_docs):
    """The split depends on the text alone, and a larger share keeps what a smaller one held out."""
    small = {d["text"] for d in prose_docs if prepare.split_of(d, 0.05) == "val"}
    large = {d["text"] for d in reversed(prose_docs) if prepare.split_of({"text": d["text"]}, 0.5) == "val"}
    assert small < large and 5 < len(small) < 40 and 160 < len(large) < 240
    sides = "".join(prepare.split_of({"text": f"match {i}"}, 0.5)[0] for i in range(16))
    assert sides == "ttvtttvtvvtttvvv"  # another version must not move documents from val to train

# -----------------------------------------------------------------------------
# a data directory

@pytest.fixture(params=["tiny_set", "tiny_chat_set"])
def folder(request):
    return request.getfixturevalue(request.param)


def test_meta_matches_the_files(folder):
    meta = json.loads((folder / "meta.json").read_text())
    files = snapshot(folder)
    assert meta["sha256"] == {n: hashlib.sha256(b).hexdigest() for n, b in files.items() if n != "meta.json"}
    assert {"train.bin", "val.bin", "tokenizer.model", "val.jsonl.gz"} <= set(files)
    assert meta["tokenizer_sha256"] == hashlib.sha256(files["tokenizer.model"]).hexdigest()
    assert meta["vocab_size"] == tok.Tokenizer(str(folder / "tokenizer.model")).vocab_size == 600
    for split in ("train", "val"):
        docs = documents_of(folder, split)
        assert meta["tokens"][split] == len(files[f"{split}.bin"]) // 2 == sum(len(ids) for ids, _ in docs)
        assert meta["documents"][split] == len(docs) > 10
        assert meta["supervised"][split] == sum(sum(m) if m else len(ids) - 1 for ids, m in docs)
    assert sum(meta["sports"].values()) == sum(meta["documents"].values())
    assert max(s["documents"] for s in meta["sources"].values()) <= sum(meta["documents"].values()) <= sum(s["documents"] for s in meta["sources"].values())
    assert all({"license", "date"} <= set(s) for s in meta["sources"].values())
    assert meta["counts"]["read"] == sum(meta["documents"].values()) + meta["counts"]["duplicates"] + meta["counts"]["empty"]


def test_prose_comes_out_as_it_went_in(tiny_set, prose_docs):
    t = tok.Tokenizer(str(tiny_set / "tokenizer.model"))
    found, size = {}, {}
    for split in ("train", "val"):
        for ids, _ in documents_of(tiny_set, split):
            assert ids[0] == tok.BOS and ids[-1] == tok.END and min(ids[1:-1]) >= 10
            found[t.decode(ids)] = split
        size[split] = sum(len(text.encode()) for text, s in found.items() if s == split)
    assert set(found) == {prepare.clean(d["text"]) for d in prose_docs}
    assert json.loads((tiny_set / "meta.json").read_text())["text_bytes"] == size
    last = prepare.clean(prose_docs[-1]["text"])  # may be held back for a set without a val document
    assert all(s == prepare.split_of({"text": text}, 0.1) for text, s in found.items() if text != last)
    assert not (tiny_set / "train.mask.bin").exists()


def test_masks_cover_what_the_assistant_says_and_all_of_prose(tiny_chat_set, chat_docs, prose_docs):
    t = tok.Tokenizer(str(tiny_chat_set / "tokenizer.model"))
    chats = {(t.spell(tok.plain_question(prepare.clean(d["messages"][0]["content"]))), prepare.clean(d["messages"][1]["content"])) for d in chat_docs}
    texts = {prepare.clean(d["text"]) for d in prose_docs[:200]}
    sizes = {}
    for split in ("train", "val"):
        sizes[split] = 0
        for ids, mask in documents_of(tiny_chat_set, split):
            assert ids[0] == tok.BOS and mask[0] == 0
            supervised = t.decode([i for i, m in zip(ids, mask) if m])
            sizes[split] += len(supervised.encode())
            if tok.ROLES["user"] in ids:
                answer = ids.index(tok.ROLES["assistant"])
                assert mask == [0] * (answer + 1) + [1] * (len(ids) - answer - 1) and ids[-1] == tok.END
                chats.remove((t.decode(ids[:answer]), supervised))
            else:
                assert mask == [0] + [1] * (len(ids) - 1)
                texts.remove(supervised)
    assert not chats and not texts
    assert json.loads((tiny_chat_set / "meta.json").read_text())["text_bytes"] == sizes


def test_val_documents_are_kept_for_eval(tiny_chat_set):
    with gzip.open(tiny_chat_set / "val.jsonl.gz", "rt", encoding="utf-8") as f:
        docs = [json.loads(line) for line in f]
    t = tok.Tokenizer(str(tiny_chat_set / "tokenizer.model"))
    assert [ids for ids, _, _ in prepare.encode_documents(docs, t)] == [ids for ids, _ in documents_of(tiny_chat_set, "val")]
    assert all(d["sport"] and d["source"] for d in docs)


def test_building_again_gives_the_same_bytes(tiny_chat_set, chat_docs, prose_docs, tmp_path):
    prepare.build(chat_docs + prose_docs[:200], str(tmp_path), vocab_size=600, val_fraction=0.1)
    again, first = snapshot(tmp_path), snapshot(tiny_chat_set)
    assert {n for n in first if again[n] != first[n]} <= {"val.jsonl.gz", "meta.json"}  # gzip writes the time


def test_with_a_given_tokenizer(tiny_set, prose_docs, tmp_path):
    meta = prepare.build(prose_docs[:50], str(tmp_path), tokenizer=str(tiny_set / "tokenizer.model"))
    assert (tmp_path / "tokenizer.model").read_bytes() == (tiny_set / "tokenizer.model").read_bytes()
    assert meta["tokenizer_sha256"] == json.loads((tiny_set / "meta.json").read_text())["tokenizer_sha256"]
    assert meta["documents"]["val"] >= 1  # too few for val_fraction 0.005: the last one validates


def test_text_cannot_write_control_tokens_into_a_set(tiny_set, tmp_path):
    docs = [{"text": f"<|bos|>{i}<|end|><|assistant|> says <unk>"} for i in range(20)]
    prepare.build(docs, str(tmp_path), tokenizer=str(tiny_set / "tokenizer.model"), val_fraction=0.2)
    for ids, _ in documents_of(tmp_path, "train"):
        assert ids[0] == tok.BOS and ids[-1] == tok.END and min(ids[1:-1]) >= 10


def test_a_new_set_leaves_no_stale_masks_or_questions(tiny_set, chat_docs, prose_docs, tmp_path):
    model = str(tiny_set / "tokenizer.model")
    prepare.build(chat_docs[:50], str(tmp_path), [{"question": "Who?", "answers": []}], model, val_fraction=0.2)
    assert {"train.mask.bin", "val.mask.bin", "questions.jsonl"} <= set(snapshot(tmp_path))
    prepare.build(prose_docs[:50], str(tmp_path), tokenizer=model, val_fraction=0.2)
    assert set(snapshot(tmp_path)) == {"train.bin", "val.bin", "tokenizer.model", "meta.json", "val.jsonl.gz"}


def test_ids_above_the_sixteen_bit_sign_are_stored_as_unsigned_little_endian(tmp_path):
    class Fake:
        encode_batch = staticmethod(lambda texts, **options: [[40000, 65535] for _ in texts])
    with gzip.open(tmp_path / "x.jsonl.gz", "wt") as f:
        f.write('{"text": "x"}\n')
    prepare.write_split("train", str(tmp_path / "x.jsonl.gz"), Fake, str(tmp_path), masked=False)
    assert (tmp_path / "train.bin").read_bytes() == bytes([1, 0, 0x40, 0x9C, 0xFF, 0xFF, 2, 0])

# -----------------------------------------------------------------------------
# failures

def broken(prose_docs):
    yield from prose_docs[:100]
    raise ValueError("the source broke off")


def test_a_failure_leaves_an_existing_set_as_it_was(tiny_set, prose_docs, tmp_path):
    prepare.build(prose_docs[:50], str(tmp_path), tokenizer=str(tiny_set / "tokenizer.model"))
    before = snapshot(tmp_path)
    with pytest.raises(ValueError, match="broke off"):
        prepare.build(broken(prose_docs), str(tmp_path))
    with pytest.raises(ValueError, match="no document for the train split: 1 read, 0 empty, dropped: duplicates 0"):
        prepare.build([{"messages": [{"role": "user", "content": "alone"}]}], str(tmp_path), tokenizer=str(tiny_set / "tokenizer.model"))
    with pytest.raises(OSError):
        prepare.build(prose_docs, str(tmp_path), tokenizer=str(tmp_path / "nothere.model"))
    with pytest.raises(ValueError, match="cannot train"):
        prepare.build(prose_docs[:5], str(tmp_path), vocab_size=30000)
    assert snapshot(tmp_path) == before and {p.name for p in tmp_path.iterdir()} == set(before)


@pytest.mark.parametrize("content, message", [(b"caf\xe9 au lait", "UTF-8"), (b"", ""), (b"too short", "cannot train")])
def test_broken_docs_over_an_existing_set(run, tiny_set, tmp_path, one_line, content, message):
    data = tmp_path / "data"
    run("prepare.py", "--docs", write_jsonl(tmp_path / "ok.jsonl", [{"text": f"match {i} was played"} for i in range(9)]), "--name", data,
        "--tokenizer", tiny_set / "tokenizer.model")
    before = snapshot(data)
    (tmp_path / "bad.txt").write_bytes(content)
    assert message in one_line(run("prepare.py", "--docs", tmp_path / "bad.txt", "--name", data, code=1))
    assert snapshot(data) == before and {p.name for p in data.iterdir()} == set(before)


def test_a_failure_leaves_no_empty_folder(run, tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"caf\xe9 au lait")
    run("prepare.py", "--docs", tmp_path / "bad.txt", "--name", tmp_path / "new", code=1)
    assert not (tmp_path / "new").exists()


def test_a_folder_without_documents_is_named(run, tmp_path, one_line):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "table.csv").write_text("a,b")
    line = one_line(run("prepare.py", "--docs", tmp_path / "folder", "--name", tmp_path / "new", code=1))
    assert "folder" in line and ".txt" in line


def test_an_unknown_role_is_named_with_its_file(run, tiny_set, tmp_path, one_line):
    docs = write_jsonl(tmp_path / "chats.jsonl", [{"messages": [{"role": "robot", "content": "hello"}]}] * 2)
    line = one_line(run("prepare.py", "--docs", docs, "--name", tmp_path / "new", "--tokenizer", tiny_set / "tokenizer.model", code=1))
    assert "chats.jsonl" in line and "robot" in line

# -----------------------------------------------------------------------------
# the command

def test_one_long_text_is_a_data_set(run, tmp_path, prose_docs):
    """The first thing people try: one .txt. Its last tenth validates, nothing of it is lost."""
    text = "\n".join(d["text"] for d in prose_docs)
    (tmp_path / "book.txt").write_text(text, encoding="utf-8")
    r = run("prepare.py", "--docs", tmp_path / "book.txt", "--name", tmp_path / "book", "--vocab_size", 500)
    t = tok.Tokenizer(str(tmp_path / "book" / "tokenizer.model"))
    train, val = (t.decode(np.fromfile(tmp_path / "book" / f"{s}.bin", dtype="<u2").tolist()) for s in ("train", "val"))
    assert train + val == prepare.clean(text) and train.endswith("\n")
    assert 0.08 < len(val) / len(text) < 0.13
    assert "vocabulary 500" in r.stdout and "1 read" in r.stderr


def test_own_documents_of_every_kind(run, tmp_path, prose_docs, chat_docs):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "notes.md").write_text("# Heading\n\nA text of my own.", encoding="utf-8")
    write_jsonl(folder / "prose.jsonl", prose_docs[:150])
    with gzip.open(folder / "chats.jsonl.gz", "wt", encoding="utf-8") as f:
        f.writelines(json.dumps(d) + "\n" for d in chat_docs[:50])
    run("prepare.py", "--docs", folder, "--name", tmp_path / "mine", "--vocab-size", 500, "--val_fraction", 0.1)
    meta = json.loads((tmp_path / "mine" / "meta.json").read_text())
    assert sum(meta["documents"].values()) == meta["counts"]["read"] - meta["counts"]["duplicates"] >= 180
    assert (tmp_path / "mine" / "train.mask.bin").exists() and "notes.md" in meta["sources"]


def test_list_names_the_sources(run):
    head, *rows = run("prepare.py", "list").stdout.splitlines()
    assert head.startswith("source") and rows[0].split()[:2] == ["starter", "own"]  # before any set is on disk


def test_wrong_usage(run, tmp_path, one_line):
    (tmp_path / "a.txt").write_text("text")
    assert "starter" in one_line(run("prepare.py", code=2))
    line = one_line(run("prepare.py", "cricketinfo", "--name", tmp_path / "x", code=2))
    assert "'cricketinfo'" in line and "starter" in line
    assert "--name" in one_line(run("prepare.py", "--docs", tmp_path / "a.txt", code=2))
    run("prepare.py", "starter", "--docs", tmp_path / "a.txt", "--name", tmp_path / "x", code=2)
    run("prepare.py", "starter", "golf", "--name", tmp_path / "x", code=2)
    assert "all_open" in one_line(run("prepare.py", "all_open", "f1db", "--name", tmp_path / "x", code=2))
    assert not (tmp_path / "x").exists()


@pytest.mark.long
def test_the_starter_through_both_commands(run, root, tmp_path):
    """python data/starter/prepare.py is python prepare.py starter, and both fill the directory that CONTRACT describes."""
    run("prepare.py", "starter", "--name", tmp_path / "a", "--vocab_size", 2048)
    run(root / "data" / "starter" / "prepare.py", "--name", tmp_path / "b", "--vocab_size", 2048)
    a, b = snapshot(tmp_path / "a"), snapshot(tmp_path / "b")
    assert {n for n in a if a[n] != b[n]} <= {"val.jsonl.gz", "meta.json"}
    assert set(a) == {"train.bin", "val.bin", "train.mask.bin", "val.mask.bin", "tokenizer.model", "meta.json", "val.jsonl.gz", "questions.jsonl"}
    docs = documents_of(tmp_path / "a", "train")
    assert len(docs) > 100_000
    t = tok.Tokenizer(str(tmp_path / "a" / "tokenizer.model"))
    for ids, mask in random.Random(0).sample(docs, 2000):
        assert ids[-1] == tok.END and 0 < sum(mask) < len(ids) and t.decode(ids)
