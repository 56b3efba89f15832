"""A simulated osu!track: its endpoints and HTTP behaviour, generated players, and injectable faults.

The package imports nothing else from the gateway: a misunderstanding of osu!track in the client must not be repeated
in the simulation. `python -m gateway.sandbox` serves it; `create_sandbox` builds the ASGI application. The players are
listed in `gateway.sandbox.players`.
"""

from gateway.sandbox.app import create_sandbox
from gateway.sandbox.faults import Fault
from gateway.sandbox.state import Sandbox

__all__ = ["Fault", "Sandbox", "create_sandbox"]
