"""The sample book: an appointment book with tables of our own, for the demo, the tests and as a model."""
