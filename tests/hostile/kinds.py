"""All kinds, under the names they are saved with. Making them takes some seconds."""

from __future__ import annotations

from tests.hostile.cells import CELLS
from tests.hostile.foreign import FOREIGN
from tests.hostile.names import NAMES
from tests.hostile.packages import PACKAGES
from tests.hostile.parts import PARTS

KINDS: dict[str, bytes] = {
    f"{group}-{name}": content
    for group, kinds in {"foreign": FOREIGN, "package": PACKAGES, "part": PARTS, "cell": CELLS}.items()
    for name, content in kinds.items()
} | NAMES
