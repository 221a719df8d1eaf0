"""A neural network in plain NumPy whose every intermediate value can be looked at.

The modules, in the order one would teach them: `activations`, `layer`, `layers`, `convolution`, `pooling`, `reshaping`,
`dropout`, `normalization`, `residual`, `loss`, `class_losses`, `elementwise_losses`, `losses`, `architecture`,
`network`, `parameters`, `initializers`, `schedules`, `optimizers`, `data`, `spec`, `trainer`, `checkpoint`, `timeline`,
`evaluation`, `probes`, `health`, and `explain`, which opens one step. Only the standard library and NumPy are imported,
nothing is printed, timed or drawn from a global random state, and nothing runs in the background.
"""
