# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Shared by the suites that run in a guest.
. /src/ci/guest/lib/ktap.sh
. /src/ci/guest/lib/log.sh
. /src/ci/guest/lib/crypto_list.sh
. /src/ci/guest/lib/stats.sh
. /src/ci/guest/lib/on_card.sh

# what ci/kernel calls it; the distribution's have their version
case $(uname -r) in
*-acf-*) kernel=$(uname -r | sed 's/.*-acf-//') modules=/src/build/kernel-$kernel ;;
*) kernel=stock modules=/src/build/kernel-$(uname -r) ;;
esac


# What follows need not pass the kernel's own tests again at every load.
no_kernel_tests() {
	[ ! -e /sys/module/cryptomgr/parameters/notests ] ||
		echo Y >/sys/module/cryptomgr/parameters/notests
}

# insmod does not look for what a module needs.
modprobe -a des_generic authenc 2>/dev/null

# The suites reset cards by the hundred. What a suite says of the card is true of requests that the card had: they do not stay with
# the CPU because that is quicker.
load() { # module parameters of hifn795x
	grep -q '^acf ' /proc/modules || insmod $modules/crypto/acf.ko policy=card
	insmod $modules/drivers/hifn795x.ko resets=100000 "$@"
}

# The kernel's workers free an SA's transforms some time after its namespace has gone.
acf_unused() { [ "$(cat /sys/module/acf/refcnt 2>/dev/null || echo 0)" = 0 ]; }

# A module that stays would have the card do what the software is to be compared with:
# said here, as most who call this do not look.
unload() {
	rmmod hifn795x 2>/tmp/rmmod
	wait_for 60 acf_unused || cat /sys/kernel/debug/acf/transforms
	rmmod acf 2>>/tmp/rmmod
	unload_left=$(grep -oE '^(acf|hifn795x) ' /proc/modules | tr -d '\n')
	[ -z "$unload_left" ] ||
		{ not_ok unload.works "$unload_left still loaded: $(tail -n 1 /tmp/rmmod)"; return 1; }
}

# insmod_refused WORDS FILE [parameters]: it is refused, and the reason is this one
insmod_refused() {
	refused_why=$1
	shift
	if insmod "$@" 2>/tmp/insmod; then return 1; fi
	grep -q "$refused_why\$" /tmp/insmod || { cat /tmp/insmod; return 1; }
}

card() {
	for d in /sys/bus/pci/drivers/hifn795x/0000:*; do
		[ -e "$d" ] && echo "${d##*/}"
	done
	return 0
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# The driver core links the card before probe has begun.
bound() { [ -n "$(card)" ]; }
not_bound() { [ -z "$(card)" ]; }

card_commands() { hostcmd count "${1:-0}" commands.total; }

# Regression 8: one driver name per algorithm.
driver_names() {
	twice=$(crypto_twice)
	check regression-8-unique-names "used twice: $twice" [ -z "$twice" ]
	n=$(crypto_ours | wc -l)
	check regression-8-all-names "$n driver names of 23" [ "$n" = 23 ]
}

# Regression 4: odd alignment is the card's work, not an excuse for the CPU. After shapes.
card_takes_all() {
	for alg in 'ecb(aes)' 'cbc(aes)' 'ecb(des3_ede)' 'cbc(des3_ede)'; do
		n=$(acf_cpu "$alg" shape)
		check "card-takes-all.$alg" "$n requests went to the CPU" [ "$n" = 0 ]
	done
}

# one_interrupt_each NAME: requests with long lists, by the card's own counters: a command
# for each, at most one interrupt for each, and no interrupt for anything but a result.
one_interrupt_each() {
	jobs=$(driver_stat jobs)
	hostcmd reset-counters 0 >/dev/null
	shapes_ok only=regression-11-lists || not_ok "$1.data" "wrong or lost requests"
	jobs=$(($(driver_stat jobs) - jobs))
	counted=$(hostcmd count 0 commands.total irq.raised irq.cause.R_DONE)
	others=$(hostcmd counters 0 | sed 's/.*"cause":{\([^}]*\)}.*/\1/' | tr , '\n' |
		grep -vE '^"R_DONE":|^"[A-Z_]+":0$' | tr '\n' ' ')
	check "$1" "$jobs jobs; commands, interrupts, for results: $counted; others: ${others:-none}" \
		sh -c "set -- $jobs $counted
		[ \$1 -gt 100 ] && [ \$2 = \$1 ] && [ \$3 -le \$1 ] && [ \$4 = \$3 ] && [ -z '$others' ] &&
		[ \$3 -gt 0 ]"
}

# patience MS: until results that the card's thread does not get on with are a second one's, on any
# CPU. A host that is busy itself is late too, and some shapes ask where they are called back.
patience() {
	patience_file=/sys/module/hifn795x/parameters/completer_late_ms
	[ ! -e $patience_file ] || echo "$1" >$patience_file
}

# shapes PREFIX [acf_test parameters]: run acf_test, its results under PREFIX
shapes() {
	prefix=$1
	shift
	patience 30000
	if ! insmod $modules/crypto/tests/acf_test.ko "$@"; then
		not_ok "$prefix" "acf_test.ko does not load"
		patience 50
		return
	fi
	patience 50
	cat /sys/kernel/debug/acf_test/results >/tmp/shapes
	rmmod acf_test
	import "$prefix." </tmp/shapes || not_ok "$prefix" "no result"
	echo "$prefix: $(grep -c '^ok ' /tmp/shapes) ok, $(grep -c '^not ok ' /tmp/shapes) not ok"
}

shapes_ok() {
	insmod $modules/crypto/tests/acf_test.ko "$@" || return 1
	cp /sys/kernel/debug/acf_test/results /tmp/shapes
	rmmod acf_test
	grep '^not ok' /tmp/shapes && return 1
	grep -q '^ok' /tmp/shapes
}
