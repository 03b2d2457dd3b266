"""Starts kernels by the fork server, for Jupyter's kernel manager: the provisioner `reportkit-warm`.

Any Jupyter client can use it by name: `JUPYTER_DEFAULT_PROVISIONER_NAME=reportkit-warm papermill in.ipynb out.ipynb`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from io import TextIOWrapper
from pathlib import Path
from select import select
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from reportkit.execute.servers import FORKS, fork_server
from reportkit.world import plain_environment


class ForkedProcess:
    """A kernel that the fork server runs, with the part of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: str, request: dict[str, Any]) -> None:
        self.connection = socket.socket(socket.AF_UNIX)
        self.answers: TextIOWrapper = self.connection.makefile("r", encoding="utf-8")
        line = f"{json.dumps(request)}\n".encode()
        try:
            self.connection.connect(server)
            self.connection.sendall(line)
            self.pid: int = json.loads(self.answers.readline())["pid"]
        except (OSError, ValueError) as fault:
            raise RuntimeError("the process that forks kernels has ended") from fault
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, or None while the kernel runs."""
        return self._ended(0)

    def wait(self) -> int:
        """Wait for the end of the kernel and return its exit status."""
        status = self._ended(None)
        assert status is not None
        return status

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select([self.connection], [], [], seconds)[0]:
            answer = self.answers.readline()
            # No answer means that the server itself is gone, and with it the kernel.
            self.returncode = json.loads(answer)["status"] if answer else -signal.SIGKILL
            self.answers.close()
            self.connection.close()
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel from a server, its own or the one whose socket the kernel spec's configuration names.

    Kernels which are not of this interpreter, and all of them on a system that cannot fork, start the ordinary way.
    """

    server = Unicode(help="path of the fork server's socket").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel; of the command the arguments after the module's name are used."""
        if not FORKS or "-f" not in cmd or not _is_ours(cmd[0]):
            return await super().launch_kernel(cmd, **kwargs)
        if not self.server:
            self.server = str(fork_server(plain_environment()).socket())
        request = {"argv": cmd[cmd.index("-f") :], "env": kwargs["env"], "cwd": str(kwargs.get("cwd") or Path.cwd())}
        forked = ForkedProcess(self.server, request)
        self.process = cast("Any", forked)
        self.pid = self.pgid = forked.pid
        return self.connection_info


def _is_ours(program: str) -> bool:
    return Path(program).resolve() == Path(sys.executable).resolve()
