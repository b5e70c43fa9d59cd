"""The e-mail that tells that a job has ended, to whoever asked for it.

It goes to the confirmed address of the account that asked, and to no other: the site writes to nobody who has not
asked it to.
"""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail

from statlas.errors import StatlasError
from statlas.office.jobs import queries
from statlas.office.jobs.models import Job
from statlas.wording import _, several

_log = logging.getLogger("statlas.jobs")


def tell(job: Job, error: StatlasError | None = None) -> None:
    """Send the e-mail where one is wanted; one that cannot be sent is noted, and the job is none the worse."""
    address = queries.email_of(job.pk) if job.notify else ""
    if not address:
        return
    subject, text = _ready(job) if error is None else _failed(job, error)
    try:
        send_mail(f"{subject} - {_site()}", text, None, [address])
    except (OSError, SMTPException):
        _log.warning("The e-mail of a job could not be sent.")


def _ready(job: Job) -> tuple[str, str]:
    days = settings.STATLAS.job_days
    said = (
        _("The file that you asked {site} for is ready.").format(site=_site()),
        several("Fetch it within {n} day from this page:", "Fetch it within {n} days from this page:", days).format(
            n=days
        )
        + f"\n{job.page}",
        _("The table:") + f"\n{job.link}" if job.link else "",
    )
    return _("Your file is ready"), _letter(*said)


def _failed(job: Job, error: StatlasError) -> tuple[str, str]:
    said = (
        _("The file that you asked {site} for could not be made.").format(site=_site()),
        str(error),
        _("More on this page:") + f"\n{job.page}",
    )
    return _("Your file could not be made"), _letter(*said)


def _letter(*paragraphs: str) -> str:
    return "\n\n".join([*filter(None, paragraphs), _site()]) + "\n"


def _site() -> str:
    return " ".join(str(settings.STATLAS.site_name).split())
