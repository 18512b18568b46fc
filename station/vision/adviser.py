"""The checks that only advise: an X-ray scan against the site's template, a seal at a door lock. They judge no truck.

What cannot be assessed is refused by its code; a template that is missing or unfit leaves plates and containers alone.
"""

from collections.abc import Callable
from pathlib import Path

from drivers.contract.advice_readings import ScanMeasured, SealMeasured
from drivers.contract.orders import AssessScan, AssessSeal
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureRefused
from station.vision.seal import see_seal
from station.vision.tensors import crop, decode_colour, load_picture
from station.vision.unfit import PictureUnfit
from station.vision.xray_empty import check_scan
from station.vision.xray_template import Template, TemplateRefused, read_template, template_sha256

NO_TEMPLATE = "no-template"
"""Why an `AssessScan` is refused: the settings name no template, or its file cannot be read."""


class Adviser:
    """Opened with the path of the site's template of empty containers, "" where there is none.

    `template_fault` is why no scan can be assessed: "no-template", "bad-template", or "" if one can.
    """

    def __init__(self, template: str, clock: Callable[[], Tick]) -> None:
        self._clock = clock
        self._template: Template | None = None
        self._sha256 = ""
        self.template_fault = ""
        try:
            self._template = read_template(Path(template)) if template else None
        except TemplateRefused as error:
            self.template_fault = error.cause
            return
        except OSError:
            pass  # told as missing, as `station check` does with what the system says
        if self._template is None:
            self.template_fault = NO_TEMPLATE
        else:
            self._sha256 = template_sha256(self._template)

    def answer(self, order: AssessScan | AssessSeal) -> ScanMeasured | SealMeasured | PictureRefused:
        """What the order's picture says, or the code of why it cannot be judged."""
        try:
            data = load_picture(Path(order.path), order.sha256)
            return self._scan(order, data) if isinstance(order, AssessScan) else self._seal(order, data)
        except PictureUnfit as error:
            return PictureRefused(order.order_id, order.sha256, error.code)

    def _scan(self, order: AssessScan, data: bytes) -> ScanMeasured | PictureRefused:
        if self._template is None:  # the worker takes no such order on
            return PictureRefused(order.order_id, order.sha256, self.template_fault)
        began = self._clock()
        told = check_scan(data, self._template)
        return ScanMeasured(
            order_id=order.order_id,
            sha256=order.sha256,
            finding=told.finding,
            excess=told.excess,
            largest=told.largest,
            strongest=told.strongest,
            opaque=told.opaque,
            blind=told.blind,
            noise=told.noise,
            flaws=told.flaws,
            template=self._sha256,
            took=Millis(self._clock() - began),
            box=told.box,
        )

    def _seal(self, order: AssessSeal, data: bytes) -> SealMeasured:
        began = self._clock()
        told = see_seal(crop(decode_colour(data), order.region))
        took = Millis(self._clock() - began)
        return SealMeasured(order.order_id, order.sha256, told.seal, round(10 * told.distance), took)
