"""One call at least of every operation on events, locks and keys in use that the emulator answers itself."""

from datetime import timedelta
from typing import Any

from scanner.emulation import Emulator


def messaging(aws: Emulator) -> None:
    kms, s3 = aws.client("kms"), aws.client("s3")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"data")["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=sealed)
    kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")
    where: Any = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="under-lock", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    s3.put_object(Bucket="under-lock", Key="it", Body=b"data")
    until = aws.world.clock() + timedelta(days=1)
    s3.put_object_retention(Bucket="under-lock", Key="it", Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
    aws.client("events").put_events(
        Entries=[
            {"Source": "shop", "DetailType": "Order", "Detail": "{}"},
            {"Source": "aws.backup", "DetailType": "Order", "Detail": "{}"},
        ]
    )
