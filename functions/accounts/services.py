"""What the two functions of this package are called in logs and metrics; alarms are told apart by it (template.yaml)."""

ACCOUNTS = "accounts"
OWN_DATA = "own_data"
