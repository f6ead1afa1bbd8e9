"""Templates that tenants write: variables, a few filters and `if`, by an allow-list over the parsed template.

Jinja2's sandbox keeps a template from Python's internals, but bounds neither its time nor its memory, so what
is not on the list below is refused before anything is compiled: no loops, calls, arithmetic, subscripts,
macros or assignments. What remains runs in time linear in the template, and its output is cut off by size.
"""

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, Literal

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from frontdesk.core.errors import Invalid

Form = Literal["text", "html"]
Vocabulary = Mapping[str, Set[str]]
"""Variable -> its attributes; an empty set means a plain value."""

MAX_SOURCE = 20_000
MAX_VALUE = 2_000
MAX_OUTPUT = {"text": 5_000, "html": 100_000}
MAX_TAGS = 60
"""The longest of ours has a dozen; 300 took half a second to compile, in which the isolate served nobody (measured)."""
MAX_TOKENS = 30
"""Tokens in one tag: enough for two comparisons, too few to nest the parser or Python's compiler to death."""
MAX_IFS = 6
MAX_DEPTH = 16
"""Levels of `if` within each other, and of the parsed template in all."""

# Message templates may speak of these; every value is text, formatted beforehand.
VOCABULARY: Vocabulary = {
    "contact": frozenset({"first_name", "last_name", "name"}),
    "booking": frozenset(
        {"day", "date", "time", "service", "practitioner", "location", "previous_day", "previous_time"}
    ),
    "business": frozenset({"name", "phone", "address"}),
}

FILTERS: Mapping[str, int] = {"upper": 0, "lower": 0, "capitalize": 0, "title": 0, "trim": 0, "default": 2}
"""Allowed filters and the most constant arguments each takes."""

_PLAIN: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Compare,
)
_NAMED: Mapping[str, str] = {
    "For": "loops are",
    "Call": "calls are",
    "Macro": "macros are",
    "CallBlock": "macros are",
    "Assign": "assignments are",
    "AssignBlock": "assignments are",
    "Getitem": "subscripts are",
    "Include": "other templates are",
    "Import": "other templates are",
    "FromImport": "other templates are",
    "Extends": "other templates are",
    "List": "lists are",
    "Tuple": "lists are",
    "Dict": "lists are",
}
"""What people try first, by name, for the sentence that refuses it."""


class TemplateInvalid(Invalid):
    """A template that cannot be used; `detail` names the line and says what is wrong with it."""

    code, title = "template_invalid", "The template is not valid"


def _environment(form: Form) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=form == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    made.globals.clear()
    return made


_ENVIRONMENTS: Mapping[Form, ImmutableSandboxedEnvironment] = {
    "text": _environment("text"),
    "html": _environment("html"),
}


def check(source: str, vocabulary: Vocabulary = VOCABULARY) -> None:
    """Nothing if the template may be used. Raises TemplateInvalid."""
    _checked(source, vocabulary)


def variables_of(source: str, vocabulary: Vocabulary = VOCABULARY) -> frozenset[str]:
    """What the template reads: `contact.first_name` and the like. Raises TemplateInvalid."""
    tree = _checked(source, vocabulary)
    plain = {node.name for node in tree.find_all(nodes.Name) if not vocabulary[node.name]}
    owned = {
        f"{node.node.name}.{node.attr}"
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
    }
    return frozenset(plain | owned)


def render(
    source: str, values: Mapping[str, Any], form: Form = "text", vocabulary: Vocabulary = VOCABULARY
) -> str:
    """The template filled in. `values` follows the vocabulary; `html` escapes them.

    Raises:
        TemplateInvalid: the template may not be used, a value it reads is missing or is over 2,000
            characters, or the outcome is over MAX_OUTPUT.

    """
    template = _compiled(
        source, form, tuple((name, frozenset(vocabulary[name])) for name in sorted(vocabulary))
    )
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.generate(_bounded(values)):
            size += len(piece)
            if size > MAX_OUTPUT[form]:
                raise TemplateInvalid(f"The text is longer than {MAX_OUTPUT[form]} characters.")
            pieces.append(piece)
    except (JinjaError, TypeError, ValueError) as error:
        raise TemplateInvalid(f"The template cannot be filled in: {str(error)[:200]}") from None
    return "".join(pieces)


@lru_cache(maxsize=256)
def _compiled(source: str, form: Form, vocabulary: tuple[tuple[str, frozenset[str]], ...]) -> Template:
    """Compiling costs milliseconds, so each template in use is compiled once in an isolate's life."""
    _checked(source, dict(vocabulary))
    return _ENVIRONMENTS[form].from_string(source)


def _bounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts and numbers only, each of bounded length: nothing in them can run."""
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _value(f"{name}.{key}", inner) for key, inner in value.items()}
    text = "" if value is None else str(value)
    if len(text) > MAX_VALUE:
        raise TemplateInvalid(f"{name} is longer than {MAX_VALUE} characters.")
    return text


def _checked(source: str, vocabulary: Vocabulary) -> nodes.Template:
    if len(source) > MAX_SOURCE:
        raise TemplateInvalid(f"The template is longer than {MAX_SOURCE} characters.")
    environment = _ENVIRONMENTS["text"]
    try:
        _check_size(environment, source)
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise _wrong(error.lineno, (error.message or "it cannot be read").rstrip(".")) from None
    except (ValueError, RecursionError):
        raise _wrong(1, "it cannot be read") from None
    for node, depth in _walk(tree, 0):
        if depth > MAX_DEPTH:
            raise _wrong(node.lineno, "it is nested too deeply")
        _check_node(node, vocabulary)
    return tree


def _check_size(environment: ImmutableSandboxedEnvironment, source: str) -> None:
    """Before the recursive parser runs: few tags, short tags, few levels of `if`."""
    tags = tokens = level = 0
    previous = ""
    for line, kind, text in environment.lex(source):
        if kind in ("variable_begin", "block_begin", "raw_begin", "comment_begin"):
            tags, tokens = tags + 1, 0
        elif kind != "whitespace":
            tokens += 1
        if previous == "block_begin" and text in ("if", "endif"):
            level += 1 if text == "if" else -1
        if kind != "whitespace":
            previous = kind
        if tags > MAX_TAGS:
            raise _wrong(line, f"it has more than {MAX_TAGS} tags")
        if tokens > MAX_TOKENS and kind != "data":
            raise _wrong(line, "this expression is too long")
        if level > MAX_IFS:
            raise _wrong(line, "it is nested too deeply")


def _walk(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.Node, int]]:
    yield node, depth
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1)


def _check_node(node: nodes.Node, vocabulary: Vocabulary) -> None:
    """Raises TemplateInvalid unless this node is on the list."""
    line = node.lineno
    if isinstance(node, nodes.Name):
        if node.name not in vocabulary:
            raise _wrong(line, f"{node.name!r} is not known here; known are {', '.join(sorted(vocabulary))}")
    elif isinstance(node, nodes.Getattr):
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        if node.attr not in vocabulary.get(owner, ()):
            raise _wrong(line, f"{owner or 'this'} has no {node.attr!r}")
    elif isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            raise _wrong(line, f"the filter {node.name!r} is not allowed")
        constant = all(isinstance(arg, nodes.Const) for arg in node.args)
        if (
            not constant
            or len(node.args) > FILTERS[node.name]
            or node.kwargs
            or node.dyn_args
            or node.dyn_kwargs
        ):
            raise _wrong(line, f"the filter {node.name!r} has arguments it does not take")
    elif isinstance(node, nodes.Test):
        if node.name != "defined":
            raise _wrong(line, f"the test {node.name!r} is not allowed")
    elif isinstance(node, nodes.Const):
        if not isinstance(node.value, str | bool | int):
            raise _wrong(line, "only texts, whole numbers, true and false are allowed")
    elif isinstance(node, nodes.Operand):
        if node.op not in ("eq", "ne"):
            raise _wrong(line, "only == and != are allowed")
    elif not isinstance(node, _PLAIN):
        what = _NAMED.get(type(node).__name__, "this kind of expression is")
        raise _wrong(line, f"{what} not allowed")


def _wrong(line: int, what: str) -> TemplateInvalid:
    return TemplateInvalid(f"Line {line}: {what}.", line=line)
