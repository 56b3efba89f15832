"""PNG files of drawings: rendered by one thread, in turns of the clients."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

from gateway.errors import RETRY_LATER, RendererBusy
from gateway.graph.execution_turns import ExecutionTurns
from gateway.images.drawing import Drawing
from gateway.images.png import Renderer, is_installed
from gateway.web.pages import FOLDER

FONTS = FOLDER / "vendor/oxanium"
# The CPU time of one file. The event loop stands still meanwhile, as the renderer holds Python's lock.
RENDER_S = 0.02
MAX_WAIT_S = 10.0
# One thread per process, and its renderer, which no other thread may use or delete.
_thread = ThreadPoolExecutor(1, "renderer")
_of_thread = local()


class PNGFiles:
    """Renders PNG files, if the renderer is installed. A client with many files waits for those of others."""

    def __init__(self, turns: ExecutionTurns, *, fonts: Path = FONTS, max_wait_s: float = MAX_WAIT_S) -> None:
        self._turns = turns
        self._fonts = [path.read_bytes() for path in sorted(fonts.glob("*.ttf"))]
        self._max_wait_s = max_wait_s
        # Whether this gateway has a renderer and its fonts.
        self.are_available = is_installed() and bool(self._fonts)

    async def render(self, drawing: Drawing, client: object) -> bytes:
        """The PNG file; raises `RendererBusy` if the client's turn does not come in time."""
        try:
            async with asyncio.timeout(self._max_wait_s):
                await self._turns.wait(client)
        except TimeoutError as exc:
            message = f"Too many images are being drawn. {RETRY_LATER}"
            raise RendererBusy(message, retry_after_s=self._max_wait_s) from exc
        self._turns.used(RENDER_S)
        return await asyncio.get_running_loop().run_in_executor(_thread, _render, drawing, self._fonts)


def _render(drawing: Drawing, fonts: Sequence[bytes]) -> bytes:
    if not hasattr(_of_thread, "renderer"):
        _of_thread.renderer = Renderer(fonts)
    png: bytes = _of_thread.renderer.render(drawing)
    return png
