"""Jobs: have a table of any size made as a file, see how far it is, cancel it, fetch it."""

from statlas.office.jobs.models import State
from statlas.service.office.jobs.asking import (
    MOST_WAITING,
    STREAMED,
    JobFacts,
    cancel,
    get,
    list_of,
    path_of,
    submit,
)

__all__ = ["MOST_WAITING", "STREAMED", "JobFacts", "State", "cancel", "get", "list_of", "path_of", "submit"]
