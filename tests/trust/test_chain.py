"""From the root to the keys in force: scopes, expiry, rotation, revocation, the demo mark."""

from pathlib import Path

import pytest

from station.trust.chain import Trusted, make_root, state
from station.trust.keys import PrivateKey
from station.trust.refusal import Untrusted
from station.trust.signed import Purpose, Signed, sign
from station.trust.statements import CentreKey, Revocation, Scope

NOW = 1_760_000_000_000
ROOT = PrivateKey.make()
CENTRE = PrivateKey.make()


def statement(key: PrivateKey, scopes: tuple[Scope, ...], *, until: int = NOW + 1000, number: int = 1) -> Signed:
    return state(CentreKey(key.public.text, scopes, until, number), ROOT)


def trusted(*statements: Signed) -> Trusted:
    return Trusted(make_root(ROOT, demo=False), statements)


def refusal(store: Trusted, purpose: Purpose, key: PrivateKey, utc_ms: int = NOW) -> str:
    with pytest.raises(Untrusted) as caught:
        store.verify(sign(purpose, {"n": 1}, key), purpose, utc_ms)
    return caught.value.reason


def test_a_list_key_signs_lists_and_no_decision() -> None:
    store = trusted(statement(CENTRE, ("list",)))
    assert store.verify(sign("list", {"n": 1}, CENTRE), "list", NOW) == {"n": 1}
    for purpose in ("decision", "receipt", "suspension", "officers", "centre-key", "act"):
        assert refusal(store, purpose, CENTRE) == "out-of-scope"
    assert store.keys_for("decision", NOW) == {}


def test_the_root_itself_signs_no_business() -> None:
    assert refusal(trusted(), "list", ROOT) == "unknown-key"


def test_a_key_ends_with_its_time() -> None:
    store = trusted(statement(CENTRE, ("list",), until=NOW))
    assert store.verify(sign("list", {"n": 1}, CENTRE), "list", NOW) == {"n": 1}
    assert refusal(store, "list", CENTRE, NOW + 1) == "key-expired"


def test_a_newer_statement_replaces_an_older_one_in_any_order() -> None:
    old = statement(CENTRE, ("list", "decision"), number=1)
    new = statement(CENTRE, ("list",), number=2)
    for store in (trusted(old, new), trusted(new, old), trusted(new).with_statements(old)):
        assert refusal(store, "decision", CENTRE) == "out-of-scope"


def test_a_revocation_is_final() -> None:
    gone = state(Revocation(CENTRE.key_id, 2), ROOT)
    again = statement(CENTRE, ("list",), number=3)
    for store in (trusted(again, gone), trusted(gone, again), trusted(again).with_statements(gone)):
        assert refusal(store, "list", CENTRE) == "key-revoked"


def test_rotation_leaves_the_old_store_as_it_was() -> None:
    other = PrivateKey.make()
    store = trusted(statement(CENTRE, ("list",)))
    rotated = store.with_statements(statement(other, ("list",)))
    assert set(rotated.keys_for("list", NOW)) == {CENTRE.key_id, other.key_id}
    assert set(store.keys_for("list", NOW)) == {CENTRE.key_id}


@pytest.mark.parametrize("signer", [CENTRE, PrivateKey.make()])
def test_a_statement_of_anybody_but_the_root_is_refused(signer: PrivateKey) -> None:
    own = state(CentreKey(signer.public.text, ("decision",), NOW + 1, 9), signer)
    with pytest.raises(Untrusted, match="unknown-key"):
        trusted(statement(CENTRE, ("list",)), own)


def test_a_root_s_other_writings_are_no_statement() -> None:
    with pytest.raises(Untrusted, match="malformed"):
        trusted(make_root(ROOT, demo=False))
    with pytest.raises(Untrusted, match="wrong-purpose"):
        trusted(sign("list", {"n": 1}, ROOT))


def test_the_demo_mark_cannot_be_taken_off() -> None:
    marked = make_root(ROOT, demo=True)
    assert Trusted(marked).is_demo
    assert not trusted().is_demo
    stripped = Signed(marked.payload.replace("true", "false"), marked.key, marked.purpose, marked.signature)
    assert stripped.payload != marked.payload
    with pytest.raises(Untrusted, match="bad-signature"):
        Trusted(stripped)


def test_a_root_file_that_another_key_signed_is_refused() -> None:
    with pytest.raises(Untrusted, match="unknown-key"):
        Trusted(sign("centre-key", {"is": "Root", "key": ROOT.public.text, "demo": False}, CENTRE))
    for payload in ({"is": "Root", "key": "00", "demo": False}, {"is": "Root", "key": ROOT.public.text}, [1]):
        with pytest.raises(Untrusted, match="malformed"):
            Trusted(sign("centre-key", payload, ROOT))


def test_trust_comes_back_from_its_files(tmp_path: Path) -> None:
    root_file, statements_file = tmp_path / "root.json", tmp_path / "statements.jsonl"
    trusted(statement(CENTRE, ("receipt",)), state(Revocation("0" * 16, 1), ROOT)).save(root_file, statements_file)
    assert set(Trusted.load(root_file, statements_file).keys_for("receipt", NOW)) == {CENTRE.key_id}
    assert Trusted.load(root_file).keys_for("receipt", NOW) == {}
    with pytest.raises(Untrusted) as caught:
        Trusted.load(tmp_path / "absent.json")
    assert caught.value.reason == "key-file-missing"
    assert "absent.json" in caught.value.seen
