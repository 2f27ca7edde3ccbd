from tests.cli.help_page import PAGE, commands, page, shown


def test_the_page_of_the_commands_shows_what_they_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "`python -m tests.cli.help_page` writes it"


def test_the_page_shows_every_command() -> None:
    assert shown() == commands()
