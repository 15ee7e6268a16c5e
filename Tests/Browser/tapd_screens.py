"""What the kiosk is given to show: at least one screen for each phase, and the awkward ones."""


def screen(phase, notice=None, pour=None, **more):
    result = {
        "phase": phase, "tap": "Tireuse 2", "beverage": "Blonde de la Vallée", "currency": "EUR",
        "currencyDecimals": 2, "pricePerLitre": {"minorUnits": 600},
        "kegRemainingMicrolitres": 18_440_000, "kegCapacityMicrolitres": 30_000_000,
    }
    if notice:
        result["notice"] = notice
    if pour:
        result["pour"] = pour
    result.update(more)
    return {key: value for key, value in result.items() if value is not None}


def pour(centilitres, rate=35, limit=300, price=600, balance=2000):
    cost = round(centilitres * price / 100)
    result = {"microlitres": round(centilitres * 10_000), "microlitresPerSecond": rate * 1000}
    if limit is not None:
        result["limitMicrolitres"] = limit * 10_000
    if price is not None:
        result["cost"] = {"minorUnits": cost}
        result["balance"] = {"minorUnits": balance - cost}
    return result


def maintenance_pour(centilitres):
    return {"microlitres": centilitres * 10_000, "microlitresPerSecond": 50_000}


NOTICES = [
    "unknownCard", "blockedCard", "expiredCard", "notYetValidCard", "randomCard", "noCredit", "noKeg", "kegEmpty",
    "kegSuspectedEmpty", "tapOutOfService", "cardRemoved", "limitReached", "kegReserveReached", "noFlow",
    "flowStopped", "maximumTimeReached",
    "cancelled", "readerFault", "valveFault", "meterFault", "storageFault", "serverUnreachable", "secondCard", "leak",
    "settledAfterPowerCut",
]

SCREENS = {
    "waiting": screen("waiting"),
    "waiting-card-left": screen("waiting", isCardLeft=True),
    "waiting-no-keg": screen(
        "waiting", beverage=None, pricePerLitre=None, kegRemainingMicrolitres=None, kegCapacityMicrolitres=None),
    "waiting-keg-low": screen("waiting", kegRemainingMicrolitres=2_100_000),
    "waiting-free": screen("waiting", pricePerLitre={"minorUnits": 0}),
    "authorising": screen("authorising"),
    "pouring-start": screen("pouring", pour=pour(0, rate=0)),
    "pouring": screen("pouring", pour=pour(23.4)),
    "pouring-near-limit": screen("pouring", pour=pour(29.1, limit=31, balance=186)),
    "pouring-litres": screen("pouring", pour=pour(1284.4, limit=5000, balance=30000)),
    "pouring-tokens": screen(
        "pouring", currency="Jetons", currencyDecimals=1, pricePerLitre={"minorUnits": 40},
        pour=pour(41.7, price=40, balance=220, limit=500)),
    "settling": screen("settling", pour=pour(33.2, rate=4)),
    "done": screen("done", "cardRemoved", pour=pour(33.4, rate=0)),
    "done-limit": screen("done", "limitReached", pour=pour(31, rate=0, limit=31, balance=186)),
    "done-nothing": screen("done", "noFlow", pour=pour(0, rate=0)),
    "done-card-left": screen("done", pour=pour(33.4, rate=0), isCardLeft=True),
    "done-quick-tap": screen("done", "cardRemoved", pour=pour(0, rate=0)),
    "done-gas": screen("done", "kegSuspectedEmpty", pour=pour(27.1, rate=0), isCardLeft=True),
    "done-maintenance": screen("done", "cardRemoved", pour=maintenance_pour(84)),
    "pouring-stopped": screen("pouring", "flowStopped", pour=pour(23.4, rate=0)),
    "refused-credit": screen("refused", "noCredit", balance={"minorUnits": 30}),
    "maintenance": screen("maintenance", pour=maintenance_pour(84)),
    "out-of-service": screen("outOfService", "tapOutOfService"),
    "long-names": screen(
        "pouring", "serverUnreachable", tap="Comptoir du fond, à gauche de la scène principale",
        beverage="Triple ambrée brassée au miel de châtaignier de l’abbaye de Saint-Wandrille",
        pour=pour(88.8, balance=123456789, limit=99000)),
}
MAIN = list(SCREENS)
for notice in NOTICES[:10]:
    SCREENS.setdefault(f"refused-{notice}", screen("refused", notice))
for notice in ("cardRemoved", "limitReached", "kegReserveReached", "flowStopped", "maximumTimeReached", "cancelled"):
    SCREENS.setdefault(f"done-{notice}", screen("done", notice, pour=pour(27.7, rate=0)))
for notice in ("noKeg", "kegEmpty", "kegSuspectedEmpty", "readerFault", "valveFault", "meterFault", "storageFault", "leak"):
    SCREENS[f"out-of-service-{notice}"] = screen("outOfService", notice)
for notice in ("serverUnreachable", "leak", "settledAfterPowerCut", "readerFault"):
    SCREENS[f"waiting-{notice}"] = screen("waiting", notice)
SCREENS["pouring-secondCard"] = screen("pouring", "secondCard", pour=pour(23.4))
SCREENS["pouring-leak"] = screen("pouring", "leak", pour=pour(23.4))
SCREENS["maintenance-meterFault"] = screen("maintenance", "meterFault", pour=maintenance_pour(1250))

# Phases of the kiosk and the screens of each are both complete: the tests check it.
PHASES = {"waiting", "authorising", "pouring", "settling", "done", "refused", "maintenance", "outOfService"}
