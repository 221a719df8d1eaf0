"""Networks that come with the package, already trained, and how they were."""
