"""Parse external XML into a small tree with line numbers, and escape text for XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from msgspec import Struct, field

from retro_timer.formats.errors import FormatError
from retro_timer.formats.files import Decoded, decode_foreign, marked_encoding
from retro_timer.text import printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.sax.xmlreader import AttributesImpl, Locator

MAX_DEPTH: Final = 50
MAX_ELEMENTS: Final = 100_000
_DECLARATION: Final = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII)
_DECLARED: Final = re.compile(r"""^(\s*<\?xml[^>]{0,100}?)\sencoding\s*=\s*["'][^"'>]*["']""")
_WESTERN: Final = re.compile(r"(?:us-)?ascii|latin-?1|iso-8859-\d{1,2}|windows-125\d|cp125\d|macintosh")
"""Single-byte encodings that a declaration may name, besides UTF-8 and UTF-16."""
_BARE_AMPERSAND: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?!(?:[A-Za-z_][\w.-]*|#\d+|#x[0-9A-Fa-f]+);)", re.DOTALL
)
"""An ampersand that does not begin an entity. Longer matches (CDATA and comments) are left as they are."""


class Element(Struct):
    """An element. The names of tags and attributes are in lower case, without a namespace.

    Attributes:
        line: the line it starts on, from 1.
        text: the text in the element and its descendants, in order.
    """

    tag: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element, with whitespace collapsed."""
        return " ".join("".join(self.pieces).split())

    @property
    def place(self) -> str:
        """The line, for error messages."""
        return f"line {self.line}"

    def child(self, tag: str) -> Element | None:
        """The first child with a tag, or None."""
        return next((child for child in self.children if child.tag == tag), None)

    def inside(self) -> Iterator[Element]:
        """All descendants in document order."""
        for child in self.children:
            yield child
            yield from child.inside()


class XmlDocument(NamedTuple):
    """The root element of a document, with a note for each fault that was corrected."""

    root: Element
    notes: tuple[str, ...] = ()


def parse_xml(data: bytes, skipped: frozenset[str] = frozenset()) -> XmlDocument:
    """Parse a document. Refuses entities, external references and deep nesting.

    Elements with one of the `skipped` tags are left out, with everything in them.
    Two common faults are tolerated: an unescaped "&", and Windows-1252 in a file that declares UTF-8 or nothing.

    Raises:
        FormatError: if the XML is not well-formed, or has more elements or levels than a workout needs.
    """
    decoded = _decode(data)
    text = _DECLARED.sub(r"\1", decoded.text)
    try:
        return XmlDocument(_parse(text, skipped), decoded.notes)
    except _NotWellFormedError:
        repaired = _BARE_AMPERSAND.sub(lambda found: found[0] if len(found[0]) > 1 else "&amp;", text)
        return XmlDocument(_parse(repaired, skipped), (*decoded.notes, 'a "&" that should be "&amp;" is read as it is'))


class _NotWellFormedError(FormatError):
    """The parser stopped at a character."""


def _decode(data: bytes) -> Decoded:
    """Decode a document, trusting its byte order mark or declaration as far as they can be right."""
    declaration = _DECLARATION.match(data)
    if marked_encoding(data) or not declaration:
        return decode_foreign(data)
    name = declaration.group(1).decode().lower()
    if name.startswith(("utf-8", "utf-16")):
        return decode_foreign(data)
    if not _WESTERN.fullmatch(name):
        raise FormatError(f"not valid XML: its encoding {quoted(name)} is not read")
    try:
        return Decoded(data.decode(name))
    except (LookupError, UnicodeDecodeError) as error:
        raise FormatError(f"not valid XML: it is not in its encoding {quoted(name)}") from error


def _parse(text: str, skipped: frozenset[str]) -> Element:
    # Late import: few commands read XML, and start-up time is limited.
    from defusedxml.common import DefusedXmlException
    from defusedxml.sax import parseString

    handler = _Tree(skipped)
    try:
        parseString(text.encode(), handler)
    except DefusedXmlException as error:
        raise FormatError("XML that defines its own entities is not read") from error
    except SAXParseException as error:
        place = f"line {error.getLineNumber()}" if error.getLineNumber() else ""
        raise _NotWellFormedError(f"not valid XML: {printable(error.getMessage(), 80)}", place=place) from error
    except FormatError:
        raise
    except (SAXException, ValueError, LookupError) as error:
        raise FormatError(f"not valid XML: {printable(str(error), 80)}") from error
    if handler.root is None:
        raise FormatError("not valid XML: it is empty")
    return handler.root


class _Tree(ContentHandler):
    """A SAX handler that builds the tree."""

    def __init__(self, skipped: frozenset[str]) -> None:
        super().__init__()
        self.skipped = skipped
        self.inside_skipped = 0  # depth
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  (SAX's name)
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  (SAX's name)
        if self.inside_skipped or _local(name) in self.skipped:
            self.inside_skipped += 1
            return
        line = (self.locator.getLineNumber() if self.locator else None) or 0
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise FormatError("more XML elements than a workout needs", place=f"line {line}")
        element = Element(_local(name), line, {_local(key): value for key, value in attrs.items()})
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802  (SAX's signature)
        if self.inside_skipped:
            self.inside_skipped -= 1
            return
        closed = self.open.pop()
        if self.open:
            self.open[-1].pieces.append(f" {''.join(closed.pieces)} ")

    def characters(self, content: str) -> None:
        if not self.inside_skipped:
            self.open[-1].pieces.append(content)


def _local(name: str) -> str:
    """A tag or attribute name in lower case without its namespace prefix."""
    return name.rpartition(":")[2].lower()


def escape(text: str) -> str:
    """Escape text for an element or a quoted attribute."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text
