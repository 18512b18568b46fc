"""Opens the reader of container numbers, where the manifest lists its models."""

from pathlib import Path

from station.vision.container_seen import ContainerReader


def open_container_reader(manifest: Path) -> ContainerReader | None:  # noqa: ARG001 - no model reads containers yet
    """The reader, proved, or None if the manifest lists no models for it. Raises DeviceFault("bad-model")."""
    return None
