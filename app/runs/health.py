"""What is wrong with a run, told when it changes."""

import math

from app.protocol import values
from engine.health import Finding, HealthCheck
from engine.trainer import Trainer

SECONDS_BETWEEN_CHECKS = 1.0
HELD_OUT = 64
"""A unit counts as silent only if it is so for these held-out examples too."""


class Health:
    """Examines a trainer now and then."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._check = HealthCheck(trainer, held_out=HELD_OUT)
        self._told: list[values.Finding] = []
        self._checked = -1
        self._not_before = 0.0

    def due(self, now: float) -> bool:
        """Whether there is a new step, and the last look is long enough ago."""
        return now >= self._not_before and self._checked != self._trainer.step_count

    def next_due(self) -> float | None:
        """When to look; None if nothing has changed."""
        return None if self._checked == self._trainer.step_count else self._not_before

    def soon(self) -> None:
        """Look at the next chance: training has stopped."""
        self._not_before = 0.0

    def look(self, now: float) -> list[values.Finding] | None:
        """Examine; return what is wrong if it is something else than was told last."""
        self._not_before = now + SECONDS_BETWEEN_CHECKS
        self._checked = self._trainer.step_count
        found = [_plain(finding) for finding in self._check.findings()]
        if [_told_apart(finding) for finding in found] == [_told_apart(finding) for finding in self._told]:
            return None
        self._told = found
        return found


def _told_apart(finding: values.Finding) -> tuple[object, ...]:
    """What makes a finding another one; its measured evidence always differs a little."""
    return finding.kind, finding.layer, finding.cause, len(finding.units)


def _plain(finding: Finding) -> values.Finding:
    return values.Finding(
        kind=finding.kind,
        layer=finding.layer,
        cause=finding.cause,
        evidence={name: number if math.isfinite(number) else None for name, number in finding.evidence.items()},
        units=[int(unit) for unit in finding.units],
    )
