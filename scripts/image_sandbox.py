"""Runs what is in the image as compose.yaml does, without Docker: in a sandbox that can write to its data only."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

CHROMIUM = os.environ.get("BACKSCOPE_CHROMIUM", "/usr/bin/chromium")
MILLISECONDS = 30_000


@contextlib.contextmanager
def contained(root: Path) -> Iterator[tuple[str, str, "subprocess.Popen[bytes]"]]:
    """Start the program on a read-only root; give its address, its host key and the process of the sandbox."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    key = secrets.token_hex(8)
    environment = {
        "PATH": "/opt/backscope/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONUNBUFFERED": "1",
        "BACKSCOPE_HOST": "0.0.0.0",  # noqa: S104 - as in the image
        "BACKSCOPE_PORT": str(port),
        "BACKSCOPE_PROFILE": "lan",
        "BACKSCOPE_DATA_DIR": "/data",
        "BACKSCOPE_HOST_KEY": key,
    }
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile("w+") as log:
        command = [
            *("bwrap", "--die-with-parent", "--unshare-user", "--unshare-ipc", "--uid", "10001", "--gid", "10001"),
            *("--cap-drop", "ALL", "--ro-bind", str(root), "/", "--tmpfs", "/tmp", "--bind", data, "/data"),  # noqa: S108
            *("--proc", "/proc", "--dev", "/dev", "--chdir", "/data", "--clearenv"),
            *(word for name, value in environment.items() for word in ("--setenv", name, value)),
            *("backscope", "serve"),
        ]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}", key, process
        except BaseException:
            log.seek(0)
            print(log.read())
            raise
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


def check_joined(address: str, key: str) -> None:
    """Begin a workshop in a real browser and join it in another: both must see the run learn."""
    from playwright.sync_api import Page, expect, sync_playwright

    expect.set_options(timeout=MILLISECONDS)
    assert shutil.which(CHROMIUM), f"{CHROMIUM} is not there: set BACKSCOPE_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def visit(path: str) -> Page:
            page = browser.new_context(locale="en-US").new_page()
            page.goto(address + path)
            return page

        host = visit(f"/workshop#key={key}")
        host.get_by_test_id("host-name").fill("Ms Lin")
        host.get_by_test_id("begin-workshop").click()
        host.wait_for_url("**/r/*/host")
        code = re.findall(r"/r/(\w{6})/", host.url)[0]
        member = visit(f"/r/{code}")
        member.get_by_test_id("name").fill("Otter")
        member.get_by_test_id("join-workshop").click()
        member.wait_for_url("**/studio")
        expect(member.get_by_test_id("connection")).to_have_attribute("data-phase", "live")
        expect(member.get_by_test_id("step")).to_have_text(re.compile(r"[1-9]"))
        expect(host.get_by_test_id("view-members")).to_contain_text("1 member")
        browser.close()
