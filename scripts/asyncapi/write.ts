import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { documentFiles } from './files';

const root = resolve(__dirname, '../..');

async function writeDocuments(): Promise<void> {
	const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
	for (const [path, text] of documentFiles(version)) {
		const file = join(root, 'docs', path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, text);
	}
}

void writeDocuments();
