"""Random histories of a clinic and its portal, with everything between them that can go wrong."""
