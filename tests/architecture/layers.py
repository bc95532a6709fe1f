"""The layers of pyproject.toml, read for what an import check cannot see."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def layers() -> list[list[str]]:
    """The packages of each layer, from the highest to the lowest."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    contract = next(one for one in contracts if one["name"] == "Apps depend downwards only")
    return [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]


def place(module: str) -> tuple[int, str] | None:
    """How far down a module stands, and in which package; None for what is not ours."""
    for depth, packages in enumerate(layers()):
        for package in packages:
            if module == package or module.startswith(f"{package}."):
                return depth, package
    return None
