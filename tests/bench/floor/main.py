"""The floor: a Python Worker that does nothing."""

from typing import Any

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):  # type: ignore[misc]  # it exists only inside workerd
    """Answers."""

    async def fetch(self, request: Any) -> Any:
        return Response("ok")
