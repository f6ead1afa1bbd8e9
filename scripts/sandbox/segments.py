"""How many parts a text takes: GSM 03.38 septets (160, then 153 a part) or UCS-2 (70, then 67)."""

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€\f")


def count(text: str) -> int:
    """Parts the network charges for; an empty text takes one."""
    if all(char in BASIC or char in EXTENDED for char in text):
        size, single, several = sum(2 if char in EXTENDED else 1 for char in text), 160, 153
    else:
        size, single, several = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= single else -(-size // several)
