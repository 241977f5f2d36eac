"""The tables of this context as PynamoDB sees them; instants are milliseconds since 1970, nested values JSON."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from jalon.edge.tables import TableMeta


class SessionsOfAuthor(GlobalSecondaryIndex["SessionItem"]):  # PynamoDB leaves the hook untyped
    """The sessions that one person planned, for the copy of their data."""

    class Meta:
        index_name = "by_author"
        projection = IncludeProjection(["uai"])

    created_by = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class SessionsOfFinaliser(GlobalSecondaryIndex["SessionItem"]):  # PynamoDB leaves the hook untyped
    """The sessions that one person finalised, for the copy of their data."""

    class Meta:
        index_name = "by_finaliser"
        projection = IncludeProjection(["uai"])

    finalisation_requested_by = UnicodeAttribute(hash_key=True)
    finalisation_requested_at = NumberAttribute(range_key=True)


class SessionItem(Model):
    """A session; the ``finalisation_*`` attributes appear when it is finalised."""

    class Meta(TableMeta):
        table_name = "sessions"

    session_number = UnicodeAttribute(hash_key=True)
    uai = UnicodeAttribute()
    centre = UnicodeAttribute()
    site = UnicodeAttribute()
    room = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    date = UnicodeAttribute()
    start_time = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    invigilators = JSONAttribute()
    observation = UnicodeAttribute(default="")
    access_code = UnicodeAttribute()
    invigilator_code = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = NumberAttribute()
    revision = NumberAttribute()
    opened_at = NumberAttribute(null=True)
    finalisation_number = NumberAttribute(null=True)
    finalisation_requested_at = NumberAttribute(null=True)
    finalisation_requested_by = UnicodeAttribute(null=True)
    global_comment = UnicodeAttribute(null=True)
    in_jury_since = NumberAttribute(null=True)
    approved_at = NumberAttribute(null=True)
    approved_by = UnicodeAttribute(null=True)
    published_at = NumberAttribute(null=True)
    published_finalisation = NumberAttribute(null=True)
    earlier_finalisations = JSONAttribute(null=True)

    by_author = SessionsOfAuthor()
    by_finaliser = SessionsOfFinaliser()


class CentreSessionItem(Model):
    """``centre_year`` is ``UAI#2026``, ``date_session`` is ``2027-03-12#12345678``."""

    class Meta(TableMeta):
        table_name = "centre_sessions"

    centre_year = UnicodeAttribute(hash_key=True)
    date_session = UnicodeAttribute(range_key=True)


class CandidaturesOfPerson(GlobalSecondaryIndex["CandidateItem"]):  # PynamoDB leaves the hook untyped
    """The rows that one account joined, for its export and erasure; a row nobody joined is not in it."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)


class CandidateItem(Model):
    """A candidate. ``frozen_by`` is the finalisation that closed the row."""

    class Meta(TableMeta):
        table_name = "candidates"

    session_number = UnicodeAttribute(hash_key=True)
    candidate_id = UnicodeAttribute(range_key=True)
    certification_id = UnicodeAttribute()
    identity = JSONAttribute()
    ine = UnicodeAttribute(null=True)
    class_name = UnicodeAttribute(null=True)
    external_id = UnicodeAttribute(null=True)
    extra_time_percent = NumberAttribute(default=0)
    user_id = UnicodeAttribute(null=True)
    joined_at = NumberAttribute(null=True)
    authorised_at = NumberAttribute(null=True)
    assessment_id = UnicodeAttribute(null=True)
    started_at = NumberAttribute(null=True)
    epoch = NumberAttribute(default=0)
    resume_authorised_at = NumberAttribute(null=True)
    device_key = UnicodeAttribute(null=True)
    extension_min = NumberAttribute(default=0)
    ended_at = NumberAttribute(null=True)
    abort_reason = UnicodeAttribute(null=True)
    reports = JSONAttribute(null=True)
    frozen_by = NumberAttribute(null=True)
    revision = NumberAttribute()

    by_user = CandidaturesOfPerson()


class SittingItem(Model):
    """The one certification an account sits."""

    class Meta(TableMeta):
        table_name = "sittings"

    user_id = UnicodeAttribute(hash_key=True)
    certification_id = UnicodeAttribute()
    session_number = UnicodeAttribute()
    candidate_id = UnicodeAttribute()
    freed_at = NumberAttribute(null=True)


class InvigilationsOfPerson(GlobalSecondaryIndex["InvigilatorItem"]):  # PynamoDB leaves the hook untyped
    """The rooms that one person joined as invigilator, for their export and erasure."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)


class InvigilatorItem(Model):
    class Meta(TableMeta):
        table_name = "invigilators"

    session_number = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    joined_at = NumberAttribute()

    by_user = InvigilationsOfPerson()


class ResultItem(Model):
    """One version of one result; ``content`` is the version's whole matter as JSON."""

    class Meta(TableMeta):
        table_name = "results"

    certification_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute(range_key=True)
    session_number = UnicodeAttribute()
    candidate_id = UnicodeAttribute()
    author = UnicodeAttribute()
    at = NumberAttribute()
    content = JSONAttribute()


class OpenFinalisationItem(Model):
    class Meta(TableMeta):
        table_name = "open_finalisations"

    shard = NumberAttribute(hash_key=True)
    session_number = UnicodeAttribute(range_key=True)
    finalisation = NumberAttribute()
    requested_at = NumberAttribute()
    attempt = NumberAttribute(default=0)
    attempted_at = NumberAttribute(null=True)


class WaitingSessionItem(Model):
    class Meta(TableMeta):
        table_name = "jury_worklist"

    shard = NumberAttribute(hash_key=True)
    session_number = UnicodeAttribute(range_key=True)
    finalisation = NumberAttribute()
    token = UnicodeAttribute()
    uai = UnicodeAttribute()
    centre = UnicodeAttribute()
    certifications = NumberAttribute()
    to_decide = NumberAttribute()
    global_comment = NumberAttribute()
    waiting_since = NumberAttribute()
    reminders = NumberAttribute(default=0)
