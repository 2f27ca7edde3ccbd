"""Sets of texts as one parameter of a statement, whatever their number, for both databases."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from reconciler.portal_server.storage.tables import JsonText


class _Texts(FunctionElement[Any]):
    """The texts in a JSON array, one in a row."""

    name = "texts"
    inherit_cache = True


@compiles(_Texts, "sqlite")
def _for_sqlite(element: _Texts, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Texts, "postgresql")
def _for_postgresql(element: _Texts, compiler: Any, **options: Any) -> str:
    return f"jsonb_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSONB))"


def is_among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the texts in the list that is the parameter with this name."""
    texts = _Texts(bindparam(name, type_=JsonText())).table_valued("value")
    return column.in_(select(texts.c.value))
