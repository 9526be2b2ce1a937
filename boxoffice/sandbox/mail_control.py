"""Control calls about mails: what became of one, and what happens to it next."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.control_calls import control_route, json_of
from boxoffice.sandbox.errors import StripeError
from boxoffice.sandbox.world import World


def mail_control_routes(world: World) -> list[Route]:
    async def mail(request: Request) -> Response:
        kept = world.outbox.find(request.path_params["id"])
        if kept is None:
            raise StripeError(404, "No such mail.")
        if request.method == "GET":
            return JSONResponse({"events": world.mail_events.story(kept.id)})
        body = await json_of(request)
        what = str(body.get("do")).replace("spam_report", "spamreport")
        emails = [str(body["email"])] if body.get("email") else []
        return JSONResponse({"events": list(world.mail_events.happen(kept, what, emails))})

    return [control_route("mails/{id}", mail, ["GET", "POST"])]
