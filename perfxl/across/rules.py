"""Rules that look at several files at once: a rule is a function named by its code that yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from perfxl.across.table import Facts
from perfxl.finding import Finding

FAMILIES = ("duplicates", "distribution", "objectives")

About = tuple[int, Finding]
"""A finding and the number of the form it is about."""
Rule = Callable[[Facts], Iterator[About]]
_rules: dict[str, Rule] = {}


def across(code: str) -> Callable[[Rule], Rule]:
    """Register a rule under its code."""

    def register(function: Rule) -> Rule:
        assert code not in _rules, f"two rules for {code}"
        _rules[code] = function
        return function

    return register


def registered_rules() -> dict[str, Rule]:
    """Every rule by code; loads the families on first use."""
    for family in FAMILIES:
        import_module(f"perfxl.across.{family}")
    return _rules
