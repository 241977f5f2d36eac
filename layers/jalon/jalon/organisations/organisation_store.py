"""Schools and their members in DynamoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from jalon.edge.tables import ConditionFailedError, transaction, translated
from jalon.kernel.clock import epoch_ms, from_epoch_ms
from jalon.kernel.errors import UnavailableError
from jalon.kernel.ids import Uai, UserId
from jalon.organisations.imports import ImportCounts, ImportStatus, PupilImport
from jalon.organisations.memberships import Member, MemberRole, NotAnAdministratorError
from jalon.organisations.organisation import Organisation, OrganisationAlreadyActivatedError
from jalon.organisations.pupils import ListVersion
from jalon.organisations.records import ENDED, optional_instant
from jalon.organisations.tables import ImportItem, MemberItem, OrganisationItem


class ListRaceError(UnavailableError):
    """Two deliveries of one import met in the same instant; the next one finds it settled."""

    code = "list_race"


class DynamoOrganisations:
    """An :class:`~jalon.organisations.organisation.OrganisationStore` and its ``ListRegister``."""

    def create(self, organisation: Organisation) -> None:
        item = OrganisationItem(
            organisation.uai,
            name=organisation.name,
            official_email=organisation.official_email,
            created_at=epoch_ms(organisation.created_at),
            activation_digest=organisation.activation_digest,
            activation_expires_at=epoch_ms(organisation.activation_expires_at),
        )
        try:
            with translated():
                item.save(condition=OrganisationItem.uai.does_not_exist() | OrganisationItem.activated_at.does_not_exist())
        except ConditionFailedError:
            raise OrganisationAlreadyActivatedError("This school's space is activated already.", uai=organisation.uai) from None

    def find(self, uai: Uai) -> Organisation | None:
        try:
            with translated():
                return _organisation(OrganisationItem.get(uai, consistent_read=True))
        except DoesNotExist:
            return None

    def activate(self, organisation: Organisation, administrator: Member) -> None:
        condition = OrganisationItem.activated_at.does_not_exist() & (OrganisationItem.activation_digest == organisation.activation_digest)
        try:
            with transaction(OrganisationItem) as write:
                write.update(
                    OrganisationItem(organisation.uai),
                    actions=[OrganisationItem.activated_at.set(epoch_ms(administrator.since))],
                    condition=condition,
                )
                write.save(member_item(administrator))
        except ConditionFailedError:
            raise OrganisationAlreadyActivatedError("This school's space is activated already.", uai=organisation.uai) from None

    def begin(self, uai: Uai, version: ListVersion) -> None:
        with translated():
            OrganisationItem(uai).update(actions=[OrganisationItem.list_versions.add({version})], condition=OrganisationItem.uai.exists())

    def put_in_force(self, pupil_import: PupilImport, classes: Mapping[str, int], counts: ImportCounts, at: datetime) -> ListVersion:
        uai, version = pupil_import.uai, pupil_import.version
        point: list[Action] = [OrganisationItem.list_version.set(version), OrganisationItem.classes.set(dict(classes))]
        close: list[Action] = [
            ImportItem.status.set(ImportStatus.IMPORTED.value),
            ImportItem.counts.set(asdict(counts)),
            ImportItem.updated_at.set(epoch_ms(at)),
        ]
        try:
            with transaction(OrganisationItem) as write:
                write.update(
                    OrganisationItem(uai),
                    actions=point,
                    condition=OrganisationItem.list_version.does_not_exist() | (OrganisationItem.list_version < version),
                )
                write.update(ImportItem(uai, pupil_import.import_id), actions=close, condition=~ImportItem.status.is_in(*ENDED))
        except ConditionFailedError:
            in_force = self._in_force(uai)
            if in_force is None or in_force < version:
                raise ListRaceError("The school's list is being written; the import is taken up again.") from None
            return in_force
        return version

    def superseded(self, uai: Uai) -> Sequence[ListVersion]:
        with translated():
            item = OrganisationItem.get(uai, consistent_read=True)
        in_force = item.list_version or ""
        return sorted(ListVersion(version) for version in item.list_versions or () if version < in_force)

    def forget(self, uai: Uai, version: ListVersion) -> None:
        with translated():
            OrganisationItem(uai).update(actions=[OrganisationItem.list_versions.delete({version})])

    def _in_force(self, uai: Uai) -> ListVersion | None:
        organisation = self.find(uai)
        return organisation.list_version if organisation else None


class DynamoMembers:
    """A :class:`~jalon.organisations.invitations.MemberRegister`."""

    def find(self, uai: Uai, user_id: UserId) -> Member | None:
        try:
            with translated():
                item = MemberItem.get(uai, user_id, consistent_read=True)
        except DoesNotExist:
            return None
        return _member(item)

    def of_school(self, uai: Uai) -> Sequence[Member]:
        with translated():
            return [_member(item) for item in MemberItem.query(uai, consistent_read=True)]

    def remove(self, member: Member, by: Member) -> None:
        try:
            with transaction(OrganisationItem) as write:
                write.condition_check(MemberItem, by.uai, by.user_id, condition=MemberItem.role == MemberRole.ADMIN.value)
                write.delete(member_item(member))
        except ConditionFailedError:
            raise NotAnAdministratorError("Only an administrator of the school's space may do this.", uai=by.uai) from None


def member_item(member: Member) -> MemberItem:
    """A member as its item."""
    return MemberItem(member.uai, member.user_id, role=member.role.value, since=epoch_ms(member.since))


def _member(item: MemberItem) -> Member:
    return Member(Uai(item.uai), UserId(item.user_id), MemberRole(item.role), from_epoch_ms(item.since))


def _organisation(item: OrganisationItem) -> Organisation:
    return Organisation(
        uai=Uai(item.uai),
        name=item.name,
        official_email=item.official_email,
        created_at=from_epoch_ms(item.created_at),
        activation_digest=item.activation_digest,
        activation_expires_at=from_epoch_ms(item.activation_expires_at),
        activated_at=optional_instant(item.activated_at),
        list_version=ListVersion(item.list_version) if item.list_version else None,
        classes={str(name): int(size) for name, size in (item.classes or {}).items()},
    )
