"""The command line of the till: sell, scan, kiosk, train, demo, pair, restore, preflight, verify, sandbox."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from boxoffice.core.commands import Commands
from boxoffice.core.errors import BadInput, BoxofficeError, OperationFailed


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code: 0 well, 1 something failed or did not verify, 2 bad input."""
    arguments = parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except BadInput as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2
    except BoxofficeError as error:
        print(error, file=sys.stderr)
        return 1


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: a till has no time for it at its start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415  # 30 ms of a till's start

        print(f"boxoffice {version('boxoffice')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Returns what reads the command line."""
    whole = argparse.ArgumentParser(prog="boxoffice", description="The till. With no command it opens its window.")
    whole.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    whole.set_defaults(run=_till)
    commands = Commands(whole)

    demo = commands.add("demo", help="run the whole stack on this machine")
    mode = demo.add_mutually_exclusive_group()
    mode.add_argument("--headless", action="store_true", help="drive seeded orders through it, verify, and end")
    mode.add_argument("--serve", action="store_true", help="Postgres, hub and sandbox without a till, until stopped")
    demo.add_argument("--tills", type=_positive, default=2, metavar="N", help="tills that sell at once (2)")
    demo.add_argument("--orders", type=_positive, default=40, metavar="N", help="orders over all tills (40)")
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="makes the mix of orders (1)")
    demo.add_argument("--keep", type=Path, metavar="DIR", help="keep databases and documents here")
    demo.add_argument("--json", type=Path, metavar="FILE", help="write the result (or the addresses) to FILE")
    demo.set_defaults(run=_demo)

    pair = commands.add("pair", help="pair this till with a hub")
    pair.add_argument("hub_url", help="the hub's address")
    pair.add_argument("code", help="the one-time code that an organizer made")
    pair.add_argument(
        "--export-is-safe", action="store_true", help="of a revoked till: an organizer has what it saved to a file"
    )
    pair.set_defaults(run=_pair)

    hand_over = commands.add("hand-over", help="send what a till holds that was revoked")
    hand_over.add_argument("--export", action="store_true", help="save it to a file where the hub can't be reached")
    hand_over.set_defaults(run=_hand_over)

    restore = commands.add("restore", help="bring a damaged till's file back: from hub and backups")
    restore.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a backup; the newest good one if not given"
    )
    restore.add_argument("--list", action="store_true", help="show what backups there are, and change nothing")
    restore.add_argument("--yes", action="store_true", help="put the backup in place without asking")
    restore.add_argument(
        "--without-missing", action="store_true", help="go on selling without the records that nobody has"
    )
    restore.set_defaults(run=_restore)

    scan = commands.add("scan", help="let people in: a machine for a gate, that can't sell")
    scan.set_defaults(run=_scan)

    kiosk = commands.add("kiosk", help="let customers serve themselves: only staff can leave it")
    kiosk.set_defaults(run=_kiosk)

    train = commands.add("train", help="practise with drills: no real money, no real tickets, nothing real is reached")
    train.set_defaults(run=_train)

    preflight = commands.add(
        "preflight", help="look at all that must work before doors open: 0 green, 1 something failed, 3 something to do"
    )
    preflight.add_argument("--json", action="store_true", help="print what each check came to as JSON")
    preflight.add_argument("--test-page", action="store_true", help="print the test page first")
    preflight.add_argument("--test-payment", action="store_true", help="try the reader first: nothing is charged")
    preflight.add_argument("--door-list", action="store_true", help="make the door list first")
    preflight.set_defaults(run=_preflight)

    verify = commands.add("verify", help="recompute everything from the facts; name the first thing wrong")
    verify.set_defaults(run=_verify)

    sandbox = commands.add("sandbox", help="a stand-in for Stripe, PayPal, SendGrid and GA4 on this machine")
    sandbox.add_argument("--port", type=_port, default=0, metavar="P", help="a free one if not given")
    sandbox.set_defaults(run=_sandbox)
    return whole


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 65535")
    return int(text)


def _till(arguments: argparse.Namespace) -> int:
    """Sells until the window is closed; somebody who practises meanwhile comes back to it."""
    from boxoffice.till.app import run_till  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till
    from boxoffice.till.usecases.gateway.standing import Ended  # noqa: PLC0415  # as above

    code = run_till()
    while code == Ended.FOR_TRAINING:
        _train(arguments)
        code = run_till()
    return code


def _train(_: argparse.Namespace) -> int:
    try:
        from boxoffice.training.command import run_training  # noqa: PLC0415  # 0.4 s that no till waits for
    except ModuleNotFoundError as error:
        raise _till_alone("training", error) from error
    return run_training()


def _scan(_: argparse.Namespace) -> int:
    from boxoffice.till.app import run_till  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till

    return run_till(is_gate_only=True)


def _kiosk(_: argparse.Namespace) -> int:
    from boxoffice.till.app import run_till  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till

    return run_till(is_kiosk=True)


def _demo(arguments: argparse.Namespace) -> int:
    try:
        from boxoffice.demo.command import run_demo  # noqa: PLC0415  # 2.5 s that no till waits for
    except ModuleNotFoundError as error:
        raise _till_alone("demo", error) from error
    return run_demo(arguments)


def _pair(arguments: argparse.Namespace) -> int:
    from boxoffice.till.app import pair_till  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till

    return pair_till(arguments.hub_url, arguments.code, is_export_safe=arguments.export_is_safe)


def _hand_over(arguments: argparse.Namespace) -> int:
    from boxoffice.till.app import hand_over  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till

    return hand_over(exports=arguments.export)


def _restore(arguments: argparse.Namespace) -> int:
    from boxoffice.till.restoring import list_backups, restore_till  # noqa: PLC0415  # 0.6 s: help needs no till

    if arguments.list:
        return list_backups()
    return restore_till(arguments.file, is_sure=arguments.yes, goes_on=arguments.without_missing)


def _preflight(arguments: argparse.Namespace) -> int:
    from boxoffice.till.app import preflight_till  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till

    first = {
        "test_print": arguments.test_page,
        "test_payment": arguments.test_payment,
        "door_list": arguments.door_list,
    }
    return preflight_till([check for check, is_wanted in first.items() if is_wanted], as_json=arguments.json)


def _verify(_: argparse.Namespace) -> int:
    from boxoffice.till.app import verify_till  # noqa: PLC0415  # 0.6 s: help and the sandbox need no till

    return verify_till()


def _sandbox(arguments: argparse.Namespace) -> int:
    try:
        from boxoffice.sandbox.server import serve  # noqa: PLC0415  # 0.4 s that no till waits for
    except ModuleNotFoundError as error:
        raise _till_alone("sandbox", error) from error
    try:
        serve(arguments.port)
    except OSError as error:
        raise OperationFailed(
            f"Port {arguments.port} can't be listened at: {error.strerror or error}.",
            "Nothing was started.",
            "Name another one with --port, or none for a free one.",
        ) from error
    return 0


def _till_alone(what: str, error: ModuleNotFoundError) -> OperationFailed:
    return OperationFailed(
        f"This is the till alone: it has no {what} ({error.name} is missing).",
        "Nothing was started.",
        "Install boxoffice with its hub (pip install boxoffice[desktop,hub]), or use a checkout and make demo.",
    )


if __name__ == "__main__":
    if "--multiprocessing-fork" in sys.argv:  # a program of its own is its helpers' program too
        from multiprocessing import freeze_support  # 8 ms of a till's start

        freeze_support()
    sys.exit(main())
