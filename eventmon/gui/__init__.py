"""The window: the only home of Qt in the package."""
