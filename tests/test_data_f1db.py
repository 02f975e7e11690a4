"""data/f1db: what the prose says is what the records say, odd races are told right, and every text is one of a kind."""
import os
import re
import tarfile
from collections import Counter, defaultdict

import pytest

import prepare

REAL = os.path.join(prepare.ROOT, "..", "shared", "data", "stats", "f1db")
ORDINAL = {w: i + 1 for i, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split())}
NUMBER = {w: i for i, w in enumerate("no one two three four five six seven eight nine".split())}


def number(word):
    return NUMBER[word.lower()] if word.lower() in NUMBER else int(word.replace(",", ""))


@pytest.fixture(scope="module")
def f1db():
    return prepare.load_source("f1db")


@pytest.fixture(scope="module")
def documents(f1db):
    if not os.path.isdir(REAL):
        pytest.skip("no f1db in shared/data/stats")
    return {d["record"]: d for d in f1db.documents(prepare.Upstream(REAL), 1337)}


@pytest.fixture(scope="module")
def records():
    """{path below src/data without .yml: [rows]}, read here line by line, without the code under test."""
    if not os.path.isdir(REAL):
        pytest.skip("no f1db in shared/data/stats")
    files, wanted = {}, re.compile(r"src/data/(drivers/[\w-]+|constructors/[\w-]+|seasons/.*/(race|race-results|driver-standings))\.yml")
    with tarfile.open(os.path.join(REAL, "f1db-src-data.tar.xz")) as tar:
        for m in tar:
            path = wanted.search(m.name)
            if path:
                rows = []
                for line in tar.extractfile(m).read().decode().splitlines():
                    if line.startswith("- ") or not rows:
                        rows.append({})
                    key, _, value = line.lstrip("- ").partition(":")
                    if not line.startswith(("   ", "  -")):
                        rows[-1][key.strip()] = value.strip().strip('"')
                files[path[1]] = rows
    return files


@pytest.fixture(scope="module")
def names(records):
    return {path.split("/")[1]: rows[0]["name"].replace(",", "") for path, rows in records.items() if path.startswith("drivers/")}

# -----------------------------------------------------------------------------
# the records

def test_records_are_unique_and_texts_are_clean(documents, f1db):
    assert len(documents) > 3000
    assert len(documents) == len({d["text"] for d in documents.values()})
    for d in documents.values():
        assert not re.search(r"\bNone\b|\bnan\b|  |[{}\[\]|]|\.\.|\(\)| ,|False|True| \.", d["text"]), d["record"]
        assert d["sport"] == "motorsport" and re.fullmatch(r"\d{4}-\d\d-\d\d", d["date"]) and d["url"].startswith("https://github.com/f1db/")
        assert d["text"][0].isupper() or d["text"][0].isdigit() and d["text"].strip() == d["text"], d["record"]


def test_classification_and_winner_are_those_of_the_record(documents, records, names):
    checked = 0
    for record, d in documents.items():
        if not record.endswith(" race"):
            continue
        year, folder, _ = record.split()
        rows = records[f"seasons/{year}/races/{folder}/race-results"]
        places = defaultdict(list)
        for row in rows:
            if row["position"].isdigit():
                places[row["position"], row["driverNumber"]].append(row)
        lines = dict(re.findall(r"^(\d+)\. (.+)$", d["text"], re.M))
        assert len(lines) == len({p for p, _ in places}), record
        for (p, _), group in places.items():
            line = lines[p]
            assert all(names[row["driverId"]] in line for row in group), (record, line)
            for pattern, key in ((r" (\d+)(?:st|nd|rd|th) on the grid", "gridPosition"), (r" ([\d.]+) points?$", "points")):
                found = re.search(pattern, line)
                if found:
                    assert float(found[1]) == float(group[0][key]), (record, line)
            found = re.search(r", (\w+) laps?(,|$)", line)
            if found:
                assert number(found[1]) == int(group[0]["laps"]), (record, line)
            found = re.search(r", (?:(\w+) minutes? )?([\d.]+) seconds? behind", line)
            if found and "lap" not in group[0]["gap"]:
                minutes, _, seconds = group[0]["gap"].strip("+").rpartition(":")
                assert (number(found[1] or "no"), float(found[2])) == (int(minutes or 0), float(seconds)), (record, line)
            checked += 1
        first = re.split(r"(?<!Jr)\. ", d["text"])[0]
        assert all(names[row["driverId"]] in first for row in rows if row["position"] == "1"), first
        assert year in first and re.sub(r".*-(\d\d)-(\d\d)", r"\2", d["date"]).lstrip("0") in first
    assert checked > 14000


def test_career_numbers_can_be_counted_again(documents, records, names):
    idle = {"DNS", "DNQ", "DNPQ", "DNP", "EX"}
    starts, wins = defaultdict(set), defaultdict(set)
    for path, rows in records.items():
        for row in rows if path.endswith("race-results") else []:
            if row["position"] not in idle:
                starts[row["driverId"]].add(path)
            if row["position"] == "1":
                wins[row["driverId"]].add(path)
    told = Counter()
    for driver, races in starts.items():
        text = documents[f"drivers {driver}"]["text"]
        found = re.search(r"(?:started|took part in|from|to \d{4}:) ([\w,]+) races?(?: of| from| between|,|\.)", text)
        if found and len(races) > 1:
            assert number(found[1]) == len(races), text
            told["starts"] += 1
        found = re.search(r"([\w,]+) wins?,", text.split(". ")[0])
        if found:
            assert number(found[1]) == len(wins[driver]), text
            told["wins"] += 1
        if len(wins[driver]) > 1:
            listed = re.search(r"(?:Wins by year|year by year|Victories): (.*?)\.(?: [A-Z]|$)", text)[1]
            assert sum(len(re.split(", | and ", part.split(" ", 1)[1])) for part in listed.split("; ")) == len(wins[driver]), text
            told["lists"] += 1
    assert told["starts"] > 500 and told["lists"] > 70
    assert len(wins["ayrton-senna"]) == 41


def test_known_facts(documents):
    assert not re.search("up to the|as of the", documents["drivers ayrton-senna"]["text"])  # of the past: nothing is added
    assert re.search("(up|runs) to the|as of the", documents["drivers lewis-hamilton"]["text"])
    assert not any(re.search(r"beat \S.* by [\d.]+ seconds and [^\d.]+\.$", s) for d in documents.values() for s in d["text"].split("\n")[:1])
    assert re.search(r"2008, 2014, 2015, 2017, 2018, 2019 and 2020", documents["drivers lewis-hamilton"]["text"])
    assert re.search(r"1951, 1954, 1955, 1956 and 1957", documents["drivers juan-manuel-fangio"]["text"])
    assert "Jacques Villeneuve" in documents["1997 season"]["text"].split(".")[0]
    assert "Michael Schumacher" not in documents["1997 17-europe standings"]["text"]  # struck from the table
    assert "Luigi Fagioli and Juan Manuel Fangio" in documents["1951 04-france race"]["text"].split(". ")[0]
    assert "29 laps" in documents["1975 12-austria race"]["text"] and "54 laps" in documents["1975 12-austria race"]["text"]
    assert "Marimón and Moss" in documents["1954 05-great-britain race"]["text"] or "Onofre Marimón and Stirling Moss" in documents["1954 05-great-britain race"]["text"]
    assert "Kevin Magnussen" in documents["2022 season"]["text"]  # pole in the sprint weekend of São Paulo, from the eighth place
    assert "pole" not in documents["2022 21-sao-paulo race"]["text"]


def test_standings_are_those_of_the_record(documents, records, names):
    checked = 0
    for record, d in documents.items():
        if record.endswith(" standings"):
            year, folder, _ = record.split()
            rows = [r for r in records[f"seasons/{year}/races/{folder}/driver-standings"][:20] if r["position"].isdigit()]
            found = re.findall(r"^(\d+)\.? (.+?):?,? \(?([\d.]+) points?\)?$", re.split(r"\n\n", d["text"])[1], re.M)
            assert found == [(r["position"], names[r["driverId"]], f"{float(r.get('points') or 0):g}") for r in rows], record
            prose = d["text"].split("\n\n")[0]
            leader, second = (names[r["driverId"]] for r in rows[:2])
            assert leader in re.split(r"(?<!Jr)\. ", prose)[0], prose
            assert "moved up in the race" not in prose
            if "Second " in prose:
                assert re.split(r"(?<!Jr)\. ", prose)[1].startswith("Second "), prose
            more = [r for r in records[f"seasons/{year}/races/{folder}/driver-standings"][20:] if r["position"].isdigit()]
            assert ("The first 20" in d["text"]) == bool(more), record
            checked += 1
    assert checked > 1000


# -----------------------------------------------------------------------------
# odd cases, made by hand

def row(position, driver, number, team="ferrari", **more):
    more = {"laps": "", "time": "", "gap": "", "reasonRetired": "", "points": "", "gridPosition": "", **more}
    return f"- position: {position}\n  driverNumber: {number}\n  driverId: {driver}\n  constructorId: {team}\n  engineManufacturerId: {team}\n" + \
        "".join(f"  {k}: {v}\n".replace(": \n", ":\n") for k, v in more.items())


@pytest.fixture
def small(tmp_path):
    """Two seasons of two races, the last race still to come; names with every kind of YAML scalar in use."""
    data = tmp_path / "f1db-main" / "src" / "data"

    def write(path, text):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text(text, encoding="utf-8")
    for i, (first, last, sex) in {"anna-ace": ("Anna", "Ace", "FEMALE"), "bo-ace": ("Bo", "Ace", "MALE"), "carl-fox-jr": ("Carl", "Fox Jr.", "MALE"),
                                  "dan-elk": ("Dan", "Elk", "MALE")}.items():
        write(f"drivers/{i}.yml", f"id: {i}\nname: {first} {last}\nlastName: {last}\nfullName: {first} {last}\ngender: {sex}\n"
                                  f"dateOfBirth: 1920-02-03\ndateOfDeath:\nplaceOfBirth: Rome\nnationalityCountryId: italy\n")
    write("countries/italy.yml", "id: italy\nname: Italy\ndemonym: Italian\n")
    write("constructors/ferrari.yml", "id: ferrari\nname: Ferrari\ncountryId: italy\n")
    for kind in ("constructors", "engine-manufacturers"):
        write(f"{kind}/ats.yml", "id: ats\nname: ATS\ncountryId: italy\n")
    write("circuits/old.yml", 'id: old\nname: Old\nfullName: "Old Ring"\npreviousNames:\n  - Older Ring\nplaceName: Elsewhere\n')
    write("circuits/monza.yml", "id: monza\nname: Monza\nfullName: Autodromo Nazionale Monza\npreviousNames:\nplaceName: Monza\nlayouts:\n  - id: monza-1 # 1950-1954\n    turns: 3\n")
    write("grands-prix/italy.yml", "id: italy\nname: Italy\nfullName: Italian Grand Prix\n")
    for n, (year, folder, circuit) in enumerate([(1950, "01-italy", "monza"), (1950, "02-italy", "old"), (1951, "01-italy", "monza"), (1951, "02-italy", "monza")]):
        write(f"seasons/{year}/races/{folder}/race.yml", f"id: {n + 1}\nround: {folder[1]}\ndate: {year}-05-0{n + 1}\ngrandPrixId: italy\nqualifyingFormat: TWO_SESSION\n"
              f"circuitId: {circuit}\ncourseLength: 6.300\nlaps: 10\ndistance: 63.000\n" + ("scheduledLaps: 80\nscheduledDistance: 504.000\n" if n == 1 else ""))
    write("seasons/1950/races/01-italy/race-results.yml",
          row(1, "anna-ace", 1, laps=10, time='"1:05:9.500"', points=4, gridPosition=2) + row(1, "bo-ace", 1, points=4, sharedCar="true")
          + row(2, "carl-fox-jr", 2, "ats", laps=9, gap='"+1 lap"', reasonRetired="Out of fuel", points=6, gridPosition=1)
          + row("DSQ", "dan-elk", 3, laps=3, reasonRetired="Push start", gridPosition=3) + row("DNQ", "bo-ace", 4))
    write("seasons/1950/races/01-italy/fastest-laps.yml", "- position: 1\n  driverId: dan-elk\n  constructorId: ferrari\n  lap:\n  time: \"2:00.100\"\n  gap:\n"
          "- position: 1\n  driverId: bo-ace\n  constructorId: ferrari\n  lap:\n  time: \"2:00.100\"\n")
    write("seasons/1950/races/02-italy/race-results.yml",
          row(1, "carl-fox-jr", 2, "ats", laps=10, time='"58:10.250"', points=8, gridPosition="PL") + row("DNF", "anna-ace", 1, laps=0, reasonRetired="Engine", gridPosition=1)
          + row("DNS", "bo-ace", 4, reasonRetired="Injury"))
    write("seasons/1951/races/01-italy/race-results.yml", row(1, "carl-fox-jr", 2, "ats", laps=10, time='"58:10.250"', points=8, gridPosition=1) + row("NC", "bo-ace", 1, laps=4))
    return prepare.Upstream(str(tmp_path))


def test_odd_cases(f1db, small):
    seen = defaultdict(set)
    for seed in range(30):
        for d in f1db.documents(small, seed):
            seen[d["record"]].add(d["text"])
            assert not re.search(r"None|nan\b|  |[{}\[\]|]|\.\.", d["text"]), d["text"]
    first, second = seen["1950 01-italy race"], seen["1950 02-italy race"]
    assert len(first) == 30
    assert all("Anna Ace and Bo Ace" in t and "1. Anna Ace and Bo Ace (Ferrari)" in t for t in first)
    assert all(re.search("shared", t) and "first win of her" not in t for t in first), "no career wins where a car was shared"
    assert all("Dan Elk and Bo Ace" in t for t in first), "a shared fastest lap"
    assert any("1:05:09.5" in t for t in first) and not any("1:05:9.5" in t for t in first)
    assert all("Did not qualify: Bo Ace." in t and "Elk (push start)" in t for t in first)
    assert all("ten laps" not in t and "10 laps" in t and "80 laps" in t for t in second), "a race that was cut short"
    assert all("Elsewhere" in t and "Old Ring" not in t for t in second), "a track with another name in its time"
    assert all(re.search(r"Anna Ace.*retired with engine trouble|Anna Ace.*engine", t) for t in second)
    assert any("from the pit lane" in t for t in second)
    assert all("Carl Fox Jr." in t.split(". ", 1)[0] + t for t in second) and not any("Jr.." in t for t in second)
    assert "1951 02-italy race" not in seen, "a race to come"
    assert all(re.search("[Ss]ingle|[Oo]ne (race|start)", t) for t in seen["drivers dan-elk"])
    assert all(" she " in t or " her " in t or "Her " in t or "She " in t for t in seen["drivers anna-ace"])
    assert any("an ATS" in t for t in second)


def test_seeds_differ_and_nothing_usable_is_one_clear_line(f1db, small, tmp_path):
    a, b, again = ([d["text"] for d in f1db.documents(small, seed)] for seed in (1, 2, 1))
    assert a == again and len(a) == len(b) and a != b
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError) as e:
        list(f1db.documents(prepare.Upstream(str(tmp_path / "empty")), 1))
    assert "\n" not in str(e.value)


def test_words(f1db):
    assert [f1db.nth(n) for n in (1, 10, 11, 12, 13, 21, 22, 101, 111)] == ["first", "tenth", "11th", "12th", "13th", "21st", "22nd", "101st", "111th"]
    assert [f1db.an(w) for w in ("ATS", "HRT", "RAM", "EuroBrun", "Eagle", "Uruguayan", "Alfa Romeo")] == \
        ["an ATS", "an HRT", "a RAM", "a EuroBrun", "an Eagle", "a Uruguayan", "an Alfa Romeo"]
    assert [f1db.count(n, "lap") for n in (1, 2, 10, 1200)] == ["one lap", "two laps", "10 laps", "1,200 laps"]
    assert [f1db.gap(t) for t in ("+1 lap", "+1:03.871", "+1.000", "+12 laps", "")] == ["one lap", "one minute 3.871 seconds", "1 second", "12 laps", ""]
    assert f1db.clock("3:22:11.000", {"year": 1951}) == "3:22:11" and f1db.clock("1:22.000", {"year": 2026}) == "1:22.000"
    assert [f1db.why(x) for x in ("Engine", "Brakes", "Oil leak", "Spun off", "Collision damage", "Unwell", "Fatal accident")] == \
        ["retired with engine trouble", "retired with brake trouble", "stopped with an oil leak", "spun off", "retired with collision damage",
         "retired (unwell)", "suffered a fatal accident"]
    assert f1db.runs([1950, 1952, 1953, 1954, 1960]) == "1950, 1952-1954 and 1960"
