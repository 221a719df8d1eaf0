"""One step of a run, frozen and opened: where each of its numbers came from.

`engine.explain.frozen` makes the step again, apart from its run; every other module answers one question about it.
"""
