"""The English of every sentence that has a code: the one place to change a wording, and the list for translators.

A pattern names values in braces. Behind a colon may stand `one|many`, chosen by the number, with # for the number;
`signed` for points with their sign; and for several values the word before the last one, as in `{names:and}`.
"""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "both": "{first} {then}",
    # The programme's priority, and who comes next.
    "priority.after": "Served first here: {field} {answers}; this mentee comes after them, while places last.",
    "priority.at": "Served in place {place} of the programme's order: {field} {answers}.",
    "waits.for_nobody": "No mentor whom {mentee} may have has a place.",
    "waits.for_mentor": "Would be offered {mentor}, with a fit of {fit}.",
    "conflict.everyone": "Every mentee must have a mentor. Without one: {names}.",
    "conflict.no_stable_plan": (
        "No stable plan leaves nobody out, in whatever order equal wishes are put. "
        "Take another aim, or let everyone be false."
    ),
    "conflict.stable_undecided": (
        "No stable plan was found that leaves nobody out; whether there is one was not decided. "
        "Take another aim, or let everyone be false."
    ),
    # What groups are called.
    "group.of_mentor": "Group of {mentor}",
    "group.circle": "Circle {number}",
    "group.team": "Team {number}",
    "group.round": "Round {number}",
    # Why somebody is tied to nobody in a shape.
    "left.no_mentors": "There is no mentor for {name}.",
    "left.nobody_allowed": "No mentor is allowed for {name}: {reasons}.",
    "left.ruled_out": "“{rule}” rules out {n} of {count}",
    "left.kept_apart": "{n:# is|# are} kept apart",
    "left.full": "{n:# mentor fits|# mentors fit} {name}; {reasons:and}.",
    "left.needed_elsewhere": "Everybody whom the rules allow {name} is taken by people whom the plan needs there.",
    "left.own_mentor_first": (
        "Whoever could mentor {name} has no mentor of their own, and this programme asks for that first."
    ),
    "left.team_sizes": (
        "{mentees:# mentee|# mentees} and {mentors:# mentor|# mentors} make {teams:# whole team|# whole teams} at most."
    ),
    "left.team_lost_out": "Every team that {name} could join would have to give up somebody else.",
    "left.mentor_not_needed": "The plan is best with everybody elsewhere.",
    "left.mentor_no_place": "{name} has no place.",
    "left.mentor_nobody_allowed": "Nobody is allowed {name} as a mentor.",
    "left.fix.place": "{n:# more place|# more places} with {mentor} would fix it.",
    # Peers without a partner.
    "peer.nobody_allowed": "Nobody is allowed as a partner for {name}.",
    "peer.at_a_loss": "A pair with {name} would cost the whole plan more points than it brings.",
    "peer.odd_number": (
        "{name} is one of {people} people who can only be paired among themselves, and {people} is an odd number. "
        "One of them is always left over."
    ),
    "peer.lost_out": (
        "Everybody who may be paired with {name} has a partner, and any exchange would leave somebody else without one."
    ),
    "peer.fix.pair": "If {one} and {other} were allowed to be paired, both would have a partner.",
    "peer.fix.person": "One more person who may be paired with {name} would be a partner.",
    # People who sit in no circle.
    "circle.too_few_allowed": (
        "Only {others:# person|# people} may sit with {name}, and a circle needs {needed:# other|# others}."
    ),
    "circle.sizes": (
        "{people} people do not divide into circles of {least} to {most}: at most {seats} find a place, "
        "and {name} is left over."
    ),
    "circle.lost_out": "Every circle that {name} could join would have to give up somebody else.",
    "circle.fix.larger": "With circles of up to {most}, {people} would find a place.",
    "circle.fix.person": "If one person joined who may sit with everybody, {people} would find a place.",
    # A few names, and how many more.
    "people": "{names:and}",
    "people.and_more": "{names} and {more} more",
    # Why somebody has nobody.
    "why.none_wanted": "{mentee} asked for no mentor.",
    "why.no_mentor": "There is no mentor.",
    "why.no_mentee": "There is no mentee.",
    "why.no_mentor_allowed": "No mentor is allowed: {reasons}.",
    "why.no_mentee_allowed": "No mentee is allowed: {reasons}.",
    "why.ruled_out": "“{rule}” rules out {n} of {count}",
    "why.kept_apart": "{n:# is|# are} kept apart",
    "why.full": "{n:# mentor fits|# mentors fit}; {reasons:and}.",
    "why.one_full": "that mentor is full",
    "why.all_full": "all are full",
    "why.some_full": "{n:# is|# are} full",
    "why.one_without_places": "that mentor has no place",
    "why.all_without_places": "none of them has a place",
    "why.some_without_places": "{n:# has|# have} no place",
    "why.one_closed": "that mentor's group stays closed",
    "why.all_closed": "their groups stay closed",
    "why.some_closed": "{n:# group stays|# groups stay} closed",
    "why.capped": "{caps:and} {n:allows|allow} no more pairs",
    "why.held": "{full} A place there is held for {who}, who must have as many as now.",
    "why.at_a_loss": "There is room, but every way to use it lowers the total fit of the plan.",
    "why.room_unused": "There is room with {mentor}, and this plan does not use it.",
    "why.room_could_be_made": "Somebody could make room with {mentor}, and this plan does not use that.",
    "why.no_place": "{mentor} has no place.",
    "why.mentor_capped": "“{cap}” allows no more pairs.",
    "why.not_needed": "{n:# mentee fits|# mentees fit}; the plan is best with them elsewhere. "
    "{free:# place is|# places are} free.",
    "why.left_free": "{n:# mentee fits|# mentees fit}; the plan is best without another pair here. "
    "{free:# place is|# places are} free.",
    "why.closed_group": "The group of {mentor} stays closed: it would open with {least:# member|# members} or more.",
    # What would change it.
    "fix.alone": "{fix}.",
    "fix.along": "{fix}, and help {others}, too.",
    "fix.has_room": "has room",
    "fix.makes_room": "can get room",
    "fix.assign": "Choose {mentor}, who {room}.",
    "fix.place": "{n:# more place|# more places} with {mentor} would fix it",
    "fix.cap": "{n:# more pair|# more pairs} under “{cap}” would fix it",
    "fix.least": "If {who} had to have only {fewer} instead of {least}, {mentor} would have a place",
    "fix.rule": "Bend the rule “{rule}”: {mentor} {room} and meets every other rule.",
    "fix.remote": "Allow remote meetings: {mentor} {room} and meets every rule but “{rule}”.",
    "fix.apart": "Allow the pair with {mentor}, who {room}; the two are kept apart now.",
    "fix.mentor": "1 more mentor whom the rules allow would fix it, if {mentee} is locked to that mentor.",
    "fix.several": "It takes {steps:and}.",
    "fix.without_lock": "{fix} Without the lock it would help {others} instead.",
    "fix.step.lock": "{mentee} locked to {mentor}",
    "fix.step.lock_newcomer": "{mentee} locked to that mentor",
    "fix.step.new_mentor": "1 more mentor whom the rules allow",
    "fix.step.more_places": "{n:# more place|# more places} with {mentor}",
    "fix.step.raise_cap": "{n:# more pair|# more pairs} under “{cap}”",
    "fix.step.lower_least": "{fewer:# pair|# pairs} instead of {least} for {who}",
    "fix.step.bend_rules": "an exception to {count:the rule|the rules} {rules:and} for {mentor}",
    "fix.step.lift_apart": "the pair with {mentor} no longer kept apart",
    # Places of a panel or of programmes that run together which nobody fills.
    "open.nobody_allowed": "No mentor is allowed for {mentee} in {place}.",
    "open.hindered": "Of {mentors:# mentor|# mentors} allowed for {mentee} in {place}: {hindrances}.",
    "open.other_place": "{n} {n:fills|fill} another place of the same mentee",
    "open.no_room": "{n} {n:has|have} no room left",
    "open.no_room_for_kind": "{n} {n:has|have} no room left for this kind of place",
    "open.programme_limit": "{n} would exceed the number of pairs of the programme",
    "open.cap": "{n} would exceed a limit of a site or organisation",
    "open.at_a_loss": "{n} {n:has|have} room, but the pair would lower the total",
    "open.fix.place": "One more place with {mentor}.",
    "open.fix.units": "{units} more places with {mentor}.",
    "open.fix.cap": "One more pair in {cap}.",
    "open.fix.programme_limit": "No limit on the number of pairs of a programme.",
    "open.fix.same_mentor": "One mentor may fill two places of the same person.",
}
