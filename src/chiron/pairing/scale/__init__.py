"""Pools of tens of thousands (extra `scale`): compiled kernels; its modules are imported only when asked for."""


class ScaleError(ValueError):
    """A rule set or a call is beyond what the compiled kernels can do; the message names what and why."""
