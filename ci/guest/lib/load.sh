# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034 # struck_times
# Work for the card that goes on while something is done to it, and proof that it had some
# when it was done:
#
#   load_start                        a volume, written and verified over and over
#   load_pause, load_go_on            asks for nothing meanwhile, if it runs; what was asked for is done
#   load_stop NAME                    its end, one result
#   strike COMMAND...                 does it while requests are with the card
#   struck NAME                       a result: each strike since the last one met some;
#                                     $struck_times were made
#   under_load NAME ROUNDS COMMAND... all of this, until COMMAND met requests that often
#
# strike waits for requests, strikes, and asks acf what it had to take back: an engine that
# was stopped with requests in its hands, or jobs it gave back undone.
# Needs guest.sh and dmcrypt.sh.

load_log=/tmp/load.log
strikes=0 idle_strikes=0

with_card() { [ "$(acf_outstanding)" -gt "${load_bytes:-0}" ]; }
taken_back() { echo $(($(acf_stops busy) + $(acf_cpu all failed))); }

# 8 MiB, written for ever, and what was written is read back soon. xxhash, as an emulated CPU counts
# a CRC bit by bit.
load_start() {
	rm -f $load_log
	open_plain aes-cbc-essiv:sha256 256 4096
	load_device=$(lsblk -ndo MAJ:MIN /dev/mapper/v | tr -d ' ')
	timeout -s KILL 1800 fio --name=v --filename=/dev/mapper/v --allow_file_create=0 --eta=never \
		--output=$load_log --rw=randwrite --bs=128k --size=8m \
		--loops=1000000 --thread --ioengine=libaio --iodepth=32 --direct=1 --verify=xxhash \
		--verify_backlog=16 --verify_fatal=1 --randseed=3 --allrandrepeat=1 2>$load_log.said &
	load_pid=$!
}

# timeout has a process group of its own, with fio in it (and its worker, as a thread).
load_pause() { kill -STOP "-$load_pid" 2>/dev/null; }
load_go_on() { kill -CONT "-$load_pid" 2>/dev/null; }

# Also when fio has ended, which is then the result.
load_has_read() {
	read -r load_reads _ <"/sys/dev/block/$load_device/stat"
	[ "$load_reads" -gt 64 ] || ! kill -0 $load_pid
}

# fio says 128 when it was told to end and found nothing wrong.
load_stop() { # name: one result for all of it
	hostcmd faults-clear 0 >/dev/null
	wait_for 120 load_has_read
	kill $load_pid
	wait $load_pid
	load_status=$?
	check "$1.io-verified" "status $load_status after $load_reads reads: $(grep -hE 'verify:|err=' $load_log $load_log.said | head -n 1)" \
		[ $load_status = 128 -a "$load_reads" -gt 64 ]
	cryptsetup close v
}

# A command of the card takes load_slow us meanwhile, so that those in its queue last; so
# do the 4096 of its wipe, for which it gets 5 s. More than load_bytes are with the card when
# it strikes: what takes its time to strike wants many, and slow ones.
strike() {
	hostcmd fault 0 "slow:${load_slow:-200}" >/dev/null
	wait_for 60 with_card
	strikes=$((strikes + 1))
	struck_before=$(taken_back)
	"$@"
	strike_status=$?
	# what is taken back is done, and counted, a moment later
	wait_for 5 taken_more || idle_strikes=$((idle_strikes + 1))
	return $strike_status
}

taken_more() { [ "$(taken_back)" -gt "$struck_before" ]; }

struck() { # name, how many have to have met some: all without this
	check "$1.in-flight" "$idle_strikes of $strikes met no request on the card" \
		[ $strikes -gt 0 -a $((strikes - idle_strikes)) -ge "${2:-$strikes}" ]
	struck_times=$strikes strikes=0 idle_strikes=0
}

# On a busy host a card may be done before it is struck: then once more, four times as
# often as wanted at most.
under_load() {
	load_name=$1 rounds=$2 failed=0
	shift 2
	load_start
	while [ $((strikes - idle_strikes)) -lt "$rounds" ] && [ $strikes -lt $((rounds * 4)) ]; do
		sleep 0.3
		strike "$@" || failed=$((failed + 1))
	done
	load_stop "$load_name"
	check "$load_name.rounds" "$failed of $strikes failed" [ $failed = 0 ]
	struck "$load_name" "$rounds"
}
