"""Modules that a page needs: each is asked for at once, none is forgotten, and none that waits until it is needed."""

import re

import pytest

from app.resources import STATIC
from app.web.modules import PACKAGES, needed_by

PAGES = ["/", "/draw", "/workshop", "/r/KX47QP", *(f"/r/KX47QP/{page}" for page in ("studio", "draw", "host", "wall"))]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_at_once_for_all_that_its_modules_import_and_for_nothing_twice(server, path):
    text = server.get(path).body.decode()
    asked = re.findall(r'<link rel="modulepreload" href="/static/[^/]+/([^"]+)">', text)
    entries = re.findall(r'<script type="module" src="/static/[^/]+/([^"]+)">', text)
    assert entries
    assert sorted(asked) == sorted(set(asked))
    assert set(asked) == set(needed_by(*entries))
    for name in {*asked, *entries} - set(PACKAGES.values()):
        source = (STATIC / name).read_text()
        # Whatever stands after `from` anywhere in it is in the list or an entry: the pattern missed none.
        for imported in re.findall(r'\bfrom "(\.[^"]+)"', source):
            target = (STATIC / name).parent.joinpath(imported).resolve().relative_to(STATIC.resolve()).as_posix()
            assert target in {*asked, *entries}, f"{name} imports {target}"


def test_what_is_imported_when_it_is_needed_is_not_asked_for_before():
    sources = "".join(path.read_text() for path in (STATIC / "js").rglob("*.js"))
    late = re.findall(r'(?:await |\[)import\("(\.[^"]+)"\)', sources)
    assert late, "no page has anything that waits: this test holds nothing"
    assert not [name for name in needed_by("js/studio.js") for one in late if name.endswith(one.lstrip("./"))]
