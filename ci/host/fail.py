# SPDX-License-Identifier: BSD-2-Clause
"""The two ways a run does not pass."""


class CannotRun(Exception):
    """The guest could not be tried: names the thing and the remedy."""


class Failure(Exception):
    """The guest was tried and something went wrong."""
