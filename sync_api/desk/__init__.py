"""The operator's desk: all organisations at a glance. It stands on the topmost layer, to see them all."""
