# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The kernel's log in a guest, by the sequence numbers of its records: what was overwritten
# since the mark cannot be taken for what was never said.

# "SEQUENCE TEXT" of all records that are left; a record a read.
log_records() {
	dd if=/dev/kmsg iflag=nonblock bs=16384 2>/tmp/log.dd |
		sed -nE 's/^[0-9]+,([0-9]+),[^;]*;/\1 /p'
	# a reader that was overtaken has lost some
	! grep -q 'Broken pipe' /tmp/log.dd || echo "overtaken"
}

# Messages since the last log_mark; those that are lost are a failure, told once.
log_mark() { log_from=$(log_records | awk '$1 ~ /^[0-9]+$/ { n = $1 } END { print n + 0 }'); }
log_since() {
	log_records >/tmp/log.records
	log_lost=$(awk -v from="$log_from" '
		$1 == "overtaken" { lost++; next }
		NR == 1 && $1 > from + 1 { lost += $1 - from - 1 }
		END { print lost + 0 }' /tmp/log.records)
	[ "$log_lost" = 0 ] ||
		not_ok "log.since-$log_from" "$log_lost messages or more were overwritten: log_buf_len is too small" >&2
	awk -v from="$log_from" '$1 + 0 > from { sub(/^[0-9]+ /, ""); print }' /tmp/log.records
}
log_has() { log_since | grep -qE "$1"; }
