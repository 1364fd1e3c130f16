"""Hostile files by kind, built from one good form or from nothing: what thousands of offices send, and worse.

`KINDS` has the content of each, under the name it is saved with; `special_entries` makes what is more than content.
"""

from __future__ import annotations

from tests.hostile.cells import CELLS
from tests.hostile.foreign import FOREIGN
from tests.hostile.names import NAMES, special_entries
from tests.hostile.packages import PACKAGES
from tests.hostile.parts import PARTS

__all__ = ["KINDS", "special_entries"]

KINDS: dict[str, bytes] = {
    f"{group}-{name}": content
    for group, kinds in {"foreign": FOREIGN, "package": PACKAGES, "part": PARTS, "cell": CELLS}.items()
    for name, content in kinds.items()
} | NAMES
