"""
Decoding: one KV cache allocated once, a batch that requests join and leave at any step, sampling per request, streaming.

    engine = Engine.from_run("out/demo")
    for reply in engine.generate([engine.tokenizer.encode("The final was")], max_new_tokens=50): print(reply.text)

    reply = engine.submit(prompt, max_new_tokens=50)  # what a server does: queue requests, and step for all of them
    while not reply.finish_reason: engine.step()

A request has a slot, one row of the cache. Rows 0 .. n-1 are those in use: where one ends, the last moves into its place. A
prompt begins at position 0 of its row and a query at position p sees keys 0 .. p only, so no row knows of the others, nor of
what lay in its slot before.
"""
import codecs
import collections
import os
from dataclasses import dataclass, field

import torch
import torch.nn as nn
import torch.nn.functional as F

from model import NORM_EPS, attention, load_model

PREFILL = 4096  # tokens of the prompts read in one pass, with their padding


@dataclass(eq=False)
class Reply:
    """One request and what came of it: new ids, their text (up to a stop string), why it ended: "stop", "length", "cancelled"."""
    prompt: list
    max_new_tokens: int = 128
    temperature: float = 0.0  # 0: greedy
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple = ()  # strings that end it
    logprobs: int = -1  # alternatives to report per token; -1: no log-probabilities at all
    ids: list = field(default_factory=list)
    text: str = ""
    finish_reason: str = ""
    ready: int = 0  # characters of text that may be shown: no half character, no beginning of a stop string
    likely: list = field(default_factory=list)  # per id, with logprobs: (its log-probability, {id: log-probability} of the likeliest)
    decoder: object = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"), repr=False)


class Packed(nn.Module):
    """A linear layer with its weights (N, K) in fewer bits, for decoding. What goes in and comes out keeps its dtype.

    dtypes: how they are held for one row at a time, and for several. int8 is rounded to nearest with a scale per output.
    """

    def __init__(self, weight, one, many):
        super().__init__()
        self.one, self.many, self.scale = (weight.detach().to(d) if d != torch.int8 else None for d in (one, many, torch.int8))
        if one == torch.int8:
            scale = weight.detach().abs().amax(1).clamp(min=1e-8) / 127
            self.one, self.scale = (weight.detach() / scale[:, None]).round().to(torch.int8), scale.bfloat16()
        elif one == many:
            self.many = self.one

    def nbytes(self, rows):
        return self.one.nbytes if rows == 1 or self.many is None else self.many.nbytes

    def forward(self, x):
        rows = x.flatten(0, -2)
        if self.scale is None:
            weight = self.one if rows.size(0) == 1 else self.many
            return F.linear(x.to(weight.dtype), weight).to(x.dtype)
        if rows.size(0) <= 64:
            y = torch._weight_int8pack_mm(rows.bfloat16(), self.one, self.scale)
        else:  # that kernel is made for few rows
            y = F.linear(rows.bfloat16(), self.one.bfloat16()) * self.scale
        return y.view(*x.shape[:-1], -1).to(x.dtype)


def choose_dtypes(dtype, device, rows, parameters):
    """How weights are held: (for one row at a time, for several). dtype: auto, float32, bfloat16, float16 or int8.

    On a CPU a matrix times one row is as fast as the weights are read, and fp16 is read fastest; several rows want the
    chip's own 16-bit product (docs/LOG.md, "Decoding"). Small models fit in its caches: they stay exact.
    """
    if dtype != "auto":
        return getattr(torch, dtype), getattr(torch, dtype)
    if device == "cuda":
        return (torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16,) * 2
    if device != "cpu" or parameters < 3e7:
        return torch.float32, torch.float32
    many = torch.bfloat16 if getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)() else torch.float32
    return (torch.float16, many) if rows == 1 else (many, many)


class Fused(nn.Module):
    """The network of model.py in fewer operations, for inference: one product for queries, keys and values, one for gate and
    up. pack: makes a layer of the weights of some of the model's. What is between the products is computed in dtype."""

    def __init__(self, model, dtype, pack):
        super().__init__()
        plain = lambda norm: norm.weight.detach().to(dtype)
        self.config, self.embed, self.norm, self.head = model.config, model.embed.weight.detach().to(dtype), plain(model.norm), pack(model.head)
        self.layers, n = nn.ModuleList(), (model.config.n_head, model.config.n_kv_head)
        for block in model.blocks:
            attn, mlp, layer = block.attn, block.mlp, nn.Module()
            layer.attn_norm, layer.mlp_norm = plain(block.attn_norm), plain(block.mlp_norm)
            if model.config.qk_norm:  # (H + H_kv, D)
                layer.gain = torch.cat([plain(norm).expand(heads, -1) for norm, heads in zip((attn.q_norm, attn.k_norm), n)])
            layer.wqkv, layer.wo, layer.w_gate_up, layer.w_down = pack(attn.wq, attn.wk, attn.wv), pack(attn.wo), pack(mlp.w_gate, mlp.w_up), pack(mlp.w_down)
            self.layers.append(layer)

    def forward(self, idx, cos, sin, mask=None, last=None, caches=None, slots=None, positions=None, length=0):
        """Logits (B, T, V) of idx (B, T), or (B, V) at column last (B). cos (T, 1, D) or (B, 1, 1, D), sin likewise, negative in
        its first half. caches: per layer the keys and values of all slots, (slots, H_kv, S, D) each. Those of prompts go to
        the B slots from number `slots` on; with positions (B), those of one token to `slots` (B), and it sees `length` of them."""
        c, x = self.config, F.embedding(idx, self.embed)
        (B, T, C), H, D = x.shape, c.n_head, c.n_embd // c.n_head
        for i, w in enumerate(self.layers):
            qkv = w.wqkv(F.rms_norm(x, (C,), w.attn_norm, NORM_EPS)).view(B, T, -1, D)
            qk, v = qkv.split([H + c.n_kv_head, c.n_kv_head], 2)
            if c.qk_norm:
                qk = F.rms_norm(qk, (D,), None, NORM_EPS) * w.gain
            qk = (qk * cos + torch.cat((qk[..., D // 2:], qk[..., :D // 2]), -1) * sin).to(x.dtype)
            q, k, v = qk[:, :, :H].transpose(1, 2), qk[:, :, H:].transpose(1, 2), v.transpose(1, 2)  # (B, H or H_kv, T, D)
            if positions is not None:
                for kept, new in zip(caches[i], (k, v)):
                    kept[slots, :, positions] = new[:, :, 0]
                k, v = (kept[:B, :, :length] for kept in caches[i])
            elif caches:
                for kept, new in zip(caches[i], (k, v)):
                    kept[slots:slots + B, :, :T] = new
            x = x + w.wo(attention(q, k, v, mask).transpose(1, 2).reshape(B, T, C))
            gate, up = w.w_gate_up(F.rms_norm(x, (C,), w.mlp_norm, NORM_EPS)).chunk(2, -1)
            x = x + w.w_down(F.silu(gate) * up)
        if last is not None:
            x = x[torch.arange(B, device=x.device), last]
        return self.head(F.rms_norm(x, (C,), self.norm, NORM_EPS)).float()


def sample(logits, uniform, temperature, top_k, top_p, cut=True):
    """One id per row. logits (B, V), uniform (B) in [0, 1), the others (B): temperature 0 is greedy, top_k 0 and top_p 1 off.

    The draw inverts the distribution function at `uniform`, so a row's token depends on its own numbers alone: where none is
    cut, in the order of the ids; else (cut: some row asks for it) in that of their probabilities.
    """
    place, greedy = torch.arange(logits.size(1), device=logits.device), logits.argmax(-1)
    logits = logits / temperature.clamp(min=1e-5)[:, None]

    def draw(probs):
        """(B, 1) places; rounding never puts one behind the last of any probability"""
        cdf, last = probs.cumsum(-1), (place * (probs > 0)).amax(-1, keepdim=True)
        return torch.minimum((cdf <= uniform[:, None] * cdf[:, -1:]).sum(-1, keepdim=True), last)

    pick = draw(logits.softmax(-1))
    if cut:
        ordered, ids = logits.sort(-1, descending=True)  # (B, V)
        probs = ordered.masked_fill((place >= top_k[:, None]) & (top_k[:, None] > 0), float("-inf")).softmax(-1)
        before = probs.cumsum(-1) - probs  # mass of the more likely ones: the first is always kept
        probs = probs.masked_fill((before >= top_p[:, None]) & (place > 0), 0.0)
        pick = torch.where(((top_k > 0) | (top_p < 1))[:, None], ids.gather(1, draw(probs)), pick)
    return torch.where(temperature > 0, pick[:, 0], greedy)


class Engine:
    """A model and its tokenizer, ready to answer. tokenizer is a tokenizer.Tokenizer; ids past its end are never sampled.

    dtype: see choose_dtypes. rows: how many requests are decoded at once; the others wait their turn. compile: some seconds
    for each power of two of rows and 256 of positions, when it is first met, then up to twice as fast on a CPU.
    """

    def __init__(self, model, tokenizer, stop_ids, device="cpu", dtype="float32", rows=64, compile=False):
        self.tokenizer, self.stop_ids, self.rows, self.config, self.device = tokenizer, set(stop_ids), rows, model.config, device
        one, many = choose_dtypes(dtype, device, rows, model.num_params())
        exact, self.padded = one == many == torch.float32, compile or device == "cuda"
        self.dtype = torch.float32 if device == "cpu" or one == torch.int8 else one  # on a CPU all but the weights is fastest in fp32

        def pack(*linears):
            weight = torch.cat([l.weight.detach() for l in linears]) if len(linears) > 1 else linears[0].weight.detach()
            for l, part in zip(linears, weight.split([l.out_features for l in linears]) if exact else ()):
                l.weight.data = part  # the model stays whole without a second copy
            return Packed(weight, one, many)

        model = model.to(device).eval()
        self.network, self.model = Fused(model, self.dtype, pack), model if exact else None
        self.compiled = torch.compile(self.network, dynamic=False) if compile else self.network
        self.weight_bytes = sum(m.nbytes(rows) for m in self.network.modules() if isinstance(m, Packed))  # read for each token
        # RoPE tables stay in fp32: in 16 bits far positions would blur
        self.cos, self.sin = model.cos.float()[:, None], model.sin.float()[:, None].clone()  # (S, 1, D)
        self.sin[..., :self.sin.size(-1) // 2].neg_()
        allowed = [bool(b) or i in self.stop_ids for i, b in enumerate(tokenizer.id_bytes)]
        allowed += [False] * (model.config.vocab_size - len(allowed))
        self.banned = ~torch.tensor(allowed, device=device)  # (V)
        self.waiting, self.active, self.size, self.graphs = collections.deque(), [], (0, 0), {}
        if compile:  # for caches of one size
            torch._dynamo.config.recompile_limit = 64
            self.reserve(rows, model.config.block_size)

    @classmethod
    def from_run(cls, out_dir, device="cpu", dtype="float32", rows=64, warn=print):
        """From the newest good checkpoint of a run directory. FileNotFoundError where there is none."""
        from tokenizer import BOS, END, Tokenizer
        model, meta = load_model(out_dir, device, warn)
        tokenizer = Tokenizer(os.path.join(out_dir, "tokenizer.model"))
        if tokenizer.sha256 != meta["tokenizer_sha256"]:
            raise ValueError(f"{out_dir}/tokenizer.model is not the tokenizer that this model was trained with")
        engine = cls(model, tokenizer, [BOS, END], device, dtype, rows)
        engine.out_dir = out_dir
        return engine

    # -------------------------------------------------------------------------
    # requests

    def check(self, prompt, max_new_tokens):
        if not prompt:
            raise ValueError("an empty prompt: begin with <|bos|>")
        if len(prompt) >= self.config.block_size:
            raise ValueError(f"the prompt has {len(prompt)} tokens, the context {self.config.block_size}: "
                             f"shorten it by {len(prompt) - self.config.block_size + 1}")
        if not all(0 <= i < self.config.vocab_size for i in prompt):
            raise ValueError(f"token {max(prompt)} is not in the vocabulary of {self.config.vocab_size}")
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens is {max_new_tokens}: at least 1")

    def submit(self, prompt, **options):
        """Queue a prompt (ids, shorter than the context); its Reply grows with every step(). ValueError where it cannot be."""
        reply = Reply(prompt, **options)
        self.check(prompt, reply.max_new_tokens)
        reply.stop = [s for s in reply.stop if s]
        self.waiting.append(reply)
        return reply

    @torch.inference_mode()
    def cancel(self, reply):
        """Its slot is free at once."""
        if reply in self.waiting:
            self.waiting.remove(reply)
        elif reply in self.active:
            self.leave(self.active.index(reply))
        reply.finish_reason = reply.finish_reason or "cancelled"

    def reserve(self, slots, length):
        """Make room for `slots` rows of `length` positions, once: a smaller demand finds it there. Rows in use are kept."""
        if slots <= self.size[0] and length <= self.size[1]:
            return
        c, old, (n, had) = self.config, getattr(self, "caches", []), self.size
        self.size, self.graphs = (max(slots, n), max(length, had)), {}
        make = lambda *shape, dtype: torch.zeros(self.size[0], *shape, device=self.device, dtype=dtype)
        shape = 2, self.size[0], c.n_kv_head, self.size[1], c.n_embd // c.n_head
        self.caches = [torch.zeros(shape, device=self.device, dtype=self.dtype).unbind() for _ in range(c.n_layer)]  # keys and values of each layer
        state = dict(last=make(dtype=torch.long), positions=make(dtype=torch.long), uniform=make(c.block_size, dtype=torch.float), place=make(dtype=torch.long),
                     temperature=make(dtype=torch.float), top_k=make(dtype=torch.long), top_p=make(dtype=torch.float))
        for kept, before in zip(sum(self.caches, ()), sum(old, ())):
            kept[:n, :, :had] = before
        for name, value in state.items():
            if old:
                value[:n] = self.state[name]
        self.state = state

    def join(self):
        """Read the prompts that wait, as many as there are slots and PREFILL allows. Returns (their number, logits (m, V))."""
        m, longest = 0, 0
        for reply in self.waiting:
            longest = max(longest, len(reply.prompt))
            if len(self.active) + m == self.rows or m and (m + 1) * longest > PREFILL:
                break
            m += 1
        new, n = [self.waiting.popleft() for _ in range(m)], len(self.active)
        self.active += new
        self.reserve(min(self.rows, n + m + len(self.waiting)), max(min(len(r.prompt) + r.max_new_tokens, self.config.block_size) for r in [*self.active, *self.waiting]))
        T = max(len(r.prompt) for r in new)
        idx = torch.tensor([r.prompt + [0] * (T - len(r.prompt)) for r in new], device=self.device)  # (m, T)
        uniform = torch.stack([torch.rand(self.config.block_size, generator=torch.Generator().manual_seed(r.seed)) for r in new])
        for name, values in dict(positions=[len(r.prompt) for r in new], uniform=uniform, place=[0] * m, temperature=[r.temperature for r in new],
                                 top_k=[r.top_k for r in new], top_p=[r.top_p for r in new]).items():
            self.state[name][n:n + m] = torch.as_tensor(values, device=self.device)
        return m, self.network(idx, self.cos[:T], self.sin[:T], None, self.state["positions"][n:n + m] - 1, self.caches, n)

    def decode(self, n, length):
        """Logits (n, V) after the last ids of the first n rows, whose keys are written; the positions seen are cut at length."""
        last, positions = self.state["last"][:n], self.state["positions"][:n]
        mask = None
        if n > 1 or self.padded:  # a row alone sees all that is cut out for it
            mask = (torch.arange(length, device=self.device) <= positions[:, None])[:, None, None]  # (n, 1, 1, length)
        return self.compiled(last[:, None], self.cos[positions, None], self.sin[positions, None], mask, torch.zeros_like(last), self.caches,
                             torch.arange(n, device=self.device), positions, length)

    def decode_padded(self, n, length):
        """decode() for a power of two of rows and 256 of positions, so that there are few shapes: compiled, or on a GPU
        recorded, once for each and then one launch."""
        n, length = min(self.size[0], 1 << (n - 1).bit_length()), min(self.size[1], -(-length // 256) * 256)
        self.state["positions"][len(self.active):n] = 0  # rows that only fill up
        if self.device != "cuda":
            return self.decode(n, length)[:len(self.active)]
        if (n, length) not in self.graphs:
            for _ in range(2):
                self.decode(n, length)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                logits = self.decode(n, length)
            self.graphs[n, length] = graph, logits
        graph, logits = self.graphs[n, length]
        graph.replay()
        return logits[:len(self.active)]

    def leave(self, i):
        """Free slot i: the last row in use moves there."""
        last = len(self.active) - 1
        if i < last:
            length = min(self.size[1], len(self.active[last].prompt) + len(self.active[last].ids))
            for kept in sum(self.caches, ()):
                kept[i, :, :length] = kept[last, :, :length]
            for value in self.state.values():
                value[i] = value[last]
            self.active[i] = self.active[last]
        self.active.pop()

    @torch.inference_mode()
    def step(self):
        """One more token for every request in the batch, the first one for those that join. Returns the replies that grew."""
        grown = []
        if self.waiting and len(self.active) < self.rows:
            m, logits = self.join()
            grown += self.take(len(self.active) - m, logits)
        if self.active:
            n, length = len(self.active), max(len(r.prompt) + len(r.ids) for r in self.active)
            logits = (self.decode_padded if self.padded else self.decode)(n, length)
            self.state["positions"][:n] += 1
            grown += self.take(0, logits)
        return grown

    def take(self, first, logits):
        """Sample from logits (m, V) for the rows from `first` on. Those that end leave the batch."""
        rows = self.active[first:]
        here = {name: value[first:first + len(rows)] for name, value in self.state.items()}
        logits = logits.masked_fill(self.banned, float("-inf"))
        if any(r.temperature > 0 for r in rows):
            ids = sample(logits, here["uniform"].gather(1, here["place"][:, None])[:, 0], here["temperature"], here["top_k"], here["top_p"],
                         cut=any(r.temperature > 0 and (r.top_k or r.top_p < 1) for r in rows))
        else:
            ids = logits.argmax(-1)
        here["last"][:] = ids
        here["place"] += 1
        most = max(r.logprobs for r in rows)
        if most >= 0:
            logp = logits.log_softmax(-1)
            top = [x.tolist() for x in logp.topk(max(most, 1))]
            chosen = logp.gather(1, ids[:, None])[:, 0].tolist()
        for i, (id, reply) in enumerate(zip(ids.tolist(), rows)):
            self.extend(reply, id)
            if reply.logprobs >= 0 and len(reply.likely) < len(reply.ids):
                reply.likely.append((chosen[i], dict(list(zip(top[1][i], top[0][i]))[:reply.logprobs])))
        for i in reversed(range(first, len(self.active))):
            if self.active[i].finish_reason:
                self.leave(i)
        return rows

    def extend(self, reply, id):
        """Add a token to a reply."""
        before = len(reply.text)
        if id in self.stop_ids:
            reply.finish_reason = "stop"
        else:
            reply.ids.append(id)
            reply.text += reply.decoder.decode(self.tokenizer.id_bytes[id])  # what is not yet a character stays in the decoder
            found = [at for at in (reply.text.find(s, max(0, before - len(s) + 1)) for s in reply.stop) if at >= 0]
            if found:
                reply.text, reply.finish_reason, reply.ready = reply.text[:min(found)], "stop", min(found)
                return
            if len(reply.ids) == reply.max_new_tokens or len(reply.prompt) + len(reply.ids) >= self.config.block_size:
                reply.finish_reason = "length"
        if reply.finish_reason:
            reply.text += reply.decoder.decode(b"", True)
        held = 0 if reply.finish_reason else max((n for s in reply.stop for n in range(1, len(s)) if reply.text.endswith(s[:n])), default=0)
        reply.ready = max(reply.ready, len(reply.text) - held)

    # -------------------------------------------------------------------------
    # several prompts to their end

    def stream(self, prompts, seeds=None, **options):
        """Yield (row, piece of text, Reply) whenever a reply has grown by text that may be shown, or has ended.

        options: fields of Reply, one value for all or a list of one per prompt (`stop` is a list for all). What is not
        finished when the generator is closed leaves the batch.
        """
        each = [{k: v[i] if isinstance(v, list) and k != "stop" else v for k, v in options.items()} for i in range(len(prompts))]
        replies, shown = [], [0] * len(prompts)
        try:
            for i, prompt in enumerate(prompts):
                replies.append(self.submit(prompt, seed=seeds[i] if seeds else i, **each[i]))
            left = set(range(len(replies)))
            while left:
                self.step()
                for i in sorted(left):
                    reply = replies[i]
                    if reply.ready > shown[i] or reply.finish_reason:
                        piece, shown[i] = reply.text[shown[i]:reply.ready], reply.ready
                        if reply.finish_reason:
                            left.discard(i)
                        yield i, piece, reply
        finally:
            for reply in replies:
                if not reply.finish_reason:
                    self.cancel(reply)

    def generate(self, prompts, seeds=None, **options):
        """stream() to its end, prompts of like length together; the list of Reply in the order of the prompts."""
        order = sorted(range(len(prompts)), key=lambda i: -len(prompts[i]))
        own = {k: [v[i] for i in order] if isinstance(v, list) and k != "stop" else v for k, v in options.items()}
        replies = [None] * len(prompts)
        for row, _, reply in self.stream([prompts[i] for i in order], seeds=[seeds[i] if seeds else i for i in order], **own):
            replies[order[row]] = reply
        return replies

    @torch.inference_mode()
    def log_likelihood(self, prompts, answers):
        """Summed log-probability of each answer's ids after its prompt's. Both lists of id lists; one pass per batch."""
        rows = [p + a for p, a in zip(prompts, answers)]
        T = max(map(len, rows))
        if T > self.config.block_size + 1:
            raise ValueError(f"prompt and answer have {T - 1} tokens to read, the context {self.config.block_size}")
        idx = torch.tensor([r + [0] * (T - len(r)) for r in rows], device=self.device)
        logp = self.network(idx[:, :-1], self.cos[:T - 1], self.sin[:T - 1]).log_softmax(-1)  # (B, T - 1, V)
        logp = logp.gather(2, idx[:, 1:, None])[:, :, 0]
        return [logp[i, len(p) - 1:len(r) - 1].sum().item() for i, (p, r) in enumerate(zip(prompts, rows))]
