"""``statlas organisation``: who belongs to which, in which roles, and whose each database is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from statlas.service.office.organisations import Role as RoleThere
    from statlas.store import Home as OpenedHome

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]
Slug = Annotated[str, typer.Argument(metavar="ORGANISATION", help="Id of the organisation, such as housing.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the account.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="producer, reviewer, approver or administrator.")]
Of = Annotated[
    str,
    typer.Option("--organisation", metavar="ORGANISATION", help="Id of the organisation; the site's own if left out."),
]

HERE, DEFAULT = Path("statlas-home"), "default"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    organisation = typer.Typer(help="Say who prepares and approves releases of what.", no_args_is_help=True)
    organisation.command("list")(list_all)
    organisation.command("register")(register_one)
    organisation.command("add")(add)
    organisation.command("remove")(remove)
    organisation.command("claim")(claim)
    app.add_typer(organisation, name="organisation")


def list_all(home: Home = HERE) -> None:
    """List the organisations, their databases and policies, and who belongs to them."""
    _ready(home)

    from statlas.service.office import organisations

    for one in organisations.every():
        typer.echo(f"{one.slug}\t{one.name}{' (has whatever no other claims)' if one.is_default else ''}")
        for what, names in (("database", one.databases), ("policy", one.policies)):
            for name in names:
                typer.echo(f"  {what}\t{name}")
        for member in organisations.members(slug=one.slug):
            typer.echo(f"  {member.email}\t{', '.join(role.value for role in member.roles)}")


def register_one(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="Name of the organisation, as people see it.")],
    contact: Annotated[str, typer.Option("--contact", metavar="EMAIL", help="Where questions to it go.")] = "",
    home: Home = HERE,
) -> None:
    """Make an organisation."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import organisations

    organisations.register(home=opened, slug=slug, name=name, contact=contact, actor=identity.this_machine())


def add(
    email: Email,
    role: Role,
    organisation: Of = DEFAULT,
    new: Annotated[
        bool, typer.Option("--new", help="Open an account where there is none; it has no password yet.")
    ] = False,
    home: Home = HERE,
) -> None:
    """Give an account a role in an organisation."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import organisations

    organisations.add_member(
        home=opened,
        slug=organisation,
        email=email,
        role=_role(role),
        actor=identity.this_machine(),
        opens_account=new,
    )


def remove(email: Email, role: Role, organisation: Of = DEFAULT, home: Home = HERE) -> None:
    """Take a role in an organisation from an account."""
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import organisations

    organisations.remove_member(
        home=opened, slug=organisation, email=email, role=_role(role), actor=identity.this_machine()
    )


def claim(
    slug: Slug,
    database: Annotated[
        str, typer.Option("--database", metavar="ID", help="Database that is its own from now on.")
    ] = "",
    policy: Annotated[str, typer.Option("--policy", metavar="ID", help="Policy that is its own from now on.")] = "",
    home: Home = HERE,
) -> None:
    """Make a database or a policy an organisation's own."""
    if not database and not policy:
        raise typer.BadParameter("Name a --database or a --policy.")
    opened = _ready(home)

    from statlas.cli import identity
    from statlas.service.office import organisations

    organisations.claim(home=opened, slug=slug, database_id=database, policy=policy, actor=identity.this_machine())


def _role(name: str) -> "RoleThere":
    from statlas.service.office import organisations

    if name not in [*organisations.Role]:
        raise typer.BadParameter(f"{name} is no role; there are {', '.join(organisations.Role)}.", param_hint="ROLE")
    return organisations.Role(name)


def _ready(home: Path) -> "OpenedHome":
    from statlas.cli.site import prepare_site
    from statlas.service import tables

    prepare_site(home, make=True)
    return tables.open_home(home)
