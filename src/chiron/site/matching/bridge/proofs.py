"""The steps that prove a plan as one packed file, and back again."""

import json
import zlib
from collections.abc import Sequence

import numpy as np

from chiron.pairing.model.answer import Certificate, Step


def packed_proof(steps: Sequence[Step]) -> bytes:
    """Return the steps of a proof as a file."""
    rows = [
        {
            "name": step.name,
            "value": int(step.value),
            "bound": int(step.bound),
            "level": None if step.level is None else int(step.level),
            "prices": step.certificate.prices.tolist(),
            "cap_prices": step.certificate.cap_prices.tolist(),
            "weights": [int(weight) for weight in step.certificate.weights],
            "scale": int(step.certificate.scale),
            "face": bool(step.certificate.face),
            "groups": [int(group) for group in step.certificate.groups],
        }
        for step in steps
    ]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), level=3)


def unpacked_proof(content: bytes | memoryview) -> tuple[Step, ...]:
    """Return the steps in a file; nothing about them is believed before the judge has recomputed it."""
    return tuple(
        Step(
            name=row["name"],
            value=row["value"],
            bound=row["bound"],
            level=row["level"],
            certificate=Certificate(
                prices=np.array(row["prices"], dtype=np.int64),
                cap_prices=np.array(row["cap_prices"], dtype=np.int64),
                weights=tuple(row["weights"]),
                scale=row["scale"],
                face=row["face"],
                groups=tuple(row["groups"]),
            ),
        )
        for row in json.loads(zlib.decompress(content))
    )
