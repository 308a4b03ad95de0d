"""What AWS writes about networks, read: endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.resources.vpc.endpoints import private_names


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({}, False),
        ({"PrivateDnsEnabled": False}, False),
        ({"PrivateDnsEnabled": True}, True),
        ({"PrivateDnsEnabled": True, "DnsOptions": {"DnsRecordIpType": "ipv4"}}, True),
        ({"PrivateDnsEnabled": True, "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": False}}, True),
        # From within the VPC the usual name still leads to the public addresses.
        ({"PrivateDnsEnabled": True, "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True}}, False),
    ],
)
def test_names_that_lead_to_an_endpoint_from_within(raw: dict[str, Any], wanted: bool) -> None:
    assert private_names(raw) is wanted
