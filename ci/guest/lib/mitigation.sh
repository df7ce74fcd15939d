# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# Interrupts (of the timer too), register accesses and commands for a request, by the card's
# own counters, at several depths, on a card that takes the time of a bus of 33 MHz.
#
# The limits are exact: they hold for a host that is back with new work before the card has
# done half of what it has, and for no other (a card that has run dry is begun anew, with an
# interrupt for each of the first two). So the card is so slow that a half takes 17 ms, which
# is below the 25 ms after which a result without an interrupt is looked for, and what is
# judged is a stretch in which the card's bus was busy all the time. Where the host had no
# time for us the stretch is another one, up to a hundred of them. In simulated time the same
# is asked of the driver's rings and marks by tools/tests/loop_irq_test.c.

# the kernel reads random numbers when it likes
mitigation_words='commands.total irq.raised mmio.reads mmio.writes mmio.read.RNG_DATA
	clock.bus.job clock.bus.elapsed'

# One stretch of half a second or what the counters take, the loop having begun before and
# ending later: sets stretch to these counters and ticks.
stretch() { # "ALG KEYBYTES BYTES DEPTH"
	echo "$1 1300" >/sys/kernel/debug/acf_bench/run &
	stretch_pid=$!
	sleep 0.4
	ticks=$(driver_stat ticks)
	hostcmd reset-counters 0 >/dev/null
	sleep 0.6
	# shellcheck disable=SC2086 # words
	stretch=$(hostcmd count 0 $mitigation_words)
	stretch="$stretch $(($(driver_stat ticks) - ticks))"
	wait $stretch_pid
}

# Was the bus busy for 999 of 1000 clocks, or is it one at a time? A command counts when it is
# done: one of them may be missing.
card_was_busy() { # DEPTH
	# shellcheck disable=SC2086 # words
	set -- "$1" $stretch
	[ "$1" = 1 ] || { [ "$2" -gt 0 ] && [ $(($8 - $7)) -le $(($7 / $2 + $8 / 1000)) ]; }
}

# per_request NAME "ALG KEYBYTES BYTES" DEPTH SLOW IRQS ACCESSES: at most so many for a
# thousand commands, give or take the one at either end of the stretch, and two of a card that
# ran dry for less than is seen; SLOW: times 33 MHz's
per_request() {
	hostcmd card 0 "clock pci33,slow=$4" >/dev/null
	tries=0
	until stretch "$2 $3" && card_was_busy "$3"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] ||
			{ not_ok "$1" "the host never kept the card busy for a second: $stretch"; return; }
	done
	check "$1" "commands, interrupts, reads, writes, of random numbers, bus clocks busy, in all, timer ticks: $stretch" \
		sh -c "set -- $stretch
		[ \$1 -gt 20 ] && [ \$2 -gt 0 ] && [ \$((\$2 + \$8)) -le \$((\$1 * $5 / 1000 + 3)) ] &&
		[ \$((\$3 + \$4 - \$5)) -le \$((\$1 * $6 / 1000 + 6)) ]"
}

# All of a run, to its end: a command for a request, and no more; alone, an interrupt and two
# accesses for each, and no tick.
exact_counts() { # NAME DEPTH SLOW
	hostcmd card 0 "clock pci33,slow=$3" >/dev/null
	ticks=$(driver_stat ticks)
	hostcmd reset-counters 0 >/dev/null
	echo "cbc-aes-acf 16 4096 $2 500" >/sys/kernel/debug/acf_bench/run
	counted=$(hostcmd count 0 commands.total irq.raised)
	ticks=$(($(driver_stat ticks) - ticks))
	done=$(sed 's/.*"done":\([0-9]*\).*/\1/' /sys/kernel/debug/acf_bench/run)
	check "$1" "$done requests; commands, interrupts: $counted, $ticks timer ticks" \
		sh -c "set -- $counted
		[ \$1 -gt 20 ] && [ \$1 = $done ] && [ \$2 -gt 0 ] &&
		{ [ $2 != 1 ] || [ \$2 = $done -a $ticks = 0 ]; }"
}

mitigation_tests() {
	insmod $modules/crypto/tests/acf_bench.ko
	aes='cbc-aes-acf 16 4096' esp='authenc-hmac-sha1-cbc-aes-acf 16 1440'
	exact_counts mitigation.1.exact 1 10
	exact_counts mitigation.8.exact 8 10
	exact_counts mitigation.32.exact 32 10
	per_request mitigation.1 "$aes" 1 10 1000 2000
	per_request mitigation.8 "$aes" 8 40 260 520
	per_request mitigation.32 "$aes" 32 10 70 130
	per_request mitigation.32.esp "$esp" 32 25 70 130
	hostcmd card 0 'clock instant' >/dev/null
	rmmod acf_bench
}
