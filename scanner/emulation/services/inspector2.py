"""Amazon Inspector's account status, for accounts that never enabled it as well."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document

SCANNED = {"ec2": "ec2", "ecr": "ecr", "lambda": "_lambda", "lambdaCode": "lambda_code"}


@answers("inspector2:BatchGetAccountStatus")
def batch_get_account_status(call: Call) -> Document:
    """The status of the accounts named, or of the caller's own."""
    known = call.backend("inspector2").account_status
    return {
        "accounts": [
            _status(account, known.get(account)) for account in call.params.get("accountIds") or [call.account]
        ],
        "failedAccounts": [],
    }


def _status(account: str, known: object) -> Document:
    scanned = {name: getattr(known, member, "DISABLED") for name, member in SCANNED.items()}
    state = "ENABLED" if "ENABLED" in scanned.values() else "DISABLED"
    return {
        "accountId": account,
        "state": _state(state),
        "resourceState": {name: _state(status) for name, status in scanned.items()},
    }


def _state(status: str) -> Document:
    return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": ""}
