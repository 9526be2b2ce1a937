"""Runs seeds from the command line: `make sim`, and with `--page` the picture of one (`make sim-view`)."""

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.postgres import postgres_in
from tests.simulation.options import Fault, Options
from tests.simulation.page import page_of
from tests.simulation.runs import Player, Tier, Verdict, command, drawn, shrunk
from tests.simulation.stage import stage

TAPES = Path("sim-tapes")


def main() -> int:
    wanted = _arguments()
    with _player(Tier(wanted.tier)) as player:
        if wanted.tape is not None:
            return _replay(player, Path(wanted.tape))
        if wanted.page is not None:
            return _show(player, _only(wanted), Path(wanted.page))
        if wanted.seed is not None:
            return _one(player, _only(wanted))
        return _many(player, wanted)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--tier", choices=[tier.value for tier in Tier], default=Tier.FULL.value)
    parser.add_argument("--seeds", type=int, default=20, help="how many runs")
    parser.add_argument("--first", type=int, help="the first seed; drawn if it is not given")
    parser.add_argument("--steps", type=int, default=40, help="how many steps people take in each")
    parser.add_argument("--seed", type=int, help="plays this seed alone, and tells all of it")
    parser.add_argument("--without", default="", help="faults to leave out, with commas between")
    parser.add_argument("--skip", default="", help="steps to leave out, with commas between")
    parser.add_argument("--tape", help="plays the draws of a tape that a failure has left")
    parser.add_argument("--page", help="writes the run of `--seed` as a page")
    return parser.parse_args()


@contextmanager
def _player(tier: Tier) -> Iterator[Player]:
    if tier is Tier.FAST:
        yield Player(tier)
        return
    with tempfile.TemporaryDirectory(prefix="boxoffice-sim-") as folder, postgres_in(Path(folder) / "data") as url:
        stage(url)
        yield Player(tier, url)


def _only(wanted: argparse.Namespace) -> Options:
    whole = drawn(wanted.seed or 1, wanted.steps)
    left_out = {Fault(name) for name in wanted.without.split(",") if name}
    skipped = frozenset(int(number) for number in wanted.skip.split(",") if number)
    return replace(whole, faults=whole.faults - left_out, skipped=skipped)


def _many(player: Player, wanted: argparse.Namespace) -> int:
    first = secrets.randbelow(10**9) if wanted.first is None else wanted.first
    began, counts, virtual_s = time.monotonic(), Counter[str](), 0.0
    for seed in range(first, first + wanted.seeds):
        verdict = player.play(drawn(seed, wanted.steps))
        counts += verdict.counts
        virtual_s += verdict.virtual_s
        if verdict.problem is not None:
            return _failed(player, verdict)
        if seed % 100 == 0 and player.play(drawn(seed, wanted.steps)).digest != verdict.digest:
            print(f"seed {seed} does not play the same twice")
            return 1
    minutes = (time.monotonic() - began) / 60
    print(
        f"{wanted.seeds} runs of {wanted.steps} steps ({player.tier.value} tier, seeds {first} to "
        f"{first + wanted.seeds - 1}): nothing broke. {wanted.seeds / minutes:.0f} runs a minute, "
        f"{virtual_s / 3600:.0f} hours of theirs."
    )
    for what, count in sorted(counts.items()):
        print(f"  {count:7} {what}")
    return 0


def _failed(player: Player, verdict: Verdict) -> int:
    print(verdict.options)
    print(f"\nBROKEN at step {verdict.step}: {verdict.problem}\n\nmaking it smaller …")
    small = shrunk(verdict, player.play)
    print(small.options)
    for at, who, what in small.trace:
        print(f"{at:9.1f}  {who:10} {what}")
    print(f"\nBROKEN at step {small.step}: {small.problem}\nplay it again: {command(small.options, player.tier)}")
    TAPES.mkdir(exist_ok=True)
    tape = TAPES / f"{player.tier.value}-{verdict.options.seed}.json"
    tape.write_text(
        json.dumps({"command": command(verdict.options, player.tier), "draws": verdict.tape} | _kept(verdict))
    )
    print(f"its draws, should the code change: make sim TIER={player.tier.value} TAPE={tape}")
    return 1


def _kept(verdict: Verdict) -> dict[str, object]:
    return {"seed": verdict.options.seed, "steps": verdict.options.steps, "problem": verdict.problem}


def _replay(player: Player, path: Path) -> int:
    kept = json.loads(path.read_text())
    verdict = player.play(drawn(kept["seed"], kept["steps"]), kept["draws"])
    return _told(verdict)


def _one(player: Player, options: Options) -> int:
    return _told(player.play(options))


def _told(verdict: Verdict) -> int:
    print(verdict.options)
    for at, who, what in verdict.trace:
        print(f"{at:9.1f}  {who:10} {what}")
    print(f"\ntrace {verdict.digest}")
    print(f"BROKEN at step {verdict.step}: {verdict.problem}" if verdict.problem else "nothing broke")
    return 1 if verdict.problem else 0


def _show(player: Player, options: Options, path: Path) -> int:
    verdict = player.play(options)
    path.write_text(page_of(verdict))
    print(f"{path}: {verdict.problem or 'nothing broke'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
