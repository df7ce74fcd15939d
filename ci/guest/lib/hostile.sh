# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# A card that writes rubbish wherever it may. A plain cipher cannot tell wrong data, so
# what is asked for is the rest: every request ends, nothing outside what was offered is
# touched, the kernel has nothing to report, and afterwards the card serves again.
# HOSTILE_RATES: one lie in so many commands, each for a while.
# Needs dmcrypt.sh and the modules loaded, and leaves them loaded.

hostile_acts() { hostcmd count 0 faults.hostile; }

# A card that was given up is brought back, as its owner would.
hostile_back() {
	hostcmd faults-clear 0 >/dev/null
	[ "$(driver_stat state)" = up ] && return
	address=$(card)
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
}

# Data may be wrong, requests may not fail: the CPU does what the card cannot.
hostile_io() { # seconds
	fio_v 300 --rw=randrw --bs=4k \
		--size=64m --ioengine=libaio --iodepth=32 --direct=1 --time_based \
		--runtime="$1" --randseed=3 --allrandrepeat=1
}

hostile_seed() { # seed
	hostcmd reset-counters 0 >/dev/null
	for rate in ${HOSTILE_RATES:-32}; do
		[ "$(hostcmd fault 0 "hostile:$1%$rate")" = ok ] ||
			not_ok "hostile.$1.fault" "the card refuses it"
		check_fio "hostile.$1.io-1-in-$rate" hostile_io 6
		check "hostile.$1.flood-1-in-$rate" "lost, failed or called back wrongly" \
			shapes_ok only=flood hostile=1
		echo "hostile.$1: $(hostile_acts) acts, state $(driver_stat state), $(driver_stat resets) resets"
		hostile_back
	done
	n=$(hostile_acts)
	# one can be enough for the driver to give the card up
	check "hostile.$1.acted" "$n acts" [ "$n" -ge 1 ]
	check "hostile.$1.back" "$(driver_stat state)" [ "$(driver_stat state)" = up ]
}

hostile_tests() { # seed...
	unload
	load timeout_ms=500
	open_plain aes-cbc-plain64 256 4096 || { not_ok hostile.open "no volume"; return; }
	head -c 67108864 /dev/urandom >/dev/shm/canary
	sum=$(sha256sum </dev/shm/canary)
	for seed; do
		hostile_seed "$seed"
	done
	check hostile.memory "memory nobody offered has changed" \
		[ "$(sha256sum </dev/shm/canary)" = "$sum" ]
	rm /dev/shm/canary
	check_fio hostile.verify-after fio_verify 8
	cryptsetup close v
	check hostile.shapes-after "wrong or lost requests" shapes_ok only=in-place
	check hostile.unload "modules still loaded" unload
	load
}
