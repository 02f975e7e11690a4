"""
The network and its loss: a Llama-style decoder-only transformer in one file.

RMSNorm before each block (https://arxiv.org/abs/1910.07467), rotary positions (https://arxiv.org/abs/2104.09864) in
the half-rotated layout, SwiGLU (https://arxiv.org/abs/2002.05202), grouped-query attention where n_kv_head < n_head
(https://arxiv.org/abs/2305.13245), no biases. Without QK-norm the weights are those of Hugging Face's
LlamaForCausalLM, with it of Qwen3ForCausalLM, up to names.

Shapes: B rows, T positions, C = n_embd, H heads, D = C / H, V = vocab_size.
"""
import hashlib
import json
import mmap
import os
import re
import resource
import shutil
import sys
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class GPTConfig:
    vocab_size: int = 32000
    block_size: int = 2048
    n_layer: int = 12
    n_head: int = 12
    n_kv_head: int = 0  # 0: as many as n_head
    n_embd: int = 768
    qk_norm: bool = True
    tie_embeddings: bool = False

    def __post_init__(self):
        self.n_kv_head = self.n_kv_head or self.n_head
        assert self.n_embd % self.n_head == 0, f"n_embd {self.n_embd} must be a multiple of n_head {self.n_head}"
        assert self.n_embd // self.n_head % 2 == 0, f"heads of {self.n_embd // self.n_head} dimensions: RoPE needs an even number"
        assert self.n_head % self.n_kv_head == 0, f"n_head {self.n_head} must be a multiple of n_kv_head {self.n_kv_head}"

    @property
    def n_ff(self):
        """Width of the feed-forward: 8/3 C, so that three matrices cost what GPT-2's two of 4 C did, in steps of 64."""
        return 64 * round(8 * self.n_embd / 3 / 64)

# -----------------------------------------------------------------------------
# the network

ROPE_THETA = 10000.0
NORM_EPS = 1e-5


def rope_table(block_size, head_dim, device=None):
    """cos and sin of every position's angles, each (block_size, D)."""
    freq = ROPE_THETA ** (-torch.arange(0, head_dim, 2, device=device).float() / head_dim)  # (D/2)
    angle = torch.outer(torch.arange(block_size, device=device).float(), freq).repeat(1, 2)  # (T, D)
    return angle.cos(), angle.sin()


class RMSNorm(nn.RMSNorm):
    """Computed in fp32 whatever the autocast dtype, and returned in that of x."""

    def forward(self, x):
        return F.rms_norm(x.float(), self.normalized_shape, self.weight.float(), self.eps).to(x.dtype)


def rotate(x, cos, sin):
    """Rotate pairs (i, i + D/2) of x (B, H, T, D) by the angles of their positions, cos and sin (T, D) or (B, 1, T, D)."""
    x1, x2 = x.chunk(2, dim=-1)
    return (x * cos + torch.cat((-x2, x1), dim=-1) * sin).to(x.dtype)


def attention(q, k, v, mask=None):
    """softmax(q k' / sqrt(D)) v, causal where no mask is given. q (B, H, T, D), k and v (B, H_kv, S, D).

    On a CPU torch's flash kernel is several times slower than three plain operations when rows are short (docs/LOG.md),
    so the path is chosen by length.
    """
    T, S = q.size(2), k.size(2)
    if q.device.type == "cpu" and T <= 256 and (T > 1 or mask is not None):
        rep = q.size(1) // k.size(1)
        if rep > 1:
            k, v = k.repeat_interleave(rep, 1), v.repeat_interleave(rep, 1)
        if mask is None:
            mask = torch.ones(T, S, dtype=torch.bool, device=q.device).tril(S - T)
        att = (q @ k.transpose(-2, -1)).float() * q.size(-1) ** -0.5  # (B, H, T, S)
        return att.masked_fill(~mask, float("-inf")).softmax(-1).to(v.dtype) @ v
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None and T > 1, enable_gqa=q.size(1) != k.size(1))


class Attention(nn.Module):

    def __init__(self, config):
        super().__init__()
        self.head_dim = config.n_embd // config.n_head
        self.wq = nn.Linear(config.n_embd, config.n_embd, bias=False)
        self.wk = nn.Linear(config.n_embd, config.n_kv_head * self.head_dim, bias=False)
        self.wv = nn.Linear(config.n_embd, config.n_kv_head * self.head_dim, bias=False)
        self.wo = nn.Linear(config.n_embd, config.n_embd, bias=False)
        # a norm per head keeps the logits of attention bounded (https://arxiv.org/abs/2302.05442)
        self.q_norm, self.k_norm = (RMSNorm(self.head_dim, eps=NORM_EPS) if config.qk_norm else nn.Identity() for _ in range(2))

    def forward(self, x, cos, sin, mask=None):
        B, T, C = x.shape
        q, k, v = [w(x).view(B, T, -1, self.head_dim).transpose(1, 2) for w in (self.wq, self.wk, self.wv)]  # (B, H or H_kv, T, D)
        q, k = rotate(self.q_norm(q), cos, sin), rotate(self.k_norm(k), cos, sin)
        y = attention(q, k, v, mask).transpose(1, 2).reshape(B, T, -1)
        return self.wo(y)


class MLP(nn.Module):

    def __init__(self, config):
        super().__init__()
        self.w_gate = nn.Linear(config.n_embd, config.n_ff, bias=False)
        self.w_up = nn.Linear(config.n_embd, config.n_ff, bias=False)
        self.w_down = nn.Linear(config.n_ff, config.n_embd, bias=False)

    def forward(self, x):
        return self.w_down(F.silu(self.w_gate(x)) * self.w_up(x))


class Block(nn.Module):

    def __init__(self, config):
        super().__init__()
        self.attn_norm = RMSNorm(config.n_embd, eps=NORM_EPS)
        self.attn = Attention(config)
        self.mlp_norm = RMSNorm(config.n_embd, eps=NORM_EPS)
        self.mlp = MLP(config)

    def forward(self, x, cos, sin, mask=None, pick=None):
        """x (B, T, C) -> the same; with pick (N), numbers of positions among the B x T, only those as (N, C)."""
        x = x + self.attn(self.attn_norm(x), cos, sin, mask)
        if pick is not None:
            x = x.flatten(0, 1).index_select(0, pick)
        return x + self.mlp(self.mlp_norm(x))

# -----------------------------------------------------------------------------
# the loss

def chunk_loss(x, weight, targets):
    """Summed cross-entropy of one chunk and its gradients. x (N, C), weight (V, C), targets (N), -1 = not counted."""
    logits = (x @ weight.T).float()  # (N, V)
    lse = logits.logsumexp(-1, keepdim=True)
    counted = (targets >= 0)[:, None]
    right = torch.arange(weight.size(0), device=x.device) == targets[:, None]
    loss = ((lse[:, 0] - logits.gather(1, targets.clamp(min=0)[:, None])[:, 0]) * counted[:, 0]).sum()
    grad = (((logits - lse).exp() - right.float()) * counted).to(x.dtype)  # softmax - one_hot
    return loss, grad @ weight, (grad.T @ x).float()


class LinearCrossEntropy(torch.autograd.Function):
    """cross_entropy(x @ weight.T, targets, reduction="sum") that never holds the logits of the whole batch.

    The gradients are made chunk by chunk in the forward pass, where the logits are at hand, so nothing is computed
    twice. x (N, C) and weight (V, C) come in the compute dtype, targets (N) with -1 = not counted.
    """
    ROWS = 1024
    chunk = staticmethod(chunk_loss)  # train.py puts the compiled one here

    @staticmethod
    def forward(ctx, x, weight, targets):
        ROWS = LinearCrossEntropy.ROWS
        loss, grad_w = x.new_zeros((), dtype=torch.float32), torch.zeros_like(weight, dtype=torch.float32)
        grad_x = torch.empty_like(x)
        for a in range(0, x.size(0), ROWS):
            part, grad_x[a:a + ROWS], gw = LinearCrossEntropy.chunk(x[a:a + ROWS], weight, targets[a:a + ROWS])
            loss, grad_w = loss + part, grad_w.add_(gw)
        ctx.save_for_backward(grad_x, grad_w)
        ctx.weight_dtype = weight.dtype
        return loss

    @staticmethod
    def backward(ctx, grad):
        grad_x, grad_w = ctx.saved_tensors
        return grad_x * grad.to(grad_x.dtype), grad_w.mul_(grad).to(ctx.weight_dtype), None

# -----------------------------------------------------------------------------
# the optimizer of the matrices

def orthogonalize(x, quintics=((8.0980, -22.5101, 15.7193), (3.8713, -2.7226, 0.4885), (3.2745, -2.3230, 0.4476), (2.3777, -1.7559, 0.4377))):
    """About the nearest semi-orthogonal matrix of each in x (n, rows, columns), by Newton-Schulz: each quintic is the minimax
    one for what those before leave of singular values in [0.004, 1], up to [0.85, 1.15] (Polar Express,
    https://arxiv.org/abs/2505.16932), all but the last with 3 % of room above, or rounding drives them off."""
    wide = x.size(1) <= x.size(2)
    x = x if wide else x.mT
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for a, b, c in quintics:
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """Nesterov momentum whose update is orthogonalised, for matrices. torch.optim.Muon does the same one matrix at a time
    and always in bf16, whose rounding drives equal runs apart; here those of one shape go together, in `dtype`, and over
    the processes of `mesh` each is made by one of them."""

    def __init__(self, params, lr, weight_decay=0.0, momentum=0.95, dtype=torch.bfloat16, mesh=None):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, momentum=momentum))
        self.dtype, self.mesh = dtype, mesh

    def spread(self, update, like):
        """orthogonalize(update), where update (n, rows, columns) holds a share of the rows if weights are sharded like that."""
        if self.mesh is None:
            return orthogonalize(update)
        from torch.distributed.tensor import DTensor, Replicate, Shard
        here, whole = Shard(1) if hasattr(like, "to_local") else Replicate(), Shard(0)
        size = dict(shape=(len(update), *like.shape), stride=(like.numel(), like.size(1), 1))
        move = lambda t, a, b: DTensor.from_local(t, self.mesh, [a], **size).redistribute(placements=[b]).to_local()
        return move(orthogonalize(move(update, here, whole)).contiguous(), whole, here)

    @torch.no_grad()
    def step(self, closure=None):
        local = lambda t: t.to_local() if hasattr(t, "to_local") else t  # what this process holds of a sharded tensor
        for group in self.param_groups:
            shapes = {}
            for p in (p for p in group["params"] if p.grad is not None):
                shapes.setdefault(p.shape, []).append(p)
            for (rows, columns), ps in shapes.items():
                for p in ps:
                    self.state[p] = self.state[p] or {"momentum_buffer": torch.zeros_like(p)}
                grads, momenta = [local(p.grad) for p in ps], [local(self.state[p]["momentum_buffer"]) for p in ps]
                torch._foreach_lerp_(momenta, grads, 1 - group["momentum"])
                update = torch.stack(torch._foreach_lerp(grads, momenta, group["momentum"])).to(self.dtype)
                update, weights = self.spread(update, ps[0]).to(ps[0].dtype), [local(p) for p in ps]
                torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(weights, list(update), alpha=-group["lr"] * max(1, rows / columns) ** 0.5)

# -----------------------------------------------------------------------------
# the language model

class GPT(nn.Module):

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.n_embd)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.norm = RMSNorm(config.n_embd, eps=NORM_EPS)
        self.head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        if config.tie_embeddings:
            self.head.weight = self.embed.weight
        for name, table in zip(("cos", "sin"), rope_table(config.block_size, config.n_embd // config.n_head)):
            self.register_buffer(name, table, persistent=False)
        self.init_weights()

    @torch.no_grad()
    def init_weights(self):
        """Variance 1/fan_in; what writes into the residual stream, and an untied head, start at zero.
        The first head of each block starts out looking one position back, which it else has to find (docs/LOG.md): tokens
        share one direction, and of that its queries and keys are made, four fast angles of one position apart.
        """
        nn.init.zeros_(self.head.weight)
        nn.init.normal_(self.embed.weight, std=0.02 if self.config.tie_embeddings else 1.0)
        self.embed.weight[:, 0] = 8 * self.embed.weight.std()
        for name, p in self.blocks.named_parameters():
            if p.dim() == 2:
                nn.init.zeros_(p) if "wo" in name or "w_down" in name else nn.init.normal_(p, std=p.size(1) ** -0.5)
        turn = 0.5 * torch.stack((self.cos, self.sin)).chunk(2, -1)[0]  # (2, positions, D / 2)
        for attn in (block.attn for block in self.blocks):
            for position, w in enumerate((attn.wq, attn.wk)):
                w.weight[:attn.head_dim].mul_(0.1).unflatten(0, (2, -1))[:, :4, 0] = turn[:, position, :4]

    def forward(self, idx, targets=None, doc=None, each=False):
        """idx (B, T) token ids -> logits (B, T, V); with targets (B, T), -1 = not counted, the summed loss instead, or with
        each=True the loss of each target (B, T), 0 where not counted.
        doc (B, T): attention stays within positions of the same number; None: plain causal attention.
        """
        B, T = idx.shape
        assert T <= self.config.block_size, f"{T} tokens do not fit in the context of {self.config.block_size}"
        mask = None
        if doc is not None:
            causal = torch.ones(T, T, dtype=torch.bool, device=idx.device).tril()
            mask = ((doc[:, :, None] == doc[:, None, :]) & causal)[:, None]  # (B, 1, T, T)
        if targets is None:
            return self.logits(self.trunk(idx, self.cos[:T], self.sin[:T], mask))
        targets, pick = targets.flatten(), None
        if doc is not None:  # few positions count: the last MLP and the head see no others
            pick = torch.nonzero(targets >= 0)[:, 0]
            if "torch._dynamo" in sys.modules:  # compiled: one graph for any number of them
                torch._dynamo.maybe_mark_dynamic(pick, 0)
            targets = targets[pick]
        x = self.trunk(idx, self.cos[:T], self.sin[:T], mask, pick=pick)
        if each:  # plain autograd: the gradients of LinearCrossEntropy are those of a sum
            loss = F.cross_entropy(self.logits(x).flatten(0, -2), targets, ignore_index=-1, reduction="none")
            return (loss if pick is None else loss.new_zeros(B * T).index_copy(0, pick, loss)).view(B, T)
        return self.loss(x, targets)

    def trunk(self, idx, cos, sin, mask=None, pick=None):
        """The hidden states (B, T, C) before the head. pick: see Block."""
        x = self.embed(idx)
        for i, block in enumerate(self.blocks):
            x = block(x, cos, sin, mask, pick if i == len(self.blocks) - 1 else None)
        return self.norm(x)

    def logits(self, x):
        return self.head(x).float()

    def loss(self, x, targets):
        """Cross-entropy of x (..., C) summed over the targets (N) that count."""
        dtype = torch.get_autocast_dtype(x.device.type) if torch.is_autocast_enabled(x.device.type) else x.dtype
        return LinearCrossEntropy.apply(x.flatten(0, -2).to(dtype), self.head.weight.to(dtype), targets)

    # -------------------------------------------------------------------------
    # optimizers

    def optimizers(self, optimizer, learning_rate, weight_decay, dtype=torch.bfloat16, mesh=None):
        """[torch optimizers]: "adamw" for everything, or "muon" for the matrices of the blocks and AdamW for the rest.

        Muon's learning rate is of another kind (0.02 rather than 3e-4); the embedding and head go with fixed shares of
        it. Norms are never decayed. dtype: that of Muon's matmuls; mesh: the processes that share them.
        """
        matrices = [p for p in self.blocks.parameters() if p.dim() == 2]
        gains = [p for p in self.parameters() if p.dim() == 1]
        ends = [self.embed.weight] + ([] if self.config.tie_embeddings else [self.head.weight])
        made, groups = [], [dict(params=matrices + ends, weight_decay=weight_decay), dict(params=gains)]
        if optimizer == "muon":
            made = [Muon(matrices, lr=learning_rate, weight_decay=weight_decay, dtype=dtype, mesh=mesh)]
            shares = zip(ends, [0.5] if self.config.tie_embeddings else [15.0, 0.4])
            groups = [dict(params=[p], lr=learning_rate * s) for p, s in shares] + [dict(params=gains, lr=learning_rate * 0.5)]
        betas, fused = (0.8 if optimizer == "muon" else 0.9, 0.95), self.embed.weight.device.type in ("cuda", "cpu")
        made.append(torch.optim.AdamW(groups, lr=learning_rate, betas=betas, eps=1e-10, weight_decay=0.0, fused=fused))
        for group in (g for o in made for g in o.param_groups):
            group["initial_lr"] = group["lr"]  # what the schedule multiplies
        return made

    # -------------------------------------------------------------------------
    # sizes

    def num_params(self):
        return sum(p.numel() for p in self.parameters())

    def flops_per_token(self):
        """Of training: 6 per parameter of a matmul, 12 n_layer C T for attention (PaLM, appendix B, 2204.02311)."""
        c = self.config
        matmul = sum(p.numel() for p in self.blocks.parameters() if p.dim() == 2) + c.vocab_size * c.n_embd
        return 6 * matmul + 12 * c.n_layer * c.n_embd * c.block_size


# dense bf16 (fp16 where the chip has no bf16) tensor peaks, FLOP/s, from the makers' data sheets; first match counts
PEAK_FLOPS = {"GB200": 2500e12, "B200": 2250e12, "H200": 989e12, "H100 PCIe": 756e12, "H100 NVL": 835e12, "H100": 989e12, "GH200": 989e12,
              "H800": 989e12, "A100": 312e12, "A800": 312e12, "A10G": 70e12, "A10": 125e12, "L40S": 362e12, "L4": 121e12, "A6000": 155e12,
              "V100": 125e12, "T4": 65e12, "RTX 5090": 210e12, "RTX 4090": 165e12, "RTX 3090": 71e12, "MI300X": 1307e12, "MI250X": 383e12}


def mfu(flops_per_token, tokens_per_s, device_name):
    """Model FLOPs utilisation, a share of one device's peak, or None where the peak of the device is not known."""
    peak = next((p for name, p in PEAK_FLOPS.items() if re.search(rf"\b{name}\b", device_name)), None)
    return None if peak is None else flops_per_token * tokens_per_s / peak


def peak_memory():
    """The most bytes held so far: on the GPU where there is one, else the resident size of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

# -----------------------------------------------------------------------------
# checkpoints: ckpt/step_XXXXXXXX/ holds model.safetensors, meta.json and the training state

def file_sha256(path):
    with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return hashlib.sha256(content).hexdigest()


def meta_sha256(meta):
    return hashlib.sha256(json.dumps({**meta, "sha256": ""}, sort_keys=True).encode()).hexdigest()


def checkpoint_dirs(out_dir):
    """The checkpoint folders of a run, newest first."""
    root = os.path.join(out_dir, "ckpt")
    return sorted((os.path.join(root, n) for n in os.listdir(root) if n.startswith("step_")), reverse=True) if os.path.isdir(root) else []


def read_checkpoint(out_dir, warn=print):
    """(folder, meta) of the newest checkpoint whose files are whole, or (None, None); a broken one costs a line."""
    paths, latest = checkpoint_dirs(out_dir), os.path.join(out_dir, "ckpt", "latest")
    if os.path.exists(latest):
        with open(latest, encoding="utf-8", errors="replace") as f:
            paths = sorted({*paths, os.path.join(out_dir, "ckpt", f.read().strip())}, reverse=True)  # one that is gone is said too
    for path in paths:
        try:
            with open(os.path.join(path, "meta.json"), encoding="utf-8") as f:
                meta = json.load(f)
            broken = [n for n, sha in meta["files"].items() if file_sha256(os.path.join(path, n)) != sha]
            if meta["sha256"] != meta_sha256(meta) or broken:
                raise ValueError(f"{', '.join(broken) or 'meta.json'} does not match its checksum")
            return path, meta
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
            warn(f"checkpoint {path} is unreadable ({e}): falling back to the one before")
    return None, None


def fsync(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_checkpoint(out_dir, weights, state, meta, keep):
    """Save under a temporary name, fsync, rename, point `latest` to it, drop all but the newest `keep`.

    Cut off anywhere, or out of disk (an exception), it leaves every earlier checkpoint whole.
    """
    from safetensors.torch import save_file
    root, name = os.path.join(out_dir, "ckpt"), f"step_{meta['step']:08d}"
    tmp = os.path.join(root, ".tmp")
    shutil.rmtree(tmp, ignore_errors=True)
    os.makedirs(tmp)
    try:
        save_file(weights, os.path.join(tmp, "model.safetensors"))
        torch.save(state, os.path.join(tmp, "training_state.pt"))
        meta = {**meta, "files": {n: file_sha256(os.path.join(tmp, n)) for n in sorted(os.listdir(tmp))}}
        with open(os.path.join(tmp, "meta.json"), "w", encoding="utf-8") as f:
            json.dump({**meta, "sha256": meta_sha256(meta)}, f, indent=1)
        for n in os.listdir(tmp):
            fsync(os.path.join(tmp, n))
        fsync(tmp)
        shutil.rmtree(os.path.join(root, name), ignore_errors=True)  # an unreadable one: a good one would have been resumed
        os.rename(tmp, os.path.join(root, name))
        with open(os.path.join(root, "latest.tmp"), "w") as f:
            f.write(name)
        os.replace(os.path.join(root, "latest.tmp"), os.path.join(root, "latest"))
        fsync(root)
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    earlier = [d for d in checkpoint_dirs(out_dir) if os.path.basename(d) <= name]
    for d in set(checkpoint_dirs(out_dir)) - set(earlier[:max(1, keep)]):  # too old, or later and unreadable
        shutil.rmtree(d, ignore_errors=True)


def load_weights(model, path):
    """Read model.safetensors of a checkpoint folder into model; ValueError names the first tensor that does not fit."""
    from safetensors.torch import load_file
    state, own = load_file(os.path.join(path, "model.safetensors")), model.state_dict()
    if model.config.tie_embeddings:
        del own["head.weight"]  # the same tensor as embed.weight, stored once
    for name in sorted(state.keys() | own.keys()):
        a, b = (tuple(d[name].shape) if name in d else "absent" for d in (state, own))
        if a != b:
            raise ValueError(f"checkpoint {path} has another shape: {name} is {a} there, {b} in this model")
    model.load_state_dict(state, strict=False)


def load_model(out_dir, device="cpu", warn=print):
    """(GPT in eval mode, meta) from the newest good checkpoint of a run directory; FileNotFoundError where none is."""
    path, meta = read_checkpoint(out_dir, warn)
    if path is None:
        raise FileNotFoundError(f"{out_dir} holds no checkpoint: train one, e.g. python train.py config/demo.py --out_dir={out_dir}")
    model = GPT(GPTConfig(**meta["model"]))
    load_weights(model, path)
    return model.to(device).eval(), meta
