"""Key rotation periods, imported material, and the keys that AWS manages for its services."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.kms import models as moto_kms

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.wire import Document, Refusal

YEAR = 365

_asymmetric = vars(moto_kms)["generate_private_key"]


def _private_key(key_spec: str) -> Any:
    return None if (key_spec or "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT" else _asymmetric(key_spec)


# moto searches for RSA primes for every symmetric key too: 50 ms and more each, and nobody uses them.
vars(moto_kms)["generate_private_key"] = _private_key


@dataclass
class Rotation:
    """How often a key rotates, and when it does next."""

    period: int
    next: datetime


@dataclass
class Keys:
    """What moto forgets about the keys of one account and region."""

    rotation: dict[str, Rotation] = field(default_factory=dict)
    expiry: dict[str, datetime | None] = field(default_factory=dict)
    rotated: dict[str, list[Document]] = field(default_factory=dict)


def aws_managed_key(world: World, account: str, region: str, service: str) -> str:
    """The ARN of `alias/aws/<service>`; AWS makes the key when a service first needs it, and so does this."""
    kms, alias = world.backend("kms", account, region), f"alias/aws/{service}"
    for key in kms.keys.values():
        if alias in key.aliases:
            return str(key.arn)
    key = kms.create_key(
        None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", f"Default key that protects my {service} data", None
    )
    _rename(kms, key, str(uuid5(NAMESPACE_URL, f"{account}/{region}/{alias}")))
    kms.create_alias(key.id, alias)
    _mark_managed(key)
    world.shelf(Keys, account, region).rotation[key.id] = Rotation(YEAR, world.clock() + timedelta(days=YEAR))
    return str(key.arn)


def _rename(kms: Any, key: Any, key_id: str) -> None:
    del kms.keys[key.id]
    key.arn, key.id = key.arn.replace(key.id, key_id), key_id
    kms.keys[key_id] = key


def _mark_managed(key: Any) -> None:
    key.key_manager, key.key_rotation_status = "AWS", True


def date_rotation(
    world: World, key_arn: str, *, next_at: datetime | None = None, rotated: tuple[datetime, ...] = ()
) -> None:
    """Set when a key rotates next and when it was rotated, for a key whose rotation is on."""
    _, _, _, region, account, key = key_arn.split(":")
    keys, key_id = world.shelf(Keys, account, region), key.removeprefix("key/")
    if next_at is not None:
        keys.rotation[key_id].next = next_at
    keys.rotated[key_id] = [{"KeyId": key_id, "RotationDate": at, "RotationType": "AUTOMATIC"} for at in rotated]


def import_material(world: World, key_arn: str, valid_to: datetime | None) -> None:
    """Make a key of origin EXTERNAL usable, its material expiring at a time or never."""
    _, _, _, region, account, key = key_arn.split(":")
    world.shelf(Keys, account, region).expiry[key.removeprefix("key/")] = valid_to


@answers("kms:CreateKey", "kms:DescribeKey")
def describe_key(call: Call) -> Document:
    """Imported material has an expiry, and keys behind alias/aws/ belong to AWS."""
    answer = call.moto()
    metadata = answer["KeyMetadata"]
    key = call.backend("kms").keys[metadata["KeyId"]]
    if any(alias.startswith("alias/aws/") for alias in key.aliases):
        _mark_managed(key)
        metadata["KeyManager"] = "AWS"
    metadata.setdefault("KeyUsage", "ENCRYPT_DECRYPT")
    if metadata["Origin"] == "EXTERNAL":
        expiry = call.shelf(Keys).expiry
        if key.id not in expiry:
            metadata.update(KeyState="PendingImport", Enabled=False)
        elif (valid_to := expiry[key.id]) is not None:
            metadata.update(ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=valid_to)
        else:
            metadata["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE"
    return answer


@answers("kms:EnableKeyRotation")
def enable_key_rotation(call: Call) -> Document:
    call.moto()
    period = call.params.get("RotationPeriodInDays") or YEAR
    key_id = call.backend("kms").any_id_to_key_id(call.params["KeyId"])
    call.shelf(Keys).rotation[key_id] = Rotation(period, call.now + timedelta(days=period))
    return {}


@answers("kms:GetKeyRotationStatus")
def get_key_rotation_status(call: Call) -> Document:
    """A key without automatic rotation, or about to be deleted, answers false and no period."""
    enabled = call.moto()["KeyRotationEnabled"]
    kms = call.backend("kms")
    key = kms.keys[kms.any_id_to_key_id(call.params["KeyId"])]
    if any(alias.startswith("alias/aws/") for alias in key.aliases):
        _mark_managed(key)
        enabled = True
    if not enabled or key.key_state == "PendingDeletion" or key.origin == "EXTERNAL":
        return {"KeyRotationEnabled": False, "KeyId": key.id}
    rotation = call.shelf(Keys).rotation.setdefault(key.id, Rotation(YEAR, call.now + timedelta(days=YEAR)))
    while rotation.next <= call.now:
        rotation.next += timedelta(days=rotation.period)
    return {
        "KeyRotationEnabled": True,
        "KeyId": key.id,
        "RotationPeriodInDays": rotation.period,
        "NextRotationDate": rotation.next,
    }


@answers("kms:ListKeyRotations")
def list_key_rotations(call: Call) -> Document:
    answer = call.moto()
    key_id = call.backend("kms").any_id_to_key_id(call.params["KeyId"])
    return {**answer, "Rotations": [*call.shelf(Keys).rotated.get(key_id, []), *answer["Rotations"]]}


@answers("kms:ListAliases")
def list_aliases(call: Call) -> Document:
    """Only aliases of keys that exist; moto adds ten of keys that do not."""
    kms, wanted = call.backend("kms"), call.params.get("KeyId")
    key_id = kms.any_id_to_key_id(wanted) if wanted else None
    shown = [
        {
            "AliasName": alias.alias_name,
            "AliasArn": alias.alias_arn,
            "TargetKeyId": alias.target_key_id,
            "CreationDate": datetime.fromtimestamp(key.creation_date, call.now.tzinfo),
        }
        for key in kms.keys.values()
        if key_id in (None, key.id)
        for alias in key.aliases.values()
    ]
    page, more = call.page(shown, size="Limit", token="Marker", most=100)
    return {"Aliases": page, "Truncated": bool(more), **({"NextMarker": more["Marker"]} if more else {})}


@answers("kms:ListKeys")
def list_keys(call: Call) -> Document:
    keys, more = call.page(call.backend("kms").keys.values(), size="Limit", token="Marker", most=1000)
    return {
        "Keys": [{"KeyId": key.id, "KeyArn": key.arn} for key in keys],
        "Truncated": bool(more),
        **({"NextMarker": more["Marker"]} if more else {}),
    }


@answers("kms:ImportKeyMaterial")
def import_key_material(call: Call) -> Document:
    """The material itself is taken on trust; only when it expires matters here."""
    never = call.params.get("ExpirationModel") == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    key_id = call.backend("kms").any_id_to_key_id(call.params["KeyId"])
    call.shelf(Keys).expiry[key_id] = None if never else call.params["ValidTo"]
    return {}


@answers("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:DisableKey", "kms:EnableKey")
def change_state(call: Call) -> Document:
    """AWS takes a key's ARN here; moto only its identifier."""
    return call.moto(KeyId=call.backend("kms").any_id_to_key_id(call.params["KeyId"]))


@answers("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")
def use_key(call: Call) -> Document:
    """Moto lets keys be used that are disabled, or about to be deleted."""
    kms, wanted = call.backend("kms"), call.params.get("KeyId")
    # Whoever decrypts need not name the key: the ciphertext begins with its number in moto's form.
    told = (wanted or call.params.get("CiphertextBlob", b"")[:36].decode("ascii", "replace")).rpartition("key/")[2]
    named = told.rpartition(":")[2]
    key = kms.keys.get(told) or next((key for key in kms.keys.values() if named in key.aliases), None)
    if key is not None and key.key_state == "Disabled":
        raise Refusal("DisabledException", f"{key.arn} is disabled.")
    if key is not None and key.key_state != "Enabled":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return call.moto()
