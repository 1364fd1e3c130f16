"""Requests answered: a line of JSON each way."""

from __future__ import annotations

import json
from typing import IO

from .session import Session


def serve(session: Session, requests: IO[str], replies: IO[str]) -> None:
    """Until the other end closes."""
    for line in requests:
        replies.write(json.dumps(session.answer(json.loads(line))) + "\n")
        replies.flush()
