"""The patient's pages, a module for each step, and the console's overview."""
