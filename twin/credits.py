"""How many credits each account of a service has left."""

from collections.abc import Callable, Mapping


class Credits:
    """Keep the balances.

    Args:
        at_start: Account's name → balance.
        changed: Called after every change.
    """

    def __init__(
        self, at_start: Mapping[str, float], *, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._left = dict(at_start)
        self._changed = changed

    def left(self, name: str) -> float:
        """Give an account's balance."""
        return self._left[name]

    def take(self, name: str, amount: float) -> None:
        """Take credits from a balance, which may go below 0."""
        self.set(name, self._left[name] - amount)

    def set(self, name: str, amount: float) -> None:
        """Give an account another balance.

        Raises:
            ValueError: There is no such account.
        """
        if name not in self._left:
            raise ValueError(f"account must be one of {', '.join(self._left)}")
        self._left[name] = amount
        self._changed()

    def as_json(self) -> dict[str, float]:
        """Give every balance by the account's name."""
        return dict(self._left)
