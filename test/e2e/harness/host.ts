import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { N8nApi } from '../../../sandbox/n8n/api';
import { type N8n, startN8n } from '../../../sandbox/n8n/n8n';
import { installPackage, packageTarball } from '../../../sandbox/n8n/package';
import { prepareUserFolder, testOwner } from '../../../sandbox/n8n/prepared';

export interface HostOptions {
	/** Environment of n8n on top of what every sandbox n8n has. */
	env?: Record<string, string>;
	/** False leaves this package out, for tests and benchmarks of n8n's own nodes. */
	withPackage?: boolean;
	/** Boots with all of n8n's modules, as a user's n8n does. */
	allModules?: boolean;
}

/** An n8n in a temporary folder, with this package installed the way n8n installs it and its owner signed in. */
export class N8nHost {
	private running: N8n | undefined;

	private constructor(
		readonly folder: string,
		private readonly options: HostOptions,
	) {}

	static async start(options: HostOptions = {}): Promise<N8nHost> {
		const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-n8n-'));
		const host = new N8nHost(folder, options);
		try {
			await prepareUserFolder(folder);
			if (options.withPackage !== false)
				await installPackage(folder, await packageTarball(join(folder, 'packed')));
			await host.boot();
			return host;
		} catch (error) {
			await host.close();
			throw error;
		}
	}

	get n8n(): N8n {
		if (!this.running) throw new Error('This n8n has been stopped; call restart() first.');
		return this.running;
	}

	get api(): N8nApi {
		return this.n8n.api;
	}

	/** Stops n8n with the signal if it runs; resolves to the milliseconds that it took. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number> {
		const milliseconds = (await this.running?.stop(signal)) ?? 0;
		this.running = undefined;
		// n8n waits 10 s when it starts after a crash, so as not to crash in a tight loop. No test is about that.
		if (signal === 'SIGKILL') await rm(join(this.folder, '.n8n', 'crash.journal'), { force: true });
		return milliseconds;
	}

	/** Starts n8n again on the same data and port, stopping it first if it runs. */
	async restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		const port = this.running?.port;
		await this.stop(signal);
		await this.boot(port);
	}

	/** Stops n8n and deletes its folder, unless ERP_BRIDGE_KEEP is set. */
	async close(): Promise<void> {
		await this.stop();
		if (process.env['ERP_BRIDGE_KEEP']) console.warn(`Kept ${this.folder} with n8n.log`);
		else await rm(this.folder, { recursive: true, force: true });
	}

	private async boot(port?: number): Promise<void> {
		const { env, allModules } = this.options;
		this.running = await startN8n({ userFolder: this.folder, port, env, allModules });
		await this.running.api.signIn(testOwner);
	}
}
