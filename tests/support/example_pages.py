"""Pages of `examples/`, played: the same text with the answers that a gateway gives.

A block of `graphql` is asked; of the blocks of `json` behind it the last is the answer, and one before that has the
variables. Between them a comment moves the clock or switches faults on: `<!-- clock: 3600 -->` in seconds,
`<!-- sandbox: {"kind": "reset"} -->` as the sandbox takes them, `[]` for none.
"""

import json
import re
from itertools import takewhile
from typing import Any

import msgspec

from gateway.sandbox import Fault
from tests.support.gateway import InProcessGateway

STEP = re.compile(
    r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$|^<!-- (?P<order>clock|sandbox): (?P<what>.*?) -->$",
    re.MULTILINE | re.DOTALL,
)
WIDTH = 100
HEADERS = {"Accept": "application/graphql-response+json", "X-Request-ID": "example"}


async def played(page: str, gateway: InProcessGateway) -> str:
    """The page as it should be."""
    steps = list(STEP.finditer(page))
    answers: dict[tuple[int, int], str] = {}
    for index, step in enumerate(steps):
        if step["order"]:
            _obey(step["order"], json.loads(step["what"]), gateway)
        if step["kind"] == "graphql":
            *variables, answer = takewhile(lambda later: later["kind"] == "json", steps[index + 1 :])
            body = {"query": step["text"], "variables": json.loads(variables[0]["text"]) if variables else {}}
            response = await gateway.http.post("/graphql", json=body, headers=HEADERS)
            answers[answer.span("text")] = f"{shown(response.json(), opened=True)}\n"
    return _with(page, answers)


def blocks(page: str, kind: str) -> list[str]:
    """The code on a page that is of this kind."""
    return [step["text"] for step in STEP.finditer(page) if step["kind"] == kind]


def shown(value: Any, indent: str = "", *, opened: bool = False) -> str:
    """JSON for reading: what fits into a line stands in one."""
    line = _line(value)
    if not isinstance(value, dict | list) or (len(indent) + len(line) <= WIDTH and not opened):
        return line
    inner = f"{indent}  "
    if isinstance(value, list):
        parts, (begin, end) = [shown(item, inner) for item in value], "[]"
    else:
        parts, (begin, end) = [f"{_line(name)}: {shown(part, inner)}" for name, part in value.items()], "{}"
    return "".join([begin, ",".join(f"\n{inner}{part}" for part in parts), f"\n{indent}{end}"])


def _line(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_line(name)}: {_line(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_line, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _obey(order: str, what: Any, gateway: InProcessGateway) -> None:
    if order == "clock":
        gateway.clock.move(what)
    else:
        gateway.sandbox.faults = msgspec.convert(what if isinstance(what, list) else [what], list[Fault])


def _with(page: str, answers: dict[tuple[int, int], str]) -> str:
    for (begin, end), answer in reversed(answers.items()):
        page = page[:begin] + answer + page[end:]
    return page
