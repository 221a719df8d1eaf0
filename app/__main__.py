"""`python -m app` is the command `backscope`."""

from app.cli import main

main()
