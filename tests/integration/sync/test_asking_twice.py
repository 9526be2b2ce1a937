"""What hurts is asked about once more, on a page of its own that changes nothing."""

import pytest

from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office, form_of

pytestmark = pytest.mark.enable_socket


def test_a_till_is_revoked_after_a_look_at_what_it_holds(hub: Stand, office: Office) -> None:
    door = hub.door()
    door.lease({"friday": 7})
    path = f"/tills/{door.me.device_id}/revoke"

    looked = office.page(path)
    before = hub.one("SELECT status FROM devices WHERE id = %s", door.me.device_id)
    office.http.post(path, data=form_of(looked))

    assert f'{path}"' in office.page("/tills") or "revoked" in office.page("/tills")
    assert f"Revoke {door.me.name}?" in looked
    assert "It holds 7 places on lease" in looked
    assert before == "active"
    assert hub.one("SELECT status FROM devices WHERE id = %s", door.me.device_id) == "revoked"
    assert office.http.get(path).status_code == 404


def test_a_channel_is_stopped_after_a_look_with_a_word_to_the_public(hub: Stand, office: Office) -> None:
    looked = office.page("/control/paypal/stop")
    before = hub.sql("SELECT share FROM switches WHERE channel = 'paypal'")

    office.http.post("/control/paypal", data={**form_of(looked), "message": "Back at 9 PM."})

    assert "Stop PayPal?" in looked
    assert before == []
    assert hub.sql("SELECT share, message FROM switches WHERE channel = 'paypal'") == [(0, "Back at 9 PM.")]
    assert office.http.get("/control/nothing/stop").status_code == 404


def test_words_to_the_public_that_were_typed_beside_the_button_are_there_when_it_asks(
    hub: Stand, office: Office
) -> None:
    typed = {**form_of(office.page("/control")), "message": "Back at 10 <PM>."}

    looked = office.http.post("/control/web/stop", data=typed)

    assert 'value="Back at 10 &lt;PM&gt;."' in looked.text
    assert hub.sql("SELECT share FROM switches WHERE channel = 'web'") == []
