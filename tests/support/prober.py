"""Asks a site, as anybody could, for everything it has and for what it should not have yet.

Every route of the URL configuration with every name that fits, every link that an answer holds, and guesses at a
release that is not public: its number, version, codes, periods, digest, draft, files. A guess is asked beside another
of the same shape at which there is nothing: both are answered alike, or the site has told something.
"""

from __future__ import annotations

import html
import io
import itertools
import json
import re
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

ALIKE = 3
"""Links that differ only in what their parameters say: as many of a kind are followed."""

_WORD = 3

_LINKS = re.compile(r"""(?:href|src|action|content|hx-get|data-[\w-]+)=["']([^"'\s]+)["']""")
_DIFFERS = (
    r'csrfmiddlewaretoken" value="[^"]*"',
    r'name="undo" value="[^"]*"',
    r"[?&;]undo=[\w-]*",
    r'nonce="[^"]*"',
    r'"(?:instance|at|updated)": ?"[^"]*"',
    r"<updated>[^<]*</updated>",
)
"""What differs each time: keys of forms, moments, and the way back, which packs up what was asked."""

_PASSING = re.compile("|".join(_DIFFERS))


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by their names in small letters, the body as it was before it was packed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The type of the content, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        """Everything that can be read of it: what is packed in the file, too."""
        return "\n".join((*(f"{name}: {value}" for name, value in self.headers.items()), _unpacked(self.body)))


Ask = Callable[..., Answer]
"""``ask(address, headers, body, kind)``: GET, or POST where there is a body."""


@dataclass(frozen=True)
class Unreleased:
    """What only the release that is not public yet has; none of ``words`` may stand in any answer.

    ``guesses`` are names that somebody could guess, each with another of its shape that is nobody's; ``spoken`` is what
    a page makes of such a name when it repeats it.
    """

    words: tuple[str, ...]
    guesses: Mapping[str, str] = field(default_factory=dict)
    spoken: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """What a round of asking found: answers by address, and what was wrong, a sentence each."""

    answers: dict[str, Answer] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Prober:
    """Goes about a site; ``names`` are values for the parts of addresses, by the name of the part."""

    def __init__(self, ask: Ask, origin: str, names: Mapping[str, Sequence[str]], most: int = 900) -> None:
        self.ask = ask
        self.origin = origin
        self.names = names
        self.most = most

    def everything(self, unreleased: Unreleased, more: Iterable[str] = ()) -> Seen:
        """Ask for every route and whatever is linked from there; nothing unreleased is anywhere."""
        seen, kinds = Seen(), Counter[object]()
        waiting = deque((*more, *addresses(self.names)))
        known = set(waiting)
        while waiting and len(seen.answers) < self.most:
            address = waiting.popleft()
            answer = seen.answers[address] = self.ask(address)
            seen.wrong += told(address, answer, unreleased)
            for link in self._links(address, answer):
                if link not in known and kinds[shape := _shape(link)] < ALIKE:
                    kinds[shape] += 1
                    known.add(link)
                    waiting.append(link)
        return seen

    def guess(self, bases: Iterable[str], unreleased: Unreleased) -> Seen:
        """Ask for what one could guess; it is answered as what is not there at all."""
        seen = Seen()
        for pair in unreleased.guesses.items():
            for base in bases:
                if len(pair[0]) < _WORD and base.partition("{guess}")[0].endswith(("q=", "+")):
                    continue  # a single figure is found on every page
                asked, beside = (base.replace("{guess}", quote(name, safe="")) for name in pair)
                answer = seen.answers[asked] = self.ask(asked)
                seen.wrong += _differences(asked, answer, self.ask(beside), pair, unreleased)
        return seen

    def post(self, address: str, body: str, kind: str, unreleased: Unreleased) -> Seen:
        """The same with a body that holds the guess, as ``{guess}``."""
        seen = Seen()
        for right, wrong in unreleased.guesses.items():
            given = [body.replace("{guess}", name).encode() for name in (right, wrong)]
            answers = [self.ask(address, {}, one, kind) for one in given]
            seen.answers[f"{address} {right}"] = answers[0]
            seen.wrong += _differences(f"POST {address} {right}", *answers, (right, wrong), unreleased)
            seen.wrong += told(f"POST {address} {right}", answers[0], unreleased, but=(right,))
        return seen

    def _links(self, address: str, answer: Answer) -> Iterator[str]:
        if answer.status in (301, 302, 303, 307, 308):
            found: Iterable[str] = [answer.headers.get("location", "")]
        elif answer.kind == "text/html":
            found = map(html.unescape, _LINKS.findall(answer.body.decode("utf-8", "replace")))
        elif "json" in answer.kind:
            found = _strings(json.loads(answer.body or b"null"))
        elif answer.kind.endswith("xml") or answer.kind in ("text/calendar", "text/plain"):
            found = map(
                html.unescape,
                re.findall(r"https?://[^\s<>\"']+|(?<=[\"'>])/[^\s<>\"']+", answer.body.decode("utf-8", "replace")),
            )
        else:
            found = ()
        for link in found:
            whole = urlsplit(urljoin(f"{self.origin}{address}", link))
            if f"{whole.scheme}://{whole.netloc}" == self.origin and len(link) < 2_000:
                yield f"{whole.path}?{whole.query}" if whole.query else whole.path


def addresses(names: Mapping[str, Sequence[str]], most: int = 14) -> list[str]:
    """Every route with every name that its parts can have, at most so many of one route."""
    found: list[str] = []
    for template, parts in routes():
        values = [names.get(part, ("1",)) for part in parts]
        chosen = itertools.islice(itertools.product(*values), most)
        found += ["/" + template % dict(zip(parts, map(quote, one), strict=True)) for one in chosen]
    return list(dict.fromkeys(found))


def routes() -> list[tuple[str, list[str]]]:
    """Every route of the site as a template and the names of its parts."""
    return [one for pattern in _patterns(get_resolver(), "") for one in normalize(pattern)]


def _patterns(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        whole = before + one.pattern.regex.pattern.removeprefix("^").removesuffix(r"\Z")
        if isinstance(one, URLPattern):
            yield whole
        else:
            yield from _patterns(one, whole)


def told(address: str, answer: Answer, unreleased: Unreleased, but: Iterable[str] = ()) -> list[str]:
    """What an answer tells of the release that is not public; what was asked for in so many words is no news."""
    asked = unquote(address).replace("+", " ").casefold()
    text = answer.text.casefold()
    return [
        f"{address} tells {word!r}"
        for word in unreleased.words
        if word.casefold() not in asked and word not in but and word.casefold() in text
    ]


def stale(before: Mapping[str, Answer], ask: Ask, is_pinned: Callable[[str], bool]) -> list[str]:
    """Copies that somebody kept from before and would still be shown, asked for as a browser does."""
    wrong = []
    for address, old in before.items():
        if old.status != 200 or is_pinned(address):
            continue
        fresh = ask(address)
        if fresh.status == 200 and _quiet(fresh.body) != _quiet(old.body):
            wrong += [f"{address} may be shown without asking: {kept}" for kept in _kept_for(old)]
            if "etag" in old.headers and ask(address, {"If-None-Match": old.headers["etag"]}).status == 304:
                wrong.append(f"{address} says that nothing has changed")
    return wrong


def _kept_for(answer: Answer) -> list[str]:
    """What lets a browser, or somebody on the way, show the answer again without asking."""
    control = answer.headers.get("cache-control", "")
    ages = [int(age) for age in re.findall(r"max-?age=(\d+)|s-maxage=(\d+)", control) for age in age if age]
    return [control] if max(ages, default=0) > 0 and "no-cache" not in control and "no-store" not in control else []


def _differences(
    asked: str, answer: Answer, beside: Answer, pair: tuple[str, str], unreleased: Unreleased
) -> list[str]:
    if answer.status != beside.status:
        return [f"{asked} is answered {answer.status}, what is not there {beside.status}"]
    names = [*pair, *(unreleased.spoken[name] for name in pair if name in unreleased.spoken)]
    texts = [_alike(one.text, names) for one in (answer, beside)]
    if texts[0] == texts[1]:
        return []
    first = next((a, b) for a, b in itertools.zip_longest(*(text.split("\n") for text in texts)) if a != b)
    return [f"{asked} is answered otherwise than what is not there: {first[0]!r:.200} for {first[1]!r:.200}"]


def _alike(text: str, names: Iterable[str]) -> str:
    """A text without what was asked for, and without what differs each time."""
    forms = {form for name in names for form in (name, quote(name, safe=""), html.escape(name))}
    forms |= {f"{form[:n]}..." for form in forms for n in range(16, len(form))}  # long names are cut in messages
    any_of = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    plain = re.sub(rf"(?<![0-9A-Za-z])({any_of})(?![0-9A-Za-z])", "GUESS", _quiet(text.encode()).decode())
    plain = re.sub(r"(?m)^(content-length|etag|date|set-cookie|last-modified|ratelimit-\w+|vary): .*$", r"\1", plain)
    return re.sub(r"[0-9a-f]{32,64}", "DIGEST", plain)


def _quiet(body: bytes) -> bytes:
    return _PASSING.sub("", body.decode("utf-8", "replace")).encode()


def _shape(link: str) -> object:
    parts = urlsplit(link)
    return re.sub(r"[0-9a-f]{16,}", "#", parts.path), frozenset(name for name, _ in parse_qsl(parts.query))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(("/", "http://", "https://")) and " " not in value:
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _unpacked(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body.startswith(b"PAR1"):
        return _table_text(pq.read_table(io.BytesIO(body)))
    if body.startswith(b"ARROW1"):
        return _table_text(pa.ipc.open_file(body).read_all())
    return body.decode("utf-8", "replace")


def _table_text(table: pa.Table) -> str:
    return f"{table.schema}\n{table.schema.metadata}\n{table.to_pydict()}"
