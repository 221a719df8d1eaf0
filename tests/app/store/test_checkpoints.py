"""The store: a checkpoint is written whole or not at all, and a damaged one never harms."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store import checkpoints
from app.store.checkpoints import CheckpointStore


def tensors(number: int) -> dict[str, np.ndarray]:
    return {"W": np.full((2, 3), number, np.float32), "b": np.arange(number, dtype=np.float64)}


def numbers(store: CheckpointStore, run: str = "r") -> list[int]:
    """Return which checkpoints can be read, the newest first."""
    loaded = list(store.load(run))
    for checkpoint in loaded:
        number = int(checkpoint.metadata["number"])
        for name, tensor in tensors(number).items():
            assert np.array_equal(checkpoint.tensors[name], tensor)
            assert checkpoint.tensors[name].dtype == tensor.dtype
    return [int(checkpoint.metadata["number"]) for checkpoint in loaded]


@pytest.fixture
def store(tmp_path) -> CheckpointStore:
    return CheckpointStore(tmp_path / "runs")


def save(store: CheckpointStore, *saved: int, run: str = "r") -> None:
    for number in saved:
        store.save(run, tensors(number), {"number": str(number)})


def test_the_newest_two_checkpoints_of_each_run_are_kept(store, tmp_path):
    assert numbers(store) == []
    save(store, 1)
    assert numbers(store) == [1]
    save(store, 2, 3)
    save(store, 7, run="other")
    assert numbers(store) == [3, 2]
    assert numbers(store, "other") == [7]
    assert len(list((tmp_path / "runs").iterdir())) == 3
    store.forget("r")
    assert numbers(store) == []
    assert numbers(store, "other") == [7]


def test_a_view_that_is_not_contiguous_is_saved_as_what_it_shows(store):
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    store.save("r", {"W": turned}, {})
    assert np.array_equal(next(store.load("r")).tensors["W"], turned)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_of_a_damaged_checkpoint_the_one_before_is_read(tmp_path, data):
    store = CheckpointStore(tmp_path / "runs")
    store.forget("r")
    save(store, 1, 2)
    newest = tmp_path / "runs" / "r.safetensors"
    whole = newest.read_bytes()
    newest.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert numbers(store) == [1]
    newest.write_bytes(data.draw(st.binary(max_size=100)))
    assert numbers(store) == [1]


@pytest.mark.parametrize("fault", ["fsync", "write"])
def test_when_the_disk_refuses_the_checkpoints_before_are_untouched(store, tmp_path, monkeypatch, fault):
    save(store, 1, 2)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if fault == "fsync":
        monkeypatch.setattr(checkpoints.os, "fsync", refuse)
    else:
        monkeypatch.setattr(checkpoints.tempfile, "mkstemp", refuse)
    with pytest.raises(OSError, match="No space"):
        save(store, 3)
    monkeypatch.undo()
    assert numbers(store) == [2, 1]
    assert len(list((tmp_path / "runs").iterdir())) == 2  # nothing half-written is left
    save(store, 4)
    assert numbers(store) == [4, 2]


def test_a_file_that_is_far_too_large_is_not_read(store, tmp_path, monkeypatch):
    save(store, 1, 2)
    monkeypatch.setattr(checkpoints, "MOST_CHECKPOINT_BYTES", 10)
    assert numbers(store) == []


def test_a_directory_in_the_place_of_a_checkpoint_is_not_read(store, tmp_path):
    save(store, 1, 2)
    newest = tmp_path / "runs" / "r.safetensors"
    newest.unlink()
    newest.mkdir()
    assert numbers(store) == [1]
