"""`POST /api/predict`: every picture is read or refused with a reason; nothing that is sent makes the server fail."""

import io
import json
import struct
import urllib.error
import urllib.request
import zlib

import numpy as np
import pytest
from PIL import Image

from app.networks.packaged import load
from app.protocol.reading import EXAMPLE_PIXELS, PictureRead
from engine.data.mnist import load_mnist
from engine.probes import Probe
from engine.trainer import Trainer

MNIST = load_mnist()


def ask(server, data: bytes, kind: str | None = "image/png", query: str = "", **headers: str):
    """Return status and content of an answer."""
    if kind is not None:
        headers["Content-Type"] = kind
    address = f"http://127.0.0.1:{server.port}/api/predict{query}"
    request = urllib.request.Request(address, data=data, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def ask_pixels(server, pixels, query: str = "", **more):
    return ask(server, json.dumps({"pixels": pixels, **more}).encode(), "application/json", query)


def picture(grey: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return file.getvalue()


def on_paper(pixels: np.ndarray, side: int = 280) -> np.ndarray:
    """A digit of MNIST as somebody would photograph it: large, dark on light, anywhere on the paper."""
    paper = np.zeros((side + 60, side + 200), np.uint8)
    large = Image.fromarray(pixels.reshape(28, 28)).resize((side, side), Image.Resampling.BICUBIC)
    paper[20 : 20 + side, 150 : 150 + side] = np.asarray(large)
    return 255 - paper


def header_of(width: int, height: int) -> bytes:
    """A PNG that announces a size, and has no pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "named"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
@pytest.mark.parametrize("network", ["conv", "dense"])
def test_digits_on_paper_are_read(server, kind, named, network):
    right = 0
    for index in range(10):
        image = MNIST.test.inputs[index]
        status, read = ask(server, picture(on_paper(image), kind), named, f"?network={network}")
        assert status == 200, read
        PictureRead.model_validate(read, strict=True)
        assert (read["ink"], read["network"], len(read["pixels"])) == ("dark", network, 784)
        right += read["prediction"] == MNIST.test.label(index)
    assert right >= 9


@pytest.mark.parametrize("network", ["conv", "dense"])
def test_grey_values_are_read_as_they_are_by_the_network_that_is_asked(server, network):
    packaged = load(network)
    image = MNIST.test.inputs[17]
    probs = Probe(Trainer.from_checkpoint(packaged.checkpoint, MNIST)).predict(image[None])[0]
    for query, more in ((f"?network={network}", {}), ("", {"network": network}), ("?network=x", {"network": network})):
        status, read = ask_pixels(server, image.tolist(), query, **more)
        assert status == 200
        assert read["pixels"] == image.tolist()
        assert read["probs"] == pytest.approx(probs.tolist(), abs=1e-5)
        assert (read["correct"], read["count"], read["ink"]) == (packaged.correct, packaged.count, None)


def test_a_training_digit_is_at_distance_0_and_stripes_are_far_from_all_digits(server):
    read = ask_pixels(server, MNIST.train.inputs[5].tolist())[1]
    assert (read["distance"], read["farther_than"]) == (0, 0)
    assert ask_pixels(server, [0, 255] * 392)[1]["farther_than"] >= 0.99


def test_numbers_between_whole_ones_are_rounded(server):
    pixels = [value + 0.4 if value < 255 else value for value in MNIST.test.inputs[0].tolist()]
    assert ask_pixels(server, pixels)[1]["pixels"] == MNIST.test.inputs[0].tolist()


GOOD = picture(on_paper(MNIST.test.inputs[0]))
BAD = {
    "a text named png": (b"Dear server, this is no picture.", "image/png", 422, "broken_image"),
    "nothing": (b"", "image/png", 422, "broken_image"),
    "half a picture": (GOOD[: len(GOOD) // 2], "image/png", 422, "broken_image"),
    "a GIF named png": (picture(on_paper(MNIST.test.inputs[0]), "GIF"), "image/png", 422, "broken_image"),
    "100 megapixels": (header_of(10_000, 10_000), "image/png", 422, "image_too_large"),
    "more pixels than Pillow opens": (header_of(100_000, 100_000), "image/png", 422, "image_too_large"),
    "no width": (header_of(0, 10), "image/png", 422, "broken_image"),
    "white paper": (picture(np.full((99, 99), 255, np.uint8)), "image/png", 422, "no_ink"),
    "a pixel": (picture(np.zeros((1, 1), np.uint8)), "image/png", 422, "no_ink"),
    "too many bytes": (bytes(8 * 1024 * 1024 + 1), "image/png", 413, "picture_too_large"),
    "a form": (b"a=b", "application/x-www-form-urlencoded", 415, "unknown_type"),
    "a file of no kind": (GOOD, "application/octet-stream", 415, "unknown_type"),
    "SVG": (b"<svg/>", "image/svg+xml", 415, "unknown_type"),
    "no JSON": (b"{", "application/json", 422, "not_json"),
    "no text": (b"\xff\xfe", "application/json", 422, "not_json"),
    "a list": (b"[]", "application/json", 422, "wrong_value"),
    "NaN": (json.dumps({"pixels": [float("nan")] * 784}).encode(), "application/json", 422, "wrong_value"),
    "infinity": (json.dumps({"pixels": [float("inf")] * 784}).encode(), "application/json", 422, "wrong_value"),
    "785 numbers": (json.dumps({"pixels": [1] * 785}).encode(), "application/json", 422, "wrong_value"),
    "783 numbers": (json.dumps({"pixels": [1] * 783}).encode(), "application/json", 422, "wrong_value"),
    "256": (json.dumps({"pixels": [256] * 784}).encode(), "application/json", 422, "wrong_value"),
    "less than 0": (json.dumps({"pixels": [-1] * 784}).encode(), "application/json", 422, "wrong_value"),
    "words": (json.dumps({"pixels": ["one"] * 784}).encode(), "application/json", 422, "wrong_value"),
    "a blank image": (json.dumps({"pixels": [0] * 784}).encode(), "application/json", 422, "no_ink"),
    "another field": (json.dumps({"pixels": [1] * 784, "x": 1}).encode(), "application/json", 422, "wrong_value"),
    "another network": (json.dumps({"pixels": EXAMPLE_PIXELS, "network": "a"}).encode(), "application/json", 422, ""),
    "deep JSON": (b"[" * 50_000, "application/json", 422, ""),
    "long JSON": (b" " * 70_000, "application/json", 413, "picture_too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_with_a_reason(server, name):
    data, kind, expected, code = BAD[name]
    try:
        status, refused = ask(server, data, kind)
    except (ConnectionError, urllib.error.URLError):
        assert expected == 413  # it stopped listening before all was sent
        return
    assert status == expected, refused
    assert refused.keys() == {"code", "message", "where"}
    assert refused["code"] == code or not code
    assert refused["message"].endswith(".")


def test_an_unknown_network_and_a_missing_type_are_refused(server):
    assert ask(server, GOOD, query="?network=copy-12345678")[1]["where"] == "network"
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/predict", data=GOOD, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)  # noqa: S310
    assert refused.value.code == 415
    refused.value.close()


def test_a_page_of_another_site_may_not_ask(server):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/predict", data=GOOD, headers={"Origin": "http://elsewhere.example"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)  # noqa: S310
    assert refused.value.code == 400
    refused.value.close()


def test_refusals_are_in_the_language_of_who_asks(server):
    english, chinese = (ask(server, b"x", **{"Accept-Language": language})[1] for language in ("en", "zh-CN"))
    assert english["code"] == chinese["code"] == "broken_image"
    assert english["message"].isascii()
    assert not chinese["message"].isascii()


def test_the_address_is_described_with_examples(server):
    described = json.loads(server.get("/openapi.json").body)
    post = described["paths"]["/api/predict"]["post"]
    content = post["requestBody"]["content"]
    assert content.keys() == {"image/png", "image/jpeg", "image/webp", "application/json"}
    assert {"200", "413", "415", "422", "503"} <= post["responses"].keys()
    (example,) = content["application/json"]["schema"]["examples"]
    read = ask(server, json.dumps(example).encode(), "application/json")[1]
    (expected,) = described["components"]["schemas"]["PictureRead"]["examples"]
    assert read.keys() == expected.keys()
    assert read["prediction"] == expected["prediction"] == 1
