"""A simulated osu!track: the real one's answers and manners, invented players, and faults to switch on.

It stands alone and imports nothing else of the gateway, so that a mistake in how we read osu!track is not
repeated in what we read. `python -m gateway.sandbox` runs it; `create_sandbox` gives the application.
Who lives in it is told in `gateway.sandbox.players`.
"""

from gateway.sandbox.app import create_sandbox
from gateway.sandbox.faults import Fault
from gateway.sandbox.state import Sandbox

__all__ = ["Fault", "Sandbox", "create_sandbox"]
