"""`ninthweek`: every command, and what a person is told when one cannot do its work.

The modules here say what can be typed. What a command does is imported when it is run, so that nobody waits for the
parts of another, and the process of a service does not hold them.
"""

import sys

import typer

from ninthweek.command_line import broker, publishing, running, sign_in, staff_tools

commands = typer.Typer(
    help="Runs a university's micro-placement programme: five services that talk only by events over RabbitMQ.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for room in (running, broker, publishing, staff_tools, sign_in):
    commands.add_typer(room.commands)


def main() -> None:
    """Run a command; whatever stops it is told in one line, without a traceback."""
    try:
        commands()
    except Exception as fault:
        from ninthweek.command_line.faults import in_words

        if (words := in_words(fault)) is None:
            raise
        sys.stderr.write(f"ninthweek: {words}\n")
        raise SystemExit(2) from None
