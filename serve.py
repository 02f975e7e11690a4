"""
An OpenAI-compatible server and a page to talk to, for a trained run.

    python serve.py --out_dir out/demo                     # then http://127.0.0.1:8000, or base_url http://127.0.0.1:8000/v1
    SPORTS_LLM_API_KEYS=key1,key2 python serve.py --out_dir out/demo --host 0.0.0.0 --port 8000

All belongs to the server's loop; only the steps of the engine, each one for all replies in its batch, run in a thread of their own.
"""
import asyncio
import hmac
import json
import os
import socket
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Literal

from configurator import configure, die, load_env
from sample import open_run
from tokenizer import BOS

try:
    import uvicorn
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, StreamingResponse
    from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
    from pydantic import BaseModel, Field, model_validator
    from starlette.exceptions import HTTPException
    from starlette.middleware.cors import CORSMiddleware
except ImportError as e:
    die(f"serve.py needs {e.name}: pip install -r requirements-serve.txt")

# -----------------------------------------------------------------------------
out_dir = ""  # the run directory; none: the newest of out/
host = "127.0.0.1"  # address to listen on; others than this machine's own need keys in SPORTS_LLM_API_KEYS
port = 8000  # 0: any that is free
device = "auto"  # auto | cpu | cuda | mps
dtype = "auto"  # auto | float32 | bfloat16 | float16 | int8: of the weights; in float32 a reply does not depend on what else runs
rows = 16  # replies generated at once
max_queue = 64  # replies that may wait; more get a 429
max_tokens = 512  # the most new tokens of a reply, and the default of /v1/chat/completions
max_body = 1_000_000  # bytes of a request
drain_seconds = 60  # that replies under way get after SIGTERM or Ctrl-C
temperature = 0.0  # where a request does not say
cors = []  # origins of web pages elsewhere that may ask, e.g. https://example.org
log_prompts = False  # write prompts and replies to the log
# -----------------------------------------------------------------------------
STARTED, OPEN = int(time.time()), {"/", "/health", "/ready", "/metrics", "/docs", "/openapi.json"}  # OPEN: paths that need no key
load_env()
KEYS = [key.strip().encode() for key in os.environ.get("SPORTS_LLM_API_KEYS", "").split(",") if key.strip()]

# -----------------------------------------------------------------------------
# the batch

class Job:
    """One reply on its way, and what may be seen of it between two steps: text, ids, likely, the reason why it ended."""

    def __init__(self, index, client, prompt, options, news, head):
        self.index, self.client, self.prompt, self.options, self.news, self.head = index, client, prompt, options, news, head
        self.text, self.ids, self.likely, self.reason, self.born = head, [], [], None, time.perf_counter()


class Batch:
    """The engine, the jobs that it works on (by Reply), and those that wait."""

    def __init__(self):
        self.engine, self.running, self.waiting, self.draining, self.wake = None, {}, [], False, asyncio.Event()

    async def drive(self):
        """Load the model, then step it for ever. A server without an engine must not look alive: where it fails, all ends."""
        thread, loop = ThreadPoolExecutor(1), asyncio.get_running_loop()
        try:
            self.engine = await loop.run_in_executor(thread, open_run, out_dir, device, dtype, rows)
            while True:
                self.seat()
                if self.running:
                    start, grown = time.perf_counter(), await loop.run_in_executor(thread, self.engine.step)
                    LATENCY.observe(time.perf_counter() - start)
                    self.tell(grown)
                else:
                    self.wake.clear()
                    await self.wake.wait()
        except (Exception, SystemExit) as e:
            if isinstance(e, Exception):  # otherwise die() has said it
                print(f"error: the engine failed: {type(e).__name__}: {' '.join(str(e).split())}", file=sys.stderr, flush=True)
            os._exit(1)

    def seat(self):
        """Between two steps: those whose clients have gone leave, others take their slots."""
        for reply in [reply for reply, job in self.running.items() if job.reason]:
            self.engine.cancel(reply)
            del self.running[reply]
        while self.waiting and len(self.running) < rows:
            has = [job.client for job in self.running.values()]
            job = min(self.waiting, key=lambda job: has.count(job.client))  # of the clients with the fewest slots, who came first
            self.waiting.remove(job)
            self.running[self.engine.submit(job.prompt, **job.options)] = job
            TOKENS.labels("prompt").inc(len(job.prompt))

    def tell(self, grown):
        TOKENS.labels("generated").inc(len(grown))
        SIZES.observe(len(set(grown)))
        for reply in dict.fromkeys(grown):
            job = self.running[reply]
            if not job.ids:
                FIRST.observe(time.perf_counter() - job.born)
            if not job.reason:  # else its client has gone
                job.text, job.ids, job.likely, job.reason = job.head + reply.text[:reply.ready], reply.ids[:], reply.likely[:], reply.finish_reason or None
            if reply.finish_reason:
                del self.running[reply]
            job.news.set()

    def add(self, jobs):  # those of a request, all or none
        if len(jobs) > rows + max_queue:
            raise HTTPException(400, f"{len(jobs)} replies at once: {rows + max_queue} are the most")
        if len(self.running) + len(self.waiting) + len(jobs) > rows + max_queue:
            raise HTTPException(429, f"{len(self.running)} replies are under way and {len(self.waiting)} of at most {max_queue} wait: try again")
        self.waiting += jobs
        self.wake.set()

    def leave(self, jobs):
        for job in [job for job in jobs if not job.reason]:  # nobody waits for them any more
            job.reason = "cancelled"
            job.news.set()
            ABORTED.inc()
        self.waiting = [job for job in self.waiting if not job.reason]


batch = Batch()
TOKENS = Counter("sports_llm_tokens", "Tokens read and written", ["kind"])
FIRST = Histogram("sports_llm_time_to_first_token_seconds", "From the request to the first token of a reply")
LATENCY = Histogram("sports_llm_token_latency_seconds", "From one token of a reply to its next", buckets=[.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5])
SIZES = Histogram("sports_llm_batch_size_per_step", "Replies that grew in a step", buckets=[1, 2, 4, 8, 16, 32, 64, 128])
ABORTED = Counter("sports_llm_aborted", "Replies whose client went away")
REQUESTS = Counter("sports_llm_requests", "Requests", ["route", "status"])
Gauge("sports_llm_batch_size", "Replies being generated").set_function(lambda: len(batch.running))
Gauge("sports_llm_queue_length", "Replies that wait for a slot").set_function(lambda: len(batch.waiting))
Gauge("sports_llm_cache_use", "Share of the cache's positions in use").set_function(
    lambda: sum(len(job.prompt) + len(job.ids) for job in batch.running.values()) / rows / batch.engine.config.block_size if batch.engine else 0)

# -----------------------------------------------------------------------------
# what clients send

several = lambda kind, most: Annotated[list[kind], Field(max_length=most, fail_fast=True)]  # one error will do: listing a megabyte of them takes seconds

class Ask(BaseModel):
    """What both endpoints take. Unknown fields are ignored, null is as good as absent."""
    model: str = Field(default_factory=lambda: model_name())
    max_tokens: int = Field(16, ge=1)
    temperature: float = Field(default_factory=lambda: temperature, ge=0, le=2)
    top_p: float = Field(1.0, ge=0, le=1)
    top_k: int = Field(0, ge=0, le=2 ** 31)
    n: int = Field(1, ge=1, le=16)
    seed: int = Field(default_factory=lambda: uuid.uuid4().int % 2 ** 62, ge=-2 ** 63, lt=2 ** 63)
    stop: several(Annotated[str, Field(max_length=100)], 16) | Annotated[str, Field(max_length=100)] = []
    stream: bool = False
    stream_options: dict = {}

    @model_validator(mode="before")
    def without_nulls(cls, data):
        return {k: v for k, v in data.items() if v is not None} if isinstance(data, dict) else data

class Part(BaseModel):
    type: Literal["text", "input_text"]
    text: str

class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | several(Part, 1000) | None = None

class ChatAsk(Ask):
    messages: several(Message, 1000) = Field(min_length=1)
    max_tokens: int = Field(default_factory=lambda: max_tokens, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    logprobs: bool = False
    top_logprobs: int = Field(0, ge=0, le=20)

class TextAsk(Ask):
    prompt: str | several(str, 16) | several(int, 10 ** 6) | several(several(int, 10 ** 6), 16)
    logprobs: int = Field(-1, ge=-1, le=20)
    echo: bool = False

# -----------------------------------------------------------------------------
# what they get

def likely(job, since, chat):
    """Log-probabilities of the ids from number `since` on, in the form of either endpoint."""
    tokenizer = batch.engine.tokenizer
    show = lambda id, logp: {"token": tokenizer.decode([id]), "logprob": max(logp, -9999.0), "bytes": list(tokenizer.id_bytes[id])}
    new = [(show(id, logp), [show(*t) for t in top.items()]) for id, (logp, top) in zip(job.ids[since:], job.likely[since:])]
    if chat:
        return {"content": [{**token, "top_logprobs": top} for token, top in new]}
    return {"tokens": [t["token"] for t, _ in new], "token_logprobs": [t["logprob"] for t, _ in new],
            "top_logprobs": [{t["token"]: t["logprob"] for t in reversed(top)} for _, top in new],  # reversed: of equal spellings the likeliest stays
            "text_offset": [len(job.head + tokenizer.decode(job.ids[:n])) for n in range(since, len(job.ids))]}


def choice(job, chat, text, since, reason, turn="delta", **role):
    """One of the choices: what is new of a reply; its log-probabilities from number `since` on, where they are wanted."""
    said = {turn: {**role, **({"content": text} if text or role else {})}} if chat else {"text": text}
    return {"index": job.index, **said, "logprobs": None if since is None or job.options["logprobs"] < 0 else likely(job, since, chat), "finish_reason": reason}


async def events(jobs, chat, news, name, usage):
    """Server-sent events: the roles, pieces as they come, why each reply ended, the usage where it is wanted. What is there at once is sent at once."""
    show = lambda *choices, **more: f"data: {json.dumps({**name, 'choices': choices, **more})}\n\n"
    seen, left, said = dict.fromkeys(jobs, (0, 0)), [*jobs], [show(choice(job, chat, "", None, None, role="assistant")) for job in jobs if chat]
    while left:
        await news.wait()
        news.clear()
        for job in [*left]:
            (shown, since), seen[job], reason = seen[job], (len(job.text), len(job.likely)), job.reason
            if seen[job] > (shown, since):
                said.append(show(choice(job, chat, job.text[shown:], since, None)))
            if reason:
                left.remove(job)
                said.append(show(choice(job, chat, "", None, reason)))
        yield "".join(said) if left else "".join([*said, show(usage=usage()) if usage else "", "data: [DONE]\n\n"])
        said.clear()


async def answer(request, ask, chat, encode, most, logprobs):
    """The response of either endpoint to the prompts that encode() makes of its text: one JSON, or server-sent events."""
    engine, news, jobs = batch.engine, asyncio.Event(), []
    same = dict(max_new_tokens=min(most, max_tokens), temperature=ask.temperature, top_k=ask.top_k, top_p=ask.top_p, logprobs=logprobs,
                stop=[ask.stop] if isinstance(ask.stop, str) else ask.stop)
    try:
        prompts = encode() if request.scope["size"] < 4000 else await asyncio.to_thread(encode)  # a long text does not hold up the others
        for ids in prompts:
            engine.check(ids, 1)
    except ValueError as e:
        code = "context_length_exceeded" if "the context" in str(e) else None
        raise HTTPException(400, {"message": str(e), "param": "messages" if chat else "prompt", "code": code}) from None
    for ids in prompts:
        head = engine.tokenizer.decode(i for i in ids if i < engine.tokenizer.vocab_size) if not chat and ask.echo else ""
        jobs += [Job(len(jobs) + i, request.scope["who"], ids, {**same, "seed": (ask.seed + i) % 2 ** 63}, news, head) for i in range(ask.n)]
    batch.add(jobs)
    request.scope.update(jobs=jobs, gone=asyncio.ensure_future(request.receive()))  # the body was read: what comes now is that the client has gone
    request.scope["gone"].add_done_callback(lambda _: batch.leave(jobs))
    name = {"id": ("chatcmpl-" if chat else "cmpl-") + uuid.uuid4().hex, "created": int(time.time()), "model": model_name(),
            "object": "text_completion" if not chat else "chat.completion" + ".chunk" * ask.stream}
    usage = lambda: {"prompt_tokens": (read := sum(map(len, prompts))), "completion_tokens": (wrote := sum(len(job.ids) for job in jobs)), "total_tokens": read + wrote}
    if ask.stream:
        stream = events(jobs, chat, news, name, ask.stream_options.get("include_usage") and usage)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
    while not all(job.reason for job in jobs):
        await news.wait()
        news.clear()
    return JSONResponse({**name, "usage": usage(), "choices": [choice(job, chat, job.text, 0, job.reason, "message", role="assistant") for job in jobs]})

# -----------------------------------------------------------------------------
# the application

async def fail(request, e):
    """Whatever goes wrong, in OpenAI's form."""
    if isinstance(e, RequestValidationError):
        worst = max(e.errors(), key=lambda error: len(error["loc"]))  # of the kinds that a field may have, the one that got furthest
        where = [str(x) for x in worst["loc"][1:] if worst["type"] != "json_invalid"]
        message = f"{'.'.join(where) or 'the body (JSON, with Content-Type: application/json)'}: {worst['msg']}"
        e = HTTPException(400, {"message": message, "param": where[0] if where else None})
    e = e if isinstance(e, HTTPException) else HTTPException(500, "something failed here, and was logged")
    kind = {401: "authentication_error", 429: "rate_limit_error"}.get(e.status_code, "invalid_request_error" if e.status_code < 500 else "server_error")
    said = {"message": "", "type": kind, "param": None, "code": None, **(e.detail if isinstance(e.detail, dict) else {"message": str(e.detail)})}
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "1"}, 503: {"Retry-After": "2"}}.get(e.status_code)
    return JSONResponse({"error": said}, e.status_code, e.headers or headers)


def admit(scope):
    """Let the client in by its key, or where none is set by the name that it calls us. It is called by the number of its key, or by its address."""
    headers = dict(scope["headers"])
    scheme, _, key = headers.get(b"authorization", b"").partition(b" ")
    right = [hmac.compare_digest(k, key.strip()) for k in KEYS]  # all of them, so that the time tells nothing
    if any(right) and scheme.lower() == b"bearer":
        scope["who"] = f"key {right.index(True) + 1}"
    elif KEYS and scope["path"] not in OPEN:
        raise HTTPException(401, {"message": "no such key: send Authorization: Bearer KEY", "code": "invalid_api_key"})
    elif not KEYS and headers.get(b"host", b"localhost").rsplit(b":", 1)[0] not in (b"127.0.0.1", b"localhost", b"[::1]"):
        raise HTTPException(403, "without keys only 127.0.0.1 and localhost are served")  # a page elsewhere may rebind its name to us
    if (batch.draining or batch.engine is None) and scope["path"] not in OPEN - {"/ready"}:
        raise HTTPException(503, "the server is going down" if batch.draining else "the model is being loaded")


async def door(scope, receive, send):
    """Around the application: who comes in, how much they bring, and what the log says of them."""
    start = time.perf_counter()
    scope.update(who=scope["client"][0] if scope["client"] else "", jobs=[], size=0, status=0)

    async def receiving():
        while True:
            message = await receive()
            scope["size"] += len(message.get("body", b""))
            if scope["size"] <= max_body:
                return message
            if scope["size"] > 16 * max_body or not message.get("more_body"):  # a little too much is read, or the client could not read the answer
                raise HTTPException(413, f"the request is larger than {max_body:,} bytes")

    async def sending(message):
        scope["status"] = message.get("status", scope["status"])
        await send(message)

    try:
        admit(scope)
        await app(scope, receiving, sending)
    except HTTPException as e:
        await (await fail(None, e))(scope, receive, sending)
    finally:
        batch.leave(scope["jobs"])
        status = 499 if any(job.reason == "cancelled" for job in scope["jobs"]) else scope["status"]
        REQUESTS.labels(getattr(scope.get("route"), "path", "other"), status).inc()  # what clients make up does not grow the metrics
        said = {"said": [(batch.engine.tokenizer.decode(job.prompt), job.text) for job in scope["jobs"]]} if log_prompts else {}
        tokens, ms = sum(len(job.ids) for job in scope["jobs"]), round(1000 * (time.perf_counter() - start))
        line = dict(time=round(time.time(), 3), client=scope["who"], method=scope["method"], path=scope["path"][:200], status=status, ms=ms, tokens=tokens, **said)
        print(json.dumps(line), file=sys.stderr, flush=True)


app = FastAPI(title="Sports LLM", redoc_url=None, responses={"4XX": {"description": "an error"}, "5XX": {"description": "an error"}},
              exception_handlers=dict.fromkeys([HTTPException, RequestValidationError, Exception], fail))
model_name = lambda: os.path.basename(os.path.abspath(batch.engine.out_dir))
SENT = {200: {"description": "all of it, or with stream: true its pieces", "content": {"application/json": {}, "text/event-stream": {}}}}

@app.get("/v1/models/{name}")
async def model(name: str):
    if name != model_name():
        raise HTTPException(404, {"message": f"no model {name!r:.100} here: {model_name()!r}", "param": "model", "code": "model_not_found"})
    return {"id": name, "object": "model", "created": STARTED, "owned_by": "sports-llm"}

@app.get("/v1/models")
async def models():
    return {"object": "list", "data": [await model(model_name())]}

@app.post("/v1/chat/completions", responses=SENT)
async def chat_completions(ask: ChatAsk, request: Request):
    await model(ask.model)
    text = lambda content: "".join(part.text for part in content) if isinstance(content, list) else content or ""
    messages = [{"role": m.role.replace("developer", "system"), "content": text(m.content)} for m in ask.messages]
    encode = lambda: [batch.engine.tokenizer.render(messages, reply=True)[0]]
    return await answer(request, ask, True, encode, ask.max_completion_tokens or ask.max_tokens, ask.top_logprobs if ask.logprobs else -1)

@app.post("/v1/completions", responses=SENT)
async def completions(ask: TextAsk, request: Request):
    await model(ask.model)
    if ask.echo and ask.logprobs >= 0:
        raise HTTPException(400, {"message": "echo: not together with logprobs, those of a prompt are not computed", "param": "echo"})
    given = ask.prompt if isinstance(ask.prompt, list) and not isinstance((ask.prompt or [0])[0], int) else [ask.prompt]
    encode = lambda: [[BOS] + batch.engine.tokenizer.encode(p) if isinstance(p, str) else p for p in given]
    return await answer(request, ask, False, encode, ask.max_tokens, ask.logprobs)

@app.get("/health")
@app.get("/ready")  # which admit() lets nobody see before the model is loaded
async def health():
    return {"status": "ok"}

@app.get("/metrics", response_class=PlainTextResponse)
async def metrics():
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)

@app.get("/", include_in_schema=False)
async def page():
    return FileResponse(os.path.join(os.path.dirname(os.path.abspath(__file__)), "chat.html"), media_type="text/html", headers={"Cache-Control": "no-cache"})


async def serve(config, listening):
    server, driving = uvicorn.Server(config), asyncio.create_task(batch.drive())  # a name, or the task could be collected

    def stop(*_):  # uvicorn's own raises the signal again in the end, which is no exit code 0
        batch.draining, server.force_exit, server.should_exit = True, server.should_exit, True

    server.handle_exit = stop
    await server.serve(sockets=[listening])


def main():
    for key, least in dict(rows=1, max_queue=0, max_tokens=1, max_body=1, drain_seconds=0, temperature=0).items():
        if globals()[key] < least:
            die(f"--{key} {globals()[key]}: at least {least}", 2)
    if not KEYS and host not in ("127.0.0.1", "localhost", "::1"):
        die(f"--host {host} can be reached by others: set SPORTS_LLM_API_KEYS, or listen on 127.0.0.1", 2)
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms for an acknowledgement
    except (OSError, OverflowError) as e:
        die(f"--host {host} --port {port}: {e}")
    inside = CORSMiddleware(door, allow_origins=cors, allow_methods=["GET", "POST"], allow_headers=["Authorization", "Content-Type"]) if cors else door
    config = uvicorn.Config(inside, log_config=None, access_log=False, lifespan="off", ws="none", limit_concurrency=512, timeout_keep_alive=60,
                            timeout_graceful_shutdown=drain_seconds)
    print(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]} (docs: /docs, metrics: /metrics)", file=sys.stderr, flush=True)
    sys.setswitchinterval(0.0005)  # a step takes the interpreter back after each of its operations, and would wait 5 ms for it
    asyncio.run(serve(config, listening))
    os._exit(0)  # not by the interpreter's own end, which would wait for a step or a model that is still being loaded


if __name__ == "__main__":
    globals().update(configure(__file__, also=("train.py",)))
    main()
