"""The arguments of the fields of a stats history."""

from typing import Annotated

import strawberry

from gateway.graph.inputs import Window
from gateway.graph.scalars import DateTime
from gateway.store.periods import Interval
from gateway.store.snapshot_match import SnapshotMatch

LAST_30_DAYS = Window(days=30)

SnapshotWindow = Annotated[
    Window | None, strawberry.argument(description="The time of the snapshots. The whole history if omitted.")
]
Every = Annotated[
    Interval | None, strawberry.argument(description="Return only the last snapshot of each period, for charts.")
]
At = Annotated[DateTime, strawberry.argument(description="An instant.")]
Match = Annotated[
    SnapshotMatch, strawberry.argument(description="The snapshot to select if there is none at the instant itself.")
]
GainWindow = Annotated[Window, strawberry.argument(description="The period of the gain; by default, the last 30 days.")]
WithinWindow = Annotated[
    bool,
    strawberry.argument(
        description="Whether the gain starts at the first snapshot within the window, even if there is one before it:\n"
        "that one can be years older than the window. Null then means fewer than two snapshots within the window."
    ),
]
IncludeAnomalies = Annotated[
    bool,
    strawberry.argument(
        description="Return anomalies as well: snapshots with pp 0 and accuracy 0, but a rank, which record failures\n"
        "of osu!'s API. No other field uses them."
    ),
]
