"""What a person can do on the screens; a tap and a key give the same action."""

from dataclasses import dataclass
from enum import Enum

from boxoffice.till.ui.order_actions import (
    CheckPayment,
    GiveReason,
    KeepNote,
    OpenOrder,
    PrintPaper,
    SavePaper,
    SawThat,
    SearchFor,
    SendEmail,
    Sift,
    SubmitSearch,
    TakeUp,
    TickThing,
)
from boxoffice.till.ui.sale_actions import (
    AddProduct,
    ChangeLine,
    ChooseCount,
    ChooseLine,
    ChooseOption,
    ChoosePriceKind,
    DropReduction,
    Give,
    Serve,
    ShowPage,
    TakeAs,
    TakeUpCart,
    TypeCode,
)
from boxoffice.till.ui.till_actions import (
    ChangePiece,
    ChooseEvent,
    ChoosePerson,
    ChoosePiece,
    ChooseProblem,
    ChooseReader,
    Decide,
    LockAfter,
    LookAgain,
    Mend,
    Pair,
    ShowCustomer,
    Speak,
    SpeakToCustomer,
    UseCamera,
    WriteAddress,
)


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
class TypeLetters:
    """What a key of a keyboard on the screen types."""

    text: str


@dataclass(frozen=True, slots=True)
class TypeDigits:
    """Digits, `00` or `.` from the keypad or the keyboard."""

    text: str


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
class Pick:
    """Chooses one among those of a kind that stand on the page."""

    of: Of
    index: int


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
