"""5X as it should be, in account 321098765432: every rule finds its promise kept, and nothing is out of sight.

    backup-scan --account demo-clean

The company keeps every clause of its policy. What a rule would find broken here is a fault of the rule, or of the
company; both are worth mending. It is made by the functions that make the demo company's good half.

| file | what is there |
|---|---|
| keys | data, backup and watch in each region: 90 days, named administrators and users |
| people | alice and bob with MFA, an uploader; one role each for backups, keys and every service; analyzers |
| network, transport | private subnets without a way out, endpoints, flow logs; parameter groups that take TLS 1.3 alone |
| vaults, nights | locked vaults in two regions and an account apart; 35 nights, four months, and what plans left of them |
| orders, directory, customers, log | the critical systems: replicated, copied, archived and locked, in both regions |
| documents, analysis, machines, mirrors | the others: files, warehouse, graph, caches, search, machine, repositories |
| trail, alerts, alarms, watchmen, reviews | what is written down, who is told, what is scanned, reported and restored |
| sharing, edge, stacks | nothing is public; a load balancer, a distribution and an API domain of TLS 1.3; all of it made by code |
| *.yaml, drills.json | the configuration, what people state, and what drills measured |
"""

from scanner.emulation.exemplar.settling import CONFIGURATION, settle

__all__ = ["CONFIGURATION", "settle"]
