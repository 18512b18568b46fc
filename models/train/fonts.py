"""The font files the plate renderer draws with, pinned by Debian package, and the refusal when one is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FONT_ROOT = Path("/usr/share/fonts")


class MissingFontError(Exception):
    """A pinned font file is not on this machine; the text names the files and the packages that hold them."""


@dataclass(frozen=True, slots=True)
class PinnedFont:
    """One font file under the system's font folder and the Debian package that installs it."""

    package: str
    file: str


# Narrow, sturdy sans faces: they lie nearest to the pressed lettering of Vietnamese plates.
PINNED_FONTS: tuple[PinnedFont, ...] = (
    PinnedFont("fonts-opendin", "truetype/opendin/OSP-DIN.ttf"),
    PinnedFont("fonts-roadgeek", "truetype/roadgeek/RG2014B.ttf"),
    PinnedFont("fonts-roadgeek", "truetype/roadgeek/RG2014C.ttf"),
    PinnedFont("fonts-roadgeek", "truetype/roadgeek/RG2014D.ttf"),
    PinnedFont("fonts-roadgeek", "truetype/roadgeek/RG2014E.ttf"),
    PinnedFont("fonts-roboto-unhinted", "truetype/roboto/unhinted/RobotoCondensed-Bold.ttf"),
    PinnedFont("fonts-roboto-unhinted", "truetype/roboto/unhinted/RobotoCondensed-Medium.ttf"),
    PinnedFont("fonts-roboto-unhinted", "truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf"),
    PinnedFont("fonts-roboto-unhinted", "truetype/roboto/unhinted/RobotoTTF/Roboto-Medium.ttf"),
    PinnedFont("fonts-liberation", "truetype/liberation/LiberationSansNarrow-Bold.ttf"),
    PinnedFont("fonts-liberation", "truetype/liberation/LiberationSans-Bold.ttf"),
    PinnedFont("fonts-freefont-ttf", "truetype/freefont/FreeSansBold.ttf"),
    PinnedFont("fonts-dejavu-core", "truetype/dejavu/DejaVuSans-Bold.ttf"),
    PinnedFont("fonts-dejavu-extra", "truetype/dejavu/DejaVuSansCondensed-Bold.ttf"),
    PinnedFont("fonts-dejavu-extra", "truetype/dejavu/DejaVuSansCondensed.ttf"),
    PinnedFont("fonts-paratype", "truetype/paratype/PTN57F.ttf"),
    PinnedFont("fonts-paratype", "truetype/paratype/PTN77F.ttf"),
    PinnedFont("fonts-paratype", "truetype/paratype/PTC75F.ttf"),
    PinnedFont("fonts-open-sans", "truetype/open-sans/OpenSans-CondBold.ttf"),
    PinnedFont("fonts-open-sans", "truetype/open-sans/OpenSans-Semibold.ttf"),
    PinnedFont("fonts-clear-sans", "truetype/clear-sans/ClearSans-Bold.ttf"),
    PinnedFont("fonts-clear-sans", "truetype/clear-sans/ClearSans-Medium.ttf"),
    PinnedFont("fonts-crosextra-carlito", "truetype/crosextra/Carlito-Bold.ttf"),
    PinnedFont("fonts-osifont", "truetype/osifont/osifont.ttf"),
    PinnedFont("fonts-play", "truetype/play/Play-Bold.ttf"),
    PinnedFont("fonts-lato", "truetype/lato/Lato-Bold.ttf"),
    PinnedFont("fonts-manrope", "truetype/manrope/Manrope-Bold.ttf"),
    PinnedFont("fonts-urw-base35", "opentype/urw-base35/NimbusSansNarrow-Bold.otf"),
    PinnedFont("fonts-bebas-neue", "opentype/bebas-neue/BebasNeue-Bold.otf"),
    PinnedFont("fonts-national-park", "opentype/national-park/NationalPark-Heavy.otf"),
    PinnedFont("fonts-adf-universalis", "truetype/adf/UniversalisADFStd-BoldCond.otf"),
    PinnedFont("fonts-adf-gillius", "truetype/adf/GilliusADF-BoldCond.otf"),
    PinnedFont("fonts-dosis", "opentype/dosis/Dosis-Bold.otf"),
    PinnedFont("fonts-cabin", "opentype/cabin/Cabin-Bold.otf"),
)

# Upright gothic faces, the nearest to the pressed characters of Chinese plates. Their licences (Apache 2.0, SIL OFL,
# GPL with the font exception) leave pictures drawn with them free.
PINNED_HAN_FONTS: tuple[PinnedFont, ...] = (
    PinnedFont("fonts-wqy-microhei", "truetype/wqy/wqy-microhei.ttc"),
    PinnedFont("fonts-wqy-zenhei", "truetype/wqy/wqy-zenhei.ttc"),
    PinnedFont("fonts-droid-fallback", "truetype/droid/DroidSansFallbackFull.ttf"),
    PinnedFont("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Bold.ttc"),
    PinnedFont("fonts-noto-cjk", "opentype/noto/NotoSansCJK-Regular.ttc"),
)


def font_paths(root: Path = FONT_ROOT, fonts: tuple[PinnedFont, ...] = PINNED_FONTS) -> tuple[Path, ...]:
    """Paths of pinned fonts, in their fixed order.

    Raises MissingFontError naming every absent file and the apt packages to install.
    """
    missing = [font for font in fonts if not (root / font.file).is_file()]
    if missing:
        files = ", ".join(font.file for font in missing)
        packages = " ".join(sorted({font.package for font in missing}))
        raise MissingFontError(f"missing fonts: {files}. Install them with: apt-get install {packages}")
    return tuple(root / font.file for font in fonts)
