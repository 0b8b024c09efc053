"""Wishes about who somebody is: a mentee may ask for a shared background or a gender, and nobody else may use it.

A plan is therefore looked at twice, with the wishes and without, and whoever changes mentor between the two is shown.
"""

from chiron.blueprints.schema.matching import Matching, RuleSpec


def wishes(matching: Matching) -> tuple[RuleSpec, ...]:
    """Return the rules by which a mentee's own wish about who the mentor is counts."""
    asked = (rule for rule in matching.rules if rule.kind == "asked")
    return tuple(
        rule
        for rule in asked
        if matching.spec(rule.mentee_field).sensitive or matching.spec(rule.mentor_field).sensitive
    )


def without_wishes(matching: Matching) -> Matching:
    """Return the rules without those wishes."""
    dropped = {rule.name for rule in wishes(matching)}
    return matching.model_copy(update={"rules": tuple(rule for rule in matching.rules if rule.name not in dropped)})
