"""chat.html as people use it: in Debian's Chromium, with keyboard, phone and screen reader in mind, and with a server that dies."""
import os
import re
import shutil

import pytest

pytest.importorskip("fastapi", reason="pip install -r requirements-serve.txt")
playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
CHROMIUM = shutil.which("chromium") or pytest.skip("apt-get install chromium", allow_module_level=True)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE, DESK = dict(width=390, height=844), dict(width=1280, height=860)
expect = playwright.expect
expect.set_options(timeout=60_000)  # a busy machine is no fault of the page


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    """contexts(**options) -> a browser of one's own: nothing is remembered from another."""
    with playwright.sync_playwright() as p:
        opened = []

        def context(**options):
            profile = tmp_path_factory.mktemp("profile")
            opened.append(p.chromium.launch_persistent_context(str(profile), executable_path=CHROMIUM, args=FLAGS, viewport=options.pop("viewport", DESK), **options))
            opened[-1].set_default_timeout(60_000)
            return opened[-1]
        yield context
        for c in opened:
            c.close()


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """Where the pictures go, to be looked at: SPORTS_LLM_SHOTS, or pytest's folder."""
    return os.environ.get("SPORTS_LLM_SHOTS") or tmp_path_factory.mktemp("shots")


@pytest.fixture(scope="module")
def talk(contexts):
    """talk(server, **options) -> a page, and what its console complained of."""
    def talk(server, settings=None, **options):
        page = contexts(**options).pages[0]
        page.complaints = []
        page.on("pageerror", lambda e: page.complaints.append(str(e)))
        page.on("request", lambda r: page.complaints.append(r.url) if not r.url.startswith((server.url, "data:")) else None)
        if settings:
            page.add_init_script(f"localStorage.getItem('sports-llm:settings') || localStorage.setItem('sports-llm:settings', JSON.stringify({settings}))")
        page.goto(server.url)
        return page
    return talk


def ask(page, text):
    page.get_by_label("Your question").fill(text)
    page.keyboard.press("Enter")


def done(page, n=1):
    expect(page.locator(".turn")).to_have_count(n)
    expect(page.locator(".reply.busy")).to_have_count(0)
    return page.locator(".reply").last.inner_text()


def test_ask_and_reload(talk, server, shots):
    page = talk(server, "{temperature: 1.3, seed: 1}")
    expect(page.locator("#model")).to_have_text("tiny_run")
    page.screenshot(path=f"{shots}/start.png")
    assert page.evaluate("document.activeElement.id") == "text" and page.get_by_role("button", name="Ask", exact=True).is_disabled()
    ask(page, "Who won the 2010 World Cup?")
    first = done(page)
    want = server.ask("chat/completions", messages=[dict(role="user", content="Who won the 2010 World Cup?")], temperature=1.3, seed=1, max_tokens=256)
    assert first == (want["choices"][0]["message"]["content"].strip() or "No words came.") and "token" in page.locator(".clock").inner_text()
    assert page.locator("#said").inner_text() == first  # what a screen reader says, in one piece
    page.get_by_label("Your question").press_sequentially("two")
    page.keyboard.press("Shift+Enter")
    page.get_by_label("Your question").press_sequentially("lines")
    page.keyboard.press("Enter")
    second = done(page, 2)
    assert page.locator(".turn h3").last.inner_text().endswith("two\nlines")
    page.reload()
    assert done(page, 2) == second and page.locator(".reply").first.inner_text() == first
    assert page.get_by_label("Temperature").input_value() == "1.3" and page.complaints == []
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "Another one")
    done(page)
    assert page.locator("#list .title").all_inner_texts() == ["Another one", "Who won the 2010 World Cup?"]
    page.locator("#list .title").last.click()
    assert done(page, 2) == second
    page.on("dialog", lambda d: d.accept())
    page.get_by_role("button", name="Delete the conversation “Another one”").click()
    expect(page.locator("#list .title")).to_have_count(1)
    page.reload()
    assert done(page, 2) == second and page.locator("#list .title").count() == 1


def test_stream_stop_and_regenerate(talk, slow, shots):
    page = talk(slow, "{max_tokens: 1900}")
    ask(page, "Tell me everything")
    expect(page.locator(".reply.busy")).to_have_text(re.compile(r"\w{20}"))  # pieces are there before the end
    assert slow.metric("batch_size") == 1
    page.screenshot(path=f"{shots}/streaming.png")
    page.get_by_role("button", name="Stop the answer").click()
    stopped = done(page)
    expect(page.locator(".clock")).to_contain_text("stopped")
    slow.wait(lambda: slow.metric("batch_size") == 0)  # the server has noticed
    assert len(stopped) > 20
    page.get_by_role("button", name="Regenerate").click()
    expect(page.locator(".reply.busy")).to_have_text(re.compile(r"\w{20}"))
    page.keyboard.press("Escape")
    again = done(page)
    assert again[:20] == stopped[:20] and page.locator(".turn").count() == 1  # greedy: the same beginning, in the place of the first
    page.get_by_role("button", name="Regenerate").click()
    expect(page.locator(".reply.busy")).to_have_text(re.compile(r"\w{20}"))
    page.reload()  # in the middle of it: what had come is kept
    expect(page.locator(".reply")).to_have_text(re.compile(r"\w{20}"))
    expect(page.locator(".clock")).to_contain_text("broken off")
    assert page.complaints == []


def test_a_server_that_dies_and_comes_back(talk, serve, endless_run, shots):
    server = serve("--out_dir", endless_run, "--max_tokens", 2000)
    page = talk(server, "{max_tokens: 1900}")
    ask(page, "Tell me everything")
    expect(page.locator(".reply.busy")).to_have_text(re.compile(r"\w{20}"))
    server.end()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("does not answer")
    page.screenshot(path=f"{shots}/died.png")
    assert len(done(page)) >= 20  # what had come stays
    expect(page.locator("#model")).to_have_class("down")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("does not answer")
    serve("--out_dir", endless_run, "--port", server.port)
    expect(alert).to_contain_text("is back")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_be_hidden()
    assert len(done(page)) > 20
    expect(page.locator(".clock")).to_contain_text("cut at the longest answer")


def test_a_key(talk, serve, tiny_run, shots):
    server = serve("--out_dir", tiny_run, env={"SPORTS_LLM_API_KEYS": "the-key"})
    page = talk(server)
    key = page.get_by_label("API key")
    expect(key).to_be_focused()
    expect(page.locator("#model")).to_have_text("wants an API key")
    ask(page, "Who won?")
    expect(page.get_by_role("alert")).to_contain_text("API key")
    page.screenshot(path=f"{shots}/key.png")
    key.fill("the-key")
    key.blur()
    expect(page.locator("#model")).to_have_text("tiny_run")
    page.get_by_role("button", name="Try again").click()
    done(page)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert "the-key" not in page.evaluate("JSON.stringify(localStorage)")


def test_what_is_too_long_and_what_is_remembered(talk, server):
    page = talk(server, "{memory: true, temperature: 1, seed: 5, max_tokens: 20}")
    asked = []
    page.on("request", lambda r: asked.append(r.post_data_json["messages"]) if r.method == "POST" else None)
    for n in range(1, 5):
        ask(page, f"Question number {n}, " + "of some length, " * 3)
        done(page, n)
    assert len(asked[0]) == 1 and len(asked[1]) == 3 and asked[1][0]["content"].startswith("Question number 1")
    assert page.get_by_role("alert").is_hidden() and len(asked) > 4  # the oldest were left out until the rest fitted
    ask(page, "word " * 200)
    expect(page.get_by_role("alert")).to_contain_text("too long")
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Send earlier turns along").uncheck()
    expect(page.locator("#keys")).to_contain_text("on its own")
    ask(page, "Alone?")
    done(page, 6)
    assert len(asked[-1]) == 1
    page.get_by_label("Temperature").fill("7")  # out of bounds: not taken
    page.get_by_label("Seed").fill("")
    page.get_by_label("Seed").blur()
    assert page.evaluate("JSON.parse(localStorage['sports-llm:settings']).temperature") == 1


def contrast(page, what):
    """Ratio of the colours of the text and of the ground behind it (WCAG 2.2), of every visible element that holds text."""
    return page.evaluate("""what => {
      const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
      const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
      const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ground = e => { const chain = []; for (; e; e = e.parentElement) chain.push(parse(getComputedStyle(e).backgroundColor)); return chain.reverse().reduce((under, c) => over(c, under), [255, 255, 255, 1]); };
      const bad = [];
      for (const e of document.querySelectorAll(what)) {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility({ visibilityProperty: true }) || e.closest(".unseen, .skip, :disabled")) continue;
        let opacity = 1; for (let p = e; p; p = p.parentElement) opacity *= getComputedStyle(p).opacity;
        const under = ground(e), text = parse(getComputedStyle(e).color), [a, b] = [light(over([...text.slice(0, 3), text[3] * opacity], under)), light(under)].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) bad.push([e.tagName, e.className, e.textContent.slice(0, 30), (a + 0.05) / (b + 0.05)]);
      }
      return bad;
    }""", what)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_how_it_looks(talk, slow, shots, scheme, size):
    page = talk(slow, "{max_tokens: 40}", viewport=size, color_scheme=scheme, has_touch=size is PHONE)
    name = f"{shots}/{scheme}_{'phone' if size is PHONE else 'desk'}"
    fits = lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('main, main *, #top *')].every(e => e.classList.contains('unseen') || e.closest('svg') || !e.checkVisibility() || e.getBoundingClientRect().right <= innerWidth + 1)")
    expect(page.locator("#model")).to_have_text("endless")
    assert contrast(page, "*") == [] and fits()
    page.screenshot(path=f"{name}_start.png")
    for n, text in enumerate(["Who won the 2010 World Cup?", "and\nsomething " + "verylong" * 30, "Which club plays at home in a ground with a name that is rather long, and in what year was it founded?"], 1):
        ask(page, text)
        assert len(done(page, n)) > 20
    assert contrast(page, "*") == [] and fits()
    page.screenshot(path=f"{name}_talk.png")
    if size is PHONE:
        assert not page.locator("#list").is_visible()
        page.get_by_role("button", name="Conversations").click()
        expect(page.locator("#new")).to_be_focused()
        page.wait_for_timeout(250)
        page.screenshot(path=f"{name}_side.png")
        page.keyboard.press("Escape")
        expect(page.locator("#menu")).to_be_focused()
        page.wait_for_timeout(250)
        small = page.evaluate("[...document.querySelectorAll('#top button, #ask button')].filter(b => b.checkVisibility() && Math.min(b.offsetWidth, b.offsetHeight) < 44).map(b => b.outerHTML.slice(0, 80))")
        assert small == []  # wide enough for a thumb
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("Temperature")).to_be_focused()
    assert contrast(page, "*") == [] and fits()
    page.screenshot(path=f"{name}_settings.png")
    assert page.complaints == []


def test_by_keyboard_and_by_ear(talk, server):
    """Every control has a name and can be reached by Tab, in the order in which they stand; the first is the way past them."""
    page = talk(server)
    nameless = page.evaluate("[...document.querySelectorAll('button, input, select, textarea, a')].filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)")
    assert nameless == []
    assert page.evaluate("document.documentElement.lang") == "en" and page.locator("h1").count() == 1 and page.locator("main").count() == 1
    page.locator(".skip").focus()
    assert page.locator(".skip").bounding_box()["y"] >= 0  # it comes into sight
    names = []
    while not names or names[-1] != "text":
        page.keyboard.press("Tab")
        names.append(page.evaluate("(e => e.ariaLabel || e.textContent.trim() || e.id)(document.activeElement)"))
        assert len(names) < 20, names
    assert names[:4] == ["New conversation", "Settings", "Conversation", "Who won the 2022 FIFA World Cup?"]
    page.get_by_label("Your question").focus()
    assert page.evaluate("getComputedStyle(document.querySelector('.box')).outlineStyle") == "solid"
