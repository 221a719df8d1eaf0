"""All that a network has learned, as an immutable copy, and the name that its bits have."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from engine.network import Network
from engine.tensors import Tensor, frozen_copy

DIGITS_OF_A_CHECKSUM = 16


def checksum_of(network: Network) -> str:
    """Return the first hexadecimal digits of SHA-256 over a network's parameters and buffers: other bits, another."""
    return _checksum(network.parameters.flat, network.buffers.flat)


def _checksum(parameters: Tensor, buffers: Tensor) -> str:
    digest = hashlib.sha256(parameters.data)
    digest.update(buffers.data)
    return digest.hexdigest()[:DIGITS_OF_A_CHECKSUM]


@dataclass(frozen=True, eq=False)
class Weights:
    """A network's parameters, and the buffers that belong to them, at one moment."""

    parameters: Tensor
    buffers: Tensor

    @classmethod
    def of(cls, network: Network) -> "Weights":
        """Copy a network's as they are now."""
        return cls(frozen_copy(network.parameters.flat), frozen_copy(network.buffers.flat))

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return self.parameters.nbytes + self.buffers.nbytes

    @cached_property
    def checksum(self) -> str:
        """As `checksum_of` a network with these weights."""
        return _checksum(self.parameters, self.buffers)
