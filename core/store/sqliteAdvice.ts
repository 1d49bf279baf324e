/** One sentence on why the file cannot serve, and one on what to do. `code` is SQLite's or the operating system's. */
export function adviceOn(file: string, code: number | string, reason: string): string {
	const [state, advice] = advices[code] ?? ['cannot be used', 'Check the disk and the file, then retry.'];
	return `The state store "${file}" ${state} (${reason}); nothing was written. ${advice}`;
}

const damaged = [
	'is damaged or is no SQLite file',
	'Restore it from a backup, or move it away so that an empty one is created.',
] as const;
const diskFull = ['has no room', 'Free some disk space; work goes on by itself.'] as const;
const forbidden = [
	'cannot be opened for writing',
	'Give the n8n process the right to write the file and its folder, or choose another folder.',
] as const;
const gone = [
	'was deleted or replaced while it was in use',
	'Put the file back; otherwise an empty one is created at the next use.',
] as const;

const advices: Record<string, readonly [string, string]> = {
	8: forbidden,
	10: ['cannot be read or written', 'Check the disk, then retry.'],
	11: damaged,
	13: diskFull,
	14: forbidden,
	26: damaged,
	EACCES: forbidden,
	EEXIST: forbidden,
	EISDIR: forbidden,
	ENOENT: forbidden,
	ENOSPC: diskFull,
	ENOTDIR: forbidden,
	EPERM: forbidden,
	EROFS: forbidden,
	REPLACED: gone,
};
