"""What is told to who asks to be erased names every record that is kept with their number."""

from jalon.accounts.acts import ActKind
from jalon.accounts.erasure_notice import ACTS, KEPT


def test_every_act_that_keeps_the_number_is_told() -> None:
    """The kinds are those of the person's own copy; a new one has no words yet."""
    assert ACTS.keys() == set(ActKind)
    (told,) = (part.what for part in KEPT if part.part == "acts")
    assert [words for words in ACTS.values() if words not in told] == []
    assert "made a target profile" in told
    assert "invited a colleague" in told
