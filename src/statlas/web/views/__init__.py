"""One function a page: parse the address, ask the service, render."""
