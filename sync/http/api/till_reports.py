"""What tills call for their reports: to have a Z report mailed to the organizers."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from boxoffice.core.wire.reports import ReportAsk, ReportMailed
from sync.http.access import TheHub, TrustedTill
from sync.http.services import TheServices
from sync.tills.report_mails import ReportMails

router: Final = APIRouter(prefix="/api/till/shifts", tags=["till"])
ShiftId = Annotated[str, Path(max_length=100, pattern="^[^\\x00]*$")]


@router.post("/{shift_id}/mails")
def mail_report(
    hub: TheHub, services: TheServices, till: TrustedTill, shift_id: ShiftId, body: ReportAsk
) -> ReportMailed:
    return ReportMails(hub, services.mailer.provider).queue(till, shift_id, body)
