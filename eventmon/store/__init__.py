"""The event log: durable storage of events, one file a session."""
