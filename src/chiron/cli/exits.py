"""Exit codes: what the command tells the program that called it."""

DONE = 0
FAULT = 1  # an unexpected fault; the message says where the log is
USAGE = 2  # wrong usage, or a question that nobody is there to answer
NEEDS_FIXING = 3  # rows in `check` or `match --strict`, a red item in `doctor`
NO_PLAN = 4  # the must rules cannot hold together
FALLS_SHORT = 5  # a plan was found, but not the one that --require-… asks for
INTERRUPTED = 130  # Ctrl+C


class Leave(Exception):  # noqa: N818 -- not every end is an error
    """The command ends here, with this code and this message (none: everything was said)."""

    def __init__(self, code: int, message: str = "") -> None:
        """Keep the code and the message."""
        self.code = code
        self.message = message
        super().__init__(message)
