"""The outbox: mails with their text, their HTML (which never runs) and their attachments."""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.errors import Document, StripeError
from boxoffice.sandbox.mail import Attachment
from boxoffice.sandbox.outbox import Kept
from boxoffice.sandbox.rendering import guarded, render
from boxoffice.sandbox.world import World

_SAFE_MAIL: Final = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


def outbox_routes(world: World) -> list[Route]:
    def find(request: Request) -> Kept:
        kept = world.outbox.find(request.path_params["id"])
        if kept is None:
            raise StripeError(404, "No such mail.")
        return kept

    async def outbox(_request: Request) -> Response:
        return render("outbox.html", mails=world.outbox.mails[::-1])

    async def one(request: Request) -> Response:
        kept = find(request)
        return render("mail.html", kept=kept, mail=kept.mail)

    async def html(request: Request) -> Response:
        return HTMLResponse(find(request).mail.html, headers=_SAFE_MAIL)

    async def attachment(request: Request) -> Response:
        files = find(request).mail.attachments
        place = int(request.path_params["place"])
        if place >= len(files):
            raise StripeError(404, "No such attachment.")
        return _download(files[place])

    async def as_json(_request: Request) -> Response:
        return JSONResponse({"mails": [_mail_view(world, kept) for kept in world.outbox.mails]})

    return [
        Route("/outbox", outbox),
        Route("/outbox.json", as_json),
        Route("/outbox/{id}", guarded(one)),
        Route("/outbox/{id}/html", guarded(html)),
        Route("/outbox/{id}/attachments/{place:int}", guarded(attachment)),
    ]


def _mail_view(world: World, kept: Kept) -> Document:
    mail = kept.mail
    return {
        "id": kept.id,
        "at": kept.at,
        "from": mail.sender,
        "from_name": mail.sender_name,
        "reply_to": mail.reply_to,
        "template_id": mail.template_id,
        "template_data": dict(mail.template_data),
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "custom_args": dict(mail.custom_args),
        "events": [each["event"] for each in world.mail_events.story(kept.id)],
        "attachments": [
            {
                "filename": each.name,
                "type": each.type,
                "size_bytes": len(each.content),
                "url": f"/outbox/{kept.id}/attachments/{place}",
            }
            for place, each in enumerate(mail.attachments)
        ],
    }


def _download(file: Attachment) -> Response:
    name = file.name.encode("ascii", "replace").decode().replace('"', "'")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(file.content, media_type=file.type, headers=headers)
