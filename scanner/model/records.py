"""Records: what people wrote about the judgement, as it stands now: waivers, tickets and attestations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scanner.model.attestation import Attestation
from scanner.model.late_dataclass import dataclass
from scanner.model.waiver import Ticket, Waiver


@dataclass(frozen=True, slots=True)
class Records:
    """All records, with the files they are of.

    `places` are the accounts' ids and regions that the configuration names: what is not judged of them in one run may
    hold the failure that a waiver is for.
    """

    waivers: tuple[Waiver, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    #: the configuration means the members of an organisation too, which it does not name one by one
    organization: bool = False
    #: the names of the files beside the configuration, and their digests
    files: tuple[tuple[str, str], ...] = ()

    def moved(self, days: timedelta) -> Records:
        """Give the same records as if they had been written so much later."""
        return replace(
            self,
            waivers=tuple(replace(one, expires=one.expires + days) for one in self.waivers),
            tickets=tuple(replace(one, opened=one.opened + days) for one in self.tickets),
            attestations=tuple(replace(one, on=one.on + days, until=one.until + days) for one in self.attestations),
        )
