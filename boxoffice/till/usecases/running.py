"""The till at work: opened, told of by itself in the background, and closed."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.till.store import events_kept, settings
from boxoffice.till.store.database import ChainIsShort, Store, open_store
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.background import Background
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import (
    CatalogueChanged,
    HandOver,
    NeedsEvent,
    NeedsPairing,
    Ready,
    TillEvent,
    TillState,
)
from boxoffice.till.usecases.gateway.team import Team
from boxoffice.till.usecases.handing_over import REVOKED_AT
from boxoffice.till.usecases.mending import TwoCopies
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.till_services import Environment, TillServices

LANGUAGE: Final = "language"
"""The setting of the language that this till speaks when it is opened."""

CUSTOMER_DISPLAY: Final = "customer_display"
"""The setting of where the customer sees the sale."""

CAMERA: Final = "camera"
"""The setting of which camera reads codes."""


class RunningTill:
    """A till that stands open: its file, its services, and what it does with nobody asking."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._listeners: list[Callable[[TillEvent], None]] = []
        self._store: Store | None = None
        self._services: TillServices | None = None
        self._background: Background | None = None
        self._closing = threading.Lock()

    def now(self) -> datetime:
        return self._services.context.local_now() if self._services else self._environment.clock.now().astimezone()

    def elapsed_s(self) -> float:
        return self._environment.clock.monotonic()

    def open(self) -> TillState:
        if self._services is not None and self.services.mending.is_needed:
            return self.take_back()
        key = identity.file_key(self._environment.vault, self._environment.folder)
        self._store = open_store(self._environment.folder / identity.FILE, key)
        who = identity.load(self._store, self._environment.vault)
        if self._store.gap is not None and who is None:
            raise ChainIsShort(self._store.gap)
        if who is None:
            return NeedsPairing(self._environment.hub_url)
        return self._start(who)

    def subscribe(self, listener: Callable[[TillEvent], None]) -> None:
        self._listeners.append(listener)

    def team(self) -> Team:
        return self.services.sync.signing_in.team()

    def parked(self) -> tuple[Order, ...]:
        return tuple(self.services.orders.order(order_id) for order_id in reversed(self.services.orders.open_ids()))

    def take_back(self) -> TillState:
        self._mend()
        return self._begin()

    def hand_over(self) -> HandOver:
        services = self.services
        services.handing_over.send()
        services.recovery.look_back()  # nobody goes on with what is open and unpaid
        with suppress(TryAgainLater, HubRefused):
            self._settle_all()
        return services.handing_over.send()

    @property
    def is_revoked(self) -> bool:
        return self._services is not None and self._services.link.is_revoked

    def close(self) -> None:
        """Ends the background work, gives back what others can sell, and closes the file with what is unsent."""
        self._stop()
        with self._closing:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _stop(self) -> None:
        with self._closing:
            if self._background is not None:
                self._background.stop()
                self._background = None
            if self._services is not None:
                if self._services.link.is_online:
                    with suppress(Unreachable, HubRefused, TwoCopies, ChainIsShort):
                        self._services.sync.hand_back()
                with suppress(OperationFailed):  # it was said on the strip before
                    self._back_up()
                self._services.close()
                self._services = None

    @property
    def device_name(self) -> str:
        return self.services.context.device.name

    @property
    def catalogue(self) -> Catalogue:
        return self.services.context.event.catalogue

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key that this till's facts are signed with."""
        return self.services.context.journal.key.public_key()

    @property
    def is_drained(self) -> bool:
        """Whether the hub has everything, and no payment is open."""
        return not self.services.sync.unsent_count() and not self.services.tenders.unknown()

    @property
    def store(self) -> Store:
        if self._store is None:
            raise RuntimeError("the till is not open")
        return self._store

    @property
    def services(self) -> TillServices:
        if self._services is None:
            raise OperationFailed("This till is not paired.", "Nothing was changed.", "Pair it with a hub first.")
        return self._services

    def _start(self, who: identity.Identity) -> TillState:
        self._services = TillServices.build(self.store, who, self._environment)
        self._services.link.on_change = self._tell_status
        self._services.printing.on_change = self._tell_status
        self._services.sync.help_calls.on_change = self._tell_status
        self._services.sync.signing_in.on_change = lambda: self._tell(self.team())
        self._services.sync.signing_in.begin()
        with self.store.reading() as connection:
            event_id = settings.get(connection, "event_id")
            body = events_kept.read(connection, event_id)
            was_revoked = settings.get(connection, REVOKED_AT) is not None
            self._services.status.language = settings.get(connection, LANGUAGE) or ""
            self._services.status.camera = settings.get(connection, CAMERA) or ""
            chosen = settings.get(connection, CUSTOMER_DISPLAY)
            self._services.status.customer_display = (
                self._environment.customer_display if chosen is None else CustomerDisplay(chosen)
            )
        if was_revoked:
            self._services.link.hear_revoked()
        self._services.link.on_revoked = self._hear_revoked
        if body is not None:
            self._services.context.take_event(body)
        return self._begin()

    def _begin(self) -> TillState:
        """Begins where the till stands: with what is missing first, if something is."""
        services = self.services
        if services.mending.is_needed and not self.is_revoked:
            self._go()
            return services.mending.now()
        if services.context.has_event:
            services.recovery.look_back()
            services.recovery.give_up_orphans()
        elif not self.is_revoked:
            return NeedsEvent()
        self._go()
        return services.handing_over.now() if self.is_revoked else self._ready()

    def _hear_revoked(self) -> None:
        """Sells no more from now on; what is under way comes to its end."""
        handing_over = self.services.handing_over
        handing_over.remember()
        self.services.sync.elsewhere.forget()  # people's names are not for whoever has this till now
        self._tell(handing_over.now())

    def _ready(self) -> Ready:
        services = self.services
        return Ready(
            services.context.event.catalogue,
            services.status.now(),
            services.unknown.pending(),
            self.parked(),
            self.team(),
            services.kiosk.was_left_on,
        )

    def _go(self) -> None:
        """Starts what the till does by itself."""
        if self._background is None:
            self._background = Background(
                self.services.link,
                sync=self._sync,
                look=self._look_around,
                back_up=self._back_up,
                woken=self.services.wakeups.ring,
                clock=self._environment.clock.monotonic,
                back_up_s=self._environment.backup_every_s,
            )
            self._background.start()

    def _sync(self) -> None:
        services = self.services
        if self.is_revoked:
            self._tell(self.hand_over())
            return
        if services.mending.is_needed:
            self._mend()
            return
        try:
            if services.sync.everything():
                self._tell(CatalogueChanged(services.context.event.catalogue))
            services.asking.send_waiting()
            self._take_what_others_sold()
        except (ChainIsShort, TwoCopies):
            self._mend()
        finally:
            if not services.mending.is_needed:
                self._ask_about_unknown()
            if services.readers.is_cut_off:
                with suppress(Unreachable):
                    services.readers.look()
            self._tell_status()

    def _take_what_others_sold(self) -> None:
        """Takes some of it; whatever is against it, sales go on."""
        with suppress(OperationFailed):
            is_more = self.services.sync.elsewhere.catch_up()
            if is_more and self._background is not None:
                self._background.kick()

    def _mend(self) -> None:
        """Takes back what is missing, and tells the screen; a copy sends what it has sold, so that the hub names it."""
        services = self.services
        try:
            services.mending.take_back()
        except TwoCopies:
            with suppress(Unreachable, HubRefused, TwoCopies, ChainIsShort):
                services.sync.push()
        self._tell(services.mending.now())

    def _back_up(self) -> None:
        """Makes a backup of the file, unless it lacks what the backups before may have."""
        services = self.services
        if services.mending.is_needed:
            return
        try:
            services.mending.backups.make_if_new(self.store.path, self._environment.clock.now())
            services.status.backup_problem = ""
        except OperationFailed as error:
            services.status.backup_problem = error.what_happened
            self._tell_status()
            raise

    def _settle_all(self) -> None:
        """Asks about what is unknown, and lets go of what nobody waits for any more."""
        services = self.services
        if not services.context.has_event:
            return
        try:
            services.unknown.check_all(services.readers.chosen_id)
        finally:
            services.recovery.give_up_orphans()

    def _ask_about_unknown(self) -> None:
        services = self.services
        with suppress(TryAgainLater, HubRefused):
            self._settle_all()
        for each in services.unknown.newly_known():
            self._tell(each)

    def _look_around(self) -> None:
        services = self.services
        services.printing.look()
        with suppress(Unreachable):
            services.readers.look()
        self._tell_status()

    def _changed(self) -> None:
        if self._background is not None:
            self._background.kick()
        self._tell_status()

    def _hurry(self) -> None:
        """Has what was written sent soon; whoever asked does not wait for any word of it."""
        if self._background is not None:
            self._background.kick()

    def _tell_status(self) -> None:
        if self._services is not None and self._listeners:
            silent = () if self._background is None else tuple(self._background.silent())
            self._tell(replace(self._services.status.now(), silent=silent))

    def _tell(self, told: TillEvent) -> None:
        for listener in self._listeners:
            listener(told)
