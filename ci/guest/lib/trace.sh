# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What acf tells of a request's way: its tracepoints, its histograms of latency, and the
# queue its registration runs on. Needs guest.sh and a kernel with tracefs.
tracefs=/sys/kernel/tracing

trace_on() { # event, 1 or 0
	echo "$2" >"$tracefs/events/$1/enable"
}

# Registration may wait for memory, so that it must not run where a thread is set aside for
# when memory is short: jobs wait for that one.
trace_registration() {
	wq=$(sed -n 's/.*workqueue_queue_work:.*function=acf_register_work.* workqueue=\([^ ]*\).*/\1/p' \
		$tracefs/trace | head -n 1)
	rescuers=$(cat /proc/[0-9]*/comm | sed -n 's/^kworker\/R-//p')
	check trace.sees-rescuers "no thread set aside for acf's jobs" sh -c "echo '$rescuers' | grep -qx acf"
	check trace.registration-has-no-rescuer "it ran on '$wq'" \
		sh -c "[ -n '$wq' ] && ! echo '$rescuers' | grep -qx '$wq'"
}

# A card that goes and comes again: each change of its state.
trace_states() {
	card=$(card)
	echo "$card" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$card" >/sys/bus/pci/drivers/hifn795x/bind
	sed -n 's/.*acf_engine_state: engine=\([^ ]*\) from=\([a-z]*\) to=\([a-z]*\).*/\1 \2 \3/p' \
		$tracefs/trace | tr '\n' ',' >/tmp/states
	check trace.states "$(cat /tmp/states)" grep -qx \
		'hifn0 running stopped,hifn0 testing running,' /tmp/states
}

trace_tests() {
	unload
	[ -e $tracefs/trace ] || mount -t tracefs tracefs $tracefs
	no_kernel_tests
	echo 16384 >$tracefs/buffer_size_kb
	# events of two CPUs are to be in their order, and the default clock may stand for 10 ms
	echo mono >$tracefs/trace_clock
	echo >$tracefs/trace
	trace_on workqueue/workqueue_queue_work 1
	load
	trace_on workqueue/workqueue_queue_work 0
	trace_registration
	echo >$tracefs/trace
	trace_on acf 1
	shapes_ok only=in-place || not_ok trace.shapes "wrong or lost requests"
	cp $tracefs/trace /out/trace.txt
	/src/ci/guest/py/trace.py /out/trace.txt >/tmp/traced
	import trace. </tmp/traced || not_ok trace "no result"
	trace_states
	trace_on acf 0
	echo >$tracefs/trace
}
