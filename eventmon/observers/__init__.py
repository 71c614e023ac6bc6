"""Observer kinds: one file per kind, so that adding a kind touches nothing else."""
