"""The tenant matrix: everything in the catalogue, as every kind of caller, with somebody else's ids."""
