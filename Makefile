# SPDX-License-Identifier: GPL-2.0
# Front end of the build; what is built is named in Kbuild and its subdirectories.
#
#   make                  modules for the running kernel, or for KDIR=
#   make check            quick native tests
#   make modules_install  install the modules and the blacklist of the in-tree driver
#   make clean
KDIR ?= /lib/modules/$(shell uname -r)/build

all: modules

modules modules_install:
	@test -e $(KDIR)/Makefile || { \
		echo "no kernel headers in $(KDIR): install linux-headers-$$(uname -r) or set KDIR=" >&2; \
		exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

modules_install: install_conf
install_conf:
	install -D -m 644 drivers/hifn795x.conf \
		$(DESTDIR)$(INSTALL_MOD_PATH)/etc/modprobe.d/hifn795x.conf

check:
	$(MAKE) -C tools/vcard check
	$(MAKE) -C testvec check
	$(MAKE) -C tools/tests check

# The encoders as a big-endian host runs them, under user-mode emulation.
check-be:
	$(MAKE) -C tools/tests check-be

clean:
	rm -rf build
	find crypto drivers \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name 'modules.order' -o -name '.*.d' \) -delete
	rm -f Module.symvers modules.order *.mod *.mod.c .*.cmd *.o

.PHONY: all modules modules_install install_conf check check-be clean
