"""What holds for all tests."""

import os

import hypothesis

# A slow machine is no fault of the code, and CI must say the same of the same commit every time.
hypothesis.settings.register_profile("backscope", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("backscope")
