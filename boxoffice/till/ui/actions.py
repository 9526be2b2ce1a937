"""What a person can do on the screens; a tap and a key give the same action."""

from dataclasses import dataclass
from enum import Enum

from boxoffice.core.ids import EventId, OrderId, PriceKindId, ProductId, StaffId, TenderId
from boxoffice.core.preflight import Check
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.after_sale import Seen
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from boxoffice.till.usecases.gateway.orders import Paperwork, Which


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the till can go next; `flow.destinations` has them all."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Goes to another page, where nothing keeps the person on this one."""

    destination: Destination


class Do(Enum):
    """Actions with nothing more to say."""

    SELL = "sell"
    ORDERS = "orders"
    CHECK_IN = "check in"
    SHIFT = "shift"
    PROBLEMS = "problems"
    TILL = "till"
    TRAIN = "train"
    HELP = "help"
    BACK = "back"
    FINISH = "finish"
    NEXT = "next"
    CASH = "cash"
    CARD = "card"
    PHONE = "phone"
    SPLIT = "split"
    GIVEN = "given"
    GIFT_CARD = "gift_card"
    DISCOUNT = "discount"
    CODE = "code"
    FULL_PRICE = "full price"
    MORE = "more"
    PARK = "park"
    GROUP = "group"
    PRICE_KIND = "price kind"
    PARKED = "parked"
    GIVE_BACK = "give back"
    REFUND = "refund"
    HAND_OVER_ORDER = "hand over an order"
    NOTE = "note"
    NAME = "name"
    SWAP = "swap"
    TRANSFER = "transfer"
    TURN_CHIPS = "turn_chips"
    ADD_TO_LAST = "add to last"
    ADD = "add"
    SEND = "send"
    ALL = "all"
    AMOUNT = "amount"
    CLEAR = "clear"
    DELETE_DIGIT = "delete digit"
    CANCEL = "cancel"
    KEEP_WAITING = "keep waiting"
    MORE_TIME = "more time"
    CHECK_AGAIN = "check again"
    FIND_CAMERAS = "find cameras"
    SERVE_NEXT = "serve next"
    TRY_AGAIN = "try again"
    SYNC_NOW = "sync now"
    PRINT_LAST = "print last"
    PRINT_WAITING = "print what waits"
    SKIP_PAPER = "skip paper"
    SEND_AWAY = "send away"
    TEST_PAGE = "test page"
    TRY_DRAWER = "try drawer"
    TAKE_MORE = "take more places"
    KEEP_USUAL = "keep the usual places"
    GIVE_PLACES_BACK = "give places back"
    SWITCH_EVENT = "switch event"
    EXPORT = "export"
    PICK_READER = "pick reader"
    LET_BACK_IN = "let back in"
    LET_IN = "let in"
    UNDO = "undo"
    SEE_ORDER = "see the order"
    DOOR_LIST = "door list"
    SAVE_LIST = "save the door list"
    LOCK = "lock"
    OTHERS = "others"
    CLEAR_DIGITS = "clear digits"
    APPROVE = "approve"
    LARGER_TEXT = "larger text"
    SMALLER_TEXT = "smaller text"
    LOWER = "lower"
    CONTRAST = "contrast"
    CALL_HELP = "call help"
    END_HELP = "end help"
    START_OVER = "start over"
    STAFF = "staff"
    KIOSK = "kiosk"


class Sound(Enum):
    """What is heard at a gate. No answer is told by it alone."""

    GOOD = "good"
    LOOK = "look"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class AddProduct:
    product_id: ProductId


@dataclass(frozen=True, slots=True)
class ChooseLine:
    index: int


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One more or one less of a cart line."""

    index: int
    by: int


@dataclass(frozen=True, slots=True)
class DropReduction:
    """Takes a discount out of the sale again: of a line, of all of it (None), or the code."""

    index: int | None = None
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class ShowPage:
    index: int


@dataclass(frozen=True, slots=True)
class Serve:
    """One more or one less of a product, at a kiosk."""

    product_id: ProductId
    option: str | None
    by: int


@dataclass(frozen=True, slots=True)
class TypeLetters:
    """What a key of a keyboard on the screen types."""

    text: str


@dataclass(frozen=True, slots=True)
class ChooseOption:
    option: str


@dataclass(frozen=True, slots=True)
class ChoosePriceKind:
    """Another price for who shows a card; None for the usual one."""

    kind: PriceKindId | None


@dataclass(frozen=True, slots=True)
class TakeUpCart:
    """Goes on with a cart that waits, here or at another till."""

    cart_id: str


@dataclass(frozen=True, slots=True)
class ChooseCount:
    """So many people."""

    count: int


@dataclass(frozen=True, slots=True)
class TypeDigits:
    """Digits, `00` or `.` from the keypad or the keyboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Give:
    """A quick amount, in minor units. `finishes` is true for the exact sum."""

    minor: int
    finishes: bool = False


@dataclass(frozen=True, slots=True)
class SearchFor:
    text: str


@dataclass(frozen=True, slots=True)
class SubmitSearch:
    text: str


@dataclass(frozen=True, slots=True)
class OpenOrder:
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Goes on with a parked sale."""

    order_id: OrderId


@dataclass(frozen=True, slots=True)
class GiveReason:
    """Why money is given back, or something is given."""

    why: str


@dataclass(frozen=True, slots=True)
class TypeCode:
    """What stands in the field for a gift card's code."""

    text: str


@dataclass(frozen=True, slots=True)
class TakeAs:
    """Chooses a tender among those that a word is enough for."""

    kind: TenderKind


class Of(Enum):
    """What is chosen on the pages of a shift, and at a gate."""

    ACT = "act"
    MODE = "mode"
    FLOAT = "float"
    MOVE = "move"
    WAY = "way"
    REASON = "reason"
    PERSON = "person"
    REST = "rest"
    PRINTER = "printer"
    WIDTH = "width"
    CUTS = "cuts"
    STOCK = "stock"
    DENSITY = "density"
    TICKET_LETTERS = "ticket letters"
    LETTERS = "letters"
    DRAWER = "drawer"
    OPENS_FOR = "opens for"
    GUEST = "guest"
    GATE = "gate"
    WHY = "why"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Sift:
    """Shows some of the orders alone."""

    where: Which


@dataclass(frozen=True, slots=True)
class Pick:
    """Chooses one among those of a kind that stand on the page."""

    of: Of
    index: int


@dataclass(frozen=True, slots=True)
class WriteAddress:
    """Where a printer is, as somebody types it: this till's, its printer of tickets, or the one of the till beside."""

    text: str
    is_neighbour: bool = False
    is_for_tickets: bool = False


@dataclass(frozen=True, slots=True)
class ChoosePiece:
    """Counts this bill or coin next."""

    index: int


@dataclass(frozen=True, slots=True)
class ChangePiece:
    """One more or one less of a bill or coin."""

    index: int
    by: int


@dataclass(frozen=True, slots=True)
class ChoosePerson:
    """Who signs in."""

    staff_id: StaffId


@dataclass(frozen=True, slots=True)
class LockAfter:
    """Asks again who is there after so long without a touch."""

    seconds: int


@dataclass(frozen=True, slots=True)
class SawThat:
    """What showed that an order is theirs who collect it."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class KeepNote:
    """What an order is found by, besides all else."""

    text: str


@dataclass(frozen=True, slots=True)
class TickThing:
    """Chooses one thing of an order to give back, or leaves it there."""

    index: int


@dataclass(frozen=True, slots=True)
class PrintPaper:
    what: Paperwork


@dataclass(frozen=True, slots=True)
class SavePaper:
    what: Paperwork


@dataclass(frozen=True, slots=True)
class SendEmail:
    address: str


@dataclass(frozen=True, slots=True)
class Pair:
    hub_url: str
    code: str


@dataclass(frozen=True, slots=True)
class ChooseEvent:
    event_id: EventId


@dataclass(frozen=True, slots=True)
class ChooseReader:
    reader_id: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Says everything in another language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class SpeakToCustomer:
    """Shows the customer's screen in another language, for this sale."""

    language: str


@dataclass(frozen=True, slots=True)
class ShowCustomer:
    """Shows the customer's screen somewhere else, or not at all."""

    display: CustomerDisplay


@dataclass(frozen=True, slots=True)
class CheckPayment:
    payment_id: TenderId


@dataclass(frozen=True, slots=True)
class ChooseProblem:
    """Shows what can be done about a problem of the hub."""

    problem_id: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Does a remedy of a problem of the hub."""

    problem_id: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UseCamera:
    """Reads codes with the camera of this name, or with none."""

    name: str


@dataclass(frozen=True, slots=True)
class Mend:
    """Does what a check before doors open asks for."""

    check: Check


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Looks at one check again."""

    check: Check


@dataclass(frozen=True, slots=True)
class UseToast:
    """Presses the button of a toast (such as Undo), or closes it."""

    toast_id: int
    closes: bool = False


class Drill(Enum):
    """What somebody does about the drill that they practise, beside the till itself."""

    HINT = "hint"
    AGAIN = "again"
    SKIP = "skip"
    SHOW = "show"
    """The guest at the gate holds out a ticket."""
    NEXT = "next"
    CARD = "card"
    LANGUAGE = "language"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class BeginDrill:
    """Begins a drill, by its number."""

    number: int


Action = (
    Do
    | Drill
    | BeginDrill
    | GoTo
    | AddProduct
    | Serve
    | TypeLetters
    | ChooseLine
    | ChangeLine
    | DropReduction
    | ShowPage
    | ChooseOption
    | ChoosePriceKind
    | ChooseCount
    | TakeUpCart
    | TypeDigits
    | Give
    | SearchFor
    | SubmitSearch
    | OpenOrder
    | TakeUp
    | GiveReason
    | TakeAs
    | TypeCode
    | SawThat
    | KeepNote
    | ChoosePerson
    | LockAfter
    | TickThing
    | Sift
    | Pick
    | WriteAddress
    | ChoosePiece
    | ChangePiece
    | PrintPaper
    | SavePaper
    | SendEmail
    | Pair
    | ChooseEvent
    | ChooseReader
    | Speak
    | SpeakToCustomer
    | ShowCustomer
    | CheckPayment
    | ChooseProblem
    | Decide
    | UseCamera
    | Mend
    | LookAgain
    | UseToast
)
