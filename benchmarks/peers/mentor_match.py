"""Match with mentor-match: its own people and rounds, and one rule that looks the same fit up."""

import json
import sys
import time

import numpy as np
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data


class Lookup:
    """The fit of a pair, from the ready matrix; a pair that is not allowed is disqualified."""

    def __init__(self, fit: np.ndarray, allowed: np.ndarray) -> None:
        """Keep the matrices (mentees × mentors)."""
        self.fit, self.allowed = fit.tolist(), allowed.tolist()

    def apply(self, match: object) -> int:
        """Return the pair's fit, or disqualify the pair."""
        mentee, mentor = int(match.mentee.email[1:]), int(match.mentor.email[1:])
        match.disallowed = not self.allowed[mentee][mentor] or bool(match.mentee.connections)
        return self.fit[mentee][mentor]


def main(instance: str) -> None:
    """Solve the instance and print total, matched and seconds as JSON."""
    arrays = np.load(instance)
    fit, allowed, capacity = arrays["fit"], arrays["allowed"], arrays["capacity"]
    began = time.perf_counter()
    # It knows no capacities, so a place is a mentor of its own; same e-mail would mean same person.
    places = np.repeat(np.arange(len(capacity)), capacity)
    rule = Lookup(fit[:, places], allowed[:, places])
    mentors = [Mentor(grade=1, email=f"r{place}") for place in range(len(places))]
    mentees = [Mentee(grade=0, email=f"e{mentee}") for mentee in range(len(fit))]
    process_data(mentors, mentees, [[rule]])
    pairs = [(int(mentee.email[1:]), int(mentee.mentors[0].email[1:])) for mentee in mentees if mentee.mentors]
    total = sum(int(fit[mentee, places[place]]) for mentee, place in pairs)
    print(json.dumps({"total": total, "matched": len(pairs), "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(sys.argv[1])
