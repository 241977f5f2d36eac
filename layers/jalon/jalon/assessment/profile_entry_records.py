"""A profile's cards, its entries, and the elements that have no place in its release, in and out of its item.

Rows of JSON, compressed, since names and numbers repeat from one to the next.
"""

import gzip
import json
from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, datetime
from typing import Any

from jalon.assessment.placing import Unplaced, UnplacedById
from jalon.assessment.profile_entries import CertificationEntry, CertificationStanding, ParcoursEntry
from jalon.assessment.profiles import AttemptCard
from jalon.assessment.state import Purpose, Status
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.ids import AssessmentId, CampaignCode, CampaignId, CertificationId, SessionNumber, Uai, VerificationCode

_LEVEL = 6


def pack_cards(cards: Iterable[AttemptCard]) -> bytes | None:
    """Cards as bytes, in the order of :class:`~jalon.assessment.profiles.AttemptCard`'s fields; None when there is none."""
    return _packed([_row(card) for card in sorted(cards, key=lambda card: card.key)])


def unpack_cards(packed: bytes | None) -> dict[str, AttemptCard]:
    """The inverse of :func:`pack_cards`, by key."""
    return _cards(_rows(packed))


def unpack_text_cards(text: str) -> dict[str, AttemptCard]:
    """The same rows without compression, as earlier versions wrote them."""
    return _cards(json.loads(text))


def pack_parcours(entries: Iterable[ParcoursEntry]) -> bytes | None:
    """Participations as bytes, in the order of :class:`ParcoursEntry`'s fields; None when there is none."""
    return _packed([_row(entry) for entry in entries])


def unpack_parcours(packed: bytes | None) -> dict[str, ParcoursEntry]:
    """The inverse of :func:`pack_parcours`, by key."""
    return {entry.key: entry for entry in map(_parcours, _rows(packed))}


def pack_certifications(entries: Iterable[CertificationEntry]) -> bytes | None:
    """Certifications as bytes, in the order of :class:`CertificationEntry`'s fields; None when there is none."""
    return _packed([_row(entry) for entry in entries])


def unpack_certifications(packed: bytes | None) -> dict[str, CertificationEntry]:
    """The inverse of :func:`pack_certifications`, by key."""
    return {entry.key: entry for entry in map(_certification, _rows(packed))}


def pack_unplaced(unplaced: UnplacedById) -> bytes | None:
    """Elements without a place as bytes, in the order of :class:`Unplaced`'s fields; None when there is none."""
    return _packed([list(astuple(unplaced[skill_id])) for skill_id in sorted(unplaced)])


def unpack_unplaced(packed: bytes | None) -> dict[str, Unplaced]:
    """The inverse of :func:`pack_unplaced`, by skill."""
    return {item.skill_id: item for item in (Unplaced(*row) for row in _rows(packed))}


def _cards(rows: list[list[Any]]) -> dict[str, AttemptCard]:
    cards = {}
    for assessment_id, purpose, subject, attempt, status, answered, at in rows:
        card = AttemptCard(AssessmentId(assessment_id), Purpose(purpose), subject, attempt, Status(status), answered, from_epoch_ms(at))
        cards[card.key] = card
    return cards


def _row(entry: ParcoursEntry | CertificationEntry | AttemptCard) -> list[Any]:
    return [_plain(value) for value in astuple(entry)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return epoch_ms(value)
    return value.isoformat() if isinstance(value, date) else value


def _parcours(row: list[Any]) -> ParcoursEntry:
    participation_id, campaign_id, revision, kind, name, code, uai, school, status, progress, started, shared, test, *rest = row
    mastery, pix, may_retry, may_send, archived = rest
    return ParcoursEntry(
        participation_id=participation_id,
        campaign_id=CampaignId(campaign_id),
        revision=revision,
        kind=kind,
        name=name,
        code=CampaignCode(code),
        uai=Uai(uai),
        school=school,
        status=status,
        progress_percent=progress,
        started_at=from_epoch_ms(started),
        shared_at=None if shared is None else from_epoch_ms(shared),
        assessment_id=None if test is None else AssessmentId(test),
        mastery_percent=mastery,
        pix=pix,
        may_retry=may_retry,
        may_send=may_send,
        archived=archived,
    )


def _certification(row: list[Any]) -> CertificationEntry:
    certification_id, version, session_number, centre, taken_on, standing, published, pix, max_pix, code = row
    return CertificationEntry(
        certification_id=CertificationId(certification_id),
        version=version,
        session_number=SessionNumber(session_number),
        centre=centre,
        taken_on=date.fromisoformat(taken_on),
        standing=CertificationStanding(standing),
        published_at=None if published is None else from_epoch_ms(published),
        pix=pix,
        max_pix=max_pix,
        code=None if code is None else VerificationCode(code),
    )


def _packed(rows: list[list[Any]]) -> bytes | None:
    """The same rows give the same bytes: no instant of packing is in them."""
    if not rows:
        return None
    return gzip.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), _LEVEL, mtime=0)


def _rows(packed: bytes | None) -> list[list[Any]]:
    rows: list[list[Any]] = json.loads(gzip.decompress(packed)) if packed else []
    return rows
