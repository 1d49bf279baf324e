import { statfsSync } from 'node:fs';

const freeBytes = (folder) => {
	const { bavail, bsize } = statfsSync(folder);
	return bavail * bsize;
};

/**
 * Shows that a long step is alive: seconds, megabytes written to the disk that holds `folder` (if given), the last line printed.
 * On a terminal one line that renews itself each second; elsewhere a line every 15 seconds.
 */
export async function withProgress(title, folder, work) {
	const started = Date.now();
	const freeAtStart = folder ? freeBytes(folder) : 0;
	const terminal = process.stderr.isTTY;
	let last = '';
	const line = () => {
		const seconds = Math.round((Date.now() - started) / 1000);
		const megabytes = folder
			? ` · ${Math.max(0, Math.round((freeAtStart - freeBytes(folder)) / 1e6))} MB`
			: '';
		return `${title} · ${seconds} s${megabytes}${last ? ` · ${last}` : ''}`;
	};
	const show = () => {
		const width = process.stderr.columns ?? 160;
		if (terminal) process.stderr.write(`\r\x1b[K${line().slice(0, width - 1)}`);
		else process.stderr.write(`${line().slice(0, 160)}\n`);
	};
	process.stderr.write(terminal ? title : `${title} ...\n`);
	const timer = setInterval(show, terminal ? 1_000 : 15_000);
	try {
		const result = await work((text) => {
			last = text.replace(/https?:\/\/\S*?\/([^/\s]+(?:\/[^/\s]+)?)(?=\s|$)/g, '$1');
		});
		last = 'done';
		show();
		if (terminal) process.stderr.write('\n');
		return result;
	} catch (error) {
		if (terminal) process.stderr.write('\n');
		throw error;
	} finally {
		clearInterval(timer);
	}
}
