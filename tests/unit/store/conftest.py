"""A home whose record files are any bytes: the store never looks into them."""

from pathlib import Path
from typing import Any

import pytest
from releases import release

from statlas.model.release import Manifest
from statlas.store import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that is not there yet."""
    return Home(tmp_path / "home")


@pytest.fixture
def publish(home: Home) -> Any:
    """``publish({"202501": b"..."}, database="clubs", policy=...)``: the manifest of the release made."""

    def run(records: dict[str, bytes], database: str = "clubs", **changes: Any) -> Manifest:
        with home.publish(database) as publication:
            publication.secret(f"family-{changes.get('family', 'clubs')}.v1", 32)
            for period, content in records.items():
                path = publication.staging / f"{period}.arrow"
                path.write_bytes(content)
                publication.add_record_file(period, path, len(content))
            return publication.commit(release(**changes))

    return run
