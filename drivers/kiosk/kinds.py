"""The kinds of kiosk devices: tickets, announcements, buttons."""

from drivers.contract.orders import PlayPrompt, PrintTicket
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, PaperState
from drivers.contract.spec import DriverSpec
from drivers.kiosk.audio_prompts import AudioPromptsDriver, AudioPromptsSettings
from drivers.kiosk.escpos_printer import EscposPrinterDriver, EscposPrinterSettings

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="escpos-printer",
        protocol="ticket printer, ESC/POS",
        wire="serial",
        tier=2,
        speaks="acts",
        settings=EscposPrinterSettings,
        build=EscposPrinterDriver,
        peer="drivers.kiosk.escpos_peer:EscposPeer",
        readings=(PaperState, BytesRefused),
        orders=(PrintTicket,),
        slowest_answer=Millis(300),
    ),
    DriverSpec(
        kind="audio-prompts",
        protocol="recorded announcements through the sound card",
        wire="audio",
        tier=2,
        speaks="acts",
        settings=AudioPromptsSettings,
        build=AudioPromptsDriver,
        peer="",
        readings=(),
        orders=(PlayPrompt,),
        slowest_answer=Millis(300),
    ),
)
