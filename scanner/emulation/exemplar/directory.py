"""Who may log in: a user pool, and the table behind it in both regions."""

from scanner.emulation.company.authentication import replicate, table
from scanner.emulation.company.people import replicate_secret, secret
from scanner.emulation.company.site import BY_CODE, HOME, RECOVERY, Site
from scanner.emulation.exemplar.nights import keep_critical
from scanner.emulation.seeding import alter


def settle(site: Site) -> None:
    """Make the pool and the table, then live through 35 nights."""
    pool = site.client("cognito-idp").create_user_pool(
        PoolName="customers",
        DeletionProtection="ACTIVE",
        MfaConfiguration="ON",
        UserPoolTags={"System": "authentication", **BY_CODE},
    )["UserPool"]["Id"]
    with site.emulator.on_stage() as world:
        keyed = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": site.keys["data"]}
        alter(world, site.account, HOME, "cognito-idp", pool, KeyConfiguration=keyed)
    shared_table(site, "users", "authentication", gib=8)
    secret(site, "authentication/jwt", "authentication", every=30, rotated=8)
    replicate_secret(site, "authentication/jwt")


def shared_table(site: Site, name: str, system: str, *, gib: float) -> None:
    """A table of both regions, restorable and backed up in each."""
    table(site, name, pitr=35, system=system, backup="critical")
    replicate(site, name, "data@recovery")
    for region in (HOME, RECOVERY):
        keep_critical(site, site.arn("dynamodb", f"table/{name}", region), gib=gib, region=region, cold=True)
