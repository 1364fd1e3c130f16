"""The one error that is meant for the person."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be met; the workbook is as it was. A Chinese sentence."""
