"""Decide what to believe of directories: who joins or leaves a team, and which limits that exceeds."""

from reconciler.sources.people.answers import CheckedAnswer as CheckedAnswer
from reconciler.sources.people.answers import check_answers as check_answers
from reconciler.sources.people.answers import with_evidence as with_evidence
from reconciler.sources.people.belief import Belief as Belief
from reconciler.sources.people.belief import believe as believe
from reconciler.sources.people.belief import only_removals as only_removals
from reconciler.sources.people.belief import without_reassigned as without_reassigned
from reconciler.sources.people.comparison import changes as changes
from reconciler.sources.people.comparison import leaving as leaving
from reconciler.sources.people.limits import digest as digest
from reconciler.sources.people.limits import exceeded as exceeded
from reconciler.sources.people.references import HeldLists as HeldLists
from reconciler.sources.people.references import Reference as Reference
from reconciler.sources.people.references import References as References
from reconciler.sources.people.references import held_lists as held_lists
from reconciler.sources.people.references import references as references
