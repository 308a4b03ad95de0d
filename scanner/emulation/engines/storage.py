"""Where backups and logs are kept: a bucket of the emulated S3, in an account that is the service's own."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.emulation.ground import World

# No customer has this account, so no customer's ListBuckets shows the bucket.
OWNER, BUCKET, REGION = "000000000001", "rds-service-backups", "us-east-1"


class Storage:
    """Objects by their keys; each is put or got while its world is on stage, and only then."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def _s3(self) -> Any:
        from scanner.emulation.ground import EVERYWHERE

        s3 = self._world.backend("s3", OWNER, EVERYWHERE)
        if BUCKET not in s3.buckets:
            s3.create_bucket(BUCKET, REGION)
        return s3

    def put(self, key: str, body: bytes) -> None:
        """Keep an object; one of the same key is replaced."""
        with self._world.on_stage():
            self._s3().put_object(BUCKET, key, body, disable_notification=True)

    def get(self, key: str) -> bytes | None:
        """An object's content; None when there is none."""
        with self._world.on_stage():
            held = self._s3().get_object(BUCKET, key)
            return None if held is None else bytes(held.value)

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin like this, in their order."""
        with self._world.on_stage():
            return sorted(key for key in self._s3().buckets[BUCKET].keys if key.startswith(prefix))

    def copy(self, source: str, target: str) -> None:
        """Copy all below one prefix to another."""
        for key in self.keys(source):
            body = self.get(key)
            if body is not None:
                self.put(target + key.removeprefix(source), body)

    def delete(self, prefix: str) -> None:
        """Forget all below a prefix."""
        for key in self.keys(prefix):
            with self._world.on_stage():
                self._s3().delete_object(BUCKET, key)
