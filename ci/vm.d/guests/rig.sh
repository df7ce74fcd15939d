#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Guest script of ci/test-rig: goes wrong in the way its first argument names.
case $1 in
pass)
	echo "got [$1] [$2]"
	dd if=/dev/zero of=/dev/scratch bs=1M count=64 status=none || exit 1
	echo 'ok inside' >>"$RESULTS"
	;;
exit) exit 3 ;;
warn) echo 'WARNING: CPU: 0 PID: 1 at test' >/dev/kmsg ;;
taint) echo 512 >/proc/sys/kernel/tainted ;;
poweroff) busybox poweroff -f ;;
panic) echo c >/proc/sysrq-trigger ;;
hang)
	echo hanging
	while :; do sleep 1000; done
	;;
*) echo "rig.sh: unknown way $1" && exit 1 ;;
esac
