"""What the tests of this context share."""

from collections.abc import Iterator

import pytest

from jalon.certification.candidate_store import DynamoCandidateStore
from jalon.certification.finalisation_store import DynamoOpenFinalisationStore, DynamoWorklistStore
from jalon.certification.result_store import DynamoResultStore
from jalon.certification.session_store import DynamoInvigilatorStore, DynamoSessionStore
from jalon.edge.settings import Settings
from jalon.edge.tables import bind
from tests.certification.centre import Centre
from tests.certification.fakes import FakeCandidates, FakeInvigilators, FakeOpenFinalisations, FakeResults, FakeSessions, FakeWorklist
from tests.certification.stores import MODELS, Stores
from tests.cloud import build


@pytest.fixture
def centre() -> Centre:
    """A certification centre on in-memory stores."""
    return Centre()


@pytest.fixture(scope="module")
def tables(emulator: str) -> Iterator[None]:
    """One account for the whole module: making one costs a second, and so does binding a model."""
    built = build(emulator)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in built.environment.items():
            patch.setenv(name, value)
        bind(Settings.from_environment(), *MODELS)
        yield


@pytest.fixture(params=["fake", "tables"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Each test of a contract runs twice; the real tables are emptied after it."""
    if request.param == "fake":
        open_finalisations = FakeOpenFinalisations()
        sessions = FakeSessions(open_finalisations)
        candidates = FakeCandidates()
        yield Stores(sessions, candidates, FakeInvigilators(candidates), FakeResults(sessions), open_finalisations, FakeWorklist())
        return
    request.getfixturevalue("tables")
    yield Stores(
        DynamoSessionStore(),
        DynamoCandidateStore(),
        DynamoInvigilatorStore(),
        DynamoResultStore(),
        DynamoOpenFinalisationStore(),
        DynamoWorklistStore(),
    )
    for model in MODELS:
        for item in model.scan():
            item.delete()
