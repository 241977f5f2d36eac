"""The tables of this context, as PynamoDB models.

``credentials`` holds seven kinds of items under one key, most because they change together: ``login#`` (whose way in is this),
``password#`` (the verifier), ``setup#`` and ``recovery#`` (the right to set a password, given with an invitation or to the owner of an
address), ``attempts#`` and ``messages#`` (how often somebody began to sign in, or was written to) and ``flow#`` (someone away at an
identity provider). What is only counted or under way is forgotten by TTL.
Personal data is in ``identities`` alone; a login stands in ``credentials`` as its keyed digest.
"""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BinarySetAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from jalon.edge.tables import TableMeta


class IdentityItem(Model):
    """One person."""

    class Meta(TableMeta):
        table_name = "identities"

    user_id = UnicodeAttribute(hash_key=True)
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    birth_date = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    email_verified = BooleanAttribute(default=False)
    username = UnicodeAttribute(null=True)
    roles = UnicodeSetAttribute()
    login_keys = UnicodeSetAttribute(null=True)
    providers = JSONAttribute(null=True)
    certified_numbers = JSONAttribute(null=True)
    locale = UnicodeAttribute(null=True)
    high_contrast = BooleanAttribute(null=True)
    large_text = BooleanAttribute(null=True)
    reduced_motion = BooleanAttribute(null=True)
    screen_reader = BooleanAttribute(null=True)
    #: All five at once, in accounts made before each had its own attribute.
    preferences = JSONAttribute(null=True)
    terms_version = UnicodeAttribute(null=True)
    terms_accepted_at = UTCDateTimeAttribute(null=True)
    sign_in_epoch = NumberAttribute(default=0)
    created_at = UTCDateTimeAttribute()
    request = UnicodeAttribute(null=True)


class WaysOfPerson(GlobalSecondaryIndex["LoginItem"]):  # PynamoDB leaves the hook untyped
    """The logins and flows of one person, for their erasure; items of other kinds are found by their keys, or name nobody."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)


class LoginItem(Model):
    """Whose way in this is."""

    class Meta(TableMeta):
        table_name = "credentials"

    key = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()

    by_user = WaysOfPerson()


class PasswordItem(Model):
    """How an account proves itself; ``given`` has the nonces of the initial passwords that replaced another one, 34 bytes each."""

    class Meta(TableMeta):
        table_name = "credentials"

    key = UnicodeAttribute(hash_key=True)
    verifier = UnicodeAttribute(null=True)
    initial_nonce = BinaryAttribute(legacy_encoding=False, null=True)
    given = BinarySetAttribute(legacy_encoding=False)


class SetupItem(Model):
    """The right to set a password; ``expires_at`` is also the table's TTL."""

    class Meta(TableMeta):
        table_name = "credentials"

    key = UnicodeAttribute(hash_key=True)
    nonce = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute()


class CountItem(Model):
    """How often something was done of late (:mod:`jalon.accounts.counts`); ``expires_at`` is the table's TTL.

    Counters of devices and codes name nobody.
    """

    class Meta(TableMeta):
        table_name = "credentials"

    key = UnicodeAttribute(hash_key=True)
    times = NumberAttribute(null=True)
    #: The same, in items that versions before wrote for sign-ins.
    failures = NumberAttribute(null=True)
    latest_at = UTCDateTimeAttribute()
    expires_at = NumberAttribute()


class FlowItem(Model):
    """Someone away at an identity provider; ``expires_at`` is the table's TTL."""

    class Meta(TableMeta):
        table_name = "credentials"

    key = UnicodeAttribute(hash_key=True)
    provider_id = UnicodeAttribute()
    redirect_uri = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    used_by = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class SignInsOfPerson(GlobalSecondaryIndex["FamilyItem"]):  # PynamoDB leaves the hook untyped
    """The sign-ins of one person, for their export and erasure."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)


class FamilyItem(Model):
    """One sign-in that can be refreshed; ``expires_at`` is the table's TTL."""

    class Meta(TableMeta):
        table_name = "refresh_tokens"

    family_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    sign_in_epoch = NumberAttribute()
    generation = NumberAttribute()
    rotated_at = UTCDateTimeAttribute()
    idle_until = UTCDateTimeAttribute()
    ends_at = UTCDateTimeAttribute()
    expires_at = NumberAttribute()
    #: Absent where it is not known (:class:`jalon.accounts.refresh_token.Family`).
    authenticated_at = UTCDateTimeAttribute(null=True)

    by_user = SignInsOfPerson()


class ClientItem(Model):
    """A school's software."""

    class Meta(TableMeta):
        table_name = "clients"

    client_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    scopes = UnicodeSetAttribute()
    nonce = BinaryAttribute(legacy_encoding=False)
    request = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    schools = UnicodeSetAttribute(null=True)
    former: ListAttribute[Any] = ListAttribute(of=BinaryAttribute, null=True)
    former_until = UTCDateTimeAttribute(null=True)
    ended_at = UTCDateTimeAttribute(null=True)
