"""
The register's rows that are read through an API with a key: the Guardian's open platform, Reddit's official API, and the
statistics services; and Wikimedia Commons, which needs none. Each service is one entry of SERVICES: where to ask, how to show
the key, how to go to the next page, and how one item becomes a document. Keys come from the environment or .env; the services'
contracts decide what you may do with the answers, so read yours. Answers are kept page by page in data/api/ROW/, so that a run
that was cut off, by a limit of the day for instance, goes on where it stopped; remove the folder to ask anew.

$ SPORTSDATAIO_KEY=... python prepare.py sportsdata_io
$ python prepare.py reddit_r_nba --permission "our data licensing agreement of 2026-05-01"
"""
import base64
import hashlib
import html
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

AGENT = "sports-llm/0.1 (language model training)"
PAGES = 200     # pages of one service and run
PAUSE = 1.0     # seconds between two requests, more where the service says so
TRIES = 6
SEASON = time.gmtime().tm_year - (time.gmtime().tm_mon < 8)  # the season that began last


def get(url, headers, data=None):
    """The answer to one request: waits as the service says (Retry-After, X-Ratelimit-*), ValueError where it refuses."""
    for attempt in range(TRIES):
        try:
            request = urllib.request.Request(url, data, {"User-Agent": AGENT, "Accept": "application/json", **headers})
            with urllib.request.urlopen(request, timeout=60) as r:
                body, answer = json.load(r), dict(r.headers.items())
            left, reset = (answer.get("X-Ratelimit-" + k, "") for k in ("Remaining", "Reset"))
            time.sleep(float(reset) if left and float(left) < 1 and reset else PAUSE)
            return body
        except urllib.error.HTTPError as e:
            if e.code in (401, 403):
                raise ValueError(f"{hidden(url)}: {e.code}: the key is refused, or does not cover this") from None
            if e.code not in (429, 500, 502, 503, 504) or attempt == TRIES - 1:
                raise ValueError(f"{hidden(url)}: {e.code} {e.reason}") from None
            wait = e.headers.get("Retry-After") or ""
            time.sleep(min(float(wait), 3600) if wait.isdigit() else 2 ** attempt * PAUSE)
        except (OSError, ValueError) as e:
            if attempt == TRIES - 1:
                raise ValueError(f"{hidden(url)}: {e}") from None
            time.sleep(2 ** attempt * PAUSE)


def hidden(url):
    """An address without the key that some services want in it"""
    return re.sub(r"(api[-_]key=)[^&]+|(/json/)[^/]+", r"\1\2...", url)


def plain(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text or ""))).strip()

# -----------------------------------------------------------------------------
# the services: first(base, keys) -> [address]; next(answer, address) -> address or ""; items(answer) -> documents

def with_query(url, **more):
    parts = urllib.parse.urlsplit(url)
    query = {**dict(urllib.parse.parse_qsl(parts.query)), **{k: str(v) for k, v in more.items()}}
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))


def guardian_items(answer):
    for item in answer["response"]["results"]:
        yield dict(text=f"{item['webTitle']}\n\n{item.get('fields', {}).get('bodyText', '')}", url=item["webUrl"], date=item["webPublicationDate"][:10])


def guardian_next(answer, url):
    page = answer["response"]["currentPage"]
    return with_query(url, page=page + 1) if page < answer["response"]["pages"] else ""


def reddit_items(answer):
    """Posts with text of their own; links, removed ones and those of users who are gone are left out."""
    for child in answer["data"]["children"]:
        post = child["data"]
        if post.get("selftext") not in (None, "", "[removed]", "[deleted]") and not post.get("over_18"):
            yield dict(text=f"{post['title']}\n\n{post['selftext']}", url="https://www.reddit.com" + post["permalink"],
                       date=time.strftime("%Y-%m-%d", time.gmtime(post["created_utc"])))


def games(found, league):
    """A day's results as one text: [(date, home, away, home score, away score)]"""
    days = {}
    for date, home, away, a, b in found:
        if a is not None and b is not None and str(a) != "" and str(b) != "":
            days.setdefault(date[:10], []).append(f"{home} drew {a}-{b} with {away}." if int(a) == int(b) else
                                                  f"{home} beat {away} {a}-{b}." if int(a) > int(b) else f"{home} lost {a}-{b} to {away}.")
    for date, lines in sorted(days.items()):
        yield dict(text=f"{league}, results of {date} (home team first).\n" + "\n".join(lines), date=date, record=f"{league} {date} {hashlib.sha256(repr(lines).encode()).hexdigest()[:8]}")


def football_items(answer):
    yield from games([(g["fixture"]["date"], g["teams"]["home"]["name"], g["teams"]["away"]["name"], g["goals"]["home"], g["goals"]["away"]) for g in answer["response"]],
                     answer["response"][0]["league"]["name"] if answer["response"] else "")


def sportsdb_items(answer):
    events = answer.get("events") or []
    for doc in games([(e["dateEvent"], e["strHomeTeam"], e["strAwayTeam"], e["intHomeScore"], e["intAwayScore"]) for e in events], events[0]["strLeague"] if events else ""):
        yield {**doc, "sport": NAMES.get(events[0].get("strSport"), "other")}


def balldontlie_items(answer):
    yield from games([(g["date"], g["home_team"]["full_name"], g["visitor_team"]["full_name"], g["home_team_score"], g["visitor_team_score"])
                      for g in answer["data"] if g["status"] == "Final"], "NBA")


def standings(teams, league, season):
    """[(name, wins, losses)] as one text"""
    if teams:
        lines = [f"{name} won {wins} and lost {losses}." for name, wins, losses in teams]
        yield dict(text=f"{league}, the standings of the {season} season.\n" + "\n".join(lines), date=f"{season}-12-31", record=f"{league} {season}")


def sportsdata_items(answer):
    if answer:
        one = answer[0]
        yield from standings([(f"{t['City']} {t['Name']}" if t.get("City") else t["Name"], t["Wins"], t["Losses"]) for t in answer], one.get("League") or "Standings " + str(one.get("Conference") or ""), one["Season"])


def sportradar_items(answer):
    teams = [team for conference in answer.get("conferences", []) for group in [conference, *conference.get("divisions", [])] for team in group.get("teams", [])]
    yield from standings([(f"{t.get('market', '')} {t['name']}".strip(), t["wins"], t["losses"]) for t in teams], answer["league"]["alias"], answer["season"]["year"])


def commons_items(answer):
    for page in answer.get("query", {}).get("pages", {}).values():
        for info in page.get("imageinfo", []):
            meta = {k: plain(str(v.get("value", ""))) for k, v in info.get("extmetadata", {}).items()}
            if re.match(r"(CC0|CC BY|Public domain)", meta.get("LicenseShortName", "")):
                yield dict(text=f"{page['title'].removeprefix('File:').rsplit('.', 1)[0]}\n\n{meta.get('ImageDescription', '')}", url=info["descriptionurl"],
                           date=meta.get("DateTimeOriginal", "")[:10] if re.match(r"\d{4}-\d\d-\d\d", meta.get("DateTimeOriginal", "")) else "")


LEAGUES = dict(nfl="american_football", nba="basketball", mlb="baseball", nhl="hockey")
NAMES = {"Soccer": "soccer", "Basketball": "basketball", "Baseball": "baseball", "Ice Hockey": "hockey", "American Football": "american_football"}
SERVICES = {
    "The Guardian Sport": dict(first=lambda base, key: [f"{base}?section=sport%7Cfootball&show-fields=bodyText&order-by=newest&page-size=50&page=1&api-key={key}"], next=guardian_next, items=guardian_items),
    "Reddit": dict(first=lambda base, id, secret: [base + "/top?t=year&limit=100&raw_json=1"], items=reddit_items,
                   next=lambda a, url: with_query(url, after=a["data"]["after"]) if a["data"].get("after") else ""),
    "API-Football": dict(first=lambda base, key: [f"{base}/fixtures?league={n}&season={SEASON}" for n in (39, 140, 135, 78, 61, 2)], headers=lambda key: {"x-apisports-key": key}, items=football_items),
    "TheSportsDB": dict(first=lambda base, key: [f"{base}/{key}/eventsseason.php?id={n}&s={s}" for n, s in ((4328, f"{SEASON}-{SEASON + 1}"), (4387, f"{SEASON}-{SEASON + 1}"), (4391, SEASON), (4424, SEASON))], items=sportsdb_items),
    "balldontlie": dict(first=lambda base, key: [f"{base}/games?seasons[]={SEASON}&per_page=100"], headers=lambda key: {"Authorization": key}, items=balldontlie_items,
                        next=lambda a, url: with_query(url, cursor=a["meta"]["next_cursor"]) if a["meta"].get("next_cursor") else ""),
    "SportsData.io": dict(first=lambda base, key: [f"{base}/{league}/scores/json/Standings/{SEASON}" for league in ("nfl", "nba", "mlb", "nhl")], headers=lambda key: {"Ocp-Apim-Subscription-Key": key}, items=sportsdata_items),
    "Sportradar": dict(first=lambda base, key: [f"{base}/nba/trial/v8/en/seasons/{SEASON}/REG/standings.json?api_key={key}"], items=sportradar_items),
    "Wikimedia Commons": dict(first=lambda base: [f"{base}?action=query&format=json&generator=categorymembers&gcmtype=file&gcmlimit=50&gcmtitle={urllib.parse.quote('Category:' + c)}"
                                                  "&prop=imageinfo&iiprop=extmetadata%7Curl" for c in ("Association football", "Basketball", "Baseball", "Tennis", "Cricket", "Ice hockey", "Golf", "Boxing", "Olympic Games", "Formula One")],
                              items=commons_items, next=lambda a, url: with_query(url, **a["continue"]) if a.get("continue") else ""),
}


def reddit_token(keys, base):
    """A bearer token of an application of your own: https://github.com/reddit-archive/reddit/wiki/OAuth2"""
    basic = base64.b64encode(":".join(keys).encode()).decode()
    login = os.environ.get("REDDIT_TOKEN_URL", "https://www.reddit.com/api/v1/access_token")
    return get(login, {"Authorization": "Basic " + basic}, b"grant_type=client_credentials")["access_token"]


def documents(upstream, seed, row, state):
    """Yield {"text", "sport", "url", "date"} of a row, newest first as the service gives them."""
    service, keys = SERVICES[row["title"].split(" r/")[0]], [os.environ[key] for key in row["key"].split()]
    headers = service.get("headers", lambda *keys: {})(*keys)
    if row["title"].startswith("Reddit") and keys:
        headers = {"Authorization": "Bearer " + reddit_token(keys, row["feed"])}
    os.makedirs(state, exist_ok=True)
    for url in service["first"](row["feed"], *keys):
        for _ in range(PAGES):
            path = os.path.join(state, hashlib.sha256(hidden(url).encode()).hexdigest()[:24] + ".json")
            if not os.path.exists(path):
                with open(path + ".part", "w", encoding="utf-8") as f:
                    json.dump(get(url, headers), f)
                os.replace(path + ".part", path)
            with open(path, encoding="utf-8") as f:
                answer = json.load(f)
            league = re.search(r"/(nfl|nba|mlb|nhl)/", url)
            sport = row["sport"] if row["sport"] != "several" else LEAGUES[league[1]] if league else "basketball" if row["title"] == "balldontlie" else "other"
            for doc in service["items"](answer):
                yield {"sport": sport, "url": row["url"], **doc}
            url = service.get("next", lambda answer, url: "")(answer, url)
            if not url:
                break


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), *(sys.argv[1:] or ["sportsdata_io"])]
    runpy.run_path(sys.argv[0], run_name="__main__")
