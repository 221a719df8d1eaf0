"""How certain an answer is: the entropy of its probabilities.

    H = -sum_k p_k log2 p_k

in bits: 0 for an answer that is certain, log2 K (3.32 for ten classes) for one that knows nothing. A low entropy says
that the network is sure, not that it is right, nor that what it was shown is a digit at all.

Source: Shannon, A Mathematical Theory of Communication, 1948, section 6.
"""

import numpy as np

from engine.tensors import Tensor


def entropy(probs: Tensor) -> float:
    """Return the entropy in bits of probabilities (classes,)."""
    p = probs[probs > 0].astype(np.float64)
    return max(0.0, float(-(p * np.log2(p)).sum()))
