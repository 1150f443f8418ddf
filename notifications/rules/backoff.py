"""When a message is tried again, and when it is given up. Pure."""

from datetime import datetime, timedelta

MAX_ATTEMPTS = 5
LEASE = timedelta(seconds=60)
"""How long a worker may hold a message; after that another one takes it, since the first is gone."""
PAUSE = timedelta(seconds=30)
"""How long a channel that does not answer is left alone."""
GIVE_UP_AFTER = timedelta(hours=24)
"""How long messages wait for a channel that nobody is reached by."""
FIRST_WAIT_S = 30


def next_try(attempts: int, *, seed: int, at: datetime) -> datetime | None:
    """When to try again after `attempts` (≥ 1) failed ones: 30 s, doubling, plus up to 20 % that differ by `seed`.

    The addition keeps messages that failed together from coming back together. None: given up.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    spread = (seed * 2_654_435_761 % 2**32) / 2**32 * 0.2
    return at + timedelta(seconds=FIRST_WAIT_S * 2 ** (attempts - 1) * (1 + spread))
