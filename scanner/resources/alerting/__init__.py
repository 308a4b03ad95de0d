"""Alerting: who is told when something fails. Event rules, topics, subscriptions, alarms, and the paths they form."""
