"""The browser's files: what is sent is what is there, however it is asked for, and a change gives all a new address."""

import gzip
import os

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.web import static
from app.web.static import BrowserFiles


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "js").mkdir()
    for name in ("one", "two", "three"):
        (tmp_path / "css" / f"{name}.css").write_text(f".{name} {{}}\n" * 200)
    (tmp_path / "js" / "page.js").write_text('import "./other.js";\n' * 100)
    (tmp_path / "icon.png").write_bytes(bytes(3000))
    return tmp_path


@pytest.fixture
def files(folder, monkeypatch) -> BrowserFiles:
    monkeypatch.setattr(static, "SECONDS_BETWEEN_LOOKS", 0.0)
    return BrowserFiles(folder)


@pytest.fixture
def client(files) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", files)]))


@pytest.mark.parametrize("accepted", ["gzip, br", "identity"])
def test_what_is_sent_is_what_is_there_packed_or_not(files, client, folder, accepted):
    for name in ("js/page.js", "css/one.css", "icon.png"):
        for address in (files.address(name), f"/static/{name}"):
            answer = client.get(address, headers={"Accept-Encoding": accepted})
            assert answer.content == (folder / name).read_bytes()
            packed = accepted != "identity" and not name.endswith("png")
            assert (answer.headers.get("content-encoding") == "gzip") == packed
            head = client.head(address, headers={"Accept-Encoding": accepted})
            assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])
            tag = {"If-None-Match": f'W/"x", {answer.headers["etag"]}'}
            assert client.get(address, headers=tag).status_code == 304


def test_style_sheets_in_a_row_are_one_file_in_this_order_whether_a_page_names_them_or_not(files, client, folder):
    sheets = {name: (folder / "css" / f"{name}.css").read_text() for name in ("one", "two", "three")}
    named = client.get(files.sheet("two", "one"))
    assert named.text == f"{sheets['two']}\n{sheets['one']}"
    assert named.headers["content-encoding"] == "gzip"
    unnamed = client.get("/static/css/three+one+three.css")
    assert unnamed.text == "\n".join(sheets[name] for name in ("three", "one", "three"))
    assert "content-encoding" not in unnamed.headers
    assert set(files._held) == {"css/two+one.css"}


def test_any_change_gives_all_files_another_address_and_the_old_one_leads_to_what_is_there_now(files, client, folder):
    before = files.address("js/page.js")
    assert files.address("js/page.js") == before
    assert "immutable" in client.get(before).headers["cache-control"]
    path = folder / "css" / "one.css"
    text, changed = path.read_text().replace("one", "oen"), path.stat().st_mtime_ns + 1
    path.write_text(text)
    os.utime(path, ns=(changed, changed))
    after = files.address("js/page.js")
    assert after != before
    assert client.get(before).headers["cache-control"] == "no-cache"
    assert client.get(files.address("css/one.css")).text == text
    (folder / "js" / "new.js").write_text("1;")
    assert client.get(files.address("js/new.js")).text == "1;"
    (folder / "js" / "new.js").unlink()
    assert client.get("/static/js/new.js").status_code == 404


def test_what_is_packed_is_the_same_for_all(files, client, folder):
    client.get(files.address("js/page.js"))
    held = files._held["js/page.js"]
    assert gzip.decompress(held.packed) == held.body == (folder / "js" / "page.js").read_bytes()


def test_files_are_only_read(client):
    assert client.post("/static/js/page.js").status_code == 405
    assert client.delete("/static/js/page.js").status_code == 405
