"""The list of repositories, which moto does not have."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document


@answers("codecommit:ListRepositories")
def list_repositories(call: Call) -> Document:
    repositories = [held.repository_metadata for held in call.backend("codecommit").repositories.values()]
    page, more = call.page(repositories, token="nextToken")
    return {
        "repositories": [
            {"repositoryName": each["repositoryName"], "repositoryId": each["repositoryId"]} for each in page
        ],
        **more,
    }
