"""The clocks on the walls of French schools: a session's time keeps its zone (France has twelve)."""

from jalon.kernel.ids import Uai

METROPOLITAN = "Europe/Paris"

# The first three digits of a UAI are the school's department or territory.
_ZONE_BY_TERRITORY = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "983": "Pacific/Noumea",
    "984": "Pacific/Tahiti",
    "986": "Pacific/Wallis",
}
# Zones that a territory's number does not tell: two archipelagos of Polynesia, and Kerguelen.
_OTHER_ZONES = ("Pacific/Marquesas", "Pacific/Gambier", "Indian/Kerguelen")

FRENCH_ZONES = frozenset({METROPOLITAN, *_ZONE_BY_TERRITORY.values(), *_OTHER_ZONES})


def zone_of_school(uai: Uai) -> str:
    """The IANA name of the zone a school lives in, unless its session says otherwise.

    >>> zone_of_school(Uai("9740001A")), zone_of_school(Uai("0290001A"))
    ('Indian/Reunion', 'Europe/Paris')
    """
    return _ZONE_BY_TERRITORY.get(uai[:3], METROPOLITAN)
