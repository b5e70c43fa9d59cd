"""Other ways to count, each with the contract of ``engine.raw.Backend``: they agree with the kernel to the bit."""
