from pathlib import Path

import pytest

from models.train.fonts import PINNED_FONTS, MissingFontError, font_paths


def test_missing_fonts_are_named_with_the_packages_to_install(tmp_path: Path) -> None:
    present = PINNED_FONTS[0]
    for font in PINNED_FONTS[:-1]:
        (tmp_path / font.file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / font.file).touch()
    with pytest.raises(MissingFontError) as refused:
        font_paths(tmp_path)
    absent = PINNED_FONTS[-1]
    assert absent.file in str(refused.value)
    assert f"apt-get install {absent.package}" in str(refused.value)
    assert present.file not in str(refused.value)
