"""The English of every sentence that has a code: the one place to change a wording, and the list for translators.

A pattern names values in braces. Behind a colon may stand `one|many`, chosen by the number, with # for the number;
`signed` for points with their sign; and for several values the word before the last one, as in `{names:and}`.
"""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # Places of a panel or of programmes that run together that nobody fills.
    "open.nobody_allowed": "No mentor is allowed for {mentee} in {place}.",
}
