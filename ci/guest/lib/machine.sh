# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh and dmcrypt.sh
# What this guest is, for the table of kernels (ci/judges/kernels_table.py), as it is found
# here, in $OUT/machine; and checks that it is what it was booted to be.
#
#   machine_tell             writes it: KEY VALUE, a line each
#   machine_checks WHAT...   results machine.WHAT, with a card that serves:
#     cpus=N          so many CPUs
#     rt              a kernel of the flavour PREEMPT_RT
#     high-memory     memory above 4 GiB, which the card does not reach: requests are bounced
#     iommu           the card's addresses are translated
#     pci             a conventional bus behind a bridge
#     pci-root        a conventional bus, the machine's only one
#     shared          its interrupt is the scratch disk's too, and both are at work
# Needs guest.sh and dmcrypt.sh.

# Of memory ranges, what ends above 4 GiB.
machine_above_4g() { grep -c '^[1-9a-f][0-9a-f]\{8,\}-.*System RAM' /proc/iomem; }

machine_rt() { [ "$(cat /sys/kernel/realtime 2>/dev/null)" = 1 ] || uname -v | grep -q PREEMPT_RT; }

# The type of the group that the card is in: DMA, DMA-FQ or identity; nothing without one.
machine_iommu() { cat "/sys/bus/pci/devices/$(card)/iommu_group/type" 2>/dev/null; }

# Of the bridge before the card: 0x0604 with an express capability of type "PCIe to PCI", or any
# where nothing has such a capability; there its own bus may be the machine's.
machine_bus() {
	machine_bridge=$(readlink -f "/sys/bus/pci/devices/$(card)/..")
	if lspci -vs "${machine_bridge##*/}" 2>/dev/null | grep -q 'PCI-Express to PCI'; then
		echo conventional
	elif ! lspci -v 2>/dev/null | grep -q 'Capabilities:.* Express'; then
		case ${machine_bridge##*/} in
		pci*) echo conventional-root ;;
		*) echo conventional ;;
		esac
	else
		echo express
	fi
}

# The line of the card's interrupt: its counts, its handlers
machine_line() {
	grep "^ *$(cat "/sys/bus/pci/devices/$(card)/irq"):" /proc/interrupts
}

machine_sharers() { machine_line | tr ', ' '\n\n' | grep -c '^virtio'; }
machine_counted() {
	machine_line | awk -v cpus="$(nproc)" '{ for (i = 2; i < 2 + cpus; i++) n += $i } END { print n + 0 }'
}

# What both modules take of memory with one card, in KiB: their code and data, the card's pages
# of DMA, what of theirs is of several pages. Not what is smaller, nor a user's keys.
machine_memory() {
	{
		cat /sys/module/acf/coresize /sys/module/hifn795x/coresize
		awk 'NR > 1 { print $3 * $4 }' "/sys/bus/pci/devices/$(card)/pools"
		awk '/\[(acf|hifn795x)\]/ { print $2 }' /proc/vmallocinfo
	} | awk '{ n += $1 } END { print int((n + 1023) / 1024) }'
}

machine_tell() {
	machine_flags=
	! machine_rt || machine_flags="$machine_flags rt"
	[ "$(machine_above_4g)" = 0 ] || machine_flags="$machine_flags high-memory"
	[ -z "$(machine_iommu)" ] || machine_flags="$machine_flags iommu"
	case $(machine_bus) in
	conventional) machine_flags="$machine_flags pci" ;;
	conventional-root) machine_flags="$machine_flags pci-root" ;;
	esac
	[ "$(machine_sharers)" = 0 ] || machine_flags="$machine_flags shared"
	cat >"$OUT/machine" <<-END
		kernel $(uname -r)
		arch $(uname -m)
		cpus $(nproc)
		in $MACHINE
		memory $(machine_memory)
		flags$machine_flags
	END
}

machine_traffic() { # 8 MiB, each way
	open_plain aes-cbc-plain64 256 4096
	fio_verify 8 || not_ok machine.data "$(last_line)"
	cryptsetup close v
}

machine_check() { # what
	case $1 in
	cpus=*) check "machine.cpus" "$(nproc) CPUs" [ "$(nproc)" = "${1#cpus=}" ] ;;
	rt) check machine.rt "$(uname -v)" machine_rt ;;
	high-memory)
		n=$(cat /sys/kernel/debug/swiotlb/io_tlb_used_hiwater)
		check machine.high-memory "$(machine_above_4g) ranges above 4 GiB, $n slots bounced at most" \
			[ "$(machine_above_4g)" -gt 0 -a "${n:-0}" -gt 0 ]
		;;
	iommu)
		# at power-off QEMU withdraws all of the address space, mapped or not
		hostcmd expect-errors 0 protocol >/dev/null
		check machine.iommu "the card's group is of type $(machine_iommu)" \
			sh -c "case '$(machine_iommu)' in DMA*) ;; *) exit 1 ;; esac"
		;;
	pci) check machine.pci "it is $(machine_bus)" [ "$(machine_bus)" = conventional ] ;;
	pci-root) check machine.pci-root "it is $(machine_bus)" [ "$(machine_bus)" = conventional-root ] ;;
	shared)
		# its own interrupts, and the disk's, in one count
		check machine.shared "$machine_others of $machine_all were not the card's; $(machine_line)" \
			[ "$(machine_sharers)" -gt 0 -a "$machine_others" -gt 10 -a "$machine_mine" -gt 10 ]
		;;
	*) not_ok "machine.$1" "no such check" ;;
	esac
}

machine_checks() {
	machine_tell
	machine_all=$(machine_counted) machine_mine=$(driver_stat interrupts)
	machine_traffic
	machine_all=$(($(machine_counted) - machine_all))
	machine_mine=$(($(driver_stat interrupts) - machine_mine))
	machine_others=$((machine_all - machine_mine))
	for machine_what; do machine_check "$machine_what"; done
}
