"""How the clinics' agents talk to the portal: activation, tokens, catalogue, slots and events."""
