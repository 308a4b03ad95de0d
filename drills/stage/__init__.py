"""The stage: one account and region as a drill may use it. It reads freely, and makes only what it can take away again."""
