# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of ci/guest/suites/demo
# Steps of the demo in the guest.

. /src/ci/guest/lib/crypto_list.sh

begin_s=$(cut -d. -f1 /proc/uptime)

step() {
	printf '\n[%4d s] %s\n' $(($(cut -d. -f1 /proc/uptime) - begin_s)) "$*"
}

figure() { printf '%s %s\n' "$1" "$2" >>$figures; }
kv() { awk -v k="$1" '$1 == k { v = $2 } END { print v + 0 }' $figures; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# --- modules -------------------------------------------------------------------

load_modules() {
	modprobe -a dm_mod dm_crypt xts essiv des_generic authenc
	insmod $modules/crypto/acf.ko policy=card
	insmod $modules/drivers/hifn795x.ko
	[ -n "$(card_pci)" ] || die "hifn795x bound no card; see the kernel log"
}

unload_modules() {
	rmmod hifn795x && rmmod acf ||
		die "the driver stays: what is read next would come from the card"
}

card_pci() {
	for d in /sys/bus/pci/drivers/hifn795x/0000:*; do
		[ -e "$d" ] && basename "$d"
	done
}

show_selftests() {
	dmesg | sed -n 's/^\[[^]]*\] acf: \(.*self-test.*\)/    \1/p'
	figure selftests_passed "$(dmesg | grep -c 'acf: .*self-test passed')"
	if dmesg | grep -q 'acf: .*self-test failed'; then die "a self-test failed"; fi
}

show_algorithms() {
	crypto_entries | awk '$2 ~ /-acf/ {
		printf "    %-16s %-18s priority %d, kernel self-test %s\n", $1, $2, $3, $4 }'
	twice=$(crypto_twice)
	[ -z "$twice" ] || die "driver names used twice: $twice"
	figure algorithms "$(crypto_ours | wc -l)"
}

# --- volumes ---------------------------------------------------------------------

make_partitions() {
	i=0
	for v in $volumes; do
		echo "0 524288 linear /dev/scratch $((i * 524288))" |
			dmsetup create "part-$v" || die "cannot cut $v from the disk"
		i=$((i + 1))
	done
	dmsetup mknodes
}

format_volume() {
	v=$1
	shift
	printf %s $pass | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 \
		--pbkdf-force-iterations 1000 "$@" --key-file - "/dev/mapper/part-$v"
}

# What is read from a volume comes from the disk; what goes into a new one may be in memory.
open_volume() { # volume [mkfs]
	[ "${2:-}" = mkfs ] || echo 3 >/proc/sys/vm/drop_caches
	printf %s $pass | cryptsetup open --key-file - "/dev/mapper/part-$1" "$1"
	dmsetup mknodes
	session_begin "$1"
	[ "${2:-}" != mkfs ] || mke2fs -q -t ext4 -O ^has_journal -N 4096 -E lazy_itable_init=0 "/dev/mapper/$1"
	mkdir -p "/mnt/$1"
	mount "/dev/mapper/$1" "/mnt/$1"
}

close_volume() {
	umount "/mnt/$1"
	session_end "$1"
	cryptsetup close "$1"
}

# --- files -------------------------------------------------------------------------

# The files that are copied, 14 MB of the guest's own, and 5 MB of them. None is large: the sum is kept.
make_manifest() {
	mkdir -p /tmp/m
	(cd $tree && find . -xdev -type f -printf '%s %p\n' | sort -k 2) >/tmp/m/all
	for part in card:14000000 soft:5000000; do
		awk -v limit="${part#*:}" '$1 > 2000000 { next } { sum += $1; print substr($0, index($0, " ") + 1) }
			sum >= limit { exit }' /tmp/m/all >"/tmp/m/list.${part%:*}"
		(cd $tree && hash_files "${part%:*}") >"/tmp/m/sums.${part%:*}"
	done
	figure files "$(wc -l </tmp/m/sums.card)"
	figure bytes "$(cd $tree && tr '\n' '\0' </tmp/m/list.card | xargs -0 stat -c %s |
		awk '{ s += $1 } END { printf "%.0f", s }')"
}

# BLAKE2b: a third of the instructions of SHA-256, which has some of its own on a real CPU only.
hash_files() { tr '\n' '\0' <"/tmp/m/list.$1" | xargs -0 -n 64 -P 2 b2sum | sort -k 2; }

copy_tree() { # volume, part of the manifest
	mkdir -p "/mnt/$1/$2"
	(cd $tree && tar -cf - -T "/tmp/m/list.$2") | tar -xf - -C "/mnt/$1/$2"
	sync -f "/mnt/$1"
}

# Every file's BLAKE2b; a file that cannot be read counts as a mismatch.
verify_tree() { # volume, part of the manifest
	(cd "/mnt/$1/$2" && hash_files "$2") >/tmp/m/now 2>/tmp/m/errors || true
	wrong=$(diff "/tmp/m/sums.$2" /tmp/m/now | grep -c '^<' || true)
	figure "mismatches.$1.$2.$(lsmod | grep -c '^hifn795x ')" "$wrong"
	printf '    %s files of %s/%s checked, %s wrong\n' "$(wc -l </tmp/m/now)" "$1" "$2" "$wrong"
	[ "$wrong" = 0 ] || die "$wrong files differ on $1"
}

# --- counters ------------------------------------------------------------------------

# The card's commands, interrupts and register accesses.
count_card() {
	# shellcheck disable=SC2046 # four numbers
	set -- $(hostcmd count 0 commands.total irq.raised mmio.reads mmio.writes)
	[ $# = 4 ] || die "the card's counters cannot be read"
	commands=$1 irqs=$2 mmio=$(($3 + $4))
}

# 512-byte units read and written so far.
sectors() { awk -v d="$(dmsetup info -c --noheadings -o blkdevname "$1")" \
	'$3 == d { print $6 + $10 }' /proc/diskstats; }
now_ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

# Between opening a volume and closing it the card works for that volume alone (the
# key slot is read before and does not count).
session_begin() {
	hostcmd reset-counters 0 >/dev/null
	session_ms=$(now_ms)
	session_sectors=$(sectors "$1")
}

# Totals of the volume's sessions so far: what the card did, what the volume moved.
session_end() {
	count_card
	[ "$measuring" = yes ] || return 0
	size=512
	[ "$1" != cbc4096 ] || size=4096
	figure "card.$1.sector_bytes" $size
	add "card.$1.ms" $(($(now_ms) - session_ms))
	add "card.$1.sectors" $(($(sectors "$1") - session_sectors))
	add "card.$1.commands" "$commands"
	add "card.$1.irqs" "$irqs"
	add "card.$1.mmio" $mmio
}

add() { figure "$1" $(($(kv "$1") + $2)); }

run_fio() {
	printf %s $pass | cryptsetup open --key-file - "/dev/mapper/part-$1" fio
	dmsetup mknodes
	session_begin fio
	fio --name=verify --filename=/dev/mapper/fio --rw=randrw --bs=4k --size=12m \
		--ioengine=libaio --iodepth=32 --direct=1 --verify=xxhash --verify_fatal=1 \
		--randseed=7 --allrandrepeat=1 --output-format=terse --terse-version=3 \
		--output=/tmp/m/fio || die "fio: $(tail -n 1 /tmp/m/fio)"
	count_card
	awk -F';' '{ printf "fio.read_kb_s %d\nfio.write_kb_s %d\nfio.errors %d\n", $7, $48, $5 }' \
		/tmp/m/fio >>$figures
	figure fio.commands "$commands"
	figure fio.irqs "$irqs"
	figure fio.mmio $mmio
	cryptsetup close fio
}
