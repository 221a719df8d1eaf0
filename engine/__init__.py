"""A neural network in plain NumPy whose every intermediate value can be looked at.

The modules, in the order one would teach them: `activations`, `layers`, `losses`, `network`, `parameters`,
`initializers`, `optimizers`, `data`, `spec`, `trainer`, `evaluation`, `probes`. Only the standard library and
NumPy are imported, nothing is printed, timed or drawn from a global random state, and nothing runs in the background.
"""
