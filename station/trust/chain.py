"""From the root to the keys in force: the root states which centre key may sign what and until when.

`KeysInForce` (purpose "trust") says it whole and is numbered: it travels to stations, and the highest serial counts.
Single statements (purpose "centre-key") count only where there is no whole one. A revocation is final: a key that may
be in wrong hands never comes back, a new one is issued instead.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from drivers.contract.plain import NotPlain, decode, from_plain
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Purpose, Signed, read_payload, sign, verify
from station.trust.statements import CentreKey, KeysInForce, Revocation, Root, Statement

MOST_STATEMENT_BYTES = 256 * 1024
MOST_SERIAL = 2**53


def make_root(key: PrivateKey, *, demo: bool) -> Signed:
    """The root's provisioning file. A station that holds a demo root never drives real ports."""
    return sign("centre-key", Root(key.public.text, demo), key)


def state(statement: Statement, root: PrivateKey) -> Signed:
    """Sign a single statement of the root."""
    return sign("centre-key", statement, root)


def state_all(keys: KeysInForce, root: PrivateKey) -> Signed:
    """Sign the whole of what the root says."""
    return sign("trust", keys, root)


class Trusted:
    """Whom the station believes: one root and its statements. Immutable; `with_statements` gives the next one.

    `serial` is that of the newest whole statement, 0 without one; `sha256` (hex) covers what was signed.
    """

    def __init__(self, root: Signed, statements: Iterable[Signed] = ()) -> None:
        """Raises Untrusted if the root file or any statement is not what it should be."""
        body = _read_root(root)
        self.root_key = PublicKey.from_text(body.key)
        self.is_demo = body.demo
        self._root = root
        self._statements = tuple(statements)
        self._keys: dict[str, tuple[PublicKey, CentreKey]] = {}
        self._revoked: set[str] = set()
        self.serial, self.sha256 = 0, ""
        self.whole: Signed | None = None
        singles = [self._read(signed) for signed in self._statements if signed.purpose != "trust"]
        whole: Sequence[Statement] | None = None
        for signed in self._statements:
            if signed.purpose == "trust":
                whole = self._take_whole(signed, whole)
        for statement in singles if whole is None else whole:
            self._take(statement)

    @classmethod
    def load(cls, root_file: Path, statements_file: Path | None = None, arrived: Path | None = None) -> "Trusted":
        """From a root file and files with one signed statement per line; `arrived` need not be there.

        Raises Untrusted naming the file.
        """
        root = cls(Signed.from_wire(_read_public(root_file)))
        return root if statements_file is None else root.reloaded(statements_file, arrived)

    def save(self, root_file: Path, statements_file: Path) -> None:
        """Write the two files that `load` reads."""
        _replace(root_file, self._root.to_wire() + b"\n")
        _replace(statements_file, b"".join(signed.to_wire() + b"\n" for signed in self._statements))

    def alone(self) -> "Trusted":
        """The root without any statement: nobody may sign for the centre."""
        return Trusted(self._root)

    @property
    def root_signed(self) -> Signed:
        """The root's own file, as it stands there."""
        return self._root

    def with_statements(self, *statements: Signed) -> "Trusted":
        """The same root with more statements: rotation, renewal, revocation. Raises Untrusted."""
        return Trusted(self._root, (*self._statements, *statements))

    def reloaded(self, statements_file: Path, arrived: Path | None = None) -> "Trusted":
        """The same root with the statements that the files hold now. Raises Untrusted."""
        statements = _read_statements(statements_file)
        if arrived is not None and arrived.exists():
            statements += _read_statements(arrived)
        return Trusted(self._root, statements)

    def renewed(self, signed: Signed) -> "Trusted":
        """The same root with this newer whole statement instead of all others.

        Raises Untrusted: not the root's, "outdated", or one that takes a revocation back.
        """
        newer = Trusted(self._root, [signed])
        if newer.whole is None:
            raise Untrusted("wrong-purpose", f"signed for {signed.purpose}, needed trust")
        newer.refuse_going_back(self._revoked, self.numbers, self.serial, self.sha256)
        return newer

    @property
    def revoked(self) -> frozenset[str]:
        """The ids of all revoked keys."""
        return frozenset(self._revoked)

    @property
    def keys(self) -> tuple[CentreKey, ...]:
        """What the root says in the end about each centre key, revoked or not."""
        return tuple(statement for _, statement in self._keys.values())

    @property
    def numbers(self) -> dict[str, int]:
        """The number in force of each centre key, by key id."""
        return {key_id: statement.number for key_id, (_, statement) in self._keys.items()}

    def refuse_going_back(
        self, revoked: Collection[str], numbers: Mapping[str, int], serial: int = 0, sha256: str = ""
    ) -> None:
        """Raises Untrusted if these statements are older than what has been seen: a lower serial, a revocation that is
        missing, or a key's newest number. A key may be missing as a whole: that only takes trust away.
        """
        if self.serial < serial:
            raise Untrusted("outdated", f"statement {self.serial} of the root, in force is {serial}")
        if self.serial == serial and sha256 and self.sha256 != sha256:
            raise Untrusted("serial-twice", f"statement {serial} of the root, {self.sha256[:16]} and {sha256[:16]}")
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

    def _take_whole(self, signed: Signed, so_far: Sequence[Statement] | None) -> Sequence[Statement]:
        """What counts after this whole statement: its own content if it is the newest until now."""
        body = read_payload(KeysInForce, verify(signed, "trust", {self.root_key.key_id: self.root_key}))
        if not 0 < body.serial <= MOST_SERIAL:
            raise Untrusted("malformed", f"serial {body.serial} of a statement")
        sha256 = digest(signed)
        if so_far is not None and (body.serial < self.serial or sha256 == self.sha256):
            return so_far
        if body.serial == self.serial:
            raise Untrusted(
                "serial-twice", f"statement {body.serial} of the root, {sha256[:16]} and {self.sha256[:16]}"
            )
        self.serial, self.sha256, self.whole = body.serial, sha256, signed
        return [*body.keys, *(Revocation(key_id, body.serial) for key_id in body.revoked)]

    def _take(self, statement: Statement) -> None:
        match statement:
            case Revocation(key_id=key_id):
                self._revoked.add(key_id)
            case CentreKey():
                key = PublicKey.from_text(statement.key)
                known = self._keys.get(key.key_id)
                if known is None or statement.number > known[1].number:
                    self._keys[key.key_id] = (key, statement)


def next_statement(
    trusted: Trusted, root: PrivateKey, issued_ms: int, *, grant: CentreKey | None = None, revoke: str = ""
) -> Signed:
    """Everything in force and, beside it, one key more or one key less, under the next serial. Raises Untrusted."""
    keys = {PublicKey.from_text(key.key).key_id: key for key in trusted.keys}
    if grant is not None:
        key_id = PublicKey.from_text(grant.key).key_id
        if key_id in trusted.revoked:
            raise Untrusted("key-revoked", f"key {key_id}; a revoked key never comes back")
        keys[key_id] = grant
    if revoke and revoke not in keys and revoke not in trusted.revoked:
        raise Untrusted("unknown-key", f"key {revoke[:40]} to revoke")
    revoked = {*trusted.revoked, *([revoke] if revoke else [])}
    kept = tuple(key for key_id, key in sorted(keys.items()) if key_id not in revoked)
    signed = state_all(KeysInForce(trusted.serial + 1, issued_ms, kept, tuple(sorted(revoked))), root)
    trusted.renewed(signed)
    return signed


def digest(signed: Signed) -> str:
    """SHA-256 (hex) of what was signed."""
    return hashlib.sha256(signed.payload.encode()).hexdigest()


def _read_root(root: Signed) -> Root:
    """The root file's body, if the key in it is the one that signed it."""
    try:
        key = PublicKey.from_text(decode(Root, root.payload.encode()).key)
    except ValueError as error:
        raise Untrusted("malformed", f"root file: {str(error)[:200]}") from error
    return read_payload(Root, verify(root, "centre-key", {key.key_id: key}))


def _read_statements(file: Path) -> list[Signed]:
    return [Signed.from_wire(line) for line in _read_public(file).splitlines() if line.strip()]


def keep_signed(signed: Signed, path: Path) -> None:
    """Put a verified statement or officers' file in the file of what arrived, durably, in one step. Raises OSError."""
    _replace(path, signed.to_wire() + b"\n")


def _replace(path: Path, data: bytes) -> None:
    """In one step: a running lane reads the file whenever it changes."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_public(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Untrusted("key-file-missing", f"{path}: {error.strerror}") from error
