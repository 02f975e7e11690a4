"""sample.py as it is used: from a shell."""
import json
import os
import re
import shutil
import time

import pytest


@pytest.fixture(scope="module")
def sample(run, tiny_run):
    def sample(*args, **options):
        return run("sample.py", "--out_dir", tiny_run, "--device", "cpu", *args, **options)
    return sample


def test_start_is_continued_and_a_seed_repeats_it(sample):
    r = sample("--start", "The final was", "--max_new_tokens", 20, "--num_samples", 2)
    assert r.stderr == "" and r.stdout.startswith("The final was") and r.stdout.count("The final was") == 2
    assert sample("--start", "The final was", "--max_new_tokens", 20, "--num_samples", 2).stdout == r.stdout
    first, second = r.stdout.split("The final was")[1:]
    assert first != second
    assert sample("--start=The final was", "--max-new-tokens=20", "--seed=1338").stdout == "The final was" + second  # reply n uses seed + n
    assert len(first.strip()) < 20 * 20


def test_greedy_samples_are_all_the_same(sample):
    out = sample("--start", "In", "--max_new_tokens", 12, "--num_samples", 2, "--temperature", 0).stdout
    assert out[:len(out) // 2] == out[len(out) // 2:]


def test_start_from_a_file(sample, tmp_path):
    (tmp_path / "prompt.txt").write_text("Who won 🏆\nin 2010\n", encoding="utf-8")
    out = sample("--start", f"FILE:{tmp_path / 'prompt.txt'}", "--max_new_tokens", 5, "--temperature", 0).stdout
    assert out.startswith("Who won 🏆\nin 2010")
    assert out == sample("--start", "Who won 🏆\nin 2010", "--max_new_tokens", 5, "--temperature", 0).stdout


def test_chat_is_a_users_turn_answered_greedily(sample, tiny_run):
    from engine import Engine
    engine = Engine.from_run(str(tiny_run))
    question = "Who won the 2010 World Cup?"
    want, = engine.generate([engine.tokenizer.render([dict(role="user", content=question)], reply=True)[0]], max_new_tokens=15)
    r = sample("--chat", "true", "--start", question, "--max_new_tokens", 15)
    assert r.stdout == want.text + "\n"
    assert sample("--chat", "--start", question, "--max_new_tokens", 15).stdout == r.stdout


def test_stop(sample):
    options = ("--start", "In", "--max_new_tokens", 15, "--temperature", 1.5)  # hot enough not to end by itself
    whole = sample(*options).stdout.rstrip("\n")
    stop = whole[len(whole) // 2:][:2]
    assert len(whole) > 8 and sample(*options, f"--stop={stop}").stdout == "In" + whole[2:].split(stop)[0] + "\n"


def test_conversation_through_a_pipe(sample):
    """Two questions, /reset, the end of input: after /reset the first answer comes again, as if nothing had been said."""
    options, question = ("--interactive", "true", "--max_new_tokens", 12), "Who won the 2010 World Cup?\n"
    one = sample(*options, input=question).stdout
    assert one == sample("--chat", "true", "--start", question.strip(), "--max_new_tokens", 12).stdout
    hot = (*options, "--temperature", 1.5)  # so that a reply shows what was said before it, even after 20 steps of training
    one, two = sample(*hot, input=question).stdout, sample(*hot, input=question * 2).stdout
    assert two.startswith(one) and two != one * 2
    r = sample(*hot, input=question + "/reset\n\n" + question + "/quit\nnever asked\n")
    assert r.stdout == one * 2 and r.stderr == ""


def test_a_conversation_is_saved_and_a_turn_may_have_several_lines(sample, tmp_path):
    file = tmp_path / "talks.jsonl"
    talk = "Who won the 2010\\\nWorld Cup?\n"
    r = sample("--interactive", "--max_new_tokens", 8, input=f"{talk}/save {file}\n/reset\nWho won?\n/save {file}\n/save {tmp_path}\n")
    first, second = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert [m["role"] for m in first["messages"]] == ["user", "assistant"] and first["messages"][0]["content"] == "Who won the 2010\nWorld Cup?"
    assert first["messages"][1]["content"] + "\n" == sample("--chat", "true", "--start", "Who won the 2010\nWorld Cup?", "--max_new_tokens", 8).stdout
    assert second["messages"][0]["content"] == "Who won?"
    assert r.stderr.splitlines() == [f"2 turns appended to {file}"] * 2 + [f"error: {tmp_path} cannot be written: Is a directory"]


def test_on_a_terminal_it_counts_tokens(tiny_run, root):
    import pty
    import subprocess
    import sys
    mine, theirs = pty.openpty()
    p = subprocess.Popen([sys.executable, str(root / "sample.py"), "--out_dir", str(tiny_run), "--interactive", "--max_new_tokens", "4"], stdin=theirs, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"})
    os.write(mine, b"Who won?\n/quit\n")
    out, err = p.communicate(timeout=120)
    os.close(mine), os.close(theirs)
    assert p.returncode == 0 and re.search(r"^\[\d+ \+ [0-4] of 64 tokens\]$", err, re.M) and "/save FILE" in err, (out, err)


def test_a_long_conversation_forgets_its_beginning(sample):
    r = sample("--interactive", "--max_new_tokens", 10, input="Who won the Masters in 1990?\n" * 8)
    assert r.stderr == "" and r.stdout.count("\n") >= 8


def test_a_conversation_survives_a_question_that_is_too_long(sample):
    options = ("--interactive", "--max_new_tokens", 8)
    r = sample(*options, input="why " * 200 + "\nWho won?\n")
    assert r.stderr.startswith("error: ") and r.stderr.count("\n") == 1 and "context" in r.stderr
    assert r.stdout == sample(*options, input="Who won?\n").stdout


def test_nothing_said_nothing_answered(sample):
    assert sample("--interactive", "true", input="").stdout == ""


def test_a_conversation_survives_bytes_that_are_no_utf8(tiny_run, root):
    import subprocess
    import sys
    r = subprocess.run([sys.executable, str(root / "sample.py"), "--out_dir", str(tiny_run), "--interactive", "--max_new_tokens", "4"], input=b"caf\xe9?\nWho won?\n",
                       capture_output=True, env={**os.environ, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"})
    assert r.returncode == 0 and b"Traceback" not in r.stderr and r.stdout


# -----------------------------------------------------------------------------
# which run

def test_the_newest_run_is_taken_and_named(run, tiny_run, tmp_path):
    for n, name in enumerate(("a_old", "c_newest", "b_middle")):
        shutil.copytree(tiny_run, tmp_path / "out" / name)
        when = time.time() - [3000, 10, 2000][n]
        os.utime(tmp_path / "out" / name / "ckpt" / "latest", (when, when))
    (tmp_path / "out" / "z_empty").mkdir()
    r = run("sample.py", "--start", "In", "--max_new_tokens", 2, cwd=tmp_path)
    assert r.stderr.splitlines() == [f"run: {os.path.join('out', 'c_newest')}"] and r.stdout.startswith("In")


def test_a_run_may_be_copied_anywhere(run, tiny_run, tmp_path):
    shutil.copytree(tiny_run, tmp_path / "elsewhere")
    out = [run("sample.py", "--out_dir", path, "--start", "In", "--max_new_tokens", 9, cwd=tmp_path).stdout for path in (tiny_run, "elsewhere")]
    assert out[0] == out[1]


def test_what_is_missing_is_said_in_one_line(run, tmp_path, one_line):
    assert "train one" in one_line(run("sample.py", "--start", "x", code=1, cwd=tmp_path))
    assert "nowhere" in one_line(run("sample.py", "--out_dir", "nowhere", "--start", "x", code=1, cwd=tmp_path))
    (tmp_path / "empty").mkdir()
    assert "no checkpoint" in one_line(run("sample.py", "--out_dir", "empty", "--start", "x", code=1, cwd=tmp_path))


def test_a_broken_checkpoint_is_said_and_not_used(run, tiny_run, tmp_path):
    copy = shutil.copytree(tiny_run, tmp_path / "broken")
    weights, = copy.glob("ckpt/*/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])
    r = run("sample.py", "--out_dir", copy, "--start", "x", code=1)
    assert "model.safetensors" in r.stderr and "Traceback" not in r.stderr and r.stderr.splitlines()[-1].startswith("error: ") and r.stdout == ""


# -----------------------------------------------------------------------------
# prompts that cannot be

def test_prompts_that_cannot_be(sample, tmp_path, one_line):
    assert "--start" in one_line(sample(code=2))
    assert "nothere.txt" in one_line(sample("--start", f"FILE:{tmp_path / 'nothere.txt'}", code=1))
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    line = one_line(sample("--start", f"FILE:{tmp_path / 'latin.txt'}", code=1))
    assert "latin.txt" in line and "UTF-8" in line
    assert "Unicode" in one_line(sample("--start", os.fsdecode(b"caf\xe9"), code=1))


@pytest.mark.parametrize("chat", ["true", "false"])
def test_a_prompt_longer_than_the_context(sample, chat):
    r = sample("--start", "word " * 300, "--chat", chat, code=1)
    line = r.stderr.strip()
    assert line.startswith("error: ") and "\n" not in line and "context 64" in line and "shorten it by" in line


def test_nothing_is_printed_of_a_prompt_that_is_refused(sample):
    assert sample("--start", "word " * 300, code=1).stdout == ""


@pytest.mark.parametrize("device", ["cuda", "nonsense"])
def test_a_device_that_is_not_there(run, tiny_run, one_line, device):
    import torch
    if device == "cuda" and torch.cuda.is_available():
        pytest.xfail("there is one")
    assert device in one_line(run("sample.py", "--out_dir", tiny_run, "--start", "x", "--device", device, code=1 if device == "cuda" else 2))
