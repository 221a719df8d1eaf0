"""The wire: what a browser may say (commands), what it is told (events), and what it is shown (frames).

This package is the single source. The browser's types and docs/protocol.md are generated from it by
`python -m app.protocol.typescript` and `python -m app.protocol.document`. It imports nothing else of ours.
"""

PROTOCOL_VERSION = 3
"""Raised when an old page could misread a new server; such a page is told to reload."""
