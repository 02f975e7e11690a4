"""serve.py as it is used: a process on the loopback, asked by the clients that people have, by many at once, and by nonsense."""
import asyncio
import http.client
import itertools
import json
import math
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

pytest.importorskip("fastapi", reason="pip install -r requirements-serve.txt")
pytest.importorskip("prometheus_client", reason="pip install -r requirements-serve.txt")

from tokenizer import BOS  # noqa: E402

QUESTION = "Who won the 2010 World Cup?"
HOT = dict(temperature=1.5, seed=7, max_tokens=20)


def user(text=QUESTION):
    return [dict(role="user", content=text)]


@pytest.fixture(scope="module")
def engine(tiny_run):
    from engine import Engine
    return Engine.from_run(str(tiny_run))


@pytest.fixture(scope="module")
def keyed(serve, tiny_run):
    """With two keys, CORS for one origin, small limits, and prompts in the log."""
    return serve("--out_dir", tiny_run, "--cors", "https://example.org", "--log_prompts", "true", "--max_body", 1000, env={"SPORTS_LLM_API_KEYS": "first-key, second-key"})


def text_of(choice):
    return choice["message"]["content"] if "message" in choice else choice["text"]

# -----------------------------------------------------------------------------
# the clients that people have

def test_openai(server):
    openai = pytest.importorskip("openai", reason="pip install openai")
    client = openai.OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0, timeout=100)
    assert [m.id for m in client.models.list()] == ["tiny_run"] and client.models.retrieve("tiny_run").owned_by == "sports-llm"
    whole = client.chat.completions.create(model="tiny_run", messages=user(), n=2, logprobs=True, top_logprobs=3, stop=None, **HOT)
    assert len(whole.choices) == 2 and whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
    assert whole.choices[0].message.role == "assistant" and len(whole.choices[0].logprobs.content[0].top_logprobs) == 3
    text, reasons, usage = ["", ""], {}, None
    for chunk in client.chat.completions.create(model="tiny_run", messages=user(), n=2, stream=True, stream_options={"include_usage": True}, **HOT):
        usage = chunk.usage or usage
        for c in chunk.choices:
            text[c.index] += c.delta.content or ""
            reasons[c.index] = c.finish_reason or reasons.get(c.index)
    assert text == [c.message.content for c in whole.choices] and reasons == {c.index: c.finish_reason for c in whole.choices} and usage == whole.usage
    whole = client.completions.create(model="tiny_run", prompt=["The final was", "In 1966"], echo=True, **HOT)
    assert [c.text[:7] for c in whole.choices] == ["The fin", "In 1966"]
    assert "".join(c.choices[0].text for c in client.completions.create(model="tiny_run", prompt="In 1966", echo=True, stream=True, **HOT)) == whole.choices[1].text
    with pytest.raises(openai.NotFoundError) as e:
        client.chat.completions.create(model="gpt-5", messages=user())
    assert e.value.code == "model_not_found" and e.value.param == "model"
    with pytest.raises(openai.BadRequestError, match="shorten it by") as e:
        client.chat.completions.create(model="tiny_run", messages=user("why " * 300))
    assert e.value.code == "context_length_exceeded"
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="tiny_run", input="x")


def test_langchain(server):
    langchain = pytest.importorskip("langchain_openai", reason="pip install langchain-openai")
    chat = langchain.ChatOpenAI(model="tiny_run", base_url=server.url + "/v1", api_key="none", temperature=1.5, seed=7, max_tokens=20, max_retries=0)
    said = chat.invoke([("system", "Answer."), ("human", QUESTION)])
    assert said.content and said.usage_metadata["output_tokens"] <= 20
    pieces = list(chat.stream([("system", "Answer."), ("human", QUESTION)]))
    assert "".join(p.content for p in pieces) == said.content and len(pieces) > 2
    assert len(chat.batch([QUESTION] * 3)) == 3


def test_llm(server, tmp_path):
    pytest.importorskip("llm", reason="pip install llm")
    (tmp_path / "extra-openai-models.yaml").write_text(f"- {{model_id: sports, model_name: tiny_run, api_base: {server.url}/v1}}\n")
    command = [sys.executable, "-m", "llm", "-m", "sports", "--key", "none", "--no-log", "-o", "temperature", "1.5", "-o", "seed", "7", "-o", "max_tokens", "20", QUESTION]
    env = {**os.environ, "LLM_USER_PATH": str(tmp_path)}
    out = [subprocess.run(command + more, env=env, text=True, capture_output=True, timeout=120) for more in ([], ["--no-stream"])]
    assert out[0].returncode == 0, out[0].stderr
    assert out[0].stdout.strip() and out[0].stdout == out[1].stdout


def test_curl(server):
    curl = shutil.which("curl") or pytest.skip("there is no curl")
    body = json.dumps(dict(model="tiny_run", messages=user(), **HOT))
    ask = [curl, "-sS", "--max-time", "100", server.url + "/v1/chat/completions", "-H", "Content-Type: application/json", "-d"]
    said = json.loads(subprocess.run([*ask, body], capture_output=True, check=True).stdout)["choices"][0]["message"]["content"]
    lines = subprocess.run([*ask[:2], "-N", *ask[2:], body[:-1] + ', "stream": true}'], capture_output=True, check=True, text=True).stdout.splitlines()[::2]
    assert lines[-1] == "data: [DONE]" and said == "".join(json.loads(line[6:])["choices"][0]["delta"].get("content", "") for line in lines[:-1])

# -----------------------------------------------------------------------------
# what they get

def test_the_answer_is_the_engines(server, engine):
    prompt = engine.tokenizer.render(user(), reply=True)[0]
    want, = engine.generate([prompt], seeds=[7], max_new_tokens=20, temperature=1.5, top_p=0.9, top_k=50)
    got = server.ask("chat/completions", messages=user(), top_p=0.9, top_k=50, **HOT)
    assert got["choices"][0]["message"]["content"] == want.text and got["choices"][0]["finish_reason"] == want.finish_reason and got["object"] == "chat.completion"
    assert got["usage"] == dict(prompt_tokens=len(prompt), completion_tokens=len(want.ids), total_tokens=len(prompt) + len(want.ids)) and got["model"] == "tiny_run"
    ids = [BOS] + engine.tokenizer.encode("The final was")
    want, = engine.generate([ids], max_new_tokens=16)
    for prompt in ("The final was", ids, ["The final was"], [ids]):
        got = server.ask("completions", prompt=prompt)
        assert text_of(got["choices"][0]) == want.text and got["object"] == "text_completion", prompt
    assert text_of(server.ask("completions", prompt="The final was", echo=True)["choices"][0]) == "The final was" + want.text
    assert text_of(server.ask("completions", prompt=ids, echo=True)["choices"][0]) == "The final was" + want.text


@pytest.mark.parametrize("path, prompt", [("chat/completions", dict(messages=user())), ("completions", dict(prompt=["In 1966", "The"], logprobs=2)), ("completions", dict(prompt="In", echo=True))])
def test_a_stream_is_the_same_in_pieces(server, path, prompt):
    chat = path.startswith("chat")
    prompt = dict(prompt, n=2, **HOT, **(dict(logprobs=True, top_logprobs=2) if chat else {}))
    whole, parts = server.ask(path, **prompt), server.stream(path, stream_options=dict(include_usage=True), **prompt)
    assert parts[-1]["choices"] == [] and parts[-1]["usage"] == whole["usage"] and len({p["id"] for p in parts}) == 1
    for want in whole["choices"]:
        mine = [c for p in parts for c in p["choices"] if c["index"] == want["index"]]
        assert [c["finish_reason"] for c in mine] == [None] * (len(mine) - 1) + [want["finish_reason"]]
        if chat:
            assert mine[0]["delta"] == {"role": "assistant", "content": ""} and mine[-1]["delta"] == {} and "role" not in mine[1]["delta"]
            assert "".join(c["delta"].get("content", "") for c in mine) == want["message"]["content"] and parts[0]["object"] == "chat.completion.chunk"
            assert [t for c in mine if c["logprobs"] for t in c["logprobs"]["content"]] == want["logprobs"]["content"]
        else:
            assert "".join(c["text"] for c in mine) == want["text"]
            for key in want["logprobs"] or ():
                assert [t for c in mine if c["logprobs"] for t in c["logprobs"][key]] == want["logprobs"][key]


def test_log_probabilities(server, engine):
    prompt = engine.tokenizer.render(user(), reply=True)[0]
    want, = engine.generate([prompt], seeds=[7], max_new_tokens=20, temperature=1.5, logprobs=3)
    got = server.ask("chat/completions", messages=user(), logprobs=True, top_logprobs=3, **HOT)["choices"][0]
    content = got["logprobs"]["content"]
    assert b"".join(bytes(t["bytes"]) for t in content) == engine.tokenizer.decode_bytes(want.ids) and len(content) == len(want.ids)
    for token, (logp, top) in zip(content, want.likely):
        assert token["logprob"] == pytest.approx(logp, abs=1e-4) and [t["logprob"] for t in token["top_logprobs"]] == pytest.approx(list(top.values()), abs=1e-4)
    assert server.ask("chat/completions", messages=user(), logprobs=True, **HOT)["choices"][0]["logprobs"]["content"][0]["top_logprobs"] == []
    got = server.ask("completions", prompt="In 1966", logprobs=2, **HOT)["choices"][0]
    assert len(got["logprobs"]["tokens"]) == len(got["logprobs"]["token_logprobs"]) == len(got["logprobs"]["text_offset"]) == len(got["logprobs"]["top_logprobs"])
    if "\ufffd" not in got["text"]:
        assert [got["text"][a:].startswith(t) for a, t in zip(got["logprobs"]["text_offset"], got["logprobs"]["tokens"])] == [True] * len(got["logprobs"]["tokens"])
    assert all(1 <= len(top) <= 2 for top in got["logprobs"]["top_logprobs"]) and server.ask("completions", prompt="In", logprobs=0)["choices"][0]["logprobs"]["tokens"]


def test_seeds(server):
    several = [text_of(c) for c in server.ask("completions", prompt="In", n=4, **HOT)["choices"]]
    assert several == [text_of(server.ask("completions", prompt="In", **{**HOT, "seed": 7 + i})["choices"][0]) for i in range(4)] and len(set(several)) > 1
    unseeded = {text_of(server.ask("completions", prompt="In", temperature=1.5)["choices"][0]) for _ in range(4)}
    assert len(unseeded) > 1
    assert server.ask("completions", prompt="In", seed=-1, n=2, temperature=1)["choices"]


def test_stop_and_length(server):
    whole = text_of(server.ask("completions", prompt="In", **HOT)["choices"][0])
    stop = whole[len(whole) // 2:][:2]
    for given in (stop, [stop], ["never said", stop, ""]):
        got = server.ask("completions", prompt="In", stop=given, **HOT)["choices"][0]
        assert got["text"] == whole.split(stop)[0] and got["finish_reason"] == "stop"
        assert "".join(c["choices"][0]["text"] for c in server.stream("completions", prompt="In", stop=given, **HOT)) == got["text"]
    got = server.ask("chat/completions", messages=user(), max_completion_tokens=2, temperature=1.5, seed=2, max_tokens=50)
    assert got["usage"]["completion_tokens"] <= 2 and got["choices"][0]["finish_reason"] in ("length", "stop")
    long = server.ask("completions", prompt="In " * 20, max_tokens=10 ** 30, temperature=1.9, seed=1)  # the context ends it
    assert long["usage"]["total_tokens"] <= 64


def test_what_clients_send_besides(server):
    plain = text_of(server.ask("chat/completions", messages=user(), **HOT)["choices"][0])
    nulls = dict.fromkeys(("stop", "logprobs", "top_logprobs", "n", "top_p", "stream", "stream_options", "max_completion_tokens", "model", "top_k"))
    unknown = dict(user="u", tools=[], response_format={"type": "text"}, frequency_penalty=0, metadata={"a": [1, {}]}, parallel_tool_calls=True)
    parts = [dict(role="user", content=[dict(type="text", text=QUESTION[:9]), dict(type="text", text=QUESTION[9:], cache_control={})], name="x")]
    for more in (nulls, unknown, dict(messages=parts)):
        assert text_of(server.ask("chat/completions", **{"messages": user(), **HOT, **more})["choices"][0]) == plain, more
    roles = [dict(role="developer", content="Be brief."), *user("Who?"), dict(role="assistant", content=None), *user()]
    assert server.ask("chat/completions", messages=roles, **HOT) and server.ask("completions", prompt="", **HOT)


BAD = [  # path, body, status, what the message tells
    ("chat/completions", {}, 400, "messages"), ("chat/completions", dict(messages=[]), 400, "messages"), ("chat/completions", dict(messages=user(), temperature=3), 400, "temperature"),
    ("chat/completions", dict(messages=[dict(role="tool", content="x")]), 400, "'user'"), ("chat/completions", dict(messages=[dict(role="user", content=[dict(type="image_url")])]), 400, "text"),
    ("chat/completions", dict(messages=user("\ud800")), 400, "Unicode"), ("chat/completions", dict(messages=user(), model="gpt-5"), 404, "tiny_run"),
    ("chat/completions", dict(messages=user(), model="\udfff"), 404, "tiny_run"), ("chat/completions", dict(messages=user("word " * 200)), 400, "context"),
    ("chat/completions", dict(messages=user("x" * 900_000)), 400, "context"), ("chat/completions", dict(messages=user() * 1001), 400, "1000"),
    ("chat/completions", b'{"messages": NaN}', 400, "messages"), ("chat/completions", b'{"temperature": NaN, "messages": [{"role": "user", "content": "x"}]}', 400, "temperature"),
    ("completions", {}, 400, "prompt"), ("completions", dict(prompt=[]), 400, "empty"), ("completions", dict(prompt=[[]]), 400, "empty"), ("completions", dict(prompt=[1, 10 ** 9]), 400, "vocabulary"),
    ("completions", dict(prompt=[-5]), 400, "vocabulary"), ("completions", dict(prompt="x", n=17), 400, "n:"), ("completions", dict(prompt="x", n=0), 400, "n:"),
    ("completions", dict(prompt="x", stop=["y"] * 17), 400, "stop"), ("completions", dict(prompt="x", stop="y" * 101), 400, "stop"), ("completions", dict(prompt="x", seed=2 ** 63), 400, "seed"),
    ("completions", dict(prompt="x", seed=10 ** 400), 400, "seed"), ("completions", dict(prompt="x", max_tokens=0), 400, "max_tokens"), ("completions", dict(prompt="x", echo=True, logprobs=1), 400, "echo"),
    ("completions", dict(prompt=["x"] * 16, n=16), 400, "256"), ("completions", dict(prompt=["x", 5]), 400, "prompt"), ("completions", dict(prompt=[{}] * 200_000), 400, "prompt"),
    ("completions", b'{"prompt": "x", "top_p": 1e999}', 400, "top_p"), ("completions", b'{"n": 1e999, "prompt": ""}', 400, "n:"), ("completions", b'{"prompt": ' + b"9" * 5000 + b"}", 400, "body"),
    ("completions", b"[" * 500_000, 400, "body"), ("completions", b'{"a":' * 100_000, 400, "body"), ("completions", b"", 400, "body"), ("completions", b"null", 400, "body"), ("completions", b"\xff\xfe", 400, "body"),
    ("completions", b"{", 400, "JSON"), ("completions", b" " * 1_000_001, 413, "1,000,000"), ("responses", {}, 404, "Not Found"), ("embeddings", {}, 404, "Not Found")]


@pytest.mark.parametrize("path, body, status, tells", BAD)
def test_what_cannot_be_is_said_in_openais_form(server, path, body, status, tells):
    got, headers, content = server.request("POST", "/v1/" + path, body)
    error = json.loads(content)["error"]
    assert got == status and tells in error["message"] and set(error) == {"message", "type", "param", "code"} and error["type"] == "invalid_request_error"
    assert "Traceback" not in error["message"] and len(error["message"]) < 400
    assert error["code"] == ("context_length_exceeded" if tells == "context" else "model_not_found" if tells == "tiny_run" else None)


def test_other_methods_and_kinds_of_content(server):
    for method, path, status in (("HEAD", "/v1/models", 405), ("OPTIONS", "/v1/chat/completions", 405), ("GET", "/v1/completions", 405), ("DELETE", "/v1/models/tiny_run", 405),
                                 ("BREW", "/", 405), ("GET", "/v1/models/other", 404), ("GET", "/v1/models/%ff%00", 404), ("GET", "/../../etc/passwd", 404), ("GET", "//v1/models", 404)):
        assert server.request(method, path)[0] == status, (method, path)
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application", ""):
        got = server.request("POST", "/v1/completions", b'{"prompt": "x"}', {"Content-Type": kind})
        assert got[0] == 400 and b"application/json" in got[2]
    assert server.request("POST", "/v1/completions", b'{"prompt": "x"}', {"Content-Type": "application/json; charset=utf-8"})[0] == 200


def raw(server, content, patience=1.0):
    """What comes back for bytes on a socket. Where nothing comes for a while, our side is closed, and then the server has to close its own."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=patience) as s:
        got, open_ = b"", True
        try:
            s.sendall(content)
        except OSError:
            pass  # it has heard enough
        while True:
            try:
                chunk = s.recv(65536)
            except TimeoutError:
                assert open_, content
                open_ = s.shutdown(socket.SHUT_WR)
                s.settimeout(30)
            except ConnectionError:
                return got
            else:
                got += chunk
                if not chunk:
                    return got


def test_bodies_without_length_or_with_a_false_one(server):
    post = b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    chunk = b"%x\r\n%s\r\n"
    big = b"".join(chunk % (100_000, b" " * 100_000) for _ in range(11))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/v1/completions", iter([b'{"prompt":', b' "x"}']), {"Content-Type": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert b" 413 " in raw(server, post + b"Transfer-Encoding: chunked\r\n\r\n" + big + b"0\r\n\r\n")
    for head in (b"Content-Length: -5\r\n\r\n{}", b"Content-Length: x\r\n\r\n{}", b"Content-Length: 1_0\r\n\r\n{}", b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}", b"Content-Length: 99999999999999999999\r\n\r\n{}",
                 b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}", b"Content-Length: 50\r\n\r\n{", b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", b"\r\n"):
        assert b" 500 " not in raw(server, post + head), head
    for nonsense in (b"\x16\x03\x01\x02", b"GET", b"\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 20_000 + b"\r\n", b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n"):
        assert b" 500 " not in raw(server, nonsense)
    assert server.request("GET", "/health")[0] == 200


def test_metrics_log_docs_and_health(server):
    server.ask("chat/completions", messages=user("a secret question"), max_tokens=4)
    for i in range(5):
        assert server.request("GET", f"/made/up/{i}")[0] == 404
        assert server.request("GET", f"/v1/models/made_up_{i}")[0] == 404
    text = server.request("GET", "/metrics")[2].decode()
    for name in ("queue_length", "batch_size", "batch_size_per_step", "tokens", "time_to_first_token_seconds", "token_latency_seconds", "cache_use", "aborted", "requests"):
        assert f"# HELP sports_llm_{name}" in text, name
    assert "made_up" not in text and "made/up" not in text and server.metric("tokens_total") > 0 and server.metric("batch_size") == server.metric("queue_length") == server.metric("cache_use") == 0
    lines = [json.loads(line) for line in server.stderr().splitlines() if line.startswith("{")]
    last = next(line for line in reversed(lines) if line["path"] == "/v1/chat/completions")
    assert last["method"] == "POST" and last["status"] == 200 and last["tokens"] <= 4 and last["client"] == "127.0.0.1" and last["ms"] >= 0
    assert "secret" not in server.stderr() and "Traceback" not in server.stderr()
    assert server.request("GET", "/docs")[0] == 200 and set(server.before) <= {503, 200}
    assert "/v1/chat/completions" in json.loads(server.request("GET", "/openapi.json")[2])["paths"]
    status, headers, page = server.request("GET", "/")
    assert status == 200 and headers["content-type"].startswith("text/html") and b"<textarea" in page and b"://" not in page.replace(b"http://www.w3.org/2000/svg", b"")


def test_a_page_elsewhere_gets_nothing(server):
    """Neither by CORS, which is off, nor by rebinding its name to 127.0.0.1."""
    got = server.request("POST", "/v1/completions", dict(prompt="x"), {"Origin": "https://example.org"})
    assert not [h for h in got[1] if h.lower().startswith("access-control")]
    assert server.request("GET", "/v1/models", headers={"Host": f"rebound.example.org:{server.port}"})[0] == 403
    assert server.request("GET", "/v1/models", headers={"Host": f"localhost:{server.port}"})[0] == 200

# -----------------------------------------------------------------------------
# keys, limits, starting and ending

def test_keys(keyed):
    for key in (None, "Bearer wrong", "Bearer ", "first-key", "Basic first-key", "Bearer first-key,second-key", "Bearer f\xefrst-key"):
        for method, path, body in (("GET", "/v1/models", None), ("POST", "/v1/completions", {"prompt": "x"}), ("GET", "/v1/else", None), ("POST", "/v1/completions", b"{")):
            status, headers, content = keyed.request(method, path, body, {"Authorization": key} if key else {})
            assert status == 401 and json.loads(content)["error"]["code"] == "invalid_api_key" and headers["www-authenticate"] == "Bearer", (key, path)
    for key in ("Bearer first-key", "bearer second-key"):
        assert keyed.request("GET", "/v1/models", headers={"Authorization": key})[0] == 200
    for path in ("/", "/health", "/ready", "/metrics", "/docs", "/openapi.json"):
        assert keyed.request("GET", path)[0] == 200, path
    assert keyed.request("GET", "/health", headers={"Host": "api.example.org"})[0] == 200  # with keys it may be called by any name
    said = [json.loads(line) for line in keyed.stderr().splitlines() if line.startswith("{")]
    assert {"key 1", "key 2", "127.0.0.1"} <= {line["client"] for line in said} and "first-key" not in keyed.stderr()


def test_prompts_in_the_log_where_asked_for(keyed):
    got = keyed.ask("completions", headers={"Authorization": "Bearer first-key"}, prompt="A word that stands out", max_tokens=3)
    keyed.wait(lambda: "A word that stands out" in keyed.stderr())
    last = json.loads(keyed.stderr().splitlines()[-1])
    assert last["said"] == [["A word that stands out", got["choices"][0]["text"]]]


def test_cors_where_asked_for(keyed):
    ask = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    status, headers, _ = keyed.request("OPTIONS", "/v1/chat/completions", headers=ask)  # without a key, as a browser sends it
    assert status == 200 and headers["access-control-allow-origin"] == "https://example.org" and "authorization" in headers["access-control-allow-headers"].lower()
    status, headers, _ = keyed.request("GET", "/v1/models", headers={"Origin": "https://example.org"})
    assert status == 401 and headers["access-control-allow-origin"] == "https://example.org"  # a page may read what went wrong
    assert "access-control-allow-origin" not in keyed.request("GET", "/v1/models", headers={"Origin": "https://example.com"})[1]


def test_a_body_that_is_too_large(keyed):
    key = {"Authorization": "Bearer first-key"}
    assert keyed.request("POST", "/v1/completions", dict(prompt="x" * 2000), key)[0] == 413
    assert keyed.request("POST", "/v1/completions", dict(prompt="x" * 15_000), key)[0] == 413


def test_what_ends_in_one_line(run, tiny_run, one_line, server):
    open_to_all = run("serve.py", "--out_dir", tiny_run, "--host", "0.0.0.0", "--port", "0", env={"SPORTS_LLM_API_KEYS": " , "}, code=2)
    assert "SPORTS_LLM_API_KEYS" in one_line(open_to_all)
    assert "Address already in use" in one_line(run("serve.py", "--out_dir", tiny_run, "--port", server.port, env={"SPORTS_LLM_API_KEYS": ""}, code=1))


@pytest.mark.parametrize("key, value", [("rows", 0), ("max_queue", -1), ("max_tokens", 0), ("temperature", -0.5)])
def test_a_size_that_cannot_be(monkeypatch, capsys, key, value):
    import serve
    monkeypatch.setattr(serve, key, value)
    with pytest.raises(SystemExit, match="2"):
        serve.main()
    assert capsys.readouterr().err.startswith(f"error: --{key} {value}: at least ")


def test_the_dockerfile_takes_along_what_serve_needs(root, tmp_path, run):
    """No image is built here: the files it copies are laid out as it would, and the command it starts with is run there."""
    text = (root / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.*) \./$", text, re.M):
        for path in (path for pattern in line.split() for path in root.glob(pattern)):
            shutil.copy(path, tmp_path)
    python, script, *keys = json.loads(re.search(r"^ENTRYPOINT (.*)$", text, re.M)[1])
    assert python == "python" and "--max_queue" in run(str(tmp_path / script), *keys, "--help", cwd=tmp_path).stdout
    assert (tmp_path / "chat.html").exists() and (tmp_path / "requirements-serve.txt").exists()


def ends(server, seconds=60):
    """(exit code, what was said that is no log) of a server that comes to its end."""
    code = server.process.wait(seconds)
    return code, [line for line in server.stderr().splitlines()[1:] if not line.startswith("{")]


def test_without_a_run_it_does_not_stay_up(run, tmp_path):
    r = run("serve.py", "--out_dir", tmp_path / "nowhere", "--port", "0", env={"SPORTS_LLM_API_KEYS": ""}, code=1)
    lines = r.stderr.splitlines()
    assert len(lines) == 2 and lines[0].startswith("http://") and lines[1].startswith("error: ") and "nowhere" in lines[1]


def test_a_server_whose_engine_fails_does_not_stay_up(serve, tiny_run, root):
    code = f"""import sys; sys.path.insert(0, {str(root)!r})
import serve
def broken(*args, really=serve.open_run):
    engine = really(*args)
    engine.step = lambda: [][1]
    return engine
serve.open_run = broken
vars(serve).update(serve.configure(serve.__file__))
serve.main()"""
    server = serve("--out_dir", tiny_run, start=("-c", code))
    with pytest.raises((http.client.HTTPException, OSError)):
        server.ask("completions", prompt="x")
    assert ends(server) == (1, ["error: the engine failed: IndexError: list index out of range"])


class Pending:
    """A stream that is being read, piece by piece."""

    def __init__(self, server, path="completions", stream=True, **body):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=100)
        content = json.dumps(dict(body, stream=stream)).encode()
        head = f"POST /v1/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self.socket.sendall(head.encode() + content)
        self.got = b""

    def read(self, until):
        while until not in self.got:
            piece = self.socket.recv(65536)
            assert piece, self.got[-500:]
            self.got += piece
        return self.got


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_drains(serve, endless_run, stop):
    """What runs and what waits is finished, nothing new is taken, and the exit code is 0."""
    server = serve("--out_dir", endless_run, "--rows", 1, "--max_tokens", 400)
    running, waiting = (Pending(server, prompt="x", max_tokens=400) for _ in range(2))
    running.read(b"data: ")
    server.wait(lambda: server.metric("queue_length") == 1)
    server.process.send_signal(stop)
    refused = []
    for _ in range(200):
        try:
            refused.append(server.request("POST", "/v1/completions", dict(prompt="x"), timeout=20)[0])
        except OSError:
            break  # nobody listens any more
        time.sleep(0.02)
    assert set(refused[1:]) <= {503}
    assert all(p.read(b"data: [DONE]\n\n").count(b'"length"') == 1 for p in (running, waiting))
    assert ends(server) == (0, [])


def test_nobody_there_it_ends_at_once(serve, tiny_run):
    server = serve("--out_dir", tiny_run)
    server.process.send_signal(signal.SIGTERM)
    assert ends(server, 20) == (0, [])

# -----------------------------------------------------------------------------
# many at once

def idle(server):
    server.wait(lambda: server.metric("batch_size") == 0 and server.metric("queue_length") == 0)


@pytest.mark.parametrize("stream", [True, False])
def test_who_goes_away_frees_the_slot_at_once(slow, stream):
    idle(slow)
    tokens, aborted = slow.metric('tokens_total{kind="generated"}'), slow.metric("aborted_total")
    pending = Pending(slow, prompt="x", stream=stream, max_tokens=1900)
    slow.wait(lambda: slow.metric('tokens_total{kind="generated"}') >= tokens + 10)
    seen = slow.metric('tokens_total{kind="generated"}')
    pending.socket.close()
    slow.wait(lambda: slow.metric("aborted_total") == aborted + 1)
    idle(slow)
    after = slow.metric('tokens_total{kind="generated"}')
    time.sleep(0.2)
    # between the look at the metrics, the closing and its notice a busy machine may make some more
    assert slow.metric('tokens_total{kind="generated"}') == after and after - seen < 300 and after - tokens < 1500
    slow.wait(lambda: '"status": 499' in slow.stderr())


def test_the_server_stops_within_a_few_tokens(endless_run):
    """The same without the wire, where the moment is known: after a client has gone there is one step at most."""
    import serve
    from engine import Engine
    batch = serve.Batch()
    batch.engine = Engine.from_run(str(endless_run))
    jobs = [serve.Job(i, "", [BOS], dict(max_new_tokens=1000), asyncio.Event(), "") for i in range(3)]
    batch.add(jobs)
    batch.seat()
    for _ in range(10):
        batch.tell(batch.engine.step())
    batch.leave(jobs[:2])
    batch.seat()
    assert len(batch.running) == len(batch.engine.active) == 1 and jobs[0].reason == jobs[1].reason == "cancelled"
    batch.tell(batch.engine.step())
    assert [len(job.ids) for job in jobs] == [11, 11, 12] and jobs[2].news.is_set()


def test_slots_are_shared_between_clients(tiny_run):
    """One with many requests does not keep the others out, whoever came first."""
    import serve
    from engine import Engine
    batch = serve.Batch()
    batch.engine = Engine.from_run(str(tiny_run))
    many, few = ([serve.Job(i, who, [BOS], dict(max_new_tokens=5), asyncio.Event(), "") for i in range(n)] for who, n in (("a", 60), ("b", 2)))
    batch.add(many)
    batch.seat()
    assert len(batch.running) == serve.rows == 16
    batch.add(few)
    while not all(job.reason for job in few):
        batch.tell(batch.engine.step())
        batch.seat()
    assert sum(job.reason is None for job in many) >= 10 and few[0].ids
    with pytest.raises(serve.HTTPException, match="429"):
        batch.add([serve.Job(i, "c", [BOS], {}, asyncio.Event(), "") for i in range(70)])


def test_a_full_queue(slow):
    """Two run, two wait, the fifth gets a 429 with the time to wait; one that waits can leave; then there is room again."""
    idle(slow)
    pending = [Pending(slow, prompt="x", max_tokens=1900) for _ in range(2)]
    slow.wait(lambda: slow.metric("batch_size") == 2)
    pending += [Pending(slow, prompt="x", stream=i == 0, max_tokens=1900) for i in range(2)]
    slow.wait(lambda: slow.metric("queue_length") == 2)
    assert 0 < slow.metric("cache_use") < 1
    status, headers, content = slow.request("POST", "/v1/completions", dict(prompt="x"))
    assert status == 429 and int(headers["retry-after"]) >= 1 and json.loads(content)["error"]["type"] == "rate_limit_error"
    assert slow.request("POST", "/v1/completions", dict(prompt="x", n=5))[0] == 400  # never possible here
    for p in pending[2:]:
        p.socket.close()
    slow.wait(lambda: slow.metric("queue_length") == 0)
    for p in pending[:2]:
        p.socket.close()
    assert text_of(slow.ask("completions", prompt="x", max_tokens=3)["choices"][0])
    idle(slow)


@torch.no_grad()
def near_tie(engine, prompt, ids, other, temperature, seed):
    """How far from a tie two runs were where they part: of the two best logits, or of the draw from its edge between two ids."""
    at = next((i for i, (a, b) in enumerate(zip(ids, other)) if a != b), min(len(ids), len(other)))
    logits = engine.model(torch.tensor([prompt + ids[:at]]))[0, -1].masked_fill(engine.banned, -math.inf)
    if not temperature:
        first, second = logits.topk(2).values.tolist()
        return first - second
    draw = torch.rand(engine.config.block_size, generator=torch.Generator().manual_seed(seed))[at].item()
    edges = (logits.double() / temperature).softmax(-1).cumsum(-1)
    return (edges - draw).abs().min().item()


def alone_and_in_a_full_batch(server, engine, prompts):
    asks = [dict(prompt=[BOS] + engine.tokenizer.encode(p), seed=i, temperature=(0, 0.8, 1.3)[i % 3], max_tokens=24, logprobs=0) for i, p in enumerate(prompts)]
    ids_of = {b: i for i, b in reversed(list(enumerate(engine.tokenizer.id_bytes)))}
    ask = lambda body: server.ask("completions", **body)["choices"][0]
    alone = [ask(body) for body in asks]
    steps, grown = server.metric("batch_size_per_step_count"), server.metric("batch_size_per_step_sum")
    with ThreadPoolExecutor(24) as pool:
        together = list(pool.map(ask, asks))
    batch = (server.metric("batch_size_per_step_sum") - grown) / (server.metric("batch_size_per_step_count") - steps)
    different = [i for i, (a, b) in enumerate(zip(alone, together)) if a["logprobs"]["tokens"] != b["logprobs"]["tokens"]]
    for i in different:
        texts = [[ids_of[t.encode()] for t in c["logprobs"]["tokens"]] for c in (alone[i], together[i])]
        assert near_tie(engine, asks[i]["prompt"], *texts, asks[i]["temperature"], asks[i]["seed"]) < 1e-4, asks[i]
    return len(different), batch


def prompts_from(docs, n):
    return [" ".join(doc["text"].split()[:1 + i % 7]) for i, doc in enumerate(docs[:n])]


def test_alone_and_in_a_full_batch_the_same(server, engine, prose_docs):
    different, batch = alone_and_in_a_full_batch(server, engine, prompts_from(prose_docs, 40))
    assert different <= 1 and batch > 2


@pytest.mark.long
def test_alone_and_in_a_full_batch_the_same_for_200(server, engine, prose_docs, capsys):
    different, batch = alone_and_in_a_full_batch(server, engine, prompts_from(prose_docs, 200))
    with capsys.disabled():
        print(f"\n{different} of 200 prompts differ, all at a near tie; mean batch {batch:.1f}")
    assert different <= 1

# -----------------------------------------------------------------------------
# nonsense

def fuzzed(seed):
    """A request with a few bytes or values of it replaced."""
    rng = random.Random(seed)
    value = lambda: rng.choice([None, True, -1, 0, 1, 16, 1e308, -0.0, 2 ** 63, 10 ** 40, "", "x", "\ud800", "\x00", "é" * 50, [], {}, [[]], [None], {"a": {}}, ["x", 1], [1, 2], [[1], [2]],
                                user("hm"), [dict(role="user")], [dict(role="user", content=[dict(type="text", text="x")])], float("nan"), float("inf")])
    path = rng.choice(["/v1/chat/completions", "/v1/completions"])
    body = dict(messages=user("Who won?"), max_tokens=3) if "chat" in path else dict(prompt="The", max_tokens=3)
    keys = ["messages", "prompt", "model", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "n", "seed", "stop", "stream", "stream_options", "logprobs", "top_logprobs", "echo", "made up"]
    for _ in range(rng.randrange(4)):
        body[rng.choice(keys)] = value()
    content = json.dumps(rng.choice([body, body, body, body, [body], value()])).encode()
    headers = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": str(len(content)), "Connection": "close"}
    if rng.random() < 0.3:
        headers[rng.choice([*headers, "Authorization", "Transfer-Encoding", "Expect", "Accept", "Upgrade", "X-Forwarded-For", "Range"])] = rng.choice(["", "0", "-1", "close", "chunked", "x" * 5000, "100-continue", "websocket", "*", "text/plain"])
    method = "POST" if rng.random() < 0.9 else rng.choice(["GET", "PUT", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE", "post"])
    request = bytearray(f"{method} {path} HTTP/1.1\r\n".encode() + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n" + content)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 8])):
        at = rng.randrange(len(request))
        request[at:at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
    return bytes(request)


def fuzz(server, seeds):
    statuses = {}
    def one(seed):
        got = raw(server, fuzzed(seed))
        status = got[9:12].decode("latin-1") if got.startswith(b"HTTP/1.1 ") else "none"
        assert not status.startswith("5") and b"Traceback" not in got, (seed, fuzzed(seed), got)
        return status
    with ThreadPoolExecutor(8) as pool:
        for status in pool.map(one, seeds):
            statuses[status] = statuses.get(status, 0) + 1
    idle(server)
    assert server.request("GET", "/health")[0] == 200 and "Traceback" not in server.stderr()
    return statuses


def test_fuzzed_bytes(server):
    statuses = fuzz(server, range(300))
    assert statuses["200"] > 20 and statuses["400"] > 60, statuses


def schemathesis(server, examples, seconds):
    pytest.importorskip("schemathesis", reason="pip install schemathesis")
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run", server.url + "/openapi.json", "--checks", "not_a_server_error,content_type_conformance", "--max-examples", str(examples),
               "--phases", "examples,fuzzing", "--mode", "all", "--seed", "1", "--request-timeout", "60", "--suppress-health-check", "all", "--generation-database", "none", "--no-color",
               "--include-path-regex", "^/v1|^/ready|^/health"]
    r = subprocess.run(command, capture_output=True, text=True, timeout=seconds, cwd=server.log.parent)
    assert r.returncode == 0, r.stdout[-3000:] + r.stderr[-2000:]
    idle(server)
    assert "Traceback" not in server.stderr()
    return r.stdout


def test_schemathesis(server):
    before = server.metric("requests_total")
    schemathesis(server, 25, 300)
    assert server.metric("requests_total") - before > 50


@pytest.mark.long
def test_ten_thousand_fuzzed_requests(server, capsys):
    statuses = fuzz(server, range(1000, 11_000))
    before = server.metric("requests_total")
    schemathesis(server, 600, 3000)
    with capsys.disabled():
        print(f"\n{sum(statuses.values())} by the byte fuzzer, their statuses: {statuses}; {server.metric('requests_total') - before:.0f} by schemathesis")

# -----------------------------------------------------------------------------
# load: bash test.sh -n 0 -m long -k load; SPORTS_LLM_LOAD_RUN=out/demo names the run, SPORTS_LLM_LOAD_SECONDS=60 how long

def questions(root):
    lines = (root / "tests" / "data" / "strangers_1.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def questioned(texts):
    """Questions without end, as (path, body): the replies are a few tokens long."""
    return (("chat/completions", dict(messages=user(texts[n % len(texts)]), max_tokens=48, seed=n)) for n in itertools.count())


def continued(texts):
    """Beginnings without end, which are continued by up to 48 tokens."""
    return (("completions", dict(prompt=" ".join(texts[n % len(texts)].split()[:3]), max_tokens=48, temperature=1.0, seed=n)) for n in itertools.count())


async def client_of(server, asks, end, out, stream):
    """One of many: a connection of its own, one request after another, until the time is over. out: (status, seconds to the first token, tokens)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    while time.monotonic() < end:
        (path, body), start, first, got = next(asks), time.monotonic(), None, b""
        content = json.dumps(dict(body, stream=stream, stream_options=dict(include_usage=True)))
        writer.write(f"POST /v1/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b"chunked" in head:
            while not got.endswith(b"\r\n0\r\n\r\n"):
                got += await reader.read(65536)
                if first is None and (got.count(b'"content"') > 1 or b'"text"' in got):  # the first content comes with the role
                    first = time.monotonic() - start
        else:
            got = await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
        tokens = re.search(rb'"completion_tokens": ?(\d+)', got)
        out.append((int(head[9:12]), first, int(tokens[1]) if tokens else 0))
        if out[-1][0] == 429:
            await asyncio.sleep(0.05)
    writer.close()


def load(server, asks, clients, seconds, stream):
    """(out of all clients, seconds it took)"""
    async def all_of_them():
        await asyncio.gather(*(client_of(server, asks, start + seconds, out, stream) for _ in range(clients)))
    out, start = [], time.monotonic()
    asyncio.run(all_of_them())
    return out, time.monotonic() - start


@pytest.mark.long
@pytest.mark.parametrize("asks, stream", [(questioned, False), (questioned, True), (continued, False), (continued, True)])
def test_load_of_64_clients(serve, tiny_run, root, capsys, asks, stream):
    """64 clients for 60 seconds against the same requests one after another: through the server, and on the engine alone."""
    from engine import Engine
    run, seconds = os.environ.get("SPORTS_LLM_LOAD_RUN", str(tiny_run)), float(os.environ.get("SPORTS_LLM_LOAD_SECONDS", 60))
    server, texts = serve("--out_dir", run, "--rows", 64), questions(root)
    steps, grown = server.metric("batch_size_per_step_count"), server.metric("batch_size_per_step_sum")
    out, took = load(server, asks(texts), 64, seconds, stream)
    batch = (server.metric("batch_size_per_step_sum") - grown) / (server.metric("batch_size_per_step_count") - steps)
    rate = sum(tokens for _, _, tokens in out) / took
    single, single_took = load(server, asks(texts), 1, seconds / 3, stream)
    through = sum(tokens for _, _, tokens in single) / single_took
    server.end()
    engine, alone, start = Engine.from_run(run, rows=1), 0, time.monotonic()
    for _, body in asks(texts):
        if time.monotonic() > start + seconds / 3:
            break
        prompt = engine.tokenizer.render(body["messages"], reply=True)[0] if "messages" in body else [BOS] + engine.tokenizer.encode(body["prompt"])
        alone += len(engine.generate([prompt], seeds=[body["seed"]], max_new_tokens=48, temperature=body.get("temperature", 0))[0].ids)
    alone /= time.monotonic() - start
    statuses = {s: sum(x[0] == s for x in out) for s in {x[0] for x in out}}
    first = sorted(x[1] for x in out if x[1] is not None)
    with capsys.disabled():
        print(f"\n{asks.__name__}, {'streamed' if stream else 'whole'}: {len(out)} requests {statuses} in {took:.0f} s, {rate * took / len(out):.1f} tokens each, {rate:.0f} tokens/s "
              f"at a mean batch of {batch:.1f}; one after another through the server {through:.0f} (ratio {rate / through:.2f}), on the engine alone {alone:.0f} (ratio {rate / alone:.2f})"
              + (f"; time to first token p50 {first[len(first) // 2] * 1000:.0f} ms, p95 {first[int(0.95 * len(first))] * 1000:.0f} ms" if first else ""))
    assert set(statuses) <= {200, 429} and statuses[200] > 100 and batch > 16 and rate > through


@pytest.mark.long
def test_load_of_ten_thousand_requests_leaves_memory_flat(serve, tiny_run, root, capsys):
    server, texts = serve("--out_dir", os.environ.get("SPORTS_LLM_LOAD_RUN", str(tiny_run))), questions(root)
    ask = lambda n: server.request("POST", "/v1/chat/completions", dict(messages=user(texts[n % len(texts)]), stream=n % 2 == 0, n=1 + n % 3 // 2, max_tokens=24, temperature=1, seed=n))[0]
    memory = []
    with ThreadPoolExecutor(16) as pool:
        for first in range(0, 10_000, 1000):
            statuses = list(pool.map(ask, range(first, first + 1000)))
            assert set(statuses) <= {200, 429}
            memory.append(server.metric("process_resident_memory_bytes") / 2 ** 20)
    with capsys.disabled():
        print(f"\nMiB after each 1,000 requests: {', '.join(f'{m:.0f}' for m in memory)}")
    assert memory[-1] < memory[1] * 1.05 + 5
