"""One lane's story for all tests of evidence: driving it takes seconds."""

from pathlib import Path

import pytest

from tests.evidence.site import Site, made_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return made_site(tmp_path_factory.mktemp("evidence") / "gate")


@pytest.fixture(scope="session")
def held_bundle(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the crossing that two officers let go."""
    out = tmp_path_factory.mktemp("bundle") / "held.zip"
    site.bundle(out)
    return out
