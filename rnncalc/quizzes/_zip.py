"""Files in a zip that is the same byte for byte whenever and wherever it is made."""

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, str]) -> bytes:
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = ZipInfo(name, _LONG_AGO)
            info.external_attr = 0o644 << 16
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, text)
    return data.getvalue()


def manifest(name: str, kind: tuple[str, str, str], resources: Mapping[str, tuple[str, str]]) -> str:
    """The list of what a package holds: `resources[identifier]` are a type and a file, `kind` the namespace of the
    list, the schema and its version."""
    namespace, schema, version = kind
    entries = "".join(
        f'<resource identifier="{ident}" type="{type_}" href="{file}"><file href="{file}"/></resource>\n'
        for ident, (type_, file) in resources.items()
    )
    return (
        f'{DECLARATION}<manifest identifier="{identifier("manifest", name)}" xmlns="{namespace}">\n'
        f"<metadata><schema>{schema}</schema><schemaversion>{version}</schemaversion></metadata>\n<organizations/>\n"
        f"<resources>\n{entries}</resources>\n</manifest>\n"
    )


def identifier(*parts: object) -> str:
    """A name for a part of the package: letters, digits and `_`, and the same in all its files."""
    return "rnncalc_" + sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
