"""Invented people and places for the challenges' tables: common first names, surnames that are common nouns, invented towns."""

_FIRST = (
    "Aïcha Alban Alix Anouk Basile Camille Célia Diego Élise Emma Fanny Gaël Hugo Inès Jade Karim Léa Lina Louis "
    "Maël Manon Nadia Noé Omar Rose Sacha Samir Tom Yuna Zoé"
)
_LAST = (
    "Abricot Bouleau Cerise Chêne Châtaigne Érable Figuier Fougère Genêt Hêtre Lavande Lilas Mélèze Mimosa "
    "Noisetier Olivier Orme Platane Romarin Sapin Saule Tilleul"
)
_TOWNS = (
    "Bourg-les-Prés Clairville Fontbelle Grandchamp-sur-Lys Hautmont-la-Rivière Lormeval Montclair-en-Plaine "
    "Port-Ajonc Rochebrune-le-Lac Valbleu"
)


def first_names() -> list[str]:
    """First names, in alphabetical order."""
    return _FIRST.split()


def last_names() -> list[str]:
    """Surnames, in alphabetical order."""
    return _LAST.split()


def towns() -> list[str]:
    """Invented towns."""
    return _TOWNS.split()
