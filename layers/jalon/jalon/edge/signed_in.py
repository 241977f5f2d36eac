"""Who calls a route, as the routes of the functions ask it."""

from aws_lambda_powertools.event_handler.api_gateway import Router

from jalon.edge.auth import caller
from jalon.kernel.ids import UserId


def person(router: Router) -> UserId:
    """The signed-in person, whose own data the route is about.

    Raises :class:`~jalon.kernel.errors.NotSignedInError`, :class:`~jalon.edge.auth.PeopleOnlyError`.
    """
    return caller(router.current_event.raw_event).require_person()


def user(router: Router) -> UserId:
    """The signed-in person; raises :class:`~jalon.kernel.errors.NotSignedInError`."""
    return UserId(caller(router.current_event.raw_event).subject)


def user_in_role(router: Router, role: str) -> UserId:
    """The signed-in person, who has this role; raises :class:`~jalon.edge.auth.RoleRequiredError` too."""
    calling = caller(router.current_event.raw_event)
    calling.require_role(role)
    return UserId(calling.subject)


def pupil(router: Router) -> UserId:
    """The signed-in pupil; raises as :func:`user_in_role` does."""
    return user_in_role(router, "pupil")
