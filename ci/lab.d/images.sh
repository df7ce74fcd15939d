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
stock=$(kernel_of stock)
peer=$(kernel_of peer)

# Debian's kernel package has /lib/modules or /usr/lib/modules, by release.
mkdir -p "$dir/guest/usr/lib/modules"
if [ -d "$dir/stock/usr/lib/modules" ]; then
	mv "$dir/stock/usr/lib/modules/$stock" "$dir/guest/usr/lib/modules/"
else
	mv "$dir/stock/lib/modules/$stock" "$dir/guest/usr/lib/modules/"
fi
mv "$dir/stock/boot/vmlinuz-$stock" "$dir/root/images/stock.vmlinuz"
mv "$dir/stock/boot/config-$stock" "$dir/root/images/stock.config"
mv "$dir/peer/boot/vmlinuz-$peer" "$dir/root/images/peer.vmlinuz"
mv "$dir/guest" "$dir/root/images/guest"
mv "$dir/peer" "$dir/root/images/peer"
for name in proc sys dev tmp run root etc mnt; do
	mkdir -p "$dir/root/images/peer/$name"
done

in_lab depmod --basedir /images/guest "$stock"
in_lab depmod --basedir /images/peer "$peer"
make_initrd stock /images/guest
make_initrd peer /images/peer
make_root stock /images/guest
make_root peer /images/peer

mv "$dir/root/images" "$dir/images"
rm -r "$dir/images/guest" "$dir/images/peer" "$dir/stock" \
	"$dir/images/initrd.stock" "$dir/images/initrd.peer"
