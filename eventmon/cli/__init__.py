"""The command line: thin verbs over the engine and its control socket."""
