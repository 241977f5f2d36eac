"""Every conditional write of ours, each of its answers lost once: the client sends it again, and it says and leaves what it would have."""

from collections.abc import Iterator

import pytest
from pynamodb.models import Model

from jalon.edge.settings import Settings
from jalon.edge.tables import _shared, bind
from tests.cloud import Cloud, build
from tests.lost_answers import of_accounts, of_certifications, of_schools, of_tests
from tests.lost_answers.sources import writing_functions
from tests.lost_answers.writes import KnownBy, played

WRITES = of_accounts.WRITES | of_tests.WRITES | of_schools.WRITES | of_certifications.WRITES
MODELS = [model for model in Model.__subclasses__() if model.__module__.startswith("jalon.")]


@pytest.fixture(scope="module")
def account(emulator: str) -> Iterator[Cloud]:
    """One account of the emulator; each write leaves its tables empty."""
    cloud = build(emulator)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.environment.items():
            patch.setenv(name, value)
        yield cloud


@pytest.fixture
def tables(account: Cloud) -> Cloud:
    """The account with a client of its own: botocore sends little again for a client whose every other answer is lost."""
    _shared.cache_clear()
    bind(Settings.from_environment(), *MODELS)
    return account


def test_no_conditional_write_is_forgotten() -> None:
    assert sorted(WRITES) == sorted(writing_functions())


@pytest.mark.parametrize("name", WRITES)
def test_a_write_whose_answer_was_lost_says_and_leaves_what_it_would_have(
    tables: Cloud, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """And the rule that the item tells it is needed for just those that are said to be known by it."""
    write = WRITES[name]
    answered, left, traffic = played(tables, write)
    assert "Error(" not in str(answered)
    assert name in traffic.functions
    each = range(len(traffic.conditional))
    for number in each:
        *again, repeated = played(tables, write, losing=number)
        assert (repeated.lost != [], again) == (True, [answered, left])
    assert all('"ClientRequestToken"' in body for body in traffic.conditional) is (write.known_by is KnownBy.TOKEN)
    monkeypatch.setattr("jalon.edge.tables.stands", lambda *_: False)
    alike = all(played(tables, write, losing=number)[:2] == (answered, left) for number in each)
    assert alike is (write.known_by is not KnownBy.ITEM)
