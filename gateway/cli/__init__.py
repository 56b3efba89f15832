"""The command line: `serve`, `schema`, `settings`, `doctor` and `query`."""
