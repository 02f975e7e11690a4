"""
The bulk sets of the register on the Hugging Face hub, streamed: OnlySports, the sports pages of FineWeb, FineWeb-Edu.
Their parquet files are read row group by row group over HTTP ranges, and only the columns that are wanted; nothing is stored
but the documents. A run takes LIMIT documents from the beginning: the whole sets are hundreds of billions of tokens.

$ python prepare.py onlysports                    # pip install -r requirements-data.txt
$ python prepare.py fineweb_sports_filter f1db --name mix
$ HUB_LIMIT=1000000 python prepare.py fineweb_edu
"""
import json
import os
import re
import sys
import urllib.request

HUB = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
LIMIT = int(os.environ.get("HUB_LIMIT", 200_000))  # documents of one run
COLUMNS = "text url date timestamp".split()
# OnlySports' idea (arXiv 2409.00286): the address tells most of it, the first words the rest
ADDRESS = re.compile(r"sport|football|soccer|futbol|basketball|baseball|cricket|tennis|golf|hockey|rugby|olympic|athletics|boxing|wrestling"
                     r"|racing|motogp|formula-?1|\b(nfl|nba|mlb|nhl|wnba|mls|ncaa|ufc|mma|f1|pga|atp|wta|fifa|uefa|espn|epl|ipl)\b", re.I)
WORDS = re.compile(r"\b(match|game|season|league|team|coach|player|goal|score[ds]?|champion\w*|tournament|cup|defeat\w*|innings|playoffs?)\b", re.I)
SPORTS = dict(soccer=r"soccer|premier league|fifa|uefa|la liga|bundesliga|goalkeeper", american_football=r"\bnfl\b|quarterback|touchdown|super bowl",
              basketball=r"\bw?nba\b|basketball|rebounds", baseball=r"\bmlb\b|baseball|innings? pitched|home runs?", cricket=r"cricket|wickets?|\bipl\b",
              tennis=r"tennis|\batp\b|\bwta\b|grand slam", hockey=r"\bnhl\b|hockey|power play", golf=r"\bgolf|\bpga\b|birdie",
              combat=r"\bufc\b|\bmma\b|boxing|knockout|wrestling", olympics=r"olympic|paralympic", motorsport=r"formula (1|one)|grand prix|nascar|motogp")


def sport_of(text):
    """The sport whose words come most often, "other" where none does twice"""
    counts = {sport: len(re.findall(words, text[:5000], re.I)) for sport, words in SPORTS.items()}
    best = max(counts, key=counts.get)
    return best if counts[best] > 1 else "other"


def about_sport(url, text):
    return bool(ADDRESS.search(url)) and len(WORDS.findall(text[:3000])) >= 3


def parquet_files(repo):
    """The addresses of a set's parquet files: those of its smallest configuration that has a train split"""
    with urllib.request.urlopen(f"{HUB}/api/datasets/{repo}/parquet", timeout=60) as r:
        splits = [config["train"] for config in json.load(r).values() if config.get("train")]
    if not splits:
        raise ValueError(f"{HUB}/datasets/{repo} has no train split in parquet")
    return min(splits, key=len)


def rows(url):
    try:
        import fsspec
        import pyarrow.parquet as pq
    except ImportError as e:
        raise ValueError(f"{e.name} is missing: pip install -r requirements-data.txt") from None
    with fsspec.open(url, "rb").open() as f:
        parquet = pq.ParquetFile(f)
        for batch in parquet.iter_batches(512, columns=[c for c in COLUMNS if c in parquet.schema_arrow.names]):
            yield from batch.to_pylist()


def documents(upstream, seed, row, state):
    """Yield {"text", "sport", "url", "date"} of the first LIMIT documents; of FineWeb those about sport."""
    n, general = 0, row["sport"] == "general"
    for url in parquet_files(row["feed"]):
        for doc in rows(url):
            if n >= LIMIT:
                return
            text, address = doc.get("text") or "", doc.get("url") or ""
            if "filter" in row["title"] and not about_sport(address, text):
                continue
            n += 1
            yield dict(text=text, sport="general" if general else sport_of(text), url=address or row["url"],
                       date=str(doc.get("date") or doc.get("timestamp") or "")[:10])


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), *(sys.argv[1:] or ["onlysports"])]
    runpy.run_path(sys.argv[0], run_name="__main__")
