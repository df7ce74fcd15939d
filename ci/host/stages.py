# SPDX-License-Identifier: BSD-2-Clause
"""The stages of ci/test: what the comment at the head of each says.

    # lane: quick | default | full      the first lane it is in
    # limit: N                          minutes; what takes longer hangs and is ended
    # where: host | uml | qemu          what its guests run in
    # needs: WORD...                    kernel:NAME of ci/kernel, or native, native-debug
                                        (ci/host/native.py); modules:NAME of ci/build
    # takes: N                          seconds beside another stage, on two idle cores with the
                                        caches there: the longest begins first
    # again: KERNEL=NAME                in lane full it runs a second time with that set
    # after-others                      it looks at what they left
    # before-guests                     it builds what guests load: theirs begin when it has ended

The plan of a stage is ci/judges/expected/STAGE, of one in another kernel STAGE@KERNEL if
there is that.
"""

import os
import re
from dataclasses import dataclass, field

DIRECTORY = "ci/stages"
PLANS = "ci/judges/expected"
KEYS = ("lane", "limit", "where", "takes", "needs", "again")
HEAD = re.compile(rf"# ({'|'.join(KEYS)}): (.*)$")


class StageError(Exception):
    """A stage cannot be used: says why."""


@dataclass
class Stage:
    name: str
    lane: str
    limit: int          # minutes
    where: str
    needs: list = field(default_factory=list)
    again: list = field(default_factory=list)
    about: str = ""
    environment: dict = field(default_factory=dict)
    before_guests: bool = False
    after_others: bool = False
    takes: int = 0      # seconds, 0: not said

    @property
    def expected_s(self):
        """A limit is ten times what an idle machine needs."""
        return self.takes or self.limit * 6

    @property
    def script(self):
        return f"{DIRECTORY}/{self.name.partition('@')[0]}"

    @property
    def plan(self):
        """STAGE@KERNEL may have a plan of its own, where the kernel cannot do the same."""
        if os.path.exists(f"{PLANS}/{self.name}"):
            return self.name
        return self.name.partition("@")[0]

    def kernels(self):
        """Of ci/kernel, which have to be built."""
        return [word.partition(":")[2] for word in self.needs if word.startswith("kernel:")]

    def modules(self):
        """Kernels that modules are built for, as ci/build names them."""
        return [word.partition(":")[2] for word in self.needs if word.startswith("modules:")]


def parse(name, lines):
    head, about, marks = {}, [], set()
    for line in lines:
        line = line.rstrip("\n")
        if not line.startswith("#"):
            break
        if match := HEAD.match(line):
            head[match[1]] = match[2].split()
        elif line in ("# before-guests", "# after-others"):
            marks.add(line[2:])
        elif not line.startswith(("#!", "# SPDX", "# usage", "# shellcheck")):
            about.append(line.lstrip("# "))
    for key in ("lane", "limit", "where"):
        if len(head.get(key, [])) != 1:
            raise StageError(f"{DIRECTORY}/{name}: its head has no '# {key}: ...'")
    if head["lane"][0] not in ("quick", "default", "full"):
        raise StageError(f"{DIRECTORY}/{name}: lane {head['lane'][0]}: quick, default or full")
    if head["where"][0] not in ("host", "uml", "qemu"):
        raise StageError(f"{DIRECTORY}/{name}: where {head['where'][0]}: host, uml or qemu")
    first = re.split(r"(?<=[^.])[.;:](?: |$)", " ".join(word for word in about if word))[0]
    return Stage(name, head["lane"][0], int(head["limit"][0]), head["where"][0],
                 head.get("needs", []), head.get("again", []), first,
                 before_guests="before-guests" in marks, after_others="after-others" in marks,
                 takes=int(head.get("takes", ["0"])[0]))


def load(name):
    path = os.path.join(DIRECTORY, name)
    if not os.access(path, os.X_OK) or os.path.isdir(path):
        raise StageError(f"no stage {name}; ci/test --list names them")
    with open(path) as file:
        return parse(name, file)


def again(stage, setting):
    """The same stage with another kernel, as STAGE@KERNEL."""
    key, _, value = setting.partition("=")
    where, kernel = "qemu", ["kernel:" + value, "modules:" + value]
    if value.startswith("native"):   # a role: modules are built for what stands for it here
        where, kernel = "uml", ["kernel:" + value, "modules:stock"]
    return Stage(f"{stage.name}@{value}", "full", stage.limit * 6, where, kernel, [],
                 f"{stage.about}, in the kernel {value}", {key: value})


def load_all():
    """Every stage, the longest first: what is left for the end is short, and no core waits for it."""
    found = [load(name) for name in sorted(os.listdir(DIRECTORY))]
    found += [again(stage, setting) for stage in found for setting in stage.again]
    return sorted(found, key=lambda stage: -stage.expected_s)
