"""The command line: `command_line.py` reads options, and each other module holds what one command alone needs."""

from .command_line import main

__all__ = ["main"]
