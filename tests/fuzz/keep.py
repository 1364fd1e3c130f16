"""Take from what the fuzzer has found the inputs that reach what the kept corpus does not.

    python -m tests.fuzz.keep FOLDER…

libFuzzer's own merging starts the program anew with other options, which a module run by `-m` does not survive.
"""

from __future__ import annotations

import sys
from hashlib import sha1
from pathlib import Path
from types import FrameType
from typing import Any

import perfxl
from tests.fuzz.target import CORPUS, read

_OURS = str(Path(perfxl.__file__).parent)
Step = tuple[str, int, int]
"""File, line, and the line before it in the same call."""


def steps(data: bytes) -> set[Step]:
    """From which line to which the input leads in perfxl."""
    found: set[Step] = set()

    def traced(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(_OURS):
            return None
        before = frame.f_lineno

        def line(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal before
            found.add((file, before, frame.f_lineno))
            before = frame.f_lineno
            return line

        return line

    sys.settrace(traced)
    try:
        read(data)
    finally:
        sys.settrace(None)
    return found


def main() -> None:
    kept = sorted(CORPUS.iterdir())
    steps(b"")  # imports, and what is remembered from the first time on
    reached = set[Step]().union(*(steps(path.read_bytes()) for path in kept))
    before = len(reached)
    inputs = {path.read_bytes() for folder in sys.argv[1:] for path in Path(folder).iterdir()}
    new = 0
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        if not (more := steps(data)) <= reached:
            reached |= more
            (CORPUS / sha1(data).hexdigest()[:12]).write_bytes(data)
            new += 1
    print(f"{len(inputs)} inputs: {new} kept beside {len(kept)}, {len(reached)} steps where there were {before}")


if __name__ == "__main__":
    main()
