"""The commands of the command line: `serve`, `schema`, `settings`, `doctor` and `query`."""
