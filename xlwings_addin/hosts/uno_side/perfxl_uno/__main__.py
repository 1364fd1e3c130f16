"""Answers requests on standard input for one LibreOffice: a line of JSON each way.

Runs under the Python that LibreOffice's `uno` was built for, so it needs nothing but that and the standard library.
"""

from __future__ import annotations

import argparse
import sys
import time

import uno

from .serving import serve
from .session import Session

_PATIENCE = 60
"""Seconds that a first start with a new profile may take."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pipe", required=True, help="the name that soffice was told to accept")
    serve(Session(_connected(parser.parse_args().pipe)), sys.stdin, sys.stdout)


def _connected(pipe: str) -> object:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
