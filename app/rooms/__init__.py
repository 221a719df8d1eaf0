"""People: rooms, their viewers, and what is on its way to each."""
