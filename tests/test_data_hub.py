"""data/hub against a loopback server that speaks the hub's parquet API and byte ranges."""
import http.server
import json
import re
import threading

import pytest

import prepare

pq = pytest.importorskip("pyarrow.parquet", reason="pip install -r requirements-data.txt")
pytest.importorskip("aiohttp", reason="pip install -r requirements-data.txt")
import pyarrow as pa  # noqa: E402

ROW = dict(title="FineWeb (sports filter)", folder="hub", url="https://x", sport="several", feed="HuggingFaceFW/fineweb")


@pytest.fixture
def hub(tmp_path, monkeypatch):
    docs = [dict(text=f"The team won game {i} of the season in the league, and the coach praised every player. The quarterback threw a touchdown in the NFL.",
                 url=f"https://news.example/{'sports' if i % 3 else 'cooking'}/{i}", date="2024-01-02T03:04:05Z", score=i) for i in range(3000)]
    docs[4]["text"] = "A page under a sports address about something else."
    for part in range(2):
        pq.write_table(pa.Table.from_pylist(docs[part * 1500:(part + 1) * 1500]), tmp_path / f"{part}.parquet", row_group_size=500)
    sent = []

    class Hub(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self):
            self.answer(head=True)

        def do_GET(self):
            self.answer()

        def answer(self, head=False):
            base = f"http://127.0.0.1:{self.server.server_address[1]}"
            if self.path.endswith("/parquet"):
                big, small = [f"{base}/{i}.parquet" for i in (0, 1, 0)], [f"{base}/{i}.parquet" for i in (0, 1)]
                body, status = json.dumps({"all": {"train": big}, "sample": {"train": small}, "odd": {"test": ["x"]}}).encode(), 200
            else:
                body, status = (tmp_path / self.path[1:]).read_bytes(), 200
                found = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
                if found:
                    body, whole, status = body[int(found[1]):int(found[2]) + 1], len(body), 206
            self.send_response(status)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(body)))
            if status == 206:
                self.send_header("Content-Range", f"bytes {found[1]}-{int(found[1]) + len(body) - 1}/{whole}")
            self.end_headers()
            if not head:
                self.wfile.write(body)
                sent.append(len(body))

        def log_message(self, *args):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    module = prepare.load_source("hub")
    monkeypatch.setattr(module, "HUB", f"http://127.0.0.1:{httpd.server_address[1]}")
    yield module, docs, sent, sum(f.stat().st_size for f in tmp_path.glob("*.parquet"))
    httpd.shutdown()


def test_pages_about_sport_are_kept_in_order_and_the_rest_is_not(hub):
    module, docs, _, _ = hub
    found = list(module.documents(None, 1, ROW, ""))
    assert [d["url"] for d in found] == [d["url"] for i, d in enumerate(docs) if i % 3 and i != 4]
    assert found[0] == dict(text=docs[1]["text"], sport="american_football", url=docs[1]["url"], date="2024-01-02")


def test_a_limit_reads_no_more_than_it_needs(hub, monkeypatch):
    module, docs, sent, size = hub
    monkeypatch.setattr(module, "LIMIT", 10)
    found = list(module.documents(None, 1, {**ROW, "title": "FineWeb-Edu", "sport": "general"}, ""))
    assert [d["text"] for d in found] == [d["text"] for d in docs[:10]] and {d["sport"] for d in found} == {"general"}
    assert sum(sent) < .6 * size + 2000  # the second file was not asked for


def test_a_set_without_a_train_split_is_named(hub, monkeypatch):
    module, *_ = hub
    monkeypatch.setattr(module.json, "load", lambda r: {"default": {"test": ["x"]}})
    with pytest.raises(ValueError, match="no train split"):
        list(module.documents(None, 1, ROW, ""))
