"""
What data/instruct/prepare.py asks and answers, job by job: a maker takes (rng, part, world), draws a table, a record, a rule or a fact
that belongs to the part ("train" or "eval"), words a question and its answer, and returns a conversation, or None where they do not fit.
"""
import functools
import json
import re
from collections import Counter, defaultdict

import tokenizer as tok
from instruct_records import (BAD, COLS, Rate, between, chance, clubs, course, day, invented_cup, made_up, mine, people, pick, plain, rows_of,
                              shuffled, some, starter, turn_of, weighted, wordings)

P_HELD = 0.15  # share of the situations and of the starter's facts that only the evaluation asks about
ABSTAIN = tok.ABSTAIN
SPORTS = dict(soccer="soccer", american_football="American football", basketball="basketball", baseball="baseball", tennis="tennis",
              cricket="cricket", hockey="ice hockey", golf="golf",
              combat="combat sports", olympics="Olympic sports", motorsport="motor racing")

capital = lambda text: text[:1].upper() + text[1:]
listed = lambda items: " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""
of = lambda name: name + ("'" if name.endswith("s") else "'s")
nth = lambda n: f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
number = lambda x: f"{x:.2f}" if isinstance(x, Rate) else f"{round(x, 2):g}" if abs(x) < 100_000 else f"{x:.0f}"
words_in = lambda text: {w.replace(",", "") for w in re.findall(r"\d+(?:[.,]\d+)*|\w+", plain(text))}
written = lambda: ("written for this set", starter().LICENSE)


def claims(text):
    """The numbers and the capitalised words of a text, without those that only begin a sentence"""
    return {n.replace(",", "") for n in re.findall(r"\d+(?:[.,]\d+)*", text)} | set(re.findall(r"(?<![.!?:] )(?<!^)(?<!\n)\b[A-Z]\w+", plain(text)))


class Speaker:
    """Draws the wordings of one conversation and remembers them."""

    def __init__(self, rng, part):
        self.rng, self.kind, self.cores, self.wording = rng, "held" if part == "eval" else "ask", [], []

    def draw(self, task, kind, slots):
        """(the wording with its choices made, the text)"""
        core = pick(self.rng, wordings()[task, kind])
        self.cores.append(f"{task} {kind}: {core}")
        while "[" in core:  # the innermost first
            core = re.sub(r"\[([^\[\]]*)\]", lambda m: pick(self.rng, m[1].split("|")), core)
        self.wording += [core] * (kind != "say")
        return core, starter().once(core.format_map(slots))

    def ask(self, task, slots={}, opener=""):
        """A question, sometimes put into a frame, sometimes after an opening"""
        if self.kind == "ask" and (task, "clause") in wordings() and self.rng.random() < .35:
            return capital(self.draw("embed", "ask", {"q": self.draw(task, "clause", slots)[1]})[1])
        core, text = self.draw(task, self.kind, slots)
        if opener and self.rng.random() < .25:
            text = self.draw(opener, self.kind, slots)[1] + (text if re.match(r"\{|[A-Z][A-Z]|I\b", core) else text[0].lower() + text[1:])
        return capital(text)

    def style(self, task):
        return " " + self.draw(task, self.kind, {})[1]

    def say(self, task, slots):
        return capital(self.draw(task, "say", slots)[1])


def item(sp, job, task, sport, about, question, answer, context="", answers=None, **more):
    """A conversation, with what the evaluation and the tests want to know of it. about: (source, licence)"""
    messages = [{"role": "context", "content": context}] * bool(context) + [{"role": "user", "content": question},
                                                                            {"role": "assistant", "content": answer}]
    return dict(dict(names=[], facts=None), **more, job=job, task=task, sport=sport, about=about, messages=messages, question=question,
                context=context,
                answers=[answer] if answers is None else answers, cores=sp.cores, wording=" ".join(sp.wording))


def placed(rng, question, block):
    """(question, context): the block to read in a turn of its own, below the question or above it"""
    where = rng.random()
    return (question, block) if where < .5 else (f"{question}\n\n{block}", "") if where < .75 else (f"{block}\n\n{question}", "")

# -----------------------------------------------------------------------------
# news and commentary

BEATS = ["beat/beat|edge/edged|edge past/edged past|get past/got past", "beat/beat|defeat/defeated|overcome/overcame|see off/saw off",
         "beat/beat|thrash/thrashed|crush/crushed|rout/routed|sweep aside/swept aside"]  # a narrow win, a clear one, a rout
KINDS = {"f1": ("f1_head", "f1_line", "sum_f1"), "cricket": ("cric_head", "cric_line", "sum_cric"), "series": ("ser_head", "ser_line", "ser_line"),
         "final": ("fin_head", "fin_line", "fin_line")}


def headline(sp, r):
    s = {k: re.sub("^[Tt]he ", "", v) if k in "hawl" else v for k, v in r["slots"].items()}
    s["beats"] = s["beat"] = pick(sp.rng, BEATS[r["level"]].split("|")).split("/")[0]
    kind = KINDS[r["kind"]][0] if r["kind"] in KINDS else "head_" + r["outcome"]
    if kind == "head_win":
        who, most = next(iter(Counter(g[1] for g in r["goals"] if not g[3] and g[2] == r["slots"]["w"]).most_common(1)), ("", 0))
        s.update(scorer=who, times=["", "", "twice", "three times", "four times"][min(most, 4)], haul=["", "", "Two", "Three", "Four"][min(most, 4)])
        fit = ["head_win"] * 4 + ["head_place"] * 2 * bool(s["city"]) + ["head_home" if s["w"] == s["h"] else "head_away"] * (not r["neutral"])
        kind = pick(sp.rng, fit + ["head_one"] * 3 * (s["s"] == "1-0" and most == 1) + ["head_two"] * 3 * (1 < most < 5))
    core, text = sp.draw(kind, "say", s)
    return "" if "{star}" in core and not s["star"] else capital(text)


def line(sp, r, short=False):
    """The result in one sentence; short: without competition and date"""
    kind = KINDS[r["kind"]][1 + short] if r["kind"] in KINDS else ("sum_" if short else "line_") + r["outcome"]
    return sp.say(kind, {**r["slots"], "beatp": pick(sp.rng, BEATS[r["level"]].split("|")).split("/")[1]})


def goal_sentences(sp, r):
    """The goals in their order, or by side where they are many"""
    if len(r["goals"]) > 5 or any(g[3] for g in r["goals"]):
        for t in (r["slots"]["h"], r["slots"]["a"]):
            scored = [f"{g[1]} ({g[0]}{', own goal' * bool(g[3])})" for g in r["goals"] if g[2] == t]
            if scored:
                yield sp.say("g_list", {"t": t, "x": listed(scored)})
    else:
        for (minute, x, t, *_), before, after, at in course(r):
            kind = "only" if len(r["goals"]) == 1 else turn_of(before, after)
            yield sp.say("g_" + kind, {"x": x, "t": t, "M": f"in the {nth(minute)} minute", "s": f"{max(at.values())}-{min(at.values())}"})


def report(sp, r):
    """A few sentences that hold all of the sheet"""
    s, out = r["slots"], [line(sp, r)]
    if r["kind"] == "game":
        out += [sp.say("lead_place", s)] * bool(s["city"])
        if r["half"]:
            x, y = r["half"]
            out.append(sp.say("half_level" if x == y else "half_lead", {"s": f"{max(x, y)}-{min(x, y)}", "t": s["h"] if x > y else s["a"]}))
        out += [*goal_sentences(sp, r), *(sp.say("rec", {"t": t, "r": x}) for t, x in r["after"].items())]
        out += [sp.say("g_pens", s)] if r["outcome"] == "pens" and not re.search("shoot|penalt", out[0]) else []
    elif r["kind"] == "f1":
        out += [sp.say(task, s) for task in ("f1_polewin" if s["pole"] == s["w"] else "f1_pole", "f1_laps", "f1_best")]
    elif r["kind"] == "cricket":
        out += [sp.say(task, s) for task in ("cric_first", "cric_second", "cric_bat", "cric_bowl")]
    elif r["kind"] == "series":
        out += [sp.say("ser_games", s)] * (s["n"] > 1)
    else:
        out += [sp.say("fin_" + key, s) for key, column in (("score", "s"), ("host", "host")) if s[column]]
    return " ".join(out)


def sheet_text(rng, sheet):
    sheet, style = [(label, value) for label, value in sheet if value], rng.random()
    if style < .15:
        return json.dumps({label.lower(): value for label, value in sheet}, ensure_ascii=False)
    return ("; " if style < .3 else "\n").join("- " * (.3 <= style < .5) + f"{label}: {value}" for label, value in sheet)


def told_facts(r, answer):
    """The names and scores that another answer must hold as well"""
    facts = [re.sub("^the ", "", f) for f in dict.fromkeys([*r["facts"], *(g[1] for g in r.get("goals", ()))])]
    facts = [f for f in facts if words_in(f) <= words_in(answer)]
    return [f"{f}|{'-'.join(f.split('-')[::-1])}" if re.fullmatch(r"\d+-\d+", f) else f for f in facts]


def news(rng, part, world):
    r, sp, what = weighted(rng, world.games)(rng, part), Speaker(rng, part), pick(rng, "headline line report report live sum pick pick".split())
    what = what if not r or r["kind"] != "over" and (what != "live" or r.get("events")) else "live"
    if not r or what == "live" and not r.get("events"):
        return None
    if what in ("sum", "pick"):
        return reading(sp, r, what)
    if what == "live":
        block = "\n".join(e[0] for e in r["events"])
        answer = "\n".join(re.match(r"[\d.]+'?|Lap \d+|[\w-]+", e[0])[0] + ": " + sp.say(e[1], e[2]) for e in r["events"])
        facts = dict.fromkeys(e[2][k] for e in r["events"] for k in ("x", "out", "bowler", "batter") if k in e[2])
        facts = [f for f in facts if f in answer] or r["facts"][:2]
    else:
        answer = {"headline": headline, "line": line, "report": report}[what](sp, r)
        block, facts = sheet_text(rng, r["sheet"]), told_facts(r, answer)
    question = sp.ask(what, {"n": len(answer.split()) + between(rng, 0, 3)}, "open_talk")
    question, context = placed(rng, question + (sp.style("style_news") if rng.random() < .5 else ""), block)
    if answer and facts and claims(answer) <= words_in(block):
        return item(sp, "news", what, r["sport"], r["about"], question, answer, context, facts=facts, names=r["names"], record=r)


def article(rng, part, world):
    """The headline of an article of Wikinews, or its first sentence as what it says in short, where the text holds all that they claim"""
    if part == "eval" or not world.articles:
        return None
    (doc, about), sp, task = pick(rng, world.articles), Speaker(rng, part), pick(rng, ["article_head", "article_sum"])
    head, _, text = doc["text"].partition("\n\n")
    text = " ".join(re.split(r"(?<=[.!?]) +", " ".join(text.split()))[:between(rng, 3, 7)])
    lead = re.split(r"(?<=[a-z)\d][.!?]) +(?=[A-Z])", text)[0]
    answer, told = head if task == "article_head" else lead, words_in(text.lower())
    content = [w for w in words_in(answer.lower()) if len(w) > 3]
    if not 4 < len(answer.split()) < 35 or len(text.split()) not in range(40, 160) or re.search(r"[\"\u201c\u201d:?]|Wikinews", answer):
        return None
    if claims(answer) - words_in(text) or sum(w in told for w in content) < .6 * len(content):
        return None
    question, context = placed(rng, sp.ask(task, opener="open_talk"), text)
    return item(sp, "news", task, doc["sport"], about, question, answer, context)


def reading(sp, r, what):
    """A report to sum up, or to look one thing up in"""
    rng, s = sp.rng, r["slots"]
    text = r["long"](rng) if r["long"] and rng.random() < .6 else report(sp, r)
    sp.cores, sp.wording = [], []
    if what == "sum":
        task, answer = "sum", line(sp, r, short=True)
        facts, answers = told_facts(r, answer), [answer]
        fits = claims(answer) <= words_in(text) and facts
    else:
        drawn = r.get("outcome") == "draw"
        known = {"pick_score": s["s"] if r["kind"] == "game" else s.get("g"), "pick_who": "" if drawn else s["w"], "pick_when": r["date"],
                 "pick_none": ABSTAIN, "pick_lost": s["l"] if r["kind"] in ("game", "cricket") and not drawn else ""}
        task = pick(rng, list(known))
        answer, facts = re.sub("^the ", "", known[task] or ""), None
        answers = [] if task == "pick_none" else [answer] + [answer[::-1]] * bool(re.fullmatch(r"\d-\d", answer))
        fits = not re.search("(?i)umpire|player of the match|spectat", text) if task == "pick_none" else answer and any(a in text for a in answers)
    if len(text.split()) > 120 or not fits:
        return None
    question, context = placed(rng, sp.ask(task, opener="open_talk") + (sp.style("style_news") if rng.random() < .4 and task == "sum" else ""), text)
    return item(sp, "news", task, r["sport"], r["about"], question, answer, context, answers=answers, facts=facts, names=r["names"], record=r)

# -----------------------------------------------------------------------------
# analytics

COUNTED = ("read read read who most most least top cmp cmp yes yes diff diff sum sum sum3 total avg rank three nth nth count list per per per gd "
           "gd gd gap tell hop none none none none").split()
MEASURED, SEASONS = "read most least cmp".split(), "read read most most least diff sum count up".split()
SUMS = set("diff sum sum3 total avg per gd gap".split())
ONLY_READ = {"grid": "m_", "team": "t_"}


def show(rng, t):
    """The table as text, in one of the forms in which tables are pasted"""
    label = {c: pick(rng, COLS[c][0]) for c in t.cols}
    label = label if len(set(label.values())) == len(label) else {c: COLS[c][0][-1] for c in t.cols}
    head, style, text = ["Season" if t.who else capital(t.kind), *label.values()], rng.random(), lambda v: v if isinstance(v, str) else number(v)
    rows = [[n, *map(text, v)] for n, v in t.rows]
    if style < .5:
        between_ = " | " if style < .35 or any("," in n for n, _ in t.rows) else ","
        lines = [between_.join(row) for row in [head, *rows]]
    elif style < .6:
        lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
    elif style < .85:
        lines = [f"{row[0]}: " + ", ".join(f"{a} {b}" for a, b in zip(head[1:], row[1:])) for row in rows]
    else:
        lines = [f"[{k}] {row[0]} | " + " | ".join(f"{a}: {b}" for a, b in zip(head[1:], row[1:])) for k, row in enumerate(rows, 1)]
    return "\n".join([t.title] * (t.who != "" or rng.random() < .9) + lines)


def words_of(t, column, v=2):
    """The words for a column; v: how many of the things"""
    game, games = ("match", "matches") if t.sport in ("soccer", "cricket") else ("game", "games")
    _, thing, verb, short = ([x.replace("{games}", games).replace("{game}", game) for x in part] for part in COLS[column])
    kind = "season" if t.who else t.kind
    return dict(thing=thing[v != 1 and -1], things=thing[-1], inf=verb[0], past=verb[-1], np=short[-1], np1=short[v != 1 and -1],
                kind=kind, kinds=kind + "s", game=game, games=games, who=t.who, whos_=of(t.who))


def single(rng, t, i, op):
    """(slots, answer, kind of answer) of an operation that looks for rows, or None. x, y, z: names, v, u, w: their values"""
    rows = shuffled(rng, t.rows)
    order = sorted(rows, key=lambda r: -r[1][i])
    value, first, second, last = [r[1][i] for r in order], order[0][0], order[1][0], order[-1][0]
    (a, v), (b, u) = ((n, x[i]) for n, x in rows[:2])
    high, low = dict(x=first, v=value[0]), dict(x=last, v=value[-1])
    if op == "read":
        return dict(a=a, v=v), number(v), "num"
    if op == "who" and value.count(v) == 1:
        return dict(x=a, v=v), a, "name"
    if op == "top" or op == "most" and value[0] > value[1]:
        return high, number(value[0]) if op == "top" else first, "num" if op == "top" else "name"
    if op == "least" and value[-1] < value[-2]:
        return low, last, "name"
    if op in ("cmp", "yes", "up") and v != u:
        s = dict(a=a, b=b, **dict(zip("xvyu", (a, v, b, u) if v > u else (b, u, a, v))))
        return (s, s["x"], "name") if op == "cmp" else (s, "Yes." if v > u else "No.", "yes")
    if op == "nth" and value[0] > value[1] > value[2]:
        return dict(x=second, v=value[1]), second, "name"
    if op in ("rank", "three") and len(set(value)) == len(value) > 3 and (len(value) < 6 or op == "three"):
        names = ", ".join(n for n, _ in order[:3 if op == "three" else None])
        return dict(x=names), names, "list"
    if op in ("count", "list") and value[-1] < value[0]:
        k = max(0, pick(rng, value[1:]) - (rng.random() < .3))
        above = [n for n, x in t.rows if x[i] > k]
        if op == "count":
            return dict(k=k, n=len(above)), str(len(above)), "num"
        return (dict(k=k), ", ".join(above), "list") if 0 < len(above) < 5 else None
    if op == "tell" and value[0] > value[1] > value[-1] < value[-2]:
        return dict(high, y=second, u=value[1], z=last, w=value[-1]), "", "tell"


def sums(rng, t, i, op):
    """The same for operations that calculate: the answer is the calculation, which ends in its result"""
    rows = shuffled(rng, t.rows)
    v, names = [x[i] for _, x in rows], dict(zip("abc", (n for n, _ in rows)))
    games = rows[0][1][t.cols.index("p" if "p" in t.cols else "gp")] if {"p", "gp"} & set(t.cols) else 0
    if not all(isinstance(x, int) and 0 <= x < 300 for x in v):
        return None
    if op == "diff" and v[0] != v[1]:
        names.update(a=names["b"], b=names["a"]) if v[0] < v[1] else None
        return dict(names, n=abs(v[0] - v[1])), f"{max(v[:2])} - {min(v[:2])} = {abs(v[0] - v[1])}", "sum"
    if op in ("sum", "sum3", "total") and (op != "total" or len(v) < 6 and max(v) < 100):
        terms = [x[i] for _, x in t.rows] if op == "total" else v[:3 if op == "sum3" else 2]
        return dict(names, n=sum(terms)), " + ".join(map(str, terms)) + f" = {sum(terms)}", "sum"
    if op == "avg" and (v[0] + v[1]) % 2 == 0:
        return dict(names, n=(v[0] + v[1]) // 2), f"({v[0]} + {v[1]}) / 2 = {v[0] + v[1]} / 2 = {(v[0] + v[1]) // 2}", "sum"
    if op == "per" and games and v[0] and v[0] * 10 % games == 0 and t.cols[i] in ("gf", "ga", "pts", "g", "a", "pf", "pa"):
        return dict(names, n=number(v[0] / games)), f"{v[0]} / {games} = {number(v[0] / games)}", "sum"
    if op == "gd" and {"gf", "ga"} <= set(t.cols):
        f, g = (rows[0][1][t.cols.index(c)] for c in ("gf", "ga"))
        return dict(names, n=f - g), f"{f} - {g} = {f - g}", "sum"
    if op == "gap" and max(v) > min(v):
        return dict(n=max(v) - min(v)), f"{max(v)} - {min(v)} = {max(v) - min(v)}", "sum"


def drawn_question(rng, t, i, absent, hidden):
    """(task, column, slots, answer, kind) about column i, or None"""
    column, measured = t.cols[i], not COLS[t.cols[i]][2][0]
    if column in ONLY_READ:
        a, v = pick(rng, [(n, x[i]) for n, x in t.rows])
        return ONLY_READ[column] + "read", column, dict(a=a, v=v), str(v), "name" if column == "team" else "num"
    op, family = pick(rng, SEASONS if t.who else MEASURED if measured else COUNTED), "s_" if t.who else "m_" if measured else "n_"
    if op == "none":  # of somebody, or of a column, that is not there
        shown = [COLS[c][1] for c in t.cols]  # "runs" may mean the runs allowed
        hidden = [c for c in hidden if COLS[c][2][0] and COLS[c][1] not in shown and c not in ("p", "pts", "gp")]  # these often follow from others
        by_name = absent and (rng.random() < .6 or not hidden)
        found = by_name and (column, pick(rng, absent)) or hidden and (pick(rng, hidden), pick(rng, t.rows)[0])
        return found and ("n_read", found[0], dict(a=found[1]), ABSTAIN, "none")
    if op == "hop":
        best, others = single(rng, t, i, "most"), [j for j, c in enumerate(t.cols) if j != i and COLS[c][2][0]]
        if not best or not others or column in ("p", "gp"):
            return None
        j = pick(rng, others)
        v = dict(t.rows)[best[1]][j]
        return "n_hop", column, {"x": best[1], "v": v, "j": j, **{k + "2": w for k, w in words_of(t, t.cols[j], v).items()}}, str(v), "num"
    found = (sums if op in SUMS else single)(rng, t, i, op)
    return found and (family + op, column, *found)


def worded(t, column, slots):
    """Slots as words: articles, possessives, and those of the column"""
    s = {k: ("the " * t.the + v if k in tuple("abcxyz") and ", " not in v else v) if isinstance(v, str) else number(v) for k, v in slots.items()}
    return {**words_of(t, column, slots.get("n", slots.get("v", 2))), **s, **{k + "s_": of(s[k]) for k in "abc" if k in s}}


def numbers(rng, part, world):
    """One question about a table of numbers"""
    t, *left = world.table(rng, part) or [None]
    i, sp, style = t and int(rng.random() * len(t.cols)), Speaker(rng, part), rng.random()
    found = t and drawn_question(rng, t, i, *left)
    if not found or found[0] == "n_gd" and t.sport != "soccer" or not any(x[i] for _, x in t.rows):  # a column of nothing
        return None
    task, column, slots, answer, kind = found
    s = worded(t, column, slots)
    question, answers = sp.ask(task, s, "open"), [answer.rstrip("."), *[s.get("n")] * (kind == "sum")]
    if kind == "tell" or part == "train" and .3 < style < .42 and kind in ("num", "name", "sum"):
        question, answer = question + (sp.style("style_full") if kind != "tell" else ""), sp.say(task, {**s, "sum": answer})
        answers = [answer]
    elif kind == "sum" and style < .3:
        question, answer = question + sp.style("style_num" if style < .15 else "style_work"), s["n"] if style < .15 else answer
    elif kind in ("num", "name") and style < .12:
        question += sp.style("style_" + kind)
    elif kind == "yes" and style < .2 and part == "train":
        answer = answer.replace(".", ": ") + f"{s['v']} against {s['u']}."
    if column in BAD and re.search(r"\b(led|lead\w*|best|better|tops?|first|second|ahead|runner-up|beat|worst|dominates|stands out|set the pace)\b",
                                   question + answer):
        return None
    question, context = placed(rng, question, show(rng, t))
    return item(sp, "analytics", task, t.sport, t.about, question, answer, context, answers=[] if kind == "none" else answers,
                names=[n for n, _ in t.rows] if not t.who else [t.who.removeprefix("the ")],
                facts=[s["v"], slots["x"]] if kind == "tell" else None, record=dict(table=t, i=i, slots=slots, kind=kind, column=column))


def dialogue(rng, part, world):
    """Several turns over one table: the same of another row, another column of the same row"""
    t = part == "train" and (world.table(rng, part) or [None])[0]
    usable = t and [i for i, c in enumerate(t.cols) if COLS[c][2][0]]
    if not usable:
        return None
    sp, i, rows = Speaker(rng, part), pick(rng, usable), shuffled(rng, t.rows)
    question, context = placed(rng, sp.ask("s_read" if t.who else "n_read", worded(t, t.cols[i], dict(a=rows[0][0])), "open"), show(rng, t))
    out, asked = item(sp, "analytics", "dialogue", t.sport, t.about, question, number(rows[0][1][i]), context), [(rows[0][0], i)]
    for n, _ in rows[1:1 + between(rng, 1, 3)]:
        if rng.random() < .6 or len(usable) < 2:
            turn = sp.ask("again", {"a": "the " * t.the + n})
        else:
            i, n = pick(rng, [j for j in usable if j != i]), asked[-1][0]
            turn = sp.ask("other", words_of(t, t.cols[i]))
        asked.append((n, i))
        out["messages"] += [{"role": "user", "content": turn}, {"role": "assistant", "content": number(dict(t.rows)[n][i])}]
    return dict(out, wording=" ".join(sp.wording), record=dict(table=t, asked=asked))


def meetings(rng, part, world):
    """Questions about a list of meetings of two sides"""
    if not world.meetings:
        return None
    m = weighted(rng, world.meetings)(rng, part)
    sp, rows, a, b, iso = Speaker(rng, part), m["rows"], m["a"], m["b"], rng.random() < .33
    won, gap = lambda r: r[1] if r[3] > r[4] else r[2] if r[3] < r[4] else "", lambda r: abs(r[3] - r[4])
    score = lambda r: f"{max(r[3:5])}-{min(r[3:5])}"
    date, the, wins = (lambda x: x) if iso else day, lambda n: "the " * bool(m["the"].fullmatch(n)) + n, Counter(map(won, rows))
    own, best = [r[3] if r[1] == a else r[4] for r in rows], sorted(rows, key=gap)
    task = pick(rng, "score score who wins wins draws goals goals game big when where last first tell none".split())
    x = {"big": best[-1], "last": rows[-1], "first": rows[0]}.get(task) or pick(rng, rows)
    lone = gap(best[-1]) > gap(best[-2]) if task == "big" else [*map(score, rows)].count(score(x)) == 1
    answer = {"score": f"{x[3]}-{x[4]}", "wins": str(wins[a]), "draws": str(wins[""]), "goals": " + ".join(map(str, own)) + f" = {sum(own)}",
              "game": f"{x[3]} + {x[4]} = {x[3] + x[4]}", "big": date(x[0]) * lone, "when": date(x[0]) * lone, "where": x[5],
              "none": ABSTAIN, "tell": " "}.get(task, won(x))
    if not answer or len({r[0] for r in rows}) < len(rows):
        return None
    s = dict(a=the(a), b=the(b), as_=of(the(a)), points=m["points"], game=m["game"], games=m["game"] + "es"[m["game"] == "game":],
             k=len(rows), w=wins[a], l=wins[b], d=wins[""], date=date(x[0]), sum=answer, n=answer.rpartition("= ")[2],
             x=the(answer) if answer in (a, b) else answer, v=answer if task == "score" else score(x))
    if task == "none":  # a day on which they did not meet
        other = f"{int(x[0][:4]) + 1}{x[0][4:8]}{1 + int(x[0][8:]) % 27:02d}"
        if other in {r[0] for r in rows}:
            return None
        s["date"] = date(other)
    task = "h_" + task.replace("none", "score")
    question, facts = sp.ask(task, s, "open"), None
    answers = [answer, answer.rpartition("= ")[2]] + [answer[::-1]] * bool(re.fullmatch(r"\d-\d", answer))
    if task == "h_tell" or part == "train" and rng.random() < .1 and answer != ABSTAIN and task not in ("h_goals", "h_game"):
        question, answer, facts = question + (sp.style("style_full") if task != "h_tell" else ""), sp.say(task, s), [str(wins[a]), str(wins[b])]
        answers = [answer]
    mark = pick(rng, [" | ", ": "])
    lines = [f"{date(r[0])}{mark}{r[1]} {r[3]}-{r[4]} {r[2]}" + f" | {r[5]}" * bool(r[5]) for r in rows]
    question, context = placed(rng, question, "\n".join([f"{a} against {b}"] * (rng.random() < .9) + lines))
    answers = [] if answer == ABSTAIN else list(dict.fromkeys(answers))
    return item(sp, "analytics", task, m["sport"], m["about"], question, answer, context, answers=answers, names=[a, b],
                facts=facts if task == "h_tell" else None, record=dict(m, x=x))


def competitions():
    """(view, rows) of the starter where somebody wins each edition"""
    return [(v, rows) for v, rows in starter().views() if len(rows) > 8 and not v.get("fight") and v.get("win", "x")]


def renamed(rng, part, view, rows):
    """The rows with other names than those that were there, so that only reading helps"""
    sex = {"man", "woman"} & set(view["who"])
    names = people(rng, part, 5, ["women" if "woman" in sex else "men"]) if sex else clubs(rng, part, 5)
    return [dict(r, win=win, lose=lose if r["lose"] else "", host="") for r in rows for win, lose in [shuffled(rng, names)[:2]]]


def real(part, rows):
    return part == "train" and mine(part, *filter(None, (r[k] for r in rows for k in ("win", "lose"))))


def champions(rng, part, world):
    """Questions about a list of winners: of a real competition, or of one that does not exist"""
    view, rows = pick(rng, competitions())
    at = int(rng.random() * (len(rows) - 7))
    rows, event = [{"score": "", "host": "", **r} for r in rows[at:at + between(rng, 3, 7)]], view["names"][0][0]
    if real(part, rows) and rng.random() < .6:
        about = (rows[0]["source"], starter().LICENSE)
    else:
        rows, event, about = renamed(rng, part, view, rows), invented_cup(rng), made_up()
    sp, n, wins = Speaker(rng, part), int(rng.random() * len(rows)), Counter(r["win"] for r in rows)
    best, task = wins.most_common(2), pick(rng, "who who when count lost lost score before after most none".split())
    x, near = rows[n], {"before": rows[n - 1] if n else None, "after": (rows + [None])[n + 1]}.get(task) or {"win": "", "y": ""}
    answer = {"when": x["y"] if wins[x["win"]] == 1 else "", "count": str(wins[x["win"]]), "lost": x["lose"], "score": x["score"],
              "before": near["win"], "after": near["win"], "none": ABSTAIN,
              "most": best[0][0] if len(best) > 1 and best[0][1] > best[1][1] else ""}.get(task, x["win"])
    columns = (("y", "Year|Edition"), ("win", "Winner|Champion"), ("lose", "Second|Runner-up"), ("score", "Score"), ("host", "Host"))
    columns = [(key, pick(rng, labels.split("|"))) for key, labels in columns if all(r[key] for r in rows)]
    if not answer or not {"win", {"lost": "lose", "score": "score"}.get(task, "y")} <= set(dict(columns)):
        return None
    y = str(int(rows[-1]["y"]) + between(rng, 1, 30) if rng.random() < .5 else int(rows[0]["y"]) - between(rng, 1, 30)) if task == "none" else x["y"]
    the = "the " * ("franchise" in view["who"] and about != made_up())
    s = dict(y=y, a=the + x["win"], x1=the + x["win"], event=event, n=best[0][1] if task == "most" else wins[x["win"]], x=answer,
             v=x["score"] if task == "score" else near["y"])
    task = "w_" + task.replace("none", "who")
    question, answers = sp.ask(task, s, "open"), [answer]
    if part == "train" and rng.random() < .1 and answer != ABSTAIN:
        question, answer = question + sp.style("style_full"), sp.say(task, s)
    if rng.random() < .5:
        lines = [" | ".join(label for _, label in columns)] + [" | ".join(r[key] for key, _ in columns) for r in rows]
    else:
        lines = [r["y"] + " | " + " | ".join(f"{label.lower()}: {r[key]}" for key, label in columns[1:]) for r in rows]
    question, context = placed(rng, question, "\n".join([capital(event.removeprefix("the ")), *lines]))
    return item(sp, "analytics", task, view["sport"], about, question, answer, context, answers=[] if answer == ABSTAIN else answers,
                names=list(dict.fromkeys(r[k] for r in rows for k in ("win", "lose") if r[k])), record=dict(rows=rows, y=y, a=x["win"]))

# -----------------------------------------------------------------------------
# rules

ALIKE = [set(group.split("|")) for group in (  # decisions that may both be right
    "Strikeout|The batter is out|The runner is out", "The game is over|The run scores", "Not out|No-ball|Wide",
    "Game|Set|Match|Point to the opponent", "Goal|Play on", "Penalty|Time penalty|Unsafe release, penalty|Jump start, penalty|Disqualified",
    "Foul|Disqualified|Penalty or disqualification", "One penalty stroke|Penalty strokes|One penalty stroke, play again from the same spot",
    "The lap counts|Allowed", "Foul|Point deduction")]


def situation(rng, part, row):
    """(case, decision, reason) of a row of situations.csv with its choices made and its numbers drawn; None if it is the other part's"""
    n = {}
    for key, span in re.findall(r"([nm])=([^;]+(?:;\d+)*)", row["numbers"]):
        first, dots, last = span.partition("..")
        drawn = str(between(rng, int(first), int(last))) if dots else pick(rng, span.split(";"))
        n[key] = int(drawn) if drawn.isdigit() else drawn
    solved = lambda text: re.sub(r"\{([\dnm+*/ -]+)\}", lambda m: str(n[m[1]] if m[1] in n else eval(m[1], {"__builtins__": {}}, n)), text)
    case = solved(re.sub(r"\[([^\[\]]*)\]", lambda m: pick(rng, m[1].split("|")), row["situation"]))
    mark = case if row["numbers"] else row["situation"]  # with numbers some of the cases are held out, without them the situation
    return (case, solved(row["decision"]), solved(row["reason"])) if (chance(mark, b"held") < P_HELD) == (part == "eval") else None


def other_decisions(rng, row, decision):
    """Other decisions of the sport, or other numbers"""
    if decision.isdigit():
        return [str(int(decision) + d) for d in shuffled(rng, (-3, -2, -1, 1, 2, 3, 5)) if int(decision) + d >= 0][:3]
    known = {r["decision"] for r in rows_of("situations") if r["sport"] == row["sport"] and "{" not in r["decision"]} - {decision}
    known -= next((group for group in ALIKE if decision in group), set())
    return shuffled(rng, sorted(d for d in known if (d in ("Yes", "No")) == (decision in ("Yes", "No"))))[:3]


def rules(rng, part, world):
    tasks = "decide decide which" if part == "eval" else "explain decide decide decide decide doubt which compare compare"
    sp, task = Speaker(rng, part), pick(rng, tasks.split())
    texts, row = {(r["sport"], r["topic"]): r["text"] for r in rows_of("rules")}, pick(rng, rows_of("situations"))
    sport, topic, made = row["sport"], row["topic"], situation(rng, part, row)
    if task == "explain":
        return item(sp, "rules", task, sport, written(), sp.ask("explain", dict(topic=topic, sport=SPORTS[sport]), opener="open_talk"),
                    texts[sport, topic])
    if task == "compare" or not made:
        return comparison(rng, sp) if task == "compare" else None
    case, decision, reason = made
    place = sp.draw("decide_in", sp.kind, {"sport": SPORTS[sport]})[1]
    told, more = capital(place) + (case if place[-2] == "." else case[0].lower() + case[1:]), dict(names=[case], record=dict(row=row, case=case))
    near = shuffled(rng, [t for s, t in texts if s == sport and t != topic])
    shown = shuffled(rng, [topic, *near[:between(rng, 0, 2)]]) if rng.random() < .3 else []  # the rule among others of the sport
    context = "\n".join(f"{capital(t)}: {texts[sport, t]}" for t in shown)
    if task == "which":
        return item(sp, "rules", task, sport, written(), f"{told} {sp.ask('which')}", sp.say("which", dict(topic=topic)),
                    answers=[t.format(topic=topic) for t in wordings()["which", "say"]], **more)
    wrong = other_decisions(rng, row, decision)
    if task == "doubt":
        right = rng.random() < .5 or not wrong
        question = f"{told} {sp.ask('doubt', {'d': decision if right else wrong[0]})}"
        answer = sp.say("doubt" if right else "doubt_no", {"d": decision, "reason": reason})
        return item(sp, "rules", task, sport, written(), question, answer, context, **more)
    question, style = told if case.endswith("?") else told + " " + sp.ask("decide"), rng.random()
    choices = shuffled(rng, [decision, *wrong]) if part == "eval" and wrong and style < .6 else None
    short = bool(choices) or style > .55
    question += sp.style("short") if short else sp.style("why") if style < .3 else ""
    return item(sp, "rules", task, sport, written(), question, decision if short else f"{decision}. {reason}", context,
                answers=[decision] + [f"{decision}. {reason}"] * (not choices), choices=choices, **more)


def comparison(rng, sp):
    aspect = pick(rng, rows_of("aspects"))["aspect"]
    one, two = shuffled(rng, [r for r in rows_of("aspects") if r["aspect"] == aspect])[:2]
    x, y = SPORTS[one["sport"]], SPORTS[two["sport"]]
    slots = dict(x=x, y=y, X=capital(x), Y=capital(y), fx=one["fact"], fy=two["fact"], aspect=pick(rng, [one["aspect"], one["also"]]))
    answer = sp.say("compare_same" if one["fact"] == two["fact"] else "compare", slots)
    if one["value"] and two["value"] and one["value"] != two["value"]:
        gap = int(one["value"]) - int(two["value"])
        answer += f" That is {abs(gap)} {'minute' if 'length' in aspect else 'player'}{'s' * (abs(gap) > 1)} more in {x if gap > 0 else y}."
    return item(sp, "rules", "compare", "several", written(), sp.ask("compare", slots), answer, record=dict(rows=(one, two)))

# -----------------------------------------------------------------------------
# fantasy

POSITIONS = dict(american_football="QB RB WR TE K", basketball="PG SG SF PF C", baseball="P C 1B SS OF", hockey="C LW RW D G",
                 soccer="GK DF DF MF FW", cricket="WK BAT BAT ALL BOWL")


@functools.lru_cache(None)
def systems():
    """[(sport, rows of a way of scoring)]"""
    found = defaultdict(list)
    for row in rows_of("scoring"):
        found[row["sport"], row["system"]].append(row)
    return [(sport, rows) for (sport, _), rows in found.items()]


def scored(values, points):
    """(calculation, total) of a stat line; terms of nothing are left out"""
    terms = [(v, points[k], round(v * points[k], 2)) for k, v in values.items() if v]
    total, parts = number(sum(x for *_, x in terms)), [f"{v} x {number(p)} = {number(x)}" for v, p, x in terms]
    if len(terms) < 2:
        return "".join(parts) or "0", total
    rest = "".join(f" {'-' if x < 0 else '+'} {number(abs(x))}" for *_, x in terms[1:])
    return f"{', '.join(parts)}; {number(terms[0][2])}{rest} = {total}", total


def stat_line(rng, part, rows):
    """{stat: value} that nobody made"""
    values = {r["stat"]: between(rng, int(r["low"]), int(r["high"])) for r in rows}
    if "runs" in values and "fours" in values:  # no more in boundaries than in runs
        values["runs"] = max(values["runs"], 4 * values["fours"] + 6 * values.get("sixes", 0))
    return people(rng, part, 1)[0], "", values


def real_lines(rng, part, world):
    """(sport, rows of a way of scoring, two stat lines of a table of the open sets, about), or None"""
    t, *_ = world.table(rng, part, all_columns=True) or [None]
    stats = t and {COLS[c][3][-1]: i for i, c in enumerate(t.cols)}
    fit = t and t.kind != "team" and [[r for r in rows if r["stat"] in stats] for sport, rows in systems() if sport == t.sport]
    rows = fit and pick(rng, fit)
    if rows and len(rows) > 1 and not t.who:
        return t.sport, rows, [(n, t.title, {r["stat"]: v[stats[r["stat"]]] for r in rows}) for n, v in some(rng, t.rows, 2)], t.about


def fantasy(rng, part, world):
    task = pick(rng, "points points points term missing versus start start lineup cap".split())
    if task in ("start", "lineup", "cap"):
        return (start_or_sit if task == "start" else lineup)(rng, Speaker(rng, part), part, task)
    sp, found = Speaker(rng, part), rng.random() < .45 and real_lines(rng, part, world)
    if found:
        sport, rows, lines, about = found
    else:
        (sport, rows), about = pick(rng, systems()), made_up()
        rows = some(rng, rows, between(rng, min(3, len(rows)), min(4, len(rows))))
        lines = [stat_line(rng, part, rows), stat_line(rng, part, rows)]
    odd = rng.random() < .4  # a league of its own, so that the scoring must be read
    points = {r["stat"]: float(r["points"]) * (pick(rng, [1, 2]) if odd and abs(float(r["points"])) < 10 else 1) for r in rows}
    (who, place, values), (other, place2, more) = lines
    counted = lambda values: ", ".join(f"{values[r['stat']]} {r['one'] if values[r['stat']] == 1 else r['stat']}" for r in rows)
    told = lambda name, place, values: f"{name}{f' ({place})' * bool(place)}: {counted(values)}"
    block = pick(rng, ["Scoring: ", "Points: ", "The league counts: ", "League rules: "])
    block += ", ".join(f"{r['one']} {number(points[r['stat']])}" for r in rows) + "\n" + told(who, place, values)
    (work, total), slots, names = scored(values, points), dict(a=who, as_=of(who)), [who]
    if task == "versus":
        second, block, names = scored(more, points)[1], block + "\n" + told(other, place2, more), [who, other]
        (v, x), (u, y) = sorted([(float(total), who), (float(second), other)], reverse=True)
        slots.update(b=other, bs_=of(other), x=x, y=y, v=number(v), u=number(u))
        question, short = sp.ask("versus", slots, opener="open_talk"), rng.random() < .4 or part == "eval"
        question, answer, answers = question + (sp.style("style_name") if short else ""), x if short else sp.say("versus", slots), [x]
        if v == u or who == other:
            return None
    elif task == "term":
        r = pick(rng, rows)
        v, p = values[r["stat"]], points[r["stat"]]
        question, answer = sp.ask("term", dict(slots, thing=r["stat"]), opener="open_talk"), f"{v} x {number(p)} = {number(v * p)}"
        answers = [answer, number(v * p)]
    elif task == "missing":
        counted_as = {word.rstrip("s") for stat in points for word in stat.split()}  # "touchdowns" may mean the passing touchdowns
        absent = sorted({r["stat"] for s, some_ in systems() for r in some_ if s == sport and r["stat"].split()[-1].rstrip("s") not in counted_as
                         or s == sport and len(r["stat"].split()) > 1 and r["stat"] not in points})
        if not absent:
            return None
        question, answer, answers = sp.ask("missing", dict(slots, thing=pick(rng, absent)), opener="open_talk"), ABSTAIN, []
    else:
        short = rng.random() < .35
        question = sp.ask("points", slots, opener="open_talk") + (sp.style("style_num") if short else "")
        answer, answers = total if short else work, [work, total]
    question, context = placed(rng, question, block)
    return item(sp, "fantasy", task, sport, about, question, answer, context, answers=answers, names=names, record=dict(values=values, points=points))


def start_or_sit(rng, sp, part, task):
    (sport, _), n, (a, b), style = pick(rng, systems()), between(rng, 2, 4), people(rng, part, 2), rng.random()
    form = {p: [between(rng, 2, 30) for _ in range(n)] for p in (a, b)}
    for last in form.values():  # averages without a remainder
        last[-1] += -sum(last) % n
    x, y = sorted(form, key=lambda p: -sum(form[p]))
    slots = dict(a=a, b=b, x=x, y=y, sx=sum(form[x]) // n, sy=sum(form[y]) // n)
    question, mean = sp.ask("start", slots, opener="open_talk"), lambda x: f"({' + '.join(map(str, x))}) / {n} = {sum(x)} / {n} = {sum(x) // n}"
    if style < .3 or part == "eval":
        question, answer = question + sp.style("style_name"), x
    elif style < .5:
        question, answer = question + sp.style("style_work"), f"{a}: {mean(form[a])}. {b}: {mean(form[b])}. Start {x}."
    else:
        answer = sp.say("start", slots)
    head = pick(rng, ["Fantasy points of the last {n} games", "Last {n} games, fantasy points", "Points in the last {n} games"]).format(n=n)
    question, context = placed(rng, question, head + "".join(f"\n{p}: {', '.join(map(str, form[p]))}" for p in (a, b)))
    if sum(form[x]) > sum(form[y]):
        return item(sp, "fantasy", task, sport, made_up(), question, answer, context, answers=[x], names=[a, b], record=dict(form=form))


def lineup(rng, sp, part, task):
    sport, n = pick(rng, list(POSITIONS)), between(rng, 3, 5)
    names, places = people(rng, part, n), some(rng, POSITIONS[sport].split(), n)
    price, points = ([between(rng, low, high) for _ in names] for low, high in ((3, 12), (4, 30)))
    cost, total, cap = sum(price), sum(points), sum(price) + between(rng, -4 if task == "cap" else 0, 6)
    value = [p / q for p, q in zip(points, price)]
    if any(x.count(pole(x)) > 1 for x in (points, value, price) for pole in (max, min)):
        return None
    best, z, facts, added = points.index(max(points)), value.index(max(value)), None, lambda x: " + ".join(map(str, x)) + f" = {sum(x)}"
    if task == "lineup":
        slots = dict(cost=cost, cap=cap, left=cap - cost, total=total, x=names[best], v=points[best], z=names[z], w=points[z],
                     p=f"a price of {price[z]}")
        question, answer = sp.ask("lineup", opener="open_talk"), sp.say("lineup", slots)
        answers, facts = [answer], [str(slots[k]) for k in ("cost", "left", "total", "v")] + [names[best]]
    else:
        question = sp.ask("cap")
        answer = next(answer for asked, answer in (
            ("within", "Yes." if cost <= cap else "No."), ("left", f"{cap} - {cost} = {cap - cost}" * (cost <= cap)), ("in all|taken", added(price)),
            (r"projected for\?", added(points)), ("most points|bring most", names[best]), ("cheapest", names[price.index(min(price))]),
            ("costs the most", names[price.index(max(price))])) if re.search(asked, question))
        answers = list(dict.fromkeys([answer.rstrip("."), answer.rstrip(".").rpartition("= ")[2]]))
    block = f"{pick(rng, ['Line-up', 'My line-up', 'Suggested line-up'])}, cap {cap}"
    block += "".join(f"\n{where} {p}: price {q}, projected {x}" for where, p, q, x in zip(places, names, price, points))
    question, context = placed(rng, question, block)
    return answer and item(sp, "fantasy", task, sport, made_up(), question, answer, context, answers=answers, facts=facts, names=names)

# -----------------------------------------------------------------------------
# questions and answers, turns that refer to what was said, what is refused

STARTER_PART = {"train": ("train", "train"), "eval": ("eval", "held")}  # of the starter's lists, and of its cores


@functools.lru_cache(None)
def facts_of(part):
    """The starter's facts by table; a share of them is never asked for in training"""
    by = defaultdict(list)
    for fact in starter().taught():
        if (chance(f"{fact.table} {fact.relation} {fact.key}", b"fact") < P_HELD) == (part == "eval"):
            by[fact.table].append(fact)
    return list(by.values())


@functools.lru_cache(None)
def column_of(table, relation):
    return sorted({f.answer for f in starter().taught() if f.table == table and f.relation == relation})


closed = lambda question: question + "?" * question[-1].isalnum()


def from_memory(rng, part, world):
    """A question of the starter, closed-book or with answers to choose from"""
    sp, fact, choice = Speaker(rng, part), pick(rng, pick(rng, facts_of(part))), rng.random() < .4
    core, text = starter().ask_fact(rng, fact, STARTER_PART[part][1])
    others = [x for x in column_of(fact.table, fact.relation) if x != fact.answer] if choice and fact.table not in ("rules", "records") else []
    if not text or choice and len(others) < 3:
        return None
    sp.cores, sp.wording, task, answer, options = [core], [core], "closed", fact.answer, None
    if choice:
        options, mark, task = shuffled(rng, [answer, *shuffled(rng, others)[:between(rng, 2, 3)]]), pick(rng, ["{}) ", "{}. ", "({}) "]), "choice"
        by_letter, text = rng.random() < .3, sp.ask("q_choice", {"q": closed(text)})
        text += sp.style("q_letter") * by_letter + "".join("\n" + mark.format("ABCD"[k]) + option for k, option in enumerate(options))
        answer = "ABCD"[options.index(answer)] if by_letter else answer
    return item(sp, "questions", task, fact.view["sport"], (fact.row["source"], starter().LICENSE), text, answer,
                choices=None if answer in "ABCD" else options, record=dict(fact=fact[:4], options=options))


def unknown(rng, part, world):
    group, sp = pick(rng, [group for group, (_, share) in starter().UNKNOWN.items() for _ in range(share)]), Speaker(rng, part)
    made = starter().make_unknown(rng, group, 1337, *STARTER_PART[part])
    if made and group == "off-topic" and re.search(r"\d|percent|plus|minus|times|divided|square", made[1]):
        return None  # sums are not off this model's topic
    sp.wording = [made and made[1]]
    return made and item(sp, "questions", "unknown", made[0], ("not in the tables", starter().LICENSE), made[1], ABSTAIN, answers=[])


def open_book(rng, part, world):
    """A question of the starter with dated lines to read: the right one among others of the competition and of the year, or only these"""
    S, sp, (view, rows) = starter(), Speaker(rng, part), pick(rng, competitions())
    lines = [{"score": "", **r} for r in shuffled(rng, [r for r in rows if r["win"]])[:between(rng, 3, 5)]]
    about = (lines[0]["source"], S.LICENSE)
    if not real(part, lines) or rng.random() < .5:
        lines, about = renamed(rng, part, view, lines), made_up()
    row, column = lines[0], {"winner": "win", "runner_up": "lose", "score": "score", "year": "y"}
    relation = pick(rng, [r for r in S.relations_of(view) if row.get(column.get(r))] + ["year"])
    if relation == "year" and row["win"] in [r["win"] for r in lines[1:]]:
        return None
    try:
        core, text = S.ask(rng, relation, view, dict(row, has=row["has"] - {"host", "country"}), STARTER_PART[part][1])
    except IndexError:  # no core of that part fits such a row
        return None
    answer, gold = row[column[relation]], rng.random() > .25
    near = [dict(r, other=v["names"][0][0]) for v, some_ in competitions() if v["sport"] != view["sport"] for r in some_
            if r["y"] == row["y"] and mine(part, *filter(None, (r["win"], r["lose"])))]
    shown = shuffled(rng, lines[not gold:] + ([pick(rng, near)] if near and part == "train" and rng.random() < .3 else []))
    told = [" | ".join([f"[{k}] {r['y']}", r.get("other", view["names"][0][0]).removeprefix("the "), f"winner: {r['win']}"]
                       + [f"{label}: {r[key]}" for label, key in (("second", "lose"), ("score", "score")) if r.get(key)])
            for k, r in enumerate(shown, 1)]
    sp.cores, sp.wording = [core], [core]
    text = sp.ask("q_open", {"q": closed(text)}) if part == "eval" or rng.random() < .5 else text
    return item(sp, "questions", "open", view["sport"], about, text, answer if gold else ABSTAIN, "\n".join(told), answers=[answer] * gold,
                names=[r["win"] for r in lines], record=dict(relation=relation, row=row, gold=gold))


def follow_ups(rng, part, world):
    """Several turns on the editions of one competition, from memory"""
    S, sp, (view, rows) = starter(), Speaker(rng, part), pick(rng, competitions())
    n = int(rng.random() * len(rows))
    core, text = S.ask(rng, "winner", view, rows[n])
    if part == "eval" or not rows[n]["win"]:
        return None
    sp.cores, sp.wording = [core], [core]
    out, steps = item(sp, "questions", "follow", view["sport"], (rows[n]["source"], S.LICENSE), text, rows[n]["win"]), [("winner", n)]
    while len(steps) < between(rng, 2, 4):
        row = rows[n]
        tasks = ["second", "second"] * bool(row["lose"]) + ["score"] * bool(row.get("score") and row["lose"])
        task = pick(rng, ["before", "before", "after", *tasks, *["where"] * bool(row.get("host") and view.get("hosts"))])
        n += {"before": -1, "after": 1}.get(task, 0)
        there = 0 <= n < len(rows) and rows[n]["win"] != ""
        answer = rows[n][{"second": "lose", "score": "score", "where": "host"}.get(task, "win")] if there else ABSTAIN
        task = "before_year" if task == "before" and there and int(rows[n + 1]["y"]) - int(rows[n]["y"]) == 1 and rng.random() < .6 else task
        out["messages"] += [{"role": "user", "content": sp.ask(task)}, {"role": "assistant", "content": answer}]
        steps.append((task, n))
        if not there:
            break
    return dict(out, wording=" ".join(sp.wording), record=dict(view=view, steps=steps))


def manners(rng, part, world):
    """What is refused, and small talk"""
    tasks = "bet private" if part == "eval" else "bet bet bet bet private private private thanks who_are hello"
    sp, task = Speaker(rng, part), pick(rng, tasks.split())
    nations = [n for n in shuffled(rng, world.nations)[:20] if mine(part, n)]
    t, u = nations[:2] if len(nations) > 1 and rng.random() < .4 else clubs(rng, part, 2)
    slots = dict(t=t, u=u, k=pick(rng, ["10", "20", "50", "100", "200", "500"]), n=between(rng, 1, 4), p=people(rng, part, 1)[0])
    question = sp.ask(task, slots, "open_talk" if task in ("bet", "private") else "")
    return item(sp, "questions", task, "general", written(), question, sp.say(task, slots),
                answers=[capital(text.format(**slots)) for text in wordings()[task, "say"]],
                names=[n for n in (t, u, slots["p"]) if n in question])

# -----------------------------------------------------------------------------

JOBS = {"analytics": [(14, numbers), (2.5, meetings), (3, champions), (1, dialogue)], "news": [(14, news), (1, article)], "rules": [(1, rules)],
        "fantasy": [(1, fantasy)], "questions": [(4, from_memory), (5, open_book), (2.5, unknown), (1.5, follow_ups), (2, manners)]}
