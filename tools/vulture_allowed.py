"""Names that vulture cannot see being used: frameworks call them."""
