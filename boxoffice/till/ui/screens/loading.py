"""Loads the screen that a destination names. It is imported when it is first needed, so that the till starts fast."""

from importlib import import_module

from boxoffice.till.ui.screens.screen import Screen


def screen_class(name: str) -> type[Screen]:
    """Returns the class of a screen by its module and name, such as `sell.SellScreen`."""
    module, class_name = name.split(".")
    found: object = getattr(import_module(f"boxoffice.till.ui.screens.{module}"), class_name)
    if not isinstance(found, type) or not issubclass(found, Screen):
        raise TypeError(f"{name} is no screen")
    return found
