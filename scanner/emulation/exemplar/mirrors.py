"""Repositories with their mirrors, and exported configuration."""

from datetime import timedelta

from scanner.emulation.company.metadata import bucket
from scanner.emulation.company.site import BY_CODE, HOME, Site
from scanner.emulation.seeding import alter, mark, put_object


def settle(site: Site) -> None:
    """Make them; the mirrors and exports of the last days are there."""
    commit = site.client("codecommit")
    for name in ("infrastructure", "website"):
        commit.create_repository(repositoryName=name, repositoryDescription=f"5X {name}")
        with site.emulator.on_stage() as world:
            alter(world, site.account, HOME, "codecommit", name, kmsKeyId=site.keys["data"])
            mark(world, site.account, HOME, site.arn("codecommit", name), {"System": "development", **BY_CODE})
    for name in ("exemplar-mirrors", "exemplar-exports"):
        bucket(site, name, key="data", system="development", locked=35)
    with site.emulator.on_stage() as world:
        for day in range(3):
            at = site.at - timedelta(days=day, hours=5)
            for target, key, body in (
                ("exemplar-mirrors", "infrastructure/{:%Y-%m-%d}.bundle", b"# v2 git bundle\n"),
                ("exemplar-mirrors", "website/{:%Y-%m-%d}.bundle", b"# v2 git bundle\n"),
                ("exemplar-exports", "ssm/{:%Y-%m-%d}.json", b'{"Parameters": []}'),
                ("exemplar-exports", "cognito/{:%Y-%m-%d}.json", b'{"Users": []}'),
            ):
                put_object(world, site.account, target, key.format(at), at, body)
    for number in range(4):
        site.client("ssm").put_parameter(Name=f"/orders/setting-{number}", Value="x", Type="String")
