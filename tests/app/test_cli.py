"""The command line: what it prints, and how it refuses."""

import json

import pytest
from typer.testing import CliRunner

from app.cli import main
from app.resources import VERSION
from engine.spec import DEFAULT_SPEC, RunSpec


def run(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


def test_the_version_is_that_of_the_package():
    ended = run("--version")
    assert (ended.exit_code, ended.stdout) == (0, f"backscope {VERSION}\n")


def test_without_a_command_it_says_what_there_is():
    said = run().output
    assert all(command in said for command in ("serve", "train", "predict", "bench"))


def test_training_tells_how_well_it_does_one_json_object_a_line():
    ended = run("train", "--json", "--seconds", "1")
    assert ended.exit_code == 0
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert lines
    for line in lines:
        assert set(line) == {"step", "epoch", "loss", "test_loss", "test_accuracy", "seconds"}
    assert lines[-1]["test_accuracy"] > 0.5
    assert lines[-1]["seconds"] >= 1
    assert lines[-1]["epoch"] == pytest.approx(lines[-1]["step"] / 1875, abs=1e-4)


def test_training_with_the_same_seed_has_the_same_losses(tmp_path):
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(RunSpec(layers=(), batch_size=8).to_dict()))

    def loss(seed: str) -> float:
        ended = run("train", "--json", "--steps", "5", "--seed", seed, "--spec", str(spec))
        line = json.loads(ended.stdout)
        assert line["step"] == 5
        return float(line["loss"])

    assert loss("1") == loss("1") != loss("2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a JSON file that can be read"),
        ("[" * 10_000, "is not a JSON file that can be read"),
        ("[]", "spec must be an object"),
        ("{}", "dataset is missing"),
        (json.dumps({**DEFAULT_SPEC.to_dict(), "batch_size": 0}), "minibatch size must be between"),
        (json.dumps({**DEFAULT_SPEC.to_dict(), "learning_rate": 1}), "learning_rate is not a known field"),
        (None, "is not a JSON file that can be read"),
    ],
)
def test_a_spec_that_is_none_is_refused_in_one_sentence(tmp_path, text, said):
    spec = tmp_path / "spec.json"
    if text is not None:
        spec.write_text(text)
    ended = run("train", "--json", "--seconds", "1", "--spec", str(spec))
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stdout == ""


def test_a_spec_that_is_no_text_is_refused_in_one_sentence(tmp_path):
    spec = tmp_path / "spec.json"
    spec.write_bytes(b"\xff\xfe\x00")
    ended = run("train", "--spec", str(spec))
    assert ended.exit_code == 2
    assert "is not a JSON file that can be read" in ended.stderr


def test_training_that_diverges_says_where_and_fails(tmp_path):
    runaway = DEFAULT_SPEC.to_dict()
    runaway["layers"] = [{"kind": "dense", "units": 8, "activation": "linear"}] * 3
    runaway["optimizer"]["learning_rate"] = 10.0
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(runaway))
    ended = run("train", "--json", "--seconds", "20", "--spec", str(spec))
    assert ended.exit_code == 1
    assert "Training diverged after step" in ended.stderr
    assert "is not finite" in ended.stderr


@pytest.mark.parametrize("arguments", [["--seed", "-1"], ["--mnist-dir", "/nowhere"], ["--steps", "0"]])
def test_a_value_that_is_not_acceptable_is_refused(arguments):
    ended = run("train", "--json", "--seconds", "1", *arguments)
    assert ended.exit_code == 2
    assert ended.stdout == ""


def test_a_group_of_measurements_that_there_is_not_is_refused_and_those_there_are_are_named():
    ended = run("bench", "speed_of_light")
    assert ended.exit_code == 2
    assert "There is no group speed_of_light" in ended.stderr
    assert "engine_step" in ended.stderr
