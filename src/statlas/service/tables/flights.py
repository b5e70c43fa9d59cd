"""The same question asked by several at once is answered once, and all get that answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from threading import Lock

from statlas.errors import BackendError, StatlasError
from statlas.model.cube import Cube
from statlas.service.tables.cancelling import TICK_S, Patience
from statlas.service.tables.lanes import Lane


class Flights:
    """Questions being answered in this process."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, Future[Cube | None]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._flying)

    def answer(self, key: Hashable, make: Callable[[], Cube], lane: Lane, patience: Patience) -> Cube:
        """What ``make`` gives, made by whoever asked first; the others stand in the queue of its lane.

        A refusal is everybody's; if the first one gives up or fails, the next one makes it.
        """
        while True:
            with self._lock:
                flight = self._flying.get(key)
                if flight is None:
                    mine = self._flying[key] = Future()
            if flight is None:
                return self._make(key, mine, make)
            with lane.queue(patience):
                found = _wait(flight, patience)
            if found is not None:
                return found

    def _make(self, key: Hashable, mine: Future[Cube | None], make: Callable[[], Cube]) -> Cube:
        found: Cube | None = None
        refusal: StatlasError | None = None
        try:
            found = make()
        except BackendError:
            raise
        except StatlasError as error:
            refusal = error
            raise
        else:
            return found
        finally:
            with self._lock:
                del self._flying[key]
            if refusal is not None:
                mine.set_exception(refusal)
            else:
                mine.set_result(found)


def _wait(flight: Future[Cube | None], patience: Patience) -> Cube | None:
    while not wait([flight], TICK_S).done:
        patience.check()
    return flight.result()
