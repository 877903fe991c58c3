"""The command `sign-in`: a link for staff, where no OpenID provider is set or it does not answer."""

from pathlib import Path
from typing import Annotated, Literal

import typer

commands = typer.Typer()


@commands.command("sign-in")
def sign_in(
    role: Annotated[Literal["viewer", "reviewer", "staff"], typer.Option(help="What they may do.")] = "staff",
    who: Annotated[str, typer.Option(help="The name that histories show.")] = "staff",
    data: Annotated[Path, typer.Option(help="The data folder of an `up`, unless SESSION_SECRET is set.")] = Path(
        "var/up"
    ),
) -> None:
    """Print a link that signs somebody in as a member of staff: once, within twelve hours.

    Whoever can run this can sign in; it reads SESSION_SECRET and PUBLIC_URL, as the services do.
    """
    from ninthweek.settings import keep_session_secret
    from shared.web.callers import Role
    from shared.web.links import staff_link_url
    from shared.web.settings import WebSettings

    if data.is_dir():
        keep_session_secret(data)
    typer.echo(staff_link_url(Role(role), WebSettings(), who=who))
