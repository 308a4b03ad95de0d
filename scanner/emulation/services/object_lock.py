"""Object Lock: a lock is made longer at will, and shorter or weaker only where its mode lets it."""

from datetime import UTC, datetime

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import EVERYWHERE
from scanner.emulation.wire import Document, Refusal

_FORM = "%Y-%m-%dT%H:%M:%SZ"


@answers("s3:PutObjectRetention")
def put_object_retention(call: Call) -> Document:
    """Moto takes every change of a lock."""
    told = call.params
    s3 = call.world.backend("s3", call.account, EVERYWHERE)
    held = s3.get_object(told["Bucket"], told["Key"], version_id=told.get("VersionId"))
    mode, until = getattr(held, "lock_mode", None), _instant(getattr(held, "lock_until", None))
    if mode not in ("COMPLIANCE", "GOVERNANCE") or until is None or until <= call.now:
        return call.moto()
    wanted = told.get("Retention") or {}
    later = wanted.get("RetainUntilDate")
    weaker = wanted.get("Mode") != mode and not (mode == "GOVERNANCE" and wanted.get("Mode") == "COMPLIANCE")
    shorter = later is None or _aware(later) < until
    bypassed = mode == "GOVERNANCE" and str(told.get("BypassGovernanceRetention")).lower() == "true"
    if (weaker or shorter) and not bypassed:
        raise Refusal("AccessDenied", "Access Denied because object protected by object lock.", 403)
    return call.moto()


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
