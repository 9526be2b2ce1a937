"""Who sends mails, in memory: what was sent is what the hub is held to, whether it heard so or not."""

from dataclasses import dataclass, field

from boxoffice.core.errors import TryAgainLater
from sync.ports import Mail
from tests.simulation.chaos import Chaos
from tests.simulation.options import Fault


@dataclass
class SimMail:
    """Implements `sync.ports.MailSender`."""

    chaos: Chaos
    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> str:
        self._reach(Fault.MAIL_DOWN)
        self.sent.append(mail)
        self.chaos.counts["mailed"] += 1
        self.chaos.scheduler.note("hub", f"mails: {mail.subject}"[:80])
        self._reach(Fault.MAIL_ANSWER_LOST)
        return f"message-{len(self.sent)}"

    def _reach(self, fault: Fault) -> None:
        if self.chaos.strikes(fault, "mails", 2):
            raise TryAgainLater("SendGrid can't be reached.", "Nothing is known.", "It is tried again.")
