"""What the production server runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from statlas.service import tables

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statlas.web.settings")

application = get_wsgi_application()
# Pages and the engine behind them are imported now, not while the first visitor waits.
_ = get_resolver().url_patterns, tables.plan
tables.keep_answers(settings.STATLAS.answers_mb * 1_000_000)
