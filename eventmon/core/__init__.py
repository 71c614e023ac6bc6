"""Core: events, topics, patterns, the bus and its counters. No Qt, no I/O, so that any program can carry it."""
