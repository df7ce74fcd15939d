# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# The card's random numbers: read, through a reset, withheld when they are bad, and
# the card pulled out or unbound under a reader.

hw_random=/sys/class/misc/hw_random
rng_name() { tr ' ' '\n' <$hw_random/rng_available | grep '^hifn.*-rng$'; }
rng_select() { rng_name >$hw_random/rng_current; }
rng_read() { timeout 20 dd if=/dev/hwrng of="$2" bs=4096 count="$1" iflag=fullblock 2>/tmp/dd; }
# No words, and that is the driver's answer: not a timeout, nor another generator's.
rng_fails() {
	if rng_read 1 /dev/null; then return 1; fi
	grep -q "error reading '/dev/hwrng': \(Input/output error\|No such device\)" /tmp/dd
}
rng_state() { driver_stat rng; }

rebind() {
	address=$(card)
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	rng_select
}

# Words read too soon would be repeated; the card's first word is 0.
rng_words_differ() {
	python3 - "$1" <<-'END'
	import struct, sys
	data = open(sys.argv[1], "rb").read()
	words = struct.unpack(f"<{len(data) // 4}I", data)
	same = sum(a == b for a, b in zip(words, words[1:]))
	sys.exit(f"{len(data)} bytes, {same} words repeated, {words.count(0)} zero"
		 if len(data) != 16384 or same or 0 in words else 0)
	END
}

rng_plain() {
	check rng.one-per-card "$(cat $hw_random/rng_available)" rng_select
	check rng.quality "$(cat $hw_random/rng_quality)" [ "$(cat $hw_random/rng_quality)" = 61 ]
	check rng.read "no data" rng_read 4 /tmp/random
	check rng.words-differ "see the console" rng_words_differ /tmp/random
	# what is there now, or "try again": never a wait for more
	timeout 20 dd if=/dev/hwrng of=/tmp/random bs=64 count=1 iflag=nonblock 2>/tmp/dd
	check rng.no-wait "neither data nor EAGAIN: $(head -n 1 /tmp/dd)" \
		grep -qE 'Resource temporarily|^(1\+0|0\+1) records in' /tmp/dd
}

# Who reads all the time, and so during the reset, waits for its end.
rng_survives_reset() {
	resets=$(driver_stat resets)
	rm -f /tmp/rng.stop /tmp/rng.bad
	while [ ! -e /tmp/rng.stop ]; do rng_read 1 /dev/null || cp /tmp/dd /tmp/rng.bad; done &
	reader=$!
	fault stuck:1
	check rng.reset.data "wrong or lost requests" shapes_ok only=in-place
	check rng.reset.over "$(driver_stat state)" wait_for 60 state_is up
	no_faults
	touch /tmp/rng.stop
	wait $reader
	check rng.reset.reader "$(cat /tmp/rng.bad 2>/dev/null | tr '\n' ' ')" [ ! -e /tmp/rng.bad ]
	check rng.reset.happened "no reset" [ "$(driver_stat resets)" -gt "$resets" ]
	check rng.reset.reads-again "no data" rng_read 1 /dev/null
}

# A source that sticks is told from a good one, and stays out until it is bound again.
rng_withheld() {
	log_mark
	fault rng-stuck
	check rng.stuck.no-data "stuck words were handed out" rng_fails
	no_faults
	check rng.stuck.message "no message" log_has 'random numbers failed the repetition count test'
	check rng.stuck.state "$(rng_state)" [ "$(rng_state)" = failed ]
	check rng.stuck.for-good "words again without being bound" rng_fails
	n=$(log_since | grep -c 'random numbers failed')
	check rng.stuck.once "$n messages" [ "$n" = 1 ]
	check rng.stuck.card-works "wrong or lost requests" shapes_ok only=in-place
	rebind
	check rng.stuck.rebind "no data" rng_read 1 /dev/null
}

# name, fault, message: the card is of use without its generator
rng_bad_at_start() {
	log_mark
	fault "$2"
	rebind
	no_faults
	check "rng.$1.bound" "the card was refused" bound
	check "rng.$1.message" "no message like '$3'" log_has "$3"
	check "rng.$1.no-data" "words were handed out" rng_fails
	check "rng.$1.card-works" "wrong or lost requests" shapes_ok only=in-place
	rebind
}

rng_reader_left() { # name, what happens to the card
	(while dd if=/dev/hwrng of=/dev/null bs=64 count=64 2>/dev/null; do :; done) &
	reader=$!
	sleep 1
	$2
	check "rng.$1.reader-ends" "the reader still reads" timeout 20 sh -c \
		"while kill -0 $reader 2>/dev/null; do sleep 0.2; done"
	kill $reader 2>/dev/null # another generator of the guest would feed it for ever
	wait $reader
}

rng_unbind() { card >/tmp/address; cat /tmp/address >/sys/bus/pci/drivers/hifn795x/unbind; }
rng_gone() { fault gone; }

# Where the kernel has virtio-rng built in, it would answer in place of a card that must not.
rng_only_cards() {
	driver=/sys/bus/virtio/drivers/virtio_rng
	for rng in $driver/virtio*; do
		[ ! -e "$rng" ] || echo "${rng##*/}" >$driver/unbind
	done
}

rng_tests() {
	rng_only_cards
	rng_plain
	rng_survives_reset
	rng_withheld
	rng_bad_at_start stuck-at-start rng-stuck 'random numbers failed'
	rng_bad_at_start pub-stuck pub-stuck 'public-key unit stays in reset'
	rng_reader_left unbind rng_unbind
	check rng.unbind.gone "$(cat $hw_random/rng_available)" [ -z "$(rng_name)" ]
	cat /tmp/address >/sys/bus/pci/drivers/hifn795x/bind
	rng_select
	rng_reader_left gone rng_gone
	no_faults
	unload
	load
}
