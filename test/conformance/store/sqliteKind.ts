import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StoreKind } from './suite';

const holder = `
	const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(process.argv[1], { timeout: 30000 });
	database.exec('BEGIN EXCLUSIVE');
	console.log('locked');
	process.stdin.once('data', () => { database.exec('ROLLBACK'); process.exit(0); });
`;

const folders: string[] = [];

export const sqliteKind = {
	async fresh() {
		const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-store-'));
		folders.push(folder);
		return { kind: 'sqlite' as const, file: join(folder, 'state', 'bridge.sqlite') };
	},
	async hold(config) {
		const file = config.kind === 'sqlite' ? config.file : '';
		const child = spawn(process.execPath, ['-e', holder, file], { stdio: ['pipe', 'pipe', 'inherit'] });
		await once(child.stdout, 'data');
		return {
			async release() {
				const exited = once(child, 'exit');
				child.stdin.write('release\n');
				await exited;
			},
		};
	},
} satisfies StoreKind;

export async function removeFolders(): Promise<void> {
	await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
