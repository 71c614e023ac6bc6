from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors import registry
from eventmon.core.errors import UserError
from eventmon.engine.address import Address, hide
from tests.engine.orders_source import OrdersBroker, OrdersConfig

SECRETS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@pytest.fixture(autouse=True)
def known(broker: OrdersBroker) -> None:
    """``orders:`` is a scheme in here."""
    assert registry.CONNECTORS["orders"]() is broker


def test_an_address_shows_neither_secrets_nor_references() -> None:
    for password in ("hunter2", "${SHOP_PASSWORD}", "keyring:prod"):
        address = Address.read(f"orders://checkout:{password}@shop.example")
        assert address.masked == "orders://checkout:***@shop.example"
        assert password not in repr(address)
        assert Address.read(address.url).config == address.config


def test_only_secrets_that_are_none_are_literal() -> None:
    assert Address.read("orders://checkout:hunter2@shop.example").literals == {"password": "hunter2"}
    assert Address.read("orders://checkout:keyring:prod@shop.example").literals == {}
    assert Address.read("orders://checkout:keyring:prod@shop.example").kept_names == {"prod"}
    assert Address.read("orders://shop.example").literals == {}


def test_stars_are_replaced_by_what_is_lent() -> None:
    lender = Address.read("orders://checkout:hunter2@shop.example")
    borrowed = Address.read("orders://checkout:***@other.example", lender)
    assert borrowed.literals == {"password": "hunter2"}
    for nothing_lent in (None, Address.read("orders://shop.example"), Address.read("demo://")):
        with pytest.raises(UserError, match="only stands for a password"):
            Address.read("orders://checkout:***@other.example", nothing_lent)


@given(secret=SECRETS)
def test_a_sentence_about_what_is_no_address_quotes_no_login(secret: str) -> None:
    from urllib.parse import quote

    marked = f"canary{secret}"
    for written in (quote(marked, safe=""), marked):
        for url in (f"//:{written}@shop.example", f"/{written}//u:{written}@x", f"odrers://u:{written}@shop.example"):
            with pytest.raises(UserError) as raised:
                Address.read(url)
            assert f":{written}@" not in str(raised.value)


@given(secret=SECRETS.filter(lambda text: len(text) >= 4 and not text.isalpha() and "*" not in text))
def test_no_text_holds_a_secret_once_it_is_hidden(secret: str) -> None:
    config = OrdersConfig(password=secret)
    assert secret not in hide(f"AUTH {secret} failed; {secret}{secret}", config)


def test_an_ordinary_word_stays_in_a_sentence_and_goes_from_a_traceback() -> None:
    config = OrdersConfig(password="wrong")
    assert hide("The password is wrong.", config) == "The password is wrong."
    assert hide("AUTH wrong", config, sentence=False) == "AUTH ***"
    assert hide("redis://u:other@shop.example said no", None) == "redis://u:***@shop.example said no"
