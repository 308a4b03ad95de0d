"""The emulator as a WSGI application: interference first, then our answers, then moto."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from uuid import uuid4

from moto.iam.models import get_account_id_from
from werkzeug.http import HTTP_STATUS_CODES

from scanner.emulation import services
from scanner.emulation.answers import Call, MotoRefused, answers_in
from scanner.emulation.ground import ACCOUNT, DISPATCHER, World
from scanner.emulation.interference import Heard, Interference
from scanner.emulation.wire import Document, Intent, Refusal, Reply, edited, read, recognise, refuse, write

StartResponse = Callable[..., Any]

ANSWERS = answers_in(services)

# How each protocol says "you may not" and "not so fast": the code and the HTTP status.
DENIED = {
    "ec2": ("UnauthorizedOperation", 403),
    "query": ("AccessDenied", 403),
    "rest-xml": ("AccessDenied", 403),
    "rest-json": ("AccessDeniedException", 403),
    "json": ("AccessDeniedException", 400),
}
THROTTLED = {
    "ec2": ("RequestLimitExceeded", 503),
    "query": ("Throttling", 400),
    "rest-xml": ("SlowDown", 503),
    "rest-json": ("ThrottlingException", 429),
    "json": ("ThrottlingException", 400),
}


class Application:
    """One world behind one door."""

    def __init__(self, world: World, interference: Interference) -> None:
        self.world, self.interference = world, interference

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = _body(environ)
        intent = recognise(environ, body)
        if intent is not None and get_account_id_from(intent.signer) == ACCOUNT != self.world.account:
            # Whoever has taken no role in another account is at home, and home need not be moto's account.
            environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", self.world.account)
        reply = self._reply(environ, body, intent) if intent else self._moto(environ, body)
        reason = HTTP_STATUS_CODES.get(reply.status, "Unknown")
        headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
        # A HEAD answer describes a body it does not carry, so its own length must stand.
        told = [(name, value) for name, value in reply.headers if name.lower() == "content-length"]
        length = told if environ["REQUEST_METHOD"] == "HEAD" else [("Content-Length", str(len(reply.body)))]
        start_response(f"{reply.status} {reason}", headers + length)
        return [reply.body]

    def _reply(self, environ: dict[str, Any], body: bytes, intent: Intent) -> Reply:
        request_id = str(uuid4())
        heard = Heard(intent.service, intent.operation, intent.region, intent.params)
        obstacle = self.interference.meet(heard)
        if obstacle:
            return refuse(_obstacle(obstacle, heard, intent), intent, request_id)
        answer = ANSWERS.get((intent.service, intent.operation))
        if answer is None:
            try:
                return self._known(environ, body, heard)
            except Refusal as refusal:
                return refuse(refusal, intent, request_id)
        with self.world.on_stage():
            account = environ.get("HTTP_X_MOTO_ACCOUNT_ID") or get_account_id_from(intent.signer)
            call = Call(
                intent,
                account,
                self.world,
                lambda changes: self._mended(environ, edited(body, changes, intent.protocol), intent),
            )
            try:
                return write(answer(call), intent, request_id)
            except Refusal as refusal:
                return refuse(refusal, intent, request_id)
            except MotoRefused as refused:
                return refused.reply

    def _mended(self, environ: dict[str, Any], body: bytes, intent: Intent) -> Document:
        reply = self._known(environ, body, Heard(intent.service, intent.operation, intent.region, intent.params))
        if reply.status >= 300:
            raise MotoRefused(reply)
        return read(reply, intent)

    def _known(self, environ: dict[str, Any], body: bytes, heard: Heard) -> Reply:
        """Moto's reply, if moto knows the operation; it says otherwise by an exception or a web page."""
        try:
            reply = self._moto(environ, body)
        except NotImplementedError as unknown:
            raise Refusal("NotImplemented", f"The emulator does not know {heard.name}.", 501) from unknown
        except Exception as broken:  # a defect of moto, told to the caller instead of a traceback to nobody
            raise Refusal(
                "InternalFailure", f"moto failed at {heard.name}: {type(broken).__name__}: {broken}", 500
            ) from broken
        if reply.status in (404, 500, 501) and any(
            "text/html" in value for name, value in reply.headers if name.lower() == "content-type"
        ):
            raise Refusal("NotImplemented", f"The emulator does not know {heard.name}.", 501)
        return reply

    def _moto(self, environ: dict[str, Any], body: bytes) -> Reply:
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told.append((status, headers))

        with self.world.on_stage():
            chunks = DISPATCHER({**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}, start)
            content = b"".join(chunks)
        status, headers = told[-1]
        return Reply(int(status.split()[0]), headers, content)


def _obstacle(obstacle: str, heard: Heard, intent: Intent) -> Refusal:
    protocol = intent.protocol if intent.protocol in DENIED else "json"
    if obstacle == "throttled":
        code, status = THROTTLED[protocol]
        return Refusal(code, "Rate exceeded", status)
    code, status = DENIED[protocol]
    return Refusal(
        code,
        f"User: arn:aws:iam::123456789012:user/scanner is not authorized to perform: {heard.name} "
        "because no identity-based policy allows it",
        status,
    )


def _body(environ: dict[str, Any]) -> bytes:
    """The whole body, so that it can be read twice; werkzeug has already undone chunked transfer."""
    stream = environ["wsgi.input"]
    if environ.pop("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        return bytes(stream.read())
    return bytes(stream.read(int(environ.get("CONTENT_LENGTH") or 0)))
