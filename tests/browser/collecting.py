"""How tests bring drawings to the page: as files in MNIST's format."""

import numpy as np
from playwright.sync_api import FilePayload, Page, expect

from engine.data.idx import idx_header
from engine.data.mnist import FILES, load_mnist
from engine.tensors import Bytes

EACH = 3


def idx_files(images: Bytes, labels: Bytes, *, held_out: bool = False) -> list[FilePayload]:
    """Return two IDX files under MNIST's names, as a browser is given them."""
    names = [file.name for file in FILES][2 * held_out :][:2]
    arrays = (images.reshape(-1, 28, 28), labels)
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": idx_header(array.shape) + array.tobytes()}
        for name, array in zip(names, arrays, strict=True)
    ]


def some_digits(each: int = EACH, start: int = 0) -> tuple[Bytes, Bytes]:
    """Return so many of MNIST's held-out digits of each class, and their labels."""
    test = load_mnist().test
    labels = np.asarray(test.answers, np.uint8)
    chosen = np.concatenate([np.flatnonzero(labels == label)[start : start + each] for label in range(10)])
    return np.asarray(test.grey[chosen], np.uint8), labels[chosen]


def bring(page: Page, *files: FilePayload) -> None:
    page.get_by_test_id("import-files").set_input_files(list(files))


def said(page: Page, words: str) -> None:
    """Wait until the collection says so."""
    expect(page.get_by_test_id("collection-said")).to_contain_text(words)


def kept(page: Page) -> list[tuple[int, bool, bytes]]:
    """Return the label, whether it is held out, and the pixels of each drawing that the browser keeps."""
    found = page.evaluate("""async () => {
        const { store } = await import(new URL("store.js", document.querySelector("script[type=module]").src).href);
        return store.state.collection.drawings.map(({ label, heldOut, pixels }) => [label, heldOut, [...pixels]]);
    }""")
    return [(label, held_out, bytes(pixels)) for label, held_out, pixels in found]
