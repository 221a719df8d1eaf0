"""Has schemathesis ask the API everything its description allows, and more: `python -m benchmarks.api SCHEMATHESIS`.

It ends with schemathesis's own code: 0 if no answer was a fault of the server.
"""

import subprocess
import sys

from benchmarks.server import served

EXAMPLES = 200


def main(program: str, *arguments: str) -> int:
    """Start a server, and run the program against it."""
    with served() as server:
        command = [
            *(program, "run", f"http://127.0.0.1:{server.port}/openapi.json"),
            *("--checks", "not_a_server_error", "--max-examples", str(EXAMPLES), "--no-color", *arguments),
        ]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
