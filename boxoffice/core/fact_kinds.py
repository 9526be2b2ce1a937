"""The kinds of facts: since when tills know each, and what it says."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from boxoffice.core.payloads.bank import FeeRecorded, PayoutRecorded, ReturnFiled, StrayDecided
from boxoffice.core.payloads.cash import (
    CashCounted,
    CashMoved,
    DrawerOpened,
    ShiftClosed,
    ShiftHandedOver,
    ShiftOpened,
)
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.disputes import DisputeAnswered, DisputeChanged
from boxoffice.core.payloads.exceptions import ExceptionRaised, ExceptionResolved
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.offers import OfferPaid, OfferSettled
from boxoffice.core.payloads.orders import OrderCollected, OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.preflight import PreflightDone
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payloads.stored_value import (
    GiftCardBlocked,
    GiftCardCashedOut,
    GiftCardIssued,
    GiftCardTakenBack,
    GiftCardWrittenOff,
    ValueLeased,
    ValueRecalled,
    ValueReclaimed,
    ValueReturned,
)
from boxoffice.core.payloads.tickets import TicketReissued, TicketsIssued, TicketVoided, UnitsFreed


class FactKind(Enum):
    ORDER_PLACED = "order_placed"
    ORDER_STATE_CHANGED = "order_state_changed"
    ORDER_COLLECTED = "order_collected"
    PAYMENT_STARTED = "payment_started"
    PAYMENT_CAPTURED = "payment_captured"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_UNKNOWN = "payment_unknown"
    TICKETS_ISSUED = "tickets_issued"
    TICKET_VOIDED = "ticket_voided"
    TICKET_REISSUED = "ticket_reissued"
    UNITS_FREED = "units_freed"
    TICKET_SCANNED = "ticket_scanned"
    REFUND_REQUESTED = "refund_requested"
    REFUND_PENDING = "refund_pending"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    DISPUTE_CHANGED = "dispute_changed"
    DISPUTE_ANSWERED = "dispute_answered"
    SHIFT_OPENED = "shift_opened"
    CASH_MOVED = "cash_moved"
    CASH_COUNTED = "cash_counted"
    DRAWER_OPENED = "drawer_opened"
    SHIFT_HANDED_OVER = "shift_handed_over"
    SHIFT_CLOSED = "shift_closed"
    GIFT_CARD_ISSUED = "gift_card_issued"
    GIFT_CARD_TAKEN_BACK = "gift_card_taken_back"
    GIFT_CARD_CASHED_OUT = "gift_card_cashed_out"
    GIFT_CARD_BLOCKED = "gift_card_blocked"
    GIFT_CARD_WRITTEN_OFF = "gift_card_written_off"
    VALUE_LEASED = "value_leased"
    VALUE_RECALLED = "value_recalled"
    VALUE_RETURNED = "value_returned"
    VALUE_RECLAIMED = "value_reclaimed"
    LEASE_GRANTED = "lease_granted"
    LEASE_RETURNED = "lease_returned"
    LEASE_RECLAIMED = "lease_reclaimed"
    CATALOGUE_REVISED = "catalogue_revised"
    STAFF_CHANGED = "staff_changed"
    PREFLIGHT_DONE = "preflight_done"
    OFFER_PAID = "offer_paid"
    OFFER_SETTLED = "offer_settled"
    FEE_RECORDED = "fee_recorded"
    PAYOUT_RECORDED = "payout_recorded"
    STRAY_DECIDED = "stray_decided"
    RETURN_FILED = "return_filed"
    EXCEPTION_RAISED = "exception_raised"
    EXCEPTION_RESOLVED = "exception_resolved"


KINDS_SINCE: Final[Mapping[FactKind, int]] = {
    FactKind.REFUND_PENDING: 2,
    FactKind.DISPUTE_CHANGED: 2,
    FactKind.STAFF_CHANGED: 4,
    FactKind.UNITS_FREED: 4,
    FactKind.ORDER_COLLECTED: 4,
    FactKind.OFFER_PAID: 5,
    FactKind.OFFER_SETTLED: 5,
    FactKind.GIFT_CARD_ISSUED: 5,
    FactKind.GIFT_CARD_TAKEN_BACK: 5,
    FactKind.VALUE_LEASED: 5,
    FactKind.VALUE_RECALLED: 5,
    FactKind.VALUE_RECLAIMED: 5,
    FactKind.TICKET_REISSUED: 6,
}
"""From which generation on tills can read kinds that were not there from the beginning.

A message with one of them an older till would refuse as a whole, so it is left out for it.
"""


PAYLOADS: Final[Mapping[FactKind, type[Payload]]] = {
    FactKind.ORDER_PLACED: OrderPlaced,
    FactKind.ORDER_STATE_CHANGED: OrderStateChanged,
    FactKind.ORDER_COLLECTED: OrderCollected,
    FactKind.PAYMENT_STARTED: PaymentStarted,
    FactKind.PAYMENT_CAPTURED: PaymentCaptured,
    FactKind.PAYMENT_FAILED: PaymentFailed,
    FactKind.PAYMENT_UNKNOWN: PaymentUnknown,
    FactKind.TICKETS_ISSUED: TicketsIssued,
    FactKind.TICKET_VOIDED: TicketVoided,
    FactKind.TICKET_REISSUED: TicketReissued,
    FactKind.UNITS_FREED: UnitsFreed,
    FactKind.TICKET_SCANNED: TicketScanned,
    FactKind.REFUND_REQUESTED: RefundRequested,
    FactKind.REFUND_PENDING: RefundPending,
    FactKind.REFUND_SUCCEEDED: RefundSucceeded,
    FactKind.REFUND_FAILED: RefundFailed,
    FactKind.DISPUTE_CHANGED: DisputeChanged,
    FactKind.DISPUTE_ANSWERED: DisputeAnswered,
    FactKind.SHIFT_OPENED: ShiftOpened,
    FactKind.CASH_MOVED: CashMoved,
    FactKind.CASH_COUNTED: CashCounted,
    FactKind.DRAWER_OPENED: DrawerOpened,
    FactKind.SHIFT_HANDED_OVER: ShiftHandedOver,
    FactKind.SHIFT_CLOSED: ShiftClosed,
    FactKind.GIFT_CARD_ISSUED: GiftCardIssued,
    FactKind.GIFT_CARD_TAKEN_BACK: GiftCardTakenBack,
    FactKind.GIFT_CARD_CASHED_OUT: GiftCardCashedOut,
    FactKind.GIFT_CARD_BLOCKED: GiftCardBlocked,
    FactKind.GIFT_CARD_WRITTEN_OFF: GiftCardWrittenOff,
    FactKind.VALUE_LEASED: ValueLeased,
    FactKind.VALUE_RECALLED: ValueRecalled,
    FactKind.VALUE_RETURNED: ValueReturned,
    FactKind.VALUE_RECLAIMED: ValueReclaimed,
    FactKind.LEASE_GRANTED: LeaseGranted,
    FactKind.LEASE_RETURNED: LeaseReturned,
    FactKind.LEASE_RECLAIMED: LeaseReclaimed,
    FactKind.CATALOGUE_REVISED: CatalogueRevised,
    FactKind.STAFF_CHANGED: StaffChanged,
    FactKind.PREFLIGHT_DONE: PreflightDone,
    FactKind.OFFER_PAID: OfferPaid,
    FactKind.OFFER_SETTLED: OfferSettled,
    FactKind.FEE_RECORDED: FeeRecorded,
    FactKind.PAYOUT_RECORDED: PayoutRecorded,
    FactKind.STRAY_DECIDED: StrayDecided,
    FactKind.RETURN_FILED: ReturnFiled,
    FactKind.EXCEPTION_RAISED: ExceptionRaised,
    FactKind.EXCEPTION_RESOLVED: ExceptionResolved,
}
