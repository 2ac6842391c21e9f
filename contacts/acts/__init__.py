"""What is done to a whole view of contacts, as kinds of jobs (docs/jobs.md)."""
