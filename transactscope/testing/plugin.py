"""What pytest's fixtures hand out, and what is said of a test that left faults unused.

May import `injection`. Must not know pytest: the fixtures stand in `_transactscope_pytest`.
"""

from __future__ import annotations

from typing import Any

from transactscope.testing.injection import Faults


class FaultsOfTest:
    """Makes the `Faults` of one test, takes them away, and knows what was left of them."""

    def __init__(self) -> None:
        self._made: list[Faults] = []

    def __call__(self, client: Any) -> Faults:
        """Return faults for a client; see `Faults`.

        Args:
            client: A DynamoDB client: boto3's, also in `in_threads(...)`, or aiobotocore's.

        Raises:
            InvalidRequestError: It is no such client. Not sent.
        """
        faults = Faults(client)
        self._made.append(faults)
        return faults

    def remove(self) -> None:
        """Let every client send normally again. Nothing is sent."""
        for faults in self._made:
            faults.remove()

    def problem(self) -> str | None:
        """Say which faults of scripts never happened; None if all did."""
        left = [
            f"{operation}: {', '.join(map(repr, script))}"
            for faults in self._made
            for operation, script in faults.pending.items()
        ]
        if not left:
            return None
        never = "\n".join(f"    {line}" for line in left)
        return (
            "transactscope_faults: faults that were asked for never happened, so this test passed "
            f"without them:\n{never}\n"
            "Too few requests were sent, or other ones. Where faults may be left, use "
            "transactscope.testing.Faults(client) in a with-block instead."
        )
