"""Loss of a key in itself: what is encrypted under it is lost while it is disabled, and no longer."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive
from drills.verification.access import DENY
from scanner.collect.port import CallFailed

EVERY, LONGEST = timedelta(seconds=1), timedelta(minutes=10)
REFUSED = "while its key is disabled nothing is decrypted, and the refusal names the key's state"
#: What KMS says of a key that may not be used (KMS API, "Decrypt").
_OF_STATE = ("DisabledException", "KMSInvalidStateException", "KMSInvalidStateException.KeyDisabled")
_USABLE = "the key in use is enabled, and is not about to be deleted"


class KeyLossData(SingleDrill):
    """What is encrypted under a key cannot be read while the key is disabled, and comes back unaltered with it.

    It is done with a key of the run and a few bytes that it encrypts. Of the key that the plan names nothing but its state
    is read. No system is recovered by it, so no recovery time is measured.
    """

    name: ClassVar[str] = "key-loss-data"
    tests: ClassVar[tuple[str, ...]] = ()
    on: ClassVar[tuple[str, ...]] = ("key",)
    reads: ClassVar[tuple[str, ...]] = ("kms:DescribeKey",)
    makes: ClassVar[tuple[str, ...]] = ("kms:CreateKey",)

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        return (
            f"read the state of {subjects[0].resource}",
            "make a key of the run, and encrypt a few random bytes under it",
            "disable the key (T0), and try to decrypt them: that must be refused, and say why",
            "enable the key, decrypt them, and compare them",
            "have the key deleted, and look whether it waits for that (T6)",
        )

    def run(self, scene: Scene) -> None:
        """Take the key away, and give it back."""
        self._own(scene)
        stage, name = scene.stage, scene.stage.run.name(f"key {scene.subject.name}")
        tags = [{"TagKey": key, "TagValue": value} for key, value in stage.run.tags.items()]
        key = stage.make("kms:key", name, "kms:CreateKey", Tags=tags)
        arn = str(stage.answer(key)["KeyMetadata"]["Arn"])
        data = secrets.token_bytes(64)
        sealed = stage.change(key, "kms:Encrypt", KeyId=arn, Plaintext=data)["CiphertextBlob"]
        stage.change(key, "kms:DisableKey", KeyId=arn)
        self._await(scene, arn, "Disabled")
        scene.mark(Mark.LOST)
        self._try_without(scene, key, arn, sealed)
        stage.change(key, "kms:EnableKey", KeyId=arn)
        self._await(scene, arn, "Enabled")
        back = stage.wait(
            "the key to be usable again", lambda: self._open(scene, key, arn, sealed), every=EVERY, longest=LONGEST
        )
        same = hashlib.sha256(back).digest() == hashlib.sha256(data).digest()
        scene.measured.came_back = same
        scene.check(
            "integrity", "with its key it comes back unaltered", held=same, detail="" if same else "other bytes"
        )

    def _own(self, scene: Scene) -> None:
        told = scene.stage.calls.one("kms:DescribeKey", KeyId=scene.subject.resource)["KeyMetadata"]
        state = told["KeyState"]
        scene.check("configuration", _USABLE, held=state == "Enabled", detail=state)

    def _await(self, scene: Scene, key: str, state: str) -> None:
        def there() -> bool | None:
            told = scene.stage.calls.one("kms:DescribeKey", KeyId=key)["KeyMetadata"]["KeyState"]
            return True if told == state else None

        scene.stage.wait(f"the key to be {state}", there, every=EVERY, longest=LONGEST)

    def _try_without(self, scene: Scene, key: Made, arn: str, sealed: bytes) -> None:
        """Try until it is refused: a change of a key's state takes its time to be known everywhere."""
        said: dict[str, Any] = {"code": ""}

        def refused() -> bool | None:
            try:
                scene.stage.change(key, "kms:Decrypt", KeyId=arn, CiphertextBlob=sealed)
            except CallFailed as failed:
                said["code"] = failed.code
                return True
            return None

        try:
            scene.stage.wait("the refusal", refused, every=EVERY, longest=LONGEST if scene.target.real else 5 * EVERY)
        except Inconclusive:
            scene.check(DENY, REFUSED, held=False, detail="it was decrypted all the same")
            return
        clear = any(said["code"].startswith(one) for one in _OF_STATE)
        scene.check(DENY, REFUSED, held=True if clear else None, detail=said["code"])

    def _open(self, scene: Scene, key: Made, arn: str, sealed: bytes) -> bytes | None:
        try:
            opened: bytes = scene.stage.change(key, "kms:Decrypt", KeyId=arn, CiphertextBlob=sealed)["Plaintext"]
        except CallFailed as failed:
            if any(failed.code.startswith(one) for one in _OF_STATE):
                return None
            raise
        return opened
