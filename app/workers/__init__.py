"""The training processes, and the link between them and the server."""
