"""What accounts write to people by e-mail, in French or in English, and who carries it.

A message names nobody and holds no link: the code or token in it is typed or pasted where it was asked for, so that a
message is of no use to whoever asks people to click on things.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A plain-text message."""

    subject: str
    text: str


class Mailer(Protocol):
    """Carries messages."""

    def send(self, address: str, message: Message) -> None:
        """Hand a message over to a clean address (:func:`jalon.accounts.email_addresses.clean_email`).

        Raises :class:`UnavailableError`, or :class:`InvalidInputError` for an impossible address.
        """
        ...


def confirm_address(locale: str, code: str) -> Message:
    """The code that proves that the address is read by whoever asked."""
    if _french(locale):
        return Message(
            "Confirmez votre adresse",
            f"Pour rattacher cette adresse à votre compte, saisissez ce code :\n\n{code}\n\n"
            "Il vaut au moins douze heures. Un autre compte créé avec cette adresse sans l’avoir confirmée ne pourra plus s’en servir : "
            "si c’était le vôtre, connectez-vous et confirmez-la plutôt là. Si vous n’avez rien demandé, ne faites rien.\n",
        )
    return Message(
        "Confirm your address",
        f"To attach this address to your account, type this code:\n\n{code}\n\n"
        "It is good for at least twelve hours. Another account that was made with this address and never confirmed it will not be able "
        "to use it any more: if it was yours, sign in and confirm it there instead. If you did not ask for it, do nothing.\n",
    )


def sign_up_with_address(locale: str, code: str) -> Message:
    """The code that proves that whoever signs up reads the address."""
    if _french(locale):
        return Message(
            "Créez votre compte",
            f"Pour créer un compte avec cette adresse, saisissez ce code :\n\n{code}\n\n"
            "Il vaut au moins douze heures. Un compte créé avec cette adresse sans l’avoir confirmée ne pourra plus s’en servir : "
            "si c’était le vôtre, connectez-vous et confirmez-la plutôt là. Si vous n’avez rien demandé, ne faites rien.\n",
        )
    return Message(
        "Make your account",
        f"To make an account with this address, type this code:\n\n{code}\n\n"
        "It is good for at least twelve hours. An account that was made with this address and never confirmed it will not be able to "
        "use it any more: if it was yours, sign in and confirm it there instead. If you did not ask for this, do nothing.\n",
    )


def address_has_account(locale: str) -> Message:
    """Someone wanted to sign up with an address that has an account: the owner is told, the asker is not."""
    if _french(locale):
        return Message(
            "Cette adresse a déjà un compte",
            "Quelqu’un a voulu créer un compte avec cette adresse, mais elle en a déjà un.\n\n"
            "Si c’était vous, connectez-vous avec cette adresse, ou demandez un nouveau mot de passe. Sinon, ne faites rien.\n",
        )
    return Message(
        "This address has an account already",
        "Someone wanted to make an account with this address, but it has one already.\n\n"
        "If it was you, sign in with this address, or ask for a new password. If not, do nothing.\n",
    )


def address_in_use(locale: str) -> Message:
    """Someone wanted to attach an address that another account signs in with."""
    if _french(locale):
        return Message(
            "Cette adresse a déjà un compte",
            "Quelqu’un a demandé à rattacher cette adresse à un compte, mais elle permet déjà de se connecter à un autre.\n\n"
            "Si c’était vous, connectez-vous avec cette adresse. Sinon, ne faites rien.\n",
        )
    return Message(
        "This address has an account already",
        "Someone asked to attach this address to an account, but another account already signs in with it.\n\n"
        "If it was you, sign in with this address. If not, do nothing.\n",
    )


def address_replaced(locale: str) -> Message:
    """To the address that an account gives up for another one: what changes for it, and what to do if its owner did not ask for it."""
    if _french(locale):
        return Message(
            "Une autre adresse remplace celle-ci",
            "Une autre adresse remplace celle-ci dans votre compte. Avec celle-ci, on ne peut plus s’y connecter ni choisir un nouveau mot "
            "de passe.\n\n"
            "Si c’était vous, ne faites rien. Sinon, quelqu’un d’autre a pu ouvrir votre compte : connectez-vous avec votre identifiant ou "
            "par votre portail, changez de mot de passe, déconnectez-vous de tous les appareils, puis rattachez cette adresse. Si vous ne "
            "pouvez plus vous connecter, demandez tout de suite à votre établissement de vous rendre l’accès.\n",
        )
    return Message(
        "Another address replaces this one",
        "Another address replaces this one in your account. With this one nobody can sign in to it or choose a new password any more.\n\n"
        "If it was you, do nothing. If not, somebody else may have opened your account: sign in with your username or through your portal, "
        "change your password, sign out on every device, and attach this address again. If you cannot sign in any more, ask your school "
        "at once to give you access back.\n",
    )


def address_removed(locale: str) -> Message:
    """To the address that is taken off an account: what changes for it, and what to do if its owner did not ask for it."""
    if _french(locale):
        return Message(
            "Cette adresse est retirée de votre compte",
            "Cette adresse est retirée de votre compte. Avec elle, on ne peut plus s’y connecter ni choisir un nouveau mot de passe.\n\n"
            "Si c’était vous, ne faites rien. Sinon, quelqu’un d’autre a pu ouvrir votre compte : connectez-vous avec votre identifiant ou "
            "par votre portail, changez de mot de passe, déconnectez-vous de tous les appareils, puis rattachez cette adresse. Si vous ne "
            "pouvez plus vous connecter, demandez tout de suite à votre établissement de vous rendre l’accès.\n",
        )
    return Message(
        "This address is removed from your account",
        "This address is removed from your account. With it nobody can sign in to it or choose a new password any more.\n\n"
        "If it was you, do nothing. If not, somebody else may have opened your account: sign in with your username or through your portal, "
        "change your password, sign out on every device, and attach this address again. If you cannot sign in any more, ask your school "
        "at once to give you access back.\n",
    )


def school_closed_ways_in(locale: str) -> Message:
    """To the address of an account that a school made, and now opens to nobody but the pupil to whom it gives the new password."""
    if _french(locale):
        return Message(
            "L’établissement retire cette adresse d’un compte d’élève",
            "Cette adresse ouvrait le compte d’un élève. L’établissement qui a créé ce compte y donne un nouveau mot de passe, et en "
            "retire cette adresse et les portails : elle ne permet plus de s’y connecter.\n\n"
            "Si c’est votre compte, demandez votre nouveau mot de passe à votre établissement ; une fois connecté, vous pourrez rattacher "
            "cette adresse. Sinon, ne faites rien.\n",
        )
    return Message(
        "The school removes this address from a pupil’s account",
        "This address opened a pupil’s account. The school that made the account gives it a new password, and removes this address and "
        "the portals from it: one can no longer sign in to it with this address.\n\n"
        "If the account is yours, ask your school for your new password; once you have signed in you can attach this address again. If "
        "not, do nothing.\n",
    )


def password_replaced(locale: str) -> Message:
    """The account's password is another one from now on, chosen by whoever knew the one before, or received a token."""
    if _french(locale):
        return Message(
            "Votre compte a un nouveau mot de passe",
            "Un nouveau mot de passe vient d’être choisi pour votre compte. L’ancien ne sert plus ; toute connexion est terminée.\n\n"
            "Si c’était vous, ne faites rien. Sinon, quelqu’un d’autre a pu ouvrir votre compte : demandez tout de suite un nouveau mot de "
            "passe avec cette adresse, puis retirez les portails que vous ne connaissez pas. Si vous ne pouvez plus vous connecter, "
            "adressez-vous à votre établissement.\n",
        )
    return Message(
        "Your account has a new password",
        "A new password has just been chosen for your account. The one before no longer serves, and every sign-in is over.\n\n"
        "If it was you, do nothing. If not, somebody else may have opened your account: ask for a new password with this address at once, "
        "then remove the portals that you do not know. If you cannot sign in any more, ask your school.\n",
    )


def school_replaced_password(locale: str) -> Message:
    """The school handed out a new initial password: whoever has it opens the account."""
    if _french(locale):
        return Message(
            "Votre établissement donne un nouveau mot de passe à votre compte",
            "Un membre de votre établissement a demandé un nouveau mot de passe pour votre compte. L’ancien ne sert plus, et toutes les "
            "connexions sont terminées.\n\n"
            "Si vous l’avez demandé, connectez-vous simplement. Sinon, choisissez vous-même un nouveau mot de passe avec "
            "cette adresse, et demandez à votre établissement qui l’a demandé.\n",
        )
    return Message(
        "Your school gives your account a new password",
        "A member of your school asked for a new password for your account. The one before no longer serves, and every sign-in is over.\n\n"
        "If you asked for it, just sign in. If not, choose a new password yourself with this address, and ask your school who asked for "
        "it.\n",
    )


def portal_linked(locale: str, portal: str) -> Message:
    """An identity provider opens the account from now on."""
    if _french(locale):
        return Message(
            "Un portail ouvre maintenant votre compte",
            f"On peut maintenant se connecter à votre compte par ce portail :\n\n{portal}\n\n"
            "Si c’était vous, ne faites rien. Sinon, connectez-vous, retirez ce portail de votre compte, changez de mot de passe et "
            "déconnectez-vous de tous les appareils.\n",
        )
    return Message(
        "A portal now opens your account",
        f"From now on one can sign in to your account through this portal:\n\n{portal}\n\n"
        "If it was you, do nothing. If not, sign in, remove this portal from your account, change your password and sign out on every "
        "device.\n",
    )


def portal_unlinked(locale: str, portal: str) -> Message:
    """An identity provider opens the account no more."""
    if _french(locale):
        return Message(
            "Un portail n’ouvre plus votre compte",
            f"On ne peut plus se connecter à votre compte par ce portail :\n\n{portal}\n\n"
            "Si c’était vous, ne faites rien. Sinon, connectez-vous, changez de mot de passe, déconnectez-vous de tous les appareils, "
            "puis liez le portail de nouveau.\n",
        )
    return Message(
        "A portal no longer opens your account",
        f"One can no longer sign in to your account through this portal:\n\n{portal}\n\n"
        "If it was you, do nothing. If not, sign in, change your password, sign out on every device, and link the portal again.\n",
    )


def recover_account(locale: str, token: str) -> Message:
    """The token that lets the owner of the address choose a new password."""
    if _french(locale):
        return Message(
            "Choisissez un nouveau mot de passe",
            f"Pour choisir un nouveau mot de passe, collez ce jeton là où il vous est demandé :\n\n{token}\n\n"
            "Il sert une fois, pendant une heure. Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même.\n",
        )
    return Message(
        "Choose a new password",
        f"To choose a new password, paste this token where you are asked for it:\n\n{token}\n\n"
        "It works once, within an hour. If you did not ask for it, do nothing: your password stays the same.\n",
    )


def sign_in_with_code(locale: str, code: str) -> Message:
    """The code with which the owner of the address signs in whatever others type under it."""
    if _french(locale):
        return Message(
            "Votre code de connexion",
            f"Si votre compte vous fait attendre, saisissez ce code avec votre mot de passe :\n\n{code}\n\n"
            "Il vaut un peu moins d’une heure et n’ouvre rien sans le mot de passe. Si vous n’avez rien demandé, ne faites rien.\n",
        )
    return Message(
        "Your sign-in code",
        f"If your account makes you wait, type this code with your password:\n\n{code}\n\n"
        "It is good for a little less than an hour and opens nothing without the password. If you did not ask for it, do nothing.\n",
    )


def no_account_to_sign_in_to(locale: str) -> Message:
    """Someone wanted a sign-in code for an address that has no account."""
    if _french(locale):
        return Message(
            "Aucun compte à cette adresse",
            "Quelqu’un a demandé un code de connexion avec cette adresse, mais aucun compte ne l’utilise.\n\n"
            "Si c’était vous, essayez une autre adresse, ou demandez un code à votre enseignant. Sinon, ne faites rien.\n",
        )
    return Message(
        "No account at this address",
        "Someone asked for a sign-in code with this address, but no account uses it.\n\n"
        "If it was you, try another address, or ask your teacher for a code. If not, do nothing.\n",
    )


def no_account_here(locale: str) -> Message:
    """Someone wanted to recover an account with an address that has none: the owner is told, the asker is not."""
    if _french(locale):
        return Message(
            "Aucun compte à cette adresse",
            "Quelqu’un a demandé un nouveau mot de passe avec cette adresse, mais aucun compte ne l’utilise.\n\n"
            "Si c’était vous, essayez une autre adresse, ou l’identifiant donné par votre établissement.\n",
        )
    return Message(
        "No account at this address",
        "Someone asked for a new password with this address, but no account uses it.\n\n"
        "If it was you, try another address, or the username that your school gave you.\n",
    )


def copied_on_behalf(locale: str) -> Message:
    """An operator fetched the copy of the account's data for its owner, as a school asked once it had checked who asks."""
    if _french(locale):
        return Message(
            "Une copie de vos données a été remise",
            "Une copie de toutes les données de votre compte a été remise, à la demande d’une personne dont l’identité a été vérifiée sur "
            "pièce.\n\n"
            "Si c’était vous, ne faites rien. Sinon, dites-le tout de suite à votre établissement : l’accès est enregistré.\n",
        )
    return Message(
        "A copy of your data was handed over",
        "A copy of everything that your account holds was handed over to somebody whose identity was checked on paper.\n\n"
        "If it was you, do nothing. If not, tell your school at once: who fetched it is on record.\n",
    )


def erased_on_behalf(locale: str) -> Message:
    """An operator begins the erasure of the account for its owner."""
    if _french(locale):
        return Message(
            "Votre compte est effacé",
            "L’effacement de votre compte commence, à la demande d’une personne dont l’identité a été vérifiée sur pièce. Plus personne ne "
            "peut s’y connecter.\n\n"
            "Si c’était vous, ne faites rien. Sinon, dites-le tout de suite à votre établissement : la demande est enregistrée.\n",
        )
    return Message(
        "Your account is being erased",
        "The erasure of your account begins, as somebody asked whose identity was checked on paper. Nobody can sign in to it any more.\n\n"
        "If it was you, do nothing. If not, tell your school at once: who asked is on record.\n",
    )


def _french(locale: str) -> bool:
    return locale.partition("-")[0] == "fr"
