"""Opening by path: the kind is recognized, the name fits a run spec, and what is neither is refused."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.datasets.opening import open_path, recognize, slug
from engine.data import catalogue
from engine.data.mnist import FILES, PACKAGED
from engine.errors import DataError
from engine.spec.data import NAME


def test_a_folder_of_idx_files_is_opened(tmp_path):
    folder = tmp_path / "Fashion MNIST"
    folder.mkdir()
    for file in FILES:
        shutil.copy(PACKAGED / f"{file.name}.gz", folder)
    assert recognize(folder) == "idx_folder"
    opened = open_path(folder)
    assert (opened.name, opened.image_shape, len(opened.test)) == ("fashion-mnist", (28, 28), 10_000)


def test_a_folder_of_folders_is_opened(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "Pets" / name).mkdir(parents=True)
        for number in range(4):
            Image.new("L", (5, 6), number).save(tmp_path / "Pets" / name / f"{number}.png")
    assert recognize(tmp_path / "Pets") == "image_folder"
    opened = open_path(tmp_path / "Pets", test_share=0.5)
    assert (opened.name, opened.image_shape, len(opened.test)) == ("pets", (6, 5), 4)


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".tsv", ".txt"])
def test_a_table_is_opened(tmp_path, suffix):
    path = tmp_path / f"Iris (1){suffix}"
    path.write_text("a,1\na,2\nb,3\nb,4.5\n")
    assert recognize(path) == "table"
    opened = open_path(path, test_share=0.5, seed=3)
    assert (opened.name, opened.classes, len(opened.test)) == ("iris-1", ("a", "b"), 2)


def test_anything_else_is_refused(tmp_path):
    (tmp_path / "notes.docx").write_bytes(b"PK")
    with pytest.raises(DataError) as refused:
        open_path(tmp_path / "notes.docx")
    assert (refused.value.code, refused.value.where) == ("unknown_data", "notes.docx")
    with pytest.raises(DataError) as refused:
        open_path(tmp_path / "nowhere")
    assert refused.value.code == "file_missing"
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError):
        open_path(tmp_path / "empty")


@given(st.text(max_size=80))
def test_every_name_becomes_one_that_a_run_spec_takes_and_no_other_data_set_has(name):
    assert NAME.fullmatch(slug(name))
    assert slug(name) not in catalogue.NAMES


@pytest.mark.parametrize(
    ("name", "expected"), [("Häuser & Türme", "hauser-turme"), ("moons", "own-moons"), ("数字", "data"), ("..", "data")]
)
def test_a_name_keeps_what_it_can(name, expected):
    assert slug(name) == expected
