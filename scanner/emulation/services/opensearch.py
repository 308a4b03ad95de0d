"""Search domains in a VPC, whose identifier moto forgets."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import alter
from scanner.emulation.wire import Document


@answers("opensearch:CreateDomain")
def create_domain(call: Call) -> Document:
    answer, told = call.moto(), call.params.get("VPCOptions") or {}
    subnets = [
        subnet
        for zone in call.backend("ec2").subnets.values()
        for subnet in zone.values()
        if subnet.id in told.get("SubnetIds", ())
    ]
    if subnets:
        placed = {
            **told,
            "VPCId": subnets[0].vpc_id,
            "AvailabilityZones": sorted({subnet.availability_zone for subnet in subnets}),
        }
        alter(call.world, call.account, call.region, "opensearch", call.params["DomainName"], VPCOptions=placed)
        answer["DomainStatus"]["VPCOptions"] = placed
    return answer
