"""Runs one command and prints its seconds, peak memory (MiB) and exit code as JSON on the last line of stderr.

A process of its own, because the peak that the kernel reports for a child begins with the memory of who started it.
"""

import json
import os
import sys
import time


def main(limit_s: float, command: list[str]) -> None:
    """Run the command, ended after `limit_s` seconds."""
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    ended = 0
    while not ended and time.perf_counter() - began < limit_s:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        time.sleep(0.002)
    if not ended:
        os.kill(child, 9)
        _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    figures = {"seconds": seconds, "peak_mib": usage.ru_maxrss / 1024, "code": os.waitstatus_to_exitcode(status)}
    sys.stderr.write("\n" + json.dumps(figures))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
