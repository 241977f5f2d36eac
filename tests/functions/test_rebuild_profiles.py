"""The command that rebuilds profiles: one cannot be, the others are; in parts, from an instant on, and on from where it stopped."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.project_profiles import rebuild, whom, wiring
from functions.project_profiles.rebuild import Report
from functions.project_profiles.whom import Batch, Walk
from jalon.assessment.profiles import ProfileStore
from jalon.assessment.tables import AssessmentItem
from jalon.campaigns.tables import CampaignItem, ParticipationItem
from jalon.certificates.tables import PublishedResultRecord
from jalon.edge.tables import StoreUnavailableError
from jalon.edge.walks import Segment
from jalon.kernel.clock import SystemClock, epoch_ms, iso
from jalon.kernel.ids import UserId
from tests.cloud import Cloud
from tests.functions.answers_client import Pupil
from tests.functions.answers_cloud import project
from tests.functions.profile_workers import whole

CAMPAIGN: dict[str, Any] = {
    "uai": "0990001N",
    "type": "profile_collection",
    "name": "Profils",
    "code": "BCDFGH234",
    "created_by": "usr_1",
    "created_at": 0,
}
Told = pytest.CaptureFixture[str]


def said(told: Told) -> Any:
    """The line of JSON at the end."""
    return json.loads(told.readouterr().out.splitlines()[-1])


def user(number: int) -> UserId:
    return UserId(f"usr_{number:032x}")


def everybody(cloud: Cloud) -> set[str]:
    return {item["user_id"]["S"] for item in [*cloud.items("assessments_by_user"), *cloud.items("participations")]}


@pytest.fixture(scope="module")
def crowd(answers: Cloud) -> Cloud:
    """Twelve pupils with two tests each."""
    for number in range(100, 112):
        pupil = Pupil(user(number))
        pupil.play(pupil.start().body, at_most=2)
        pupil.start(purpose="competence", competence="1.2")
    return answers


@pytest.fixture
def rebuilt(monkeypatch: pytest.MonkeyPatch) -> list[UserId]:
    """Whose profiles are rebuilt, each time."""
    users: list[UserId] = []
    does = rebuild._rebuilt

    def noted(user_id: UserId) -> bool:
        users.append(user_id)
        return does(user_id)

    monkeypatch.setattr(rebuild, "_rebuilt", noted)
    return users


def test_the_command_rebuilds_one_users_profile_or_everybodys(answers: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    pupils = [Pupil(f"usr_{number:032x}") for number in range(1, 4)]
    for pupil in pupils:
        pupil.play(pupil.start().body)
        pupil.play(pupil.start(purpose="competence", competence="1.2").body)
    assert wiring.parts().profiles.get(UserId(pupils[0].user_id)) is None
    capsys.readouterr()
    assert rebuild.main(["--user", pupils[0].user_id]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == whole(1)
    rebuilt = wiring.parts().profiles.get(UserId(pupils[0].user_id))
    assert rebuilt is not None
    everybody = {item["user_id"]["S"] for item in answers.items("assessments_by_user")}
    assert rebuild.main(["--all"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == whole(len(everybody))
    profiles = wiring.parts().profiles.get_many([UserId(pupil.user_id) for pupil in pupils])
    assert {profile.pix for profile in profiles.values()} == {rebuilt.pix}
    project(answers)
    after = wiring.parts().profiles.get(UserId(pupils[0].user_id))
    assert after is not None
    assert (after.knowledge, after.pix, after.cards) == (rebuilt.knowledge, rebuilt.pix, rebuilt.cards)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--all", "--user", "usr_1"],
        ["--since", "2026-11-22T08:00:00"],
        ["--since", "yesterday"],
        ["--all", "--segment", "9/8"],
        ["--all", "--segment", "0/8"],
        ["--all", "--threads", "17"],
        ["--after", "not-a-cursor"],
        ["--after", "eyJzZWdtZW50IjpudWxsfQ"],
        ["--user", "usr_1", "--segment", "1/2"],
        ["--after", Walk().cursor, "--segment", "1/2"],
    ],
)
def test_the_command_refuses_what_it_does_not_understand_before_it_does_anything(arguments: list[str], rebuilt: list[UserId]) -> None:
    with pytest.raises(SystemExit) as refused:
        rebuild.main(arguments)
    assert (refused.value.code, rebuilt) == (2, [])


@pytest.mark.parametrize("walk", [Walk(), Walk(datetime(2026, 11, 22, 8, tzinfo=UTC), Segment(2, 8), 1, {"user_id": {"S": "usr_1"}})])
def test_a_cursor_says_where_its_walk_is(walk: Walk) -> None:
    assert Walk.from_cursor(walk.cursor) == walk


def test_one_whose_profile_cannot_be_rebuilt_is_told_and_holds_nobody_up(
    crowd: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: Told, caplog: pytest.LogCaptureFixture
) -> None:
    does = rebuild.rebuild_profile

    def some(store: Any, profiles: ProfileStore, releases: Any, entries: Any, user_id: UserId) -> bool:
        if user_id == user(104):
            raise StoreUnavailableError("busy")
        if user_id == user(105):
            raise KeyError("an item that nobody foresaw")
        return does(store, profiles, releases, entries, user_id)

    monkeypatch.setattr(rebuild, "rebuild_profile", some)
    people = everybody(crowd)
    assert rebuild.main(["--all"]) == 1
    last = said(capsys)
    assert last == whole(len(people) - 2, failed=last["failed"])
    assert set(last["failed"]) == {user(104), user(105)}
    assert {(record.getMessage(), vars(record)["user_id"], vars(record)["error"]) for record in caplog.records} == {
        ("PROFILE_NOT_REBUILT", user(104), "StoreUnavailableError"),
        ("PROFILE_NOT_REBUILT", user(105), "KeyError"),
    }


def test_the_segments_together_are_everybody(crowd: Cloud, rebuilt: list[UserId], capsys: Told) -> None:
    counts = []
    for number in range(1, 4):
        assert rebuild.main(["--all", "--segment", f"{number}/3", "--threads", "2"]) == 0
        counts.append(said(capsys)["profiles"])
    assert sorted(rebuilt) == sorted(everybody(crowd))
    assert sum(counts) == len(rebuilt)
    assert max(counts) < len(rebuilt)


def test_it_says_how_far_it_has_come_and_goes_on_from_there(
    crowd: Cloud, rebuilt: list[UserId], monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.setattr(whom, "_PAGE", 4)
    assert rebuild.main(["--all"]) == 0
    first = list(rebuilt)
    steps = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(steps) > 4
    assert [step["profiles"] for step in steps] == sorted(step["profiles"] for step in steps)
    assert [Walk.from_cursor(step["cursor"]).table for step in steps] == [0] * (len(steps) - 1) + [1]
    rebuilt.clear()
    assert rebuild.main(["--after", steps[2]["cursor"]]) == 0
    assert set(first[: steps[2]["profiles"]]) | set(rebuilt) == set(first) == everybody(crowd)
    assert len(rebuilt) <= len(first) - steps[2]["profiles"] + 1
    assert [batch for batch in whom.batches(Walk.from_cursor(steps[-1]["cursor"])) if batch.left] == []


def test_nobody_is_rebuilt_twice_though_their_tests_stand_on_two_pages(
    crowd: Cloud, rebuilt: list[UserId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whom, "_PAGE", 1)
    assert rebuild.main(["--all"]) == 0
    assert sorted(rebuilt) == sorted(everybody(crowd))


def test_who_takes_part_is_rebuilt_once_whether_they_began_a_test_or_not(crowd: Cloud, rebuilt: list[UserId]) -> None:
    for number in (100, 200):
        for campaign in (1, 2):
            _participation(f"cmp_{campaign:032x}", user(number), started_at=campaign).save()
    rebuild.main(["--all"])
    assert sorted(rebuilt) == sorted(everybody(crowd))
    assert user(200) in rebuilt


def test_since_an_instant_it_rebuilds_those_of_whom_something_changed(crowd: Cloud, rebuilt: list[UserId], capsys: Told) -> None:
    """A test (a little before it, too: clocks differ), a participation, a published result, an archived campaign; nobody else."""
    now = SystemClock().now()
    long_ago = epoch_ms(now - timedelta(days=30))
    rebuild.main(["--user", user(100)])
    for item in crowd.items("assessments"):
        if item["user_id"]["S"] != user(101):
            AssessmentItem.get(item["assessment_id"]["S"]).update([AssessmentItem.updated_at.set(long_ago)])
    campaign, archived = f"cmp_{1:032x}", f"cmp_{2:032x}"
    _participation(campaign, user(102), started_at=long_ago, shared_at=epoch_ms(now)).save()
    _participation(campaign, user(103), started_at=long_ago).save()
    _participation(archived, user(104), started_at=long_ago).save()
    CampaignItem(archived, **CAMPAIGN, archived_at=epoch_ms(now)).save()
    early = [AssessmentItem.get(item["assessment_id"]["S"]) for item in crowd.items("assessments") if item["user_id"]["S"] == user(107)]
    early[0].update([AssessmentItem.updated_at.set(epoch_ms(now - timedelta(minutes=5)))])
    for number, published in ((105, iso(now)), (106, iso(now - timedelta(days=30)))):
        PublishedResultRecord("12345678", f"crt_{number:032x}", version=1, user_id=user(number), published_at=published, result={}).save()
    rebuilt.clear()
    capsys.readouterr()
    rebuild.main(["--since", (now - timedelta(minutes=1)).isoformat()])
    assert sorted(rebuilt) == [user(101), user(102), user(104), user(105), user(107)]


def _participation(campaign_id: str, user_id: UserId, **changes: Any) -> ParticipationItem:
    values: dict[str, Any] = {
        "class_and_name": "3A#n",
        "uai": "0990001N",
        "last_name": "N",
        "first_name": "P",
        "class_name": "3A",
        "status": "STARTED",
        "progress_percent": 0,
        "answered": 0,
        "sendings": 0,
    }
    return ParticipationItem(f"{campaign_id}#0", user_id, **values | changes)


@pytest.fixture(autouse=True)
def _leave_no_strangers(answers: Cloud) -> Iterator[None]:
    """What a test put into the other contexts' tables goes with it."""
    yield
    for model in (ParticipationItem, PublishedResultRecord, CampaignItem):
        if model._connection is not None:
            for item in model.scan():
                item.delete()


@pytest.mark.parametrize("most", [3])
def test_where_no_profile_can_be_rebuilt_it_stops_and_says_where_to_go_on(
    crowd: Cloud, rebuilt: list[UserId], monkeypatch: pytest.MonkeyPatch, capsys: Told, most: int
) -> None:
    monkeypatch.setattr(whom, "_PAGE", 4)
    monkeypatch.setattr(rebuild, "MOST_IN_A_ROW", most)
    does, fine = rebuild.rebuild_profile, 4

    def until_the_tables_fail(store: Any, profiles: ProfileStore, releases: Any, entries: Any, user_id: UserId) -> bool:
        if len(rebuilt) > fine:
            raise StoreUnavailableError("busy")
        return does(store, profiles, releases, entries, user_id)

    monkeypatch.setattr(rebuild, "rebuild_profile", until_the_tables_fail)
    assert rebuild.main(["--all", "--threads", "1"]) == 1
    stopped = said(capsys)
    assert (stopped["profiles"], len(stopped["failed"])) == (fine, most)
    done = set(rebuilt[:fine])
    rebuilt.clear()
    fine = 10**6
    assert rebuild.main(["--after", stopped["go_on_after"]]) == 0
    assert set(stopped["failed"]) <= set(rebuilt)
    assert done | set(rebuilt) == everybody(crowd)
    assert done - set(rebuilt)


def test_users_named_one_by_one_are_all_tried(crowd: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: Told) -> None:
    monkeypatch.setattr(rebuild, "MOST_IN_A_ROW", 2)

    def never(_: UserId) -> bool:
        raise StoreUnavailableError("busy")

    monkeypatch.setattr(rebuild, "_rebuilt", never)
    assert rebuild.main([word for number in range(100, 105) for word in ("--user", user(number))]) == 1
    assert said(capsys) == whole(0, failed=[user(number) for number in range(100, 105)])


def test_a_walk_whose_table_does_not_answer_says_where_to_go_on(caplog: pytest.LogCaptureFixture) -> None:
    first, left = Walk(), Walk(table=1)

    def interrupted() -> Iterator[Batch]:
        yield Batch((user(1),), lambda _: True, left)
        raise StoreUnavailableError("busy")

    report = rebuild.rebuild(interrupted(), first, 2)
    assert (report.profiles, report.go_on_after, report.is_whole) == (0, left.cursor, False)
    assert [record.getMessage() for record in caplog.records] == ["WALK_INTERRUPTED"]


def test_a_report_with_nothing_amiss_is_whole() -> None:
    assert Report(profiles=3).is_whole
    assert not Report(failed=[user(1)]).is_whole
