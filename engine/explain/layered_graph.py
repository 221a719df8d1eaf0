"""The strongest paths through a layered graph whose paths are products, found without going through all of them.

Every node of a layer is joined to every node of the next, and a path has the product of the numbers on its way:

    start_k  hop_kj  hop_ji  ...  end_h

The sum of all paths is a product of matrices, start^T hop ... hop end. To name the largest ones, let reach_l(k) be the
largest size of all ways from node k of layer l to the end. From the end up,

    reach_l(k) = max_j |hop_kj| reach_(l+1)(j)                (Viterbi, 1967: a shortest path, with products for sums)

A path begun at the start, of size s so far, ends no larger than s * reach, and one way on does end just so large. The
search keeps the begun paths in a heap by that bound and always goes on with the largest. So the first that is finished
is the strongest, then comes the second, exactly (A*: Hart, Nilsson and Raphael, 1968, with a bound that is the truth).
The next best sibling of a path is begun only when the path itself is taken from the heap (as in Eppstein, SIAM Journal
on Computing 28, 1998): the k strongest of m layers take about k m steps, be there billions of paths.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LayeredGraph:
    """Layers of nodes from a start to an end, with a number at each node of the first and last and on each edge."""

    start: Numbers  # (nodes of the first layer,)
    hops: tuple[Numbers, ...]  # each (nodes of a layer, nodes of the next)
    end: Numbers  # (nodes of the last layer,)

    @property
    def count(self) -> int:
        """How many paths there are."""
        count = len(self.start)
        for hop in self.hops:
            count *= hop.shape[1]
        return count

    @property
    def total(self) -> float:
        """The sum of all paths."""
        return float(self.start @ _carried(self.hops, self.end))

    @property
    def absolute_total(self) -> float:
        """The sum of the sizes of all paths: that of the product of sizes is the product of sums of sizes."""
        return float(np.abs(self.start) @ _carried([np.abs(hop) for hop in self.hops], np.abs(self.end)))

    @cached_property
    def _reach(self) -> list[Numbers]:
        reach = [np.abs(self.end)]
        for hop in reversed(self.hops):
            reach.append((np.abs(hop) * reach[-1]).max(axis=1))
        return reach[::-1]

    def strongest(self, most: int) -> list[tuple[int, ...]]:
        """Return the `most` largest paths in order, each as its nodes from start to end; none of size 0."""
        last = len(self.hops)
        ranked: dict[tuple[int, ...], _Ranked] = {}
        heap: list[tuple[float, tuple[int, ...], int, float]] = []  # bound, path, rank among siblings, size above

        def begin(above: tuple[int, ...], size: float, rank: int) -> None:
            """Put the path with the next node of this rank into the heap, if it can become anything."""
            key = (len(above), *above[-1:])
            if key not in ranked:
                edges = self.start if not above else self.hops[len(above) - 1][above[-1]]
                ranked[key] = _Ranked.of(np.abs(edges), self._reach[len(above)])
            of_node = ranked[key]
            if rank < len(of_node.order):
                node = of_node.order[rank]
                bound = size * float(of_node.reach[node])
                if bound > 0:
                    heapq.heappush(heap, (-bound, (*above, node), rank, size))

        found: list[tuple[int, ...]] = []
        begin((), 1.0, 0)
        while heap and len(found) < most:
            _, path, rank, size = heapq.heappop(heap)
            above, node = path[:-1], path[-1]
            begin(above, size, rank + 1)
            if len(above) == last:
                found.append(path)
            else:
                begin(path, size * float(ranked[(len(above), *above[-1:])].sizes[node]), 0)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """The ways on from one node, those that can become the largest first."""

    order: list[int]
    sizes: Numbers  # of the edges
    reach: Numbers  # of the largest path over each edge to the end

    @classmethod
    def of(cls, sizes: Numbers, reach: Numbers) -> "_Ranked":
        reach = sizes * reach
        return cls(np.argsort(-reach, kind="stable").tolist(), sizes, reach)


def _carried(hops: Sequence[Numbers], end: Numbers) -> Numbers:
    for hop in reversed(hops):
        end = hop @ end
    return end
