"""Make the font of the web pages: the part of STIX Two Math that formulas need, `rnncalc/formats/page/math.woff2`.

Run it with the path of the whole font (the npm package `@fontsource/stix-two-math` carries it, as does Debian's
`fonts-stix`); it needs `pip install fonttools brotli`. The licence beside the font goes with it.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent.parent / "rnncalc" / "formats" / "page" / "math.woff2"

ASCII = "".join(map(chr, range(0x20, 0x7F)))
# Browsers set a lone letter as one of the italic letters of mathematics.
ITALIC = "".join(map(chr, range(0x1D434, 0x1D468))) + "ℎ" + "".join(map(chr, range(0x1D6E2, 0x1D71C)))
GREEK = "".join(map(chr, range(0x391, 0x3CA)))
SIGNS = "−·×⊙≈∑∏∂∇√‖′…⋯⋮⋱–ˆ˜¯˙←→∞≤≥\u00a0\u0302\u0303\u0304\u0307\u20d6\u20d7"


def main() -> None:
    options = subset.Options(flavor="woff2", layout_features=["dtls", "flac"], hinting=False, notdef_outline=True)
    font = TTFont(sys.argv[1])
    part = subset.Subsetter(options)
    part.populate(text=ASCII + ITALIC + GREEK + SIGNS)
    part.subset(font)
    font.flavor = "woff2"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes, {len(font.getGlyphOrder())} glyphs")


if __name__ == "__main__":
    main()
