"""One press of 校验并评分 in memory and in LibreOffice, and each function of the cells.

python -m benchmarks.press
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import xlwings as xw

from xlwings_addin import functions, ribbon
from xlwings_addin.hosts.engine import Engine
from xlwings_addin.hosts.libreoffice import Office, OfficeMissing
from xlwings_addin.hosts.memory import MemoryDesk

FORM = Path("examples/returned/滨河区图书馆-2020-初稿.xlsx")
SCHEME = "mof/2020"
CALLS: dict[str, Callable[[], object]] = {
    "PX_EXEC_RATE": lambda: functions.PX_EXEC_RATE(380000.0, 375250.0, SCHEME),
    "PX_EXEC_SCORE": lambda: functions.PX_EXEC_SCORE(380000.0, 375250.0, 10.0, SCHEME),
    "PX_SCORE": lambda: functions.PX_SCORE("正向定量", "≥95%", 0.9, 10.0, SCHEME),
    "PX_SCORE, 30 rows": lambda: functions.PX_SCORE([["正向定量"]] * 30, [["≥95%"]] * 30, [[0.9]] * 30, 10.0, SCHEME),
    "PX_TOTAL, 30 rows": lambda: functions.PX_TOTAL([[10.0]] * 30, 9.0, 0.9, SCHEME),
    "PX_GRADE": lambda: functions.PX_GRADE(89.0, SCHEME),
    "PX_EXPLAIN": lambda: functions.PX_EXPLAIN("正向定量", "≥95%", "90%", 10.0, SCHEME),
    "PX_CHECK": lambda: functions.PX_CHECK("人数", "正向定量", 100.0, 90.0, 10.0, 10.0, None, SCHEME),
    "PX_AMOUNT": lambda: functions.PX_AMOUNT("150万", None),
}


def main() -> None:
    print("median, ms")
    for name, call in CALLS.items():
        print(f"{name:24}{timed(call, 200):9.3f}")
    print(f"{'press, in memory':24}{pressed(MemoryDesk(), 9):9.1f}")
    try:
        with Office() as office:
            print(f"{'press, LibreOffice':24}{pressed(office, 5):9.1f}")
    except OfficeMissing as missing:
        print(f"press, LibreOffice: {missing}")


def pressed(desk: Any, rounds: int) -> float:
    """The second and later presses of a workbook that is open, as a clerk presses again and again."""
    desk_class = type(desk)
    desk_class.alert = lambda *_, **__: "ok"
    engine = xw.Engine(impl=Engine(desk))
    xw.engines.add(engine)
    engine.activate()
    with tempfile.TemporaryDirectory() as folder:
        book = xw.Book(shutil.copy(FORM, folder))
        return timed(lambda: ribbon.run("score", book), rounds)


def timed(call: Callable[[], object], rounds: int) -> float:
    call()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)


if __name__ == "__main__":
    main()
