"""Runs the agent: ``python -m agent``."""

import logging
import os
import sys

from agent.cli import main


def leave(code: int) -> None:
    """Ends at once: a thread that waits for the portal must not be in the middle of something in C while
    the interpreter is taken apart. What is on the disk is whole at every moment."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
