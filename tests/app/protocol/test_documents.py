"""What is made from the protocol says what the protocol says."""

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
