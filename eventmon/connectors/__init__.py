"""Connectors: one file per protocol, so that adding a protocol touches nothing else."""
