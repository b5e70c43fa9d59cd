"""Which programs are told apart by what they say of themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statlas.model.usage import LONGEST, Client, client_of

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "client"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", Client.BROWSER),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", Client.BROWSER),
        ("Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", Client.BROWSER),
        (f"Mozilla/5.0 (Linux; Android 10; CUBOT X30) {CHROME}", Client.BROWSER),
        ("python-requests/2.32.5", Client.PYTHON),
        ("Python-urllib/3.11", Client.PYTHON),
        ("python-httpx/0.28.1", Client.PYTHON),
        ("Python/3.12 aiohttp/3.13", Client.PYTHON),
        ("libcurl/8.5.0 r-curl/7.0.0 httr/1.4.7", Client.R),
        ("httr2/1.2.1 r-curl/7.0.0 libcurl/8.5.0", Client.R),
        ("R (4.5.1 x86_64-pc-linux-gnu x86_64 linux-gnu)", Client.R),
        ("Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)", Client.SPREADSHEET),
        ("Mozilla/5.0 (compatible; GoogleDocs; apps-spreadsheets; http://docs.google.com)", Client.SPREADSHEET),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Excel 16.0.17928; Pro)", Client.SPREADSHEET),
        ("curl/8.5.0", Client.COMMAND_LINE),
        ("Wget/1.21.4", Client.COMMAND_LINE),
        ("Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-GB) PowerShell/7.5.0", Client.COMMAND_LINE),
        ("axios/1.7.9", Client.JAVASCRIPT),
        ("node", Client.JAVASCRIPT),
        ("Mozilla/5.0 SAS/9", Client.STATISTICS),
        ("Tableau Desktop 20251", Client.STATISTICS),
        ("Go-http-client/2.0", Client.OTHER),
        ("Java/21.0.1", Client.OTHER),
        ("", Client.UNKNOWN),
        ("  ", Client.UNKNOWN),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Client.BOT),
        (f"Mozilla/5.0 (Linux; Android 6.0.1) {CHROME} (compatible; bingbot/2.0)", Client.BOT),
        (f"Mozilla/5.0 {CHROME}; compatible; GPTBot/1.2; +https://openai.com/gptbot", Client.BOT),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')}", Client.BOT),
        ("python-requests/2.32 (crawler; me@example.org)", Client.BOT),
    ],
)
def test_each_family_of_programs_is_known(user_agent, client):
    """Browsers, the languages of scripts, spreadsheets and bots are told apart; bots before all else."""
    assert client_of(user_agent) is client


@given(st.text(max_size=2_000))
def test_any_text_has_a_class(text):
    """Whatever is said, it has a class, and what stands behind the bound is not looked at."""
    assert client_of(text) is client_of(text[:LONGEST])


@pytest.mark.parametrize("hostile", ["a@" * 5_000, "+http" * 5_000, "mozilla/" + "x" * 100_000, "@" + "a." * 50_000])
def test_hostile_texts_take_no_time(hostile):
    """No text makes the table take long: it is short, and looked at up to a bound."""
    assert client_of(hostile) in Client
