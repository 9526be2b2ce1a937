"""The signature of webhooks, against Stripe's own check vector."""

from boxoffice.sandbox.stripe_webhooks import signature


def test_a_signature_is_stripes() -> None:
    body = b'{"id":"evt_1","object":"event"}'

    assert signature(body, "whsec_test", 1700000000) == (
        "t=1700000000,v1=4c15fb2a43f93ef61eaa3e0893866d57cad9cad4223242cfb96f362480cb4021"
    )
