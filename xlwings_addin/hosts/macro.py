"""One ribbon macro run for LibreOffice's menu: the workbook is asked for through standard input and output."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """`python -m xlwings_addin.hosts.macro score`; exit code 1 with the reason where the macro failed."""
    import xlwings as xw

    from xlwings_addin.hosts.engine import Engine
    from xlwings_addin.hosts.libreoffice import Channel, LibreOfficeDesk

    replies = os.fdopen(os.dup(0), encoding="utf-8")
    requests = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a macro prints must not get between the requests.
    sys.stdout = sys.stderr
    engine = xw.Engine(impl=Engine(LibreOfficeDesk(Channel(requests, replies), os.getppid(), quiet=False)))
    xw.engines.add(engine)
    engine.activate()
    from importlib import import_module

    import_module("xlwings_addin.ribbon").run(sys.argv[-1])


if __name__ == "__main__":
    main()
