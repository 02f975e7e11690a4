"""
Decoding: a KV cache allocated once, batches of different prompts, sampling per request, stop strings, streaming.

    engine = Engine.from_run("out/demo")
    for reply in engine.generate([engine.tokenizer.encode("The final was")], max_new_tokens=50): print(reply.text)

Rows are right-padded: a prompt begins at position 0 of its row, the first new token overwrites the padding, and a query
at position p sees keys 0..p only, so that padding is never seen and no row knows of the others.
"""
import os
from dataclasses import dataclass, field

import torch

from model import load_model


@dataclass
class Reply:
    """What one prompt got: new ids, their text (up to a stop string), why it ended: "stop" or "length"."""
    ids: list = field(default_factory=list)
    text: str = ""
    finish_reason: str = ""
    sent: int = 0  # characters of text that were streamed


class Cache:
    """Keys and values of one layer, (B, H_kv, S, D) each. Called by the layer's attention with those of new positions."""

    def __init__(self, batch, n_kv_head, length, head_dim, device, dtype):
        self.k, self.v = torch.zeros(2, batch, n_kv_head, length, head_dim, device=device, dtype=dtype)

    def at(self, rows, positions, length):
        """Where the next call writes: row numbers (B, 1) and positions (B, T); and how many positions it returns."""
        self.rows, self.positions, self.length = rows, positions, length

    def __call__(self, k, v):
        self.k[self.rows, :, self.positions] = k.transpose(1, 2).to(self.k.dtype)  # (B, T, H_kv, D)
        self.v[self.rows, :, self.positions] = v.transpose(1, 2).to(self.v.dtype)
        return self.k[:k.size(0), :, :self.length], self.v[:k.size(0), :, :self.length]


def sample(logits, uniform, temperature, top_k, top_p):
    """One id per row. logits (B, V), uniform (B) in [0, 1), the others (B): temperature 0 is greedy, top_k 0 and top_p 1 off.

    The draw inverts the distribution function at `uniform`, so a row's token depends on its own numbers alone.
    """
    greedy = logits.argmax(-1)
    if not (temperature > 0).any():
        return greedy
    ordered, ids = (logits / temperature.clamp(min=1e-5)[:, None]).sort(-1, descending=True)  # (B, V)
    place = torch.arange(logits.size(1), device=logits.device)
    ordered = ordered.masked_fill((place >= top_k[:, None]) & (top_k[:, None] > 0), float("-inf"))
    probs = ordered.softmax(-1)
    before = probs.cumsum(-1) - probs  # mass of the more likely ones: the first is always kept
    probs = probs.masked_fill((before >= top_p[:, None]) & (place > 0), 0.0)
    cdf = probs.cumsum(-1)
    pick = (cdf <= (uniform[:, None] * cdf[:, -1:])).sum(-1, keepdim=True).clamp(max=logits.size(1) - 1)
    return torch.where(temperature > 0, ids.gather(1, pick)[:, 0], greedy)


class Engine:
    """A model and its tokenizer, ready to answer. tokenizer is a tokenizer.Tokenizer; ids past its end are never sampled."""

    def __init__(self, model, tokenizer, stop_ids, device="cpu", dtype=torch.float32):
        self.model, self.tokenizer, self.stop_ids = model.to(device=device, dtype=dtype).eval(), tokenizer, set(stop_ids)
        self.config, self.device, self.dtype = model.config, device, dtype
        # RoPE tables stay in fp32: in 16 bits far positions would blur
        self.cos, self.sin = model.cos.float(), model.sin.float()
        allowed = [bool(b) or i in self.stop_ids for i, b in enumerate(tokenizer.id_bytes)]
        allowed += [False] * (model.config.vocab_size - len(allowed))
        self.banned = ~torch.tensor(allowed, device=device)  # (V)
        self.caches, self.size = None, (0, 0)

    @classmethod
    def from_run(cls, out_dir, device="cpu", dtype=torch.float32, warn=print):
        """From the newest good checkpoint of a run directory. FileNotFoundError where there is none."""
        from tokenizer import BOS, END, Tokenizer
        model, meta = load_model(out_dir, device, warn)
        tokenizer = Tokenizer(os.path.join(out_dir, "tokenizer.model"))
        if tokenizer.sha256 != meta["tokenizer_sha256"]:
            raise ValueError(f"{out_dir}/tokenizer.model is not the tokenizer that this model was trained with")
        engine = cls(model, tokenizer, [BOS, END], device, dtype)
        engine.out_dir = out_dir
        return engine

    def reserve(self, batch, length):
        """Allocate the cache for `batch` rows of `length` positions, once: a smaller demand reuses it."""
        if batch > self.size[0] or length > self.size[1]:
            c = self.config
            self.size = max(batch, self.size[0]), max(length, self.size[1])
            self.caches = [Cache(self.size[0], c.n_kv_head, self.size[1], c.n_embd // c.n_head, self.device, self.dtype)
                           for _ in range(c.n_layer)]

    @torch.inference_mode()
    def forward(self, idx, positions, length, last):
        """Logits (B, V) at column last (B) of idx (B, T), whose tokens stand at positions (B, T) of their rows."""
        rows = torch.arange(idx.size(0), device=self.device)[:, None]
        for cache in self.caches:
            cache.at(rows, positions, length)
        mask = (torch.arange(length, device=self.device) <= positions[:, :, None])[:, None]  # (B, 1, T, length)
        x = self.model.trunk(idx, self.cos[positions][:, None], self.sin[positions][:, None], mask, self.caches)
        logits = self.model.logits(x[rows[:, 0], last])
        return logits.masked_fill(self.banned, float("-inf"))

    def check(self, prompts, max_new_tokens):
        for p in prompts:
            if not p:
                raise ValueError("an empty prompt: begin with <|bos|>")
            if len(p) >= self.config.block_size:
                raise ValueError(f"the prompt has {len(p)} tokens, the context {self.config.block_size}: shorten it by {len(p) - self.config.block_size + 1}")
            if not all(0 <= i < self.config.vocab_size for i in p):
                raise ValueError(f"token {max(p)} is not in the vocabulary of {self.config.vocab_size}")
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens is {max_new_tokens}: at least 1")

    def stream(self, prompts, max_new_tokens=128, temperature=0.0, top_k=0, top_p=1.0, seeds=None, stop=()):
        """Yield (row, piece of text, Reply) whenever a reply has grown by text that may be shown, or has ended.

        prompts: lists of ids of any length below the context. temperature, top_k, top_p: numbers, or one per prompt.
        seeds: one per prompt, a row's tokens do not depend on what else is in the batch. stop: strings that end a reply;
        text is held back while it could still become one.
        """
        self.check(prompts, max_new_tokens)
        B, longest = len(prompts), max(map(len, prompts))
        total = min(longest + max_new_tokens, self.config.block_size)
        self.reserve(B, total)
        def column(value, dtype):
            return torch.tensor([value] * B if not isinstance(value, (list, tuple)) else value, dtype=dtype, device=self.device)
        temperature, top_k, top_p = column(temperature, torch.float), column(top_k, torch.long), column(top_p, torch.float)
        uniform = torch.stack([torch.rand(max_new_tokens, generator=torch.Generator().manual_seed(s))
                               for s in (seeds or range(B))]).to(self.device)  # (B, max_new_tokens)
        lengths = torch.tensor([len(p) for p in prompts], device=self.device)
        idx = torch.zeros(B, longest, dtype=torch.long, device=self.device)
        for i, p in enumerate(prompts):
            idx[i, :len(p)] = torch.tensor(p)
        positions = torch.arange(longest, device=self.device).expand(B, -1)
        logits = self.forward(idx, positions, longest, lengths - 1)
        replies, stop = [Reply() for _ in prompts], [s for s in stop if s]
        for n in range(max_new_tokens):
            ids = sample(logits, uniform[:, n], temperature, top_k, top_p)
            for i, (id, reply) in enumerate(zip(ids.tolist(), replies)):
                if not reply.finish_reason:
                    full = n + 1 == max_new_tokens or len(prompts[i]) + n + 1 >= self.config.block_size
                    piece = self.extend(reply, id, full, stop)
                    if piece or reply.finish_reason:
                        yield i, piece, reply
            if all(r.finish_reason for r in replies):
                return
            positions = (lengths + n).clamp(max=total - 1)[:, None]  # finished rows idle in place
            logits = self.forward(ids[:, None], positions, min(longest + n + 1, total), torch.zeros_like(lengths))

    def extend(self, reply, id, full, stop):
        """Add a token to a reply; the piece of text that may now be shown."""
        if id in self.stop_ids:
            reply.finish_reason = "stop"
        else:
            reply.ids.append(id)
            reply.text = self.tokenizer.decode(reply.ids)
            found = [at for at in (reply.text.find(s) for s in stop) if at >= 0]
            if found:
                reply.text, reply.finish_reason = reply.text[:min(found)], "stop"
            elif full:
                reply.finish_reason = "length"
        ready = len(reply.text)
        if not reply.finish_reason:  # hold back what may turn into a stop string, and half a character
            whole = reply.text.rstrip("\ufffd")
            ready = len(whole) - max((n for s in stop for n in range(1, len(s)) if whole.endswith(s[:n])), default=0)
        piece, reply.sent = reply.text[reply.sent:ready], max(ready, reply.sent)
        return piece

    def generate(self, prompts, batch_size=64, seeds=None, **options):
        """stream() to its end, in batches of prompts of like length; the list of Reply in the order of the prompts."""
        replies = [None] * len(prompts)
        order = sorted(range(len(prompts)), key=lambda i: -len(prompts[i]))
        for a in range(0, len(order), batch_size):
            part = order[a:a + batch_size]
            own = {k: [v[i] for i in part] if isinstance(v, list) and k != "stop" else v for k, v in options.items()}
            for row, _, reply in self.stream([prompts[i] for i in part], seeds=[seeds[i] if seeds else i for i in part], **own):
                replies[part[row]] = reply
        return replies

    @torch.inference_mode()
    def log_likelihood(self, prompts, answers):
        """Summed log-probability of each answer's ids after its prompt's. Both lists of id lists; one pass per batch."""
        rows = [p + a for p, a in zip(prompts, answers)]
        self.check([r[:-1] or r for r in rows], 1)
        T = max(map(len, rows))
        idx = torch.zeros(len(rows), T, dtype=torch.long, device=self.device)
        for i, r in enumerate(rows):
            idx[i, :len(r)] = torch.tensor(r)
        logp = self.model(idx[:, :-1]).log_softmax(-1)  # (B, T - 1, V)
        logp = logp.gather(2, idx[:, 1:, None])[:, :, 0]
        return [logp[i, len(p) - 1:len(r) - 1].sum().item() for i, (p, r) in enumerate(zip(prompts, rows))]
