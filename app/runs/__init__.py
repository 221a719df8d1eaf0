"""A run's life inside a worker, and the one translation from engine values to wire values."""
