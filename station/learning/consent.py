"""Who answers for a collection of personal data, and why it is made."""

from dataclasses import dataclass

from station.learning.refusal import LearningRefused

ANSWERS = "head-of-unit"
"""The role that may answer for it. The technician who types the command does not answer for himself."""
_LEAST_REASON = 10


@dataclass(frozen=True, slots=True)
class Consent:
    """Why crops of plates are kept, the account of the person who answers for it, and that person's role."""

    reason: str
    person: str
    role: str

    @property
    def text(self) -> str:
        """As it was typed; the inverse of `read_consent`."""
        return f"{self.reason}/{self.person} {self.role}"


def read_consent(said: str) -> Consent:
    """What "REASON/PERSON ROLE" states; the reason may hold a slash itself. Raises LearningRefused("no-consent")."""
    reason, _, who = said.rpartition("/")
    person, _, role = who.strip().rpartition(" ")
    consent = Consent(reason.strip(), person.strip(), role)
    if len(consent.reason) < _LEAST_REASON:
        raise LearningRefused("no-consent", "--consent", f"the reason has fewer than {_LEAST_REASON} characters")
    if not consent.person or consent.role != ANSWERS:
        raise LearningRefused("no-consent", "--consent", f"no PERSON with the role {ANSWERS} behind the last /")
    return consent
