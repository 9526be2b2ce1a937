"""Ways out are opened late, and once."""

import threading

from boxoffice.till.net.connections import late


class Line:
    """Counts how often it was opened and closed."""

    opened = 0
    closed = 0

    def __init__(self) -> None:
        threading.Event().wait(0.02)  # long enough for every thread to be at the door
        Line.opened += 1
        self.word = "hello"

    def close(self) -> None:
        Line.closed += 1


def test_threads_that_need_it_at_once_share_one() -> None:
    Line.opened = 0
    line = late(Line)
    threads = [threading.Thread(target=lambda: line.word) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (Line.opened, line.word) == (1, "hello")


def test_what_was_never_needed_is_never_opened() -> None:
    Line.opened = Line.closed = 0

    late(Line).close()

    assert (Line.opened, Line.closed) == (0, 0)
