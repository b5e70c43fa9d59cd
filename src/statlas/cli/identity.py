"""Who acts on the command line: an account that is named, and the user of the machine beside it.

The name is believed: whoever may read the home's files can do more than any account.
"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from statlas.service.office.actors import Actor

As = Annotated[
    str,
    typer.Option(
        "--as", envvar="STATLAS_AS", metavar="EMAIL", help="Your account; what it may do is what its roles allow."
    ),
]


def actor(email: str) -> "Actor":
    """The account that acts; the site's database is ready.

    Raises:
        AccessError: none is named, or there is none of that address.
    """
    from statlas.service.office.actors import Actor
    from statlas.service.tables import auditing

    return Actor.named(email, os_user=auditing.of_this_machine())


def this_machine() -> "Actor":
    """The user of the machine, who keeps the home and needs no account."""
    from statlas.service.office.actors import Actor
    from statlas.service.tables import auditing

    return Actor(auditing.of_this_machine(), is_system=True)
