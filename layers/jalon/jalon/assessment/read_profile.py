"""Read what a user knows."""

from engine.knowledge import Knowledge
from engine.scoring import profile_of
from jalon.assessment.placing import moved
from jalon.assessment.profiles import ProfileStore, StoredProfile, UserProfile
from jalon.assessment.releases import Releases
from jalon.kernel.ids import ReleaseVersion, UserId


def read_profile(profiles: ProfileStore, releases: Releases, user_id: UserId) -> UserProfile:
    """The user's knowledge and scores in the current release; an empty profile (version 0) for one who has answered nothing.

    The profile is a projection of the assessments: it lags an answer by about a second. What is decided once and for all asks
    :func:`~jalon.assessment.fresh_profile.fresh_profile` instead.
    """
    return opened(profiles.get(user_id), releases, user_id)


def opened(stored: StoredProfile | None, releases: Releases, user_id: UserId) -> UserProfile:
    """A stored profile with its knowledge unpacked, moved to the current release when it was packed in another.

    Nothing is lost when it is moved, nor when it is moved back (:mod:`jalon.assessment.placing`).
    """
    release = releases.current()
    if stored is None:
        nothing = Knowledge.of()
        return UserProfile(user_id, 0, ReleaseVersion(release.version), nothing, profile_of(release, nothing))
    knowledge, unplaced = Knowledge.unpack(stored.knowledge), stored.unplaced
    if stored.release != release.version:
        knowledge, unplaced = moved(knowledge, unplaced, releases.outline(stored.release), release)
    return UserProfile(
        user_id=user_id,
        version=stored.version,
        release=ReleaseVersion(release.version),
        knowledge=knowledge,
        unplaced=unplaced,
        scores=profile_of(release, knowledge),
        cards=stored.cards,
        resets=stored.resets,
        updated_at=stored.updated_at,
        tutorials=stored.tutorials,
        parcours=stored.parcours,
        certifications=stored.certifications,
    )


def nothing_known(releases: Releases, user_id: UserId) -> StoredProfile:
    """What begins a profile, where none is stored yet (version 0)."""
    return packed(opened(None, releases, user_id))


def packed(profile: UserProfile) -> StoredProfile:
    """The profile as its item holds it: the inverse of :func:`opened` for the profile's release."""
    return StoredProfile(
        user_id=profile.user_id,
        version=profile.version,
        release=profile.release,
        knowledge=profile.knowledge.pack(),
        unplaced=profile.unplaced,
        pix=profile.scores.pix,
        competences={code: score for code, score in profile.scores.competences.items() if score.pix},
        cards=profile.cards,
        resets=profile.resets,
        updated_at=profile.updated_at,
        tutorials=profile.tutorials,
        parcours=profile.parcours,
        certifications=profile.certifications,
    )
