"""The hub's logs: one line for each thing that happened, as JSON or, at a terminal, for the eye. All are scrubbed."""

import logging
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from sync.scrubbing import scrub

_LIBRARIES: Final = ("uvicorn", "uvicorn.error", "procrastinate", "httpx", "stripe", "alembic")
_OURS: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def scrubbed(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Takes the secrets out of a line."""
    for name in [name for name in line if not name.startswith("_")]:  # those are the library's own
        line[name] = scrub(line[name])
    return line


def set_up_logs() -> None:
    """Sends this process's lines to stderr, those of the libraries too."""
    join_logging()
    last: Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(default=str)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_OURS,
            processors=[scrubbed, structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.setLevel(logging.WARNING)
        library.handlers, library.propagate = [], True  # some bring a way to stderr of their own, past the scrubbing


def join_logging() -> None:
    """Hands our lines to Python's logging, which keeps silent below warnings until it is set up."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_OURS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
