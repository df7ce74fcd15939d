# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# Random requests by the hundred against the kernel's software, with the card quiet,
# failing, unplugged, without memory it could reach. Needs load.sh. fuzz_tests is for a guest with one
# card; it needs the modules unloaded and leaves them so. FUZZ_COUNT: requests per run.

. /src/ci/guest/lib/liar.sh

fuzz_figures=/tmp/fuzz.figures

# fuzz PREFIX [acf_fuzz parameters]: run acf_fuzz, its results under PREFIX
fuzz() {
	prefix=$1
	shift
	: >$fuzz_figures
	if ! insmod "$modules/crypto/tests/acf_fuzz.ko" seed="${SEED:-0}" count="${FUZZ_COUNT:-3000}" "$@"; then
		not_ok "$prefix" "acf_fuzz.ko does not load"
		return
	fi
	cat /sys/kernel/debug/acf_fuzz/results >/tmp/fuzz
	sed -n 's/^# //p' /sys/kernel/debug/acf_fuzz/results >$fuzz_figures
	rmmod acf_fuzz || not_ok "$prefix.unload" "acf_fuzz stays: requests were lost"
	import "$prefix." </tmp/fuzz || not_ok "$prefix" "no result"
	echo "$prefix: $(cat $fuzz_figures)"
}

# fuzz_figure NAME: of the last run
fuzz_figure() { tr ' ' '\n' <$fuzz_figures | sed -n "s/^$1=//p"; }

# fuzz_reached PREFIX FIGURE AT-LEAST: what the run is there for has to have happened
fuzz_reached() {
	n=$(fuzz_figure "$2")
	check "$1.reached.$2" "$2=$n, expected at least $3" [ "${n:-0}" -ge "$3" ]
}

# fuzz_hits FAULT: how often it struck since the card's counters were reset
fuzz_hits() { hostcmd count 0 "faults.$1"; }

fuzz_fault() { [ "$(hostcmd fault 0 "$1")" = ok ] || not_ok "fuzz.fault.$1" "the card refuses it"; }

fuzz_load() { # queue_len, parameters of hifn795x
	insmod "$modules/crypto/acf.ko" queue_len="$1" policy=card
	shift
	load "$@"
}

# Submissions in whatever context ask for no memory.
fuzz_submissions() {
	if [ ! -d /sys/kernel/tracing ]; then
		fuzz fuzz.quiet
		for where in thread bh-off softirq; do
			skip fuzz.quiet.memory.$where "this kernel has no tracepoints"
			skip fuzz.quiet.reached.${where}_taken "this kernel has no tracepoints"
		done
		return
	fi
	fuzz fuzz.quiet memory=1
	for where in thread bh-off softirq; do
		fuzz_reached fuzz.quiet ${where}_taken 50
	done
}

# Nothing is wrong with the card: it serves all that it can.
fuzz_quiet() {
	fuzz_load 1024
	on_card_mark
	fuzz_submissions
	on_card_all fuzz.quiet.on-card $((${FUZZ_COUNT:-3000} / 200))
	for figure in 'keys 100' 'softirq 50' 'chained 30' 'errors 20' 'refused_keys 10'; do
		# shellcheck disable=SC2086 # a name and a number
		fuzz_reached fuzz.quiet $figure
	done
	unload
}

# A card that takes 10 s for its first command, with few slots and a short queue: hundreds
# wait with the keys they came with, and many callers are told to. Nothing is left to a
# completion: a transform's next key would wait for it, and with it all that comes after.
fuzz_deep() {
	fuzz_load 64 slots=16 timeout_ms=30000
	fuzz_fault slow:10000000@1
	on_card_mark
	FUZZ_COUNT=1000 fuzz fuzz.deep inflight=1000 callbacks=0
	on_card fuzz.deep.on-card any:200
	hostcmd faults-clear 0 >/dev/null
	fuzz_reached fuzz.deep inflight 200
	fuzz_reached fuzz.deep backlogged 50
	n=$(acf_cpu all full)
	check fuzz.deep.reached.full "no request found the queue full" [ "$n" -gt 0 ]
	unload
}

# The card stops, aborts and forgets: what it held is done again on the CPU.
fuzz_resets() {
	fuzz_load 1024 timeout_ms=200
	hostcmd reset-counters 0 >/dev/null
	on_card_mark
	for fault in stuck stuck-dst abort abort-src lost-irq no-result; do
		fuzz_fault "$fault%400"
	done
	fuzz fuzz.resets
	on_card fuzz.resets.on-card any:$((${FUZZ_COUNT:-3000} / 4))
	hostcmd faults-clear 0 >/dev/null
	n=$(driver_stat resets)
	check fuzz.resets.reached.resets "$n resets" [ "$n" -ge 1 ]
	check fuzz.resets.state "$(driver_stat state)" [ "$(driver_stat state)" = up ]
	n=0
	for fault in stuck stuck-dst abort abort-src lost-irq no-result; do
		n=$((n + $(fuzz_hits $fault)))
	done
	check fuzz.resets.reached.faults "the card met $n faults" [ $n -ge 2 ]
	unload
}

# The first allocation of each submission from a task fails: the card needs none, and what
# the CPU's software cannot do without is refused. For kernels with fault injection, which
# failslab_setup has set up.
fuzz_fail_nth() {
	fuzz_load 1024
	fuzz fuzz.fail-nth memory=1 fail_nth=1
	for where in thread bh-off softirq; do
		fuzz_reached fuzz.fail-nth ${where}_taken 50
	done
	fuzz_reached fuzz.fail-nth starved 1
	unload
}

serving() { [ "$(acf_running)" -gt 0 ]; }
not_serving() { [ "$(acf_running)" = 0 ]; }
card_ran() { [ "$(on_card_since any)" -ge "$1" ]; }
card_ran_or_over() { [ -e /tmp/fuzz.over ] || card_ran "$1"; }
busy_or_over() { [ -e /tmp/fuzz.over ] || with_card; }

# The card serves, is taken away, and comes back, until it had requests in its hands twice,
# eight times at most; then acf_fuzz may end. When it has ended before, nothing is left to wait for.
# A kernel that checks submits more slowly than the card works: a command takes 0.2 s, from when the
# card is to go until it has stopped to take requests. The wipe that follows is 4096 commands.
fuzz_plug() {
	met=0
	for turn in 1 2 3 4 5 6 7 8; do
		[ $met -lt 2 ] || break
		on_card_mark
		wait_for 60 card_ran_or_over 200 && echo "served $turn"
		[ ! -e /tmp/fuzz.over ] || break
		was=$(acf_stops busy)
		hostcmd fault 0 slow:200000 >/dev/null
		wait_for 60 busy_or_over
		hostcmd card-del 0 >/dev/null
		wait_for 60 not_serving && echo "gone $turn"
		hostcmd faults-clear 0 >/dev/null
		[ "$(acf_stops busy)" -gt "$was" ] && echo "busy $turn" && met=$((met + 1))
		hostcmd card-add 0 >/dev/null
		wait_for 60 serving && echo "back $turn"
	done
	[ ! -e /sys/module/acf_fuzz/parameters/stop ] || echo 1 >/sys/module/acf_fuzz/parameters/stop
}

fuzz_unplug() {
	fuzz_load 1024
	rm -f /tmp/fuzz.over
	fuzz_plug >/tmp/fuzz.plugged &
	plug=$!
	FUZZ_COUNT=10000000 fuzz fuzz.unplug ms=600000
	touch /tmp/fuzz.over
	wait $plug
	check fuzz.unplug.reached.plugged "$(tr '\n' ' ' </tmp/fuzz.plugged)" awk '
		{ n[$1]++ }
		END { exit !(n["busy"] == 2 && n["served"] == n["gone"] && n["gone"] == n["back"]) }' /tmp/fuzz.plugged
	check fuzz.unplug.back "the card is not back" serving
	unload
}

# Commands that end with half of their text written: none of a forged message stays. Each such end
# takes back all that is on the card, and the known answers after the reset meet the same faults:
# more of them, and the card is given up early.
fuzz_forged() {
	fuzz_load 1024 timeout_ms=200
	hostcmd reset-counters 0 >/dev/null
	fuzz_fault stuck-dst%100
	fuzz_fault abort-dst%100
	on_card_mark
	FUZZ_COUNT=3000 fuzz fuzz.forged alg=authenc
	on_card fuzz.forged.on-card one-pass:100
	hostcmd faults-clear 0 >/dev/null
	n=$(($(fuzz_hits stuck-dst) + $(fuzz_hits abort-dst)))
	check fuzz.forged.reached.faults "the card met $n faults" [ $n -ge 5 ]
	unload
}

# A result that is told to be good and is not: nobody gets it. At one command in so many the card
# does what the fault says (the key before may be the same one).
fuzz_closed_fault() { # fault, rate, algorithms
	fuzz_load 1024
	hostcmd reset-counters 0 >/dev/null
	on_card_mark
	fuzz_fault "$1%$2"
	FUZZ_COUNT=2000 fuzz "fuzz.closed.$1" alg="$3"
	on_card "fuzz.closed.$1.on-card" any:50
	check "fuzz.closed.$1.reached.fault" "the fault did not strike" [ "$(fuzz_hits "$1")" -ge 1 ]
	n=$(($(acf_check wrong) + $(acf_check doubtful) + $(driver_stat belied)))
	check "fuzz.closed.$1.noticed" "$n results found wrong" [ "$n" -ge 1 ]
	hostcmd faults-clear 0 >/dev/null
	unload
}

# So many are right that no more than the ends of a text are compared: what is not written in
# between is noticed by what lay there. One in 256 is compared whole by chance.
fuzz_closed_hole() {
	fuzz_load 1024
	insmod "$modules/crypto/tests/acf_bench.ko"
	hostcmd reset-counters 0 >/dev/null
	echo "xts-aes-acf 32 16384 8 500" >/sys/kernel/debug/acf_bench/run
	n=$(acf_check compared)
	check fuzz.closed.hole.trusted "$n compared whole" [ "$n" -ge 16 ]
	fuzz_fault hole:1
	echo "xts-aes-acf 32 16384 8 500" >/sys/kernel/debug/acf_bench/run
	hits=$(fuzz_hits hole) n=$(acf_check wrong)
	check fuzz.closed.hole.once "$hits holes, $n found" [ "$hits $n" = '1 1' ]
	rmmod acf_bench
	unload
}

# Each of them: the CPU does the algorithm from then on.
fuzz_closed_always() {
	fuzz_load 1024
	fuzz_fault pass-through%1
	FUZZ_COUNT=2000 fuzz fuzz.closed.always alg='cbc(aes)'
	n=$(acf_check retired)
	check fuzz.closed.always.retired "$n algorithms retired" [ "$n" = 3 ]
	hostcmd faults-clear 0 >/dev/null
	unload
}

fuzz_closed() {
	for fault in pass-through clear-tail stale-key no-data; do
		fuzz_closed_fault $fault 200 'cbc(aes)'
	done
	# few destinations have three pieces
	fuzz_closed_fault hole 3 'cbc(aes)'
	fuzz_closed_fault misread 200 'hmac(sha1)'
	fuzz_closed_hole
	fuzz_closed_always
}

# The card lies wherever it can. Wrong data cannot be told from right ones then; all
# else is checked, and that no output holds what belongs to another request.
fuzz_until_enough() {
	wait_for 240 liar_enough
	echo 1 >/sys/module/acf_fuzz/parameters/stop
}

fuzz_hostile() {
	fuzz_load 1024 timeout_ms=200
	fuzz_lies
	unload
}

fuzz_lies() {
	liar_start "${SEED:-1}" 40
	fuzz_until_enough &
	enough=$!
	FUZZ_COUNT=10000000 fuzz fuzz.hostile hostile=1 ms=300000
	wait $enough
	liar_stop
	liar_judge fuzz.hostile
}

# fuzz_swiotlb: for a guest whose bounce buffers do not suffice, when some commands take
# a second and requests pile up behind them, in a slow guest as well
fuzz_swiotlb() {
	fuzz_load 1024
	fuzz_fault slow:1000000%50
	on_card_mark
	FUZZ_COUNT=1000 fuzz fuzz.swiotlb
	on_card fuzz.swiotlb.on-card any:100
	hostcmd faults-clear 0 >/dev/null
	n=$(driver_stat map_failed)
	check fuzz.swiotlb.reached.map_failed "every mapping succeeded" [ "$n" -gt 0 ]
	unload
}

fuzz_tests() {
	for fuzz_kind in quiet deep resets forged closed unplug hostile; do
		part fuzz.$fuzz_kind fuzz_$fuzz_kind
	done
}
