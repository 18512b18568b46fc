"""What a scale says when nothing happens: single frames for measurements."""

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_peer import ToledoPeer

_SETTLED = Millis(20_000)
_PERIOD = Millis(143)


def frame_at_rest(load: Grams) -> bytes:
    """One Toledo frame, with checksum, of a deck that bears `load` and does not move."""
    deck = DeckModel()
    deck.set_load(load)
    deck.advance(_SETTLED)
    return ToledoPeer(deck).advance(_PERIOD)
