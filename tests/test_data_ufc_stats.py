"""data/ufc_stats: what the prose says is what the records say, odd bouts are told right, and every text is one of a kind."""
import csv
import gzip
import os
import re
from collections import Counter, defaultdict

import pytest

import prepare

REAL = os.path.join(prepare.ROOT, "..", "shared", "data", "stats", "ufc_stats")
NUMBER = {w: i for i, w in enumerate("no one two three four five six seven eight nine ten eleven twelve".split())}
NTH = "zeroth first second third fourth fifth".split()


def number(word):
    return NUMBER[word.lower()] if word.lower() in NUMBER else int(word.replace(",", ""))


WON = ("<W> (beat|stopped|submitted|finished|outpointed|caught|needed .* to submit|made|won|took).*<L>|<L> (lost to|was (stopped|submitted|disqualified)|gave up|submitted to).*<W>"
       "|took <W> .* to stop <L>|went to <W>, against <L>|gave <W> the win over <L>|between.* went to <W>|had <W> ahead of <L>|win for <W>|doctor stopped <L> against <W>"
       "|disqualified <L> against <W>|<W> won because <L>")


@pytest.fixture(scope="module")
def ufc():
    return prepare.load_source("ufc_stats")


@pytest.fixture(scope="module")
def documents(ufc):
    if not os.path.isdir(REAL):
        pytest.skip("no ufc_stats in shared/data/stats")
    return {d["record"]: d for d in ufc.documents(prepare.Upstream(REAL), 1337)}


@pytest.fixture(scope="module")
def records():
    """[row with DATE], each bout once, read here without the code under test."""
    if not os.path.isdir(REAL):
        pytest.skip("no ufc_stats in shared/data/stats")
    with open(os.path.join(REAL, "ufc_event_details.csv"), newline="", encoding="utf-8") as f:
        dates = {r["EVENT"].strip(): r["DATE"] for r in csv.DictReader(f)}
    with gzip.open(os.path.join(REAL, "ufc_fight_results.csv.gz"), "rt", newline="", encoding="utf-8") as f:
        rows = [{k: v.strip() for k, v in r.items()} for r in csv.DictReader(f)]
    return list({r["URL"]: {**r, "DATE": dates[r["EVENT"]]} for r in rows if r["EVENT"] in dates}.values())

# -----------------------------------------------------------------------------
# the records

def test_records_are_unique_and_texts_are_clean(documents):
    assert len(documents) > 3000 and len({d["text"] for d in documents.values()}) == len(documents)
    for d in documents.values():
        assert not re.search(r"\bNone\b|\bnan\b|  |[{}\[\]|]|\.\.|\(\)| [,.;)]|False|True", d["text"]), d["record"]
        assert d["sport"] == "combat" and re.fullmatch(r"\d{4}-\d\d-\d\d", d["date"]) and d["url"].startswith("http")
        assert re.match("[A-Z0-9]", d["text"]) and d["text"] == d["text"].strip(), d["record"]


def test_every_bout_is_told_with_its_own_round_time_and_scores(documents, records):
    told, met, cards = Counter(), Counter(), {}
    for row in records:
        a, b = row["BOUT"].split(" vs. ")
        a, b = a.rstrip("."), b.rstrip(".")  # "Jr." may end a sentence
        if row["EVENT"] not in cards:
            cards[row["EVENT"]] = re.split(r"\. (?=[A-Z])|\n\n", documents["event " + row["EVENT"]]["text"].split(row["EVENT"], 1)[1])
        sentences = [s for s in cards[row["EVENT"]] if a in s and b in s]
        assert sentences, (row["EVENT"], row["BOUT"])
        s = sentences[met[row["EVENT"], frozenset((a, b))]]  # two of a tournament once met twice on a night
        met[row["EVENT"], frozenset((a, b))] += 1
        for clock in re.findall(r"\b\d+:\d\d\b", s):
            assert clock == row["TIME"], (s, row)
            told["clock"] += 1
        for n in re.findall(r"the (first|second|third|fourth|fifth) round\b|\bround (one|two|three|four|five|\d)\b", s):
            assert (NTH.index(n[0]) if n[0] else number(n[1])) == int(row["ROUND"]), (s, row)
        scores = re.findall(r"\b(\d\d)-(\d\d)\b", s)
        if scores and row["OUTCOME"] in ("W/L", "L/W"):
            assert Counter(f"{y} - {x}" for x, y in scores) == Counter(re.findall(r"\d\d - \d\d", row["DETAILS"])), (s, row)
            told["scores"] += 1
        if row["OUTCOME"] in ("W/L", "L/W"):
            w, l = (a, b) if row["OUTCOME"] == "W/L" else (b, a)
            assert re.search(WON, s.replace(w, "<W>").replace(l, "<L>").replace(">.", ">")), (s, row)
            told["winner"] += 1
        elif row["OUTCOME"] == "NC/NC":
            assert re.search("no contest", s), s
            told["no contest"] += 1
        else:
            assert re.search("draw|drew", s), s
            told["draw"] += 1
    assert told["winner"] > 8000 and told["clock"] > 3000 and told["scores"] > 1500 and told["no contest"] > 80 and told["draw"] > 50


def test_fighters_records_can_be_counted_again(documents, records):
    record = defaultdict(Counter)
    for row in records:
        for name, out in zip(row["BOUT"].split(" vs. "), row["OUTCOME"].split("/")):
            record[name][out] += 1
    checked = 0
    for name, c in record.items():
        if f"fighter {name}" in documents and sum(c.values()) > 1:
            text = documents[f"fighter {name}"]["text"]
            first = re.search(r"(?:(?:, | and )?\w+ (?:win|loss|draw|no contest)\w*)+", text)[0]
            found = {k: number(n) for n, k in re.findall(r"(\w+) (win|loss|draw|no contest)", first)}
            assert found == {k: c[o] for k, o in (("win", "W"), ("loss", "L"), ("draw", "D"), ("no contest", "NC")) if c[o]}, text
            assert len(re.findall(r"\b(?:beat|lost to|drew with|had a no contest with) [A-Z]", text)) == sum(c.values()), text
            checked += 1
    assert checked > 2000


def test_card_sizes_and_ways_add_up(documents, records):
    sizes, n = Counter(r["EVENT"] for r in records), 0
    for event, size in sizes.items():
        text = documents[f"event {event}"]["text"]
        ways = re.search(r"(?:bouts(?: ended)?: |bouts were |these ended: )((?:\w+ (?:by [^,.]*?|drawn|no contests?)(?:, | and |(?=\.)))+)\.", text)
        if ways:
            assert sum(number(w) for w in re.findall(r"(\w+) (?:by|drawn|no contest)", ways[1])) == size, text
            n += 1
    assert n > 400


def test_title_lists_hold_every_title_bout(documents, records):
    titles = [r for r in records if re.search("^UFC .*(Title|Championship)", r["WEIGHTCLASS"]) and "Tournament" not in r["WEIGHTCLASS"]]
    text = "\n".join(d["text"] for record, d in documents.items() if record.startswith("title "))
    assert len([x for x in text.split("\n") if re.search(" (beat|drew with|had a no contest with) ", x)]) == len(titles)
    for r in titles:
        a, b = r["BOUT"].split(" vs. ")
        line = next(x for x in text.split("\n") if a in x and b in x and r["EVENT"] in x)
        assert r["OUTCOME"] not in ("W/L", "L/W") or f"{a if r['OUTCOME'] == 'W/L' else b} beat" in line
        assert ("interim" in line) == ("Interim" in r["WEIGHTCLASS"])


def test_known_facts(documents):
    assert "fighter Bruno Silva" not in documents, "two fighters of one name cannot be told apart"
    assert not any("Lopes vs. Silva" in record and record.startswith("event UFC Fight Night") for record in documents), "an old name of an event"
    assert re.search("Aljamain Sterling won because Petr Yan|Petr Yan was disqualified|disqualification|disqualified Petr Yan", documents["event UFC 259: Blachowicz vs. Adesanya"]["text"])
    assert "Sal D'amato" not in documents["event UFC 300: Pereira vs. Hill"]["text"]

# -----------------------------------------------------------------------------
# odd cases, made by hand

HEAD = "EVENT,BOUT,OUTCOME,WEIGHTCLASS,METHOD,ROUND,TIME,TIME FORMAT,REFEREE,DETAILS,URL\n"
BOUTS = [
    ("Ann Oak vs. Bea Elm", "W/L", "UFC Interim Women's Flyweight Title Bout", "Decision - Split ", "5", "5:00", "5 Rnd (5-5-5-5-5)", "Abe Low 47 - 48.Bo High 48 - 47.47 - 48."),
    ("Cal Fir Jr. vs. Dan Ash", "L/W", "Heavyweight Bout", "KO/TKO ", "2", "0:09", "3 Rnd (5-5-5)", "Kick to Head At DistanceWheel Kick"),
    ("Eli Yew vs. Fay Box", "NC/NC", "Catch Weight Bout", "Overturned ", "3", "5:00", "3 Rnd (5-5-5)", "Failed Drug Test by YewAbe Low 28 - 29.Bo High 28 - 29.Al Mid 28 - 29."),
    ("Gus Ivy vs. Hal Gum", "D/D", "Open Weight Bout", "Other ", "2", "3:00", "1 Rnd + OT (30-3)", "Time Expired"),
    ("Ian Bay vs. Jon Nut", "L/W", "Lightweight Bout", "DQ ", "1", "4:29", "3 Rnd (5-5-5)", "Illegal Knee to Grounded Opponent "),
    ("Kit Fig vs. Lee Pea", "W/L", "Lightweight Bout", "TKO - Doctor's Stoppage ", "2", "5:00", "3 Rnd (5-5-5)", "Facial Cuts"),
    ("Mo Hay vs. Ned Rye", "L/W", "Ultimate Fighter 9 Lightweight Tournament Title Bout", "Submission ", "1", "1:01", "3 Rnd (5-5-5)", "Rear Naked ChokeTechnical Submission"),
    ("Oz Tea vs. Pat Nil", "NC/NC", "Lightweight Bout", "Could Not Continue ", "1", "0:30", "3 Rnd (5-5-5)", "Eye Poke by Tea"),
    ("Quin Ax vs. Ray Bow", "W/L", "Super Heavyweight Bout", "KO/TKO ", "1", "11:04", "No Time Limit", "to"),
    ("Sid Cap vs. Tim Dot", "D/D", "Featherweight Bout", "Decision - Majority ", "3", "5:00", "3 Rnd (5-5-5)", "A B 28 - 28.C D 28 - 28.E F 29 - 28."),
    ("Uma Jar vs. Val Ink", "W/L", "Women's Strawweight Bout", "Submission ", "1", "2:10", "3 Rnd (5-5-5)", "Elbows to Head From MountSubmission to Strikes"),
    ("Ann Oak vs. Wyn Hut", "L/W", "Women's Flyweight Bout", "KO/TKO ", "1", "0:30", "3 Rnd (5-5-5)", "toKnee injury to Oak"),
]


@pytest.fixture
def small(tmp_path):
    quote = lambda *cells: ",".join('"' + str(c).replace('"', '""') + '"' for c in cells) + "\n"
    rows = [quote("UFC 5: Trees ", bout, out, weight, method, n, clock, form, "Jo Ref", details, f"http://x/fight/{i}")
            for i, (bout, out, weight, method, n, clock, form, details) in enumerate(BOUTS)]
    rows += [rows[0].replace("UFC 5: Trees ", "UFC Fight Night: Oak vs. Elm "), quote("Undated ", "A B vs. C D", "W/L", "Lightweight Bout", "KO/TKO ", 1, "1:00", "", "", "", "http://x/fight/99"),
             quote("UFC 6: Rain ", "Bea Elm vs. Ann Oak", "W/L", "Women's Flyweight Bout", "Decision - Unanimous ", 3, "5:00", "3 Rnd (5-5-5)", "", "", "http://x/fight/50"),
             quote("UFC 6: Rain ", "Sam One vs. Dan Ash", "W/L", "Heavyweight Bout", "KO/TKO ", 1, "1:00", "3 Rnd (5-5-5)", "", "", "http://x/fight/51")]
    (tmp_path / "ufc_fight_results.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    (tmp_path / "ufc_event_details.csv").write_text("EVENT,URL,DATE,LOCATION\n" + quote("UFC 6: Rain", "http://x/6", "March 01, 2001", "Oslo, Norway")
                                                    + quote("UFC 5: Trees", "http://x/5", "February 03, 2000", "Lima, Ohio, USA"), encoding="utf-8")
    (tmp_path / "ufc_fighter_tott.csv").write_text('FIGHTER,HEIGHT,WEIGHT,REACH,STANCE,DOB,URL\nAnn Oak,"5\' 0""",125 lbs.,"61""",Southpaw,"Feb 04, 1970",http://x/a\n'
                                                   'Bea Elm,--,--,--,,--,http://x/b\nSam One,--,--,--,,--,http://x/s1\nSam One,"6\' 1""",--,--,,--,http://x/s2\n', encoding="utf-8")
    return tmp_path


def test_odd_cases(ufc, small):
    seen = defaultdict(set)
    for seed in range(40):
        for d in ufc.documents(prepare.Upstream(str(small)), seed):
            seen[d["record"]].add(d["text"])
            assert not re.search(r"None|\bnan\b|  |[{}\[\]|]|\.\.|\(\)", d["text"]), d["text"]
    card = seen["event UFC 5: Trees"]
    assert len(card) == 40 and "event Undated" not in seen and not any("Fight Night" in record for record in seen)
    every = lambda pattern, texts=card: all(re.search(pattern, t) for t in texts)
    some = lambda pattern, texts=card: any(re.search(pattern, t) for t in texts)
    assert every("for the interim UFC women's flyweight title|interim UFC women's flyweight title") and every("split decision") and some("48-47, 47-48 and 48-47")
    assert some("a wheel kick to the head") and every("Dan Ash") and not some(r"Jr\.\.")
    assert every("overturned|Overturned") and some(r"failed drug test by Yew") and not some("Abe Low")
    assert some("time expired") and every("Gus Ivy and Hal Gum|Hal Gum") and some("drew")
    assert every("disqualified|disqualification") and some("illegal knee to grounded opponent")
    assert every("[Dd]octor") and some("facial cuts")
    assert every("Ultimate Fighter 9 lightweight tournament title") and some("a rear-naked choke")
    assert some("eye poke by Tea") and every("no contest")
    assert some("after 11:04") and some("11 minutes and four seconds|eleven minutes and four seconds")
    assert every("majority draw|28-28") and every("elbows to the head from mount") and some("submitted to elbows|submitting to elbows|submit to elbows")
    assert not some("with a knee injury") and some(r"\(a knee injury\)") 
    oak = seen["fighter Ann Oak"]
    assert every("one win and two losses", oak) and every(r"[Ss]he|[Hh]er", oak) and some("five feet(?! no)", oak) and some("29 years old", oak) and not some("30 years old", oak)
    assert "fighter Sam One" not in seen, "two of one name"
    assert every(r"Ann Oak and Bea Elm|Bea Elm and Ann Oak|Ann Oak against Bea Elm|Bea Elm against Ann Oak", seen["pair Ann Oak and Bea Elm"])
    assert every("Each of them won once|(Ann Oak|Bea Elm)", seen["pair Ann Oak and Bea Elm"])
    assert every("for the interim title", seen["title UFC women's flyweight title 2000-02-03"])
    assert every("UFC 5: Trees.*Lima, Ohio, USA|Lima, Ohio, USA", card) and every("3 February 2000", card)


def test_optional_files_seeds_and_nothing(ufc, small, tmp_path):
    a, b, again = ([d["text"] for d in ufc.documents(prepare.Upstream(str(small)), seed)] for seed in (1, 2, 1))
    assert a == again and len(a) == len(b) and a != b
    (small / "ufc_fighter_tott.csv").unlink()
    assert "fighter Sam One" in {d["record"] for d in ufc.documents(prepare.Upstream(str(small)), 1)}
    (small / "ufc_event_details.csv").unlink()
    with pytest.raises(ValueError) as e:
        list(ufc.documents(prepare.Upstream(str(small)), 1))
    assert "\n" not in str(e.value)


def test_details(ufc):
    assert [ufc.hold(x, set()) for x in ("Punches to Head From Back Control", "Spinning Back Fist Head", "Slam to On Ground", "Guillotine Choke After Drop to Half Guard",
                                         "D'Arce Choke In Clinch", "Von Flue Choke From Side ControlTechnical Submission", "toCorner Stoppage", "to", "InjuryNeck Injury", "Armbar",
                                         "Punches to From Mount", "")] == \
        ["punches to the head from back control", "a spinning back fist to the head", "a slam", "a guillotine choke after a drop to half guard",
         "a D'Arce choke in the clinch", "a Von Flue choke from side control", "a corner stoppage", "", "a neck injury", "an armbar", "punches from mount", ""]
    names = {"Sean", "O'Malley", "Gleison", "Tibau"}
    assert [ufc.reason(x, names) for x in ("Eye Poke by O'Malley", "Rear Naked ChokeOverturned - Failed Drug Test by Tibau", "Low blow", "Sal D'amato 28 - 29.Al B 28 - 29.C D 28 - 29.")] == \
        ["eye poke by O'Malley", "failed drug test by Tibau", "low blow", "sal d'amato"]
    classes = [ufc.weight_class(x) for x in ("UFC Interim Light Heavyweight Title Bout", "Women's Strawweight Bout", "Road to UFC 3 Women's Strawweight Tournament TitleBout",
                                             "UFC Superfight Championship Bout", "UFC 2 Tournament Title Bout", "Open Weight Bout")]
    assert [(c["class"], c["title"], c["prize"]) for c in classes] == [
        ("light heavyweight", "UFC light heavyweight title", "interim UFC light heavyweight title"), ("women's strawweight", "", ""),
        ("women's strawweight", "", "Road to UFC 3 women's strawweight tournament title"), ("", "UFC superfight championship", "UFC superfight championship"),
        ("", "", "UFC 2 tournament title"), ("open weight", "", "")]
    assert [ufc.lasted(n) for n in (1, 60, 61, 899)] == ["one second", "one minute", "one minute and one second", "14 minutes and 59 seconds"]
