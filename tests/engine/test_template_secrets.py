"""Secrets in templates: found by their names, and replaced by placeholders in what is given away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.placeholders import find_placeholders
from eventmon.engine.template_definitions import definition_of
from eventmon.engine.template_secrets import placeholder_of, secret_names, without_secrets
from eventmon.engine.templates import Draft, NamedTemplate, PayloadFormat


def test_secrets_are_named_and_left_out() -> None:
    draft = Draft(
        topic="login",
        headers=(("authorization", "Bearer 4711"), ("x-token", "{{env TOKEN}}"), ("trace", "1")),
        body='{"user": "zoë", "access_token": "s3cret", "password": null, "secrets": {"pin": 7}}',
    )
    assert secret_names(draft) == ["authorization", "access_token"]
    bare, names = without_secrets(definition_of(NamedTemplate(name="login", draft=draft), "login"))
    assert names == ["authorization", "access_token"]
    assert bare.headers == (("authorization", "{{env AUTHORIZATION}}"), ("x-token", "{{env TOKEN}}"), ("trace", "1"))
    assert bare.data == draft.body.replace("s3cret", "{{env ACCESS_TOKEN}}")
    assert secret_names(bare.template.draft) == []
    assert find_placeholders(bare.data) != []


def test_text_that_is_no_json_is_looked_through_too() -> None:
    draft = Draft(format="text", body="user=zoë password=hunter2 order=7")
    bare, names = without_secrets(definition_of(NamedTemplate(name="login", draft=draft), "login"))
    assert names == ["password"]
    assert bare.data == "user=zoë password={{env PASSWORD}} order=7"


@given(st.text(max_size=40))
def test_what_stands_for_a_secret_is_a_placeholder(name: str) -> None:
    (span,) = find_placeholders(placeholder_of(name))
    assert (span.start, span.end) == (0, len(placeholder_of(name)))


@given(st.text(max_size=80), st.sampled_from(["json", "text", "hex", "base64", "file"]))
def test_no_text_makes_it_fail_and_what_is_left_holds_no_secret(text: str, content: PayloadFormat) -> None:
    body = f'{{"password": "{text}", "order": 7}}'
    draft = Draft(format=content, body=body, headers=((text, text), ("x-token", text)))
    bare, _ = without_secrets(definition_of(NamedTemplate(name="login", draft=draft), "login"))
    assert secret_names(bare.template.draft) == []
