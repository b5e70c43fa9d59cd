"""``statlas admin``: the first administrator of a site."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path, typer.Option("--home", envvar="STATLAS_HOME", help="Folder of the installation.")]

HERE = Path("statlas-home")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    admin = typer.Typer(help="Open accounts for administrators.", no_args_is_help=True)
    admin.callback()(lambda: None)
    admin.command("create")(create)
    app.add_typer(admin, name="admin")


def create(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address of the administrator.")],
    home: Home = HERE,
    send_link: Annotated[
        str,
        typer.Option(
            "--send-link",
            metavar="ADDRESS",
            help="Send a link to choose the password, on the site at this address, instead of asking for one.",
        ),
    ] = "",
) -> None:
    """Open an account that administers the site, or give that role to one there is.

    The password is asked for, and never taken from the command line, where others could read it.
    """
    from statlas.cli.site import prepare_site

    if send_link:
        _check_mail_server()
    prepare_site(home, make=True)

    from statlas.service.office import accounts

    is_new = not accounts.exists(email=email)
    accounts.make_administrator(email=email, password=_asked() if is_new and not send_link else None)
    if send_link:
        from statlas.web.accounts import inviting

        inviting.send(email=email, site=send_link.rstrip("/") + "/")
    typer.echo(_done(email, is_new=is_new, was_sent=bool(send_link)))


def _asked() -> str:
    """A password, typed twice and not shown."""
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _done(email: str, *, is_new: bool, was_sent: bool) -> str:
    if was_sent:
        return f"{email} is an administrator; a letter with a link to choose a password is on its way."
    if is_new:
        return f"{email} is an administrator and can sign in at /account/sign-in."
    return f"{email} had an account and is an administrator now; its password is what it was."


def _check_mail_server() -> None:
    """See before anything is made that a letter can be sent.

    Raises:
        SettingsError: there is no mail server.
    """
    from statlas.errors import SettingsError
    from statlas.web.configuration import Settings

    if not Settings.from_environment().sends_email:
        raise SettingsError(
            "This site has no mail server.",
            mend="Set STATLAS_EMAIL_URL, or leave --send-link out to be asked for a password.",
            setting="email_url",
        )
