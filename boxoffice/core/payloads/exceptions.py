"""What facts say about what a person must decide."""

from boxoffice.core.payloads.payload import Payload


class ExceptionRaised(Payload):
    """Something that a person must decide. `subject_id` is the payment, refund or event that it is about.

    `device_id` is the till that it is about.
    """

    exception_id: str
    exception_kind: str
    order_id: str | None = None
    detail: str
    remedies: tuple[str, ...] = ()
    subject_id: str | None = None
    device_id: str | None = None


class ExceptionResolved(Payload):
    """`by` is the organizer who decided, by number, or the till at which it was.

    `units` were sold beyond their pools' capacity, and are counted as sold from now on.
    """

    exception_id: str
    remedy: str
    by: str = ""
    units: dict[str, int] = {}
