"""Operations on the text of a YAML file: only what has to change does, and every comment stays."""

import yaml

from reconciler.edit.operations import Append, Operation, Put, Remove, Replace
from reconciler.edit.writing import flow
from reconciler.errors import InputError
from reconciler.model.positions import Path


def spliced(text: str, line: int, operation: Operation) -> str:
    """Return the text after an operation on its document that begins in this line.

    Raises InputError where comments stand in the way. What comes of it has to be read again and compared:
    YAML can be written in more ways than are looked at here.
    """
    return _Splice(text, line).done(operation)


class _Splice:
    """A text, and the nodes of one of its documents."""

    def __init__(self, text: str, line: int) -> None:
        self._text = text
        nodes = yaml.compose_all(text, Loader=yaml.SafeLoader)
        self._root = next(node for node in nodes if node.start_mark.line == line - 1)

    def done(self, operation: Operation) -> str:
        """Return the text after an operation."""
        node = self._at(operation.path)
        if isinstance(operation, Replace):
            return self._with(
                node.start_mark.index, self._end(node), flow(operation.value, str(operation.path[-1]))
            )
        if not isinstance(node, yaml.CollectionNode):
            raise TypeError(f"{operation.path} is no list and no mapping")
        if isinstance(operation, Append):
            return self._appended(node, operation)
        if isinstance(operation, Put):
            return self._put(node, operation)
        return self._removed(node, operation)

    def _appended(self, node: yaml.CollectionNode, operation: Append) -> str:
        entry = flow(operation.value)
        if not node.value:
            return self._without_comments(node.start_mark.index, node.end_mark.index, f"[{entry}]")
        after = self._end(node.value[-1])
        if node.flow_style:
            return self._with(after, after, f", {entry}")
        return self._line_below(after, node.start_mark.column, f"- {entry}")

    def _put(self, node: yaml.CollectionNode, operation: Put) -> str:
        names = [key.value for key, _ in node.value]
        entry = flow(operation.value, operation.key)
        if operation.key in names:
            value = node.value[names.index(operation.key)][1]
            put = self._without_comments if isinstance(value, yaml.CollectionNode) else self._with
            return put(value.start_mark.index, self._end(value), entry)
        # Below the key before that one, so that comments above it stay above it.
        before = names.index(operation.before) if operation.before in names[1:] else len(names)
        after = self._end(node.value[before - 1][1])
        if node.flow_style:
            return self._with(after, after, f", {operation.key}: {entry}")
        return self._line_below(after, node.start_mark.column, f"{operation.key}: {entry}")

    def _removed(self, node: yaml.CollectionNode, operation: Remove) -> str:
        entries, index = node.value, operation.index
        entry = entries[index]
        if len(entries) == 1:
            return self._emptied(node)
        if not node.flow_style:
            begin = self._text.rfind("\n", 0, entry.start_mark.index) + 1
            return self._with(begin, self._line_end(self._end(entry)) + 1, "")
        if index:
            return self._without_comments(self._end(entries[index - 1]), self._end(entry), "")
        return self._without_comments(entry.start_mark.index, entries[1].start_mark.index, "")

    def _emptied(self, node: yaml.CollectionNode) -> str:
        if node.flow_style:
            return self._without_comments(node.start_mark.index, node.end_mark.index, "[]")
        begin = len(self._text[: node.start_mark.index].rstrip())
        return self._without_comments(begin, self._end(node), " []")

    def _at(self, path: Path) -> yaml.Node:
        node = self._root
        for step in path:
            if isinstance(step, int):
                node = node.value[step]
            else:
                node = next(value for key, value in node.value if key.value == step)
        return node

    def _end(self, node: yaml.Node) -> int:
        """Return where a node ends; PyYAML says of a block only where the next thing begins."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        end: int = node.end_mark.index
        return len(self._text[:end].rstrip()) if getattr(node, "style", None) in {"|", ">"} else end

    def _line_end(self, place: int) -> int:
        end = self._text.find("\n", place)
        return len(self._text) if end < 0 else end

    def _line_below(self, place: int, column: int, line: str) -> str:
        """Return the text with a line below that of `place`, comments at whose end stay there."""
        end = self._line_end(place)
        newline = "\n"
        if self._text[:end].endswith("\r"):
            end, newline = end - 1, "\r\n"
        return self._with(end, end, f"{newline}{' ' * column}{line}")

    def _without_comments(self, begin: int, end: int, replacement: str) -> str:
        if "#" in self._text[begin:end]:
            line = self._text.count("\n", 0, begin) + 1
            raise InputError(f"a comment near line {line} would be lost", "edit the file by hand")
        return self._with(begin, end, replacement)

    def _with(self, begin: int, end: int, replacement: str) -> str:
        return self._text[:begin] + replacement + self._text[end:]
