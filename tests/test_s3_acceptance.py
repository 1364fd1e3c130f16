"""`perfxl check s3://…` with the real client, s3fs, against a bucket served on this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

ROOT = Path(__file__).parent.parent
GOOD = ROOT / "examples" / "returned" / "古美路街道办事处-2020.xlsx"
BUCKET = "forms"
HERE = importlib.util.find_spec("s3fs") is not None or os.environ.get("PERFXL_REQUIRE_ACCEPTANCE") == "1"

pytestmark = [pytest.mark.acceptance, pytest.mark.skipif(not HERE, reason="s3fs is not installed")]


@contextmanager
def served(objects: dict[str, bytes]) -> Iterator[str]:
    """The address of a server that lists and hands out these objects as S3 does; what it cannot find is 404."""

    class Bucket(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            bucket, _, key = unquote(url.path).removeprefix("/").partition("/")
            if bucket != BUCKET or (key and key not in objects):
                return self.answer(404, b"")
            if key:
                return self.answer(200, objects[key])
            prefix = parse_qs(url.query, keep_blank_values=True).get("prefix", [""])[0]
            found = "".join(
                f"<Contents><Key>{escape(quote(name, safe='/'))}</Key><Size>{len(data)}</Size><ETag>x</ETag>"
                "<LastModified>2026-01-01T00:00:00.000Z</LastModified><StorageClass>STANDARD</StorageClass></Contents>"
                for name, data in sorted(objects.items())
                if name.startswith(prefix)
            )
            head = f"<Name>{BUCKET}</Name><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
            listing = (
                f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{head}{found}</ListBucketResult>'
            )
            return self.answer(200, listing.encode())

        do_HEAD = do_GET  # noqa: N815

        def answer(self, status: int, body: bytes) -> None:
            first, last = 0, len(body) - 1
            if status == 200 and (asked := self.headers.get("Range", "")):
                start, _, end = asked.removeprefix("bytes=").partition("-")
                first, last, status = int(start), min(int(end or last), last), 206
            part = body[first : last + 1]
            self.send_response(status)
            self.send_header("Content-Length", str(len(part)))
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
            self.send_header("ETag", '"x"')
            self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(part)

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def check(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: the client keeps threads and connections."""
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    here = {"AWS_ENDPOINT_URL": address, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "perfxl", "check", *arguments, "--format", "json"]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **keys, **here}
    )


OBJECTS = {
    "甲/古美路.xlsx": GOOD.read_bytes(),
    "甲/空.xlsx": b"",
    "甲/~$古美路.xlsx": b"x",
    "乙/古美路.xlsx": GOOD.read_bytes(),
}


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_bucket_is_checked_as_a_folder_is(jobs: str) -> None:
    with served(OBJECTS) as address:
        done = check(address, f"s3://{BUCKET}", "--jobs", jobs)
    assert (done.returncode, done.stderr) == (1, "")
    found = [(file["path"], file["status"]) for file in json.loads(done.stdout)["files"]]
    assert found == [
        (f"s3://{BUCKET}/乙/古美路.xlsx", "returned"),
        (f"s3://{BUCKET}/甲/~$古美路.xlsx", "skipped"),
        (f"s3://{BUCKET}/甲/古美路.xlsx", "returned"),
        (f"s3://{BUCKET}/甲/空.xlsx", "unreadable"),
    ]


def test_one_object_and_one_that_is_not_there() -> None:
    with served(OBJECTS) as address:
        done = check(address, f"s3://{BUCKET}/甲/古美路.xlsx")
        missing = check(address, f"s3://{BUCKET}/丙")
    (file,) = json.loads(done.stdout)["files"]
    local = subprocess.run(
        [sys.executable, "-m", "perfxl", "check", str(GOOD), "--format", "json"],
        capture_output=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    (same,) = json.loads(local.stdout)["files"]
    assert file == {**same, "path": f"s3://{BUCKET}/甲/古美路.xlsx"}
    assert (missing.returncode, missing.stdout) == (2, "") and "读不出来" in missing.stderr
