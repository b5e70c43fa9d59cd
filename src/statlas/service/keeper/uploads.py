"""Open the records of an upload for the job that makes a draft of them.

The keeper unseals and reads nothing: what people send is read by a process that holds no key. It hands over files
without a name, which are gone when the last process that has them open ends, however it ends.
"""

from __future__ import annotations

import json
import os
import tempfile

from statlas.errors import HomeError
from statlas.service.keeper import privacy
from statlas.store import Home, upload_sealing, vault
from statlas.store.upload_files import RECORDS, UploadFiles, not_taken


def opened(home: Home, upload_id: str, numbers: list[int]) -> bytes:
    """Add a number to ``numbers`` for each file of records, open; their names in the same order, as JSON.

    Raises:
        HomeError: one is not as it was sealed, or the key cannot be used.
        BackendError: the disk has no room for it.
    """
    with privacy.as_keeper():
        key = vault.identity(home.path)
    folder, names = UploadFiles(home.path).heap(upload_id, RECORDS), []
    try:
        for path in sorted(folder.iterdir()):
            with path.open("rb") as sealed, tempfile.TemporaryFile(dir=folder.parent) as file:
                upload_sealing.unseal(key, upload_id, sealed, file)
                file.flush()
                numbers.append(os.dup(file.fileno()))
            names.append(path.name)
    except FileNotFoundError:
        raise HomeError("The files of this upload are gone.", mend="Send it again.") from None
    except OSError as error:
        raise not_taken(error) from error
    return json.dumps(names).encode()
