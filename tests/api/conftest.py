"""The site that the interfaces for programs are part of."""

import os

import django
import pytest

# pytest-django reads it when the first test that needs Django is set up.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statlas.web.settings")
django.setup()

from statlas.service.office import keys  # noqa: E402 - models are loaded after the set-up


@pytest.fixture
def key(db):
    """A key in force."""
    return keys.create(name="a program")
