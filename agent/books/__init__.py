"""The appointment books that the agent can read and write, each kind behind ``agent.book.Book``."""
