"""Letters about releases: a queue in the site's database, filled by acts and emptied by the process that makes files.

A letter is put into the queue within the transaction of its act: there is no act without its letters, and no letter of
an act that came to nothing. Whoever acts waits for no mail server.

A letter tells that something waits or was done, the name of a database that is public, and where to look. It holds
nothing of what is not public: no figure, label, number, finding or reason. Those are behind the door that it names.
"""
