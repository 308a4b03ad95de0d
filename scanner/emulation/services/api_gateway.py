"""REST APIs with their security policy, which moto forgets."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import alter, altered
from scanner.emulation.wire import Document


@answers("apigateway:CreateRestApi")
def create_rest_api(call: Call) -> Document:
    answer = call.moto()
    chosen = {name: call.params[name] for name in ("securityPolicy", "endpointAccessMode") if call.params.get(name)}
    if chosen:
        alter(call.world, call.account, call.region, "apigateway", answer["id"], **chosen)
    return _completed(call, answer)


@answers("apigateway:GetRestApis")
def get_rest_apis(call: Call) -> Document:
    answer = call.moto()
    return {**answer, "items": [_completed(call, each) for each in answer.get("items", [])]}


def _completed(call: Call, api: Document) -> Document:
    """A REST API that never chose has TLS_1_2 where it is private and TLS_1_0 elsewhere."""
    private = (api.get("endpointConfiguration") or {}).get("types") == ["PRIVATE"]
    return altered(call, {"securityPolicy": "TLS_1_2" if private else "TLS_1_0", **api}, api["id"])
