"""English. One module per area, each with `TEXTS`; the rules for wording are in docs/glossary.md."""
