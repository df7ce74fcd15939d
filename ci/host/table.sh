# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The last part of a stage whose guests are rows of docs/reference/kernels.md: to be sourced, with ktap.sh.
table_part() { python3 -B ci/judges/kernels_table.py compare "$STAGE" | import ''; }
