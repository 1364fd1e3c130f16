"""The peers of the benchmarks read the same, and one whose package is missing says so in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.peers import PEERS

FORM = Path(__file__).parent.parent / "examples" / "returned" / "古美路街道办事处-2020.xlsx"


def test_pandas_looks_up_what_openpyxl_does() -> None:
    pytest.importorskip("pandas")
    row = (FORM.name, "(党建办) 组团式服务联系群众专项", 100)
    assert [PEERS[name].read(FORM) for name in ("openpyxl", "pandas")] == [row, row]


def test_a_peer_without_its_package_is_left_out_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda name: None if name == "pandas" else object())
    with pytest.raises(SystemExit, match=r"^pandas left out: no pandas; pip install 'perfxl\[bench\]'$"):
        peers.main(["pandas", str(tmp_path), str(tmp_path / "out.xlsx")])
    assert [name for name, peer in PEERS.items() if peer.missing] == ["pandas"]
