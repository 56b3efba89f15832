"""The addresses of images: the player of the path, the compared ones, and the parameters."""

from collections.abc import Collection
from typing import NamedTuple

from starlette.requests import Request

from gateway.graph.inputs import user_id
from gateway.images.parameters import DEFAULTS, ImageParameters, parse_parameters
from gateway.images.series import PP_GAINED

from .compared_players import COMPARE
from .player_names import checked_id, checked_ids
from .player_parameters import DAYS, WINDOW, parameters_of, window_text

# A parameter without effect: another text makes sites read an image again.
VERSION = "v"


class ImageRequest(NamedTuple):
    """The valid address of an image. The first player is that of the path."""

    players: list[int]
    parameters: ImageParameters


def parse_request(request: Request, others: Collection[str]) -> ImageRequest:
    """The parts of the address, which can have the parameters `others` too.

    Raises `BadUserInput`, and `HTTPError` for a name.
    """
    player = user_id(checked_id(request))
    given = {**parameters_of(request, (*DEFAULTS, *DAYS, VERSION, *others))}
    window = window_text(given)
    parameters = parse_parameters(given if window is None else given | {WINDOW: window})
    if COMPARE not in given:
        return ImageRequest([player], parameters)
    series = parameters.series if "series" in given else PP_GAINED
    return ImageRequest(checked_ids(given[COMPARE], player), parameters._replace(series=series))
