"""Refusals: what the rules do not allow, in words for the person who asked.

A refusal is not a fault. Rules and operations raise it, one middleware answers it with a plain 409 page, and
everything else that goes wrong is a bug and crashes loudly.
"""


class RefusedError(Exception):
    """Raised when the rules do not allow an act; the message is written for the person who asked.

    Attributes:
        message: one or two sentences: what cannot be done, and what to do instead.
    """

    def __init__(self, message: str) -> None:
        """Keep the sentence that the person will read."""
        super().__init__(message)
        self.message = message
