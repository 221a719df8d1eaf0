"""The command `backscope`: serve, train, predict, bench."""

import json
import sys
import threading
import time
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from pydantic import ValidationError

from app.resources import VERSION
from app.settings import Settings

main = typer.Typer(
    name="backscope",
    help="Watch backpropagation happen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

BAD_INPUT = 2
FAILED = 1


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(BAD_INPUT)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"backscope {VERSION}")
        raise typer.Exit


@main.callback()
def backscope(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Watch backpropagation happen."""


@main.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = None,
    profile: Annotated[
        Literal["local", "lan", "public"] | None,
        typer.Option(help="Who may come: this machine, the local network, or everybody through a proxy with TLS."),
    ] = None,
    host_names: Annotated[
        str | None, typer.Option(help="Names browsers use for this server, separated by commas.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Keep runs here over restarts.")] = None,
    mnist_dir: Annotated[Path | None, typer.Option(help="Folder with the four gzipped IDX files to use.")] = None,
    data: Annotated[
        list[Path] | None, typer.Option(help="A further data set: a CSV file, an IDX folder or a folder of images.")
    ] = None,
    log_format: Annotated[
        Literal["text", "json"] | None, typer.Option(help="Lines for people, or a JSON object a line for programs.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Training processes; one for each core.", min=1, max=64)] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Start the app and, on a terminal, open its page."""
    # The other commands start faster without a server.
    from app import logs
    from app.greeting import greeting
    from app.server import PortTaken, listening_socket, serve
    from app.workers.supervisor import DataNotReady
    from app.workshops.codes import new_key

    if profile == "lan" and host is None:
        host = "0.0.0.0"  # noqa: S104 - that is what the profile is for
    given: dict[str, object] = {
        "host": host,
        "port": port,
        "profile": profile,
        "host_names": host_names,
        "log_format": log_format,
        "data_dir": data_dir,
        "mnist_dir": mnist_dir,
    }
    given |= {"workers": workers, "data": tuple(data) if data else None}
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        _refuse(_first_problem(error))
    # Whoever reaches a server on a network may join, but not begin: that takes a key, which is shown here.
    made_key = settings.profile != "local" and not settings.host_key
    if made_key:
        settings = settings.model_copy(update={"host_key": new_key()})
    logs.begin(settings.log_format)
    try:
        listener = listening_socket(settings)
    except PortTaken as taken:
        _refuse(f"Cannot listen on {settings.host}:{settings.port}: {taken}. Choose another with --port.")
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    here = name in ("127.0.0.1", "0.0.0.0")  # noqa: S104 - compared with, not listened on
    address = f"http://{'localhost' if here else name}:{listener.getsockname()[1]}/"

    def on_start() -> None:
        terminal, port = sys.stdout.isatty(), listener.getsockname()[1]
        typer.echo(greeting(settings, address, port, made_key=made_key, terminal=terminal))
        if open_browser and terminal:
            threading.Thread(target=webbrowser.open, args=(address,), name="browser", daemon=True).start()

    try:
        started = serve(settings, listener, on_start)
    except KeyboardInterrupt:
        started = True
    except DataNotReady as problem:
        _refuse(str(problem))
    if not started:
        raise typer.Exit(FAILED)


@main.command()
def train(
    seconds: Annotated[float, typer.Option(help="Train for so long at most.", min=0.01)] = 20.0,
    steps: Annotated[int | None, typer.Option(help="Train for so many steps at most.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the weights and of the minibatches.")] = None,
    spec: Annotated[Path | None, typer.Option(help="JSON file of a run spec; see docs/protocol.md.")] = None,
    mnist_dir: Annotated[Path | None, typer.Option(help="Folder with the four gzipped IDX files to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Train without a server, and tell how well it does on the held-out digits about once a second."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from app.datasets.library import Library
    from engine.data.mnist import PACKAGED, load_mnist
    from engine.errors import DataError, Diverged, SpecError
    from engine.evaluation import Evaluation
    from engine.spec import DEFAULT_SPEC, RunSpec
    from engine.trainer import Trainer

    try:
        chosen = RunSpec.from_dict(json.loads(spec.read_text())) if spec else DEFAULT_SPEC
        if seed is not None:
            chosen = replace(chosen, seed=seed).validated()
        trainer = Trainer(chosen, Library(load_mnist(mnist_dir or PACKAGED)).open(chosen.dataset))
    except (SpecError, DataError) as refusal:
        _refuse(refusal.message)
    except (OSError, ValueError, RecursionError) as error:
        _refuse(f"{spec} is not a JSON file that can be read: {error}")
    evaluation = Evaluation(trainer.network, trainer.dataset.test)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=as_json, transient=True) as progress:
        task = progress.add_task("training", total=seconds)
        begun = spoken = time.monotonic()
        diverged: Diverged | None = None
        while True:
            try:
                record = trainer.step()
            except Diverged as stopped:
                diverged = stopped
                break
            now = time.monotonic()
            ended = now - begun >= seconds or trainer.step_count == steps or trainer.finished
            if now - spoken >= 1 or ended:
                spoken = now
                result = evaluation.run(trainer.step_count)
                if as_json:
                    line = {
                        "step": record.step,
                        "epoch": round(record.epoch, 4),
                        "loss": record.loss,
                        "test_loss": result.loss,
                        "test_accuracy": result.accuracy,
                        "seconds": round(now - begun, 3),
                    }
                    typer.echo(json.dumps(line))
                well = f"loss {result.loss:.3f}" if result.accuracy is None else f"accuracy {result.accuracy:.2%}"
                text = f"step {record.step:,}  loss {record.loss:.3f}  held-out {well}"
                progress.update(task, completed=now - begun, description=text)
            if ended:
                break
    if diverged:
        typer.echo(f"Training diverged after step {diverged.step}: {diverged.tensor} is not finite.", err=True)
        raise typer.Exit(FAILED)
    if not as_json:
        typer.echo(text)


@main.command()
def predict(
    image: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP file: a drawing, or a photo of one.")],
    network: Annotated[str, typer.Option(help="conv, dense, or the safetensors file of a run.")] = "conv",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read the digit in a picture with a trained network, and say how sure that is."""
    from app import predicting

    try:
        reading = predicting.predict(image, network)
    except predicting.CannotPredict as problem:
        _refuse(str(problem))
    typer.echo(reading.to_json() if as_json else reading.sentences())


@main.command()
def bench(
    groups: Annotated[list[str] | None, typer.Argument(help="Groups to measure; all of them if none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Measure what Backscope promises, each figure beside the one to reach."""
    import benchmarks

    unknown = [name for name in groups or () if name not in benchmarks.ALL]
    if unknown:
        _refuse(f"There is no group {unknown[0]}; there are {', '.join(benchmarks.ALL)}.")
    for name, measure in benchmarks.ALL.items():
        if groups and name not in groups:
            continue
        for figure in measure():
            if as_json:
                plain = {"name": figure.name, "value": figure.value, "unit": figure.unit, "reach": figure.reach}
                typer.echo(json.dumps(plain))
            else:
                value = "-" if figure.value is None else f"{figure.value:,.4g}"
                typer.echo(f"{figure.name:<64} {value:>10} {figure.unit:<28} {figure.reach or ''}")


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    sentence = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {sentence}" if where else sentence
