/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio_pcidev over vhost-user: accesses as chains of a ring in shared memory, INTx as
 * messages of another. The client is User-Mode Linux (CONFIG_UML_PCI_OVER_VIRTIO).
 */
#ifndef VHOST_USER_H
#define VHOST_USER_H

#include "../transport.h"

extern const struct transport_ops vhu_transport;

#endif
