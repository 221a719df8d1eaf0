"""Commands over the socket: each does exactly what it says, and the numbers are the engine's."""

import asyncio

import pytest

from engine.probes import Probe
from engine.spec import DEFAULT_SPEC, DenseSpec, OptimizerSpec, RunSpec
from tests.app.server.straight import one_thread, straight_run
from tests.app.viewing import Viewer, visit

SMALL = RunSpec(layers=(DenseSpec(8, "tanh"),), optimizer=OptimizerSpec("momentum", 0.02), batch_size=64, seed=3)


@pytest.fixture
async def viewer(server, room):
    async with visit(server.socket_address, room) as viewer:
        await viewer.ask("pause")
        await viewer.next_state(status="paused")
        yield viewer


async def reset(viewer: Viewer, **fields) -> None:
    assert (await viewer.ask("reset", **fields))["type"] == "done"
    await viewer.next_state(status="idle", step=0)
    viewer.events = viewer.events[:1] + viewer.of_type("state")[-1:]  # those of the run before are of no interest


async def losses_until(viewer: Viewer, step: int) -> list[tuple[int, float]]:
    """The points of the curve since the last reset, when it got to a step."""

    def points():
        return [(point["step"], point["loss"]) for event in viewer.of_type("metrics") for point in event["training"]]

    await viewer.until(f"the curve gets to step {step}", lambda: points() and points()[-1][0] >= step)
    return points()


async def values(viewer: Viewer, tensor: str, index: int | None = None) -> list[float]:
    reply = await viewer.ask("inspect", slices=[{"tensor": tensor, "index": index}])
    assert reply["type"] == "inspection", reply
    return reply["slices"][0]["values"]


async def test_a_run_steps_exactly_as_often_as_told_and_with_the_engine_s_losses(viewer, unpacked):
    await reset(viewer)
    for count, step in ((1, 1), (1, 2), (48, 50)):
        assert (await viewer.ask("step", count=count))["type"] == "done"
        await viewer.next_state(status="paused", step=step)
    await viewer.until("a frame of that step comes", lambda: viewer.frames and viewer.frames[-1].step == 50)
    _, records = straight_run(unpacked, DEFAULT_SPEC, 50)
    assert await losses_until(viewer, 50) == [(record.step, round(record.loss, 6)) for record in records]


async def test_exact_values_are_those_of_the_engine(viewer, unpacked):
    await reset(viewer)
    await viewer.ask("step", count=20)
    await viewer.next_state(status="paused", step=20)
    trainer, _ = straight_run(unpacked, DEFAULT_SPEC, 20)
    first, last = trainer.network.layers[0], trainer.network.layers[-1]
    assert await values(viewer, "dense1.W", 7) == first.W[7].tolist()
    assert await values(viewer, "dense3.W") == last.W.reshape(-1).tolist()
    assert await values(viewer, "dense1.b") == first.b.tolist()
    assert await values(viewer, "dense2.dL_dW") == trainer.work.layers[1].dL_dW.reshape(-1).tolist()
    assert await values(viewer, "dense2.update") == trainer.update["dense2.W"].reshape(-1).tolist()


async def test_an_epoch_is_every_example_once(viewer):
    await viewer.ask("configure", spec={**SMALL.to_dict(), "batch_size": 1024})
    await viewer.next_state(step=0)
    await viewer.ask("step", unit="epoch", count=1)
    state = await viewer.next_state(status="paused")
    assert (state["step"], state["epoch"]) == (60_000 // 1024, 1.0)


async def test_with_the_same_seed_everything_is_the_same_again_and_with_another_it_is_not(viewer):
    curves = []
    for fields in ({}, {}, {"seed": 123}):
        await reset(viewer, **fields)
        assert viewer.state["spec"]["seed"] == fields.get("seed", 0)
        await viewer.ask("step", count=10)
        await viewer.next_state(status="paused", step=10)
        curves.append(await losses_until(viewer, 10))
    assert curves[0] == curves[1]
    assert [step for step, _ in curves[2]] == list(range(1, 11))
    assert all(loss != before for (_, loss), (_, before) in zip(curves[2], curves[0], strict=True))


async def test_a_network_that_is_too_large_is_refused_and_all_stays_as_it_was(viewer):
    before = viewer.state
    layers = [{"kind": "dense", "units": 1024, "activation": "relu"}] * 8
    reply = await viewer.ask("configure", spec={**SMALL.to_dict(), "layers": layers})
    assert (reply["type"], reply["code"], reply["where"]) == ("error", "too_many_parameters", "layers")
    assert "at most 1000000 are allowed" in reply["message"]
    reply = await viewer.ask("configure", spec={**SMALL.to_dict(), "batch_size": True})
    assert (reply["code"], reply["where"]) == ("not_an_integer", "batch_size")
    assert viewer.state == before
    assert viewer.of_type("manifest") == []


async def test_a_new_network_has_a_new_manifest_that_its_frames_name(viewer, unpacked):
    assert (await viewer.ask("configure", spec=SMALL.to_dict()))["type"] == "done"
    manifest = viewer.of_type("manifest")[-1]["manifest"]
    assert manifest["id"] != viewer.welcome["manifest"]["id"]
    assert [(layer["name"], layer["units"]) for layer in manifest["layers"]] == [("dense1", 8), ("dense2", 10)]
    assert viewer.state["spec"] == SMALL.to_dict()
    await viewer.until("its frames come", lambda: viewer.frames and viewer.frames[-1].manifest == manifest["id"])
    await viewer.ask("step", count=5)
    await viewer.next_state(status="paused", step=5)
    trainer, _ = straight_run(unpacked, SMALL, 5)
    assert await values(viewer, "dense2.W") == trainer.network.layers[1].W.reshape(-1).tolist()


async def test_a_run_that_plays_when_it_is_configured_plays_on(viewer):
    await viewer.ask("play")
    await viewer.ask("configure", spec=SMALL.to_dict())
    await viewer.next_state(status="running", spec=SMALL.to_dict())
    manifest = viewer.of_type("manifest")[-1]["manifest"]["id"]
    await viewer.until(
        "it trains", lambda: any(frame.manifest == manifest and frame.step > 3 for frame in viewer.frames)
    )


async def test_hyper_parameters_change_without_a_reset(viewer):
    step = viewer.state["step"]
    assert (await viewer.ask("set", values={"learning_rate": 0.25, "weight_decay": 0}))["type"] == "done"
    optimizer = viewer.state["spec"]["optimizer"]
    assert (optimizer["learning_rate"], optimizer["weight_decay"], viewer.state["step"]) == (0.25, 0.0, step)
    for values, code in (
        ({"learning_rate": 0}, "learning_rate_out_of_range"),
        ({"momentum": 1}, "momentum_out_of_range"),
        ({"name": 1}, "fixed_in_a_run"),
        ({"self": 1}, "unknown_field"),
    ):
        reply = await viewer.ask("set", values=values)
        assert (reply["type"], reply["code"]) == ("error", code)
    assert viewer.state["spec"]["optimizer"] == optimizer


async def test_the_pace_is_known_to_all_and_full_speed_is_faster(viewer):
    await viewer.ask("pace", steps_per_second=2.5)
    assert viewer.state["steps_per_second"] == 2.5
    await viewer.ask("pace", steps_per_second=None)
    assert viewer.state["steps_per_second"] is None
    await viewer.ask("play")
    await viewer.until("it is far ahead of any pace", lambda: viewer.frames and viewer.frames[-1].step > 1000)
    await viewer.ask("pause")


async def test_an_example_can_be_pinned_and_its_numbers_asked_for(viewer, unpacked):
    await reset(viewer)
    assert (await viewer.ask("show", split="test", index=42))["type"] == "done"
    assert viewer.state["shown"] == {"split": "test", "index": 42, "pinned": True}
    frame = await viewer.until(
        "it is in a frame",
        lambda: next((one for one in viewer.frames[-1:] if one.example and one.example.index == 42), None),
    )
    trainer, _ = straight_run(unpacked, DEFAULT_SPEC, 0)
    image, label = trainer.dataset.test.inputs[42], int(trainer.dataset.test.labels[42])
    with one_thread():
        trace = Probe(trainer).example(image, label)
    assert frame.example.label == label
    assert frame.example.prediction == trace.prediction
    assert await values(viewer, "dense1.z") == trace.layers[0].z.tolist()
    assert await values(viewer, "dL_dx", 100) == [float(trace.dL_dx[100])]
    reply = await viewer.ask("show", split="test", index=10_000)
    assert reply["code"] == "no_such_example"
    await viewer.ask("show")
    assert not viewer.state["shown"]["pinned"]


async def test_a_prediction_is_made_while_training_goes_on(viewer, unpacked):
    await reset(viewer)
    trainer, _ = straight_run(unpacked, DEFAULT_SPEC, 0)
    image = trainer.dataset.test.inputs[0]
    with one_thread():
        expected = Probe(trainer).predict(image.reshape(1, -1))[0]
    reply = await viewer.ask("predict", pixels=image.tolist())
    assert reply["type"] == "prediction"
    assert (reply["step"], reply["probs"], reply["prediction"]) == (0, expected.tolist(), expected.argmax())
    await viewer.ask("play")
    steps = [(await viewer.ask("predict", pixels=image.tolist()))["step"] for _ in range(10)]
    assert steps == sorted(steps)


async def test_what_cannot_be_inspected_is_refused_with_a_reason(viewer):
    await reset(viewer)
    for asked, code in (
        ({"tensor": "dense1.W"}, "too_many_values"),
        ({"tensor": "dense1.dL_dW", "index": 0}, "not_computed_yet"),
        ({"tensor": "dense1.W", "index": 32}, "index_out_of_range"),
        ({"tensor": "dense8.W"}, "unknown_tensor"),
    ):
        reply = await viewer.ask("inspect", slices=[asked])
        assert (reply["type"], reply["code"], reply["where"]) == ("error", code, asked["tensor"])


async def test_every_command_with_an_id_is_answered_once_even_if_many_are_sent_at_once(viewer):
    ids = [await viewer.tell("step") for _ in range(100)]
    ids += [await viewer.tell("clock", sent=1.5), await viewer.tell("pause"), await viewer.tell("reset", seed=-1)]
    await viewer.until("all are answered", lambda: all(viewer.answer_to(number) for number in ids))
    clock, _, refused = (viewer.answer_to(number) for number in ids[-3:])
    assert (clock["type"], clock["sent"]) == ("clock", 1.5)
    assert (refused["type"], refused["code"]) == ("error", "seed_out_of_range")


async def test_two_viewers_who_drive_at_once_end_up_with_the_same_state(server, room):
    async with visit(server.socket_address, room) as one, visit(server.socket_address, room) as other:
        await asyncio.gather(
            *(viewer.ask(kind) for viewer in (one, other) for kind in ("play", "pause", "step", "reset", "pause"))
        )
        newest = max(one.seqs()[-1], other.seqs()[-1])
        await one.until("both are as far", lambda: one.seqs()[-1] >= newest)
        await other.until("both are as far", lambda: other.seqs()[-1] >= newest)
        states = [{event["seq"]: event["state"] for event in viewer.of_type("state")} for viewer in (one, other)]
        common = states[0].keys() & states[1].keys()
        assert common
        assert all(states[0][seq] == states[1][seq] for seq in common)
