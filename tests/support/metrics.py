"""Values read from a gateway's `/metrics`."""

import re

import httpx


def metric_value(url: str, sample: str) -> float:
    """The value of a sample, which is a name with its labels."""
    text = httpx.get(f"{url}/metrics").text
    [value] = re.findall(rf"^{re.escape(sample)} (\S+)", text, re.MULTILINE)
    return float(value)
