"""Entries are the same in whatever order and however often they come, within a bound, and lie in the item in few bytes."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from jalon.assessment.profile_entries import MOST_ENTRIES, CertificationStanding, Entries, ProfileEntry, entries_of
from jalon.assessment.profile_entry_records import pack_certifications, pack_parcours, unpack_certifications, unpack_parcours
from jalon.kernel.ids import AssessmentId, VerificationCode
from tests.assessment.entries import NOW, certification, parcours

#: As they really are: the content of a revision is always the same, but a campaign may have been archived before or after it was read.
revisions = st.builds(
    lambda number, revision, archived: parcours(number, revision=revision, progress_percent=revision, archived=archived),
    st.integers(1, 3),
    st.integers(0, 3),
    st.booleans(),
)
versions = st.builds(
    lambda number, version, revoked: certification(
        number,
        version=version,
        standing=(CertificationStanding.REVOKED if revoked else CertificationStanding.VALIDATED)
        if version
        else CertificationStanding.AWAITING_RESULTS,
    ),
    st.integers(1, 3),
    st.sampled_from([0, 1000, 1001, 2000]),
    st.booleans(),
)
news = st.lists(st.one_of(revisions, versions), max_size=12)


@given(news, st.randoms(use_true_random=False))
def test_order_grouping_and_repetition_change_nothing(noted: list[ProfileEntry], random: Random) -> None:
    whole = entries_of(noted)
    shuffled = [*noted, *noted[:3]]
    random.shuffle(shuffled)
    one_by_one = entries_of([])
    for entry in shuffled:
        one_by_one = entries_of([entry], one_by_one)
    assert one_by_one == whole
    assert entries_of(noted, whole) == whole


def test_an_older_state_never_comes_back() -> None:
    sent = parcours(revision=5, status="SHARED")
    held = entries_of([sent])
    assert entries_of([parcours(revision=4, status="TO_SHARE", may_send=True)], held) == held
    assert entries_of([parcours(revision=6, archived=False)], entries_of([replace(sent, archived=True)])).parcours[sent.key].archived
    revoked = certification(version=1000, standing=CertificationStanding.REVOKED)
    held = entries_of([revoked])
    for older in (certification(), certification(version=1000, standing=CertificationStanding.VALIDATED)):
        assert entries_of([older], held) == held
    corrected = certification(version=2000, standing=CertificationStanding.VALIDATED)
    assert entries_of([corrected], held).certifications == {corrected.key: corrected}


def test_beyond_the_bound_those_sent_longest_ago_fall_out() -> None:
    unsent = [parcours(number) for number in range(1, 4)]
    sent = [parcours(number, shared_at=NOW + timedelta(days=number)) for number in range(4, MOST_ENTRIES + 4)]
    kept = entries_of([*sent, *unsent]).parcours
    assert len(kept) == MOST_ENTRIES
    assert set(kept) == {entry.key for entry in (*unsent, *sent[3:])}
    assert entries_of([sent[0]], entries_of([*sent, *unsent])).parcours == kept


def test_entries_are_read_back_as_they_were_written() -> None:
    whole = parcours(
        shared_at=NOW,
        assessment_id=AssessmentId("asm_" + "a" * 32),
        mastery_percent=67,
        pix=12,
        may_retry=True,
        may_send=True,
        archived=True,
    )
    published = certification(
        version=1000,
        standing=CertificationStanding.VALIDATED,
        published_at=NOW,
        pix=312,
        max_pix=895,
        code=VerificationCode("P-2346789BCDFG"),
    )
    noted = [whole, parcours(2, school=None), published, certification(2)]
    entries = entries_of(noted)
    parcours_read = unpack_parcours(pack_parcours(entries.parcours.values()))
    certifications_read = unpack_certifications(pack_certifications(entries.certifications.values()))
    assert Entries(parcours_read, certifications_read) == entries
    assert (pack_parcours([]), unpack_parcours(None), unpack_certifications(None)) == (None, {}, {})


def test_a_school_career_of_parcours_stays_below_two_kilobytes() -> None:
    """Twenty campaigns with their own numbers, codes and names; the whole bound stays within a small part of an item's 400 KB."""

    def career(length: int) -> int:
        packed = pack_parcours(
            parcours(
                number,
                campaign_id=f"cmp_{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}",
                participation_id=f"par_{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}_{1:032x}",
                assessment_id=f"asm_{number * 0xD1B54A32D192ED03A0761D6478BD642F % 2**128:032x}",
                code=f"BCD{number * 7919 % 10**6:06d}",
                started_at=NOW + timedelta(seconds=number * 1_234_567),
                shared_at=NOW + timedelta(seconds=number * 1_234_567 + 4_321),
                status="SHARED",
                mastery_percent=number * 37 % 101,
            )
            for number in range(1, length + 1)
        )
        return len(packed or b"")

    assert career(20) < 2_000
    assert career(MOST_ENTRIES) < 18_000
