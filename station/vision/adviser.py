"""The checks that only advise: an X-ray scan against the site's template. They read no plate and judge no truck.

What cannot be assessed is refused by its code; a template that is missing or unfit leaves plates and containers alone.
"""

from collections.abc import Callable
from pathlib import Path

from drivers.contract.orders import AssessScan
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureRefused, ScanMeasured
from station.vision.tensors import load_picture
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

    def answer(self, order: AssessScan) -> ScanMeasured | PictureRefused:
        """What the order's picture says, or the code of why it cannot be judged."""
        if self._template is None:  # `obey` takes no such order on
            return PictureRefused(order.order_id, order.sha256, self.template_fault)
        began = self._clock()
        try:
            told = check_scan(load_picture(Path(order.path), order.sha256), self._template)
        except PictureUnfit as error:
            return PictureRefused(order.order_id, order.sha256, error.code)
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
