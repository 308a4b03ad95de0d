"""All records of a configuration: what stands in it, and in the files beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scanner.documents.attestations import attestations_of, read_attestations
from scanner.documents.errors import DocumentError
from scanner.documents.waivers import read_waivers, tickets_of, waivers_of
from scanner.documents.yaml_file import Document, load_yaml
from scanner.model.attestation import Attestation
from scanner.model.configuration import Configuration
from scanner.model.policy import Policy
from scanner.model.records import Records

#: The files beside the configuration that are read where they are there and no other is named.
ATTESTATIONS, WAIVERS = "attestations.yaml", "waivers.yaml"


def attestations_file(config: Document) -> Path:
    """Say which file holds the attestations: the one that the configuration names, or the one beside it."""
    return _beside(config, "attestations", ATTESTATIONS)


def waivers_file(config: Document) -> Path:
    """Say which file holds the waivers that do not stand in the configuration itself."""
    return _beside(config, "waivers_from", WAIVERS)


def _beside(config: Document, key: str, usual: str) -> Path:
    # A path is relative to the configuration, wherever the scan is started.
    return Path(config.file).parent / str(config.data.get(key, usual))


def load_records(
    config: Document,
    policy: Policy,
    *,
    rules: Collection[str] | None = None,
    at: datetime | None = None,
) -> Records:
    """Read the records of a checked configuration; raise `DocumentError`.

    A file that is named must be there: records that were moved must not look like records that were never made.
    """
    accounts = {name: one["id"] for name, one in config.data["accounts"].items()}
    waivers, tickets = waivers_of(config), tickets_of(config)
    files: list[tuple[str, str]] = []
    found: tuple[Attestation, ...] = ()
    stated = attestations_file(config)
    if _there(config, "attestations", stated):
        document = read_attestations(stated, policy, accounts)
        found = attestations_of(document, accounts)
        files.append((stated.name, document.digest))
    own = waivers_file(config)
    if _there(config, "waivers_from", own):
        document = read_waivers(own, rules=rules, at=at)
        waivers, tickets = (*waivers, *waivers_of(document)), (*tickets, *tickets_of(document))
        files.append((own.name, document.digest))
    return Records(
        waivers,
        tickets,
        found,
        tuple((one["id"], region) for one in config.data["accounts"].values() for region in one["regions"]),
        "organization" in config.data,
        tuple(files),
    )


def with_attestations(configuration: Configuration, file: Path, policy: Policy) -> Configuration:
    """Give a configuration with the attestations of another file than its own; raise `DocumentError`."""
    accounts = {name: one.id for name, one in configuration.accounts.items()}
    document = read_attestations(file, policy, accounts)
    records = configuration.records or Records()
    # Those of the configuration count no more, whatever they are called.
    own = attestations_file(load_yaml(Path(configuration.file))).name if configuration.file else ATTESTATIONS
    files = ((file.name, document.digest), *(one for one in records.files if one[0] != own))
    stated = attestations_of(document, accounts)
    return replace(configuration, records=replace(records, attestations=stated, files=files))


def _there(config: Document, key: str, file: Path) -> bool:
    if file.exists():
        return True
    if key in config.data:
        raise DocumentError.of(
            config.file, [config.problem((key,), f"found no file {config.data[key]!r} for {key}", "expected a file")]
        )
    return False
