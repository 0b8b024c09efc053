"""Words that say nothing of a topic: little words of English, and words that everybody writes in a mentoring form."""

_LITTLE = """
a about above after again against all almost also although always am among an and another any anybody anyone anything
are around as ask at away back be became because become been before being below best better between both but by can
cannot could did do does doing done down due during each either else enough etc ever every everybody everyone
everything few find first for from further get gets getting give given go goes going gone good got great had has have
having he hello help helped helpful helping helps her here hers herself hi him himself his hope how however i if in
instead interest interested interests into is it its itself just keen keep know known last later least less let like
liked likes little look looking lot lots love made make makes making many may maybe me might mine more most much must
my myself near need needed needs neither never new next no nobody none nor not nothing now of off often on once one
only onto open or other others ought our ours ourselves out over own part particularly perhaps please possible quite
rather re really s same see seem seems several shall she should since so some somebody someone something sometimes
soon still such sure t take than thank thanks that the their theirs them themselves then there therefore these they
thing things think this those though through to together too toward towards two under until up upon us use used using
usually very via want wanted wants was way ways we well went were what whatever when where whether which while who
whole whom whose why will willing wish with within without work working would year years yes yet you your yours
yourself yourselves
"""
_FORMS = """
mentor mentors mentored mentoring mentee mentees mentorship programme program programmes programs
"""

STOP_WORDS: frozenset[str] = frozenset(f"{_LITTLE} {_FORMS}".split())
