"""docs/security.md names tests that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/[^`:]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text())


def test_every_threat_has_a_test():
    rows = [row for row in (ROOT / "docs" / "security.md").read_text().splitlines() if row.startswith("| ")][1:]
    assert len(rows) >= 15
    assert [row for row in rows if "::test_" not in row] == []


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_is_there(path, name):
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
