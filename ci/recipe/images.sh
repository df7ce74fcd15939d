#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes what QEMU boots out of the unpacked trees: per kernel a kernel image, a
# small initrd and a read-only root file system image.
# usage: images.sh DIR    (as root; DIR as filled by ci/lab)
set -eu
dir=$1
here=$(cd "$(dirname "$0")" && pwd)

# Everything the initrd needs to reach the root file system and the checkout.
modules='virtio_pci virtio_blk virtio_console erofs overlay 9pnet_virtio 9p'

in_lab() { chroot "$dir/root" "$@"; }

kernel_of() { awk -v key="kernel.$1" '$1 == key { print $2 }' "$dir/versions"; }

# The initrd: static busybox, the init script, modules in load order.
make_initrd() { # name, tree within the lab
	name=$1 tree=$2 version=$(kernel_of "$1")
	initrd=$dir/root/images/initrd.$name
	mkdir -p "$initrd/bin" "$initrd/modules"
	cp "$dir/root/$tree/bin/busybox" "$initrd/bin/busybox"
	ln -s busybox "$initrd/bin/sh"
	install -m 755 "$here/initrd-init" "$initrd/init"
	for module in $modules; do
		in_lab modprobe --dirname "$tree" --set-version "$version" \
			--show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$initrd/order.full"
	while read -r path; do
		copy_module "$path" "$initrd/modules"
	done <"$initrd/order.full" >"$initrd/order"
	rm "$initrd/order.full"
	in_lab sh -c "cd /images/initrd.$name &&
		find . | cpio --quiet -o -H newc | gzip -1 >/images/$name.initrd"
}

# Uncompressed: busybox's insmod reads plain modules only.
copy_module() {
	base=$(basename "$1" .xz)
	case $1 in
	*.xz) in_lab xz -dc "$1" ;;
	*) in_lab cat "$1" ;;
	esac >"$2/$base"
	echo "$base"
}

make_root() { # name, tree within the lab
	mkdir -p "$dir/root/$2/src" "$dir/root/$2/out"
	in_lab mkfs.erofs --quiet -zlz4 "/images/$1.erofs" "$2"
}

mkdir -p "$dir/root/images"

# The kernel to boot, and its modules into the guests' common tree. By release Debian's
# modules are in /lib or /usr/lib, the kernel is in /boot or beside them.
take_kernel() { # name
	version=$(kernel_of "$1") into=$dir/guest/usr/lib/modules
	mkdir -p "$into"
	if [ -d "$dir/$1/usr/lib/modules" ]; then
		mv "$dir/$1/usr/lib/modules/$version" "$into/"
	else
		mv "$dir/$1/lib/modules/$version" "$into/"
	fi
	vmlinuz=$into/$version/vmlinuz
	[ -e "$vmlinuz" ] || vmlinuz=$dir/$1/boot/vmlinuz-$version
	mv "$vmlinuz" "$dir/root/images/$1.vmlinuz"
	rm -r "${dir:?}/$1"
}

# Of the oldest and newest kernel the image has what a virtual machine can use.
prune_modules() { # name
	kernel=$dir/guest/usr/lib/modules/$(kernel_of "$1")/kernel
	rm -rf "$kernel/sound"
	for part in "$kernel"/drivers/*; do
		case ${part##*/} in
		block | char | crypto | dax | md | virtio) ;;
		net) find "$part" -mindepth 1 -maxdepth 1 -type d -exec rm -r {} + ;;
		*) rm -r "$part" ;;
		esac
	done
}

make_peer() {
	mv "$dir/peer/boot/vmlinuz-$(kernel_of peer)" "$dir/root/images/peer.vmlinuz"
	mv "$dir/peer" "$dir/root/images/peer"
	for name in proc sys dev tmp run root etc mnt; do
		mkdir -p "$dir/root/images/peer/$name"
	done
	in_lab depmod --basedir /images/peer "$(kernel_of peer)"
	make_initrd peer /images/peer
	make_root peer /images/peer
}

# Roles whose kernel the archive still had.
roles=
for name in stock oldest newest; do
	[ -n "$(kernel_of $name)" ] || continue
	roles="$roles $name"
	take_kernel $name
	[ $name = stock ] || prune_modules $name
done
mv "$dir/guest" "$dir/root/images/guest"
for name in $roles; do
	in_lab depmod --basedir /images/guest "$(kernel_of "$name")"
	make_initrd "$name" /images/guest
done
make_root stock /images/guest
[ -z "$(kernel_of peer)" ] || make_peer

mv "$dir/root/images" "$dir/images"
rm -rf "$dir/images/guest" "$dir/images/peer" "$dir"/images/initrd.*
