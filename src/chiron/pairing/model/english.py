"""The English of every sentence that has a code: the one place to change a wording, and the list for translators.

A pattern names values in braces. Behind a colon may stand `one|many`, chosen by the number, with # for the number;
`signed` for points with their sign; and for several values the word before the last one, as in `{names:and}`.
"""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "both": "{first} {then}",
    # What a rule sees in a pair: what it compares stands in the rule's name.
    "pair.met": "met",
    "pair.met_in_part": "met in part",
    "pair.not_met": "not met",
    "pair.silent": "one of the two has not said",
    "pair.unknown": "one of the two has not answered",
    "apart.named": "the two are to be kept apart",
    "apart.nothing": "nothing keeps the two apart",
    "asked.nothing": "the mentee has not asked for anything",
    "asked.mentor_silent": "asked for {wanted:and}; the mentor has not said",
    "asked.met": "asked for {wanted:and}: met",
    "asked.met_of_several": "asked for {wanted:and}; the mentor says {met:and}",
    "asked.like_experience": (
        "asked for {wanted:and}; instead, another background but similar difficulties met: {met:and}"
    ),
    "asked.like_values": "asked for {wanted:and}; instead, shared goals and values: {met:and}",
    "asked.not_met": "asked for {wanted:and}; the mentor says {said:and}",
    "asked.discreet.mentor_silent": "what the mentee asked for: the mentor has not said",
    "asked.discreet.met": "what the mentee asked for: met",
    "asked.discreet.like_experience": "what the mentee asked for is not met; instead, similar difficulties met",
    "asked.discreet.like_values": "what the mentee asked for is not met; instead, shared goals and values",
    "asked.discreet.not_met": "what the mentee asked for: not met",
    "commitment.unknown": "one of the two has given no time",
    "commitment.both": "{wanted} wanted, {offered} offered",
    "coverage.mentee_unknown": "the mentee has listed nothing",
    "coverage.mentor_unknown": "the mentor has listed nothing",
    "coverage.none": "{n:does not cover the one listed|covers none of the # listed}",
    "coverage.some": "covers {count} of the {n} listed: {met:and}",
    "coverage.all": "covers {n:the one|all #} listed: {met:and}",
    "distance.unknown": "one of the two has given no place",
    "distance.online": "both are willing to meet online",
    "distance.close": "less than 1 km apart",
    "distance.apart": "{km} km apart",
    "distance.and_online": "{apart}; both are willing to meet online",
    "hours.unknown": "one of the two has not given free hours",
    "hours.none": "no hour of the week in common",
    "hours.half": "half an hour of the week in common",
    "hours.whole": "{n:# hour|# hours} of the week in common",
    "hours.and_a_half": "{n}½ hours of the week in common",
    "ladder.unknown": "one of the two has given no stage",
    "ladder.same": "both at the stage {stage}",
    "ladder.ahead": "the mentor is {n:# step|# steps} ahead: {mentee} and {mentor}",
    "ladder.behind": "the mentor is {n:# step|# steps} behind: {mentee} and {mentor}",
    "near.same": "both {mentee}",
    "near.apart": "{mentee} for the mentee, {mentor} for the mentor",
    "overlap.none": "nothing in common",
    "overlap.both": "both {verb} {common:and}",
    "ranked.mentee.choice": "choice {place} of the mentee",
    "ranked.mentee.nobody": "the mentee has named nobody",
    "ranked.mentee.not_named": "not among the choices of the mentee",
    "ranked.mentor.choice": "choice {place} of the mentor",
    "ranked.mentor.nobody": "the mentor has named nobody",
    "ranked.mentor.not_named": "not among the choices of the mentor",
    "related.unknown": "one of the two has given no field",
    "related.same": "both in {fields:and}",
    "related.close": "related fields: {mentee}; {mentor}",
    "related.far": "fields that are not related: {mentee}; {mentor}",
    "same.both": "both {verb} {answer}",
    "same.different": "different: {mentee} for the mentee, {mentor} for the mentor",
    "score.unknown": "no number is given",
    "score.mentee": "{number} for the mentee",
    "score.mentor": "{number} for the mentor",
    "text.unknown": "one of the two has written nothing",
    "text.none": "no topic in common",
    "text.both": "both write about {words:and}",
    # What a rule asks, with its options.
    "asks.apart.must": "Two people must not be paired where one is named {named:or}.",
    "asks.apart.should": "Two people should not be paired where one is named {named:or}.",
    "asks.apart.by_mentee": "by the mentee under “{field}”",
    "asks.apart.by_mentor": "by the mentor under “{field}”",
    "asks.asked.must": "Only where the mentee asked ({mentee}), the mentor's {mentor} must be what was asked for.",
    "asks.asked.should": "Only where the mentee asked ({mentee}), the mentor's {mentor} should be what was asked for.",
    "asks.asked.instead.must": (
        "Only where the mentee asked ({mentee}), the mentor's {mentor} must be what was asked for; "
        "where that is not so, {instead} count in part."
    ),
    "asks.asked.instead.should": (
        "Only where the mentee asked ({mentee}), the mentor's {mentor} should be what was asked for; "
        "where that is not so, {instead} count in part."
    ),
    "asks.asked.experience": "somebody who met similar difficulties",
    "asks.asked.values": "shared goals and values",
    "asks.asked.then": "{first}, then {then}",
    "asks.commitment.must": "The mentor's {mentor} must be at least {least} % of the mentee's {mentee}.",
    "asks.commitment.should": "The mentor's {mentor} should be as much as the mentee's {mentee}; less counts in part.",
    "asks.coverage.must": "The mentor's {mentor} must cover at least {least} % of the mentee's {mentee}.",
    "asks.coverage.should": "The mentor's {mentor} should cover the mentee's {mentee}; the more, the better.",
    "asks.coverage.full.should": (
        "The mentor's {mentor} should cover the mentee's {mentee}; {full:# of them counts|# of them count} in full."
    ),
    "asks.different.must": "The mentee's {mentee} and the mentor's {mentor} must differ.",
    "asks.different.should": "The mentee's {mentee} and the mentor's {mentor} should differ.",
    "asks.distance.must": "Both must be at most {km} km apart.",
    "asks.distance.should": ("Both should be near each other: full points at the same place, none beyond {km} km."),
    "asks.distance.online.must": "Both must be at most {km} km apart, unless both are willing to meet online.",
    "asks.distance.online.should": (
        "Both should be near each other: full points at the same place, none beyond {km} km, "
        "unless both are willing to meet online."
    ),
    "asks.hours.must": "Both must have at least {least:# hour|# hours} of the week in common.",
    "asks.hours.should": (
        "Both should have hours of the week in common; {full:# common hour counts|# common hours count} in full."
    ),
    "asks.hours.named.must": "Both must have at least {least:# hour|# hours} of the week in common ({mentee}).",
    "asks.hours.named.should": (
        "Both should have hours of the week in common ({mentee}); "
        "{full:# common hour counts|# common hours count} in full."
    ),
    "asks.ladder.must": "The mentor's {mentor} must be {steps} ahead of the mentee's.",
    "asks.ladder.should": "The mentor's {mentor} should be {steps} ahead of the mentee's.",
    "asks.ladder.fewer.should": "The mentor's {mentor} should be {steps} ahead of the mentee's, the fewer the better.",
    "asks.ladder.more.should": "The mentor's {mentor} should be {steps} ahead of the mentee's, the more the better.",
    "asks.ladder.steps.exactly": "exactly {n:# step|# steps}",
    "asks.ladder.steps.at_least": "at least {n:# step|# steps}",
    "asks.ladder.steps.between": "{least} to {most} steps",
    "asks.near.must": "The mentee's {mentee} and the mentor's {mentor} must be at most {most} apart.",
    "asks.near.should": (
        "The mentee's {mentee} and the mentor's {mentor} should be close: "
        "a difference of {full} is as close as asked, more than {most} is not close."
    ),
    "asks.near.different.must": "The mentee's {mentee} and the mentor's {mentor} must be more than {most} apart.",
    "asks.near.different.should": (
        "The mentee's {mentee} and the mentor's {mentor} should be far apart: "
        "a difference of {full} is as close as asked, more than {most} is not close."
    ),
    "asks.overlap.must": "The mentee's {mentee} and the mentor's {mentor} must have at least {least} in common.",
    "asks.overlap.should": (
        "The mentee's {mentee} and the mentor's {mentor} should have something in common; "
        "{full:# common answer counts|# common answers count} in full."
    ),
    "asks.overlap.different.must": (
        "The mentee's {mentee} and the mentor's {mentor} must have fewer than {least} in common."
    ),
    "asks.overlap.different.should": (
        "The mentee's {mentee} and the mentor's {mentor} should have few in common; "
        "{full:# common answer counts|# common answers count} in full."
    ),
    "asks.ranked.mentee.must": "The pair must be among the mentee's {mentee}.",
    "asks.ranked.mentee.should": (
        "The pair should be among the mentee's {mentee}: full points for the first choice, fewer for each after it."
    ),
    "asks.ranked.mentor.must": "The pair must be among the mentor's {mentor}.",
    "asks.ranked.mentor.should": (
        "The pair should be among the mentor's {mentor}: full points for the first choice, fewer for each after it."
    ),
    "asks.related.must": "The mentor's {mentor} must be the same as or close to the mentee's {mentee}.",
    "asks.related.should": "The mentor's {mentor} should be the same as or close to the mentee's {mentee}.",
    "asks.related.different.must": "The mentor's {mentor} must be far from the mentee's {mentee}.",
    "asks.related.different.should": "The mentor's {mentor} should be far from the mentee's {mentee}.",
    "asks.same.must": "The mentee's {mentee} and the mentor's {mentor} must be the same.",
    "asks.same.should": "The mentee's {mentee} and the mentor's {mentor} should be the same.",
    "asks.same.not.must": "The mentee's {mentee} and the mentor's {mentor} must not be the same.",
    "asks.same.not.should": "The mentee's {mentee} and the mentor's {mentor} should not be the same.",
    "asks.score.mentee.must": "The mentee's {mentee} must be at least {full}.",
    "asks.score.mentee.should": (
        "The higher the mentee's {mentee}, the better: {full} counts in full, {least} or less not at all."
    ),
    "asks.score.mentor.must": "The mentor's {mentor} must be at least {full}.",
    "asks.score.mentor.should": (
        "The higher the mentor's {mentor}, the better: {full} counts in full, {least} or less not at all."
    ),
    "asks.text.must": (
        "The mentee's {mentee} and the mentor's {mentor} must be about the same things; rare words count most."
    ),
    "asks.text.should": (
        "The mentee's {mentee} and the mentor's {mentor} should be about the same things; rare words count most."
    ),
    "asks.text.one_question.must": (
        "What both wrote under “{mentee}” must be about the same things; rare words count most."
    ),
    "asks.text.one_question.should": (
        "What both wrote under “{mentee}” should be about the same things; rare words count most."
    ),
    # The programme's priority, and who comes next.
    "priority.after": "Served first here: {field} {answers}; this mentee comes after them, while places last.",
    "priority.at": "Served in place {place} of the programme's order: {field} {answers}.",
    "waits.for_nobody": "No mentor whom {mentee} may have has a place.",
    "waits.for_mentor": "Would be offered {mentor}, with a fit of {fit}.",
    # Demands that cannot hold together.
    "conflict.lock": "{mentee} and {mentor} are locked together.",
    "conflict.apart": "{mentee} and {mentor} are kept apart.",
    "conflict.places": "{mentor} has {n:# place|# places}.",
    "conflict.all_places": "The mentors have {n:# place|# places}.",
    "conflict.cap": "“{cap}” allows at most {n:# pair|# pairs}.",
    "conflict.least": "{mentor} must have at least {n:# mentee|# mentees}.",
    "conflict.cap_least": "“{cap}” must have at least {n:# pair|# pairs}.",
    "conflict.wanted": "{mentee} may have {n:# mentor|# mentors}.",
    "conflict.clash": "Nobody may have both {one} and {other}.",
    "conflict.rule": "The rule “{rule}” must hold.",
    "conflict.forbids": "The rule “{rule}” forbids it: {why}.",
    "conflict.too_many": "That is {n} more than can be paired there.",
    "conflict.together_too_many": "Together that is {n} more than can be paired there.",
    "conflict.opens_with": "A group opens with {n} members or more.",
    "conflict.locks_open": "The mentor of a locked pair must have an open group.",
    "conflict.everyone": "Every mentee must have a mentor. Without one: {names}.",
    "conflict.everyone_of_many": "Every mentee must have a mentor. Without one: {names} and {more} more.",
    "conflict.no_stable_plan": (
        "No stable plan leaves nobody out, in whatever order equal wishes are put. "
        "Take another aim, or let everyone be false."
    ),
    "conflict.stable_undecided": (
        "No stable plan was found that leaves nobody out; whether there is one was not decided. "
        "Take another aim, or let everyone be false."
    ),
    # Why a change cannot be made, and what one does to the others.
    "change.forbidden": "A must rule forbids this pair, or the two are kept apart.",
    "change.locked": "This pair is locked. Free it first.",
    "change.not_locked": "This pair is not locked.",
    "change.all_locked": "All mentors of this mentee are locked.",
    "change.locked_out": "Every place that could be used is held by a locked pair.",
    "change.mentor_locked_out": "Every place of this mentor is held by a locked pair.",
    "change.nothing_to_undo": "There is no change to take back.",
    "change.no_part": "This mentee takes no part.",
    "change.too_large": "This fit is far larger than all others; the plan must be found anew.",
    "change.no_place": "This mentor has no place.",
    "change.too_few_mentees": (
        "Then too few mentees are left for a mentor or group that needs a least number of them."
    ),
    "change.too_few_places": "There are not so many places to take away.",
    "change.least": "At least {n:# pair is|# pairs are} needed there.",
    "change.swap_elsewhere": "The other mentee does not have this mentor.",
    "change.swap_nothing": "There is no mentor to give in exchange.",
    "change.swap_same": "Both mentees have this mentor already.",
    "effect.all": "{parts}; {matched}",
    "effect.loses": "{name} would have no mentor",
    "effect.gains": "{name} would have a mentor ({after})",
    "effect.same_fit": "{name} would change mentor and stay at {after}",
    "effect.other_fit": "{name} would go from {before} to {after}",
    "effect.more_move": "{n:# more person|# more people} would move",
    "effect.total": "whole plan {points:signed}",
    "effect.same_total": "whole plan the same",
    "effect.same_matched": "same number matched",
    "effect.more_matched": "{n} more matched",
    "effect.fewer_matched": "{n} fewer matched",
    # What a judge finds broken in a plan.
    "broken.no_table": "The pairs are not a table of whole numbers with one row a pair: mentee, mentor.",
    "broken.unknown_pair": "Pair ({one}, {other}) names somebody who is not there.",
    "broken.unknown_tie": "A tie names somebody who does not exist.",
    "broken.unknown_place": "A tie names somebody or a place that does not exist.",
    "broken.not_allowed": "{one} and {other} may not be paired.",
    "broken.forbidden": "{mentee} and {mentor} may not be paired: {rules}.",
    "broken.apart": "{mentee} and {mentor} may not be paired: they are kept apart.",
    "broken.self": "{mentee} stands on both sides, and may not be paired with the same person.",
    "broken.paired_twice": "{mentee} and {mentor} are paired {n} times.",
    "broken.wanted": "{mentee} has {n:# mentor|# mentors}, and may have {most}.",
    "broken.several_mentors": "{mentee} has {n} mentors.",
    "broken.partners": "{person} has {n} partners, and may have 1.",
    "broken.capacity": "{mentor} has {n:# mentee|# mentees}, and takes {most}.",
    "broken.least": "{mentor} has {n:# mentee|# mentees}, and needs at least {least}.",
    "broken.load": "{mentor} carries {n}, and can carry {most}.",
    "broken.cap": "{cap}: {n:# pair|# pairs}, and at most {most:# is|# are} allowed.",
    "broken.cap_least": "{cap}: {n:# pair|# pairs}, and at least {least:# is|# are} needed.",
    "broken.clash": "{mentee} has both {one} and {other}, who clash.",
    "broken.lock": "The locked pair {mentee} and {mentor} is missing.",
    "broken.fits": "There is not one fit for each pair.",
    "broken.fit": "{mentee} and {mentor} fit {fit}, not {said}.",
    "broken.compiled": "The compiled rules say something else of {mentee} than the rules.",
    "broken.not_apart": "The pair ({one}, {other}) is not kept apart.",
    "broken.steps": "The steps should be {steps}.",
    "broken.bound": "The bound of “{step}” is said to be {said}, and the evidence gives {bound}.",
    "broken.value": "The value of “{step}” is said to be {said}, and is {value}.",
    "broken.not_reached": "The value of “{step}” is said to be {said}, and the plan does not reach that.",
    "broken.may_not_mentor": "{mentor} may not mentor {mentee}.",
    "broken.chain.needs_mentor": "{mentor} is a mentor without having one, and this programme asks for that.",
    "broken.chain.cycle": "{person} is, through others, their own mentor.",
    "broken.chain.link": "A tie is not counted to the generation of its mentee.",
    "broken.chain.open": "The list of people without a mentor is not that of this plan.",
    "broken.rounds.unknown": "Pair ({one}, {other}) meets in a round that does not exist.",
    "broken.rounds.mentee": "{person} has {n} meetings in {round}.",
    "broken.rounds.mentor": "{person} has {n} meetings in {round}, and takes {most} at once.",
    "broken.slot.not_allowed": "{mentee} may not have {mentor} for {slot}.",
    "broken.slot.several": "{mentee} has {n} mentors for {slot}.",
    "broken.slot.same_mentor": "{mentor} fills {n} places of {mentee}.",
    "broken.slot.most": "{mentor} fills {n} places for {slot}, and takes {most}.",
    "broken.slot.open": "The list of open places is not that of this plan.",
    "broken.group.unknown": "Group {group} names somebody who is not in the pool.",
    "broken.group.members": "Group {group} has {n:# member|# members}, and may have {least} to {most}.",
    "broken.group.mentees": "Group {group} has {n:# mentee|# mentees}, and may have {least} to {most}.",
    "broken.group.mentors": "Group {group} has {n:# mentor|# mentors}, and may have {least} to {most}.",
    "broken.group.not_allowed": "{one} and {other} may not be in one group.",
    "broken.group.several": "{person} is in {n} groups.",
    "broken.group.closed": "The group of {mentor} has {n:# member|# members}, and opens only with {least}.",
    "broken.group.ties": "The ties are not those of the groups.",
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
    # A group beside everyone together.
    "beside.higher": "Higher than everyone together",
    "beside.lower": "Lower than everyone together",
    "beside.unclear": "No clear difference",
    "beside.too_few": "Too few people to tell",
    "beside.not_shown": "Not shown",
    "beside.not_compared": "Not compared so near the end",
    "beside.to_look_at": "{n} of {count} groups to look at",
    # A few names, and how many more.
    "people": "{names:and}",
    "people.and_more": "{names} and {more} more",
    # Why somebody has nobody.
    "why.none_wanted": "{mentee} asked for no mentor.",
    "why.no_mentor": "There is no mentor.",
    "why.no_mentee": "There is no mentee.",
    "why.no_mentor_allowed": "No mentor is allowed: {reasons}.",
    "why.no_mentee_allowed": "No mentee is allowed: {reasons}.",
    "why.all_ruled_out": "No mentor is allowed: each breaks a rule that must hold.",
    "why.not_worked_out": "{n:# mentor fits|# mentors fit}. Why none is free was not worked out, as many are left.",
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
    # What a plan gave up.
    "gave_up.unmatched": "{n:# mentee has|# mentees have} no mentor.",
    "gave_up.lowest": "The lowest fit is {lowest}; 1 in 100 pairs are at or below {one}, 5 in 100 at or below {five}.",
    "gave_up.nothing": "The total is {total}, and no plan reaches more.",
    "gave_up.points": "The total is {total}, {price} points under the highest that any plan reaches.",
    "gave_up.points_and_share": (
        "The total is {total}, {price} points ({share} %) under the highest that any plan reaches."
    ),
    "gave_up.no_blocking": "No mentee and mentor would both rather have each other than what they have.",
    "gave_up.blocking": (
        "{n:# pair of a mentee and a mentor|# pairs of a mentee and a mentor} would both rather have each other than "
        "what they have."
    ),
    "gave_up.envious": ("{n:# mentee|# mentees} would rather have a mentor who took somebody of a later priority."),
    "gave_up.first_choices": "{n} of {pairs} pairs are a mentee's first choice.",
    "gave_up.best_fits": "{n} of {pairs} pairs are the best fit that the mentee could have.",
}
