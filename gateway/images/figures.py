"""Figures: labelled values of a card."""

from typing import NamedTuple


class Figure(NamedTuple):
    """A value with its label, and a detail such as a signed change."""

    label: str
    value: str
    detail: str = ""
