"""IAM Access Analyzer: its analyzers; moto has no trace of the service."""

from dataclasses import dataclass, field

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document, Refusal


@dataclass
class Analyzers:
    """Analyzers by name."""

    by_name: dict[str, Document] = field(default_factory=dict)


@answers("accessanalyzer:CreateAnalyzer")
def create_analyzer(call: Call) -> Document:
    told, held = call.params, call.shelf(Analyzers).by_name
    name = told["analyzerName"]
    if name in held:
        raise Refusal("ConflictException", f"Analyzer {name} exists.", 409)
    held[name] = {
        "arn": f"arn:aws:access-analyzer:{call.region}:{call.account}:analyzer/{name}",
        "name": name,
        "type": told["type"],
        "createdAt": call.now,
        "tags": dict(told.get("tags", {})),
        "status": "ACTIVE",
    }
    return {"arn": held[name]["arn"]}


@answers("accessanalyzer:ListAnalyzers")
def list_analyzers(call: Call) -> Document:
    wanted = call.params.get("type")
    found = [one for one in call.shelf(Analyzers).by_name.values() if wanted in (None, one["type"])]
    shown, more = call.page(found, size="maxResults", token="nextToken")
    return {"analyzers": shown, **more}


@answers("accessanalyzer:DeleteAnalyzer")
def delete_analyzer(call: Call) -> Document:
    if call.shelf(Analyzers).by_name.pop(call.params["analyzerName"], None) is None:
        raise Refusal("ResourceNotFoundException", f"Analyzer {call.params['analyzerName']} does not exist.", 404)
    return {}
