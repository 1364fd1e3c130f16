"""`python -m perfxl`."""

import sys

from perfxl.cli import process

sys.exit(process())
