"""How long jobs are kept."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings


def kept_for() -> timedelta:
    """How long a job and its file are kept once it has ended."""
    return timedelta(days=settings.STATLAS.job_days)
