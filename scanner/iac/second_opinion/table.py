"""The table of checkov's checks that bear on the policy: which of our rules asks the same, and what each really tests.

Read from checkov 3.3; where a check and a rule differ by design, `tests` says in what.
"""

from __future__ import annotations

from typing import NamedTuple


class Check(NamedTuple):
    """One of checkov's checks: the rules that ask the same or more, and what it really tests."""

    id: str
    rules: tuple[str, ...]
    tests: str


_ANY_KEY = "that a key is named, not whose it is: AWS's own key passes, and an encrypted store without a key fails"
_ON = "that encryption at rest is on, by any key: AWS's own passes"
_PUBLIC_BLOCK = "one of the four settings of the block, on the block itself: whether a bucket has one it does not ask"

CHECKS = (
    # Backups are taken, and kept
    Check("CKV_AWS_133", ("BK104", "BK105", "BK201"),
          "that retention is 1 to 35 days; not set passes, though an instance's default is 0, which is no backups"),
    Check("CKV_AWS_360", ("BK105", "BK201"), "that retention is at least 7 days, whatever the policy demands; it crashes on a variable"),
    Check("CKV_AWS_361", ("BK105", "BK201"), "that retention is at least 7 days, whatever the policy demands; it crashes on a variable"),
    Check("CKV_AWS_343", ("BK108", "BK211"), "that retention is not 0; how long it is does not count"),
    Check("CKV_AWS_134", ("BK108", "BK211"), "that the snapshot limit of a cluster is not 0; replication groups are not asked"),
    Check("CKV_AWS_28", ("BK106",), "that point-in-time recovery is on; how far back it reaches does not count"),
    Check("CKV_AWS_165", ("BK106",), "of Terraform nothing: every global table passes; of a template, that every replica has recovery on"),
    Check("CKV_AWS_21", ("BK111",), "that versioning is enabled"),
    Check("CKV2_AWS_8", ("BK103",), "that a selection refers to the cluster: one that excludes it passes, one by tags fails"),
    Check("CKV2_AWS_9", ("BK103",), "that a selection refers to the volume: one that excludes it passes, one by tags fails"),
    Check("CKV2_AWS_18", ("BK103",), "that a selection refers to the file system: one that excludes it passes, one by tags fails"),
    Check("CKV_AWS_66", ("BK213",), "that any retention is set, be it one day; never to expire, which is not set, fails"),
    Check("CKV_AWS_338", ("BK213",), "that logs are kept a year or for ever, whatever the policy demands"),
    # Backups are safe, far and hard to lose
    Check("CKV_AWS_166", ("BK403",), f"of a vault {_ANY_KEY}"),
    Check("CKV_AWS_245", ("BK402",), f"of replicated backups {_ANY_KEY}"),
    Check("CKV_AWS_146", ("BK402",), "that a snapshot says storage_encrypted, which a snapshot cannot set in Terraform"),
    Check("CKV_AWS_302", ("BK513",), "that a snapshot is not shared with all; any single account passes"),
    Check("CKV_AWS_139", ("BK807",), "that deletion protection of the cluster is on"),
    Check("CKV_AWS_293", ("BK807",), "that deletion protection of the instance is on, also of one whose cluster protects it"),
    Check("CKV2_AWS_58", ("BK807",), "that deletion protection of the cluster is on"),
    Check("CKV_AWS_143", ("BK806",), "of buckets that set the lock inline, that it is enabled; of others nothing"),
    Check("CKV_AWS_144", ("BK801",), "that some replication rule is enabled; to which region does not count"),
    # Keys and encryption
    Check("CKV_AWS_7", ("BK404",), "that rotation is on; the period does not count, and asymmetric keys are not asked"),
    Check("CKV_AWS_227", ("BK407",), "that the key is enabled; a pending deletion is not asked"),
    Check("CKV_AWS_33", ("BK408",), "that no statement of the policy names everybody; conditions do not count"),
    Check("CKV2_AWS_64", ("BK408",), "that the key has any policy of its own; what it says does not count"),
    Check("CKV_AWS_304", ("BK412",), "that the rotation is within 90 days; every cron expression passes"),
    Check("CKV2_AWS_57", ("BK412",), "that a rotation refers to the secret; how often does not count"),
    Check("CKV_AWS_149", ("BK412", "BK401"), "that a key is named whose name is not AWS's alias"),
    Check("CKV_AWS_106", ("BK409",), "that encryption of new volumes is not switched off where a block of it exists"),
    Check("CKV_AWS_3", ("BK401",), _ON),
    Check("CKV_AWS_5", ("BK401",), _ON),
    Check("CKV_AWS_16", ("BK401",), _ON),
    Check("CKV_AWS_19", ("BK401",), "nothing that a bucket could fail by default: AES-256 and no configuration pass"),
    Check("CKV_AWS_29", ("BK401",), _ON),
    Check("CKV_AWS_42", ("BK401",), _ON),
    Check("CKV_AWS_44", ("BK401",), _ON),
    Check("CKV_AWS_64", ("BK401",), _ON),
    Check("CKV_AWS_74", ("BK401",), _ON),
    Check("CKV_AWS_96", ("BK401",), _ON),
    Check("CKV_AWS_119", ("BK401",), "that encryption is on and a key is named; whose it is does not count"),
    Check("CKV_AWS_142", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_145", ("BK401",), "that the algorithm is aws:kms: without a key it is AWS's own; two-layer encryption (aws:kms:dsse) fails"),
    Check("CKV_AWS_178", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_179", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_182", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_184", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_189", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_190", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_191", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_201", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_203", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_247", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_327", ("BK401",), _ANY_KEY),
    Check("CKV_AWS_347", ("BK401",), "that an argument kms_key_arn is set; whose the key is does not count"),
    # In transit
    Check("CKV_AWS_103", ("BK501",), "that the policy's name begins as those of TLS 1.2 and 1.3 do: ELBSecurityPolicy-TLS13-1-0, which takes 1.0, passes"),
    Check("CKV2_AWS_74", ("BK501",), "the policy's name, of which ELBSecurityPolicy-TLS13-1-0, which takes 1.0, passes"),
    Check("CKV_AWS_2", ("BK502",), "that the protocol is not plain HTTP, or that it redirects"),
    Check("CKV2_AWS_20", ("BK502",), "that listeners of a load balancer on port 80 redirect"),
    Check("CKV_AWS_174", ("BK503",), "that viewers need TLS 1.2; the policy may demand 1.3"),
    Check("CKV_AWS_206", ("BK503",), "that the security policy is one of those of TLS 1.2 and 1.3; the policy may demand 1.3"),
    Check("CKV2_AWS_69", ("BK504",), "the parameter of the group that stands beside the instance; an instance without a group passes"),
    Check("CKV_AWS_105", ("BK504",), "that a parameter group requires SSL; whether a cluster uses the group does not count"),
    Check("CKV_AWS_90", ("BK504",), "that a parameter group does not switch TLS off; whether a cluster uses the group does not count"),
    Check("CKV_AWS_379", ("BK505",), "of buckets with an ACL block, that a policy denies plain HTTP"),
    Check("CKV_AWS_30", ("BK506",), "that encryption in transit is on"),
    Check("CKV_AWS_31", ("BK506",), "that encryption in transit is on, and that a token or a user group guards the cache"),
    Check("CKV_AWS_202", ("BK506",), "that TLS is not switched off"),
    Check("CKV_AWS_81", ("BK506", "BK401"), "that traffic between brokers and clients is encrypted, and a key is named"),
    Check("CKV_AWS_6", ("BK506",), "that traffic between nodes is encrypted; a domain of one node passes"),
    Check("CKV_AWS_83", ("BK506",), "that the domain demands HTTPS"),
    Check("CKV_AWS_228", ("BK506",), "that the TLS policy is one of 1.2; the policy may demand 1.3"),
    # Network
    Check("CKV_AWS_17", ("BK510",), "that it does not say to be public"),
    Check("CKV_AWS_87", ("BK510",), "that it says not to be public; not set fails"),
    Check("CKV_AWS_102", ("BK510",), "that it does not say to be public"),
    Check("CKV_AWS_137", ("BK510", "BK511"), "that the domain is in a VPC; which subnets does not count"),
    Check("CKV_AWS_24", ("BK512",), "port 22 only; ports of databases are asked by no check"),
    Check("CKV_AWS_25", ("BK512",), "port 3389 only; ports of databases are asked by no check"),
    Check("CKV_AWS_260", ("BK512",), "port 80 only; ports of databases are asked by no check"),
    Check("CKV_AWS_277", ("BK512",), "rules for all ports only; a rule for a database's port passes"),
    Check("CKV2_AWS_6", ("BK516",), "two of the four settings of the bucket's own block; that of the account does not count"),
    Check("CKV_AWS_53", ("BK516",), _PUBLIC_BLOCK),
    Check("CKV_AWS_54", ("BK516",), _PUBLIC_BLOCK),
    Check("CKV_AWS_55", ("BK516",), _PUBLIC_BLOCK),
    Check("CKV_AWS_56", ("BK516",), _PUBLIC_BLOCK),
    Check("CKV2_AWS_11", ("BK515",), "that a flow log refers to the network"),
    # Who may, and who would notice
    Check("CKV_AWS_62", ("BK606",), "policies that allow every action on everything; every backup action alone passes"),
    Check("CKV_AWS_40", ("BK607",), "that nothing is attached to a user, backups or not"),
    Check("CKV_AWS_319", ("BK707",), "that the actions of an alarm are not switched off; that there are any is not asked"),
    Check("CKV_AWS_36", ("BK710",), "that log files are validated"),
    Check("CKV_AWS_67", ("BK710",), "that the trail is of all regions"),
    Check("CKV_AWS_251", ("BK710",), "that logging is not switched off"),
    Check("CKV_AWS_35", ("BK710",), f"of a trail {_ANY_KEY}"),
    Check("CKV_AWS_18", ("BK711",), "that access logging is on; that data events of a trail tell the same does not count"),
    Check("CKV2_AWS_45", ("BK713",), "that a recorder is on and records all"),
    Check("CKV2_AWS_48", ("BK713",), "that a recorder records global resources"),
    Check("CKV_AWS_238", ("BK714",), "that a detector is not switched off"),
)  # fmt: skip

BY_ID = {one.id: one for one in CHECKS}
