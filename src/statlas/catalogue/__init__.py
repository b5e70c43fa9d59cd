"""Many databases at once: what they are about as documents, the index of them, and how what was typed is understood.

Rules of the room: it knows the public definitions alone, never a number of a table; it opens one file, the index, which
can be made again from the definitions at any time; whatever is typed, it answers and does not fail.
"""

from statlas.catalogue.documents import Document, Kind, documents_of
from statlas.catalogue.folding import fold, spans
from statlas.catalogue.index import Index, build
from statlas.catalogue.understanding import Term, Understood, understand

__all__ = [
    "Document",
    "Index",
    "Kind",
    "Term",
    "Understood",
    "build",
    "documents_of",
    "fold",
    "spans",
    "understand",
]
