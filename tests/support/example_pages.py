"""Pages of `examples/` with the responses of a gateway.

An `http` block is a GET, such as `GET /players/2/history.csv`; the next block is the body of its response. A `graphql`
block is an operation. Of the `json` blocks that follow it, the last is the response; one before it has the
variables. Comments move the clock by seconds, `<!-- clock: 3600 -->`, set the sandbox's faults,
`<!-- sandbox: {"kind": "reset"} -->`, where `[]` removes them, or wait for the loads of rankings, `<!-- loads -->`.
"""

import json
import re
from itertools import takewhile
from typing import Any

import httpx
import msgspec

from gateway.sandbox import Fault
from tests.support.gateway import InProcessGateway

STEP = re.compile(
    r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$|^<!-- (?P<order>clock|sandbox|loads)(?:: (?P<argument>.*?))? -->$",
    re.MULTILINE | re.DOTALL,
)
WIDTH = 100
HEADERS = {"Accept": "application/graphql-response+json", "X-Request-ID": "example"}


async def with_responses(page: str, gateway: InProcessGateway) -> str:
    """The page with current responses."""
    steps = list(STEP.finditer(page))
    responses: dict[tuple[int, int], str] = {}
    for index, step in enumerate(steps):
        if step["order"] == "loads":
            await gateway.finish_loads()
        elif step["order"]:
            _execute(step["order"], json.loads(step["argument"]), gateway)
        if step["kind"] == "http":
            response = await gateway.http.get(step["text"].removeprefix("GET ").strip(), headers=HEADERS)
            responses[steps[index + 1].span("text")] = _text(response)
        if step["kind"] == "graphql":
            *variables, block = takewhile(lambda later: later["kind"] == "json", steps[index + 1 :])
            body = {"query": step["text"], "variables": json.loads(variables[0]["text"]) if variables else {}}
            response = await gateway.http.post("/graphql", json=body, headers=HEADERS)
            responses[block.span("text")] = f"{formatted_json(response.json(), opened=True)}\n"
    return _replace(page, responses)


def _text(response: httpx.Response) -> str:
    if response.headers["Content-Type"].startswith("application/json"):
        return f"{formatted_json(response.json(), opened=True)}\n"
    return response.text.replace("\r\n", "\n")


def blocks(page: str, kind: str) -> list[str]:
    """The code blocks of this kind on a page."""
    return [step["text"] for step in STEP.finditer(page) if step["kind"] == kind]


def formatted_json(value: Any, indent: str = "", *, opened: bool = False) -> str:
    """Indented JSON; a value that fits into one line is not broken."""
    line = _line(value)
    if not isinstance(value, dict | list) or (len(indent) + len(line) <= WIDTH and not opened):
        return line
    inner = f"{indent}  "
    if isinstance(value, list):
        parts, (begin, end) = [formatted_json(item, inner) for item in value], "[]"
    else:
        parts, (begin, end) = [f"{_line(name)}: {formatted_json(part, inner)}" for name, part in value.items()], "{}"
    return "".join([begin, ",".join(f"\n{inner}{part}" for part in parts), f"\n{indent}{end}"])


def _line(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_line(name)}: {_line(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_line, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _execute(order: str, argument: Any, gateway: InProcessGateway) -> None:
    if order == "clock":
        gateway.clock.move(argument)
    else:
        gateway.sandbox.faults = msgspec.convert(argument if isinstance(argument, list) else [argument], list[Fault])


def _replace(page: str, responses: dict[tuple[int, int], str]) -> str:
    for (begin, end), block in reversed(responses.items()):
        page = page[:begin] + block + page[end:]
    return page
