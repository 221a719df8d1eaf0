"""Leftovers: what nobody comes back to goes, and nothing else."""

import os
import time

from app.store.leftovers import forget_old_runs, remove_unfinished

A_DAY = 86400.0


def write(directory, name, age):
    path = directory / name
    path.write_bytes(b"x")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def test_only_old_runs_that_nobody_uses_are_forgotten(tmp_path):
    for run, age in (("old", 3 * A_DAY), ("used", 3 * A_DAY), ("new", 60.0)):
        write(tmp_path, f"{run}.safetensors", age)
        write(tmp_path, f"{run}.previous.safetensors", age)
    assert forget_old_runs(tmp_path, A_DAY, lambda run: run == "used") == ["old"]
    kept = {path.name.split(".")[0] for path in tmp_path.iterdir()}
    assert kept == {"used", "new"}


def test_what_a_write_that_was_cut_short_left_behind_goes(tmp_path):
    write(tmp_path, ".studio.abc.partial", 0)
    write(tmp_path, "studio.safetensors", 0)
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["studio.safetensors"]


def test_a_directory_that_is_not_there_has_nothing_to_forget(tmp_path):
    assert forget_old_runs(tmp_path / "none", A_DAY, lambda run: False) == []
    remove_unfinished(tmp_path / "none")
