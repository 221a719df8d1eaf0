"""What is made from the protocol says what the protocol says."""

import re

import pytest

from app.protocol import document, typescript


@pytest.mark.parametrize("maker", [typescript, document], ids=["protocol.d.ts", "protocol.md"])
def test_what_is_made_from_the_protocol_is_up_to_date(maker):
    assert maker.TARGET.read_text() == maker.render(), f"run python -m {maker.__name__}"


def test_the_check_fails_when_it_is_not(monkeypatch, tmp_path):
    monkeypatch.setattr(typescript, "TARGET", tmp_path / "protocol.d.ts")
    monkeypatch.setattr("sys.argv", ["typescript", "--check"])
    with pytest.raises(SystemExit, match="is not what app/protocol says"):
        typescript.main()
    typescript.TARGET.write_text(typescript.render())
    typescript.main()


def test_every_type_that_the_browser_is_told_of_is_declared():
    text = re.sub(r"/\*\*.*?\*/|//[^\n]*|\"[^\"\n]*\"", "", typescript.render(), flags=re.DOTALL)
    declared = set(re.findall(r"export (?:type|interface) (\w+)", text))
    named = set(re.findall(r"\b[A-Z]\w+", text))
    assert named - declared == {"Record", "Uint8Array"}
