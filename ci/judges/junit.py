# SPDX-License-Identifier: BSD-2-Clause
"""What pytest wrote as JUnit XML, as result lines.

usage: junit.py PREFIX FILE
"""

import sys
import xml.etree.ElementTree as xml

prefix, path = sys.argv[1:]
for case in xml.parse(path).iter("testcase"):
    # a number sign would begin a comment of KTAP
    name = f"{prefix}.{case.get('classname').split('.')[-1]}.{case.get('name')}".replace("#", "_")
    bad = [child for child in case if child.tag in ("failure", "error")]
    skipped = case.find("skipped")
    if bad:
        print(f"not ok {name} - {' '.join((bad[0].get('message') or 'failed').split())}")
    elif skipped is not None:
        print(f"skip {name} - {skipped.get('message')}")
    else:
        print(f"ok {name}")
