"""What is taken off the sale: as rows of the cart, and what it takes to be allowed."""

from collections.abc import Callable
from dataclasses import replace

from boxoffice.core.limits import Extent
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.reductions import RIGHTS, Off, Reduction, alone_needs, not_approved
from boxoffice.core.rights import Answer, Right, may
from boxoffice.core.sums import Reduced
from boxoffice.documents.sums import reduced_words
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Approve, Next
from boxoffice.till.ui.flow.sale import Sale
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.sale_actions import DropReduction
from boxoffice.till.ui.speech import say, speaks
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import ReducedView
from boxoffice.till.ui.words import money


def needs_of(quote: PricedOrder) -> dict[Right, Extent]:
    """Returns what it takes to sell at such prices without anybody's approval; see `alone_needs`."""
    return dict(alone_needs((line.subtotal.minor, not_approved(line.taken_off)) for line in quote.lines))


def words_of(reduction: Reduction) -> str:
    """Returns such as `Discount 15 %: Member`."""
    return reduced_words(Reduced(reduction.off.value, reduction.reason, reduction.value, 0), speaks())


def dropped_next(sale: Sale) -> DropReduction | None:
    """Returns which discount one key takes out again: that of the chosen line, of the whole sale, the code, or any."""
    lines = [i for i, line in enumerate(sale.lines) if line.reduction is not None]
    if sale.chosen in lines:
        return DropReduction(sale.chosen)
    if sale.reduction is not None:
        return DropReduction()
    if sale.promo is not None:
        return DropReduction(is_code=True)
    return DropReduction(lines[-1]) if lines else None


def reduced_views(sale: Sale) -> tuple[ReducedView, ...]:
    """Returns a row for each discount of the sale."""
    if sale.is_empty:
        return ()
    quote, views = sale.priced(), list[ReducedView]()
    for i, line in enumerate(sale.lines):
        if line.reduction is not None:
            taken = (each for priced in quote.of_item(i) for each in priced.taken_off)
            off = -sum(each.amount.minor for each in taken if each.reduction == line.reduction)
            detail = f"{line.quantity} × {sale.catalogue.products_by_id[line.product_id].name}"
            views.append(_view(sale, words_of(line.reduction), detail, off, DropReduction(i)))
    if sale.promo is not None:
        off = -_taken(quote, Off.CODE, is_shared=False)
        detail = "" if off else say("takes nothing off this sale")
        views.append(_view(sale, say("Code {code}", code=sale.promo.code), detail, off, DropReduction(is_code=True)))
    if sale.reduction is not None:
        off = -_taken(quote, sale.reduction.off, is_shared=True)
        views.append(_view(sale, words_of(sale.reduction), say("off the whole sale"), off, DropReduction()))
    return tuple(views)


def _taken(quote: PricedOrder, off: Off, *, is_shared: bool) -> int:
    taken = [each for line in quote.lines for each in line.taken_off if each.is_shared == is_shared]
    return sum(each.amount.minor for each in taken if each.reduction.off is off)


def _view(sale: Sale, title: str, detail: str, minor: int, drop: DropReduction) -> ReducedView:
    key = "K" if dropped_next(sale) == drop else ""
    name = say("Take out again: {what}", what=title)
    amount = money(replace(sale.total, minor=minor))
    return ReducedView(title, detail, amount, ButtonView("", drop, "quiet", "cross", key, name=name))


def dropped(sale: Sale, drop: DropReduction) -> None:
    """Takes a discount out of the sale."""
    if drop.is_code:
        sale.promo = None
    elif drop.index is None:
        sale.reduction = None
    elif drop.index < len(sale.lines):
        sale.take(sale.reduced(None, drop.index, sale.lines[drop.index].quantity))


def act_of(right: Right, off: int, sale: Sale, what: str, why: str, extent: Extent) -> Act:
    """Returns what is put before who may approve a discount."""
    is_comp = right is Right.COMP
    wants = say("to give away") if is_comp else say("to take off {percent} %", percent=extent.percent)
    return Act(right, wants, what, replace(sale.total, minor=off), (("tag", f"**{why}**"),), extent)


def ask_first(session: Session, then: Callable[[], Next]) -> bool:
    """Asks for the approval that the sale as it stands by now takes, and goes on then; returns whether it has to.

    Less may be in it than when a discount was given, or somebody else be signed in.
    """
    sale = session.sale
    if sale.reduction is None and all(line.reduction is None for line in sale.lines):
        return False
    quote = sale.priced()
    asked = [
        (right, extent) for right, extent in needs_of(quote).items() if may(session.acting, right, extent) is Answer.ASK
    ]
    if not asked:
        return False
    right, extent = asked[0]
    mine = [line.reduction for line in sale.lines if _is_asked(line.reduction, right)]
    mine += [sale.reduction] if _is_asked(sale.reduction, right) else []
    reductions = [each for each in mine if each is not None]
    off = sum(each.amount.minor for line in quote.lines for each in line.taken_off if each.reduction in reductions)
    what = ", ".join(f"{line.quantity} × {line.product.name}" for line in quote.lines if line.taken_off)
    act = act_of(right, off, sale, what, ", ".join(map(words_of, reductions)), extent)

    def allowed(done: list[Reduction]) -> Next:
        approved = dict(zip(reductions, done, strict=True))
        lines = tuple(
            line if line.reduction is None else replace(line, reduction=approved.get(line.reduction, line.reduction))
            for line in sale.lines
        )
        whole = None if sale.reduction is None else approved.get(sale.reduction, sale.reduction)
        sale.take(Cart(lines, whole))
        return then()

    session.put_over(
        Approve(
            act,
            lambda approval: session.call(
                lambda: session.till.approved(
                    approval, lambda: [session.till.allow(each, extent) for each in reductions]
                ),
                allowed,
                keys_wait=True,
            ),
        )
    )
    return True


def _is_asked(reduction: Reduction | None, right: Right) -> bool:
    return reduction is not None and reduction.approved_by is None and RIGHTS.get(reduction.off.value) is right
