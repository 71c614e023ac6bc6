"""What every connector keeps, tested through real servers: an entry of the table is tested by being there."""
