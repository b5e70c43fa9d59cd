"""YAML text as plain data in which every scalar is text, with the line of every value.

Codes are text: ``01``, ``1``, ``yes``, ``NO`` and ``202004`` must arrive as they stand in the file, so no scalar is
resolved to a number, a boolean or a date here; what a key expects is settled by the form.
Only an unquoted empty value, ``~`` or ``null`` is nothing (None), and only as a value, never as a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from statlas.definitions.findings import Findings, Place

#: Arbitrary, far above any definition; it stops aliases that refer to aliases from filling the memory.
MOST_VALUES = 1_000_000
_DEEPEST = 50
_NOTHING = ("", "~", "null", "Null", "NULL")


def read_yaml(path: Path, findings: Findings, first_line: str) -> Any:
    """The data of a YAML file, which begins with ``first_line``; None, with a finding, if it cannot be read at all.

    A key that stands twice in one mapping is a finding; the first one counts.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        findings.at_line(1, "wrong-encoding", "text in UTF-8", "Save the file as UTF-8.")
        return None
    except OSError:
        findings.at_line(1, "no-file", "a file that can be opened", "Check the path.")
        return None
    return _load(text, findings, first_line)


def _load(text: str, findings: Findings, first_line: str) -> Any:
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        findings.at_line(mark.line + 1 if mark else 1, "yaml", "YAML that can be read", f"{_problem(error)}.")
        return None
    except (YAMLError, RecursionError, ValueError):
        findings.at_line(1, "yaml", "YAML that can be read", "Save the file as UTF-8 text.")
        return None
    if not isinstance(node, MappingNode):
        findings.at_line(1, "yaml", "a mapping of keys to values", f"Begin with `{first_line}`.")
        return None
    return _Reader(findings).read(node, ())


def _problem(error: MarkedYAMLError) -> str:
    words = str(error.problem or error.context or "it cannot be read").strip()
    return words[:1].upper() + words[1:]


@dataclass
class _Reader:
    findings: Findings
    n_values: int = 0

    def read(self, node: Node, place: Place) -> Any:
        self.n_values += 1
        self.findings.lines.setdefault(place, node.start_mark.line + 1)
        if self.n_values > MOST_VALUES or len(place) > _DEEPEST:
            if self.n_values != MOST_VALUES + 2:
                self.findings.add(place, "too-large", "fewer values", "Leave out aliases that hold aliases.")
            self.n_values = MOST_VALUES + 1
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*place, n)) for n, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return None if node.style is None and node.value in _NOTHING else str(node.value)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.findings.add(place, "yaml", "keys that are text", "Quote the key.")
                continue
            key = str(key_node.value)
            if key in data:
                line = key_node.start_mark.line + 1
                mend = "Keep one of them."
                self.findings.add((*place, key), "duplicate-key", "each key once in a mapping", mend, line=line)
                continue
            self.findings.lines[(*place, key)] = key_node.start_mark.line + 1
            data[key] = self.read(value_node, (*place, key))
        return data
