import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from './api';
import {
	brokerCredential,
	decisionPointCredential,
	importCredentials,
	mailCredential,
	sandboxCredential,
} from './credentials';
import { installN8n } from './installation';
import { startN8n } from './n8n';

/** The owner of every n8n that tests start; it listens on loopback only and is thrown away. */
export const testOwner: Owner = {
	email: 'owner@example.com',
	password: 'Only-for-tests-1',
	firstName: 'Test',
	lastName: 'Owner',
};

/** Raised when what a prepared folder holds changes. */
const generation = 3;

/**
 * Fills an empty user folder with a migrated database, the test owner and the credentials that templates name (still
 * without data: see N8nApi.setCredential). It is made once per n8n version and copied: a second n8n boots without migrations.
 */
export async function prepareUserFolder(userFolder: string): Promise<void> {
	const { cacheFolder, version } = installN8n();
	const hash = createHash('sha256')
		.update(JSON.stringify([generation, version, testOwner]))
		.digest('hex');
	const prepared = join(cacheFolder, `prepared-${version}-${hash.slice(0, 12)}`);
	if (!existsSync(prepared)) await prepare(prepared, cacheFolder);
	await mkdir(userFolder, { recursive: true });
	await cp(prepared, userFolder, { recursive: true });
}

async function prepare(prepared: string, cacheFolder: string): Promise<void> {
	const folder = await mkdtemp(join(cacheFolder, 'prepared-unfinished-'));
	try {
		await importCredentials(folder, [
			{ ...sandboxCredential, data: {} },
			{ ...brokerCredential, data: {} },
			{ ...mailCredential, data: {} },
			{ ...decisionPointCredential, data: {} },
		]);
		const n8n = await startN8n({ userFolder: folder });
		try {
			await n8n.api.signIn(testOwner);
		} finally {
			await n8n.stop();
		}
		await rm(n8n.logFile, { force: true });
		await rename(folder, prepared).catch((error: unknown) => {
			// Another process may have been faster; its copy is as good as ours.
			if (!existsSync(prepared)) throw error;
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
