"""The agent's commands, a module for each group: its options, and what it does and says."""
