"""XML as a small tree: names without namespaces, text in order, lines for errors, and what is escaped."""

from __future__ import annotations

import pytest

from retro_timer.formats.errors import FormatError
from retro_timer.formats.markup import escape, parse_xml
from retro_timer.formats.plain_words import plain_problem, unknown_key


def test_a_tree_has_lower_case_names_without_namespaces_and_lines() -> None:
    root, notes = parse_xml(b'<x:Root xmlns:x="urn:x" x:Key="V">\n <Child KEY="a"/>\n\n<x:child>t</x:child></x:Root>')
    assert (root.tag, root.attributes["key"], root.line, root.place, notes) == ("root", "V", 1, "line 1", ())
    assert [(each.tag, each.attributes, each.line) for each in root.children] == [
        ("child", {"key": "a"}, 2), ("child", {}, 4),
    ]  # fmt: skip
    assert root.child("child") is root.children[0]
    assert root.child("other") is None


def test_text_is_that_of_an_element_and_all_in_it_in_order() -> None:
    root = parse_xml(b"<a> one <b>two<c>three</c></b>four\n five</a>").root
    assert root.text == "one two three four five"
    assert [each.tag for each in root.inside()] == ["b", "c"]
    assert parse_xml(b"<a><b/></a>").root.text == ""


def test_elements_that_are_skipped_leave_nothing_behind() -> None:
    root = parse_xml(b"<a>x<S>no<s>no</s>no<b/></S>y<b>z</b></a>", frozenset({"s"})).root
    assert root.text == "xy z"
    assert [each.tag for each in root.inside()] == ["b"]


@pytest.mark.parametrize(("count", "refused"), [(100_000, False), (100_001, True)])
def test_a_file_has_a_hundred_thousand_elements_at_most(count: int, refused: bool) -> None:
    data = b"<a>" + b"<b/>" * (count - 1) + b"</a>"
    if refused:
        with pytest.raises(FormatError, match=r"^line 1: more XML elements than a workout needs$"):
            parse_xml(data)
    else:
        assert len(parse_xml(data).root.children) == count - 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<a>\n<b></a>", "line 2: not valid XML: mismatched tag"),
        (b"<a/>\n<b/>", "line 2: not valid XML: junk after document element"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', 'not valid XML: its encoding "klingon" is not read'),
        (b'<?xml version="1.0" encoding="ascii"?><a>\xe9</a>', 'not valid XML: it is not in its encoding "ascii"'),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "XML that defines its own entities is not read"),
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_line(data: bytes, says: str) -> None:
    with pytest.raises(FormatError) as refused:
        parse_xml(data)
    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("iso-8859-1", "é"), ("ISO-8859-15", "€"), ("windows-1251", "ж"), ("latin1", "é"), ("US-ASCII", "e")],
)
def test_a_declared_encoding_of_the_west_is_read(encoding: str, text: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><a>{text}</a>".encode(encoding)
    assert parse_xml(data).root.text == text


def test_only_ampersands_that_begin_no_entity_are_read_as_they_are() -> None:
    root, notes = parse_xml(b"<a>a & b &amp; c &#38; d &#x26; &lt;<![CDATA[&x]]><!-- & --></a>")
    assert root.text == "a & b & c & d & <&x"
    assert notes == ('a "&" that should be "&amp;" is read as it is',)
    assert parse_xml(b"<a>&amp;</a>").notes == ()


def test_text_is_escaped_for_elements_and_attributes() -> None:
    assert escape("<a href=\"x\">'&amp;'</a>") == "&lt;a href=&quot;x&quot;&gt;'&amp;amp;'&lt;/a&gt;"
    assert parse_xml(f'<a b="{escape("<&>")}">{escape("<&>")}</a>'.encode()).root.attributes["b"] == "<&>"


@pytest.mark.parametrize(
    ("message", "problem", "place"),
    [
        ("Expected `int`, got `str` - at `$.a[0].seconds`", "expected a whole number, not text", "a[0].seconds"),
        ("Expected `float | null`, got `bool` - at `$[3]`", "expected a number, not true or false", "[3]"),
        ("Expected `int`, got `float`", "expected a whole number, not a fraction", ""),
        ("Expected `array`, got `object`", "expected a list, not an object", ""),
        ("Expected `int` >= 1 - at `$.a`", "expected a whole number >= 1", "a"),
        ("Expected `str` of length <= 3", "expected text of length <= 3", ""),
        ("Expected `decimal`, got `ext`", "expected decimal, not ext", ""),
        ("Object missing required field `id` - at `$`", "it has no id", ""),
        ("Object contains unknown field `x` - at `$.a`", "Object contains unknown field `x`", "a"),
        ("Number out of range - at `$.a`", "the number is out of range", "a"),
        ("something else", "something else", ""),
    ],
)  # fmt: skip
def test_what_msgspec_refuses_is_said_in_plain_words(message: str, problem: str, place: str) -> None:
    assert plain_problem(message) == (problem, place)


def test_an_unknown_key_is_not_another_problem() -> None:
    assert unknown_key("Object contains unknown field `x y`") == "x y"
    assert unknown_key("Object missing required field `x`") is None
