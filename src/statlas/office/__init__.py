"""The Django room: models, migrations and queries of what lives in the site's database, one package a noun."""
