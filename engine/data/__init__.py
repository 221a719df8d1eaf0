"""Data sets: images with labels, the reader of their files, and the order in which training sees them."""
