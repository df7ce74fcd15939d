# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The kernel's log in a guest, by the sequence numbers of its records: what was overwritten
# since the mark cannot be taken for what was never said.

# One descriptor for all, so that each record is read once in a guest's life: a read of a record
# is a system call, and there are hundreds from the boot alone.
log_file=/tmp/log.since
exec 6</dev/kmsg

# "SEQUENCE TEXT" of the records that are new, and "overtaken" where some had been overwritten.
log_records() {
	while :; do
		dd iflag=nonblock bs=16384 <&6 2>/tmp/log.dd
		grep -q 'Broken pipe' /tmp/log.dd || break
		echo overtaken
	done | sed -nE 's/^[0-9]+,([0-9]+),[^;]*;/\1 /p;/^overtaken$/p'
}

# Messages since the last log_mark; those that are lost are a failure, told once.
log_mark() {
	log_records >>$log_file
	log_from=$(awk -v n="${log_from:-0}" '$1 ~ /^[0-9]+$/ { n = $1 } END { print n }' $log_file)
	: >$log_file
}
log_since() {
	log_records >>$log_file
	log_lost=$(awk -v from="${log_from:-0}" '
		$1 == "overtaken" { lost++; next }
		!seen++ && $1 > from + 1 { lost += $1 - from - 1 }
		END { print lost + 0 }' $log_file)
	[ "$log_lost" = 0 ] ||
		not_ok "log.since-$log_from" "$log_lost messages or more were overwritten: log_buf_len is too small" >&2
	awk -v from="${log_from:-0}" '$1 + 0 > from { sub(/^[0-9]+ /, ""); print }' $log_file
}
log_has() { log_since | grep -qE "$1"; }
