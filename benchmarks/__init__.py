"""How fast the portal is: one command, one table, beside the floor of what Django could do here at best."""
