"""Tables for the numbers of works, trials and people, and for web addresses."""

import pytest
from patientguide.core import connection
from patientguide.model import identifiers, routes

GOOD = {
    identifiers.doi: [
        "10.7150/jca.23969",
        "10.1000/(a)b<c>;d#e",
        "10.123456789/\u00e9",
        "10.1016/S0140-6736(20)30183-5",
    ],
    identifiers.pmid: ["1", "29721054", "999999999"],
    identifiers.pmcid: ["PMC1", "PMC5929089"],
    identifiers.nct: ["NCT03598257"],
    identifiers.isbn: ["9783161484100", "978-3-16-148410-0", "3-16-148410-X", "0306406152"],
    identifiers.orcid: ["0000-0002-1825-0097", "0000-0002-1694-233X"],
}
BAD = {
    identifiers.doi: [
        "",
        "10.1/x",
        "11.1000/x",
        "10.1000",
        "10.1000/",
        "10.1000/a b",
        "10.1000/x.",
        "https://doi.org/10.1000/x",
    ],
    identifiers.pmid: ["", "0", "012", "1234567890", "PMID 1", "1 2", "\u0661"],
    identifiers.pmcid: ["", "5929089", "PMC0", "pmc5929089", "PMC592908912"],
    identifiers.nct: ["", "NCT0359825", "NCT035982577", "nct03598257", "NCT 03598257"],
    identifiers.isbn: ["", "9783161484101", "978-3-16-148410-1", "316148410X0", "0306406153"],
    identifiers.orcid: ["", "0000-0002-1825-0098", "0000000218250097", "0000-0002-1694-2330", "0000-0002-1694-233x"],
}


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in GOOD.items() for text in texts])
def test_numbers_that_are_right(check, text: str) -> None:
    assert check(text) is None


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in BAD.items() for text in texts])
def test_numbers_that_are_wrong(check, text: str) -> None:
    fault, advice = check(text)
    assert text in fault
    assert advice.startswith(("Write", "Copy"))


@pytest.mark.parametrize(
    ("check", "number"), [(identifiers.isbn, "9783161484100"), (identifiers.orcid, "0000-0002-1825-0097")]
)
def test_every_wrong_digit_is_found(check, number: str) -> None:
    for place, sign in enumerate(number):
        for digit in "0123456789" if sign.isdigit() else "":
            assert (check(number[:place] + digit + number[place + 1 :]) is None) == (digit == sign)


@pytest.mark.parametrize(
    "text", ["doi:10.1000/x", "DOI: 10.1000/x", "https://dx.doi.org/10.1000/x", "http://www.doi.org/10.1000/x,"]
)
def test_what_is_more_than_a_doi_is_answered_with_the_doi(text: str) -> None:
    assert identifiers.doi(text) == (f"'{text}' is more than a DOI", "Write 10.1000/x")


# -- addresses

FINE = [
    "example.org",
    "EXAMPLE.org/a?b=c#d",
    "a_b.example.org./x",
    "example.org/\u00e9/(x)",
    "example.org/?side=1&gaclid=2",
]
FAULTS = {
    "is not a whole": [
        *("", "example.org", "https://", "https:///x", "https:/example.org", "https://example.org/a b", "https://[::1"),
        *("https://example.org/<x>", "https://example..org", "https://.org", "https://-a.org", "https://ex%61mple.org"),
        *("https://example.org\\@evil.org", "https://example.org:port", "javascript:alert(1)", "mailto:a@example.org"),
    ],
    "is not secure": ["http://example.org", "ftp://example.org/x", "//example.org/x", "javascript://example.org/x"],
    "name or password": ["https://me@example.org", "https://me:pw@example.org", "https://@example.org"],
    "names a port": ["https://example.org:8443/x", "https://example.org:443"],
    "is no public host": [
        *("https://127.1", "https://127.0.0.1/x", "https://2130706433", "https://0x7f.1", "https://0x7f000001"),
        *(
            "https://0177.0.0.1",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[fe80::1]/",
            "https://10.1.2.3",
        ),
        *("https://192.168.0.1", "https://169.254.169.254", "https://\uff11\uff12\uff17.0.0.1", "https://8.8.8.8"),
        *(
            "https://localhost",
            "https://LOCALHOST./",
            "https://a.localhost",
            "https://printer.local",
            "https://intranet",
        ),
        *(
            "https://wiki.internal",
            "https://router.lan",
            "https://nas.home.arpa",
            "https://a.localdomain",
            "https://a.test",
        ),
    ],
    "hides where": ["https://bit.ly/x", "https://T.co/x", "https://www.tinyurl.com/x", "https://lnkd.in/x"],
    "can pass for others": ["https://xn--80ak6aa92e.com", "https://\u0430pple.com", "https://b\u00fccher.example"],
    "tells who followed": [
        *(
            "https://example.org/?utm_source=x",
            "https://example.org/?a=1&UTM_Campaign=x",
            "https://example.org/?fbclid=1",
        ),
        *("https://example.org/?gclid", "https://example.org/?PHPSESSID=1", "https://example.org/a;jsessionid=1?b=2"),
    ],
}


@pytest.mark.parametrize("address", FINE)
def test_addresses_that_may_stand(address: str) -> None:
    assert identifiers.address_fault(f"https://{address}") is None


@pytest.mark.parametrize(("what", "address"), [(what, address) for what, found in FAULTS.items() for address in found])
def test_addresses_that_may_not(what: str, address: str) -> None:
    fault, advice = identifiers.address_fault(address)
    assert what in fault
    assert advice.startswith(("Write", "Remove", "Open"))


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("https://example.org/a?utm_source=x&b=1&fbclid=2#c", "https://example.org/a?b=1#c"),
        ("https://example.org/a;jsessionid=1/b?sid=3", "https://example.org/a/b"),
        ("https://example.org/?a=&b=%20", "https://example.org/?a=&b=+"),
    ],
)
def test_addresses_without_tracking(address: str, clean: str) -> None:
    assert identifiers.without_tracking(address) == clean
    assert not identifiers.tracks(clean)


PRIVATE = [
    *("localhost", "a.localhost", "printer.local", "a.b.local", "a.test", "a.invalid", "a.alt", "mail.internal"),
    *("abcdefghij234567.onion", "nas.home.arpa", "home.arpa", "router.lan", "tv.home", "wiki.corp", "a.mail"),
    *("a.intranet", "a.private", "a.localdomain", "intranet", "lan", "onion"),
    # The same, written in other ways.
    *("ROUTER.LAN", "router.lan.", "router.lan..", "router\u3002lan", "router\uff0elan", "a.router\uff61lan"),
    *("router.\uff4c\uff41\uff4e", "a.ONION.", "a.b\u3002onion"),
    # Addresses in numbers, which nobody gave a name.
    *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "10.1.2.3", "169.254.169.254"),
    *("[::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "\uff11\uff12\uff17.0.0.1", "a.1", "a.0x1", "127.0.0.1."),
]
PUBLIC = [
    "example.org",
    "lan.example.org",
    "mylan.org",
    "local.org",
    "test.de",
    "arpa.example.org",
    "thehome.org",
    "a1.org",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_host_may_not_stand_and_is_never_asked(host: str) -> None:
    assert identifiers.address_fault(f"https://{host}/x") is not None
    with pytest.raises(connection.ForbiddenError, match=r"is no public|hides an IP address|names no host"):
        connection.check(f"https://{host}/x", loopback=False)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_host_may_stand_and_be_asked(host: str) -> None:
    assert identifiers.address_fault(f"https://{host}/x") is None
    connection.check(f"https://{host}/x", loopback=False)


def test_only_tests_may_ask_this_computer() -> None:
    for address in ("http://localhost:8000/", "http://127.0.0.1:8000/", "http://[::1]/"):
        connection.check(address, loopback=True)
    for host in ("a.localhost", "a.lan", "10.0.0.1", "a.onion", "intranet"):
        with pytest.raises(connection.ForbiddenError):
            connection.check(f"http://{host}/", loopback=True)


SAME = "https://example.org/a"


@pytest.mark.parametrize(
    ("address", "same"),
    [
        *(
            (address, True)
            for address in (SAME, f"{SAME}/", "https://WWW.example.org/A", f"{SAME}?utm_source=x", f"{SAME}#b")
        ),
        *(
            (address, False)
            for address in (f"{SAME}b", f"{SAME}?b=1", "https://a.example.org/a", "https://example.org")
        ),
    ],
)
def test_folded_addresses(address: str, same: bool) -> None:
    assert (identifiers.folded_address(address) == identifiers.folded_address(SAME)) is same


@pytest.mark.parametrize(
    ("host", "only"), [("doi.org", True), ("dx.doi.org", True), ("mydoi.org", False), ("doi.org.uk", False)]
)
def test_addresses_of_a_doi(host: str, only: bool) -> None:
    assert identifiers.is_doi_link(f"https://{host}/10.1000/x") is only


LOCAL = [
    *("local", "localhost", "localdomain", "internal", "intranet", "private", "lan", "home", "home.arpa", "corp"),
    *("test", "invalid", "onion"),
]
"""Endings of names that do not lead to one public host for everyone (RFC 6761, 6762, 7686, 8375; ICANN)."""


@pytest.mark.parametrize("end", LOCAL)
@pytest.mark.parametrize("form", ["nas.{}", "a.b.{}", "NAS.{}", "nas.{}."])
def test_no_name_of_a_local_network_is_written_or_asked(end: str, form: str) -> None:
    host = form.format(end)
    assert identifiers.address_fault(f"https://{host}/x") == (
        f"'{host.lower().rstrip('.')}' is no public host",
        "Write the address that everyone can open.",
    )
    for loopback in (False, True):
        with pytest.raises(connection.ForbiddenError, match="is no public host"):
            connection.check(f"https://{host}/x", loopback)


@pytest.mark.parametrize("end", LOCAL)
def test_a_name_that_only_looks_local_is_public(end: str) -> None:
    for host in (f"{end}.example.org", f"x{end}.org", f"example.x{end.replace('.', '')}"):
        assert identifiers.address_fault(f"https://{host}/x") is None
        connection.check(f"https://{host}/x", False)


def test_only_tests_reach_their_own_computer() -> None:
    connection.check("http://localhost:8000/x", True)
    with pytest.raises(connection.ForbiddenError):
        connection.check("http://localhost:8000/x", False)


@pytest.mark.parametrize(
    ("target", "is_safe"),
    [
        *((target, True) for target in ("https://example.org/x", "mailto:a@example.org", "tel:000", "TEL:000")),
        *((target, False) for target in ("javascript:alert(1)", "data:text/html,x", "file:///x", "ftp://example.org")),
        *((target, False) for target in ("//example.org/x", "http://example.org", " javascript:alert(1)", "sms:000")),
    ],
)
def test_links_that_leave_the_guide(target: str, is_safe: bool) -> None:
    assert (routes.link_fault(target, "docs/index.md", {}) is None) is is_safe


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("911", "tel:911"),
        ("1-800-227-2345", "tel:18002272345"),
        ("+44 20 7946 0000", "tel:+442079460000"),
        ("(020) 7946 0000", "tel:02079460000"),
        ("100.4 \u00b0F (38 \u00b0C)", ""),
        ("20", ""),
        ("2027 or later", ""),
        ("ask us", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_can_be_tapped(text: str, link: str) -> None:
    assert routes.phone_link(text) == link
