"""Pictures are seen in a thread of their own: in order, each answered once, and a bad one is no end of it."""

import io
import queue

import numpy as np
import pytest
from PIL import Image

from app.workers import link, sight
from app.workers.link import ImageRead, ReadImage
from app.workers.sight import Sight

SECONDS = 20.0


def stroke() -> bytes:
    grey = np.full((90, 60), 255, np.uint8)
    grey[20:70, 26:32] = 0
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def said() -> "queue.Queue[ReadImage | ImageRead]":
    return queue.Queue()


@pytest.fixture
def thread(said):
    one = Sight(said.put, said.put)
    yield one
    one.close(SECONDS)
    assert not one._thread.is_alive()


def test_a_picture_comes_back_as_grey_values_for_the_same_request(thread, said):
    thread.see(ReadImage("a", "dense", stroke(), is_file=True))
    seen = said.get(timeout=SECONDS)
    assert (seen.request, seen.network, seen.is_file, seen.ink) == ("a", "dense", False, "dark")
    assert len(seen.data) == 784
    assert link.unpack_to_worker(link.pack(seen)[4:]) == seen


def test_what_is_no_picture_is_refused_and_the_next_one_is_seen(thread, said):
    for request, data in (("a", b"no"), ("b", stroke())):
        thread.see(ReadImage(request, "conv", data, is_file=True))
    refused, seen = (said.get(timeout=SECONDS) for _ in range(2))
    assert (refused.request, refused.code, refused.reading) == ("a", "broken_image", b"")
    assert refused.template.format(**refused.params)
    assert (seen.request, seen.is_file) == ("b", False)


def test_a_fault_of_ours_is_answered_and_the_next_one_is_seen(thread, said, monkeypatch, caplog):
    def fail_once(data):
        monkeypatch.undo()
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(sight, "see_file", fail_once)
    for request in ("a", "b"):
        thread.see(ReadImage(request, "conv", stroke(), is_file=True))
    refused, seen = (said.get(timeout=SECONDS) for _ in range(2))
    assert (refused.request, refused.code) == ("a", "broken_image")
    assert seen.request == "b"
    assert "a fault of ours" in caplog.text
