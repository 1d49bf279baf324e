import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The n8n that tests, benchmarks and the launcher share, outside the checkout. */
export interface N8nInstallation {
	version: string;
	/** Folder whose node_modules holds n8n. */
	folder: string;
	/** n8n's command line program. */
	cli: string;
	/** The Node binary that n8n runs with. */
	node: string;
	/** Folder for what can be made again, shared by all checkouts of this user. */
	cacheFolder: string;
}

let known: N8nInstallation | undefined;

/** Installs n8n into the cache when it is not there (minutes, with progress on stderr), and says where it is. */
export function installN8n(): N8nInstallation {
	const script = resolve(__dirname, '../../scripts/locate-n8n.mjs');
	known ??= JSON.parse(
		execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
	) as N8nInstallation;
	return known;
}
