"""Slips are looked for only in texts that can have them: the short cuts miss nothing."""

from __future__ import annotations

import random

import pytest

from perfxl.checks import slips
from perfxl.checks.slips import Slips, slips_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("用于用于购置设备", Slips(("用于用于",), (), False, (), ())),
        ("<p>完成</p>&nbsp;<p>", Slips((), ("<p>", "</p>", "&nbsp;"), False, (), ())),
        ("\u3000（请填写项目目标", Slips((), (), True, (), ())),
        ("截止2020年底", Slips((), (), False, (("截止", "截至"),), ())),
        ("财预[2020]10号和财预【2019】3号", Slips((), (), False, (), (("[2020]", "2020"),))),
        ("按实际完成比例得分", None),
        ("请示已批复", None),
        ("", None),
    ],
)
def test_slips(text: str, expected: Slips | None) -> None:
    assert slips_in(text) == expected
    assert slips_in(text + "。" * 200) == expected  # too long to be remembered


def test_the_short_cut_misses_no_doubled_word() -> None:
    chance = random.Random(7)
    doubled = 0
    for _ in range(20_000):
        text = "".join(chance.choices("攻坚战用于，“", k=chance.randrange(9)))
        expected = [match[0] for match in slips._DOUBLED.finditer(text)]
        found = slips_in(text)
        assert list(found.doubled if found else ()) == expected
        doubled += bool(expected)
    assert doubled > 300
