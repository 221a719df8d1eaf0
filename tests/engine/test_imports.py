"""The engine stands alone: the standard library and NumPy, and none of what would make it more than arithmetic."""

import ast
import sys
from pathlib import Path

import pytest

import engine

FILES = sorted(Path(engine.__file__).parent.rglob("*.py"))
FORBIDDEN = {"threading", "multiprocessing", "asyncio", "time", "datetime", "logging", "random", "pickle", "subprocess"}


def imported_modules(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(str(node.module).partition(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_the_standard_library_and_numpy_are_imported(path):
    modules = imported_modules(path.read_text("utf-8"))
    assert modules <= {*sys.stdlib_module_names, "numpy", "engine"}
    assert not modules & FORBIDDEN


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_printed_and_no_global_random_state_is_used(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called != "print"
            assert not called.startswith("np.random.") or called in {"np.random.default_rng", "np.random.SeedSequence"}
