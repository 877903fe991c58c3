"""`ninthweek`: every command, and what a person is told when one cannot do its work.

The modules here define what can be typed. What a command does is imported only when it is run: nobody waits for the
imports of another command, and the process of a service does not hold them in memory.
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
for module in (running, broker, publishing, staff_tools, sign_in):
    commands.add_typer(module.commands)


def main() -> None:
    """Run a command; an error that is foreseen is printed without a traceback, and the exit status is then 2."""
    try:
        commands()
    except Exception as fault:
        from ninthweek.command_line.faults import in_words

        if (words := in_words(fault)) is None:
            raise
        sys.stderr.write(f"ninthweek: {words}\n")
        raise SystemExit(2) from None
