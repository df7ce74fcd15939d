/* SPDX-License-Identifier: GPL-2.0 */
/* The completion callback's first argument changed in 6.3. */
#ifndef ACF_TEST_COMPAT_H
#define ACF_TEST_COMPAT_H

#include <linux/crypto.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
typedef void *test_cb_arg;
#define test_cb_data(arg)	(arg)
#else
typedef struct crypto_async_request *test_cb_arg;
#define test_cb_data(arg)	((arg)->data)
#endif

#endif
