"""5X as it should be, in account 321098765432: every rule finds its promise kept, and nothing is out of sight.

    backup-scan --account demo-clean

The company keeps every clause of its policy. What a rule would find broken here is a fault of the rule, or of the
company; both are worth mending.
"""

from scanner.emulation.exemplar.settling import CONFIGURATION, settle

__all__ = ["CONFIGURATION", "settle"]
