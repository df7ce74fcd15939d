/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfio-user, by libvfus: accesses as messages over a socket, memory by file descriptor, INTx by
 * eventfd. The client is QEMU's vfio-user-pci.
 */
#ifndef VFIO_USER_H
#define VFIO_USER_H

#include "../transport.h"

extern const struct transport_ops vfu_transport;

/* For tests: the library's server. */
struct vfus;
struct vfus *vfio_user_server(struct transport *t);

#endif
