"""The Chinese reader beside the Vietnamese one, with the models that ship."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.contract.faults import DeviceFault
from models.train.chinese_texts import ALPHABET
from station.core.consensus import ACCEPT_FROM
from station.core.plates import classify, normalise
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.manifest import load_model_entry
from station.vision.plate_reader import CHINESE_MODEL, MODEL, PROVINCE_MODEL, PlateText
from station.vision.plate_readers import MOST_SURE, PlateReaders, open_plate_readers
from station.vision.tensors import crop, decode_gray
from tests.vision.models_folder import MODELS, copy_of_models, edit

MANIFEST = MODELS / "manifest.toml"


@pytest.fixture(scope="module")
def readers() -> PlateReaders:
    return open_plate_readers(MANIFEST)


def look(readers: PlateReaders, plate: str, seed: int) -> PlateText:
    picture = gate_picture(plate, seed=seed, condition="clear", lines=1)
    return readers.read(crop(decode_gray(picture), PLATE_REGION))


def without_chinese(folder: Path) -> Path:
    manifest = copy_of_models(folder) / "manifest.toml"
    edit(manifest, lambda text: re.sub(r"\[model\.(?:plate|province)-reader-cn\]\n(?:.+\n)*", "", text))
    return manifest


def refused(manifest: Path) -> str:
    with pytest.raises(DeviceFault) as error:
        open_plate_readers(manifest)
    assert error.value.fault.code == "bad-model"
    assert error.value.fault.thing == f"model {CHINESE_MODEL}"
    return error.value.fault.seen


def test_both_readers_open_in_their_order(readers: PlateReaders) -> None:
    assert [entry.name for entry in readers.entries] == [MODEL, CHINESE_MODEL, PROVINCE_MODEL]
    assert readers.entries[1].alphabet == ALPHABET


def test_each_known_picture_is_read_by_its_own_reader(readers: PlateReaders) -> None:
    for entry in readers.entries[:2]:
        read = readers.read(decode_gray(entry.known.picture.read_bytes()))
        assert (read.text, read.model.partition("+")[0]) == (entry.known.text, entry.sha256)
    assert classify(readers.entries[1].known.text) == "CN_STD"


def test_chinese_plates_at_the_gate_are_read_as_such_and_never_without_a_person(readers: PlateReaders) -> None:
    """Letters and digits are right, the province mostly (10 of these 16; of photos the card speaks).

    Where the province is lost the Vietnamese reader may speak (2 of these 16): what it says then is no plate's text, so
    that nothing of it is accepted.
    """
    plates = [plate for plate in ("桂F·12345", "京A·8K498", "云G·12345", "皖A·8K498") for _ in range(4)]
    reads = [look(readers, plate, seed) for seed, plate in enumerate(plates)]
    by_chinese = [read for read in reads if read.model.startswith(readers.entries[1].sha256)]
    assert len(by_chinese) >= 13
    assert all(read.confidence <= MOST_SURE < ACCEPT_FROM for read in by_chinese)
    assert all(classify(read.text) == "UNKNOWN" for read in reads if read not in by_chinese)
    pairs = [(read.text, normalise(plate)) for read, plate in zip(reads, plates, strict=True)]
    assert sum(read[1:] == written[1:] for read, written in pairs) >= 15, pairs
    assert sum(read == written for read, written in pairs) >= 8, pairs


@pytest.mark.parametrize("plate", ["12C-045.67", "29H-880.01", "15RM-003.21"])
def test_a_vietnamese_plate_is_read_as_by_its_reader_alone(readers: PlateReaders, plate: str, tmp_path: Path) -> None:
    alone = open_plate_readers(without_chinese(tmp_path))
    for seed in range(4):
        assert look(readers, plate, seed) == look(alone, plate, seed)


def test_a_manifest_without_the_chinese_reader_works(tmp_path: Path) -> None:
    manifest = without_chinese(tmp_path)
    readers = open_plate_readers(manifest)
    assert [entry.name for entry in readers.entries] == [MODEL]
    assert look(readers, "12C-045.67", 4).text == "12C04567"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace(ALPHABET, "".join(map(chr, range(0x400, 0x400 + len(ALPHABET))))), "known answer"),
        (lambda text: text.replace(ALPHABET, ALPHABET[:-1]), "do not fit"),
        (lambda text: text.replace(ALPHABET, ALPHABET[:-1] + "京"), "twice"),
        (lambda text: text.replace('file = "plate_reader_cn', 'file = "gone_cn'), "cannot be read"),
    ],
)
def test_a_wrong_alphabet_or_file_is_refused_by_name(tmp_path: Path, change: Callable[[str], str], word: str) -> None:
    manifest = copy_of_models(tmp_path) / "manifest.toml"
    edit(manifest, change)
    assert word in refused(manifest)


def test_a_further_reader_without_letters_of_its_own_is_refused(tmp_path: Path) -> None:
    """The Vietnamese file entered a second time, under the Chinese name."""
    manifest = without_chinese(tmp_path)
    table = manifest.read_text(encoding="utf-8").partition("[model.plate-reader]")[2].partition("[model.")[0]
    edit(manifest, lambda text: f"{text}\n[model.{CHINESE_MODEL}]{table}")
    assert load_model_entry(manifest, CHINESE_MODEL).alphabet
    assert "no letter of its own" in refused(manifest)
