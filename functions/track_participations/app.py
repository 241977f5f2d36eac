"""Stream worker: brings each campaign participation up to its test."""

from typing import Any

from functions.track_participations.wiring import parts
from jalon.assessment.tables import state_of
from jalon.campaigns.track_participation import track_participation
from jalon.edge.workers import Record, stream_batch

SERVICE = "track_participations"


def track(record: Record) -> None:
    """One record of the assessments' stream; the source's filter lets only campaigns' tests through."""
    image: dict[str, Any] | None = record["dynamodb"].get("NewImage")
    if image is not None:
        track_participation(parts().participations, parts().releases, state_of(image))


handler = stream_batch(SERVICE, track)
