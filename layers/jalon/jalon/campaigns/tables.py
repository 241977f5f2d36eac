"""The tables of this context. One table per access pattern (docs/architecture.md)."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model

from jalon.edge.tables import TableMeta


class CampaignsOfSchool(GlobalSecondaryIndex["CampaignItem"]):  # PynamoDB leaves the hook untyped
    """A school's campaigns by date."""

    class Meta:
        index_name = "by_school"
        projection = AllProjection()

    uai = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class CampaignsOfAuthor(GlobalSecondaryIndex["CampaignItem"]):  # PynamoDB leaves the hook untyped
    """The campaigns that one person made, for the copy of their data."""

    class Meta:
        index_name = "by_author"
        projection = IncludeProjection(["uai", "name"])

    created_by = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class CampaignItem(Model):
    """A campaign."""

    class Meta(TableMeta):
        table_name = "campaigns"

    campaign_id = UnicodeAttribute(hash_key=True)
    uai = UnicodeAttribute()
    type = UnicodeAttribute()
    name = UnicodeAttribute()
    code = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = NumberAttribute()
    target_profile_id = UnicodeAttribute(null=True)
    parcours = JSONAttribute(null=True)
    multiple_sendings = BooleanAttribute(default=False)
    archived_at = NumberAttribute(null=True)

    by_school = CampaignsOfSchool()
    by_author = CampaignsOfAuthor()


class TargetProfilesByDate(LocalSecondaryIndex["TargetProfileItem"]):  # PynamoDB leaves the hook untyped
    """A school's own target profiles by date: local, so that what was just made is listed."""

    class Meta:
        index_name = "by_date"
        projection = AllProjection()

    uai = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class TargetProfilesOfAuthor(GlobalSecondaryIndex["TargetProfileItem"]):  # PynamoDB leaves the hook untyped
    """The target profiles that one person made, for the copy of their data."""

    class Meta:
        index_name = "by_author"
        projection = IncludeProjection(["name"])

    created_by = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class TargetProfileItem(Model):
    """A target profile that a school made to measure; ``ceilings`` maps topics to levels."""

    class Meta(TableMeta):
        table_name = "target_profiles"

    uai = UnicodeAttribute(hash_key=True)
    profile_id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    ceilings = JSONAttribute()
    created_by = UnicodeAttribute()
    created_at = NumberAttribute()
    withdrawn_at = NumberAttribute(null=True)

    by_date = TargetProfilesByDate()
    by_author = TargetProfilesOfAuthor()


class CampaignCodeItem(Model):
    """A code that is taken, for ever: no code is given twice."""

    class Meta(TableMeta):
        table_name = "campaign_by_code"

    code = UnicodeAttribute(hash_key=True)
    campaign_id = UnicodeAttribute()


class ParticipationsByClass(LocalSecondaryIndex["ParticipationItem"]):  # PynamoDB leaves the hook untyped
    """A partition's participations by class, then name: local, so that it is read consistently."""

    class Meta:
        index_name = "by_class"
        projection = AllProjection()

    campaign_shard = UnicodeAttribute(hash_key=True)
    class_and_name = UnicodeAttribute(range_key=True)


class ParticipationsOfUser(GlobalSecondaryIndex["ParticipationItem"]):  # PynamoDB leaves the hook untyped
    """A pupil's own participations by date; keys only, so that progress is not written twice."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    started_at = NumberAttribute(range_key=True)


class ParticipationItem(Model):
    """One pupil in one campaign; ``campaign_shard`` is ``<campaign>#<0 … 7>``."""

    class Meta(TableMeta):
        table_name = "participations"

    campaign_shard = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    class_and_name = UnicodeAttribute()
    uai = UnicodeAttribute()
    last_name = UnicodeAttribute()
    first_name = UnicodeAttribute()
    class_name = UnicodeAttribute()
    status = UnicodeAttribute()
    started_at = NumberAttribute()
    progress_percent = NumberAttribute()
    answered = NumberAttribute()
    assessment_id = UnicodeAttribute(null=True)
    sendings = NumberAttribute()
    shared_at = NumberAttribute(null=True)
    results = JSONAttribute(null=True)
    revision = NumberAttribute(null=True)

    by_class = ParticipationsByClass()
    by_user = ParticipationsOfUser()


class CampaignStatsItem(Model):
    """The count of one partition of a campaign's participations."""

    class Meta(TableMeta):
        table_name = "campaign_stats"

    campaign_id = UnicodeAttribute(hash_key=True)
    shard = NumberAttribute(range_key=True)
    revision = NumberAttribute()
    count = JSONAttribute()
