"""The site's pages: parse the request, make one call into ``service``, render."""
