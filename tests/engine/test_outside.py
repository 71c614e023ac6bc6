"""What a definition of a stranger would do is said before it does it, with all that it takes of this machine."""

from __future__ import annotations

from eventmon.engine.outside import deed_of
from eventmon.engine.template_definitions import TemplateDefinition


def test_a_template_names_the_variables_and_the_file_that_it_would_send() -> None:
    template = TemplateDefinition(
        name="paid",
        topic="prod/orders",
        headers=(("traceparent", "{{uuid}}"), ("authorization", "Bearer {{env SHOP_TOKEN}}")),
        data='{"user": "{{ env  USER }}", "again": "{{env SHOP_TOKEN}}", "braces": "{{{{env HOME}}"}',
    )
    assert deed_of(template).words == (
        "publishes to prod/orders when fired, with the variables SHOP_TOKEN and USER of this machine"
    )
    letter = TemplateDefinition(name="letter", topic="prod/mail", content="file", file="/home/maria/.ssh/id_ed25519")
    assert deed_of(letter).words == (
        "publishes to prod/mail when fired, with the file /home/maria/.ssh/id_ed25519 of this machine"
    )
    plain = TemplateDefinition(name="ping", topic="prod/ping", file="left over", subject="{{env USER}}")
    assert deed_of(plain).words == "publishes to prod/ping when fired, with the variable USER of this machine"
