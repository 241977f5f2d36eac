"""The tables of this context. One table per access pattern (docs/architecture.md)."""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model

from jalon.edge.tables import TableMeta


class OrganisationItem(Model):
    """A school: its activation, and the pupils' list in force with its classes (name → size)."""

    class Meta(TableMeta):
        table_name = "organisations"

    uai = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    official_email = UnicodeAttribute()
    created_at = NumberAttribute()
    activation_digest = UnicodeAttribute()
    activation_expires_at = NumberAttribute()
    activated_at = NumberAttribute(null=True)
    list_version = UnicodeAttribute(null=True)
    list_versions = UnicodeSetAttribute(null=True)
    classes = JSONAttribute(null=True)


class MembershipsOfPerson(GlobalSecondaryIndex["MemberItem"]):  # PynamoDB leaves the hook untyped
    """The schools in which one person works, for their export and erasure."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)


class MemberItem(Model):
    """One person in one school."""

    class Meta(TableMeta):
        table_name = "members"

    uai = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute()
    since = NumberAttribute()

    by_user = MembershipsOfPerson()


class InvitationsOfGuest(GlobalSecondaryIndex["InvitationItem"]):  # PynamoDB leaves the hook untyped
    """The invitations that one person accepted, for their erasure."""

    class Meta:
        index_name = "by_guest"
        projection = KeysOnlyProjection()

    used_by = UnicodeAttribute(hash_key=True)


class InvitationsToAddress(GlobalSecondaryIndex["InvitationItem"]):  # PynamoDB leaves the hook untyped
    """The invitations sent to one address, accepted or not, for the erasure of whoever proved that it is theirs."""

    class Meta:
        index_name = "by_address"
        projection = KeysOnlyProjection()

    address_key = UnicodeAttribute(hash_key=True)


class InvitationsOfAuthor(GlobalSecondaryIndex["InvitationItem"]):  # PynamoDB leaves the hook untyped
    """The invitations that one person sent, for the copy of their data; not to whom."""

    class Meta:
        index_name = "by_author"
        projection = IncludeProjection(["uai"])

    invited_by = UnicodeAttribute(hash_key=True)
    expires_at = NumberAttribute(range_key=True)


class InvitationItem(Model):
    """An invitation that was not accepted yet, or was lately; ``digest`` is that of its code.

    ``address_key`` is the login key of its address; invitations made before there was one are found by nobody, and gone in 14 days.
    """

    class Meta(TableMeta):
        table_name = "invitations"

    digest = UnicodeAttribute(hash_key=True)
    uai = UnicodeAttribute()
    email = UnicodeAttribute()
    role = UnicodeAttribute()
    invited_by = UnicodeAttribute()
    used_by = UnicodeAttribute(null=True)
    address_key = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()

    by_guest = InvitationsOfGuest()
    by_address = InvitationsToAddress()
    by_author = InvitationsOfAuthor()


class PupilsByClass(LocalSecondaryIndex["PupilItem"]):  # PynamoDB leaves the hook untyped
    """A list by class, then name: local, so that it is read consistently."""

    class Meta:
        index_name = "by_class"
        projection = AllProjection()

    list_id = UnicodeAttribute(hash_key=True)
    class_and_name = UnicodeAttribute(range_key=True)


class PupilsByBirthDate(LocalSecondaryIndex["PupilItem"]):  # PynamoDB leaves the hook untyped
    """A list by birth date: where reconciliation looks a name up."""

    class Meta:
        index_name = "by_birth_date"
        projection = AllProjection()

    list_id = UnicodeAttribute(hash_key=True)
    birth_date = UnicodeAttribute(range_key=True)


class PupilItem(Model):
    """One row of one version of a school's list; ``list_id`` is ``<UAI>#<version>``."""

    class Meta(TableMeta):
        table_name = "pupils"

    list_id = UnicodeAttribute(hash_key=True)
    ine = UnicodeAttribute(range_key=True)
    class_and_name = UnicodeAttribute()
    birth_date = UnicodeAttribute()
    last_name = UnicodeAttribute()
    used_name = UnicodeAttribute(null=True)
    first_name = UnicodeAttribute()
    other_first_names = UnicodeAttribute(null=True)
    sex = UnicodeAttribute()
    birth_country = UnicodeAttribute()
    birth_department = UnicodeAttribute(null=True)
    birth_city_code = UnicodeAttribute(null=True)
    birth_city = UnicodeAttribute(null=True)
    class_name = UnicodeAttribute()
    mef_code = UnicodeAttribute(null=True)
    status_code = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    by_class = PupilsByClass()
    by_birth_date = PupilsByBirthDate()


class ReconciliationItem(Model):
    """A link, written twice: ``school#<UAI>`` / ``ine#<INE>`` and ``user#<user>`` / ``school#<UAI>``."""

    class Meta(TableMeta):
        table_name = "reconciliations"

    subject = UnicodeAttribute(hash_key=True)
    object = UnicodeAttribute(range_key=True)
    ine = UnicodeAttribute()
    user_id = UnicodeAttribute()
    since = NumberAttribute()
    school_made = BooleanAttribute(default=False)
    proven = BooleanAttribute(default=False)


class ImportsOfAuthor(GlobalSecondaryIndex["ImportItem"]):  # PynamoDB leaves the hook untyped
    """The imports that one person asked for, for the copy of their data."""

    class Meta:
        index_name = "by_author"
        projection = KeysOnlyProjection()

    requested_by = UnicodeAttribute(hash_key=True)
    requested_at = NumberAttribute(range_key=True)


class ImportItem(Model):
    """One import of a list; ``problems`` is gzipped JSON, since a bad file may name every pupil."""

    class Meta(TableMeta):
        table_name = "imports"

    uai = UnicodeAttribute(hash_key=True)
    import_id = UnicodeAttribute(range_key=True)
    requested_by = UnicodeAttribute()
    requested_at = NumberAttribute()
    status = UnicodeAttribute()
    updated_at = NumberAttribute(null=True)
    counts = JSONAttribute(null=True)
    problems = BinaryAttribute(null=True, legacy_encoding=False)
    expires_at = NumberAttribute()

    by_author = ImportsOfAuthor()
