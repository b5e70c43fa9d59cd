"""Large files on their way in: written to the home as they come, and neither to memory nor to a folder of the system's.
Records are sealed on that way (``store.upload_sealing``).

A form that carries records is checked after who sends it is known: ``receiving`` sets the handler before Django reads
anything of the body.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from statlas.errors import StatlasError
from statlas.store.upload_files import SUFFIXES, UploadFiles, not_taken
from statlas.store.upload_sealing import SealedFile


class IntoTheHome(FileUploadHandler):
    """Writes the files of a form into the folder of an upload; what cannot be taken is told in ``errors``."""

    def __init__(self, request: HttpRequest, files: UploadFiles, upload_id: str) -> None:
        super().__init__(request)
        self.upload_id = upload_id
        self._files = files
        self._to: BinaryIO | SealedFile | None = None
        self.errors: list[StatlasError] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """One more file begins."""
        super().new_file(*args, **kwargs)
        if self.field_name not in SUFFIXES:
            raise SkipFile
        try:
            self._to = self._files.create(self.upload_id, self.field_name, self.file_name or "")
        except StatlasError as error:
            self.errors.append(error)
            raise SkipFile from None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's own
        """Some of its bytes; no other handler gets them."""
        assert self._to is not None
        try:
            self._to.write(raw_data)
        except OSError as error:
            self.errors.append(not_taken(error))
            self.upload_interrupted()
            raise StopUpload(connection_reset=False) from None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """It has come whole."""
        if self._to is None:
            return None
        try:
            self._to.close()
        except OSError as error:
            self.errors.append(not_taken(error))
        self._to = None
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size)  # its bytes lie in the home

    def upload_interrupted(self) -> None:
        """It has not, or whoever read it gave up."""
        if self._to is not None:
            with suppress(OSError):
                self._to.close()
            self._to = None
