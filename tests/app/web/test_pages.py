"""Pages: strict headers, one language each, files that a browser asks about before it uses them again."""

import json
import re

import pytest

PAGES = ["/", "/workshop", "/r/KX47QP", "/r/KX47QP/studio", "/r/KX47QP/draw", "/r/KX47QP/host", "/r/KX47QP/wall"]


def policy(answer) -> dict[str, str]:
    directives = answer.headers["content-security-policy"].split("; ")
    return {name: rest for name, _, rest in (directive.partition(" ") for directive in directives)}


@pytest.mark.parametrize(
    "path", [*PAGES, "/static/js/protocol.d.ts", "/healthz", "/readyz", "/nowhere", "/static/nowhere"]
)
def test_every_answer_has_the_strict_headers(server, path):
    answer = server.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert f"ws://127.0.0.1:{server.port}" in rules["connect-src"]
    assert not re.search(r"unsafe|\*|https?:", answer.headers["content-security-policy"])


@pytest.mark.parametrize("path", PAGES)
def test_the_nonce_is_another_one_for_each_answer_and_stands_at_each_inline_script(server, path):
    nonces = set()
    for _ in range(3):
        answer = server.get(path)
        nonce = re.search(r"'nonce-([^']+)'", policy(answer)["script-src"])[1]
        nonces.add(nonce)
        inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", answer.body.decode())
        assert inline
        assert all(f'nonce="{nonce}"' in attributes for attributes in inline)
    assert len(nonces) == 3


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_site_for_anything_and_has_no_inline_style_or_handler(server, path):
    text = server.get(path).body.decode()
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)


@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_names_is_there(server, path):
    text = server.get(path).body.decode()
    named = set(re.findall(r"""(?:src|href)="(/[^"#]*)""", text)) | set(re.findall(r'"(/static/[^"]+)"', text))
    assert any(name.endswith(".css") for name in named)
    missing = [name for name in sorted(named) if server.get(name).status != 200]
    assert missing == []


def test_a_file_that_did_not_change_is_not_sent_again(server):
    answer = server.get("/static/js/studio.js")
    assert answer.status == 200
    assert "no-cache" in answer.headers["cache-control"]
    again = server.get("/static/js/studio.js", {"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_names_is_kept_for_ever_and_what_has_an_older_name_is_asked_about(server, path):
    named = re.findall(r'"(/static/(v-[0-9a-f]+)/([^"]+))"', server.get(path).body.decode())
    assert len({version for _, version, _ in named}) == 1
    for address, _, name in named:
        assert "immutable" in server.get(address).headers["cache-control"]
        older = server.get(f"/static/v-0123456789ab/{name}")
        assert (older.status, older.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/settings.py",
        "/static/%2e%2e/app/settings.py",
        "/static/..%2fpyproject.toml",
        "/static/v-0123456789ab/../../pyproject.toml",
        "/static/css/base+..%2f..%2fpyproject.css",
        "/static/css/base+%00.css",
        "/static/css/base+.css",
        "/static/js",
        "/static/",
        "/static/vendor/.stamp",
        "/static/css/" + "+".join(["base"] * 65) + ".css",
    ],
)
def test_no_file_outside_of_the_browser_s_is_served(server, path):
    assert server.get(path).status == 404


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/", {}, "en"),
        ("/", {"Accept-Language": "zh-CN,zh;q=0.9"}, "zh-Hans"),
        ("/", {"Cookie": "language=zh-Hans"}, "zh-Hans"),
        ("/", {"Cookie": "language=en", "Accept-Language": "zh"}, "en"),
        ("/?lang=zh-Hans", {"Cookie": "language=en"}, "zh-Hans"),
        ("/?lang=klingon", {}, "en"),
        ("/?lang=%22%3E%3Cscript%3E", {"Cookie": 'language="><script>'}, "en"),
    ],
)
def test_a_page_is_in_the_language_that_is_asked_for(server, path, headers, language):
    answer = server.get(path, headers)
    assert f'<html lang="{language}"' in answer.body.decode()
    assert ("网络" in answer.body.decode()) is (language == "zh-Hans")
    assert "cookie" in answer.headers["vary"].lower()


def test_a_language_that_was_chosen_is_remembered(server):
    cookie = server.get("/?lang=zh-Hans").headers["set-cookie"]
    assert cookie.startswith("language=zh-Hans;")
    assert "samesite=strict" in cookie.lower()
    assert "set-cookie" not in server.get("/?lang=klingon").headers


def test_the_browser_s_messages_are_there_for_translated_languages_only(server):
    assert server.get("/i18n/zh-Hans.json").status == 200
    assert server.get("/i18n/en.json").status == 404
    assert server.get("/i18n/..%2Fx.json").status == 404


def test_the_probes_tell_that_it_is_alive_and_ready(server):
    assert server.get("/healthz").status == 200
    ready = server.readiness()
    assert ready["status"] == "ready"
    assert len({worker["pid"] for worker in ready["workers"]}) == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("/r/kx4-7qp", "/r/KX47QP"), ("/r/KX4%C2%B77QP/host", "/r/KX47QP/host"), ("/r/kx47qp/draw", "/r/KX47QP/draw")],
)
def test_a_workshops_address_is_found_however_its_code_is_typed(server, typed, meant):
    answer = server.get(typed)
    assert (answer.status, answer.headers["location"]) == (307, meant)


@pytest.mark.parametrize("path", ["/r/KX47Q", "/r/%3Cscript%3E", "/r/KX47Q0/host", "/r/" + "A" * 3000])
def test_what_can_be_no_code_leads_to_the_door_where_one_types_it_anew(server, path):
    answer = server.get(path)
    assert answer.status == 404
    assert "<join-door>" in answer.body.decode()
    assert "data-workshop" not in answer.body.decode()


@pytest.mark.parametrize("path", ["/r/KX47QP/kitchen", "/r/KX47QP/host/more"])
def test_a_workshop_has_no_other_pages(server, path):
    assert server.get(path).status == 404


def test_an_address_of_nothing_shows_a_page_to_browsers_and_json_to_programs(server):
    page = server.get("/no-such-page", {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "zh"})
    assert page.status == 404
    assert '<html lang="zh-Hans"' in page.body.decode()
    assert 'href="/"' in page.body.decode()
    assert json.loads(server.get("/no-such-page").body) == {"detail": "Not Found"}
