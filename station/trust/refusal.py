"""Why something signed, or a key file, is not trusted: a code, what was seen and the next step."""

from typing import Literal

Reason = Literal[
    "not-json",  # the bytes are no JSON of ours
    "unsigned",  # JSON, but without the four fields of a signed thing, or with an empty signature
    "wrong-purpose",  # signed for something else
    "unknown-key",  # nobody whom the root or the officers file names
    "out-of-scope",  # a centre key, but not for this purpose
    "key-expired",  # the key's time is over
    "key-revoked",  # the root has revoked the key
    "bad-signature",  # the signature does not fit payload, purpose and key
    "malformed",  # rightly signed, but not what this purpose carries
    "wrong-station",  # meant for another station
    "outdated",  # not newer than what is already in force
    "serial-twice",  # the root has signed two different statements under one serial
    "revocation-missing",  # a statements file without a revocation that this station has seen
    "stale",  # the act's own time is over
    "wrong-actor",  # the act names another person than the owner of the key
    "wrong-role",  # the act claims a role that the officers file does not give
    "same-person",  # two persons are needed, and one credential or one account came twice
    "wrong-fingerprint",  # what was typed from the letter or the telephone is not the key's fingerprint
    "root-not-accepted",  # nobody has compared this root with the printed letter
    "key-file-missing",
    "key-file-exposed",  # others than the owner may read it
    "key-file-malformed",
    "wrong-password",
]

_NEXT_STEPS: dict[Reason, str] = {
    "not-json": "send it again from the centre's or the console's own software",
    "unsigned": "have the sender sign it",
    "wrong-purpose": "send it on the channel it was signed for",
    "unknown-key": "enrol the key: a statement of the root for a centre key, the officers file for an officer",
    "out-of-scope": "sign with a key that the root has given this scope",
    "key-expired": "have the key renewed",
    "key-revoked": "sign with a key that is in force, and find out who still uses this one",
    "bad-signature": "treat the sender or the way between as suspect; have it signed and sent again",
    "malformed": "compare the software versions of sender and station",
    "wrong-station": "send it to the station it names",
    "outdated": "send the newest one",
    "serial-twice": "have the root sign a new statement with a higher serial, and find out who signed twice",
    "revocation-missing": "put back the newest statements file, and find out who replaced it",
    "stale": "look at the crossing again and act again",
    "wrong-actor": "log in with your own account and act again",
    "wrong-role": "have somebody with the needed role act, or have the officers file renewed",
    "same-person": "have a second officer confirm with a key of their own",
    "wrong-fingerprint": "stop: compare letter and file again, and ask the sender which key it is",
    "root-not-accepted": "have two officers compare it with the printed letter: station trust accept",
    "key-file-missing": "provision the key file",
    "key-file-exposed": "chmod 600 the file, and replace the key if others had access",
    "key-file-malformed": "restore the key file or make and enrol a new key",
    "wrong-password": "enter the password again",
}


class Untrusted(Exception):
    """A refusal: `reason` is its code, `seen` what was there (short, no secrets), `next_step` what to do now."""

    def __init__(self, reason: Reason, seen: str) -> None:
        self.reason: Reason = reason
        self.seen = seen
        self.next_step = _NEXT_STEPS[reason]
        super().__init__(f"{reason}: {seen}; next: {self.next_step}")
