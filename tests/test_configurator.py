"""configurator.py: CONTRACT's command rules, and the five traps of nanoGPT's configurator that must not come back."""
import os
import re
import sys

import pytest

from configurator import configure, load_env, read_defaults

SCRIPT = '''"""
A script.

    python script.py --rate=1
"""
# -----------------------------------------------------------------------------
batch_size = 8  # rows
learning_rate = 0.1  # peak
out_dir = "out"  # where it goes
qk_norm = True  # a switch
compile = "auto"  # auto, true, false
docs = []  # files
# -----------------------------------------------------------------------------
not_a_key = 1
'''


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def resolve(script, monkeypatch):
    """What configure() makes of a command line."""
    def resolve(*args, **options):
        monkeypatch.setattr(sys, "argv", ["script.py", *map(str, args)])
        return configure(str(script), **options)
    return resolve


@pytest.fixture
def refused(resolve, capsys):
    """The one line of stderr of a command line that ends with exit code 2."""
    def refused(*args, **options):
        with pytest.raises(SystemExit) as e:
            resolve(*args, **options)
        assert e.value.code == 2
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("error: ") and err.count("\n") == 1, (out, err)
        return err
    return refused


def config_file(tmp_path, text, name="conf.py"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path

# -----------------------------------------------------------------------------
# nanoGPT's five

def test_typo_in_a_config_file_names_the_file_and_the_nearest_key(refused, tmp_path):
    err = refused(config_file(tmp_path, "batch_sise = 4\n"))
    assert "conf.py" in err and "'batch_sise'" in err and "'batch_size'" in err


def test_int_serves_for_a_float(resolve, tmp_path):
    for value in (resolve("--learning_rate=1"), resolve("--learning_rate", 1), resolve(config_file(tmp_path, "learning_rate = 1"))):
        assert value["learning_rate"] == 1.0 and isinstance(value["learning_rate"], float)


def test_a_value_may_hold_an_equals_sign(resolve):
    assert resolve("--out_dir=a=b")["out_dir"] == "a=b"
    assert resolve("--out_dir", "a=b")["out_dir"] == "a=b"


def test_key_and_value_may_be_separate_words(resolve):
    assert resolve("--batch_size", "4")["batch_size"] == 4


def test_every_key_is_in_the_resolved_config(resolve, tmp_path):
    c = resolve(config_file(tmp_path, "learning_rate = 0.5"), "--batch-size", 4)
    assert c == dict(batch_size=4, learning_rate=0.5, out_dir="out", qk_norm=True, compile="auto", docs=[])

# -----------------------------------------------------------------------------
# CONTRACT's rules

def test_unknown_key_on_the_command_line(refused):
    err = refused("--learning-rat=1")
    assert "command line" in err and "did you mean 'learning_rate'" in err


def test_unknown_key_that_resembles_nothing(refused):
    assert "unknown key 'zzz'" in refused("--zzz=1")


def test_names_below_the_second_banner_are_no_keys(refused):
    refused("--not_a_key=2")


def test_dashes_and_underscores_are_the_same(resolve):
    assert resolve("--batch-size=3")["batch_size"] == resolve("--batch_size=3")["batch_size"] == 3


@pytest.mark.parametrize("text, value", [("true", True), ("True", True), ("1", True), ("false", False), ("FALSE", False), ("0", False)])
def test_booleans(resolve, text, value):
    assert resolve(f"--qk_norm={text}")["qk_norm"] is value
    assert resolve("--qk-norm", text)["qk_norm"] is value


def test_a_bare_flag_is_true(resolve):
    c = resolve("--qk_norm=false", "--qk_norm", "--batch_size", 2)  # followed by another key
    assert c["qk_norm"] is True and c["batch_size"] == 2
    assert resolve("--qk_norm=0", "--qk_norm")["qk_norm"] is True  # at the end


def test_none(resolve):
    assert resolve("--out_dir=none")["out_dir"] is None
    assert resolve("--learning_rate", "None")["learning_rate"] is None


@pytest.mark.parametrize("arg", ["--batch_size=1.5", "--batch_size=many", "--batch_size", "--batch_size=1e3", "--batch_size=",
                                 "--learning_rate=fast", "--learning_rate=true", "--qk_norm=2", "--qk_norm=yes"])
def test_a_value_of_the_wrong_type_names_key_value_and_type(refused, arg):
    err = refused(arg)
    assert arg[2:].split("=")[0] in err and "type" in err


@pytest.mark.parametrize("line", ["batch_size = 1.5", "batch_size = True", "learning_rate = True", "qk_norm = 2", "qk_norm = 'maybe'"])
def test_a_value_of_the_wrong_type_in_a_config_file(refused, tmp_path, line):
    assert line.split()[0] in refused(config_file(tmp_path, line))


def test_negative_numbers_are_values(resolve):
    c = resolve("--learning_rate", "-0.5", "--batch_size", "-1")
    assert c["learning_rate"] == -0.5 and c["batch_size"] == -1


def test_a_text_key_takes_a_boolean_as_its_lower_case_word(resolve, tmp_path):
    assert resolve("--compile", "false")["compile"] == "false"
    assert resolve(config_file(tmp_path, "compile = False"))["compile"] == "false"


def test_list_keys_take_all_up_to_the_next_key(resolve, tmp_path):
    c = resolve("--docs", "a.txt", "b c.md", "--batch_size", 2)
    assert c["docs"] == ["a.txt", "b c.md"] and c["batch_size"] == 2
    assert resolve("--docs=a.txt")["docs"] == ["a.txt"]
    assert resolve(config_file(tmp_path, "docs = ['x', 'y']"))["docs"] == ["x", "y"]


def test_the_default_list_is_not_shared(resolve):
    resolve()["docs"].append("left over")
    assert resolve()["docs"] == []


def test_later_wins(resolve, tmp_path):
    one, two = config_file(tmp_path, "batch_size = 1", "one.py"), config_file(tmp_path, "batch_size = 2", "two.py")
    assert resolve(one, two)["batch_size"] == 2
    assert resolve("--batch_size=3", one)["batch_size"] == 1
    assert resolve(one, "--batch_size=3", "--batch_size=4")["batch_size"] == 4


def test_config_files_may_calculate_and_have_a_docstring(resolve, tmp_path):
    path = config_file(tmp_path, '"""Launch: python train.py conf.py"""\nbatch_size = 4 * 2  # comment\nlearning_rate = 1 / batch_size\n')
    c = resolve(path)
    assert c["batch_size"] == 8 and c["learning_rate"] == 0.125


@pytest.mark.parametrize("text, line", [("batch_size = 1\nlearning_rate = = 2\n", 2), ("import os\n", 1), ("batch_size = 1\nprint(2)\n", 2),
                                        ("batch_size = nowhere\n", 1), ("batch_size += 1\n", 1), ("if True:\n    batch_size = 1\n", 1),
                                        ("batch_size = __import__('os').getpid()\n", 1)])
def test_what_a_config_file_may_not_hold_is_named_with_its_line(refused, tmp_path, text, line):
    err = refused(config_file(tmp_path, text))
    assert f"conf.py, line {line}" in err


def test_a_missing_config_file(refused, tmp_path):
    assert "nothere.py" in refused(tmp_path / "nothere.py")


def test_a_config_file_that_is_not_utf8(refused, tmp_path):
    assert "conf.py" in refused(config_file(tmp_path, b"batch_size = 4  # caf\xe9\n"))


def test_no_assignment_of_a_config_file_is_dropped_in_silence(refused, tmp_path):
    refused(config_file(tmp_path, "batch_size = learning_rat = 1\n"))


def test_words(resolve, refused):
    assert resolve("train", "--batch_size=2", words=("train", "measure"))["words"] == ["train"]
    assert resolve(words=("train",))["words"] == []
    assert resolve("anything", words=None)["words"] == ["anything"]
    assert "train, measure" in refused("trian", words=("train", "measure"))
    refused("anything")  # no words wanted
    refused("-b", "4")


def test_keys_of_another_script_are_known_and_own_defaults_win(script, resolve):
    (script.parent / "other.py").write_text("# -----\nmax_steps = 7  # other's\nbatch_size = 99  # other's\n# -----\n")
    c = resolve("--max_steps=9", also=("other.py",))
    assert c["max_steps"] == 9 and c["batch_size"] == 8


def test_defaults_are_read_not_run(tmp_path):
    (tmp_path / "s.py").write_text('# -----\na = 1 # one\nb = "x # y"  # two\n# -----\nraise SystemExit("was run")\n')
    assert read_defaults(str(tmp_path / "s.py")) == {"a": (1, "one"), "b": ("x # y", "two")}


def test_load_env_does_not_override_the_environment(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("# COMMENTED=1\nTEST_ENV_A='from file'\nTEST_ENV_B = a=b\nTEST_ENV_C=file\n\nno pair here\n")
    monkeypatch.setenv("TEST_ENV_C", "environment")
    for key in ("TEST_ENV_A", "TEST_ENV_B"):
        monkeypatch.setenv(key, "")
        monkeypatch.delenv(key)  # undone after the test
    load_env(str(tmp_path / ".env"))
    assert [os.environ[f"TEST_ENV_{k}"] for k in "ABC"] == ["from file", "a=b", "environment"]
    assert "COMMENTED" not in os.environ
    load_env(str(tmp_path / "none"))

# -----------------------------------------------------------------------------
# the real scripts

def scripts(root):
    return sorted(p.name for p in root.glob("*.py") if "configure(__file__" in p.read_text() and p.name != "configurator.py")


def test_help_of_every_script_lists_every_key_with_default_and_comment(run, root):
    assert len(scripts(root)) >= 5
    for name in scripts(root):
        out, keys = run(name, "--help").stdout, read_defaults(str(root / name))
        assert keys and f"python {name}" in out, name
        for key, (default, comment) in keys.items():
            assert comment, f"{name}: {key} has no comment"
            line, = re.findall(rf"^ +--{key.rstrip('_')} .*$", out, re.M)
            assert comment in line and (str(default) or "''") in line, f"{name}: {line}"


def test_unknown_key_ends_every_script_with_nothing_done(run, root, tmp_path, one_line):
    for name in scripts(root):
        assert "unknown key 'blokc_size'" in one_line(run(name, "--blokc-size", 1, "--out_dir", tmp_path / "x", code=2, cwd=tmp_path)), name
    assert list(tmp_path.iterdir()) == []


def test_typo_in_a_config_file_stops_train_before_anything_is_done(run, tmp_path, one_line, tiny_set):
    path = config_file(tmp_path, "n_laier = 2\n")
    line = one_line(run("train.py", path, "--dataset", tiny_set, "--out_dir", tmp_path / "out", code=2))
    assert "conf.py" in line and "n_layer" in line
    assert not (tmp_path / "out").exists()


def test_sample_and_eval_know_the_keys_of_train(run, tmp_path, one_line, root):
    """So that they can read its config files: every key is accepted, and the scripts go on to their own complaint."""
    text = "".join(f"{k} = {v!r}\n" for k, (v, _) in read_defaults(str(root / "train.py")).items() if k not in ("out_dir", "device"))
    path = config_file(tmp_path, text)
    assert "nothing to start from" in one_line(run("sample.py", path, code=2))
    assert "nothing to evaluate" in one_line(run("eval.py", path, "--n_layer=3", code=2))
