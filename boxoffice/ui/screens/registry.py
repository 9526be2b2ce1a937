"""Which screen draws which view; a screen is imported when it is first needed, so that the till starts fast."""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from boxoffice.ui.screens.screen import Screen

_SCREENS: Final[Mapping[str, tuple[str, str]]] = {
    "StartView": ("setup", "StartScreen"),
    "PairView": ("setup", "PairScreen"),
    "EventsView": ("setup", "EventsScreen"),
    "StoppedView": ("setup", "StoppedScreen"),
    "SellView": ("sell", "SellScreen"),
    "AmountView": ("ask", "AmountScreen"),
    "OptionsView": ("ask", "OptionsScreen"),
    "CashView": ("cash", "CashScreen"),
    "SplitView": ("split", "SplitScreen"),
    "GivenView": ("given", "GivenScreen"),
    "GiveBackView": ("give_back", "GiveBackScreen"),
    "ParkedView": ("parked", "ParkedScreen"),
    "ReaderView": ("reader", "ReaderScreen"),
    "PickReaderView": ("reader", "PickReaderScreen"),
    "AnswerView": ("answer", "AnswerScreen"),
    "PhoneView": ("phone", "PhoneScreen"),
    "PhonePaidView": ("phone", "PhonePaidScreen"),
    "CompleteView": ("complete", "CompleteScreen"),
    "OrdersView": ("orders", "OrdersScreen"),
    "ProblemsView": ("problems", "ProblemsScreen"),
    "TillView": ("till", "TillScreen"),
    "HandOverView": ("handing_over", "HandOverScreen"),
}


def screen_for(view: object) -> type[Screen]:
    """Returns the class of the screen that draws this kind of view."""
    module, name = _SCREENS[type(view).__name__]
    found: object = getattr(import_module(f"boxoffice.ui.screens.{module}"), name)
    if not isinstance(found, type) or not issubclass(found, Screen):
        raise TypeError(f"{name} is no screen")
    return found
