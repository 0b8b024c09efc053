"""Commands on spreadsheets and programme models: no server, no account."""
