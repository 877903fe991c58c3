"""A term's input: the folder that `terms/README.md` describes, read and checked before anything is started."""

from ninthweek.demonstration.term.expected import Expected
from ninthweek.demonstration.term.reading import Term, TermFaulty, read_term
from ninthweek.demonstration.term.script import Feedback, Script, Verdict
from ninthweek.demonstration.term.sent import Sent

__all__ = ["Expected", "Feedback", "Script", "Sent", "Term", "TermFaulty", "Verdict", "read_term"]
