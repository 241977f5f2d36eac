"""The tables of this context."""

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from jalon.edge.tables import TableMeta


class CertificateRecord(Model):
    """One certificate; the token holds the signed facts, so they are nowhere else in clear."""

    class Meta(TableMeta):
        table_name = "certificates"

    certification_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute(range_key=True)
    result = JSONAttribute()
    token = BinaryAttribute(legacy_encoding=False)
    credential = BinaryAttribute(legacy_encoding=False)
    key_id = UnicodeAttribute()
    issued_at = UnicodeAttribute()
    revoked_at = UnicodeAttribute(null=True)
    revocation_reason = UnicodeAttribute(null=True)


class CodeRecord(Model):
    """Whose a verification code is; the key is an HMAC of the code."""

    class Meta(TableMeta):
        table_name = "certificates_by_code"

    code_digest = UnicodeAttribute(hash_key=True)
    certification_id = UnicodeAttribute()
    version = NumberAttribute()


class StudentRecord(Model):
    """A student's certifications; the key is an HMAC of the national number."""

    class Meta(TableMeta):
        table_name = "certificates_by_student"

    student_digest = UnicodeAttribute(hash_key=True)
    certification_id = UnicodeAttribute(range_key=True)
    version = NumberAttribute()


class ByUser(GlobalSecondaryIndex["PublishedResultRecord"]):  # PynamoDB leaves the hook untyped
    """A user's published results by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    published_at = UnicodeAttribute(range_key=True)


class PublishedResultRecord(Model):
    """The published line of one candidate."""

    class Meta(TableMeta):
        table_name = "published_results"

    session_number = UnicodeAttribute(hash_key=True)
    certification_id = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    user_id = UnicodeAttribute()
    published_at = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    result = JSONAttribute()
    by_user = ByUser()


class StatusPlaceRecord(Model):
    """A place in a year's status list, taken by one certificate for ever; ``year#place``."""

    class Meta(TableMeta):
        table_name = "status_places"

    place = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()


class RevocationRecord(Model):
    """A revoked place. Its stream makes the list be signed at once."""

    class Meta(TableMeta):
        table_name = "revocations"

    year = NumberAttribute(hash_key=True)
    place = NumberAttribute(range_key=True)
    revoked_at = UnicodeAttribute()


class KeyRecord(Model):
    """A public key and the time in which it signs."""

    class Meta(TableMeta):
        table_name = "certificate_keys"

    key_id = UnicodeAttribute(hash_key=True)
    x = BinaryAttribute(legacy_encoding=False)
    y = BinaryAttribute(legacy_encoding=False)
    since = UnicodeAttribute()
    until = UnicodeAttribute(null=True)


CERTIFICATE_MODELS = (CertificateRecord, CodeRecord, StudentRecord)
STATUS_MODELS = (StatusPlaceRecord, RevocationRecord)
