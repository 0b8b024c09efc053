"""Ready rule sets as data, one TOML file each; `default` is the one used where nobody wrote rules."""
