"""model.py: the network computes what its papers say, its loss equals the plain one, sizes and FLOPs are those of the contract."""
import functools
import math
from dataclasses import fields

import pytest
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.distributed.tensor import Shard, distribute_tensor, init_device_mesh
from torch.utils._python_dispatch import TorchDispatchMode

import model as model_py
from configurator import read_config_file
from model import GPT, GPTConfig, LinearCrossEntropy, attention, mfu, rope_table, rotate

TINY = dict(vocab_size=97, block_size=32, n_layer=2, n_head=4, n_embd=32)


def make(seed=0, **shape):
    """A small model in fp32 with nothing at zero, where a fresh one gives logits of 0 for everything."""
    torch.manual_seed(seed)
    model = GPT(GPTConfig(**{**TINY, **shape})).eval()
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(0, 0.3 if p.dim() == 2 else 0.1).add_(p.dim() == 1)  # gains around 1
    return model


def tokens(*size, seed=0, vocab=97):
    return torch.randint(vocab, size, generator=torch.Generator().manual_seed(seed))

# -----------------------------------------------------------------------------
# sizes

@pytest.mark.parametrize("name, n_layer, n_head, n_embd, block_size, million",
                         [("small", 12, 12, 768, 2048, 125), ("medium", 24, 16, 1024, 2048, 350), ("large", 24, 16, 1536, 4096, 760)])
def test_sizes_of_the_contract(root, name, n_layer, n_head, n_embd, block_size, million):
    shape = dict(vocab_size=32000, n_layer=n_layer, n_head=n_head, n_embd=n_embd, block_size=block_size)
    path = root / "config" / f"{name}.py"
    if path.exists():
        config = read_config_file(str(path))
        assert {k: config[k] for k in shape if k in config and k != "vocab_size"} == {k: v for k, v in shape.items() if k != "vocab_size"}
        shape.update({f.name: config[f.name] for f in fields(GPTConfig) if config.get(f.name)})
        assert shape["vocab_size"] == 32000
    with torch.device("meta"):
        n = GPT(GPTConfig(**shape)).num_params()
    assert abs(n / 1e6 / million - 1) < 0.08, f"{n:,}"


@pytest.mark.parametrize("shape", [{}, dict(n_kv_head=2), dict(tie_embeddings=True), dict(qk_norm=False)])
def test_flops_are_palms(shape):
    model = make(**shape)
    c, D = model.config, 8
    matmul = c.n_layer * (2 * 32 * 32 + 2 * 32 * c.n_kv_head * D + 3 * 32 * c.n_ff) + 97 * 32  # the head counts once, tied or not; the embedding does not
    assert model.flops_per_token() == 6 * matmul + 12 * c.n_layer * 32 * 32


def test_width_of_the_feed_forward():
    assert [GPTConfig(n_embd=C, n_head=8).n_ff for C in (256, 768, 1024, 1536)] == [704, 2048, 2752, 4096]


def test_shapes_that_cannot_be():
    for shape, message in ((dict(n_embd=30, n_head=4), "n_embd 30.*n_head 4"), (dict(n_embd=12, n_head=4), "even"), (dict(n_head=4, n_kv_head=3), "n_kv_head 3")):
        with pytest.raises(AssertionError, match=message):
            GPTConfig(**{**TINY, **shape})


def test_too_long_a_row_is_refused_with_the_numbers():
    with pytest.raises(AssertionError, match="33 tokens.*32"):
        make()(tokens(1, 33))


@pytest.mark.parametrize("device, peak", [("NVIDIA H100 80GB HBM3", 989e12), ("NVIDIA H100 PCIe", 756e12), ("NVIDIA H200", 989e12), ("NVIDIA A100-SXM4-80GB", 312e12),
                                          ("NVIDIA A10G", 70e12), ("NVIDIA A10", 125e12), ("NVIDIA L4", 121e12), ("NVIDIA L40S", 362e12), ("Tesla T4", 65e12),
                                          ("NVIDIA GB200", 2500e12), ("NVIDIA B200", 2250e12), ("NVIDIA GeForce RTX 4090", 165e12)])
def test_mfu_of_known_devices(device, peak):
    assert mfu(1e9, 1000, device) == pytest.approx(1e12 / peak)


@pytest.mark.parametrize("device", ["x86_64", "cpu", "arm", "", "NVIDIA GeForce GTX 1080", "Apple M3"])
def test_mfu_is_none_where_the_peak_is_unknown(device):
    assert mfu(1e9, 1000, device) is None


@pytest.mark.parametrize("device", ["NVIDIA L40", "NVIDIA RTX A1000", "NVIDIA T400"])
def test_mfu_does_not_take_one_device_for_another(device):
    assert mfu(1e9, 1000, device) is None

# -----------------------------------------------------------------------------
# positions

def test_rope_is_relative():
    """q k' depends on the distance alone: the same pair further along gives the same logit."""
    cos, sin = rope_table(500, 16)
    q, k = torch.randn(2, 1, 1, 1, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).unbind(0)
    dot = {(i, j): (rotate(q, cos[i:i + 1].double(), sin[i:i + 1].double()) * rotate(k, cos[j:j + 1].double(), sin[j:j + 1].double())).sum().item()
           for i, j in ((7, 3), (104, 100), (404, 400), (0, 0), (300, 300), (8, 3))}
    assert dot[7, 3] == pytest.approx(dot[104, 100], abs=1e-3) and dot[7, 3] == pytest.approx(dot[404, 400], abs=1e-3)
    assert dot[0, 0] == pytest.approx((q * k).sum().item(), abs=1e-6) == pytest.approx(dot[300, 300], abs=1e-3)
    assert abs(dot[8, 3] - dot[7, 3]) > 1e-2


def test_rope_is_the_half_rotated_layout_of_transformers():
    """LlamaRotaryEmbedding and apply_rotary_pos_emb, written out."""
    B, H, T, D = 2, 3, 20, 16
    q = torch.randn(B, H, T, D, generator=torch.Generator().manual_seed(0))
    inv_freq = 1.0 / (10000.0 ** (torch.arange(0, D, 2, dtype=torch.int64).float() / D))
    freqs = torch.arange(T).float()[:, None] * inv_freq[None, :]
    emb = torch.cat((freqs, freqs), dim=-1)
    rotate_half = torch.cat((-q[..., D // 2:], q[..., :D // 2]), dim=-1)
    want = q * emb.cos() + rotate_half * emb.sin()
    assert torch.allclose(rotate(q, *rope_table(T, D)), want, atol=1e-5)


def test_the_middle_of_a_context_behaves_like_its_beginning():
    """A whole model with shifted positions gives the same logits, because all of them are relative."""
    model, idx = make(block_size=64), tokens(2, 10)
    plain = model(idx)
    shifted = model.logits(model.trunk(idx, model.cos[40:50], model.sin[40:50]))
    assert torch.allclose(plain, shifted, atol=2e-4)

# -----------------------------------------------------------------------------
# attention

@pytest.mark.parametrize("H_kv", [4, 2, 1])
@pytest.mark.parametrize("T, S, masked", [(17, 17, False), (17, 17, True), (5, 17, True), (1, 17, True), (1, 17, False), (300, 300, False), (300, 300, True)])
def test_attention_is_torchs(H_kv, T, S, masked):
    g = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, H, n, 8, generator=g) for H, n in ((4, T), (H_kv, S), (H_kv, S)))
    mask = (torch.rand(2, 1, T, S, generator=g) < 0.5) | torch.eye(T, S, dtype=torch.bool) if masked else None
    want = F.scaled_dot_product_attention(q, k.repeat_interleave(4 // H_kv, 1), v.repeat_interleave(4 // H_kv, 1), attn_mask=mask, is_causal=mask is None and T > 1)
    assert torch.allclose(attention(q, k, v, mask), want, atol=1e-5)


@pytest.mark.parametrize("shape", [{}, dict(n_kv_head=2), dict(qk_norm=False), dict(block_size=300)])
def test_no_token_sees_a_later_one(shape):
    model = make(**shape)
    T = model.config.block_size
    idx = tokens(2, T)
    changed = idx.clone()
    changed[:, T // 2] = (changed[:, T // 2] + 1) % 97
    a, b = model(idx), model(changed)
    assert torch.equal(a[:, :T // 2], b[:, :T // 2])
    assert all((a[:, t] - b[:, t]).abs().max() > 1e-4 for t in range(T // 2, T))


def test_packed_documents_do_not_see_each_other():
    """Logits of a document in a row are those it has alone, up to its place: RoPE is relative."""
    model = make()
    parts = [tokens(2, n, seed=n) for n in (7, 12, 5)]
    doc = torch.cat([torch.full((2, p.size(1)), n) for n, p in enumerate(parts)], dim=1)
    packed = model.logits(model.trunk(torch.cat(parts, 1), model.cos[:24], model.sin[:24], doc_mask(doc)))
    a = 0
    for p in parts:
        assert torch.allclose(packed[:, a:a + p.size(1)], model(p), atol=2e-4)
        a += p.size(1)
    assert torch.equal(model(torch.cat(parts, 1), doc=doc), packed)  # forward makes the same mask
    assert not torch.allclose(model(torch.cat(parts, 1))[:, 7:], packed[:, 7:], atol=1e-2)


def doc_mask(doc):
    T = doc.size(1)
    mask = torch.zeros(doc.size(0), 1, T, T, dtype=torch.bool)
    for b in range(doc.size(0)):
        for i in range(T):
            for j in range(i + 1):
                mask[b, 0, i, j] = doc[b, i] == doc[b, j]
    return mask

# -----------------------------------------------------------------------------
# the loss

def loss_and_gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return loss.item(), [p.grad.clone() for p in model.parameters()]


@pytest.mark.parametrize("rows", [7, 64, 1024])  # of 3 x 21 = 63 targets
@pytest.mark.parametrize("shape", [{}, dict(tie_embeddings=True), dict(n_kv_head=1)])
def test_loss_is_plain_cross_entropy(monkeypatch, rows, shape):
    monkeypatch.setattr(LinearCrossEntropy, "ROWS", rows)
    model, x, y = make(**shape), tokens(3, 21), tokens(3, 21, seed=1)
    y[0, :5] = y[2, 7:19] = -1
    doc = (torch.arange(21) >= 9).long().expand(3, -1)
    for d in (None, doc):  # with documents, uncounted targets are taken out before the head
        plain = F.cross_entropy(model(x, doc=d).flatten(0, 1), y.flatten(), ignore_index=-1, reduction="sum")
        want, want_grads = loss_and_gradients(model, plain)
        got, grads = loss_and_gradients(model, model(x, y, doc=d))
        assert got == pytest.approx(want, rel=1e-5)
        for a, b in zip(grads, want_grads):
            assert torch.allclose(a, b, rtol=1e-4, atol=1e-4 * b.abs().max().item())


def test_gradients_scale_with_the_loss(monkeypatch):
    """A loss divided by the number of targets, and one multiplied by a GradScaler, have gradients divided and multiplied."""
    model, x, y = make(), tokens(2, 16), tokens(2, 16, seed=1)
    _, whole = loss_and_gradients(model, model(x, y))
    _, part = loss_and_gradients(model, model(x, y) / 32)
    assert all(torch.allclose(a / 32, b, rtol=1e-5, atol=1e-7) for a, b in zip(whole, part))


def test_a_row_without_targets_costs_nothing_and_is_no_nan():
    model, x = make(), tokens(2, 16)
    for doc in (None, torch.zeros(2, 16, dtype=torch.long)):
        loss, grads = loss_and_gradients(model, model(x, torch.full((2, 16), -1), doc=doc))
        assert loss == 0.0 and all(g.abs().max() == 0 for g in grads)


def test_loss_under_autocast_is_near_that_of_fp32():
    model, x, y = make(), tokens(4, 32), tokens(4, 32, seed=1)
    want = model(x, y).item()
    with torch.autocast("cpu", torch.bfloat16):
        loss = model(x, y)
    loss.backward()
    assert loss.dtype == torch.float32 and loss.item() == pytest.approx(want, rel=0.02)
    assert all(p.grad.dtype == torch.float32 and p.grad.isfinite().all() for p in model.parameters())


class Largest(TorchDispatchMode):
    """The largest tensor that any operation returns."""
    numel = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for t in out if isinstance(out, (tuple, list)) else [out]:
            if isinstance(t, torch.Tensor):
                self.numel = max(self.numel, t.numel())
        return out


def test_the_loss_never_holds_the_logits_of_the_batch(monkeypatch):
    monkeypatch.setattr(LinearCrossEntropy, "ROWS", 128)
    V, T, C = 5000, 1024, 16
    model, idx = make(vocab_size=V, n_embd=C, n_head=1, n_layer=1, block_size=T), tokens(1, T, vocab=V)
    with Largest() as chunked:
        model(idx, idx).backward()
    with Largest() as plain:
        F.cross_entropy(model(idx)[0], idx[0], reduction="sum").backward()
    assert plain.numel >= T * V
    assert chunked.numel <= max(128 * V, T * T), f"a tensor of {chunked.numel / V:.0f} rows of logits"

# -----------------------------------------------------------------------------
# initialisation and optimizers

@pytest.mark.parametrize("tie", [False, True])
def test_a_fresh_model_is_indifferent(tie):
    """Untied: all logits 0, so the loss is exactly ln V. What writes into the residual stream starts at zero."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(**TINY, tie_embeddings=tie))
    loss = model(tokens(4, 32), tokens(4, 32, seed=1)).item() / 128
    assert loss == pytest.approx(math.log(97), abs=1e-5 if not tie else 0.1)
    assert all((p == 0).all() == ("wo" in n or "w_down" in n) for n, p in model.blocks.named_parameters() if p.dim() == 2)


def test_tied_embeddings_are_one_tensor():
    model = make(tie_embeddings=True)
    assert model.head.weight is model.embed.weight
    assert make().num_params() - model.num_params() == 97 * 32


@pytest.mark.parametrize("tie", [False, True])
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_optimizers_take_every_parameter_once_and_decay_no_gain(optimizer, tie):
    model = make(tie_embeddings=tie)
    made = model.optimizers(optimizer, 0.01, 0.1)
    groups = [g for o in made for g in o.param_groups]
    found = [id(p) for g in groups for p in g["params"]]
    assert sorted(found) == sorted(id(p) for p in model.parameters())
    for g in groups:
        assert g["initial_lr"] == g["lr"] > 0
        for p in g["params"]:
            assert p.dim() == 2 or g["weight_decay"] == 0
    matrices = {id(p) for p in model.blocks.parameters() if p.dim() == 2}
    assert all(g["weight_decay"] == 0.1 for g in groups if any(id(p) in matrices for p in g["params"]))
    if optimizer == "muon":
        muon, = (o for o in made if isinstance(o, model_py.Muon))
        assert {id(p) for g in muon.param_groups for p in g["params"]} == matrices


@pytest.mark.parametrize("optimizer, learning_rate", [("adamw", 0.01), ("muon", 0.02)])
def test_a_few_steps_lower_the_loss(optimizer, learning_rate):
    torch.manual_seed(0)
    model, x = GPT(GPTConfig(**TINY)), tokens(4, 33)
    made, losses = model.optimizers(optimizer, learning_rate, 0.0), []
    for _ in range(30):
        loss = model(x[:, :-1], x[:, 1:]) / 128
        losses.append(loss.item())
        for o in made:
            o.zero_grad()
        loss.backward()
        for o in made:
            o.step()
    assert losses[0] == pytest.approx(math.log(97), abs=1e-4) and losses[-1] < 0.6 * losses[0]

# -----------------------------------------------------------------------------
# the same network elsewhere

@pytest.mark.parametrize("name, qk_norm", [("Llama", False), ("Qwen3", True)])
def test_transformers_computes_the_same(name, qk_norm):
    transformers = pytest.importorskip("transformers")
    model = make(qk_norm=qk_norm, n_kv_head=2)
    c = model.config
    config = getattr(transformers, f"{name}Config")(
        vocab_size=97, hidden_size=32, intermediate_size=c.n_ff, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=8,
        rms_norm_eps=model_py.NORM_EPS, max_position_embeddings=32, tie_word_embeddings=False, attention_bias=False,
        rope_parameters=dict(rope_type="default", rope_theta=model_py.ROPE_THETA), rope_theta=model_py.ROPE_THETA)
    theirs = getattr(transformers, f"{name}ForCausalLM")(config).eval()
    names = {"embed.": "model.embed_tokens.", "blocks.": "model.layers.", "head.": "lm_head.", "attn_norm": "input_layernorm", "mlp_norm": "post_attention_layernorm",
             "attn.wq": "self_attn.q_proj", "attn.wk": "self_attn.k_proj", "attn.wv": "self_attn.v_proj", "attn.wo": "self_attn.o_proj",
             "attn.q_norm": "self_attn.q_norm", "attn.k_norm": "self_attn.k_norm", "w_gate": "gate_proj", "w_up": "up_proj", "w_down": "down_proj"}
    state = {}
    for key, value in model.state_dict().items():
        for ours, other in names.items():
            key = key.replace(ours, other)
        state["model.norm.weight" if key == "norm.weight" else key] = value
    theirs.load_state_dict(state)
    idx = tokens(2, 32)
    with torch.no_grad():
        assert torch.allclose(model(idx), theirs(idx).logits, atol=1e-4)


@pytest.mark.parametrize("rows, columns", [(64, 64), (48, 160), (160, 48)])
def test_what_is_orthogonalized_has_singular_values_near_one(rows, columns):
    u, _, v = torch.linalg.svd(torch.randn(2, rows, columns, generator=torch.Generator().manual_seed(rows)), full_matrices=False)
    spectrum = torch.logspace(0, -2, u.size(-1))
    found = torch.linalg.svdvals(model_py.orthogonalize(u * spectrum @ v))
    known = spectrum / spectrum.norm() >= 0.004
    assert known.sum() > 20 and found[:, known].min() > 0.84 and found[:, known].max() < 1.16


@pytest.mark.parametrize("rank", [1, 2, 5])
def test_rounding_does_not_drive_the_steps_off(rank):
    """A matrix of low rank has singular values at the edge, where quintics that are exact to it explode in bf16."""
    generator = torch.Generator().manual_seed(rank)
    for rows, columns in ((64, 64), (256, 704), (704, 256)):
        x = torch.randn(16, rows, rank, generator=generator) @ torch.randn(16, rank, columns, generator=generator)
        assert model_py.orthogonalize(x.bfloat16()).float().norm(dim=(1, 2)).max() < 1.3 * rank ** 0.5


def test_muon_is_that_of_torch(monkeypatch):
    """The same updates, of matrices of several shapes at once, as torch's makes one by one, given its Newton-Schulz steps."""
    monkeypatch.setattr(model_py, "orthogonalize", functools.partial(model_py.orthogonalize, quintics=5 * ((3.4445, -4.7750, 2.0315),)))
    torch.manual_seed(0)
    theirs = [torch.nn.Parameter(torch.randn(shape)) for shape in ((64, 32), (32, 64), (64, 32), (48, 48))]
    ours = [torch.nn.Parameter(p.detach().clone()) for p in theirs]
    a, b = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1), model_py.Muon(ours, lr=0.02, weight_decay=0.1)
    for _ in range(4):
        for p, q in zip(theirs, ours):
            p.grad = torch.randn_like(p)
            q.grad = p.grad.clone()
        a.step()
        b.step()
    for p, q in zip(theirs, ours):
        torch.testing.assert_close(p, q, atol=2e-3, rtol=0)  # bf16 sums in another order


@pytest.mark.parametrize("change", [{}, {"tie_embeddings": True, "n_embd": 192, "n_head": 3}, {"qk_norm": False}, {"n_kv_head": 2}])
def test_the_first_head_starts_out_looking_one_position_back(change):
    torch.manual_seed(0)
    model = GPT(GPTConfig(**{**dict(vocab_size=300, block_size=40, n_layer=2, n_embd=256, n_head=4), **change}))
    x, back = model.embed(tokens(2, 40, vocab=300)), []
    with torch.no_grad():
        for block in model.blocks:
            look = []
            for w, norm in ((block.attn.wq, block.attn.q_norm), (block.attn.wk, block.attn.k_norm)):
                head = w(block.attn_norm(x))[..., :block.attn.head_dim]
                look.append(model_py.rotate(norm(head), model.cos, model.sin))
            logits = look[0] @ look[1].mT * block.attn.head_dim ** -0.5
            weights = logits.masked_fill(~torch.ones(40, 40, dtype=torch.bool).tril(), float("-inf")).softmax(-1)
            back.append(weights.diagonal(-1, 1, 2).mean().item())
            x = block(x, model.cos, model.sin)
    assert min(back) > 0.5, f"only {back} of the attention of the first heads"


SHAPES = [(12, 8), (8, 12), (12, 8), (8, 8), (12, 8)]  # three of a shape for two processes, and shapes of which there is one


def muon_steps(rank, world, shard, store, results):
    """Three steps on matrices that are sharded, or the same on all processes; results[rank]: weights, matrices made here."""
    torch.set_num_threads(1)
    if world > 1:
        dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=world)
    mesh = init_device_mesh("cpu", (world,)) if world > 1 else None
    spread = lambda t: distribute_tensor(t, mesh, [Shard(0)]) if shard else t.clone()
    generator, plain, made = torch.Generator().manual_seed(0), model_py.orthogonalize, []
    params = [torch.nn.Parameter(spread(torch.randn(shape, generator=generator))) for shape in SHAPES]
    model_py.orthogonalize = lambda x: (made.append(len(x)), plain(x))[1]
    muon = model_py.Muon(params, lr=0.1, weight_decay=0.1, dtype=torch.float32, mesh=mesh)
    for _ in range(3):
        for p in params:
            p.grad = spread(torch.randn(p.shape, generator=generator))
        muon.step()
    model_py.orthogonalize = plain
    results[rank] = [p.detach().full_tensor() if shard else p.detach() for p in params], sum(made)
    if world > 1:
        dist.destroy_process_group()


@pytest.mark.parametrize("shard", [False, True], ids=["ddp", "fsdp"])
def test_each_matrix_of_muon_is_made_on_one_process(tmp_path, shard):
    one = {}
    muon_steps(0, 1, False, None, one)
    with torch.multiprocessing.Manager() as manager:
        two = manager.dict()
        torch.multiprocessing.spawn(muon_steps, (2, shard, tmp_path / "store", two), nprocs=2)
        two = dict(two)
    assert one[0][1] == 15 and two[0][1] + two[1][1] == 15 and two[1][1] >= 3
    for a, b, c in zip(one[0][0], two[0][0], two[1][0]):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=0)
        assert torch.equal(b, c)
