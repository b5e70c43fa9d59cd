"""Files answered whole or in part (RFC 9110, 14): one range, in bytes, of exactly the file that the client began."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from statlas.api.native.problems import refused

_BLOCK = 1 << 18
_ONE_RANGE = re.compile(r"bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})", re.IGNORECASE)


def response(request: HttpRequest, path: Path, *, etag: str, media_type: str, size: int) -> HttpResponseBase:
    """The file, or the part of it that ``Range`` asks for.

    Several ranges, and what is no range, are answered with the whole, as the standard allows.

    Raises:
        Refusal: the file has no such part, or is another one than ``If-Match`` names.
    """
    found = _range(request, etag, size)
    start, stop = found or (0, size)
    # Opened now: a file that is removed meanwhile is still read to its end.
    made = StreamingHttpResponse(_Part(path, start, stop), content_type=media_type, status=206 if found else 200)
    made.headers["Content-Length"] = str(stop - start)
    made.headers["Accept-Ranges"] = "bytes"
    made.headers["ETag"] = etag
    if found:
        made.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return made


def _range(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """Where the part starts and stops; None for the whole file."""
    if_range = request.headers.get("If-Range", "").strip()
    match = _ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or (if_range and if_range != etag) or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= stop:
        raise refused(
            f"The file has {size:,} bytes; the part that was asked for lies outside.",
            "Ask for a part within it, or for the whole.",
            status=416,
            headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"},
        )
    return start, stop


class _Part:
    """The bytes of a file from ``start`` to before ``stop``; it is closed with the answer."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        self._file = path.open("rb")
        self._file.seek(start)
        self._left = stop - start

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (block := self._file.read(min(_BLOCK, self._left))):
            self._left -= len(block)
            yield block

    def close(self) -> None:
        """What Django calls at the end, also of an answer that nobody reads."""
        self._file.close()

    __del__ = close  # whoever only looks at the head of an answer may forget it
