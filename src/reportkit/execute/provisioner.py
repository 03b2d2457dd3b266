"""Starts kernels by the fork server, for Jupyter's kernel manager: the provisioner `reportkit-warm`."""

from __future__ import annotations

import json
import os
import signal
import socket
from io import TextIOWrapper
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode


class ForkedProcess:
    """A kernel that the fork server runs, with the part of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: str, request: dict[str, Any]) -> None:
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(server)
        self.connection.sendall(f"{json.dumps(request)}\n".encode())
        self.answers: TextIOWrapper = self.connection.makefile("r", encoding="utf-8")
        self.pid: int = json.loads(self.answers.readline())["pid"]
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, or None while the kernel runs."""
        if self.returncode is None:
            self.connection.setblocking(False)
            try:
                ended = self.connection.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                return None
            finally:
                self.connection.setblocking(True)
            self._take(ended)
        return self.returncode

    def wait(self) -> int:
        """Wait for the end of the kernel and return its exit status."""
        if self.returncode is None:
            self._take(self.connection.recv(1, socket.MSG_PEEK))
        assert self.returncode is not None
        return self.returncode

    def _take(self, ended: bytes) -> None:
        # Nothing to read means that the server itself is gone, and with it the kernel.
        self.returncode = json.loads(self.answers.readline())["status"] if ended else -signal.SIGKILL
        self.answers.close()
        self.connection.close()

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
    """Forks a kernel from the server whose socket the kernel spec's provisioner configuration names."""

    server = Unicode(help="path of the fork server's socket").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel; of the command the arguments after the module's name are used."""
        request = {"argv": cmd[cmd.index("-f") :], "env": kwargs["env"], "cwd": kwargs["cwd"]}
        forked = ForkedProcess(self.server, request)
        self.process = cast("Any", forked)
        self.pid = self.pgid = forked.pid
        return self.connection_info
