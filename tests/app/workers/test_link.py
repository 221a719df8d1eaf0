"""The link: what is packed is what is unpacked, in both directions, and hostile bytes are refused."""

import io
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workers import link
from app.workers.pipes import Inbox, Outlet

text, data = st.text(max_size=20), st.binary(max_size=50)
channels = st.builds(link.ChannelWanted, text, text, st.lists(text, max_size=3).map(tuple), st.floats(allow_nan=False))
numbers = st.integers(-(2**53), 2**53)
to_worker = st.one_of(
    st.builds(link.Open, text),
    st.builds(link.Close, text, st.booleans()),
    st.builds(link.Glance, text),
    st.builds(link.Deliver, text, text, data),
    st.builds(link.Watch, text, st.lists(channels, max_size=3).map(tuple)),
    st.builds(link.Drain),
)
params = st.dictionaries(text, text | numbers | st.floats(allow_nan=False), max_size=3)
from_worker = st.one_of(
    st.builds(link.Ready, data),
    st.builds(link.Opened, text, data, data, st.booleans()),
    st.builds(link.Said, text, data),
    st.builds(link.Replied, text, text, data),
    st.builds(link.RefusedIt, text, text, st.none() | numbers, text, text, text, params),
    st.builds(link.FrameMade, text, text, text, numbers, data, st.floats(allow_nan=False)),
    st.builds(link.Glanced, text, data, st.floats(allow_nan=False), st.lists(numbers, max_size=3).map(tuple)),
    st.builds(link.Saved, text, st.booleans()),
    st.builds(link.NotOpened, text),
    st.builds(link.Shared, text, numbers, st.floats(allow_nan=False)),
    st.builds(link.Beat, numbers, numbers, st.floats(allow_nan=False), numbers, st.floats(allow_nan=False)),
)
directions = pytest.mark.parametrize(
    ("messages", "unpack"),
    [(to_worker, link.unpack_to_worker), (from_worker, link.unpack_from_worker)],
    ids=["to a worker", "from a worker"],
)


@directions
def test_a_message_is_the_same_at_the_other_end(messages, unpack):
    @given(st.lists(messages, max_size=4))
    def law(sent):
        pipe = io.BytesIO(b"".join(link.pack(message) for message in sent))
        received = []
        while (body := link.read_message(pipe)) is not None:
            received.append(unpack(body))
        assert received == sent

    law()


@directions
def test_arbitrary_bytes_are_a_message_or_a_value_error(messages, unpack):
    @given(st.binary(max_size=100) | messages.map(lambda message: link.pack(message)[4:-1]))
    def law(body):
        try:
            message = unpack(body)
        except ValueError:
            return
        assert unpack(link.pack(message)[4:]) == message

    law()


@given(st.integers(link.MOST_MESSAGE_BYTES + 1, 2**32 - 1))
def test_a_length_that_no_message_has_is_refused_before_anything_is_read(length):
    with pytest.raises(ValueError, match="at most"):
        link.read_message(io.BytesIO(link.LENGTH.pack(length)))


@given(from_worker, st.data())
def test_a_torn_message_is_the_end(message, draw):
    whole = link.pack(message)
    torn = whole[: draw.draw(st.integers(0, len(whole) - 1))]
    assert link.read_message(io.BytesIO(torn)) is None


@pytest.mark.parametrize("tail", [b"", b"\x01", link.LENGTH.pack(2**32 - 1), link.LENGTH.pack(3) + b"\xc1\xc1\xc1"])
def test_an_inbox_gives_all_messages_and_then_the_end_however_the_pipe_ends(tail):
    inbox = Inbox(io.BytesIO(link.pack(link.Open("a")) + link.pack(link.Drain()) + tail))
    assert [inbox.get(5), inbox.get(5), inbox.get(5)] == [link.Open("a"), link.Drain(), None]


class SlowPipe(io.RawIOBase):
    """Takes nothing until it is told to."""

    def __init__(self):
        self.written = b""
        self.free = threading.Event()
        self.begun = threading.Event()

    def write(self, piece):
        self.begun.set()
        assert self.free.wait(10), "the test lets it write"
        self.written += bytes(piece)
        return len(piece)


def test_to_a_slow_server_events_go_in_order_and_of_frames_only_the_newest():
    pipe = SlowPipe()
    outlet = Outlet(pipe)
    outlet.put(link.Said("r", b"0"))
    assert pipe.begun.wait(10), "the outlet writes"
    for number in range(1, 6):
        outlet.put(link.FrameMade("r", "units@30", "units", number, b"", 0.0))
        outlet.put(link.FrameMade("r", "W@8", "matrices", number, b"", 0.0))
        outlet.put(link.Said("r", b"%d" % number))
    pipe.free.set()
    outlet.close(10)
    received, source = [], io.BytesIO(pipe.written)
    while (body := link.read_message(source)) is not None:
        received.append(link.unpack_from_worker(body))
    assert [message.event for message in received if isinstance(message, link.Said)] == [b"%d" % n for n in range(6)]
    frames = [message for message in received if isinstance(message, link.FrameMade)]
    assert sorted((frame.channel, frame.n) for frame in frames) == [("W@8", 5), ("units@30", 5)]


def test_an_outlet_whose_server_is_gone_says_so():
    class Gone(io.RawIOBase):
        def write(self, piece):
            raise BrokenPipeError

    outlet = Outlet(Gone())
    outlet.put(link.Saved("r", True))
    outlet.close(10)
    assert outlet.broken
