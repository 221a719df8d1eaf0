"""Workshops: a host and members, their roles, rooms and runs. Rooms know runs and viewers; workshops know people."""
