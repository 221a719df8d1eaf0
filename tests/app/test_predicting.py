"""`backscope predict`: a digit from a picture, with what it is worth; and a sentence for whatever is no picture."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from app.cli import main
from app.networks.packaged import load, path_of
from app.store.checkpoints import to_bytes
from engine.data.mnist import load_mnist
from engine.spec import DenseSpec, LossSpec, RunSpec
from engine.trainer import Trainer
from tests.engine.data.drawn import drawn, photographed


def run(*arguments: object):
    return CliRunner().invoke(main, ["predict", *map(str, arguments)])


def saved(folder, picture, name="digit.png"):
    path = folder / name
    Image.fromarray(picture).save(path)
    return path


def read(path, *arguments):
    ended = run(path, "--json", *arguments)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


@pytest.mark.parametrize("network", ["conv", "dense"])
@pytest.mark.parametrize("name", ["digit.png", "digit.jpg", "digit.webp"])
def test_a_photo_of_a_digit_is_read(tmp_path, network, name):
    told = read(saved(tmp_path, photographed(drawn("seven", side=300, size=200, pen=12)), name), "--network", network)
    assert told["digit"] == 7
    assert told["probability"] == max(told["probabilities"]) == told["probabilities"][7]
    assert sum(told["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert told["like_a_digit"]
    assert told["nearest"] == 7
    assert 0 < told["unlikeness"] < 0.6
    assert 0 <= told["entropy"] < 1


def test_people_are_told_in_sentences(tmp_path):
    said = run(saved(tmp_path, drawn("four"))).stdout
    assert said.startswith("4, with a probability of ")
    assert len([line for line in said.splitlines() if "%" in line]) == 11
    assert "Entropy 0." in said
    assert "Like a digit: the nearest training digit, a 4, is at a distance of " in said


def test_what_is_no_digit_is_told_to_be_none_however_sure_the_network_is(tmp_path):
    scribble = np.zeros((90, 90), np.uint8)
    scribble[10:80:6] = 255
    scribble[:, 10:80:8] = 255
    path = saved(tmp_path, scribble)
    assert not read(path)["like_a_digit"]
    assert "Not much like a digit" in run(path).stdout


def test_a_saved_run_reads_too(tmp_path):
    tensors, metadata = load("dense").checkpoint.to_tensors()
    file = tmp_path / "run.safetensors"
    file.write_bytes(to_bytes(tensors, metadata))
    path = saved(tmp_path, drawn("zero"))
    assert read(path, "--network", file) == read(path, "--network", "dense")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "The image digit.png cannot be read."),
        (b"seven\n", "The image digit.png cannot be read."),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "digit.png"
    if content is not None:
        path.write_bytes(content)
    assert_refused(run(path), said)


def test_a_folder_and_an_empty_page_are_refused_in_one_sentence(tmp_path):
    assert_refused(run(tmp_path), "cannot be read")
    assert_refused(run(saved(tmp_path, np.full((50, 50), 255, np.uint8))), "There is nothing drawn.")


def test_a_network_that_is_none_is_refused_in_one_sentence(tmp_path):
    path = saved(tmp_path, drawn("one"))
    broken, half = tmp_path / "broken.safetensors", tmp_path / "half.safetensors"
    broken.write_bytes(b"no network")
    half.write_bytes(path_of("dense").read_bytes()[:5000])
    for network, said in (
        ("vgg", "There is no network vgg; there are conv, dense, and files *.safetensors."),
        (tmp_path / "none.safetensors", "No such file"),
        (broken, "is not a safetensors file that can be read"),
        (half, "is not a safetensors file that can be read"),
    ):
        assert_refused(run(path, "--network", network), said)


def test_a_network_whose_outputs_are_no_probabilities_is_refused(tmp_path):
    spec = replace(RunSpec(layers=(DenseSpec(4),)), loss=LossSpec("mean_hinge"))
    tensors, metadata = Trainer(spec, load_mnist()).checkpoint().to_tensors()
    file = tmp_path / "hinge.safetensors"
    file.write_bytes(to_bytes(tensors, metadata))
    assert_refused(run(saved(tmp_path, drawn("one")), "--network", file), "its outputs are no probabilities")


def assert_refused(ended, said):
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stdout == ""
