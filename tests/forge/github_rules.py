"""What the small GitHub refuses, and how it words that."""

from typing import Any

LONGEST_COMMENT = 65_536
LONGEST_OUTPUT = 65_535
MOST_ANNOTATIONS = 50
CONCLUSIONS = {
    "action_required", "cancelled", "failure", "neutral", "skipped", "stale", "success", "timed_out",
}  # fmt: skip

STATUSES = ("queued", "in_progress", "completed")


class RefusedError(Exception):
    """A refusal, as GitHub words it."""

    def __init__(self, status: int, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors


def comment_body(body: Any) -> str:
    text = body.get("body") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise RefusedError(422, "Validation Failed", [error("missing_field", "body", "Body can't be blank")])
    if len(text) > LONGEST_COMMENT:
        message = f"Body is too long (maximum is {LONGEST_COMMENT} characters)"
        raise RefusedError(422, "Validation Failed", [error("unprocessable", "data", message)])
    return text


def error(code: str, field: str, message: str) -> dict[str, str]:
    return {"resource": "IssueComment", "code": code, "field": field, "message": message}


def check_output(output: Any, annotations: Any) -> None:
    if output and not (output.get("title") and output.get("summary")):
        raise RefusedError(422, 'Invalid request.\n\n"summary" and "title" weren\'t supplied.')
    size = len(output.get("summary") or "")
    if size > LONGEST_OUTPUT:
        raise RefusedError(
            422, f"Invalid request.\n\nOnly {LONGEST_OUTPUT} characters are allowed; {size} were supplied."
        )
    if len(annotations) > MOST_ANNOTATIONS:
        raise RefusedError(
            422,
            f"Invalid request.\n\nNo more than {MOST_ANNOTATIONS} items are allowed; "
            f"{len(annotations)} were supplied.",
        )
    for each in annotations:
        _check_annotation(each)


def _check_annotation(each: Any) -> None:
    missing = {"path", "start_line", "end_line", "annotation_level", "message"} - set(each)
    if missing or each["annotation_level"] not in {"notice", "warning", "failure"}:
        raise RefusedError(
            422, f"Invalid request.\n\nFor annotations: {sorted(missing)} or a level is wrong."
        )
    if "start_column" in each and each["start_line"] != each["end_line"]:
        raise RefusedError(422, "Invalid request.\n\nColumns are for annotations of one line.")
