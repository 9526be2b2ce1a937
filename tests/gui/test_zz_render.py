from dataclasses import replace
import pytest
from PySide6.QtCore import Qt
from tests.gui.conftest import Door, ENTER, ESC
from tests.gui.fake_till import FakeTill
from boxoffice.till.usecases.gateway.paying import Stage
from boxoffice.core.staff import StaffRole
from tests.gui.festival import *

SIZES=((1080,1920),(1920,1080),(1280,800))

@pytest.mark.parametrize("size",SIZES,ids=lambda s:f"{s[0]}x{s[1]}")
def test_render(qtbot, till:FakeTill, size):
    till.hire("Ana", StaffRole.SUPERVISOR, pin="4071")
    till.lock()
    door=Door(qtbot,till,size,is_kiosk=True)
    n=f"/tmp/k/{size[0]}x{size[1]}"
    door.at("WelcomePage")
    door.window.showNormal(); door.window.resize(*size); qtbot.wait(100)
    def shot(name):
        qtbot.wait(60); door.window.resize(*size); qtbot.wait(30)
        door.window.grab().save(f"{n}-{name}.png")
    shot("1start")
    door.tap("Buy tickets"); door.at("ChoosePage"); shot("2choose0")
    S=[b for b in door.window.findChildren(type(door.buttons()["Help"])) if b.isVisible() and b.view.label=="Add"]
    door.tap_widget(S[0]); door.tap_widget(S[1]);
    qtbot.wait(30)
    M=[b for b in door.window.findChildren(type(door.buttons()["Help"])) if b.isVisible() and b.view.icon=="plus" and not b.view.label]
    door.tap_widget(M[0]); shot("2choose")
    door.tap("Español"); shot("2choose-es")
    door.tap("English")
    door.tap("Pay"); door.at("CardPage"); qtbot.wait(100); shot("3pay")
    till.clock.forward(61)
    door.window.flow.session.tick(); shot("4timeout")
    door.press(ENTER)
    till.end_payment("refused","The bank declined this card."); door.at("NotPaidPage"); shot("5declined")
    door.tap("Pay with your phone"); door.at("OwnPhonePage"); door.sees("Scan this code"); shot("6phone")
    door.tap("Help"); qtbot.wait(100); shot("7help"); door.press(ESC)
    door.window.close(); qtbot.wait(30); shot("8staff0")
    till.end_payment("paid"); door.at("PaidPage"); qtbot.wait(200); shot("9paid")
    door.tap("Send by e-mail"); door.at("MailPage"); shot("10mail")
    door.window.close(); qtbot.wait(50); shot("11staff")
