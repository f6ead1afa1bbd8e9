"""Amounts as people read them: minor units to decimals, by the currency."""

NO_MINOR = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""ISO 4217: currencies whose minor unit is not a hundredth."""


def digits_of(currency: str) -> int:
    """How many decimals a currency has (ISO 4217)."""
    return 0 if currency in NO_MINOR else 3 if currency in THREE_DIGITS else 2


def decimal(minor: int, currency: str) -> str:
    """`123456` of AUD -> `1234.56`, exactly; for programs, hence without separators."""
    digits = digits_of(currency)
    sign, amount = ("-" if minor < 0 else ""), abs(minor)
    whole, rest = divmod(amount, 10**digits)
    return f"{sign}{whole}.{rest:0{digits}}" if digits else f"{sign}{whole}"


def spoken(minor: int, currency: str) -> str:
    """`123456` of AUD -> `AUD 1,234.56`."""
    whole, dot, rest = decimal(minor, currency).partition(".")
    return f"{currency} {int(whole):,}{dot}{rest}" if whole != "-0" else f"{currency} -0{dot}{rest}"
