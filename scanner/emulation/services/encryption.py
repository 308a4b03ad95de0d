"""Keys as other services find them: without its key nothing that is encrypted can be read, copied or restored."""

from scanner.emulation.answers import Call


def usable(call: Call, key: str | None) -> bool:
    """Whether a key that encrypts something here lets itself be used; nothing is in the way where there is none."""
    if not key:
        return True
    region = key.split(":")[3] if key.startswith("arn:") else call.region
    kms = call.world.backend("kms", call.account, region)
    held = kms.keys.get(kms.any_id_to_key_id(key))
    return held is not None and held.key_state == "Enabled"
