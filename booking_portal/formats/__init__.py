"""How dates and times are written, where Django's own way is not what the portal's pages do."""
