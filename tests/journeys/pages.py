"""What stands on a page: its heading, links, forms and buttons, read from the HTML alone."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass
class Form:
    """A form as a browser would send it."""

    action: str
    method: str
    fields: Attributes = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A parsed page; ``text`` is all that can be read on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.heading = ""
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.answers: dict[str, str] = {}
        self._open: list[str] = []
        self._answer = ""
        self._textarea = ""
        self._is_heading = False
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def form(self, action: str) -> Form:
        """The form whose address ends so; an empty one is the page's own."""
        found = (form for form in self.forms if bool(form.action) == bool(action))
        return next(form for form in found if form.action.endswith(action))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "a" and "answer" in classes:
            self._answer = given["href"]
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if tag in ("input", "textarea", "button") and self.forms and "name" in given:
            self.take_field(tag, given)
        self._open = [tag, *classes]
        self._is_heading = self._is_heading or tag == "h1"

    def take_field(self, tag: str, given: Attributes) -> None:
        form = self.forms[-1]
        if tag == "button":
            form.buttons.append((given["name"], given.get("value", "")))
        elif given.get("type") != "checkbox" or "checked" in given:
            form.fields[given["name"]] = given.get("value", "")
            self._textarea = given["name"] if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._textarea:
            self.forms[-1].fields[self._textarea] += data.removeprefix("\n").removeprefix("\r\n")
        if self._is_heading:
            self.heading += data.strip()
        if "answer-name" in self._open and self._answer:
            self.answers[data.strip()] = self._answer
            self._answer = ""

    def handle_endtag(self, tag: str) -> None:
        self._open = []
        self._textarea = ""
        self._is_heading = self._is_heading and tag != "h1"
