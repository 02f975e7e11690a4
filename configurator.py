"""
Configuration of every script: its defaults stand in the script, config files and the command line override them.
nanoGPT's idea without its traps: nothing is exec'd, and an unknown key ends the program before anything is done.

    python train.py config/demo.py --batch_size=8 --compile false

A script lists its keys at the top between two banner lines, one literal with a comment each (see train.py).
"""
import ast
import difflib
import os
import re
import sys


def die(message, code=1):
    """End the program with one line on stderr. Code 2 means wrong usage."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(code)


def read_defaults(path):
    """{key: (default, comment)} of the script at `path`, read from its source between the first two banners."""
    with open(path, encoding="utf-8") as f:
        source = f.read()
    lines = source.splitlines()
    banners = [i for i, line in enumerate(lines, 1) if line.startswith("# -----")]
    keys = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and len(banners) > 1 and banners[0] < node.lineno < banners[1]:
            comment = lines[node.end_lineno - 1][node.value.end_col_offset:].strip(" #")
            keys[node.targets[0].id] = (ast.literal_eval(node.value), comment)
    return keys


def convert(key, value, default, comment=""):
    """`value`, text or from a config file, as the type of `default`: an int serves for a float, `none` for None.

    A comment that begins "auto | cpu | cuda" lists the only values there are.
    """
    kind, text = type(default), str(value).lower() if isinstance(value, bool) else str(value)
    try:
        if kind is list:
            return list(value) if isinstance(value, (list, tuple)) else [value]
        if text.lower() == "none":
            return None
        if kind is bool:
            return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
        choices = re.match(r"\w+( \| \w+)+", comment)
        if choices and text not in choices[0].split(" | "):
            die(f"--{key} {text!r}: one of {choices[0].replace(' | ', ', ')}", 2)
        return kind(text)  # int, float or str of the text
    except (KeyError, ValueError):
        die(f"--{key}: {value!r} is not of type {kind.__name__} (default: {default!r})", 2)


def read_config_file(path):
    """The assignments of a config file, in order. Values may be arithmetic over literals and earlier keys."""
    try:
        with open(path, encoding="utf-8") as f:
            tree = ast.parse(f.read())
    except OSError as e:
        die(f"config file {path}: {e.strerror}", 2)
    except UnicodeDecodeError as e:
        die(f"config file {path} is not UTF-8 text (byte {e.start})", 2)
    except SyntaxError as e:
        die(f"config file {path}, line {e.lineno}: {e.msg}", 2)
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            die(f"config file {path}, line {node.lineno}: only `key = value` lines are allowed", 2)
        try:
            code = compile(ast.Expression(node.value), path, "eval")
            values[node.targets[0].id] = eval(code, {"__builtins__": {}}, dict(values))
        except Exception as e:
            die(f"config file {path}, line {node.lineno}: {e}", 2)
    return values


def configure(path, also=(), words=()):
    """Resolve the keys of the script at `path`: defaults, then config files and command line in their order.

    also: further scripts whose keys are known too. words: accepted positional words, None for any; they come back as "words".
    """
    own, keys = read_defaults(path), {}
    for other in also:
        keys.update(read_defaults(os.path.join(os.path.dirname(os.path.abspath(path)), other)))
    keys.update(own)
    config, given = {k: default for k, (default, _) in keys.items()}, []

    def assign(key, value, where):
        key = key.replace("-", "_")
        key += "_" * (key + "_" in keys)  # from_ and its like, which Python keeps for itself
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            die(f"{where}: unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else "") + " (--help lists all)", 2)
        config[key] = convert(key, value, *keys[key])

    args = sys.argv[1:]
    if "--help" in args or "-h" in args:
        with open(path, encoding="utf-8") as f:
            lines = [ast.get_docstring(ast.parse(f.read())), "", "keys (--key=value or --key value), default, meaning:"]
        print("\n".join(lines + [f"  --{key.rstrip('_'):<20} {str(default) or repr(''):<22} {comment}" for key, (default, comment) in own.items()]))
        sys.exit(0)
    while args:
        arg = args.pop(0)
        if arg.startswith("--"):
            key, equals, value = arg[2:].partition("=")
            if not equals:  # the value is what follows; a list takes all up to the next key
                several = isinstance(keys.get(key.replace("-", "_"), (None,))[0], list)
                values = []
                while args and not args[0].startswith("--") and (several or not values):
                    values.append(args.pop(0))
                value = values if several else values[0] if values else "true"
            assign(key, value, "command line")
        elif arg.endswith(".py"):
            for key, value in read_config_file(arg).items():
                assign(key, value, arg)
        elif words is None or arg in words:
            given.append(arg)
        else:
            near = f" (known words: {', '.join(words)})" if words else ""
            die(f"command line: {arg!r} is neither --key nor config/FILE.py{near}", 2)
    return {**config, **({"words": given} if words != () else {})}


def load_env(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".env")):
    """Secrets from the .env file at the root, where there is one; what the environment holds already wins."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            pairs = [line.strip().split("=", 1) for line in f if "=" in line and not line.lstrip().startswith("#")]
        for key, value in pairs:
            os.environ.setdefault(key.strip(), value.strip().strip("\"'"))
