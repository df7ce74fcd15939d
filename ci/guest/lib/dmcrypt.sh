# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# dm-crypt on the card: ciphers, flags, a queue of one, the driver coming and going.
# dmcrypt_mib: what fio writes and verifies of a volume; less where a CPU is slow.

dmcrypt_mib=8

key_file=/tmp/key
head -c 64 /dev/zero | tr '\0' K >$key_file

open_plain() { # cipher, key bits, sector size [cryptsetup options]
	cipher=$1 bits=$2 size=$3
	shift 3
	cryptsetup open --type plain -c "$cipher" -s "$bits" --sector-size "$size" \
		--key-file $key_file "$@" /dev/scratch v && dmsetup mknodes
}

# LUKS2 as it comes: what its own cipher is, and that the card does it, as XTS.
luks2() { # sector size
	cryptsetup luksFormat -q --type luks2 --sector-size "$1" --pbkdf pbkdf2 \
		--pbkdf-force-iterations 1000 --key-file $key_file /dev/scratch &&
		cryptsetup open --key-file $key_file /dev/scratch v && dmsetup mknodes ||
		{ not_ok "dmcrypt.luks2-$1" "no volume"; return; }
	table=$(dmsetup table v)
	check "dmcrypt.luks2-$1.cipher" "its table is $table" \
		sh -c "case '$table' in *' aes-xts-plain64 '*) ;; *) exit 1 ;; esac"
	on_card_mark
	check_fio "dmcrypt.luks2-$1.fio" fio_verify $dmcrypt_mib
	on_card "dmcrypt.luks2-$1.on-card" "aes-ecb:$((dmcrypt_mib * 1048576 / $1))"
	acf_jobs >/tmp/luks2.jobs
	counted=$(awk 'FNR == NR { was[$1] = $2; next } { now[$1] = $2 }
		END { print now["xts(aes)"] - was["xts(aes)"], now["ecb(aes)"] - was["ecb(aes)"] }' \
		/tmp/on-card.jobs /tmp/luks2.jobs)
	check "dmcrypt.luks2-$1.jobs" "jobs of xts(aes), of ecb(aes): $counted" \
		sh -c "set -- $counted; [ \$1 -ge $((dmcrypt_mib * 1048576 / $1)) ] && [ \$2 = 0 ]"
	cryptsetup close v
}

# On the volume, never on a file that fio makes where none is.
fio_v() { # seconds at most, options
	fio_limit=$1
	shift
	timeout -s KILL "$fio_limit" fio --name=v --filename=/dev/mapper/v --eta=never \
		--allow_file_create=0 --output=/tmp/fio.log "$@"
}

# Verified random I/O, 32 deep.
fio_verify() { # MiB
	fio_v 1800 --rw=randrw --bs=4k --size="$1m" \
		--ioengine=libaio --iodepth=32 --direct=1 --verify=xxhash --verify_fatal=1 \
		--randseed=3 --allrandrepeat=1
}

last_line() { tail -n 1 /tmp/fio.log; }

# Like check, for a command that leaves its reason in fio's log.
check_fio() { # name, command...
	check_name=$1
	shift
	if "$@"; then ok "$check_name"; else not_ok "$check_name" "$(last_line)"; fi
}

# What the card enciphers, software has to decipher, and the other way round.
cross_check() { # name, cipher, key bits, sector size, kind of the card's commands
	cross_bytes=$((dmcrypt_mib * 1048576 / 2)) # that dd writes
	if ! open_plain "$2" "$3" "$4"; then
		not_ok "dmcrypt.$1" "cannot open the volume"
		return
	fi
	on_card_mark
	check_fio "dmcrypt.$1.fio" fio_verify $dmcrypt_mib
	openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c $cross_bytes >/tmp/data
	dd if=/tmp/data of=/dev/mapper/v bs=1M oflag=direct 2>/dev/null
	# what fio writes and reads again to verify it, and what dd writes, at least
	on_card "dmcrypt.$1.on-card" "$5:$((3 * cross_bytes / $4))"
	cryptsetup close v
	unload
	open_plain "$2" "$3" "$4"
	sum=$(head -c $cross_bytes /dev/mapper/v | sha256sum)
	check "dmcrypt.$1.software-reads" "data differs" [ "$sum" = "$(sha256sum </tmp/data)" ]
	tail -c 1048576 /tmp/data >/tmp/data2
	dd if=/tmp/data2 of=/dev/mapper/v bs=1M oflag=direct 2>/dev/null
	cryptsetup close v
	load
	on_card_mark
	open_plain "$2" "$3" "$4"
	sum=$(head -c 1048576 /dev/mapper/v | sha256sum)
	check "dmcrypt.$1.card-reads" "data differs" [ "$sum" = "$(sha256sum </tmp/data2)" ]
	on_card "dmcrypt.$1.card-reads.on-card" "$5:$((1048576 / $4))"
	cryptsetup close v
}

# BitLocker's IV: for each sector dm-crypt has the volume's own cipher encrypt a block of zeros with
# the sector's place as its IV, and waits for it (crypt_iv_eboiv_gen()). That is a CBC of 16 bytes,
# so that the card counts two of CBC for a sector and no ECB; and it is what the CPU does
# sooner than any card, so that acf leaves it there when it is asked to decide. The zeros are
# the kernel's own page of them, in its image, which no device reaches in User-Mode Linux.
eboiv_sectors=256

eboiv_read() { dd if=/dev/mapper/v of=/dev/null bs=512 count=$eboiv_sectors iflag=direct 2>/dev/null; }

eboiv() {
	open_plain aes-cbc-eboiv 128 512 || { not_ok dmcrypt.eboiv.open "no volume"; return; }
	openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null |
		head -c $((eboiv_sectors * 512)) >/tmp/data
	on_card_mark
	dd if=/tmp/data of=/dev/mapper/v bs=512 count=$eboiv_sectors oflag=direct 2>/dev/null
	on_card dmcrypt.eboiv.on-card aes-cbc:$((2 * eboiv_sectors))
	n=$(on_card_since aes-ecb)
	check dmcrypt.eboiv.no-ecb "$n commands of ECB" [ "$n" = 0 ]
	echo auto >/sys/module/acf/parameters/policy
	# it learns what both cost; on a busy machine a sample may be far off, and the next ones put it right
	for _ in 1 2 3 4 5 6; do
		eboiv_then=$(acf_cpu 'cbc(aes)' cheaper)
		eboiv_read
		n=$(($(acf_cpu 'cbc(aes)' cheaper) - eboiv_then))
		[ "$n" -lt $((eboiv_sectors * 3 / 4)) ] || break
	done
	echo card >/sys/module/acf/parameters/policy
	check dmcrypt.eboiv.auto "the CPU had $n of $eboiv_sectors IVs and as many sectors" \
		[ "$n" -ge $((eboiv_sectors * 3 / 4)) ]
	cryptsetup close v
	unload
	open_plain aes-cbc-eboiv 128 512
	sum=$(head -c $((eboiv_sectors * 512)) /dev/mapper/v | sha256sum)
	check dmcrypt.eboiv.software-reads "data differs" [ "$sum" = "$(sha256sum </tmp/data)" ]
	cryptsetup close v
	load
}

# Regression 15: backlogged callers are woken, also when the queue holds one request.
queue_of_one() {
	unload
	insmod $modules/crypto/acf.ko queue_len=1 policy=card
	load slots=1
	open_plain aes-cbc-plain64 256 512
	on_card_mark
	check_fio regression-15-queue-of-one \
		fio_v 120 --rw=randrw --bs=64k --size=4m \
		--ioengine=libaio --iodepth=16 --direct=1 --verify=xxhash --verify_fatal=1
	on_card regression-15-queue-of-one.on-card aes-cbc:8192
	shapes regression-15-queue-of-one only=flood
	cryptsetup close v
	unload
	load
}

# dm-crypt submits the write from the cipher's callback, onto lists of `current`. In
# softirq that is the task the interrupt hit, and the write may be lost
# (docs/reference/framework.md): seldom enough that the trace is asked as well.
no_write_workqueue() {
	case $(uname -r) in
	*-acf-*)
		skip dmcrypt.no-write-workqueue "dm-crypt may sleep in the callback then, and this kernel looks"
		return
		;;
	esac
	trace=/sys/kernel/tracing
	mountpoint -q $trace || mount -t tracefs tracefs $trace
	disk=$(lsblk -ndo MAJ:MIN "$(readlink -f /dev/scratch)" | tr -d ' ' | tr : ,)
	open_plain aes-cbc-plain64 256 4096 --perf-no_write_workqueue
	echo 16384 >$trace/buffer_size_kb
	echo 1 >$trace/events/block/block_bio_queue/enable
	on_card_mark
	check_fio dmcrypt.no-write-workqueue \
		fio_v 120 --rw=randrw --bs=4k --size=8m \
		--numjobs=4 --offset_increment=8m --ioengine=libaio --iodepth=32 \
		--iodepth_batch=8 --direct=1 --verify=xxhash --verify_fatal=1
	echo 0 >$trace/events/block/block_bio_queue/enable
	on_card dmcrypt.no-write-workqueue.on-card aes-cbc:8192
	grep "block_bio_queue: $disk W" $trace/trace >/tmp/writes
	echo 1 >$trace/buffer_size_kb
	: >$trace/trace
	check dmcrypt.no-write-workqueue.traced "$(wc -l </tmp/writes) writes in the trace" \
		[ "$(wc -l </tmp/writes)" -gt 2000 ]
	n=$(grep -cE '\] +..[sSH]' /tmp/writes)
	check dmcrypt.no-write-workqueue.context "$n writes submitted in softirq" [ "$n" = 0 ]
	cryptsetup close v
}

dmcrypt_tests() {
	cross_check cbc-512 aes-cbc-essiv:sha256 256 512 aes-cbc
	cross_check cbc-4096 aes-cbc-essiv:sha256 128 4096 aes-cbc
	# Also where the kernel has an xts(aes) of its own, as 7.3 does, and no template is asked.
	by=$(served_by 'xts(aes)')
	check dmcrypt.xts.served "it is $by that serves xts(aes)" [ "$by" = xts-aes-acf ]
	cross_check xts aes-xts-plain64 512 512 aes-ecb
	cross_check xts-4096 aes-xts-plain64 256 4096 aes-ecb
	luks2 512
	luks2 4096
	cross_check 3des des3_ede-cbc-plain64 192 512 des3-cbc
	open_plain aes-cbc-plain64 256 4096 --perf-no_read_workqueue
	on_card_mark
	check_fio dmcrypt.no-read-workqueue fio_verify $dmcrypt_mib
	on_card dmcrypt.no-read-workqueue.on-card "aes-cbc:$((dmcrypt_mib * 256))"
	cryptsetup close v
	no_write_workqueue
	queue_of_one
}

# The driver is taken from the card and given back while a volume is in use.
rebind_once() {
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	sleep 0.2
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
}

unbind_tests() {
	address=$(card)
	under_load unbind 5 rebind_once
	check unbind.bound-again "no card bound" bound
	open_plain aes-cbc-essiv:sha256 256 4096
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	shapes unbound only=in-place
	n=$(acf_cpu 'cbc(aes)' no_engine)
	check unbind.cpu-serves "no request was counted" [ "$n" -gt 0 ]
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	check unbind.rebind "no card bound" bound
	cryptsetup close v
}
