"""Names of the buffers that inputs and decodings have (spec 05)."""

from __future__ import annotations

from typing import Final

# Fields of a population with an input.
CLOCK: Final = "input_clock"  # private step, and the block that is shown or the next spike
SCHEDULE: Final = "input_schedule"  # the step at which each block, or spike, is due
COUNT: Final = "input_count"  # blocks, or spikes
PERIOD: Final = "input_period"  # steps, 0 for none
WIDTH: Final = "input_width"  # values of a block: one for all neurons, or one each
VALUES: Final = "input_"  # and the name of an attribute: (count, width)
RANKS: Final = "input_ranks"
# Fields of a projection that decodes.
ARRIVED: Final = "arrived"
WINDOW: Final = "window"
HISTORY: Final = "history"
PLACE: Final = "place"
NEWER: Final = "newer"
SCALE: Final = "scale"
DECODING: Final = (ARRIVED, WINDOW, HISTORY, PLACE, NEWER, SCALE)
