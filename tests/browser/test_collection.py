"""A person's own drawings: kept over reloads, held out, deleted and had back; taken along as files and brought back."""

import base64
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from engine.data.idx import idx_header, parse_idx
from engine.data.idx_folder import open_idx_folder
from tests.browser.collecting import bring, idx_files, kept, said, some_digits
from tests.browser.drawing import FOUR, SEVEN, TWO, draw, read_as
from tests.browser.reading import until

EXAMPLES = 40


def keep(page: Page, strokes: Any, label: int) -> None:
    """Draw, say what it is, keep it, and clear the pad."""
    draw(page, strokes)
    page.get_by_test_id(f"teach-{label}").click()
    page.get_by_test_id("keep").click()
    expect(page.get_by_test_id("kept")).to_contain_text("ept")
    page.get_by_test_id("clear").click()


def counts(page: Page, label: int, all_: int, held_out: int) -> None:
    row = page.get_by_test_id(f"kept-{label}")
    expect(row).to_have_attribute("data-count", str(all_))
    expect(row).to_have_attribute("data-held-out", str(held_out))


def archive(page: Page, kind: str) -> zipfile.ZipFile:
    with page.expect_download() as download:
        page.get_by_test_id(f"export-{kind}").click()
    path = download.value.path()
    return zipfile.ZipFile(io.BytesIO(Path(path).read_bytes()))


def as_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def zipped(*files: FilePayload, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as whole:
        for file in files:
            whole.writestr(file["name"], file["buffer"])
    return out.getvalue()


def test_drawings_are_kept_with_what_they_are_and_every_fourth_is_held_out(visit):
    page = visit("/draw")
    expect(page.get_by_test_id("collection-count")).to_have_text("none yet")
    for strokes in (FOUR, [*FOUR[:1], [(0.66, 0.3), (0.6, 0.86)]], [*FOUR[:1], [(0.7, 0.3), (0.7, 0.9)]]):
        keep(page, strokes, 4)
    keep(page, SEVEN, 7)
    counts(page, 4, 3, 1)
    counts(page, 7, 1, 0)
    expect(page.get_by_test_id("collection-count")).to_have_text("4 kept, 1 of them held out")
    before = kept(page)
    assert [(label, held_out) for label, held_out, _ in before] == [(4, False), (4, False), (4, True), (7, False)]
    page.reload()
    counts(page, 4, 3, 1)
    assert kept(page) == before
    draw(page, SEVEN)
    page.get_by_test_id("teach-7").click()
    page.get_by_test_id("keep").click()
    expect(page.get_by_test_id("kept")).to_contain_text("This very drawing is kept already.")
    assert kept(page) == before
    page.get_by_test_id("clear").click()
    draw(page, TWO)
    page.get_by_test_id("teach-2").click()
    page.get_by_test_id("keep").dblclick()
    expect(page.get_by_test_id("kept")).to_contain_text("This very drawing is kept already.")
    counts(page, 2, 1, 0)


def test_a_drawing_is_laid_onto_the_pad_held_out_deleted_and_put_back(visit):
    page = visit("/draw")
    keep(page, FOUR, 4)
    keep(page, TWO, 2)
    before = kept(page)
    page.get_by_test_id("kept-4").locator(".thumbnail").click()
    page.get_by_test_id("to-pad").click()
    read_as(page, "4")
    page.get_by_test_id("turn-over").click()
    counts(page, 4, 1, 1)
    page.get_by_test_id("turn-over").click()
    counts(page, 4, 1, 0)
    page.get_by_test_id("delete-drawing").click()
    counts(page, 4, 0, 0)
    counts(page, 2, 1, 0)
    page.get_by_test_id("put-back").click()
    until(page, lambda: kept(page) == before, "it is back where it was")
    page.get_by_test_id("delete-all").click()
    expect(page.get_by_role("alert")).to_contain_text("This deletes 2 drawings")
    page.get_by_test_id("delete-all-now").click()
    expect(page.get_by_test_id("collection-count")).to_have_text("none yet")
    page.get_by_test_id("put-back").click()
    until(page, lambda: kept(page) == before, "all are back")


def test_another_page_of_the_browser_shows_the_same_drawings(visit):
    page = visit("/draw")
    other = visit("/draw", within=page.context)
    expect(other.get_by_test_id("collection-count")).to_have_text("none yet")
    keep(page, TWO, 2)
    counts(other, 2, 1, 0)
    assert kept(other) == kept(page)


def test_a_browser_that_keeps_nothing_says_so_and_goes_on(context, visit):
    person = context()
    person.add_init_script("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    page = visit("/draw", within=person)
    keep(page, TWO, 2)
    said(page, "export your drawings before you leave")
    counts(page, 2, 1, 0)


def test_exported_idx_files_are_read_by_the_engine_as_a_data_set(visit, tmp_path):
    page = visit("/draw")
    images, labels = some_digits()
    bring(page, *idx_files(images, labels), *idx_files(images[::3] // 2, labels[::3], held_out=True))
    said(page, "40 drawings were imported.")
    with archive(page, "idx") as whole:
        assert whole.testzip() is None
        whole.extractall(tmp_path)
    for name, expected in (("train-images-idx3-ubyte", images), ("train-labels-idx1-ubyte", labels)):
        read = parse_idx((tmp_path / name).read_bytes(), name)
        assert (read.reshape(expected.shape) == expected).all()
    dataset = open_idx_folder(tmp_path, "mine")
    assert (len(dataset.train), len(dataset.test), dataset.image_shape) == (30, 10, (28, 28))
    assert (dataset.test.inputs == images[::3] // 2).all()


@pytest.mark.parametrize("kind", ["idx", "png"])
def test_what_was_exported_is_imported_again_as_it_was(visit, kind):
    page = visit("/draw")
    images, labels = some_digits(2)
    bring(page, *idx_files(images, labels), *idx_files(images[:3] // 2, labels[:3], held_out=True))
    said(page, "23 drawings were imported.")
    before = sorted(kept(page))
    with archive(page, kind) as whole:
        assert whole.testzip() is None
        if kind == "png":
            pictures = {np.asarray(Image.open(whole.open(name))).tobytes() for name in whole.namelist()}
            assert pictures == {pixels for _, _, pixels in before}
        files = [as_file(name, whole.read(name)) for name in whole.namelist()]
    packed = zipped(*files)
    bring(page, as_file("again.zip", packed))
    said(page, "0 drawings were imported. 23 are there already.")
    page.get_by_test_id("delete-all").click()
    page.get_by_test_id("delete-all-now").click()
    expect(page.get_by_test_id("collection-count")).to_have_text("none yet")
    bring(page, as_file("again.zip", packed))
    said(page, "23 drawings were imported.")
    assert sorted(kept(page)) == before


def test_compressed_idx_files_and_pictures_of_any_size_are_taken(visit):
    page = visit("/draw")
    images, labels = some_digits(1)
    files = [as_file(f"{file['name']}.gz", gzip.compress(file["buffer"])) for file in idx_files(images, labels)]
    photo = io.BytesIO()
    Image.fromarray(255 - np.kron(np.pad(images[4].reshape(28, 28), 30), np.ones((4, 4), np.uint8))).save(photo, "JPEG")
    bring(page, *files, as_file("4 on paper.jpg", photo.getvalue()))
    said(page, "11 drawings were imported.")
    counts(page, 4, 2, 0)


IMAGES, LABELS = some_digits(1)
PAIR = idx_files(IMAGES, LABELS)
PNG = io.BytesIO()
Image.fromarray(IMAGES[0].reshape(28, 28)).save(PNG, "PNG")
REFUSED = {
    "images alone": ([PAIR[0]], "There are no labels for train-images-idx3-ubyte"),
    "labels alone": ([PAIR[1]], "There are no images for train-labels-idx1-ubyte"),
    "fewer labels": ([PAIR[0], *idx_files(IMAGES[:9], LABELS[:9])[1:]], "holds 9 labels for 10 images"),
    "torn idx": ([as_file("images", PAIR[0]["buffer"][:-1]), PAIR[1]], "images is not as long as its header says"),
    "floats": ([as_file("images", b"\0\0\x0d\x03" + PAIR[0]["buffer"][4:]), PAIR[1]], "not an IDX file of bytes"),
    "other sizes": ([as_file("images", idx_header((10, 4, 4)) + bytes(160)), PAIR[1]], "28 × 28"),
    "letters": (idx_files(IMAGES, LABELS + 20), "the label 20"),
    "all of MNIST": (idx_files(np.zeros((2001, 784), np.uint8), np.zeros(2001, np.uint8)), "2,001 drawings"),
    "torn archive": ([as_file("a.zip", zipped(*PAIR)[:-30])], "a.zip is damaged"),
    "falsified archive": (
        [as_file("a.zip", zipped(*PAIR, compression=zipfile.ZIP_STORED).replace(IMAGES[4].tobytes(), bytes(784)))],
        "a.zip is damaged",
    ),
    "bomb": ([as_file("a.zip", zipped(as_file("4.png", bytes(65 * 1024 * 1024))))], "too large"),
    "compressed bomb": ([as_file("a.gz", gzip.compress(bytes(17 * 1024 * 1024)))], "too large"),
    "empty": ([as_file("a.zip", b"")], "a.zip is empty"),
    "nothing in it": ([as_file("a.zip", zipped())], "There are no drawings in that"),
    "text": ([as_file("4-notes.png", b"no picture")], "4-notes.png is neither IDX nor a PNG"),
    "no label": ([as_file("mine.png", PNG.getvalue())], "What mine.png shows must stand first in its name"),
    "torn picture": ([as_file("4.png", PNG.getvalue()[:60])], "4.png is damaged"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_that_hold_no_drawings_are_refused_in_a_sentence_and_nothing_is_lost(visit, case):
    files, sentence = REFUSED[case]
    page = visit("/draw")
    keep(page, TWO, 2)
    before = kept(page)
    bring(page, *files)
    said(page, sentence)
    assert kept(page) == before
    bring(page, *PAIR)
    said(page, "10 drawings were imported.")


def test_a_full_collection_says_so_and_keeps_what_it_has(visit):
    page = visit("/draw")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2000, 784)).astype(np.uint8)
    bring(page, *idx_files(images, (np.arange(2000) % 10).astype(np.uint8)))
    said(page, "2,000 drawings were imported.")
    draw(page, TWO)
    page.get_by_test_id("teach-2").click()
    page.get_by_test_id("keep").click()
    expect(page.get_by_test_id("kept")).to_contain_text("Your collection holds 2,000 drawings and is full.")
    bring(page, *PAIR)
    said(page, "There is no room for 10 of these drawings, so none was taken.")
    counts(page, 2, 200, 0)
    page.reload()
    counts(page, 2, 200, 0)


def test_a_disk_without_room_is_told_and_nothing_is_lost(context, visit):
    person = context()
    person.add_init_script("""
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
            if (globalThis.isFull) throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, given);
        };
    """)
    page = visit("/draw", within=person)
    keep(page, TWO, 2)
    before = kept(page)
    page.evaluate("globalThis.isFull = true")
    draw(page, SEVEN)
    page.get_by_test_id("teach-7").click()
    page.get_by_test_id("keep").click()
    expect(page.get_by_test_id("kept")).to_contain_text("no room for more drawings")
    assert kept(page) == before


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (360, 740)])
def test_what_is_gathered_stays_within_the_window(visit, width, height):
    page = visit("/draw", viewport={"width": width, "height": height})
    bring(page, *idx_files(*some_digits(30)))
    said(page, "300 drawings were imported.")
    page.get_by_test_id("kept-4").locator(".thumbnail").first.click()
    page.get_by_test_id("delete-all").click()
    page.get_by_test_id("take-challenge").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    names = (
        "to-pad",
        "delete-drawing",
        "import",
        "export-png",
        "delete-all-now",
        "practise",
        "mnist-share",
        "confused-9-9",
    )
    for name in (*names, "answer", "leave", "asked"):
        box = page.get_by_test_id(name).bounding_box()
        assert box, f"{name} is not shown"
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name
    row = page.get_by_test_id("kept-4")
    before = row.bounding_box()
    row.get_by_role("button", expanded=False).click()
    after = row.bounding_box()
    assert before
    assert after
    assert after["height"] > before["height"], "all of them are shown"


def test_idx_is_written_as_the_engine_reads_it_and_read_as_it_writes_it(visit):
    page = visit("/draw")
    script = """async ([shape, values]) => {
        const { idxOf, readIdx } = await import("/static/js/collection/idx.js");
        const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const text = (some) => btoa(String.fromCharCode(...some));
        const written = idxOf({ shape, values: bytes(values) });
        const read = readIdx(written);
        const torn = [readIdx(written.slice(0, -1)), readIdx(written.slice(0, 5))];
        return [text(written), read.shape, text(read.values), ...torn];
    }"""

    @settings(max_examples=EXAMPLES)
    @given(arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, max_side=6)))
    def law(array):
        given_ = [list(array.shape), base64.b64encode(array.tobytes()).decode()]
        written, shape, values, torn, short = page.evaluate(script, given_)
        raw = base64.b64decode(written)
        assert raw == idx_header(array.shape) + array.tobytes()
        assert (parse_idx(raw, "it") == array).all()
        assert [shape, values] == given_
        assert torn == short == "wrong_length"

    law()


def test_archives_are_written_as_others_read_them_and_read_as_others_write_them(visit):
    page = visit("/draw")
    script = """async ([files, theirs]) => {
        const { readZip, zipOf } = await import("/static/js/collection/zip.js");
        const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const text = (some) => btoa(String.fromCharCode(...some));
        const listed = (entries) => entries.map((entry) => [entry.name, text(entry.bytes)]);
        const ours = zipOf(files.map(([name, content]) => ({ name, bytes: bytes(content) })));
        return [text(ours), listed(await readZip(ours)), listed(await readZip(bytes(theirs)))];
    }"""
    names = st.text(st.characters(codec="utf-8", exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1)
    files = st.dictionaries(names.filter(lambda name: name.isprintable()), st.binary(max_size=300), max_size=5)

    @settings(max_examples=EXAMPLES)
    @given(files, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    def law(content, compression):
        listed = [[name, base64.b64encode(each).decode()] for name, each in content.items()]
        others = zipped(*(as_file(name, each) for name, each in content.items()), compression=compression)
        ours, again, theirs = page.evaluate(script, [listed, base64.b64encode(others).decode()])
        assert again == theirs == listed
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(ours))) as whole:
            assert {name: whole.read(name) for name in whole.namelist()} == content

    law()


def test_a_picture_is_written_as_others_read_it(visit):
    page = visit("/draw")
    script = """async ([values, width]) => {
        const { pngOf } = await import("/static/js/collection/png.js");
        const bytes = Uint8Array.from(atob(values), (character) => character.charCodeAt(0));
        return btoa(String.fromCharCode(...pngOf(bytes, width)));
    }"""

    @settings(max_examples=EXAMPLES)
    @given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40)))
    def law(array):
        written = page.evaluate(script, [base64.b64encode(array.tobytes()).decode(), array.shape[1]])
        image = Image.open(io.BytesIO(base64.b64decode(written)))
        assert image.mode == "L"
        assert (np.asarray(image) == array).all()

    law()
