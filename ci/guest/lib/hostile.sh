# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# A card that writes rubbish wherever it may. A plain cipher cannot tell wrong data, so
# what is asked for is the rest: every request ends, nothing outside what was offered is
# touched, the kernel has nothing to report, and afterwards the card serves again.
# Memory beside what is offered, where a length too long would show, is watched by
# fuzz_hostile (fuzz.sh), which has guards around every buffer (mutant "neighbours").
# HOSTILE_RATES: one lie in so many commands, each for a while.
# Needs dmcrypt.sh and the modules loaded, and leaves them loaded.
. /src/ci/guest/lib/liar.sh

# Data may be wrong, requests may not fail: the CPU does what the card cannot.
hostile_io() { # seconds
	fio_v 300 --rw=randrw --bs=4k \
		--size=64m --ioengine=libaio --iodepth=32 --direct=1 --time_based \
		--runtime="$1" --randseed=3 --allrandrepeat=1
}

# Both loads by turns until the card has done and lied enough.
hostile_turns() { # name
	turns=0
	while [ $turns -lt 20 ] && ! liar_enough; do
		turns=$((turns + 1))
		hostile_io 3 || { not_ok "$1.io" "turn $turns: $(last_line)"; return; }
		shapes_ok only=flood hostile=1 ||
			{ not_ok "$1.flood" "turn $turns: lost, failed or called back wrongly"; return; }
	done
	ok "$1.io"
	ok "$1.flood"
}

# The Nth card of the run's seed; each binding takes the next seed, so that they are apart.
hostile_seed() { # N
	for rate in ${HOSTILE_RATES:-32}; do
		liar_start $((${SEED:-1} + 1000 * $1)) "$rate"
		hostile_turns "hostile.$1.1-in-$rate"
		liar_stop
		liar_judge "hostile.$1.1-in-$rate"
	done
	check "hostile.$1.back" "$(driver_stat state)" [ "$(driver_stat state)" = up ]
}

hostile_tests() { # N...
	unload
	load timeout_ms=500
	open_plain aes-cbc-plain64 256 4096 || { not_ok hostile.open "no volume"; return; }
	for card; do
		hostile_seed "$card"
	done
	check_fio hostile.verify-after fio_verify 8
	cryptsetup close v
	check hostile.shapes-after "wrong or lost requests" shapes_ok only=in-place
	check hostile.unload "modules still loaded" unload
	load
}
