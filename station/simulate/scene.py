"""The pictures of the simulated yard: a truck's front at the gate, drawn with OpenCV alone, different for each seed."""

import re
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.readings import PlateColour

Condition = Literal["clear", "glare", "blur", "dark"]
Picture = NDArray[np.uint8]
"""Colour picture, shape (rows, columns, 3), blue-green-red."""

Colour = tuple[int, int, int]
Point = tuple[float, float]

WIDTH_PX = 1280
HEIGHT_PX = 720

PLATE_REGION = (480, 468, 320, 160)
"""x, y, width, height in the 1280x720 picture within which every plate lies."""

_JPEG_QUALITY = 88
_CABS: tuple[Colour, ...] = ((60, 60, 190), (170, 110, 40), (230, 230, 225), (70, 140, 60), (40, 170, 220))
_GROUNDS: tuple[Colour, ...] = ((70, 190, 240), (235, 238, 240))
"""Yellow for transport business, white for others (Circular 58/2020)."""
_INK: Colour = (25, 22, 20)
_LIGHT_INK: Colour = (238, 240, 240)
_BOARDS: dict[PlateColour, tuple[Colour, Colour]] = {
    "WHITE": ((205, 208, 210), _INK),
    "YELLOW": ((40, 165, 235), _INK),
    "GREEN": ((125, 200, 90), _INK),
    "BLUE": ((170, 70, 20), _LIGHT_INK),
    "RED": ((40, 30, 185), _LIGHT_INK),
    "BLACK": ((22, 20, 18), _LIGHT_INK),
}
"""Ground and letters of each colour that a plate may have."""
_PLATE_TEXT = re.compile(r"(.*[A-Z])(\d{4,6})")


def gate_picture(
    plate: str | None,
    *,
    seed: int,
    condition: Condition,
    lines: int,
    moment: int = 0,
    width_px: int = WIDTH_PX,
    height_px: int = HEIGHT_PX,
    colour: PlateColour = "UNSURE",
) -> bytes:
    """A JPEG of the lane; the same arguments give the same bytes.

    Another `moment` shows the same truck in the same lane with another tremble, light and noise.

    `plate` is written on one or two `lines`, with or without its separators; None shows the empty lane.
    "glare" and "blur" destroy the plate, "dark" takes most of the light. Other sizes than 1280x720 are scaled, and
    PLATE_REGION with them. `colour` is the plate's ground; UNSURE draws a yellow or a white one. Raises ValueError for
    other `lines` than 1 and 2.
    """
    if lines not in (1, 2):
        raise ValueError(f"a plate has 1 or 2 lines, not {lines}; choose one of them")
    chance = np.random.default_rng(seed)
    picture = _lane(chance)
    if plate is not None:
        _draw_truck(picture, chance)
        board = _BOARDS.get(colour, (_GROUNDS[int(chance.integers(2))], _INK))
        flat = _flat_plate(plate, lines, *board)
        chance = np.random.default_rng((seed, moment)) if moment else chance
        _draw_plate(picture, flat, chance)
    picture = _see(picture, condition, chance)
    if (width_px, height_px) != (WIDTH_PX, HEIGHT_PX):
        picture = np.asarray(cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)
    done, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise ValueError(f"cannot write a JPEG of {width_px}x{height_px}; choose a size within 1 to 65500 pixels")
    return packed.tobytes()


def _lane(chance: np.random.Generator) -> Picture:
    """Sky, sheds, road with kerbs and the gantry."""
    tone = int(chance.integers(-15, 15))
    sky = np.linspace(215 + tone, 170 + tone, HEIGHT_PX)[:, np.newaxis, np.newaxis]
    picture = np.clip(np.broadcast_to(sky, (HEIGHT_PX, WIDTH_PX, 3)), 0, 255).astype(np.uint8)
    _polygon(picture, [(0, 250), (380, 270), (380, 420), (0, 470)], (120, 125, 130))
    _polygon(picture, [(WIDTH_PX, 240), (900, 268), (900, 420), (WIDTH_PX, 480)], (105, 112, 120))
    road = 88 + tone
    _polygon(picture, [(430, 400), (850, 400), (WIDTH_PX + 250, HEIGHT_PX), (-250, HEIGHT_PX)], (road, road, road))
    _polygon(picture, [(415, 400), (430, 400), (-250, HEIGHT_PX), (-330, HEIGHT_PX)], (40, 190, 230))
    _polygon(
        picture, [(850, 400), (865, 400), (WIDTH_PX + 330, HEIGHT_PX), (WIDTH_PX + 250, HEIGHT_PX)], (40, 190, 230)
    )
    cv2.rectangle(picture, (0, 40), (WIDTH_PX, 78), (70, 72, 75), -1)
    return picture


def _draw_truck(picture: Picture, chance: np.random.Generator) -> None:
    """The front of a cab-over tractor: box, windscreen, mirrors, grille, lamps, bumper."""
    body = _CABS[int(chance.integers(len(_CABS)))]
    shade: Colour = (body[0] * 3 // 4, body[1] * 3 // 4, body[2] * 3 // 4)
    cv2.rectangle(picture, (300, 60), (980, 640), (150, 152, 155), -1)
    cv2.rectangle(picture, (330, 110), (950, 650), body, -1)
    _polygon(picture, [(365, 140), (915, 140), (930, 320), (350, 320)], (75, 60, 48))
    _polygon(picture, [(420, 140), (520, 140), (440, 320), (365, 320)], (112, 98, 84))
    for x in (285, 955):
        cv2.rectangle(picture, (x, 150), (x + 42, 290), (35, 35, 35), -1)
    cv2.rectangle(picture, (400, 345), (880, 440), shade, -1)
    for y in range(355, 440, 16):
        cv2.line(picture, (405, y), (875, y), (40, 40, 40), 5)
    for x in (345, 855):
        cv2.rectangle(picture, (x, 470), (x + 85, 540), (225, 230, 232), -1)
        cv2.circle(picture, (x + 42, 505), 26, (250, 250, 250), -1)
    cv2.rectangle(picture, (318, 455), (962, 470), (50, 50, 50), -1)
    cv2.rectangle(picture, (440, 470), (840, 640), (58, 58, 60), -1)
    cv2.rectangle(picture, (330, 640), (950, 690), (30, 30, 30), -1)


def _polygon(picture: Picture, corners: list[Point], colour: Colour) -> None:
    cv2.fillPoly(picture, [np.array(corners, np.int32)], colour)


def _split(plate: str, lines: int) -> tuple[str, ...]:
    """The drawn lines: province and series, then the number with its dot."""
    letters = "".join(c for c in plate.upper() if c.isalnum())
    match = _PLATE_TEXT.fullmatch(letters)
    if match is None:
        return (letters,)
    head, serial = match.groups()
    number = f"{serial[:3]}.{serial[3:]}" if len(serial) == 5 else serial
    return (f"{head}-{number}",) if lines == 1 else (head, number)


def _flat_plate(plate: str, lines: int, ground: Colour, ink: Colour) -> Picture:
    """The plate seen from straight ahead: letters stretched to cells, a rim, two bolts."""
    rows, columns = (120, 510) if lines == 1 else (240, 440)
    flat = np.full((rows, columns, 3), ground, np.uint8)
    cv2.rectangle(flat, (6, 6), (columns - 7, rows - 7), ink, 4)
    texts = _split(plate, lines)
    high = 84 if len(texts) == 1 and lines == 1 else 92
    tops = [(rows - high) // 2] if len(texts) == 1 else [20, 128]
    for text, top in zip(texts, tops, strict=True):
        _write_line(flat, text, top, high, ink, wide=lines == 2)
    for x in (columns // 5, columns - columns // 5):
        cv2.circle(flat, (x, 14), 5, (150, 150, 150), -1)
    return flat


def _write_line(flat: Picture, text: str, top: int, high: int, ink: Colour, *, wide: bool) -> None:
    columns = flat.shape[1]
    units = sum(0.5 if c in "-." else 1.0 for c in text)
    pitch = min((columns - 40) / units, 66.0 if wide else 58.0)
    x = (columns - pitch * units) / 2
    for character in text:
        step = pitch * (0.5 if character in "-." else 1.0)
        centre = int(x + step / 2)
        if character == "-":
            cv2.line(flat, (centre - 8, top + high // 2), (centre + 8, top + high // 2), ink, 8)
        elif character == ".":
            cv2.circle(flat, (centre, top + high - 8), 7, ink, -1)
        else:
            _write_letter(flat, character, centre, top, (high, int(pitch * 0.78)), ink)
        x += step


def _write_letter(flat: Picture, character: str, centre: int, top: int, size: tuple[int, int], ink: Colour) -> None:
    """One letter in its cell; `size` is its height and width."""
    cover = letter_cover(character, *size)
    if cover is None:
        return
    inked, (high, wide) = cover[:, :, np.newaxis], cover.shape
    left = centre - wide // 2
    cell = flat[top : top + high, left : left + wide]
    cell[:] = np.round(cell * (1 - inked) + np.array(ink) * inked).astype(np.uint8)


def letter_cover(character: str, high: int, wide: int) -> NDArray[np.float64] | None:
    """How far each pixel of a letter is inked, 0 to 1, shape (high, wide), 1 and I narrower; None for a blank.

    The letter is of OpenCV's own face, stretched to its cell.
    """
    canvas = np.zeros((200, 200), np.uint8)
    cv2.putText(canvas, character, (40, 150), (255,), cv2.FontFace("sans"), 96, 700)
    rows, columns = np.flatnonzero(canvas.max(axis=1)), np.flatnonzero(canvas.max(axis=0))
    if rows.size == 0:
        return None
    glyph = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if character in "1I":
        wide = wide * 6 // 10
    return np.asarray(cv2.resize(glyph, (wide, high), interpolation=cv2.INTER_AREA) / 255.0, np.float64)


def _draw_plate(picture: Picture, flat: Picture, chance: np.random.Generator) -> None:
    """Hang the plate on the bumper, a little askew, wholly within PLATE_REGION."""
    x, y, width, height = PLATE_REGION
    rows, columns = flat.shape[:2]
    wide = chance.uniform(0.80, 0.90) * width if columns > 3 * rows else chance.uniform(0.66, 0.74) * width
    high = wide * rows / columns
    left = x + (width - wide) / 2 + chance.uniform(-8, 8)
    top = y + (height - high) / 2 + chance.uniform(-5, 5)
    square = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]])
    corners = (square + chance.uniform(-3, 3, (4, 2))).astype(np.float32)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    size = (picture.shape[1], picture.shape[0])
    soft = cv2.GaussianBlur(flat, (0, 0), 0.45 * columns / wide)
    seen = cv2.warpPerspective(soft, warp, size)
    cover = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), warp, size)
    picture[cover > 127] = seen[cover > 127]


def _see(picture: Picture, condition: Condition, chance: np.random.Generator) -> Picture:
    """What the camera makes of the scene."""
    light = picture.astype(np.float32)
    if condition == "clear":
        light = light * chance.uniform(0.85, 1.08) + chance.uniform(-12, 12)
    elif condition == "glare":
        light = _glare(light, chance)
    elif condition == "blur":
        reach = int(chance.integers(48, 64))
        light = np.asarray(cv2.blur(light, (reach, reach // 2)), np.float32)
    else:
        light = light * chance.uniform(0.02, 0.05)
    # A quarter of the picture's noise, laid out four times: the eye sees no seam and a frame stays cheap.
    tile = chance.standard_normal((HEIGHT_PX // 2, WIDTH_PX // 2), np.float32) * (2.0 if condition != "dark" else 6.0)
    light += np.tile(tile, (2, 2))[:, :, np.newaxis]
    return np.clip(light, 0, 255).astype(np.uint8)


def _glare(light: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    """Low sun in the lens: the whole plate burns out."""
    x, y, width, height = PLATE_REGION
    at_x, at_y = x + width / 2 + chance.uniform(-40, 40), y + height / 2 + chance.uniform(-20, 20)
    across = (np.arange(light.shape[1]) - at_x) / (width * 0.95)
    down = (np.arange(light.shape[0]) - at_y) / (height * 1.2)
    sun = np.exp(-(across[np.newaxis, :] ** 2 + down[:, np.newaxis] ** 2)).astype(np.float32)
    veil = np.clip(sun * 1.7, 0, 0.98)[:, :, np.newaxis]
    return np.asarray(light * (1 - veil) + 270 * veil, np.float32)


def camera_frame(picture: bytes, stamp: str) -> bytes:
    """`picture` (any image file) as the camera sends it: 1280x720 with dark bars where it does not fit, `stamp` burnt
    in at the upper left, baseline JPEG 4:2:0. Raises ValueError if it is no picture.
    """
    found = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if found is None:
        raise ValueError("no picture that OpenCV can read; take it out of the folder")
    frame = np.asarray(found, np.uint8)
    if frame.shape[:2] != (HEIGHT_PX, WIDTH_PX):
        frame = _fitted(frame)
    cv2.rectangle(frame, (0, 0), (300, 34), (0, 0, 0), -1)
    cv2.putText(frame, stamp, (10, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
    done, packed = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise ValueError("OpenCV cannot write this picture as JPEG")
    return packed.tobytes()


def _fitted(picture: Picture) -> Picture:
    rows, columns = picture.shape[:2]
    scale = min(WIDTH_PX / columns, HEIGHT_PX / rows)
    wide, high = max(1, round(columns * scale)), max(1, round(rows * scale))
    frame = np.full((HEIGHT_PX, WIDTH_PX, 3), 24, np.uint8)
    left, top = (WIDTH_PX - wide) // 2, (HEIGHT_PX - high) // 2
    frame[top : top + high, left : left + wide] = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    return frame
