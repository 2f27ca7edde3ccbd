"""How help shows examples."""

import click

from reconciler.cli.command import Command

EXAMPLES = [
    ("reconciler plan", "read it"),
    ("reconciler plan --out plan.json", "save it, for apply and show"),
]


def examples(width: int) -> list[str]:
    command = Command("plan", examples=EXAMPLES)
    context = click.Context(command, terminal_width=width)
    return command.get_help(context).partition("Examples:\n")[2].splitlines()


def test_examples_are_shown_beside_their_comments_where_they_fit() -> None:
    assert examples(80) == [
        "  reconciler plan                  read it",
        "  reconciler plan --out plan.json  save it, for apply and show",
    ]


def test_examples_are_shown_below_their_comments_where_they_do_not_fit() -> None:
    assert examples(50) == [
        "  # read it",
        "  reconciler plan",
        "",
        "  # save it, for apply and show",
        "  reconciler plan --out plan.json",
    ]
