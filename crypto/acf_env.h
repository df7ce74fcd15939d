/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The one header acf_vec includes besides its own: integer types, errno and
 * byte copies, from the kernel or from the C library.
 */
#ifndef ACF_ENV_H
#define ACF_ENV_H

#ifdef __KERNEL__

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#else /* user space */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint32_t u32;

#endif

#endif
