"""An app that registers the tests' kinds of jobs, and small chunks for imports, for processes that know no fixture."""
