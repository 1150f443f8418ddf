"""From the YAML text people write to a document, or to a list of problems that each name line and path.

Only what such a file needs is read: mappings, lists and plain values of YAML 1.2's core schema (`no` and `13:00` are
text). Repeated keys, aliases, tags, hidden characters, deep nesting and more than 1 MB are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from core.text import clean
from process import expectations, paths
from process.schema import Document

Schema = TypeVar("Schema", bound=BaseModel)
DEFAULT_FILE = Path(__file__).with_name("default.yaml")
MAX_BYTES = 1_000_000
MAX_DEPTH = 30
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is 20 times as fast
_PLAIN: list[tuple[re.Pattern[str], Any]] = [
    (re.compile(r"(~|null|Null|NULL|)"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?"), float),
]
_TYPES = ["str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"]
_TAGS = {f"tag:yaml.org,2002:{name}" for name in _TYPES}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a document: the line it stands on (from 1), the path of the entry, what was expected."""

    line: int
    path: str
    message: str

    def in_file(self, name: str) -> str:
        """`file:line: path: message`, as compilers write it, so that editors can jump there."""
        return ": ".join(part for part in (f"{name}:{self.line}", self.path, self.message) if part)


class BadDocument(Exception):
    """The text is not a valid document. `problems` holds all that was found, at least one."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.path))
        super().__init__("; ".join(problem.in_file("document") for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Schema]):
    """A valid document and the lines its places stand on."""

    document: Schema
    lines: dict[str, int]

    def line_of(self, path: str) -> int:
        """The line of a path such as `sla.targets[response/high]`, or of what the file has around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """The process document a YAML text describes. Raises BadDocument; changes nothing and reads nothing else."""
    return read(text).document


@lru_cache(maxsize=4)  # one text is read by check, store and lint in turn
def read(text: str) -> Parsed[Document]:
    """`parse` that also tells where everything stands."""
    return read_as(Document, text)


def read_as(schema: type[Schema], text: str) -> Parsed[Schema]:
    """The document of any schema that a YAML text describes, by the same strict reading. Raises BadDocument."""
    _refuse_unfit(text)
    tree, lines, problems = _read(text)
    if problems:
        raise BadDocument(problems)
    try:
        document = schema.model_validate(tree)
    except ValidationError as error:
        raise BadDocument(_explain(error, schema, tree, lines)) from None
    return Parsed(document, {paths.write(place, tree): line for place, line in lines.items()})


def decode(content: bytes) -> str:
    """The text of a file; BadDocument when it is not UTF-8, naming the line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadDocument([Problem(line, "", f"expected UTF-8, found byte 0x{content[error.start]:02x}")]) from None


def default_text() -> str:
    """The process document that ships with the product, as it stands in `process/default.yaml`."""
    return DEFAULT_FILE.read_text(encoding="utf-8")


def default_document() -> Document:
    """The shipped document, validated."""
    return parse(default_text())


def _refuse_unfit(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise BadDocument([Problem(1, "", f"expected at most {MAX_BYTES} bytes, found {size}")])
    for number, line in enumerate(text.split("\n"), start=1):
        if clean(line.removesuffix("\r")) != line.removesuffix("\r"):
            raise BadDocument([Problem(number, "", "expected visible text, found a hidden or control character")])


def _read(text: str) -> tuple[Any, dict[paths.Location, int], list[Problem]]:
    try:
        _refuse_traps(text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise BadDocument([_syntax_problem(error)]) from None
    except yaml.YAMLError as error:
        raise BadDocument([Problem(1, "", f"expected YAML: {error}")]) from None
    if not isinstance(root, yaml.MappingNode):
        raise BadDocument([Problem(1, "", "expected a mapping with the entries of the document")])
    builder = _Builder()
    return builder.build(root, ()), builder.lines, builder.problems


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    """libyaml stops where it can go on no more, which may be far below the quote or brace that was never closed."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    said = ", ".join(part for part in (error.context, error.problem) if part)
    if error.context_mark and error.context_mark.line + 1 != line:
        said += f"; it begins on line {error.context_mark.line + 1}"
    return Problem(line, "", f"expected YAML: {said}")


def _refuse_traps(text: str) -> None:
    """Aliases (a small file could unfold to gigabytes) and nesting deeper than any document has, before it is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise BadDocument([Problem(line, "", f"expected the text itself, found the alias *{event.anchor}")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise BadDocument([Problem(line, "", f"expected at most {MAX_DEPTH} levels of nesting")])


class _Builder:
    """Turns nodes into plain values and remembers the line of every place."""

    def __init__(self) -> None:
        self.lines: dict[paths.Location, int] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, place: paths.Location) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        if node.tag not in _TAGS:
            self._report(line, place, f"expected plain YAML, found the tag {node.tag}")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: paths.Location) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(line, place, "expected a word as key")
                continue
            key = str(key_node.value)
            if key in tree:
                first = self.lines[(*place, key)]
                self._report(line, (*place, key), f"expected every key once, it stands on line {first} already")
                continue
            self.lines[(*place, key)] = line
            tree[key] = self.build(value_node, (*place, key))
        return tree

    def _scalar(self, node: yaml.Node, place: paths.Location) -> Any:
        value = str(node.value)
        if clean(value) != value:  # escapes such as "\0" only show once they are read
            self._report(node.start_mark.line + 1, place, "expected visible text, found a hidden or control character")
            return None
        if not getattr(node, "style", None):
            for pattern, convert in _PLAIN:
                if pattern.fullmatch(value):
                    return convert(value)
        return value

    def _report(self, line: int, place: paths.Location, message: str) -> None:
        self.problems.append(Problem(line, ".".join(str(step) for step in place), message))


def _explain(
    error: ValidationError, schema: type[BaseModel], tree: Any, lines: dict[paths.Location, int]
) -> list[Problem]:
    return [
        Problem(_line(place, lines), paths.write(place, tree), message)
        for place, message in expectations.explain(error, schema)
    ]


def _line(place: paths.Location, lines: dict[paths.Location, int]) -> int:
    """The line of a place, or of the nearest entry around it that the file has."""
    while place not in lines:
        place = place[:-1]
    return lines[place]
