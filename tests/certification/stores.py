"""The stores that a contract's test is given: all on fakes, or all on the real tables."""

from dataclasses import dataclass

from jalon.certification.candidates import CandidateStore
from jalon.certification.finalisations import OpenFinalisationStore
from jalon.certification.results import ResultStore
from jalon.certification.sessions import InvigilatorStore, SessionStore
from jalon.certification.tables import (
    CandidateItem,
    CentreSessionItem,
    InvigilatorItem,
    OpenFinalisationItem,
    ResultItem,
    SessionItem,
    SittingItem,
    WaitingSessionItem,
)
from jalon.certification.worklist import WorklistStore
from jalon.edge.erasures import ErasureMark

MODELS = (
    SessionItem,
    CentreSessionItem,
    CandidateItem,
    SittingItem,
    InvigilatorItem,
    ResultItem,
    OpenFinalisationItem,
    WaitingSessionItem,
    ErasureMark,
)


@dataclass
class Stores:
    sessions: SessionStore
    candidates: CandidateStore
    invigilators: InvigilatorStore
    results: ResultStore
    open_finalisations: OpenFinalisationStore
    worklist: WorklistStore
