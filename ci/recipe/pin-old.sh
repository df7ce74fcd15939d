#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mmdebstrap setup hook: Debian 12 is in the sources for its kernels only.
# usage: pin-old.sh TREE
set -eu
mkdir -p "$1/etc/apt/preferences.d"
cat >"$1/etc/apt/preferences.d/lab" <<EOF
Package: *
Pin: release n=bookworm*
Pin-Priority: 100
EOF
