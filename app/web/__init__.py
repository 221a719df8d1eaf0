"""Pages, sockets and probes: each handler parses, calls one verb, answers."""
