"""What bin/demo and bin/test do once their packages are installed."""
