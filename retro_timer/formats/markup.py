"""XML from elsewhere as a small tree that knows its lines, and text made safe to be put into XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from retro_timer.formats.errors import FormatError
from retro_timer.formats.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.sax.xmlreader import AttributesImpl, Locator

MAX_DEPTH: Final = 50
MAX_ELEMENTS: Final = 100_000


@dataclass(slots=True)
class Element:
    """One element; tags and the names of attributes are in lower case and without a namespace.

    Attributes:
        line: the line it starts on, from 1.
        text: the text directly in it and in what it holds, in order.
    """

    tag: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it, white space made single."""
        return " ".join("".join(self.pieces).split())

    @property
    def place(self) -> str:
        """Where it is, for an error."""
        return f"line {self.line}"

    def child(self, tag: str) -> Element | None:
        """The first child with a tag."""
        return next((child for child in self.children if child.tag == tag), None)

    def inside(self) -> Iterator[Element]:
        """Everything in it, in the order of the file."""
        for child in self.children:
            yield child
            yield from child.inside()


def parse_xml(data: bytes) -> Element:
    """The root element of a document. Entities, external references and great depth are refused.

    Raises:
        FormatError: when it is no well-formed XML, or more than a workout needs.
    """
    # Imported here: few commands read XML, and start-up time is budgeted.
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415  (see above)
    from defusedxml.sax import parseString  # noqa: PLC0415  (see above)

    handler = _Tree()
    try:
        parseString(data, handler)
    except DefusedXmlException as error:
        raise FormatError("XML with entities of its own is not read") from error
    except SAXParseException as error:
        place = f"line {error.getLineNumber()}" if error.getLineNumber() else ""
        raise FormatError(f"this is no XML: {printable(error.getMessage(), 80)}", place=place) from error
    except FormatError:
        raise
    except (SAXException, ValueError, LookupError) as error:
        # An encoding that is declared but not known, or not the one the bytes are in.
        raise FormatError(f"this is no XML: {printable(str(error), 80)}") from error
    if handler.root is None:
        raise FormatError("this is no XML: it is empty")
    return handler.root


class _Tree(ContentHandler):
    """Builds the tree while the parser goes through the document."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  (SAX's name)
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  (SAX's name)
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
        closed = self.open.pop()
        if self.open:
            self.open[-1].pieces.append(f" {''.join(closed.pieces)} ")

    def characters(self, content: str) -> None:
        self.open[-1].pieces.append(content)


def _local(name: str) -> str:
    """A tag or attribute in lower case, without its namespace's prefix."""
    return name.rpartition(":")[2].lower()


def escape(text: str) -> str:
    """Text for the inside of an element or a quoted attribute."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text
