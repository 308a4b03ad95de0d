"""What a server is told: what the service decides, and below it what the parameter group says."""

from collections.abc import Mapping
from pathlib import Path

# The service's own: a parameter group has no say in these.
_RESERVED = {
    "allow_alter_system", "archive_cleanup_command", "archive_command", "archive_library", "archive_mode", "config_file",
    "data_directory", "external_pid_file", "fsync", "hba_file", "hot_standby", "ident_file", "io_method",
    "listen_addresses", "log_destination", "log_directory", "log_filename", "log_min_error_statement", "log_statement",
    "log_min_duration_statement", "logging_collector", "port", "primary_conninfo", "recovery_end_command",
    "recovery_target", "recovery_target_action", "recovery_target_inclusive", "recovery_target_time",
    "recovery_target_timeline", "restart_after_crash", "restore_command", "shared_buffers", "ssl",
    "shared_preload_libraries", "unix_socket_directories", "wal_keep_size", "wal_level",
}  # fmt: skip

ACCESS = """\
host all rdsadmin 127.0.0.1/32 scram-sha-256
host replication rdsadmin 127.0.0.1/32 scram-sha-256
host rdsadmin all 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""


def settings(
    *, port: int, spool: Path, known: Mapping[str, str], parameters: Mapping[str, str], recovery: Mapping[str, str]
) -> str:
    """A server's configuration file. Error messages go without the statement: it may hold what nobody must read."""
    ours = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        # The machine does not lose power in a drill; SIGKILL leaves what was written to the operating system.
        "fsync": "off",
        "shared_buffers": "32MB",
        "io_method": "sync",
        "jit": "off",
        "max_connections": "60",
        "min_wal_size": "16MB",
        "max_wal_size": "256MB",
        "wal_level": "replica",
        "wal_keep_size": "32MB",
        "archive_mode": "on",
        "archive_command": f'cp "%p" "{spool}/%f.part" && mv "{spool}/%f.part" "{spool}/%f"',
        # With hot standby a copy that has smaller limits than its source would refuse to recover.
        "hot_standby": "off",
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_checkpoints": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **recovery,
    }
    told = {name: value for name, value in ours.items() if name in known} | applicable(parameters, known)
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in told.items())


def applicable(parameters: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """What a parameter group says that the server understands: no formulas, and rds.* as names without effect."""
    return {
        name: value
        for name, value in parameters.items()
        if name not in _RESERVED and "{" not in value and (name in known or "." in name)
    }


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''").replace("\n", " ")
