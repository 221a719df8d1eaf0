"""How long a benchmark waits before it says that nothing comes."""

SECONDS_TO_START = 30.0
SECONDS_TO_ANSWER = 30.0
