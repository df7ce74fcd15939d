// SPDX-License-Identifier: GPL-2.0
/*
 * acf_bench: closed loops of requests through the crypto API, timed. Never shipped.
 *
 * Write a line "ALG KEYBYTES BYTES DEPTH MS [inplace|log]" to debugfs acf_bench/run, read the
 * result from it, one line of JSON. ALG is a name or a driver name of an skcipher or an AEAD;
 * an AEAD's KEYBYTES are the cipher's, its MAC's key is 20 bytes, and before its BYTES come 24 of
 * associated data, as ESP's (SPI, sequence number, IV). DEPTH requests are kept on their way
 * for MS milliseconds by one thread, as dm-crypt's writer does; it sleeps when none is left to
 * submit and is woken when an eighth of them has come back. With "log" debugfs acf_bench/log has
 * afterwards a 64-bit number of each completion, as acf_bench.h tells.
 *
 * A line "registers PCIADDRESS BAR OFFSET COUNT" times COUNT reads of that register instead.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "acf_bench.h"

#define BENCH_LINE	256

static DEFINE_MUTEX(bench_mutex);	/* one run at a time, and its result */
static char bench_result[1024];
static u64 *bench_log;			/* allocated when it is first asked for */
static size_t bench_log_bytes;		/* of the last run */
static struct dentry *bench_dir;
static bool bench_stuck;	/* requests are out there for ever: the module stays */

static int bench_parse(const char *line, struct bench_job *job)
{
	char flag[16] = "";
	int n = sscanf(line, "%95s %u %u %u %u %15s", job->alg, &job->key_bytes, &job->bytes,
		       &job->depth, &job->ms, flag);

	if (n < 5)
		return -EINVAL;
	job->in_place = !strcmp(flag, "inplace");
	if (n == 6 && !job->in_place && strcmp(flag, "log"))
		return -EINVAL;
	if (!job->bytes || job->bytes > BENCH_MAX_BYTES || !job->depth ||
	    job->depth > BENCH_MAX_DEPTH || !job->ms || job->ms > BENCH_MAX_MS ||
	    job->key_bytes > BENCH_MAX_KEY)
		return -ERANGE;
	if (strcmp(flag, "log"))
		return 0;
	if (!bench_log)
		bench_log = kvcalloc(BENCH_LOG_MOST, sizeof(*bench_log), GFP_KERNEL);
	job->log = bench_log;
	return bench_log ? 0 : -ENOMEM;
}

static int bench_job(const struct bench_job *job)
{
	size_t logged = 0;
	int err = bench_run(job, &logged, bench_result, sizeof(bench_result));

	bench_log_bytes = logged * sizeof(*bench_log);
	return err;
}

static int bench_line(const char *line)
{
	struct bench_job job = {};
	struct bench_reads reads = {};
	int err;

	if (bench_stuck)
		return -EBUSY;
	if (sscanf(line, "registers %x:%x:%x.%x %u %x %u", &reads.domain, &reads.bus, &reads.slot,
		   &reads.function, &reads.bar, &reads.offset, &reads.count) == 7)
		return bench_registers(&reads, bench_result, sizeof(bench_result));
	err = bench_parse(line, &job);
	if (err)
		pr_err("run: want ALG KEYBYTES BYTES DEPTH MS [inplace|log], up to %u bytes, depth %u, %u ms, not '%s'\n",
		       BENCH_MAX_BYTES, BENCH_MAX_DEPTH, BENCH_MAX_MS, line);
	return err ?: bench_job(&job);
}

static ssize_t bench_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char line[BENCH_LINE];
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	line[size] = '\0';
	if (mutex_lock_interruptible(&bench_mutex))
		return -EINTR;
	err = bench_line(line);
	if (err == -ETIMEDOUT && !bench_stuck) {
		bench_stuck = true;
		__module_get(THIS_MODULE);
	}
	mutex_unlock(&bench_mutex);
	return err ?: (ssize_t)size;
}

static int bench_show(struct seq_file *s, void *unused)
{
	mutex_lock(&bench_mutex);
	seq_puts(s, bench_result);
	mutex_unlock(&bench_mutex);
	return 0;
}

static int bench_open(struct inode *inode, struct file *file)
{
	return single_open(file, bench_show, NULL);
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.open = bench_open,
	.read = seq_read,
	.write = bench_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static ssize_t bench_log_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	ssize_t got;

	mutex_lock(&bench_mutex);
	got = simple_read_from_buffer(to, size, at, bench_log, bench_log_bytes);
	mutex_unlock(&bench_mutex);
	return got;
}

static const struct file_operations bench_log_fops = {
	.owner = THIS_MODULE,
	.read = bench_log_read,
	.llseek = default_llseek,
};

static int __init bench_init(void)
{
	bench_dir = debugfs_create_dir("acf_bench", NULL);
	debugfs_create_file("run", 0600, bench_dir, NULL, &bench_fops);
	debugfs_create_file("log", 0400, bench_dir, NULL, &bench_log_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(bench_dir);
	kvfree(bench_log);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Times requests of the crypto API");
