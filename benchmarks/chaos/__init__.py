"""Does each message arrive once while what sends it is killed? See ``python -m benchmarks.chaos``."""
