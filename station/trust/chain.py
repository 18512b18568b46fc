"""From the root to the keys in force: the root states which centre key may sign what and until when.

All statements are signed by the root for the purpose "centre-key"; which one it is says the class name in the payload.
A revocation is final: a key that may be in wrong hands never comes back, a new one is issued instead.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from drivers.contract.plain import NotPlain, decode, from_plain
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Purpose, Signed, read_payload, sign, verify

Scope = Literal["receipt", "list", "decision", "suspension", "officers", "rules", "watchlist", "update"]


@dataclass(frozen=True, slots=True)
class Root:
    """The root's own public key, signed by itself so that the demo mark cannot be taken off. `key` is hex."""

    key: str
    demo: bool


@dataclass(frozen=True, slots=True)
class CentreKey:
    """`key` (hex) may sign for `scopes` until `not_after_ms` UTC. The highest `number` of a key is the one in force."""

    key: str
    scopes: tuple[Scope, ...]
    not_after_ms: int
    number: int


@dataclass(frozen=True, slots=True)
class Revocation:
    """The key with this id is revoked for good."""

    key_id: str
    number: int


Statement = CentreKey | Revocation


def make_root(key: PrivateKey, *, demo: bool) -> Signed:
    """The root's provisioning file. A station that holds a demo root never drives real ports."""
    return sign("centre-key", Root(key.public.text, demo), key)


def state(statement: Statement, root: PrivateKey) -> Signed:
    """Sign a statement of the root."""
    return sign("centre-key", statement, root)


class Trusted:
    """Whom the station believes: one root and its statements. Immutable; `with_statements` gives the next one."""

    def __init__(self, root: Signed, statements: Iterable[Signed] = ()) -> None:
        """Raises Untrusted if the root file or any statement is not what it should be."""
        body = _read_root(root)
        self.root_key = PublicKey.from_text(body.key)
        self.is_demo = body.demo
        self._root = root
        self._statements = tuple(statements)
        self._keys: dict[str, tuple[PublicKey, CentreKey]] = {}
        self._revoked: set[str] = set()
        for signed in self._statements:
            self._take(self._read(signed))

    @classmethod
    def load(cls, root_file: Path, statements_file: Path | None = None) -> "Trusted":
        """From a root file and a file with one signed statement per line. Raises Untrusted naming the file."""
        root = Signed.from_wire(_read_public(root_file))
        return cls(root, _read_statements(statements_file) if statements_file else [])

    def save(self, root_file: Path, statements_file: Path) -> None:
        """Write the two files that `load` reads."""
        _replace(root_file, self._root.to_wire() + b"\n")
        _replace(statements_file, b"".join(signed.to_wire() + b"\n" for signed in self._statements))

    def with_statements(self, *statements: Signed) -> "Trusted":
        """The same root with more statements: rotation, renewal, revocation. Raises Untrusted."""
        return Trusted(self._root, (*self._statements, *statements))

    def reloaded(self, statements_file: Path) -> "Trusted":
        """The same root with the statements that the file holds now. Raises Untrusted."""
        return Trusted(self._root, _read_statements(statements_file))

    @property
    def revoked(self) -> frozenset[str]:
        """The ids of all revoked keys."""
        return frozenset(self._revoked)

    @property
    def numbers(self) -> dict[str, int]:
        """The number in force of each centre key, by key id."""
        return {key_id: statement.number for key_id, (_, statement) in self._keys.items()}

    def refuse_going_back(self, revoked: Collection[str], numbers: Mapping[str, int]) -> None:
        """Raises Untrusted if these statements are older than what has been seen: a revocation is missing, or a key's
        newest number. A key may be missing as a whole: that only takes trust away.
        """
        missing = sorted(set(revoked) - self._revoked)
        if missing:
            raise Untrusted("revocation-missing", f"of key {missing[0]}")
        for key_id, number in self.numbers.items():
            if number < numbers.get(key_id, number):
                raise Untrusted("outdated", f"statement {number} of key {key_id}, in force is {numbers[key_id]}")

    def keys_for(self, purpose: Purpose, utc_ms: int) -> dict[str, PublicKey]:
        """The keys, by id, that may sign for `purpose` at this time."""
        return {
            key_id: key
            for key_id, (key, statement) in self._keys.items()
            if key_id not in self._revoked and purpose in statement.scopes and utc_ms <= statement.not_after_ms
        }

    def verify(self, signed: Signed, purpose: Purpose, utc_ms: int) -> Any:  # noqa: ANN401 - JSON
        """The payload, if a centre key in force at `utc_ms` signed it for `purpose`. Raises Untrusted."""
        if signed.purpose == purpose:
            self._refuse_key(signed.key, purpose, utc_ms)
        return verify(signed, purpose, self.keys_for(purpose, utc_ms))

    def _refuse_key(self, key_id: str, purpose: Purpose, utc_ms: int) -> None:
        if key_id in self._revoked:
            raise Untrusted("key-revoked", f"key {key_id}")
        if key_id not in self._keys:
            return
        statement = self._keys[key_id][1]
        if purpose not in statement.scopes:
            raise Untrusted("out-of-scope", f"key {key_id} may sign {', '.join(statement.scopes)}, not {purpose}")
        if utc_ms > statement.not_after_ms:
            raise Untrusted("key-expired", f"key {key_id} at {statement.not_after_ms} ms UTC, now {utc_ms}")

    def _read(self, signed: Signed) -> Statement:
        payload = verify(signed, "centre-key", {self.root_key.key_id: self.root_key})
        try:
            statement: Statement = from_plain(Statement, payload)
        except NotPlain as error:
            raise Untrusted("malformed", str(error)[:200]) from error
        return statement

    def _take(self, statement: Statement) -> None:
        match statement:
            case Revocation(key_id=key_id):
                self._revoked.add(key_id)
            case CentreKey():
                key = PublicKey.from_text(statement.key)
                known = self._keys.get(key.key_id)
                if known is None or statement.number > known[1].number:
                    self._keys[key.key_id] = (key, statement)


def _read_root(root: Signed) -> Root:
    """The root file's body, if the key in it is the one that signed it."""
    try:
        key = PublicKey.from_text(decode(Root, root.payload.encode()).key)
    except ValueError as error:
        raise Untrusted("malformed", f"root file: {str(error)[:200]}") from error
    return read_payload(Root, verify(root, "centre-key", {key.key_id: key}))


def _read_statements(file: Path) -> list[Signed]:
    return [Signed.from_wire(line) for line in _read_public(file).splitlines() if line.strip()]


def _replace(path: Path, data: bytes) -> None:
    """In one step: a running lane reads the file whenever it changes."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(data)
    new.replace(path)


def _read_public(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Untrusted("key-file-missing", f"{path}: {error.strerror}") from error
