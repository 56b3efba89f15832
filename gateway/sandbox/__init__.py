"""A simulated osu!track: its endpoints and HTTP behaviour, generated players, and injectable faults.

The package imports nothing else from the gateway: a misunderstanding of osu!track in the client must not be repeated
in the simulation. `python -m gateway.sandbox` serves it; `create_sandbox` builds the ASGI application. The players are
listed in `gateway.sandbox.players`.
"""

from gateway.sandbox.app import create_sandbox
from gateway.sandbox.background import BackgroundJob
from gateway.sandbox.faults import Fault
from gateway.sandbox.names import PATH as NAMES_PATH
from gateway.sandbox.state import BackendCall, Sandbox, Switches

__all__ = ["NAMES_PATH", "BackendCall", "BackgroundJob", "Fault", "Sandbox", "Switches", "create_sandbox"]
