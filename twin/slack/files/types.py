"""What kind of file a name promises, in Slack's words."""

from dataclasses import dataclass

from twin.slack.files.store import File


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file.

    Attributes:
        filetype: Slack's short word, which is not always the extension.
        pretty: What people read.
    """

    filetype: str
    mimetype: str
    pretty: str


def _kind(filetype: str, mimetype: str, pretty: str) -> FileKind:
    return FileKind(filetype=filetype, mimetype=mimetype, pretty=pretty)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = _kind("jpg", "image/jpeg", "JPEG")
_HTML = _kind("html", "text/html", "HTML")
_YAML = _kind("yaml", "text/plain", "YAML")

# Extension → kind. Words: docs.slack.dev, file object, "file types", read in a copy, 2026-11-22.
KINDS: dict[str, FileKind] = {
    "csv": _kind("csv", "text/csv", "CSV"),
    "docx": _kind("docx", f"{_OFFICE}.wordprocessingml.document", "Word Document"),
    "gif": _kind("gif", "image/gif", "GIF"),
    "htm": _HTML,
    "html": _HTML,
    "jpeg": _JPEG,
    "jpg": _JPEG,
    "js": _kind("javascript", "text/javascript", "JavaScript"),
    "json": _kind("json", "application/json", "JSON"),
    "m4a": _kind("m4a", "audio/mp4", "MPEG 4 Audio"),
    "md": _kind("markdown", "text/markdown", "Markdown (raw)"),
    "mov": _kind("mov", "video/quicktime", "QuickTime Movie"),
    "mp3": _kind("mp3", "audio/mpeg", "MP3"),
    "mp4": _kind("mp4", "video/mp4", "MPEG 4 Video"),
    "pdf": _kind("pdf", "application/pdf", "PDF"),
    "png": _kind("png", "image/png", "PNG"),
    "pptx": _kind("pptx", f"{_OFFICE}.presentationml.presentation", "PowerPoint Presentation"),
    "py": _kind("python", "text/x-python", "Python"),
    "srt": _kind("srt", "application/x-subrip", "SRT"),
    "svg": _kind("svg", "image/svg+xml", "SVG"),
    "txt": _kind("text", "text/plain", "Plain Text"),
    "vtt": _kind("vtt", "text/vtt", "VTT"),
    "wav": _kind("wav", "audio/wav", "WAV"),
    "webm": _kind("webm", "video/webm", "WebM"),
    "webp": _kind("webp", "image/webp", "WebP"),
    "xlsx": _kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "Excel Spreadsheet"),
    "yaml": _YAML,
    "yml": _YAML,
    "zip": _kind("zip", "application/zip", "Zip"),
}


def extension_of(name: str) -> str:
    """Give what stands after the last dot, in lower case; empty if there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if stem and dot else ""


def kind_of(file: File) -> FileKind:
    """Tell a file's kind by its name, or by its language where it is a snippet."""
    if file.snippet_type:
        return _kind(file.snippet_type, "text/plain", file.snippet_type.capitalize())
    extension = extension_of(file.name)
    if extension in KINDS:
        return KINDS[extension]
    return _kind(extension or "binary", "application/octet-stream", extension.upper() or "Binary")


def is_listed_as(file: File, types: set[str]) -> bool:
    """Say whether a file is of one of the types that `files.list` can ask for."""
    kind = kind_of(file)
    return (
        "all" in types
        or ("images" in types and kind.mimetype.startswith("image/"))
        or ("snippets" in types and bool(file.snippet_type))
        or ("pdfs" in types and kind.filetype == "pdf")
        or ("zips" in types and kind.filetype == "zip")
    )
