"""The engine: drives bus, log and connections; every front end talks to it and to nothing below it."""
