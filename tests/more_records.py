"""
Rows for data/starter/records.csv from three open sets (F1DB, Chadwick baseball databank, Hockey Databank), to see how the
demo's recipe takes more facts (docs/LOG.md, "Scale"). In a clone of its own:

$ python tests/more_records.py ../shared/data/stats 4000 >> data/starter/records.csv
"""
import csv
import gzip
import os
import re
import sys
import tarfile
from collections import defaultdict

folder, wanted = sys.argv[1], int(sys.argv[2])
facts = 0
write = csv.writer(sys.stdout, lineterminator="\n").writerow

def emit(sport, holder, value, phrases, source):
    """One row, and after it nothing more if that is enough: a holder and a value are a fact each"""
    global facts
    if facts >= wanted:
        sys.exit()
    write([sport, holder, value, "|".join(phrases), source])
    facts += bool(holder) + bool(value)

def table(*path):
    name = os.path.join(folder, *path)
    with (gzip.open if name.endswith(".gz") else open)(name, "rt", encoding="utf-8", errors="replace") as f:
        yield from csv.DictReader(f)

def field(text, key):
    return re.search(rf"^(?:- )?\s*{key}: \"?(.*?)\"?$", text, re.M)[1]

drivers, prix, first = {}, {}, {}
with tarfile.open(os.path.join(folder, "f1db", "f1db-src-data.tar.xz")) as tar:
    for member in tar:
        found = re.fullmatch(r"src/data/(drivers|grands-prix|seasons/(\d+)/races/([^/]+))/([\w-]+)\.yml", member.name)
        if found:
            text = tar.extractfile(member).read().decode()
            if found[1] == "drivers":
                drivers[found[4]] = field(text, "name")
            elif found[1] == "grands-prix":
                prix[found[4]] = field(text, "fullName")
            elif found[4] == "race":
                first.setdefault((found[2], found[3]), {})["prix"] = field(text, "grandPrixId")
            elif found[4] in ("race-results", "qualifying-results", "fastest-laps"):
                first.setdefault((found[2], found[3]), {})[found[4]] = field(text, "driverId")
for (year, _), race in sorted(first.items(), reverse=True):
    for kind, words in (("race-results", ["the win in {}", "victory in {}", "first place in {}", "the race win at {}"]),
                        ("qualifying-results", ["pole position for {}", "the pole at {}", "the fastest lap in qualifying for {}", "the first place on the grid of {}"]),
                        ("fastest-laps", ["the fastest race lap of {}", "the quickest lap of the race at {}", "the best lap time in the race of {}"])):
        if kind in race and race["prix"] in prix:
            emit("motorsport", drivers[race[kind]], "", [w.format(f"the {year} {prix[race['prix']]}") for w in words], "f1db/f1db")

people = {row["playerID"]: f"{row['nameFirst']} {row['nameLast']}" for row in table("chadwick_baseballdatabank", "core", "People.csv.gz")}
managers = defaultdict(set)
for row in table("chadwick_baseballdatabank", "core", "Managers.csv"):
    managers[row["yearID"], row["teamID"]].add(people[row["playerID"]])
for row in sorted(table("chadwick_baseballdatabank", "core", "Teams.csv.gz"), key=lambda row: row["yearID"], reverse=True):
    bosses, team = managers[row["yearID"], row["teamID"]], f"the {row['yearID']} {row['name']}"
    if len(bosses) == 1:
        emit("baseball", *bosses, "", [f"the job of manager of {team}", f"the managing job at {team}", f"the manager's seat of {team}"], "chadwickbureau/baseballdatabank")
    emit("baseball", "", row["W"] + " wins", [f"the number of wins of {team}", f"the win total of {team}", f"the season's victories of {team}"], "chadwickbureau/baseballdatabank")

people = {row["coachID"]: f"{row['firstName']} {row['lastName']}" for row in table("hockey_databank", "Master.csv.gz") if row["coachID"]}
coaches = defaultdict(set)
for row in table("hockey_databank", "Coaches.csv"):
    coaches[row["year"], row["tmID"]].add(people.get(row["coachID"], row["coachID"]))
for row in sorted(table("hockey_databank", "Teams.csv"), key=lambda row: row["year"], reverse=True):
    bosses, team = coaches[row["year"], row["tmID"]], f"the {row['name']} of {row['year']}-{(int(row['year']) + 1) % 100:02d}"
    if len(bosses) == 1:
        emit("hockey", *bosses, "", [f"the job of coach of {team}", f"the coaching job at {team}", f"the coach's seat of {team}"], "Hockey Databank project")
    if row["Pts"]:
        emit("hockey", "", row["Pts"] + " points", [f"the number of points of {team}", f"the point total of {team}", f"the season's points of {team}"], "Hockey Databank project")
sys.exit(f"only {facts} facts there")
