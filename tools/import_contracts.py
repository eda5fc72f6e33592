"""The kind of import contract that import-linter lacks: what of another package may be imported, said positively."""

from __future__ import annotations

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

__all__ = ["OnlyContract"]


class OnlyContract(Contract):
    """Of the package `of`, `importer` takes what `may_import` lists; whatever else is there, or comes, is forbidden.

    importer    a root package
    of          another root package; its bare name, the front door, is forbidden like everything else
    may_import  modules of `of`, each with all that lies below it
    free        rooms of `importer` that may import all of `of`; the other rooms may not import those, since that would
                be the same by a detour

    Only the imports that `importer` makes itself count: what those modules import is other contracts' business.
    """

    type_name = "only"

    importer = fields.StringField()
    of = fields.StringField()
    may_import = fields.ListField(subfield=fields.StringField())
    free = fields.ListField(subfield=fields.StringField(), default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every import across that the lists do not allow."""
        # import-linter puts what the fields parsed in their place.
        allowed = [f"{self.of}.{name}" for name in cast("list[str]", self.may_import)]
        free = [f"{self.importer}.{name}" for name in cast("list[str]", self.free)]
        illegal = [
            f"{module} -> {imported}"
            for module in sorted(graph.modules)
            if _within(module, [str(self.importer)]) and not _within(module, free)
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if (_within(imported, [str(self.of)]) and not _within(imported, allowed)) or _within(imported, free)
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import."""
        for line in check.metadata["illegal"]:
            output.print_error(line, bold=False)
        output.new_line()


def _within(module: str, packages: list[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
