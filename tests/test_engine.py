"""engine.py: what the cache gives is what the model gives, no row knows of the others, and replies end where they should."""
import shutil

import pytest
import torch

import tokenizer as tok
from engine import Engine, sample
from model import GPT, GPTConfig

END = tok.END


def make_engine(tokenizer, seed=0, extra=20, scale=0.3, **shape):
    """An untrained model with a will of its own; `extra` ids past the end of the tokenizer."""
    torch.manual_seed(seed)
    model = GPT(GPTConfig(**{**dict(vocab_size=tokenizer.vocab_size + extra, block_size=48, n_layer=2, n_head=4, n_embd=32), **shape}))
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(0, scale if p.dim() == 2 else 0.1).add_(p.dim() == 1)
    return Engine(model, tokenizer, [tok.BOS, END])


@pytest.fixture(scope="module")
def engine(tiny_tokenizer):
    return make_engine(tiny_tokenizer)


@pytest.fixture
def fresh(tiny_tokenizer):
    return make_engine(tiny_tokenizer)


def prompts_of(*lengths):
    g = torch.Generator().manual_seed(1)
    return [[tok.BOS] + torch.randint(10, 600, (n - 1,), generator=g).tolist() for n in lengths]


@torch.no_grad()
def uncached(engine, prompt, max_new_tokens):
    """Greedy decoding with a full forward pass for every token, and nothing of engine.py but its model."""
    ids = list(prompt)
    for _ in range(min(max_new_tokens, engine.config.block_size - len(prompt))):
        logits = engine.model(torch.tensor([ids]))[0, -1, :engine.tokenizer.vocab_size]
        logits[[i for i in range(10) if i not in (tok.BOS, END)]] = float("-inf")
        best = logits.argmax().item()
        if best in (tok.BOS, END):
            break
        ids.append(best)
    return ids[len(prompt):]


class Scripted(Engine):
    """An engine whose model wants one fixed sequence of ids, whatever the prompt."""

    def __init__(self, engine, ids):
        self.__dict__.update(engine.__dict__)
        self.script, self.network, self.compiled = ids, self.answer, self.answer

    def answer(self, idx, *rest):
        self.at = 0 if idx.size(1) > 1 else self.at + 1
        logits = torch.zeros(idx.size(0), self.config.vocab_size)
        logits[:, self.script[self.at] if self.at < len(self.script) else END] = 9.0
        return logits


def scripted(engine, text):
    return Scripted(engine, engine.tokenizer.encode(text))

# -----------------------------------------------------------------------------
# the cache

@pytest.mark.parametrize("shape", [{}, dict(n_kv_head=2), dict(n_kv_head=1, qk_norm=False), dict(tie_embeddings=True)])
def test_greedy_with_the_cache_is_greedy_without(tiny_tokenizer, shape):
    engine = make_engine(tiny_tokenizer, **shape)
    prompts = prompts_of(1, 5, 30, 17, 2, 29)
    replies = engine.generate(prompts, max_new_tokens=15)
    for prompt, reply in zip(prompts, replies):
        assert reply.ids == uncached(engine, prompt, 15)
    assert len({tuple(r.ids) for r in replies}) > 1 and max(len(r.ids) for r in replies) == 15


def test_a_cache_that_was_used_before_gives_the_same(engine):
    """Old keys and values lie behind every position that is not yet written."""
    short, long = prompts_of(3, 6), prompts_of(40, 41, 39)
    before = [r.ids for r in engine.generate(short, max_new_tokens=20)]
    engine.generate(long, max_new_tokens=7, temperature=1.0)
    assert [r.ids for r in engine.generate(short, max_new_tokens=20)] == before
    assert before == [uncached(engine, p, 20) for p in short]


def test_the_cache_is_allocated_once(fresh):
    fresh.generate(prompts_of(20, 10, 5), max_new_tokens=20)
    before = [[kept.data_ptr() for kept in c] for c in fresh.caches]
    fresh.generate(prompts_of(30, 3), max_new_tokens=10)
    fresh.generate(prompts_of(5), max_new_tokens=3)
    assert [[kept.data_ptr() for kept in c] for c in fresh.caches] == before
    assert fresh.caches[0][0].shape == (3, 4, 40, 8)
    fresh.generate(prompts_of(30, 3, 3, 3), max_new_tokens=18)  # more rows and positions than there are
    assert fresh.caches[0][0].shape == (4, 4, 48, 8)


def test_a_gqa_cache_holds_only_the_heads_of_keys_and_values(tiny_tokenizer):
    engine = make_engine(tiny_tokenizer, n_kv_head=1)
    engine.generate(prompts_of(5), max_new_tokens=3)
    assert [kept.shape for kept in engine.caches[0]] == [(1, 1, 8, 8)] * 2


@pytest.mark.parametrize("options", [dict(temperature=1.0), dict(temperature=0.7, top_k=20), dict(temperature=1.3, top_p=0.8), dict()])
def test_a_row_does_not_depend_on_its_batch(engine, options):
    prompts, seeds = prompts_of(4, 25, 11, 2, 18, 7), [5, 4, 3, 2, 1, 0]
    together = engine.generate(prompts, seeds=seeds, max_new_tokens=12, **options)
    engine.rows = 2
    in_pairs = engine.generate(prompts, seeds=seeds, max_new_tokens=12, **options)
    engine.rows = 64
    for prompt, seed, a, b in zip(prompts, seeds, together, in_pairs):
        alone, = engine.generate([prompt], seeds=[seed], max_new_tokens=12, **options)
        assert alone.ids == a.ids == b.ids and alone.text == a.text and alone.finish_reason == a.finish_reason


def test_options_may_differ_by_row(engine):
    prompts = prompts_of(6, 6, 6)
    greedy, sampled = (engine.generate(prompts, max_new_tokens=10, seeds=[7, 8, 9], temperature=t) for t in (0.0, 2.0))
    got = {row: reply for row, _, reply in engine.stream(prompts, max_new_tokens=10, seeds=[7, 8, 9], temperature=[0.0, 2.0, 2.0], top_k=[0, 0, 1], top_p=[1.0, 1.0, 1.0])}
    assert [got[i].ids for i in range(3)] == [greedy[0].ids, sampled[1].ids, greedy[2].ids]


def test_options_by_row_go_with_their_prompts(engine):
    prompts = prompts_of(3, 12)  # the longer one is decoded first
    greedy, sampled = (engine.generate(prompts, max_new_tokens=10, seeds=[1, 2], temperature=t) for t in (0.0, 2.0))
    mixed = engine.generate(prompts, max_new_tokens=10, seeds=[1, 2], temperature=[0.0, 2.0])
    assert [r.ids for r in mixed] == [greedy[0].ids, sampled[1].ids]


def test_seeds_make_replies_differ_and_repeat(engine):
    prompt, = prompts_of(5)
    replies = engine.generate([prompt] * 4, seeds=[1, 2, 1, 3], max_new_tokens=12, temperature=1.0)
    assert replies[0].ids == replies[2].ids and len({tuple(r.ids) for r in replies}) == 3

# -----------------------------------------------------------------------------
# sampling

def draw(logits, n, temperature=1.0, top_k=0, top_p=1.0):
    """n draws from one row of logits, as frequencies."""
    u = torch.rand(n, generator=torch.Generator().manual_seed(0))
    ids = sample(logits.expand(n, -1), u, torch.full((n,), temperature), torch.full((n,), top_k), torch.full((n,), top_p))
    return torch.bincount(ids, minlength=logits.numel()) / n


LOGITS = torch.tensor([1.0, 3.0, float("-inf"), 0.0, 2.5, -1.0])


@pytest.mark.parametrize("options", [dict(temperature=0.0), dict(temperature=0.0, top_k=3, top_p=0.5), dict(top_k=1), dict(top_p=1e-6), dict(temperature=1e-8)])
def test_what_is_greedy(options):
    assert draw(LOGITS, 500, **options)[1] == 1.0


def test_top_p_zero_is_greedy():
    assert draw(LOGITS, 500, top_p=0.0)[1] == 1.0


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frequencies_are_those_of_the_softmax(temperature):
    n = 40_000
    want, got = (LOGITS / temperature).softmax(-1), draw(LOGITS, n, temperature)
    assert got[2] == 0.0
    assert ((got - want).abs() < 4 * (want * (1 - want) / n).sqrt() + 1e-9).all(), (got, want)  # four standard deviations


def test_top_k_and_top_p_cut_the_tail_and_keep_the_proportions():
    n = 40_000
    for options, kept in ((dict(top_k=3), [1, 4, 0]), (dict(top_p=0.6), [1, 4]), (dict(top_p=0.9), [1, 4, 0]), (dict(top_k=2, top_p=0.99), [1, 4])):
        want = torch.zeros(6)
        want[kept] = LOGITS[kept].softmax(-1)
        got = draw(LOGITS, n, **options)
        assert ((got - want).abs() < 0.012).all() and (got > 0).tolist() == (want > 0).tolist(), (options, got, want)


def test_the_ends_of_the_unit_interval_draw_likely_ids():
    almost = torch.tensor([0.0, 1 - 2 ** -24])
    logits = torch.cat([torch.tensor([float("-inf")]), LOGITS, torch.tensor([float("-inf")])]).expand(2, -1)
    for k, ends in ((0, [1, 6]), (6, [2, 6]), (2, [2, 5])):  # in the order of the ids; by probability, where some are cut
        for p in (1.0, 1 - 1e-7):
            got = sample(logits, almost, torch.ones(2), torch.full((2,), k), torch.full((2,), p)).tolist()
            assert got == (ends if k or p == 1 else [2, 6]), (k, p, got)  # never a banned one


def test_surplus_and_control_ids_are_never_sampled(tiny_tokenizer):
    """Not even by a model that wants nothing else. BOS and END may come, and end the reply."""
    engine = make_engine(tiny_tokenizer, extra=500, scale=0.02)
    with torch.no_grad():
        engine.model.head.weight.zero_()
    replies = engine.generate(prompts_of(*[3] * 60), max_new_tokens=40, temperature=1.5)
    ids = {i for r in replies for i in r.ids}
    assert len(ids) > 400 and min(ids) >= 10 and max(ids) < tiny_tokenizer.vocab_size
    assert any(r.finish_reason == "stop" for r in replies)
    engine.model.head.weight.data[tiny_tokenizer.vocab_size:] = 5.0
    engine.model.head.weight.data[3:10] = 5.0
    for r in engine.generate(prompts_of(3, 4), max_new_tokens=30):
        assert all(10 <= i < tiny_tokenizer.vocab_size for i in r.ids)

# -----------------------------------------------------------------------------
# the end of a reply

@pytest.mark.parametrize("text, stop, want", [
    ("Spain won the final. Then", ["."], "Spain won the final"), ("one two three", ["two", "one t"], ""), ("abcabd", ["abd"], "abc"), ("aaab", ["aab"], "a"),
    ("Q: who?\nA: me\nQ: next", ["\nQ:"], "Q: who?\nA: me"), ("no stop here", ["zzz", ""], "no stop here"), ("ends in ab", ["abc"], "ends in ab"),
    ("🏆 won it", [" it"], "🏆 won"), ("a\ufffd b \ufffd", [], "a\ufffd b \ufffd"),
    ("🏆 won 日本", ["日本"], "🏆 won ")])
def test_stop_strings_and_streamed_pieces(engine, text, stop, want):
    """Also where a stop string is spread over tokens: no part of it is shown, and nothing else is held back for good."""
    s = scripted(engine, text)
    assert len(s.script) > 3  # the stop strings are not one token
    shown = ""
    for row, piece, reply in s.stream([[tok.BOS, 20, 21]], max_new_tokens=40, stop=stop):
        shown += piece
        assert want.startswith(shown)
    assert shown == reply.text == want and reply.finish_reason == "stop"


def test_half_a_character_is_not_streamed(engine):
    pieces = [piece for _, piece, _ in scripted(engine, "👨‍👩‍👧 日本").stream([[tok.BOS, 20, 21]], max_new_tokens=60)]
    assert "".join(pieces) == "👨‍👩‍👧 日本" and "\ufffd" not in "".join(pieces) and len(pieces) > 3


def test_pieces_make_up_the_text_of_every_row(engine):
    prompts, shown = prompts_of(4, 9, 20, 13), [""] * 4
    for row, piece, reply in engine.stream(prompts, max_new_tokens=25, temperature=1.0, stop=["e", "an"]):
        shown[row] += piece
        last = {**locals().get("last", {}), row: reply}
    assert [last[i].text for i in range(4)] == shown and all(last[i].finish_reason in ("stop", "length") for i in range(4))
    assert not any("e" in text or "an" in text for text in shown)


def test_finish_reasons(engine):
    one, = scripted(engine, "Spain").generate([[tok.BOS, 20]], max_new_tokens=30)
    assert (one.text, one.finish_reason) == ("Spain", "stop")
    n = len(one.ids)
    cut, = scripted(engine, "Spain").generate([[tok.BOS, 20]], max_new_tokens=n - 1)
    assert cut.finish_reason == "length" and cut.ids == one.ids[:-1]
    exact, = scripted(engine, "Spain").generate([[tok.BOS, 20]], max_new_tokens=n)
    assert exact.finish_reason == "length" and exact.text == "Spain"


def test_generation_stops_at_the_end_of_the_context(tiny_tokenizer):
    engine = make_engine(tiny_tokenizer)
    engine.stop_ids, engine.banned[[tok.BOS, END]] = set(), True  # nothing ends it but the context
    prompts = prompts_of(47, 40, 3)
    replies = engine.generate(prompts, max_new_tokens=500)
    assert [len(p) + len(r.ids) for p, r in zip(prompts, replies)] == [48] * 3 and {r.finish_reason for r in replies} == {"length"}
    for prompt, reply in zip(prompts, replies):
        want = list(prompt)
        while len(want) < 48:
            logits = engine.model(torch.tensor([want]))[0, -1].masked_fill(engine.banned, float("-inf"))
            want.append(logits.argmax().item())
        assert want[len(prompt):] == reply.ids


def test_a_prompt_that_does_not_fit_is_refused_with_the_numbers(engine):
    with pytest.raises(ValueError, match="48 tokens.*48.*by 1"):
        engine.generate(prompts_of(5, 48))
    with pytest.raises(ValueError, match="100 tokens.*48.*by 53"):
        list(engine.stream(prompts_of(100)))


def test_other_prompts_that_cannot_be(engine):
    for prompts, message in (([[]], "empty prompt"), ([[1, 620]], "token 620.*620"), ([[1, 5, -1]], "vocabulary")):
        with pytest.raises(ValueError, match=message):
            engine.generate(prompts)
    with pytest.raises(ValueError, match="max_new_tokens is 0"):
        engine.generate(prompts_of(3), max_new_tokens=0)


def test_no_prompts_no_replies(engine):
    assert engine.generate([]) == []

# -----------------------------------------------------------------------------
# likelihood

def test_log_likelihood_is_that_of_the_full_logits(engine):
    prompts, answers = prompts_of(4, 9, 20), [[30, 31, 32], [40], [50, 51, 2, 60, 61]]
    got = engine.log_likelihood(prompts, answers)
    for p, a, value in zip(prompts, answers, got):
        logp = engine.model(torch.tensor([p + a])).log_softmax(-1)[0]
        want = sum(logp[len(p) + i - 1, id].item() for i, id in enumerate(a))
        assert value == pytest.approx(want, abs=1e-3)


def test_log_likelihood_of_all_continuations_adds_up_to_one(engine):
    prompt, = prompts_of(6)
    V = engine.config.vocab_size
    logs = engine.log_likelihood([prompt] * V, [[i] for i in range(V)])
    assert torch.tensor(logs).exp().sum().item() == pytest.approx(1.0, abs=1e-4)


def test_log_likelihood_may_fill_the_context_but_not_more(engine):
    """The last token is only predicted, never read: 48 + 1 fit."""
    prompt, = prompts_of(45)
    assert engine.log_likelihood([prompt], [[30, 31, 32]])[0] < 0
    with pytest.raises(ValueError, match="context 48"):
        engine.log_likelihood([prompt], [[30] * 5])

# -----------------------------------------------------------------------------
# from a run

def test_from_run(tiny_run):
    engine = Engine.from_run(str(tiny_run))
    assert engine.out_dir == str(tiny_run) and engine.config.block_size == 64 and engine.stop_ids == {tok.BOS, END}
    assert engine.generate([[tok.BOS]], max_new_tokens=5)[0].ids


def test_from_run_refuses_another_tokenizer(tiny_run, tiny_set, tmp_path):
    shutil.copytree(tiny_run, tmp_path / "run")
    shutil.copy(tiny_set / "tokenizer.model", tmp_path / "run" / "tokenizer.model")
    with pytest.raises(ValueError, match="tokenizer.model is not the tokenizer"):
        Engine.from_run(str(tmp_path / "run"))
    with pytest.raises(FileNotFoundError, match="no checkpoint.*train"):
        Engine.from_run(str(tmp_path))

# -----------------------------------------------------------------------------
# requests that join and leave

def run_to_end(engine, *replies):
    while not all(r.finish_reason for r in replies):
        engine.step()


@pytest.mark.parametrize("shape", [{}, dict(n_kv_head=2)])
def test_requests_that_join_and_leave_get_what_they_get_alone(tiny_tokenizer, shape):
    """One a step, of any length, more than there are slots: rows move, the cache grows while it is in use."""
    engine, alone = (make_engine(tiny_tokenizer, **shape) for _ in range(2))
    engine.rows = 3
    lengths = [3, 30, 8, 20, 5, 41, 2, 13, 7, 26]
    news = [9, 4, 17, 2, 30, 40, 1, 12, 3, 20]
    options = [dict(max_new_tokens=m, seed=i, temperature=[0.0, 1.0, 1.5][i % 3], top_k=[0, 30][i % 2], top_p=[1.0, 0.9][i // 5]) for i, m in enumerate(news)]
    replies, most = [], 0
    for prompt, own in zip(prompts_of(*lengths), options):
        replies.append(engine.submit(prompt, **own))
        engine.step()
        most = max(most, len(engine.active))
    run_to_end(engine, *replies)
    assert most == 3 and not engine.active and not engine.waiting
    for prompt, own, reply in zip(prompts_of(*lengths), options, replies):
        one = alone.submit(prompt, **own)
        run_to_end(alone, one)
        assert (one.ids, one.text, one.finish_reason) == (reply.ids, reply.text, reply.finish_reason)


def test_first_come_first_served(engine):
    engine.rows = 1
    replies = [engine.submit(p, max_new_tokens=2) for p in prompts_of(9, 3, 5)]
    order = []
    while not all(r.finish_reason for r in replies):
        engine.step()
        order += [i for i, r in enumerate(replies) if r.ids and i not in order]
    engine.rows = 64
    assert order == [0, 1, 2]


def test_who_cancels_frees_the_slot_at_once(engine):
    a, b, c = (engine.submit(p, max_new_tokens=30, temperature=1.0, seed=5) for p in prompts_of(5, 6, 7))
    engine.step()
    engine.cancel(a)
    assert (a.finish_reason, len(engine.active)) == ("cancelled", 2) and engine.active[0] is c
    n = len(a.ids)
    waiting = engine.submit(prompts_of(4)[0])
    engine.cancel(waiting)
    run_to_end(engine, b, c)
    assert len(a.ids) == n and not waiting.ids and not engine.active and not engine.waiting
    again, = engine.generate(prompts_of(5, 6, 7)[2:], seeds=[5], max_new_tokens=30, temperature=1.0)
    assert again.ids == c.ids


def test_a_closed_stream_leaves_the_batch_and_two_streams_share_it(engine):
    prompts = prompts_of(6, 9)
    want = [r.ids for r in engine.generate(prompts, max_new_tokens=12)]
    streams, replies, shown = [engine.stream([p], max_new_tokens=12) for p in prompts], {}, ["", ""]
    while streams[0] or streams[1]:  # in turn, each gets what belongs to it
        for i, s in enumerate(streams):
            got = next(s, None) if s else None
            if got:
                replies[i], shown[i] = got[2], shown[i] + got[1]
            else:
                streams[i] = None
    assert [replies[i].ids for i in range(2)] == want and shown == [replies[i].text for i in range(2)]
    closing = engine.stream(prompts_of(3, 4, 5), max_new_tokens=40, temperature=1.0)
    next(closing)
    closing.close()
    assert not engine.active and not engine.waiting


def test_log_probabilities_are_those_of_the_model(engine):
    prompt, = prompts_of(6)
    reply = engine.submit(prompt, max_new_tokens=8, temperature=1.0, seed=3, logprobs=4)
    plain = engine.submit(prompts_of(9)[0], max_new_tokens=8)
    run_to_end(engine, reply, plain)
    assert len(reply.likely) == len(reply.ids) and plain.likely == []
    for n, (id, (logp, top)) in enumerate(zip(reply.ids, reply.likely)):
        logits = engine.model(torch.tensor([prompt + reply.ids[:n]]))[0, -1].masked_fill(engine.banned, float("-inf"))
        want = logits.log_softmax(-1)
        assert logp == pytest.approx(want[id].item(), abs=1e-4) and len(top) == 4
        assert list(top) == want.topk(4).indices.tolist() and list(top.values()) == sorted(top.values(), reverse=True)

# -----------------------------------------------------------------------------
# fewer bits

@pytest.mark.parametrize("dtype, far", [("bfloat16", 0.03), ("float16", 0.004), ("int8", 0.04)])
def test_fewer_bits_change_the_logits_little(tiny_tokenizer, dtype, far):
    exact = make_engine(tiny_tokenizer)
    packed = Engine(make_engine(tiny_tokenizer).model, tiny_tokenizer, [tok.BOS, END], dtype=dtype)
    idx = torch.tensor(prompts_of(40, 40, 40))
    with torch.inference_mode():
        for part in (idx, idx[:1, :1]):  # many rows, and one
            a, b = (e.network(part, e.cos[:part.size(1)], e.sin[:part.size(1)]) for e in (exact, packed))
            assert ((a - b).norm() / a.norm()) < far and not torch.equal(a, b)
    replies = packed.generate(prompts_of(5, 9, 3), max_new_tokens=10)
    assert all(len(r.ids) == 10 or r.finish_reason == "stop" for r in replies)


def test_how_weights_are_held():
    from engine import choose_dtypes
    assert choose_dtypes("auto", "cpu", 1, 1e6) == (torch.float32, torch.float32)
    assert choose_dtypes("auto", "cpu", 1, 1e8)[0] == torch.float16
    assert choose_dtypes("auto", "cpu", 16, 1e8)[0] == choose_dtypes("auto", "cpu", 16, 1e8)[1] != torch.float16
    assert choose_dtypes("int8", "cpu", 16, 1e6) == (torch.int8, torch.int8)


@pytest.mark.skipif(not any(map(shutil.which, ("g++", "clang++"))), reason="torch.compile needs a C++ compiler")
def test_compiled_it_gives_the_same(tiny_tokenizer):
    """Rows and positions are filled up to a power of two, and to 256: what fills up changes nothing."""
    plain, fast = make_engine(tiny_tokenizer), Engine(make_engine(tiny_tokenizer).model, tiny_tokenizer, [tok.BOS, END], rows=3, compile=True)
    prompts = prompts_of(5, 9, 3, 30)
    for options in (dict(), dict(temperature=1.0, top_k=20)):
        a, b = (e.generate(prompts, max_new_tokens=12, **options) for e in (plain, fast))
        assert [r.ids for r in a] == [r.ids for r in b]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a GPU")
def test_graphs_on_a_gpu_give_the_same(tiny_tokenizer):
    cpu = make_engine(tiny_tokenizer)
    gpu = Engine(make_engine(tiny_tokenizer).model, tiny_tokenizer, [tok.BOS, END], device="cuda", dtype="float32")
    prompts = prompts_of(5, 9, 3, 30, 12)
    for _ in range(2):  # recorded, and replayed
        a, b = (e.generate(prompts, max_new_tokens=12) for e in (cpu, gpu))
        assert [r.ids for r in a] == [r.ids for r in b]
    assert gpu.graphs
