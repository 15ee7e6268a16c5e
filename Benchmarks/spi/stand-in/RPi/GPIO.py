"""Stands in for RPi.GPIO, which refuses to load where there is no Raspberry Pi: mfrc522 only sets a reset pin."""

BCM, BOARD, OUT, IN, HIGH, LOW = 11, 10, 0, 1, 1, 0


def getmode():
    return None


def _nothing(*arguments, **options):
    pass


setmode = setup = output = cleanup = setwarnings = _nothing
