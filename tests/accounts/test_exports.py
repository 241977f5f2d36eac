"""An export may be asked for again a day after the last one, to the second, or once nobody works on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jalon.accounts.exports import ABANDONED_AFTER, LIFE, Export, ExportId, Exporting, ExportStatus, ExportTooSoonError, is_abandoned
from jalon.accounts.exports import request_export as ask
from jalon.kernel.ids import UserId
from tests.accounts.fakes import NOON
from tests.sources import FixedClock

LEA, NEXT = UserId("usr_lea"), ExportId("exp_2")
PREPARING = Export(LEA, ExportId("exp_1"), NOON)
READY = replace(PREPARING, status=ExportStatus.READY)


class Desk:
    """A person's one export, and nothing kept anywhere else."""

    def __init__(self, export: Export) -> None:
        self.export = export

    def get(self, user_id: UserId) -> Export:
        return self.export

    def begin(self, export: Export, instead_of: Export | None) -> bool:
        self.export = export
        return True

    def remove(self, export: Export) -> None:
        """Its document is no more."""


def exporting(export: Export, after: timedelta) -> Exporting:
    desk: Any = Desk(export)
    return Exporting(desk, desk, lambda _: None, FixedClock(NOON + after))


@pytest.mark.parametrize("left", [timedelta(milliseconds=500), timedelta(seconds=7.5), LIFE - timedelta(milliseconds=1)])
def test_who_asks_too_soon_is_told_how_long_to_wait_and_may_then_ask(left: timedelta) -> None:
    with pytest.raises(ExportTooSoonError) as refused:
        ask(exporting(READY, LIFE - left), LEA, NEXT)
    wait = timedelta(seconds=refused.value.retry_after_s)
    assert left <= wait < left + timedelta(seconds=1)
    assert ask(exporting(READY, LIFE - left + wait), LEA, NEXT).export_id == NEXT


def test_a_day_after_the_last_one_another_may_be_asked_for() -> None:
    assert ask(exporting(READY, LIFE), LEA, NEXT).export_id == NEXT


def test_an_export_is_abandoned_after_its_time_and_not_at_it() -> None:
    assert not is_abandoned(PREPARING, NOON + ABANDONED_AFTER)
    assert is_abandoned(PREPARING, NOON + ABANDONED_AFTER + timedelta(milliseconds=1))
    assert not is_abandoned(READY, NOON + 2 * ABANDONED_AFTER)
